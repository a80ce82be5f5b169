"""What a trainee has done before, from the list of kept runs: the rows of a report's own history and of a supervisor's page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from drill.engine.runlog import Run
from drill.records.index import RunRow
from drill.reports.timeline import spaced

DUE_AFTER_DAYS: Final = 90  # local target: practice at least once a quarter
LEVEL_PCT: Final = 5.0  # tunable: scores this close together are no trend


@dataclass(frozen=True, slots=True)
class Attempt:
    """One earlier run. `score_pct` and `passed` are None where it was not judged; `same_cause` where this run had it too."""

    number: int
    when: str
    mode: str
    outcome: str
    score_pct: float | None
    passed: bool | None
    same_cause: bool
    signed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """All of a trainee's runs of one case, oldest first. `due` says why it should be practised again ("" = it need not yet)."""

    scenario: str
    case: str
    attempts: tuple[Attempt, ...]
    causes_met: int
    best_pct: float | None
    last_passed: str
    trend: str
    due: str


def earlier_attempts(run: Run, rows: Iterable[RunRow]) -> tuple[Attempt, ...]:
    """Return this trainee's runs of the same case before this one, oldest first; none for a run without a trainee code."""
    about: dict[str, Any] = dict(run.header.get("about") or {})
    trainee, started = str(about.get("trainee") or ""), str(about.get("started_utc") or "")
    if not trainee:
        return ()
    mine = [
        row
        for row in rows
        if row.state != "unreadable"
        and (row.trainee, row.scenario) == (trainee, run.header["scenario"])
        and (not started or row.started_utc < started)
    ]
    return tuple(_attempt(row, str(run.header["cause"])) for row in sorted(mine, key=_age))


def case_records(trainee: str, rows: Iterable[RunRow], now: datetime) -> tuple[CaseRecord, ...]:
    """Return what a trainee did, case by case: what is due first, then by name. `now` decides what is due."""
    cases: dict[str, list[RunRow]] = {}
    for row in sorted(rows, key=_age):
        if row.trainee == trainee and row.state != "unreadable":
            cases.setdefault(row.scenario, []).append(row)
    records = [_record(scenario, own, now) for scenario, own in cases.items()]
    return tuple(sorted(records, key=lambda record: (not record.due, record.case, record.scenario)))


def moment(started_utc: str) -> str:
    """Return a start time as people read it, or as it stands."""
    found = _time(started_utc)
    return started_utc if found is None else found.strftime("%Y-%m-%d %H:%M")


def _record(scenario: str, rows: Sequence[RunRow], now: datetime) -> CaseRecord:
    attempts = tuple(_attempt(row, "") for row in rows)
    whole = [row for row in rows if row.mode in ("practice", "exam") and not row.forked]  # what helps or begins midway shows no skill
    scores = [row.score for row in whole if row.score is not None]
    passes = [row for row in whole if row.passed]
    return CaseRecord(
        scenario=scenario,
        case=next((row.case for row in reversed(rows) if row.case), spaced(scenario.rpartition("/")[2])),
        attempts=attempts,
        causes_met=len({row.cause for row in rows if row.cause}),
        best_pct=max(scores, default=None),
        last_passed=moment(passes[-1].started_utc) if passes else "",
        trend=_trend(scores),
        due=_due(whole, passes, now) if any(row.passed is not None or row.state == "unfinished" for row in rows) else "",
    )


def _due(rows: Sequence[RunRow], passes: Sequence[RunRow], now: datetime) -> str:
    judged = [row for row in rows if row.passed is not None]
    if not passes:
        return "never passed"
    if judged and judged[-1] is not passes[-1]:
        return "the last attempt was not passed"
    last = _time(passes[-1].started_utc)
    days = None if last is None else (now - last) // timedelta(days=1)
    return f"last passed {days} days ago" if days is not None and days > DUE_AFTER_DAYS else ""


def _trend(scores: Sequence[float]) -> str:
    """Compare the last score with the mean of up to three before it."""
    if len(scores) < 2:
        return "one score" if scores else "no score"
    before = scores[-4:-1]
    change = scores[-1] - sum(before) / len(before)
    word = "better" if change > LEVEL_PCT else "worse" if change < -LEVEL_PCT else "level"
    return f"{word} ({change:+.0f} points against the {'one' if len(before) == 1 else f'mean of {len(before)}'} before)"


def _attempt(row: RunRow, cause: str) -> Attempt:
    return Attempt(
        number=row.attempt,
        when=moment(row.started_utc),
        mode=f"{row.mode}, forked" if row.forked else row.mode,
        outcome="unfinished" if row.state == "unfinished" else spaced(row.outcome),
        score_pct=row.score,
        passed=row.passed,
        same_cause=bool(cause) and row.cause == cause,
        signed_by=row.signed_by,
    )


def _age(row: RunRow) -> tuple[str, str]:
    return row.started_utc, row.path.name


def _time(started_utc: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(started_utc)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
