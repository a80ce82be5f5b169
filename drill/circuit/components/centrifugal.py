"""A centrifugal pump head in all four quadrants; its rotor follows whatever drives it."""

from collections.abc import Mapping

from drill.circuit import laws
from drill.circuit.components.base import Component, Param, cells, edge
from drill.circuit.components.cavitation import add_cavitation
from drill.circuit.gas import GAS, room
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, absolute, least, most, select
from drill.units import TICK_S

CURVE = ("a_mmhg_rpm2", "b_mmhg_rpm_l_min", "c_mmhg_l_min2", "k_reverse")


CLOT_MMHG_S_ML, CLOT_STICKS = 3.0, 0.95  # resistance of a wholly clotted head; where the rotor sticks; tunable
DEPRIME_SHARE = 0.8  # of the head's volume: that much gas stops the pump, reference 1.3, tunable
KEEP_BULK, KEEP_UNTIL, KEEP_OVER = 0.97, 0.9, 0.4  # how a head holds slugs back, tunable
SHEAR_SMALL_S, SHEAR_BULK_S = 0.5, 8.0  # a running rotor breaks bubbles up: time constants at 3000 rpm, reference 1.3, tunable


def _keep(x: Scope, share: Num) -> Mapping[str, Num]:
    del x
    return {"bulk": KEEP_BULK * room(share, KEEP_UNTIL, KEEP_OVER)}


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"rpm:{part.id}", 0.0)
    slots.add(f"rpm_target:{part.id}", 0.0)
    slots.add(f"rpm_tau:{part.id}", part.params["tau_down_s"])
    slots.add(f"grip:{part.id}", 1.0)
    slots.add(f"gas_in:{part.id}", 0.0)
    slots.add(f"clot:{part.id}", 0.0)
    slots.add(f"clot_r:{part.id}", 0.0)
    slots.add(f"clot_per_min:{part.id}", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        curve = laws.HeadCurve(*(x[f"par:{part.id}.{name}"] for name in CURVE))
        head, drop = laws.pump_head(q, x[f"rpm:{part.id}"], curve)
        return head * x[f"grip:{part.id}"], laws.add(drop, laws.linear(q, x[f"clot_r:{part.id}"]))

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], part.params["inertance_mmhg_s2_ml"])
    made.keep = _keep
    return add_cavitation(made, part)


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    del viscosity_cp
    clot = least(x[f"clot:{part.id}"] + x[f"clot_per_min:{part.id}"] * (TICK_S / 60.0), 1.0)
    x[f"clot:{part.id}"] = clot
    x[f"clot_r:{part.id}"] = CLOT_MMHG_S_ML * clot * clot
    target = select(clot < CLOT_STICKS, x[f"rpm_target:{part.id}"], 0.0)
    k = TICK_S / (x[f"rpm_tau:{part.id}"] + TICK_S)
    x[f"rpm:{part.id}"] = x[f"rpm:{part.id}"] + k * (target - x[f"rpm:{part.id}"])
    _churn(part, x)


def _churn(part: PartSpec, x: Scope) -> None:
    """Gas in the head: it takes the rotor's grip, and the rotor breaks it up.

    grip = (1 - V_gas/V_dep)**2, V_dep = 0.8 of the head's volume   (reference 1.3)
    """
    count, each = cells(part.params["volume_ml"])
    grip = x[f"grip:{part.id}"]  # a rotor that slips in gas sheds none: this is what makes an air lock stay
    speed = absolute(x[f"rpm:{part.id}"]) / 3000.0
    held: Num = 0.0
    for k in range(count):
        bulk, small, micro = (x[f"{g}:{part.id}:{k}"] for g in GAS)
        held = held + each * (bulk + small)
        broken = bulk * least(speed * grip * TICK_S / SHEAR_BULK_S, 1.0)
        ground = small * least(speed * TICK_S / SHEAR_SMALL_S, 1.0)
        x[f"bulk:{part.id}:{k}"] = bulk - broken
        x[f"small:{part.id}:{k}"] = small + broken - ground
        x[f"micro:{part.id}:{k}"] = micro + ground
    x[f"gas_in:{part.id}"] = held
    lost = most(1.0 - held / (DEPRIME_SHARE * x[f"par:{part.id}.volume_ml"]), 0.0)
    x[f"grip:{part.id}"] = lost * lost


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
    worked="`tests/cases/va_bench.yaml` (0 to 4500 rpm), `tests/circuit/test_va.py` (reverse, backflow), "
    "`tests/circuit/test_gas.py` (air lock)",
    laws=(
        laws.pump_head,
        _churn,
        add_cavitation,
    ),
    refresh=_refresh,
    wear=("clot", "clot_per_min", "rpm"),
    shaft=True,
)
