"""Checks a rubric: every line can be met, in time, by somebody, and says why and from where."""

from drill.scenarios.check_time import Clock
from drill.scenarios.conditions import NO_STAGE_HEADS, Names, check_condition
from drill.scenarios.diagnostics import cut
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.tree import Node, Report

_WHERE = "in a rubric, whose time counts from the first sign"
NO_SOURCES = ("todo", "tbd", "?", "-", "none", "unknown", "n/a", "source", "xxx", "...")


def check_rubric(rubric: Node, names: Names, causes: list[str], clock: Clock, report: Report) -> None:
    """Note what is wrong in a rubric; `causes` are the scenario's."""
    check_condition(rubric["first_sign"], names, report, NO_STAGE_HEADS, _WHERE)
    steps = rubric["steps"].texts("id")
    seen: set[str] = set()
    for item in [*rubric["steps"], *rubric["wrong"], *rubric["rated"]]:
        name = item["id"].text
        if name and name in seen:
            report.add(item["id"], f"'{cut(name)}' is there twice among steps, wrong and rated: give each its own id")
        seen.add(name)
        for stage in item["in"]:
            report.name(stage, "stage", names.stages)
    for item in [*rubric["steps"], *rubric["wrong"], *rubric["harm"], *rubric["rated"]]:
        for cause in item["causes"]:
            report.name(cause, "cause", causes)
        if item["source"].text.strip().lower() in NO_SOURCES:
            report.add(item["source"], f"'{item['source'].text}' is no source: name where it is from, or write 'local target'")
    for step in rubric["steps"]:
        _step(step, names, steps, clock, report)
    for wrong in rubric["wrong"]:
        check_condition(wrong["when"], names, report, NO_STAGE_HEADS, _WHERE)
    _harm(rubric["harm"], report)
    _points(rubric, causes, report)
    _circles(rubric, report)


def _step(step: Node, names: Names, steps: list[str], clock: Clock, report: Report) -> None:
    check_condition(step["expect"], names, report, NO_STAGE_HEADS, _WHERE)
    _times(step, names, clock, report)
    for key in ("after", "before"):
        for other in step[key]:
            if other.text and other.text == step["id"].text:
                report.add(other, f"a step cannot come {key} itself")
            else:
                report.name(other, "step", steps)
    if step["judge"].text == "end":
        for key in ("in", "within_s", "late_s", "after", "before"):
            if key in step and step[key].value:
                report.add(step[key], f"'{key}' says when, and 'judge: end' looks at the end alone: take one out", key=True)


def _times(step: Node, names: Names, clock: Clock, report: Report) -> None:
    within, late = step["within_s"].number, step["late_s"].number
    if within is not None and late is not None and late < within:
        report.add(step["late_s"], f"late_s {late:g} is before within_s {within:g}: half points end after full ones")
    if late is not None and "within_s" not in step:
        report.add(step["late_s"], "'late_s' needs 'within_s': half points follow full ones", key=True)
    if within is not None and within > names.limit_s:
        report.add(step["within_s"], f"{within:g} s is longer than the time limit of {names.limit_s:g} s: no one can be late")
    least = clock.least(step["expect"])
    if within is not None and least.seconds > within:
        report.add(step["within_s"], f"nobody can have done this within {within:g} s: {least}")


def _harm(harms: Node, report: Report) -> None:
    """Note two limits of one quantity for one cause: which one would hold?"""
    seen: dict[str, set[str]] = {}
    for harm in harms:
        name = harm["quantity"].text
        if not report.name(harm["quantity"], "ledger quantity", QUANTITIES) or name not in QUANTITIES:
            continue
        mine = {cause.text for cause in harm["causes"]} or {""}
        before = seen.setdefault(name, set())
        if before and ("" in mine or "" in before or mine & before):
            report.add(harm["quantity"], f"'{name}' has a limit already for the same cause: keep one, or part them by 'causes'")
        before |= mine


def _points(rubric: Node, causes: list[str], report: Report) -> None:
    """Note a cause for which nothing has points, and a pass mark that nothing counts for."""
    points = [step["points"].number for step in rubric["steps"]]
    if points and all(number == 0 for number in points):
        report.add(rubric["steps"], "no step has points: nothing can be scored", key=True)
        return
    for cause in causes if points else ():
        lines = [step for step in rubric["steps"] if not any(step["causes"]) or cause in [one.text for one in step["causes"]]]
        if not sum(step["points"].number or 0.0 for step in lines):
            report.add(rubric["steps"], f"for the cause '{cut(cause)}' no step has points: nothing can be scored", key=True)


def _circles(rubric: Node, report: Report) -> None:
    """Note steps that wait for each other."""
    after = {step["id"].text: {other.text for other in step["after"]} for step in rubric["steps"]}
    for step in rubric["steps"]:
        for other in step["before"]:
            after.setdefault(other.text, set()).add(step["id"].text)
    known = {name: others & set(after) - {name} for name, others in after.items()}
    for step in rubric["steps"]:
        name = step["id"].text
        reached, waiting = set(known.get(name, ())), list(known.get(name, ()))
        while waiting:
            more = known[waiting.pop()] - reached
            reached |= more
            waiting += more
        if name in reached:
            key = "after" if any(step["after"]) else "before"
            report.add(step[key], f"step '{cut(name)}' comes after a step that comes after it", key=True)
