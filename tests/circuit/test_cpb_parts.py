"""What the heart-lung machine has beside its main line: purge, recirculation, heads, vacuum, cardioplegia, PRONTO loop, cross-clamp."""

from pathlib import Path

import pytest

from drill.circuit.plant import Plant, compile_kernel
from drill.scenarios.entries import load_machine

from .balance import balance, moved
from .conftest import advance_of, run
from .test_circuits import settled


def _slot(plant: Plant, name: str) -> float:
    return float(plant._x[plant._index[name]])


def _patient(root: Path, who: str = "cabg_on_bypass", circuit: str = "cpb_adult", **controls: float) -> Plant:
    machine, patient = load_machine(f"base/{circuit}", f"base/{who}", roots=[root / "scenario_packs"])
    plant = Plant(machine, patient, advance_of(compile_kernel(machine, patient)))
    for name, value in {"pump_rpm_set": 107.0, "sweep_l_min": 3.0, "vent_l_min": 0.0, **controls}.items():
        plant.set(name, value)
    return plant


def test_an_open_purge_steals_flow_and_lets_a_stopped_machine_run_back() -> None:
    """Open, the purge takes 200 to 400 mL/min to the reservoir; with the pump stopped it is the way back for the patient's blood."""
    plant = settled("cpb_adult")
    before = plant.true("flow_l_min")
    plant.set("tap_filter_purge", 1.0)
    run(plant, 3)
    purged, arterial = _slot(plant, "flow:filter_purge") * 0.06, plant.true("flow_l_min")
    plant.set("pump_rpm_set", 0.0)
    run(plant, 10)

    assert 0.2 < purged < 0.4
    assert arterial < before - 0.15
    assert -0.4 < plant.true("flow_l_min") < -0.05


def test_a_filter_holds_gas_until_it_is_full_and_gives_it_to_an_open_purge() -> None:
    """20 mL of air before the filter stay in it; with the purge open they leave, and none reaches the patient either way."""
    kept: dict[float, tuple[float, float]] = {}
    for purge in (0.0, 1.0):
        plant = settled("cpb_adult")
        plant.set("tap_filter_purge", purge)
        index = plant._index
        for k in range(3):
            plant._x[index[f"bulk:arterial_filter:{k}"]] = 0.4
        run(plant, 5)
        kept[purge] = (_slot(plant, "gas_in:arterial_filter"), plant.true("gas_to_patient_ml"))

    assert kept[0.0][0] > 8.0
    assert kept[1.0][0] < 0.3 * kept[0.0][0]
    assert kept[1.0][1] < 1.0


def test_recirculation_turns_over_with_the_patient_clamped_off() -> None:
    """Arterial line clamped, recirculation open: the roller turns the machine over at moderate pressure, the patient gets nothing."""
    plant = settled("cpb_adult")
    plant.set("pump_rpm_set", 30.0)
    plant.set("clamp_recirculation", 0.0)
    plant.set("clamp_return", 1.0)
    run(plant, 8)

    assert _slot(plant, "flow:recirculation_line") * 0.06 == pytest.approx(30 * 0.045, abs=0.05)
    assert abs(plant.true("flow_l_min")) < 0.05
    assert plant.true("p_pre_mmhg") < 400.0


@pytest.mark.parametrize(("control", "part", "stroke"), [("vent_rpm", "vent_pump", 12.9), ("suction_rpm", "suction_pump", 12.9)])
def test_a_head_moves_its_stroke(control: str, part: str, stroke: float) -> None:
    """25 turns of a 12.9 mL boot are 0.32 L/min (Rath 2026), forward; the other heads stand."""
    plant = settled("cpb_adult")
    plant.set(control, 25.0)
    run(plant, 4)

    assert _slot(plant, f"flow:{part}") * 0.06 == pytest.approx(25.0 * stroke / 1000.0, rel=0.03)
    for other in {"vent_pump", "suction_pump", "spare_pump", "cardioplegia_pump"} - {part}:
        assert abs(_slot(plant, f"flow:{other}")) < 0.01


def test_the_heads_stand_without_the_machines_power() -> None:
    """With the isolation switch off no head turns."""
    plant = settled("cpb_adult")
    plant.set("vent_rpm", 25.0)
    run(plant, 2)
    turning = _slot(plant, "rpm:vent_pump")
    plant.set("isolation_switch", 0.0)
    run(plant, 3)

    assert turning > 20.0
    assert _slot(plant, "rpm:vent_pump") < 1.0


def test_a_vent_turned_backwards_meets_its_valve() -> None:
    """A reversed vent head pumps nothing into the heart: the one-way valve is shut, pressure builds behind it."""
    plant = settled("cpb_adult")
    plant.inject("vent_reversed", {"rpm": -20.0})
    run(plant, 2)

    assert _slot(plant, "flow:vent_one_way") == 0.0
    assert plant.true("gas_to_patient_ml") == 0.0
    assert _slot(plant, "p:vent_joint") > 50.0


def test_a_clamped_vent_draws_air_through_its_relief() -> None:
    """With the heart end shut the vent's suction ends at its relief valve: air comes in, and the reservoir takes it out."""
    plant = settled("cpb_adult")
    plant._x[plant._index["kink:vent_cannula"]] = 1.0
    plant.set("vent_rpm", 40.0)
    run(plant, 8)

    assert -130.0 < _slot(plant, "p:vent_joint") < -70.0
    assert plant.true("air_drawn_ml") > 5.0
    assert plant.true("gas_in_oxygenator_ml") < 1.0


def test_vacuum_drains_more() -> None:
    """40 mmHg under the cover raise venous return; released, it goes back."""
    plant = settled("cpb_adult")
    free = _slot(plant, "flow:venous_line")
    plant.set("vacuum_mmhg", 40.0)
    run(plant, 5)
    assisted = _slot(plant, "flow:venous_line")
    plant.set("vacuum_mmhg", 0.0)
    run(plant, 6)

    assert assisted > free + 15.0
    assert _slot(plant, "flow:venous_line") < assisted - 10.0


def test_vacuum_takes_flow_from_a_centrifugal_pump() -> None:
    """The same speed against the same patient gives less arterial flow when the reservoir stands under vacuum."""
    plant = settled("cpb_centrifugal_adult")
    before = plant.true("flow_l_min")
    plant.set("vacuum_mmhg", 60.0)
    run(plant, 5)

    assert plant.true("flow_l_min") < before - 0.4


def test_the_bag_gives_clear_cold_fluid_and_air_when_it_is_empty() -> None:
    """From the bag the cardioplegia line fills with cold fluid without cells; an empty bag is a source of air."""
    plant = settled("cpb_adult")
    plant.set("clamp_plegia_blood", 1.0)
    plant.set("clamp_plegia_bag", 0.0)
    plant.set("cardioplegia_rpm", 60.0)
    run(plant, 40)
    hb, temp = _slot(plant, "hb:plegia_cannula:1"), _slot(plant, "heat:plegia_cannula:1")
    plant._x[plant._index["vol:bag_pool"]] = 25.0
    run(plant, 25)

    assert hb < 30.0
    assert temp < 14.0
    assert plant.true("air_drawn_ml") > 100.0


def test_pronto_a_second_oxygenator_takes_over_while_flow_goes_on() -> None:
    """Loop opened, gas hose moved, the first oxygenator clamped at both ends: flow stays, the second one gives the oxygen."""
    plant = settled("cpb_adult")
    plant.set("pump_rpm_set", 60.0)
    for control, value in {"clamp_pronto_in": 0.0, "clamp_pronto_out": 0.0}.items():
        plant.set(control, value)
    run(plant, 5)
    shared = _slot(plant, "flow:second_oxygenator")
    plant.set("gas_hose_second", 1.0)
    plant.set("clamp_ox_inlet", 1.0)
    plant.set("clamp_post_ox", 1.0)
    run(plant, 25)

    assert shared > 5.0
    assert abs(_slot(plant, "flow:oxygenator")) < 0.1
    assert plant.true("flow_l_min") == pytest.approx(60 * 0.045, abs=0.08)
    assert plant.true("sat_post_pct") > 97.0


def test_pronto_with_the_hose_left_on_the_old_one_is_dark() -> None:
    """The same change with the hose forgotten: blood leaves as it came."""
    plant = settled("cpb_adult")
    plant.set("pump_rpm_set", 60.0)
    for control in ("clamp_pronto_in", "clamp_pronto_out"):
        plant.set(control, 0.0)
    for control in ("clamp_ox_inlet", "clamp_post_ox"):
        plant.set(control, 1.0)
    plant._x[plant._index["gas_o2:second_oxygenator"]] = 0.06  # what stood in it is used up
    run(plant, 30)

    assert plant.true("sat_post_pct") < 85.0


@pytest.mark.slow
def test_cardioplegia_arrests_and_is_washed_out(root: Path) -> None:
    """Cross-clamped, about 280 mL/min into the root stop the heart within a minute or two; the clamp off, it beats again."""
    plant = _patient(root, aortic_clamp=1.0, cardioplegia_rpm=22.0)
    run(plant, 75)
    stopped = plant.true("hr_bpm"), plant.true("pulse_pressure_mmhg"), _slot(plant, "p:root")
    plant.set("cardioplegia_rpm", 0.0)
    plant.set("aortic_clamp", 0.0)
    run(plant, 110)

    assert stopped[0] == 0.0
    assert stopped[1] < 3.0
    assert 50.0 < stopped[2] < 110.0
    assert plant.true("hr_bpm") > 40.0
    assert plant.true("contractility") > 0.7


@pytest.mark.slow
def test_a_vent_keeps_the_arrested_ventricle_empty(root: Path) -> None:
    """Under the cross-clamp the left ventricle fills without a vent, and lies empty with one."""
    pressures = {}
    for rpm in (0.0, 20.0):
        plant = _patient(root, "cabg_arrested", aortic_clamp=1.0, vent_rpm=rpm)
        run(plant, 120)
        pressures[rpm] = _slot(plant, "p:lv")

    assert pressures[0.0] > pressures[20.0] + 8.0


@pytest.mark.slow
@pytest.mark.parametrize("circuit", ["cpb_adult", "cpb_centrifugal_adult"])
def test_everything_at_once_closes(root: Path, circuit: str) -> None:
    """Two minutes with all heads, bag, vacuum, purge, recirculation and PRONTO in use close to 1e-9."""
    rpm = 107.0 if circuit == "cpb_adult" else 3400.0
    plant = _patient(root, circuit=circuit, pump_rpm_set=rpm)
    plant.tick()
    before = balance(plant)
    for second, (control, value) in enumerate(
        {
            "aortic_clamp": 1.0, "clamp_plegia_blood": 1.0, "clamp_plegia_bag": 0.0, "cardioplegia_rpm": 40.0, "vent_rpm": 30.0,
            "suction_rpm": 60.0, "spare_rpm": -20.0, "vacuum_mmhg": 30.0, "clamp_pronto_in": 0.0,
            "clamp_pronto_out": 0.0, "clamp_pronto_recirculation": 0.8, "tap_drainage": 0.3, "clamp_recirculation": 0.7,
        }.items()
    ):  # fmt: skip
        plant.set(control, value)
        run(plant, 4 + second % 3)
    plant.inject("bleeding_into_field", {"ml_min": 300.0})
    run(plant, 30)

    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


@pytest.mark.soak
@pytest.mark.parametrize("circuit", ["vv_ecmo_adult", "va_ecmo_bridge", "cpb_centrifugal_adult"])
def test_an_hour_closes_on_the_other_circuits(root: Path, circuit: str) -> None:
    """An hour with the pump stopped and started, a clamp, fluids and cooling closes to 1e-9."""
    machine, patient = load_machine(f"base/{circuit}", "base/cardiogenic_shock_dependent", roots=[root / "scenario_packs"])
    plant = Plant(machine, patient, advance_of(compile_kernel(machine, patient)))
    plant.set("pump_rpm_set", 3000.0)
    plant.set("sweep_l_min", 3.0)
    plant.tick()
    before = balance(plant)
    plant.infuse(500.0, 300.0)
    plant.set("water_temp_c", 25.0)
    run(plant, 1800)
    plant.set("clamp_return", 1.0)
    plant.set("pump_rpm_set", 0.0)
    run(plant, 20)
    plant.set("pump_rpm_set", 3000.0)
    plant.set("clamp_return", 0.0)
    run(plant, 1780)

    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


def test_the_bubble_sensor_sits_where_the_circuit_says() -> None:
    """On this machine it watches the pump's outlet: a leak before the pump is seen there while the arterial line is still clear."""
    plant = settled("cpb_adult")
    plant.set("bubble_stop", 0.0)
    plant.set("vacuum_mmhg", 60.0)
    run(plant, 3)
    plant.inject("connector_off", {"open": 0.3}, "reservoir")
    run(plant, 3)
    seen = plant.true("bubble_ml")

    assert seen > 0.2
    assert plant.look("bubble_sensor") == ("gas",)
    assert "connector_off" in plant.look("line")
    assert sum(sum(cell) for cell in [plant.scene().lines["arterial_line"].gas_fractions]) < 1e-3


def test_a_walk_along_the_line_passes_by_suckers_and_pool() -> None:
    """Air in a sucker's line, or over a pool, is there by design: the line from pump to cannula is clear."""
    plant = settled("cpb_adult")
    plant.set("suction_rpm", 200.0)
    run(plant, 15)

    assert max(plant.scene().lines["suction_line"].gas_fractions) > 0.5
    assert plant.look("line")[0] == "clear"


def test_an_air_lock_holds_until_the_line_is_walked() -> None:
    """A slipped cannula fills the venous line with air: drainage comes back by walking it, not by closing the hole alone."""
    plant = settled("cpb_adult")
    plant.set("pump_rpm_set", 20.0)
    plant.inject("side_holes_out", {"out": 1.0})
    run(plant, 15)
    locked, seen = _slot(plant, "flow:venous_line"), plant.look("drainage_line")
    plant.set("cannula_out", 0.0)
    run(plant, 8)
    closed = _slot(plant, "flow:venous_line")
    plant.set("line_walked", 1.0)
    run(plant, 6)

    assert abs(locked) < 8.0
    assert "air" in seen
    assert abs(closed) < 10.0
    assert _slot(plant, "flow:venous_line") > 60.0
    assert plant.look("drainage_line") == ("closed",)
