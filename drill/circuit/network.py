"""The graph of nodes and edges, and one implicit step of its pressures, written down once for the tracer.

Nodes hold volume (P = (V - V0)/C + P0); edges carry flow. All edges are linearised at the flow of the step before:

    q' = q + g (P_from' - P_to' + head - drop(q)),   g = 1/(L/dt + slope)
    C/dt P' = C/dt P + sum of flows in               (fully implicit, eliminated in a fixed order)

One solve with the valves as they stood, one correction with the valves as the first solve shows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drill.circuit.laws import Drop
from drill.circuit.slots import Scope
from drill.circuit.trace import Num, same, select
from drill.errors import CircuitError

Row = dict[str, Num]
EMPTY_ML, EMPTY_ML_PATIENT = 8.0, 1.5  # volume at which a connector or a chamber lies flat; tunable
FLAT_MMHG_ML = 250.0  # how steeply pressure falls below it: 3 mL to a vacuum, tunable


@dataclass(slots=True)
class NodeModel:
    """A volume. `stiffness` gives (elastance mmHg/mL, V0 mL, outside pressure mmHg) at this substep; None = imposed pressure.

    `imposed_mmhg` is that pressure; `is_air` makes the node the open air; `is_patient` says that gas in it is harm;
    `defoams` gives the share of each class of gas that is let out to the air as it comes in. `empty_ml` is the volume below
    which it lies flat (0 = what is usual). `is_open` says that its surface stands under the open air, so that no hole matters.
    """

    id: str
    stiffness: Callable[[Scope], tuple[Num, Num, Num]] | None
    volume_ml: float
    imposed_mmhg: float = 0.0
    is_air: bool = False
    is_patient: bool = False
    defoams: Mapping[str, float] = field(default_factory=dict)
    empty_ml: float = 0.0
    is_open: bool = False


@dataclass(slots=True)
class EdgeModel:
    """A path between two nodes.

    `law` gives (head mmHg, drop) at the present flow; `inertance` in mmHg s2/mL (0 = none).
    `kind`: "open" both ways; "valve" forward only; "starling" forward only, against the higher of outlet and closing pressure.
    `cells` x `cell_ml` of blood lie along it; `keep` gives the share of each class of gas that a cell holds back, from the
    share of gas in it. `draws_air` is the share of gas that comes up in what it takes from its inlet node, of class `air_class`.
    `greatest_ml_s` is the greatest flow that its cells are made for, 10 L/min.
    A `gate` of 0 closes the path wholly, 1 opens it. `is_linear` says that the drop is R q, without inertance.
    """

    id: str
    inlet: str
    outlet: str
    law: Callable[[Scope, Num], tuple[Num, Drop]]
    kind: str = "open"
    inertance: float = 0.0
    cells: int = 0
    cell_ml: float = 0.0
    greatest_ml_s: float = 10_000.0 / 60.0
    closing: Callable[[Scope], Num] | None = None
    gate: Callable[[Scope], Num] | None = None
    is_linear: bool = False
    keep: Callable[[Scope, Num], Mapping[str, Num]] | None = None
    draws_air: Callable[[Scope], Num] | None = None
    air_class: str = "bulk"


@dataclass(slots=True)
class Network:
    """All nodes and edges, by id, in the order of building."""

    nodes: dict[str, NodeModel] = field(default_factory=dict)
    edges: dict[str, EdgeModel] = field(default_factory=dict)

    def add_node(self, node: NodeModel) -> None:
        """Add a node; its id must be new."""
        if node.id in self.nodes:
            raise CircuitError(f"node '{node.id}' is built twice: give one of them another id")
        self.nodes[node.id] = node

    def add_edge(self, edge: EdgeModel) -> None:
        """Add an edge between nodes that exist."""
        if edge.id in self.edges:
            raise CircuitError(f"part '{edge.id}' is built twice: give one of them another id")
        for end in (edge.inlet, edge.outlet):
            if end not in self.nodes:
                known = ", ".join(sorted(self.nodes))
                raise CircuitError(f"part '{edge.id}' ends at '{end}', which is no node (nodes: {known})")
        self.edges[edge.id] = edge

    def order(self) -> list[str]:
        """Return the elimination order: least connected first, and what a valve touches last, so that the
        correction pass repeats only that part."""
        free = [n for n, node in self.nodes.items() if node.stiffness is not None]
        late = {end for e in self.edges.values() if e.kind != "open" for end in (e.inlet, e.outlet)}
        links: dict[str, set[str]] = {n: set() for n in free}
        for edge in self.edges.values():
            if edge.inlet in links and edge.outlet in links and edge.inlet != edge.outlet:
                links[edge.inlet].add(edge.outlet)
                links[edge.outlet].add(edge.inlet)
        order: list[str] = []
        while links:
            name = min(links, key=lambda n: (n in late, len(links[n]), free.index(n)))
            around = links.pop(name)
            for other in around:
                links[other] = (links[other] | around) - {name, other}
            order.append(name)
        return order


def step_pressures(net: Network, x: Scope) -> None:
    """Write one substep of all pressures, flows, volumes and passed volumes into the scope."""
    order = net.order()
    elastance: dict[str, tuple[Num, Num, Num]] = {}
    for name in order:
        stiff = net.nodes[name].stiffness
        if stiff is not None:
            elastance[name] = _emptying(x, net.nodes[name], *stiff(x))
    imposed: dict[str, Num] = {n: x[f"p:{n}"] for n, node in net.nodes.items() if node.stiffness is None}
    linear: dict[str, tuple[Num, Num]] = {}
    for edge in net.edges.values():
        q = x[f"flow:{edge.id}"]
        head, drop = edge.law(x, q)
        gate = edge.gate(x) if edge.gate else 1.0
        if edge.kind == "open":
            g = 1.0 / (edge.inertance / x.substep_s + drop.slope)
            moved = g * head if edge.is_linear else q + g * (head - drop.mmhg)
            linear[edge.id] = (gate * g, gate * moved)
        else:
            linear[edge.id] = (gate / drop.slope, 0.0)
    pressures = _solve(net, x, order, elastance, imposed, linear, _remembered(net, x))
    modes = _modes(net, x, pressures)
    pressures = _solve(net, x, order, elastance, imposed, linear, modes)
    _advance(net, x, order, pressures, linear, modes)


def _emptying(x: Scope, node: NodeModel, e: Num, v0: Num, outside: Num) -> tuple[Num, Num, Num]:
    """A vessel that is all but empty lies flat: below its least volume pressure falls steeply, whatever pulls at it."""
    least_ml = node.empty_ml or (EMPTY_ML_PATIENT if node.is_patient else EMPTY_ML)
    flat = x[f"vol:{node.id}"] < least_ml
    return select(flat, FLAT_MMHG_ML, e), select(flat, least_ml, v0), select(flat, outside + e * (least_ml - v0), outside)


Modes = Mapping[str, tuple[Num, Num]]


def _remembered(net: Network, x: Scope) -> Modes:
    """Return (open, falls) of each one-way edge as the substep before left it, 1.0 or 0.0."""
    return {e.id: (x[f"open:{e.id}"], x[f"falls:{e.id}"] if e.kind == "starling" else 0.0) for e in net.edges.values() if e.kind != "open"}


def _modes(net: Network, x: Scope, pressures: Mapping[str, Num]) -> Modes:
    """Return (open, falls) of each one-way edge as these pressures show it."""
    modes: dict[str, tuple[Num, Num]] = {}
    for edge in net.edges.values():
        if edge.kind == "valve":
            modes[edge.id] = (select(pressures[edge.inlet] > pressures[edge.outlet], 1.0, 0.0), 0.0)
        elif edge.kind == "starling":
            closing = edge.closing(x) if edge.closing else 0.0
            falls = pressures[edge.outlet] < closing
            against = select(falls, closing, pressures[edge.outlet])
            modes[edge.id] = (select(pressures[edge.inlet] > against, 1.0, 0.0), select(falls, 1.0, 0.0))
    return modes


def _solve(
    net: Network,
    x: Scope,
    order: list[str],
    elastance: Mapping[str, tuple[Num, Num, Num]],
    imposed: Mapping[str, Num],
    linear: Mapping[str, tuple[Num, Num]],
    modes: Modes,
) -> dict[str, Num]:
    """Assemble and eliminate; return all node pressures."""
    matrix: dict[str, Row] = {}
    right: dict[str, Num] = {}
    for name in order:
        e, v0, outside = elastance[name]
        per_step = 1.0 / (e * x.substep_s)
        matrix[name] = {name: per_step}
        right[name] = (x[f"vol:{name}"] - v0) * (1.0 / x.substep_s) + per_step * outside
    for edge in net.edges.values():
        g, b = linear[edge.id]
        a, z = edge.inlet, edge.outlet
        g_back: Num = g
        if edge.kind != "open":
            is_open, falls = modes[edge.id]
            g = g * is_open
            g_back = g
            if edge.kind == "starling":
                closing = edge.closing(x) if edge.closing else 0.0
                g_back = g * (1.0 - falls)
                b = -(g * falls * closing)
        for row, sign in ((a, 1.0), (z, -1.0)):
            if row not in matrix:
                continue
            forward, backward = (g, g_back) if sign > 0 else (-g, -g_back)
            rest: Num = -b if sign > 0 else b
            if a in matrix:
                matrix[row][a] = matrix[row].get(a, 0.0) + forward
            else:
                rest = rest - forward * imposed[a]
            if z in matrix:
                matrix[row][z] = matrix[row].get(z, 0.0) - backward
            else:
                rest = rest + backward * imposed[z]
            right[row] = right[row] + rest
    return dict(imposed) | _eliminate(matrix, right, order)


def _eliminate(matrix: dict[str, Row], right: dict[str, Num], order: list[str]) -> dict[str, Num]:
    """Sparse Gaussian elimination without pivoting (the matrix is diagonally dominant by its columns).

    Most of the matrix is symmetric; there both halves are given the same products, which the tracer writes down once.
    """
    inverse: dict[str, Num] = {}
    for k, pivot in enumerate(order):
        inverse[pivot] = 1.0 / matrix[pivot][pivot]
        ahead = {column: value for column, value in matrix[pivot].items() if column != pivot}
        below = {row: matrix[row].pop(pivot) for row in order[k + 1 :] if pivot in matrix[row]}
        mirrored = {row for row, value in below.items() if row in ahead and same(value, ahead[row])}
        for row, value in below.items():
            for column, across in ahead.items():
                if {row, column} <= mirrored:
                    product = below[min(row, column)] * inverse[pivot] * ahead[max(row, column)]
                else:
                    product = value * inverse[pivot] * across
                matrix[row][column] = matrix[row].get(column, 0.0) - product
            right[row] = right[row] - value * inverse[pivot] * right[pivot]
    pressures: dict[str, Num] = {}
    for pivot in reversed(order):
        total = right[pivot]
        for column, value in matrix[pivot].items():
            if column != pivot:
                total = total - value * pressures[column]
        pressures[pivot] = total * inverse[pivot]
    return pressures


def _advance(
    net: Network,
    x: Scope,
    order: list[str],
    pressures: Mapping[str, Num],
    linear: Mapping[str, tuple[Num, Num]],
    modes: Modes,
) -> None:
    """Move flows, passed volumes and node volumes by the solved pressures."""
    gained: dict[str, Num] = {}
    for edge in net.edges.values():
        g, b = linear[edge.id]
        if edge.kind == "open":
            q = b + g * (pressures[edge.inlet] - pressures[edge.outlet])
        else:
            is_open, falls = modes[edge.id]
            against = pressures[edge.outlet]
            if edge.kind == "starling":
                closing = edge.closing(x) if edge.closing else 0.0
                against = against + falls * (closing - against)
                x[f"falls:{edge.id}"] = falls
            x[f"open:{edge.id}"] = is_open
            q = g * is_open * (pressures[edge.inlet] - against)
        passed = x.substep_s * q
        x[f"flow:{edge.id}"] = q
        x[f"acc:{edge.id}"] = x[f"acc:{edge.id}"] + passed
        gained[edge.inlet] = gained.get(edge.inlet, 0.0) - passed
        gained[edge.outlet] = gained.get(edge.outlet, 0.0) + passed
    for name in order:
        x[f"vol:{name}"] = x[f"vol:{name}"] + gained.get(name, 0.0)
        x[f"p:{name}"] = pressures[name]
