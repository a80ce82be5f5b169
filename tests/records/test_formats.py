"""Runs of every format that was ever written are opened for ever: the files in tests/data are never made anew."""

from pathlib import Path

import pytest

from drill.engine.frame import TRUE
from drill.engine.runfile import encode, signed_bytes
from drill.engine.runlog import FORMAT, FORMATS, Run, digest
from drill.engine.scoring import score
from drill.errors import DrillError
from drill.records.keys import signature_fits
from drill.records.store import open_run
from drill.scenarios.load import load_scenario

# The digest that the program which wrote the file printed.
KEPT = {
    "drill/run/1": ("format_1.drill.gz", "9d4cac565a0e1030f5eaca733a098e9237bd376e81997815f3ad80598eaa0b11"),
    "drill/run/2": ("format_2.drill.gz", "0153bfd02d48be5117c0927697172dce815aadea9b960d44dc4ceca629bc0c15"),
}


def kept(root: Path, version: str) -> Run:
    """The kept run of a format."""
    return open_run(root / "tests" / "data" / KEPT[version][0])


def test_each_format_has_its_file() -> None:
    """Whoever makes a new format keeps a file of it here."""
    assert set(KEPT) == set(FORMATS)
    assert FORMATS[-1] == FORMAT


@pytest.mark.parametrize("version", FORMATS)
def test_a_run_of_every_format_opens_whole(root: Path, version: str) -> None:
    """All that a run said when it was written, it says today: causes, readings, outcome, score, digest."""
    run = kept(root, version)

    assert run.header["format"] == version
    assert run.finished
    assert (run.header["scenario"], run.header["seed"], run.outcome) == ("pump_head_failure/va_flow_lost", 5, "time_limit")
    assert [entry["target"] for entry in run.entries if entry["k"] == "action"] == [
        "clamp_return", "say_no_flow", "console", "crank_emergency_drive", "fdo2_pct", "all",
    ]  # fmt: skip
    assert digest(run) == KEPT[version][1]
    assert run.footer is not None
    assert run.footer["digest"] == KEPT[version][1]
    made = list(run.frames())
    assert len(made) == 101
    assert made[0].true["flow_l_min"] > 2
    assert made[50].true["map_mmhg"] > 20
    assert made[-1].controls["fdo2_pct"] == 80.0


@pytest.mark.parametrize("version", FORMATS)
def test_a_run_of_every_format_can_be_judged_by_todays_rubric(root: Path, version: str) -> None:
    """A run keeps its worth when the program goes on: today's rubric judges it, or says what it lacks."""
    run = kept(root, version)
    rubric = load_scenario("pump_head_failure/va_flow_lost", roots=[root / "scenario_packs"]).scenario.rubric
    assert rubric is not None

    try:
        sheet = score(rubric, run)
    except DrillError as error:
        assert "reading" in str(error)  # noqa: PT017  either is right
    else:
        assert not sheet.passed
        assert sheet.outcome == "time_limit"


@pytest.mark.parametrize("version", FORMATS)
def test_a_run_of_every_format_can_be_written_in_todays(root: Path, version: str) -> None:
    """Written again it is a file of today's format with the same digest; its old signature is not carried over."""
    run = kept(root, version)
    from drill.engine.runfile import decode

    again = decode(encode(run))

    assert again.header["format"] == FORMAT
    assert digest(again) == digest(run)
    assert list(again.entries) == list(run.entries)
    assert again.footer is not None
    assert again.footer["signature"] is None


def test_the_kept_signature_still_fits(root: Path) -> None:
    """A signature of format 2 is checked with the public key alone."""
    footer = kept(root, "drill/run/2").footer
    assert footer is not None

    assert signature_fits(footer["key"], signed_bytes(footer), footer["signature"])
    assert not signature_fits(footer["key"], signed_bytes({**footer, "wall_s": 0.0}), footer["signature"])


def test_a_run_with_other_readings_is_read_by_its_own_table(root: Path) -> None:
    """The oldest file has readings in another order than today's: each is found by its name."""
    run = kept(root, "drill/run/1")
    names = [name for name, _ in run.header["readings"]["true"]]
    frame = next(run.frames())

    assert list(frame.true) == names
    assert set(names) <= set(TRUE), "a reading that is dropped or renamed: say in docs/runs.md what old runs then lack"
    assert frame.true["map_mmhg"] == 55.0
    assert frame.true["temp_core_c"] == pytest.approx(37, abs=0.3)
