"""A syringe at a tap: it draws gas first, then blood; it pushes clear prime, or air.

What is left to do stands in `syringe_draw_ml:`, `syringe_prime_ml:` and `syringe_air_ml:` of the tap's part; it moves at 10 mL/s.
"""

from drill.circuit.gas import GAS, PRIME
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, least, most
from drill.units import TICK_S

ML_S = 10.0  # what a hand moves through a three-way tap, tunable
BLOOD = tuple(PRIME)
ACTS = ("draw", "prime", "air")


def add_syringe(slots: Slots, part: str) -> None:
    """Make the slots of a syringe that may be put to a tap."""
    for act in ACTS:
        slots.add(f"syringe_{act}_ml:{part}", 0.0)


def _step(x: Scope, slot: str) -> Num:
    """Return what moves in this tick, and take it off what is left."""
    moved = least(x[slot], ML_S * TICK_S)
    x[slot] = x[slot] - moved
    return moved


def move(x: Scope, part: str, node: str) -> None:
    """One tick of drawing from the node and pushing into it; all that passes is booked.

    V' = V - drawn + pushed;  c' = (c V - c_drawn drawn + c_pushed pushed)/V'
    """
    draw, prime, air = (_step(x, f"syringe_{act}_ml:{part}") for act in ACTS)
    volume = most(x[f"vol:{node}"] - x[f"unmixed:{node}"], 1.0)
    share: Num = 0.0
    for g in GAS:
        share = share + x[f"{g}:{node}"]
    gas = least(draw, share * volume)
    blood = draw - gas
    after = most(volume - draw + prime + air, 1.0)
    per_blood = 1.0 / most(1.0 - share, 1e-6)
    for s in BLOOD:
        here = x[f"{s}:{node}"]
        brought = PRIME[s] * prime - here * per_blood * blood
        x[f"{s}:{node}"] = (here * volume + brought) / after
        x[f"port:open_{s}"] = x[f"port:open_{s}"] + brought
    left = 1.0 - gas / most(share * volume, 1e-30)
    for g in GAS:
        pushed = air if g == "bulk" else 0.0
        x[f"{g}:{node}"] = (x[f"{g}:{node}"] * left * volume + pushed) / after
    x[f"vol:{node}"] = x[f"vol:{node}"] - draw + prime + air
    for port, amount in (("gas_out_ml", gas), ("blood_lost_ml", blood), ("primed_ml", prime), ("air_in_ml", air)):
        x[f"port:{port}"] = x[f"port:{port}"] + amount
