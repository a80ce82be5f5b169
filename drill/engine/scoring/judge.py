"""Judging single lines of a rubric against the frames since the first sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drill.engine.entries import Entry
from drill.engine.evaluate import Check, compile_condition
from drill.engine.frame import Frame
from drill.engine.scoring.evidence import Witness, evidence
from drill.engine.scoring.ledger import crossing
from drill.engine.scoring.sheet import Evidence, Item, StepStatus
from drill.scenarios.phrases import words
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Condition, HarmLimit, Step, Wrong
from drill.units import seconds, ticks


@dataclass(frozen=True, slots=True)
class Material:
    """What is judged: the frames from the first sign on, all entries, the numbers drawn for the run, and its kind of machine.

    Clocks start `since` the first sign; what was said and looked at counts from `onset` on, when the fault began: who
    sees it early loses nothing by it.
    """

    frames: Sequence[Frame]
    entries: Sequence[Entry]
    draws: Mapping[str, float]
    since: int
    onset: int
    machine: str

    def first(self, condition: Condition, stages: Sequence[str] = ()) -> Frame | None:
        """Return the first frame at which the condition held, in certain stages only if there are any."""
        check = self._check(condition)
        return next((frame for frame in self.frames if check(frame) and (not stages or frame.stage in stages)), None)

    def at_end(self, condition: Condition) -> Frame | None:
        """Return the last frame if the condition held there."""
        check = self._check(condition)
        held = [check(frame) for frame in self.frames]
        return self.frames[-1] if held and held[-1] else None

    def proof(self, condition: Condition, frame: Frame | None) -> tuple[Evidence, ...]:
        """Return the entries behind a condition at a frame, or at the end of the run."""
        if not self.frames:
            return (Evidence(self.since, "the first sign never came"),)
        witness = Witness(self.entries, self.frames, self.draws, frame or self.frames[-1], self.onset, self.machine)
        return evidence(condition, witness, held=frame is not None)

    def after_s(self, tick: int) -> float:
        """Return seconds after the first sign."""
        return seconds(tick - self.since)

    def _check(self, condition: Condition) -> Check:
        check = compile_condition(condition, self.draws)
        check.begin(self.onset)
        return check


def judge_steps(steps: Sequence[Step], material: Material) -> tuple[Item, ...]:
    """Judge the steps of a rubric; their order counts through `after`."""
    met = {step.id: _met(step, material) for step in steps}
    return tuple(_step(step, met, material) for step in steps)


def _met(step: Step, material: Material) -> Frame | None:
    return material.at_end(step.expect) if step.judge == "end" else material.first(step.expect, step.in_)


def _step(step: Step, met: Mapping[str, Frame | None], material: Material) -> Item:
    frame = met[step.id]
    status, share, remark = _verdict(step, frame, met, material)
    proof = material.proof(step.expect, frame)
    if remark:
        proof = (*proof, Evidence(frame.tick if frame else material.since, remark))
    return Item(
        kind="step",
        id=step.id,
        title=step.title,
        status=status,
        points=step.points * share,
        possible=step.points,
        critical=step.critical,
        tick=frame.tick if frame else None,
        after_s=material.after_s(frame.tick) if frame else None,
        evidence=proof,
        why=step.why,
        source=step.source,
    )


def _verdict(step: Step, frame: Frame | None, met: Mapping[str, Frame | None], material: Material) -> tuple[StepStatus, float, str]:
    """Return a step's status, the share of its points, and a remark for the evidence."""
    if frame is None:
        return "missed", 0.0, ""
    if step.judge == "end":
        return "done", 1.0, ""
    for other in step.after:
        # A step that this cause does not ask for cannot come too late; two in one frame count as together.
        if other in met:
            before = met[other]
            if before is None or before.tick > frame.tick:
                return "incorrect", 0.0, f"came before '{words(other)}'"
    for other in step.before:
        after = met.get(other)
        if after is not None and after.tick < frame.tick:
            return "incorrect", 0.0, f"came after '{words(other)}'"
    waited = frame.tick - material.since
    if step.late_s is not None and waited > ticks(step.late_s):
        return "missed", 0.0, f"too late: after {seconds(waited):.1f} s, counted until {step.late_s:g} s"
    if step.within_s is not None and waited > ticks(step.within_s):
        return "delayed", 0.5, f"after {seconds(waited):.1f} s, full points until {step.within_s:g} s"
    return "done", 1.0, ""


def judge_wrong(wrong: Wrong, material: Material) -> Item:
    """Judge one thing that must not happen; its points are taken away."""
    frame = material.first(wrong.when, wrong.in_)
    return Item(
        kind="wrong",
        id=wrong.id,
        title=wrong.title,
        status="happened" if frame else "avoided",
        points=-wrong.points if frame else 0.0,
        possible=0.0,
        critical=wrong.critical,
        tick=frame.tick if frame else None,
        after_s=material.after_s(frame.tick) if frame else None,
        evidence=material.proof(wrong.when, frame) if frame else (),
        why=wrong.why,
        source=wrong.source,
    )


def judge_harm(harm: HarmLimit, amount: float | None, material: Material) -> Item:
    """Judge one limit of the ledger: its points are kept by staying within it once it has begun."""
    quantity = QUANTITIES[harm.quantity]
    frame = crossing(harm.quantity, material.frames, harm.limit)
    last = material.frames[-1].tick if material.frames else material.since
    proof = [Evidence(last, f"{quantity.meaning}: {amount:g} {quantity.unit} (limit {harm.limit:g})")] if amount is not None else []
    if frame is not None:
        proof.insert(0, Evidence(frame.tick, f"crossed {harm.limit:g} {quantity.unit}"))
    return Item(
        kind="harm",
        id=harm.quantity,
        title=quantity.meaning,
        status="happened" if frame else "avoided",
        points=harm.points if material.frames and not frame else 0.0,  # nothing is kept where nothing has begun
        possible=harm.points,
        critical=harm.critical,
        tick=frame.tick if frame else None,
        after_s=material.after_s(frame.tick) if frame else None,
        evidence=tuple(proof),
        why=harm.why,
        source=harm.source,
    )
