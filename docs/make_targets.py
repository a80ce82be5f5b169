"""Print docs/local-targets.md: all that is judged, and every value without an outside source, for a clinician to sign: `make docs`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from drill import TRAINING_ONLY, __version__
from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import INTERLOCKS
from drill.circuit.readings import READINGS
from drill.circuit.spec import CircuitSpec
from drill.scenarios.entries import load_circuit
from drill.scenarios.library import Library
from drill.scenarios.load import load_scenario
from drill.scenarios.phrases import condition_words, number_words, reading_words, words
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Condition, HarmLimit, Rubric, Scenario
from drill.scenarios.schema_rubric import Step, Wrong
from drill.scenarios.site import SITE_VALUES

ROOTS = [Path(__file__).resolve().parent.parent / "scenario_packs"]
OWN = re.compile(r"local\s+target|practice|clinical notes", re.IGNORECASE)
OUTSIDE = re.compile(r"\[[A-Z]|ecmo\.icu|icuecmo|conference|manual|\b(JECT|PRONTO|AmSECT|ELSO|PS27)\b", re.IGNORECASE)
SWITCHES = {name: row.unit[2:].split(" - 1 ") for name, row in CONTROLS.items() if " - 1 " in row.unit}  # "0 off - 1 on"
ENDS = {said: ends for name, ends in SWITCHES.items() for said in (words(name), reading_words(name))}
SIDES = re.compile(rf"\b({'|'.join(sorted(ENDS, key=len, reverse=True))}) (above|below) 0\.\d+")
BOX = "☐ ____________"
NONE = "no source"
Cells = tuple[str, ...]
HEAD = f"""# Local targets

{TRAINING_ONLY}. Made from the packs of Drill {__version__} by `make docs`. What is listed here is this program's proposal, and a clinician
of the site decides. Every item that a drill judges stands here with the words of its source: where that is a publication, it says what
is to be done; points, what is critical, and numbers that it does not name are still local targets. A site value or an alarm stands here
if its source says "local target", "practice" or "clinical notes", or names nothing from outside. The numbers of
[devices](components.md) and [patients](patients.md) are not listed.

**Print or copy this page before you sign: `make docs` writes it anew.** Tick what you agree to, or write what to change it to.
Whoever has signed is then named where the program reads it: `review: {{by: name, on: date}}` in the rubric of each drill that was
agreed to, `signed_by` in the site's profile ([how](writing-packs.md)).

Name: ______________________________ Role: ______________________________

Site: ______________________________ Date: ______________ Signature: ______________________________

## How to read it

- Times count from the first sign, the first row of each drill. Full points come up to "within", half of them until "half until".
- *Critical*: if it is missed, or if it happens, the run fails whatever its points.
- "for" is without a break. "shows" is what the display says; all else is judged by the true value. "set ..." is a hand on that control.
- A semicolon is "and". A switch, clamp or tap is at the end that is named if it stands on that side of its middle, or nearer to it.
"""


def main() -> None:
    """Print the page."""
    print("\n".join(page()))  # noqa: T201  the page goes to the standard output


def page() -> Iterator[str]:
    """Yield the page's lines."""
    library = Library(ROOTS)
    drills = {name: load_scenario(name, roots=ROOTS).scenario for name in library.refs("scenarios")}
    drills = {name: drill for name, drill in drills.items() if drill.rubric is not None}
    circuits = [load_circuit(name, library).spec for name in library.refs("circuits")]
    yield HEAD
    yield from ("## Site values", "", "A site sets these once, in its profile, for all drills that use them.", "")
    values = (
        (f"{value.meaning} (`{value.name}`)", f"{_plain(value.default)} {value.unit}".rstrip(), value.source)
        for value in SITE_VALUES.values()
        if is_own(value.source)
    )
    yield from table(("value", "stands at", "what stands behind it"), values)
    yield from ("", "## Where a drill ends badly", "", "Each of these ends the run at once, as failed; none has a source.", "")
    yield from table(("when", "ends as", "drills"), endings(drills))
    for name, drill in drills.items():
        yield from _drill(name, drill)
    yield from ("", "## Alarms and interlocks", "", "As delivered. Limits with which a drill begins stand in its chapter.", "")
    yield from table(("alarm or interlock", "limit", "after", "does", "what stands behind it", "circuits"), alarms(circuits))


def is_own(source: str) -> bool:
    """Whether a source is the program's own word, wholly or in part, and not a publication's."""
    return OWN.search(source) is not None or OUTSIDE.search(source) is None


def table(head: Cells, rows: Iterable[Cells]) -> Iterator[str]:
    """Yield a Markdown table, with room to agree in each row."""
    yield f"| {' | '.join(head)} | agreed, or change to |"
    yield "|" + "---|" * (len(head) + 1)
    for row in rows:
        cells = (" ".join(cell.split()).replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} | {BOX} |"


# -- how drills end -----------------------------------------------------------------------------------------------


def endings(drills: dict[str, Scenario]) -> Iterator[Cells]:
    """Yield (when, ends as, drills) of each way out that fails the run; the same one of several drills is one row."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, drill in drills.items():
        for way in dict.fromkeys(_ways(drill, "failed")):
            found.setdefault(way, []).append(name)
    for (when, end), names in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        yield when, end, ", ".join(f"`{name}`" for name in names)


def _ways(drill: Scenario, how: str) -> Iterator[tuple[str, str]]:
    """Yield each way out that ends as passed or failed: (when, ends as); the members of an `any` are ways of their own."""
    ends = {stage.id for stage in drill.stages if stage.ends == how}
    for stage in drill.stages:
        for way in stage.next:
            if way.go in ends and way.when is None:
                yield f"{number_words(way.after_s or 0, drill.vary)} s after the stage '{words(stage.id)}' began", words(way.go)
            elif way.go in ends and way.when is not None:
                split = way.when.any is not None and way.when.for_s is None and way.when.within_s is None
                yield from ((judged(one), words(way.go)) for one in ((way.when.any or ()) if split else (way.when,)))
    for held in drill.always:
        if held.go in ends:
            yield _broken(held.holds) + _stages(held.in_), words(held.go or "")


def _broken(holds: Condition) -> str:
    """Say when a property breaks: "blood volume below 2500 mL" where it has to stay above that."""
    if holds.value is not None and holds.for_s is None and (holds.above is None) != (holds.below is None):
        return judged(holds.model_copy(update={"above": holds.below, "below": holds.above}))
    return f"not ({judged(holds)})"


# -- what a drill judges ------------------------------------------------------------------------------------------


def judged(condition: Condition) -> str:
    """Return a condition in words; what has two ends by their names: "level stop: armed"."""
    plain = condition.for_s is condition.within_s is None
    said = "; ".join(map(condition_words, condition.all)) if condition.all and plain else condition_words(condition)
    return SIDES.sub(lambda found: f"{found[1]}: {ENDS[found[1]][found[2] == 'above']}", said)


def _drill(name: str, drill: Scenario) -> Iterator[str]:
    """Yield the chapter of one drill."""
    rubric = drill.rubric
    if rubric is None:
        return
    review = f"reviewed by {rubric.review.by}, {rubric.review.on}" if rubric.review is not None else "nobody has reviewed it yet"
    yield from ("", f"## {drill.case.name}", "", f"`{name}`, pass mark {rubric.pass_mark_pct:g} %, {review}.", "")
    yield from table(("item", "what is judged", "when", "points", "what stands behind it"), (*_start(drill, rubric), *items(rubric)))


def _start(drill: Scenario, rubric: Rubric) -> Iterator[Cells]:
    """Yield what holds for the whole drill: its first sign, where it ends well and at the latest, and the limits with which it begins."""
    yield "First sign: times count from here", judged(rubric.first_sign), "the first time", "", NONE
    for when, end in dict.fromkeys(_ways(drill, "passed")):
        yield f"Ends well: {end}", when, "else the run fails", "", NONE
    yield "Time limit", f"{drill.time_limit_s:g} s", "else the run fails", "", NONE
    limits = [
        f"{reading_words(name)} {number_words(value, drill.vary)} {CONTROLS[name].unit}"
        for name, value in drill.start.controls.items()
        if name.startswith("limit_") or "_alarm_" in name
    ]
    if limits:
        yield "Limits of alarms and interlocks", ", ".join(limits), "at the start", "", NONE


def items(rubric: Rubric) -> Iterator[Cells]:
    """Yield (item, what is judged, when, points, source) of each item of a rubric: points, limits and times are this program's."""
    for limit in rubric.harm:
        row = QUANTITIES[limit.quantity]
        most = f"at {'most' if row.worse == 'up' else 'least'} {limit.limit:g} {row.unit}"
        yield _item(row.meaning, limit.quantity, limit.causes), most, "whole run", _points(limit), limit.source
    for step in rubric.steps:
        order = [*(f"after {words(name)}" for name in step.after), *(f"before {words(name)}" for name in step.before)]
        expect = "; ".join((judged(step.expect) + _stages(step.in_), *order))
        yield _item(step.title, step.id, step.causes), expect, _time(step), _points(step), step.source
    for wrong in rubric.wrong:
        when = judged(wrong.when) + _stages(wrong.in_)
        yield _item(wrong.title, wrong.id, wrong.causes), when, "must not happen", _points(wrong, -1), wrong.source
    for rated in rubric.rated:
        yield _item(rated.title, rated.id, ()), " / ".join(rated.scale), "rated by a supervisor", "", rated.source


def _item(title: str, name: str, causes: Sequence[str]) -> str:
    only = f"; only for {', '.join(map(words, causes))}" if causes else ""
    return f"{title} (`{name}`){only}"


def _stages(stages: Sequence[str]) -> str:
    return f", in the stage {' or '.join(map(words, stages))}" if stages else ""


def _time(step: Step) -> str:
    times = [f"{word} {value:g} s" for word, value in (("within", step.within_s), ("half until", step.late_s)) if value is not None]
    return ", ".join((*(("at the end",) if step.judge == "end" else ()), *times)) or "at any time"


def _points(one: HarmLimit | Step | Wrong, sign: int = 1) -> str:
    points = (f"{sign * one.points:g}",) if one.points else ()
    return ", ".join((*points, *(("critical",) if one.critical else ())))


# -- what the circuits guard --------------------------------------------------------------------------------------


def alarms(circuits: Iterable[CircuitSpec]) -> Iterator[Cells]:
    """Yield (alarm or interlock, limit, after, does, source, circuits) of those without an outside source; the same one is one row."""
    found: dict[Cells, list[str]] = {}
    every = list(circuits)
    for circuit in every:
        for row in (*_alarms(circuit), *_interlocks(circuit)):
            if is_own(row[-1]):
                found.setdefault(row, []).append(circuit.id)
    for row, names in sorted(found.items(), key=lambda one: (one[0][0].lower(), one[0])):
        yield *row, "all" if len(names) == len(every) else ", ".join(f"`{name}`" for name in names)


def _alarms(circuit: CircuitSpec) -> Iterator[Cells]:
    for entry in circuit.alarms:
        watched = str(entry.get("reading") or entry.get("condition"))
        limit = reading_words(watched)
        if watched in READINGS and " - 1 " not in READINGS[watched].unit:
            sides = ((side, entry[side]) for side in ("above", "below") if entry.get(side) is not None)
            limit = " and ".join(f"{limit} {side} {_bound(at)} {READINGS[watched].unit}" for side, at in sides)
        yield f"{entry['text']} (`{entry['id']}`)", limit, f"{entry['delay_s']:g} s", f"{entry['priority']} alarm", str(entry["source"])


def _bound(limit: object) -> str:
    """Return an alarm's limit: fixed, or where its control stands."""
    return _plain(limit.get("at", CONTROLS[str(limit["control"])].default) if isinstance(limit, dict) else limit)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _interlocks(circuit: CircuitSpec) -> Iterator[Cells]:
    for given in circuit.interlocks:
        row = INTERLOCKS[given.id]
        at = CONTROLS[row.limit].default if given.limit is None else given.limit
        over = " over the set speed" if row.over_set else ""
        limit = f"{reading_words(row.reading)} {'above' if row.sign > 0 else 'below'} {at:g} {CONTROLS[row.limit].unit}{over}"
        does = {"cut": "cuts the power", "clamp": "shuts the electronic clamp", "cool": "keeps the heater from heating"}
        state = "" if given.armed else ", delivered off"
        yield f"{row.title} (`{row.name}`)", limit, f"{row.delay_s:g} s", does.get(row.does, f"{row.does}s the pump") + state, row.source


if __name__ == "__main__":
    main()
