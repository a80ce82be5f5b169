"""A hollow-fibre oxygenator: pressure drop by viscosity, O2 by the shunt model, CO2 by epsilon-NTU, heat by its water side.

What spoils it: clot (blood side), water in the fibres (gas side, a sigh clears it), a leak of plasma, an exhaust that is shut.
"""

from collections.abc import Mapping
from functools import partial

from drill.circuit import gas_supply, laws
from drill.circuit.acid_base import add_place, at_temperature, blood_at, follow
from drill.circuit.blood import content
from drill.circuit.components import trap
from drill.circuit.components.base import Component, Exchange, Param, edge
from drill.circuit.gas import GAS, gas_share
from drill.circuit.heat import J_PER_ML_BLOOD, ROOM_C, water_flow
from drill.circuit.laws import Drop
from drill.circuit.maths import exp
from drill.circuit.network import EdgeModel
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import PartSpec
from drill.circuit.trace import Num, absolute, least, most, select, sqrt
from drill.circuit.transport import SPECIES
from drill.units import TICK_S

INERTANCE = 0.02  # mmHg s2/mL, tunable
CLOT_SHUNT = 0.35  # shunt added by a fraction 1 of clot, reference 2.5
WATER_SHUNT = 0.45  # and of water, tunable: nine tenths flooded leave blood at 87 %, which an eye calls dark; 0.35 left it at 92 %
DEAD_SPACE, DEAD_AT_ML_S, DEAD_MOST = 0.08, 3.0 * laws.ML_S_PER_L_MIN, 0.4  # reference 2.3 [MSE]; rises with gas flow [ZANCAST]
MOST_CROSSED_ML = 1.0  # a tick: what a connector's elastic volume takes without a shock, tunable
LEAK_AT_MMHG = 200.0  # pressure at which a plasma leak has its named size


def _build(slots: Slots, part: PartSpec, inlet: str, outlet: str) -> EdgeModel:
    slots.add(f"par:{part.id}.k", 0.0)
    slots.add(f"par:{part.id}.exponent", 1.4)
    slots.add(f"clot:{part.id}", 0.0)
    slots.add(f"plasma_leak_ml_min:{part.id}", 0.0)
    slots.add(f"tear_ml_min_mmhg:{part.id}", 0.0)
    slots.add(f"co2_drop:{part.id}", 0.0)
    slots.add(f"warming:{part.id}", 0.0)
    trap.add_trap(slots, part)
    for port in ("o2", "co2", "water", "room"):
        slots.add(f"port:{part.id}_{port}", 0.0)
    slots.add(f"port:{part.id}_plasma_ml", 0.0)
    slots.add(f"port:{part.id}_plasma_co2", 0.0)
    slots.add(f"port:{part.id}_plasma_heat", 0.0)
    add_place(slots, f"{part.id}_in", 7.37, 45.0)
    add_place(slots, f"{part.id}_out")
    gas_supply.add_gas_side(slots, part)

    def law(x: Scope, q: Num) -> tuple[Num, Drop]:
        return 0.0, laws.oxygenator(q, x[f"par:{part.id}.k"], x[f"par:{part.id}.exponent"])

    made = edge(part, inlet, outlet, law, part.params["volume_ml"], INERTANCE)
    made.keep = _keep_untapped if part.instead_of else trap.keep
    return made


def _keep_untapped(x: Scope, share: Num) -> Mapping[str, Num]:
    """Tipped and tapped, a lung that has been put in lets its gas go with the blood."""
    return {gas: kept * (1.0 - x["in:lung_tapped"]) for gas, kept in trap.keep(x, share).items()}


def _on_it(part: PartSpec, x: Scope, moved: str) -> Num:
    """Return 1 where a hose or line is on this oxygenator, else 0: of two, the control `moved` says on which."""
    lungs = x.slots.names("hose_on:")
    if len(lungs) < 2:
        return 1.0
    return 1.0 - x[f"in:{moved}"] if lungs[0] == f"hose_on:{part.id}" else x[f"in:{moved}"]


def _oxygen(part: PartSpec, x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood that enters from either side: all but a shunt leaves in balance with the gas [FRIED].

    C_out = (1-s) C(FO2 (Pb - 47 + P_gas) - PCO2_out) + s C_in,  s = shunt_base + shunt_per_l_min Q + 0.35 clot + 0.45 water
    """
    litres = flow_ml_s / laws.ML_S_PER_L_MIN
    spoilt = CLOT_SHUNT * x[f"clot:{part.id}"] + WATER_SHUNT * x[f"water:{part.id}"]
    s = least(x[f"par:{part.id}.shunt_base"] + x[f"par:{part.id}.shunt_per_l_min"] * litres + spoilt, 0.95)
    dry = 713.0 + x[f"gas_pressure_mmhg:{part.id}"]
    out = f"{part.id}_out"
    ideal = most(x[f"gas_o2:{part.id}"] * dry - x[f"pco2:{out}"], 0.5)
    return (1.0 - s) * content(ideal, entering["hb"], x[f"shift:{out}"]) + s * entering["o2"]


def _carbon_dioxide(part: PartSpec, x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood leaves with less by what the last tick worked out for a mL."""
    del flow_ml_s
    return most(entering["co2"] - x[f"co2_drop:{part.id}"], 0.0)


def _water_side(part: PartSpec, x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """T_out = T_in + eps (T_water - T_in); eps stands in the slot `warming:`."""
    del flow_ml_s
    liquid = 1.0 - gas_share(entering)
    return entering["heat"] + x[f"warming:{part.id}"] * (x["water_temp_c"] * liquid - entering["heat"])


def _room_side(part: PartSpec, x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Heat that the surfaces of the whole circuit lose: a share G/(G + Q) of what blood is warmer than the room."""
    g = x[f"par:{part.id}.loss_w_c"] / J_PER_ML_BLOOD
    return entering["heat"] - g / (g + flow_ml_s) * (entering["heat"] - ROOM_C * (1.0 - gas_share(entering)))


def effectiveness(capacity_blood: Num, capacity_gas: Num, ua: Num) -> Num:
    """Return CO2 transfer over PCO2 difference, eps Cmin, in the unit of its three arguments (mL/s/mmHg).

    eps = 1 - exp(NTU**0.22/Cr (exp(-Cr NTU**0.78) - 1)),  NTU = UA/Cmin, Cr = Cmin/Cmax      (reference 2.3, cross-flow)

    0.22 is taken as 7/32 and 0.78 as 25/32: square roots alone.
    """
    low = most(least(capacity_blood, capacity_gas), 1e-7)
    ratio = most(low / most(most(capacity_blood, capacity_gas), 1e-7), 1e-3)
    ntu = most(least(ua / low, 200.0), 1e-6)
    eighth = sqrt(sqrt(sqrt(ntu)))
    sixteenth = sqrt(eighth)
    power = eighth * sixteenth * sqrt(sixteenth)
    return (1.0 - exp(power / ratio * (exp(-ratio * ntu / power) - 1.0))) * low


def _exchange_co2(part: PartSpec, x: Scope) -> None:
    """What a mL of blood gives to the gas: eps Cmin PCO2 / Q, Cb = slope Q, Cg = 1.304 mL/min/mmHg per L/min of gas less dead space.

    UA = 3.75 mL/min/mmHg per m2, less by clot and water.
    """
    flow = x[f"flow:{part.id}"]
    forward = flow > 0.0
    ahead, behind = blood_at(x, part.inlet), blood_at(x, part.outlet)
    entering = type(ahead)(*(select(forward, a, b) for a, b in zip(ahead, behind, strict=True)))
    gases = follow(x, f"{part.id}_in", entering)
    follow(x, f"{part.id}_out", behind)
    warmth = at_temperature(entering.temp_c)
    q = most(absolute(flow), 0.1)
    gas = x[f"gas_flow:{part.id}"]
    dead = least(gas * (DEAD_SPACE / DEAD_AT_ML_S), DEAD_MOST)
    free = (1.0 - x[f"water:{part.id}"]) * (1.0 - x[f"clot:{part.id}"])
    ua = x[f"par:{part.id}.ua_co2_ml_min_mmhg_m2"] * x[f"par:{part.id}.area_m2"] / 60.0 * free
    slope = gases.slope / warmth
    moved = effectiveness(slope * q, gas * (1.304 / 1000.0) * (1.0 - dead), ua) * gases.pco2_mmhg * warmth
    x[f"co2_drop:{part.id}"] = moved / q


def _leak_plasma(part: PartSpec, x: Scope) -> None:
    """Plasma that crosses into the fibres while blood stands above the gas: cells and oxygen stay, CO2 and heat go along.

    It wets the fibres: water' = water + leak/30 mL
    """
    node = part.inlet
    over = most(x[f"p:{node}"] - x[f"air_mmhg:{part.id}"] - x[f"gas_pressure_mmhg:{part.id}"], 0.0)
    lost = x[f"plasma_leak_ml_min:{part.id}"] * (TICK_S / 60.0 / LEAK_AT_MMHG) * over
    held = most(x[f"vol:{node}"] - x[f"unmixed:{node}"], 1.0)
    thicker = held / most(held - lost, 0.5)
    for species in ("o2", "hb", *GAS):
        x[f"{species}:{node}"] = x[f"{species}:{node}"] * thicker
    x[f"vol:{node}"] = x[f"vol:{node}"] - lost
    x[f"port:{part.id}_plasma_ml"] = x[f"port:{part.id}_plasma_ml"] - lost
    x[f"port:{part.id}_plasma_co2"] = x[f"port:{part.id}_plasma_co2"] - lost * x[f"co2:{node}"]
    x[f"port:{part.id}_plasma_heat"] = x[f"port:{part.id}_plasma_heat"] - lost * x[f"heat:{node}"]
    x[f"water:{part.id}"] = least(x[f"water:{part.id}"] + lost / 30.0, 0.9)


def _cross_gas(part: PartSpec, x: Scope) -> None:
    """Gas crosses into the blood where it stands above the blood at the lung's height; it comes out behind the lung.

    Q_gas = (k + tear) (P_gas - P_blood)   (reference 2.5: 5-20 mL/min/mmHg for micropores, none for plasma-tight fibres)
    """
    node = part.outlet
    over = most(x[f"gas_pressure_mmhg:{part.id}"] + x[f"air_mmhg:{part.id}"] - x[f"p:{node}"], 0.0)
    per_s = (x[f"par:{part.id}.gas_crossing_ml_min_mmhg"] + x[f"tear_ml_min_mmhg:{part.id}"]) / 60.0
    crossed = least(per_s * over * TICK_S, MOST_CROSSED_ML) * _joined(part, x)
    volume = most(x[f"vol:{node}"] - x[f"unmixed:{node}"], 0.01)
    thinner = volume / (volume + crossed)
    for s in SPECIES:
        x[f"{s}:{node}"] = x[f"{s}:{node}"] * thinner
    x[f"bulk:{node}"] = x[f"bulk:{node}"] + crossed / (volume + crossed)
    x[f"vol:{node}"] = x[f"vol:{node}"] + crossed
    x["port:air_in_ml"] = x["port:air_in_ml"] + crossed


def _joined(part: PartSpec, x: Scope) -> Num:
    """Return 0 while a lung lies by, else 1."""
    return x[f"there:{part.id}"] if part.instead_of else 1.0


def _refresh(part: PartSpec, x: Scope, viscosity_cp: Num) -> None:
    """Pressure-drop coefficients, gas side, CO2, heat exchanger.

    drop factor of clot = 1/(1 - clot)**2 (reference 2.5);  eps = 1 - exp(-k/Q), k less by a slow water flow w: 1.2 w/(w + 2)
    """
    trap.vent(part, x)
    open_share = most(1.0 - x[f"clot:{part.id}"], 0.05)
    x[f"par:{part.id}.k"] = (6.0 * viscosity_cp - 4.2659) / 2.2 * x[f"par:{part.id}.drop_factor"] / (open_share * open_share)
    x[f"par:{part.id}.exponent"] = laws.oxygenator_exponent(viscosity_cp)
    gas_supply.run_gas_side(x, part)
    _exchange_co2(part, x)
    _leak_plasma(part, x)
    _cross_gas(part, x)
    water = water_flow(x) * _on_it(part, x, "water_second")
    litres = most(absolute(x[f"flow:{part.id}"]) / laws.ML_S_PER_L_MIN, 0.05)
    x[f"warming:{part.id}"] = 1.0 - exp(-(x[f"par:{part.id}.heat_k_l_min"] * 1.2 * water / (water + 2.0)) / litres)


COMPONENT = Component(
    kind="oxygenator",
    title="Oxygenator",
    params=(
        Param("volume_ml", "mL", "blood side", "tunable"),
        Param("shunt_per_l_min", "fraction per L/min", "share of blood that passes unchanged, by flow", "reference 2.2 [FRIED]"),
        Param("shunt_base", "fraction", "share of blood that passes unchanged, at no flow", "reference 2.2 [FRIED]"),
        Param("gas_volume_ml", "mL", "gas side", "about 150, tunable"),
        Param("drop_factor", "times", "pressure drop against a clean one", "1 clean, 5-15 near-occluded, tunable"),
        Param("area_m2", "m2", "membrane", "maker"),
        Param("ua_co2_ml_min_mmhg_m2", "mL/min/mmHg per m2", "conductance for CO2", "reference 2.3, fitted to [STRASS]"),
        Param("gas_crossing_ml_min_mmhg", "mL/min/mmHg", "gas crossing into blood below it", "ref. 2.5: 5-20, tight 0", zero=True),
        Param("heat_k_l_min", "L/min", "k of the heat exchanger's eps = 1 - exp(-k/Q)", "reference 7 [NX19][FX25]"),
        Param("loss_w_c", "W/degC", "heat that the circuit's surfaces lose to the room", "reference 7: 2-3 degC/h without water, tunable"),
    ),
    build=_build,
    worked="`tests/cases/va_bench.yaml` (pressure drop), `tests/circuit/test_va.py` (sweep off)",
    laws=(
        laws.oxygenator,
        laws.oxygenator_exponent,
        _cross_gas,
    ),
    refresh=_refresh,
    wear=("clot", "water", "plasma_leak_ml_min", "tear_ml_min_mmhg"),
    exchanges=lambda part: (
        Exchange(f"{part.id}_o2", "o2", partial(_oxygen, part)),
        Exchange(f"{part.id}_co2", "co2", partial(_carbon_dioxide, part)),
        Exchange(f"{part.id}_room", "heat", partial(_room_side, part)),
        Exchange(f"{part.id}_water", "heat", partial(_water_side, part)),
    ),
)
