"""Every shipped drill at the full count: fifty seeds of everyone on every cause, by the rules of `drill prove`."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from drill.circuit.faults import FAULTS
from drill.circuit.interlocks import INTERLOCKS
from drill.circuit.plant import compile_kernel
from drill.circuit.readings import READINGS
from drill.records.kernels import load_kernel
from drill.records.settled import InMemory
from drill.robots.prove import IGNORANT, Row, exam, problems, rows
from drill.scenarios.catalogue import find_scenarios
from drill.scenarios.load import Loaded, load_scenario

SEEDS = 50
ROOTS = (Path(__file__).resolve().parents[2] / "scenario_packs",)
REFS = [one.ref for one in find_scenarios(ROOTS) if not one.free_play]


@cache
def _loaded(ref: str) -> Loaded:
    return load_scenario(ref, roots=ROOTS)


@cache
def ready(ref: str) -> tuple[Loaded, Any]:
    """A scenario with its compiled tick."""
    loaded = _loaded(ref)
    return loaded, load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance


def test_results_tell_of_every_drill(root: Path) -> None:
    """docs/results.md has a chapter for each shipped drill."""
    text = (root / "docs" / "results.md").read_text(encoding="utf-8")

    assert [ref for ref in REFS if f"## `{ref}`" not in text] == []


def display_alone(loaded: Loaded, cause: str) -> bool:
    """Whether a cause spoils nothing but displays to which no interlock of this machine listens: it harms nobody who stands still."""
    heard = {INTERLOCKS[one.id].reading for one in loaded.circuit.interlocks}
    faults = next((one.faults for one in loaded.scenario.causes if one.id == cause), ())
    sits = [one.part or FAULTS[one.fault].site for one in faults if one.fault is not None and FAULTS[one.fault].site in READINGS]
    return 0 < len(sits) == len(faults) and heard.isdisjoint(sits)


@cache
def played(ref: str, seed: int) -> tuple[Row, ...]:
    """Everyone's exams on every cause of a drill with one seed."""
    loaded, advance = ready(ref)
    return tuple(rows(loaded, seed, advance=advance, settled=InMemory(), again=True))


@pytest.mark.parametrize(
    ("ref", "told"),
    [
        ("oxygenator_changeout/va_pressure_rising", {"wrong_zero"}),
        ("do_not_stop/va_flow_falls", {"lost_probe"}),
        ("circuit_gas/va_gas_after_membrane", set()),
        ("circuit_gas/cpb_massive_gas", set()),
    ],
)
def test_a_display_alone_is_told_by_what_listens_to_it(ref: str, told: set[str]) -> None:
    """A wrong zero or a lost flow probe stops nothing; a dry bubble sensor stops the pump, and a stuck level hides a kink."""
    loaded = _loaded(ref)

    assert {one.id for one in loaded.scenario.causes if display_alone(loaded, one.id)} == told


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["va_pressure_rising", "vv_pressure_rising"])
def test_a_site_that_changes_whole_circuits_is_passed_too(kind: str) -> None:
    """Where the site changes head, line and lung, the expert fetches that spare, and passes."""
    loaded = load_scenario(f"oxygenator_changeout/{kind}", roots=ROOTS, site={"ecmo_change": "cut_out_circuit"})
    advance = load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance
    tasks = {str(act.order) for rule in loaded.plays["expert"].rules for act in rule.do if act.order}
    expert = exam(loaded, "clot", "expert", 0, advance=advance, settled=InMemory())

    assert "fetch_spare_circuit" in tasks
    assert "fetch_spare_oxygenator" not in tasks
    assert (expert.passed, expert.score_pct) == (True, 100)
    assert expert.ledger is not None
    assert expert.ledger["blood_lost_ml"] > 300  # head and line hold more than the lung alone


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("ref", REFS)
def test_a_shipped_drill_holds(ref: str, seed: int) -> None:
    """Who knows passes, who does not fails and leaves steps undone, each error costs what it says, and twice is the same."""
    loaded, everyone = ready(ref)[0], played(ref, seed)

    assert [str(problem) for problem in problems(loaded, everyone)] == []
    assert [(one.robot, one.cause) for one in everyone if one.robot in IGNORANT and (one.passed or not one.lost)] == []
    assert [(one.robot, one.cause, one.score_pct) for one in everyone if one.robot == "expert" and one.score_pct < 100] == []


# Causes that cross no critical limit within the time limit while the pump goes on and nobody touches it (docs/results.md, idle).
UNHURRIED = {
    "oxygenator_changeout/va_pressure_rising": {"clot", "kink_behind"},
    "oxygenator_changeout/vv_pressure_rising": {"clot", "kink_behind"},
    "oxygenator_changeout/cpb_series_change": {"clot", "kink_behind"},
    "oxygenator_changeout/cpb_parallel_change": {"clot", "kink_behind"},
    "oxygenator_changeout/va_dark_blood": {"clot", "wet_out", "open_shunt", "wall_oxygen", "hot_patient"},
    "oxygenator_changeout/vv_dark_blood": {"clot"},
    "pump_head_failure/cpb_centrifugal_runaway": {"deaf_drive"},
    "pump_head_failure/cpb_roller_runaway": {"deaf_drive"},  # by the seed: the slower ones never empty the reservoir
}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("ref", REFS)
def test_who_does_not_know_does_harm(ref: str, seed: int) -> None:
    """Who stops the pump at any alarm crosses a critical limit in every drill; who stands still or only talks, wherever the fault hurries.

    `random` is not asked: it may come upon the right act. It passes none all the same (the test above).
    """
    loaded = _loaded(ref)
    asked = [one for one in played(ref, seed) if one.robot in ("idle", "reflex", "masher") and not display_alone(loaded, one.cause)]
    asked = [one for one in asked if one.robot == "reflex" or one.cause not in UNHURRIED.get(ref, ())]

    assert [(one.robot, one.cause) for one in asked if not one.harmed] == []


def test_what_hurries_nobody_is_named_as_it_is_called() -> None:
    """Each drill and cause that is let off exists."""
    assert {ref: causes for ref, causes in UNHURRIED.items() if not causes <= {one.id for one in _loaded(ref).scenario.causes}} == {}
