"""A scenario lets a sensor fail by naming its reading, and a slip in the name is told with its place."""

from pathlib import Path

import pytest

from drill.engine.session import Session
from drill.errors import PackError
from drill.scenarios.load import load_scenario


def pack(tmp_path: Path, root: Path, enter: str) -> list[Path]:
    """Write a pack with one scenario that begins with these faults; return where packs are found."""
    (tmp_path / "lies/scenarios").mkdir(parents=True)
    (tmp_path / "lies/pack.yaml").write_text("schema: drill/1\nid: lies\nversion: 1.0.0\ntitle: Lies\nlicence: CC0-1.0\n", encoding="utf-8")
    text = (root / "scenario_packs/base/scenarios/free_play_va.yaml").read_text(encoding="utf-8")
    text = text.replace("id: free_play_va", "id: wrong").replace("{id: playing}", f"{{id: playing, enter: [{enter}]}}")
    (tmp_path / "lies/scenarios/wrong.yaml").write_text(text, encoding="utf-8")
    return [root / "scenario_packs", tmp_path]


def test_a_sensor_fails_in_a_drill(tmp_path: Path, root: Path) -> None:
    """The display is wrong or blank from the start on; the truth is not."""
    roots = pack(tmp_path, root, "{fault: sensor_lost, part: svo2_pct}, {fault: sensor_zero, at: {offset: 90}}")
    session = Session(load_scenario("lies/wrong", roots=roots), seed=1)
    for _ in range(100):
        session.tick()

    frame = session.frame
    assert frame.shown["svo2_pct"] is None
    assert frame.true["svo2_pct"] > 40
    shown = frame.shown["p_pre_mmhg"]
    assert shown is not None
    assert shown == pytest.approx(frame.true["p_pre_mmhg"] + 90, abs=15)


def test_an_unknown_sensor_is_named(tmp_path: Path, root: Path) -> None:
    """The nearest display is offered."""
    roots = pack(tmp_path, root, "{fault: sensor_stuck, part: flow_l_mim}")
    with pytest.raises(PackError, match="did you mean 'flow_l_min'"):
        load_scenario("lies/wrong", roots=roots)
