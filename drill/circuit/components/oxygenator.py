"""A hollow-fibre oxygenator: pressure drop by viscosity, oxygen by the shunt model, a gas space that is used up without sweep."""

from collections.abc import Mapping
from functools import partial

from drill.circuit import laws
from drill.circuit.blood import content
from drill.circuit.components import trap
from drill.circuit.components.base import Component, Exchange, Param, edge
from drill.circuit.laws import Drop
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, between, least, most
from drill.units import TICK_S

INERTANCE = 0.02  # mmHg s2/mL, tunable


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"par:{part.id}.k", 0.0)
    slots.add(f"par:{part.id}.exponent", 1.4)
    slots.add(f"gas_o2:{part.id}", 0.95)
    slots.add(f"port:{part.id}_o2", 0.0)
    slots.add(f"taken:{part.id}", 0.0)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, laws.oxygenator(q, x[f"par:{part.id}.k"], x[f"par:{part.id}.exponent"])

    slots.add(f"gas_in:{part.id}", 0.0)
    made = edge(part, inlet, outlet, law, part.params["volume_ml"], INERTANCE)
    made.keep = trap.keep
    return made


def _membrane(part: PartSpec, x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood that enters from either side: all but a shunt leaves in balance with the gas [FRIED].

    C_out = (1-s) C(FO2 (Pb-47) - PCO2) + s C_in,  s = shunt_base + shunt_per_l_min Q
    """
    litres = flow_ml_s / laws.ML_S_PER_L_MIN
    s = least(x[f"par:{part.id}.shunt_base"] + x[f"par:{part.id}.shunt_per_l_min"] * litres, 0.9)
    ideal = most(x[f"gas_o2:{part.id}"] * 713.0 - 40.0, 0.5)
    return (1.0 - s) * content(ideal, entering["hb"]) + s * entering["o2"]


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    """Pressure-drop coefficients, and the gas space.

    V dF/dt = V_sweep (F_in - F) - VO2
    """
    trap.vent(part, x)
    x[f"par:{part.id}.k"] = (6.0 * viscosity_cp - 4.2659) / 2.2 * x[f"par:{part.id}.drop_factor"]
    x[f"par:{part.id}.exponent"] = laws.oxygenator_exponent(viscosity_cp)
    volume = x[f"par:{part.id}.gas_volume_ml"]
    taken = x[f"port:{part.id}_o2"] - x[f"taken:{part.id}"]
    x[f"taken:{part.id}"] = x[f"port:{part.id}_o2"]
    fresh = x["in:sweep_l_min"] * laws.ML_S_PER_L_MIN * TICK_S
    here = x[f"gas_o2:{part.id}"]
    x[f"gas_o2:{part.id}"] = between((here * volume + fresh * x["in:fdo2_pct"] / 100.0 - taken) / (volume + fresh), 0.0, 1.0)


COMPONENT = Component(
    kind="oxygenator",
    title="Oxygenator",
    params=(
        Param("volume_ml", "mL", "blood side", "tunable"),
        Param("shunt_per_l_min", "fraction per L/min", "share of blood that passes unchanged, by flow", "reference 2.2 [FRIED]"),
        Param("shunt_base", "fraction", "share of blood that passes unchanged, at no flow", "reference 2.2 [FRIED]"),
        Param("gas_volume_ml", "mL", "gas side", "about 150, tunable"),
        Param("drop_factor", "times", "pressure drop against a clean one", "1 clean, 5-15 near-occluded, tunable"),
    ),
    build=_build,
    refresh=_refresh,
    exchanges=lambda part: (Exchange(f"{part.id}_o2", "o2", partial(_membrane, part)),),
)
