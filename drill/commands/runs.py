"""Commands about one run, or two: judge it, prove it, look at it, compare it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from drill.commands.common import RUN_FILE, Amount, Finding, NewFile, RunFile, json_option, no_such_run, print_json, show, written


@click.command()
@click.argument("run_file", metavar="RUN", type=RUN_FILE)
@click.option(
    "--pack", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Judge by the rubric of this pack."
)
@json_option
def score(run_file: Path, pack: Path | None, *, as_json: bool) -> None:
    """Score a run file again, from its log alone, and say what that changes."""
    from drill.engine.scoring.change import changes
    from drill.headless import judge, reload, sheet_json
    from drill.records.store import open_run

    record = open_run(run_file)
    sheet = judge(record, reload(record, pack))
    before = record.footer["score"] if record.footer and not record.problems else None
    changed = changes(before, sheet.to_json()) if before is not None and sheet is not None else []
    if as_json:
        print_json({**sheet_json(record, sheet), "problems": list(record.problems), "changed": changed})
    else:
        show(record, sheet)
        for line in changed:
            click.echo(f"changed since the run: {line}")
        if record.problems:
            beside = ", and not compared with the sheet that was written at the run's end" if record.footer else ""
            click.echo(f"The file is not whole: judged by what could be read{beside}.")
    if record.problems:
        raise Finding("\n".join(f"{run_file}: {problem}" for problem in record.problems))


@click.command()
@click.argument("run_files", metavar="RUN...", nargs=-1, required=True, type=RunFile(exists=False))
@click.option("--plain", is_flag=True, help="Do not compile: the same answer, slower.")
@json_option
def verify(run_files: tuple[Path, ...], *, plain: bool, as_json: bool) -> None:
    """Check a run file's chain and signature, then simulate its causes again and compare everything."""
    from drill.headless import Prover
    from drill.records.keys import trusted_keys

    if not any(map(os.path.exists, run_files)):  # not Path.exists, which raises for a name that no file can have
        raise click.BadParameter(no_such_run(str(run_files[0])), param_hint="RUN")
    prover, trusted = Prover(plain=plain), trusted_keys()  # a list that cannot be read is told before any work
    found = []
    for run_file in run_files:
        one = _verified(run_file, prover, trusted)
        found.append(one)
        if as_json:
            continue
        click.echo(one["run"])
        for part in ("file", "signature", "replay"):
            if one[part]:
                click.echo(f"  {part:10} {one[part]}")
        for line in one["shown"]:
            click.echo(f"  {line}")
    if as_json:
        print_json({"runs": found})
    wrong = [one["run"] for one in found if not one["fine"]]
    if wrong:
        raise Finding(f"{len(wrong)} of {len(found)} not verified: {', '.join(wrong)}")


def _verified(run_file: Path, prover: Any, trusted: Mapping[str, str]) -> dict[str, Any]:
    from contextlib import suppress

    from drill.errors import RunFileError
    from drill.records.keys import own_public, station_state
    from drill.records.remarks import note_verified
    from drill.records.store import open_run

    try:
        record = open_run(run_file)
    except RunFileError as error:  # of several files the others are still looked at
        told = {"file": str(error).removeprefix(f"{run_file}: "), "signature": "", "replay": ""}
        return {"run": str(run_file), **told, "status": "unreadable", "tick": None, "fine": False, "shown": []}
    found = prover.prove(record)
    state, words = station_state(record.footer, trusted, own_public())
    with suppress(RunFileError):  # a run on a read-only disk can be verified, only not remembered
        note_verified(run_file, seal=record.seal, status=found.status, text=found.text)
    return {
        "run": str(run_file),
        "file": "; ".join(record.problems) or f"whole: {len(record.entries) + 2} lines, chain and footer fit",
        "signature": words,
        "replay": found.text if found.status == "identical" else f"{found.status.replace('_', ' ')}: {found.text}",
        "status": found.status,
        "tick": found.tick,
        "fine": found.status == "identical" and not record.problems and state != "wrong",
        "shown": _logged(record) if found.status == "not_comparable" else [],
    }


def _logged(record: Any) -> list[str]:
    """What the file itself says, where nothing can be simulated again: a line of displays every 30 s."""
    from drill.engine.entries import SNAPSHOT_TICKS
    from drill.units import seconds

    lines = [f"recorded: ended as {record.outcome} after {seconds(record.last_tick):.1f} s; its displays showed:"]
    for frame in record.frames():
        if frame.tick % SNAPSHOT_TICKS == 0:
            shown = {name: value for name, value in frame.shown.items() if value is not None}
            lines.append(f"  {seconds(frame.tick):7.1f} s  " + "  ".join(f"{name} {value:g}" for name, value in shown.items()))
    return lines


@click.command()
@click.argument("run_file", metavar="RUN", type=RUN_FILE)
@click.option("--events", "as_events", is_flag=True, help="Print everything that happened, in words.")
@click.option("--at", "at_s", metavar="SECONDS", type=Amount(0, 7200), help="Print how everything stood at a moment.")
@json_option
def replay(run_file: Path, at_s: float | None, *, as_events: bool, as_json: bool) -> None:
    """Watch a run again on the panel; without a display, or with an option, read its summary, its events or a moment."""
    from drill.doctor import display_problem
    from drill.headless import kernel, moment_of, reload, summary_of
    from drill.records.store import open_run
    from drill.units import seconds

    record = open_run(run_file)
    if not as_events and at_s is None and not as_json and not display_problem():
        from drill.ui.replay import play_run

        loaded = reload(record)
        play_run(record, loaded=loaded, advance=kernel(loaded).advance)
        return
    if at_s is not None:
        told = moment_of(record, at_s)
        if as_json:
            print_json(told)
        else:
            for name, value in told.items():
                if isinstance(value, dict):
                    click.echo(f"{name}:")
                    for key, each in value.items():
                        click.echo(f"  {key:32} {'blank' if each is None else f'{each:g}'}")
                else:
                    click.echo(f"{name}: {', '.join(value) or 'none' if isinstance(value, list) else value}")
        return
    from drill.engine.telling import events

    happened = [{"time_s": seconds(event.tick), "kind": event.kind, "text": event.text} for event in events(record)]
    if as_json:
        print_json({**summary_of(record), "events": happened})
        return
    for name, value in summary_of(record).items():
        if value != "":
            click.echo(f"{name:12} {value}")
    if as_events:
        for event in happened:
            click.echo(f"{event['time_s']:9.2f} s  {event['kind']:10} {event['text']}")
    else:
        click.echo(f"{len(happened)} events: --events prints them, --at SECONDS how everything stood; 'drill verify' simulates it again")


@click.command()
@click.argument("run_file", metavar="RUN", type=RUN_FILE)
@click.option("--csv", "out", metavar="FILE", required=True, type=NewFile(dash=True), help="- prints it.")
def trace(run_file: Path, out: Path) -> None:
    """Write the readings of a run as a table, ten rows a second."""
    from drill.records.store import open_run
    from drill.reports.tables import trace_table, write_csv

    record = open_run(run_file)
    written(out, lambda file: write_csv(trace_table(record), file))


@click.command()
@click.argument("first", metavar="RUN", type=RUN_FILE)
@click.argument("second", metavar="RUN", type=RUN_FILE)
@json_option
def diff(first: Path, second: Path, *, as_json: bool) -> None:
    """Compare two runs: where they part, what was done at another time, what that cost."""
    from drill.engine.compare import compare
    from drill.errors import PackError
    from drill.headless import judge, reload
    from drill.records.store import open_run

    runs = open_run(first), open_run(second)
    found = compare(*runs)
    harms: dict[str, tuple[float | None, float | None]] = {}
    try:
        sheets = [judge(run, reload(run)) for run in runs]
    except PackError:
        sheets = []  # the packs are no more: what was logged can be compared all the same
    if all(sheet is not None for sheet in sheets):
        ledgers = [sheet.ledger for sheet in sheets if sheet is not None]
        names = dict.fromkeys(name for ledger in ledgers for name in ledger)
        harms = {name: (ledgers[0].get(name), ledgers[1].get(name)) for name in names if ledgers[0].get(name) != ledgers[1].get(name)}
    if as_json:
        acts = [{"text": act.text, "first_tick": act.first, "second_tick": act.second} for act in found.acts]
        heads = {name: list(pair) for name, pair in found.heads.items()}
        told = {"same": found.same, "heads": heads, "parting_tick": found.parting_tick, "acts": acts, "outcomes": list(found.outcomes)}
        print_json({**told, "ledger": {name: list(pair) for name, pair in harms.items()}})
        return
    for line in found.lines():
        click.echo(line)
    for name, (a, b) in harms.items():
        click.echo(f"{name}: {_number(a)} against {_number(b)}")


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"
