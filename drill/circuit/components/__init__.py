"""All kinds of devices, one module each. Adding one: docs/adding-a-component.md."""

from drill.circuit.components import (
    arterial_filter,
    bag,
    cannula,
    centrifugal,
    one_way_valve,
    opening,
    oxygenator,
    relief_valve,
    reservoir,
    roller,
    tap_line,
    tube,
    wound,
)
from drill.circuit.components.base import Component

COMPONENTS: dict[str, Component] = {
    c.kind: c
    for c in (
        tube.COMPONENT,
        cannula.COMPONENT,
        centrifugal.COMPONENT,
        oxygenator.COMPONENT,
        opening.COMPONENT,
        roller.COMPONENT,
        reservoir.COMPONENT,
        arterial_filter.COMPONENT,
        one_way_valve.COMPONENT,
        tap_line.COMPONENT,
        relief_valve.COMPONENT,
        wound.COMPONENT,
        bag.COMPONENT,
    )
}
KINDS: dict[str, tuple[str, ...]] = {kind: tuple(p.name for p in c.params) for kind, c in COMPONENTS.items()}


def why_not(kind: str, number: str, value: float) -> str:
    """Return what is wrong with a number of a kind of device, "" if it can be; an unknown kind or number has nothing to say."""
    params = COMPONENTS[kind].params if kind in COMPONENTS else ()
    return next((p.why_not(value) for p in params if p.name == number), "")
