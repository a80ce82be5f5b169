"""From a rubric and a run's log to a score sheet: a pure function.

Order of importance: critical steps done, harm avoided, order, then time. Never time alone.
"""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from drill.engine.frame import Frame, MissingReadingError
from drill.engine.runlog import Run, digest
from drill.engine.scoring.facts import facts_of
from drill.engine.scoring.judge import Material, judge_harm, judge_steps, judge_wrong
from drill.engine.scoring.ledger import harm_ledger
from drill.engine.scoring.sheet import Item, ScoreSheet
from drill.errors import RunFileError
from drill.scenarios.schema import HarmLimit, Rubric, Step, Wrong
from drill.units import seconds

PASSING_MODES: Final = ("practice", "exam")
LOCAL: Final = "local target"
Line = TypeVar("Line", HarmLimit, Step, Wrong)


def score(rubric: Rubric, run: Run, *, digested: bool = True) -> ScoreSheet:
    """Judge a run by its log alone. A changed rubric may judge an old run again.

    The sheet's digest is "" unless `digested`: it takes about as long as all else.
    Raises RunFileError for an old run that lacks a reading which the rubric asks for.
    """
    try:
        return _score(rubric, run, digest(run) if digested else "")
    except MissingReadingError as error:
        message = f"this run was recorded without the reading '{error}', which the rubric asks for: score it with the Drill that wrote it"
        raise RunFileError(message) from None


def _score(rubric: Rubric, run: Run, sha: str) -> ScoreSheet:
    cause = run.header["cause"]
    since = next((int(entry["t"]) for entry in run.entries if entry["k"] == "first_sign"), None)
    material = _material(run, since)
    ledger = harm_ledger(material.frames)
    items = (
        *(judge_harm(harm, ledger.get(harm.quantity), material) for harm in _for(cause, rubric.harm)),
        *judge_steps(_for(cause, rubric.steps), material),
        *(judge_wrong(wrong, material) for wrong in _for(cause, rubric.wrong)),
    )
    points, possible = sum(item.points for item in items), sum(item.possible for item in items)
    score_pct = round(100.0 * max(0.0, points) / possible, 1) if possible > 0 else 0.0
    reasons = _reasons(rubric, run, items, score_pct)
    return ScoreSheet(
        scenario=run.header["scenario"],
        seed=run.header["seed"],
        mode=run.header["mode"],
        cause=cause,
        outcome=run.outcome,
        passed=not reasons,
        reasons=reasons,
        score_pct=score_pct,
        pass_mark_pct=rubric.pass_mark_pct,
        points=round(points, 6),
        points_possible=round(possible, 6),
        items=items,
        ledger=ledger,
        facts=facts_of(run.entries, since),
        local_target_pct=_local_target_pct(items),
        first_sign_tick=since,
        digest=sha,
        simulated_s=seconds(run.last_tick),
    )


def _material(run: Run, since: int | None) -> Material:
    seen: Sequence[Frame] = () if since is None else [frame for frame in run.frames() if frame.tick >= since]
    start = run.last_tick if since is None else since
    onset = next((int(entry["t"]) for entry in run.entries if entry["k"] == "fault"), start)
    return Material(seen, run.entries, run.header["draws"], start, min(onset, start), run.machine)


def _for(cause: str, lines: Iterable[Line]) -> list[Line]:
    """Return the lines that this cause asks for; a line without causes counts for every one."""
    return [line for line in lines if not line.causes or cause in line.causes]


def _reasons(rubric: Rubric, run: Run, items: Iterable[Item], score_pct: float) -> tuple[str, ...]:
    """Return why the run is not passed, the gravest first."""
    reasons = []
    ending = run.header["endings"].get(run.outcome)
    if run.damage:
        reasons.append(f"the run's file is not as it was written: {'; '.join(run.damage)}")
    elif not run.ended:
        reasons.append("the run is unfinished")
    elif not run.finished:
        reasons.append("the run came to its end, but its file was never closed: the footer is missing")
    elif ending != "passed":
        reasons.append(f"the drill ended as '{run.outcome}'")
    for item in items:
        if item.fails:
            said = (
                "critical limit crossed"
                if item.kind == "harm"
                else "critical error"
                if item.kind == "wrong"
                else f"critical step {item.status}"
            )
            reasons.append(f"{said}: {item.title}")
    if score_pct < rubric.pass_mark_pct:
        reasons.append(f"score {score_pct:g} % is below the pass mark of {rubric.pass_mark_pct:g} %")
    if run.header["mode"] not in PASSING_MODES:
        reasons.append(f"played in mode '{run.header['mode']}'")
    if run.header["parent"] is not None:
        reasons.append("taken over from another run")
    return tuple(reasons)


def _local_target_pct(items: Iterable[Item]) -> float:
    scored = [item for item in items if item.possible > 0]
    possible = sum(item.possible for item in scored)
    local = sum(item.possible for item in scored if LOCAL in item.source.lower())
    return round(100.0 * local / possible, 1) if possible else 0.0
