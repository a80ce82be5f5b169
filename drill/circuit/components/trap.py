"""What oxygenators and filters do with gas in the blood: they hold most of it back until they are full, and let it out by a vent."""

from collections.abc import Mapping
from typing import NamedTuple

from drill.circuit.components.base import cells
from drill.circuit.gas import GAS, room
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, least, most, select
from drill.circuit.transport import SPECIES
from drill.units import TICK_S

SYRINGE_ML_S = 10.0  # as at a tap, tunable
VENT_ML_S = 10.0  # gas that an open vent lets out, tunable


class Holds(NamedTuple):
    """The share of each class that is held back while there is room, and how full a trap gets before it gives way.

    What is held back only comes later; bubbles that gather into slugs, with the time constant `gathers_s`, stay.
    """

    bulk: float
    small: float
    micro: float
    full_share: float
    give_way: float
    gathers_s: float

    def keep(self, x: Scope, share: Num) -> Mapping[str, Num]:
        """Return the share of each class that a cell holds back."""
        del x
        free = room(share, self.full_share, self.give_way)
        return {"bulk": self.bulk * free, "small": self.small * free, "micro": self.micro * free}


# About 50 mL in an oxygenator of 250 mL, then it passes; reference 6, tunable. Micro bubbles take V/(Q (1 - 0.6)) = 9.4 s through
# it at 4 L/min, of which gathering in 3.4 s leaves exp(-9.4/3.4) = 6.3 %: 93.7 % of the volume is kept [NX19].
OXYGENATOR = Holds(bulk=0.99, small=0.9, micro=0.6, full_share=0.22, give_way=0.08, gathers_s=3.4)
keep = OXYGENATOR.keep


def add_trap(slots: Slots, part: PartSpec) -> None:
    """Make the slots of a trap: what it holds, and what a syringe has still to draw."""
    slots.add(f"gas_in:{part.id}", 0.0)
    slots.add(f"syringe_draw_ml:{part.id}", 0.0)


def vent(part: PartSpec, x: Scope) -> None:
    """Let gas out of an oxygenator's top by its vent."""
    gather(part, x, OXYGENATOR.gathers_s)
    let_out(part, x, x["in:vent_ox"] * x[f"there:{part.id}"] if part.instead_of else x["in:vent_ox"])


def gather(part: PartSpec, x: Scope, over_s: float) -> None:
    """One tick of bubbles that run together on fibres or mesh: small and micro become bulk with this time constant."""
    k_s = TICK_S / over_s
    for k in range(cells(part.params["volume_ml"])[0]):
        small, micro = x[f"small:{part.id}:{k}"], x[f"micro:{part.id}:{k}"]
        x[f"bulk:{part.id}:{k}"] = x[f"bulk:{part.id}:{k}"] + k_s * (small + micro)
        x[f"small:{part.id}:{k}"] = small - k_s * small
        x[f"micro:{part.id}:{k}"] = micro - k_s * micro


def let_out(part: PartSpec, x: Scope, opened: Num) -> None:
    """Let gas out of the top while blood stands above the air's pressure, or by a syringe; blood from the inlet takes its place."""
    count, each = cells(part.params["volume_ml"])
    held: Num = 0.0
    for k in range(count):
        held = held + each * (x[f"bulk:{part.id}:{k}"] + x[f"small:{part.id}:{k}"] + x[f"micro:{part.id}:{k}"])
    x[f"gas_in:{part.id}"] = held
    pushed = select(x[f"p:{part.inlet}"] > x[f"air_mmhg:{part.id}"], opened, 0.0)
    drawn = least(x[f"syringe_draw_ml:{part.id}"], SYRINGE_ML_S * TICK_S)
    x[f"syringe_draw_ml:{part.id}"] = x[f"syringe_draw_ml:{part.id}"] - drawn
    share = least((pushed * VENT_ML_S * TICK_S + drawn) / most(held, 0.05), 1.0)
    inflow = {s: x[f"{s}:{part.inlet}"] for s in SPECIES}
    out: Num = 0.0
    for k in range(count):
        gone: Num = 0.0
        for g in GAS:
            gone = gone + share * x[f"{g}:{part.id}:{k}"]
        for s in SPECIES:
            slot = f"{s}:{part.id}:{k}"
            own = x[slot] * (1.0 - share) if s in GAS else x[slot]
            x[slot] = own + gone * inflow[s]
        out = out + each * gone
    x[f"vol:{part.inlet}"] = x[f"vol:{part.inlet}"] - out
    x["port:gas_out_ml"] = x["port:gas_out_ml"] + out
