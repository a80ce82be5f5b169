"""Alarms on, off, latched, acknowledged, paused, and silent with their host."""

import json
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.circuit.alarms import AUDIO_PAUSE_S, SWITCHES, Alarm, AlarmBoard, AlarmEvent
from drill.circuit.alarmspec import AlarmSpec, alarm_specs
from drill.circuit.controls import CONTROLS
from drill.circuit.plant import Plant
from drill.circuit.readings import READINGS
from drill.errors import CircuitError, NameUnknownError
from drill.units import ticks

from .conftest import run
from .guarded import POWER, STILL, every, push, spec, steady

HOSTS = {"console", "monitor", "crank", "flowmeter"}
FLOW = {"id": "low_flow", "reading": "flow_l_min", "below": {"control": "flow_alarm_low_l_min"}, "priority": "high", "text": "LOW FLOW"}
MAP = {"id": "map_low", "reading": "map_mmhg", "below": 55, "delay_s": 1, "priority": "high", "text": "MAP"}
P_PRE = {"id": "p_pre_high", "reading": "p_pre_mmhg", "above": 300, "priority": "medium", "text": "P PRE", "latching": True}
MOTOR = {"id": "motor_fault", "condition": "motor_fault", "priority": "high", "text": "PUMP MOTOR FAULT"}
FINE = {"flow_l_min": 4.0, "map_mmhg": 70.0, "p_pre_mmhg": 200.0}


class Bench:
    """A board with a display that is fine until told otherwise."""

    def __init__(self, *entries: Mapping[str, object]) -> None:
        """Start at tick 0."""
        self.board = AlarmBoard(alarm_specs(entries))
        self.tick = 0

    def run(
        self, n: int = 1, *, hosts: set[str] = HOSTS, motor: bool = False, limit: float = 2.0, **shown: float | None
    ) -> tuple[Alarm, ...]:
        """Show these readings for some ticks and return the alarms after them."""
        for _ in range(n):
            self.tick += 1
            numbers = {name: number for name, number in {**FINE, **shown}.items() if number is not None}
            lit = {name: at for at, name in enumerate(numbers)}
            self.board.watch(lit, {"flow_alarm_low_l_min": limit}, {"motor_fault": motor}, hosts)
            self.board.update(self.tick, [*numbers.values(), 0.0])
        return self.board.alarms()


def ids(alarms: tuple[Alarm, ...]) -> list[str]:
    """The alarms' ids, in order."""
    return [alarm.id for alarm in alarms]


def test_reading_past_its_limit_raises_and_its_return_clears() -> None:
    """Low flow comes with value and limit in its text, and goes with the flow's return."""
    bench = Bench(FLOW)
    assert bench.run() == ()
    (alarm,) = bench.run(flow_l_min=-0.004)
    assert alarm == Alarm("low_flow", "high", "LOW FLOW 0.0 (limit 2.0)", active=True, acknowledged=False, since_tick=2)
    assert bench.run(flow_l_min=1.24)[0].text == "LOW FLOW 1.2 (limit 2.0)"
    assert bench.run(flow_l_min=2.0) == ()


def test_limit_follows_its_control() -> None:
    """Lowering the limit knob below the flow ends the alarm."""
    bench = Bench(FLOW)
    assert ids(bench.run(flow_l_min=1.5)) == ["low_flow"]
    assert bench.run(flow_l_min=1.5, limit=1.0) == ()


def test_delay_holds_for_raising_and_clearing() -> None:
    """An alarm with one second of delay needs an unbroken second to raise, and one to clear."""
    bench = Bench(MAP)
    assert bench.run(50, map_mmhg=50.0) == ()
    bench.run(map_mmhg=60.0)
    assert bench.run(50, map_mmhg=50.0) == ()
    assert ids(bench.run(map_mmhg=50.0)) == ["map_low"]
    assert ids(bench.run(50, map_mmhg=60.0)) == ["map_low"]
    assert bench.run(map_mmhg=60.0) == ()


def test_device_flag_raises() -> None:
    """The motor's own fault flag raises its alarm, without a number."""
    bench = Bench(MOTOR)
    assert bench.run() == ()
    (alarm,) = bench.run(motor=True)
    assert alarm.text == "PUMP MOTOR FAULT"


def test_latching_alarm_stays_until_acknowledged() -> None:
    """A latched alarm is kept, inactive, with the text it had, and goes when acknowledged."""
    bench = Bench(P_PRE)
    bench.run(p_pre_mmhg=350.0)
    (alarm,) = bench.run()
    assert (alarm.active, alarm.text) == (False, "P PRE 350 (limit 300)")
    assert ids(bench.board.acknowledge(bench.tick)) == ["p_pre_high"]
    assert bench.board.alarms() == ()


def test_acknowledged_alarm_that_ends_and_returns_is_new() -> None:
    """Acknowledging keeps an active alarm listed; the next time it comes it is unacknowledged again."""
    bench = Bench(FLOW)
    bench.run(3, flow_l_min=0.0)
    bench.board.acknowledge(bench.tick, "low_flow")
    (alarm,) = bench.run(flow_l_min=0.0)
    assert (alarm.acknowledged, alarm.acknowledged_tick - alarm.since_tick) == (True, 2)
    assert bench.board.acknowledge(bench.tick) == ()
    bench.run()
    assert bench.run(flow_l_min=0.0)[0].acknowledged is False


def test_dead_host_is_silent_and_forgets() -> None:
    """A console without power raises nothing, drops what it had raised, and starts its delays anew."""
    bench = Bench(FLOW, MOTOR, MAP)
    assert ids(bench.run(2, flow_l_min=0.0, motor=True)) == ["low_flow", "motor_fault"]
    assert bench.run(100, flow_l_min=None, motor=True, hosts={"monitor"}) == ()
    assert ids(bench.run(51, map_mmhg=40.0, motor=True, hosts={"monitor"})) == ["map_low"]
    assert ids(bench.run(flow_l_min=0.0, map_mmhg=40.0)) == ["map_low", "low_flow"]


def test_blank_reading_is_past_no_limit() -> None:
    """A display without a number raises nothing by itself."""
    assert Bench(FLOW).run(100, flow_l_min=None) == ()


def test_audio_pause_counts_down_and_a_new_alarm_ends_it() -> None:
    """The pause lasts its two minutes, keeps the alarms in sight, and no new alarm is slept through."""
    bench = Bench(FLOW, MOTOR)
    bench.run(flow_l_min=0.0)
    bench.board.audio_pause(bench.tick)
    assert bench.board.audio_pause_s(bench.tick) == AUDIO_PAUSE_S
    assert ids(bench.run(50, flow_l_min=0.0)) == ["low_flow"]
    assert bench.board.audio_pause_s(bench.tick) == AUDIO_PAUSE_S - 1
    assert bench.board.audio_pause_s(bench.tick + ticks(AUDIO_PAUSE_S)) == 0
    bench.run(flow_l_min=0.0, motor=True)
    assert bench.board.audio_pause_s(bench.tick) == 0


def test_high_priority_comes_first() -> None:
    """Order is by priority, then by age."""
    bench = Bench(P_PRE, MOTOR, FLOW)
    bench.run(p_pre_mmhg=400.0)
    bench.run(p_pre_mmhg=400.0, flow_l_min=0.0)
    assert ids(bench.run(p_pre_mmhg=400.0, flow_l_min=0.0, motor=True)) == ["low_flow", "motor_fault", "p_pre_high"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({**FLOW, "reading": "flow_l_mim"}, "did you mean 'flow_l_min'"),
        ({**FLOW, "below": {"control": "flow_alarm"}}, "unknown control 'flow_alarm'"),
        ({**FLOW, "above": 3}, "exactly one of 'above' and 'below'"),
        ({**FLOW, "below": None}, "exactly one of 'above' and 'below'"),
        ({**FLOW, "below": "two"}, "not 'two'"),
        ({**FLOW, "priority": "urgent"}, "not one of high, medium, low"),
        ({**FLOW, "condition": "motor_fault"}, "exactly one of 'reading' and 'condition'"),
        ({**FLOW, "reading": "contractility"}, "shown nowhere"),
        ({**MOTOR, "condition": "motor_falt"}, "did you mean 'motor_fault'"),
        ({**MOTOR, "host": "kitchen"}, "hosts are"),
    ],
)
def test_wrong_entry_names_what_is_wrong(entry: dict[str, object], message: str) -> None:
    """A wrong alarm is refused when it is built, in words."""
    with pytest.raises((CircuitError, NameUnknownError), match=message):
        alarm_specs([entry])


def test_unknown_alarm_cannot_be_acknowledged_and_ids_are_unique() -> None:
    """Names are checked, with the nearest."""
    with pytest.raises(NameUnknownError, match="did you mean 'low_flow'"):
        AlarmBoard(alarm_specs([FLOW])).acknowledge(1, "low_flo")
    with pytest.raises(CircuitError, match="there twice"):
        alarm_specs([FLOW, FLOW])


def test_a_limit_at_the_end_of_its_range_is_off() -> None:
    """A limit knob turned to its end is off, and the board says so."""
    bench = Bench(FLOW)
    assert bench.run(flow_l_min=-1.0, limit=0.0) == ()
    assert bench.board.limits({"flow_alarm_low_l_min": 0.0})[0].state == "off"
    assert bench.board.limits({"flow_alarm_low_l_min": 2.0})[0].state == "on"
    assert ids(bench.run(flow_l_min=-1.0, limit=0.1)) == ["low_flow"]


def test_log_tells_when_each_came_was_acknowledged_and_was_over() -> None:
    """One line for each time that an alarm comes, with its words as they were then."""
    bench = Bench(FLOW, MOTOR)
    bench.run(2, flow_l_min=1.0)
    bench.run(3, flow_l_min=0.5, motor=True)
    bench.board.acknowledge(bench.tick, "low_flow")
    bench.run(2)
    bench.run(1, flow_l_min=0.0)

    assert bench.board.events() == (
        AlarmEvent("low_flow", "high", "LOW FLOW 1.0 (limit 2.0)", 1, over_tick=6, acknowledged_tick=5),
        AlarmEvent("motor_fault", "high", "PUMP MOTOR FAULT", 3, over_tick=6),
        AlarmEvent("low_flow", "high", "LOW FLOW 0.0 (limit 2.0)", 8),
    )


def test_a_dead_host_ends_its_lines_in_the_log() -> None:
    """What was active when the power went is over from then on."""
    bench = Bench(FLOW)
    bench.run(2, flow_l_min=0.0)
    bench.run(1, flow_l_min=None, hosts={"monitor"})

    assert [event.over_tick for event in bench.board.events()] == [3]


CASES = list(every(lambda circuit: [str(entry["id"]) for entry in circuit.alarms]))
each_alarm = pytest.mark.parametrize(("circuit", "name"), CASES)


def spec_of(circuit: str, name: str) -> AlarmSpec:
    """A circuit's alarm by its id."""
    return next(row for row in alarm_specs(spec(circuit)[0].alarms) if row.id == name)


def provoke(plant: Plant, row: AlarmSpec) -> None:
    """Let what the alarm watches go past its limit, by its sensor or by the device's own fault, for long enough."""
    if row.condition:
        CONDITIONS[row.condition](plant)
    else:
        limit = plant.control(row.limit) if isinstance(row.limit, str) else row.limit
        push(plant, row.reading, limit + row.sign * max(0.1 * abs(limit), 3 * READINGS[row.reading].resolution))
    run(plant, row.delay_s + 1.0)


CONDITIONS: dict[str, Callable[[Plant], None]] = {
    "motor_fault": lambda plant: plant.inject("motor_fault", {}),
    "on_battery": lambda plant: plant.inject("mains_lost", {}),
    "no_signal": lambda plant: plant.inject("sensor_lost", {}, "p_pre_mmhg"),
}


@each_alarm
def test_each_alarm_of_each_circuit_comes_and_goes(circuit: str, name: str) -> None:
    """Quiet in the steady state, on past its limit, and over when the reading is back."""
    plant, row = steady(circuit), spec_of(circuit, name)
    assert name not in plant.active_alarms()
    provoke(plant, row)
    assert name in plant.active_alarms()
    if not row.condition:
        plant.inject("sensor_zero", {"offset": 0.0}, row.reading)
        run(plant, row.delay_s + 1.0)
        assert name not in plant.active_alarms() or row.reading in {"flow_l_min", "pump_rpm"}


@each_alarm
def test_each_alarm_can_be_off(circuit: str, name: str) -> None:
    """Its limit at the end of the range, or all alarms of its host switched off: it is silent, and shown as off."""
    plant, row = steady(circuit), spec_of(circuit, name)
    if isinstance(row.limit, str):
        plant.set(row.limit, CONTROLS[row.limit].low if row.sign < 0 else CONTROLS[row.limit].high)
        push(plant, row.reading, row.sign * 1e4)
    elif row.host in SWITCHES:
        plant.set(SWITCHES[row.host], 0.0)
        provoke(plant, row)
    else:
        pytest.skip(f"nothing switches {row.host} off but its power")
    run(plant, row.delay_s + 1.0)

    assert name not in plant.active_alarms()
    if row.reading:
        assert next(limit.state for limit in plant.alarm_limits() if limit.id == name) == "off"


@each_alarm
def test_each_alarm_is_silent_with_its_host_dead(circuit: str, name: str) -> None:
    """Without power its host shows blank and raises nothing; what lives on no power cannot be switched off."""
    plant, row = steady(circuit), spec_of(circuit, name)
    if row.host in STILL:
        assert row.host not in POWER
        return
    provoke(plant, row)
    plant.set(POWER[row.host], 0.0)
    run(plant, row.delay_s + 1.0)

    assert name not in plant.active_alarms()
    if row.reading:
        assert plant.shown(row.reading) is None


@each_alarm
def test_each_alarm_has_a_source(circuit: str, name: str) -> None:
    """Every limit is from somewhere, or is a local target."""
    entry = next(entry for entry in spec(circuit)[0].alarms if entry["id"] == name)

    assert entry["source"]


Event = st.tuples(
    st.sampled_from([None, -1.0, 1.9, 2.0, 4.0]), st.sampled_from([40.0, 70.0]), st.sampled_from([200.0, 400.0]),
    st.booleans(), st.sampled_from([HOSTS, {"monitor"}, set()]), st.sampled_from(["", "ack", "pause", "save"]),
)  # fmt: skip


@given(st.lists(st.tuples(Event, st.integers(1, 60)), max_size=12))
def test_saved_board_goes_on_as_if_never_saved(events: list[tuple[tuple[float | None, float, float, bool, set[str], str], int]]) -> None:
    """Through JSON and back at any moment changes nothing; alarms of dead hosts are never there."""
    bench, twin = Bench(FLOW, MAP, P_PRE, MOTOR), Bench(FLOW, MAP, P_PRE, MOTOR)
    for (flow, pressure, pre, motor, hosts, deed), n in events:
        for one in (bench, twin):
            alarms = one.run(n, flow_l_min=flow, map_mmhg=pressure, p_pre_mmhg=pre, motor=motor, hosts=hosts)
            if deed == "ack":
                one.board.acknowledge(one.tick)
            elif deed == "pause":
                one.board.audio_pause(one.tick)
        if deed == "save":
            saved = json.loads(json.dumps(twin.board.save()))
            twin.board = AlarmBoard(alarm_specs([FLOW, MAP, P_PRE, MOTOR]))
            twin.board.load(saved)
        assert bench.board.save() == twin.board.save()
        assert bench.board.alarms() == twin.board.alarms()
        assert bench.board.audio_pause_s(bench.tick) == twin.board.audio_pause_s(twin.tick)
        host = {"low_flow": "console", "motor_fault": "console", "p_pre_high": "console", "map_low": "monitor"}
        assert all(host[alarm.id] in hosts for alarm in alarms)
