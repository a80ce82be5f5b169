"""What the patient's body does once a tick: tissue takes oxygen and gives CO2 and lactate, fluids run in, blood runs out."""

from collections.abc import Mapping
from typing import NamedTuple

from drill.circuit import drugs, heart, heat, lungs, myocardium, volatile
from drill.circuit.acid_base import add_place, base_excess_of, content_at
from drill.circuit.blood import O2_PER_G_HB, po2_of, saturation_of
from drill.circuit.lag import toward
from drill.circuit.patient import BEDS
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, between, least, most
from drill.units import TICK_S

VENOUS_MORE_MMHG = 6.0  # PCO2 of venous blood above arterial at the start, tunable
COLLAPSED_SAT, FREE_SAT = 0.10, 0.30  # tissue takes all it wants above the second, nothing below the first; tunable
# CO2 that tissue holds beside blood, as mL of blood that would hold as much, and its time constant in s: together about
# 2 L of CO2, 4-5 mmHg/min in apnoea (reference 4.4 and 8, tunable); it meets the last cell of the bed `body`
STORES = {"fast": (2000.0, 240.0), "slow": (2500.0, 1800.0)}


class Fluid(NamedTuple):
    """What runs into a vein: its name in slots, and what it holds (as blood does: mL/mL, g/L, mL/mL, degC)."""

    slot: str
    mix: Mapping[str, float]


FLUIDS: dict[str, Fluid] = {
    "clear": Fluid("infuse", {"o2": 0.005, "hb": 0.0, "co2": 0.0, "heat": 22.0}),
    "blood": Fluid("transfuse", {"o2": 0.16, "hb": 190.0, "co2": 0.6, "heat": 30.0}),  # red cells, tunable
}


def add_body(slots: Slots, p: Mapping[str, float], size: float) -> None:
    """Make the slots of reflex, metabolism, drugs and beat by beat pressures."""
    slots.add("debt_ml", 0.0)
    slots.add("vo2_mean", p["vo2_ml_min"])
    slots.add("bleed_ml_min", 0.0)
    heart.add_heart(slots, p)
    for fluid in FLUIDS.values():
        slots.add(f"{fluid.slot}_ml_s", 0.0)
        slots.add(f"{fluid.slot}_left_ml", 0.0)
        slots.add(f"port:{fluid.slot}d_ml", 0.0)
    drugs.add_drugs(slots, p["heparin_iu_ml"], p["blood_volume_ml"])
    lungs.add_lungs(slots, 0.5, p["paco2_mmhg"])
    myocardium.add_myocardium(slots, p["arrested"])
    heat.add_body_heat(slots, p, size)
    be = float(base_excess_of(p["be_mmol_l"], p["hb_g_l"], 0.7))  # type: ignore[arg-type]
    venous, ph = content_at(p["paco2_mmhg"] + VENOUS_MORE_MMHG, p["hb_g_l"], 0.7, be)
    for name in STORES:
        slots.add(f"co2_store:{name}", venous)
    add_place(slots, "lungs", ph, p["paco2_mmhg"] + VENOUS_MORE_MMHG)
    add_place(slots, "right_hand")
    slots.add("lactate_mmol_l", p["lactate_mmol_l"])
    for port in ("tissue_o2", "tissue_co2"):
        slots.add(f"port:{port}", 0.0)
    for bed in BEDS:
        slots.add(f"deficit:{bed}", 0.0)


def infusions(x: Scope) -> list[tuple[Num, Mapping[str, Num]]]:
    """Return (mL run in during this tick, what is in it) of each kind of fluid, and book them."""
    running: list[tuple[Num, Mapping[str, Num]]] = []
    for slot, mix in FLUIDS.values():
        amount = least(x[f"{slot}_ml_s"] * TICK_S, x[f"{slot}_left_ml"])
        x[f"{slot}_left_ml"] = x[f"{slot}_left_ml"] - amount
        x[f"port:{slot}d_ml"] = x[f"port:{slot}d_ml"] + amount
        x["vol:ven"] = x["vol:ven"] + amount
        running.append((amount, mix))
    return running


def breathe_tissue(x: Scope) -> None:
    """Take oxygen out of each bed's blood and give CO2: all that is wanted, less where saturation falls under 30 %, none under 10 %.

    VO2 = VO2(37 degC) 2.4**((T - 37)/10), VCO2 = RQ VO2
    """
    debt: Num = 0.0
    used: Num = 0.0
    vo2 = x["pat:vo2_ml_min"] * x["vo2_factor"] * volatile.vo2_factor(x) * heat.metabolic_factor(x["temp:core"]) / 60.0 * TICK_S
    for bed, (_, _, vo2_share, cells, adult_ml) in BEDS.items():
        cell_ml = adult_ml * x["pat:size"]
        wanted = vo2 * vo2_share
        if bed == "coronary":
            wanted = wanted * (1.0 - myocardium.SPARED * x["arrest"])
        got: Num = 0.0
        for k in range(cells):
            slot = f"o2:{bed}:{k}"
            held = x[slot]
            full = most(O2_PER_G_HB * x[f"hb:{bed}:{k}"] / 1000.0, 1e-6)
            free = between((held / full - COLLAPSED_SAT) / (FREE_SAT - COLLAPSED_SAT), 0.0, 1.0)
            taken = wanted / cells * free
            x[slot] = held - taken / cell_ml
            x[f"co2:{bed}:{k}"] = x[f"co2:{bed}:{k}"] + x["pat:rq"] * taken / cell_ml
            got = got + taken
        used = used + got
        short = wanted - got
        toward(x, f"deficit:{bed}", short / most(wanted, 1e-9), 5.0)
        debt = debt + short
    x["port:tissue_o2"] = x["port:tissue_o2"] - used
    toward(x, "vo2_mean", used * (60.0 / TICK_S), 10.0)
    x["port:tissue_co2"] = x["port:tissue_co2"] + x["pat:rq"] * used
    _store_co2(x)
    heat.warm_tissue(x, used, {bed: row[4] for bed, row in BEDS.items()})  # both of an adult: the size cancels
    x["debt_ml"] = x["debt_ml"] + debt
    # 0.65 x 22.4 mL O2 per mmol and 0.29 L/kg [IHCA]; clearance half-life about 15 min [LACTK]
    produced = 0.65 * debt / 22.4 / (0.29 * x["pat:weight_kg"])
    x["lactate_mmol_l"] = x["lactate_mmol_l"] + produced - (x["lactate_mmol_l"] - x["pat:lactate_mmol_l"]) * (0.0462 / 60.0 * TICK_S)
    x["be_mmol_l"] = x["pat:be_mmol_l"] - (x["lactate_mmol_l"] - x["pat:lactate_mmol_l"])  # 1 mmol/L for 1 mmol/L, reference 4.2


def _store_co2(x: Scope) -> None:
    """Tissue takes up and gives back CO2: flow between blood and store = V/tau (c_blood - c_store)."""
    slot = f"co2:body:{BEDS['body'][3] - 1}"
    for name, (volume_ml, tau_s) in STORES.items():
        moved = volume_ml / tau_s * TICK_S * (x[slot] - x[f"co2_store:{name}"])
        x[slot] = x[slot] - moved / BEDS["body"][4]  # both of an adult: the size cancels
        x[f"co2_store:{name}"] = x[f"co2_store:{name}"] + moved / volume_ml


def saturation_at(x: Scope, name: str, o2: Num, hb: Num, shift: Num) -> Num:
    """Return the saturation (0-1) of blood of this content, following its PO2 in the slot `po2:name`."""
    po2 = po2_of(o2, hb, x[f"po2:{name}"], shift)
    x[f"po2:{name}"] = po2
    return saturation_of(o2, hb, po2)
