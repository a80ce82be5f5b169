"""A session: the order of a tick, what an action may and may not do, and that the same causes give the same run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from drill.circuit.plant import Plant
from drill.circuit.readings import SHOWN
from drill.engine.actions import Action, clamp, unclamp
from drill.engine.entries import Entry
from drill.engine.entryshape import wrong_shape
from drill.engine.frame import TRUE, Frame, frames
from drill.engine.session import Session
from drill.engine.view import OffSupport
from drill.errors import NameUnknownError, SessionError
from drill.scenarios.load import Loaded

MakeSession = Callable[..., Session]
PLAN = {
    10: [Action(verb="set", target="pump_rpm_set", value=3400), Action(verb="say", target="call_help")],
    60: [clamp("return"), clamp("drainage"), Action(verb="look", target="pump_head")],
    75: [Action(verb="order", target="fetch_backup_console"), Action(verb="set", target="pump_rpm_set", value=99999)],
    130: [Action(verb="do", target="transfer_to_emergency_drive"), unclamp("return")],
    400: [Action(verb="do", target="crank_emergency_drive")],
    420: [Action(verb="set", target="crank_rpm", value=100), Action(verb="ack", target="all")],
}


def play(session: Session, ticks: int, plan: Mapping[int, list[Action]] = PLAN) -> Session:
    """Run so many ticks; the plan's actions act at their ticks."""
    for tick in range(1, ticks + 1):
        for action in plan.get(tick, []):
            session.submit(action)
        session.tick()
    return session


def of_kind(session: Session, *kinds: str) -> list[Entry]:
    """The entries of some kinds."""
    return [entry for entry in session.run.entries if entry["k"] in kinds]


class Kept:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        """Start empty."""
        self.lines: list[Mapping[str, Any]] = []

    def header(self, header: Mapping[str, Any]) -> None:
        """Keep the header."""
        self.lines.append(header)

    def entry(self, entry: Entry) -> None:
        """Keep an entry."""
        self.lines.append(entry)


# -- the same causes give the same run ----------------------------------------------------------------------------


def test_same_seed_and_actions_give_the_same_entries(make_session: MakeSession) -> None:
    """Two sessions agree in every entry, checksums of the whole state included."""
    one = play(make_session(onset_s=2.0), 500)
    other = play(make_session(onset_s=2.0), 500)

    assert one.run.header == other.run.header
    assert len(one.run.entries) > 150
    for mine, theirs in zip(one.run.entries, other.run.entries, strict=True):
        assert mine == theirs, f"first difference at tick {mine['t']}"


@pytest.mark.slow
def test_a_run_is_its_causes(make_session: MakeSession) -> None:
    """Submitting the logged actions again, each before its tick, writes the same run."""
    first = play(make_session(onset_s=2.0), 500)
    plan: dict[int, list[Action]] = {}
    for cause in first.run.causes:
        action = Action(verb=cause["verb"], target=cause["target"], value=cause["value"], who=cause["who"])
        plan.setdefault(cause["t"], []).append(action)
    again = play(make_session(onset_s=2.0, cause=first.run.header["cause"]), 500, plan)

    assert list(again.run.entries) == list(first.run.entries)


@pytest.mark.slow
def test_another_seed_is_another_run(make_session: MakeSession) -> None:
    """Onset and heart differ by seed, and over some seeds every cause is drawn."""
    headers = [make_session(seed=seed).run.header for seed in range(8)]

    assert len({header["draws"]["onset_s"] for header in headers}) == 8
    assert {header["cause"] for header in headers} == {"motor_fault", "no_power"}


def test_a_forced_cause_leaves_the_draws_alone(make_session: MakeSession) -> None:
    """Forcing the cause changes nothing else that the seed decides."""
    drawn = make_session().run.header
    forced = make_session(cause="no_power" if drawn["cause"] == "motor_fault" else "motor_fault").run.header

    assert forced["cause"] != drawn["cause"]
    assert forced["draws"] == drawn["draws"]


def test_the_patient_is_as_strong_as_was_drawn(shipped: Loaded, make_session: MakeSession) -> None:
    """A drawn number of the patient reaches the physics: another draw, another state."""
    weak, strong = make_session(seed=1), make_session(seed=2)

    assert weak.run.header["draws"]["heart_strength"] != strong.run.header["draws"]["heart_strength"]
    play(weak, 50, {})
    play(strong, 50, {})
    assert of_kind(weak, "check")[-1] != of_kind(strong, "check")[-1]


def test_the_drill_opens_in_steady_state(shipped: Loaded, make_session: MakeSession) -> None:
    """After settling, flow stands where the set speed carries it, and tick 0 is the first tick that is seen."""
    session = make_session(settle_s=20)

    assert session.snapshot().tick == 0
    assert session.frame.true["flow_l_min"] > 2.5


def test_settling_leaves_no_trace_in_the_log(shipped: Loaded, make_session: MakeSession) -> None:
    """At tick 0 only the state of things is written, all of it."""
    session = make_session(settle_s=1)
    kinds = {entry["k"] for entry in session.run.entries}

    assert {entry["t"] for entry in session.run.entries} == {0}
    assert kinds <= {"control", "drive", "person", "frame", "stage", "check", "snapshot", "alarm"}
    written = {entry["name"]: entry["value"] for entry in of_kind(session, "control")}
    assert written == {**session.snapshot().controls, **shipped.scenario.usual_controls}


# -- the order of a tick ------------------------------------------------------------------------------------------


def test_an_action_acts_at_the_start_of_the_next_tick(make_session: MakeSession) -> None:
    """Submitted after tick 4, it is stamped 5, and the frame of tick 5 already shows it."""
    session = play(make_session(), 4, {})
    session.submit(clamp("return"))
    assert session.frame.controls["clamp_return"] == 0
    session.tick()

    assert [entry["t"] for entry in of_kind(session, "action")] == [5]
    assert (session.frame.tick, session.frame.controls["clamp_return"]) == (5, 1)
    assert [did.target for did in session.frame.did] == ["clamp_return"]


def test_actions_keep_their_order_and_number(make_session: MakeSession) -> None:
    """What is submitted first acts first; `seq` counts over the whole run."""
    session = play(make_session(), 100)

    assert [entry["seq"] for entry in of_kind(session, "action")] == list(range(7))
    assert [entry["target"] for entry in of_kind(session, "action")][2:4] == ["clamp_return", "clamp_drainage"]


def test_a_tick_writes_in_its_order(make_session: MakeSession) -> None:
    """Within one tick: actions, jobs that are due, readings, call-outs, the story, the checksum, the end."""
    plan = {50: [Action(verb="order", target="fio2_100")], 200: [Action(verb="say", target="say_no_flow"), clamp("drainage")]}
    session = play(make_session(onset_s=4.0, time_limit_s=4.0), 200, plan)
    at_200 = [entry["k"] for entry in session.run.entries if entry["t"] == 200]

    assert at_200 == ["action", "action", "control", "job", "control", "frame", "say", "stage", "fault", "check", "end"]


def test_a_fault_acts_on_the_tick_after(make_session: MakeSession) -> None:
    """Two causes injected at tick 100 give the same state at tick 100 and different ones at tick 150."""
    checks = {
        cause: {entry["t"]: entry["sha"] for entry in of_kind(play(make_session(cause=cause, onset_s=2.0), 150, {}), "check")}
        for cause in ("motor_fault", "no_power")
    }

    assert checks["motor_fault"][50] == checks["no_power"][50]
    assert checks["motor_fault"][150] != checks["no_power"][150]


@pytest.mark.slow
def test_frames_checks_and_snapshots_have_their_rhythm(make_session: MakeSession) -> None:
    """Readings at 10 Hz, a checksum each second, the whole state each 30 s, all from tick 0 on."""
    session = play(make_session(), 1500, {})

    assert [entry["t"] for entry in of_kind(session, "frame")] == list(range(0, 1501, 5))
    assert [entry["t"] for entry in of_kind(session, "check")] == list(range(0, 1501, 50))
    assert [entry["t"] for entry in of_kind(session, "snapshot")] == [0, 1500]


def test_the_log_alone_rebuilds_what_was_decided_on(make_session: MakeSession) -> None:
    """The frames that the director saw are those that a reader makes of the entries, and every entry has its shape."""
    session = make_session(onset_s=2.0)
    seen = [session.frame]
    for tick in range(1, 501):
        for action in PLAN.get(tick, []):
            session.submit(action)
        session.tick()
        if tick % 5 == 0:
            seen.append(session.frame)

    assert list(frames(session.run.entries)) == seen
    assert [wrong for entry in session.run.entries if (wrong := wrong_shape(entry, (len(TRUE), len(SHOWN))))] == []


def test_a_sink_gets_the_run_as_it_happens(make_session: MakeSession) -> None:
    """Header first, then each entry in order, nothing else."""
    sink = Kept()
    session = play(make_session(sink=sink), 60)

    assert sink.lines == [session.run.header, *session.run.entries]


# -- what cannot be done ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (Action(verb="set", target="clamp_retrun", value=1.0), "unknown control 'clamp_retrun' (did you mean 'clamp_return'?)"),
        (Action(verb="do", target="crank_emergency_driv"), "unknown task 'crank_emergency_driv' (did you mean 'crank_emergency_drive'?)"),
        (Action(verb="say", target="say_no_flwo"), "unknown call-out 'say_no_flwo' (did you mean 'say_no_flow'?)"),
        (Action(verb="look", target="pump_haed"), "unknown look 'pump_haed' (did you mean 'pump_head'?)"),
        (Action(verb="do", target="compressions", who="nurs"), "unknown person 'nurs' (did you mean 'nurse'?)"),
        (Action(verb="ack", target="al"), "unknown alarm 'al' (did you mean 'all'?)"),
        (Action(verb="instructor", target="motor_falt"), "unknown instruction 'motor_falt' (did you mean 'motor_fault'?)"),
        (Action(verb="sat", target="clamp_return"), "unknown verb 'sat' (did you mean 'set'?)"),  # type: ignore[arg-type]
    ],
)
def test_an_unknown_name_is_named_with_the_nearest(make_session: MakeSession, action: Action, message: str) -> None:
    """It is said at once, nothing is logged, and the drill goes on."""
    session = make_session()
    with pytest.raises(NameUnknownError) as error:
        session.submit(action)
    session.tick()

    assert str(error.value) == message
    assert of_kind(session, "action") == []


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Action(verb="set", target="pump_rpm_set", value=99999), "5000"),
        (Action(verb="set", target="pump_rpm_set", value=float("nan")), "needs a number"),
        (Action(verb="set", target="pump_rpm_set"), "needs a number"),
        (Action(verb="set", target="compressions", value=1.0), "first: Chest compressions"),
        (Action(verb="do", target="crank_emergency_drive"), "the pump head is not on the emergency drive"),
        (Action(verb="do", target="pressor_bolus"), "not a job for you"),
        (Action(verb="stop", target="compressions"), "nobody is doing that"),
        (Action(verb="order", target="compressions", who="intensivist"), "the intensivist is not here"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(make_session: MakeSession, action: Action, reason: str) -> None:
    """The action stays in the log as a cause, does nothing, says why, and does not count as done."""
    session = play(make_session(), 5, {5: [action]})
    refused = of_kind(session, "refused")

    assert [entry["seq"] for entry in refused] == [0]
    assert reason in refused[0]["reason"]
    assert session.frame.did == ()
    assert session.snapshot().log[-1].text == f"Not done: {refused[0]['reason']}"
    assert not session.ended


def test_a_refused_nan_can_still_be_written(make_session: MakeSession) -> None:
    """A value that JSON does not know never reaches the log."""
    session = play(make_session(), 5, {5: [Action(verb="set", target="pump_rpm_set", value=float("inf"))]})

    assert of_kind(session, "action")[0]["value"] is None


# -- ends and modes -----------------------------------------------------------------------------------------------


def test_the_time_limit_ends_the_run(make_session: MakeSession) -> None:
    """At the limit, with everyone's jobs ended, and nothing moves afterwards."""
    session = play(make_session(time_limit_s=2.0), 99, {50: [Action(verb="order", target="compressions")]})
    assert not session.ended
    session.tick()
    length = len(session.run.entries)
    session.submit(clamp("return"))
    session.tick()

    assert (session.ended, session.outcome, session.snapshot().tick) == (True, "time_limit", 100)
    assert [entry["state"] for entry in of_kind(session, "job")] == ["start", "stopped"]
    assert session.run.entries[-1] == {"t": 100, "k": "end", "outcome": "time_limit"}
    assert len(session.run.entries) == length


@pytest.mark.parametrize("mode", ["guided", "practice", "exam"])
def test_anyone_can_end_the_run(make_session: MakeSession, mode: str) -> None:
    """Leaving is an end of its own, in every mode: "stopped", not an outcome of the story."""
    session = play(make_session(mode=mode), 7, {7: [Action(verb="instructor", target="end")]})

    assert (session.outcome, session.run.entries[-1]) == ("stopped", {"t": 7, "k": "end", "outcome": "stopped"})


@pytest.mark.parametrize("mode", ["guided", "practice"])
def test_a_pause_is_an_entry_and_no_tick(make_session: MakeSession, mode: str) -> None:
    """While paused nothing ticks; the pause is a cause of the run at the tick where it began."""
    session = play(make_session(mode=mode), 7, {})
    session.pause()
    session.pause()
    with pytest.raises(SessionError, match="paused"):
        session.tick()
    session.resume()
    session.tick()

    assert [(entry["t"], entry["on"]) for entry in of_kind(session, "pause")] == [(7, True), (7, False)]
    assert session.snapshot().tick == 8


def test_an_exam_has_no_pause_and_nothing_added(make_session: MakeSession) -> None:
    """Neither trainee nor instructor stops or changes an exam; it goes on."""
    session = make_session(mode="exam")
    with pytest.raises(SessionError, match="exam cannot be paused"):
        session.pause()
    play(session, 5, {5: [Action(verb="instructor", target="motor_fault")]})

    assert of_kind(session, "pause", "fault") == []
    assert of_kind(session, "refused")[0]["reason"] == "nothing is added to an exam"


def test_an_instructor_can_add_a_fault_in_practice(make_session: MakeSession) -> None:
    """An injected fault is logged like the story's own."""
    session = play(make_session(), 5, {5: [Action(verb="instructor", target="motor_fault")]})

    assert of_kind(session, "fault") == [{"t": 5, "k": "fault", "name": "motor_fault", "at": {}}]


@pytest.mark.parametrize(("mode", "prompts"), [("guided", 1), ("practice", 0), ("exam", 0)])
def test_only_guided_mode_prompts(make_session: MakeSession, mode: str, prompts: int) -> None:
    """The stage's prompt is for guided mode alone; the run is the same in all three."""
    session = play(make_session(mode=mode, onset_s=1.0), 60, {})

    assert len(session.snapshot().prompts) == prompts


def test_modes_differ_in_nothing_but_hints_and_pauses(make_session: MakeSession) -> None:
    """The physics and the story are the same in all modes."""
    guided, exam = (play(make_session(mode=mode, onset_s=2.0), 200) for mode in ("guided", "exam"))

    assert list(guided.run.entries) == list(exam.run.entries)


@pytest.mark.parametrize(
    ("how", "message"), [({"mode": "exma"}, "did you mean 'exam'"), ({"cause": "motor_falt"}, "did you mean 'motor_fault'")]
)
def test_a_session_is_not_made_of_unknown_names(make_session: MakeSession, how: dict[str, Any], message: str) -> None:
    """Mode and cause are checked before anything runs."""
    with pytest.raises(NameUnknownError, match=message):
        make_session(**how)


def test_a_negative_seed_is_refused(make_session: MakeSession) -> None:
    """The message says which seed and what is allowed."""
    with pytest.raises(SessionError, match="seed -1 is negative"):
        make_session(seed=-1)


# -- what is shown ------------------------------------------------------------------------------------------------


def test_a_snapshot_shows_the_bedside(make_session: MakeSession) -> None:
    """Controls with the time they were set, people and their jobs, everything that can be done, and the log in words."""
    session = play(make_session(), 200)
    snapshot = session.snapshot()
    you = snapshot.team[0]

    assert (snapshot.controls["clamp_return"], snapshot.control_since["clamp_return"]) == (1, 60)
    assert (you.doing, you.hands_free) == ("Move the pump head to the emergency drive, Pump head", 0)
    assert you.free_in_s == pytest.approx(5 - 70 / 50)
    assert [(job.task, job.who) for job in snapshot.jobs] == [
        ("fetch_backup_console", "nurse"),
        ("transfer_to_emergency_drive", "you"),
        ("pump_head", "you"),
    ]
    assert snapshot.jobs[1].progress == pytest.approx(70 / 250)
    assert "Return clamp closed" in [line.text for line in snapshot.log]
    assert snapshot.off_support_s > 0


@pytest.mark.parametrize(
    ("shown", "drive", "off"),
    [
        ({"flow_l_min": 3.0, "pump_rpm": 3000.0}, "console", False),
        ({"flow_l_min": 0.1, "pump_rpm": 3000.0}, "console", True),
        ({"flow_l_min": None, "pump_rpm": 3000.0}, "console", False),  # the probe is lost, the pump turns
        ({"flow_l_min": None, "pump_rpm": None}, "console", True),  # the console is dark
        ({"flow_l_min": None, "pump_rpm": 3000.0}, "moving", True),  # the motor turns on under a head that was taken off
        ({"flow_l_min": None, "pump_rpm": 0.0, "crank_tach_rpm": 2400.0}, "emergency_drive", False),
        ({"flow_l_min": None, "pump_rpm": 0.0, "crank_tach_rpm": 300.0}, "emergency_drive", True),
    ],
)
def test_a_number_that_is_gone_is_not_taken_for_no_flow(shown: dict[str, float | None], drive: str, off: bool) -> None:  # noqa: FBT001
    """The clock off support starts where no flow is shown; without a flow reading, where nothing turns the pump either."""
    frame = Frame(100, {}, shown, {}, frozenset(), frozenset(), {}, {}, {}, drive, ())
    clock = OffSupport({})
    clock.feed(frame)

    assert (clock.at(150) > 0) is off


@pytest.mark.parametrize(
    ("shut", "off"),
    [
        ({}, False),
        ({"main": 1.0}, False),
        ({"main": 1.0, "out": 1.0}, True),
        ({"main": 1.0, "in": 1.0}, True),
        ({"in": 1.0, "out": 1.0}, False),
    ],
)
def test_a_clamp_that_another_way_goes_round_stops_nothing(shut: dict[str, float], off: bool) -> None:  # noqa: FBT001
    """While both clamps of the way round are open, the main one may be shut and the patient is on support."""
    names = {"main": "clamp_post_ox", "in": "clamp_pronto_in", "out": "clamp_pronto_out"}
    controls = {names[name]: value for name, value in shut.items()}
    clock = OffSupport({names["main"]: (names["in"], names["out"])})
    clock.feed(Frame(100, {}, {"flow_l_min": 3.0}, controls, frozenset(), frozenset(), {}, {}, {}, "console", ()))

    assert (clock.at(150) > 0) is off


def test_the_list_of_things_to_do_never_changes_its_order(make_session: MakeSession) -> None:
    """Same entries in the same order before and during the crisis: it is no answer sheet."""
    session = make_session(onset_s=1.0)
    before = [(option.verb, option.target) for option in session.snapshot().options]
    play(session, 300)

    assert [(option.verb, option.target) for option in session.snapshot().options] == before
    assert len(set(before)) == len(before)


@pytest.mark.slow
def test_what_the_list_offers_is_not_refused(make_session: MakeSession) -> None:
    """An option without a reason, pressed now, is done."""
    session = play(make_session(), 5, {})
    offered = [option for option in session.snapshot().options if not option.reason]
    for option in offered:
        twin = make_session()
        play(twin, 6, {6: [Action(verb=option.verb, target=option.target)]})  # type: ignore[arg-type]
        assert of_kind(twin, "refused") == [], option.target


def test_a_snapshot_is_the_state_after_its_tick(make_session: MakeSession) -> None:
    """Asking for it changes nothing, and an old one stays as it was."""
    asked, unasked = make_session(), make_session()
    old = asked.snapshot()
    kept = replace(old)
    for tick in range(1, 201):
        for session in (asked, unasked):
            for action in PLAN.get(tick, []):
                session.submit(action)
            session.tick()
        asked.snapshot()

    assert list(asked.run.entries) == list(unasked.run.entries)
    assert (old.tick, old.controls, old.log) == (0, kept.controls, ())


def test_nothing_shown_names_case_or_cause(shipped: Loaded, make_session: MakeSession) -> None:
    """Before the crisis no text of the snapshot gives it away."""
    shown = repr(make_session().snapshot())

    for secret in (shipped.pack.id, shipped.scenario.id, *(cause.title for cause in shipped.scenario.causes)):
        assert secret not in shown


def test_the_log_does_not_tell_what_no_hand_has_done(make_session: MakeSession) -> None:
    """A switch that a fault has moved is logged for the score, and is not a line that the trainee reads."""
    session = play(make_session(cause="no_power", onset_s=1.0), 60, {})

    assert {"name": "isolation_switch", "value": 0.0, "who": "", "t": 55, "k": "control"} in session.run.entries
    assert session.snapshot().log == ()


def test_a_compiled_tick_is_handed_to_the_plant(make_session: MakeSession) -> None:
    """`advance` takes the place of the interpreted kernel: it is called for every tick."""
    calls: list[int] = []

    def advance(*_: Any) -> None:
        calls.append(1)

    session = make_session(advance=advance)
    play(session, 4, {})  # up to the first frame: the numbers of a machine that never ran end the drill

    assert len(calls) == 4
    assert isinstance(session._plant, Plant)
