import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.engine.entries import Entry
from drill.engine.frame import frames
from drill.engine.runfile import decode, encode
from drill.engine.runlog import Run, canonical
from drill.engine.scoring import ScoreSheet, score
from drill.engine.scoring.ledger import (
    COUNTS,
    EJECTING_MAP_MMHG,
    EJECTING_PULSE_MMHG,
    MAP_LIMIT_MMHG,
    NO_FLOW_L_MIN,
    SAT_LIMIT_PCT,
    SWEEP_OFF_L_MIN,
    crossed,
    harm_ledger,
)
from drill.engine.telling import events
from drill.reports.timeline import read_timeline
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Rubric
from tests.engine.synthetic import action, control, frame, header, run, small_run

SIGN: Entry = {"t": 10, "k": "first_sign"}
CLAMPED = {"control": "clamp_return", "above": 0.98}
WORDS = {"why": "because", "source": "a book"}


def rubric(**parts: Any) -> Rubric:
    """A rubric with these harm limits, steps and wrongs."""
    text = {"pass_mark_pct": 70, "first_sign": {"shown": "flow_l_min", "below": 1.0}, "harm": [], "steps": [], **parts}
    for part in ("harm", "steps", "wrong"):
        text[part] = [{**WORDS, **line} for line in text.get(part, [])]
    return Rubric.model_validate_json(json.dumps(text))


def step(name: str = "clamped", **keys: Any) -> dict[str, Any]:
    """One step of ten points."""
    return {"id": name, "title": name, "expect": CLAMPED, "points": 10, **keys}


def clamped_at(tick: int, until: int = 2000) -> list[Entry]:
    """The first sign at tick 10, the return line clamped at `tick`, flow lost from the first sign on."""
    log: list[Entry] = [frame(5)]
    for t in range(10, until + 1, 5):
        if t - 5 < tick <= t:
            log += [action(tick, 0, "set", "clamp_return", 1.0), control(tick, "clamp_return", 1.0)]
        log.append(frame(t, flow_l_min=0.0))
        if t == 10:
            log.append(SIGN)
    return log


@pytest.mark.parametrize(
    ("tick", "status", "points"), [(510, "done", 10.0), (515, "delayed", 5.0), (1010, "delayed", 5.0), (1015, "missed", 0.0)]
)
def test_a_step_is_done_then_delayed_then_missed(tick: int, status: str, points: float) -> None:
    """Full points up to `within_s` after the first sign, half until `late_s`, then none; the limits belong to the better side."""
    item = score(rubric(steps=[step(within_s=10.0, late_s=20.0)]), run(*clamped_at(tick))).item("clamped")

    assert (item.status, item.points, item.possible) == (status, points, 10.0)
    assert item.after_s == pytest.approx((tick - 10) / 50)


def test_a_step_that_never_came_is_missed_and_says_how_it_stood() -> None:
    """The evidence of a missed step is what the log holds instead."""
    item = score(rubric(steps=[step()]), run(*clamped_at(9999))).item("clamped")

    assert item.status == "missed"
    assert item.evidence[0].text == "Return clamp open"
    assert item.tick is None


def test_the_evidence_of_a_step_is_the_entry_that_proves_it() -> None:
    """A done step names the tick and the words of its log entry."""
    expect = {"any": [{"action": "clamp", "at": "return"}, CLAMPED]}
    item = score(rubric(steps=[step(expect=expect)]), run(*clamped_at(212))).item("clamped")

    assert {(e.tick, e.text) for e in item.evidence} == {(212, "you: set clamp return to 1"), (212, "Return clamp closed")}


def test_evidence_tells_what_decided_and_leaves_out_the_rest() -> None:
    """Of `any` that held only what held is told; of `all` that failed only what failed; `not` turns it round."""
    drainage, never = {"control": "clamp_drainage", "above": 0.98}, {"said": "help"}
    told = {
        "any": ({"any": [CLAMPED, never]}, ["Return clamp closed"]),
        "all": ({"all": [CLAMPED, never, {"not": drainage}]}, ["'help' was not said"]),
        "not": ({"not": {"any": [{"value": "map_mmhg", "below": 99.0}, never]}}, ["MAP was 65 mmHg"]),
        "nest": (
            {"any": [{"all": [CLAMPED, never]}, {"all": [CLAMPED, {"not": drainage}]}]},
            ["Drainage clamp open", "Return clamp closed"],
        ),
    }
    for name, (expect, texts) in told.items():
        item = score(rubric(steps=[step(expect=expect)]), run(*clamped_at(100))).item("clamped")
        assert sorted(e.text for e in item.evidence) == texts, name


def test_what_was_moved_back_since_is_told_by_when_it_stood() -> None:
    """A clamp that was on within the time is proved by its closing, not by its opening afterwards."""
    expect = {"control": "clamp_return", "above": 0.98, "within_s": 30}
    log = [*clamped_at(100, until=600), control(610, "clamp_return", 0.0), frame(615)]
    item = score(rubric(steps=[step(expect=expect, judge="end")]), run(*log)).item("clamped")
    assert (item.status, [(e.tick, e.text) for e in item.evidence]) == ("done", [(100, "Return clamp closed")])


def test_what_several_things_did_together_is_told_by_when_they_did_it() -> None:
    """Of an `all` that held within the time each member is told as it stood then, and what did not hold is left out."""
    then = {"all": [CLAMPED, {"value": "flow_l_min", "below": 1.0}], "for_s": 2, "within_s": 30}
    expect = {"any": [then, {"value": "flow_l_min", "above": 9.0}]}
    log = [*clamped_at(100, until=600), control(610, "clamp_return", 0.0), frame(615, flow_l_min=4.0)]
    item = score(rubric(steps=[step(expect=expect, judge="end")]), run(*log)).item("clamped")

    assert item.status == "done"
    assert [(e.tick, e.text) for e in item.evidence] == [(100, "Return clamp closed"), (600, "flow was 0 L/min")]


def test_on_bypass_a_clamp_is_called_what_a_perfusionist_calls_it() -> None:
    """The kind of machine stands in the run's header; evidence and account say "Arterial clamp" where it is "cpb"."""
    bypass = run(*clamped_at(100))
    bypass = replace(bypass, header={**bypass.header, "machine": "cpb"})

    item = score(rubric(steps=[step()]), bypass).item("clamped")
    assert [e.text for e in item.evidence] == ["Arterial clamp closed"]
    assert "Arterial clamp closed (by itself)" in [event.text for event in events(bypass)]
    assert "Arterial clamp closed" in [event.text for event in read_timeline(bypass).events]


@pytest.mark.parametrize(
    ("expect", "text"),
    [
        ({"shown": "flow_l_min", "below": -5.0}, "flow showed 0 L/min"),
        ({"shown": "spo2_right_hand_pct", "below": 1.0, "blank": None}, "SpO2 right hand showed 21 %"),
        ({"alarm": "low_flow"}, "no alarm 'low flow'"),
        ({"task": "fetch"}, "fetch: not begun"),
        ({"found": "pump_head"}, "no look at pump head"),
        ({"drive": "backup_console"}, "Pump head on the main console"),
        ({"action": "set", "at": "fdo2_pct"}, "no 'set FdO2'"),
        ({"action": "ack"}, "no 'ack'"),
    ],
)
def test_what_is_missing_is_told_in_words(expect: dict[str, Any], text: str) -> None:
    """Each kind of condition that was not met says what stood there instead."""
    entries = [{**e} if e["k"] != "frame" else frame(e["t"], flow_l_min=0.0, spo2_right_hand_pct=21.0) for e in clamped_at(100)]
    item = score(rubric(steps=[step(expect=expect)]), run(*entries)).item("clamped")

    assert [e.text for e in item.evidence] == [text]


def test_order_counts_through_after() -> None:
    """Before the step that it must follow: incorrect; in one frame with it: in order; a step of another cause is no hindrance."""
    second = step("second", expect={"control": "clamp_drainage", "above": 0.98}, after=["clamped"])
    log = clamped_at(212)
    for tick, status in ((100, "incorrect"), (213, "done"), (300, "done")):
        at = next(i for i, e in enumerate(log) if e["t"] >= tick and e["k"] == "frame")
        with_second = [*log[:at], control(log[at]["t"], "clamp_drainage", 1.0), *log[at:]]
        item = score(rubric(steps=[step(), second]), run(*with_second)).item("second")
        assert (item.status, bool(item.points)) == (status, status == "done"), tick
        assert any("came before 'clamped'" in e.text for e in item.evidence) == (status == "incorrect")

    other = score(rubric(steps=[step(causes=["no_power"]), {**second, "after": ["clamped"]}]), run(*clamped_at(9999)))
    assert [item.id for item in other.items] == ["second"]


def test_a_step_that_follows_one_which_never_came_is_incorrect() -> None:
    """`after` a step that never happened is out of order too."""
    second = step("second", expect={"control": "clamp_drainage", "above": 0.98}, after=["clamped"])
    log = [*clamped_at(9999), control(2001, "clamp_drainage", 1.0), frame(2005)]

    assert score(rubric(steps=[step(), second]), run(*log)).item("second").status == "incorrect"


def test_a_step_judged_at_the_end_counts_how_it_stands_there() -> None:
    """`judge: end` asks the last frame, not whether it was ever so."""
    log = [*clamped_at(100), control(2001, "clamp_return", 0.0), frame(2005)]

    assert score(rubric(steps=[step(judge="end")]), run(*clamped_at(100))).item("clamped").status == "done"
    assert score(rubric(steps=[step(judge="end")]), run(*log)).item("clamped").status == "missed"


def test_what_came_before_the_first_sign_does_not_count() -> None:
    """An action in the calm before the crisis is no answer to it."""
    log = [action(3, 0, "look", "line"), *clamped_at(9999)]

    assert score(rubric(steps=[step(expect={"action": "look"})]), run(*log)).item("clamped").status == "missed"


@pytest.mark.parametrize(
    ("told", "began", "status"),
    [(6, 5, "done"), (3, 5, "missed"), (6, None, "missed")],
    ids=["after the fault has begun", "before the fault", "with no fault"],
)
def test_who_calls_before_the_first_sign_loses_nothing_once_the_fault_has_begun(told: int, began: int | None, status: str) -> None:
    """A call-out or a look between the fault and the first sign counts as made in time; before there was anything to see, it does not."""
    said: Entry = {"t": told, "k": "say", "id": "call_help", "who": "you", "true": True}
    looked: Entry = {"t": told, "k": "look", "target": "line", "who": "you", "findings": ["clear"]}
    fault: list[Entry] = [] if began is None else [{"t": began, "k": "fault", "name": "tamponade", "at": {}}]
    steps = [step("called", expect={"said": "call_help"}, within_s=1), step("looked", expect={"found": "line", "by": "you"}, within_s=1)]
    entries = sorted([said, looked, *fault], key=lambda entry: entry["t"])
    sheet = score(rubric(steps=steps), run(*entries, frame(10, flow_l_min=0.5), SIGN, frame(15)))
    assert [item.status for item in sheet.items] == [status] * 2
    if status == "done":
        assert sheet.items[0].evidence[0].tick == told


def test_without_a_first_sign_nothing_can_be_passed() -> None:
    """A run in which nothing could be perceived has an empty ledger and no step done."""
    sheet = score(rubric(steps=[step()], harm=[{"quantity": "no_flow_s", "limit": 1, "points": 5}]), run(frame(5)))

    assert sheet.ledger == {}
    assert sheet.first_sign_tick is None
    assert not sheet.passed


GOOD = {"steps": [step(critical=True)]}


@pytest.mark.parametrize(
    ("changes", "parts", "reason"),
    [
        ({}, {}, None),
        ({"outcome": "lost"}, {}, "ended as 'lost'"),
        ({"outcome": "time_limit"}, {}, "ended as 'time_limit'"),
        ({"outcome": "stopped"}, {}, "ended as 'stopped'"),
        ({"outcome": None}, {}, "unfinished"),
        ({"mode": "guided"}, {}, "guided"),
        ({"mode": "authoring"}, {}, "authoring"),
        ({"mode": "exam"}, {}, None),
        ({"parent": {"digest": "", "tick": 3}}, {}, "taken over"),
        ({}, {"pass_mark_pct": 100, "steps": [step(critical=True, within_s=1.0)]}, "below the pass mark"),
        ({}, {"steps": [step(critical=True), step("never", expect={"action": "ack"}, points=1, critical=True)]}, "critical step missed"),
        ({}, {"wrong": [{"id": "w", "title": "w", "when": CLAMPED, "critical": True}]}, "critical error"),
        ({}, {"wrong": [{"id": "w", "title": "w", "when": CLAMPED, "points": 1}]}, None),
        ({}, {"harm": [{"quantity": "no_flow_s", "limit": 10.0, "points": 1, "critical": True}]}, "critical limit crossed"),
        ({}, {"harm": [{"quantity": "no_flow_s", "limit": 10.0, "points": 1}]}, None),
        ({}, {"harm": [{"quantity": "no_flow_s", "limit": 10.0, "critical": True, "causes": ["no_power"]}]}, None),
    ],
)
def test_the_pass_rule(changes: dict[str, Any], parts: dict[str, Any], reason: str | None) -> None:
    """Passed = mark reached, every critical step done, no critical error, a passing end, finished, not guided, not forked."""
    sheet = score(rubric(**{**GOOD, **parts}), run(*clamped_at(100), **changes))

    assert sheet.passed == (reason is None), sheet.reasons
    assert reason is None or any(reason in said for said in sheet.reasons)


def test_a_damaged_file_never_passes() -> None:
    """A run read from a cut file is not passed, whatever it holds."""
    made = run(*clamped_at(100))
    closed = Run(made.header, made.entries, {"digest": "", "score": None, "wall_s": 0.0})
    data = encode(closed)

    assert score(rubric(**GOOD), decode(data)).passed
    assert not score(rubric(**GOOD), decode(data[: data.rindex(b"\n", 0, -1) + 1])).passed


def test_points_are_kept_by_staying_within_a_limit_and_lost_by_errors() -> None:
    """Score = steps and kept limits less errors, over all that could be had; never below zero."""
    parts = {
        "harm": [{"quantity": "no_flow_s", "limit": 1000.0, "points": 10}, {"quantity": "map_min_mmhg", "limit": 70.0, "points": 10}],
        "steps": [step()],
        "wrong": [{"id": "w", "title": "w", "when": CLAMPED, "points": 5}],
    }
    sheet = score(rubric(**parts), run(*clamped_at(100)))

    assert [(item.id, item.points) for item in sheet.items] == [("no_flow_s", 10), ("map_min_mmhg", 0), ("clamped", 10), ("w", -5)]
    assert (sheet.points, sheet.points_possible, sheet.score_pct) == (15, 30, 50.0)
    assert (
        score(rubric(wrong=[{"id": "w", "title": "w", "when": CLAMPED, "points": 500}], steps=[step()]), run(*clamped_at(100))).score_pct
        == 0.0
    )


def test_a_crossed_limit_says_when() -> None:
    """The item of a harm limit names the moment at which it was crossed."""
    item = score(rubric(harm=[{"quantity": "no_flow_s", "limit": 10.0, "points": 1}]), run(*clamped_at(100))).item("no_flow_s")

    assert item.status == "happened"
    assert item.after_s == pytest.approx(10.1)
    assert item.evidence[0].text == "crossed 10 s"


def ledger(*entries: Entry) -> dict[str, float]:
    """The ledger over the frames of these entries."""
    return harm_ledger(list(frames([*run(outcome=None).entries[:-1], *entries])))


def test_the_ledger_counts_what_happened() -> None:
    """Each quantity is counted from true readings in the unit of its name."""
    worst = {
        "flow_l_min": -0.4,
        "map_mmhg": 30.0,
        "sao2_pct": 80.0,
        "p_pre_mmhg": 510.0,
        "p_ven_mmhg": -220.0,
        "backflow_ml": 120.0,
        "oxygen_debt_ml": 40.0,
        "gas_to_patient_ml": 1.25,
        "gas_to_brain_ml": 0.5,
        "blood_lost_ml": 210.0,
        "air_drawn_ml": 33.0,
    }
    got = ledger(
        frame(0, backflow_ml=20.0, blood_lost_ml=10.0, oxygen_debt_ml=10.0),
        frame(50, **worst),
        frame(100, **{**worst, "flow_l_min": 3.0, "sweep_l_min": 0.0, "reservoir_ml": 700.0}),
    )

    assert got == {
        "drained_ml": 700.0,
        "no_flow_s": 1.0,
        "backflow_ml": 100.0,
        "map_below_limit_s": 2.0,
        "map_min_mmhg": 30.0,
        "sat_below_limit_s": 2.0,
        "oxygen_debt_ml": 30.0,
        "flow_without_sweep_s": 1.0,
        "gas_to_patient_ml": 1.25,
        "gas_to_brain_ml": 0.5,
        "blood_lost_ml": 200.0,
        "air_drawn_ml": 33.0,
        "p_pre_max_mmhg": 510.0,
        "p_ven_min_mmhg": -220.0,
        "compressions_ejecting_s": 0.0,
        "dark_return_s": 1.0,
        "svo2_below_limit_s": 2.0,
    }


@pytest.mark.parametrize(
    ("before", "harm"),
    [
        ({"pulse_pressure_mmhg": 11.0, "map_mmhg": 36.0, "flow_l_min": 0.0}, 2.0),
        ({"pulse_pressure_mmhg": 9.0, "map_mmhg": 60.0, "flow_l_min": 0.0}, 0.0),
        ({"pulse_pressure_mmhg": 5.0, "map_mmhg": 67.0, "flow_l_min": 3.0}, 2.0),
        ({"pulse_pressure_mmhg": 11.0, "map_mmhg": 34.0, "flow_l_min": 3.0}, 0.0),
    ],
)
def test_compressions_are_judged_by_the_moment_before_they_began(before: dict[str, float], harm: float) -> None:
    """Afterwards the pulse is that of the hands. Wrong is who presses while heart or pump keeps blood moving."""
    strong = {"pulse_pressure_mmhg": 60.0, "map_mmhg": 60.0}
    log = [
        frame(5, **before),
        control(6, "compressions", 1.0),
        frame(55, **strong),
        frame(105, **strong),
        control(106, "compressions", 0.0),
        frame(155),
    ]

    assert ledger(*log)["compressions_ejecting_s"] == harm


def test_every_quantity_is_counted_and_its_limit_is_the_one_in_its_words() -> None:
    """No quantity is named without being computed; the limits in the ledger are those that the names state."""
    assert list(COUNTS) == list(QUANTITIES)
    for name, limits in {
        "no_flow_s": [NO_FLOW_L_MIN],
        "map_below_limit_s": [MAP_LIMIT_MMHG],
        "sat_below_limit_s": [SAT_LIMIT_PCT],
        "flow_without_sweep_s": [NO_FLOW_L_MIN, SWEEP_OFF_L_MIN],
    }.items():
        for limit in limits:
            assert f"{limit:g}" in QUANTITIES[name].meaning
    assert (EJECTING_PULSE_MMHG, EJECTING_MAP_MMHG) == (10, 35)


@given(st.lists(st.tuples(st.floats(-2, 6), st.floats(0, 120), st.floats(0, 8)), min_size=2, max_size=30))
def test_harm_never_heals(values: list[tuple[float, float, float]]) -> None:
    """Every quantity only gets worse as a run goes on: what is crossed stays crossed."""
    log = list(frames(frame(5 * i, flow_l_min=q, map_mmhg=p, sweep_l_min=s, backflow_ml=float(i)) for i, (q, p, s) in enumerate(values)))
    log = [f._replace(controls={"compressions": float(i % 2)}) for i, f in enumerate(log)]
    seen: dict[str, float] = {}
    for end in range(1, len(log) + 1):
        now = harm_ledger(log[:end])
        assert not any(crossed(name, before, now[name]) for name, before in seen.items())
        seen = now


def test_scoring_is_pure() -> None:
    """The same rubric and run give the same sheet, from memory or from the file, and leave both as they were."""
    judge, made = rubric(**GOOD), small_run()
    before = canonical(made.entries)
    sheets = [score(judge, made), score(judge, made), score(judge, decode(encode(made)))]

    assert canonical(made.entries) == before
    assert sheets[0] == sheets[1]
    assert [_without_finish(s) for s in sheets] == [_without_finish(sheets[0])] * 3


def _without_finish(sheet: ScoreSheet) -> dict[str, Any]:
    """The sheet but for what depends on the file having its footer."""
    return {key: value for key, value in sheet.to_json().items() if key not in ("passed", "reasons")}


def test_the_sheet_as_json_holds_what_the_commands_promise() -> None:
    """`--json` of a run holds at least these, and is JSON."""
    data = score(rubric(**GOOD), run(*clamped_at(100))).to_json()

    for key in ("scenario", "seed", "cause", "outcome", "passed", "score", "items", "ledger", "digest", "simulated_s"):
        assert key in data
    assert {"id", "status", "points", "evidence"} <= set(data["items"][0])
    assert json.loads(canonical(data)) == data
    assert "TRAINING ONLY" in data["notice"]


def test_pausing_the_audio_is_a_fact_and_not_a_point() -> None:
    """Audio pauses and the time to acknowledge are told; they earn nothing."""
    alarm = {"k": "alarm", "id": "low_flow", "priority": "high", "text": ""}
    quiet = clamped_at(100)
    loud = [
        *quiet[:3],
        {**alarm, "t": 10, "state": "on"},
        {**alarm, "t": 10, "state": "pause", "id": ""},
        *quiet[3:],
        {**alarm, "t": 2000, "state": "ack"},
    ]
    with_alarm, without = score(rubric(**GOOD), run(*loud)), score(rubric(**GOOD), run(*quiet))

    assert with_alarm.facts["audio_pauses"] == 1
    assert with_alarm.facts["time_to_acknowledge_s"] == pytest.approx(39.8)
    assert with_alarm.points == without.points


def test_attention_is_told_and_never_scored() -> None:
    """First act, look and call after the first sign; how long an alarm stood unanswered; what was refused."""

    def alarm(tick: int, state: str, name: str = "low_flow") -> Entry:
        return {"t": tick, "k": "alarm", "id": name, "state": state, "priority": "high", "text": ""}

    sheet = score(
        rubric(**GOOD),
        run(
            action(5, 0, "look", "line"),
            SIGN,
            alarm(20, "on"),
            alarm(30, "on", "map_low"),
            action(60, 1, "say", "call_help"),
            {"t": 61, "k": "say", "id": "call_help", "who": "you", "true": False},
            action(110, 2, "look", "line"),
            action(111, 3, "do", "no_hands"),
            {"t": 111, "k": "refused", "seq": 3, "reason": ""},
            alarm(120, "off", "map_low"),
            alarm(170, "ack", ""),
            action(180, 4, "instructor", "clot", who="instructor"),
            {"t": 190, "k": "broken", "id": "calm_before"},
            frame(200),
        ),
    )
    since = sheet.first_sign_tick
    assert since is not None
    facts = sheet.facts

    assert facts["first_act_s"] == facts["first_call_s"] == (60 - since) / 50
    assert facts["first_look_s"] == (110 - since) / 50
    assert (facts["alarms"], facts["time_to_acknowledge_s"], facts["longest_unanswered_s"]) == (2, 3.0, 3.0)
    assert (facts["calls"], facts["untrue_calls"], facts["refused_actions"], facts["instructor_acts"]) == (1, 1, 1, 1)
    assert facts["audio_pauses"] == facts["pauses"] == 0
    assert facts["properties_broken"] == 1


def test_a_log_without_its_beginning_is_judged_without_a_crash() -> None:
    """A log made by hand may lack the controls and the drive at tick 0: what it does not say does not hold."""
    parts = {
        "steps": [
            step(),
            step("drive", expect={"drive": "console"}),
            step("both", expect={"any": [CLAMPED, {"not": {"drive": "console"}}]}),
        ]
    }
    bare = Run(header(), [frame(0), SIGN, frame(15), {"t": 15, "k": "end", "outcome": "secured"}])
    sheet = score(rubric(**parts), bare)

    assert [item.status for item in sheet.items] == ["missed", "missed", "done"]
    assert sheet.item("clamped").evidence[0].text == "clamp return: not in the log"


def test_the_share_of_local_targets_is_told() -> None:
    """A sheet says how much of its score rests on local targets."""
    parts = {"steps": [step(source="local target"), step("b", points=30)]}

    assert score(rubric(**parts), run(*clamped_at(100))).local_target_pct == 25.0


def test_order_counts_through_before() -> None:
    """A step that must come before another is incorrect once that one has come."""
    drained = step("drained", expect={"control": "clamp_drainage", "above": 0.98}, before=["clamped"])
    log = [*clamped_at(50, until=60), control(61, "clamp_drainage", 1.0), frame(65, flow_l_min=0.0)]
    late = score(rubric(steps=[step(), drained]), run(*log))
    alone = score(rubric(steps=[drained]), run(*log))

    assert (late.item("drained").status, late.item("drained").evidence[-1].text) == ("incorrect", "came after 'clamped'")
    assert alone.item("drained").status == "done"


def test_a_step_in_a_stage_counts_there_alone() -> None:
    """What holds before its stage is counted from the stage on, and not at all where the stage never comes."""
    log = [*clamped_at(20, until=40), {"t": 41, "k": "stage", "from": "steady", "to": "no_flow"}, frame(45), frame(50)]
    sheet = score(rubric(steps=[step("early"), step("late", **{"in": ["no_flow"]}), step("never", **{"in": ["other"]})]), run(*log))

    assert [(item.status, item.tick) for item in sheet.items] == [("done", 20), ("done", 45), ("missed", None)]
