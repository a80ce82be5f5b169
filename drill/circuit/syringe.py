"""A syringe at a tap: it draws gas first, then blood; it pushes clear prime, or air.

What is left to do stands in `syringe_draw_ml:`, `syringe_prime_ml:` and `syringe_air_ml:` of the tap's part; it moves at 10 mL/s.
"""

from drill.circuit.gas import GAS, LEAST_SHARE, PRIME
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, between, least, most
from drill.units import TICK_S

ML_S = 10.0  # what a hand moves through a three-way tap, tunable
BLOOD = tuple(PRIME)
ACTS = ("draw", "prime", "air")
LAST_ML, LEAST_ML = 1.0, 1e-9  # what no syringe draws out of a small place, tunable; what contents are divided by


def add_syringe(slots: Slots, part: str) -> None:
    """Make the slots of a syringe that may be put to a tap."""
    for act in ACTS:
        slots.add(f"syringe_{act}_ml:{part}", 0.0)


def _step(x: Scope, slot: str, most_ml: Num) -> Num:
    """Return what moves in this tick, and take it off what is left."""
    moved = least(x[slot], most_ml)
    x[slot] = x[slot] - moved
    return moved


def move(x: Scope, part: str, node: str) -> None:
    """One tick of drawing from the node and pushing into it; all that passes is booked.

    V' = V - drawn + pushed;  c' = (c V - c_drawn drawn + c_pushed pushed)/V'
    """
    volume = most(x[f"vol:{node}"] - x[f"unmixed:{node}"], LEAST_ML)
    at_once = ML_S * TICK_S
    draw = _step(x, f"syringe_draw_ml:{part}", between(volume - LAST_ML, 0.0, at_once))
    prime, air = (_step(x, f"syringe_{act}_ml:{part}", at_once) for act in ACTS[1:])
    share: Num = 0.0
    for g in GAS:
        share = share + x[f"{g}:{node}"]
    there = most(share * volume, 0.0)
    taken = least(draw, there) / most(there, LEAST_ML)  # of the gas that is there; next to nothing is left where it is
    gas = taken * there
    blood = draw - gas
    after = most(volume - draw + prime + air, LEAST_ML)
    per_blood = 1.0 / most(1.0 - share, LEAST_SHARE)
    for s in BLOOD:
        here = x[f"{s}:{node}"]
        brought = PRIME[s] * prime - here * per_blood * blood
        x[f"{s}:{node}"] = (here * volume + brought) / after
        x[f"port:open_{s}"] = x[f"port:open_{s}"] + brought
    for g in GAS:
        pushed = air if g == "bulk" else 0.0
        x[f"{g}:{node}"] = (x[f"{g}:{node}"] * (1.0 - taken) * volume + pushed) / after
    x[f"vol:{node}"] = x[f"vol:{node}"] - draw + prime + air
    for port, amount in (("gas_out_ml", gas), ("blood_lost_ml", blood), ("primed_ml", prime), ("air_in_ml", air)):
        x[f"port:{port}"] = x[f"port:{port}"] + amount
