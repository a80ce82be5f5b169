"""Cardioplegia: what stops the heart, how it gets there, and how it is washed out again.

Whatever runs in through the cardioplegia line is taken to carry the agent at full strength (a dosed additive or the bag's).
It mixes in the aortic root with what else comes there, and reaches the muscle with coronary flow.
"""

from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, between, most
from drill.units import TICK_S

MUSCLE_ML = 120.0  # blood and muscle that the agent has to fill, tunable: 600-800 mL arrest
WASHED_S = 3000.0  # non-coronary collaterals wash it out: a dose lasts about 20-25 min, tunable
SPARED = 0.95  # share of its oxygen that a still, unloaded heart does without, tunable
STOPS_FROM, STOPS_AT = 0.3, 0.6  # share of full strength at which the beat weakens and stands, tunable


def add_myocardium(slots: Slots, arrested: float) -> None:
    """Make the slots; `arrested` (0-1) is the strength that the muscle begins with."""
    slots.add("plegia_root", arrested)
    slots.add("plegia_heart", arrested)
    slots.add("arrest", arrested)
    slots.add("plegia_ml", 0.0)


def wash(x: Scope, given_ml: Num) -> None:
    """One tick, before blood moves: the root mixes, the muscle follows with coronary flow.

    V_root c' = given - c (all that comes in);  V c_heart' = Q_cor (c - c_heart) - V c_heart/3000 s
    """
    came = most(x["acc:aortic_valve"], 0.0) + most(-x["acc:cross_clamp"], 0.0) + most(given_ml, 0.0)
    x["plegia_ml"] = x["plegia_ml"] + most(given_ml, 0.0)
    root = x["plegia_root"]
    root = root + (most(given_ml, 0.0) - root * came) / most(most(x["vol:root"], came), 1.0)
    x["plegia_root"] = root
    heart = x["plegia_heart"]
    share = between(most(x["acc:coronary"], 0.0) / (MUSCLE_ML * x["pat:size"]), 0.0, 1.0)
    heart = heart + share * (root - heart) - heart * (TICK_S / WASHED_S)
    x["plegia_heart"] = heart
    x["arrest"] = between((heart - STOPS_FROM) / (STOPS_AT - STOPS_FROM), 0.0, 1.0)
