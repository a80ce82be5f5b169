"""Gas, heat and metabolism gone wrong: every fault shows its own sign on the readings, through the circuit."""

from collections.abc import Callable

import pytest

from drill.circuit.plant import Plant

from .conftest import run

pytestmark = pytest.mark.slow

NAMES = (
    "sweep_l_min", "fdo2_pct", "gas_supply_alarm", "cylinder_l", "gas_pressure_mmhg", "po2_post_mmhg", "sat_post_pct", "pco2_post_mmhg",
    "dp_ox_mmhg", "flow_l_min", "hb_g_l", "blood_volume_ml", "water_temp_c", "temp_blood_out_c", "temp_core_c", "svo2_pct", "act_s",
    "etco2_mmhg", "paco2_mmhg", "air_drawn_ml", "gas_to_patient_ml",
)  # fmt: skip
Readings = dict[str, float]
Sign = Callable[[Readings, Readings, Readings], bool]
SIGNS: dict[str, tuple[dict[str, float], dict[str, float], int, Sign]] = {  # parameters, controls, seconds, (before, after, shown after)
    "wet_out": (
        {"water": 0.7},
        {},
        40,
        lambda b, a, s: a["pco2_post_mmhg"] > b["pco2_post_mmhg"] + 3 and a["po2_post_mmhg"] < b["po2_post_mmhg"] - 100,
    ),
    "plasma_leak": (
        {"ml_min": 150.0},
        {},
        120,
        lambda b, a, s: (
            a["blood_volume_ml"] < b["blood_volume_ml"] - 100
            and a["hb_g_l"] > b["hb_g_l"] + 1
            and a["po2_post_mmhg"] < b["po2_post_mmhg"] - 50
        ),
    ),
    "wall_oxygen_lost": (
        {},
        {},
        40,
        lambda b, a, s: s["fdo2_pct"] < 25 and s["gas_supply_alarm"] == 1 and a["po2_post_mmhg"] < 120 and s["sweep_l_min"] == 4.0,
    ),
    "wall_air_lost": (
        {},
        {"fdo2_pct": 50.0},
        40,
        lambda b, a, s: s["fdo2_pct"] == 100 and s["gas_supply_alarm"] == 1 and a["po2_post_mmhg"] > b["po2_post_mmhg"] + 50,
    ),
    "blender_wrong": ({"error_pct": -60.0}, {}, 40, lambda b, a, s: s["fdo2_pct"] < 45 and a["po2_post_mmhg"] < b["po2_post_mmhg"] - 100),
    "flowmeter_wrong": (
        {"factor": 0.3},
        {},
        60,
        lambda b, a, s: s["sweep_l_min"] == 4.0 and a["sweep_l_min"] < 1.3 and a["pco2_post_mmhg"] > b["pco2_post_mmhg"] + 3,
    ),
    "membrane_torn": (
        {"ml_min_mmhg": 40.0},
        {"gas_exhaust": 0.999},
        20,
        lambda b, a, s: b["air_drawn_ml"] == 0 and a["air_drawn_ml"] > 5 and a["gas_to_patient_ml"] > 1,
    ),
    "gas_hose_off": ({}, {}, 120, lambda b, a, s: s["sweep_l_min"] == 4.0 and a["sweep_l_min"] < 0.05 and a["sat_post_pct"] < 90),
    "vaporiser_cap_off": (
        {},
        {},
        60,
        lambda b, a, s: s["sweep_l_min"] == 4.0 and a["sweep_l_min"] < 0.5 and a["pco2_post_mmhg"] > b["pco2_post_mmhg"] + 4,
    ),
    "cylinder_runs_out": (
        {"left_l": 2.0},
        {},
        150,
        lambda b, a, s: s["cylinder_l"] == 0 and s["sweep_l_min"] == 0 and a["sat_post_pct"] < 95,
    ),
    "scavenger_too_strong": ({"suction_mmhg": 120.0}, {}, 20, lambda b, a, s: b["gas_pressure_mmhg"] >= 0 and a["gas_pressure_mmhg"] < -99),
    "exhaust_blocked": (
        {},
        {},
        60,
        lambda b, a, s: b["gas_pressure_mmhg"] < 5 and a["gas_pressure_mmhg"] > 200 and a["pco2_post_mmhg"] > b["pco2_post_mmhg"] + 4,
    ),
    "heater_cooler_off": (
        {},
        {},
        600,
        lambda b, a, s: a["temp_blood_out_c"] < b["temp_blood_out_c"] - 0.3 and a["temp_core_c"] < b["temp_core_c"] - 0.2,
    ),
    "heater_cooler_stuck": (
        {"temp_c": 42.0},
        {},
        600,
        lambda b, a, s: (
            s["water_temp_c"] > 39 and a["temp_blood_out_c"] > b["temp_blood_out_c"] + 1 and a["temp_core_c"] > b["temp_core_c"] + 0.3
        ),
    ),
    "hypermetabolism": (
        {"factor": 2.0},
        {},
        180,
        lambda b, a, s: a["svo2_pct"] < b["svo2_pct"] - 10 and a["pco2_post_mmhg"] > b["pco2_post_mmhg"] + 3,
    ),
    "heparin_stopped": ({}, {}, 1200, lambda b, a, s: a["act_s"] < b["act_s"] - 5),
    "ventilator_off": (
        {},
        {},
        240,
        lambda b, a, s: s["etco2_mmhg"] == 0 and b["paco2_mmhg"] < b["pco2_post_mmhg"] + 3 and a["paco2_mmhg"] > a["pco2_post_mmhg"] + 3,
    ),
}


def _true(plant: Plant) -> Readings:
    return {name: plant.true(name) for name in NAMES}


def _shown(plant: Plant) -> Readings:
    return {name: value for name in NAMES if name in SHOWN_HERE and (value := plant.shown(name)) is not None}


SHOWN_HERE = frozenset({"sweep_l_min", "fdo2_pct", "gas_supply_alarm", "cylinder_l", "water_temp_c", "temp_core_c", "etco2_mmhg"})


@pytest.mark.parametrize("fault", SIGNS)
def test_fault_shows_its_sign(make_plant: Callable[..., Plant], fault: str) -> None:
    """Injected into a steady run, the fault changes what the bedside shows and what the blood is."""
    parameters, controls, seconds, sign = SIGNS[fault]
    plant = make_plant(**controls)
    run(plant, 60)
    before = _true(plant)
    plant.inject(fault, parameters)
    run(plant, seconds)

    after, shown = _true(plant), _shown(plant)
    assert sign(before, after, shown), f"{before}\n{after}\n{shown}"


def test_cylinder_of_400_l_lasts_100_min_at_4_l_min(make_plant: Callable[..., Plant]) -> None:
    """What leaves the cylinder is what passes the flowmeter: 40 L in ten minutes at 4 L/min, so 400 L last 100 min."""
    plant = make_plant(gas_source=1.0)
    plant.tick()
    full = plant.true("cylinder_l")
    run(plant, 600)

    assert full == pytest.approx(400.0, abs=0.01)
    assert full - plant.true("cylinder_l") == pytest.approx(40.0, rel=1e-6)


def test_the_vaporiser_takes_tone_and_is_washed_out_again(make_plant: Callable[..., Plant]) -> None:
    """1.5 % for five minutes reach the blood and lower MAP; with the cap off none of it arrives; at zero it leaves."""
    found = {}
    for settings in ({"vaporiser_pct": 0.0}, {"vaporiser_pct": 1.5}, {"vaporiser_pct": 1.5, "vaporiser_cap": 0.0}):
        plant = make_plant(**settings)
        run(plant, 300)
        found[tuple(settings.values())] = (plant.true("agent_blood_pct"), plant.true("map_mmhg"), plant.shown("agent_exhaust_pct"))
    on = make_plant(vaporiser_pct=1.5)
    run(on, 300)
    on.set("vaporiser_pct", 0.0)
    run(on, 400)

    assert found[1.5,][0] > 1.2
    assert found[1.5,][1] < found[0.0,][1] - 3.0
    assert found[1.5,][2] == pytest.approx(1.5, abs=0.1)
    assert found[1.5, 0.0][0] < 0.05
    assert on.true("agent_blood_pct") < 0.3


def test_a_wall_hose_off_is_a_wall_gas_lost(make_plant: Callable[..., Plant]) -> None:
    """With the oxygen hose off its socket the blender passes air and sounds its alarm; a look along the gas line finds it."""
    plant = make_plant(hose_wall_o2=0.0)
    run(plant, 10)

    assert plant.shown("fdo2_pct") == 21
    assert plant.shown("gas_supply_alarm") == 1
    assert "wall_hose_off" in plant.look("gas_line")


def test_sigh_clears_water(make_plant: Callable[..., Plant]) -> None:
    """Ten seconds at 10 L/min bring a wet oxygenator back; the same time at 4 L/min does not."""
    after: dict[float, float] = {}
    for sweep in (4.0, 10.0):
        plant = make_plant()
        run(plant, 60)
        plant.inject("wet_out", {"water": 0.7})
        run(plant, 30)
        plant.set("sweep_l_min", sweep)
        run(plant, 10)
        plant.set("sweep_l_min", 4.0)
        run(plant, 40)
        after[sweep] = plant.true("po2_post_mmhg")

    assert after[10.0] > after[4.0] + 100


def test_what_is_put_right_comes_back(make_plant: Callable[..., Plant]) -> None:
    """Hose on, cap on, exhaust open: gas reaches the fibres again and the blood leaves bright."""
    for control, wrong, right in (("gas_hose", 0.0, 1.0), ("vaporiser_cap", 0.0, 1.0), ("gas_exhaust", 1.0, 0.0)):
        plant = make_plant(**{control: wrong})
        run(plant, 60)
        spoilt = plant.true("sweep_l_min")
        plant.set(control, right)
        run(plant, 60)

        assert spoilt < 0.5
        assert plant.true("sweep_l_min") == pytest.approx(4.0, rel=1e-3)
        assert plant.true("sat_post_pct") > 98
        assert plant.true("gas_pressure_mmhg") < 5


def test_looks_find_what_is_wrong_with_gas(make_plant: Callable[..., Plant]) -> None:
    """A look along the gas line and at the exhaust finds hose, cap, cylinder, water and foam, and nothing where all is well."""
    plant = make_plant()
    run(plant, 2)
    assert plant.look("gas_line") == ("whole",)
    assert plant.look("oxygenator_exhaust") == ("dry",)
    for fault in ("gas_hose_off", "vaporiser_cap_off", "exhaust_blocked", "wet_out"):
        plant.inject(fault, {})
    plant.inject("cylinder_runs_out", {"left_l": 0.0})
    run(plant, 1)

    assert plant.look("gas_line") == ("hose_off", "cap_off", "cylinder_empty")
    assert plant.look("oxygenator_exhaust") == ("blocked", "water")
    assert plant.look("sweep_flowmeter") == ("off",)
    plant.inject("plasma_leak", {})
    assert "foam" in plant.look("oxygenator_exhaust")


def test_crossover_sounds_only_on_the_wall(make_plant: Callable[..., Plant]) -> None:
    """The blender's alarm is the machine's own: it sounds when one wall gas is missing, and ends on a cylinder."""
    plant = make_plant()
    run(plant, 3)
    quiet = {alarm.id for alarm in plant.alarms()}
    plant.inject("wall_oxygen_lost", {})
    run(plant, 3)
    loud = {alarm.id for alarm in plant.alarms()}
    plant.set("gas_source", 1.0)
    run(plant, 5)

    assert "gas_supply" not in quiet
    assert "gas_supply" in loud
    assert "gas_supply" not in plant.active_alarms()
    assert plant.shown("fdo2_pct") is not None
    assert plant.true("fdo2_pct") == 100.0
