"""Puts a machine's parts and their nodes into the graph, and runs what they do once a tick."""

from collections.abc import Mapping

from drill.circuit import holes, laws, wiring
from drill.circuit.components import COMPONENTS
from drill.circuit.components.base import Exchange
from drill.circuit.holes import AIR
from drill.circuit.network import Network, NodeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import CircuitSpec
from drill.circuit.trace import Num
from drill.circuit.wiring import PATIENT_SITES
from drill.units import MMHG_PER_CM_BLOOD

NODE_ML = 14.0  # connector and the blood around it, mixed, tunable
NODE_COMPLIANCE = 0.02  # mL/mmHg of a connector, tunable
SUCTION_MMHG = 300.0  # a node keeps its volume down to this suction: the elastic part of its tubes lies in it


def add_machine(slots: Slots, net: Network, spec: CircuitSpec) -> None:
    """Add all parts and their nodes; the patient's nodes are there already. Wiring mistakes raise CircuitError, by name."""
    wiring.check(spec)
    compliance: dict[str, float] = {}
    for part in spec.parts:
        for end in (part.inlet, part.outlet):
            if end == AIR:
                continue
            if end not in PATIENT_SITES:
                own = 0.5 * COMPONENTS[part.kind].compliance_ml_mmhg(part)
                compliance[end] = compliance.get(end, NODE_COMPLIANCE) + own
    for name, c in compliance.items():
        vessel = next((p for p in spec.parts if p.inlet == name and COMPONENTS[p.kind].node), None)
        make = COMPONENTS[vessel.kind].node if vessel else None
        if vessel and make:
            net.add_node(make(slots, vessel))
        else:
            _add_node(slots, net, name, c)
    replaced = {part.instead_of for part in spec.parts}
    for part in spec.parts:
        if AIR not in (part.inlet, part.outlet):
            slots.add(f"whole:{part.id}", 0.0 if part.instead_of else 1.0)
            if part.instead_of or part.id in replaced:
                slots.add(f"there:{part.id}", 0.0 if part.instead_of else 1.0)
            slots.add(f"kink:{part.id}", 0.0)
            slots.add(f"pinch:{part.id}", 0.0)
        for key, value in part.params.items():
            slots.add(f"par:{part.id}.{key}", value)
        falls_cm = spec.heights_cm.get(part.inlet, 0.0) - spec.heights_cm.get(part.outlet, 0.0)
        slots.add(f"falls_mmhg:{part.id}", MMHG_PER_CM_BLOOD * falls_cm)
        slots.add(f"air_mmhg:{part.id}", MMHG_PER_CM_BLOOD * spec.heights_cm.get(part.inlet, 0.0))
        inlet, outlet = PATIENT_SITES.get(part.inlet, part.inlet), PATIENT_SITES.get(part.outlet, part.outlet)
        if outlet == AIR:
            outlet = holes.air_at(net, spec, part.inlet)
        net.add_edge(COMPONENTS[part.kind].build(slots, part, inlet, outlet))
    for name in compliance:
        if not net.nodes[name].is_open:
            holes.add_hole(slots, net, spec, name)


def _add_node(slots: Slots, net: Network, name: str, compliance: float) -> None:
    slots.add(f"par:{name}.compliance_ml_mmhg", compliance)

    def stiffness(x: Scope) -> tuple[Num, Num, Num]:
        return 1.0 / x[f"par:{name}.compliance_ml_mmhg"], NODE_ML + SUCTION_MMHG * compliance, 0.0

    net.add_node(NodeModel(name, stiffness, NODE_ML + (SUCTION_MMHG + 30.0) * compliance))


def refresh(x: Scope, spec: CircuitSpec, hb_g_l: Num, temp_c: Num) -> None:
    """Once a tick: what viscosity, clamps and drives make of the parts' coefficients."""
    viscosity_cp = laws.viscosity_cp(hb_g_l, temp_c)
    for part in spec.parts:
        if AIR not in (part.inlet, part.outlet):
            pinch: Num = laws.clamp_resistance(x[f"kink:{part.id}"])
            for clamp in part.clamps:
                pinch = pinch + laws.clamp_resistance(x[f"in:{clamp}"])
            x[f"pinch:{part.id}"] = pinch
        COMPONENTS[part.kind].refresh(part, x, viscosity_cp)
    holes.burst(x, spec, [name.removeprefix("hole:") for name in x.slots.names("hole:")])


def exchanges(spec: CircuitSpec) -> Mapping[str, tuple[Exchange, ...]]:
    """Return what each part changes in the blood that enters it."""
    return {part.id: COMPONENTS[part.kind].exchanges(part) for part in spec.parts}
