"""Errors that practice forbids and that need not hurt anyone this time: each costs the exam, and the item that names it.

A pack's own error plays must worsen a quantity; these lie beside this file, named pack__play.
"""

import shutil
from pathlib import Path

import pytest
import yaml

from drill.circuit.plant import compile_kernel
from drill.records.kernels import load_kernel
from drill.records.settled import InMemory
from drill.robots.prove import causes_of, exam
from drill.scenarios.load import load_scenario

ERRORS = sorted((Path(__file__).parent / "errors").glob("*.yaml"))
NEVER_CHECKED = {"quantity": "no_flow_s", "by": 1}  # a pack's error play has to say what it worsens; these say nothing


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS, ids=lambda path: path.stem)
def test_an_error_that_practice_names_costs_the_exam(error: Path, root: Path, tmp_path: Path) -> None:
    """The expert with this one error does not pass, on any cause that the error fits, and loses the item that names it."""
    pack, _, name = error.stem.partition("__")
    play = yaml.safe_load(error.read_text(encoding="utf-8"))
    shutil.copytree(root / "scenario_packs", tmp_path / "packs")
    text = yaml.safe_dump({**play, "worsens": NEVER_CHECKED}, sort_keys=False)
    (tmp_path / "packs" / pack / "plays" / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = load_scenario(f"{pack}/{play['scenario']}", roots=(tmp_path / "packs",))
    advance, settled = load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance, InMemory()

    for cause in play.get("causes") or causes_of(loaded):
        right, wrong = (exam(loaded, cause, robot, 0, advance=advance, settled=settled) for robot in ("expert", play["id"]))

        assert right.passed, (cause, right.reasons)
        assert not wrong.passed, (cause, wrong.score_pct)
        assert play["loses"] in wrong.lost, (cause, wrong.lost)
