"""Whether an entry that was read from a file has the shape that `entries.py` describes.

A hash proves that nobody edited a line later; it does not prove that a drill wrote it.
"""

from collections.abc import Callable
from typing import Any, Final

from drill.engine.entries import Entry

Shape = Callable[[Any], bool]
Width = tuple[int, int]  # how many true and how many shown readings a frame of the run holds
_WHOLES: Final[set[type]] = {int}
_BLANKS: Final[set[type]] = {int, type(None)}


def _text(value: object) -> bool:
    return isinstance(value, str)


def _whole(value: object) -> bool:
    return type(value) is int


def _number(value: object) -> bool:
    return type(value) in (int, float)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _value(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _map(value: object) -> bool:
    return isinstance(value, dict)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _among(*words: str) -> Shape:
    return lambda value: value in words


def _frame(entry: Entry, width: Width) -> str:
    """Return which half of a frame is wrong, "" if none is; a true reading is never blank."""
    for name, wanted, blank in (("true", width[0], False), ("shown", width[1], True)):
        values = entry.get(name)
        if not isinstance(values, list) or len(values) != wanted or not set(map(type, values)) <= (_BLANKS if blank else _WHOLES):
            return name
    return ""


def _any(_value: object) -> bool:
    return True


SHAPES: Final[dict[str, dict[str, Shape]]] = {
    "action": {"seq": _whole, "who": _text, "verb": _text, "target": _text, "value": _value},
    "refused": {"seq": _whole, "reason": _text},
    "stage": {"from": _text, "to": _text},
    "first_sign": {},
    "fault": {"name": _text, "at": _map},
    "broken": {"id": _text},
    "job": {"task": _text, "who": _text, "state": _among("start", "done", "stopped")},
    "person": {"who": _text, "state": _among("called", "here")},
    "drive": {"at": _text},
    "look": {"target": _text, "who": _text, "findings": _texts},
    "say": {"id": _text, "who": _text, "true": _flag},
    "alarm": {"id": _text, "state": _among("on", "off", "ack", "pause")},
    "control": {"name": _text, "value": _number},
    "note": {"text": _text},
    "frame": {},  # its width is the run's own: _frame
    "check": {"sha": _text},
    "snapshot": {"state": _any},
    "pause": {"on": _flag},
    "end": {"outcome": _text},
}


def wrong_shape(entry: Entry, width: Width) -> str:
    """Return what is wrong with the shape of an entry of a run whose frames are so wide, "" if nothing is."""
    kind, tick = entry.get("k"), entry.get("t")
    if not isinstance(kind, str) or kind not in SHAPES:
        return f"unknown kind of entry {kind!r}"
    if type(tick) is not int or tick < 0:
        return f"'{kind}' has no tick ({tick!r})"
    if kind == "frame":
        half = _frame(entry, width)
        return f"'frame' has a wrong '{half}'" if half else ""
    for name, fits in SHAPES[kind].items():
        if name not in entry or not fits(entry[name]):
            return f"'{kind}' has a wrong '{name}' ({entry.get(name)!r})"
    return ""
