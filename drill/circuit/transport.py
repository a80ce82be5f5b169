"""What the blood carries: tanks in series along each edge, upwind in both directions, once a tick.

Concentrations are per mL of what flows, so that what leaves one cell arrives in the next and balances close.
Whatever crosses a boundary (oxygen at a membrane, in a lung, into tissue) is booked on a `port:` slot.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from drill.circuit.components.base import Exchange
from drill.circuit.emboli import ARTERIES
from drill.circuit.gas import GAS, LEAST_SHARE, gas_share, hold_back, without_gas
from drill.circuit.network import EdgeModel, Network
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, absolute, between, least, most, select
from drill.errors import CircuitError
from drill.units import TICK_S

BLOOD = ("o2", "hb", "co2", "heat")  # mL O2 per mL; g Hb per L; mL CO2 per mL; mL degC per mL, which is its temperature
SPECIES = (*BLOOD, *GAS)  # gas: mL per mL
PORTS = ("air_in_ml", "gas_out_ml", "blood_lost_ml", "primed_ml", *(f"open_{s}" for s in BLOOD))
LAST_ML = 2.0  # of an open pool, which no outlet reaches, tunable
LEAST_ML = 1e-9  # that contents are divided by


def add_blood(slots: Slots, net: Network, first: Mapping[str, tuple[float, float]], rich: AbstractSet[str]) -> None:
    """Make the slots of every node and cell. `first[species]` is (elsewhere, in the places named in `rich`).

    The build fails where a cell is smaller than two ticks of the greatest flow: blood would skip it.
    """
    for node in net.nodes.values():
        for species in BLOOD:
            slots.add(f"{species}:{node.id}", 0.0 if node.is_air else first[species][node.id in rich])
        slots.add(f"unmixed:{node.id}", 0.0)
        for gas in () if node.is_patient else GAS:
            slots.add(f"{gas}:{node.id}", 1.0 if node.is_air and gas == "bulk" else 0.0)
    for edge in net.edges.values():
        if edge.cells and edge.cell_ml < 2.0 * TICK_S * edge.greatest_ml_s:
            raise CircuitError(
                f"part '{edge.id}' has cells of {edge.cell_ml:.1f} mL; at least {2.0 * TICK_S * edge.greatest_ml_s:.1f} mL are needed: "
                "make the tube longer or wider, or give it fewer cells"
            )
        for k in range(edge.cells):
            for species in BLOOD:
                slots.add(f"{species}:{edge.id}:{k}", first[species][edge.id in rich])
            for gas in GAS if _carried(net, edge) is SPECIES else ():
                slots.add(f"{gas}:{edge.id}:{k}", 0.0)
    for name in net.edges:
        slots.add(f"late:{name}", 0.0)
    for port in PORTS:
        slots.add(f"port:{port}", 0.0)


def oxygenated(net: Network, membranes: Sequence[str]) -> set[str]:
    """Return the nodes and edges that blood reaches from membranes and lungs before it passes tissue or the right heart."""
    found: set[str] = set()
    ahead = [net.edges[name].outlet for name in membranes if name in net.edges]
    while ahead:
        node = ahead.pop()
        if node in found or node == "ra":
            continue
        found.add(node)
        for edge in net.edges.values():
            if edge.inlet == node and edge.kind != "starling" and edge.id not in membranes:
                found.add(edge.id)
                ahead.append(edge.outlet)
    return found


Mix = Mapping[str, Num]


def move_blood(
    net: Network,
    x: Scope,
    exchanges: Mapping[str, tuple[Exchange, ...]],
    added: Mapping[str, Sequence[tuple[Num, Mix]]],
    stirred: Mapping[tuple[str, str], Num],
) -> None:
    """Move all species by the volumes that passed each edge in this tick, and clear those volumes.

    `added[node]` lists (mL of this tick, what is in it) that came in from outside and is already in the node's volume.
    `stirred` names pairs of nodes with the mL that they exchange besides, as much one way as the other.
    """
    entering: dict[str, list[tuple[Num, Mix]]] = {n: list(added.get(n, ())) for n in net.nodes}
    moved: dict[str, Num] = {}
    moving, waiting = _in_turn(net, x, entering, stirred)
    for edge in net.edges.values():
        volume = moving[edge.id]
        forward = volume > 0.0
        at_inlet, at_outlet = _at(net, x, edge.inlet), _at(net, x, edge.outlet)
        source: dict[str, Num] = {s: select(forward, at_inlet[s], at_outlet[s]) for s in SPECIES}
        if edge.draws_air is not None:
            source = _with_air(x, edge, source, select(forward, volume, 0.0), is_open=net.nodes[edge.inlet].is_open)
        for exchange in exchanges.get(edge.id, ()):
            before = source[exchange.species]
            source[exchange.species] = exchange.change(x, source, absolute(volume) / TICK_S)
            port = f"port:{exchange.port}"
            x[port] = x[port] + absolute(volume) * (source[exchange.species] - before)
        first, last = _along(edge, x, source, volume, moved, _carried(net, edge))
        for end, amount, what in (
            (edge.outlet, select(forward, volume, 0.0), last),
            (edge.inlet, select(forward, 0.0, -volume), first),
        ):
            entering[end].append(_into(net, x, edge, end, amount, what))
        _book_open_ends(net, x, edge, source, volume)
    for node in net.nodes.values():
        if node.stiffness is None:
            continue
        coming: Num = 0.0
        for amount, _ in entering[node.id]:
            coming = coming + amount
        x[f"unmixed:{node.id}"] = waiting[node.id]
        # no more leaves than was there, so what is held now is at least what came: nothing overshoots what flushes it
        held = most(most(x[f"vol:{node.id}"] - waiting[node.id], coming), LEAST_ML)
        for s in BLOOD if node.is_patient else SPECIES:
            here = x[f"{s}:{node.id}"]
            gain: Num = 0.0
            for amount, what in entering[node.id]:
                gain = gain + amount * (what[s] - here)
            moved[f"{s}:{node.id}"] = here + gain / held
    for name, value in moved.items():
        x[name] = value


def _in_turn(
    net: Network, x: Scope, entering: Mapping[str, list[tuple[Num, Mix]]], stirred: Mapping[tuple[str, str], Num]
) -> tuple[dict[str, Num], dict[str, Num]]:
    """Return what each edge moves in this tick, and what each node has got (or lost, below 0) that waits in `late:`.

    An edge moves at most a cell, and out of a node goes at most what is mixed there: a shock passes in several ticks.
    What is stirred, at most half of what is mixed in either node, is put among what enters.
    """
    wanted: dict[str, Num] = {}
    waiting: dict[str, Num] = dict.fromkeys(net.nodes, 0.0)
    leaving: dict[str, Num] = dict.fromkeys(net.nodes, 0.0)
    for edge in net.edges.values():
        volume: Num = x[f"acc:{edge.id}"] + x[f"late:{edge.id}"]
        wanted[edge.id] = between(volume, -edge.cell_ml, edge.cell_ml) if edge.cells else volume
        x[f"late:{edge.id}"] = volume
        x[f"acc:{edge.id}"] = 0.0
        waiting[edge.outlet] = waiting[edge.outlet] + volume
        waiting[edge.inlet] = waiting[edge.inlet] - volume
        leaving[edge.inlet] = leaving[edge.inlet] + most(wanted[edge.id], 0.0)
        leaving[edge.outlet] = leaving[edge.outlet] + most(-wanted[edge.id], 0.0)
    mixed: dict[str, Num] = {}
    for name in (node.id for node in net.nodes.values() if node.stiffness is not None):
        mixed[name] = x[f"vol:{name}"] - waiting[name]
        for amount, _ in entering[name]:
            mixed[name] = mixed[name] - amount
    for (here, there), amount in stirred.items():
        turned = least(amount, 0.5 * most(least(mixed[here], mixed[there]), 0.0))
        for name, other in ((here, there), (there, here)):
            mixed[name] = mixed[name] - turned
            entering[name].append((turned, _at(net, x, other)))
    share: dict[str, Num] = dict.fromkeys(net.nodes, 1.0)
    for name, own in mixed.items():
        share[name] = select(leaving[name] > own, most(own, 0.0) / most(leaving[name], LEAST_ML), 1.0)
    for edge in net.edges.values():
        volume = wanted[edge.id] * select(wanted[edge.id] > 0.0, share[edge.inlet], share[edge.outlet])
        wanted[edge.id] = volume
        x[f"late:{edge.id}"] = x[f"late:{edge.id}"] - volume
        waiting[edge.outlet] = waiting[edge.outlet] - volume
        waiting[edge.inlet] = waiting[edge.inlet] + volume
    return wanted, waiting


def _with_air(x: Scope, edge: EdgeModel, source: Mix, amount: Num, *, is_open: bool) -> dict[str, Num]:
    """What an outlet takes from a low pool: its share of air comes from above the surface, and stays out of the pool's loss.

    What it takes beyond the last mL of an open pool is air, whatever the law says.
    """
    air: Num = edge.draws_air(x) if edge.draws_air else 0.0
    if is_open:
        air = most(air, between((LAST_ML - x[f"vol:{edge.inlet}"]) / most(amount, 1e-9), 0.0, 1.0))
    air = select(amount > 0.0, air, 0.0)
    x[f"vol:{edge.inlet}"] = x[f"vol:{edge.inlet}"] + air * amount
    x["port:air_in_ml"] = x["port:air_in_ml"] + air * amount
    mixed: dict[str, Num] = {s: c * (1.0 - air) for s, c in source.items()}
    mixed[edge.air_class] = mixed[edge.air_class] + air
    return mixed


def _carried(net: Network, edge: EdgeModel) -> tuple[str, ...]:
    """Return the species that an edge can hold: gas ends where it enters the patient, so the patient's own edges hold none."""
    return BLOOD if net.nodes[edge.inlet].is_patient and net.nodes[edge.outlet].is_patient else SPECIES


def _at(net: Network, x: Scope, node: str) -> Mix:
    own = BLOOD if net.nodes[node].is_patient else SPECIES
    return {s: x[f"{s}:{node}"] if s in own else 0.0 for s in SPECIES}


def _along(edge: EdgeModel, x: Scope, source: Mix, volume: Num, moved: dict[str, Num], carried: Sequence[str]) -> tuple[Mix, Mix]:
    """Move an edge's cells on; return what leaves by its inlet end and by its outlet end."""
    if not edge.cells:
        return source, source
    forward, share = volume > 0.0, absolute(volume) / edge.cell_ml
    cells: list[Mix] = [{s: x[f"{s}:{edge.id}:{k}"] if s in carried else 0.0 for s in SPECIES} for k in range(edge.cells)]
    leaving = [hold_back(c, edge.keep(x, gas_share(c))) if edge.keep else c for c in cells]
    for k, here in enumerate(cells):
        behind, ahead = leaving[k - 1] if k else source, leaving[k + 1] if k + 1 < edge.cells else source
        for s in carried:
            moved[f"{s}:{edge.id}:{k}"] = here[s] + share * (select(forward, behind[s], ahead[s]) - leaving[k][s])
    return leaving[0], leaving[-1]


def _into(net: Network, x: Scope, edge: EdgeModel, node: str, amount: Num, what: Mix) -> tuple[Num, Mix]:
    """What an edge brings into a node. Gas that crosses from the machine into the patient is harm, and ends there."""
    if net.nodes[node].defoams:
        return _defoamed(net, x, node, amount, what)
    other = edge.inlet if node == edge.outlet else edge.outlet
    if not net.nodes[node].is_patient or net.nodes[other].is_patient:
        return amount, what
    share, blood = without_gas(what)
    gas = amount * share
    x["gas_ml"] = x["gas_ml"] + gas
    if node in ARTERIES:
        x["gas_aorta_ml"] = x["gas_aorta_ml"] + gas
    if net.nodes[node].stiffness is not None:
        x[f"vol:{node}"] = x[f"vol:{node}"] - gas
    return amount - gas, blood


def _defoamed(net: Network, x: Scope, node: str, amount: Num, what: Mix) -> tuple[Num, Mix]:
    """Let gas out to the air as it comes in; what stays is a whole mixture again."""
    gone: Num = 0.0
    left: dict[str, Num] = dict(what)
    for gas, share in net.nodes[node].defoams.items():
        gone = gone + share * what[gas]
        left[gas] = what[gas] * (1.0 - share)
    x[f"vol:{node}"] = x[f"vol:{node}"] - amount * gone
    x["port:gas_out_ml"] = x["port:gas_out_ml"] + amount * gone
    scale = 1.0 / most(1.0 - gone, LEAST_SHARE)
    return amount * (1.0 - gone), {s: c * scale for s, c in left.items()}


def _book_open_ends(net: Network, x: Scope, edge: EdgeModel, source: Mix, volume: Num) -> None:
    """Book what passes an edge that ends in the open air: gas drawn in, blood lost, and every species with it."""
    if not net.nodes[edge.outlet].is_air:
        return
    share = gas_share(source)
    x["port:air_in_ml"] = x["port:air_in_ml"] + select(volume < 0.0, -volume * share, 0.0)
    x["port:gas_out_ml"] = x["port:gas_out_ml"] + select(volume > 0.0, volume * share, 0.0)
    x["port:blood_lost_ml"] = x["port:blood_lost_ml"] + select(volume > 0.0, volume * (1.0 - share), 0.0)
    for s in BLOOD:
        x[f"port:open_{s}"] = x[f"port:open_{s}"] - volume * source[s]
