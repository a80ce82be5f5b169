"""Checks effects: what jobs, call-outs, stages, causes and instructors do to the world."""

from drill.circuit.acts import MOST_POURED_ML, SYRINGE_ML
from drill.circuit.consoles import EQUIPMENT
from drill.circuit.controls import CONTROLS
from drill.circuit.drugs import DRUGS
from drill.circuit.faults import FAULTS
from drill.circuit.labs import LABS
from drill.circuit.readings import GROUPS, READINGS
from drill.scenarios.conditions import Names
from drill.scenarios.tree import Node, Report

# Each head of an effect, and the key that it cannot be without.
PARTNERS: dict[str, str] = {
    "set": "value", "head": "", "give": "amount", "infuse": "over_s", "bring": "", "arrive": "in_s", "note": "",
    "sample": "", "mend": "", "cut": "", "join": "", "fresh": "", "clear": "", "syringe": "ml", "release": "", "pour": "",
    "tell": "every_s",
}  # fmt: skip
MOST_BOLUSES, MOST_ML = 10.0, 2000.0  # what the machine's patient can be given at once


def check_effect(effect: Node, names: Names, report: Report) -> None:
    """Note what is wrong with one effect but for how many heads it has."""
    heads = [head for head in PARTNERS if head in effect]
    for head, partner in PARTNERS.items():
        if partner and head in effect and partner not in effect:
            report.add(effect, f"'{head}' needs '{partner}'")
        if partner and partner in effect and heads and head not in heads:
            report.add(effect[partner], f"'{partner}' goes with '{head}', not with '{heads[0]}'", key=True)
    control = effect["set"]
    if report.name(control, "control", CONTROLS) and control.text in CONTROLS:
        spec = CONTROLS[control.text]
        report.between(effect["value"], spec.low, spec.high, spec.unit)
    report.name(effect["give"], "drug", DRUGS)
    report.between(effect["amount"], 0.0, MOST_BOLUSES, "usual boluses")
    report.between(effect["infuse"], 0.0, MOST_ML, "mL")
    report.name(effect["bring"], "equipment", EQUIPMENT)
    report.name(effect["arrive"], "person", names.people)
    report.name(effect["sample"], "laboratory test", LABS)
    report.name(effect["mend"], "group of sensors", GROUPS)
    report.name(effect["clear"], "fault that a hand can undo", [fault.name for fault in FAULTS.values() if fault.by_hand])
    report.between(effect["pour"], 0.0, MOST_POURED_ML, "mL")
    report.between(effect["ml"], 0.0, SYRINGE_ML, "mL")
    report.between(effect["caught_ml"], 0.0, SYRINGE_ML, "mL")
    report.name(effect["tell"], "reading", READINGS)
    if "syringe" in effect and "part" not in effect:
        report.add(effect, "'syringe' needs 'part': the tap or port that it is put to")
    for key, fits in (("caught_ml", ("fresh",)), ("part", ("syringe", "clear", "fault"))):
        if key in effect and not any(head in effect for head in fits):
            report.add(effect[key], f"'{key}' goes with {' or '.join(map(repr, fits[:2]))}", key=True)
