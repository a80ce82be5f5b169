"""All kinds of devices, one module each. Adding one: docs/adding-a-component.md."""

from drill.circuit.components import cannula, centrifugal, opening, oxygenator, reservoir, roller, tube
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
    )
}
KINDS: dict[str, tuple[str, ...]] = {kind: tuple(p.name for p in c.params) for kind, c in COMPONENTS.items()}
