"""The commands. Everything is put together here; each import waits until its command is called.

Exit codes: 0 fine, 1 a finding, 2 wrong usage, 3 our fault (the message says where the crash note lies).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from drill import TRAINING_ONLY, __version__
from drill.errors import DrillError, NameUnknownError, PackError, SessionError

FINDING, USAGE, OURS = 1, 2, 3
MODES = ("guided", "practice", "exam")
SCREENS = ("panel", "menu", "briefing", "debrief")
SEED = click.IntRange(0, 2**63 - 1)
RUN_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

seed_option = click.option("--seed", type=SEED, help="The run's only chance; drawn if not given.")
cause_option = click.option("--cause", help="Force a hidden cause instead of drawing it by the seed.")
robot_option = click.option("--robot", required=True, help="idle, expert, slow, reflex, masher, random, or a play of the pack.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="drill")
@click.pass_context
def cli(context: click.Context) -> None:
    """Practise extracorporeal-perfusion emergencies. SIMULATION · TRAINING ONLY.

    Without a command it opens the menu; without a display the scripted expert plays one drill.
    """
    if context.invoked_subcommand is not None:
        return
    from drill.doctor import display_problem

    problem = display_problem()
    if problem:
        from drill.headless import demonstrate

        demonstrate(problem, click.echo)
    else:
        from drill.records.home import pack_roots
        from drill.ui.app import run_app

        run_app(roots=pack_roots())


@cli.command()
@click.argument("scenario")
@seed_option
@click.option("--mode", type=click.Choice(MODES), default="practice", show_default=True, help="How much help there is.")
@cause_option
@click.option("--trainee", metavar="CODE", default="", help="Who plays; kept in the run file.")
def play(scenario: str, seed: int | None, mode: str, cause: str | None, trainee: str) -> None:
    """Open the panel with one scenario."""
    from drill.doctor import display_problem

    problem = display_problem()
    if problem:
        raise Finding(f"The panel cannot open here: {problem}. 'drill run {scenario} --robot expert' plays without a window.")
    from drill.records.home import pack_roots
    from drill.ui.app import play as play_panel

    play_panel(scenario, roots=pack_roots(), seed=drawn(seed), mode=mode, cause=cause, trainee=trainee)


@cli.command()
@click.argument("scenario")
@robot_option
@seed_option
@click.option("--mode", type=click.Choice(MODES), default="exam", show_default=True, help="The physics is the same in all.")
@cause_option
@json_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the run there, not to the data folder.")
@click.option("--plain", is_flag=True, help="Do not compile: the same result, slower.")
def run(*, scenario: str, robot: str, seed: int | None, mode: str, cause: str | None, as_json: bool, out: Path | None, plain: bool) -> None:
    """Play without a window, as fast as it goes, and print the score sheet."""
    from drill.headless import play_headless

    played = play_headless(scenario, robot, seed=drawn(seed), mode=mode, cause=cause, plain=plain, out=out)
    if as_json:
        print_json(played.to_json())
    else:
        show(played.run, played.sheet)
        click.echo(f"Run: {played.path}" if played.path else played.problem)
    if played.problem:
        click.echo(played.problem, err=True)


@cli.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the scenarios that were found, under their neutral names."""
    from drill.records.home import pack_roots
    from drill.scenarios.catalogue import find_scenarios

    cases = find_scenarios(pack_roots())
    if as_json:
        rows = [{"id": c.ref, "name": c.name, "line": c.line, "kind": c.kind, "free_play": c.free_play, "error": c.error} for c in cases]
        print_json({"notice": TRAINING_ONLY, "scenarios": rows})
    else:
        click.echo(TRAINING_ONLY)
        for case in cases:
            click.echo(f"{case.ref}\n    {case.name} - {case.line}" if not case.error else f"{case.ref}\n    does not load:\n{case.error}")
    if any(case.error for case in cases):
        raise Finding("Some scenarios do not load; the reasons stand with them.")


@cli.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check packs and name every problem with its place."""
    from drill.records.home import pack_roots
    from drill.scenarios.catalogue import check_path
    from drill.scenarios.diagnostics import errors_in, in_order

    problems = in_order(problem for path in paths for problem in check_path(path, roots=pack_roots()))
    for problem in problems:
        click.echo(problem)
    errors = len(errors_in(problems))
    if errors:
        raise Finding(f"{errors} error{'s' if errors > 1 else ''}")
    click.echo("nothing wrong" if not problems else "warnings only")


@cli.command()
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


@cli.command()
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


@cli.command()
@click.argument("scenario")
@click.option("--robot", default="expert", show_default=True, help="Who plays up to that moment.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="The run's only chance.")
@cause_option
@click.option("--at", "at_s", metavar="SECONDS", type=click.FloatRange(0, 7200), default=0, help="The moment, in simulated seconds.")
@click.option(
    "--screen", type=click.Choice(("panel", "menu", "briefing", "debrief")), default="panel", show_default=True, help="What to draw."
)
@click.option("--scroll", type=click.FloatRange(0, 20000), default=0, help="How far down the debrief, in logical pixels.")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PNG to write.")
@click.option("--size", metavar="WxH", default="1280x720", show_default=True, callback=lambda _c, _p, text: size(text), help="In pixels.")
def shot(
    *, scenario: str, robot: str, seed: int, cause: str | None, at_s: float, screen: str, scroll: float, out: Path, size: tuple[int, int]
) -> None:
    """Draw the panel at a moment of a run, or another screen, without a display."""
    from drill.headless import play_headless, play_to
    from drill.records.home import pack_roots
    from drill.reports.view import describe
    from drill.scenarios.load import load_scenario
    from drill.ui.shot import Camera, render_briefing, render_debrief, render_menu

    loaded = load_scenario(scenario, roots=pack_roots())
    try:
        if screen == "menu":
            render_menu(pack_roots(), out, size)
        elif screen == "briefing":
            render_briefing(loaded, out, size)
        elif screen == "debrief":
            played = play_headless(scenario, robot, seed=seed, mode="practice", cause=cause, record=False)
            render_debrief(describe(played.sheet, played.run, scenario=loaded.scenario, tasks=loaded.tasks), out, size, scroll=scroll)
        else:
            camera = Camera(loaded, at_s=at_s, size=size)
            play_to(loaded, robot, seed=seed, cause=cause, at_s=at_s, through=camera.watch)
            camera.render(out)
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written ({error.strerror})", param_hint="-o") from error
    click.echo(out)


@cli.command()
@click.option("--c", "with_c", is_flag=True, help="Also build the kernel as C with the local compiler; compare bits and time.")
@json_option
def bench(*, with_c: bool, as_json: bool) -> None:
    """Measure this machine: the physics of each circuit, a whole drill, starting, memory. Takes a minute or two."""
    from drill.headless import DEMONSTRATION
    from drill.lab.bench import bench as measure
    from drill.lab.bench import lines
    from drill.records.home import pack_roots

    found = measure(pack_roots(), DEMONSTRATION, with_c=with_c)
    if as_json:
        print_json(found)
    else:
        for line in lines(found):
            click.echo(line)
    if not all(one.get("same_bits", True) for one in found["circuits"]):
        raise Finding("The bits differ: runs of this machine cannot be compared with those of others.")


@cli.command()
def doctor() -> None:
    """Look at this machine: Python, packages, display, sound, data folder, numba, packs."""
    from drill.doctor import examine

    problems = 0
    for finding in examine():
        problems += finding.state == "problem"
        click.echo(f"{finding.state:8} {finding.name:12} {finding.text}")
    if problems:
        raise Finding(f"{problems} to mend")


class Finding(click.ClickException):
    """Raised when the command did its work and what it found is not fine."""

    exit_code = FINDING

    def show(self, file: Any = None) -> None:
        """Print the finding as it is."""
        click.echo(self.message, file=file, err=file is None)


def main() -> None:
    """Run a command. Errors become a message and an exit code; only our own faults leave a note with the traceback."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting would stand before our JSON
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console's own code page lacks our signs
    try:
        cli.main(prog_name="drill", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(FINDING)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DrillError as error:
        click.echo(f"drill: {error}", err=True)
        sys.exit(exit_code(error))
    except Exception as error:  # noqa: BLE001  the last resort: no user ever meets a traceback
        click.echo(crash_note(error), err=True)
        sys.exit(OURS)


def exit_code(error: DrillError) -> int:
    """Return what an error means for the caller: a wrong name is usage, a wrong pack or run file a finding."""
    if isinstance(error, NameUnknownError | SessionError):
        return USAGE
    return USAGE if isinstance(error, PackError) and not error.diagnostics else FINDING


def crash_note(error: Exception) -> str:
    """Keep the traceback in a file and return what to tell the user."""
    import tempfile
    import traceback
    from datetime import UTC, datetime

    text = f"drill {__version__}, Python {sys.version}, {sys.platform}\n{sys.argv[1:]}\n\n{''.join(traceback.format_exception(error))}"
    name = f"crash_{datetime.now(UTC):%Y%m%dT%H%M%SZ}.txt"
    told = f"drill: this is a fault of ours: {type(error).__name__}: {error}"
    try:
        from drill.records.home import drill_home

        folder = drill_home() / "crashes"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, DrillError):
        folder = Path(tempfile.gettempdir())
    try:
        (folder / name).write_text(text, encoding="utf-8")
    except OSError:
        return f"{told}\nNo crash note could be written to {folder}."
    return f"{told}\nPlease send us the note: {folder / name}"


def drawn(seed: int | None) -> int:
    """Return the seed that was given, or a short one that can be read out and typed again."""
    import secrets

    return secrets.randbelow(1_000_000) if seed is None else seed


def size(text: str) -> tuple[int, int]:
    """Read WxH. Raises BadParameter with what is allowed."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and 320 <= int(width) <= 7680 and 180 <= int(height) <= 4320):
        raise click.BadParameter(f"'{text}' is not a size: give width x height in pixels, from 320x180 to 7680x4320, such as 1920x1080")
    return int(width), int(height)


def print_json(data: dict[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def show(record: Any, sheet: Any) -> None:
    """Print a score sheet, or say that there is none."""
    if sheet is None:
        click.echo(f"{TRAINING_ONLY}\n{record.header['scenario']}: free play, nothing is scored; it ended as {record.outcome}")
        return
    from drill.reports.terminal import print_sheet

    print_sheet(sheet)


if __name__ == "__main__":
    main()
