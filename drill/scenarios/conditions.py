"""What a condition may say: one head, the qualifiers that fit it, names that exist, limits that can be met."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from drill.circuit.controls import CLAMPS, CONTROLS
from drill.circuit.readings import READINGS, SHOWN
from drill.errors import nearest
from drill.scenarios.diagnostics import cut
from drill.scenarios.tree import Node, Report

# Which keys may stand beside each head; `needs` below names those of which one must.
QUALIFIERS: dict[str, tuple[str, ...]] = {
    "value": ("above", "below", "for_s", "within_s"),
    "shown": ("above", "below", "blank", "for_s", "within_s"),
    "control": ("above", "below", "for_s", "within_s"),
    "alarm": ("for_s", "within_s"),
    "action": ("at", "above", "below", "by", "within_s"),
    "said": ("by", "within_s"),
    "found": ("is", "by", "within_s"),
    "task": ("is", "by", "for_s", "within_s"),
    "drive": ("for_s", "within_s"),
    "guards": ("for_s", "within_s"),
    "after_s": (),
    "all": ("for_s", "within_s"),
    "any": ("for_s", "within_s"),
    "not": ("for_s", "within_s"),
}
MEANINGS: dict[str, str] = {
    "value": "a true reading: outcomes and harm, never a play",
    "shown": "a reading as its display shows it",
    "control": "how a control stands",
    "alarm": "an alarm is active",
    "action": "somebody did this: clamp, unclamp, set, do, order, look or ack",
    "said": "a call-out that was true when it was said",
    "found": "what the last look at a thing showed",
    "task": "a job is done, or running",
    "drive": "where the pump head sits",
    "guards": "as_found: no interlock is off or overridden, no alarm off, no limit wider than at the start",
    "after_s": "so many seconds since the stage began",
    "all": "every one of a list of conditions holds",
    "any": "at least one of a list of conditions holds",
    "not": "a condition does not hold",
    "above": "more than this number",
    "below": "less than this number",
    "blank": "true: the display shows no number; false: it shows one",
    "at": "the action's target: a clamp's short name (return), a control, a job, a thing to look at",
    "is": "the finding, or the job's state (done if it is not written)",
    "by": "the person who did it, or did it last",
    "for_s": "without a break for so many seconds",
    "within_s": "at some moment of the last so many seconds",
}
NEEDS: dict[str, tuple[str, ...]] = {"value": ("above", "below"), "shown": ("above", "below", "blank"), "control": ("above", "below")}
TASK_STATES = ("done", "running")
CLAMP_NAMES = tuple(name.removeprefix("clamp_") for name in CLAMPS)  # as `at: return` says them
ACKS = ("all", "audio_pause")  # alarms are acknowledged together
PLAY_HEADS = ("shown", "found", "alarm", "said", "task", "drive", "control", "action", "all", "any", "not")
NO_STAGE_HEADS = tuple(head for head in QUALIFIERS if head != "after_s")
HEADS = tuple(QUALIFIERS)
_ALL_QUALIFIERS = {qualifier for qualifiers in QUALIFIERS.values() for qualifier in qualifiers}


@dataclass(frozen=True, slots=True)
class Names:
    """Every name that a scenario may use. None = not known (its file is broken), so nothing is said about such names.

    `controls` are those that the circuit has; `parts` gives the numbers of each of its parts; `doers` who can do each job, `elsewhere`
    the jobs that only other kinds of circuits have.
    """

    alarms: Collection[str] | None = None
    tasks: Collection[str] | None = None
    elsewhere: Collection[str] = ()
    sayings: Collection[str] | None = None
    looks: Collection[str] | None = None
    findings: Mapping[str, Collection[str]] = field(default_factory=dict)
    draws: Collection[str] | None = None
    people: Collection[str] | None = None
    arriving: Collection[str] = ()
    stages: Collection[str] | None = None
    controls: Collection[str] | None = None
    parts: Mapping[str, Collection[str]] | None = None
    sites: Collection[str] | None = None
    doers: Mapping[str, Collection[str]] | None = None
    equipment: Collection[str] | None = None
    limit_s: float = 7200.0
    pack: str = ""
    language: str = "en"

    def absent(self, control: str) -> str:
        """Say that a control which exists is not in this circuit; "" if it is."""
        if self.controls is None or control not in CONTROLS or control in self.controls:
            return ""
        like = [name for name in self.controls if name.partition("_")[0] == control.partition("_")[0]]
        return f"this circuit has no '{control}', so nobody can move it{nearest(control, like)}"

    def undoable(self, task: str) -> str:
        """Say that nobody in the team can do a job; "" if somebody can."""
        if self.doers is None or self.doers.get(task, ("",)) or task in self.elsewhere:
            return ""
        return f"nobody in this team can do '{task}': add it to the 'can' of somebody in 'team'"


def check_job(node: Node, names: Names, report: Report) -> None:
    """Note a job that does not exist, that only other machines have, or that nobody in the team can do: one of the three."""
    if names.tasks is not None and node.text in names.elsewhere:
        report.add(node, f"'{cut(node.text)}' is a job at other machines only: this circuit has no such thing")
    elif report.name(node, "task", names.tasks) and (why := names.undoable(node.text)):
        report.add(node, why)


def check_condition(node: Node, names: Names, report: Report, heads: tuple[str, ...] = HEADS, where: str = "") -> None:
    """Note what is wrong with a condition and with those inside it. `heads` are allowed here; `where` says why no others."""
    if not isinstance(node.value, dict):
        return
    here = [head for head in HEADS if node.value.get(head) is not None]
    if len(here) != 1:
        what = f"has {' and '.join(here)}" if here else "has none"
        report.add(node, f"a condition needs exactly one head, and this {what} (heads: {', '.join(heads)})")
    for head in here:
        if head not in heads:
            report.add(node[head], f"'{head}' cannot be used {where} (allowed: {', '.join(heads)})", key=True)
    allowed = {qualifier for head in here for qualifier in QUALIFIERS[head]}
    for key, member in node.pairs():
        if here and key in _ALL_QUALIFIERS and key not in allowed:
            fits = sorted(head for head in QUALIFIERS if key in QUALIFIERS[head])
            report.add(member, f"'{key}' does not go with '{here[0]}' (it goes with: {', '.join(fits)})", key=True)
    for head in here:
        needs = NEEDS.get(head, ())
        if needs and not any(need in node for need in needs):
            report.add(node, f"'{head}' needs one of {', '.join(needs)}")
    for key in ("for_s", "within_s", "after_s"):
        number = node[key].number if key in node.value else None
        if number is not None and number > names.limit_s:
            report.add(node[key], f"{number:g} s is longer than the time limit of {names.limit_s:g} s: this can never hold")
    _names(node, names, report)
    inner = [member for key in ("all", "any") if key in here for member in node[key]]
    for member in [*inner, node["not"]] if "not" in here else inner:
        check_condition(member, names, report, heads, where)


def _names(node: Node, names: Names, report: Report) -> None:
    """Check what each of its keys points at."""
    known: dict[str, tuple[str, Collection[str] | None]] = {
        "value": ("reading", READINGS),
        "control": ("control", CONTROLS),
        "by": ("person", names.people),
        "alarm": ("alarm", names.alarms),
        "said": ("call-out", names.sayings),
        "found": ("thing to look at", names.looks),
    }
    for key, member in node.pairs():
        if key in known:
            report.name(member, *known[key])
        if key == "task":
            check_job(member, names, report)
        if key == "control" and (why := names.absent(member.text)):
            report.add(member, why)
        if key == "shown" and member.text in READINGS and member.text not in SHOWN:
            report.add(member, f"'{member.text}' is displayed nowhere: only 'value' knows it")
        elif key == "shown":
            report.name(member, "displayed reading", SHOWN)
        elif key == "after_s" and "draw" in member:
            report.name(member["draw"], "draw", names.draws)
        elif key == "is" and "task" in node:
            report.name(member, "state of a task", TASK_STATES)
        elif key == "is" and (thing := node["found"].text) in names.findings:
            report.name(member, f"finding at '{thing}'", names.findings[thing])
    _limits(node, report)
    if "action" in node:
        _action(node, names, report)


def _limits(node: Node, report: Report) -> None:
    """Note limits that no reading or control in range can meet."""
    above, below = node["above"].number, node["below"].number
    if above is not None and below is not None and above >= below:
        report.add(node["above"], f"nothing is above {above:g} and below {below:g}")
    if "blank" in node and (above is not None or below is not None):
        report.add(node["blank"], "a blank display has no number: 'blank' stands without 'above' and 'below'", key=True)
    if above is None and below is None:
        return
    name = node["value"].text or node["shown"].text
    spec: tuple[float, float, str] | None = None
    if name in READINGS:
        spec = (READINGS[name].low, READINGS[name].high, READINGS[name].unit)
    elif node["control"].text in CONTROLS:
        name = node["control"].text
        spec = (CONTROLS[name].low, CONTROLS[name].high, CONTROLS[name].unit)
    if spec is None:
        return
    low, high, unit = spec
    if above is not None and above >= high:
        report.add(node["above"], f"'{name}' never rises above {above:g}: it goes from {low:g} to {high:g} ({unit})")
    if below is not None and below <= low:
        report.add(node["below"], f"'{name}' never falls below {below:g}: it goes from {low:g} to {high:g} ({unit})")


def _action(node: Node, names: Names, report: Report) -> None:
    """Check an action's target; one without `at` means any."""
    verb, at = node["action"].text, node["at"]
    targets: dict[str, tuple[str, Collection[str] | None]] = {
        "clamp": ("clamp", (*CLAMP_NAMES, *CLAMPS)),
        "unclamp": ("clamp", (*CLAMP_NAMES, *CLAMPS)),
        "set": ("control", CONTROLS),
        "look": ("thing to look at", names.looks),
        "ack": ("acknowledgement", ACKS),
    }
    if verb in ("do", "order"):
        check_job(at, names, report)
    if verb in targets:
        what, known = targets[verb]
        if at.text and known is not None and at.text not in known:
            # The long names are accepted, but not offered.
            offered = CLAMP_NAMES if what == "clamp" else known
            report.add(at, f"unknown {what} '{at.text}'{nearest(at.text, offered)}")
        control = at.text if verb == "set" or at.text.startswith("clamp_") else f"clamp_{at.text}"
        why = names.absent(control) if what in ("clamp", "control") else ""
        if why:
            report.add(at, why)
    if verb and verb != "set":
        for key in ("above", "below"):
            if key in node:
                report.add(node[key], f"'{key}' goes with 'action: set', not with '{verb}'", key=True)
