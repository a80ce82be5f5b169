"""The machine's parts: how each kind of device becomes an edge of the graph."""

from collections.abc import Callable, Mapping

from drill.circuit import laws
from drill.circuit.blood import content
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel, Network, NodeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import CircuitSpec, PartSpec
from drill.circuit.trace import Num, between, least, most
from drill.errors import CircuitError, NameUnknownError
from drill.units import TICK_S

NODE_ML = 14.0  # connector and the blood around it, mixed, tunable
NODE_COMPLIANCE = 0.05  # mL/mmHg of a connector, tunable
CELL_ML = 12.0
KINDS: dict[str, tuple[str, ...]] = {
    "tube": ("bore_mm", "length_m"),
    "cannula": ("m_number", "volume_ml"),
    "centrifugal": (
        "a_mmhg_rpm2",
        "b_mmhg_rpm_l_min",
        "c_mmhg_l_min2",
        "k_reverse",
        "volume_ml",
        "tau_run_s",
        "tau_down_s",
        "crank_gear",
        "inertance_mmhg_s2_ml",
    ),
    "oxygenator": ("volume_ml", "shunt_per_l_min", "shunt_base", "gas_volume_ml", "drop_factor"),
}


def add_machine(slots: Slots, net: Network, spec: CircuitSpec, outside: Mapping[str, str]) -> None:
    """Add all parts and their nodes. `outside` maps the spec's patient sites (`patient_ra`) to nodes that exist."""
    compliance: dict[str, float] = {}
    for part in spec.parts:
        _check(part)
        for end in (part.inlet, part.outlet):
            if end.startswith("patient_"):
                if end not in outside:
                    raise NameUnknownError(f"patient site (part '{part.id}')", end, outside)
            else:
                compliance[end] = compliance.get(end, NODE_COMPLIANCE) + 0.5 * _tube_compliance(part)
    for name, c in compliance.items():
        ends = [p.id for p in spec.parts if name in (p.inlet, p.outlet)]
        if len(ends) < 2:
            raise CircuitError(
                f"node '{name}' joins only part '{ends[0]}': it is a dead end; connect a second part to it or correct its name"
            )
        _add_node(slots, net, name, c)
    for part in spec.parts:
        for key, value in part.params.items():
            slots.add(f"par:{part.id}.{key}", value)
        slots.add(f"pinch:{part.id}", 0.0)
        inlet, outlet = outside.get(part.inlet, part.inlet), outside.get(part.outlet, part.outlet)
        build = {"tube": _tube, "cannula": _cannula, "centrifugal": _centrifugal, "oxygenator": _oxygenator}[part.kind]
        net.add_edge(build(slots, part, inlet, outlet))


def _check(part: PartSpec) -> None:
    if part.kind not in KINDS:
        raise NameUnknownError(f"kind of device (part '{part.id}')", part.kind, KINDS)
    for name in KINDS[part.kind]:
        if name not in part.params:
            raise CircuitError(f"part '{part.id}' ({part.kind}) has no '{name}': add it to the device or to the part")
    for name in part.params:
        if name not in KINDS[part.kind]:
            raise NameUnknownError(f"parameter of part '{part.id}' ({part.kind})", name, KINDS[part.kind])


def _add_node(slots: Slots, net: Network, name: str, compliance: float) -> None:
    slots.add(f"par:{name}.compliance_ml_mmhg", compliance)

    def stiffness(x: Scope) -> tuple[Num, Num, Num]:
        return 1.0 / x[f"par:{name}.compliance_ml_mmhg"], NODE_ML, 0.0

    net.add_node(NodeModel(name, stiffness, NODE_ML + 30.0 * compliance))


def _tube_compliance(part: PartSpec) -> float:
    return 0.075 * part.params["length_m"] if part.kind == "tube" else 0.02  # PVC 0.05-0.1 mL/mmHg per m, reference 3.4


def _cells(volume_ml: float) -> tuple[int, float]:
    """Return (number, mL each): 2 to 16 cells of about 12 mL."""
    count = min(16, max(2, round(volume_ml / CELL_ML)))
    return count, volume_ml / count


Law = Callable[[Scope, Num], tuple[Num, Drop]]


def _with_clamp(part: PartSpec, law: Law) -> Law:
    def both(x: Scope, q: Num) -> tuple[Num, Drop]:
        head, drop = law(x, q)
        return head, laws.add(drop, laws.linear(q, x[f"pinch:{part.id}"]))

    return both


def _tube(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    bore_cm, length_cm = part.params["bore_mm"] / 10.0, part.params["length_m"] * 100.0
    area = 3.141592653589793 * bore_cm * bore_cm / 4.0
    slots.add(f"par:{part.id}.laminar_k", 0.0)
    slots.add(f"par:{part.id}.blasius_k", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, laws.tube(q, x[f"par:{part.id}.laminar_k"], x[f"par:{part.id}.blasius_k"])

    count, each = _cells(area * length_cm)
    inertance = 1.055 * length_cm / area / 1333.22  # rho l / A, in mmHg s2/mL
    return EdgeModel(part.id, inlet, outlet, _with_clamp(part, law), inertance=inertance, cells=count, cell_ml=each)


def _cannula(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"par:{part.id}.k", 0.0)
    drains = inlet == "ra"

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        drop = laws.turbulent(q, x[f"par:{part.id}.k"])
        return 0.0, laws.add(drop, laws.suck_down(q, x[f"p:{inlet}"], 1.0)) if drains else drop

    count, each = _cells(part.params["volume_ml"])
    return EdgeModel(part.id, inlet, outlet, _with_clamp(part, law), inertance=0.04, cells=count, cell_ml=each)


def _centrifugal(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"rpm:{part.id}", 0.0)
    slots.add(f"rpm_target:{part.id}", 0.0)
    slots.add(f"rpm_tau:{part.id}", part.params["tau_down_s"])

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        curve = laws.HeadCurve(*(x[f"par:{part.id}.{k}"] for k in ("a_mmhg_rpm2", "b_mmhg_rpm_l_min", "c_mmhg_l_min2", "k_reverse")))
        return laws.pump_head(q, x[f"rpm:{part.id}"], curve)

    count, each = _cells(part.params["volume_ml"])
    return EdgeModel(
        part.id, inlet, outlet, _with_clamp(part, law), inertance=part.params["inertance_mmhg_s2_ml"], cells=count, cell_ml=each
    )


def _oxygenator(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"par:{part.id}.k", 0.0)
    slots.add(f"par:{part.id}.exponent", 1.4)
    slots.add(f"gas_o2:{part.id}", 0.95)
    slots.add(f"taken:{part.id}", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, laws.oxygenator(q, x[f"par:{part.id}.k"], x[f"par:{part.id}.exponent"])

    count, each = _cells(part.params["volume_ml"])
    return EdgeModel(part.id, inlet, outlet, _with_clamp(part, law), inertance=0.02, cells=count, cell_ml=each)


def refresh(x: Scope, spec: CircuitSpec, hb_g_l: Num) -> None:
    """Once a tick: what viscosity, clamps and drives make of the parts' coefficients."""
    mu = laws.viscosity_cp(hb_g_l)
    for part in spec.parts:
        if part.clamps:
            pinch: Num = 0.0
            for clamp in part.clamps:
                pinch = pinch + laws.clamp_resistance(x[f"in:{clamp}"])
            x[f"pinch:{part.id}"] = pinch
        if part.kind == "tube":
            laminar, blasius = laws.tube_coefficients(part.params["bore_mm"], part.params["length_m"], mu)
            x[f"par:{part.id}.laminar_k"] = laminar
            x[f"par:{part.id}.blasius_k"] = blasius
        elif part.kind == "cannula":
            x[f"par:{part.id}.k"] = laws.cannula_coefficient(part.params["m_number"], mu)
        elif part.kind == "oxygenator":
            x[f"par:{part.id}.k"] = (6.0 * mu - 4.2659) / 2.2 * x[f"par:{part.id}.drop_factor"]
            x[f"par:{part.id}.exponent"] = laws.oxygenator_exponent(mu)
        elif part.kind == "centrifugal":
            k = TICK_S / (x[f"rpm_tau:{part.id}"] + TICK_S)
            x[f"rpm:{part.id}"] = x[f"rpm:{part.id}"] + k * (x[f"rpm_target:{part.id}"] - x[f"rpm:{part.id}"])


def membrane(part: PartSpec, x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood that enters the membrane from either side: all but a shunt leaves in balance with the gas [FRIED].

    C_out = (1-s) C(FO2 (Pb-47) - PCO2) + s C_in,  s = shunt_base + shunt_per_l_min Q
    """
    litres = flow_ml_s / laws.ML_S_PER_L_MIN
    s = least(x[f"par:{part.id}.shunt_base"] + x[f"par:{part.id}.shunt_per_l_min"] * litres, 0.9)
    ideal = most(x[f"gas_o2:{part.id}"] * 713.0 - 40.0, 0.5)
    return (1.0 - s) * content(ideal, entering["hb"]) + s * entering["o2"]


def sweep(part: PartSpec, x: Scope) -> None:
    """Oxygen fraction in the gas space: fresh gas in, oxygen taken by the blood; without sweep it is used up.

    V dF/dt = V_sweep (F_in - F) - VO2
    """
    volume = x[f"par:{part.id}.gas_volume_ml"]
    taken = x["port:membrane_o2"] - x[f"taken:{part.id}"]
    x[f"taken:{part.id}"] = x["port:membrane_o2"]
    fresh = x["in:sweep_l_min"] * laws.ML_S_PER_L_MIN * TICK_S
    here = x[f"gas_o2:{part.id}"]
    x[f"gas_o2:{part.id}"] = between((here * volume + fresh * x["in:fdo2_pct"] / 100.0 - taken) / (volume + fresh), 0.0, 1.0)
