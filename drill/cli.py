"""The commands. Everything is put together here; each import waits until its command is called.

Exit codes: 0 fine, 1 a finding, 2 wrong usage, 3 our fault (the message says where the crash note lies).
"""

import os
import sys
from pathlib import Path

import click

from drill import __version__
from drill.commands import drills, kept, keys, lab, machine, packs, prove, record, reports, runs
from drill.commands.common import FINDING, OURS, USAGE
from drill.errors import DrillError, NameUnknownError, PackError, SessionError


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


for room in (drills, record, packs, prove, runs, kept, keys, reports, machine, lab):
    commands = [thing for thing in vars(room).values() if isinstance(thing, click.Command)]
    inside = [one for group in commands if isinstance(group, click.Group) for one in group.commands.values()]
    for command in commands:
        if command not in inside:  # a group's own commands are reached through it
            cli.add_command(command)


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


if __name__ == "__main__":
    main()
