"""A hard-shell venous reservoir: a free surface under air or vacuum, a defoamer, and an outlet that draws air when it is low.

The part is the outlet port; its inlet node is the pool. The level is volume over area, in cm of blood above the outlet.
"""

from drill.circuit.components.base import Component, Param, edge
from drill.circuit.laws import Drop, linear
from drill.circuit.network import EdgeModel, NodeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between
from drill.units import MMHG_PER_CM_BLOOD

OUTLET_MMHG_S_ML = 0.01  # the outlet connector, tunable
DEFOAMED = {"bulk": 0.999, "small": 0.98, "micro": 0.5}  # share that the defoamer takes of each class, reference 6, tunable


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    del slots

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        del x
        return 0.0, linear(q, OUTLET_MMHG_S_ML)

    def draws_air(x: Scope) -> Num:
        """Share of air in what leaves: none above the lowest safe level, all of it when dry; squared between (reference 3.6)."""
        low, dry = x[f"par:{part.id}.low_ml"], x[f"par:{part.id}.dry_ml"]
        share = between((low - x[f"vol:{inlet}"]) / (low - dry), 0.0, 1.0)
        return share * share

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], 0.02)
    made.draws_air = draws_air
    return made


def _pool(slots: Slots, part: PartSpec) -> NodeModel:
    slots.add(f"suction_mmhg:{part.id}", 0.0)

    def stiffness(x: Scope) -> tuple[Num, Num, Num]:
        per_ml = MMHG_PER_CM_BLOOD / x[f"par:{part.id}.area_cm2"]
        return per_ml, 0.0, x[f"air_mmhg:{part.id}"] + x[f"suction_mmhg:{part.id}"]

    return NodeModel(part.inlet, stiffness, part.params["start_ml"], defoams=DEFOAMED)


COMPONENT = Component(
    kind="reservoir",
    title="Hard-shell reservoir",
    params=(
        Param("area_cm2", "cm2", "cross-section: level = volume / area", "tunable"),
        Param("start_ml", "mL", "blood at the start", "circuit's own"),
        Param("low_ml", "mL", "below this the outlet begins to draw air", "200 [RX] reference 3.6"),
        Param("dry_ml", "mL", "at this it draws air alone", "30-50, tunable"),
        Param("volume_ml", "mL", "blood in the outlet connector", "tunable"),
    ),
    build=_build,
    worked="`tests/circuit/test_cpb.py` (level falls by what is pumped; dry, it gives air)",
    node=_pool,
)
