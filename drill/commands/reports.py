"""Commands that hand runs on: to a learning record store, to paper, to a supervisor."""

import os
from pathlib import Path

import click

from drill.commands.common import RUN_FILE, Finding, NewFile, json_option, print_json
from drill.errors import NameUnknownError, PackError, RunFileError

STORE_VARIABLE = "DRILL_LRS_URL"


@click.command()
@click.argument("run_file", metavar="[RUN]", type=RUN_FILE, required=False)
@click.option("--trainee", metavar="CODE", help="Not one run: all that this trainee did, and what is due.")
@click.option("-o", "--out", type=NewFile(), required=True, help="The .html or .pdf to write.")
@click.option("--expert/--no-expert", default=True, show_default=True, help="Lay the expert's run of the same cause over the curves.")
def report(*, run_file: Path | None, trainee: str | None, out: Path, expert: bool) -> None:
    """Write the report of a run, or of a trainee, as a page or as paper."""
    if out.suffix.lower() not in (".html", ".htm", ".pdf"):
        raise click.BadParameter(f"'{out}' is neither a page nor paper: give a name that ends in .html or .pdf", param_hint="-o")
    if (run_file is None) == (trainee is None):
        raise click.UsageError("give a run file, or --trainee CODE, and not both")
    try:
        if trainee is not None:
            _trainee(trainee, out)
        elif run_file is not None:
            _run(run_file, out, expert=expert)
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written ({error.strerror})", param_hint="-o") from error
    click.echo(out)


def _run(run_file: Path, out: Path, *, expert: bool) -> None:
    from drill.headless import expert_beside, judge, reload
    from drill.records.index import list_runs
    from drill.records.remarks import signatures_of
    from drill.records.store import open_run
    from drill.reports.page import write_report
    from drill.reports.provenance import provenance_rows

    record = open_run(run_file)
    signatures = signatures_of(run_file, record.seal)
    origin = provenance_rows(run_file, record, signatures)
    try:
        loaded = reload(record)
    except PackError as error:
        click.echo(f"Without its pack nothing is judged, and ids stand for words: {error}", err=True)
        write_report(None, record, out, rows=list_runs(), signatures=signatures, provenance=origin)
        return
    beside = expert_beside(record, loaded) if expert else None
    if expert and beside is None:
        click.echo("No expert beside it: free play, a pack without an expert, or one that has changed since the run.", err=True)
    sheet = judge(record, loaded)
    write_report(
        sheet,
        record,
        out,
        scenario=loaded.scenario,
        tasks=loaded.tasks,
        rows=list_runs(),
        expert=beside,
        signatures=signatures,
        provenance=origin,
    )


def _trainee(code: str, out: Path) -> None:
    from datetime import UTC, datetime

    from drill.records.index import kept_runs
    from drill.records.trainees import shown_code
    from drill.reports.trainee import write_trainee

    rows = kept_runs()
    codes = {name: row.trainee for row in rows if row.trainee for name in (shown_code(row.trainee), row.trainee)}
    if code not in codes:
        raise NameUnknownError("trainee code", shown_code(code), {shown_code(each) for each in codes})
    write_trainee(codes[code], rows, datetime.now(UTC), out)


@click.group()
def xapi() -> None:
    """Send runs to a learning record store (xAPI 1.0.3), now or when it can be reached."""


@xapi.command()
@click.argument("run_files", metavar="[RUN]...", nargs=-1, type=RUN_FILE)
@click.option("--to", "store", metavar="URL", help=f"The store's endpoint; {STORE_VARIABLE} if not given.")
@click.option("--all", "every", is_flag=True, help="Every run that is kept and closed.")
def send(run_files: tuple[Path, ...], store: str | None, *, every: bool) -> None:
    """Queue runs for a store, then send all that waits for it. Nothing is ever sent twice.

    The store's name and secret are read from DRILL_LRS_KEY and DRILL_LRS_SECRET.
    """
    from drill.headless import judge, reload
    from drill.records.index import kept_runs
    from drill.records.store import open_run
    from drill.reports.outbox import Outbox
    from drill.reports.xapi import statements

    address = store or os.environ.get(STORE_VARIABLE, "")
    if not address:
        raise click.UsageError(f"say where to: --to URL, or {STORE_VARIABLE} in the environment")
    box = Outbox()
    paths = [*run_files, *(info.path for info in (kept_runs() if every else ()) if info.state == "finished")]
    left_out = 0
    for path in dict.fromkeys(paths):
        try:
            record = open_run(path)
            new = box.put(address, statements(record, judge(record, reload(record))))
        except (PackError, RunFileError) as error:
            left_out += 1
            click.echo(f"{path}: left out: {error}", err=True)
            continue
        click.echo(f"{path}: {new} new statements" if new else f"{path}: queued before")
    sent = box.send(address, key=os.environ.get("DRILL_LRS_KEY", ""), secret=os.environ.get("DRILL_LRS_SECRET", ""))
    click.echo(f"{sent.sent} sent, {sent.waiting} waiting, {sent.refused} refused")
    if sent.problem:
        raise Finding(f"{sent.problem}: what waits is kept; send again later")
    if left_out:
        raise Finding(f"{left_out} of the runs could not be judged; the reasons stand above")
    if sent.refused:
        raise Finding(f"the store refuses {sent.refused}: 'drill xapi status' shows how many of each store")


@xapi.command()
@json_option
def status(*, as_json: bool) -> None:
    """Say what is sent, what waits and what was refused, store by store."""
    from drill import TRAINING_ONLY
    from drill.reports.outbox import Outbox

    box = Outbox()
    counts = box.counts()
    if as_json:
        print_json({"notice": TRAINING_ONLY, "outbox": str(box.path), "stores": counts})
        return
    click.echo(f"{TRAINING_ONLY}\nOutbox: {box.path}")
    for store, one in counts.items():
        click.echo(f"{store}: {one['sent']} sent, {one['waiting']} waiting, {one['refused']} refused")
    if not counts:
        click.echo("nothing was queued yet: drill xapi send --to URL RUN")
