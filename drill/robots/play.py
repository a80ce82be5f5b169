"""Plays a pack's play: rules on what is shown, each with its wait, as a careful hand would carry them out."""

from collections import deque
from collections.abc import Iterator

from drill.engine.actions import Action, clamp, unclamp
from drill.engine.evaluate import compile_condition
from drill.engine.frame import Frame
from drill.errors import PackError
from drill.robots.view import Running
from drill.scenarios.schema import Act, Rule
from drill.units import ticks

PATIENCE_TICKS = ticks(120)  # tunable: an act that stays impossible this long is given up
OPTION_VERBS = ("do", "order", "say", "look")


class PlayRobot:
    """A trainee who follows written rules. `pace` multiplies every wait: 1 is the expert, 3 is slow.

    A rule that becomes true starts its wait, then its acts are done in order. An act that cannot be done yet
    (hands are full, someone is not here) is tried again until it can, and the later acts of its rule wait for it.
    """

    def __init__(self, rules: tuple[Rule, ...], pace: float = 1.0) -> None:
        """Compile the rules; their time starts at tick 0."""
        self._rules = [(rule, compile_condition(rule.when)) for rule in rules]
        for _, check in self._rules:
            check.begin(0)
        self._pace = pace
        self._was = dict.fromkeys((rule.id for rule in rules), False)
        self._due: list[tuple[int, deque[Act]]] = []

    def decide(self, frame: Frame, session: Running) -> tuple[Action, ...]:
        """Start the rules that became true, and return the acts whose time has come and that can be done."""
        fired = False
        for rule, check in self._rules:
            holds = check(frame)
            if holds and not self._was[rule.id]:
                self._due.append((frame.tick + ticks(rule.wait_s * self._pace), deque(rule.do)))
                fired = fired or rule.once
            self._was[rule.id] = holds
        if fired:  # a rule that acts once and has acted is not asked again
            self._rules = [(rule, check) for rule, check in self._rules if not (rule.once and self._was[rule.id])]
        if not any(tick <= frame.tick for tick, _ in self._due):
            return ()
        return tuple(self._acts(frame, session))

    def _acts(self, frame: Frame, session: Running) -> Iterator[Action]:
        """Yield what is due and can be done, up to the first act whose effect on the hands the next frame will show."""
        for tick, acts in self._due:
            while acts and tick <= frame.tick:
                action = action_of(acts[0])
                if session.why_not(action) and frame.tick < tick + PATIENCE_TICKS:
                    break
                acts.popleft()
                yield action
                if action.verb in OPTION_VERBS:
                    self._forget_empty()
                    return
        self._forget_empty()

    def _forget_empty(self) -> None:
        self._due = [(tick, acts) for tick, acts in self._due if acts]


def action_of(act: Act) -> Action:
    """Return the action that an act of a play stands for. Raises PackError for an act without a verb."""
    match act:
        case Act(clamp=str(site)):
            return clamp(site)
        case Act(unclamp=str(site)):
            return unclamp(site)
        case Act(set=str(name)):
            return Action(verb="set", target=name, value=act.to)
        case Act(order=str(task)):
            return Action(verb="order", target=task, who=act.who or "you")
        case Act(do=str(task)):
            return Action(verb="do", target=task)
        case Act(stop=str(task)):
            return Action(verb="stop", target=task)
        case Act(say=str(saying)):
            return Action(verb="say", target=saying)
        case Act(look=str(part)):
            return Action(verb="look", target=part)
        case Act(ack=str(what)):
            return Action(verb="ack", target=what)
        case _:
            raise PackError("an act of a play has exactly one of clamp, unclamp, set, do, stop, order, say, look, ack; found none")
