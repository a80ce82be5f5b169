"""What hands do with the drill screen: pointer, wheel and keys become actions, and keys alone can do everything."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin

import pygame
import pytest

from drill.circuit.controls import CONTROLS
from drill.circuit.scene import PumpView
from drill.engine.actions import ACK_ALL, ACK_AUDIO_PAUSE, VERBS, Action
from drill.engine.snapshot import JobView, Snapshot
from drill.scenarios.load import Loaded
from drill.ui.console import BACK_KEY, CRANK_KEY
from drill.ui.crank import Crank
from drill.ui.keys import BINDINGS, DIGITS, keys_of, local_names
from drill.ui.panel import KEY_HELP
from drill.ui.spots import Spot

from .conftest import ELSEWHERE, VA_CLAMPS, Stage, changed

CRANK_TASK = "crank_emergency_drive"
BY_MISHAP = ("central_line", "cannula_out")  # nobody opens them: a job closes what a fault has opened


def set_to(control: str, value: float) -> Action:
    """Return the action that sets a control."""
    return Action(verb="set", target=control, value=value)


def everything(steady: Snapshot) -> dict[str, Snapshot]:
    """Return states in which, together, everything on the panel is there to be touched."""
    here = changed(steady, scene={"backup_console_here": True})
    on_crank = changed(here, scene={"pump": PumpView(0, "emergency_drive", 0.0)})
    crank = JobView(CRANK_TASK, "Crank the emergency drive", "you", None, 0.0)
    jobs = (crank, JobView("compressions", "Chest compressions", "nurse", None, 0.0))
    busy = replace(on_crank, jobs=jobs, options=tuple(replace(o, running=o.target in {CRANK_TASK, "compressions"}) for o in steady.options))
    shut = changed(here, controls=dict.fromkeys((*VA_CLAMPS, "tap_drainage", "tap_post_ox", "vent_ox"), 1.0))
    return {"steady": here, "on the crank": on_crank, "cranking": busy, "clamped, taps open": shut}


def middle(spot: Spot) -> tuple[float, float]:
    """Return the middle of a thing."""
    return spot.box[0] + spot.box[2] / 2, spot.box[1] + spot.box[3] / 2


def spot(stage: Stage, name: str, snapshot: Snapshot) -> Spot:
    """Return a thing by its id."""
    return next(s for s in stage.panel.spots(snapshot) if s.id == name)


# -- pointer -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1000, 720)])
@pytest.mark.parametrize("control", VA_CLAMPS)
def test_one_click_on_a_ring_closes_the_clamp_and_one_opens_it(
    make_stage: Callable[..., Stage], steady: Snapshot, control: str, size: tuple[int, int]
) -> None:
    """A clamp is one click, at any window size and shape, and no other thing lies over it."""
    stage = make_stage(size)
    at, _ = stage.panel.schematic.scenery.sites[control]
    assert stage.click(at, steady) == [set_to(control, 1.0)]
    assert stage.click(at, changed(steady, controls={control: 1.0})) == [set_to(control, 0.0)]


@pytest.mark.parametrize("control", ["tap_drainage", "tap_post_ox", "vent_ox"])
def test_an_open_tap_is_shut_at_once_and_a_shut_one_lists_first(stage: Stage, steady: Snapshot, control: str) -> None:
    """Shutting is one click or key; opening to the air takes a second one, on the list."""
    scancode = next(b.scancode for b in BINDINGS if b.spot == control)
    opened = changed(steady, controls={control: 1.0})
    assert stage.click(middle(spot(stage, control, opened)), opened) == [set_to(control, 0.0)]
    assert stage.key(scancode, opened) == [set_to(control, 0.0)]
    assert stage.key(scancode, steady) == []
    assert stage.key(DIGITS[1], steady) == [set_to(control, 1.0)]


def test_a_click_beside_everything_does_nothing(stage: Stage, steady: Snapshot) -> None:
    """An empty place of the screen gives no action and opens nothing."""
    assert stage.click((600, 700), steady) == []
    assert stage.click((30, 300), steady) == []
    assert stage.panel.hands.menu == ""


def test_every_thing_can_be_clicked_at_its_middle(stage: Stage, steady: Snapshot) -> None:
    """No thing hides another: the topmost thing at the middle of each is that thing, or a button that is part of it."""
    parts = {"fdo2_pct", "sweep_l_min", "flow_alarm_low_l_min"}
    for snapshot in everything(steady).values():
        spots = stage.panel.spots(snapshot)
        for one in spots:
            found = next(s for s in reversed(spots) if s.holds(middle(one)))
            assert found.id == one.id or (one.id in parts and found.id.startswith(one.id)), f"{found.id} lies over {one.id}"


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("knob_zero", set_to("pump_rpm_set", 0.0)),
        ("bubble_stop", set_to("bubble_stop", 0.0)),
        ("sweep_l_min_less", set_to("sweep_l_min", 3.5)),
        ("sweep_l_min_more", set_to("sweep_l_min", 4.5)),
        ("fdo2_pct_less", set_to("fdo2_pct", 95.0)),
        ("flow_alarm_low_l_min_more", set_to("flow_alarm_low_l_min", 2.1)),
        ("audio_pause", Action(verb="ack", target=ACK_AUDIO_PAUSE)),
        ("acknowledge", Action(verb="ack", target=ACK_ALL)),
    ],
)
def test_buttons_do_what_they_say_at_once(stage: Stage, steady: Snapshot, name: str, action: Action) -> None:
    """A click on the button gives that action; so does its key."""
    assert stage.click(middle(spot(stage, name, steady)), steady) == [action]
    bound = next(b for b in BINDINGS if name in {b.spot, f"{b.spot}_{'more' if b.step > 0 else 'less'}"})
    assert stage.key(bound.scancode, steady) == [action]


@pytest.mark.parametrize(("name", "control"), [("power", "console_power"), ("isolation_switch", "isolation_switch")])
def test_switches_that_can_stop_the_pump_open_a_list_first(stage: Stage, steady: Snapshot, name: str, control: str) -> None:
    """A slip of the hand on power or isolation does nothing yet: on and off stand side by side and are chosen."""
    assert stage.click(middle(spot(stage, name, steady)), steady) == []
    titles = [e.title for e in spot(stage, name, steady).entries]
    on = next(k for k, t in enumerate(titles) if t.endswith(" on"))
    assert stage.key(DIGITS[on], steady) == [set_to(control, 1.0)]


def test_all_that_can_be_done_is_listed_at_the_thing(stage: Stage, steady: Snapshot) -> None:
    """The pump head lists looking at it and every way to move it; a click on a row does that row."""
    pump = spot(stage, "pump", steady)
    wanted = [Action(verb="look", target="pump_head"), Action(verb="do", target="transfer_to_emergency_drive")]
    assert [e.action for e in pump.entries][:2] == wanted
    assert stage.click(middle(pump), steady) == []
    stage.draw(steady)
    from drill.ui.popover import Card

    card = Card(stage.canvas, spot(stage, "pump", steady), opened=True)
    row = card.row(1)
    assert stage.click((row[0] + 60, row[1] + row[3] / 2), steady) == [wanted[1]]
    assert stage.panel.hands.menu == ""


def test_what_cannot_be_done_now_says_why_and_sends_nothing(stage: Stage, steady: Snapshot) -> None:
    """An entry with a reason is there to be read; choosing it sends nothing and leaves the list open."""
    blocked = replace(steady, options=tuple(replace(o, reason="not now") for o in steady.options))
    stage.click(middle(spot(stage, "pump", blocked)), blocked)
    assert stage.key(DIGITS[1], blocked) == []
    assert stage.panel.hands.menu == "pump"


def test_the_wheel_turns_what_is_under_the_pointer(stage: Stage, steady: Snapshot) -> None:
    """Knob, sweep and clamps follow the wheel in steps, held to their range; beside them it does nothing."""
    for name, control, notch, value in (
        ("pump_rpm_set", "pump_rpm_set", 1, 3600.0),
        ("sweep_l_min", "sweep_l_min", -1, 3.5),
        ("clamp_return", "clamp_return", -1, 0.2),
    ):
        stage.point(middle(spot(stage, name, steady)), steady)
        assert stage.event(pygame.MOUSEWHEEL, steady, y=notch, x=0) == [set_to(control, value)]
    stage.point(middle(spot(stage, "clamp_return", steady)), steady)
    assert stage.event(pygame.MOUSEWHEEL, steady, y=1, x=0) == []
    stage.point((600, 700), steady)
    assert stage.event(pygame.MOUSEWHEEL, steady, y=1, x=0) == []


def test_the_knob_is_dragged_round(stage: Stage, steady: Snapshot) -> None:
    """Turned clockwise by a third of its sweep the knob rises by a third of its range, in steps and at most ten times a second."""
    (x, y), radius = stage.panel.console.knob_at, stage.panel.console.knob_radius
    snapshot = changed(steady, controls={"pump_rpm_set": 1000.0})
    start = -pi / 2
    pos = stage.canvas.at((x + radius * 0.8 * cos(start), y + radius * 0.8 * sin(start)))
    stage.event(pygame.MOUSEBUTTONDOWN, snapshot, pos=pos, button=1)
    acts: list[Action] = []
    for k in range(1, 51):
        stage.now_s += 0.01
        turn = start + 0.5 * pi * k / 50
        acts += stage.point((x + radius * 0.8 * cos(turn), y + radius * 0.8 * sin(turn)), snapshot)
    acts += stage.event(pygame.MOUSEBUTTONUP, snapshot, pos=pos, button=1) or []
    assert len(acts) <= 7
    assert acts[-1].target == "pump_rpm_set"
    assert acts[-1].value == pytest.approx(1000 + 5000 / 3, abs=60)
    assert all(a.value is not None and a.value % 50 == 0 for a in acts)


# -- keys --------------------------------------------------------------------------------------------------------------


def test_every_control_has_a_key_and_shows_it(make_stage: Callable[..., Stage], steady: Snapshot) -> None:
    """Each thing that can be touched has a key of its own, and the key's name stands on the screen."""
    for name, snapshot in everything(steady).items():
        stage = make_stage()
        written = [t for t, _ in stage.labels(snapshot)]
        for one in stage.panel.spots(snapshot):
            keys = one.key.split() or list(keys_of(one.id, stage.panel.names))
            if one.id == "crank":
                keys = [stage.panel.names[CRANK_KEY], stage.panel.names[BACK_KEY]]
            assert keys, f"{one.id} has no key ({name})"
            shown = [k for k in keys if k not in {"Up", "Down", "PgUp", "PgDn"}]  # arrows are drawn, not written
            assert all(k in written for k in shown), f"the key of {one.id} is not shown ({name})"


def test_no_key_means_two_things() -> None:
    """A place on the keyboard is bound once, none to a digit, Tab, Enter, Esc or the crank."""
    used = Counter(b.scancode for b in BINDINGS)
    assert max(used.values()) == 1
    reserved = {*DIGITS, pygame.KSCAN_TAB, pygame.KSCAN_RETURN, pygame.KSCAN_ESCAPE, CRANK_KEY, BACK_KEY}
    assert not reserved & set(used)


def test_every_key_is_in_the_help() -> None:
    """The list of keys names each bound key."""
    words = [word if len(word) == 1 else word.removesuffix(",") for k, _ in KEY_HELP for word in k.split()]
    names = local_names()
    assert [names[b.scancode] for b in BINDINGS if names[b.scancode] not in words] == []


@pytest.mark.parametrize("control", VA_CLAMPS)
def test_a_clamp_is_one_key(stage: Stage, steady: Snapshot, control: str) -> None:
    """Its key closes and opens it; held down it does so once; with Shift it eases open."""
    scancode = next(b.scancode for b in BINDINGS if b.spot == control)
    closed = changed(steady, controls={control: 1.0})
    assert stage.key(scancode, steady) == [set_to(control, 1.0)]
    assert stage.key(scancode, closed) == [set_to(control, 0.0)]
    assert stage.key(scancode, closed, shift=True) == [set_to(control, 0.8)]
    down = {"scancode": scancode, "key": 0, "mod": 0, "unicode": ""}
    assert stage.event(pygame.KEYDOWN, steady, **down) == [set_to(control, 1.0)]
    assert stage.event(pygame.KEYDOWN, closed, **down) == []


def test_keys_alone_can_do_everything(stage: Stage, steady: Snapshot, loaded: Loaded) -> None:
    """Each entry of each thing is reached by Tab, Shift + Enter and its digit, and sends what a click on it sends."""
    done: set[tuple[str, str]] = set()
    for tab, snapshot in (*(("log", s) for s in everything(steady).values()), ("limits", steady), ("interlocks", steady)):
        stage.reset()
        stage.panel.safety.tab = tab
        things = stage.panel.spots(snapshot)
        for one in things:
            stage.key(pygame.KSCAN_TAB, snapshot)
            assert stage.panel.hands.focus == one.id
            if one.id.startswith("group"):
                continue
            assert len(one.entries) <= 9, f"{one.id} lists more than there are digits"
            for k, entry in enumerate(one.entries):
                stage.key(pygame.KSCAN_RETURN, snapshot, shift=True)
                assert stage.key(DIGITS[k], snapshot) == list(entry.actions), f"{one.id}: {entry.title}"
                done |= {(a.verb, a.target) for a in entry.actions}
        stage.key(pygame.KSCAN_TAB, snapshot)
        assert stage.panel.hands.focus == things[0].id
        stage.key(pygame.KSCAN_TAB, snapshot, shift=True)
        assert stage.panel.hands.focus == things[-1].id
    for k, (group, _) in enumerate(stage.panel.saydo.groups):
        stage.reset()
        stage.key(DIGITS[k], steady)
        pages = stage.panel.saydo.pages(steady)
        for page in range(pages):
            for digit in range(9):
                stage.panel.saydo.open(group)
                for _ in range(page):
                    stage.key(pygame.KSCAN_0, steady)
                entries = stage.panel.saydo.entries(steady)
                assert 0 < len(entries) <= 9
                if digit < len(entries):
                    assert stage.key(DIGITS[digit], steady) == list(entries[digit].actions)
                    done |= {(a.verb, a.target) for a in entries[digit].actions}
    assert {(o.verb, o.target) for o in steady.options} <= done
    by_jobs = {e.set for t in loaded.tasks.tasks for e in t.effects if e.set}
    assert {t for v, t in done if v == "set"} >= set(CONTROLS) - {"crank_rpm", "line_walked", *BY_MISHAP, *by_jobs, *ELSEWHERE}
    assert {v for v, _ in done} >= set(VERBS) - {"instructor"}


def test_a_digit_opens_a_group_and_the_next_chooses(stage: Stage, steady: Snapshot, loaded: Loaded) -> None:
    """Call for help is 1 1; Esc goes back to the groups and is then free for others."""
    assert stage.key(DIGITS[0], steady) == []
    assert stage.panel.saydo.group == loaded.tasks.groups[0].id
    assert stage.key(DIGITS[0], steady) == [Action(verb="say", target="call_help")]
    assert stage.panel.saydo.group == ""
    stage.key(DIGITS[3], steady)
    escape = {"scancode": pygame.KSCAN_ESCAPE, "key": 0, "mod": 0, "unicode": ""}
    assert stage.event(pygame.KEYDOWN, steady, **escape) == []
    assert stage.panel.saydo.group == ""
    assert stage.event(pygame.KEYDOWN, steady, **escape) is None


def test_a_job_that_goes_on_is_stopped_where_it_was_begun(stage: Stage, steady: Snapshot) -> None:
    """While the nurse compresses, the entry that asked for it stops it."""
    busy = everything(steady)["cranking"]
    stage.panel.saydo.group = "circulation"
    assert Action(verb="stop", target="compressions") in [e.action for e in stage.panel.saydo.entries(busy)]


def test_keys_are_bound_by_place_and_named_by_the_local_layout(stage: Stage) -> None:
    """The cap of each letter is what SDL's layout has at that place; the places themselves never move."""
    assert set(local_names()) >= {b.scancode for b in BINDINGS}
    assert stage.panel.names[pygame.KSCAN_R]


# -- crank -------------------------------------------------------------------------------------------------------------


def test_strokes_of_the_key_make_a_cadence(stage: Stage, steady: Snapshot) -> None:
    """Half a turn every 0.35 s is about 86 turns a minute; the first stroke takes the crank; the other key turns it back."""
    snapshot = everything(steady)["on the crank"]
    first = stage.key(CRANK_KEY, snapshot)
    assert first[0] == Action(verb="do", target=CRANK_TASK)
    busy = everything(steady)["cranking"]
    acts: list[Action] = []
    for _ in range(12):
        stage.now_s += 0.35
        acts = stage.key(CRANK_KEY, busy)
    assert acts[-1].target == "crank_rpm"
    assert acts[-1].value == pytest.approx(0.5 / 0.35 * 60, abs=2)
    for _ in range(6):
        stage.now_s += 0.35
        acts = stage.key(BACK_KEY, busy)
    assert acts[-1].value == pytest.approx(-0.5 / 0.35 * 60, abs=2)


def test_a_held_key_does_not_crank(stage: Stage, steady: Snapshot) -> None:
    """The keyboard's own repeat turns nothing: it takes hands."""
    busy = everything(steady)["cranking"]
    down = {"scancode": CRANK_KEY, "key": 0, "mod": 0, "unicode": ""}
    assert stage.event(pygame.KEYDOWN, busy, **down)
    for _ in range(20):
        stage.now_s += 0.04
        assert stage.event(pygame.KEYDOWN, busy, **down) == []


def test_a_dragged_handle_sends_its_cadence_at_most_ten_times_a_second(stage: Stage, steady: Snapshot) -> None:
    """Dragged round clockwise at 80 turns a minute it says +80, counter-clockwise -80; let go it stands."""
    busy = everything(steady)["cranking"]
    x, y = stage.panel.console.crank_at
    for way in (1, -1):
        pos = stage.canvas.at((x + 28, y))
        stage.event(pygame.MOUSEBUTTONDOWN, busy, pos=pos, button=1)
        acts: list[Action] = []
        for k in range(1, 201):
            stage.now_s += 0.01
            turn = way * 2 * pi * 80 / 60 * k * 0.01
            acts += stage.point((x + 28 * cos(turn), y + 28 * sin(turn)), busy)
        assert len(acts) <= 21
        assert acts[-1].value == pytest.approx(way * 80, abs=3)
        assert stage.event(pygame.MOUSEBUTTONUP, busy, pos=pos, button=1) == [set_to("crank_rpm", 0.0)]


def test_hands_that_stop_let_the_crank_stand(stage: Stage, steady: Snapshot) -> None:
    """A while after the last stroke the handle stands, once; a crank that nobody's gestures turn is left to its job."""
    busy = everything(steady)["cranking"]
    assert stage.panel.poll(busy) == []
    stage.key(CRANK_KEY, busy)
    stage.now_s += 0.5
    assert stage.panel.poll(busy) == []
    stage.now_s += 2.0
    assert stage.panel.poll(busy) == [set_to("crank_rpm", 0.0)]
    assert stage.panel.poll(busy) == []


def test_a_crank_that_cannot_be_taken_says_why_and_turns_nothing(stage: Stage, steady: Snapshot) -> None:
    """With no hand free, strokes and drags open the list with its reason and send nothing that would be refused."""
    crank = everything(steady)["on the crank"]
    full = replace(crank, options=tuple(replace(o, reason="you have no hands free") for o in crank.options))
    assert stage.key(CRANK_KEY, full) == []
    assert stage.panel.hands.menu == "crank"
    stage.reset()
    x, y = stage.panel.console.crank_at
    stage.event(pygame.MOUSEBUTTONDOWN, full, pos=stage.canvas.at((x + 28, y)), button=1)
    for k in range(1, 80):
        stage.now_s += 0.01
        assert stage.point((x + 28 * cos(0.1 * k), y + 28 * sin(0.1 * k)), full) == []
    assert stage.panel.poll(full) == []


def test_the_crank_stays_within_what_the_handle_allows() -> None:
    """However fast the strokes come, the cadence is held to the control's range."""
    crank, sent = Crank(), []
    for k in range(100):
        sent += crank.stroke(10 + k * 0.051, 1)
    assert max(a.value or 0.0 for a in sent) == CONTROLS["crank_rpm"].high
    assert len(sent) <= 52


def test_every_action_of_the_panel_names_things_that_exist(stage: Stage, steady: Snapshot, loaded: Loaded) -> None:
    """Targets are controls, tasks, call-outs or looks of the pack, and values lie in the control's range."""
    known = {
        "set": set(CONTROLS),
        "do": {t.id for t in loaded.tasks.tasks},
        "order": {t.id for t in loaded.tasks.tasks},
        "stop": {t.id for t in loaded.tasks.tasks},
        "say": {s.id for s in loaded.tasks.sayings},
        "look": {k.id for k in loaded.tasks.looks},
        "ack": {ACK_ALL, ACK_AUDIO_PAUSE},
    }
    for snapshot in everything(steady).values():
        for group in ("", *(g.id for g in loaded.tasks.groups)):
            stage.panel.saydo.group = group
            for one in stage.panel.spots(snapshot):
                for action in (a for e in one.entries for a in e.actions):
                    assert action.target in known[action.verb]
                    if action.verb == "set" and action.value is not None:
                        assert CONTROLS[action.target].low <= action.value <= CONTROLS[action.target].high


def test_a_click_on_another_page_does_what_stands_there(stage: Stage, steady: Snapshot) -> None:
    """Where a group has several pages, the first entry of each does another thing once the page is turned."""
    sent: list[Action] = []
    for spot in ("entry_1", "entries_more", "entry_1"):
        stage.panel.saydo.group = "look"
        x, y, w, h = {one.id: one for one in stage.panel.spots(steady)}[spot].box
        sent += stage.click((x + w / 2, y + h / 2), steady)

    assert len(sent) == 2
    assert len({action.target for action in sent}) == len(sent)
