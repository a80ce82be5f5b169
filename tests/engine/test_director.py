"""The story: timers, guards, faults and the first sign, on frames made by hand."""

import pytest

from drill.engine.director import Director
from drill.engine.frame import Frame
from drill.engine.machine import StageChange
from drill.engine.snapshot import PromptView
from drill.errors import NameUnknownError
from drill.scenarios.schema import Cause, Condition, Draw, Go, Happening, Prompt, Property, Stage

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


def flow_above(limit: float) -> Condition:
    """Flow above a limit."""
    return Condition.model_validate({"value": "flow_l_min", "above": limit})


def test_a_broken_property_leads_on_from_any_stage() -> None:
    """Where a property says `go`, the story goes there, before any other way out, and the run notes which one broke."""
    stages = [Stage(id="a", next=(Go(go="b", when=flow_above(-9.0)),)), Stage(id="b"), Stage(id="lost", ends="failed")]
    director = Director(stages, always=[Property(id="flows", holds=flow_above(1.0), go="lost")])
    director.start()
    step = director.step(frame(5, flow_l_min=0.5))

    assert (step.broken, step.changes, step.outcome) == (("flows",), (StageChange("a", "lost"),), "lost")


def test_a_property_without_go_is_noted_once() -> None:
    """It changes nothing, and is told at the first frame that breaks it."""
    director = Director([Stage(id="a")], always=[Property(id="flows", holds=flow_above(1.0))])
    director.start()

    assert [director.step(frame(tick, flow)).broken for tick, flow in ((5, 3.0), (10, 0.0), (15, 3.0), (20, 0.0))] == [
        (),
        ("flows",),
        (),
        (),
    ]


def test_a_property_holds_in_its_stages_alone() -> None:
    """Before and after the stages under `in` nothing is asked."""
    stages = [Stage(id="a", next=(Go(go="b", after_s=0.2),)), Stage(id="b")]
    early = Property.model_validate({"id": "early", "holds": flow_above(1.0), "in": ("a",)})
    late = Property.model_validate({"id": "late", "holds": flow_above(1.0), "in": ("b",)})
    director = Director(stages, always=[early, late])
    director.start()
    broken = {tick: director.step(frame(tick, 3.0 if tick < 10 else 0.0)).broken for tick in range(5, 30, 5)}

    assert broken == {5: (), 10: ("early",), 15: ("late",), 20: (), 25: ()}


def test_what_waits_comes_after_its_time_even_in_another_stage() -> None:
    """`after_s` counts from the stage that it began with; a drawn one is drawn once."""
    late = Happening(fault="motor_fault", after_s=Draw(draw="later_s"))
    stages = [Stage(id="a", enter=(Happening(note="now"), late), next=(Go(go="b", after_s=0.2),)), Stage(id="b")]
    director = Director(stages, draws={"later_s": 0.5})

    assert [one.note for one in director.start().happens] == ["now"]
    assert [tick for tick in range(5, 60, 5) if director.step(frame(tick)).happens] == [25]


def test_a_cause_brings_faults_with_numbers_that_were_drawn() -> None:
    """A drawn number of a fault is the run's own."""
    clot = Happening(fault="head_thrombosis", at={"clot": Draw(draw="clot")})
    cause = Cause(id="clot", title="Clot", faults=(clot,))
    director = Director([Stage(id="a", enter=(Happening(fault="cause"),))], cause=cause, draws={"clot": 0.4})

    assert director.start().happens[0].at == {"clot": 0.4}


def test_prompts_are_there_while_they_hold() -> None:
    """The stage's own prompt stands behind those that hold now, each with its why."""
    hint = Prompt(text="Clamp.", why="It runs back.", when=Condition.model_validate({"value": "flow_l_min", "below": 0.0}))
    director = Director([Stage(id="a", prompt="Look.", prompts=(hint,))])
    director.start()
    seen = [director.prompts]
    for tick, flow in ((5, -1.0), (10, 1.0)):
        director.step(frame(tick, flow))
        seen.append(director.prompts)

    look = PromptView("Look.")
    assert seen == [(look,), (PromptView("Clamp.", "It runs back."), look), (look,)]
