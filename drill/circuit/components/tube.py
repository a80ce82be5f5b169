"""Tubing: laminar or turbulent drop, inertance, compliance, and its blood in cells."""

import math
from collections.abc import Mapping
from functools import partial

from drill.circuit import laws
from drill.circuit.components.base import Component, Param, cells, edge
from drill.circuit.gas import room
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, least, most, select

STEEP_MMHG, FULL = 10.0, (0.9, 0.4)  # fall from which on a line can lock; how full of gas a cell can be, gives way over; tunable
WALK_LIFTS, WALKED = 0.6, "clamp_drainage"  # of a column's lost weight, given back by a hand that walks the line; which line; tunable
COMPLIANCE_ML_MMHG_M = 0.05  # PVC, low end of 0.05-0.1 mL/mmHg per m, reference 3.4, tunable


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    bore_cm, length_cm = part.params["bore_mm"] / 10.0, part.params["length_m"] * 100.0
    area_cm2 = 3.141592653589793 * bore_cm * bore_cm / 4.0
    slots.add(f"gas_column_mmhg:{part.id}", 0.0)
    for name in ("laminar_k", "blasius_k"):
        slots.add(f"par:{part.id}.{name}", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return -x[f"gas_column_mmhg:{part.id}"], laws.tube(q, x[f"par:{part.id}.laminar_k"], x[f"par:{part.id}.blasius_k"])

    inertance = 1.055 * length_cm / area_cm2 / 1333.22  # rho l / A, in mmHg s2/mL
    made = edge(part, inlet, outlet, law, area_cm2 * length_cm, inertance)
    if slots.first[slots[f"falls_mmhg:{part.id}"]] > STEEP_MMHG:
        slip_ml_s = 0.35 * math.sqrt(981.0 * bore_cm) * area_cm2
        made.keep = partial(_rise, part, slip_ml_s)
    return made


def _rise(part: PartSpec, slip_ml_s: float, x: Scope, share: Num) -> Mapping[str, Num]:
    """In a line that runs down, slugs rise against slow blood and stay.

    kept = v A/Q,  v = 0.35 (g d)**0.5, how fast a slug rises in a tube [DT50]; none in a line that is walked
    """
    flow = x[f"flow:{part.id}"]
    return {"bulk": select(flow > 0.0, least(slip_ml_s / most(flow, 1e-3), 1.0), 0.0) * room(share, *FULL) * (1.0 - _walked(part, x))}


def _walked(part: PartSpec, x: Scope) -> Num:
    """How far the line is being walked, 0-1: only the line to the pump or pool can be."""
    return x["in:line_walked"] if WALKED in part.clamps else 0.0


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    laminar, blasius = laws.tube_coefficients(part.params["bore_mm"], part.params["length_m"], viscosity_cp)
    x[f"par:{part.id}.laminar_k"] = laminar
    x[f"par:{part.id}.blasius_k"] = blasius
    _weigh(part, x)


def _weigh(part: PartSpec, x: Scope) -> None:
    """Gas in a line that runs down does not pull: what blood would weigh there is missing, and a siphon breaks.

    lost = 0.776 mmHg/cm (h_in - h_out) V_gas/V   (reference 3.6; micro gas weighs nothing)

    Walking it, lifted bit by bit, gives back 0.6 of that (tunable).
    """
    bore_cm = part.params["bore_mm"] / 10.0
    count, _ = cells(3.141592653589793 * bore_cm * bore_cm / 4.0 * part.params["length_m"] * 100.0)
    gas: Num = 0.0
    for k in range(count):
        gas = gas + x[f"bulk:{part.id}:{k}"] + x[f"small:{part.id}:{k}"]
    x[f"gas_column_mmhg:{part.id}"] = x[f"falls_mmhg:{part.id}"] * gas * (1.0 / count) * (1.0 - WALK_LIFTS * _walked(part, x))


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
        _weigh,
        _rise,
    ),
    refresh=_refresh,
    compliance_ml_mmhg=lambda part: COMPLIANCE_ML_MMHG_M * part.params["length_m"],
)
