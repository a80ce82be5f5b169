"""From a run to the beginning of a play and of a rubric: what an educator would else write by hand, with its times.

Nothing here judges: each number is what was played, with room, and says that it is a local target; each reason is left to be written.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from drill.circuit.controls import CLAMP_CLOSED, CONTROLS
from drill.engine.entries import Entry
from drill.engine.lines import KNOB_PAUSE_TICKS, control_line
from drill.engine.runlog import Run
from drill.engine.scoring import ScoreSheet
from drill.scenarios.conditions import PLAY_HEADS
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import HEADS, Condition
from drill.units import seconds

ROOM: Final = 1.5  # tunable: a time limit is what was played and half as much again, to whole five seconds
LATE: Final = 3.0
AT_FIRST: Final[Mapping[str, Any]] = {"drive": "console"}  # holds from the start: what came before the first sign waits from there
WHY: Final = "To be written: why this matters to the patient."
SOURCE: Final = "local target"


@dataclass(frozen=True, slots=True)
class Deed:
    """One action that was done and not refused. `after_s` counts from the first sign, or from the start where there is none."""

    number: int
    entry: Entry
    time_s: float
    after_s: float
    signed: bool
    done_s: float | None
    text: str


def deeds(run: Run) -> tuple[Deed, ...]:
    """Return what the trainee did, in order; a knob that was turned on and on counts once, where it came to rest."""
    refused = {entry["seq"] for entry in run.entries if entry["k"] == "refused"}
    sign = next((entry["t"] for entry in run.entries if entry["k"] == "first_sign"), None)
    kept: list[Entry] = []
    for entry in run.entries:
        if entry["k"] != "action" or entry["seq"] in refused or entry["verb"] == "instructor":
            continue
        if kept and _same_knob(kept[-1], entry):
            kept.pop()
        kept.append(entry)
    return tuple(_deed(number, entry, run, sign) for number, entry in enumerate(kept, start=1))


def _same_knob(before: Entry, now: Entry) -> bool:
    both = all(entry["verb"] == "set" for entry in (before, now))
    return both and before["target"] == now["target"] and now["t"] - before["t"] <= KNOB_PAUSE_TICKS


def _deed(number: int, entry: Entry, run: Run, sign: int | None) -> Deed:
    signed = sign is not None and entry["t"] >= sign
    since = sign if sign is not None and signed else 0
    ends = (
        e["t"]
        for e in run.entries
        if e["k"] == "job" and e["task"] == entry["target"] and e["state"] == "done" and e["t"] >= entry["t"]
    )
    done = next(ends, None) if entry["verb"] in ("do", "order") else None
    return Deed(
        number,
        entry,
        seconds(entry["t"]),
        seconds(entry["t"] - since),
        signed,
        None if done is None else seconds(done - since),
        _text(entry, run.machine),
    )


def _text(entry: Entry, machine: str) -> str:
    target = str(entry["target"]).replace("_", " ")
    match entry["verb"]:
        case "set":
            return control_line(entry["target"], float(entry["value"] or 0.0), machine)
        case "do":
            return f"Done by you: {target}"
        case "order":
            return f"Given to {'anyone who can' if entry['who'] == 'you' else entry['who'].replace('_', ' ')}: {target}"
        case "stop":
            return f"Stopped: {target}"
        case "say":
            return f"Said: {target.removeprefix('say ')}"
        case "look":
            return f"Looked at: {target}"
        case _:
            return "Alarms acknowledged" if target == "all" else "Alarm sound paused"


# -- the play -----------------------------------------------------------------------------------------------------


def play_yaml(name: str, scenario: str, chosen: Iterable[Deed], first_sign: Condition | None, about: str) -> str:
    """Return a play's file that does the chosen deeds at their times after the first sign, if eyes can see that sign."""
    seen = first_sign is not None and visible(first_sign)
    ids = _Ids()
    lines = [
        f"# Recorded from {about}. Each rule waits from the first sign{'' if seen else ', or so it should: write `when` yourself'}.",
        "# A better `when` names what the hands were waiting for: a display, a finding, a job that is done.",
        "schema: drill/1",
        f"id: {name}",
        f"scenario: {scenario}",
        "rules:",
    ]
    for deed in chosen:
        from_sign = deed.signed and seen and first_sign is not None
        when = written(first_sign) if from_sign and first_sign is not None else dict(AT_FIRST)
        wait = deed.after_s if from_sign else deed.time_s
        lines += [f"  - id: {ids.of(deed)}", f"    when: {flow(when)}"]
        lines += [f"    wait_s: {round(wait, 1)}", f"    do: [{flow(_act(deed.entry))}]"]
    return "\n".join(lines) + "\n"


def visible(condition: Condition) -> bool:
    """Tell whether a condition asks only for what someone at the bedside can know."""
    members = (*(condition.all or ()), *(condition.any or ()), *((condition.not_,) if condition.not_ is not None else ()))
    return all(getattr(condition, head) is None or head.rstrip("_") in PLAY_HEADS for head in HEADS) and all(map(visible, members))


def written(condition: Condition) -> dict[str, Any]:
    """Return a condition as it is written in YAML."""
    return condition.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


def _act(entry: Entry) -> dict[str, Any]:
    verb, target, value = entry["verb"], entry["target"], entry["value"]
    if verb == "set" and target.startswith("clamp_") and value >= CLAMP_CLOSED:
        return {"clamp": target.removeprefix("clamp_")}
    if verb == "set" and target.startswith("clamp_") and value <= 1 - CLAMP_CLOSED:
        return {"unclamp": target.removeprefix("clamp_")}
    if verb == "set":
        return {"set": target, "to": value}
    if verb == "order" and entry["who"] != "you":
        return {"order": target, "who": entry["who"]}
    return {verb: target}


# -- the rubric ---------------------------------------------------------------------------------------------------


def rubric_yaml(chosen: Iterable[Deed], first_sign: Condition | None, sheet: ScoreSheet | None, limit_s: float, about: str) -> str:
    """Return a rubric to start from: a step for each chosen deed, a limit for each harm that the run did."""
    sign = flow(written(first_sign)) if first_sign is not None else "{after_s: 0}  # to be written: what can be seen first"
    lines = [f"# Recorded from {about}. Every number is what was played, with room; write each reason.", "rubric:", "  pass_mark_pct: 70"]
    lines += [f"  first_sign: {sign}"]
    harms = [(name, amount) for name, amount in (sheet.ledger if sheet is not None else {}).items() if amount and _limitable(name)]
    lines += ["  harm:" if harms else "  harm: []"]
    for name, amount in harms:
        lines += [f"    - quantity: {name}", f"      limit: {_wider(amount):g}", "      points: 5", *_reasons()]
    steps = [step for deed in chosen if (step := _step(deed, limit_s)) is not None]
    ids = _Ids()
    lines += ["  steps:" if steps else "  steps: []"]
    for deed, expect, within, late in steps:
        lines += [f"    - id: {ids.of(deed)}", f"      title: {json.dumps(deed.text, ensure_ascii=False)}", f"      expect: {flow(expect)}"]
        lines += [f"      within_s: {within:g}", f"      late_s: {late:g}", "      points: 5", *_reasons()]
    return "\n".join(lines) + "\n"


def _limitable(quantity: str) -> bool:
    return QUANTITIES[quantity].worse == "up" and not quantity.endswith("_max_mmhg")


def _reasons() -> Iterator[str]:
    yield f'      why: "{WHY}"'
    yield f"      source: {SOURCE}"


def _wider(amount: float) -> float:
    return float(max(5 * ceil(amount * ROOM / 5), 5))


def _step(deed: Deed, limit_s: float) -> tuple[Deed, dict[str, Any], float, float] | None:
    """Return what a step would expect and its times, None for a deed that leaves nothing to be asked for."""
    expect = _expect(deed)
    if expect is None or not deed.signed:
        return None
    within = min(_wider(deed.after_s if deed.done_s is None else deed.done_s), limit_s)
    return deed, expect, within, min(within * LATE, limit_s)


def _expect(deed: Deed) -> dict[str, Any] | None:
    target, value = deed.entry["target"], deed.entry["value"]
    match deed.entry["verb"]:
        case "set":
            control = CONTROLS[target]
            step = (control.high - control.low) / 100.0
            above = {"above": round(value - step, 4)} if value > control.low + step else {}
            below = {"below": round(value + step, 4)} if value < control.high - step else {}
            return {"control": target, **above, **below}
        case "do" | "order":
            return {"task": target, "is": "running" if deed.done_s is None else "done"}
        case "say":
            return {"said": target}
        case "look":
            return {"found": target}
        case "ack":
            return {"action": "ack", "at": target}
        case _:
            return None


class _Ids:
    """Gives each deed a name of its own: the thing, and a number from the second time on."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}

    def of(self, deed: Deed) -> str:
        """Return its name."""
        verb, target = deed.entry["verb"], str(deed.entry["target"])
        word = {"look": f"look_{target}", "stop": f"stop_{target}", "ack": f"ack_{target}"}.get(verb, target)[:50]
        self._count[word] = number = self._count.get(word, 0) + 1
        return word if number == 1 else f"{word}_{number}"


def flow(value: Any) -> str:
    """Return plain data as YAML on one line: {clamp: return}."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def numbers(text: str, most: int) -> Collection[int]:
    """Read "1,4-7" as numbers from 1 to `most`. Raises ValueError with what is allowed."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise ValueError(f"'{part.strip()}' is no number: give numbers and ranges of the list, such as 1,4-7")
        found |= set(range(int(first), int(last or first) + 1))
    wrong = sorted(number for number in found if not 1 <= number <= most)
    if wrong:
        raise ValueError(f"there is no action {wrong[0]}: the list has 1 to {most}")
    return found
