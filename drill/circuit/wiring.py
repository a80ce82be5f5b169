"""What can be wrong with the wiring of a circuit, said by name before anything is built."""

from collections import Counter
from collections.abc import Iterator

from drill.circuit.components import COMPONENTS, KINDS
from drill.circuit.controls import CONTROLS
from drill.circuit.holes import AIR, neighbours
from drill.circuit.spec import CircuitSpec, PartSpec
from drill.errors import CircuitError, NameUnknownError

PATIENT = "patient_"
PATIENT_SITES = {
    "patient_vc": "vc",
    "patient_ra": "ra",
    "patient_lv": "lv",
    "patient_root": "root",
    "patient_ao_asc": "ao_asc",
    "patient_ao_desc": "ao_desc",
    "patient_leg": "leg",
}
VENOUS = frozenset({"vc", "ra", "lv"})  # on a bench: at the imposed venous pressure
NEEDED_CLAMPS = ("clamp_return", "clamp_drainage")  # what scenarios, robots and the panel count on in every circuit


def check(spec: CircuitSpec) -> None:
    """Raise CircuitError or NameUnknownError for the first mistake in a circuit's wiring."""
    if not spec.parts:
        raise CircuitError(f"circuit '{spec.id}' has no parts: add at least a drainage line, a pump and a return line")
    for name, count in Counter(part.id for part in spec.parts).items():
        if count > 1:
            raise CircuitError(f"part '{name}' is there {count} times: give each its own id")
    for part in spec.parts:
        _numbers(part)
    _spares(spec)
    _ends(spec)
    _islands(spec)
    _shafts(spec)
    _clamps(spec)


def _numbers(part: PartSpec) -> None:
    if part.kind not in KINDS:
        raise NameUnknownError(f"kind of device (part '{part.id}')", part.kind, KINDS)
    for name in KINDS[part.kind]:
        if name not in part.params:
            raise CircuitError(f"part '{part.id}' ({part.kind}) has no '{name}': add it to the device or to the part")
    for name in part.params:
        if name not in KINDS[part.kind]:
            raise NameUnknownError(f"parameter of part '{part.id}' ({part.kind})", name, KINDS[part.kind])


def _spares(spec: CircuitSpec) -> None:
    """A part that lies by has the two ends of the part whose place it takes."""
    parts = {part.id: part for part in spec.parts}
    for part in spec.parts:
        if not part.instead_of:
            continue
        if part.instead_of not in parts:
            raise NameUnknownError(f"part that '{part.id}' is put in the place of", part.instead_of, parts)
        other = parts[part.instead_of]
        if (part.inlet, part.outlet) != (other.inlet, other.outlet) or other.instead_of:
            raise CircuitError(
                f"part '{part.id}' cannot take the place of '{other.id}': let both go from '{other.inlet}' to '{other.outlet}', "
                "and let the one that is there at the start lie by for nothing"
            )


def own_nodes(spec: CircuitSpec) -> Iterator[str]:
    """Yield each node of the machine itself once, in the order of the parts."""
    ends = (end for part in spec.parts for end in (part.inlet, part.outlet))
    yield from dict.fromkeys(end for end in ends if end != AIR and not end.startswith(PATIENT))


def _ends(spec: CircuitSpec) -> None:
    nodes = list(own_nodes(spec))
    for part in spec.parts:
        if part.inlet == AIR:
            raise CircuitError(f"part '{part.id}' begins in the air: an opening goes from the machine to the air, turn it round")
        for end in (part.inlet, part.outlet):
            if end.startswith(PATIENT) and end not in PATIENT_SITES:
                raise NameUnknownError(f"patient site (part '{part.id}')", end, PATIENT_SITES)
        if part.inlet == part.outlet:
            raise CircuitError(f"part '{part.id}' begins and ends at node '{part.inlet}': lead it to another node")
    for name in nodes:
        ends = neighbours(spec, name)
        vessels = [p.id for p in spec.parts if p.inlet == name and COMPONENTS[p.kind].node]
        if len(ends) < 2 and not vessels:
            joined = ends[0] if ends else next(p.id for p in spec.parts if name == p.inlet)
            raise CircuitError(
                f"node '{name}' joins only part '{joined}': it is a dead end; connect a second part to it or correct its name"
            )
        if len(vessels) > 1:
            raise CircuitError(f"node '{name}' is the vessel of parts {', '.join(vessels)}: give each a pool of its own")
    for name in spec.heights_cm:
        if name not in nodes:
            raise NameUnknownError(f"node under heights_cm (circuit '{spec.id}')", name, nodes)


def _islands(spec: CircuitSpec) -> None:
    """A loop that no part joins to the patient cannot be filled, and has no volume to give."""
    links: dict[str, set[str]] = {}
    for part in spec.parts:
        if part.outlet != AIR:
            links.setdefault(part.inlet, set()).add(part.outlet)
            links.setdefault(part.outlet, set()).add(part.inlet)
    ahead = [name for name in links if name.startswith(PATIENT)]
    reached = set(ahead)
    while ahead:
        found = links[ahead.pop()] - reached
        reached |= found
        ahead.extend(found)
    lost = [part.id for part in spec.parts if part.inlet not in reached]
    if lost:
        raise CircuitError(f"parts {', '.join(lost)} hang together with nothing that leads to the patient: connect them or take them out")


def _shafts(spec: CircuitSpec) -> None:
    """Each pump head is turned by something of its own: the console turns the main pump, a control each of the others."""
    main = spec.sites.get("pump")
    seen: dict[str, str] = {}
    for part in spec.parts:
        if not COMPONENTS[part.kind].shaft:
            if part.drive:
                raise CircuitError(f"part '{part.id}' ({part.kind}) has a drive '{part.drive}' and nothing that turns: take the drive away")
            continue
        if part.id == main:
            if part.drive:
                raise CircuitError(f"part '{part.id}' is the main pump, which the console turns: take its drive '{part.drive}' away")
            continue
        if not part.drive:
            raise CircuitError(f"pump '{part.id}' has nothing that turns it: name a control as its drive, or make it the site 'pump'")
        if part.drive not in CONTROLS:
            raise NameUnknownError(f"drive of pump '{part.id}'", part.drive, CONTROLS)
        if part.drive in seen:
            raise CircuitError(f"pumps '{seen[part.drive]}' and '{part.id}' are on one shaft, '{part.drive}': give each a drive of its own")
        if part.kind == "centrifugal":
            raise CircuitError(f"pump '{part.id}' is centrifugal and not the main pump: further heads are rollers")
        seen[part.drive] = part.id


def _clamps(spec: CircuitSpec) -> None:
    carried = {clamp for part in spec.parts for clamp in part.clamps}
    for clamp in NEEDED_CLAMPS:
        if clamp not in carried:
            raise CircuitError(f"no part of circuit '{spec.id}' has a place for '{clamp}': add it to the clamps of the line at the patient")
    for part in spec.parts:
        for kind, names in (("clamp", part.clamps), ("tap", part.taps)):
            for name in names:
                if name not in CONTROLS:
                    raise NameUnknownError(f"{kind} of part '{part.id}'", name, CONTROLS)


def main_way(spec: CircuitSpec) -> tuple[str, ...]:
    """Return the parts that somebody walks along from the patient to the pump and on to the patient, in the file's order.

    A pool ends the way before the pump: what is held over its surface is air by design. What leads from the pump back into
    a pool alone (purge, recirculation), by a further pump head (cardioplegia) or backwards through the head is not on the way.
    """
    inside = spec.sites.get("retrograde")
    carry = [p for p in spec.parts if AIR not in (p.inlet, p.outlet) and not p.drive and p.id != inside]
    pools = {p.inlet for p in spec.parts if COMPONENTS[p.kind].node}
    pump = next(p for p in carry if p.id == spec.sites["pump"])
    ahead = _linked(pump.outlet, pools, {p.inlet: [q for q in carry if q.inlet == p.inlet] for p in carry}, forward=True)
    behind = _linked(pump.inlet, pools, {p.outlet: [q for q in carry if q.outlet == p.outlet] for p in carry}, forward=False)
    arrives: set[str] = set()
    for _ in carry:  # once for each step that the longest way can have
        arrives |= {p.id for p in ahead if p.outlet in PATIENT_SITES or any(q.id in arrives for q in ahead if q.inlet == p.outlet)}
    wanted = arrives | {p.id for p in behind} | {pump.id}
    return tuple(p.id for p in carry if p.id in wanted)


def _linked(start: str, pools: set[str], parts: dict[str, list[PartSpec]], *, forward: bool) -> list[PartSpec]:
    """Return the parts that are reached from a node with (or against) the flow, as far as a patient or a pool."""
    found: dict[str, PartSpec] = {}
    nodes = [start]
    while nodes:
        for part in parts.get(nodes.pop(), []):
            far = part.outlet if forward else part.inlet
            if part.id not in found:
                found[part.id] = part
                if far not in pools and far not in PATIENT_SITES:
                    nodes.append(far)
    return list(found.values())
