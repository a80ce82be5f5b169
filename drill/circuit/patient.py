"""The patient as part of the graph: a beating heart, an aorta in four pieces, tissue beds, veins, great veins and lungs.

The aorta is cut where it matters in VA: blood that the heart ejects fills it from above, blood from the circuit from
below, and the place where they meet follows from the flows. Numbers: CVSim-6 [CVS6] with an arterial closing pressure
[MAAS12]; what is named tunable has no source.
"""

from collections.abc import Callable, Mapping

from drill.circuit.laws import Drop, clamp_resistance, linear
from drill.circuit.maths import half_wave
from drill.circuit.network import EdgeModel, Network, NodeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, least, most, select, sqrt
from drill.errors import CircuitError, NameUnknownError

EdgeLaw = Callable[[Scope, Num], tuple[Num, Drop]]
PATIENT_DEFAULTS: dict[str, float] = {
    "weight_kg": 75.0,
    "hb_g_l": 120.0,
    "blood_volume_ml": 5150.0,
    "hr_bpm": 70.0,
    "c_lv_sys_ml_mmhg": 0.40,
    "c_lv_dias_ml_mmhg": 9.69,
    "c_rv_sys_ml_mmhg": 1.30,
    "c_rv_dias_ml_mmhg": 19.29,
    "lv_contractility": 1.0,
    "rv_contractility": 1.0,
    "rs_mmhg_s_ml": 0.80,
    "pcc_mmhg": 20.0,
    "c_art_ml_mmhg": 2.5,
    "c_ven_ml_mmhg": 90.0,
    "v0_ven_ml": 2300.0,
    "r_pulm_mmhg_s_ml": 0.07,
    "p_thorax_mmhg": -4.0,
    "lung_shunt": 0.05,
    "vo2_ml_min": 200.0,
    "rq": 0.8,
    "dead_space": 0.35,
    "be_mmol_l": 0.0,
    "temp_c": 37.0,
    "heparin_iu_ml": 0.6,
    "prime_hb_share": 1.0,
    "map_set_mmhg": 91.0,
    "reflex_gain": 1.0,
    "cpp_full_mmhg": 35.0,
    "cpp_none_mmhg": 0.0,
    "tau_contractility_s": 60.0,
    "paco2_mmhg": 40.0,
    "lactate_mmol_l": 1.0,
    "rhythm_at_start": 0.0,
    "tone_gain": 1.0,
    "peep_recruits": 0.4,
    "vv_mixing": 0.3,
    "arrested": 0.0,
}
SCALED = {"_kg": 1.0, "_ml": 1.0, "_ml_min": 1.0, "_ml_mmhg": 1.0, "_mmhg_s_ml": -1.0}  # how a default goes with the size of the body
UNSTRESSED_ML = {
    "lv": 15.0,
    "rv": 15.0,
    "pa": 60.0,
    "pv": 440.0,
    "vc": 40.0,
    "ra": 60.0,
    "root": 20.0,
    "ao_asc": 40.0,
    "ao_arch": 40.0,
    "ao_desc": 150.0,
    "leg": 40.0,
}
ARTERIAL_SHARE = {"root": 0.05, "ao_asc": 0.15, "ao_arch": 0.16, "ao_desc": 0.56, "leg": 0.08}  # of c_art; tunable
BEDS = {  # artery, share of flow (reference 4.6), share of VO2 (tunable), cells, mL a cell (tunable)
    "coronary": ("root", 0.05, 0.10, 2, 10.0),
    "head_right": ("ao_asc", 0.12, 0.14, 4, 12.0),
    "head_left": ("ao_arch", 0.12, 0.14, 4, 12.0),
    "body": ("ao_desc", 0.63, 0.55, 10, 26.0),
    "leg_bed": ("leg", 0.08, 0.07, 4, 12.0),
}
VC_COMPLIANCE, RA_COMPLIANCE = 3.0, 5.0  # mL/mmHg: great veins (CVSim-21: SVC 1.3, abdominal 1.3, IVC 0.5 [CVS21]) and atrium, tunable
SQUEEZE_MMHG = 30.0  # what compressions press the ventricles with, tunable: a quarter to a half of normal output
LEG_RESISTANCE = 1.2  # mmHg s/mL, femoral artery beside a cannula, tunable


def patient_params(given: Mapping[str, float], name: str, size: float = 1.0) -> dict[str, float]:
    """Return the full parameter set of a patient: what is given, else the adult's number by the size of the body.

    Volumes, compliances and oxygen use go with the size, resistances against it; pressures, rates and fractions stay.
    An unknown parameter is an error with the nearest name.
    """
    for key in given:
        if key not in PATIENT_DEFAULTS:
            raise NameUnknownError(f"patient parameter (patient '{name}')", key, PATIENT_DEFAULTS)
    scaled = {k: _scaled(k, v, size) for k, v in PATIENT_DEFAULTS.items()}
    return scaled | dict(given)


def _scaled(name: str, value: float, size: float) -> float:
    ending = max((e for e in SCALED if name.endswith(e)), key=len, default="")
    return value if not ending else value * size if SCALED[ending] > 0 else value / size


def add_patient(slots: Slots, net: Network, p: Mapping[str, float], size: float = 1.0) -> None:
    """Add nodes, edges and parameter slots of the patient to the network. `size` is the body against an adult of 75 kg."""
    for key, value in p.items():
        slots.add(f"pat:{key}", value)
    slots.add("pat:size", size)
    for name in ("phase", "contraction", "squeeze", "squeeze_phase", "pericardium_mmhg"):
        slots.add(name, 0.0)
    for name in ("hr_bpm", "rs_mmhg_s_ml", "pcc_mmhg", "v0_ven_ml"):
        slots.add(f"now:{name}", p[name])
    slots.add("now:strength", 1.0)
    slots.add("coronary_open", 1.0)
    slots.add("now:thorax_mmhg", p["p_thorax_mmhg"])
    _add_nodes(net, p, size)
    for node in net.nodes.values():
        node.is_patient = True
    _add_vessels(net, size)
    held = sum(n.volume_ml for n in net.nodes.values()) + sum(e.cells * e.cell_ml for e in net.edges.values())
    net.nodes["ven"].volume_ml = p["blood_volume_ml"] - held
    if net.nodes["ven"].volume_ml < 500.0 * size:
        raise CircuitError(
            f"blood_volume_ml is {p['blood_volume_ml']:.0f}, but heart, arteries and lungs alone hold {held:.0f}: "
            f"give at least {held + 500.0 * size:.0f}"
        )


def _add_nodes(net: Network, p: Mapping[str, float], size: float) -> None:
    """Chambers, arteries, veins and lung vessels; volumes at the start are those of pressures near a sick heart's."""

    def unstressed(x: Scope, name: str) -> Num:
        return UNSTRESSED_ML[name] * x["pat:size"]

    def chamber(side: str) -> NodeModel:
        def stiffness(x: Scope) -> tuple[Num, Num, Num]:
            diastolic = 1.0 / x[f"pat:c_{side}_dias_ml_mmhg"]
            systolic = 1.0 / x[f"pat:c_{side}_sys_ml_mmhg"]
            strength = x["now:strength"] * x[f"pat:{side}_contractility"]
            e = diastolic + most(systolic - diastolic, 0.0) * strength * x["contraction"]
            return e, unstressed(x, side), x["now:thorax_mmhg"] + x["pericardium_mmhg"] + x["squeeze"]

        return NodeModel(side, stiffness, 110.0 * size)

    def artery(name: str, share: float) -> NodeModel:
        def stiffness(x: Scope) -> tuple[Num, Num, Num]:
            return 1.0 / (x["pat:c_art_ml_mmhg"] * share), unstressed(x, name), 0.0

        return NodeModel(name, stiffness, UNSTRESSED_ML[name] * size + p["c_art_ml_mmhg"] * share * 70.0)

    def in_chest(name: str, compliance: float, pressure: float, squeezed: float, pericardium: float = 0.0) -> NodeModel:
        def stiffness(x: Scope) -> tuple[Num, Num, Num]:
            outside = x["now:thorax_mmhg"] + squeezed * x["squeeze"] + pericardium * x["pericardium_mmhg"]
            return 1.0 / (compliance * x["pat:size"]), unstressed(x, name), outside

        return NodeModel(name, stiffness, (UNSTRESSED_ML[name] + compliance * pressure) * size)

    for name, share in ARTERIAL_SHARE.items():
        net.add_node(artery(name, share))
    net.add_node(NodeModel("ven", lambda x: (1.0 / x["pat:c_ven_ml_mmhg"], x["now:v0_ven_ml"], 0.0), 0.0))
    net.add_node(in_chest("vc", VC_COMPLIANCE, 12.0, 0.3))
    net.add_node(in_chest("ra", RA_COMPLIANCE, 12.0, 0.3, 1.0))
    net.add_node(chamber("rv"))
    net.add_node(in_chest("pa", 3.4, 22.0, 0.0))
    net.add_node(in_chest("pv", 9.0, 20.0, 0.0))
    net.add_node(chamber("lv"))


def _add_vessels(net: Network, size: float) -> None:
    def resistor(r: float | str) -> EdgeLaw:
        def law(x: Scope, q: Num) -> tuple[Num, Drop]:
            return 0.0, linear(q, x[r] if isinstance(r, str) else r / x["pat:size"])

        return law

    def clamped(r: float) -> EdgeLaw:
        return lambda x, q: (0.0, linear(q, r / x["pat:size"] + clamp_resistance(x["in:aortic_clamp"])))

    def bed(name: str, share: float) -> EdgeLaw:
        if name == "coronary":
            return lambda x, q: (0.0, linear(q, x["now:rs_mmhg_s_ml"] / (share * x["coronary_open"])))
        return lambda x, q: (0.0, linear(q, x["now:rs_mmhg_s_ml"] / share))

    net.add_edge(EdgeModel("venous_return", "ven", "vc", resistor(0.014)))
    net.add_edge(EdgeModel("great_veins", "vc", "ra", resistor(0.006)))
    net.add_edge(EdgeModel("tricuspid", "ra", "rv", resistor(0.02), kind="valve"))
    net.add_edge(EdgeModel("pulmonary_valve", "rv", "pa", resistor(0.006), kind="valve"))
    net.add_edge(EdgeModel("lungs", "pa", "pv", resistor("pat:r_pulm_mmhg_s_ml"), cells=5, cell_ml=20.0 * size))
    net.add_edge(EdgeModel("mitral", "pv", "lv", resistor(0.01), kind="valve"))
    net.add_edge(EdgeModel("aortic_valve", "lv", "root", resistor(0.008), kind="valve"))
    net.add_edge(EdgeModel("cross_clamp", "root", "ao_asc", clamped(0.002)))
    net.add_edge(EdgeModel("arch", "ao_asc", "ao_arch", resistor(0.006), inertance=3e-4 / size))
    net.add_edge(EdgeModel("descending", "ao_arch", "ao_desc", resistor(0.012), inertance=8e-4 / size))
    net.add_edge(EdgeModel("femoral_artery", "ao_desc", "leg", resistor(LEG_RESISTANCE)))

    def closing(x: Scope) -> Num:
        return x["now:pcc_mmhg"]

    for name, (from_artery, share, _, cells, cell_ml) in BEDS.items():
        net.add_edge(
            EdgeModel(name, from_artery, "ven", bed(name, share), "starling", cells=cells, cell_ml=cell_ml * size, closing=closing)
        )
    for edge in net.edges.values():
        edge.greatest_ml_s *= size


def beat(x: Scope) -> None:
    """Advance the heart's phase by one substep and set how far it is contracted (0-1), and the squeeze of compressions.

    A heart in fibrillation or standstill does not contract; its phase goes on, for the monitor to find pressures by.
    Systole lasts 0.3 sqrt(RR), relaxation half of that, after a delay of 0.12 sqrt(RR) [CVS6].
    """
    hr = most(x["now:hr_bpm"], 1.0)
    moved = x["phase"] + x.substep_s * hr / 60.0
    phase = select(moved >= 1.0, moved - 1.0, moved)
    x["phase"] = phase
    rr = 60.0 / hr
    root = sqrt(rr)
    t = phase * rr - 0.12 * root
    systole = 0.3 * root
    rising = 1.5707963267948966 * t / systole
    falling = 1.5707963267948966 + 3.141592653589793 * (t - systole) / systole
    angle = select(t < 0.0, 0.0, select(t < systole, rising, select(t < 1.5 * systole, falling, 0.0)))
    x["contraction"] = x["now:beats"] * half_wave(angle)
    pressed = x["squeeze_phase"] + x.substep_s * 100.0 / 60.0  # 100 compressions a minute
    squeeze_phase = select(pressed >= 1.0, pressed - 1.0, pressed)
    x["squeeze_phase"] = squeeze_phase
    x["squeeze"] = x["in:compressions"] * SQUEEZE_MMHG * half_wave(least(squeeze_phase * 2.0, 1.0) * 3.141592653589793)
