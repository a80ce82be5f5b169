"""What judging a run again has changed: the sheet that was written at its end against one of today's rubric."""

from collections.abc import Mapping
from typing import Any, Final

_FIELDS: Final = ("status", "points", "possible", "critical")
_WORDS: Final = {
    "score": "score",
    "passed": "passed",
    "pass_mark_pct": "pass mark",
    "points": "points",
    "points_possible": "points possible",
}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return, in words, each line in which two sheets (as `to_json` writes them) differ; [] if they judge alike."""
    told = [
        f"{words}: {_plain(before.get(name))} is now {_plain(after.get(name))}"
        for name, words in _WORDS.items()
        if before.get(name) != after.get(name)
    ]
    old, new = _items(before), _items(after)
    for key in dict.fromkeys([*old, *new]):
        told += _item(old.get(key), new.get(key))
    before_harm, after_harm = _map(before.get("ledger")), _map(after.get("ledger"))
    for name in dict.fromkeys([*before_harm, *after_harm]):
        if before_harm.get(name) != after_harm.get(name):
            told.append(f"ledger {name}: {_plain(before_harm.get(name))} is now {_plain(after_harm.get(name))}")
    return told


def _item(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[str]:
    if old is None or new is None:
        there = new or old or {}
        state = "is new" if old is None else "is gone"
        return [f"{there.get('kind')} '{there.get('title')}' {state} ({there.get('status')}, {_plain(there.get('points'))} points)"]
    parts = [f"{name} {_plain(old.get(name))} is now {_plain(new.get(name))}" for name in _FIELDS if old.get(name) != new.get(name)]
    return [f"{new.get('kind')} '{new.get('title')}': {', '.join(parts)}"] if parts else []


def _items(sheet: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    rows = sheet.get("items")
    kept = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {(str(row.get("kind")), str(row.get("id"))): row for row in kept}


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _plain(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
