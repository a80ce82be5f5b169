"""Each interlock of each circuit: it acts, it can be off, overridden, blind, and it is gone with its host's power."""

from dataclasses import replace

import pytest

from drill.circuit.compiler import Bench
from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import ELECTRONIC_CLAMP, INTERLOCKS, OPENS_MMHG, Interlock, Interlocks, alarm_of, limit_of
from drill.circuit.plant import Plant
from drill.circuit.readings import HOSTS, READINGS, SHOWN
from drill.circuit.spec import InterlockSpec
from drill.errors import CircuitError, NameUnknownError

from .conftest import run
from .guarded import POWER, every, fresh, push, spec, steady

CASES = list(every(lambda circuit: [lock.id for lock in circuit.interlocks]))
each_lock = pytest.mark.parametrize(("circuit", "name"), CASES)


def armed(circuit: str, name: str) -> Plant:
    """Return the circuit in its steady state, with an interlock armed that it is delivered without."""
    plant = steady(circuit)
    plant.set(INTERLOCKS[name].arm, 1.0)
    return plant


def provoke(plant: Plant, row: Interlock) -> None:
    """Let the display go well past the limit, whatever the circuit does, and give the interlock time to act."""
    if row.does == "clamp":  # a pump that pushes opens it again
        plant.set("pump_rpm_set", 0.0)
        run(plant, 5)
    limit = limit_of(row, plant.controls())
    push(plant, row.reading, limit + row.sign * max(0.9 * abs(limit), 5 * READINGS[row.reading].resolution))
    run(plant, row.delay_s + 1.5)


def standing(plant: Plant, name: str) -> str:
    """How an interlock stands."""
    return next(lock.state for lock in plant.interlocks() if lock.row.name == name)


def acts(plant: Plant, row: Interlock) -> bool:
    """Whether what the interlock does has been done: to the pump, to the clamp, to the water."""
    turning = plant.true("pump_rpm") > 0.6 * plant.control("pump_rpm_set")
    if row.does in {"stop", "slow", "cut"}:
        return not turning
    if row.does == "clamp":
        return plant.control(ELECTRONIC_CLAMP) == 1.0
    before = plant.true("water_temp_c")
    plant.set("water_temp_c", 42.0)
    run(plant, 5)
    return plant.true("water_temp_c") < before + 0.1


@each_lock
def test_it_acts_and_says_so(circuit: str, name: str) -> None:
    """Past its limit it does what its row says, and a high alarm says so."""
    plant, row = armed(circuit, name), INTERLOCKS[name]
    assert standing(plant, name) == "armed"
    provoke(plant, row)

    assert standing(plant, name) == "tripped"
    assert alarm_of(name) in plant.active_alarms()
    assert acts(plant, row)


@each_lock
def test_off_it_does_nothing(circuit: str, name: str) -> None:
    """Switched off it neither acts nor alarms, and is shown as off."""
    plant, row = armed(circuit, name), INTERLOCKS[name]
    plant.set(row.arm, 0.0)
    provoke(plant, row)

    assert standing(plant, name) == "off"
    assert alarm_of(name) not in plant.active_alarms()
    assert not acts(plant, row)


@each_lock
def test_overridden_it_watches_and_does_not_act(circuit: str, name: str) -> None:
    """The override is a low alarm of its own; once it is taken off, the interlock acts."""
    plant, row = armed(circuit, name), INTERLOCKS[name]
    plant.set(row.override, 1.0)
    provoke(plant, row)

    assert standing(plant, name) == "overridden"
    assert alarm_of(name) not in plant.active_alarms()
    assert row.override in plant.active_alarms()
    assert not acts(plant, row)
    plant.set("water_temp_c", 37.0)
    plant.set(row.override, 0.0)
    run(plant, 1)
    assert standing(plant, name) == "tripped"
    assert acts(plant, row)


@each_lock
def test_it_is_gone_with_its_hosts_power(circuit: str, name: str) -> None:
    """Without power it has nothing to watch and nothing to act with; what it had tripped is forgotten."""
    plant, row = armed(circuit, name), INTERLOCKS[name]
    provoke(plant, row)
    plant.set(POWER[row.host], 0.0)
    run(plant, 1)

    assert plant.shown(row.reading) is None
    assert standing(plant, name) == "no power"
    assert not {alarm_of(name), row.override} & plant.active_alarms()


@each_lock
def test_without_a_signal_it_is_blind(circuit: str, name: str) -> None:
    """A lost sensor blinds it; a bubble sensor that has run dry sees air, and it acts."""
    plant, row = armed(circuit, name), INTERLOCKS[name]
    plant.inject("sensor_lost", {}, row.reading)
    run(plant, row.delay_s + 1.5)

    assert standing(plant, name) == ("tripped" if row.reading == "bubble_ml" else "no signal")


@each_lock
def test_it_lets_go_as_its_row_says(circuit: str, name: str) -> None:
    """With the cause gone a latching one holds until it is re-armed; another lets go by itself."""
    plant, row = armed(circuit, name), INTERLOCKS[name]
    turned = plant.control("pump_rpm_set")
    provoke(plant, row)
    plant.inject("sensor_zero", {"offset": 0.0}, row.reading)
    if row.does == "clamp":
        plant.set("pump_rpm_set", turned)
    run(plant, 8)

    assert (standing(plant, name) == "tripped") == row.latching
    plant.set(row.arm, 1.0)
    run(plant, 8)
    assert standing(plant, name) == "armed"
    assert plant.true("pump_rpm") > 0.9 * plant.control("pump_rpm_set")
    assert plant.true("flow_l_min") > 2.0


@each_lock
def test_it_is_remembered_through_a_save(circuit: str, name: str) -> None:
    """A machine that is saved while an interlock acts goes on as if it had not been."""
    plant, row = armed(circuit, name), INTERLOCKS[name]
    provoke(plant, row)
    twin = fresh(circuit)
    twin.load(plant.save())
    for one in (plant, twin):
        run(one, 1)

    assert plant.interlocks() == twin.interlocks()
    assert plant.state_bits() == twin.state_bits()


@pytest.mark.parametrize("row", INTERLOCKS.values(), ids=list(INTERLOCKS))
def test_each_row_names_what_there_is(row: Interlock) -> None:
    """Readings, hosts and controls exist; the limit lies within its control, the switches are switches."""
    assert row.reading in SHOWN
    assert row.host in HOSTS
    assert READINGS[row.reading].host == row.host
    assert CONTROLS[row.limit].low < CONTROLS[row.limit].default <= CONTROLS[row.limit].high
    assert CONTROLS[row.arm].unit == "0 off - 1 armed"
    assert CONTROLS[row.override].default == 0
    assert row.source
    assert any(case.values[1] == row.name for case in CASES), "no stock circuit has it: it is tested nowhere"


def test_level_stops_before_the_reservoir_gives_air() -> None:
    """With the venous line shut and nobody at hand the pump stops on the level; overridden, air reaches the patient."""
    drawn, given = {}, {}
    for override in (0.0, 1.0):
        plant = steady("cpb_adult")
        for control, value in (("override_level", override), ("override_bubble", override), ("clamp_drainage", 1.0)):
            plant.set(control, value)
        run(plant, 60)
        drawn[override], given[override] = plant.true("air_drawn_ml"), plant.true("gas_to_patient_ml")

    assert drawn[0.0] < 20.0  # the last of the run down
    assert given[0.0] < 0.01
    assert drawn[1.0] > 500.0
    assert given[1.0] > 50.0


def test_line_pressure_is_held_against_a_clamp() -> None:
    """A roller against a shut line is stopped before the line bursts, and runs again when the line is open."""
    plant = steady("cpb_adult")
    plant.set("clamp_return", 1.0)
    run(plant, 6)
    assert plant.true("pump_rpm") < 2.0
    assert plant.true("p_post_mmhg") < 700.0
    plant.set("clamp_return", 0.0)
    run(plant, 10)

    assert plant.true("pump_rpm") > 75.0


def test_gas_stops_pump_and_clamp_shuts() -> None:
    """Air that comes through is seen, the pump stops, and the electronic clamp shuts once it stands."""
    plant = steady("cpb_adult")
    for control, value in (("level_stop", 0.0), ("clamp_drainage", 1.0)):
        plant.set(control, value)
    run(plant, 60)

    assert plant.true("air_drawn_ml") > 40.0  # the sensor sits at the pump outlet: it sees the air before more has come
    assert standing(plant, "bubble") == "tripped"
    assert plant.control(ELECTRONIC_CLAMP) == 1.0
    assert abs(plant.true("flow_l_min")) < 0.1
    run(plant, 10)
    assert plant.true("gas_to_patient_ml") < 10.0  # what lay behind the clamp; with nothing armed it is more than 50 by now


def test_runaway_obeys_the_cut_alone() -> None:
    """A drive that has run away does not care for its knob; the protection takes its power within seconds."""
    plant = steady("cpb_adult")
    plant.inject("runaway", {"rpm": 250.0})
    run(plant, 1.5)
    plant.set("pump_rpm_set", 0.0)
    assert plant.true("pump_rpm") > 200.0
    run(plant, 4)

    assert standing(plant, "runaway") == "tripped"
    assert plant.true("pump_rpm") < 2.0


def test_backflow_shuts_the_clamp_and_the_pump_opens_it() -> None:
    """A leaky boot that stops lets blood back until the clamp shuts; it opens when the pump pushes again."""
    circuit, _ = spec("cpb_adult")
    leaky = [replace(p, params={**p.params, "leak_ml_min_mmhg": 15.0}) if p.id == circuit.sites["pump"] else p for p in circuit.parts]
    plant = Plant(replace(circuit, parts=tuple(leaky)), Bench(70.0, 4.0))
    plant.set("pump_rpm_set", 150.0)
    run(plant, 6)
    plant.set("pump_rpm_set", 0.0)
    run(plant, 5)
    assert plant.control(ELECTRONIC_CLAMP) == 1.0
    lost = plant.true("backflow_ml")
    run(plant, 5)
    assert plant.true("backflow_ml") == pytest.approx(lost, abs=2.0)
    plant.set("pump_rpm_set", 150.0)
    run(plant, 6)

    assert plant.control(ELECTRONIC_CLAMP) == 0.0
    assert plant.true("flow_l_min") > 2.0


def test_a_hand_opens_the_electronic_clamp_only_for_as_long_as_the_cause_lets_it() -> None:
    """Opened by hand with the display still past its limit it shuts again."""
    plant = steady("cpb_adult")
    plant.set("pump_rpm_set", 0.0)
    provoke(plant, INTERLOCKS["backflow"])
    plant.set(ELECTRONIC_CLAMP, 0.0)
    plant.tick()
    assert plant.control(ELECTRONIC_CLAMP) == 0.0
    run(plant, 1)

    assert plant.control(ELECTRONIC_CLAMP) == 1.0


def test_nothing_acts_on_a_hand_that_cranks() -> None:
    """On the emergency drive no interlock holds the pump back: its sensors stayed with the console."""
    plant = steady("va_ecmo_adult")
    plant.move_head("emergency_drive")
    plant.set("crank_rpm", 75.0)
    push(plant, "water_temp_c", 44.0)
    plant.inject("sensor_lost", {}, "bubble_ml")
    run(plant, 5)

    assert standing(plant, "bubble") == "no signal"
    assert plant.true("pump_rpm") > 2500.0


def test_over_600_mmhg_the_relief_valve_holds_the_water() -> None:
    """A kinked hose: the flow falls below 10 L/min and alarms, the pressure stays under 600 mmHg."""
    plant = steady("va_ecmo_adult")
    plant.inject("water_line_kinked", {})
    run(plant, 8)

    assert plant.true("water_pressure_mmhg") < 600.0
    assert plant.true("water_flow_l_min") < 10.0
    assert "water_flow_low" in plant.active_alarms()


def test_wrong_rows_of_a_circuit_are_refused() -> None:
    """An unknown interlock, and one that has nothing to close, are refused by name."""
    circuit, _ = spec("va_ecmo_adult")
    with pytest.raises(NameUnknownError, match="did you mean 'bubble'"):
        Interlocks(replace(circuit, interlocks=(InterlockSpec("buble"),)))
    with pytest.raises(CircuitError, match=ELECTRONIC_CLAMP):
        Interlocks(replace(circuit, interlocks=(InterlockSpec("backflow"),)))
    assert OPENS_MMHG > 0
