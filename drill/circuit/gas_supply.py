"""The way of the sweep gas: wall or cylinder, blender, flowmeter, vaporiser, hose, fibres, exhaust, scavenger.

What the flowmeter shows is what passes the flowmeter; what reaches the fibres may be less, and only the blood tells.
"""

from drill.circuit import volatile
from drill.circuit.laws import ML_S_PER_L_MIN
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between, least, most, select
from drill.units import TICK_S

CYLINDER_L = 400.0  # a 2 L cylinder at 200 bar: 100 min at 4 L/min; a circuit's `drives` may say otherwise (cylinder_l)
SCAVENGE_MMHG = 1.0  # suction of a scavenger that is set right, tunable
EXHAUST_MMHG_S_ML = 0.03  # an open exhaust: 2 mmHg at 4 L/min, tunable
BLOCKED_MMHG_S_ML = 1e5
RELIEF_MMHG = 300.0  # where the hose slips off its connector, tunable
WATER_CLEARED_S, SIGH_ML_S = 3.0, 8.0 * ML_S_PER_L_MIN  # 10 L/min for 10 s clears, reference 2.5; time constant tunable
WALL_LIMIT = 0.5


def add_supply(slots: Slots, cylinder_l: float) -> None:
    """Make the slots of the supply; all that faults write stand at whole and full."""
    slots.add("supply:wall_o2", 1.0)
    slots.add("supply:wall_air", 1.0)
    slots.add("supply:cylinder_l", cylinder_l)
    slots.add("supply:cap_leak", 0.9)
    slots.add("supply:blender_error_pct", 0.0)
    slots.add("supply:flow_factor", 1.0)
    slots.add("supply:crossover", 0.0)
    slots.add("supply:metered_ml_s", 0.0)
    slots.add("supply:hose_ml_s", 0.0)
    slots.add("supply:fdo2", 1.0)
    slots.add("supply:scavenge_mmhg", SCAVENGE_MMHG)
    volatile.add_volatile(slots)


def run_supply(x: Scope) -> None:
    """One tick from the source to the hose at the oxygenator.

    The wall's hoses are indexed: they can be off, never swapped. With one wall gas missing the
    blender passes the other alone and sounds its crossover alarm; a cylinder gives oxygen,
    content' = content - flow dt, until it is empty.
    """
    o2, air = x["supply:wall_o2"] * x["in:hose_wall_o2"] > WALL_LIMIT, x["supply:wall_air"] * x["in:hose_wall_air"] > WALL_LIMIT
    both = select(o2, select(air, 1.0, 0.0), 0.0)
    any_wall = select(o2, 1.0, select(air, 1.0, 0.0))
    on_wall = x["in:gas_source"] < 0.5
    left = x["supply:cylinder_l"]
    has_gas = select(on_wall, any_wall, select(left > 0.0, 1.0, 0.0))
    mixed = between((x["in:fdo2_pct"] + x["supply:blender_error_pct"]) / 100.0, 0.21, 1.0)
    x["supply:fdo2"] = select(on_wall, select(both > 0.5, mixed, select(o2, 1.0, 0.21)), 1.0)
    x["supply:crossover"] = select(on_wall, 1.0 - both, 0.0)
    x["supply:metered_ml_s"] = x["in:sweep_l_min"] * ML_S_PER_L_MIN * has_gas
    flow = x["supply:metered_ml_s"] * x["supply:flow_factor"]
    x["supply:cylinder_l"] = select(on_wall, left, most(left - flow * (TICK_S / 1000.0), 0.0))
    leaking = 1.0 - (1.0 - x["in:vaporiser_cap"]) * x["supply:cap_leak"]
    x["supply:hose_ml_s"] = flow * leaking * x["in:gas_hose"]


def add_gas_side(slots: Slots, part: PartSpec) -> None:
    """Make the slots of an oxygenator's gas side: pressure above air, through-flow, oxygen fraction, water, clot, leak."""
    slots.add(f"hose_on:{part.id}", 0.0 if slots.names("hose_on:") else 1.0)
    slots.add(f"gas_pressure_mmhg:{part.id}", 0.0)
    slots.add(f"gas_flow:{part.id}", 0.0)
    slots.add(f"gas_o2:{part.id}", 0.95)
    slots.add(f"agent:{part.id}", 0.0)
    slots.add(f"taken:{part.id}", 0.0)
    slots.add(f"water:{part.id}", 0.0)


def run_gas_side(x: Scope, part: PartSpec) -> None:
    """One tick of an oxygenator's gas side.

    V/760 dP/dt = flow in - (P - P_scavenger)/R_exhaust, P <= 300 mmHg;   V dF/dt = through-flow (F_in - F) - VO2

    Water stays until a sigh (more than 8 L/min) blows it out with a time constant of 3 s.
    """
    first = x.slots.names("hose_on:")[0] == f"hose_on:{part.id}"
    x[f"hose_on:{part.id}"] = 1.0 - x["in:gas_hose_second"] if first else x["in:gas_hose_second"]
    volume = x[f"par:{part.id}.gas_volume_ml"]
    open_share = 1.0 - x["in:gas_exhaust"]
    resistance = least(EXHAUST_MMHG_S_ML / most(open_share * open_share * open_share * open_share, 1e-9), BLOCKED_MMHG_S_ML)
    per_ml = TICK_S * 760.0 / most(volume, 1.0)
    drawn = -x["supply:scavenge_mmhg"] * x["in:scavenger"]
    coming = per_ml * (x["supply:hose_ml_s"] * x[f"hose_on:{part.id}"] + drawn / resistance)
    pressure = least((x[f"gas_pressure_mmhg:{part.id}"] + coming) / (1.0 + per_ml / resistance), RELIEF_MMHG)
    through = most((pressure - drawn) / resistance, 0.0)
    x[f"gas_pressure_mmhg:{part.id}"] = pressure
    x[f"gas_flow:{part.id}"] = through
    taken = x[f"port:{part.id}_o2"] - x[f"taken:{part.id}"]
    x[f"taken:{part.id}"] = x[f"port:{part.id}_o2"]
    fresh = through * TICK_S
    held = x[f"gas_o2:{part.id}"] * volume
    x[f"gas_o2:{part.id}"] = between((held + fresh * x["supply:fdo2"] - taken) / (volume + fresh), 0.0, 1.0)
    volatile.run_volatile(x, part, through)
    water = x[f"water:{part.id}"]
    dry: Num = select(through > SIGH_ML_S, TICK_S / WATER_CLEARED_S, 0.0)
    x[f"water:{part.id}"] = water - dry * water
