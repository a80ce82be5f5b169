"""Drugs as amounts in two places: at the vein where they are given, and in the blood that circulates.

Flow carries them on, so what is given into a standing circulation waits there; what is lost with blood is lost.
"""

from typing import NamedTuple

from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, least, most
from drill.units import TICK_S

VEIN_ML = 250.0  # blood that a drug is washed out of before it is everywhere, tunable


class Drug(NamedTuple):
    """One drug; amounts are in usual boluses. `tau_s` is the time constant of its clearance."""

    name: str
    bolus: str
    tau_s: float
    source: str


DRUGS: dict[str, Drug] = {
    d.name: d
    for d in (
        Drug("pressor", "100 microgram noradrenaline or like it", 240.0, "tunable"),
        Drug("heparin", "5000 IU", 7800.0, "half-life about 90 min, tunable"),
    )
}
HEPARIN_IU = 5000.0
ACT_REST_S, ACT_PER_IU_ML_S = 120.0, 95.0  # 300 IU/kg, about 4 IU/mL: about 500 s; tunable


def add_drugs(slots: Slots, heparin_iu_ml: float, blood_ml: float) -> None:
    """Make the slots: `<drug>_given` waits at the vein, `<drug>_blood` circulates; what leaves is booked."""
    first = {"heparin": heparin_iu_ml * blood_ml / HEPARIN_IU}
    for name in DRUGS:
        slots.add(f"{name}_given", 0.0)
        slots.add(f"{name}_blood", first.get(name, 0.0))
        slots.add(f"port:{name}_cleared", 0.0)
    slots.add("port:heparin_infused", 0.0)
    slots.add("lost_before_ml", 0.0)


def carry_drugs(x: Scope) -> None:
    """One tick: infused, washed into the circulation, cleared, lost with blood.

    given' = -given Q/250 mL;  blood' = given Q/250 mL - blood/tau - blood lost/volume
    """
    pumped = x["in:heparin_iu_h"] * (TICK_S / 3600.0 / HEPARIN_IU)
    x["heparin_given"] = x["heparin_given"] + pumped
    x["port:heparin_infused"] = x["port:heparin_infused"] + pumped
    washed = least(most(x["flow:venous_return"], 0.0) * (TICK_S / VEIN_ML), 1.0)
    bled = most(x["port:blood_lost_ml"] - x["lost_before_ml"], 0.0) / most(x["true:blood_volume_ml"], 500.0)
    x["lost_before_ml"] = x["port:blood_lost_ml"]
    for drug in DRUGS.values():
        moved = x[f"{drug.name}_given"] * washed
        here = x[f"{drug.name}_blood"]
        gone = here * (TICK_S / drug.tau_s + bled)
        x[f"{drug.name}_given"] = x[f"{drug.name}_given"] - moved
        x[f"{drug.name}_blood"] = here + moved - gone
        x[f"port:{drug.name}_cleared"] = x[f"port:{drug.name}_cleared"] - gone


def act_s(x: Scope) -> Num:
    """Return the activated clotting time that a sample would have.

    ACT = 120 s + 95 s per IU/mL of heparin   (tunable)
    """
    return ACT_REST_S + ACT_PER_IU_ML_S * HEPARIN_IU * x["heparin_blood"] / most(x["true:blood_volume_ml"], 500.0)
