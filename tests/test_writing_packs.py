"""docs/writing-packs.md, tried: its commands are run in their order, and each of its examples in a pack."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from drill.records.home import assets_root
from drill.records.packs import new_pack
from drill.scenarios.catalogue import check_path
from drill.scenarios.load import load_scenario
from drill.scenarios.yaml_reader import parse_yaml

PAGE = (Path(__file__).resolve().parents[1] / "docs/writing-packs.md").read_text(encoding="utf-8")
EXAMPLES = [(part, text) for part, text in re.findall(r"```yaml part=(\w+)\n(.*?)```", PAGE, re.DOTALL)]
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new pack as the page's reader has it."""
    new_pack(assets_root() / "pack_template", tmp_path / "our_icu", {})
    return tmp_path / "our_icu"


def put(scenario: dict[str, Any], part: str, data: Any) -> None:
    """Put an example where it belongs in a scenario."""
    match part:
        case "first_sign":
            scenario["rubric"]["first_sign"] = data
        case "expect":
            scenario["rubric"]["steps"][0]["expect"] = data
        case "steps":
            mine = {step["id"] for step in data["steps"]}
            scenario["rubric"]["steps"] = [*data["steps"], *(step for step in scenario["rubric"]["steps"] if step["id"] not in mine)]
        case _:
            scenario |= data


def test_there_are_examples_of_every_part() -> None:
    """The page shows story, conditions, causes, start, team, properties, rubric, site, languages and plays."""
    assert {part for part, _ in EXAMPLES} == {
        "stages", "first_sign", "expect", "causes", "start", "team", "always", "steps", "site", "case", "play",
    }  # fmt: skip


@pytest.mark.parametrize(("part", "text"), EXAMPLES, ids=[f"{part}_{number}" for number, (part, _) in enumerate(EXAMPLES)])
def test_an_example_can_be_copied(folder: Path, root: Path, part: str, text: str) -> None:
    """In the new pack in its place it is without an error, and the scenario loads with it."""
    data = parse_yaml(text, "example").data
    site = None
    if part == "site":
        (folder / "sites").mkdir()
        site = folder / "sites/our_site.yaml"
        site.write_text(text, encoding="utf-8")
    elif part == "play":
        (folder / "plays/no_return_clamp.yaml").write_text(text, encoding="utf-8")
    else:
        file = folder / "scenarios/first_case.yaml"
        scenario = parse_yaml(file.read_text(encoding="utf-8"), "first_case.yaml").data
        put(scenario, part, data)
        if part == "causes":
            shutil.rmtree(folder / "plays")
        file.write_text(yaml.safe_dump(scenario, allow_unicode=True), encoding="utf-8")

    found = check_path(folder, roots=[root / "scenario_packs"])

    assert [str(d) for d in found if d.severity == "error"] == []
    assert load_scenario("our_icu/first_case", roots=[folder.parent, root / "scenario_packs"], site=site).scenario.id == "first_case"


@pytest.mark.parametrize("proved", [pytest.param(False, marks=pytest.mark.slow), pytest.param(True, marks=pytest.mark.soak)])
def test_the_commands_of_the_page_work_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path, *, proved: bool) -> None:
    """From `drill new` to the built file, as a new educator types them; proving takes a minute, and waits for the soak."""
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    assert COMMANDS[0] == "drill new our_icu"
    for line in COMMANDS:
        words = shlex.split(line)
        if words[1] == "prove" and not proved:
            continue
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"

    assert {path.name for path in tmp_path.iterdir()} >= {"our_icu", "graph.svg", "guide.html", "our_icu-0.1.0.drillpack"}


def test_what_the_page_names_is_there(root: Path) -> None:
    """Its links into the reference lead to chapters that exist."""
    chapters = {
        heading.lower().replace(" ", "-")
        for heading in re.findall(r"^## (.+)$", (root / "docs/reference.md").read_text("utf-8"), re.MULTILINE)
    }

    assert set(re.findall(r"reference\.md#([\w-]+)", PAGE)) <= chapters
