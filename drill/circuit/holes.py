"""Ways out of the circuit that nobody built: each machine node can stand open to the air, where a part beside it is
cut out, a connector lets go, or pressure bursts it.

    q = share/R (P - P_air),  P_air = 0.776 mmHg per cm of the node's height (pressures are at heart level)

share is the larger of the node's own hole and what its parts lack of being whole.
"""

from drill.circuit.laws import Drop, linear
from drill.circuit.network import EdgeModel, Network, NodeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import CircuitSpec
from drill.circuit.trace import Num, most, select
from drill.units import MMHG_PER_CM_BLOOD

HOLE_MMHG_S_ML = 1.0  # an open tube end, tunable
BURST_MMHG = 1500.0  # a tie-banded connector lets go; past the 1000 mmHg that a roller reaches [MC3], tunable
AIR = "air"


def air_at(net: Network, spec: CircuitSpec, node: str) -> str:
    """Return the open air at a node's height, made when first asked for."""
    name = f"{AIR}_at_{node}"
    if name not in net.nodes:
        net.add_node(NodeModel(name, None, 1.0, MMHG_PER_CM_BLOOD * spec.heights_cm.get(node, 0.0), is_air=True))
    return name


def neighbours(spec: CircuitSpec, node: str) -> list[str]:
    """Return the parts that end at a node and carry blood: openings do not count."""
    return [p.id for p in spec.parts if node in (p.inlet, p.outlet) and AIR not in (p.inlet, p.outlet)]


def add_hole(slots: Slots, net: Network, spec: CircuitSpec, node: str) -> None:
    """Give a node its way to the air, closed."""
    slots.add(f"hole:{node}", 0.0)
    beside = neighbours(spec, node)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        del x
        return 0.0, linear(q, HOLE_MMHG_S_ML)

    def gate(x: Scope) -> Num:
        share: Num = x[f"hole:{node}"]
        for part in beside:
            here: Num = x[f"there:{part}"] if f"there:{part}" in x.slots else 1.0  # what lies by opens nothing
            share = most(share, here - x[f"whole:{part}"])
        return share

    net.add_edge(EdgeModel(f"hole_{node}", node, air_at(net, spec, node), law, is_linear=True, gate=gate))


def burst(x: Scope, spec: CircuitSpec, nodes: list[str]) -> None:
    """Open what stands above the pressure that its connectors hold; it stays open."""
    for node in nodes:
        over = x[f"p:{node}"] - MMHG_PER_CM_BLOOD * spec.heights_cm.get(node, 0.0) > BURST_MMHG
        x[f"hole:{node}"] = select(over, 1.0, x[f"hole:{node}"])
