"""Attention and alarms as facts: seen, told, and never scored. Who pauses the sound fast earns nothing by it."""

from collections.abc import Sequence

from drill.engine.actions import YOU
from drill.engine.entries import Entry
from drill.units import seconds

HUMAN_VERBS = ("set", "do", "order", "say", "look")


def facts_of(entries: Sequence[Entry], since: int | None) -> dict[str, float | None]:
    """Return what can be counted of a run, and when things were first done, in seconds after the first sign (`since`).

    `properties_broken` counts what must always hold by the scenario, and did not. None = never, or no first sign.
    `time_to_acknowledge_s` is from the first alarm to the first acknowledgement after it,
    `longest_unanswered_s` the longest that an alarm stood before alarms were acknowledged, its sound paused, or it went.
    """
    refused = {entry["seq"] for entry in entries if entry["k"] == "refused"}
    alarms = [entry for entry in entries if entry["k"] == "alarm"]
    acts = [entry for entry in entries if entry["k"] == "action" and entry["seq"] not in refused]
    mine = [entry for entry in acts if entry["who"] == YOU and entry["verb"] in HUMAN_VERBS]
    return {
        "alarms": sum(entry["state"] == "on" for entry in alarms),
        "audio_pauses": sum(entry["state"] == "pause" for entry in alarms),
        "time_to_acknowledge_s": _acknowledged_s(alarms),
        "longest_unanswered_s": _unanswered_s(alarms, int(entries[-1]["t"]) if entries else 0),
        "looks": sum(entry["k"] == "look" for entry in entries),
        "calls": sum(entry["k"] == "say" for entry in entries),
        "untrue_calls": sum(entry["k"] == "say" and not entry["true"] for entry in entries),
        "first_act_s": _first_s(mine, since),
        "first_look_s": _first_s([entry for entry in mine if entry["verb"] == "look"], since),
        "first_call_s": _first_s([entry for entry in mine if entry["verb"] == "say"], since),
        "pauses": sum(entry["k"] == "pause" and entry["on"] for entry in entries),
        "refused_actions": len(refused),
        "properties_broken": sum(entry["k"] == "broken" for entry in entries),
        "instructor_acts": sum(entry["verb"] == "instructor" for entry in acts),
    }


def _acknowledged_s(alarms: Sequence[Entry]) -> float | None:
    first = next((entry["t"] for entry in alarms if entry["state"] == "on"), None)
    if first is None:
        return None
    answer = next((entry["t"] for entry in alarms if entry["state"] == "ack" and entry["t"] >= first), None)
    return None if answer is None else seconds(answer - first)


def _unanswered_s(alarms: Sequence[Entry], end: int) -> float | None:
    standing: dict[str, int] = {}
    waits: list[int] = []
    for entry in alarms:
        if entry["state"] == "on":
            standing[entry["id"]] = entry["t"]
        elif entry["state"] == "off":
            if entry["id"] in standing:
                waits.append(entry["t"] - standing.pop(entry["id"]))
        else:
            waits += [entry["t"] - since for since in standing.values()]
            standing.clear()
    waits += [end - since for since in standing.values()]
    return seconds(max(waits)) if waits else None


def _first_s(acts: Sequence[Entry], since: int | None) -> float | None:
    """Return when the first of these acts came, after the first sign."""
    if since is None:
        return None
    tick = next((entry["t"] for entry in acts if entry["t"] >= since), None)
    return None if tick is None else seconds(tick - since)
