"""Checks what stock entries mean: jobs and call-outs, circuits with their devices, patients."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet

from drill.circuit.alarmspec import DEVICE_CONDITIONS
from drill.circuit.components import KINDS, why_not
from drill.circuit.controls import CLAMPS, CONTROLS
from drill.circuit.interlocks import INTERLOCKS
from drill.circuit.looks import FINDINGS
from drill.circuit.patient import PATIENT_DEFAULTS
from drill.circuit.readings import HOSTS, READINGS, SHOWN
from drill.circuit.sensors import OPTIONAL_SITES, SITES
from drill.circuit.spec import CircuitSpec
from drill.scenarios.check_effects import PARTNERS, check_effect
from drill.scenarios.conditions import NO_STAGE_HEADS, Names, check_condition
from drill.scenarios.diagnostics import Diagnostic, cut
from drill.scenarios.schema_base import Device
from drill.scenarios.tree import Node, Report, root
from drill.scenarios.yaml_reader import Document


def check_tasks(document: Document, names: Names) -> list[Diagnostic]:
    """Return everything in tasks.yaml that does not hold together."""
    node, report = root(document), Report()
    groups = node["groups"].texts("id")
    report.unique(node["groups"], "group")
    for kind in ("tasks", "sayings", "looks"):
        report.unique(node[kind], kind.removesuffix("s"))
        for entry in node[kind]:
            report.name(entry["group"], "group", groups)
    for look in node["looks"]:
        report.name(look["id"], "thing that can be looked at", FINDINGS)
    where = "here: a job or call-out belongs to no stage"
    for task in node["tasks"]:
        check_condition(task["needs"], names, report, NO_STAGE_HEADS, where)
        for effects in ("effects", "stop_effects"):
            _effects(task[effects], names, report)
        if "stop_effects" in task and "seconds" in task:
            report.add(task["stop_effects"], "a job with 'seconds' ends by itself: its 'effects' act at its end", key=True)
    for saying in node["sayings"]:
        check_condition(saying["true_when"], names, report, NO_STAGE_HEADS, where)
        _effects(saying["effects"], names, report)
    return report.found


def _effects(effects: Node, names: Names, report: Report) -> None:
    for effect in effects:
        heads = [head for head in PARTNERS if head in effect]
        if len(heads) != 1:
            what = f"has {' and '.join(heads)}" if heads else "has none"
            report.add(effect, f"an effect needs exactly one head, and this {what} (heads: {', '.join(PARTNERS)})")
        check_effect(effect, names, report)


def check_devices(documents: Collection[Document]) -> list[Diagnostic]:
    """Return ids that are there twice among a pack's devices, and kinds and numbers that no device has."""
    report, seen = Report(), dict[str, str]()
    for document in documents:
        for device in root(document)["devices"]:
            name = device["id"].text
            if name in seen:
                report.add(device["id"], f"device {cut(repr(name))} is there twice (first in {seen[name]}): give each its own id")
            elif name:
                seen[name] = document.file
            kind = device["kind"]
            if report.name(kind, "kind of device", KINDS):
                for key, number in device["params"].pairs():
                    report.name(number, f"number of a {kind.text}", KINDS.get(kind.text), key=key)
                    _can_be(number, kind.text, key, report)
    return report.found


def _can_be(number: Node, kind: str, key: str, report: Report) -> None:
    """Note a number that no device of its kind can have."""
    wrong = why_not(kind, key, number.number) if number.number is not None else ""
    if wrong:
        report.add(number, wrong)


def check_patient(document: Document) -> list[Diagnostic]:
    """Return the numbers that no patient has, and what its resting state names that does not exist."""
    report, resting = Report(), root(document)["resting"]
    for name, number in root(document)["params"].pairs():
        report.name(number, "number of a patient", PATIENT_DEFAULTS, key=name)
    for name, value in resting["controls"].pairs():
        if report.name(value, "control", CONTROLS, key=name) and name in CONTROLS:
            spec = CONTROLS[name]
            report.between(value, spec.low, spec.high, spec.unit)
    for name, member in resting["ranges"].pairs():
        report.name(member, "reading", READINGS, key=name)
    return report.found


def check_circuit(document: Document, devices: Mapping[str, Device] | None, base: CircuitSpec | None = None) -> list[Diagnostic]:
    """Return every name in a circuit that does not exist: devices, numbers, nodes, controls, readings, hosts.

    `base` is the circuit that it extends, if any.
    """
    node, report = root(document), Report()
    report.unique(node["parts"], "part")
    if not node["parts"].value and "extends" not in node:
        report.add(node["id"], "this circuit has no parts: add `parts:`, or `extends:` with the id of another circuit")
    nodes = {end for part in node["parts"] for end in (part["inlet"].text, part["outlet"].text) if end}
    places = nodes | set(node["parts"].texts("id"))
    pinching = {clamp.text for part in node["parts"] for clamp in part["clamps"]}
    for one in base.parts if base is not None else ():
        places |= {one.id, one.inlet, one.outlet}
        pinching |= {*one.clamps}
    for part in node["parts"]:
        report.name(part["device"], "device", devices)
        device = (devices or {}).get(part["device"].text)
        wanted = KINDS.get(device.kind) if device is not None else None
        given = [key for key, _ in part["params"].pairs()]
        for key, number in part["params"].pairs():
            report.name(number, f"number of device '{part['device'].text}'", wanted, key=key)
            _can_be(number, device.kind if device is not None else "", key, report)
        missing = [key for key in wanted or () if device is not None and key not in device.params and key not in given]
        if missing:
            report.add(part, f"part '{cut(part['id'].text)}' has no {', '.join(missing)}: add it to the device or to the part's params")
        if part["inlet"].text and part["inlet"].text == part["outlet"].text:
            report.add(part["outlet"], f"part '{cut(part['id'].text)}' begins and ends at one node")
        _pinched(part, pinching, report)
        report.name(part["drive"], "control that turns a pump head", CONTROLS)
        report.name(part["instead_of"], "part", [*node["parts"].texts("id"), *(one.id for one in (base.parts if base is not None else ()))])
    for name, member in node["heights_cm"].pairs():
        report.name(member, "node", places, key=name)
    for name, member in node["sites"].pairs():
        report.name(member, "place of a reading", (*SITES, *OPTIONAL_SITES), key=name)
        report.name(member, "node or part", places)
    report.unique(node["sensors"], "sensor of", "reading")
    for sensor in node["sensors"]:
        report.name(sensor["reading"], "displayed reading", SHOWN)
    _usual(node["usual"], report)
    report.unique(node["interlocks"], "interlock")
    for lock in node["interlocks"]:
        _interlock(lock, report)
    report.unique(node["alarms"], "alarm")
    for alarm in node["alarms"]:
        _alarm(alarm, report)
    return report.found


def _pinched(part: Node, pinching: AbstractSet[str], report: Report) -> None:
    """Note wrong names among the clamps and taps of a part; `pinching` are the clamps of the whole circuit."""
    own = [clamp.text for clamp in part["clamps"]]
    for clamp in part["clamps"]:
        report.name(clamp, "clamp", CLAMPS)
    for tap in part["taps"]:
        report.name(tap, "control of a tap", CONTROLS)
    report.name(part["off_by"], "clamp of this part", own)
    for clamp in part["way_round"]:
        report.name(clamp, "clamp of another part", pinching - {*own})
    if part["way_round"].value and not own:
        report.add(
            part["way_round"], f"part '{cut(part['id'].text)}' has no clamp for a way to go round: give it `clamps:`, or take this away"
        )


def _usual(usual: Node, report: Report) -> None:
    for name, value in usual["controls"].pairs():
        if report.name(value, "control", CONTROLS, key=name) and name in CONTROLS:
            report.between(value, CONTROLS[name].low, CONTROLS[name].high, CONTROLS[name].unit)


def _interlock(lock: Node, report: Report) -> None:
    if report.name(lock["id"], "interlock", INTERLOCKS) and lock["id"].text in INTERLOCKS:
        limit = CONTROLS[INTERLOCKS[lock["id"].text].limit]
        report.between(lock["limit"], limit.low, limit.high, limit.unit)


def _alarm(alarm: Node, report: Report) -> None:
    sides = [side for side in ("above", "below") if side in alarm]
    if ("reading" in alarm) == ("condition" in alarm):
        report.add(alarm, "an alarm needs exactly one of 'reading' and 'condition'")
    elif "reading" in alarm and len(sides) != 1:
        report.add(alarm, "an alarm on a reading needs exactly one of 'above' and 'below'")
    elif "condition" in alarm and sides:
        report.add(alarm[sides[0]], f"'{sides[0]}' goes with 'reading': a condition is there or not", key=True)
    report.name(alarm["condition"], "condition of a device", DEVICE_CONDITIONS)
    if report.name(alarm["reading"], "reading", READINGS) and alarm["reading"].text in READINGS and alarm["reading"].text not in SHOWN:
        report.add(alarm["reading"], f"'{alarm['reading'].text}' is displayed nowhere, so nothing can alarm on it")
    report.name(alarm["host"], "host", HOSTS)
    for side in sides:
        if report.name(alarm[side]["control"], "control", CONTROLS) and (control := CONTROLS.get(alarm[side]["control"].text)):
            report.between(alarm[side]["at"], control.low, control.high, control.unit)


def is_offered(entry: Node, kind: str) -> bool:
    """Whether a kind of circuit has this job, call-out or look; every one where the kind is not known."""
    return not kind or "for" not in entry or kind in [one.text for one in entry["for"]]


def offered_ids(entries: Node, kind: str) -> list[str]:
    """Return the ids of what a kind of circuit has."""
    return [entry["id"].text for entry in entries if entry["id"].text and is_offered(entry, kind)]


def fetched(tasks: Document, kind: str = "") -> list[str]:
    """Return the equipment that a job can bring on a kind of circuit."""
    brought = [effect["bring"].text for task in root(tasks)["tasks"] if is_offered(task, kind) for effect in task["effects"]]
    return list(dict.fromkeys(name for name in brought if name))


def arriving(tasks: Document, kind: str = "") -> list[str]:
    """Return the people whom a job or call-out can call on a kind of circuit."""
    node = root(tasks)
    owners = [owner for owner in (*node["tasks"], *node["sayings"]) if is_offered(owner, kind)]
    called = [effect["arrive"].text for owner in owners for effects in ("effects", "stop_effects") for effect in owner[effects]]
    return list(dict.fromkeys(name for name in called if name))
