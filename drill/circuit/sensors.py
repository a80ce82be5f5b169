"""From the state to readings: the truth once a tick, and what each sensor displays of it (lag, zero, range, resolution).

A sensor fails in three ways, each a slot by the reading's name: `zero:` is off, it is `stuck:` at what it showed, or its
contact is `lost:`. Without contact a display is blank, except the bubble sensor's: dry, it sees air.
"""

from drill.circuit import acid_base, emboli, veins, vitals
from drill.circuit.body import saturation_at
from drill.circuit.heat import water_flow, water_pressure_mmhg
from drill.circuit.lag import toward
from drill.circuit.laws import ML_S_PER_L_MIN
from drill.circuit.network import Network
from drill.circuit.readings import LAB, LIVE, READINGS, SHOWN
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import CircuitSpec
from drill.circuit.trace import Num, Test, absolute, between, select
from drill.errors import CircuitError, NameUnknownError
from drill.units import TICK_S

SITES = ("flow", "p_ven", "p_pre", "p_post", "svo2", "post_ox", "pump", "oxygenator", "leak")
OPTIONAL_SITES = (
    *("bubble", "reservoir", "filter", "wound", "cardioplegia", "vent", "suction", "spare", "bag", "second_oxygenator"),
    "retrograde",  # the way from the arterial line's end backwards through the head
)
PART_SITES = frozenset({"flow", "svo2", "pump", "oxygenator", "leak", *OPTIONAL_SITES})
LAG_S: dict[str, float] = {  # how long a display takes to follow (0 where nothing stands), tunable; a circuit's `sensors` may say otherwise
    "flow_l_min": 0.4,
    "p_ven_mmhg": 0.3,
    "p_pre_mmhg": 0.3,
    "p_post_mmhg": 0.3,
    "dp_ox_mmhg": 0.3,
    "svo2_pct": 5.0,
    "hb_g_l": 5.0,
    "cvp_mmhg": 1.5,
    "spo2_right_hand_pct": 6.0,
    "spo2_left_hand_pct": 6.0,
    "spo2_foot_pct": 8.0,
    "nirs_pct": 4.0,
    "nirs_left_pct": 4.0,
    "sweep_l_min": 0.3,
    "fdo2_pct": 3.0,
    "etco2_mmhg": 4.0,
    "temp_core_c": 20.0,
    "temp_blood_out_c": 5.0,
    "water_temp_c": 3.0,
    "water_flow_l_min": 1.0,
    "water_pressure_mmhg": 0.5,
    "reservoir_ml": 0.5,
    "cylinder_l": 1.0,
}
DRY_BUBBLE_ML = 10.0  # what a bubble sensor without coupling shows, tunable: air reflects ultrasound as a dry face does
_ROUND = 6755399441055744.0
PO2_PLACES = {
    "svo2": 40.0,
    "post_ox": 400.0,
    "right_hand": 90.0,
    "left_hand": 90.0,
    "coronary": 90.0,
    "foot": 90.0,
    "head_right": 35.0,
    "head_left": 35.0,
}


def bubble_site(spec: CircuitSpec) -> str:
    """Return the part at whose outlet end the bubble sensor sits: the flow probe's, where the circuit names no other."""
    return spec.sites.get("bubble", spec.sites["flow"])


def add_sensors(slots: Slots, spec: CircuitSpec, net: Network, *, bench: bool) -> None:
    """Make the slots of truth and display; every site must name a node or part that exists."""
    for site in SITES:
        if site not in spec.sites:
            raise CircuitError(f"circuit '{spec.id}' names no place for '{site}' under sites: add `{site}: <node or part>`")
    for site in (s for s in (*SITES, *OPTIONAL_SITES) if s in spec.sites):
        place, known = spec.sites[site], (net.edges if site in PART_SITES else net.nodes)
        if place not in known:
            raise NameUnknownError(f"place of site '{site}' (circuit '{spec.id}')", place, known)
    for place, po2 in PO2_PLACES.items():
        slots.add(f"po2:{place}", po2)
    for name in READINGS:
        slots.add(f"true:{name}", 0.0)
    for name in SHOWN:
        slots.add(f"lag:{name}", 0.0)
        slots.add(f"shown:{name}", 0.0)
        slots.add(f"zero:{name}", next((s.zero for s in spec.sensors if s.reading == name), 0.0))
        slots.add(f"stuck:{name}", 0.0)
        slots.add(f"lost:{name}", 1.0 if READINGS[name].host == LAB else 0.0)
    slots.add("backflow_ml", 0.0)
    slots.add("sensing", 0.0)
    slots.add("gas_ml", 0.0)
    emboli.add_emboli(slots)
    slots.add("bubble_window_ml", 0.0)
    slots.add("crank_tach", 0.0)
    slots.add("drive_rpm", 0.0)
    slots.add("battery_pct", 100.0)
    del bench


def measure(x: Scope, spec: CircuitSpec, net: Network, *, bench: bool) -> None:
    """Work out every true reading from the state of this tick."""
    site = spec.sites
    ox, second = site["oxygenator"], site.get("second_oxygenator")
    switched = None if second is None else _by_second(x, spec)

    def of_lung(slot: str) -> Num:
        """Return a number of the oxygenator that the patient's blood comes from."""
        first = x[slot.format(ox)]
        return first if switched is None else select(switched, x[slot.format(second)], first)

    true: dict[str, Num] = {
        "flow_l_min": x["flow_site_ml_s"] / ML_S_PER_L_MIN,
        "pump_rpm": x[f"rpm:{site['pump']}"],
        "battery_pct": x["battery_pct"],
        "crank_tach_rpm": x[f"rpm:{site['pump']}"],
        "p_ven_mmhg": x[f"p:{site['p_ven']}"],
        "p_pre_mmhg": x[f"p:{site['p_pre']}"],
        "p_post_mmhg": x[f"p:{site['p_post']}"],
        "dp_ox_mmhg": x[f"p:{site['p_pre']}"] - x[f"p:{site['p_post']}"],
        "sweep_l_min": of_lung("gas_flow:{}") / ML_S_PER_L_MIN,
        "fdo2_pct": 100.0 * x["supply:fdo2"],
        "gas_supply_alarm": x["supply:crossover"],
        "cylinder_l": x["supply:cylinder_l"],
        "agent_exhaust_pct": x[f"agent:{ox}"],
        "agent_blood_pct": x["agent_pct"],
        "gas_pressure_mmhg": x[f"gas_pressure_mmhg:{ox}"],
        "pco2_post_mmhg": of_lung("pco2:{}_out"),
        "temp_blood_out_c": acid_base.blood_at(x, site["post_ox"]).temp_c,
        "water_temp_c": x["water_temp_c"],
        "water_flow_l_min": water_flow(x),
        "water_pressure_mmhg": water_pressure_mmhg(x),
        "backflow_ml": x["backflow_ml"],
        "gas_to_patient_ml": x["gas_ml"],
        "bubble_ml": x["bubble_window_ml"],
        "gas_in_head_ml": x[f"gas_in:{site['pump']}"],
        "air_drawn_ml": x["port:air_in_ml"],
        "blood_lost_ml": x["port:blood_lost_ml"],
    }
    lungs = [p for p in spec.parts if p.kind == "oxygenator"]
    held = [x[f"gas_in:{p.id}"] * x[f"there:{p.id}"] if p.instead_of else x[f"gas_in:{p.id}"] for p in lungs]
    true["gas_in_oxygenator_ml"] = sum(held, start=0.0 * x["gas_ml"])
    if "reservoir" in site:
        true["reservoir_ml"] = x[f"vol:{net.edges[site['reservoir']].inlet}"]
    cell = net.edges[site["svo2"]].cells - 1
    hb = x[f"hb:{site['svo2']}:{cell}"]
    true["hb_g_l"] = hb
    true["svo2_pct"] = 100.0 * saturation_at(x, "svo2", x[f"o2:{site['svo2']}:{cell}"], hb, x[f"shift:{ox}_in"])
    after = acid_base.blood_at(x, site["post_ox"])
    true["sat_post_pct"] = 100.0 * saturation_at(x, "post_ox", after.o2, after.hb_g_l, x[f"shift:{ox}_out"])
    true["po2_post_mmhg"] = x["po2:post_ox"]
    if not bench:
        true |= vitals.truth(x, ox)
        if "retrograde" in site:  # the tip of the central line lies in the cava that is snared around the arterial line then
            in_cava = x[f"p:{net.edges[site['retrograde']].inlet}"]
            true["cvp_mmhg"] = select(x["in:line_in_svc"] > 0.5, in_cava, true["cvp_mmhg"])
        true["recirculation_pct"] = veins.recirculation_pct(x, x[f"o2:{site['svo2']}:{cell}"], after.o2)
    total: Num = sum(e.cells * e.cell_ml for e in net.edges.values())
    for node in net.nodes.values():
        if node.stiffness is not None:
            total = total + x[f"vol:{node.id}"]
    true["blood_volume_ml"] = total
    for name, value in true.items():
        x[f"true:{name}"] = value


def _by_second(x: Scope, spec: CircuitSpec) -> bool | Test:
    """Whether more of what goes on to the patient comes from the second of two oxygenators than from the first."""
    site, parts = spec.sites, {p.id: p for p in spec.parts}

    def to_patient(lung: str) -> Num:
        ways = [p.id for p in spec.parts if (p.inlet, p.outlet) == (parts[lung].outlet, site["post_ox"])]
        return x[f"flow:{ways[0] if ways else lung}"]

    return to_patient(site["second_oxygenator"]) > to_patient(site["oxygenator"])


def display(x: Scope, spec: CircuitSpec, net: Network) -> None:
    """Lag, zero error, range and resolution of every display; whether its host is alive is the plant's to say."""
    own = {s.reading: s.lag_s for s in spec.sensors}
    special: dict[str, Num] = {
        "pump_rpm": x["drive_rpm"],
        "crank_tach_rpm": x["crank_tach"],
        "sweep_l_min": x["supply:metered_ml_s"] / ML_S_PER_L_MIN,
        "dp_ox_mmhg": x["true:dp_ox_mmhg"] + x["zero:p_pre_mmhg"] - x["zero:p_post_mmhg"],  # worked out from the two, with their errors
    }
    for name in LIVE:
        reading = READINGS[name]
        source: Num = special.get(name, x[f"true:{name}"])
        lag = own.get(name, LAG_S.get(name, 0.0))
        if lag > 0.0:
            toward(x, f"lag:{name}", source, lag)
            x[f"lag:{name}"] = select(x["sensing"] > 0.5, x[f"lag:{name}"], source)  # a display that is switched on shows what is there
            source = x[f"lag:{name}"]
        if name == "bubble_ml":
            source = select(x[f"lost:{name}"] > 0.5, DRY_BUBBLE_ML, source)
        held = between(source + x[f"zero:{name}"], reading.low, reading.high)
        steps = held / reading.resolution
        x[f"shown:{name}"] = select(x[f"stuck:{name}"] > 0.5, x[f"shown:{name}"], ((steps + _ROUND) - _ROUND) * reading.resolution)
    x["sensing"] = 1.0
    watched = bubble_site(spec)
    end = net.edges[watched].cells - 1
    seen = x[f"bulk:{watched}:{end}"] + x[f"small:{watched}:{end}"]
    toward(x, "bubble_window_ml", absolute(x["bubble_site_ml"]) * seen / TICK_S, 1.0)
    x["backflow_ml"] = x["backflow_ml"] + select(x["flow_site_ml"] < 0.0, -x["flow_site_ml"], 0.0)
    x["flow_site_ml_s"] = x["flow_site_ml"] / TICK_S
