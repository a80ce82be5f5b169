"""The commands as a user types them: what they print, what they leave behind, and how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIO = "pump_head_failure/va_flow_lost"
WANTED = {"scenario", "seed", "cause", "outcome", "passed", "score", "items", "ledger", "digest", "simulated_s", "wall_s"}


def drill(*words: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "drill", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )


@pytest.fixture
def here(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is not the project's, from which the package is found all the same."""
    monkeypatch.setenv("PYTHONPATH", str(root))
    return tmp_path


@pytest.fixture(scope="session")
def played(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path]:
    """What an idle run printed as JSON, and its file."""
    file = tmp_path_factory.mktemp("cli") / "idle.drill"
    done = drill("run", SCENARIO, "--robot", "idle", "--seed", 4, "--cause", "motor_fault", "--json", "--out", file, cwd=root)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), file


def test_help_says_what_it_is(here: Path) -> None:
    """The help names every command and the notice."""
    told = drill("--help", cwd=here).stdout

    assert "SIMULATION · TRAINING ONLY" in told
    for command in ("play", "run", "list", "check", "score", "verify", "shot", "doctor"):
        assert f"\n  {command} " in told


def test_list_names_scenarios(here: Path) -> None:
    """`list --json` holds ids as pack/scenario; the plain list shows the neutral names."""
    rows = json.loads(drill("list", "--json", cwd=here).stdout)["scenarios"]
    plain = drill("list", cwd=here).stdout

    assert SCENARIO in [row["id"] for row in rows]
    assert all(row["name"] in plain and row["id"] in plain for row in rows)


@pytest.mark.slow
def test_a_run_prints_what_is_promised(played: tuple[dict[str, object], Path]) -> None:
    """The JSON of a run has every key, items with their evidence, and quantities with their unit in the name."""
    told, file = played

    assert set(told) >= WANTED
    assert (told["scenario"], told["seed"], told["cause"], told["passed"]) == (SCENARIO, 4, "motor_fault", False)
    assert all(set(item) >= {"id", "status", "points", "evidence"} for item in told["items"])  # type: ignore[attr-defined]
    assert all(name.rsplit("_", 1)[1] in ("s", "ml", "mmhg", "min") for name in told["ledger"])  # type: ignore[attr-defined]
    assert file.is_file()


@pytest.mark.slow
def test_score_says_again_what_the_run_said(played: tuple[dict[str, object], Path], here: Path) -> None:
    """A run file scored from its log alone gives the same score, items, ledger and digest."""
    told, file = played
    done = drill("score", file, "--json", cwd=here)
    again = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    for key in ("score", "items", "ledger", "digest", "outcome", "passed", "cause"):
        assert again[key] == told[key]


@pytest.mark.slow
def test_verify_finds_the_run_identical_and_an_edit(played: tuple[dict[str, object], Path], here: Path) -> None:
    """A run simulates to itself; one that was edited is a finding that names the line."""
    _, file = played
    edited = here / "edited.drill"
    edited.write_bytes(file.read_bytes().replace(b'"seed":4', b'"seed":5', 1))
    cut = here / "cut.drill"
    cut.write_bytes(file.read_bytes()[:-200])

    good, bad, unfinished = drill("verify", file, cwd=here), drill("verify", edited, cwd=here), drill("verify", cut, cwd=here)

    assert (good.returncode, "identical" in good.stdout) == (0, True)
    assert (bad.returncode, "line 1" in bad.stdout) == (1, True)
    assert (unfinished.returncode, "unfinished" in unfinished.stdout) == (1, True)


@pytest.mark.slow
def test_verify_tells_of_a_broken_trusted_list_before_it_begins(played: tuple[dict[str, object], Path], here: Path) -> None:
    """A line of the trusted list that is none is named by file and line, before any run is looked at."""
    trusted = here / "home" / "trusted.txt"
    trusted.parent.mkdir()
    trusted.write_text("what is this\n")
    done = drill("verify", played[1], played[1], cwd=here, DRILL_HOME=str(trusted.parent))

    assert (done.returncode, done.stdout) == (1, "")
    assert "trusted.txt:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_shot_draws_in_the_size_that_was_asked_for(here: Path) -> None:
    """A picture of the panel at a moment, without a display."""
    import pygame

    done = drill("shot", SCENARIO, "--robot", "idle", "--seed", 2, "--at", 2, "-o", "x.png", "--size", "1600x900", cwd=here)

    assert done.returncode == 0, done.stderr
    assert pygame.image.load(here / "x.png").get_size() == (1600, 900)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("dance",), "No such command 'dance'"),
        (("run", SCENARIO), "Missing option '--robot'"),
        (("run", "pump_head_failure/va_flow_lots", "--robot", "idle"), "did you mean 'pump_head_failure/va_flow_lost'?"),
        (("run", SCENARIO, "--robot", "idel"), "did you mean 'idle'?"),
        (("run", SCENARIO, "--robot", "idle", "--cause", "motor_falt"), "did you mean 'motor_fault'?"),
        (("run", SCENARIO, "--robot", "idle", "--mode", "easy"), "'guided', 'practice', 'exam'"),
        (("run", SCENARIO, "--robot", "idle", "--seed", "-1"), "-1"),
        (("shot", SCENARIO, "-o", "x.png", "--size", "big"), "such as 1920x1080"),
        (("verify", "nowhere.drill"), "does not exist"),
        (("check", "nowhere"), "does not exist"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_do(here: Path, words: tuple[str, ...], told: str) -> None:
    """A wrong word is named, with what is allowed; nothing is a traceback."""
    done = drill(*words, cwd=here)

    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_findings_end_with_1(here: Path) -> None:
    """A pack with an error, and a file that is no run, are findings with their place."""
    pack = here / "mine" / "scenarios"
    pack.mkdir(parents=True)
    (here / "mine" / "pack.yaml").write_text("schema: drill/1\nid: mine\ntitel: x\n", encoding="utf-8")
    (pack / "one.yaml").write_text("schema: drill/1\nid: one\n", encoding="utf-8")
    (here / "no.drill").write_text("not a run", encoding="utf-8")

    checked, opened = drill("check", here / "mine", cwd=here), drill("score", "no.drill", cwd=here)

    assert checked.returncode == 1
    assert "mine/pack.yaml:3:1: " in checked.stdout
    assert "did you mean 'title'?" in checked.stdout
    assert (opened.returncode, "this is not a run file" in opened.stderr) == (1, True)
    assert "Traceback" not in checked.stderr + opened.stderr


def test_the_shipped_packs_check_clean(root: Path, here: Path) -> None:
    """`check` has nothing to say about what we ship."""
    done = drill("check", root / "scenario_packs", cwd=here)

    assert (done.returncode, done.stdout) == (0, "nothing wrong\n"), done.stdout


def test_our_fault_ends_with_3_and_a_note(here: Path, drill_home: Path) -> None:
    """An error of ours gives a sentence and the place of a note that holds the traceback."""
    code = (
        "import drill.cli, drill.doctor; drill.doctor.examine = lambda: 1 / 0; import sys; sys.argv = ['drill', 'doctor']; drill.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=False)
    notes = list((drill_home / "crashes").iterdir())

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert str(notes[0]) in done.stderr
    assert "ZeroDivisionError" in notes[0].read_text(encoding="utf-8")


def test_a_home_that_cannot_be_written_is_told(here: Path) -> None:
    """With the data folder's place taken by a file, the doctor names it and what to do."""
    taken = here / "taken"
    taken.write_text("", encoding="utf-8")
    done = drill("doctor", cwd=here, DRILL_HOME=str(taken))

    assert done.returncode == 1
    assert f"{taken} cannot be written" in done.stdout
    assert "set DRILL_HOME" in done.stdout


def test_doctor_looks_at_everything(here: Path) -> None:
    """One line each for Python, packages, display, sound, data folder, numba and packs."""
    told = drill("doctor", cwd=here).stdout

    for name in ("Python", "pygame-ce", "display", "sound", "DRILL_HOME", "station key", "numba", SCENARIO):
        assert f" {name} " in told


def test_doctor_finds_pygame_beside_pygame_ce(here: Path) -> None:
    """The two packages share a folder and break each other: the doctor says which to remove."""
    twin = here / "pygame-2.6.1.dist-info"
    twin.mkdir()
    (twin / "METADATA").write_text("Metadata-Version: 2.1\nName: pygame\nVersion: 2.6.1\n", encoding="utf-8")
    done = drill("doctor", cwd=here, PYTHONPATH=f"{here}{os.pathsep}{os.environ['PYTHONPATH']}")

    assert done.returncode == 1
    assert "pip uninstall -y pygame pygame-ce" in done.stdout


@pytest.mark.slow
def test_without_a_display_the_menu_becomes_a_demonstration(here: Path, drill_home: Path) -> None:
    """`drill` alone says so, plays the drill with the expert, prints the sheet, and names the report that it wrote."""
    env = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"), "")
    done = drill(cwd=here, **env)
    reports = list((drill_home / "reports").glob("*.html"))

    assert done.returncode == 0, done.stderr
    assert "cannot open here: no display" in done.stdout
    assert "PASSED" in done.stdout
    assert "NOT PASSED" not in done.stdout
    assert str(reports[0]) in done.stdout
    assert "SIMULATION · TRAINING ONLY" in reports[0].read_text(encoding="utf-8")


def test_play_without_a_display_is_a_finding(here: Path) -> None:
    """`drill play` says that the panel cannot open and what works instead."""
    done = drill("play", SCENARIO, cwd=here, DISPLAY="", WAYLAND_DISPLAY="", SDL_VIDEODRIVER="")

    assert done.returncode == 1
    assert f"drill run {SCENARIO} --robot expert" in done.stderr
