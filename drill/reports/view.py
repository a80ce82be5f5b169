"""The debrief as plain data: one model that the screen, the terminal and the page all draw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from drill.engine.lines import OUTCOMES
from drill.engine.runlog import Run
from drill.engine.scoring.sheet import Item, ScoreSheet
from drill.records.index import RunRow
from drill.records.remarks import Signature
from drill.reports.history import Attempt, earlier_attempts
from drill.reports.people import RatedRow, SignedRow, rated_rows, signed_rows
from drill.reports.provenance import ProvenanceRow
from drill.reports.questions import Question, questions
from drill.reports.seen import SeenRow, seen_rows
from drill.reports.timeline import Timeline, aligned, clock, read_timeline, spaced
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import HarmLimit, Scenario, Tasks
from drill.units import seconds

# facts that say how it went
AFTER_QUESTIONS: Final = ("Ended as", "Rule of the case broken", "Points on local targets", "Digest")
VERDICTS: Final = {True: "Passed", False: "Not passed", None: "Not judged"}


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One harm quantity. `state`: ok, over, or critical (over a limit that fails the run); "" where there is no limit."""

    title: str
    value: str
    limit: str
    state: str
    why: str
    source: str
    expert: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One scored step or error. `status`: done, delayed, missed, incorrect, avoided, happened or unused."""

    title: str
    status: str
    points: str
    evidence: tuple[str, ...]
    why: str
    source: str
    critical: bool
    expert: str = ""


@dataclass(frozen=True, slots=True)
class Debrief:
    """Everything a debrief says. `passed` is None for a run that is not judged (free play, guided, unfinished).

    `expert` is the expert's run of the same cause, its clock moved so that both first signs fall together.
    """

    case_name: str
    case_line: str
    cause: str
    outcome: str
    passed: bool | None
    verdict: str
    reasons: tuple[str, ...]
    score_pct: float | None
    pass_mark_pct: float | None
    ledger: tuple[LedgerRow, ...]
    steps: tuple[ItemRow, ...]
    errors: tuple[ItemRow, ...]
    story: str
    timeline: Timeline
    facts: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    expert: Timeline | None = None
    rated: tuple[RatedRow, ...] = ()
    signed: tuple[SignedRow, ...] = ()
    seen: tuple[SeenRow, ...] = ()
    provenance: tuple[ProvenanceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpertRun:
    """How an expert handled the same case, cause and seed; `sheet` judges it by the same rubric."""

    run: Run
    sheet: ScoreSheet


def describe(
    sheet: ScoreSheet | None,
    run: Run,
    *,
    scenario: Scenario | None = None,
    tasks: Tasks | None = None,
    run_path: Path | None = None,
    rows: Iterable[RunRow] = (),
    expert: ExpertRun | None = None,
    signatures: Sequence[Signature] = (),
    provenance: Sequence[ProvenanceRow] = (),
) -> Debrief:
    """Put a judged run into words. Without `sheet` nothing is judged (free play); without `scenario` ids stand for titles.

    `rows` are the kept runs, for the trainee's own history; `expert` is laid over the timeline; `signatures` are the supervisors',
    `provenance` is what the run's file shows of where it comes from (none for a run that is in memory only).
    """
    titles = titles_of(scenario, tasks)
    timeline = read_timeline(run, titles)
    theirs = None if expert is None else expert.sheet
    passed = None if sheet is None else sheet.passed
    cause_id = str(run.header["cause"])
    cause = next((c.title for c in scenario.causes if c.id == cause_id), "") if scenario else ""
    limits = {h.quantity: h for h in scenario.rubric.harm if not h.causes or cause_id in h.causes} if scenario and scenario.rubric else {}
    return Debrief(
        case_name=scenario.case.name if scenario else spaced(str(run.header["scenario"]).split("/")[-1]),
        case_line=scenario.case.line if scenario else "",
        # A run that ended before anything was wrong keeps its secret: the same case may come again.
        cause=(cause or spaced(cause_id)) if timeline.first_sign_s is not None else "",
        outcome=outcome_title(run.outcome, scenario),
        passed=passed,
        verdict=VERDICTS[passed],
        reasons=() if sheet is None else tuple(r[:1].upper() + r[1:] for r in sheet.reasons),
        score_pct=None if sheet is None else sheet.score_pct,
        pass_mark_pct=None if sheet is None else sheet.pass_mark_pct,
        ledger=() if sheet is None else _ledger(sheet, limits, theirs),
        steps=() if sheet is None else tuple(_row(i, theirs) for i in sheet.items if i.kind == "step"),
        errors=() if sheet is None else tuple(_row(i, None) for i in sheet.items if i.kind == "wrong"),
        story=(scenario.debrief or "") if scenario else "",
        timeline=timeline,
        facts=_facts(sheet, run, outcome_title(run.outcome, scenario), run_path),
        questions=questions(sheet, timeline),
        attempts=earlier_attempts(run, rows),
        expert=None if expert is None else aligned(read_timeline(expert.run, titles), timeline),
        rated=rated_rows(scenario.rubric if scenario else None, signatures),
        signed=signed_rows(signatures),
        seen=() if sheet is None else seen_rows(sheet, theirs),
        provenance=tuple(provenance),
    )


def titles_of(scenario: Scenario | None, tasks: Tasks | None) -> dict[str, str]:
    """Return the words for every task, look, saying, person and stage, by id."""
    titles: dict[str, str] = {}
    if scenario is not None:
        titles |= {p.id: p.title for p in scenario.team} | {s.id: s.title for s in scenario.stages if s.title}
    if tasks is not None:
        titles |= {t.id: t.title for t in tasks.tasks} | {t.id: t.title for t in tasks.looks} | {t.id: t.title for t in tasks.sayings}
    return titles


def outcome_title(outcome: str, scenario: Scenario | None) -> str:
    """Return how a run ended, in words."""
    titles = {s.id: s.title for s in scenario.stages if s.title} if scenario else {}
    words = titles.get(outcome) or OUTCOMES.get(outcome) or spaced(outcome)
    return words[:1].upper() + words[1:]


def amount(value: float, unit: str) -> str:
    """Return a quantity as people read it: one decimal below ten, none above."""
    return f"{value:.1f} {unit}" if abs(value) < 10 and value != round(value) else f"{value:.0f} {unit}"


def _ledger(sheet: ScoreSheet, limits: Mapping[str, HarmLimit], expert: ScoreSheet | None) -> tuple[LedgerRow, ...]:
    """Limited quantities first, in the rubric's order, then the others as they are defined."""
    judged = {item.id: item for item in sheet.items if item.kind == "harm"}
    order = [*(name for name in judged if name in sheet.ledger), *(name for name in sheet.ledger if name not in judged)]
    rows = []
    for name in order:
        quantity, item, limit = QUANTITIES[name], judged.get(name), limits.get(name)
        state = "" if item is None else "ok" if item.status == "avoided" else "critical" if item.critical else "over"
        bound = "" if limit is None else f"{'at least' if quantity.worse == 'down' else 'up to'} {amount(limit.limit, quantity.unit)}"
        why, source = ("", "") if item is None else (item.why, item.source)
        theirs = "" if expert is None or name not in expert.ledger else amount(expert.ledger[name], quantity.unit)
        rows.append(LedgerRow(quantity.meaning, amount(sheet.ledger[name], quantity.unit), bound, state, why, source, theirs))
    return tuple(rows)


def _row(item: Item, expert: ScoreSheet | None) -> ItemRow:
    evidence = tuple(f"{clock(seconds(e.tick))}  {e.text}" for e in item.evidence)
    if item.kind == "step" and item.after_s is not None and item.status in ("done", "delayed"):
        evidence = (*evidence, f"{item.after_s:.1f} s after the first sign")
    points = f"{item.points:g} of {item.possible:g}" if item.kind == "step" else f"{item.points:g}" if item.points else ""
    theirs = next((one for one in expert.items if one.id == item.id), None) if expert is not None else None
    beside = "" if theirs is None or theirs.after_s is None else f"the expert: {theirs.after_s:.1f} s after the first sign"
    return ItemRow(item.title, item.status, points, evidence, item.why, item.source, item.critical, beside)


def _facts(sheet: ScoreSheet | None, run: Run, outcome: str, run_path: Path | None) -> tuple[tuple[str, str], ...]:
    about = run.header.get("about") or {}
    facts = [
        ("Ended as", outcome),
        ("Mode", str(run.header["mode"])),
        ("Length", clock(seconds(run.last_tick))),
        ("Trainee code", str(about.get("trainee") or "none given")),
        ("Started", _moment(about.get("started_utc"))),
        ("Seed", str(run.header["seed"])),
    ]
    broken = [f"{spaced(entry['id'])} at {clock(seconds(entry['t']))}" for entry in run.entries if entry["k"] == "broken"]
    facts.append(("Rule of the case broken", "; ".join(broken)))
    if sheet is not None:
        facts.append(("Points on local targets", f"{sheet.local_target_pct:.0f} %"))
        facts.append(("Digest", sheet.digest[:16]))
    if run_path is not None:
        facts.append(("Recorded in", str(run_path)))
    return tuple((name, value) for name, value in facts if value)


def _moment(value: object) -> str:
    """Return a start time as people read it, from ISO text; other text as it stands."""
    if not isinstance(value, str):
        return ""
    try:
        return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return value
