"""Why a condition held, or did not: the log entries and readings behind it, in words with their tick."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from drill.circuit.guards import lowered
from drill.circuit.readings import READINGS
from drill.engine.entries import Entry
from drill.engine.evaluate import EVENTS, action_matcher, compile_condition, head_of
from drill.engine.frame import Did, Frame
from drill.engine.lines import DRIVES, control_line
from drill.engine.scoring.sheet import Evidence
from drill.scenarios.phrases import condition_words, reading_words, words
from drill.scenarios.schema import Condition
from drill.units import ticks

AT_MOST: Final = 6
Wanted = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Witness:
    """What may be asked: entries, frames and drawn numbers; the frame of the judgement; from which tick things count; the machine."""

    entries: Sequence[Entry]
    frames: Sequence[Frame]
    draws: Mapping[str, float]
    frame: Frame
    since: int
    machine: str

    def last(self, wanted: Wanted, *, ever: bool = False) -> Entry | None:
        """Return the last such entry up to the frame, from `since` on (`ever`: from the start)."""
        low = 0 if ever else self.since
        return next((e for e in reversed(self.entries) if low <= e["t"] <= self.frame.tick and wanted(e)), None)


def evidence(condition: Condition, witness: Witness, *, held: bool) -> tuple[Evidence, ...]:
    """Return what the log holds on a condition that held, or did not, oldest first.

    Of `any` that held only the members that held are told, of `all` that failed only those that failed.
    """
    lines = {_of_leaf(leaf, then) for leaf, then in _telling(condition, witness, held=held)}
    return tuple(sorted(lines))[-AT_MOST:]


def _telling(condition: Condition, witness: Witness, *, held: bool) -> Iterator[tuple[Condition, Witness]]:
    """Yield the conditions without members that decided, each with the moment at which it is to be told."""
    if condition.not_ is not None:
        yield from _telling(condition.not_, witness, held=not held)
        return
    if held:
        witness = _when_it_held(condition, witness) or witness
    members = condition.all or condition.any
    if members is None:
        if head_of(condition) != "after_s":
            yield condition, witness
        return
    some = (condition.any is not None) == held
    chosen = [member for member in members if _holds(member, witness) == held] if some else []
    for member in chosen or members:
        yield from _telling(member, witness, held=held)


def _when_it_held(condition: Condition, witness: Witness) -> Witness | None:
    """Return the last moment `within_s` at which a state held: it may be over by now; None if it never did, or need not."""
    if condition.within_s is None or (head_of(condition) in EVENTS and condition.is_ != "running"):
        return None
    check = compile_condition(condition.model_copy(update={"within_s": None}), witness.draws)
    check.begin(witness.since)
    held = [frame for frame in witness.frames if frame.tick <= witness.frame.tick and check(frame)]
    if not held or held[-1].tick < witness.frame.tick - ticks(condition.within_s):
        return None
    return replace(witness, frame=held[-1])


def _holds(condition: Condition, witness: Witness) -> bool:
    """Whether a condition holds at the frame itself, or held `within_s`, however long it has to hold."""
    if (then := _when_it_held(condition, witness)) is not None:
        witness = then
    if condition.not_ is not None:
        return not _holds(condition.not_, witness)
    if condition.all is not None:
        return all(_holds(member, witness) for member in condition.all)
    if condition.any is not None:
        return any(_holds(member, witness) for member in condition.any)
    if condition.action is not None:
        return _act(condition, witness) is not None
    check = compile_condition(condition.model_copy(update={"for_s": None}), witness.draws)
    check.begin(witness.since)
    return check(witness.frame)


def _of_leaf(leaf: Condition, witness: Witness) -> Evidence:
    head = head_of(leaf)
    name = str(getattr(leaf, head))
    frame = witness.frame
    entry: Entry | None = None
    otherwise = ""
    match head:
        case "value":
            otherwise = f"{reading_words(name)} was {frame.true[name]:g} {READINGS[name].unit}"
        case "shown":
            value = frame.shown[name]
            otherwise = f"{reading_words(name)} " + ("was blank" if value is None else f"showed {value:g} {READINGS[name].unit}")
        case "control":
            entry = witness.last(lambda e: e["k"] == "control" and e["name"] == name, ever=True)
            otherwise = f"{words(name)}: not in the log"
        case "drive":
            entry = witness.last(lambda e: e["k"] == "drive", ever=True)
            otherwise = "pump head: not in the log"
        case "guards":
            first = next(iter(lowered(frame.controls, frame.as_found)), "")
            entry = witness.last(lambda e: e["k"] == "control" and e["name"] == first, ever=True)
            otherwise = "interlocks, alarms and limits as found"
        case "alarm":
            entry = witness.last(lambda e: e["k"] == "alarm" and e["id"] == name and e["state"] in ("on", "off"), ever=True)
            otherwise = f"no alarm '{words(name)}'"
        case "task":
            entry = witness.last(lambda e: e["k"] == "job" and e["task"] == name, ever=True)
            otherwise = f"{words(name)}: not begun"
        case "said":
            entry = witness.last(lambda e: e["k"] == "say" and e["id"] == name)
            otherwise = f"'{words(name)}' was not said"
        case "found":
            entry = witness.last(lambda e: e["k"] == "look" and e["target"] == name)
            otherwise = f"no look at {words(name)}"
        case _:
            entry = _act(leaf, witness)
            otherwise = f"no '{condition_words(leaf)}'"
    return Evidence(frame.tick, otherwise) if entry is None else Evidence(entry["t"], text_of(entry, witness.machine))


def _act(leaf: Condition, witness: Witness) -> Entry | None:
    matches = action_matcher(leaf)
    refused = {entry["seq"] for entry in witness.entries if entry["k"] == "refused"}

    def wanted(entry: Entry) -> bool:
        if entry["k"] != "action" or entry["seq"] in refused:
            return False
        return matches(Did(entry["t"], entry["who"], entry["verb"], entry["target"], entry["value"]))

    return witness.last(wanted)


def text_of(entry: Entry, machine: str) -> str:
    """Return one entry in words, as this kind of machine calls its clamps, without the pack's titles: for evidence."""
    match entry["k"]:
        case "action":
            value = entry["value"]
            to = "" if value is None else f" to {value:g}" if isinstance(value, int | float) else f" {value}"
            what = reading_words(entry["target"]).removeprefix(f"{entry['verb']} ")  # the id of a saying often begins with its verb
            return f"{words(entry['who'])}: {entry['verb']} {what}{to}"
        case "control":
            return control_line(entry["name"], entry["value"], machine)
        case "job":
            state = {"start": "begun", "done": "done", "stopped": "stopped"}[entry["state"]]
            return f"{words(entry['task'])}: {state} by {words(entry['who'])}"
        case "say":
            return f"{words(entry['who'])} said '{words(entry['id'])}'{'' if entry['true'] else ', which was not so'}"
        case "look":
            seen = ", ".join(words(finding) for finding in entry["findings"]) or "nothing to see"
            return f"{words(entry['who'])} looked at {words(entry['target'])}: {seen}"
        case "alarm":
            return f"alarm '{words(entry['id'])}' {entry['state']}"
        case "drive":
            return DRIVES.get(entry["at"], words(entry["at"]))
        case kind:
            return words(str(kind))
