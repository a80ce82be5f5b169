"""The heart-lung machine on a bench and with a patient: a roller, a reservoir, gravity."""

from pathlib import Path

import pytest

from drill.circuit.compiler import Bench
from drill.circuit.plant import Plant
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.scenarios.entries import load_machine

from .conftest import mean, run

BENCH = Bench(65.0, 4.0)


@pytest.fixture(scope="session")
def cpb(root: Path) -> tuple[CircuitSpec, PatientSpec]:
    """The shipped heart-lung machine and a patient."""
    return load_machine("base/cpb_adult", "base/cardiogenic_shock_dependent", roots=[root / "scenario_packs"])


def _plant(cpb: tuple[CircuitSpec, PatientSpec], rpm: float, *, bench: bool = True, **controls: float) -> Plant:
    plant = Plant(cpb[0], BENCH if bench else cpb[1])
    for name, value in {"pump_rpm_set": rpm, "sweep_l_min": 3.0, "tap_filter_purge": 0.0, **controls}.items():
        plant.set(name, value)
    return plant


def _pool_ml(plant: Plant) -> float:
    return float(plant._x[plant._index["vol:reservoir_pool"]])


@pytest.mark.parametrize("map_mmhg", [40.0, 90.0])
def test_roller_does_not_care_about_load(cpb: tuple[CircuitSpec, PatientSpec], map_mmhg: float) -> None:
    """100 turns of a 45 mL boot are 4.5 L/min whatever the pressure behind them."""
    plant = Plant(cpb[0], Bench(map_mmhg, 4.0))
    plant.set("pump_rpm_set", 100.0)
    plant.set("tap_filter_purge", 0.0)
    run(plant, 8)

    assert plant.true("flow_l_min") == pytest.approx(4.5, abs=0.03)


def test_occluded_roller_lets_nothing_back(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """Stopped with open lines a well-set roller has no backflow, but the patient drains into the reservoir."""
    plant = _plant(cpb, 100.0)
    run(plant, 5)
    plant.set("pump_rpm_set", 0.0)
    run(plant, 4)
    before = _pool_ml(plant)
    run(plant, 5)

    assert abs(plant.true("flow_l_min")) < 0.01
    assert _pool_ml(plant) > before + 200.0


def test_level_falls_by_what_is_pumped(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """With the venous line clamped the level falls by the pump's flow: 1000 mL last 13 s at 4.5 L/min."""
    plant = _plant(cpb, 100.0)
    run(plant, 5)
    plant.set("clamp_drainage", 1.0)
    run(plant, 0.5)
    before = _pool_ml(plant)
    run(plant, 4)

    assert before - _pool_ml(plant) == pytest.approx(4.5 * 1000.0 / 60.0 * 4.0, rel=0.01)


def test_an_empty_reservoir_pumps_air_to_the_patient(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """A roller on a dry reservoir draws air at its full rate; when the oxygenator is full, it reaches the patient."""
    plant = _plant(cpb, 100.0, clamp_drainage=1.0, level_stop=0.0, bubble_stop=0.0)
    run(plant, 16)
    drawn = plant.true("air_drawn_ml")
    run(plant, 12)

    assert drawn > 50.0
    assert plant.true("flow_l_min") == pytest.approx(4.5, rel=0.03)
    assert plant.true("gas_in_oxygenator_ml") > 20.0
    assert plant.true("gas_to_patient_ml") > 50.0


def test_gravity_drains_more_with_a_wider_or_lower_line(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """Venous return follows the height difference: a clamp half on, and the pool rises slower."""
    open_line, pinched = _plant(cpb, 0.0), _plant(cpb, 0.0, clamp_drainage=0.8)
    for plant in (open_line, pinched):
        run(plant, 5)

    assert _pool_ml(open_line) > _pool_ml(pinched) + 100.0


def test_air_in_the_venous_line_is_taken_out_by_the_reservoir(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """Air drawn into the venous line ends in the reservoir's defoamer; next to none goes on."""
    plant = _plant(cpb, 100.0)
    run(plant, 5)
    plant.set("tap_drainage", 0.5)
    run(plant, 20)

    assert plant.true("air_drawn_ml") > 3.0
    assert plant.true("gas_in_oxygenator_ml") < 0.05 * plant.true("air_drawn_ml")


def test_a_dead_head_bursts(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """With its servo off, a running roller against a closed outlet passes 1000 mmHg; a connector lets go, and blood is on the floor."""
    plant = _plant(cpb, 60.0, pressure_stop=0.0)
    run(plant, 5)
    plant.set("clamp_return", 1.0)
    peak = 0.0
    for _ in range(900):
        plant.tick()
        peak = max(peak, plant.true("p_pre_mmhg"))

    assert peak > 1000.0
    assert plant.true("p_pre_mmhg") < 100.0
    assert plant.true("blood_lost_ml") > 100.0


def test_a_patient_is_carried_and_the_volume_is_shared(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """On full bypass MAP is steady, the level gives little to veins that still relax, and venous return equals the pump's flow."""
    plant = _plant(cpb, 85.0, bench=False)
    run(plant, 90)
    level = _pool_ml(plant)
    run(plant, 10)

    assert 50.0 < mean(plant, "map_mmhg", 2) < 90.0
    assert _pool_ml(plant) == pytest.approx(level, abs=70.0)
    assert plant.true("flow_l_min") == pytest.approx(85 * 0.045, abs=0.05)


def test_air_in_the_venous_line_breaks_the_siphon_until_it_is_swept_on(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """A venous line full of air has no column to pull: drainage halves though the line is open; swept into the reservoir, it comes back."""
    plant = Plant(cpb[0], Bench(65.0, 1.0))
    run(plant, 5)
    x, index = plant._x, plant._index
    before = float(x[index["flow:venous_line"]])
    for k in range(plant._model.net.edges["venous_line"].cells):
        for s in ("o2", "hb", "co2", "heat"):
            x[index[f"{s}:venous_line:{k}"]] *= 0.1
        x[index[f"bulk:venous_line:{k}"]] = 0.9
    run(plant, 0.7)
    locked = float(x[index["flow:venous_line"]])
    run(plant, 10)

    assert locked < 0.5 * before
    assert float(x[index["flow:venous_line"]]) > 0.9 * before


def test_a_roller_against_a_closed_inlet_reaches_vacuum_and_no_more(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """Drawing from a closed line a roller comes to near-vacuum, pumps less and less, and stays finite."""
    plant = _plant(cpb, 100.0)
    run(plant, 5)
    plant.cut("reservoir")
    run(plant, 5)

    assert plant.true("p_ven_mmhg") > -760.0 - 62.0
