"""Commands about runs that were written."""

from pathlib import Path

import click

from drill.commands.common import RUN_FILE, Finding, json_option, print_json, show


@click.command()
@click.argument("run_file", metavar="RUN", type=RUN_FILE)
@json_option
def score(run_file: Path, *, as_json: bool) -> None:
    """Score a run file again, from its log alone."""
    from drill.headless import judge, reload, sheet_json
    from drill.records.store import open_run

    record = open_run(run_file)
    sheet = judge(record, reload(record))
    if as_json:
        print_json({**sheet_json(record, sheet), "problems": list(record.problems)})
    else:
        show(record, sheet)
    if record.problems:
        raise Finding("\n".join(f"{run_file}: {problem}" for problem in record.problems))


@click.command()
@click.argument("run_file", metavar="RUN", type=RUN_FILE)
def verify(run_file: Path) -> None:
    """Simulate a run file's causes again and compare everything."""
    from drill.engine.replay import verify as verify_run
    from drill.headless import kernel, reload
    from drill.records.store import open_run

    record = open_run(run_file)
    loaded = reload(record)
    found = verify_run(record, loaded, kernel(loaded).advance)
    if found.status != "identical" or record.problems:
        raise Finding(
            f"{run_file}: {found.text}" if found.status == "identical" else f"{run_file}: {found.status.replace('_', ' ')}: {found.text}"
        )
    click.echo(f"{run_file}: {found.text}")
