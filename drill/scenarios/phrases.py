"""Names and conditions as people say them: for graphs, guides and evidence."""

from typing import Final

from drill.circuit.controls import CONTROLS
from drill.circuit.readings import READINGS
from drill.scenarios.schema import Condition, Draw, Happening, Number, Range

_SUFFIXES: Final = ("_l_min", "_mmhg", "_pct", "_ml", "_bpm", "_mmol_l", "_g_l", "_c")
_NAMES: Final = {
    "pump_rpm": "pump speed",
    "crank_tach_rpm": "emergency drive's tachometer",
    "dp_ox_mmhg": "delta-P",
    "p_ven_mmhg": "P ven",
    "p_pre_mmhg": "P pre",
    "p_post_mmhg": "P post",
}
_SHORT: Final = {
    "map": "MAP",
    "cvp": "CVP",
    "hr": "HR",
    "hb": "Hb",
    "svo2": "SvO2",
    "sao2": "SaO2",
    "spo2": "SpO2",
    "fdo2": "FdO2",
    "nirs": "NIRS",
}


def words(name: str) -> str:
    """Return an id as words: underscores as spaces."""
    return name.replace("_", " ")


def reading_words(name: str) -> str:
    """Return a reading's name as it is said, without its unit: "MAP", "flow", "SpO2 right hand"."""
    if name in _NAMES:
        return _NAMES[name]
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return " ".join(_SHORT.get(word, word) for word in name.split("_"))


def condition_words(c: Condition) -> str:
    """Return a condition as one sentence's worth of words: "MAP below 25 mmHg for 60 s"."""
    text = _head_words(c)
    if c.by is not None:
        text += f" by {words(c.by)}"
    if c.for_s is not None:
        text += f" for {c.for_s:g} s"
    if c.within_s is not None:
        text += f" in the last {c.within_s:g} s"
    return text


def number_words(value: Number, vary: dict[str, Range]) -> str:
    """Return a number, or the range that it is drawn from: "15 to 45"."""
    if not isinstance(value, Draw):
        return f"{value:g}"
    drawn = vary.get(value.draw)
    return f"{drawn.low:g} to {drawn.high:g}" if drawn is not None else f"'{value.draw}'"


def happening_words(one: Happening, vary: dict[str, Range]) -> str:
    """Return what happens, in words: "fault oxygenator clot at oxygenator (clot 0.5) after 10 s"."""
    match one:
        case Happening(fault=str(fault)):
            at = ", ".join(f"{words(name)} {number_words(value, vary)}" for name, value in one.at.items())
            text = f"fault {words(fault)}" + (f" at {words(one.part)}" if one.part else "") + (f" ({at})" if at else "")
        case Happening(set=str(control)):
            text = f"{reading_words(control)} goes to {one.value or 0:g}"
        case Happening(arrive=str(who)):
            text = f"{words(who)} comes in {one.in_s or 0:g} s"
        case Happening(bring=str(thing)):
            text = f"{words(thing)} is brought"
        case Happening(give=str(drug)):
            text = f"{one.amount or 1:g} x {words(drug)} is given"
        case Happening(infuse=float() | int()):
            text = f"{one.infuse:g} mL over {one.over_s or 0:g} s"
        case Happening(head=str(where)):
            text = f"the pump head goes to {words(where)}"
        case _:
            text = f"note: {one.note}"
    return text if one.after_s is None else f"{text}, after {number_words(one.after_s, vary)} s"


def _head_words(c: Condition) -> str:
    match c:
        case Condition(value=str(name)):
            return f"{reading_words(name)} {_limits(c)} {READINGS[name].unit}" if name in READINGS else words(name)
        case Condition(shown=str(name)):
            if c.blank is not None:
                return f"{reading_words(name)} display {'blank' if c.blank else 'alive'}"
            return f"{reading_words(name)} shows {_limits(c)} {READINGS[name].unit}" if name in READINGS else words(name)
        case Condition(control=str(name)):
            return _control_words(c, name)
        case Condition(alarm=str(name)):
            return f"alarm {words(name)}"
        case Condition(drive=str(place)):
            return f"pump head on {words(place)}" if place != "moving" else "pump head off its drive"
        case Condition(guards=str()):
            return "interlocks armed, alarms on, no limit wider than found"
        case Condition(task=str(name)):
            return f"{words(name)} {c.is_ or 'done'}"
        case Condition(said=str(name)):
            return f"“{words(name)}” said and true"
        case Condition(found=str(name)):
            return f"{words(name)} looked at" + (f" and found {words(c.is_)}" if c.is_ else "")
        case Condition(action=str(verb)):
            return _action_words(c, verb)
        case Condition(after_s=float() | int() | Draw()):
            return f"{c.after_s:g} s gone" if isinstance(c.after_s, float | int) else f"{c.after_s.draw if c.after_s else ''} s gone"
        case Condition(not_=Condition() as inner):
            return f"not ({condition_words(inner)})"
        case _:
            joint = " and " if c.all is not None else " or "
            members = [
                f"({condition_words(one)})" if (one.all or one.any) and one.for_s is one.within_s else condition_words(one)
                for one in c.all or c.any or ()
            ]
            whole = joint.join(members)
            return f"({whole})" if (c.for_s is not None or c.within_s is not None) and len(members) > 1 else whole


def _action_words(c: Condition, verb: str) -> str:
    if c.at is None:
        return verb
    if c.above is None and c.below is None:
        return f"{verb} {reading_words(c.at)}"
    return f"{verb} {_control_words(c, c.at)}"


def _control_words(c: Condition, name: str) -> str:
    if name.startswith("clamp_") and c.above is not None and c.above >= 0.9 and c.below is None:
        return f"{words(name.removeprefix('clamp_'))} clamp closed"
    if name.startswith("clamp_") and c.below is not None and c.below <= 0.1 and c.above is None:
        return f"{words(name.removeprefix('clamp_'))} clamp open"
    unit = CONTROLS[name].unit if name in CONTROLS and " - " not in CONTROLS[name].unit else ""
    return f"{reading_words(name)} {_limits(c)} {unit}".rstrip()


def _limits(c: Condition) -> str:
    sides = ((side, limit) for side, limit in (("above", c.above), ("below", c.below)) if limit is not None)
    return " and ".join(f"{side} {limit:g}" for side, limit in sides)
