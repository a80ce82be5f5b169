"""Plays: what robots do. Checks one play, and turns an error play into the full list of rules that it stands for."""

from collections.abc import Collection, Mapping

from drill.circuit.controls import CLAMPS, CONTROLS
from drill.scenarios.conditions import ACKS, CLAMP_NAMES, PLAY_HEADS, Names, check_condition, check_job
from drill.scenarios.diagnostics import cut
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Change, Play, Rule
from drill.scenarios.tree import Node, Report

VERBS = ("clamp", "unclamp", "set", "do", "stop", "order", "say", "look", "ack")
_WHY = "in a play, which knows only what someone at the bedside can know"


def check_play(play: Node, names: Names, scored: Collection[str] | None, causes: Collection[str] | None, report: Report) -> None:
    """Note what is wrong in one play; `scored` names the rubric's steps and wrongs. Its `extends` is checked apart.

    Without a readable scenario `scored` and `causes` are None, and nothing is said of such names.
    """
    report.unique(play["rules"], "rule")
    changed = [(key, rule) for key, rule in play["change"].pairs()]
    for key, rule in changed:
        if rule["id"].text and rule["id"].text != key:
            report.add(rule["id"], f"this changes rule '{cut(key)}': its id must be the same")
    for rule in [*play["rules"], *(rule for _, rule in changed)]:
        check_condition(rule["when"], names, report, PLAY_HEADS, _WHY)
        for act in rule["do"]:
            _act(act, names, report)
    report.name(play["loses"], "step or wrong of the rubric", scored)
    report.name(play["worsens"]["quantity"], "ledger quantity", QUANTITIES)
    for cause in play["causes"]:
        report.name(cause, "cause", causes)
    if "extends" in play:
        for key in ("loses", "worsens"):
            if key not in play:
                report.add(play["extends"], f"an error play says what it costs: '{key}' is missing", key=True)
    elif isinstance(play.value, dict):
        for key in ("drop", "change"):
            if key in play:
                report.add(play[key], f"'{key}' needs 'extends': nothing is there to {key}", key=True)
        if not any(play["rules"]):
            report.add(play, "a play needs 'rules', or 'extends' another")


def _act(act: Node, names: Names, report: Report) -> None:
    """Check one action: one verb, its target, and what goes with it."""
    if not isinstance(act.value, dict):
        return
    here = [verb for verb in VERBS if verb in act]
    if len(here) != 1:
        what = f"has {' and '.join(here)}" if here else "has none"
        report.add(act, f"an action needs exactly one verb, and this {what} (verbs: {', '.join(VERBS)})")
    for verb in ("clamp", "unclamp"):
        if act[verb].text not in CLAMPS:
            report.name(act[verb], "clamp", CLAMP_NAMES)
        if act[verb].text and (why := names.absent(f"clamp_{act[verb].text.removeprefix('clamp_')}")):
            report.add(act[verb], why)
    if report.name(act["set"], "control", CONTROLS) and act["set"].text in CONTROLS:
        spec = CONTROLS[act["set"].text]
        report.between(act["to"], spec.low, spec.high, spec.unit)
    for verb in ("do", "stop", "order"):
        check_job(act[verb], names, report)
    who, doers = act["who"].text, (names.doers or {}).get(act["order"].text)
    if doers and who and who not in doers and who in (names.people or ()):
        report.add(act["who"], f"'{who}' does not do '{act['order'].text}' in this team: {', '.join(doers)} can")
    if act["do"].text and doers is None and (can := (names.doers or {}).get(act["do"].text)) and "you" not in can:
        report.add(act["do"], f"'you' do not do '{act['do'].text}' in this team: order it ({', '.join(can)} can)")
    report.name(act["say"], "call-out", names.sayings)
    report.name(act["look"], "thing to look at", names.looks)
    report.name(act["ack"], "acknowledgement", ACKS)
    report.name(act["who"], "person", names.people)
    if "set" in act and "to" not in act:
        report.add(act, "'set' needs 'to'")
    for verb, key in (("set", "to"), ("order", "who")):
        if key in act and here and verb not in here:
            report.add(act[key], f"'{key}' goes with '{verb}', not with '{here[0]}'", key=True)


def check_extends(plays: Mapping[str, Node], report: Report) -> None:
    """Note an `extends` that leads nowhere or round in a circle, and rules to drop or change that are not there."""
    for name, play in plays.items():
        if not play["extends"].text:
            continue
        chain = [name]
        parent = play["extends"].text
        if not report.name(play["extends"], "play of this scenario", plays):
            continue
        while parent in plays and parent not in chain:
            chain.append(parent)
            parent = plays[parent]["extends"].text
        if parent in chain:
            report.add(play["extends"], f"plays extend each other in a circle: {' -> '.join([*chain, parent])}")
            continue
        inherited = [rule for ancestor in chain[1:] for rule in plays[ancestor]["rules"].texts("id")]
        for dropped in play["drop"]:
            report.name(dropped, f"rule of '{cut(play['extends'].text)}'", inherited)
        for key, rule in play["change"].pairs():
            report.name(rule, f"rule of '{cut(play['extends'].text)}'", inherited, key=key)


def resolve(play: Play, plays: Mapping[str, Play]) -> Play:
    """Return the play with its ancestors' rules in place: dropped, changed where they stand, its own at the end.

    Expects plays without an error: `check_extends` has seen that the chain ends.
    """
    if play.extends is None:
        return play
    parent = resolve(plays[play.extends], plays)
    kept = (_changed(rule, play.change.get(rule.id)) for rule in parent.rules if rule.id not in play.drop)
    return play.model_copy(update={"rules": (*kept, *play.rules), "extends": None, "drop": (), "change": {}})


def _changed(rule: Rule, to: Change | None) -> Rule:
    return rule if to is None else Rule(id=rule.id, when=to.when, wait_s=to.wait_s, do=to.do, once=to.once)
