"""The arterial line in the surgeon's hand: over the field, into the superior vena cava, and the hole in the aorta that lets gas out."""

from functools import cache
from pathlib import Path

import pytest

from drill.circuit.looks import reservoir
from drill.circuit.plant import Plant, compile_kernel
from drill.scenarios.entries import load_machine

from .balance import balance, moved
from .conftest import advance_of, run

PACKS = Path(__file__).resolve().parents[2] / "scenario_packs"
ON_BYPASS = {
    "pump_rpm_set": 107.0,
    "sweep_l_min": 2.5,
    "vent_l_min": 0.0,
    "aortic_clamp": 1.0,
    "vent_rpm": 15.0,
    "suction_rpm": 80.0,
    "backflow_stop": 0.0,
}


@cache
def _settled() -> tuple[Plant, dict[str, object]]:
    machine, patient = load_machine("base/cpb_adult", "base/cabg_arrested", roots=[PACKS])
    plant = Plant(machine, patient, advance_of(compile_kernel(machine, patient)))
    for name, value in ON_BYPASS.items():
        plant.set(name, value)
    run(plant, 20)
    return plant, plant.save()


@pytest.fixture
def plant() -> Plant:
    """An arrested patient on full bypass, sucker on."""
    made, as_it_was = _settled()
    made.load(as_it_was)
    return made


def _slot(plant: Plant, name: str) -> float:
    return float(plant._x[plant._index[name]])


def _stopped(plant: Plant, **controls: float) -> None:
    """Stop, take the line off its cannula, and set what is given."""
    plant.set("pump_rpm_set", 0.0)
    run(plant, 3)
    for name, value in {"clamp_aortic_cannula": 1.0, **controls}.items():
        plant.set(name, value)


def test_a_line_over_the_field_is_cleared_without_the_patient(plant: Plant) -> None:
    """Half a line of air leaves over the field and by the suckers; none of it and no blood reaches the patient, and the look says clear."""
    for k in range(4):
        plant._x[plant._index[f"bulk:arterial_line:{k}"]] = 0.6
    assert plant.look("line")[0] == "gas"
    _stopped(plant, line_over_field=1.0)
    plant.release("arterial_cannula")
    assert plant.scene().lines["arterial_cannula"].cut
    before = plant.true("gas_to_patient_ml")
    plant.set("pump_rpm_set", 30.0)
    run(plant, 14)

    assert plant.look("line")[0] == "clear"
    assert plant.true("gas_to_patient_ml") == pytest.approx(before, abs=0.1)
    assert _slot(plant, "flow:line_end") * 0.06 == pytest.approx(plant.true("flow_l_min"), abs=0.05)
    assert abs(_slot(plant, "flow:arterial_cannula")) < 0.1


def test_an_aorta_that_is_open_bleeds_by_its_pressure_and_takes_nothing_back(plant: Plant) -> None:
    """Full flow with the hole open: litres run into the field and MAP stands at half; stopped, it empties and no air goes in."""
    whole = plant.true("map_mmhg")
    plant.set("aortic_vent", 1.0)
    run(plant, 12)
    bleeding, low = _slot(plant, "flow:aortic_vent") * 0.06, plant.true("map_mmhg")
    plant.set("pump_rpm_set", 0.0)
    plant.set("clamp_return", 1.0)
    run(plant, 15)

    assert bleeding > 2.0
    assert low < 0.65 * whole
    assert plant.true("gas_to_patient_ml") < 1e-6
    assert plant.true("map_mmhg") > -2.0


@pytest.mark.parametrize(("rpm", "cvp"), [(12.0, (9.0, 20.0)), (22.0, (22.0, 31.0)), (45.0, (55.0, 90.0))])
def test_retrograde_flow_raises_the_pressure_in_the_cava(plant: Plant, rpm: float, cvp: tuple[float, float]) -> None:
    """What the pump gives through the SVC comes out of the open aorta, and the central line shows the pressure that it takes."""
    _stopped(plant, line_in_svc=1.0, aortic_vent=1.0)
    plant.set("pump_rpm_set", rpm)
    run(plant, 20)

    assert cvp[0] < plant.true("cvp_mmhg") < cvp[1]
    assert _slot(plant, "flow:head_backwards") == pytest.approx(_slot(plant, "flow:aortic_vent"), rel=0.1)


def test_gas_that_is_driven_backwards_counts_as_delivered(plant: Plant) -> None:
    """A line that was not cleared sends its air through the head: it is the patient's."""
    for k in range(8):
        plant._x[plant._index[f"bulk:arterial_line:{k}"]] = 0.5
    _stopped(plant, line_in_svc=1.0, aortic_vent=1.0)
    plant.set("pump_rpm_set", 22.0)
    run(plant, 25)

    assert plant.true("gas_to_patient_ml") > 15.0


def test_everything_closes_with_the_line_off(plant: Plant) -> None:
    """Over the field, backwards, and on its cannula again: blood, gas and heat close to 1e-9."""
    before = balance(plant)
    plant.set("pump_rpm_set", 40.0)
    for controls in (
        {"clamp_aortic_cannula": 1, "line_over_field": 1, "aortic_vent": 1},
        {"line_over_field": 0, "line_in_svc": 1},
        {"line_in_svc": 0, "clamp_aortic_cannula": 0},
    ):
        for name, value in controls.items():
            plant.set(name, float(value))
        run(plant, 6)

    assert max(moved(plant, before).values()) < 1e-9


@pytest.mark.parametrize(
    ("level_ml", "shown_ml", "found"),
    [(900.0, 900.0, ("filled",)), (300.0, 320.0, ("low",)), (60.0, 60.0, ("empty",)), (60.0, 900.0, ("empty", "display_wrong"))],
)
def test_an_eye_reads_the_reservoir(level_ml: float, shown_ml: float, found: tuple[str, ...]) -> None:
    """The level by eye, and that the display says otherwise."""
    assert reservoir(level_ml, shown_ml) == found


def test_a_level_sensor_that_stands_still_is_refitted(plant: Plant) -> None:
    """Stuck, it shows what it showed; the eye knows better; mended, it shows the level again."""
    plant.inject("sensor_stuck", {}, "reservoir_ml")
    shown = plant.shown("reservoir_ml")
    plant.pour("reservoir", 700.0)
    run(plant, 3)
    assert plant.shown("reservoir_ml") == shown
    assert plant.look("reservoir") == ("filled", "display_wrong")
    assert (plant.scene().pool_ml or 0.0) > (shown or 0.0) + 300.0
    plant.mend("level")
    run(plant, 3)
    assert plant.look("reservoir") == ("filled",)
