"""Commands about the runs that are kept: list them, hand them out, take one over."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from drill.commands.common import DAY, RUN_FILE, TRAINEE, Amount, Finding, NewFile, json_option, print_json, show, written

OUT = NewFile(dash=True)
COLUMNS = (
    "started", "trainee", "case", "mode", "attempt", "met before", "hints", "score", "result", "verified", "station", "signed by", "run",
)  # fmt: skip
ALWAYS = ("started", "trainee", "case", "run")  # of the others, what is the same for all is said once above the list
RESULTS = {True: "passed", False: "not passed", None: ""}


@click.command("runs")
@click.option("--trainee", metavar="CODE", help="Only this trainee's.")
@click.option("--scenario", metavar="PACK/SCENARIO", help="Only of this scenario.")
@click.option("--mode", type=click.Choice(("guided", "practice", "exam")), help="Only in this mode.")
@click.option("--passed", is_flag=True, help="Only passed runs.")
@click.option("--not-passed", is_flag=True, help="Only the others.")
@click.option("--unsigned", is_flag=True, help="Only those that no supervisor has signed.")
@click.option("--since", metavar="YYYY-MM-DD", type=DAY, help="Only from this day on (UTC).")
@json_option
def runs(*, as_json: bool, passed: bool, not_passed: bool, **chosen: Any) -> None:
    """List the runs that are kept, the newest first."""
    from drill import TRAINING_ONLY

    if passed and not_passed:
        raise click.UsageError("--passed and --not-passed leave no run: give one of them, or neither for all")
    result = passed if passed or not_passed else None
    from drill.records.home import runs_folder

    rows = [row for row in _rows() if _wanted(row, passed=result, **chosen)]
    if as_json:
        print_json({"notice": TRAINING_ONLY, "folder": str(runs_folder()), "runs": [row.to_json() for row in rows]})
        return
    click.echo(f"{TRAINING_ONLY}\nkept in {runs_folder()}")
    if not rows:
        click.echo("no such run is kept")
        return
    told = [_cells(row) for row in rows]
    same = [k for k, name in enumerate(COLUMNS) if len(rows) > 1 and name not in ALWAYS and len({cells[k] for cells in told}) == 1]
    if same:
        click.echo(f"all {len(rows)}: {' · '.join(f'{COLUMNS[k]} {told[0][k]}'.strip() for k in same)}")
    table = [[cell for k, cell in enumerate(cells) if k not in same] for cells in (COLUMNS, *told)]
    widths = [max(len(cells[k]) for cells in table) for k in range(len(table[0]))]
    for cells in table:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())


def _rows() -> list[Any]:
    from drill.records.index import kept_runs

    return list(kept_runs())


def _wanted(
    row: Any, *, trainee: str | None, scenario: str | None, mode: str | None, passed: bool | None, unsigned: bool, since: str | None
) -> bool:
    from drill.records.trainees import shown_code

    return (
        trainee in (None, row.trainee, shown_code(row.trainee))
        and scenario in (None, row.scenario)
        and mode in (None, row.mode)
        and (passed is None or (row.passed is True) is passed)
        and not (unsigned and row.signed_by)
        and (since is None or row.started_utc >= since)
    )


def _cells(row: Any) -> tuple[str, ...]:
    if row.state == "unreadable":
        return ("", "", "", "", "", "", "", "", "unreadable", "", "", "", row.path.name)
    from drill.records.trainees import shown_code

    result = "unfinished" if row.state == "unfinished" else RESULTS[row.passed]
    return (
        row.started_utc[:16].replace("T", " "),
        shown_code(row.trainee) or "-",
        row.case,
        f"{row.mode}{', forked' if row.forked else ''}",
        str(row.attempt),
        "yes" if row.met_before else "no",
        "yes" if row.hints else "no",
        "" if row.score is None else f"{row.score:g} %",
        result,
        row.verified.replace("_", " ") or "not yet",
        row.station,
        ", ".join(row.signed_by) or "-",
        row.path.name,
    )


@click.command()
@click.argument("run_file", metavar="[RUN]", required=False, type=RUN_FILE)
@click.option("--csv", "kind", flag_value="csv", help="Sheet and events as a table.")
@click.option("--json", "kind", flag_value="json", help="Everything: header, entries, footer, sheet, signatures.")
@click.option("--xapi", "kind", flag_value="xapi", help="Statements for a learning record store.")
@click.option("--table", metavar="FILE", type=OUT, help="All kept runs as one table instead, a row each.")
@click.option("-o", "--out", metavar="FILE", type=OUT, default="-", help="Where to; printed if not given.")
def export(run_file: Path | None, kind: str | None, table: Path | None, out: Path) -> None:
    """Write a run in a form that other programs read, or all kept runs as one table."""
    from drill.reports.tables import runs_table, sheet_table, write_csv

    if table is not None:
        if run_file is not None or kind is not None:
            raise click.UsageError("--table is of all kept runs: give it alone")
        written(table, lambda file: write_csv(runs_table(_rows()), file))
        return
    if run_file is None or kind is None:
        raise click.UsageError("give a RUN and one of --csv, --json, --xapi; or --table FILE for all kept runs")
    from drill.headless import judge, reload
    from drill.records.remarks import signatures_of
    from drill.records.store import open_run

    record = open_run(run_file)
    sheet = judge(record, reload(record))
    if kind == "csv":
        written(out, lambda file: write_csv(sheet_table(record, sheet), file))
        return
    from drill import TRAINING_ONLY

    data: object
    if kind == "xapi":
        from drill.reports.xapi import statements

        data = statements(record, sheet)
    else:
        data = {
            "notice": TRAINING_ONLY,
            "header": dict(record.header),
            "entries": list(record.entries),
            "footer": None if record.footer is None else dict(record.footer),
            "problems": list(record.problems),
            "sheet": None if sheet is None else sheet.to_json(),
            "signatures": [{**one.said, "problem": one.problem} for one in signatures_of(run_file, record.seal)],
        }
    written(out, _json_writer(data))


def _json_writer(data: object) -> Callable[[Any], None]:
    import json

    return lambda file: file.write(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


@click.command()
@click.argument("run_file", metavar="RUN", type=RUN_FILE)
@click.option("--at", "at_s", metavar="SECONDS", type=Amount(0, 7200), required=True, help="The moment, in simulated seconds.")
@click.option("--robot", metavar="NAME", help="Who plays on from there; without one, you do, on the panel.")
@click.option("--mode", type=click.Choice(("guided", "practice")), help="The new run's; practice unless the old one was guided.")
@click.option("--trainee", metavar="CODE", type=TRAINEE, default="", help="Who takes over; kept in the new run.")
@click.option("--out", metavar="FILE", type=NewFile(), help="Write the new run there.")
@json_option
def fork(
    *, run_file: Path, at_s: float, robot: str | None, mode: str | None, trainee: str, out: Path | None, as_json: bool
) -> None:
    """Take a run over at a moment: a new run that names its parent and never counts as passed."""
    from drill.doctor import display_problem
    from drill.headless import fork_headless, kernel, reload
    from drill.records.store import open_run
    from drill.units import ticks

    record = open_run(run_file)
    if robot is None and out is None and not as_json and not display_problem():
        from drill.ui.app import take_over

        loaded = reload(record)
        take_over(record, loaded, ticks(at_s), mode=mode, trainee=trainee, advance=kernel(loaded).advance)
        return
    played = fork_headless(record, at_s, robot=robot, mode=mode, trainee=trainee, out=out)
    if as_json:
        print_json(played.to_json())
    else:
        if robot is not None:
            show(played.run, played.sheet)
        click.echo(f"Run: {played.path}" if played.path else played.problem)
        if robot is None:
            click.echo(f"It stands at {at_s:g} s and is unfinished: fork it on with --robot NAME, or where there is a display.")
    if played.problem:
        raise Finding(played.problem)
