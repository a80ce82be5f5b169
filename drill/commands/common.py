"""What the commands share: options, findings, how JSON and sheets are printed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from drill import TRAINING_ONLY

FINDING, USAGE, OURS = 1, 2, 3  # exit codes beside 0: a finding, wrong usage, our fault
MODES = ("guided", "practice", "exam")
SCREENS = ("panel", "menu", "briefing", "debrief")
SEED = click.IntRange(0, 2**63 - 1)
RUN_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

seed_option = click.option("--seed", type=SEED, help="The run's only chance; drawn if not given.")
cause_option = click.option("--cause", help="Force a hidden cause instead of drawing it by the seed.")
robot_option = click.option("--robot", required=True, help="idle, expert, slow, reflex, masher, random, or a play of the pack.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class ScenarioName(click.ParamType[str]):
    """A scenario by its name, pack/scenario, or by its file: then its pack is looked for where that file lies."""

    name = "scenario"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return pack/scenario."""
        from drill.records.home import look_in

        path = Path(value)
        if path.suffix not in (".yaml", ".yml") or not path.is_file():
            return str(value)
        folder = path.absolute().parent
        if folder.name != "scenarios":
            self.fail(f"{value}: a scenario's file lies in the folder 'scenarios' of its pack", param, ctx)
        look_in(folder.parent.parent)
        return f"{folder.parent.name}/{path.stem}"


SCENARIO = ScenarioName()


class Finding(click.ClickException):
    """Raised when the command did its work and what it found is not fine."""

    exit_code = FINDING

    def show(self, file: Any = None) -> None:
        """Print the finding as it is."""
        click.echo(self.message, file=file, err=file is None)


def drawn(seed: int | None) -> int:
    """Return the seed that was given, or a short one that can be read out and typed again."""
    import secrets

    return secrets.randbelow(1_000_000) if seed is None else seed


def print_json(data: dict[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def written(out: Path, write: Callable[[Any], None]) -> None:
    """Let `write` fill a text file, "-" being what is printed. Raises BadParameter where it cannot be written."""
    if str(out) == "-":
        write(sys.stdout)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            write(file)
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written ({error.strerror})") from error
    click.echo(out, err=True)


def show(record: Any, sheet: Any) -> None:
    """Print a score sheet, or say that there is none."""
    if sheet is None:
        click.echo(f"{TRAINING_ONLY}\n{record.header['scenario']}: free play, nothing is scored; it ended as {record.outcome}")
        return
    from drill.reports.terminal import print_sheet

    print_sheet(sheet)
