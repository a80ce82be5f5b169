"""A way to the open air: a three-way tap, a line cap, a hole. Below the air's pressure it draws gas in, above it loses blood.

The air stands at the height of the node that the opening sits on; the kernel's pressures are at heart level, so the
air's pressure there is 0.776 mmHg for each cm of height.
"""

from drill.circuit import syringe
from drill.circuit.components.base import Component, Param
from drill.circuit.laws import Drop, turbulent
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, most, select


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    syringe.add_syringe(slots, part.id)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        k = select(q < 0.0, x[f"par:{part.id}.k_air"], x[f"par:{part.id}.k_blood"])
        drop = turbulent(q, k)
        return 0.0, Drop(drop.mmhg, most(drop.slope, 0.05))

    def gate(x: Scope) -> Num:
        opened: Num = x[f"par:{part.id}.open"]
        for control in part.taps:
            opened = most(opened, x[f"in:{control}"])
        return opened

    return EdgeModel(part.id, inlet, outlet, law, inertance=0.01, gate=gate)


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    del viscosity_cp
    syringe.move(x, part.id, part.inlet)


COMPONENT = Component(
    kind="opening",
    title="Opening to the air",
    params=(
        Param("k_blood", "mmHg/(mL/s)**1.75", "resistance to blood that runs out", "tunable"),
        Param("k_air", "mmHg/(mL/s)**1.75", "resistance to air that is drawn in", "tunable"),
        Param("open", "0 closed - 1 open", "how far it stands open by itself (a cap that is off)", "0 as built", zero=True),
    ),
    build=_build,
    worked="`tests/circuit/test_gas.py` (suction draws air, pressure bleeds, a syringe draws gas first)",
    laws=(
        turbulent,
        syringe.move,
    ),
    refresh=_refresh,
)
