"""Tubing: laminar or turbulent drop, inertance, compliance, and its blood in cells."""

from drill.circuit import laws
from drill.circuit.components.base import Component, Param, edge
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num

COMPLIANCE_ML_MMHG_M = 0.05  # PVC, low end of 0.05-0.1 mL/mmHg per m, reference 3.4, tunable


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    bore_cm, length_cm = part.params["bore_mm"] / 10.0, part.params["length_m"] * 100.0
    area_cm2 = 3.141592653589793 * bore_cm * bore_cm / 4.0
    for name in ("laminar_k", "blasius_k"):
        slots.add(f"par:{part.id}.{name}", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, laws.tube(q, x[f"par:{part.id}.laminar_k"], x[f"par:{part.id}.blasius_k"])

    inertance = 1.055 * length_cm / area_cm2 / 1333.22  # rho l / A, in mmHg s2/mL
    return edge(part, inlet, outlet, law, area_cm2 * length_cm, inertance)


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    laminar, blasius = laws.tube_coefficients(part.params["bore_mm"], part.params["length_m"], viscosity_cp)
    x[f"par:{part.id}.laminar_k"] = laminar
    x[f"par:{part.id}.blasius_k"] = blasius


COMPONENT = Component(
    kind="tube",
    title="Tube",
    params=(
        Param("bore_mm", "mm", "inner diameter", "by name: 1/4 inch 6.35, 3/8 inch 9.525, 1/2 inch 12.7"),
        Param("length_m", "m", "length", "circuit's own"),
    ),
    build=_build,
    worked="`tests/cases/va_bench.yaml` (pressures along a circuit of three tubes)",
    laws=(
        laws.tube,
        laws.tube_coefficients,
    ),
    refresh=_refresh,
    compliance_ml_mmhg=lambda part: COMPLIANCE_ML_MMHG_M * part.params["length_m"],
)
