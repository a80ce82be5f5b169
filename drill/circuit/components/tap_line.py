"""A narrow line with a tap: purge, sampling or flushing line. It passes nothing until one of its taps is opened."""

from drill.circuit import laws
from drill.circuit.components.base import Component, Param, edge
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, most


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    del slots

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        drop = laws.turbulent(q, x[f"par:{part.id}.k_blood"])
        return 0.0, Drop(drop.mmhg, most(drop.slope, 0.05))

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], 0.02)
    whole = made.gate

    def gate(x: Scope) -> Num:
        opened: Num = 0.0
        for tap in part.taps:
            opened = most(opened, x[f"in:{tap}"])
        return opened * whole(x) if whole else opened

    made.gate = gate
    return made


COMPONENT = Component(
    kind="tap_line",
    title="Narrow line with a tap",
    params=(
        Param("k_blood", "mmHg/(mL/s)**1.75", "resistance of the line, tap open", "15: about 300 mL/min at 250 mmHg, tunable"),
        Param("volume_ml", "mL", "blood in the line", "at least 14: two cells"),
    ),
    build=_build,
    worked="`tests/circuit/test_components.py` (250 mmHg over k 15 are 300 mL/min; shut, nothing)",
    laws=(laws.turbulent,),
)
