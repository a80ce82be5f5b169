"""A run's events in words, for those who look back: nothing is hidden any more, hidden causes and stages included."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from drill.engine.entries import Entry
from drill.engine.runlog import Run
from drill.engine.scoring.evidence import text_of
from drill.scenarios.phrases import words

SILENT: Final = ("frame", "check", "snapshot")


class Event(NamedTuple):
    """One thing that happened at tick `tick`; `kind` as in `entries.py`."""

    tick: int
    kind: str
    text: str


def events(run: Run) -> Iterator[Event]:
    """Yield what happened after tick 0, in order: readings, checksums and how things stood at the start are left out."""
    for entry in run.entries:
        if entry["k"] not in SILENT and (entry["t"] > 0 or entry["k"] in ("stage", "fault", "action")):
            yield Event(entry["t"], entry["k"], in_words(entry, run.machine))


def in_words(entry: Entry, machine: str = "") -> str:
    """Return one entry in words, as this kind of machine calls its clamps."""
    match entry["k"]:
        case "stage":
            return f"stage: {words(entry['to'])}" if not entry["from"] else f"stage: {words(entry['from'])} to {words(entry['to'])}"
        case "first_sign":
            return "the first sign could be seen"
        case "fault":
            at = ", ".join(f"{name} {value:g}" for name, value in entry["at"].items() if isinstance(value, int | float))
            return f"fault: {words(entry['name'])}{f' ({at})' if at else ''}"
        case "broken":
            return f"no longer so: {words(entry['id'])}"
        case "refused":
            return f"not done: {entry['reason']}"
        case "control" if not entry.get("who"):
            return f"{text_of(entry, machine)} (by itself)"
        case "person":
            return f"{words(entry['who'])} {'is here' if entry['state'] == 'here' else 'was called'}"
        case "pause":
            return "paused" if entry["on"] else "went on"
        case "note":
            return str(entry["text"])
        case "alarm" if not entry["id"]:
            return "alarms acknowledged" if entry["state"] == "ack" else "alarm sound paused"
        case "end":
            return f"the end: {words(entry['outcome'])}"
        case _:
            return text_of(entry, machine)
