"""The page that shows how the model compares with published ranges: docs/validation.md."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from drill import TRAINING_ONLY
from drill.errors import NameUnknownError
from drill.lab.validation import Row, Validation

BASES = {
    "spread": "the source's own spread: mean ± SD, or an interval",
    "two": "between two or more published values",
    "single": "one published number, ± 10 %",
    "worked": "worked out from published numbers, ± 10 %",
    "limit": "a bound that a source names",
    "sign": "the direction, by at least what an instrument shows",
}
NO_LIMIT = 1e4


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a row. `value` is None where what it needs is not shipped; `wrong` says what is to be done ("" = nothing)."""

    row: Row
    value: float | None
    wrong: str

    @property
    def holds(self) -> bool:
        """Whether the model is within the range."""
        return self.value is not None and self.row.low <= self.value <= self.row.high


def judge(validation: Validation) -> list[Found]:
    """Measure every row."""
    return [_judged(validation, row) for row in validation.rows]


def _judged(validation: Validation, row: Row) -> Found:
    try:
        value = validation.measure(row)
    except NameUnknownError as error:
        return Found(row, None, "" if row.gap else f"{row.id}: {error}")
    found = Found(row, value, "")
    if found.holds and row.gap:
        return Found(row, value, f"{row.id}: {value:.4g} is within {row.low:g} to {row.high:g}: the gap is closed, take its mark away")
    if not found.holds and not row.gap:
        return Found(row, value, f"{row.id}: {value:.4g} {row.unit} is not within {row.low:g} to {row.high:g} ({row.says}; {row.source})")
    return found


def page(found: Iterable[Found], sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the page's lines."""
    rows = list(found)
    good, gaps = sum(f.holds for f in rows), [f for f in rows if f.row.gap]
    fitted = sum(f.row.sets for f in rows)
    yield "# Validation"
    yield ""
    yield f"{TRAINING_ONLY}. {len(rows)} relations of pumps, oxygenators, cannulas, patients, gas and heat against published"
    yield "ranges, through the shipped circuits and patients. Made by `make docs` from `tests/cases/validation.yaml`, whose ranges"
    yield "were written before the model was asked; the tests measure every row again."
    yield ""
    yield f"**{good} hold, {len(gaps)} do not** and are named below with the reason. {fitted} rows (marked *) rest on a source that also"
    yield "set numbers of the model: they show that the shipped machine still meets it, not that the model is right elsewhere."
    yield ""
    yield "| range | means |"
    yield "|---|---|"
    yield from (f"| {name} | {meaning} |" for name, meaning in BASES.items())
    yield ""
    yield "Sources were read mostly as abstracts: see [sources.md](sources.md). A row of your own takes no code: a machine, a run and"
    yield "a measure in that file. [lab.md](lab.md) asks the same machines other questions; [plots.md](plots.md) shows curves."
    for topic in dict.fromkeys(f.row.topic for f in rows):
        yield from _topic(topic, [f for f in rows if f.row.topic == topic])
    yield from ("", "## Gaps", "", "What does not hold, and why.", "")
    yield from ("| relation | published | model | why |", "|---|---|---|---|")
    yield from (f"| {f.row.says} | {_range(f.row)} | {_value(f)} | {f.row.gap} |" for f in gaps)
    yield from ("", "## Sources of the ranges", "", "| key | source |", "|---|---|")
    yield from (f"| {key} | {text} |" for key, text in sorted(sources.items()))


def _topic(topic: str, rows: list[Found]) -> Iterator[str]:
    yield from ("", f"## {topic[0].upper()}{topic[1:]}", "", "| relation | published | model | unit | range | source | |")
    yield "|---|---|---|---|---|---|---|"
    for f in rows:
        row, star = f.row, " *" if f.row.sets else ""
        verdict = "holds" if f.holds else "gap"
        yield f"| {row.says}{star} | {_range(row)} | {_value(f)} | {row.unit} | {row.range} | {row.source} | {verdict} |"


def _range(row: Row) -> str:
    if row.high >= NO_LIMIT:
        return f"≥ {row.low:.4g}"
    return f"{row.low:.4g} to {row.high:.4g}"


def _value(found: Found) -> str:
    return "not shipped" if found.value is None else f"{found.value:.3g}" if abs(found.value) < 1000.0 else f"{found.value:.0f}"
