"""The stock patients: each holds its documented resting state, and answers what is done to it with the documented sign."""

from collections.abc import Callable
from pathlib import Path

import pytest

from drill.circuit.patient import patient_params
from drill.circuit.plant import Plant, compile_kernel
from drill.circuit.spec import PatientSpec, Resting
from drill.scenarios.entries import load_circuit, load_patient
from drill.scenarios.library import Library

from .conftest import advance_of, mean, run

PATIENTS = sorted(p.stem for p in (Path(__file__).parents[2] / "scenario_packs" / "base" / "patients").glob("*.yaml"))
ALONE = ("healthy_adult", "cardiogenic_shock", "severe_lv_failure", "hypovolaemia", "vasoplegia", "child_20kg", "neonate_3_5kg")
ON_CIRCUIT = ("cardiogenic_shock_dependent", "severe_lv_failure_dependent", "myocarditis", "post_cardiotomy")
SEEN = ("map_mmhg", "cvp_mmhg", "lap_mmhg", "cardiac_output_l_min", "hr_bpm", "flow_l_min", "pulse_pressure_mmhg")


@pytest.fixture
def rest(root: Path) -> Callable[..., Plant]:
    """Make a stock patient with the machine and settings under which it rests."""

    def make(name: str, settle_s: float = 60.0) -> Plant:
        patient = _patient(name, root)
        state = _resting(patient)
        circuit = load_circuit(state.circuit, Library([root / "scenario_packs"])).spec
        plant = Plant(circuit, patient, advance_of(compile_kernel(circuit, patient)))
        for control, value in state.controls.items():
            plant.set(control, value)
        run(plant, settle_s)
        return plant

    return make


def _patient(name: str, root: Path) -> PatientSpec:
    return load_patient(f"base/{name}", Library([root / "scenario_packs"]))


def _resting(patient: PatientSpec) -> Resting:
    assert patient.resting is not None
    return patient.resting


def _means(plant: Plant, seconds: float = 6.0) -> dict[str, float]:
    totals = dict.fromkeys(SEEN, 0.0)
    for _ in range(round(seconds * 50)):
        plant.tick()
        for name in SEEN:
            totals[name] += plant.true(name)
    return {name: total / round(seconds * 50) for name, total in totals.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", PATIENTS)
def test_each_patient_holds_its_resting_state_for_thirty_minutes(rest: Callable[..., Plant], root: Path, name: str) -> None:
    """From one minute to thirty, the mean of each documented reading stays in its documented range, with next to no debt of oxygen."""
    ranges = _resting(_patient(name, root)).ranges
    plant = rest(name)
    debt = plant.true("oxygen_debt_ml")
    for minute in range(1, 31, 4):
        for reading, (low, high) in ranges.items():
            assert low <= mean(plant, reading, 3) <= high, (minute, reading)
        run(plant, 240 - 3 * len(ranges))

    assert plant.true("oxygen_debt_ml") < debt + 60.0


@pytest.mark.parametrize("name", ON_CIRCUIT)
def test_more_flow_more_pressure_less_native_output_and_no_overshoot(rest: Callable[..., Plant], name: str) -> None:
    """700 rpm more: flow and MAP rise, CVP and native output fall; tone gives way, so that MAP does not follow flow in full."""
    plant = rest(name)
    before = _means(plant)
    plant.set("pump_rpm_set", plant.control("pump_rpm_set") + 700.0)
    run(plant, 90)
    after = _means(plant)

    assert after["flow_l_min"] > before["flow_l_min"] + 0.5
    assert before["map_mmhg"] + 1.0 < after["map_mmhg"] < 85.0
    assert after["cvp_mmhg"] < before["cvp_mmhg"]
    assert after["cardiac_output_l_min"] < before["cardiac_output_l_min"] + 0.02
    assert after["map_mmhg"] / before["map_mmhg"] < after["flow_l_min"] / before["flow_l_min"]


@pytest.mark.parametrize("name", ON_CIRCUIT)
def test_less_flow_less_pressure_more_pulse(rest: Callable[..., Plant], name: str) -> None:
    """700 rpm less: MAP falls, CVP rises, what is left of the heart ejects more."""
    plant = rest(name)
    before = _means(plant)
    plant.set("pump_rpm_set", plant.control("pump_rpm_set") - 700.0)
    run(plant, 20)
    after = _means(plant)

    assert after["map_mmhg"] < before["map_mmhg"] - 2.0
    assert after["cvp_mmhg"] > before["cvp_mmhg"]
    assert after["pulse_pressure_mmhg"] > before["pulse_pressure_mmhg"]
    assert after["cardiac_output_l_min"] > before["cardiac_output_l_min"]


@pytest.mark.parametrize("name", [*ALONE, "ards"])
def test_volume_fills_and_bleeding_empties(rest: Callable[..., Plant], root: Path, name: str) -> None:
    """A tenth of the blood volume in: CVP, left atrium and output rise; bled of more than that, they fall and the heart races."""
    plant = rest(name)
    who = _patient(name, root)
    ml = 0.1 * patient_params(who.params, who.id, who.size)["blood_volume_ml"]
    before = _means(plant)
    plant.infuse(ml, 60.0)
    run(plant, 90)
    full = _means(plant)
    plant.inject("bleeding", {"ml_min": 1.2 * ml})
    run(plant, 100)
    plant.inject("bleeding", {"ml_min": 0.0})
    run(plant, 20)
    empty = _means(plant)

    for reading in ("cvp_mmhg", "lap_mmhg"):
        assert empty[reading] < before[reading] < full[reading], reading
    assert empty["cardiac_output_l_min"] < full["cardiac_output_l_min"]
    assert before["cardiac_output_l_min"] < full["cardiac_output_l_min"]
    assert empty["hr_bpm"] > full["hr_bpm"]
    assert plant.true("blood_lost_ml") > ml


@pytest.mark.parametrize("name", [n for n in PATIENTS if not n.startswith("cabg")])
def test_drugs_act_with_their_sign(rest: Callable[..., Plant], root: Path, name: str) -> None:
    """A pressor raises MAP, a vasodilator lowers it, adrenaline raises rate and output: doses go with the size of the body."""
    size = _patient(name, root).size
    seen = {}
    for drug in ("", "pressor", "vasodilator", "adrenaline"):
        plant = rest(name, 30.0)
        if drug:
            plant.give(drug, size)
        run(plant, 40)
        seen[drug] = _means(plant)

    assert seen["pressor"]["map_mmhg"] > seen[""]["map_mmhg"] + 3.0
    assert seen["vasodilator"]["map_mmhg"] < seen[""]["map_mmhg"] - 1.5
    assert seen["adrenaline"]["hr_bpm"] > seen[""]["hr_bpm"] + 1.0
    assert seen["adrenaline"]["cardiac_output_l_min"] > seen[""]["cardiac_output_l_min"]


@pytest.mark.parametrize("name", ALONE)
def test_arrest_compressions_and_a_shock(rest: Callable[..., Plant], name: str) -> None:
    """Fibrillation ends output within seconds, MAP falls below 35; compressions give some back; an early shock brings the beat back."""
    plant = rest(name)
    before = _means(plant)
    plant.inject("fibrillation", {})
    run(plant, 12)
    still = _means(plant, 3.0)
    plant.set("compressions", 1.0)
    run(plant, 20)
    pressed = _means(plant)
    plant.set("compressions", 0.0)
    plant.set("defibrillator", 1.0)
    run(plant, 90)
    back = _means(plant)

    assert still["cardiac_output_l_min"] < 0.15 * before["cardiac_output_l_min"]
    assert still["map_mmhg"] < 35.0
    assert plant.true("rhythm") == 0.0
    assert pressed["map_mmhg"] > still["map_mmhg"] + 3.0
    assert 0.1 * before["cardiac_output_l_min"] < pressed["cardiac_output_l_min"] < 0.75 * before["cardiac_output_l_min"]
    assert back["map_mmhg"] > 0.85 * before["map_mmhg"]
