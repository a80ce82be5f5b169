"""The story of a drill: at every fifth tick, which stage it is in and which faults begin.

It watches and injects, and never sets a reading. What happened comes back as a value; the session writes it down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drill.engine.evaluate import Check, compile_condition, number
from drill.engine.frame import Frame
from drill.engine.machine import StageChange, StageMachine
from drill.errors import NameUnknownError
from drill.scenarios.schema import Cause, Condition, FaultUse, Stage
from drill.units import ticks

FAULT_CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at the story brought: stage changes, faults for the next tick, the first sign, the outcome."""

    changes: tuple[StageChange, ...] = ()
    faults: tuple[FaultUse, ...] = ()
    first_sign: bool = False
    outcome: str = ""


NOTHING = Step()


class Director:
    """Moves the story on. `start` once, then `step` with every frame in order."""

    def __init__(
        self,
        stages: Sequence[Stage],
        *,
        cause: Cause | None = None,
        first_sign: Condition | None = None,
        draws: Mapping[str, float] | None = None,
    ) -> None:
        """Compile the guards of every edge; NameUnknownError for a draw, or a `fault: cause` without a cause."""
        self._machine = StageMachine(stages)
        self._stages = {stage.id: stage for stage in stages}
        self._faults = {stage.id: _expanded(stage.enter, cause) for stage in stages}
        self._edges = {stage.id: _edges(stage, draws or {}) for stage in stages}
        self._first_sign = None if first_sign is None else compile_condition(first_sign, draws)

    @property
    def stage(self) -> Stage:
        """The stage that the story is in."""
        return self._stages[self._machine.stage]

    def start(self, tick: int = 0) -> Step:
        """Enter the first stage."""
        return self._entered((StageChange("", self._machine.stage),), tick)

    def step(self, frame: Frame) -> Step:
        """Look at one frame: the first edge in the pack's order whose condition holds is taken, at most one a frame."""
        sign = self._sign(frame)
        # Every guard is asked at every frame: one that counts time must not be skipped by a short cut.
        open_edges = [index for index, edge in enumerate(self._edges[self._machine.stage]) if edge(frame)]
        if not open_edges:
            return Step(first_sign=True) if sign else NOTHING
        return self._entered(self._machine.take(open_edges[0]), frame.tick, sign=sign)

    def _entered(self, changes: tuple[StageChange, ...], tick: int, *, sign: bool = False) -> Step:
        if not changes:
            return Step(first_sign=True) if sign else NOTHING
        stage = self.stage
        for edge in self._edges[stage.id]:
            edge.begin(tick)
        return Step(changes, self._faults[stage.id], sign, stage.id if stage.ends else "")

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


def _edges(stage: Stage, draws: Mapping[str, float]) -> tuple[Check | _Timer, ...]:
    return tuple(
        compile_condition(edge.when, draws) if edge.when is not None else _Timer(ticks(number(edge.after_s or 0.0, draws)))
        for edge in stage.next
    )


def _expanded(faults: Sequence[FaultUse], cause: Cause | None) -> tuple[FaultUse, ...]:
    found: list[FaultUse] = []
    for use in faults:
        if use.fault != FAULT_CAUSE:
            found.append(use)
        elif cause is None:
            raise NameUnknownError("cause", FAULT_CAUSE, ())
        else:
            found.extend(cause.faults)
    return tuple(found)
