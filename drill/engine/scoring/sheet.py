"""The score sheet: what a judged run comes to, as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from drill import TRAINING_ONLY
from drill.units import seconds

StepStatus = Literal["done", "delayed", "missed", "incorrect"]
WrongStatus = Literal["avoided", "happened"]


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One log entry that proves a judgement, in words."""

    tick: int
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One judged line of the rubric. `kind` is step, wrong or harm.

    A step is done, delayed, missed or incorrect; a wrong and a harm limit are avoided or happened. `points` are what
    it brought (negative for a wrong), `possible` what it could bring. `tick` is when it was decided, `after_s` the same
    in seconds after the first sign (None = never).
    """

    kind: Literal["step", "wrong", "harm"]
    id: str
    title: str
    status: StepStatus | WrongStatus
    points: float
    possible: float
    critical: bool
    tick: int | None
    after_s: float | None
    evidence: tuple[Evidence, ...]
    why: str
    source: str

    @property
    def fails(self) -> bool:
        """Whether this line alone makes the run fail."""
        return self.critical and self.status in ("missed", "incorrect", "happened")


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """A judged run. `score_pct` 0-100; `reasons` say why it is not passed (empty = passed).

    `ledger` holds each harm quantity by name with its unit in the name; `facts` what was seen but not scored;
    `local_target_pct` is the share of the points that rests on local targets.
    """

    scenario: str
    seed: int
    mode: str
    cause: str
    outcome: str
    passed: bool
    reasons: tuple[str, ...]
    score_pct: float
    pass_mark_pct: float
    points: float
    points_possible: float
    items: tuple[Item, ...]
    ledger: Mapping[str, float]
    facts: Mapping[str, float | None]
    local_target_pct: float
    first_sign_tick: int | None
    digest: str
    simulated_s: float

    def item(self, item_id: str) -> Item:
        """Return the item with that id (KeyError if the rubric has none for this cause)."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def to_json(self) -> dict[str, Any]:
        """Return the sheet as plain data for `--json`, the footer and the reports."""
        return {
            "notice": TRAINING_ONLY,
            "scenario": self.scenario,
            "seed": self.seed,
            "mode": self.mode,
            "cause": self.cause,
            "outcome": self.outcome,
            "passed": self.passed,
            "reasons": list(self.reasons),
            "score": self.score_pct,
            "pass_mark_pct": self.pass_mark_pct,
            "points": self.points,
            "points_possible": self.points_possible,
            "items": [_item_json(item) for item in self.items],
            "ledger": dict(self.ledger),
            "facts": dict(self.facts),
            "local_target_pct": self.local_target_pct,
            "first_sign_s": None if self.first_sign_tick is None else seconds(self.first_sign_tick),
            "digest": self.digest,
            "simulated_s": self.simulated_s,
        }


def _item_json(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "id": item.id,
        "title": item.title,
        "status": item.status,
        "points": item.points,
        "possible": item.possible,
        "critical": item.critical,
        "after_s": item.after_s,
        "evidence": [{"time_s": seconds(e.tick), "text": e.text} for e in item.evidence],
        "why": item.why,
        "source": item.source,
    }
