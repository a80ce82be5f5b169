"""The commands for those who write packs, as a new educator calls them."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from drill.cli import cli
from drill.errors import PackError
from drill.records.home import assets_root, own_packs, pack_roots
from drill.records.packs import build, install, new_pack
from drill.reports.guide import pages, render_guide
from drill.scenarios.catalogue import find_scenarios
from drill.scenarios.graph import mermaid, svg
from drill.scenarios.library import Library
from drill.scenarios.load import Loaded, load_scenario

REF = "pump_head_failure/va_flow_lost"
SVG = "{http://www.w3.org/2000/svg}"


def drill(*words: str, cwd: Path, code: int = 0) -> str:
    """Call the command; return what it printed."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1]), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "drill", *words], cwd=cwd, capture_output=True, text=True, encoding="utf-8", env=env, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def loaded(root: Path) -> Loaded:
    """The pump-stop scenario."""
    return load_scenario(REF, roots=[root / "scenario_packs"])


@pytest.mark.slow
def test_a_pack_from_new_to_installed(tmp_path: Path) -> None:
    """new, check, graph, sheet, pack build, install, list: each works on what the one before left, from the folder beside it."""
    assert "our_icu/scenarios/first_case.yaml" in drill("new", "our_icu", cwd=tmp_path).replace(os.sep, "/")
    assert drill("check", "our_icu", cwd=tmp_path).strip() == "nothing wrong"
    drill("graph", "our_icu/first_case", "-o", "graph.svg", cwd=tmp_path)
    drill("sheet", "our_icu/first_case", "-o", "guide.html", "--cause", "plug_out", cwd=tmp_path)
    digest = re.search(r"digest ([0-9a-f]{64})", drill("pack", "build", "our_icu", cwd=tmp_path))
    assert digest
    shutil.rmtree(tmp_path / "our_icu")
    drill("pack", "install", "our_icu-0.1.0.drillpack", "--digest", digest[1][:10], cwd=tmp_path)

    assert f"our_icu 0.1.0  installed\n    My first pack · scenarios: 1 · digest {digest[1][:12]}" in drill("pack", "list", cwd=tmp_path)
    assert "our_icu/first_case" in drill("list", cwd=tmp_path / "drill_home")


def spoilt(folder: Path) -> Path:
    """A pack with an error that every command stops at."""
    file = folder / "scenarios/first_case.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("go: ", "go: no", 1), encoding="utf-8")
    return folder


def packs(where: Path) -> tuple[Path, Path]:
    """A whole pack that is installed, and its folder, spoilt since, in another place."""
    folder = where / "elsewhere/our_icu"
    new_pack(assets_root() / "pack_template", folder, {})
    install(build(folder, where / "x.drillpack", pack_roots())[0])
    return own_packs() / "our_icu", spoilt(folder)


@pytest.mark.parametrize("path", ["{}/first_case", "{}/scenarios/first_case.yaml", "elsewhere/../{}/first_case"])
@pytest.mark.parametrize("command", [("graph", "-o", "x.svg"), ("sheet", "-o", "x.html"), ("run", "--robot", "idle"), ("prove",)])
def test_a_path_is_that_path_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], path: str) -> None:
    """Though a pack of that name is installed: the folder's own error stops each command."""
    monkeypatch.setenv("DRILL_PACKS", "")
    packs(tmp_path)
    monkeypatch.chdir(tmp_path)

    ended = CliRunner().invoke(cli, [command[0], path.format("elsewhere/our_icu"), *command[1:]])

    assert isinstance(ended.exception, PackError), ended.output
    assert "elsewhere/our_icu/scenarios/first_case.yaml" in str(ended.exception)
    assert "our_icu: taken from " in ended.stderr


def test_by_its_name_the_folder_beside_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`list`, `graph` and `prove` read it, and say that an installed one differs; a folder of another place stays out of it."""
    monkeypatch.setenv("DRILL_PACKS", "")
    _, folder = packs(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "our_icu: taken" not in CliRunner().invoke(cli, ["list"]).output
    monkeypatch.chdir(folder.parent)

    for words in (["list"], ["graph", "our_icu/first_case", "-o", "x.svg"], ["prove", "our_icu"]):
        ended = CliRunner().invoke(cli, words)
        assert ended.exit_code == 1, ended.output
        assert ended.stderr.count(f"our_icu: taken from {folder}, not from {own_packs() / 'our_icu'}, which differs\n") == 1
    assert "name one of its scenarios (first_case)" in CliRunner().invoke(cli, ["run", "our_icu", "--robot", "idle"]).output


def test_a_folder_without_a_pack_yaml_is_no_pack(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own folders hold folders of scenarios too, beside the pack of whoever works in a clone."""
    new_pack(assets_root() / "pack_template", tmp_path / "our_icu", {})
    for name in ("drill", "tests"):
        (tmp_path / name / "scenarios").mkdir(parents=True)
        shutil.copy(root / "tests/scenarios/rules.yaml", tmp_path / name / "scenarios")
    monkeypatch.chdir(tmp_path)

    assert set(Library(pack_roots()).packs) == {"our_icu", *(path.parent.name for path in (root / "scenario_packs").glob("*/pack.yaml"))}
    assert [case.ref for case in find_scenarios(pack_roots()) if case.error] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("graph", REF, "-o", "x.png"), 2, "'x.png' is neither .svg nor .mmd"),
        (("graph", "nobody/knows", "-o", "x.svg"), 2, "unknown scenario 'nobody/knows'"),
        (("graph", REF, "-o", "none/x.svg"), 2, "cannot be written"),
        (("sheet", REF, "-o", "x.html", "--cause", "motor"), 2, "did you mean 'motor_fault'"),
        (("new", "Our Pack"), 2, "cannot name a pack"),
        (("pack", "build", "."), 2, "no pack here"),
        (("pack", "install", "x.txt"), 2, "not a pack's archive"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], code: int, says: str) -> None:
    """A message, an exit code, and no traceback."""
    (tmp_path / "x.txt").write_text("x", encoding="utf-8")

    assert says in drill(*words, cwd=tmp_path, code=code)


def test_the_graph_has_every_stage_and_way(loaded: Loaded) -> None:
    """The SVG is XML with a card for each stage and an arrow for each way out; nothing stands outside the picture."""
    picture = ET.fromstring(svg(loaded.scenario))  # noqa: S314  our own text
    texts = " ".join(text.text or "" for text in picture.iter(f"{SVG}text"))
    ways = sum(len(stage.next) for stage in loaded.scenario.stages) + sum(one.go is not None for one in loaded.scenario.always)
    arrows = [path for path in picture.iter(f"{SVG}path") if path.get("marker-end")]

    assert len(arrows) == ways == 5
    for words in ("steady", "no flow", "Secured: flow is held", "MAP below 25 mmHg for 60 s", "after 15 to 45 s", "TRAINING ONLY"):
        assert words in texts
    width, height = float(picture.get("width", 0)), float(picture.get("height", 0))
    for box in picture.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= height


def test_mermaid_has_every_way_on_one_line(loaded: Loaded) -> None:
    """No text of a pack ends a statement early."""
    lines = mermaid(loaded.scenario).splitlines()

    assert lines[1] == "stateDiagram-v2"
    assert "    no_flow --> lost: MAP below 25 mmHg for 60 s" in lines
    assert "    steady --> lost: not (blood volume above 2500 mL)" in lines
    assert all(line.count(":") <= 1 for line in lines[2:])


def test_the_guide_has_one_page_for_each_cause_with_its_own_lines(loaded: Loaded) -> None:
    """Steps of another cause are not on the page; the notice, the review and instructor events are; texts are escaped."""
    case = loaded.scenario.case.model_copy(update={"name": "<b>Case</b>"})
    text = render_guide(loaded.scenario.model_copy(update={"case": case}), loaded.tasks)
    motor, power = text.split("<section>")[1:]

    assert "Pump head looked at before it was moved" in motor
    assert "Pump head looked at before it was moved" not in power
    assert "Mains and isolation switch looked at" in power
    for page in (motor, power):
        for words in ("TRAINING ONLY", "No clinician has reviewed this rubric yet", "sweep_knocked", "&lt;b&gt;Case&lt;/b&gt;"):
            assert words in page
    assert [page.title for page in pages(loaded.scenario, "no_power")] == ["The console has no power; its isolation switch is off"]


@pytest.mark.slow
def test_the_guide_prints_one_sheet_for_each_cause(loaded: Loaded, tmp_path: Path) -> None:
    """A browser makes as many A4 pages of it as there are causes."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium here")
    (tmp_path / "guide.html").write_text(render_guide(loaded.scenario, loaded.tasks), encoding="utf-8")
    out = tmp_path / "guide.pdf"
    words = [browser, "--headless", "--no-sandbox", "--no-pdf-header-footer", f"--print-to-pdf={out}", (tmp_path / "guide.html").as_uri()]
    subprocess.run(words, check=True, capture_output=True, timeout=60)

    assert len(re.findall(rb"/Type\s*/Page[^s]", out.read_bytes())) == 2
