"""A one-way valve (duck-bill): blood passes towards its outlet only. What drives flow back meets a shut leaflet, and nothing passes."""

from drill.circuit.components.base import Component, Param, edge
from drill.circuit.laws import Drop, linear
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, select


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    del slots

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, linear(q, x[f"par:{part.id}.r_mmhg_s_ml"])

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], 0.0)
    made.kind = "valve"
    return made


def passes(q: Num, r_mmhg_s_ml: Num) -> Num:
    """Pressure that the leaflets take from forward flow; there is no backward flow.

    drop = R q for q > 0, else the valve is shut
    """
    return select(q > 0.0, r_mmhg_s_ml * q, 0.0)


COMPONENT = Component(
    kind="one_way_valve",
    title="One-way valve",
    params=(
        Param("r_mmhg_s_ml", "mmHg s/mL", "resistance to forward flow", "tunable"),
        Param("volume_ml", "mL", "blood in the valve and its connectors", "tunable"),
    ),
    build=_build,
    worked="`tests/circuit/test_components.py` (10 mmHg forward over 0.2 mmHg s/mL are 3 L/min, backward nothing)",
    laws=(passes,),
)
