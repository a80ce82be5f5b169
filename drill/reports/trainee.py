"""One trainee's runs for a supervisor: what is due for practice, every attempt with its score, and how it goes."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import drill
from drill.records.index import RunRow
from drill.reports.history import DUE_AFTER_DAYS, CaseRecord, case_records
from drill.reports.page import environment, write_whole


def render_trainee(code: str, rows: Sequence[RunRow], now: datetime) -> str:
    """Return the page of one trainee. `now` decides what is due."""
    records = case_records(code, rows, now)
    return (
        environment()
        .get_template("trainee.html.j2")
        .render(
            code=code,
            records=records,
            total=sum(len(record.attempts) for record in records),
            today=f"{now:%Y-%m-%d}",
            due_days=DUE_AFTER_DAYS,
            training_only=drill.TRAINING_ONLY,
            version=drill.__version__,
        )
    )


def write_trainee(code: str, rows: Sequence[RunRow], now: datetime, path: Path) -> None:
    """Write a trainee's report: a PDF where the name ends so, else HTML. Raises OSError where it cannot be written."""
    if path.suffix.lower() == ".pdf":
        from drill.reports.paper import trainee_paper  # noqa: PLC0415 - the page never needs it

        records: tuple[CaseRecord, ...] = case_records(code, rows, now)
        write_whole(trainee_paper(code, records, f"{now:%Y-%m-%d}"), path)
    else:
        write_whole(render_trainee(code, rows, now).encode(), path)
