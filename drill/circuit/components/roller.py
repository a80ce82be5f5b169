"""A roller pump: it moves what lies between its rollers, whatever the load, in whichever direction it is turned.

Well occluded it lets nothing back when it stands; against a closed outlet it goes on until something bursts.
"""

from drill.circuit.components.base import Component, Param, edge
from drill.circuit.components.cavitation import add_cavitation
from drill.circuit.laws import Drop, linear
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between, most, select
from drill.units import TICK_S

EMPTY_MMHG, FILL_MMHG = -740.0, 240.0  # a boot in vacuum fills less and less, then not at all; tunable
OPEN_ML_S_MMHG = 10.0  # a boot out of its raceway: an open tube, tunable
TIGHT_MMHG_S_ML = 1e6  # leak of a well-set boot: nothing that counts; reference 1.5: 0 when set correctly


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    for name, first in (("rpm", 0.0), ("rpm_target", 0.0), ("rpm_tau", part.params["tau_down_s"]), ("gas_in", 0.0), ("clot", 0.0)):
        slots.add(f"{name}:{part.id}", first)
    slots.add(f"leak_r:{part.id}", TIGHT_MMHG_S_ML)
    slots.add(f"lent:{part.id}", 0.0)
    slots.add(f"boot_out:{part.id}", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        """Flow by displacement, as a head behind the leak's resistance: q = SV n fill + (P_in - P_out)/R."""
        r = x[f"leak_r:{part.id}"]
        moved_ml_s = x[f"par:{part.id}.stroke_ml_rev"] * x[f"rpm:{part.id}"] / 60.0
        behind = select(moved_ml_s > 0.0, x[f"p:{inlet}"], x[f"p:{outlet}"]) - x[f"air_mmhg:{part.id}"]
        fill = between((behind - EMPTY_MMHG) / FILL_MMHG, 0.0, 1.0)
        return r * moved_ml_s * fill, linear(q, r)

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], 0.0)
    made.is_linear = True
    return add_cavitation(made, part)


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    del viscosity_cp
    k = TICK_S / (x[f"rpm_tau:{part.id}"] + TICK_S)
    if part.drive:  # a head of the heart-lung machine's own, fed by the machine's power; lent, it turns another boot than this
        x[f"rpm_target:{part.id}"] = x[f"in:{part.drive}"] * x["machine_live"] * (1.0 - x[f"lent:{part.id}"])
    fastest = x[f"par:{part.id}.rpm_max"]
    target = between(x[f"rpm_target:{part.id}"], -fastest, fastest)
    x[f"rpm:{part.id}"] = x[f"rpm:{part.id}"] + k * (target - x[f"rpm:{part.id}"])
    leak_ml_s_mmhg = x[f"par:{part.id}.leak_ml_min_mmhg"] / 60.0 + OPEN_ML_S_MMHG * x[f"boot_out:{part.id}"]
    x[f"leak_r:{part.id}"] = 1.0 / most(leak_ml_s_mmhg, 1.0 / TIGHT_MMHG_S_ML)


COMPONENT = Component(
    kind="roller",
    title="Roller pump",
    params=(
        Param(
            "stroke_ml_rev", "mL/rev", "blood moved by one turn", "reference 1.5: 1/4 inch 12.9 [RATH]; 3/8 inch 27, 1/2 inch 45, tunable"
        ),
        Param("leak_ml_min_mmhg", "mL/min per mmHg", "what an under-occluded boot lets back", "0 when set; 0.3-1, tunable", zero=True),
        Param("volume_ml", "mL", "blood in the boot", "tunable"),
        Param("rpm_max", "rpm", "fastest that the motor turns, set or run away", "250, tunable"),
        Param("tau_run_s", "s", "time constant of the rollers under torque", "0.3-0.5, tunable"),
        Param("tau_down_s", "s", "time constant of the rollers running down", "tunable"),
        Param("crank_gear", "roller turns per handle turn", "gear of the hand crank", "1 or 2 [HC-R]; below 0 anticlockwise", signed=True),
    ),
    build=_build,
    worked="`tests/circuit/test_cpb.py` (100 turns of 45 mL are 4.5 L/min at any load)",
    refresh=_refresh,
    shaft=True,
)
