"""An arterial line filter: it holds gas back under its dome until it is full, and gives it up through its purge port.

The purge line itself is another part (`tap_line`); the filter only needs its tap to stand open and blood to stand above the air.
"""

from drill.circuit import laws
from drill.circuit.components import trap
from drill.circuit.components.base import Component, Param, edge
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, most

INERTANCE = 0.01  # mmHg s2/mL, tunable
# Gas kept of each class while there is room (reference 6; 40 um, 0.9 micro at 20 um), and how full it gets: 60 of 200 mL, tunable
HOLDS = trap.Holds(bulk=0.995, small=0.95, micro=0.5, full_share=0.30, give_way=0.08, gathers_s=8.7)  # half of micro in a pass at 4 L/min


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    trap.add_trap(slots, part)
    slots.add(f"clot:{part.id}", 0.0)
    slots.add(f"par:{part.id}.k", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, screen(q, x[f"par:{part.id}.k"])

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], INERTANCE)
    made.keep = HOLDS.keep
    return made


def screen(q: Num, k: Num) -> Drop:
    """Flow through the screen.

    drop = k q,  k = r mu/3 cP / (1 - clot)**2
    """
    return laws.linear(q, k)


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    opened: Num = 0.0
    for tap in part.taps:
        opened = most(opened, x[f"in:{tap}"])
    trap.gather(part, x, HOLDS.gathers_s)
    trap.let_out(part, x, opened)
    free = most(1.0 - x[f"clot:{part.id}"], 0.05)
    x[f"par:{part.id}.k"] = x[f"par:{part.id}.r_mmhg_s_ml"] * viscosity_cp / 3.0 / (free * free)


COMPONENT = Component(
    kind="arterial_filter",
    title="Arterial line filter",
    params=(
        Param("r_mmhg_s_ml", "mmHg s/mL", "resistance to blood of 3 cP", "about 25 mmHg at 5 L/min, tunable"),
        Param("volume_ml", "mL", "blood in the housing", "180-220, tunable"),
    ),
    build=_build,
    worked="`tests/circuit/test_cpb_parts.py` (holds gas back; with the purge open it empties, shut it fills and passes)",
    laws=(screen,),
    refresh=_refresh,
)
