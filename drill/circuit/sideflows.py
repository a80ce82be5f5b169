"""Small flows beside the graph, once a tick: a bleeding, and the lungs' own arteries. They move volume and all that it carries."""

from drill.circuit.gas import GAS
from drill.circuit.slots import Scope
from drill.circuit.trace import Num, least, most
from drill.circuit.transport import BLOOD
from drill.units import TICK_S

BLEED_AT_MMHG = 80.0  # the aortic pressure at which a bleeding of so many mL/min is meant, tunable
BRONCHIAL_MMHG_S_ML = 80.0  # arteries of the lungs' own tissue, which drain into the left atrium: about 1 % of output, tunable


def bleed(x: Scope) -> None:
    """Blood that runs out of the aorta, with the pressure there, and is lost."""
    wanted = x["bleed_ml_min"] * (TICK_S / 60.0 / BLEED_AT_MMHG) * most(x["p:ao_desc"], 0.0)
    amount = least(wanted, most(0.05 * x["vol:ao_desc"], 0.0))
    x["vol:ao_desc"] = x["vol:ao_desc"] - amount
    x["port:blood_lost_ml"] = x["port:blood_lost_ml"] + amount
    for species in BLOOD:
        x[f"port:open_{species}"] = x[f"port:open_{species}"] - amount * x[f"{species}:ao_desc"]


def bronchial(x: Scope) -> tuple[Num, dict[str, Num]]:
    """Return (mL, what is in it) that the lungs' own arteries bring into the left atrium: it fills a left heart that does not eject."""
    per_s = most(x["p:ao_desc"] - most(x["p:pv"], x["now:pcc_mmhg"]), 0.0) / BRONCHIAL_MMHG_S_ML * x["pat:size"]
    amount = least(per_s * TICK_S, most(0.05 * x["vol:ao_desc"], 0.0))
    x["vol:ao_desc"] = x["vol:ao_desc"] - amount
    x["vol:pv"] = x["vol:pv"] + amount
    return amount, {**{s: x[f"{s}:ao_desc"] for s in BLOOD}, **dict.fromkeys(GAS, 0.0)}
