"""Cut, join, replace, kink, burst: the graph stays, the consequences follow."""

from collections.abc import Callable

import pytest

from drill.circuit.compiler import Bench
from drill.circuit.plant import Plant
from drill.errors import CircuitError, NameUnknownError, ValueRangeError

from .balance import balance, moved
from .conftest import run

BENCH = Bench(70.0, 8.0)
CHANGE_CLAMPS = ("clamp_return", "clamp_drainage", "clamp_pump_outlet", "clamp_post_ox")


def _clamped(plant: Plant) -> None:
    for clamp in CHANGE_CLAMPS:
        plant.set(clamp, 1.0)
    plant.set("pump_rpm_set", 0.0)
    run(plant, 3)


def test_a_cut_between_clamps_loses_little_and_one_without_bleeds(make_plant: Callable[..., Plant]) -> None:
    """Cut out between two clamps the oxygenator costs a few mL; with the lines open the circuit empties onto the floor."""
    lost = {}
    for clamped in (True, False):
        plant = make_plant(bench=BENCH)
        run(plant, 8)
        if clamped:
            _clamped(plant)
        plant.cut("oxygenator")
        run(plant, 5)
        lost[clamped] = plant.true("blood_lost_ml")

    assert lost[True] < 60.0
    assert lost[False] > 300.0


@pytest.mark.parametrize("gas_ml", [0.0, 30.0])
def test_a_changed_oxygenator_carries_on_and_brings_what_was_left_in_it(make_plant: Callable[..., Plant], gas_ml: float) -> None:
    """After the change flow and pressure drop are those of a clean lung; clot is gone, gas left in it is in the circuit."""
    plant = make_plant(bench=BENCH)
    run(plant, 8)
    clean = plant.true("dp_ox_mmhg")
    plant.inject("oxygenator_clot", {"clot": 0.7})
    run(plant, 5)
    clotted = plant.true("dp_ox_mmhg")
    _clamped(plant)
    before = balance(plant)
    plant.cut("oxygenator")
    plant.replace("oxygenator", gas_ml=gas_ml)
    plant.join("oxygenator")
    for clamp in CHANGE_CLAMPS:
        plant.set(clamp, 0.0)
    plant.set("pump_rpm_set", 3000.0)
    run(plant, 10)

    assert clotted > 2.0 * clean
    assert plant.true("dp_ox_mmhg") == pytest.approx(clean, rel=0.12)
    assert plant.true("flow_l_min") > 2.5
    assert (plant.true("gas_in_oxygenator_ml") + plant.true("gas_to_patient_ml") > 20.0) is (gas_ml > 0)
    assert moved(plant, before)["gas"] < 1e-9


def test_a_change_closes_all_balances(make_plant: Callable[..., Plant]) -> None:
    """With a patient on it, what the old lung took away and the new one brought is booked: all balances close to 1e-9."""
    plant = make_plant()
    run(plant, 5)
    before = balance(plant)
    _clamped(plant)
    plant.cut("oxygenator")
    run(plant, 2)
    plant.replace("oxygenator", gas_ml=12.0)
    plant.join("oxygenator")
    for clamp in CHANGE_CLAMPS:
        plant.set(clamp, 0.0)
    plant.set("pump_rpm_set", 3000.0)
    run(plant, 10)

    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


def test_a_kink_is_told_by_the_pressures_on_both_sides(make_plant: Callable[..., Plant]) -> None:
    """A kink in the return line: less flow, P pre and P post up, suction eased; in the drainage line: suction deepens."""
    found = {}
    for part in (None, "return_line", "drainage_line"):
        plant = make_plant(bench=BENCH)
        if part:
            plant.inject("kink", {"closed": 0.85}, part=part)
        run(plant, 8)
        found[part] = {n: plant.true(n) for n in ("flow_l_min", "p_ven_mmhg", "p_post_mmhg")}

    assert found["return_line"]["flow_l_min"] < 0.8 * found[None]["flow_l_min"]
    assert found["return_line"]["p_post_mmhg"] > found[None]["p_post_mmhg"] + 30.0
    assert found["return_line"]["p_ven_mmhg"] > found[None]["p_ven_mmhg"] + 10.0
    assert found["drainage_line"]["p_ven_mmhg"] < found[None]["p_ven_mmhg"] - 30.0
    assert found["drainage_line"]["p_post_mmhg"] < found[None]["p_post_mmhg"] - 30.0


def test_a_connector_off_draws_air_before_the_pump_and_bleeds_behind_it(make_plant: Callable[..., Plant]) -> None:
    """The same fault is gas under suction and blood under pressure: its place decides."""
    suction, pressure = make_plant(bench=BENCH), make_plant(bench=BENCH)
    for plant, part in ((suction, "drainage_cannula"), (pressure, "pump")):
        run(plant, 8)
        plant.inject("connector_off", {"open": 0.15}, part=part)
        run(plant, 2)

    assert suction.true("air_drawn_ml") > 5.0
    assert suction.true("blood_lost_ml") < 1.0
    assert pressure.true("blood_lost_ml") > 20.0
    assert pressure.true("air_drawn_ml") < 1.0


def test_a_fault_names_the_parts_that_it_fits(make_plant: Callable[..., Plant]) -> None:
    """A fault in a part of another kind says which parts it fits; an unknown part names the nearest."""
    plant = make_plant(bench=BENCH, compiled=False)

    with pytest.raises(CircuitError, match="fits oxygenator"):
        plant.inject("wet_out", {}, part="pump")
    with pytest.raises(NameUnknownError, match="return_line"):
        plant.inject("kink", {}, part="retrun_line")


def test_what_cannot_be_done_says_so(make_plant: Callable[..., Plant]) -> None:
    """A fresh part goes only where one was cut out, holds no more gas than its volume; an opening has no two ends."""
    plant = make_plant(bench=BENCH, compiled=False)

    with pytest.raises(CircuitError, match="cut it out first"):
        plant.replace("oxygenator")
    with pytest.raises(CircuitError, match="opening"):
        plant.cut("drainage_tap")
    plant.cut("oxygenator")
    with pytest.raises(ValueRangeError, match="250"):
        plant.replace("oxygenator", gas_ml=900.0)
