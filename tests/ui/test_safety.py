"""The pane of limits, interlocks, alarm log and laboratory: reached by mouse and keys, and what is off is told on its tab."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pygame
import pytest

from drill.circuit.alarmspec import alarm_specs
from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import INTERLOCKS
from drill.engine.actions import Action
from drill.engine.snapshot import AlarmLine, LabView, PromptView, Snapshot
from drill.scenarios.load import Loaded
from drill.ui.panel import LOG
from drill.ui.safety import GUIDE, TABS

from .conftest import SIZES, Stage

MakeStage = Callable[..., Stage]


def set_to(control: str, value: float) -> Action:
    """The action that sets a control."""
    return Action(verb="set", target=control, value=value)


def full(steady: Snapshot) -> Snapshot:
    """A snapshot with something on each tab, and something wrong on two."""
    bubble, *rest = steady.interlocks
    return replace(
        steady,
        interlocks=(replace(bubble, state="tripped", value=1.2), *(replace(lock, state="overridden", value=37.0) for lock in rest)),
        limits=(steady.limits[0]._replace(state="off"), *steady.limits[1:]),
        alarm_log=(AlarmLine("high", "LOW FLOW 0.0 (limit 2.0)", 100, 400, 250),) * 9,
        labs=(LabView("Arterial gas", 500, 0.0, (("pH", "7.31"), ("PaCO2", "52"), ("lactate", "4.1"))), LabView("ACT", 500, 63.0, ())),
    )


def own(stage: Stage, snapshot: Snapshot, tab: str) -> list[tuple[str, pygame.FRect]]:
    """Every text in the pane with a tab open."""
    stage.panel.safety.follow(snapshot)
    stage.panel.safety.tab = tab
    return [(t, r) for t, r in stage.labels(snapshot) if r.colliderect(pygame.FRect(LOG))]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("mode", "tab"), [("practice", name) for name, _ in TABS] + [("guided", name) for name in (GUIDE, "interlocks")])
def test_texts_of_each_tab_keep_apart(make_stage: MakeStage, steady: Snapshot, mode: str, tab: str, size: tuple[int, int]) -> None:
    """No text overlaps another or leaves the pane."""
    prompts = tuple(PromptView(f"Do this now, number {k}. " * 3, "Because it runs backwards through the standing pump.") for k in range(4))
    placed = own(make_stage(size), replace(full(steady), mode=mode, prompts=prompts), tab)
    x, y, w, h = LOG
    assert len(placed) > len(TABS)
    for text, rect in placed:
        assert rect.left >= x - 1 and rect.right <= x + w + 1 and rect.top >= y - 1 and rect.bottom <= y + h + 1, text  # noqa: PT018
    for (a, one), (b, other) in combinations(placed, 2):
        meet = one.clip(other)
        assert meet.width < 2 or meet.height < 2, f"'{a}' overlaps '{b}'"


def test_the_guide_shows_all_that_is_due_with_its_why(stage: Stage, steady: Snapshot) -> None:
    """In guided mode it is open from the start; in practice it is not there."""
    first = PromptView("Clamp the return line.", "It empties backwards.")
    prompts = (first, PromptView("Turn the knob to zero."), PromptView("Call for help."))
    guided = replace(steady, mode="guided", prompts=prompts)
    stage.panel.draw(stage.canvas, guided)
    shown = [text for text, _ in own(stage, guided, stage.panel.safety.tab)]
    assert {"Clamp the return line.", "It empties backwards.", "Turn the knob to zero.", "Call for help."} <= set(shown)

    assert "Nothing is due now." in [text for text, _ in own(stage, replace(guided, prompts=()), GUIDE)]
    stage.panel.draw(stage.canvas, steady)
    assert stage.panel.safety.tab == "log"
    assert "Guide" not in [text for text, _ in own(stage, steady, "log")]


def test_the_key_turns_the_pane_and_a_click_opens_a_tab(stage: Stage, steady: Snapshot) -> None:
    """F3 goes round; a click on a tab opens it."""
    seen = [stage.key(pygame.KSCAN_F3, steady) or stage.panel.safety.tab for _ in TABS]
    assert seen == ["limits", "interlocks", "alarms", "labs", "log"]
    tab = next(s for s in stage.panel.spots(steady) if s.id == "tab_limits")
    stage.click((tab.box[0] + 10, tab.box[1] + 10), steady)
    assert stage.panel.safety.tab == "limits"


def test_a_limit_is_set_by_wheel_keys_and_list(stage: Stage, steady: Snapshot) -> None:
    """The wheel over it, the arrow keys on it and its list all move the limit; the end of the range is off."""
    stage.panel.safety.tab = "limits"
    one = next(s for s in stage.panel.spots(steady) if s.id == "limit_map_low")
    middle = (one.box[0] + one.box[2] / 2, one.box[1] + one.box[3] / 2)
    stage.point(middle, steady)
    assert stage.event(pygame.MOUSEWHEEL, steady, y=1) == [set_to("limit_map_low_mmhg", 60.0)]
    stage.panel.hands.pointer, stage.panel.hands.focus = None, "limit_map_low"
    assert stage.key(pygame.KSCAN_LEFT, steady) == [set_to("limit_map_low_mmhg", 50.0)]
    assert [e.action for e in one.entries][-1] == set_to("limit_map_low_mmhg", 0.0)


def test_an_interlock_is_armed_overridden_and_rearmed(stage: Stage, steady: Snapshot) -> None:
    """Its row lists the switch, the override and the limit; one that has acted is re-armed there, and by the console's key."""
    stage.panel.safety.tab = "interlocks"
    snapshot = full(steady)
    one = next(s for s in stage.panel.spots(snapshot) if s.id == "lock_bubble")
    assert {a.target for e in one.entries for a in e.actions} == {"bubble_stop", "override_bubble", "limit_bubble_ml"}
    assert (one.entries[0].title, one.entries[0].action) == ("Re-arm", set_to("bubble_stop", 1.0))
    assert stage.key(pygame.KSCAN_B, snapshot) == [set_to("bubble_stop", 1.0)]
    assert stage.key(pygame.KSCAN_B, steady) == [set_to("bubble_stop", 0.0)]


def test_what_is_off_or_acting_is_told_whichever_tab_is_open(stage: Stage, steady: Snapshot) -> None:
    """The tabs of limits and interlocks say so themselves; nothing is told while all is well."""
    words = [t for t, _ in own(stage, full(steady), "log")]
    assert "Limits \u00b7 1 off" in words
    assert "Interlocks \u00b7 1 tripped" in words
    quiet = [t for t, _ in own(stage, steady, "log")]
    assert "Limits" in quiet
    assert "Interlocks" in quiet


def test_log_and_results_are_written_out(stage: Stage, steady: Snapshot) -> None:
    """The alarm log tells how long each waited and lasted, the laboratory what a sample gave and what is still under way."""
    alarms = [t for t, _ in own(stage, full(steady), "alarms")]
    assert any("acknowledged after 3 s" in t for t in alarms)
    labs = [t for t, _ in own(stage, full(steady), "labs")]
    assert "Arterial gas: pH 7.31, PaCO2 52, lactate 4.1" in labs
    assert "ACT: in 63 s" in labs


def test_the_pane_reaches_every_limit_switch_and_override(stage: Stage, steady: Snapshot, loaded: Loaded) -> None:
    """Every control of this circuit's alarms and interlocks can be set; values lie in their ranges."""
    reached: set[str] = set()
    for tab in ("limits", "interlocks"):
        stage.panel.safety.tab = tab
        for action in (a for s in stage.panel.spots(steady) for e in s.entries for a in e.actions):
            reached.add(action.target)
            if action.verb == "set" and action.value is not None:
                assert CONTROLS[action.target].low <= action.value <= CONTROLS[action.target].high
    wanted = {s.limit for s in alarm_specs(loaded.circuit.alarms) if isinstance(s.limit, str)}
    locks = [INTERLOCKS[lock.id] for lock in loaded.circuit.interlocks]
    wanted |= {name for row in locks for name in (row.arm, row.override, row.limit)} | {"console_alarms", "monitor_alarms"}
    assert wanted <= reached
