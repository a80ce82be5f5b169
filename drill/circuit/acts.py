"""What faults and hands do to the parts of a circuit: write a fault's changes, cut a part out, join it, put a fresh one in.

The graph never changes: a cut shuts the part and opens its ends to the air, a fresh part is new contents in the old cells.
"""

from collections.abc import Mapping
from typing import Any

from drill.circuit.compiler import Model
from drill.circuit.components import COMPONENTS
from drill.circuit.controls import CONTROLS
from drill.circuit.fault import Fault
from drill.circuit.faults import FAULTS
from drill.circuit.gas import GAS, PRIME
from drill.circuit.holes import AIR
from drill.circuit.readings import LIVE, READINGS
from drill.circuit.spec import PartSpec
from drill.circuit.syringe import ACTS
from drill.circuit.transport import BLOOD
from drill.errors import CircuitError, NameUnknownError, ValueRangeError

SYRINGE_ML = 60.0  # the largest in use
MOST_POURED_ML = 2000.0  # two bags


def part_named(model: Model, name: str) -> PartSpec:
    """Return a part of the circuit by its id, or by the site that it is (`leak`, `reservoir`). Raises NameUnknownError."""
    parts = {p.id: p for p in model.circuit.parts}
    name = name if name in parts else model.circuit.sites.get(name, name)
    if name not in parts:
        raise NameUnknownError(f"part of circuit '{model.circuit.id}'", name, parts)
    return parts[name]


def fault_writes(model: Model, fault: str, parameters: Mapping[str, float], part: str | None) -> tuple[dict[str, float], dict[str, float]]:
    """Return (controls, slots) with the values that a fault gives them; `part` is where it sits, its usual place if None.

    Raises NameUnknownError, ValueRangeError, or CircuitError where the fault does not fit the part.
    """
    if fault in CONTROLS and fault not in FAULTS:
        raise CircuitError(f"'{fault}' is a control, not a fault: set it to a value (in the lab: --set {fault}=VALUE)")
    if fault not in FAULTS:
        raise NameUnknownError("fault", fault, FAULTS)
    kind = FAULTS[fault]
    values = _values(kind, parameters)
    if kind.site in READINGS:
        return {}, _sensor_writes(kind, kind.site if part is None else part, values)
    if part is None and kind.site not in model.circuit.sites:
        raise CircuitError(f"fault '{fault}' needs a part at the place '{kind.site}', which circuit '{model.circuit.id}' has not")
    sits = part_named(model, model.circuit.sites[kind.site] if part is None else part)
    controls: dict[str, float] = {}
    slots: dict[str, float] = {}
    for change in kind.changes:
        value = values[change.to] if isinstance(change.to, str) else change.to
        where = change.where.format(part=sits.id, inlet=sits.inlet, outlet=sits.outlet)
        if where.startswith("control:"):
            controls[where.removeprefix("control:")] = value
        elif where in model.slots:
            slots[where] = value
        else:
            fitting = [p.id for p in model.circuit.parts if change.where.format(part=p.id, inlet=p.inlet, outlet=p.outlet) in model.slots]
            raise CircuitError(
                f"fault '{fault}' does not fit part '{sits.id}' ({sits.kind}) of circuit '{model.circuit.id}': "
                + (f"it fits {', '.join(fitting)}" if fitting else "it fits none of this circuit's parts")
            )
    return controls, slots


def _sensor_writes(kind: Fault, reading: str, values: Mapping[str, float]) -> dict[str, float]:
    """Return the slots that a fault of the sensor of a displayed reading writes."""
    if reading not in LIVE:
        raise NameUnknownError("displayed reading", reading, LIVE)
    return {c.where.format(part=reading): values[c.to] if isinstance(c.to, str) else c.to for c in kind.changes}


def _values(kind: Fault, parameters: Mapping[str, float]) -> dict[str, float]:
    """Return all parameters of a fault, with those that were given; each in its range."""
    known = {p.name for p in kind.parameters}
    for name in parameters:
        if name not in known:
            raise NameUnknownError(f"parameter of fault '{kind.name}'", name, known)
    values = {p.name: float(parameters.get(p.name, p.default)) for p in kind.parameters}
    for p in kind.parameters:
        if not p.low <= values[p.name] <= p.high:
            raise ValueRangeError(f"fault '{kind.name}': {p.name} {values[p.name]:g} is outside {p.low:g} to {p.high:g} {p.unit}")
    return values


def cut(model: Model, x: Any, name: str, *, joined: bool = False) -> None:
    """Cut a part out at both ends, which then stand open to the air; or join it again, connectors and all."""
    part = part_named(model, name)
    if AIR in (part.inlet, part.outlet) or not model.net.edges[part.id].cells:
        raise CircuitError(f"part '{name}' ({part.kind}) is an opening: it has no two ends to cut or join")
    x[model.slots[f"whole:{part.id}"]] = 1.0 if joined else 0.0
    if joined and part.instead_of:
        _take_the_place(model, x, part)
    for end in (part.inlet, part.outlet) if joined else ():
        if f"hole:{end}" in model.slots:
            x[model.slots[f"hole:{end}"]] = 0.0


def _take_the_place(model: Model, x: Any, part: PartSpec) -> None:
    """A part that lay by is in the circuit now; the one in whose place it stands is out, and what that held is lost."""
    other = part.instead_of
    x[model.slots[f"there:{part.id}"]] = 1.0
    x[model.slots[f"there:{other}"]] = x[model.slots[f"whole:{other}"]] = 0.0
    _refill(model, x, other, volume_ml(model, other))


def is_cut(model: Model, x: Any, name: str) -> bool:
    """Whether a part is cut out."""
    return bool(x[model.slots[f"whole:{part_named(model, name).id}"]] < 1.0)


def volume_ml(model: Model, name: str) -> float:
    """Return what a part holds, mL."""
    edge = model.net.edges[part_named(model, name).id]
    return edge.cells * edge.cell_ml


def clear(model: Model, x: Any, fault: str, part: str | None = None) -> dict[str, float]:
    """Undo by hand what a fault of this kind has changed: what it writes stands again as the circuit was built.

    `part` is where the hand goes, every part that the fault fits if None. Returns the controls that it puts back.
    Raises NameUnknownError, or CircuitError for a fault that no hand undoes.
    """
    kind = FAULTS.get(fault)
    if kind is None or not kind.by_hand:
        raise NameUnknownError("fault that a hand can undo", fault, [f.name for f in FAULTS.values() if f.by_hand])
    controls: dict[str, float] = {}
    for sits in model.circuit.parts if part is None else (part_named(model, part),):
        for change in kind.changes:
            where = change.where.format(part=sits.id, inlet=sits.inlet, outlet=sits.outlet)
            if where.startswith("control:"):
                name = where.removeprefix("control:")
                controls[name] = CONTROLS[name].default
            elif where in model.slots:
                x[model.slots[where]] = model.slots.first[model.slots[where]]
    return controls


def release(model: Model, x: Any, name: str) -> None:
    """Tip and tap a part with its port open: the gas in it leaves, prime from the port's line takes its place."""
    part = part_named(model, name)
    edge = model.net.edges[part.id]
    for k in range(edge.cells):
        gas = sum(float(x[model.slots[f"{g}:{part.id}:{k}"]]) for g in GAS)
        for g in GAS:
            x[model.slots[f"{g}:{part.id}:{k}"]] = 0.0
        for s, c in PRIME.items():
            slot = model.slots[f"{s}:{part.id}:{k}"]
            x[slot] = float(x[slot]) + c * gas
            _book(model, x, f"open_{s}", edge.cell_ml * c * gas)
        _book(model, x, "gas_out_ml", edge.cell_ml * gas)
        _book(model, x, "primed_ml", edge.cell_ml * gas)


def pour(model: Model, x: Any, name: str, ml: float) -> None:
    """Pour prime into an open vessel such as the venous reservoir. Raises CircuitError where there is none."""
    part = part_named(model, name)
    if not model.net.nodes[part.inlet].is_open:
        raise CircuitError(f"part '{part.id}' ({part.kind}) is no open vessel: nothing can be poured into it")
    if not 0.0 <= ml <= MOST_POURED_ML:
        raise ValueRangeError(f"{ml:g} mL cannot be poured at once: 0 to {MOST_POURED_ML:g} mL")
    at = model.slots[f"vol:{part.inlet}"]
    held = float(x[at])
    for s in (*BLOOD, *GAS):
        slot, brought = model.slots[f"{s}:{part.inlet}"], PRIME.get(s, 0.0)
        x[slot] = (float(x[slot]) * held + brought * ml) / (held + ml)
        if s in BLOOD:
            _book(model, x, f"open_{s}", brought * ml)
    x[at] = held + ml
    _book(model, x, "primed_ml", ml)


def replace(model: Model, x: Any, name: str, *, gas_ml: float) -> None:
    """Put a fresh, primed part of the same make in the place of one that is cut out, with `gas_ml` left in it.

    What the old one held is booked as lost, what the new one holds as primed.
    """
    part = part_named(model, name)
    name = part.id
    if x[model.slots[f"whole:{name}"]] > 0.0:
        raise CircuitError(f"part '{name}' is still in the circuit: cut it out first")
    volume = volume_ml(model, name)
    if not 0.0 <= gas_ml <= volume:
        raise ValueRangeError(f"{gas_ml:g} mL of gas do not fit into '{name}': give 0 to {volume:g} mL")
    _refill(model, x, name, gas_ml)
    for wear in (*COMPONENTS[part.kind].wear, "kink"):
        slot = model.slots[f"{wear}:{name}"]
        x[slot] = model.slots.first[slot]


def _refill(model: Model, x: Any, name: str, gas_ml: float) -> None:
    """Put prime, with so much gas in it, in the place of what a part holds; both are booked."""
    edge = model.net.edges[name]
    share = gas_ml / volume_ml(model, name)
    fresh = {**{s: c * (1.0 - share) for s, c in PRIME.items()}, "bulk": share, "small": 0.0, "micro": 0.0}
    for k in range(edge.cells):
        old = {s: float(x[model.slots[f"{s}:{name}:{k}"]]) for s in (*BLOOD, *GAS)}
        gas = sum(old[g] for g in GAS)
        _book(model, x, "blood_lost_ml", edge.cell_ml * (1.0 - gas))
        _book(model, x, "gas_out_ml", edge.cell_ml * gas)
        _book(model, x, "primed_ml", edge.cell_ml * (1.0 - share))
        _book(model, x, "air_in_ml", edge.cell_ml * share)
        for s in (*BLOOD, *GAS):
            x[model.slots[f"{s}:{name}:{k}"]] = fresh[s]
            if s in BLOOD:
                _book(model, x, f"open_{s}", edge.cell_ml * (fresh[s] - old[s]))


def syringe(model: Model, x: Any, tap: str, *, act: str, ml: float) -> None:
    """Put a syringe to a tap's part, or to an oxygenator's vent: `act` is draw, prime or air; it takes 0.1 s a mL."""
    part = part_named(model, tap)
    slot = f"syringe_{act}_ml:{part.id}"
    if act not in ACTS:
        raise NameUnknownError("act of a syringe", act, ACTS)
    if slot not in model.slots:
        fitting = [name.split(":")[1] for name in model.slots.names(f"syringe_{act}_ml:")]
        raise CircuitError(f"no syringe that can {act} fits '{tap}': it fits {', '.join(fitting)}")
    if not 0.0 <= ml <= SYRINGE_ML:
        raise ValueRangeError(f"a syringe moves 0 to {SYRINGE_ML:g} mL, not {ml:g}")
    x[model.slots[slot]] = ml


def _book(model: Model, x: Any, port: str, amount: float) -> None:
    slot = model.slots[f"port:{port}"]
    x[slot] = float(x[slot]) + amount
