"""The VA machine with its patient: consequences that follow from physics alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from drill.circuit.compiler import Bench
from drill.circuit.plant import Plant
from drill.circuit.spec import CircuitSpec, PartSpec, PatientSpec
from drill.errors import CircuitError, DrillError, NameUnknownError, ValueRangeError

from .conftest import mean, run

CASE = yaml.safe_load((Path(__file__).parent.parent / "cases" / "va_bench.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("rpm", CASE["rows"])
def test_bench_meets_the_worked_steady_states(make_plant: Callable[..., Plant], rpm: int) -> None:
    """On a bench with imposed pressures, flow and pressures settle at the worked answers."""
    bench = Bench(**{k: float(v) for k, v in CASE["bench"].items()})
    plant = make_plant(bench=bench, pump_rpm_set=float(rpm), **{k: float(v) for k, v in CASE["controls"].items()})
    run(plant, 10)

    flow, *pressures = CASE["rows"][rpm]
    tolerance = CASE["tolerance"]
    assert plant.true("flow_l_min") == pytest.approx(flow, rel=tolerance["relative"], abs=tolerance["flow_l_min"])
    for name, wanted in zip(("p_ven_mmhg", "p_pre_mmhg", "p_post_mmhg"), pressures, strict=True):
        assert plant.true(name) == pytest.approx(wanted, rel=tolerance["relative"], abs=tolerance["mmhg"])


@pytest.mark.slow
def test_open_lines_run_backwards_and_cost_pressure(make_plant: Callable[..., Plant]) -> None:
    """With the pump stopped, open lines give negative flow and a lower MAP than clamped ones."""
    results = {}
    for clamp in (0.0, 1.0):
        plant = make_plant()
        run(plant, 60)
        plant.inject("motor_fault", {})
        run(plant, 3)
        plant.set("clamp_return", clamp)
        run(plant, 30)
        results[clamp] = (plant.true("flow_l_min"), plant.true("map_mmhg"), plant.true("backflow_ml"))
    open_lines, clamped = results[0.0], results[1.0]

    assert open_lines[0] < -0.5
    assert abs(clamped[0]) < 0.05
    assert open_lines[1] < clamped[1] - 4.0
    assert open_lines[2] > clamped[2] + 200.0


@pytest.mark.slow
def test_patient_depends_on_the_circuit_and_dies_without_it(make_plant: Callable[..., Plant]) -> None:
    """Nothing done after a pump stop: true MAP falls below 25 mmHg within minutes, by a weakening heart and nothing else."""
    plant = make_plant()
    run(plant, 60)
    held = plant.true("map_mmhg")
    plant.inject("motor_fault", {})
    run(plant, 300)

    assert 58.0 < held < 75.0
    assert plant.true("map_mmhg") < 25.0
    assert plant.true("contractility") < 0.4


def test_clamp_before_the_heart_is_spent_and_flow_again_revives(make_plant: Callable[..., Plant]) -> None:
    """Two minutes off support, clamped, then full flow: MAP and the heart's strength come back."""
    plant = make_plant()
    run(plant, 60)
    before = plant.true("map_mmhg")
    plant.set("pump_rpm_set", 0.0)
    run(plant, 2)
    plant.set("clamp_return", 1.0)
    run(plant, 110)
    weak = plant.true("contractility")
    plant.set("pump_rpm_set", 3000.0)
    run(plant, 2)
    plant.set("clamp_return", 0.0)
    run(plant, 120)

    assert weak < 0.9
    assert plant.true("contractility") > weak + 0.1
    assert plant.true("map_mmhg") > before - 8.0


def test_dark_console_shows_blank_and_is_silent(make_plant: Callable[..., Plant]) -> None:
    """Without power the console's displays are blank, never 0, its alarms silent; the monitor goes on."""
    plant = make_plant()
    run(plant, 30)
    plant.inject("isolation_switch_off", {})
    run(plant, 20)

    assert plant.shown("flow_l_min") is None
    assert plant.shown("p_ven_mmhg") is None
    assert plant.shown("map_mmhg") is not None
    assert {alarm.id for alarm in plant.alarms()} <= {"map_low", "spo2_low"}
    assert plant.look("console") == ("dark",)
    assert "isolation_switch_off" in plant.look("mains_and_switch")


def test_power_that_comes_back_boots_and_has_the_old_speed(make_plant: Callable[..., Plant]) -> None:
    """After the switch is on again the console boots for seconds, then surges to the speed that the knob still shows."""
    plant = make_plant()
    run(plant, 20)
    plant.inject("isolation_switch_off", {})
    run(plant, 5)
    plant.set("isolation_switch", 1.0)
    run(plant, 3)
    booting = plant.true("pump_rpm")
    run(plant, 8)

    assert booting < 500.0
    assert plant.true("pump_rpm") > 2800.0


def test_motor_fault_runs_the_rotor_down_and_lights_the_lamp(make_plant: Callable[..., Plant]) -> None:
    """A failed motor gives a falling rpm, a live console and a high-priority motor alarm."""
    plant = make_plant()
    run(plant, 20)
    plant.inject("motor_fault", {})
    run(plant, 6)

    assert plant.shown("pump_rpm") == pytest.approx(0.0, abs=60.0)
    assert plant.shown("flow_l_min") is not None
    assert "motor_fault" in {a.id for a in plant.alarms() if a.priority == "high"}
    assert plant.look("console") == ("alive", "motor_fault_lamp")


@pytest.mark.slow
def test_crank_carries_flow_either_way_round_but_worse_backwards(make_plant: Callable[..., Plant]) -> None:
    """On the emergency drive the handle makes flow; turned against the arrow it still pumps forwards, only less."""
    flows = {}
    for turns in (80.0, -80.0):
        plant = make_plant()
        run(plant, 30)
        plant.move_head("moving")
        run(plant, 3)
        plant.move_head("emergency_drive")
        plant.set("crank_rpm", turns)
        run(plant, 8)
        flows[turns] = plant.true("flow_l_min")
        assert plant.shown("flow_l_min") is None
        assert plant.shown("crank_tach_rpm") is not None

    assert flows[80.0] > 2.0
    assert -0.5 < flows[-80.0] < flows[80.0] - 0.8


def test_sweep_off_with_flow_gives_dark_blood_to_the_artery(make_plant: Callable[..., Plant]) -> None:
    """Flow on and sweep off: blood leaves the oxygenator dark, and the foot's saturation falls."""
    plant = make_plant()
    run(plant, 60)
    bright = plant.true("sat_post_pct")
    plant.set("sweep_l_min", 0.0)
    run(plant, 120)

    assert bright > 98.0
    assert plant.true("sat_post_pct") < 80.0
    assert plant.true("spo2_foot_pct") < 85.0
    assert plant.look("oxygenator_colour") == ("dark",)


def test_backflow_brightens_the_drainage_line(make_plant: Callable[..., Plant]) -> None:
    """In backflow with sweep on, oxygenated blood reaches the drainage line and its saturation rises."""
    plant = make_plant()
    run(plant, 60)
    before = plant.true("svo2_pct")
    plant.inject("motor_fault", {})
    run(plant, 45)

    assert before < 80.0
    assert plant.true("svo2_pct") > 95.0


def test_more_rpm_more_flow_and_more_suction(make_plant: Callable[..., Plant]) -> None:
    """Five hundred rpm more gives more flow, a more negative P ven and higher pressures before the membrane."""
    rows = []
    for rpm in (2500.0, 3000.0):
        plant = make_plant(pump_rpm_set=rpm)
        run(plant, 40)
        rows.append([plant.true(n) for n in ("flow_l_min", "p_ven_mmhg", "p_pre_mmhg")])

    assert rows[1][0] > rows[0][0] + 0.4
    assert rows[1][1] < rows[0][1] - 10.0
    assert rows[1][2] > rows[0][2] + 20.0


@pytest.mark.slow
@pytest.mark.parametrize("clamp", ["clamp_drainage", "clamp_pump_outlet", "clamp_post_ox", "clamp_return"])
def test_any_clamp_stops_flow_with_its_own_pressures(make_plant: Callable[..., Plant], clamp: str) -> None:
    """A clamp before the running pump gives suction, one behind it gives the pump's whole head before the clamp."""
    plant = make_plant()
    run(plant, 30)
    plant.set(clamp, 1.0)
    run(plant, 5)

    assert abs(mean(plant, "flow_l_min", 2)) < 0.05
    if clamp == "clamp_drainage":
        assert plant.true("p_ven_mmhg") < -150.0
    elif clamp != "clamp_pump_outlet":
        assert plant.true("p_pre_mmhg") > 250.0


@pytest.mark.slow
def test_blood_and_oxygen_close(make_plant: Callable[..., Plant]) -> None:
    """Blood volume and oxygen close to 1e-9 over ten minutes of faults, with the ports counted."""
    plant = make_plant()

    def oxygen() -> float:
        x, index, net = plant._x, plant._index, plant._model.net
        held = sum(x[index[f"o2:{n}"]] * x[index[f"vol:{n}"]] for n in net.nodes)
        held += sum(x[index[f"o2:{e.id}:{k}"]] * e.cell_ml for e in net.edges.values() for k in range(e.cells))
        ports = sum(x[index[f"port:{p}"]] for p in ("lungs_o2", "tissue_o2", "oxygenator_o2"))
        infused = 0.005 * x[index["port:infused_ml"]]
        return float(held - ports - infused)

    plant.tick()
    blood, o2 = plant.true("blood_volume_ml"), oxygen()
    plant.infuse(250.0, 60.0)
    run(plant, 200)
    plant.inject("motor_fault", {})
    run(plant, 20)
    plant.set("clamp_return", 1.0)
    run(plant, 380)

    assert plant.true("blood_volume_ml") == pytest.approx(blood + 250.0, rel=1e-9)
    assert oxygen() == pytest.approx(o2, rel=1e-9)


def test_hands_are_told_what_is_allowed(make_plant: Callable[..., Plant]) -> None:
    """An unknown control, fault or drug names the nearest; a value out of range names the range."""
    plant = make_plant(compiled=False)

    with pytest.raises(NameUnknownError, match="clamp_return"):
        plant.set("clamp_retrun", 1.0)
    with pytest.raises(ValueRangeError, match="0 to 5000"):
        plant.set("pump_rpm_set", 9000.0)
    with pytest.raises(NameUnknownError, match="motor_fault"):
        plant.inject("motor_falt", {})


def _replace(circuit: CircuitSpec, part: str, **how: object) -> CircuitSpec:
    parts = [PartSpec(**{**{f: getattr(p, f) for f in p.__slots__}, **(how if p.id == part else {})}) for p in circuit.parts]
    return CircuitSpec(**{**{f: getattr(circuit, f) for f in circuit.__slots__}, "parts": tuple(parts)})


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"outlet": "nowhere"}, "dead end"),
        ({"kind": "tubee"}, "tube"),
        ({"params": {"bore_mm": 9.5}}, "length_m"),
        ({"params": {"bore_mm": 9.5, "length_m": 0.1}}, "mL are needed"),
        ({"inlet": "patient_rx"}, "patient_ra"),
    ],
)
def test_wiring_mistakes_are_named_at_build(va: tuple[CircuitSpec, PatientSpec], how: dict[str, object], says: str) -> None:
    """A wrong wire, kind or number stops the build with the part's name and what is wanted."""
    circuit, patient = va

    with pytest.raises((CircuitError, DrillError), match=says) as caught:
        Plant(_replace(circuit, "drainage_line", **how), patient)

    assert "drainage_line" in str(caught.value) or "nowhere" in str(caught.value)
