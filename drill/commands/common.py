"""What the commands share: options, findings, how JSON and sheets are printed."""

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import click

from drill import TRAINING_ONLY

FINDING, USAGE, OURS = 1, 2, 3  # exit codes beside 0: a finding, wrong usage, our fault
MODES = ("guided", "practice", "exam")
SCREENS = ("panel", "menu", "briefing", "debrief")
SEED = click.IntRange(0, 2**63 - 1)

seed_option = click.option("--seed", type=SEED, help="The run's only chance; drawn if not given.")
cause_option = click.option("--cause", help="Force a hidden cause instead of drawing it by the seed.")
robot_option = click.option("--robot", required=True, help="idle, expert, slow, reflex, masher, random, or a play of the pack.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def no_such_run(name: str) -> str:
    """Return what is said of a run's name where nothing of that name is found."""
    return f"{name!r} does not exist, neither in this folder nor among the kept runs: 'drill runs' lists those"


class RunFile(click.Path):
    """A run's file by its path, or by its name alone as `drill runs` prints it, with or without suffix."""

    def __init__(self, *, exists: bool = True) -> None:
        """Refuse what does not exist, unless the command says so itself."""
        super().__init__(exists=exists, dir_okay=not exists, readable=exists, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path: what lies there goes before the kept runs."""
        from drill.records.store import find_run

        name = os.fsdecode(value)
        found = name if os.path.isfile(name) else find_run(name)  # noqa: PTH113  it answers for a name that no file can have, too
        if found is None and self.exists and Path(name).name == name and not os.path.exists(name):  # noqa: PTH110
            self.fail(no_such_run(name), param, ctx)
        return super().convert(found or name, param, ctx)


RUN_FILE = RunFile()


class NewFile(click.Path):
    """A file to write: new, or in the place of anything but a recorded run."""

    def __init__(self, *, dash: bool = False) -> None:
        """Take a file's path; with `dash`, "-" is what is printed."""
        super().__init__(dir_okay=False, path_type=Path, allow_dash=dash)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; refuse a run's."""
        from drill.records.store import is_run

        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if str(path) != "-" and is_run(path):
            self.fail(f"{path} is a recorded run, and no run is ever written over: give another name, or remove it yourself", param, ctx)
        return path


class Amount(click.FloatRange):
    """A number in a range; what is not finite lies in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is not a number that can be counted with: it goes from {self.min:g} to {self.max:g}", param, ctx)
        return number


class ScenarioName(click.ParamType[str]):
    """A scenario by its name, pack/scenario, or by its path, with or without `scenarios/` and `.yaml`: then it is that one."""

    name = "scenario"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return pack/scenario; say which pack is taken where several have its name."""
        from drill.records.home import look_in, pack_roots

        path, ref = Path(value), str(value)
        if path.suffix in (".yaml", ".yml") and path.is_file() and path.absolute().parent.name != "scenarios":
            self.fail(f"{value}: a scenario's file lies in the folder 'scenarios' of its pack", param, ctx)
        place = place_of(ref)
        if place is not None:
            root, ref = place
            if "/" not in ref:
                known = sorted(one.stem for one in (root / ref / "scenarios").glob("*.yaml"))
                self.fail(f"{value} is a pack: name one of its scenarios ({', '.join(known) or 'it has none'})", param, ctx)
            look_in(root)
        say_taken(pack_roots(), ref.partition("/")[0])
        return ref


SCENARIO = ScenarioName()


class Day(click.ParamType[str]):
    """A day of the calendar, as 2026-11-21."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the day as it begins the times of runs."""
        from datetime import date

        text, how = str(value).strip(), "give year-month-day, such as 2026-11-21"
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            self.fail(f"{value!r} is no day: {how}", param, ctx)
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.fail(f"{value!r}: the calendar has no such day; {how}", param, ctx)


DAY = Day()


class TraineeCode(click.ParamType[str]):
    """Whose a new run is; "" for nobody in particular."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code as it is kept."""
        from drill.errors import ValueRangeError
        from drill.records.trainees import trainee_code

        try:
            return trainee_code(str(value))
        except ValueRangeError as error:
            self.fail(str(error), param, ctx)


TRAINEE = TraineeCode()


def place_of(value: str) -> tuple[Path, str] | None:
    """Return the folder that holds the pack of a path, and what it names there (pack or pack/scenario); None for what is a name.

    A path is a pack's folder, that with a scenario's name behind it, or a scenario's file.
    """
    path = Path(os.path.abspath(value))  # noqa: PTH100  a link keeps the name that it has here
    if path.suffix in (".yaml", ".yml") and path.is_file() and path.parent.name == "scenarios":
        return path.parents[2], f"{path.parents[1].name}/{path.stem}"
    if (path / "pack.yaml").is_file():
        return path.parent, path.name
    named = value.count("/") == 1 and "\\" not in value and not value.startswith((".", "~", "/"))
    if not named and (path.parent / "pack.yaml").is_file():
        return path.parents[1], f"{path.parent.name}/{path.name}"
    return None


def say_taken(roots: Sequence[Path], *packs: str) -> None:
    """Say on the error stream which pack is taken where another of its name differs from it."""
    from drill.records.packs import taken

    for pack in dict.fromkeys(packs):
        if line := taken(roots, pack):
            click.echo(line, err=True)


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
