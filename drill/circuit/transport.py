"""What the blood carries: tanks in series along each edge, upwind in both directions, once a tick.

Concentrations are per mL of what flows, so that what leaves one cell arrives in the next and balances close.
Whatever crosses a boundary (oxygen at a membrane, in a lung, into tissue) is booked on a `port:` slot.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from drill.circuit.components.base import Exchange
from drill.circuit.network import Network
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, absolute, most, select
from drill.errors import CircuitError
from drill.units import TICK_S

SPECIES = ("o2", "hb")  # mL O2 per mL; g Hb per L
GREATEST_FLOW_ML_S = 10_000.0 / 60.0


def add_blood(slots: Slots, net: Network, first: Mapping[str, tuple[float, float]], rich: AbstractSet[str]) -> None:
    """Make the slots of every node and cell. `first[species]` is (elsewhere, in the places named in `rich`).

    The build fails where a cell is smaller than two ticks of the greatest flow: blood would skip it.
    """
    for node in net.nodes.values():
        for species in SPECIES:
            slots.add(f"{species}:{node.id}", first[species][node.id in rich])
    for edge in net.edges.values():
        if edge.cells and edge.cell_ml < 2.0 * TICK_S * GREATEST_FLOW_ML_S:
            raise CircuitError(
                f"part '{edge.id}' has cells of {edge.cell_ml:.1f} mL; at least {2.0 * TICK_S * GREATEST_FLOW_ML_S:.1f} mL are needed: "
                "make the tube longer or wider, or give it fewer cells"
            )
        for species in SPECIES:
            for k in range(edge.cells):
                slots.add(f"{species}:{edge.id}:{k}", first[species][edge.id in rich])


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


def move_blood(
    net: Network,
    x: Scope,
    exchanges: Mapping[str, tuple[Exchange, ...]],
    infused: Mapping[str, tuple[Num, Mapping[str, Num]]],
) -> None:
    """Move all species by the volumes that passed each edge in this tick, and clear those volumes.

    `infused[node]` is (mL in this tick, concentrations of it).
    """
    entering: dict[str, list[tuple[Num, Mapping[str, Num]]]] = {n: [] for n in net.nodes}
    moved: dict[str, Num] = {}
    for edge in net.edges.values():
        volume = x[f"acc:{edge.id}"]
        forward = volume > 0.0
        amount = absolute(volume)
        at_inlet: Mapping[str, Num] = {s: x[f"{s}:{edge.inlet}"] for s in SPECIES}
        at_outlet: Mapping[str, Num] = {s: x[f"{s}:{edge.outlet}"] for s in SPECIES}
        source: dict[str, Num] = {s: select(forward, at_inlet[s], at_outlet[s]) for s in SPECIES}
        for exchange in exchanges.get(edge.id, ()):
            before = source[exchange.species]
            source[exchange.species] = exchange.change(x, source, amount / TICK_S)
            port = f"port:{exchange.port}"
            x[port] = x[port] + amount * (source[exchange.species] - before)
        last: dict[str, Num] = dict(source)
        first: dict[str, Num] = dict(source)
        if edge.cells:
            share = amount / edge.cell_ml
            for s in SPECIES:
                cells = [x[f"{s}:{edge.id}:{k}"] for k in range(edge.cells)]
                last[s], first[s] = cells[-1], cells[0]
                for k, here in enumerate(cells):
                    behind: Num = cells[k - 1] if k else source[s]
                    ahead: Num = cells[k + 1] if k + 1 < edge.cells else source[s]
                    moved[f"{s}:{edge.id}:{k}"] = here + share * (select(forward, behind, ahead) - here)
        entering[edge.outlet].append((select(forward, volume, 0.0), last))
        entering[edge.inlet].append((select(forward, 0.0, -volume), first))
        x[f"acc:{edge.id}"] = 0.0
    for node in net.nodes.values():
        if node.stiffness is None:
            continue
        sources = list(entering[node.id])
        if node.id in infused:
            sources.append(infused[node.id])
        held = most(x[f"vol:{node.id}"], 1.0)
        for s in SPECIES:
            here = x[f"{s}:{node.id}"]
            gain: Num = 0.0
            for amount, what in sources:
                gain = gain + amount * (what[s] - here)
            moved[f"{s}:{node.id}"] = here + gain / held
    for name, value in moved.items():
        x[name] = value
