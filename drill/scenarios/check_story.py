"""Checks the story: what happens in its stages, whether every stage is reached and left, and what must always hold."""

from collections.abc import Collection

from drill.circuit.controls import CONTROLS
from drill.circuit.faults import FAULTS
from drill.circuit.readings import LIVE, READINGS
from drill.scenarios.check_effects import PARTNERS, check_effect
from drill.scenarios.check_guards import check_ways
from drill.scenarios.check_time import Clock
from drill.scenarios.conditions import Names, check_condition
from drill.scenarios.diagnostics import cut
from drill.scenarios.tree import Node, Report

END = "end"  # an instructor's own word: an event cannot have its name


def check_story(node: Node, names: Names, clock: Clock, report: Report) -> None:
    """Note what is wrong with stages, properties and instructor events."""
    _stages(node, names, clock, report)
    _graph(node, report)
    report.unique(node["always"], "property")
    for one in node["always"]:
        check_condition(one["holds"], names, report)
        for stage in (*one["in"], one["go"]):
            report.name(stage, "stage", names.stages)
    report.unique(node["events"], "event")
    for event in node["events"]:
        if event["id"].text == END or event["id"].text in FAULTS:
            report.add(event["id"], f"'{event['id'].text}' is a word of the instructor's already (end, or a fault): choose another")
        check_faults(event["do"], node, names, report, hidden=False)


def check_faults(uses: Node, scenario: Node, names: Names, report: Report, *, hidden: bool) -> None:
    """Check a list of what happens: faults and effects; `fault: cause` only where `hidden` allows it."""
    for use in uses:
        heads = [head for head in ("fault", *PARTNERS) if head in use]
        if len(heads) != 1 and isinstance(use.value, dict):
            what = f"has {' and '.join(heads)}" if heads else "has none"
            report.add(use, f"what happens needs exactly one head, and this {what} (heads: fault, {', '.join(PARTNERS)})")
        report.name(use["after_s"]["draw"], "draw", names.draws)
        if "fault" in use:
            _fault(use, scenario, names, report, hidden=hidden)
        elif "at" in use:
            report.add(use["at"], "'at' goes with 'fault'", key=True)
        check_effect(use, names, report)


def _fault(use: Node, scenario: Node, names: Names, report: Report, *, hidden: bool) -> None:
    fault = use["fault"]
    if hidden and fault.text == "cause":
        for key in ("at", "part", "after_s"):
            if key in use:
                report.add(use[key], f"'fault: cause' has no '{key}': write it at the cause", key=True)
        return
    if fault.text in CONTROLS and fault.text not in FAULTS:
        report.add(fault, f"'{fault.text}' is a control, not a fault: write {{set: {fault.text}, value: ...}} in its place")
        return
    if not report.name(fault, "fault", [*FAULTS, "cause"] if hidden else FAULTS) or fault.text not in FAULTS:
        return
    kind = FAULTS[fault.text]
    parameters = {parameter.name: parameter for parameter in kind.parameters}
    for name, member in use["at"].pairs():
        if name not in parameters:
            allowed = f" (allowed: {', '.join(parameters)})" if parameters else ": it has none"
            report.add(member, f"fault '{fault.text}' has no number {cut(repr(name))}{allowed}", key=True)
            continue
        spec = (parameters[name].low, parameters[name].high, parameters[name].unit)
        report.between(member, *spec)
        if report.name(member["draw"], "draw", names.draws) and "draw" in member:
            for end in ("low", "high"):
                report.between(scenario["vary"][member["draw"].text][end], *spec)
    if kind.site in READINGS:
        report.name(use["part"], "displayed reading", LIVE)
        return
    report.name(use["part"], "part of the circuit", names.parts)
    if "part" not in use and names.sites is not None and kind.site not in names.sites:
        report.add(fault, f"this circuit has no usual place for '{fault.text}' (its 'sites' lack {kind.site}): name the 'part'")


def _stages(node: Node, names: Names, clock: Clock, report: Report) -> None:
    report.unique(node["stages"], "stage")
    verdicts = {stage["id"].text: stage["ends"].text for stage in node["stages"] if "ends" in stage}
    for stage in node["stages"]:
        check_faults(stage["enter"], node, names, report, hidden=True)
        for prompt in stage["prompts"]:
            check_condition(prompt["when"], names, report)
        waits: list[float] = []
        for way in stage["next"]:
            report.name(way["go"], "stage", names.stages)
            check_condition(way["when"], names, report)
            wait = way["after_s"]
            report.name(wait["draw"], "draw", names.draws)
            longest = wait.number if wait.number is not None else node["vary"][wait["draw"].text]["high"].number
            if longest is not None:
                waits.append(longest)
            if longest is not None and longest >= names.limit_s:
                report.add(wait, f"{longest:g} s is not before the time limit of {names.limit_s:g} s: this can never come")
        check_ways(stage, verdicts, report)
        _in_time(stage, min(waits, default=names.limit_s), clock, report)


def _in_time(stage: Node, leaves_s: float, clock: Clock, report: Report) -> None:
    """Note ways out that need more time than the stage lasts."""
    for way in stage["next"]:
        least = clock.least(way["when"])
        if least.seconds > leaves_s:
            report.add(way["when"], f"this way never opens: {least}, and the stage is over after {leaves_s:g} s")


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
    # A property that breaks leads on too, but nobody should have to break one to come out of a stage.
    further = {name: set(others) for name, others in ways.items()}
    for one in node["always"]:
        for name in [member.text for member in one["in"]] or list(stages):
            if name in stages and name not in ends and one["go"].text in stages:
                further[name].add(one["go"].text)
    reached = _closure({next(iter(stages))} if stages else set(), further)
    back = {name: {other for other in stages if name in ways[other]} for name in stages}
    ending = _closure(ends, back)
    for name, stage in stages.items():
        if name in ends and any(stage["next"]):
            report.add(stage["next"], f"stage '{cut(name)}' ends the drill: it cannot have a 'next'", key=True)
        if name not in reached and not lost:
            report.add(stage["id"], f"stage '{cut(name)}' cannot be reached from '{next(iter(stages))}'")
        if free or name in ends:
            continue
        if not ways[name] and not any(stage["next"]):
            report.add(stage["id"], f"stage '{cut(name)}' has no way out: give it a 'next', or 'ends: passed' or 'failed'")
        elif name not in ending and not lost:
            report.add(stage["id"], f"no end can be reached from stage '{cut(name)}'")
    passing = [name for name, stage in stages.items() if stage["ends"].text == "passed"]
    if stages and not free and not lost and not passing:
        report.add(node["stages"], "no stage passes: one of them needs 'ends: passed'", key=True)


def _closure(start: Collection[str], ways: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for name in ways[waiting.pop()] - reached:
            reached.add(name)
            waiting.append(name)
    return reached
