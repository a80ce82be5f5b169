"""Checks what a scenario means: every name it uses exists, its story can be told, its rubric can be met.

Works on the data, beside the check of the shape, so that all errors of a file come at once.
"""

import re
from dataclasses import replace

from drill.circuit.controls import CONTROLS
from drill.circuit.patient import PATIENT_DEFAULTS
from drill.scenarios.check_rubric import check_rubric
from drill.scenarios.check_story import check_faults, check_story
from drill.scenarios.check_time import Clock
from drill.scenarios.conditions import Names, check_job
from drill.scenarios.diagnostics import Diagnostic, cut
from drill.scenarios.languages import check_languages
from drill.scenarios.tree import Node, Report, root
from drill.scenarios.yaml_reader import Document

DRIVES = ("boot_s", "battery_min", "probe_in_drive")
BASE = "base"
LIKE_PERCENT = (80, 120)  # whole weights that add up to about a hundred were meant as percent


def check_scenario(document: Document, names: Names, clock: Clock) -> list[Diagnostic]:
    """Return everything in a scenario that does not hold together. `names` holds what circuit, patient and tasks offer."""
    node, report = root(document), Report()
    limit = node["time_limit_s"].number
    draws = [key for key, _ in node["vary"].pairs()]
    names = replace(
        names, draws=draws, people=node["team"].texts("id"), limit_s=7200.0 if limit is None else limit, stages=node["stages"].texts("id")
    )
    _identity(node, names, report)
    _start(node, names, report)
    _team(node, names, report)
    causes = node["causes"].texts("id")
    _causes(node, names, causes, report)
    _draws_used(node, draws, report)
    check_story(node, names, clock, report)
    if "rubric" in node:
        check_rubric(node["rubric"], names, causes, clock, report)
    check_languages(node, names.language, report)
    return report.found


def _identity(node: Node, names: Names, report: Report) -> None:
    stem = node.document.file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".yaml")
    if node["id"].text and node["id"].text != stem:
        report.add(node["id"], f"the id is '{cut(node['id'].text)}' and the file is {stem}.yaml: give both one name")
    free = node["free_play"].value is True
    for key in ("causes", "rubric"):
        if free and key in node:
            report.add(node[key], f"free play has no {key}: take it out, or take out 'free_play'", key=True)
    if not free and "rubric" not in node and isinstance(node.value, dict):
        report.add(node, "the rubric is missing: write one, or 'free_play: true'")
    for key in ("circuit", "patient"):
        pack = node[key].text.partition("/")[0]
        if re.fullmatch(r"[a-z][a-z0-9_]*", pack) and pack not in (BASE, names.pack):
            report.add(node[key], f"'{cut(node[key].text)}' leaves the pack, which must be whole: copy it here, or use one of {BASE}")


def _start(node: Node, names: Names, report: Report) -> None:
    start = node["start"]
    for name, member in start["controls"].pairs():
        if report.name(member, "control", CONTROLS, key=name) and name in CONTROLS:
            report.between(member, CONTROLS[name].low, CONTROLS[name].high, CONTROLS[name].unit)
            _drawn(node, member, (CONTROLS[name].low, CONTROLS[name].high, CONTROLS[name].unit), names, report)
    for name, member in start["patient"].pairs():
        report.name(member, "number of a patient", PATIENT_DEFAULTS, key=name)
        report.name(member["draw"], "draw", names.draws)
    for part, numbers in start["parts"].pairs():
        if report.name(numbers, "part of the circuit", names.parts, key=part) and names.parts is not None and part in names.parts:
            for name, member in numbers.pairs():
                report.name(member, f"number of '{part}'", names.parts[part], key=name)
    for name, member in start["drives"].pairs():
        report.name(member, "number of a drive", DRIVES, key=name)


def _drawn(node: Node, member: Node, spec: tuple[float, float, str], names: Names, report: Report) -> None:
    """Check a drawn number's range against where it goes."""
    report.name(member["draw"], "draw", names.draws)
    drawn = node["vary"][member["draw"].text]
    for end in ("low", "high"):
        report.between(drawn[end], *spec)


def _team(node: Node, names: Names, report: Report) -> None:
    report.unique(node["team"], "person")
    people = names.people or ()
    if isinstance(node["team"].value, list) and "you" not in people:
        report.add(node["team"], "the team needs the person 'you': the trainee")
    for called in names.arriving:
        if people and called not in people:
            report.add(node["team"], f"'{called}' can be called (tasks.yaml), but is not in the team: add them with 'here: false'")
    for person in node["team"]:
        for task in person["can"]:
            check_job(task, replace(names, doers=None), report)
        if "comes_s" in person and person["here"].value is not False:
            report.add(person["comes_s"], "'comes_s' is for someone who is not here yet: add 'here: false'", key=True)
    report.unique(node["equipment"], "equipment")
    for thing in node["equipment"]:
        report.name(thing["id"], "equipment", names.equipment)
        if thing["here"].value is True and "fetch_s" in thing:
            report.add(thing["fetch_s"], "what is here is not fetched: leave out 'here' or 'fetch_s'", key=True)


def _causes(node: Node, names: Names, causes: list[str], report: Report) -> None:
    report.unique(node["causes"], "cause")
    for cause in node["causes"]:
        check_faults(cause["faults"], node, names, report, hidden=False)
    entered = [use for stage in node["stages"] for use in stage["enter"] if use["fault"].text == "cause"]
    if causes and not entered:
        report.add(node["causes"], "the causes never come: some stage's 'enter' needs {fault: cause}", key=True)
    for use in entered:
        if not causes:
            report.add(use["fault"], "'fault: cause' needs 'causes', and there are none")
    _weights(node["causes"], report)


def _weights(causes: Node, report: Report) -> None:
    """Note weights that do not add up: shares to 1, percent to 100, parts to anything; all of them or none."""
    given = [(cause["weight"], cause["weight"].number) for cause in causes if cause["weight"].number is not None]
    every = [cause for cause in causes if isinstance(cause.value, dict)]
    if not given:
        return
    if len(given) < len(every):
        report.add(given[0][0], "some causes have a weight and some have none: give it to all, or to none (then all are equal)")
        return
    numbers = [number for _, number in given if number is not None]
    total = sum(numbers)
    first = given[0][0]
    if all(number < 1 for number in numbers):
        if abs(total - 1.0) > 1e-6:
            report.add(first, f"weights below 1 are shares, and these add up to {total:g}, not 1: mend them, or write parts (1, 1, 2)")
    elif any(number < 1 for number in numbers):
        report.add(first, "weights are mixed: shares below 1 beside whole parts: write them all as shares, as percent or as parts")
    elif len(numbers) > 1 and LIKE_PERCENT[0] <= total <= LIKE_PERCENT[1] and total != 100:
        report.add(first, f"weights that look like percent add up to {total:g}, not 100", severity="warning")


def _draws_used(node: Node, draws: list[str], report: Report) -> None:
    """Warn of a draw that nothing uses: most often a slip in the other place."""
    used: set[str] = set()
    waiting = [node[key] for key in ("start", "stages", "causes", "events", "always")]
    while waiting:
        here = waiting.pop()
        if isinstance(here.value, dict) and set(here.value) == {"draw"}:
            used.add(here["draw"].text)
        waiting.extend(here)
        waiting.extend(member for _, member in here.pairs())
    for name in draws:
        if name not in used:
            report.add(node["vary"][name], f"'{cut(name)}' is drawn, and nothing uses it", key=True, severity="warning")
