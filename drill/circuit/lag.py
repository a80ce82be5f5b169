"""A first-order lag on a slot: what follows something else with a delay."""

from drill.circuit.slots import Scope
from drill.circuit.trace import Num
from drill.units import TICK_S


def toward(x: Scope, name: str, target: Num, tau_s: Num) -> None:
    """Move a slot towards its target by one tick of a first-order lag, implicit, so that any tau above zero is stable."""
    k = TICK_S / (tau_s + TICK_S)
    x[name] = x[name] + k * (target - x[name])
