"""Runs as tables: each row a list of plain values, for CSV and whoever reads it."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TextIO

from drill import TRAINING_ONLY
from drill.engine.runlog import Run
from drill.engine.scoring.sheet import ScoreSheet
from drill.engine.telling import events
from drill.records.index import RunRow
from drill.units import seconds

Row = Sequence[Any]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
RUN_COLUMNS: Final = (
    "started_utc", "trainee", "case", "scenario", "cause", "mode", "attempt", "met_before", "hints", "forked", "state", "outcome",
    "score", "passed", "verified", "station", "signed_by", "seed", "digest", "path",
)  # fmt: skip


def trace_table(run: Run) -> Iterator[Row]:
    """Yield the readings of a run, ten rows a second: time, true readings, what was shown (blank where it was), controls, alarms."""
    true, shown = list(run.table.true), list(run.table.shown)
    controls: list[str] = []
    for frame in run.frames():
        if not controls:
            controls = list(frame.controls)
            yield ["time_s", *true, *(f"shown_{name}" for name in shown), *(f"control_{name}" for name in controls), "drive", "alarms"]
        yield [
            f"{seconds(frame.tick):.2f}",
            *(frame.true[name] for name in true),
            *("" if (value := frame.shown[name]) is None else value for name in shown),
            *(frame.controls.get(name, "") for name in controls),
            frame.drive,
            " ".join(sorted(frame.alarms)),
        ]


def sheet_table(run: Run, sheet: ScoreSheet | None) -> Iterator[Row]:
    """Yield a judged run as rows: its head, ledger, items with their evidence, facts, then everything that happened."""
    yield ["part", "id", "title", "value", "status", "points", "possible", "critical", "time_s", "text"]
    yield _row("notice", "", TRAINING_ONLY)
    for name in ("scenario", "seed", "mode", "cause"):
        yield _row("run", name, value=run.header[name])
    yield _row("run", "outcome", value=run.outcome)
    if sheet is not None:
        for name, value in (("score", sheet.score_pct), ("pass_mark_pct", sheet.pass_mark_pct), ("passed", sheet.passed)):
            yield _row("run", name, value=value)
        for name, amount in sheet.ledger.items():
            yield _row("ledger", name, value=amount)
        for item in sheet.items:
            proof = "; ".join(f"{seconds(e.tick):.2f} s {e.text}" for e in item.evidence)
            at = "" if item.tick is None else f"{seconds(item.tick):.2f}"
            yield [item.kind, item.id, item.title, "", item.status, item.points, item.possible, item.critical, at, proof]
        for name, fact in sheet.facts.items():
            yield _row("fact", name, value="" if fact is None else fact)
    for event in events(run):
        yield ["event", event.kind, "", "", "", "", "", "", f"{seconds(event.tick):.2f}", event.text]


def runs_table(rows: Iterable[RunRow]) -> Iterator[Row]:
    """Yield the list of runs, one row each, with a column for every quantity of a harm ledger."""
    kept = list(rows)
    harms = sorted({name for row in kept for name in row.ledger or {}})
    yield [*RUN_COLUMNS, *harms]
    for row in kept:
        plain = {**row.to_json(), "signed_by": "; ".join(row.signed_by)}
        ledger: Mapping[str, float] = row.ledger or {}
        yield [*("" if plain[name] is None else plain[name] for name in RUN_COLUMNS), *(ledger.get(name, "") for name in harms)]


def write_csv(rows: Iterable[Row], file: TextIO) -> None:
    """Write rows as CSV. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    writer = csv.writer(file, lineterminator="\n")
    for row in rows:
        writer.writerow([f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value for value in row])


def _row(part: str, name: str, title: str = "", *, value: object = "") -> Row:
    return [part, name, title, value, "", "", "", "", "", ""]
