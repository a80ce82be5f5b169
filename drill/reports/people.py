"""What people said about a run: who signed it, and how they rated what no machine can see. Apart from the machine's points."""

from collections.abc import Sequence
from dataclasses import dataclass

from drill.records.remarks import Signature
from drill.reports.history import moment
from drill.scenarios.schema import Rubric

NOT_RATED = "not rated"


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's rating: the step of the scale in words, by whom, when."""

    step: str
    by: str
    when: str


@dataclass(frozen=True, slots=True)
class RatedRow:
    """One item that only people can judge. `scale` holds its steps in words, from 0 up; `ratings` the latest of each person."""

    id: str
    title: str
    scale: tuple[str, ...]
    ratings: tuple[Rating, ...]
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class SignedRow:
    """One supervisor's signature: whose key, when, the result that was signed, the note. `problem` says why it does not count."""

    by: str
    when: str
    result: str
    note: str
    problem: str = ""


def signed_rows(signatures: Sequence[Signature]) -> tuple[SignedRow, ...]:
    """Return the signatures in words, oldest first; one that does not fit this very file says so, and nothing else of it is told."""
    return tuple(
        SignedRow("somebody", "", "", "", f"a signature {one.problem}")
        if one.problem
        else SignedRow(one.whose, _when(one), one.result, str(one.said.get("note") or ""))
        for one in signatures
    )


def rated_rows(rubric: Rubric | None, signatures: Sequence[Signature]) -> tuple[RatedRow, ...]:
    """Return each item that the rubric leaves to people, with what was signed about it."""
    rows = []
    for item in rubric.rated if rubric is not None else ():
        latest: dict[str, Rating] = {}
        for one in signatures:
            value = one.ratings.get(item.id)
            if not one.problem and value is not None and 0 <= int(value) < len(item.scale):
                latest[str(one.said.get("key"))] = Rating(item.scale[int(value)], one.whose, _when(one))
        rows.append(RatedRow(item.id, item.title, tuple(item.scale), tuple(latest.values()), item.why, item.source))
    return tuple(rows)


def _when(one: Signature) -> str:
    return moment(str(one.said.get("utc") or ""))
