"""The great veins where a circuit drains and returns: what it takes in of the blood that it has just given back (recirculation).

Most of it follows from the flows: a circuit that drains from the great veins more than comes in pulls blood back out of the atrium.
"""

from collections.abc import Sequence

from drill.circuit.network import Network
from drill.circuit.slots import Scope
from drill.circuit.trace import Num, absolute, between, most, select


def returns(net: Network) -> tuple[str, ...]:
    """Return the machine's parts that give blood back to the atrium: none in VA and on the heart-lung machine."""
    return tuple(e.id for e in net.edges.values() if e.outlet == "ra" and not net.nodes[e.inlet].is_patient)


def stir_great_veins(x: Scope, parts: Sequence[str]) -> dict[tuple[str, str], Num]:
    """Return what the jet of blood that a machine returns to the atrium throws back into the great veins, and draws from them, mL.

    Equal volumes both ways: vv_mixing x return. Drained from the great veins, with f = circuit flow/cardiac output and m = vv_mixing,
    recirculation is m f**2/(1 + m f + m f**2), and more once the circuit takes more than comes: 0.08 to 0.19 for f 0.6 to 1 (tunable).
    """
    if not parts:
        return {}
    thrown: Num = 0.0
    for part in parts:
        thrown = thrown + most(x[f"acc:{part}"], 0.0)
    return {("vc", "ra"): thrown * x["pat:vv_mixing"]}


def recirculation_pct(x: Scope, drained_o2: Num, given_back_o2: Num) -> Num:
    """Return how much of what the circuit drains is its own blood, %, by oxygen contents (mL/mL) of drained, returned and venous blood.

    R = (drained - venous)/(returned - venous)   (reference 4.5, there with saturations)
    """
    gained = given_back_o2 - x["o2:ven"]
    return between(100.0 * (drained_o2 - x["o2:ven"]) / select(absolute(gained) > 0.002, gained, 0.002), 0.0, 100.0)
