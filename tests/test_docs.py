"""The pages say what the program does: each command, option, key, action, control, reading, fault and job has its line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from drill import TRAINING_ONLY
from drill.circuit.controls import CONTROLS
from drill.circuit.faults import FAULTS
from drill.circuit.readings import READINGS
from drill.cli import cli
from drill.engine.actions import VERBS
from drill.robots.make import ROBOTS
from drill.scenarios.jsonschema import schema_files
from drill.scenarios.quantities import QUANTITIES

NAMES = [*CONTROLS, *READINGS, *FAULTS, *QUANTITIES, *VERBS, *ROBOTS]


def walk(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Every command by the words that call it: "check", "pack build"; a group is a command with commands of its own."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[before + name] = command
        if isinstance(command, click.Group):
            found |= walk(command, f"{before}{name} ")
    return found


ALL = walk(cli)
COMMANDS = sorted(ALL)
OPTIONS = sorted(
    (name, option)
    for name, command in ALL.items()
    for parameter in command.params
    if isinstance(parameter, click.Option)
    for option in (*parameter.opts, *parameter.secondary_opts)
    if option not in ("-h", "--help")
)


def page(root: Path, name: str) -> str:
    """The text of a page."""
    return (root / name).read_text(encoding="utf-8")


def chapter(text: str, heading: str) -> str:
    """What stands under a heading, up to the next; a group of commands has none of its own, so any of theirs will do."""
    found = re.search(rf"^## {re.escape(heading)}\b.*?$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no chapter '{heading}'"
    return found.group(1)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        *((name, name) for name in ("reference", "components", "patients", "alarms", "drills")),
        ("targets", "local-targets"),
        ("errors", "practice-errors"),
    ],
)
def test_made_pages_are_what_the_code_says(root: Path, name: str, file: str) -> None:
    """Each page that is made from the code is what `make docs` would write now."""
    env = {**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}
    made = subprocess.run(
        [sys.executable, root / f"docs/make_{name}.py"], cwd=root, capture_output=True, check=True, env=env
    ).stdout.decode()

    assert made.splitlines() == page(root, f"docs/{file}.md").splitlines(), f"run `python docs/make_{name}.py >docs/{file}.md`"


@pytest.mark.parametrize("name", NAMES)
def test_each_name_has_its_row(root: Path, name: str) -> None:
    """Controls, readings, faults, harms, verbs and robots each have a row in the reference."""
    assert f"\n| `{name}` |" in page(root, "docs/reference.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_chapter(root: Path, command: str) -> None:
    """docs/commands.md has a chapter for each command, and for each command of a group: `drill pack build`."""
    assert chapter(page(root, "docs/commands.md"), f"`drill {command}").strip()


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_each_option_has_its_line(root: Path, command: str, option: str) -> None:
    """Each option of a command stands in its chapter."""
    assert option in chapter(page(root, "docs/commands.md"), f"`drill {command}")


def test_each_key_has_its_row(root: Path) -> None:
    """Each bound key, and each line of the panel's own key help, stands in docs/keys.md."""
    from drill.ui.keys import BINDINGS, local_names
    from drill.ui.live import key_help

    text = page(root, "docs/keys.md")
    names = local_names()
    missing = [names[bound.scancode] for bound in BINDINGS if f"`{names[bound.scancode]}`" not in text]
    plain = text.replace("`", "").lower()
    missing += [f"{keys}: {word}" for keys, words in key_help() for word in words.lower().split(", ") if word not in plain]

    assert missing == []


def test_no_page_promises_a_command_that_is_not_there(root: Path) -> None:
    """Every `drill WORD` in README and docs is a command, and after a group comes one of its own."""
    pages = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    named = {words for path in pages for words in re.findall(r"(?:`|^)drill ([a-z]+)(?: ([a-z]+))?", page(root, str(path)), re.MULTILINE)}
    groups = {name for name, command in ALL.items() if isinstance(command, click.Group)}

    assert named
    assert {first for first, _ in named} <= set(COMMANDS)
    assert {f"{first} {second}" for first, second in named if first in groups and second} <= set(COMMANDS)


def test_links_between_pages_lead_somewhere(root: Path) -> None:
    """Each relative link of README, CONTRIBUTING, CHANGELOG and docs points to a file that exists."""
    pages = [*root.glob("*.md"), *(root / "docs").glob("*.md")]
    dead = [
        f"{path.name}: {target}"
        for path in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]

    assert dead == []


def test_each_page_for_users_says_what_it_is_not(root: Path) -> None:
    """README, commands, keys and reference carry the notice."""
    for name in ("README.md", "docs/commands.md", "docs/keys.md", "docs/reference.md"):
        assert TRAINING_ONLY in page(root, name), name


def test_readme_names_each_dependency(root: Path) -> None:
    """The table of dependencies has a row for everything that pyproject.toml asks for."""
    import tomllib

    project = tomllib.loads(page(root, "pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]

    missing = [name for need in wanted if f"`{(name := re.split(r'[<>=!~;[ ]', need)[0])}`" not in page(root, "README.md")]
    assert missing == []


def test_each_source_key_is_listed(root: Path) -> None:
    """A key in brackets in the circuit's code has its line in docs/sources.md."""
    rows = [row for row in page(root, "docs/sources.md").split("## Keys")[1].splitlines() if row.startswith("|")]
    listed = {key.strip() for row in rows for key in row.split("|")[1].split(",")}
    used = {key for f in (root / "drill/circuit").rglob("*.py") for key in re.findall(r"\[([A-Z][A-Z0-9-]{2,})\]", f.read_text("utf-8"))}

    assert used - listed == set()


def test_written_schemas_are_what_the_code_says(root: Path) -> None:
    """docs/schema holds what `make docs` would write now."""
    made = {Path(name).name: json.loads(text) for name, text in schema_files().items()}

    assert {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (root / "docs/schema").iterdir()} == made, "run `make docs`"
