"""From a run to a play and a rubric: what is written loads, passes the check, and does again what was done."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drill.circuit.plant import compile_kernel
from drill.cli import cli
from drill.engine.runlog import Run
from drill.engine.session import Session
from drill.records.kernels import load_kernel
from drill.records.store import save_run
from drill.reports.skeleton import deeds, numbers, visible
from drill.robots.make import make_robot, play
from drill.scenarios.catalogue import check_path
from drill.scenarios.diagnostics import errors_in
from drill.scenarios.load import Loaded, load_scenario
from drill.scenarios.schema import Condition

REF = "pump_head_failure/va_flow_lost"
SEED = 3


@pytest.fixture(scope="module")
def loaded(root: Path) -> Loaded:
    """The shipped scenario."""
    return load_scenario(REF, roots=[root / "scenario_packs"])


@pytest.fixture(scope="module")
def run(loaded: Loaded) -> Run:
    """The expert's run after a switch was found off: half a minute."""
    return played(loaded, "expert")


def played(loaded: Loaded, robot: str) -> Run:
    """Let a robot play to the end."""
    advance = load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance
    session = Session(loaded, seed=SEED, cause="no_power", advance=advance)
    play(session, make_robot(robot, loaded.plays, SEED))
    return session.run


def record(tmp_path: Path, run: Run, *args: str) -> Result:
    """Type `drill record --from` into an empty folder."""
    path = save_run(run, tmp_path / "run.drill")
    return CliRunner().invoke(cli, ["record", REF, "--from", str(path), "-o", str(tmp_path / "out"), *args])


def test_what_is_written_passes_the_check_and_plays_again(root: Path, tmp_path: Path, run: Run) -> None:
    """The play in the pack's folder and the rubric in the scenario's file: no error, the same deeds in the same order, secured."""
    ended = record(tmp_path, run, "--name", "mine")
    pack = tmp_path / "packs" / "pump_head_failure"
    shutil.copytree(root / "scenario_packs" / "pump_head_failure", pack)
    shutil.copy(tmp_path / "out" / "mine.yaml", pack / "plays" / "mine.yaml")
    for error_play in pack.glob("plays/*.yaml"):
        if "loses:" in error_play.read_text():
            error_play.unlink()  # they lose items that the new rubric does not have
    scenario = pack / "scenarios" / "va_flow_lost.yaml"
    rubric = (tmp_path / "out" / "mine_rubric.yaml").read_text()
    scenario.write_text(re.sub(r"^rubric:.*?(?=^debrief:)", lambda _: rubric, scenario.read_text(), flags=re.MULTILINE | re.DOTALL))
    roots = [tmp_path / "packs", root / "scenario_packs"]

    assert ended.exit_code == 0, ended.output
    assert [str(p) for p in errors_in(check_path(pack, roots=roots))] == []
    again = played(load_scenario(REF, roots=roots), "mine")
    assert [(d.entry["verb"], d.entry["target"]) for d in deeds(again)] == [(d.entry["verb"], d.entry["target"]) for d in deeds(run)]
    assert again.outcome == run.outcome == "secured"


def test_times_count_from_the_first_sign(run: Run, tmp_path: Path) -> None:
    """The clamp closed after 4 s or so: the play waits as long, the rubric gives half as much again to whole five seconds."""
    record(tmp_path, run)
    first = next(d for d in deeds(run) if d.entry["target"] == "clamp_return")
    play_text, rubric = ((tmp_path / "out" / name).read_text() for name in ("recorded.yaml", "recorded_rubric.yaml"))

    assert 3.0 < first.after_s < 8.0
    assert f"wait_s: {first.after_s:.1f}\n    do: [{{clamp: return}}]" in play_text
    assert 'title: "Return clamp closed"\n      expect: {control: clamp_return, above: 0.99}\n' in rubric
    assert "within_s: 10\n      late_s: 30\n" in rubric


def test_only_what_is_marked_is_written(run: Run, tmp_path: Path) -> None:
    """`--mark` names actions of the list that is printed."""
    ended = record(tmp_path, run, "--mark", "1,3-4")
    text = (tmp_path / "out" / "recorded.yaml").read_text()

    assert text.count("  - id: ") == 3
    assert [line[0] for line in ended.output.splitlines()[:5]] == ["*", " ", "*", "*", " "]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--mark", "0"), 2, "there is no action 0: the list has 1 to"),
        (("--mark", "x"), 2, "'x' is no number"),
        (("--name", "No good"), 2, "is no id"),
    ],
)
def test_wrong_marks_and_names_are_told(run: Run, tmp_path: Path, args: tuple[str, ...], code: int, says: str) -> None:
    """Found, allowed, what to do; nothing is written."""
    ended = record(tmp_path, run, *args)

    assert ended.exit_code == code
    assert says in ended.output
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over(run: Run, tmp_path: Path) -> None:
    """A file that is there stays."""
    record(tmp_path, run)
    before = (tmp_path / "out" / "recorded.yaml").read_text()
    ended = record(tmp_path, run, "--mark", "1")

    assert (ended.exit_code, (tmp_path / "out" / "recorded.yaml").read_text()) == (1, before)
    assert "is there already" in ended.output


def test_a_sign_that_no_eye_sees_is_said(loaded: Loaded) -> None:
    """A true reading is no condition of a play, wherever it stands."""
    assert visible(Condition.model_validate({"any": ({"alarm": "low_flow"}, {"shown": "flow_l_min", "below": 1.0})}))
    assert not visible(Condition.model_validate({"any": ({"alarm": "low_flow"}, {"not": {"value": "flow_l_min", "below": 1.0}})}))
    assert loaded.scenario.rubric is not None
    assert visible(loaded.scenario.rubric.first_sign)


def test_numbers_are_read_as_ranges() -> None:
    """1,4-6 is four numbers."""
    assert sorted(numbers("1, 4-6", 9)) == [1, 4, 5, 6]
    with pytest.raises(ValueError, match="no action 10"):
        numbers("8-10", 9)
