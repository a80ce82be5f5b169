"""Gas that has reached the arteries: it stays in the aorta until blood or its own lift takes it on, a share of it to the brain.

    V' = in + back - V (q/V_a + level/tau_rise) - V vent/tau_vent;  out of the aorta = V (q/V_a + level/tau_rise)
    brain' = share out of the aorta - back;  back = brain q_back/V_b

q is what runs on from the arteries; without flow gas lies under the aorta's wall, and rises into the head's vessels unless the patient
lies head down. share is less head down too, where the aorta's top is no longer the head's vessels. A surgeon's vent takes gas out
before it goes on. Blood that is driven backwards through the head, from the superior vena cava, brings gas back into the aorta.
Structure by the order of reference (head down, vent the aorta, retrograde through the SVC); every number tunable.
"""

from drill.circuit.patient import BEDS
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, least, most
from drill.units import TICK_S

ARTERIES = frozenset({"ao_asc", "ao_arch", "ao_desc", "root", "leg", "lv"})  # where gas counts as arterial
AORTA_ML = 1125.0  # of blood that has to run on for it to take the gas along: 15 s at 4.5 L/min, tunable
RISE_S = 40.0  # how long gas lies in the aorta of a patient who lies level, without flow, tunable
VENT_S = 3.0  # how fast a vent takes it, tunable
BRAIN_SHARE, BRAIN_SHARE_DOWN = 0.3, 0.1  # of arterial gas, level and head down, tunable: the head's vessels leave at the top
BACK_ML = 400.0  # of blood from the SVC that washes two thirds of its gas out of the head, tunable: 25 s at 1 L/min


def add_emboli(slots: Slots) -> None:
    """Make the slots: gas in the aorta, what has gone to the brain in all, and what is still in it."""
    slots.add("gas_aorta_ml", 0.0)
    slots.add("gas_brain_ml", 0.0)
    slots.add("gas_in_brain_ml", 0.0)


def move(x: Scope, back_ml: Num = 0.0) -> None:
    """One tick of the gas in aorta and brain; `back_ml` is the blood of this tick that ran backwards through the head."""
    held, level = x["gas_aorta_ml"], 1.0 - x["in:head_down"]
    on: Num = 0.0
    for bed in BEDS:
        on = on + most(x[f"flow:{bed}"], 0.0)
    gone = held * TICK_S * (on / (AORTA_ML * x["pat:size"]) + level / RISE_S)
    share = BRAIN_SHARE_DOWN + (BRAIN_SHARE - BRAIN_SHARE_DOWN) * level
    washed = x["gas_in_brain_ml"] * least(most(back_ml, 0.0) / (BACK_ML * x["pat:size"]), 1.0)
    x["gas_brain_ml"] = x["gas_brain_ml"] + share * gone
    x["gas_in_brain_ml"] = x["gas_in_brain_ml"] + share * gone - washed
    x["gas_aorta_ml"] = held + washed - gone - held * (TICK_S / VENT_S) * x["in:aortic_vent"]
