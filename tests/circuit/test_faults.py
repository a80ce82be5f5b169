"""Every fault shows its own sign on the readings, through the circuit, and none sets a reading."""

from collections.abc import Callable

import pytest

from drill.circuit.faults import FAULTS
from drill.circuit.plant import Plant
from drill.errors import NameUnknownError, ValueRangeError

from .conftest import run

Readings = dict[str, float | None]
NAMES = ("flow_l_min", "pump_rpm", "p_ven_mmhg", "p_pre_mmhg", "dp_ox_mmhg", "battery_pct", "map_mmhg")


def _is(value: float | None) -> float:
    assert value is not None
    return value


SIGNS: dict[str, tuple[dict[str, float], float, Callable[[Readings, Readings, Plant], bool]]] = {
    "motor_fault": ({}, 8, lambda b, a, p: _is(a["pump_rpm"]) < 100 and _is(a["flow_l_min"]) < -0.3),
    "isolation_switch_off": ({}, 8, lambda b, a, p: a["flow_l_min"] is None and a["pump_rpm"] is None),
    "mains_lost": ({}, 60, lambda b, a, p: _is(a["battery_pct"]) < 100 and _is(a["flow_l_min"]) > 2.5),
    "battery_worn": ({"lost": 1.0}, 8, lambda b, a, p: a["battery_pct"] == 0 and _is(a["flow_l_min"]) > 2.5),
    "head_disengaged": ({}, 8, lambda b, a, p: _is(a["pump_rpm"]) > 2900 and _is(a["flow_l_min"]) < -0.3),
    "head_thrombosis": ({"clot": 0.6}, 8, lambda b, a, p: _is(a["flow_l_min"]) < _is(b["flow_l_min"]) - 0.3 and _is(a["pump_rpm"]) > 2900),
    "runaway": ({"rpm": 4500}, 8, lambda b, a, p: _is(a["pump_rpm"]) > 4000 and _is(a["p_ven_mmhg"]) < _is(b["p_ven_mmhg"]) - 30),
    "oxygenator_clot": (
        {"clot": 0.6},
        8,
        lambda b, a, p: _is(a["dp_ox_mmhg"]) > 2 * _is(b["dp_ox_mmhg"]) and _is(a["flow_l_min"]) < _is(b["flow_l_min"]) - 0.3,
    ),
    "air_injected": ({"ml": 30.0}, 12, lambda b, a, p: p.true("air_drawn_ml") > 29 and _is(a["flow_l_min"]) < _is(b["flow_l_min"]) - 0.5),
    "kink": (
        {"closed": 0.85},
        8,
        lambda b, a, p: _is(a["flow_l_min"]) < 0.8 * _is(b["flow_l_min"]) and _is(a["p_pre_mmhg"]) > _is(b["p_pre_mmhg"]) + 20,
    ),
    "connector_off": ({"open": 0.1}, 8, lambda b, a, p: p.true("blood_lost_ml") > 50 and _is(a["map_mmhg"]) < _is(b["map_mmhg"])),
    **dict.fromkeys(
        ("cap_off", "tap_left_open", "central_line_open", "side_holes_out"),
        ({}, 12, lambda b, a, p: p.true("air_drawn_ml") > 5 and _is(a["flow_l_min"]) < _is(b["flow_l_min"]) - 0.4),
    ),
}


def _read(plant: Plant) -> Readings:
    return {name: plant.shown(name) for name in NAMES}


@pytest.mark.parametrize("fault", [f for f in FAULTS if f in SIGNS])
def test_fault_shows_its_sign(make_plant: Callable[..., Plant], fault: str) -> None:
    """Injected into a steady run, the fault changes the readings as a bedside would see it."""
    parameters, seconds, sign = SIGNS[fault]
    plant = make_plant()
    run(plant, 30)
    before = _read(plant)
    plant.inject(fault, parameters)
    run(plant, seconds)

    assert sign(before, _read(plant), plant), (before, _read(plant))


def test_no_mains_and_no_battery_is_dark(make_plant: Callable[..., Plant]) -> None:
    """With the mains gone and the battery flat the console is dark; with the mains back it boots."""
    plant = make_plant()
    run(plant, 10)
    plant.inject("battery_worn", {"lost": 1.0})
    plant.inject("mains_lost", {})
    run(plant, 3)
    dark = plant.shown("flow_l_min")
    plant.set("mains_power", 1.0)
    run(plant, 12)

    assert dark is None
    assert plant.shown("flow_l_min") is not None


def test_disengaged_head_couples_again_only_when_slow(make_plant: Callable[..., Plant]) -> None:
    """Seated anew at speed the magnets do not take hold; with the knob at zero they do."""
    plant = make_plant()
    run(plant, 10)
    plant.inject("head_disengaged", {})
    run(plant, 3)
    plant.move_head("moving")
    plant.move_head("console")
    run(plant, 5)
    at_speed = plant.true("pump_rpm")
    plant.set("pump_rpm_set", 0.0)
    run(plant, 4)
    plant.move_head("moving")
    plant.move_head("console")
    plant.set("pump_rpm_set", 3000.0)
    run(plant, 4)

    assert at_speed < 300.0
    assert plant.true("pump_rpm") > 2900.0


def test_runaway_stops_only_without_power(make_plant: Callable[..., Plant]) -> None:
    """A running-away drive ignores its knob; cutting its power stops it."""
    plant = make_plant()
    run(plant, 10)
    plant.inject("runaway", {"rpm": 4500.0})
    plant.set("pump_rpm_set", 0.0)
    run(plant, 5)
    running = plant.true("pump_rpm")
    plant.set("console_power", 0.0)
    run(plant, 8)

    assert running > 4000.0
    assert plant.true("pump_rpm") < 300.0


def test_a_clotted_rotor_sticks(make_plant: Callable[..., Plant]) -> None:
    """A clot that grows ends with the rotor stuck, and a look at the head finds it."""
    plant = make_plant()
    run(plant, 10)
    plant.inject("head_thrombosis", {"clot": 0.5, "per_min": 2.0})
    run(plant, 25)

    assert plant.true("pump_rpm") < 300.0
    assert "clot" in plant.look("pump_head")


def test_faults_say_what_is_allowed(make_plant: Callable[..., Plant]) -> None:
    """An unknown parameter names the nearest; a value out of range names the range and changes nothing."""
    plant = make_plant(compiled=False)
    bits = plant.state_bits()

    with pytest.raises(NameUnknownError, match="clot"):
        plant.inject("oxygenator_clot", {"clto": 0.3})
    with pytest.raises(ValueRangeError, match=r"0 to 0\.95"):
        plant.inject("oxygenator_clot", {"clot": 4.0})

    assert plant.state_bits() == bits
