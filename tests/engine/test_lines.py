"""The log in words: what happened, one line for one turn of a knob."""

from dataclasses import replace
from pathlib import Path

import pytest

from drill.circuit.controls import CONTROLS
from drill.engine.actions import Action
from drill.engine.entries import Entry
from drill.engine.lines import CONTROL_TITLES, HANDLED_BY_JOBS, Lines, control_line
from drill.engine.session import Session
from drill.engine.snapshot import LogLine
from drill.engine.team import Team
from drill.scenarios.load import Loaded, load_scenario
from drill.units import FRAME_TICKS


@pytest.fixture
def lines(shipped: Loaded) -> Lines:
    """An empty log of the shipped scenario."""
    return Lines(shipped.tasks, Team(shipped.scenario.team, lambda _: None), {"secured": "Secured"})


def turned(tick: int, rpm: float, name: str = "pump_rpm_set") -> Entry:
    """The speed knob at a new place."""
    return {"t": tick, "k": "control", "name": name, "value": rpm, "who": "you"}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("clamp_return", 1.0, "Return clamp closed"),
        ("clamp_return", 0.0, "Return clamp open"),
        ("clamp_return", 0.995, "Return clamp closed"),
        ("clamp_return", 0.4, "Return clamp 40 % closed"),
        ("isolation_switch", 1.0, "Isolation switch on"),
        ("bubble_stop", 1.0, "Bubble interlock armed"),
        ("pump_rpm_set", 3500.0, "Speed set 3500 rpm"),
        ("sweep_l_min", 4.5, "Sweep gas 4.5 L/min"),
    ],
)
def test_a_control_is_told_in_the_words_of_its_unit(name: str, value: float, text: str) -> None:
    """What it is and how it stands."""
    assert control_line(name, value) == text


def test_on_bypass_the_clamps_have_the_names_of_its_lines() -> None:
    """Drainage and return on ECMO are the venous and the arterial line of a heart-lung machine."""
    assert control_line("clamp_return", 1.0, "cpb") == "Arterial clamp closed"
    assert control_line("clamp_drainage", 0.0, "cpb") == "Venous clamp open"
    assert control_line("clamp_post_ox", 1.0, "cpb") == control_line("clamp_post_ox", 1.0, "va_ecmo")


@pytest.mark.parametrize(("machine", "line"), [("cpb", "Arterial clamp closed"), ("va", "Return clamp closed")])
def test_a_session_tells_its_log_which_machine_it_is(machine: str, line: str, root: Path) -> None:
    """The clamp that is closed stands in the log by the name that it has on this machine."""
    loaded = load_scenario(f"base/free_play_{machine}", roots=[root / "scenario_packs"])
    start = loaded.scenario.start.model_copy(update={"settle_s": 0.0})
    session = Session(replace(loaded, scenario=loaded.scenario.model_copy(update={"start": start})), seed=1)
    session.submit(Action(verb="set", target="clamp_return", value=1.0))
    for _ in range(FRAME_TICKS):
        session.tick()
    assert line in [each.text for each in session.snapshot().log]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_has_a_short_line(name: str) -> None:
    """A log line names the thing and does not define it; a title stands for a control that exists."""
    assert len(control_line(name, CONTROLS[name].default)) <= 40
    assert set(CONTROL_TITLES) <= set(CONTROLS) - set(HANDLED_BY_JOBS)


def test_a_knob_turned_on_and_on_is_one_line(lines: Lines) -> None:
    """Steps within two seconds of each other show where the knob came to; a later turn is a line of its own."""
    for tick, rpm in ((10, 3400), (60, 3300), (110, 3200), (300, 3100)):
        lines.feed(turned(tick, rpm))

    assert lines.tail() == (LogLine(110, "act", "Speed set 3200 rpm"), LogLine(300, "act", "Speed set 3100 rpm"))


def test_another_line_in_between_keeps_both(lines: Lines) -> None:
    """A knob's line is replaced only where it is the last one."""
    lines.feed(turned(10, 3400))
    lines.feed({"t": 11, "k": "note", "text": "Blood gas and ACT sent"})
    lines.feed(turned(12, 3300))

    assert [line.text for line in lines.tail()] == ["Speed set 3400 rpm", "Blood gas and ACT sent", "Speed set 3300 rpm"]


def test_how_things_stood_at_the_start_is_no_line(lines: Lines) -> None:
    """Tick 0 says how things stand, not what happened."""
    lines.feed(turned(0, 3500))

    assert lines.tail() == ()


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ({"k": "say", "id": "say_clamped", "who": "you", "true": False}, ("say", "You: “Circuit is clamped.”")),
        ({"k": "look", "target": "pump_head", "who": "you", "findings": ["clean", "standing"]}, ("act", "Pump head: clean, standing")),
        ({"k": "job", "task": "compressions", "who": "nurse", "state": "stopped"}, ("team", "Bedside nurse: Chest compressions: stopped")),
        ({"k": "person", "who": "intensivist", "state": "here", "in_s": 0}, ("team", "Intensivist: here")),
        (
            {"k": "alarm", "id": "x", "state": "on", "priority": "high", "text": "LOW FLOW 0.0 (limit 2.0)"},
            ("alarm", "LOW FLOW 0.0 (limit 2.0)"),
        ),
        ({"k": "drive", "at": "moving"}, ("machine", "Pump head off its drive")),
        ({"k": "refused", "seq": 3, "reason": "you have no hand free"}, ("act", "Not done: you have no hand free")),
        ({"k": "end", "outcome": "secured"}, ("end", "Secured")),
        ({"k": "end", "outcome": "time_limit"}, ("end", "Time is up")),
    ],
)
def test_each_kind_has_its_words(lines: Lines, entry: Entry, line: tuple[str, str]) -> None:
    """Facts only: a call-out is not judged here, a finding is not explained."""
    lines.feed({"t": 5, **entry})

    assert lines.tail() == (LogLine(5, *line),)


@pytest.mark.parametrize("kind", ["fault", "stage", "first_sign", "check", "snapshot", "action"])
def test_what_is_hidden_has_no_line(lines: Lines, kind: str) -> None:
    """Faults and stages are not for the trainee's eyes."""
    lines.feed({"t": 5, "k": kind, "name": "motor_fault", "from": "steady", "to": "no_flow", "at": {}})

    assert lines.tail() == ()
