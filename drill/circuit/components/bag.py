"""A vented bottle or bag of cardioplegia or clear fluid: its own contents, a free surface, and air once it is empty.

The part is the outlet; its inlet node is the bottle. It hangs above the heart by the height that the circuit gives it.
"""

from collections.abc import Mapping

from drill.circuit.components import reservoir
from drill.circuit.components.base import Component, Param
from drill.circuit.network import NodeModel
from drill.circuit.slots import Slots
from drill.circuit.spec import PartSpec


def _bottle(slots: Slots, part: PartSpec) -> NodeModel:
    made = reservoir.pool(slots, part)
    made.defoams = {}
    return made


def _contents(part: PartSpec) -> Mapping[str, float]:
    return {"o2": 0.005, "hb": part.params["hb_g_l"], "co2": 0.0, "heat": part.params["temp_c"]}


COMPONENT = Component(
    kind="bag",
    title="Bottle or bag",
    params=(
        Param("area_cm2", "cm2", "cross-section: level = volume / area", "tunable"),
        Param("start_ml", "mL", "contents at the start", "circuit's own"),
        Param("low_ml", "mL", "below this the outlet begins to draw air", "tunable"),
        Param("dry_ml", "mL", "at this it draws air alone", "tunable"),
        Param("volume_ml", "mL", "contents of the outlet and its spike", "tunable"),
        Param("hb_g_l", "g/L", "haemoglobin of the contents", "0 for clear fluid", zero=True),
        Param("temp_c", "degC", "temperature of the contents", "4 for cold cardioplegia"),
    ),
    build=reservoir.build,
    worked="`tests/circuit/test_cpb_parts.py` (gives clear, cold fluid; empty, it gives air)",
    laws=(reservoir.air_share,),
    node=_bottle,
    fills=_contents,
)
