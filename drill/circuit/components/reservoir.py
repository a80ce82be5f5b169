"""A hard-shell venous reservoir: a free surface under air or vacuum, a defoamer, and an outlet that draws air when it is low.

The part is the outlet port; its inlet node is the pool. The level is volume over area, in cm of blood above the outlet.
"""

from drill.circuit.components.base import Component, Param, edge
from drill.circuit.laws import Drop, linear
from drill.circuit.network import EdgeModel, NodeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between, most
from drill.units import MMHG_PER_CM_BLOOD, TICK_S

CORNERS = 0.6  # of the volume at which it is dry: what stays in the corners whatever pulls, tunable
OUTLET_MMHG_S_ML = 0.01  # the outlet connector, tunable
VACUUM_S = 1.0  # how long the vacuum takes to build or go, tunable
DEFOAMED = {"bulk": 0.999, "small": 0.98, "micro": 0.5}  # share that the defoamer takes of each class, reference 6, tunable


def build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    """Make the outlet port."""
    del slots

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        del x
        return 0.0, linear(q, OUTLET_MMHG_S_ML)

    def draws_air(x: Scope) -> Num:
        return air_share(x[f"vol:{inlet}"], x[f"par:{part.id}.low_ml"], x[f"par:{part.id}.dry_ml"])

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], 0.02)
    made.draws_air = draws_air
    return made


def air_share(volume_ml: Num, low_ml: Num, dry_ml: Num) -> Num:
    """Share of air in what leaves: none above the lowest safe level, all of it when dry.

    ((V_low - V)/(V_low - V_dry))**2, held to 0-1   (reference 3.6)
    """
    share = between((low_ml - volume_ml) / most(low_ml - dry_ml, 1e-6), 0.0, 1.0)
    return share * share


def pool(slots: Slots, part: PartSpec) -> NodeModel:
    """Make the vessel: blood under its own weight and whatever stands over it."""
    slots.add(f"suction_mmhg:{part.id}", 0.0)

    def stiffness(x: Scope) -> tuple[Num, Num, Num]:
        per_ml = MMHG_PER_CM_BLOOD / x[f"par:{part.id}.area_cm2"]
        return per_ml, 0.0, x[f"air_mmhg:{part.id}"] + x[f"suction_mmhg:{part.id}"]

    least = CORNERS * part.params["dry_ml"]
    return NodeModel(part.inlet, stiffness, part.params["start_ml"], defoams=DEFOAMED, empty_ml=least, is_open=True)


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    """The vacuum under the cover follows its regulator: P' = (-vacuum - P)/1 s."""
    del viscosity_cp
    slot = f"suction_mmhg:{part.id}"
    x[slot] = x[slot] + TICK_S / (VACUUM_S + TICK_S) * (-x["in:vacuum_mmhg"] * x[f"par:{part.id}.cover"] - x[slot])


COMPONENT = Component(
    kind="reservoir",
    title="Hard-shell reservoir",
    params=(
        Param("area_cm2", "cm2", "cross-section: level = volume / area", "tunable"),
        Param("start_ml", "mL", "blood at the start", "circuit's own"),
        Param("low_ml", "mL", "below this the outlet begins to draw air", "200 [RX] reference 3.6"),
        Param("dry_ml", "mL", "at this it draws air alone", "30-50, tunable"),
        Param("cover", "0 open - 1 closed", "whether its cover holds vacuum (VAVD)", "0 for an open pool", zero=True),
        Param("volume_ml", "mL", "blood in the outlet connector", "tunable"),
    ),
    build=build,
    laws=(air_share,),
    refresh=_refresh,
    worked="`tests/circuit/test_cpb.py` (level falls by what is pumped; dry, it gives air)",
    node=pool,
)
