"""Attention and alarms in words: what was seen of a run and never scored."""

from dataclasses import dataclass
from typing import Final

from drill.engine.scoring.sheet import ScoreSheet

TITLE: Final = "Seen, not scored"
# What it is called, and whether "never" is worth a line. Names in _s are seconds, the others are counts.
FACTS: Final = {
    "alarms": ("alarms", True),
    "longest_unanswered_s": ("longest unanswered alarm", False),
    "time_to_acknowledge_s": ("first alarm to first acknowledgement", True),
    "audio_pauses": ("alarm sound paused", False),
    "first_act_s": ("first act after the first sign", True),
    "first_look_s": ("first look after the first sign", True),
    "first_call_s": ("first call after the first sign", True),
    "looks": ("looks", True),
    "calls": ("calls", True),
    "untrue_calls": ("calls that were not true", False),
    "pauses": ("pauses", False),
    "refused_actions": ("refused actions", False),
    "properties_broken": ("rules of the case broken", False),
    "instructor_acts": ("acts of the instructor", False),
}


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One fact: what it is, what this run has, and the expert's ("" where there is none)."""

    title: str
    value: str
    expert: str = ""


def seen_rows(sheet: ScoreSheet, expert: ScoreSheet | None = None) -> tuple[SeenRow, ...]:
    """Return the facts of a judged run in words; what did not happen is left out, unless that it did not is worth knowing."""
    rows = []
    for name, (title, always) in FACTS.items():
        if name not in sheet.facts or (name.startswith("first_") and sheet.first_sign_tick is None):
            continue
        told = always and not (name == "time_to_acknowledge_s" and not sheet.facts.get("alarms"))
        if told or sheet.facts[name]:
            theirs = "" if expert is None else _value(name, expert.facts.get(name))
            rows.append(SeenRow(title, _value(name, sheet.facts[name]), theirs))
    return tuple(rows)


def _value(name: str, value: float | None) -> str:
    if value is None:
        return "never"
    return f"{value:.1f} s" if name.endswith("_s") else f"{value:g}"
