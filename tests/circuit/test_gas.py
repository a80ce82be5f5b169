"""Gas as travelling millilitres: drawn in, held back, let out, delivered; nothing lost on the way."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drill.circuit.gas import gas_share, hold_back, without_gas
from drill.circuit.plant import Plant

from .balance import balance, moved
from .conftest import run


def test_an_open_tap_under_suction_draws_gas_that_costs_flow(make_plant: Callable[..., Plant]) -> None:
    """A tap open on the drainage side draws gas in, the head takes it, flow falls at the same rpm."""
    plant = make_plant()
    run(plant, 30)
    before = plant.true("flow_l_min")
    plant.set("tap_drainage", 0.3)
    run(plant, 15)

    assert plant.true("air_drawn_ml") > 3.0
    assert plant.true("gas_in_head_ml") > 1.0
    assert plant.true("flow_l_min") < before - 0.3
    assert plant.true("pump_rpm") == pytest.approx(3000.0, abs=5.0)


def test_gas_needs_time_to_travel(make_plant: Callable[..., Plant]) -> None:
    """Gas drawn in at the groin reaches the head only after the blood of the drainage line has passed."""
    plant = make_plant()
    run(plant, 30)
    plant.set("tap_drainage", 1.0)
    run(plant, 1.0)
    early = plant.true("gas_in_head_ml")
    run(plant, 5.0)

    assert plant.true("air_drawn_ml") > 1.0
    assert early < 0.05
    assert plant.true("gas_in_head_ml") > 20 * max(early, 0.01)


def test_a_tap_behind_the_oxygenator_bleeds(make_plant: Callable[..., Plant]) -> None:
    """A tap open where pressure is above the air's loses blood and draws nothing."""
    plant = make_plant()
    run(plant, 30)
    plant.set("tap_post_ox", 1.0)
    run(plant, 10)

    assert plant.true("blood_lost_ml") > 50.0
    assert plant.true("air_drawn_ml") == 0.0


def test_closing_the_source_and_venting_clears_the_circuit(make_plant: Callable[..., Plant]) -> None:
    """With the tap closed and the vent open the head primes itself again and flow comes back."""
    plant = make_plant()
    run(plant, 30)
    before = plant.true("flow_l_min")
    plant.set("tap_drainage", 0.3)
    run(plant, 20)
    plant.set("tap_drainage", 0.0)
    plant.set("vent_ox", 1.0)
    run(plant, 60)

    assert plant.true("gas_in_head_ml") < 0.3
    assert plant.true("flow_l_min") > before - 0.15


def test_a_tap_wide_open_locks_the_head_while_rpm_stays(make_plant: Callable[..., Plant]) -> None:
    """A tap wide open on the drainage side: the head slips in its gas and flow falls under 1 L/min although rpm stays."""
    plant = make_plant()
    run(plant, 30)
    plant.set("tap_drainage", 1.0)
    least = 9.0
    for _ in range(1500):
        plant.tick()
        least = min(least, plant.true("flow_l_min"))

    assert least < 1.0
    assert plant.true("pump_rpm") > 2900.0


def test_gas_closes_and_blood_with_it(make_plant: Callable[..., Plant]) -> None:
    """All gas drawn in is in the circuit, let out, or in the patient, to 1e-9; blood volume closes with it."""
    plant = make_plant()
    plant.tick()
    before = balance(plant)
    run(plant, 10)
    plant.set("tap_drainage", 0.4)
    run(plant, 40)
    plant.set("vent_ox", 1.0)
    run(plant, 20)
    plant.set("tap_drainage", 0.0)
    plant.set("tap_post_ox", 0.3)
    run(plant, 10)

    assert plant.true("air_drawn_ml") > 10.0
    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


def test_gas_behind_the_oxygenator_is_harm_and_the_detector_sees_its_place(make_plant: Callable[..., Plant]) -> None:
    """Air let in behind the lung of a stopped, opened circuit reaches the sensor's line and the patient when flow comes."""
    plant = make_plant(bubble_stop=0.0)
    run(plant, 30)
    plant.set("clamp_return", 1.0)
    plant.set("clamp_drainage", 1.0)
    plant.set("pump_rpm_set", 0.0)
    run(plant, 10)
    x, index = plant._x, plant._index
    for k in range(3):
        x[index[f"bulk:return_line:{k}"]] = 0.9
    plant.set("pump_rpm_set", 3000.0)
    plant.set("clamp_drainage", 0.0)
    run(plant, 2)
    plant.set("clamp_return", 0.0)
    seen = 0.0
    for _ in range(300):
        plant.tick()
        seen = max(seen, plant.true("bubble_ml"))

    assert seen > 0.5
    assert plant.true("gas_to_patient_ml") > 15.0


shares = st.floats(0, 0.9)


@given(shares, shares, shares, st.floats(0, 1), st.floats(0.001, 0.3))
@settings(max_examples=200)
def test_holding_gas_back_never_makes_volume(bulk: float, small: float, micro: float, kept: float, o2: float) -> None:
    """What leaves a trap is a whole mixture: gas and blood together make the same volume."""
    total = max(bulk + small + micro, 1.0) * 1.01
    what = {"bulk": bulk / total, "small": small / total, "micro": micro / total}
    blood = 1.0 - sum(what.values())
    mix = {**what, "o2": o2 * blood, "hb": 120.0 * blood}
    out = hold_back(mix, {"bulk": kept, "small": kept / 2})

    assert gas_share(out) <= gas_share(mix) + 1e-12
    assert out["hb"] / 120.0 + gas_share(out) == pytest.approx(1.0, rel=1e-9)
    share, clean = without_gas(mix)
    assert share == gas_share(mix)
    assert clean["hb"] == pytest.approx(120.0, rel=1e-9)


def test_a_bolus_takes_the_heads_grip_and_a_syringe_takes_the_bolus(make_plant: Callable[..., Plant]) -> None:
    """30 mL of air by the drainage tap all but stop the flow at the same rpm; drawn back before it moves, they cost nothing."""
    stays, drawn = make_plant(), make_plant()
    for plant in (stays, drawn):
        run(plant, 10)
        plant.set("clamp_drainage", 1.0)
        run(plant, 1)
        plant.inject("air_injected", {"ml": 15.0})
        run(plant, 3)
    drawn.syringe("drainage_tap", "draw", 30.0)
    run(drawn, 4)
    run(stays, 4)
    for plant in (stays, drawn):
        plant.set("clamp_drainage", 0.0)
        run(plant, 15)

    assert drawn.true("gas_in_head_ml") < 1.0
    assert drawn.true("flow_l_min") > stays.true("flow_l_min") + 0.5
    assert drawn.true("blood_lost_ml") == pytest.approx(15.0, abs=3.0)


def test_a_syringe_at_the_vent_empties_the_oxygenator_of_gas(make_plant: Callable[..., Plant]) -> None:
    """Gas that the lung holds is drawn off at its vent without opening it; prime pushed in by a tap dilutes; all is booked."""
    plant = make_plant()
    plant.tick()
    before = balance(plant)
    run(plant, 5)
    plant.inject("air_injected", {"ml": 8.0})
    run(plant, 40)
    held = plant.true("gas_in_oxygenator_ml")
    hb = plant.true("hb_g_l")
    plant.syringe("oxygenator", "draw", 20.0)
    plant.syringe("post_ox_tap", "prime", 60.0)
    run(plant, 60)

    assert held > 1.0
    assert plant.true("gas_in_oxygenator_ml") < 0.5 * held
    assert plant.true("hb_g_l") < hb - 0.3
    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


def test_a_syringe_books_next_to_no_gas_as_what_it_takes(make_plant: Callable[..., Plant]) -> None:
    """Of half a billionth of a millilitre only a part is drawn, and no more than that is booked as gone."""
    plant = make_plant()
    tap = next(part for part in plant._model.circuit.parts if part.id == "drainage_tap")
    run(plant, 1)
    plant._x[plant._index[f"small:{tap.inlet}"]] = 5e-10 / plant.number(f"vol:{tap.inlet}")
    before = balance(plant)
    plant.syringe("drainage_tap", "draw", 10.0)
    plant.tick()

    assert plant.number("port:gas_out_ml") > 0.0
    assert abs(balance(plant)["gas"] - before["gas"]) < 1e-13


def test_gas_crosses_only_where_it_stands_above_the_blood(make_plant: Callable[..., Plant]) -> None:
    """Torn fibres give no gas while blood stands above it; with the exhaust blocked they do, behind the lung, to the patient."""
    plant = make_plant()
    run(plant, 5)
    plant.inject("membrane_torn", {"ml_min_mmhg": 20.0})
    run(plant, 10)
    before = plant.true("air_drawn_ml")
    plant.set("gas_exhaust", 1.0)
    run(plant, 15)

    assert before == 0.0
    assert plant.true("air_drawn_ml") > 20.0
    assert plant.true("gas_to_patient_ml") > 5.0


def test_a_plasma_tight_lung_lets_no_gas_through(make_plant: Callable[..., Plant]) -> None:
    """The stock ECMO oxygenator is plasma-tight: a blocked exhaust ends its gas exchange and no gas crosses."""
    plant = make_plant(gas_exhaust=1.0)
    run(plant, 20)

    assert plant.true("gas_pressure_mmhg") > 200.0
    assert plant.true("air_drawn_ml") == 0.0


def test_too_much_suction_draws_bubbles_out_of_the_blood(make_plant: Callable[..., Plant]) -> None:
    """With the drainage all but clamped at speed the inlet is far below -150 mmHg, and small bubbles come up; not at -60."""
    plant = make_plant(pump_rpm_set=4000.0)
    run(plant, 10)
    usual = plant.true("air_drawn_ml")
    plant.set("clamp_drainage", 0.9)
    run(plant, 20)

    assert usual == 0.0
    assert plant.true("p_ven_mmhg") < -250.0
    assert plant.true("air_drawn_ml") > 1.0


def test_a_leak_is_seen_where_it_is_and_shut_by_a_hand(make_plant: Callable[..., Plant]) -> None:
    """Each leak of the drainage side shows at its own place and nowhere else; closed by a hand it is seen closed."""
    seen = {"drainage_line": ("closed",), "cannula_site": ("seated",), "central_line": ("capped",)}
    for fault, look, finding, control in (
        ("tap_left_open", "drainage_line", "tap_open", "tap_drainage"),
        ("cap_off", "drainage_line", "cap_off", "port_drainage"),
        ("side_holes_out", "cannula_site", "side_holes_out", "cannula_out"),
        ("central_line_open", "central_line", "lumen_open", "central_line"),
    ):
        plant = make_plant()
        plant.inject(fault, {})
        assert {place: plant.look(place) for place in seen} == {**seen, look: (finding,)}
        plant.set(control, 0.0)
        assert {place: plant.look(place) for place in seen} == seen


def test_a_look_at_the_bubble_sensor_tells_gas_from_a_loose_sensor(make_plant: Callable[..., Plant]) -> None:
    """A clear line is clear; a sensor without contact is loose beside a clear line; gas behind the lung is gas."""
    plant = make_plant(bubble_stop=0.0)
    run(plant, 1)
    clear = plant.look("bubble_sensor")
    plant.inject("sensor_lost", {}, "bubble_ml")
    loose = plant.look("bubble_sensor")
    plant.inject("air_injected", {"ml": 20.0}, "post_ox_tap")
    run(plant, 1.5)

    assert (clear, loose) == (("clear",), ("clear", "sensor_loose"))
    assert plant.look("bubble_sensor") == ("gas", "sensor_loose")
