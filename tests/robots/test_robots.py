"""Robots on the real machine: they see what is shown, do what hands can do, and their dice are their own."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from drill.circuit.plant import compile_kernel
from drill.engine.actions import Action
from drill.engine.session import Session
from drill.errors import NameUnknownError, SessionError
from drill.records.kernels import load_kernel
from drill.robots.make import ROBOTS, make_robot, play
from drill.robots.play import PlayRobot
from drill.robots.view import blindfold
from drill.scenarios.load import Loaded, load_scenario
from drill.scenarios.schema import Act, Condition, Rule
from drill.units import FRAME_TICKS, ticks


@pytest.fixture(scope="module")
def quick(root: Path) -> Loaded:
    """The shipped scenario: two seconds of settling, flow lost after two, over after twenty."""
    loaded = load_scenario("pump_head_failure/va_flow_lost", roots=[root / "scenario_packs"])
    scenario = loaded.scenario
    onset = scenario.vary["onset_s"].model_copy(update={"low": 2.0, "high": 2.0})
    start = scenario.start.model_copy(update={"settle_s": 2.0})
    changed = {"start": start, "vary": {**scenario.vary, "onset_s": onset}, "time_limit_s": 20.0}
    return replace(loaded, scenario=scenario.model_copy(update=changed))


@pytest.fixture(scope="module")
def advance(quick: Loaded) -> Any:
    """The compiled tick, for speed; None where there is no numba."""
    return load_kernel(compile_kernel(quick.circuit, quick.patient)).advance


@pytest.fixture
def acts(quick: Loaded, advance: Any) -> Callable[..., list[dict[str, Any]]]:
    """Let a robot play, and return the actions that it left in the log, with `reason` where one was refused."""

    def played(robot: Any, until_s: float = 12.0, **how: Any) -> list[dict[str, Any]]:
        session = Session(quick, **{"seed": 3, "mode": "exam", "cause": "motor_fault", "advance": advance, **how})
        play(session, robot, until_tick=ticks(until_s))
        refused = {e["seq"]: e["reason"] for e in session.run.entries if e["k"] == "refused"}
        return [{**e, "reason": refused.get(e["seq"], "")} for e in session.run.entries if e["k"] == "action"]

    return played


def rule(name: str, when: dict[str, Any], *do: dict[str, Any], wait_s: float = 0.0, once: bool = True) -> Rule:
    """A rule of a play."""
    return Rule(id=name, when=Condition.model_validate(when), do=tuple(Act.model_validate(a) for a in do), wait_s=wait_s, once=once)


def done(log: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Verb and target of each action."""
    return [(entry["verb"], entry["target"]) for entry in log]


def test_truth_is_not_there_to_be_seen(quick: Loaded) -> None:
    """A frame for a robot has no true reading: asking for one is an error that names it."""
    frame = blindfold(Session(quick, seed=1).frame)

    assert len(frame.true) == 0
    with pytest.raises(SessionError, match="'shown: map_mmhg'"):
        frame.true["map_mmhg"]


def test_a_rule_waits_and_acts_in_order(acts: Callable[..., Any]) -> None:
    """A rule that becomes true starts its wait; its acts follow in their order."""
    robot = PlayRobot((rule("now", {"after_s": 1.0}, {"clamp": "return"}, {"say": "call_help"}, {"clamp": "drainage"}, wait_s=2.0),))
    log = acts(robot, 6.0)

    assert done(log) == [("set", "clamp_return"), ("say", "call_help"), ("set", "clamp_drainage")]
    assert log[0]["t"] == ticks(3.0) + 1


def test_slow_waits_three_times_as_long(acts: Callable[..., Any]) -> None:
    """`pace` multiplies each wait and nothing else."""
    rules = (rule("now", {"after_s": 1.0}, {"clamp": "return"}, wait_s=2.0),)

    assert [acts(PlayRobot(rules, pace), 9.0)[0]["t"] for pace in (1.0, 3.0)] == [ticks(3.0) + 1, ticks(7.0) + 1]


def test_an_act_waits_for_hands(acts: Callable[..., Any]) -> None:
    """While both hands move the pump head no clamp is touched: it is tried again until a hand is free, and never refused."""
    robot = PlayRobot((rule("now", {"after_s": 0.5}, {"do": "transfer_to_emergency_drive"}, {"clamp": "return"}),))
    log = acts(robot, 10.0)

    assert done(log) == [("do", "transfer_to_emergency_drive"), ("set", "clamp_return")]
    assert [entry["reason"] for entry in log] == ["", ""]
    assert log[1]["t"] - log[0]["t"] >= ticks(5.0)


def test_once_is_once_and_else_each_time(acts: Callable[..., Any]) -> None:
    """A rule fires when its condition becomes true: once, or with `once: false` at each new time."""
    when = {"control": "clamp_drainage", "above": 0.5}
    there_and_back = (
        rule("a", {"after_s": 1.0}, {"clamp": "drainage"}),
        rule("b", {"after_s": 2.0}, {"unclamp": "drainage"}),
        rule("c", {"after_s": 3.0}, {"clamp": "drainage"}),
    )
    counts = [
        done(acts(PlayRobot((*there_and_back, rule("x", when, {"say": "call_help"}, once=once))), 5.0)).count(("say", "call_help"))
        for once in (True, False)
    ]

    assert counts == [1, 2]


@pytest.mark.parametrize("name", sorted(ROBOTS))
def test_every_robot_plays_and_is_never_told_that_a_name_is_wrong(quick: Loaded, acts: Callable[..., Any], name: str) -> None:
    """Each robot plays; what it does can be refused only for hands and people, since it looks at the list first."""
    log = acts(make_robot(name, quick.plays, 3), 20.0)

    assert bool(log) == (name != "idle")
    assert [entry for entry in log if "unknown" in entry["reason"]] == []


def test_reflex_waits_for_an_alarm(quick: Loaded, advance: Any) -> None:
    """It clamps both lines at the first alarm, moves the head, and cranks against the clamps."""
    session = Session(quick, seed=3, mode="exam", cause="motor_fault", advance=advance)
    play(session, make_robot("reflex", quick.plays, 3), until_tick=ticks(12.0))
    log = [entry for entry in session.run.entries if entry["k"] == "action"]
    alarm = next(entry["t"] for entry in session.run.entries if entry["k"] == "alarm" and entry["state"] == "on")

    assert done(log) == [
        ("set", "clamp_return"),
        ("set", "clamp_drainage"),
        ("do", "transfer_to_emergency_drive"),
        ("do", "crank_emergency_drive"),
    ]
    assert 0 <= log[0]["t"] - alarm <= FRAME_TICKS + 1


def test_masher_presses_everything_and_touches_nothing(quick: Loaded, acts: Callable[..., Any]) -> None:
    """Every call-out and every look is pressed, over and over; no control is."""
    log = acts(make_robot("masher", quick.plays, 3))
    pressed = set(done(log))

    assert {verb for verb, _ in pressed} == {"say", "look"}
    assert {("say", saying.id) for saying in quick.tasks.sayings} <= pressed


def test_random_acts_every_two_to_six_seconds_by_its_own_stream(quick: Loaded, acts: Callable[..., Any]) -> None:
    """Its pauses are 2 to 6 s; the same seed does the same, another does not, whatever the cause."""
    one, same, other = (acts(make_robot("random", quick.plays, seed), 10.0) for seed in (3, 3, 4))
    times = [0, *(entry["t"] for entry in one)]

    assert done(one) == done(same)
    assert done(one) != done(other)
    assert all(ticks(2.0) <= b - a <= ticks(6.2) for a, b in itertools.pairwise(times))


def test_random_gives_nothing_without_end(quick: Loaded, advance: Any) -> None:
    """Where there is nothing to do but two jobs, each is asked for three times at most."""
    scenario = quick.scenario.model_copy(update={"time_limit_s": 90.0})
    session = Session(replace(quick, scenario=scenario), seed=3, mode="exam", cause="motor_fault", advance=advance)
    snapshot = session.snapshot()
    drugs = ("pressor_bolus", "volume_250")
    few = replace(snapshot, controls={}, options=tuple(o for o in snapshot.options if o.target in drugs and o.verb == "order"))
    robot = make_robot("random", quick.plays, 3)

    class Narrow:
        """A session in which little can be done, and that always at once."""

        def snapshot(self) -> Any:
            return few

    frames = (session.frame._replace(tick=tick) for tick in range(0, ticks(90.0), 5))
    asked = Counter(action.target for frame in frames for action in robot.decide(frame, cast("Any", Narrow())))

    assert asked == {"pressor_bolus": 3, "volume_250": 3}


def test_an_unknown_robot_is_named_with_the_nearest(quick: Loaded) -> None:
    """The names of robots and of the pack's plays are known."""
    with pytest.raises(NameUnknownError, match="did you mean 'no_return_clamp'"):
        make_robot("no_return_clmp", quick.plays, 1)


def test_robots_act_on_every_fifth_tick_alone(quick: Loaded) -> None:
    """Between frames nothing is decided."""
    asked: list[int] = []

    class Watcher:
        def decide(self, frame: Any, session: Any) -> tuple[Action, ...]:
            del session
            asked.append(frame.tick)
            return ()

    play(Session(quick, seed=1), Watcher(), until_tick=23)

    assert asked == [0, 5, 10, 15, 20]
