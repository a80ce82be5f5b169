"""Robots that need no pack: they must fail everywhere, or a rubric rewards the wrong habit."""

from drill.circuit.controls import CONTROLS
from drill.engine.actions import Action, clamp
from drill.engine.dice import Dice
from drill.engine.frame import Frame
from drill.engine.snapshot import OptionView
from drill.robots.view import Running
from drill.units import TICKS_PER_S, ticks

MOST_TIMES = 3  # tunable: nobody lets ten litres run in, or goes for the tenth pressor
CRANKING = (("transfer_to_emergency_drive", "fit_hand_crank"), ("crank_emergency_drive", "crank_clockwise"))  # by machine


class Idle:
    """Watches and does nothing."""

    def decide(self, frame: Frame, session: Running) -> tuple[Action, ...]:  # noqa: ARG002  doing nothing is the point
        """Return nothing."""
        return ()


class Reflex:
    """At any alarm clamps both lines and cranks, whatever the cause; opens nothing again."""

    def __init__(self) -> None:
        """Wait for the first alarm."""
        self._clamped = False
        self._left = list(CRANKING)
        self._jobs: frozenset[str] | None = None

    def decide(self, frame: Frame, session: Running) -> tuple[Action, ...]:
        """Clamp at the first alarm, then move the head and crank as soon as hands allow."""
        if not self._clamped:
            if not frame.alarms:
                return ()
            self._clamped = True
            return (clamp("return"), clamp("drainage"))
        if self._left:
            if self._jobs is None:
                self._jobs = frozenset(o.target for o in session.options() if o.verb == "do")
            for name in self._jobs.intersection(self._left[0]):
                job = Action(verb="do", target=name)
                if not session.why_not(job):
                    del self._left[0]
                    return (job,)
        return ()


class Masher:
    """Presses every call and look, over and over, two a second; touches no control."""

    def __init__(self) -> None:
        """Start at the top of the list."""
        self._next = 0
        self._presses: tuple[Action, ...] | None = None

    def decide(self, frame: Frame, session: Running) -> tuple[Action, ...]:
        """Press the next call or look of the list that can be pressed."""
        if frame.tick % (TICKS_PER_S // 2) >= 5:
            return ()
        if self._presses is None:
            self._presses = tuple(offered(o) for o in session.options() if o.verb in ("say", "look"))
        for _ in self._presses:
            press = self._presses[self._next % len(self._presses)]
            self._next += 1
            if not session.why_not(press):
                return (press,)
        return ()


class Random:
    """Does something allowed every 2 to 6 s, from its own stream of chance; the same job at most MOST_TIMES times."""

    def __init__(self, seed: int) -> None:
        """Draw from the run's seed, for this purpose alone."""
        self._dice = Dice(seed, "robot/random")
        self._at = ticks(self._dice.uniform(2, 6))
        self._times: dict[str, int] = {}

    def decide(self, frame: Frame, session: Running) -> tuple[Action, ...]:
        """Choose evenly among what the panel offers, the running jobs and the controls."""
        if frame.tick < self._at:
            return ()
        self._at = frame.tick + ticks(self._dice.uniform(2, 6))
        snapshot = session.snapshot()
        choices = [offered(o) for o in snapshot.options if not o.reason and self._times.get(o.target, 0) < MOST_TIMES]
        tasks = {
            o.target for o in snapshot.options if o.verb in ("do", "order")
        }  # a look under way is shown as a job, but cannot be stopped
        choices += [Action(verb="stop", target=job.task) for job in snapshot.jobs if job.who == "you" and job.task in tasks]
        choices += [Action(verb="set", target=name, value=0.0) for name in snapshot.controls if name in CONTROLS]
        if not choices:
            return ()
        pick = choices[int(self._dice.uniform(0, len(choices)))]
        if pick.verb in ("do", "order"):
            self._times[pick.target] = self._times.get(pick.target, 0) + 1
        if pick.verb != "set":
            return (pick,)
        control = CONTROLS[pick.target]
        if control.high - control.low <= 1:  # a clamp or a switch: one way or the other
            value = float(self._dice.uniform() < 0.5)
        else:
            value = round(self._dice.uniform(control.low, control.high), 1)
        return (Action(verb="set", target=pick.target, value=value),)


def offered(option: OptionView) -> Action:
    """Return the action behind one entry of the panel's list."""
    match option.verb:
        case "say" | "look" | "order" as verb:
            return Action(verb=verb, target=option.target)
        case _:
            return Action(verb="do", target=option.target)
