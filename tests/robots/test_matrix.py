"""Every shipped drill at the full count: fifty seeds of everyone on every cause, by the rules of `drill prove`."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from drill.circuit.plant import compile_kernel
from drill.records.kernels import load_kernel
from drill.records.settled import InMemory
from drill.robots.prove import IGNORANT, problems, rows
from drill.scenarios.catalogue import find_scenarios
from drill.scenarios.load import Loaded, load_scenario

SEEDS = 50
ROOTS = (Path(__file__).resolve().parents[2] / "scenario_packs",)
REFS = [one.ref for one in find_scenarios(ROOTS) if not one.free_play]


@cache
def ready(ref: str) -> tuple[Loaded, Any]:
    """A scenario with its compiled tick."""
    loaded = load_scenario(ref, roots=ROOTS)
    return loaded, load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance


def test_results_tell_of_every_drill(root: Path) -> None:
    """docs/results.md has a chapter for each shipped drill."""
    text = (root / "docs" / "results.md").read_text(encoding="utf-8")

    assert [ref for ref in REFS if f"## `{ref}`" not in text] == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("ref", REFS)
def test_a_shipped_drill_holds(ref: str, seed: int) -> None:
    """Who knows passes, who does not crosses a critical limit, each error costs what it says, and twice is the same."""
    loaded, advance = ready(ref)
    played = list(rows(loaded, seed, advance=advance, settled=InMemory(), again=True))

    assert [str(problem) for problem in problems(loaded, played)] == []
    assert [(one.robot, one.cause) for one in played if one.robot in IGNORANT and not one.harmed] == []
    assert [(one.robot, one.cause, one.score_pct) for one in played if one.robot == "expert" and one.score_pct < 100] == []
