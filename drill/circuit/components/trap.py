"""What an oxygenator does with gas in the blood: it holds most of it back until it is full, and lets it out by its vent."""

from collections.abc import Mapping

from drill.circuit.components.base import cells
from drill.circuit.gas import GAS, room
from drill.circuit.slots import Scope
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, least, most, select
from drill.circuit.transport import SPECIES
from drill.units import TICK_S

BULK_KEPT, SMALL_KEPT, MICRO_KEPT = 0.99, 0.9, 0.6  # reference 6, tunable
FULL_SHARE, GIVE_WAY = 0.22, 0.08  # about 50 mL in 250 mL, then it passes, reference 6, tunable
VENT_ML_S = 10.0  # gas that an open vent lets out, tunable


def keep(x: Scope, share: Num) -> Mapping[str, Num]:
    """Return the share of each class that a cell holds back."""
    del x
    free = room(share, FULL_SHARE, GIVE_WAY)
    return {"bulk": BULK_KEPT * free, "small": SMALL_KEPT * free, "micro": MICRO_KEPT * free}


def vent(part: PartSpec, x: Scope) -> None:
    """Let gas out of the top while blood stands above the air's pressure; blood from the inlet takes its place."""
    count, each = cells(part.params["volume_ml"])
    held: Num = 0.0
    for k in range(count):
        held = held + each * (x[f"bulk:{part.id}:{k}"] + x[f"small:{part.id}:{k}"] + x[f"micro:{part.id}:{k}"])
    x[f"gas_in:{part.id}"] = held
    pushed = select(x[f"p:{part.inlet}"] > x[f"air_mmhg:{part.id}"], x["in:vent_ox"], 0.0)
    share = least(pushed * VENT_ML_S * TICK_S / most(held, 0.05), 1.0)
    inflow = {s: x[f"{s}:{part.inlet}"] for s in SPECIES}
    let_out: Num = 0.0
    for k in range(count):
        gone: Num = 0.0
        for g in GAS:
            gone = gone + share * x[f"{g}:{part.id}:{k}"]
        for s in SPECIES:
            slot = f"{s}:{part.id}:{k}"
            own = x[slot] * (1.0 - share) if s in GAS else x[slot]
            x[slot] = own + gone * inflow[s]
        let_out = let_out + each * gone
    x[f"vol:{part.inlet}"] = x[f"vol:{part.inlet}"] - let_out
    x["port:gas_out_ml"] = x["port:gas_out_ml"] + let_out
