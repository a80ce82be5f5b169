"""From the graph of a circuit and a patient to one straight-line text and the array that it runs over."""

from collections import OrderedDict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from drill.circuit import (
    body,
    emboli,
    gas_supply,
    heart,
    heat,
    lungs,
    myocardium,
    parts,
    patient,
    sensors,
    sideflows,
    transport,
    veins,
    wiring,
)
from drill.circuit.acid_base import base_excess_of, content_at
from drill.circuit.blood import content
from drill.circuit.components import COMPONENTS
from drill.circuit.components.base import Exchange
from drill.circuit.consoles import DriveFaults
from drill.circuit.controls import CONTROLS
from drill.circuit.emit import PYTHON, C, text_of
from drill.circuit.network import Network, NodeModel, step_pressures
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.circuit.trace import Graph, Num
from drill.errors import CircuitError
from drill.units import SUBSTEPS_PER_TICK, TICK_S

KEPT_MODELS = 3  # most machines of a session are the last one again


@dataclass(frozen=True)
class Bench:
    """Imposed pressures in place of a patient, mmHg, as on a test bench."""

    map_mmhg: float
    cvp_mmhg: float
    hb_g_l: float = 110.0


@dataclass(frozen=True)
class Model:
    """A compiled plant: the array's table of contents with first values, the graph, and the two traced functions."""

    slots: Slots
    net: Network
    circuit: CircuitSpec
    substep: Graph
    slow: Graph
    bench: bool
    substeps: int = SUBSTEPS_PER_TICK

    @cached_property
    def fingerprint(self) -> str:
        """Return 16 digits that change with any law, wiring or first value: what a run's physics came from."""
        whole = self._operations.copy()
        whole.update(f", {self.slots.first!r}, {self.substeps!r})".encode())
        return str(whole.hexdigest()[:16])

    @cached_property
    def code(self) -> str:
        """Return what the operations alone decide: where this is equal the text is, whatever it starts from."""
        return f"{self._operations.hexdigest()} {self.substeps}"

    @cached_property
    def _operations(self) -> Any:
        """Return the SHA-256 of all operations, to be gone on with: `fingerprint` hashes them and what comes behind as one."""
        graphs = "".join(f"{node.op}{node.args}{node.value!r}" for graph in (self.substep, self.slow) for node in graph.nodes)
        return sha256(f"({graphs!r}, {[graph.stores() for graph in (self.substep, self.slow)]!r}".encode())

    def python_text(self) -> str:
        """Return `substeps(x)` (all of a tick), `slow(x)` and `tick(x)`, which runs both, as Python over a flat array of floats."""
        both = text_of(self.substep, "substeps", PYTHON, self.substeps) + "\n\n" + text_of(self.slow, "slow", PYTHON)
        return both + "\n\ndef tick(x):\n    substeps(x)\n    slow(x)\n"

    def compiled_text(self) -> str:
        """Return the same as a whole module for numba; it holds indices and our laws only, no name or number of a pack."""
        return "from math import sqrt\n\n\n" + self.python_text()

    def c_text(self) -> str:
        """Return the same operations in the same order as C, with `tick(double *x)` for others to call."""
        both = text_of(self.substep, "substeps", C, self.substeps) + "\n" + text_of(self.slow, "slow", C)
        return "#include <math.h>\n\n" + both + "\nvoid tick(double *x) {\n    substeps(x);\n    slow(x);\n}\n"


_KEPT: OrderedDict[str, Model] = OrderedDict()


def build(circuit: CircuitSpec, who: PatientSpec | Bench, substeps: int = SUBSTEPS_PER_TICK) -> Model:
    """Build and trace a circuit with its patient, or on a bench. Wiring mistakes raise CircuitError here, by name.

    `substeps` of the hydraulics make a tick; other numbers than the usual are for tests of the method's order. The last
    few models are kept, since tracing costs more than a minute of drill: nobody may change one.
    """
    key = repr((circuit, who, substeps))
    model = _KEPT.pop(key, None) or _traced(circuit, who, substeps)
    _KEPT[key] = model
    while len(_KEPT) > KEPT_MODELS:
        _KEPT.popitem(last=False)
    return model


def _traced(circuit: CircuitSpec, who: PatientSpec | Bench, substeps: int) -> Model:
    try:
        return _build(circuit, who, substeps)
    except (ArithmeticError, ValueError) as error:
        text = "with a number of a part or of the patient that cannot be: look for one far from its usual values"
        raise CircuitError(f"circuit '{circuit.id}' cannot be computed {text} ({error})") from error


def _build(circuit: CircuitSpec, who: PatientSpec | Bench, substeps: int) -> Model:
    slots, net = Slots(), Network()
    for control in CONTROLS.values():
        slots.add(f"in:{control.name}", control.default)
    for flag in DriveFaults._fields:
        slots.add(f"flag:{flag}", 0.0)
    if isinstance(who, Bench):
        for name in wiring.PATIENT_SITES.values():
            net.add_node(NodeModel(name, None, 1.0, who.cvp_mmhg if name in wiring.VENOUS else who.map_mmhg, is_patient=True))
        slots.add("pat:size", 1.0)
        hb, be, temp_c, prime, paco2 = who.hb_g_l, 0.0, 37.0, 1.0, 40.0
    else:
        params = patient.patient_params(who.params, who.id, who.size)
        patient.add_patient(slots, net, params, who.size)
        body.add_body(slots, params, who.size)
        hb, be, temp_c, prime, paco2 = (params[n] for n in ("hb_g_l", "be_mmol_l", "temp_c", "prime_hb_share", "paco2_mmhg"))
    slots.add("machine_live", 1.0)
    slots.add("be_mmol_l", be)
    slots.add("vo2_factor", 1.0)
    heat.add_water(slots)
    gas_supply.add_supply(slots, circuit.drives.get("cylinder_l", gas_supply.CYLINDER_L))
    on_bench = isinstance(who, Bench)
    parts.add_machine(slots, net, circuit)
    _add_state(slots, net)
    rich_places = transport.oxygenated(net, ["lungs", *(p.id for p in circuit.parts if p.kind == "oxygenator")])
    transport.add_blood(slots, net, _first_blood(hb, be, temp_c, paco2), rich_places)
    if prime != 1.0:
        _prime(slots, net, circuit, _first_blood(hb * prime, be, temp_c, paco2), rich_places)
    _fill(slots, net, circuit)
    sensors.add_sensors(slots, circuit, net, bench=on_bench)
    for name in ("beat_out_ml", "flow_site_ml", "flow_site_ml_s", "bubble_site_ml"):
        slots.add(name, 0.0)
    fast, slow = Graph(), Graph()
    _trace_substep(Scope(slots, fast, TICK_S / substeps), net, bench=on_bench)
    _trace_slow(Scope(slots, slow), net, circuit, bench=on_bench)
    return Model(slots, net, circuit, fast, slow, on_bench, substeps)


def _first_blood(hb_g_l: float, be: float, temp_c: float, paco2: float) -> dict[str, tuple[float, float]]:
    """What blood holds at the start, (venous, oxygenated), by species."""
    return {
        "o2": (_number(content(38.0, hb_g_l)), _number(content(300.0, hb_g_l))),
        "hb": (hb_g_l, hb_g_l),
        "co2": (
            content_at(paco2 + body.VENOUS_MORE_MMHG, hb_g_l, 0.7, _number(base_excess_of(be, hb_g_l, 0.7)))[0],
            content_at(paco2, hb_g_l, 1.0, be)[0],
        ),
        "heat": (temp_c, temp_c),
    }


def _prime(slots: Slots, net: Network, circuit: CircuitSpec, first: Mapping[str, tuple[float, float]], rich: AbstractSet[str]) -> None:
    """Fill the machine with thinner blood, or clear prime, than the patient has."""
    for node in net.nodes.values():
        if not node.is_patient and not node.is_air:
            for species, values in first.items():
                slots.first[slots[f"{species}:{node.id}"]] = values[node.id in rich]
    for part in circuit.parts:
        for k in range(net.edges[part.id].cells):
            for species, values in first.items():
                slots.first[slots[f"{species}:{part.id}:{k}"]] = values[part.id in rich]


def _fill(slots: Slots, net: Network, circuit: CircuitSpec) -> None:
    """Fill what holds something else than blood: bottles with their own contents, what lies by with air."""
    for part in circuit.parts:
        fills = COMPONENTS[part.kind].fills
        for species, value in (fills(part) if fills else {}).items():
            for place in (part.inlet, *(f"{part.id}:{k}" for k in range(net.edges[part.id].cells))):
                slots.first[slots[f"{species}:{place}"]] = value
        for k in range(net.edges[part.id].cells if part.instead_of else 0):
            for species in transport.SPECIES:
                slots.first[slots[f"{species}:{part.id}:{k}"]] = float(species == "bulk")


def _number(value: Num) -> float:
    if not isinstance(value, float):
        raise TypeError("a traced number where a plain one is needed")
    return value


def _add_state(slots: Slots, net: Network) -> None:
    for node in net.nodes.values():
        slots.add(f"p:{node.id}", node.imposed_mmhg if node.stiffness is None else 10.0)
        slots.add(f"vol:{node.id}", node.volume_ml)
    for edge in net.edges.values():
        slots.add(f"flow:{edge.id}", 0.0)
        slots.add(f"acc:{edge.id}", 0.0)
        if edge.kind != "open":
            slots.add(f"open:{edge.id}", 0.0)
        if edge.kind == "starling":
            slots.add(f"falls:{edge.id}", 0.0)


def _trace_substep(x: Scope, net: Network, *, bench: bool) -> None:
    if not bench:
        patient.beat(x)
    step_pressures(net, x)


def _trace_slow(x: Scope, net: Network, circuit: CircuitSpec, *, bench: bool) -> None:
    site = circuit.sites
    x["flow_site_ml"] = x[f"acc:{site['flow']}"]
    x["bubble_site_ml"] = x[f"acc:{sensors.bubble_site(circuit)}"]
    exchanges = dict(parts.exchanges(circuit))
    added: dict[str, list[tuple[Num, Mapping[str, Num]]]] = {}
    stirred: dict[tuple[str, str], Num] = {}
    back_ml = x[f"acc:{site['retrograde']}"] if "retrograde" in site else 0.0
    if not bench:
        x["beat_out_ml"] = x["acc:aortic_valve"]
        myocardium.wash(x, x[f"acc:{site['cardioplegia']}"] if "cardioplegia" in site else 0.0)
        x["lungs_ml_s"] = x["acc:lungs"] / TICK_S
        exchanges["lungs"] = (Exchange("lungs_o2", "o2", lungs.oxygenate), Exchange("lungs_co2", "co2", lungs.give_co2))
        added["ven"] = body.infusions(x)
        sideflows.bleed(x)
        added["pv"] = [sideflows.bronchial(x)]
        stirred = veins.stir_great_veins(x, veins.returns(net))
    transport.move_blood(net, x, exchanges, added, stirred)
    if not bench:
        emboli.move(x, back_ml)
        lungs.fill_with_water(x)
        lungs.ventilate(x)
        body.breathe_tissue(x)
        heart.follow_beats(x)
        heart.answer(x)
    gas_supply.run_supply(x)
    parts.refresh(x, circuit, x[f"hb:{site['svo2']}:0"], x[f"heat:{site['svo2']}:0"])
    heat.run_water(x, circuit)
    sensors.measure(x, circuit, net, bench=bench)
    sensors.display(x, circuit, net)
