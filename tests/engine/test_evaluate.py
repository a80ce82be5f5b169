import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.circuit.controls import CONTROLS
from drill.circuit.guards import GUARDS
from drill.circuit.interlocks import INTERLOCKS
from drill.engine.entries import Entry
from drill.engine.evaluate import Check, compile_condition
from drill.engine.frame import frames
from drill.errors import NameUnknownError, PackError
from drill.scenarios.schema import Condition
from tests.engine.synthetic import action, control, frame, start


def condition(**keys: object) -> Condition:
    """A condition as a pack writes it."""
    return Condition.model_validate_json(json.dumps(keys))


def held_at(check: Check, entries: Iterable[Entry], begin: int = 0) -> list[int]:
    """The ticks of the frames at which the condition held."""
    check.begin(begin)
    return [f.tick for f in frames([*start(), *entries]) if check(f)]


def ticks_of(low: int, high: int) -> list[int]:
    """Frame ticks from low to high, both included."""
    return list(range(low, high + 1, 5))


def test_limits_are_strict() -> None:
    """At the limit itself neither above nor below holds; both together are a band."""
    log = [frame(5, map_mmhg=55.0), frame(10, map_mmhg=54.0), frame(15, map_mmhg=56.0)]

    assert held_at(compile_condition(condition(value="map_mmhg", below=55.0)), log) == [10]
    assert held_at(compile_condition(condition(value="map_mmhg", above=55.0)), log) == [0, 15]
    assert held_at(compile_condition(condition(value="map_mmhg", above=54.0, below=56.0)), log) == [5]


def test_a_blank_display_has_no_number() -> None:
    """A blank display is neither above nor below anything, while the truth goes on."""
    log = [frame(5, ("flow_l_min",), flow_l_min=0.0), frame(10, flow_l_min=0.0)]

    assert held_at(compile_condition(condition(shown="flow_l_min", below=1.0)), log) == [10]
    assert held_at(compile_condition(condition(shown="flow_l_min", blank=True)), log) == [5]
    assert held_at(compile_condition(condition(shown="flow_l_min", blank=False)), log) == [0, 10]
    assert held_at(compile_condition(condition(value="flow_l_min", below=1.0)), log) == [5, 10]


def test_for_s_must_hold_without_a_break() -> None:
    """One frame outside starts the wait anew; it ends when the time is full, not before."""
    low = [frame(tick, map_mmhg=20.0) for tick in ticks_of(5, 100)]
    broken = [frame(e["t"]) if e["t"] == 50 else e for e in low]
    check = compile_condition(condition(value="map_mmhg", below=25.0, for_s=1.0))

    assert held_at(check, low) == ticks_of(55, 100)
    assert held_at(check, broken) == []


def test_within_s_remembers_a_state_that_is_over() -> None:
    """A state with `within_s` still counts that long after it ended."""
    log = [frame(5, map_mmhg=20.0), *(frame(tick) for tick in ticks_of(10, 40))]

    assert held_at(compile_condition(condition(value="map_mmhg", below=25.0, within_s=0.4)), log) == ticks_of(5, 25)


def test_after_s_counts_from_the_beginning() -> None:
    """`after_s` counts from `begin`, and a draw stands for its number."""
    log = [frame(tick) for tick in ticks_of(5, 60)]

    assert held_at(compile_condition(condition(after_s=0.5)), log, begin=20) == ticks_of(45, 60)
    assert held_at(compile_condition(condition(after_s={"draw": "d"}), {"d": 0.2}), log) == ticks_of(10, 60)
    with pytest.raises(NameUnknownError, match="draw"):
        compile_condition(condition(after_s={"draw": "d"}), {"e": 1.0})


def test_clamp_is_short_for_set_at_099_or_more() -> None:
    """A half-closed clamp is no clamp; both spellings of the place mean the same; no place means any clamp."""
    log = [action(1, 0, "set", "clamp_return", 0.5), frame(5), action(7, 1, "set", "clamp_return", 0.99), frame(10)]

    for at in ({"at": "return"}, {"at": "clamp_return"}, {}):
        assert held_at(compile_condition(condition(action="clamp", **at)), log) == [10]
    assert held_at(compile_condition(condition(action="clamp", at="drainage")), log) == []
    assert held_at(compile_condition(condition(action="unclamp", at="return")), [action(1, 0, "set", "clamp_return", 0.0), frame(5)]) == [5]


def test_an_action_stays_done_unless_it_must_be_recent() -> None:
    """Without `within_s` an action counts from then on, with it for that long after the last one."""
    log = [action(3, 0, "set", "pump_rpm_set", 0.0), *(frame(tick) for tick in ticks_of(5, 30))]
    zeroed = {"action": "set", "at": "pump_rpm_set", "below": 100.0}

    assert held_at(compile_condition(condition(**zeroed)), log) == ticks_of(5, 30)
    assert held_at(compile_condition(condition(**zeroed, within_s=0.2)), log) == [5, 10]
    assert held_at(compile_condition(condition(**zeroed)), log, begin=4) == []


def test_what_came_before_the_beginning_does_not_count() -> None:
    """Call-outs and looks before `begin` are forgotten; a job that is done stays done."""
    log = [
        {"t": 2, "k": "say", "id": "call", "who": "you", "true": True},
        {"t": 3, "k": "look", "target": "line", "who": "you", "findings": ["clear"]},
        {"t": 4, "k": "job", "task": "fetch", "who": "nurse", "state": "start"},
        frame(5),
        {"t": 7, "k": "job", "task": "fetch", "who": "nurse", "state": "done"},
        frame(10),
    ]

    assert held_at(compile_condition(condition(said="call")), log) == [5, 10]
    assert held_at(compile_condition(condition(said="call")), log, begin=5) == []
    assert held_at(compile_condition(condition(found="line")), log, begin=5) == []
    assert held_at(compile_condition(condition(task="fetch")), log, begin=8) == [10]
    assert held_at(compile_condition(condition(task="fetch", **{"is": "running"})), log) == [5]
    assert held_at(compile_condition(condition(task="fetch", **{"is": "running"}, within_s=0.1)), log) == [5, 10]


def test_a_call_out_that_was_not_so_does_not_count() -> None:
    """Only a call-out that was true is `said`."""
    log = [{"t": 2, "k": "say", "id": "call", "who": "you", "true": False}, frame(5)]

    assert held_at(compile_condition(condition(said="call")), log) == []


def test_the_last_look_counts() -> None:
    """A second look takes the first one's place; `within_s` asks for a fresh one."""
    log = [
        {"t": 3, "k": "look", "target": "line", "who": "you", "findings": ["clear"]},
        *(frame(tick) for tick in ticks_of(5, 20)),
        {"t": 22, "k": "look", "target": "line", "who": "you", "findings": ["gas_seen"]},
        frame(25),
    ]
    clear = {"found": "line", "is": "clear"}

    assert held_at(compile_condition(condition(**clear)), log) == ticks_of(5, 20)
    assert held_at(compile_condition(condition(**clear, within_s=0.2)), log) == [5, 10]


def test_alarm_control_drive_and_their_combinations() -> None:
    """`all`, `any` and `not` combine states; a member that counts time is asked at every frame."""
    log = [
        {"t": 1, "k": "alarm", "id": "low_flow", "state": "on", "priority": "high", "text": ""},
        frame(5, map_mmhg=20.0),
        control(6, "clamp_return", 1.0),
        frame(10, map_mmhg=20.0),
        {"t": 11, "k": "drive", "at": "emergency_drive"},
        {"t": 12, "k": "alarm", "id": "low_flow", "state": "off", "priority": "high", "text": ""},
        frame(15, map_mmhg=20.0),
    ]
    lasting = {"value": "map_mmhg", "below": 25.0, "for_s": 0.2}

    assert held_at(compile_condition(condition(alarm="low_flow")), log) == [5, 10]
    assert held_at(compile_condition(condition(control="clamp_return", above=0.98)), log) == [10, 15]
    assert held_at(compile_condition(condition(drive="emergency_drive")), log) == [15]
    assert held_at(compile_condition(condition(all=[{"drive": "emergency_drive"}, lasting])), log) == [15]
    assert held_at(compile_condition(condition(any=[{"alarm": "low_flow"}, lasting])), log) == [5, 10, 15]
    assert held_at(compile_condition(condition(**{"not": {"alarm": "low_flow"}})), log) == [0, 15]


@pytest.mark.parametrize(
    ("guard", "worse", "better"),
    [
        ("bubble_stop", 0.0, 1.0),
        ("override_level", 1.0, 0.0),
        ("limit_bubble_ml", 0.6, 0.4),
        ("limit_level_stop_ml", 190.0, 210.0),
        ("limit_backflow_l_min", -0.4, -0.2),
        ("limit_map_low_mmhg", 54.0, 56.0),
        ("limit_p_pre_high_mmhg", 401.0, 399.0),
        ("flow_alarm_low_l_min", 1.9, 2.1),
        ("console_alarms", 0.0, 1.0),
        ("monitor_power", 0.0, 1.0),
    ],
)
def test_guards_are_as_found_while_none_stands_less_safe(guard: str, worse: float, better: float) -> None:
    """Off, overridden or wider than in the run's first frame is not as found; narrower, or put back, is."""
    usual = CONTROLS[guard].default
    log = [frame(5), control(6, guard, worse), frame(10), control(11, guard, usual), frame(15), control(16, guard, better), frame(20)]

    assert held_at(compile_condition(condition(guards="as_found")), log) == [0, 5, 15, 20]


def test_a_guard_that_was_found_lowered_may_stay_so() -> None:
    """What counts is how the trainee found it."""
    log = [control(0, "level_stop", 0.0), frame(5), control(6, "level_stop", 1.0), frame(10), control(11, "level_stop", 0.0), frame(15)]
    check = compile_condition(condition(guards="as_found"))
    check.begin(0)

    assert [f.tick for f in frames([*start()[:-1], *log]) if check(f)] == [5, 10, 15]


def test_cooling_on_purpose_lowers_no_guard() -> None:
    """The limit of a low core temperature is no guard; every other alarm limit and every interlock is."""
    limits = {name for name in CONTROLS if name.startswith("limit_")} | {"flow_alarm_low_l_min"}

    assert limits - set(GUARDS) == {"limit_temp_low_c"}
    assert {name for row in INTERLOCKS.values() for name in (row.arm, row.override, row.limit)} <= set(GUARDS)


@pytest.mark.parametrize("keys", [{}, {"value": "map_mmhg"}, {"value": "map_mmhg", "above": 1.0, "drive": "console"}])
def test_a_condition_that_says_nothing_is_refused(keys: dict[str, object]) -> None:
    """No head, two heads, or a reading without a limit: an error, not a guess."""
    with pytest.raises(PackError):
        compile_condition(condition(**keys))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40), st.integers(1, 40))
def test_memory_makes_it_repeatable(values: list[int], cut: int) -> None:
    """Saving the memory in the middle and going on from it gives the same answers as going through."""
    log = list(frames([*start(), *(frame(5 * (i + 1), map_mmhg=float(v)) for i, v in enumerate(values))]))
    text = condition(all=[{"value": "map_mmhg", "below": 30.0, "for_s": 0.2}, {"value": "map_mmhg", "below": 10.0, "within_s": 0.5}])
    through, first, second = (compile_condition(text) for _ in range(3))
    for check in (through, first):
        check.begin(0)
    straight = [through(f) for f in log]
    before = [first(f) for f in log[:cut]]
    second.memory[:] = first.memory

    assert before + [second(f) for f in log[cut:]] == straight


def test_by_asks_who_did_it() -> None:
    """An action, a call-out, a look and a job count only as this person's; of looks and jobs the last one's."""
    log = [
        action(3, 0, "set", "clamp_return", 1.0, who="nurse"),
        {"t": 4, "k": "look", "target": "pump_head", "who": "you", "findings": ["clean"]},
        {"t": 4, "k": "say", "id": "call_help", "who": "nurse", "true": True},
        {"t": 4, "k": "job", "task": "compressions", "who": "nurse", "state": "start"},
        frame(5),
    ]

    for keys in ({"action": "clamp", "at": "return"}, {"said": "call_help"}, {"task": "compressions", "is": "running"}):
        assert held_at(compile_condition(condition(**keys, by="nurse")), log) == [5], keys
        assert held_at(compile_condition(condition(**keys, by="you")), log) == [], keys
    assert held_at(compile_condition(condition(found="pump_head", by="you")), log) == [5]
    assert held_at(compile_condition(condition(found="pump_head", by="nurse")), log) == []
