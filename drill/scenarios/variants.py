"""A circuit that extends another: all of that one's, with what it adds or has otherwise in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from drill.circuit.spec import CircuitSpec

NAMES = ("id", "part", "control", "reading")  # what an entry of a list goes by


def merged(base: CircuitSpec, own: CircuitSpec) -> CircuitSpec:
    """Return the variant: entries of the same id take the place of the base's, others come behind them."""
    parts = {part.id: part for part in (*base.parts, *own.parts)}
    sensors = {sensor.reading: sensor for sensor in (*base.sensors, *own.sensors)}
    return replace(
        own,
        parts=tuple(parts.values()),
        heights_cm={**base.heights_cm, **own.heights_cm},
        sites={**base.sites, **own.sites},
        sensors=tuple(sensors.values()),
        drives={**base.drives, **own.drives},
        alarms=tuple(_entries(base.alarms, own.alarms)),
        interlocks=tuple({lock.id: lock for lock in (*base.interlocks, *own.interlocks)}.values()),
        drawing={key: _laid(base.drawing.get(key), own.drawing.get(key)) for key in {**base.drawing, **own.drawing}},
    )


def _laid(under: Any, over: Any) -> Any:
    """Lay one value of a drawing over another: mappings and lists of named entries entry by entry, all else whole."""
    if over is None:
        return under
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        return {**under, **over}
    if isinstance(under, list | tuple) and isinstance(over, list | tuple) and over and isinstance(over[0], Mapping):
        return _entries(under, over)
    return over


def _entries(under: Sequence[Mapping[str, Any]], over: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return both lists as one; an entry of the second takes the place of the first's of the same name."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in (*under, *over):
        name = next((str(entry[key]) for key in NAMES if key in entry), "")
        found[name] = entry
    return list(found.values())
