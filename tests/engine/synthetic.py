"""Hand-made runs: a small log whose every number is chosen by the test."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from drill.circuit.controls import CONTROLS
from drill.circuit.readings import READINGS, SHOWN
from drill.engine.entries import Entry
from drill.engine.frame import TRUE, frame_entry
from drill.engine.runlog import Run, make_header

CALM: Mapping[str, float] = {
    **{name: max(0.0, reading.low) for name, reading in READINGS.items()},
    "flow_l_min": 4.0,
    "map_mmhg": 65.0,
    "sao2_pct": 97.0,
    "sweep_l_min": 4.0,
    "p_pre_mmhg": 180.0,
    "p_ven_mmhg": -60.0,
}


def header(**changes: Any) -> dict[str, Any]:
    """A header of a finished practice run of two causes, `secured` being the good end."""
    made = make_header(
        scenario="pack/case",
        pack_digest="0" * 64,
        site_values={"clamp_within_s": 20.0},
        seed=7,
        mode="practice",
        cause="motor_fault",
        draws={"onset_s": 2.5},
        endings={"secured": "passed", "lost": "failed"},
    )
    return {**made, **changes}


def frame(tick: int, blank: Iterable[str] = (), /, **changed: float) -> Entry:
    """A frame entry: calm readings but for those named; `blank` displays show nothing."""
    true = {**CALM, **changed}
    return frame_entry(tick, np.array([true[name] for name in (*TRUE, *SHOWN)]), blank)


def start(**controls: float) -> list[Entry]:
    """What stands at tick 0 of every run."""
    values = {**{name: control.default for name, control in CONTROLS.items()}, **controls}
    return [
        *({"t": 0, "k": "control", "name": name, "value": value} for name, value in values.items()),
        {"t": 0, "k": "drive", "at": "console"},
        {"t": 0, "k": "stage", "from": "", "to": "steady"},
        frame(0),
    ]


def action(tick: int, seq: int, verb: str, target: str, value: float | None = None, who: str = "you") -> Entry:
    """One action."""
    return {"t": tick, "k": "action", "seq": seq, "who": who, "verb": verb, "target": target, "value": value}


def control(tick: int, name: str, value: float) -> Entry:
    """A control that has moved."""
    return {"t": tick, "k": "control", "name": name, "value": value}


def run(*entries: Entry, outcome: str | None = "secured", **changes: Any) -> Run:
    """A run of these entries after its start, ended at its last tick (outcome None: not ended)."""
    log = [*start(), *entries]
    if outcome is not None:
        log.append({"t": log[-1]["t"], "k": "end", "outcome": outcome})
    return Run(header(**changes), log)


def small_run() -> Run:
    """A run that holds every kind of entry, in few bytes."""
    return run(
        {"t": 0, "k": "person", "who": "nurse", "state": "here", "in_s": 0.0},
        frame(5, flow_l_min=3.97, map_mmhg=64.0),
        {"t": 5, "k": "stage", "from": "steady", "to": "no_flow"},
        {"t": 5, "k": "fault", "name": "motor_fault", "at": {}},
        {"t": 5, "k": "broken", "id": "calm"},
        frame(10, ("pump_rpm", "flow_l_min"), flow_l_min=-0.42, map_mmhg=48.0),
        {"t": 10, "k": "first_sign"},
        {"t": 10, "k": "alarm", "id": "low_flow", "state": "on", "priority": "high", "text": "LOW FLOW 0.0 (limit 2.0)"},
        action(12, 0, "set", "clamp_return", 1.0),
        control(12, "clamp_return", 1.0),
        action(13, 1, "do", "no_hands"),
        {"t": 13, "k": "refused", "seq": 1, "reason": "both hands are taken"},
        action(14, 2, "look", "line"),
        {"t": 14, "k": "job", "task": "transfer_to_emergency_drive", "who": "you", "state": "start"},
        frame(15, ("pump_rpm",), flow_l_min=0.0, map_mmhg=44.0),
        {"t": 15, "k": "say", "id": "say_no_flow", "who": "you", "true": True},
        {"t": 16, "k": "pause", "on": True},
        {"t": 16, "k": "pause", "on": False},
        {"t": 18, "k": "look", "target": "line", "who": "you", "findings": ["clear"]},
        {"t": 19, "k": "job", "task": "transfer_to_emergency_drive", "who": "you", "state": "done"},
        {"t": 19, "k": "drive", "at": "emergency_drive"},
        {"t": 19, "k": "note", "text": "Blutgas · ACT µ"},
        frame(20, flow_l_min=0.0, map_mmhg=43.0),
        {"t": 20, "k": "check", "sha": "ab" * 32},
        {"t": 20, "k": "snapshot", "state": {"x": [(0.1).hex()], "n": 1}},
    )


__all__ = ["CALM", "SHOWN", "TRUE", "action", "control", "frame", "header", "run", "small_run", "start"]
