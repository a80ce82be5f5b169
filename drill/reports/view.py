"""The debrief as plain data: one model that the screen, the terminal and the page all draw."""

from dataclasses import dataclass

from drill.reports.timeline import Timeline


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One harm quantity. `state`: ok, over, or critical (over a limit that fails the run); "" where there is no limit."""

    title: str
    value: str
    limit: str
    state: str
    why: str
    source: str


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


@dataclass(frozen=True, slots=True)
class Debrief:
    """Everything a debrief says. `passed` is None for a run that is not judged (free play, guided, unfinished)."""

    case_name: str
    case_line: str
    mode: str
    trainee: str
    started: str
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
