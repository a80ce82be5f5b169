"""Jobs that take time and hands, looks that take time, and call-outs that must be true.

Every method that someone's action leads to returns why it could not be done, "" if it was: a refusal never ends a drill.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from drill.circuit.controls import CONTROLS
from drill.engine.actions import YOU
from drill.engine.entries import Emit
from drill.engine.evaluate import compile_condition
from drill.engine.frame import Frame
from drill.engine.team import Team
from drill.engine.world import MACHINE, MOVING, World
from drill.errors import NameUnknownError
from drill.scenarios.schema import Condition, Effect, Look, Saying, Task, Tasks
from drill.units import ticks

ONE_HAND = 1


@dataclass(frozen=True, slots=True)
class Job:
    """A job under way; an open-ended one has no `end_tick`."""

    task: Task
    who: str
    start_tick: int
    end_tick: int | None


@dataclass(frozen=True, slots=True)
class Gaze:
    """A look under way."""

    look: Look
    who: str
    start_tick: int
    end_tick: int


class Guard:
    """A job's `needs` or a call-out's `true_when`: asked when someone acts, and every frame where it has to remember."""

    __slots__ = ("_check", "_held", "remembers")

    def __init__(self, condition: Condition | None) -> None:
        """Compile the condition; none at all always holds."""
        self._check = None if condition is None else compile_condition(condition)
        self.remembers = self._check is not None and len(self._check.memory) > 1
        self._held = False

    def feed(self, frame: Frame) -> None:
        """Take in one frame: for a guard that `remembers`."""
        if self._check is not None:
            self._held = self._check(frame)

    def holds(self, frame: Frame) -> bool:
        """Whether it holds now."""
        if self._check is None:
            return True
        return self._held if self.remembers else self._check(frame)


class Jobs:
    """What is being done, looked at and said."""

    def __init__(self, tasks: Tasks, team: Team, world: World, emit: Emit, frame: Frame) -> None:
        """Take up the pack's jobs, looks and call-outs, as of the frame of tick 0."""
        self.tasks = {task.id: task for task in tasks.tasks}
        self.looks = {look.id: look for look in tasks.looks}
        self.sayings = {saying.id: saying for saying in tasks.sayings}
        self._team, self._world, self._emit = team, world, emit
        self._needs = {task.id: Guard(task.needs) for task in tasks.tasks}
        self._truths = {saying.id: Guard(saying.true_when) for saying in tasks.sayings}
        guards = (*self._needs.values(), *self._truths.values())
        self._remembering = tuple(guard for guard in guards if guard.remembers)
        self._ongoing: dict[str, list[str]] = {}  # the open-ended jobs that go with a control: two ways to turn one crank
        for task in tasks.tasks:
            for name in {effect.set for effect in task.effects if effect.set and task.seconds is None}:
                self._ongoing.setdefault(name, []).append(task.id)
        self._running: dict[str, Job] = {}
        self._gazes: dict[str, Gaze] = {}
        self._spoken: list[tuple[Saying, str]] = []
        self._frame = self._view = frame
        self._view_of = (-1, 0, 0)
        self.done: dict[str, int] = {}
        self.said: set[str] = set()
        self.seen: set[str] = set()
        self.changes = 0
        self.feed(frame)

    @property
    def running(self) -> Iterable[Job]:
        """The jobs under way, oldest first."""
        return self._running.values()

    @property
    def gazes(self) -> Iterable[Gaze]:
        """The looks under way, oldest first."""
        return self._gazes.values()

    # -- what people do ---------------------------------------------------------------------------------------

    def start(self, tick: int, who: str, name: str) -> str:
        """Let `who` begin a job. An open-ended job that someone else does is taken over from them."""
        task = self._task(name)
        reason = self.why_not(task, who)
        if reason:
            return reason
        for same in [name, *self._rivals(task)]:
            if same in self._running:
                self._end(tick, self._running[same], "stopped", self.tasks[same].stop_effects)
        self._team[who].hands_free -= task.hands
        end = None if task.seconds is None else tick + ticks(task.seconds)
        self._running[name] = Job(task, who, tick, end)
        self._emit({"t": tick, "k": "job", "task": name, "who": who, "state": "start"})
        self.changes += 1
        towards = next((effect.head for effect in task.effects if effect.head), None)
        if towards is not None:
            self._world.move_head(tick, MOVING, towards)
        if end is None:
            self._apply(tick, who, task.effects)
        return ""

    def order(self, tick: int, who: str, name: str) -> str:
        """Give a job to `who`, or ("you") to the first other person of the task who can do it now."""
        task = self._task(name)
        if who != YOU:
            return self.start(tick, who, name)
        able = self.able(task)
        return self.start(tick, able, name) if able else self.why_not_order(task)

    def stop(self, tick: int, name: str) -> str:
        """Break off a job. A pump head in somebody's hands has to be put somewhere first."""
        task = self._task(name)
        job = self._running.get(name)
        if job is None:
            return f"nobody is doing that: {task.title}"
        if job.end_tick is not None and any(effect.head for effect in task.effects):
            return "the pump head is in the hands: it has to be put down first"
        self._end(tick, job, "stopped", task.stop_effects)
        return ""

    def look(self, tick: int, who: str, name: str) -> str:
        """Let `who` look at something; what they see is written down when the look ends."""
        look = self._look(name)
        reason = self.why_not_look(who)
        if not reason:
            self._gazes[who] = Gaze(look, who, tick, tick + ticks(look.seconds))
            self.changes += 1
        return reason

    def say(self, tick: int, who: str, name: str) -> str:
        """Call something out: its effects act now; whether it was so is judged at the next frame."""
        saying = self._saying(name)
        reason = self._team.missing(who, 0)
        if not reason:
            self._apply(tick, who, saying.effects)
            self._spoken.append((saying, who))
            self.said.add(name)
            self.changes += 1
        return reason

    def handle(self, who: str, control: str) -> str:
        """Return why `who` cannot move this control now: it takes a free hand, or the job that goes with it."""
        if control not in CONTROLS:
            raise NameUnknownError("control", control, CONTROLS)
        tasks = self._ongoing.get(control)
        if tasks is None:
            return self._team.missing(who, ONE_HAND)
        if not any(task in self._running and self._running[task].who == who for task in tasks):
            return f"first: {self.tasks[tasks[0]].title}"
        return ""

    def have(self, things: Iterable[str]) -> None:
        """Equipment that is here from the start: whatever would bring it counts as done, by nobody."""
        for thing in things:
            self._world.plant.bring(thing)
            for task in self.tasks.values():
                if any(effect.bring == thing for effect in task.effects):
                    self.done[task.id] = 0
                    self._emit({"t": 0, "k": "job", "task": task.id, "who": "", "state": "done"})

    def apply(self, tick: int, effect: Effect) -> None:
        """Let the story or an instructor do something to the world."""
        self._apply(tick, MACHINE, (effect,))

    # -- why not ----------------------------------------------------------------------------------------------

    def why_not(self, task: Task, who: str) -> str:
        """Return why `who` cannot begin this job now, "" if they can."""
        member = self._team[who]
        if task.once and task.id in self.done:
            return "already done"
        if who not in task.by:
            return f"not a job for {member.name}"
        job = self._running.get(task.id)
        if job is not None and (job.end_tick is not None or job.who == who):
            return f"{self._team[job.who].name} {'are' if job.who == YOU else 'is'} doing it already"
        if not self._needs[task.id].holds(self._now()):
            return task.needs_text or "not possible now"
        return self._team.missing(who, task.hands)

    def able(self, task: Task) -> str:
        """Return the first person of the task, other than the trainee, who can begin it now; "" if nobody can."""
        return next((who for who in task.by if who != YOU and who in self._team and not self.why_not(task, who)), "")

    def why_not_order(self, task: Task) -> str:
        """Return why the job cannot be given to anyone now, "" if it can."""
        if self.able(task):
            return ""
        others = [who for who in task.by if who != YOU and who in self._team]
        if not others:
            return "only you can do this"
        reasons = [self.why_not(task, who) for who in others]
        return reasons[0] if len(set(reasons)) == 1 else "; ".join(reasons)

    def why_not_look(self, who: str) -> str:
        """Return why `who` cannot look at anything more now, "" if they can."""
        gaze = self._gazes.get(who)
        if gaze is not None:
            return f"{self._team[who].name} {'are' if who == YOU else 'is'} looking: {gaze.look.title}"
        return self._team.missing(who, 0)

    # -- time -------------------------------------------------------------------------------------------------

    def advance(self, tick: int) -> None:
        """End what is due at this tick, and let people come in."""
        self._team.arrivals(tick)
        if self._running:
            for job in [job for job in self._running.values() if job.end_tick is not None and tick >= job.end_tick]:
                self._end(tick, job, "done", job.task.effects)
            for going in [job for job in self._running.values() if job.end_tick is None]:
                for effect in going.task.effects:
                    since = tick - going.start_tick
                    if effect.tell is not None and since > 0 and since % ticks(effect.every_s or 1.0) == 0:
                        self._world.tell(tick, effect.tell)
        if self._gazes:
            for gaze in [gaze for gaze in self._gazes.values() if tick >= gaze.end_tick]:
                del self._gazes[gaze.who]
                self._see(tick, gaze)

    def feed(self, frame: Frame) -> None:
        """Take in one frame: judge what was said, and end open-ended jobs that have lost what they need."""
        self._frame = frame
        for guard in self._remembering:
            guard.feed(frame)
        for saying, who in self._spoken:
            held = self._truths[saying.id].holds(frame)
            self._emit({"t": frame.tick, "k": "say", "id": saying.id, "who": who, "true": held})
        self._spoken.clear()
        lost = [job for job in self._running.values() if job.end_tick is None and not self._needs[job.task.id].holds(self._now())]
        for job in lost:
            self._end(frame.tick, job, "stopped", job.task.stop_effects)

    def close(self, tick: int) -> None:
        """End every job without its effects: the drill is over."""
        for job in list(self._running.values()):
            self._end(tick, job, "stopped", ())
        self._gazes.clear()

    def _rivals(self, task: Task) -> list[str]:
        """Return the open-ended jobs that turn the same handle: one of them ends where the other begins."""
        turned = {effect.set for effect in task.effects if effect.set} if task.seconds is None else set()
        return sorted({other for name in turned for other in self._ongoing[name or ""]} - {task.id})

    def _now(self) -> Frame:
        """The last frame, with everything in it that hands have changed since."""
        key = (self._frame.tick, self.changes, self._world.changes)
        if key != self._view_of:
            self._view_of = key
            self._view = self._frame._replace(
                controls=self._world.controls,
                drive=self._world.drive,
                running=frozenset(self._running),
                done=dict(self.done),
            )
        return self._view

    def _end(self, tick: int, job: Job, state: str, effects: Iterable[Effect]) -> None:
        del self._running[job.task.id]
        self._team[job.who].hands_free += job.task.hands
        if state == "done":
            self.done[job.task.id] = tick
        self.changes += 1
        self._emit({"t": tick, "k": "job", "task": job.task.id, "who": job.who, "state": state})
        self._apply(tick, job.who, effects)

    def _see(self, tick: int, gaze: Gaze) -> None:
        self.seen.add(gaze.look.id)
        self.changes += 1
        findings = list(self._world.plant.look(gaze.look.id))
        self._emit({"t": tick, "k": "look", "target": gaze.look.id, "who": gaze.who, "findings": findings})

    def _apply(self, tick: int, who: str, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if effect.arrive is not None:
                in_s = effect.in_s or 0.0
                self._team.call(tick, effect.arrive, ticks(in_s), in_s)
            else:
                self._world.apply(tick, effect, who)

    def _task(self, name: str) -> Task:
        if name not in self.tasks:
            raise NameUnknownError("task", name, self.tasks)
        return self.tasks[name]

    def _look(self, name: str) -> Look:
        if name not in self.looks:
            raise NameUnknownError("look", name, self.looks)
        return self.looks[name]

    def _saying(self, name: str) -> Saying:
        if name not in self.sayings:
            raise NameUnknownError("call-out", name, self.sayings)
        return self.sayings[name]
