"""A vacuum relief valve, as in an LV vent line: where suction exceeds its set value it lets air in, and nothing is sucked empty."""

from drill.circuit.components.base import Component, Param
from drill.circuit.laws import Drop, turbulent
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between, most

WIDE_OVER_MMHG = 20.0  # it opens fully over this much more suction, tunable


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    del slots

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        drop = turbulent(q, x[f"par:{part.id}.k_air"])
        return 0.0, Drop(drop.mmhg, most(drop.slope, 0.05))

    def gate(x: Scope) -> Num:
        return opening(x[f"p:{inlet}"], x[f"air_mmhg:{part.id}"], x[f"par:{part.id}.opens_mmhg"])

    return EdgeModel(part.id, inlet, outlet, law, inertance=0.01, gate=gate)


def opening(p_line_mmhg: Num, p_air_mmhg: Num, opens_mmhg: Num) -> Num:
    """How far the valve stands open (0-1).

    ((P_air - P_line) - P_opens)/20 mmHg, held to 0-1
    """
    return between((p_air_mmhg - p_line_mmhg - opens_mmhg) / WIDE_OVER_MMHG, 0.0, 1.0)


COMPONENT = Component(
    kind="relief_valve",
    title="Vacuum relief valve",
    params=(
        Param("opens_mmhg", "mmHg", "suction at which it begins to open", "tunable"),
        Param("k_air", "mmHg/(mL/s)**1.75", "resistance to air that is drawn in, fully open", "tunable"),
    ),
    build=_build,
    worked="`tests/circuit/test_components.py` (shut at 60 mmHg of suction, half open at 90 with 80 set)",
    laws=(opening, turbulent),
)
