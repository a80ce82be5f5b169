"""Errors that practice forbids and that need not hurt anyone this time cost the exam; another right way does not.

A pack's own error plays must worsen a quantity; these lie beside this file, in `errors` and `right`, named pack__play. They were
chosen by readers of practice who did not know the rubrics. One of each kind for each scenario every day, all of them in the soak.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from _pytest.mark import ParameterSet

from drill.circuit.plant import compile_kernel
from drill.records.kernels import load_kernel
from drill.records.settled import InMemory
from drill.robots.prove import Row, causes_of, exam
from drill.scenarios.load import load_scenario

# A pack's play that extends another has to say what it loses and worsens; nobody looks at it here.
NEVER_CHECKED = {"loses": "loses: summary_spoken\n", "worsens": "worsens: {quantity: no_flow_s, by: 1}\n"}


def plays_in(folder: str) -> list[ParameterSet]:
    """The plays of a folder: the first of each scenario for every day, the others for the soak."""
    seen: set[str] = set()
    plays = []
    for path in sorted((Path(__file__).parent / folder).glob("*.yaml")):
        scenario = f"{path.stem.partition('__')[0]}/{yaml.safe_load(path.read_text(encoding='utf-8'))['scenario']}"
        plays.append(pytest.param(path, id=path.stem, marks=pytest.mark.soak if scenario in seen else pytest.mark.slow))
        seen.add(scenario)
    return plays


_experts: dict[tuple[str, str], Row] = {}  # what the expert comes to, by scenario and cause: played once for all plays


def exams(path: Path, root: Path, folder: Path) -> Iterator[tuple[Row, Row]]:
    """The expert's exam and the play's, for each cause that the play fits."""
    pack, _, name = path.stem.partition("__")
    text = path.read_text(encoding="utf-8")
    play = yaml.safe_load(text)
    shutil.copytree(root / "scenario_packs", folder)
    said = [line for key, line in NEVER_CHECKED.items() if key not in play]
    (folder / pack / "plays" / f"{name}.yaml").write_text(text + "".join(said), encoding="utf-8")
    loaded = load_scenario(f"{pack}/{play['scenario']}", roots=(folder,))
    advance, settled = load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance, InMemory()
    for cause in play.get("causes") or causes_of(loaded):
        if (loaded.ref, cause) not in _experts:
            _experts[loaded.ref, cause] = exam(loaded, cause, "expert", 1, advance=advance, settled=settled)
        yield _experts[loaded.ref, cause], exam(loaded, cause, play["id"], 1, advance=advance, settled=settled)


@pytest.mark.parametrize("path", plays_in("errors"))
def test_an_error_that_practice_names_costs_the_exam(path: Path, root: Path, tmp_path: Path) -> None:
    """The expert with this one error does not pass, on any cause that the error fits, and loses the item that names it."""
    loses = yaml.safe_load(path.read_text(encoding="utf-8"))["loses"]
    for expert, wrong in exams(path, root, tmp_path / "packs"):
        assert expert.passed, (expert.cause, expert.reasons)
        assert not wrong.passed, (wrong.cause, wrong.score_pct)
        assert loses in wrong.lost, (wrong.cause, wrong.lost)


@pytest.mark.parametrize("path", plays_in("right"))
def test_another_right_way_passes(path: Path, root: Path, tmp_path: Path) -> None:
    """What practice allows and the expert does otherwise passes too."""
    for expert, right in exams(path, root, tmp_path / "packs"):
        assert expert.passed, (expert.cause, expert.reasons)
        assert right.passed, (right.cause, right.reasons)
