"""The story of a drill: at every fifth tick, which stage it is in, what begins, and whether what must hold still does.

It watches and injects, and never sets a reading. What happened comes back as a value; the session writes it down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from drill.engine.evaluate import Check, compile_condition, number
from drill.engine.frame import Frame
from drill.engine.machine import StageChange, StageMachine
from drill.engine.snapshot import PromptView
from drill.errors import NameUnknownError
from drill.scenarios.schema import Cause, Condition, Happening, Prompt, Property, Stage
from drill.units import ticks

FAULT_CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at the story brought: properties that broke, stage changes, what begins, the first sign, the outcome."""

    changes: tuple[StageChange, ...] = ()
    happens: tuple[Happening, ...] = ()
    broken: tuple[str, ...] = ()
    first_sign: bool = False
    outcome: str = ""


NOTHING = Step()


class Director:
    """Moves the story on. `start` once, then `step` with every frame in order."""

    def __init__(
        self,
        stages: Sequence[Stage],
        *,
        always: Sequence[Property] = (),
        cause: Cause | None = None,
        first_sign: Condition | None = None,
        draws: Mapping[str, float] | None = None,
    ) -> None:
        """Compile the guards of every edge; NameUnknownError for a draw, or a `fault: cause` without a cause."""
        numbers = draws or {}
        self._machine = StageMachine(stages, [one.go for one in always if one.go is not None])
        self._stages = {stage.id: stage for stage in stages}
        self._happens = {stage.id: tuple(drawn(_expanded(stage.enter, cause), numbers)) for stage in stages}
        self._edges = {stage.id: _edges(stage, numbers) for stage in stages}
        self._prompts = {stage.id: tuple(_Hint(prompt, numbers) for prompt in stage.prompts) for stage in stages}
        self._always = [_Watch(one, numbers) for one in always]
        self._first_sign = None if first_sign is None else compile_condition(first_sign, numbers)
        self._waiting: list[tuple[int, Happening]] = []

    @property
    def stage(self) -> Stage:
        """The stage that the story is in."""
        return self._stages[self._machine.stage]

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """Everything that the story may bring, the hidden cause's own included."""
        return tuple(one for happens in self._happens.values() for one in happens)

    @property
    def prompts(self) -> tuple[PromptView, ...]:
        """What guided mode says now, the most particular first."""
        stage = self.stage
        own = tuple(hint.view for hint in self._prompts[stage.id] if hint.due)
        return (*own, PromptView(stage.prompt.strip())) if stage.prompt else own

    def start(self, tick: int = 0) -> Step:
        """Enter the first stage."""
        for watch in self._always:
            watch.enter("", self._machine.stage, tick)
        return self._entered((StageChange("", self._machine.stage),), tick)

    def step(self, frame: Frame) -> Step:
        """Look at one frame. At most one change: where a broken property leads, else the first edge that is open."""
        sign = self._sign(frame)
        due = self._due(frame.tick)
        for hint in self._prompts[self._machine.stage]:
            hint.look(frame)
        # Every guard is asked at every frame: one that counts time must not be skipped by a short cut.
        broken = [watch.property for watch in self._always if watch.breaks(frame)]
        open_edges = [index for index, edge in enumerate(self._edges[self._machine.stage]) if edge(frame)]
        leads = next((one.go for one in broken if one.go is not None), None)
        if leads is not None:
            changes = self._machine.jump(leads)
        elif open_edges:
            changes = self._machine.take(open_edges[0])
        else:
            changes = ()
        if not (sign or due or broken or changes):
            return NOTHING
        seen = Step(happens=due, broken=tuple(one.id for one in broken), first_sign=sign)
        return self._entered(changes, frame.tick, seen) if changes else seen

    def _entered(self, changes: tuple[StageChange, ...], tick: int, seen: Step = NOTHING) -> Step:
        """Begin the stage that the story is in now, beside what was seen at this frame."""
        stage = self.stage
        for edge in self._edges[stage.id]:
            edge.begin(tick)
        for hint in self._prompts[stage.id]:
            hint.begin(tick)
        for watch in self._always:
            watch.enter(changes[0].before, stage.id, tick)
        at_once = self.after(tick, self._happens[stage.id])
        return replace(seen, changes=changes, happens=(*seen.happens, *at_once), outcome=stage.id if stage.ends else "")

    def after(self, tick: int, happenings: Sequence[Happening]) -> tuple[Happening, ...]:
        """Return what happens at once, and keep for `step` what comes later. The numbers are drawn already."""
        self._waiting += [(tick + ticks(number(one.after_s, {})), one) for one in happenings if one.after_s]
        return tuple(one for one in happenings if not one.after_s)

    def _due(self, tick: int) -> tuple[Happening, ...]:
        """Return what had to wait until now, in the order in which it is due."""
        if not self._waiting:
            return ()
        due = sorted((one for one in self._waiting if one[0] <= tick), key=lambda one: one[0])
        self._waiting = [one for one in self._waiting if one[0] > tick]
        return tuple(one for _, one in due)

    def _sign(self, frame: Frame) -> bool:
        if self._first_sign is None or not self._first_sign(frame):
            return False
        self._first_sign = None
        return True


class _Timer:
    """An edge that opens a fixed time after its stage began."""

    def __init__(self, wait: int) -> None:
        self._wait = wait
        self._since = 0

    def begin(self, tick: int) -> None:
        self._since = tick

    def __call__(self, frame: Frame) -> bool:
        return frame.tick - self._since >= self._wait


class _Watch:
    """A property that must hold: at every frame, or while the story is in certain stages. It breaks once."""

    def __init__(self, one: Property, draws: Mapping[str, float]) -> None:
        self.property = one
        self._check = compile_condition(one.holds, draws)
        self._on = False
        self._broken = False

    def enter(self, before: str, stage: str, tick: int) -> None:
        """Begin to watch where the story comes into one of its stages."""
        stages = self.property.in_
        self._on = not stages or stage in stages
        if self._on and (before not in stages if stages else before == ""):
            self._check.begin(tick)

    def breaks(self, frame: Frame) -> bool:
        if not self._on or self._broken or self._check(frame):
            return False
        self._broken = True
        return True


class _Hint:
    """One prompt of guided mode, while it is due."""

    def __init__(self, prompt: Prompt, draws: Mapping[str, float]) -> None:
        self.view = PromptView(prompt.text.strip(), (prompt.why or "").strip())
        self.due = prompt.when is None
        self._check = None if prompt.when is None else compile_condition(prompt.when, draws)

    def begin(self, tick: int) -> None:
        if self._check is not None:
            self._check.begin(tick)
            self.due = False

    def look(self, frame: Frame) -> None:
        if self._check is not None:
            self.due = self._check(frame)


def _edges(stage: Stage, draws: Mapping[str, float]) -> tuple[Check | _Timer, ...]:
    return tuple(
        compile_condition(edge.when, draws) if edge.when is not None else _Timer(ticks(number(edge.after_s or 0.0, draws)))
        for edge in stage.next
    )


def _expanded(happenings: Sequence[Happening], cause: Cause | None) -> Iterable[Happening]:
    for one in happenings:
        if one.fault != FAULT_CAUSE:
            yield one
        elif cause is None:
            raise NameUnknownError("cause", FAULT_CAUSE, ())
        else:
            yield from cause.faults


def drawn(happenings: Iterable[Happening], draws: Mapping[str, float]) -> Iterable[Happening]:
    """Yield what happens with the numbers that this run has drawn; NameUnknownError for a draw that does not exist."""
    for one in happenings:
        at = {name: number(value, draws) for name, value in one.at.items()}
        after = None if one.after_s is None else number(one.after_s, draws)
        yield one.model_copy(update={"at": at, "after_s": after})
