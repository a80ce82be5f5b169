"""Where the patient bleeds: vessel blood runs into the field or into a drain, the faster the higher the pressure behind it.

One with `taps` is a hole that a hand opens, such as a vent in the aorta.
"""

from drill.circuit.components.base import Component, Param
from drill.circuit.laws import Drop, linear
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, most, select

AT_MMHG = 60.0  # pressure at which a wound bleeds at its named rate


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"bleed_ml_min:{part.id}", part.params["ml_min"])

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, bleeding(q, x[f"bleed_ml_min:{part.id}"])

    def gate(x: Scope) -> Num:
        """Blood does not run back from the field into a vessel, and an empty vessel falls shut."""
        bleeds = select(x[f"bleed_ml_min:{part.id}"] > 0.0, x[f"whole:{part.id}"], 0.0)
        for control in part.taps:
            bleeds = bleeds * x[f"in:{control}"]
        return select(x[f"p:{inlet}"] > most(x[f"p:{outlet}"], 0.0), bleeds, 0.0)

    return EdgeModel(part.id, inlet, outlet, law, is_linear=True, gate=gate)


def bleeding(q: Num, ml_min: Num) -> Drop:
    """Flow out of a wound.

    q = rate P/60 mmHg
    """
    return linear(q, AT_MMHG * 60.0 / most(ml_min, 0.1))


COMPONENT = Component(
    kind="wound",
    title="Wound",
    params=(Param("ml_min", "mL/min at 60 mmHg", "bleeding at the start; a fault can change it", "circuit's own"),),
    build=_build,
    worked="`tests/circuit/test_components.py` (300 mL/min at 60 mmHg, 150 at 30, nothing backward)",
    laws=(bleeding,),
)
