"""Errors that practice forbids and that need not hurt anyone this time cost the exam; another right way does not.

A pack's own error plays must worsen a quantity; these lie beside this file, in `errors` and `right`, named pack__play.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from drill.circuit.plant import compile_kernel
from drill.records.kernels import load_kernel
from drill.records.settled import InMemory
from drill.robots.prove import Row, causes_of, exam
from drill.scenarios.load import load_scenario

ERRORS, RIGHT = (sorted((Path(__file__).parent / folder).glob("*.yaml")) for folder in ("errors", "right"))
# A pack's play that extends another has to say what it loses and worsens; nobody looks at it here.
NEVER_CHECKED = {"loses": "summary_spoken", "worsens": {"quantity": "no_flow_s", "by": 1}}


def exams(path: Path, root: Path, folder: Path) -> Iterator[tuple[Row, Row]]:
    """The expert's exam and the play's, for each cause that the play fits."""
    pack, _, name = path.stem.partition("__")
    play = yaml.safe_load(path.read_text(encoding="utf-8"))
    shutil.copytree(root / "scenario_packs", folder)
    text = yaml.safe_dump({**play, **NEVER_CHECKED, **({"loses": play["loses"]} if "loses" in play else {})}, sort_keys=False)
    (folder / pack / "plays" / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = load_scenario(f"{pack}/{play['scenario']}", roots=(folder,))
    advance, settled = load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance, InMemory()
    for cause in play.get("causes") or causes_of(loaded):
        expert, mine = (exam(loaded, cause, robot, 1, advance=advance, settled=settled) for robot in ("expert", play["id"]))
        yield expert, mine


@pytest.mark.slow
@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_an_error_that_practice_names_costs_the_exam(path: Path, root: Path, tmp_path: Path) -> None:
    """The expert with this one error does not pass, on any cause that the error fits, and loses the item that names it."""
    loses = yaml.safe_load(path.read_text(encoding="utf-8"))["loses"]
    for expert, wrong in exams(path, root, tmp_path / "packs"):
        assert expert.passed, (expert.cause, expert.reasons)
        assert not wrong.passed, (wrong.cause, wrong.score_pct)
        assert loses in wrong.lost, (wrong.cause, wrong.lost)


@pytest.mark.slow
@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_another_right_way_passes(path: Path, root: Path, tmp_path: Path) -> None:
    """What practice allows and the expert does otherwise passes too."""
    for expert, right in exams(path, root, tmp_path / "packs"):
        assert expert.passed, (expert.cause, expert.reasons)
        assert right.passed, (right.cause, right.reasons)
