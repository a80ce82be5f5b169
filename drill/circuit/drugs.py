"""Drugs as amounts in two places: at the vein where they are given, and in the blood that circulates.

Flow carries them on, so what is given into a standing circulation waits there; what is lost with blood is lost.
"""

from typing import NamedTuple

from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, least, most
from drill.units import TICK_S

VEIN_ML = 250.0  # blood of an adult that a drug is washed out of before it is everywhere, tunable


class Drug(NamedTuple):
    """One drug; amounts are in usual boluses of an adult. `tau_s` is the time constant of its clearance.

    What one bolus in the blood of an adult does, all tunable: `resistance` and `strength` and `rate` as shares more (or less),
    `closing_mmhg` of the arteries' closing pressure, `venous_ml` of what the veins hold without pressure.
    """

    name: str
    bolus: str
    tau_s: float
    source: str
    resistance: float = 0.0
    closing_mmhg: float = 0.0
    venous_ml: float = 0.0
    strength: float = 0.0
    rate: float = 0.0


DRUGS: dict[str, Drug] = {
    d.name: d
    for d in (
        Drug("pressor", "100 microgram noradrenaline or like it", 240.0, "tunable", 0.45, 6.0, -120.0, 0.25),
        Drug("adrenaline", "100 microgram adrenaline; 1 mg in an arrest is ten", 180.0, "tunable", 0.12, 2.0, -80.0, 0.5, 0.35),
        Drug("vasodilator", "200 microgram glyceryl trinitrate or like it", 180.0, "tunable", -0.15, -3.0, 200.0),
        Drug("sedative", "1 mg/kg propofol or like it, with its infusion turned up", 900.0, "tunable", -0.08, -1.0, 40.0),
        Drug("heparin", "5000 IU", 7800.0, "half-life about 90 min, tunable"),
        Drug("protamine", "50 mg, which binds 5000 IU of heparin", 450.0, "half-life about 5 min; 1 mg to 100 IU [BN], tunable"),
    )
}
EFFECTS = tuple(d.name for d in DRUGS.values() if d.resistance or d.strength)
INFUSED = {  # control, and what of its unit makes a bolus in a second
    "heparin": ("heparin_iu_h", 5000.0 * 3600.0),
    "pressor": ("noradrenaline_mcg_min", 100.0 * 60.0),
    "adrenaline": ("adrenaline_mcg_min", 100.0 * 60.0),
}
EFFECT_TAU_S = 8.0  # from blood to effect, tunable
HEPARIN_IU = 5000.0
BINDING_S = 30.0  # protamine and heparin find each other with this time constant, tunable
ACT_REST_S, ACT_PER_IU_ML_S = 120.0, 95.0  # 300 IU/kg, about 4 IU/mL: about 500 s; tunable


def add_drugs(slots: Slots, heparin_iu_ml: float, blood_ml: float) -> None:
    """Make the slots: `<drug>_given` waits at the vein, `<drug>_blood` circulates; what leaves is booked."""
    first = {"heparin": heparin_iu_ml * blood_ml / HEPARIN_IU}
    for name in DRUGS:
        slots.add(f"{name}_given", 0.0)
        slots.add(f"{name}_blood", first.get(name, 0.0))
        slots.add(f"port:{name}_cleared", 0.0)
    for name in INFUSED:
        slots.add(f"port:{name}_infused", 0.0)
    for name in EFFECTS:
        slots.add(f"effect:{name}", 0.0)
    slots.add("lost_before_ml", 0.0)


def carry_drugs(x: Scope) -> None:
    """One tick: infused, washed into the circulation, cleared, lost with blood; heparin and protamine bind one to one.

    given' = -given Q/250 mL;  blood' = given Q/250 mL - blood/tau - blood lost/volume
    """
    washed = least(most(x["flow:venous_return"], 0.0) * TICK_S / (VEIN_ML * x["pat:size"]), 1.0)
    bled = least(most(x["port:blood_lost_ml"] - x["lost_before_ml"], 0.0) / _blood_ml(x), 1.0)
    x["lost_before_ml"] = x["port:blood_lost_ml"]
    for name, (control, per_bolus) in INFUSED.items():
        pumped = x[f"in:{control}"] * (TICK_S / per_bolus)
        x[f"{name}_given"] = x[f"{name}_given"] + pumped
        x[f"port:{name}_infused"] = x[f"port:{name}_infused"] + pumped
    for drug in DRUGS.values():
        moved = x[f"{drug.name}_given"] * washed
        here = x[f"{drug.name}_blood"]
        gone = here * (TICK_S / drug.tau_s + bled)
        x[f"{drug.name}_given"] = x[f"{drug.name}_given"] - moved
        x[f"{drug.name}_blood"] = here + moved - gone
        x[f"port:{drug.name}_cleared"] = x[f"port:{drug.name}_cleared"] - gone
    bound = least(x["heparin_blood"], x["protamine_blood"]) * (TICK_S / BINDING_S)
    for name in ("heparin", "protamine"):
        x[f"{name}_blood"] = x[f"{name}_blood"] - bound
        x[f"port:{name}_cleared"] = x[f"port:{name}_cleared"] - bound
    for name in EFFECTS:
        level = x[f"{name}_blood"] / x["pat:size"]
        x[f"effect:{name}"] = x[f"effect:{name}"] + TICK_S / (EFFECT_TAU_S + TICK_S) * (level - x[f"effect:{name}"])


def effect(x: Scope, what: str) -> Num:
    """Return the sum of what all drugs in the blood do to one quantity, by the names of `Drug`'s fields.

    Each drug's level e counts as e/(1 + 0.1 e): ten boluses do five times as much as one (tunable)
    """
    total: Num = 0.0
    for name in EFFECTS:
        each = float(getattr(DRUGS[name], what))
        if each:
            total = total + each * x[f"effect:{name}"] / (1.0 + 0.1 * x[f"effect:{name}"])
    return total


def _blood_ml(x: Scope) -> Num:
    return most(x["true:blood_volume_ml"], 500.0 * x["pat:size"])


def act_s(x: Scope) -> Num:
    """Return the activated clotting time that a sample would have.

    ACT = 120 s + 95 s per IU/mL of heparin   (tunable)
    """
    return ACT_REST_S + ACT_PER_IU_ML_S * HEPARIN_IU * x["heparin_blood"] / _blood_ml(x)
