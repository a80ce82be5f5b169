"""Checks what a scenario means: every name it uses exists, its story can be told, its rubric can be met.

Works on the data, beside the check of the shape, so that all errors of a file come at once.
"""

from collections.abc import Collection
from dataclasses import replace

from drill.circuit.controls import CONTROLS
from drill.circuit.faults import FAULTS
from drill.circuit.patient import PATIENT_DEFAULTS
from drill.scenarios.conditions import NO_STAGE_HEADS, Names, check_condition
from drill.scenarios.diagnostics import Diagnostic, cut
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.tree import Node, Report, root
from drill.scenarios.yaml_reader import Document

_NOT_IN_A_RUBRIC = "in a rubric, whose time counts from the first sign"


def check_scenario(document: Document, names: Names) -> list[Diagnostic]:
    """Return everything in a scenario that does not hold together. `names` holds what circuit, patient and tasks offer."""
    node, report = root(document), Report()
    limit = node["time_limit_s"].number
    draws = [key for key, _ in node["vary"].pairs()]
    names = replace(names, draws=draws, people=node["team"].texts("id"), limit_s=7200.0 if limit is None else limit)
    _identity(node, report)
    _start(node, names, report)
    causes = node["causes"].texts("id")
    _causes(node, causes, report)
    _draws_used(node, draws, report)
    _stages(node, names, report)
    _graph(node, report)
    if "rubric" in node:
        _rubric(node["rubric"], names, causes, report)
    return report.found


def _identity(node: Node, report: Report) -> None:
    stem = node.document.file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".yaml")
    if node["id"].text and node["id"].text != stem:
        report.add(node["id"], f"the id is '{cut(node['id'].text)}' and the file is {stem}.yaml: give both one name")
    free = node["free_play"].value is True
    for key in ("causes", "rubric"):
        if free and key in node:
            report.add(node[key], f"free play has no {key}: take it out, or take out 'free_play'", key=True)
    if not free and "rubric" not in node and isinstance(node.value, dict):
        report.add(node, "the rubric is missing: write one, or 'free_play: true'")


def _start(node: Node, names: Names, report: Report) -> None:
    for name, member in node["start"]["controls"].pairs():
        if report.name(member, "control", CONTROLS, key=name) and name in CONTROLS:
            report.between(member, CONTROLS[name].low, CONTROLS[name].high, CONTROLS[name].unit)
    for name, member in node["start"]["patient"].pairs():
        report.name(member, "number of a patient", PATIENT_DEFAULTS, key=name)
        report.name(member["draw"], "draw", names.draws)
    report.unique(node["team"], "person")
    people = names.people or ()
    if isinstance(node["team"].value, list) and "you" not in people:
        report.add(node["team"], "the team needs the person 'you': the trainee")
    for person in names.arriving:
        if people and person not in people:
            report.add(node["team"], f"'{person}' can be called (tasks.yaml), but is not in the team: add them with 'here: false'")


def _fault(use: Node, report: Report, *, hidden: bool) -> None:
    """Check one `{fault, at}`; `fault: cause` only where `hidden` allows it."""
    fault = use["fault"]
    if hidden and fault.text == "cause":
        if "at" in use:
            report.add(use["at"], "'fault: cause' brings its own numbers: write them at the cause", key=True)
        return
    if not report.name(fault, "fault", [*FAULTS, "cause"] if hidden else FAULTS) or fault.text not in FAULTS:
        return
    parameters = {parameter.name: parameter for parameter in FAULTS[fault.text].parameters}
    for name, member in use["at"].pairs():
        if name not in parameters:
            allowed = f" (allowed: {', '.join(parameters)})" if parameters else ": it has none"
            report.add(member, f"fault '{fault.text}' has no number {cut(repr(name))}{allowed}", key=True)
        else:
            report.between(member, parameters[name].low, parameters[name].high, parameters[name].unit)


def _causes(node: Node, causes: list[str], report: Report) -> None:
    report.unique(node["causes"], "cause")
    for cause in node["causes"]:
        for use in cause["faults"]:
            _fault(use, report, hidden=False)
    entered = [use for stage in node["stages"] for use in stage["enter"] if use["fault"].text == "cause"]
    if causes and not entered:
        report.add(node["causes"], "the causes never come: some stage's 'enter' needs {fault: cause}", key=True)
    for use in entered:
        if not causes:
            report.add(use["fault"], "'fault: cause' needs 'causes', and there are none")


def _draws_used(node: Node, draws: list[str], report: Report) -> None:
    """Warn of a draw that nothing uses: most often a slip in the other place."""
    used: set[str] = set()
    waiting = [node["start"], node["stages"]]
    while waiting:
        here = waiting.pop()
        if isinstance(here.value, dict) and set(here.value) == {"draw"}:
            used.add(here["draw"].text)
        waiting.extend(here)
        waiting.extend(member for _, member in here.pairs())
    for name in draws:
        if name not in used:
            report.add(node["vary"][name], f"'{cut(name)}' is drawn, and nothing uses it", key=True, severity="warning")


def _stages(node: Node, names: Names, report: Report) -> None:
    report.unique(node["stages"], "stage")
    stages = node["stages"].texts("id")
    for stage in node["stages"]:
        for use in stage["enter"]:
            _fault(use, report, hidden=True)
        for way in stage["next"]:
            report.name(way["go"], "stage", stages)
            check_condition(way["when"], names, report)
            wait = way["after_s"]
            report.name(wait["draw"], "draw", names.draws)
            longest = wait.number if wait.number is not None else node["vary"][wait["draw"].text]["high"].number
            if longest is not None and longest >= names.limit_s:
                report.add(wait, f"{longest:g} s is not before the time limit of {names.limit_s:g} s: this can never come")


def _graph(node: Node, report: Report) -> None:
    """Note stages that nobody reaches, that nobody leaves, or from which no end is left.

    With a misspelt `go` the last word on who is reached is not spoken, and only the misspelling is noted.
    """
    free = node["free_play"].value is True
    stages: dict[str, Node] = {}
    for stage in node["stages"]:
        stages.setdefault(stage["id"].text, stage)
    lost = any(way["go"].text not in stages for stage in node["stages"] for way in stage["next"])
    ways = {name: {way["go"].text for way in stage["next"]} & set(stages) for name, stage in stages.items()}
    ends = {name for name, stage in stages.items() if "ends" in stage}
    reached = _closure({next(iter(stages))} if stages else set(), ways)
    back = {name: {other for other in stages if name in ways[other]} for name in stages}
    ending = _closure(ends, back)
    for name, stage in stages.items():
        if name in ends and any(stage["next"]):
            report.add(stage["next"], f"stage '{cut(name)}' ends the drill: it cannot have a 'next'", key=True)
        if name not in reached and not lost:
            report.add(stage["id"], f"stage '{cut(name)}' cannot be reached from '{next(iter(stages))}'")
        if free or name in ends:
            continue
        if not any(stage["next"]):
            report.add(stage["id"], f"stage '{cut(name)}' has no way out: give it a 'next', or 'ends: passed' or 'failed'")
        elif name not in ending and not lost:
            report.add(stage["id"], f"no end can be reached from stage '{cut(name)}'")


def _closure(start: Collection[str], ways: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for name in ways[waiting.pop()] - reached:
            reached.add(name)
            waiting.append(name)
    return reached


def _rubric(rubric: Node, names: Names, causes: list[str], report: Report) -> None:
    check_condition(rubric["first_sign"], names, report, NO_STAGE_HEADS, _NOT_IN_A_RUBRIC)
    steps = rubric["steps"].texts("id")
    seen: set[str] = set()
    for item in [*rubric["steps"], *rubric["wrong"]]:
        name = item["id"].text
        if name and name in seen:
            report.add(item["id"], f"'{cut(name)}' is there twice among steps and wrong: give each its own id")
        seen.add(name)
    for item in [*rubric["steps"], *rubric["wrong"], *rubric["harm"]]:
        for cause in item["causes"]:
            report.name(cause, "cause", causes)
    for step in rubric["steps"]:
        check_condition(step["expect"], names, report, NO_STAGE_HEADS, _NOT_IN_A_RUBRIC)
        _times(step, names, report)
        for other in step["after"]:
            if other.text and other.text == step["id"].text:
                report.add(other, "a step cannot come after itself")
            else:
                report.name(other, "step", steps)
    for wrong in rubric["wrong"]:
        check_condition(wrong["when"], names, report, NO_STAGE_HEADS, _NOT_IN_A_RUBRIC)
    for harm in rubric["harm"]:
        report.name(harm["quantity"], "ledger quantity", QUANTITIES)
    points = [step["points"].number for step in rubric["steps"]]
    if points and all(number == 0 for number in points):
        report.add(rubric["steps"], "no step has points: nothing can be scored", key=True)
    _circles(rubric, report)


def _times(step: Node, names: Names, report: Report) -> None:
    within, late = step["within_s"].number, step["late_s"].number
    if within is not None and late is not None and late < within:
        report.add(step["late_s"], f"late_s {late:g} is before within_s {within:g}: half points end after full ones")
    if late is not None and within is None:
        report.add(step["late_s"], "'late_s' needs 'within_s': half points follow full ones", key=True)
    if within is not None and within > names.limit_s:
        report.add(step["within_s"], f"{within:g} s is longer than the time limit of {names.limit_s:g} s: no one can be late")


def _circles(rubric: Node, report: Report) -> None:
    """Note steps that wait for each other."""
    after = {step["id"].text: {other.text for other in step["after"]} for step in rubric["steps"]}
    known = {name: others & set(after) - {name} for name, others in after.items()}
    for step in rubric["steps"]:
        name = step["id"].text
        if name in _closure(known.get(name, set()), known):
            report.add(step["after"], f"step '{cut(name)}' comes after a step that comes after it", key=True)
