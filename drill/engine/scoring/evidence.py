"""Why a condition held, or did not: the log entries and readings behind it, in words with their tick."""

from collections.abc import Iterator, Sequence

from drill.circuit.readings import READINGS
from drill.engine.entries import Entry
from drill.engine.evaluate import action_matcher, head_of
from drill.engine.frame import Did, Frame
from drill.engine.scoring.sheet import Evidence
from drill.scenarios.schema import Condition

AT_MOST = 6


def evidence(condition: Condition, entries: Sequence[Entry], frame: Frame, since: int) -> tuple[Evidence, ...]:
    """Return what the log holds on each part of a condition, from `since` up to `frame`, oldest first."""
    found = {line for leaf in _leaves(condition) for line in _of_leaf(leaf, entries, frame, since)}
    return tuple(sorted(found))[-AT_MOST:]


def _leaves(condition: Condition) -> Iterator[Condition]:
    members = condition.all or condition.any or ((condition.not_,) if condition.not_ is not None else ())
    if not members:
        yield condition
    for member in members:
        yield from _leaves(member)


def _of_leaf(leaf: Condition, entries: Sequence[Entry], frame: Frame, since: int) -> tuple[Evidence, ...]:
    match head_of(leaf):
        case "value":
            name = str(leaf.value)
            return (Evidence(frame.tick, f"{words(name)} was {frame.true[name]:g} {READINGS[name].unit}"),)
        case "shown":
            name = str(leaf.shown)
            value = frame.shown[name]
            text = "was blank" if value is None else f"showed {value:g} {READINGS[name].unit}"
            return (Evidence(frame.tick, f"{words(name)} {text}"),)
        case "control":
            return _last(entries, frame.tick, "control", "name", str(leaf.control)) or (
                Evidence(frame.tick, f"{words(str(leaf.control))} unknown"),
            )
        case "said":
            return _last(entries, frame.tick, "say", "id", str(leaf.said), since) or _none(frame, f"'{words(str(leaf.said))}' was not said")
        case "found":
            return _last(entries, frame.tick, "look", "target", str(leaf.found), since) or _none(
                frame, f"no look at {words(str(leaf.found))}"
            )
        case "task":
            return _last(entries, frame.tick, "job", "task", str(leaf.task)) or _none(frame, f"{words(str(leaf.task))}: not begun")
        case "alarm":
            return _last(entries, frame.tick, "alarm", "id", str(leaf.alarm)) or _none(frame, f"no alarm {words(str(leaf.alarm))}")
        case "drive":
            return _last(entries, frame.tick, "drive", "at", None)
        case "action":
            return _acts(leaf, entries, frame, since)
        case _:
            return ()


def _none(frame: Frame, text: str) -> tuple[Evidence, ...]:
    return (Evidence(frame.tick, text),)


def _last(entries: Sequence[Entry], until: int, kind: str, key: str, name: str | None, since: int = 0) -> tuple[Evidence, ...]:
    for entry in reversed(entries):
        if since <= entry["t"] <= until and entry["k"] == kind and name in (None, entry[key]):
            return (Evidence(entry["t"], text_of(entry)),)
    return ()


def _acts(leaf: Condition, entries: Sequence[Entry], frame: Frame, since: int) -> tuple[Evidence, ...]:
    matches = action_matcher(leaf)
    refused = {entry["seq"] for entry in entries if entry["k"] == "refused"}
    for entry in reversed(entries):
        if entry["k"] != "action" or not since <= entry["t"] <= frame.tick or entry["seq"] in refused:
            continue
        if matches(Did(entry["t"], entry["who"], entry["verb"], entry["target"], entry["value"])):
            return (Evidence(entry["t"], text_of(entry)),)
    return _none(frame, f"no '{leaf.action}{' ' + words(leaf.at) if leaf.at else ''}'")


def words(name: str) -> str:
    """Return an id as words: underscores as spaces."""
    return name.replace("_", " ")


def text_of(entry: Entry) -> str:
    """Return one entry in words, for evidence and for the log on paper."""
    match entry["k"]:
        case "action":
            value = (
                ""
                if entry["value"] is None
                else f" to {entry['value']:g}"
                if isinstance(entry["value"], int | float)
                else f" {entry['value']}"
            )
            return f"{words(entry['who'])}: {entry['verb']} {words(entry['target'])}{value}"
        case "control":
            return f"{words(entry['name'])} stands at {entry['value']:g}"
        case "job":
            state = {"start": "begun", "done": "done", "stopped": "stopped"}[entry["state"]]
            return f"{words(entry['task'])}: {state} by {words(entry['who'])}"
        case "say":
            return f"{words(entry['who'])} said '{words(entry['id'])}'{'' if entry['true'] else ', which was not so'}"
        case "look":
            return f"{words(entry['who'])} looked at {words(entry['target'])}: {', '.join(words(f) for f in entry['findings'])}"
        case "alarm":
            return f"alarm {words(entry['id'])} {entry['state']}"
        case "drive":
            return f"pump head: {words(entry['at'])}"
        case kind:
            return words(str(kind))
