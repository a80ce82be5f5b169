"""Gas that has reached the arteries: it stays in the aorta for some seconds, and from there a share goes to the brain.

    V' = in - V/tau - V/tau_vent (vent on);  brain' = share V/tau

share is less head down, where the aorta's top is no longer the head's vessels. A surgeon's vent takes gas out before it goes on.
Structure by the order of reference (head down, vent the aorta); every number tunable.
"""

from drill.circuit.slots import Scope, Slots
from drill.units import TICK_S

ARTERIES = frozenset({"ao_asc", "ao_arch", "ao_desc", "root", "leg", "lv"})  # where gas counts as arterial
AORTA_S = 15.0  # how long gas stays before the blood takes it along, tunable
VENT_S = 3.0  # how fast a vent takes it, tunable
BRAIN_SHARE, BRAIN_SHARE_DOWN = 0.3, 0.1  # of arterial gas, level and head down, tunable: the head's vessels leave at the top


def add_emboli(slots: Slots) -> None:
    """Make the slots."""
    slots.add("gas_aorta_ml", 0.0)
    slots.add("gas_brain_ml", 0.0)


def move(x: Scope) -> None:
    """One tick of the aorta's gas."""
    held = x["gas_aorta_ml"]
    gone = held * (TICK_S / AORTA_S)
    share = BRAIN_SHARE + (BRAIN_SHARE_DOWN - BRAIN_SHARE) * x["in:head_down"]
    x["gas_brain_ml"] = x["gas_brain_ml"] + share * gone
    x["gas_aorta_ml"] = held - gone - held * (TICK_S / VENT_S) * x["in:aortic_vent"]
