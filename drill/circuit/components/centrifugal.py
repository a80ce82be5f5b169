"""A centrifugal pump head in all four quadrants; its rotor follows whatever drives it."""

from drill.circuit import laws
from drill.circuit.components.base import Component, Param, edge
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num
from drill.units import TICK_S

CURVE = ("a_mmhg_rpm2", "b_mmhg_rpm_l_min", "c_mmhg_l_min2", "k_reverse")


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"rpm:{part.id}", 0.0)
    slots.add(f"rpm_target:{part.id}", 0.0)
    slots.add(f"rpm_tau:{part.id}", part.params["tau_down_s"])

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        curve = laws.HeadCurve(*(x[f"par:{part.id}.{name}"] for name in CURVE))
        return laws.pump_head(q, x[f"rpm:{part.id}"], curve)

    return edge(part, inlet, outlet, law, part.params["volume_ml"], part.params["inertance_mmhg_s2_ml"])


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    del viscosity_cp
    k = TICK_S / (x[f"rpm_tau:{part.id}"] + TICK_S)
    x[f"rpm:{part.id}"] = x[f"rpm:{part.id}"] + k * (x[f"rpm_target:{part.id}"] - x[f"rpm:{part.id}"])


COMPONENT = Component(
    kind="centrifugal",
    title="Centrifugal pump",
    params=(
        Param("a_mmhg_rpm2", "mmHg/rpm2", "shut-off head", "reference 1.1 [LIM][SOB][ZHANG]"),
        Param("b_mmhg_rpm_l_min", "mmHg/(rpm L/min)", "speed-dependent loss", "reference 1.1"),
        Param("c_mmhg_l_min2", "mmHg/(L/min)2", "flow-dependent loss", "reference 1.1"),
        Param("k_reverse", "fraction", "share of the head that is left when turned backwards", "0.4-0.7, tunable"),
        Param("volume_ml", "mL", "blood in the head", "tunable"),
        Param("tau_run_s", "s", "time constant of the rotor under torque", "0.3-0.5, tunable"),
        Param("tau_down_s", "s", "time constant of the rotor running down", "tunable"),
        Param("crank_gear", "rotor turns per handle turn", "gear of the emergency drive", "tunable; 56-90 handle turns for 3 L/min [HC87]"),
        Param("inertance_mmhg_s2_ml", "mmHg s2/mL", "inertance of the blood in the head", "reference 1.1 [LIM]"),
    ),
    build=_build,
    refresh=_refresh,
)
