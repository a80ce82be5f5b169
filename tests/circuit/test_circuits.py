"""Every shipped circuit, through the circuit: steady state, pump stop, each clamp, each component swapped by name.

On a bench with imposed pressures, so that the answers are exact; each circuit settles once and its state is taken up by every test.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from drill.circuit.compiler import Bench
from drill.circuit.faults import FAULTS
from drill.circuit.plant import Plant
from drill.circuit.spec import CircuitSpec, PartSpec
from drill.errors import CircuitError
from drill.scenarios.entries import load_machine

from .conftest import run

ROOT = Path(__file__).resolve().parent.parent.parent
CASES = ROOT / "tests" / "cases"
CIRCUITS = {  # rpm, CVP of the bench, flow in L/min (low, high), flow 8 s after the pump stops with open lines (low, high)
    "va_ecmo_adult": (3000.0, 8.0, (2.5, 3.2), (-1.8, -1.0)),
    "va_ecmo_bridge": (3000.0, 8.0, (2.5, 3.2), (-1.8, -1.0)),
    "va_ecmo_clamp": (3000.0, 8.0, (2.5, 3.2), (-1.8, -1.0)),
    "va_ecmo_shunt": (3000.0, 8.0, (2.5, 3.2), (-1.8, -1.0)),
    "vv_ecmo_shunt": (3000.0, 8.0, (3.9, 4.4), (-0.15, 0.15)),
    "vv_ecmo_adult": (3000.0, 8.0, (3.9, 4.4), (-0.15, 0.15)),
    "cpb_adult": (100.0, 4.0, (4.45, 4.52), (-0.01, 0.01)),
    "cpb_bubble_alarm": (100.0, 4.0, (4.45, 4.52), (-0.01, 0.01)),
    "cpb_centrifugal_adult": (3000.0, 4.0, (3.0, 4.8), (-3.6, -2.0)),
    "cpb_pronto_adult": (100.0, 4.0, (4.45, 4.52), (-0.01, 0.01)),
}
ROLLERS = {"cpb_adult", "cpb_bubble_alarm", "cpb_pronto_adult"}
BRANCHES = {"cpb_pronto_adult": "pronto"}  # circuits that differ from one above by a branch alone: its clamps are tried, and no fault twice
MAP_MMHG = 70.0


@cache
def machine(name: str) -> CircuitSpec:
    """A shipped circuit."""
    return load_machine(f"base/{name}", "base/cardiogenic_shock_dependent", roots=[ROOT / "scenario_packs"])[0]


@cache
def devices() -> dict[str, dict[str, Any]]:
    """The stock devices by id."""
    files = sorted((ROOT / "scenario_packs/base/devices").glob("*.yaml"))
    return {d["id"]: d for f in files for d in yaml.safe_load(f.read_text(encoding="utf-8"))["devices"]}


def bench(name: str, spec: CircuitSpec | None = None) -> Plant:
    """A circuit on its bench with the pump at its usual speed."""
    rpm, cvp, _, _ = CIRCUITS[name]
    plant = Plant(spec or machine(name), Bench(MAP_MMHG, cvp, 106.0))
    plant.set("pump_rpm_set", rpm)
    plant.set("sweep_l_min", 3.0)
    for interlock in ("backflow_stop", "pressure_stop", "level_stop", "runaway_stop"):
        plant.set(interlock, 0.0)  # what the bare machine does; the interlocks have tests of their own
    plant.set("tap_filter_purge", 0.0)  # the purge steals flow as pressure rises: it has its own tests
    return plant


@cache
def _settled(name: str) -> dict[str, object]:
    plant = bench(name)
    run(plant, 20)
    return plant.save()


def settled(name: str) -> Plant:
    """A circuit as it stands after twenty seconds: the flow is steady, and what it carries has gone round the oxygenator."""
    plant = bench(name)
    plant.load(_settled(name))
    return plant


@pytest.fixture(params=CIRCUITS)
def name(request: pytest.FixtureRequest) -> str:
    """Each shipped circuit."""
    return str(request.param)


def test_each_stock_circuit_is_tried_here() -> None:
    """A circuit that is added to the base pack is added to these tests."""
    assert {p.stem for p in (ROOT / "scenario_packs/base/circuits").glob("*.yaml")} == set(CIRCUITS)


def _rows() -> Iterator[tuple[str, int]]:
    for case in ("vv_bench",):
        for rpm in yaml.safe_load((CASES / f"{case}.yaml").read_text(encoding="utf-8"))["rows"]:
            yield case, rpm


@pytest.mark.parametrize(("case", "rpm"), list(_rows()))
def test_worked_steady_states(case: str, rpm: int) -> None:
    """At each speed of a case file, the bench settles at its answers."""
    told = yaml.safe_load((CASES / f"{case}.yaml").read_text(encoding="utf-8"))
    plant = Plant(machine(told["circuit"].partition("/")[2]), Bench(**{k: float(v) for k, v in told["bench"].items()}))
    plant.set("pump_rpm_set", float(rpm))
    for control, value in told["controls"].items():
        plant.set(control, float(value))
    run(plant, 8)

    for reading, wanted in zip(told["columns"], told["rows"][rpm], strict=True):
        margin = told["tolerance"]["flow_l_min" if reading == "flow_l_min" else "mmhg"]
        assert plant.true(reading) == pytest.approx(wanted, rel=told["tolerance"]["relative"], abs=margin), reading


def test_steady_state(name: str) -> None:
    """Flow lies where it should, pressure falls along the machine, nothing is lost and no gas is anywhere."""
    plant = settled(name)
    low, high = CIRCUITS[name][2]

    assert low < plant.true("flow_l_min") < high
    assert plant.true("p_ven_mmhg") < 0.0 < plant.true("p_post_mmhg") < plant.true("p_pre_mmhg")
    assert 5.0 < plant.true("dp_ox_mmhg") < 80.0
    assert plant.true("blood_lost_ml") == pytest.approx(0.0, abs=1e-6)
    assert plant.true("gas_to_patient_ml") == 0.0


def test_stopped_with_open_lines(name: str) -> None:
    """A stopped centrifugal pump runs backwards where artery and vein differ (VA, CPB), not on VV; an occluded roller never."""
    plant = settled(name)
    plant.set("pump_rpm_set", 0.0)
    run(plant, 8)  # until the tubing has given back what it held under pressure
    low, high = CIRCUITS[name][3]

    assert low < plant.true("flow_l_min") < high


def _clamps() -> Iterator[tuple[str, str]]:
    for name in CIRCUITS:
        for control in dict.fromkeys(c for part in machine(name).parts for c in part.clamps if BRANCHES.get(name, "") in c):
            yield name, control


BEFORE_PUMP, BEHIND_OX = {"clamp_drainage"}, {"clamp_return", "clamp_post_ox"}
BEFORE_OX = {"clamp_pump_outlet", "clamp_ox_inlet"}


@pytest.mark.parametrize(("name", "control"), list(_clamps()))
def test_each_clamp(name: str, control: str) -> None:
    """A clamp in the main line ends flow and shows where it is; one on a side branch changes what that branch does."""
    plant = settled(name)
    before = {r: plant.true(r) for r in ("flow_l_min", "p_ven_mmhg", "p_pre_mmhg", "p_post_mmhg")}
    was = plant.control(control)
    branch = next(p for p in machine(name).parts if control in p.clamps)
    if control in {"clamp_vent", "clamp_cardioplegia", "clamp_plegia_blood"}:
        plant.set({"clamp_vent": "vent_rpm"}.get(control, "cardioplegia_rpm"), 20.0)
        run(plant, 3)
    if control == "clamp_plegia_bag":
        plant.set("clamp_plegia_blood", 1.0)
        plant.set("cardioplegia_rpm", 20.0)
        run(plant, 1)
    if "pronto" in control:
        plant.set("clamp_pronto_out" if control == "clamp_pronto_in" else "clamp_pronto_in", 0.0)
    passed = _flow(plant, branch.id)
    plant.set(control, 1.0 - was)
    run(plant, 1.5 if name in ROLLERS and control != "clamp_plegia_bag" else 5.0)  # a roller bursts something before long
    flow, ven, pre, post = (plant.true(r) - before[r] for r in before)

    if was > 0.5:  # closed in normal running: opened, the branch carries blood
        assert abs(_flow(plant, branch.id)) > abs(passed) + 2.0
    elif control in BEFORE_PUMP and "cpb" in name:  # the pool goes on feeding the pump
        assert plant.true("flow_l_min") > 0.9 * before["flow_l_min"]
        assert abs(_flow(plant, "venous_line")) < 0.05
    elif control in BEFORE_PUMP:
        assert plant.true("flow_l_min") < 0.05
        assert ven < -60.0
    elif control in BEHIND_OX | BEFORE_OX:
        assert flow < -2.0
        assert pre > 20.0 if control != "clamp_pump_outlet" else pre < 0.0
        upstream_of_post = control in BEFORE_OX or (control == "clamp_post_ox" and "cpb" in name)
        assert post < 0.0 if upstream_of_post else post > 20.0
        run(plant, 1.5 if name in ROLLERS else 0.0)  # the lines behind it swing for a second or two
        assert abs(plant.true("flow_l_min")) < 0.2
    else:
        assert abs(_flow(plant, branch.id)) < 0.1 * abs(passed) + 0.05


def _flow(plant: Plant, part: str) -> float:
    """Return the flow through a part, mL/s."""
    return float(plant._x[plant._index[f"flow:{part}"]])


def swapped(spec: CircuitSpec, part: str, device: str) -> CircuitSpec:
    """Put a stock device in the place of a part's own, as an educator does by its name."""
    entry = devices()[device]

    def change(p: PartSpec) -> PartSpec:
        kept = {k: v for k, v in p.params.items() if k == "length_m"}
        return replace(p, kind=entry["kind"], params={**{k: float(v) for k, v in entry["params"].items()}, **kept}) if p.id == part else p

    return replace(spec, parts=tuple(change(p) for p in spec.parts))


Sign = Callable[[float, float], bool]
UP: Sign = lambda before, after: after > before + 0.02 * abs(before)  # noqa: E731
DOWN: Sign = lambda before, after: after < before - 0.02 * abs(before)  # noqa: E731
SAME: Sign = lambda before, after: abs(after - before) < 0.02 * abs(before) + 0.02  # noqa: E731
SWAPS = [  # circuit, part, device, reading, sign, reading, sign
    ("va_ecmo_adult", "return_cannula", "return_21fr", "flow_l_min", UP, "p_post_mmhg", DOWN),
    ("va_ecmo_adult", "return_cannula", "return_15fr", "flow_l_min", DOWN, "p_post_mmhg", UP),
    ("va_ecmo_adult", "drainage_cannula", "drain_23fr", "flow_l_min", DOWN, "p_ven_mmhg", DOWN),
    ("va_ecmo_adult", "pump", "centrimag_type", "flow_l_min", DOWN, "p_pre_mmhg", DOWN),
    ("va_ecmo_adult", "pump", "revolution_type", "flow_l_min", UP, "p_pre_mmhg", UP),
    ("va_ecmo_adult", "oxygenator", "pmp_small", "flow_l_min", DOWN, "dp_ox_mmhg", UP),
    ("va_ecmo_adult", "drainage_line", "tube_1_2", "flow_l_min", UP, "p_ven_mmhg", UP),
    ("va_ecmo_adult", "pump", "roller_3_8", "flow_l_min", UP, "pump_rpm", DOWN),
    ("vv_ecmo_adult", "return_cannula", "return_17fr", "flow_l_min", DOWN, "p_post_mmhg", UP),
    ("vv_ecmo_adult", "drainage_cannula", "drain_23fr", "flow_l_min", DOWN, "p_ven_mmhg", DOWN),
    ("vv_ecmo_adult", "pump", "centrimag_type", "flow_l_min", DOWN, "p_pre_mmhg", DOWN),
    ("vv_ecmo_adult", "oxygenator", "pmp_small", "flow_l_min", DOWN, "dp_ox_mmhg", UP),
    ("cpb_adult", "arterial_cannula", "return_17fr", "flow_l_min", SAME, "p_post_mmhg", UP),
    ("cpb_adult", "pump", "roller_3_8", "flow_l_min", DOWN, "p_pre_mmhg", DOWN),
    ("cpb_adult", "oxygenator", "pmp_adult", "flow_l_min", SAME, "dp_ox_mmhg", DOWN),
    ("cpb_adult", "arterial_line", "tube_1_2", "flow_l_min", SAME, "p_post_mmhg", DOWN),
    ("cpb_centrifugal_adult", "arterial_cannula", "return_17fr", "flow_l_min", DOWN, "p_post_mmhg", UP),
    ("cpb_centrifugal_adult", "pump", "centrimag_type", "flow_l_min", DOWN, "p_pre_mmhg", DOWN),
    ("cpb_centrifugal_adult", "oxygenator", "pmp_adult", "flow_l_min", UP, "dp_ox_mmhg", DOWN),
]


@pytest.mark.parametrize(("name", "part", "device", "first", "way", "second", "other"), SWAPS, ids=["-".join(row[:3]) for row in SWAPS])
def test_each_component_swapped(name: str, part: str, device: str, first: str, way: Sign, second: str, other: Sign) -> None:
    """Another device by name in the same place changes flow and pressures the way its numbers say."""
    old = settled(name)
    plant = bench(name, swapped(machine(name), part, device))
    run(plant, 14 if device == "return_17fr" else 7)

    assert way(old.true(first), plant.true(first)), (first, old.true(first), plant.true(first))
    assert other(old.true(second), plant.true(second)), (second, old.true(second), plant.true(second))


Fault = tuple[str, dict[str, float], float, str, Sign]
FAULTS_TRIED: list[Fault] = [  # name, parameters, seconds, reading, sign
    ("motor_fault", {}, 3, "pump_rpm", DOWN),
    ("isolation_switch_off", {}, 3, "pump_rpm", DOWN),
    ("mains_lost", {}, 3, "battery_pct", lambda before, after: after < before),
    ("battery_worn", {"lost": 0.5}, 1, "battery_pct", DOWN),
    ("head_disengaged", {}, 3, "flow_l_min", DOWN),
    ("head_thrombosis", {"clot": 0.7}, 3, "flow_l_min", DOWN),
    ("runaway", {"rpm": 5000.0}, 3, "flow_l_min", UP),
    ("under_occlusion", {"ml_min_mmhg": 3.0}, 3, "flow_l_min", DOWN),
    ("filter_clot", {"clot": 0.8}, 3, "p_post_mmhg", UP),
    ("oxygenator_clot", {"clot": 0.6}, 3, "dp_ox_mmhg", UP),
    ("kink", {"closed": 0.85}, 3, "p_pre_mmhg", UP),
    ("connector_off", {"open": 0.5}, 3, "blood_lost_ml", UP),
    ("cap_off", {"open": 1.0}, 5, "air_drawn_ml", UP),
    ("bleeding_into_field", {"ml_min": 600.0}, 3, "blood_volume_ml", UP),  # a bench gives for ever: the pool in the field rises
    ("wet_out", {"water": 0.8}, 10, "pco2_post_mmhg", UP),
    ("wall_oxygen_lost", {}, 5, "fdo2_pct", DOWN),
    ("blender_wrong", {"error_pct": -60.0}, 5, "fdo2_pct", DOWN),
    ("flowmeter_wrong", {"factor": 0.2}, 10, "pco2_post_mmhg", UP),
    ("gas_hose_off", {}, 10, "po2_post_mmhg", DOWN),
    ("vaporiser_cap_off", {"leak": 0.9}, 10, "pco2_post_mmhg", UP),
    ("cylinder_runs_out", {"left_l": 0.05}, 4, "sweep_l_min", DOWN),
    ("exhaust_blocked", {}, 5, "gas_pressure_mmhg", UP),
    ("heater_cooler_stuck", {"temp_c": 42.0}, 6, "water_temp_c", lambda before, after: after > before + 0.1),
    ("plasma_leak", {"ml_min": 200.0}, 8, "hb_post", UP),
]
ONLY = {"head_thrombosis": "centrifugal", "under_occlusion": "roller"}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS_TRIED, ids=[row[0] for row in FAULTS_TRIED])
@pytest.mark.parametrize("name", [name for name in CIRCUITS if name not in BRANCHES])
def test_each_fault_on_each_circuit(name: str, fault: Fault) -> None:
    """Injected into a steady run, the fault shows its sign; where a circuit has no place for it, it says so and changes nothing."""
    kind, parameters, seconds, reading, sign = fault
    spec = machine(name)
    pump = next(p for p in spec.parts if p.id == spec.sites["pump"])
    plant = settled(name)
    fits = FAULTS[kind].site in spec.sites and ONLY.get(kind, pump.kind) == pump.kind
    if not fits:
        bits = plant.state_bits()
        with pytest.raises(CircuitError, match=kind):
            plant.inject(kind, parameters)
        assert plant.state_bits() == bits
        return
    before = _reading(plant, reading)
    plant.inject(kind, parameters)
    run(plant, seconds)

    assert sign(before, _reading(plant, reading)), (before, _reading(plant, reading))


def _reading(plant: Plant, reading: str) -> float:
    if reading == "hb_post":  # haemoglobin behind the membrane
        return float(plant._x[plant._index[f"hb:{machine_of(plant).sites['post_ox']}"]])
    return plant.true(reading)


def machine_of(plant: Plant) -> CircuitSpec:
    """The circuit that a plant was built from."""
    return plant._model.circuit


@pytest.mark.parametrize("shunted", [one for one in CIRCUITS if one.endswith("shunt")])
def test_a_line_round_the_lung_shows_in_colour_delta_p_and_to_an_eye(shunted: str) -> None:
    """Open, blood behind the lung is darker, delta-P falls, flow does not, and a walk along the line sees it; a hand's clamp cures it."""
    plant = settled(shunted)
    before = {reading: plant.true(reading) for reading in ("sat_post_pct", "dp_ox_mmhg", "flow_l_min")}
    clamped = plant.look("line")
    plant.inject("recirculation_open", {})
    run(plant, 12)
    opened = {reading: plant.true(reading) for reading in before}
    seen = plant.look("line")
    plant.clear("recirculation_open")
    run(plant, 12)

    assert opened["sat_post_pct"] < before["sat_post_pct"] - 3.0
    assert opened["dp_ox_mmhg"] < 0.8 * before["dp_ox_mmhg"]
    assert opened["flow_l_min"] > before["flow_l_min"]
    assert ("shunt_open" in clamped, "shunt_open" in seen, "shunt_open" in plant.look("line")) == (False, True, False)
    assert plant.true("sat_post_pct") == pytest.approx(before["sat_post_pct"], abs=0.5)
