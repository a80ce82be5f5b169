"""The story: timers, guards, faults and the first sign, on frames made by hand."""

import pytest

from drill.engine.director import Director
from drill.engine.frame import Frame
from drill.engine.machine import StageChange
from drill.errors import NameUnknownError
from drill.scenarios.schema import Cause, Condition, Draw, Go, Happening, Stage

CAUSE = Cause(id="no_power", title="No power", faults=(Happening(fault="isolation_switch_off"), Happening(fault="motor_fault")))


def frame(tick: int, flow_l_min: float | None = 3.0, map_mmhg: float = 60.0) -> Frame:
    """A frame in which only flow and pressure are read."""
    return Frame(
        tick=tick,
        true={"flow_l_min": flow_l_min or 0.0, "map_mmhg": map_mmhg},
        shown={"flow_l_min": flow_l_min},
        controls={},
        alarms=frozenset(),
        running=frozenset(),
        done={},
        found={},
        said={},
        drive="console",
        did=(),
    )


def test_the_first_stage_begins_at_once() -> None:
    """`start` reports the first stage and injects its faults."""
    director = Director([Stage(id="steady", enter=(Happening(fault="motor_fault"),))])
    step = director.start()

    assert step.changes == (StageChange("", "steady"),)
    assert step.happens == (Happening(fault="motor_fault"),)


def test_a_timer_opens_at_the_first_frame_that_is_not_too_early() -> None:
    """`after_s: 0.25` is 13 ticks, rounded up; the frame at tick 15 is the first one after it."""
    director = Director([Stage(id="a", next=(Go(go="b", after_s=0.25),)), Stage(id="b")])
    director.start()
    moved = [tick for tick in range(0, 30, 5) if director.step(frame(tick)).changes]

    assert moved == [15]


def test_a_timer_counts_from_its_own_stage() -> None:
    """The second stage's second starts when the second stage does."""
    stages = [Stage(id="a", next=(Go(go="b", after_s=1.0),)), Stage(id="b", next=(Go(go="c", after_s=1.0),)), Stage(id="c")]
    director = Director(stages)
    director.start()
    moved = [tick for tick in range(0, 200, 5) if director.step(frame(tick)).changes]

    assert moved == [50, 100]


def test_a_drawn_number_is_used() -> None:
    """`after_s: {draw: onset_s}` waits as long as this run has drawn."""
    director = Director([Stage(id="a", next=(Go(go="b", after_s=Draw(draw="onset_s")),)), Stage(id="b")], draws={"onset_s": 0.4})
    director.start()

    assert [tick for tick in range(0, 60, 5) if director.step(frame(tick)).changes] == [20]


def test_a_draw_that_does_not_exist_is_named() -> None:
    """A misspelt draw is found at build, with the nearest name."""
    with pytest.raises(NameUnknownError, match="did you mean 'onset_s'"):
        Director([Stage(id="a", next=(Go(go="a", after_s=Draw(draw="onste_s")),))], draws={"onset_s": 0.4})


def test_fault_cause_stands_for_the_drawn_cause() -> None:
    """`fault: cause` is replaced by all faults of the hidden cause."""
    director = Director([Stage(id="a", enter=(Happening(fault="cause"),))], cause=CAUSE)

    assert [use.fault for use in director.start().happens] == ["isolation_switch_off", "motor_fault"]


def test_fault_cause_without_a_cause_is_an_error() -> None:
    """A story that needs a cause is not built without one."""
    with pytest.raises(NameUnknownError, match="unknown cause"):
        Director([Stage(id="a", enter=(Happening(fault="cause"),))])


def test_for_s_counts_anew_after_a_break() -> None:
    """MAP below 25 for 1 s: a single better frame starts the second again."""
    lost = Condition.model_validate({"value": "map_mmhg", "below": 25.0, "for_s": 1.0})
    director = Director([Stage(id="a", next=(Go(go="lost", when=lost),)), Stage(id="lost", ends="failed")])
    director.start()
    pressures = {tick: (60.0 if tick == 40 else 20.0) for tick in range(0, 200, 5)}
    ended = [tick for tick, mmhg in pressures.items() if director.step(frame(tick, map_mmhg=mmhg)).outcome]

    assert ended[0] == 95


def test_time_held_before_a_stage_does_not_count_in_it() -> None:
    """A guard's `for_s` starts with its stage, even when it held long before."""
    held = Condition.model_validate({"value": "map_mmhg", "below": 25.0, "for_s": 1.0})
    stages = [Stage(id="a", next=(Go(go="b", after_s=2.0),)), Stage(id="b", next=(Go(go="c", when=held),)), Stage(id="c")]
    director = Director(stages)
    director.start()
    moved = [tick for tick in range(0, 300, 5) if director.step(frame(tick, map_mmhg=20.0)).changes]

    assert moved == [100, 155]


def test_the_first_edge_of_the_list_wins() -> None:
    """Where two edges hold at one frame, the pack's order is the rule."""
    low = Condition.model_validate({"value": "map_mmhg", "below": 25.0})
    director = Director([Stage(id="a", next=(Go(go="lost", when=low), Go(go="late", after_s=0.0))), Stage(id="lost"), Stage(id="late")])
    director.start()

    assert director.step(frame(5, map_mmhg=20.0)).changes == (StageChange("a", "lost"),)


def test_the_first_sign_is_reported_once() -> None:
    """The first frame at which the sign can be perceived, and never again."""
    sign = Condition.model_validate({"any": ({"shown": "flow_l_min", "below": 1.0}, {"shown": "flow_l_min", "blank": True})})
    director = Director([Stage(id="a")], first_sign=sign)
    director.start()
    flows = {0: 3.0, 5: 1.2, 10: None, 15: None, 20: 0.2}
    signs = [tick for tick, flow in flows.items() if director.step(frame(tick, flow)).first_sign]

    assert signs == [10]


def test_a_sign_and_a_change_at_one_frame_are_both_reported() -> None:
    """Neither hides the other."""
    low = Condition.model_validate({"shown": "flow_l_min", "below": 1.0})
    director = Director([Stage(id="a", next=(Go(go="b", when=low),)), Stage(id="b", ends="passed")], first_sign=low)
    director.start()
    step = director.step(frame(5, 0.5))

    assert (step.first_sign, step.outcome, step.changes) == (True, "b", (StageChange("a", "b"),))
