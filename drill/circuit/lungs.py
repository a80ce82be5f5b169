"""The native lungs: alveolar gas that ventilation renews and blood uses, and what blood leaves with."""

from collections.abc import Mapping

from drill.circuit.acid_base import at_temperature, blood_at, follow
from drill.circuit.blood import content
from drill.circuit.laws import ML_S_PER_L_MIN
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, between, most, select
from drill.units import TICK_S

ALVEOLAR_ML = 2500.0  # tunable
DRY_MMHG = 713.0  # 760 - 47
ML_BTPS_PER_STPD = 863.0 / DRY_MMHG


def add_lungs(slots: Slots, fio2: float) -> None:
    """Make the slots of alveolar gas: O2 fraction (dry), PCO2 in mmHg."""
    slots.add("alveolar_o2", fio2 - 0.06)
    slots.add("alveolar_co2", 36.0)
    slots.add("lungs_taken", 0.0)
    slots.add("lungs_co2_drop", 0.0)
    slots.add("lungs_ml_s", 0.0)
    for port in ("lungs_o2", "lungs_co2"):
        slots.add(f"port:{port}", 0.0)


def oxygenate(x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood that passes: all but the shunt leaves with the content of the alveoli."""
    del flow_ml_s
    shunt = x["pat:lung_shunt"]
    alveolar = most(x["alveolar_o2"] * DRY_MMHG, 0.5)
    return (1.0 - shunt) * content(alveolar, entering["hb"], x["shift:right_hand"]) + shunt * entering["o2"]


def give_co2(x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood that passes leaves with less CO2 by what `ventilate` worked out at the last tick."""
    del flow_ml_s
    return most(entering["co2"] - x["lungs_co2_drop"], 0.0)


def ventilate(x: Scope) -> None:
    """One tick of alveolar gas, blood and gas in balance (VA in mL BTPS/s, Q in mL/s, slope = d content/d PCO2).

    V/863 dPA/dt = Cb (Pv - PA) - VA/863 PA,   Cb = slope Q (1 - shunt)
    V dF/dt = VA (FiO2 - F) - 1.21 VO2

    PA falls when pulmonary flow falls, and end-tidal CO2 with it: Cb is the only way in.
    """
    mixed = blood_at(x, "pa")
    gases = follow(x, "lungs", mixed)
    warmth = at_temperature(mixed.temp_c)
    perfused = 1.0 - x["pat:lung_shunt"]
    slope = gases.slope / warmth * perfused
    flow = most(x["lungs_ml_s"], 0.0)
    air = x["in:vent_l_min"] * ML_S_PER_L_MIN * (1.0 - x["pat:dead_space"])
    blood_side, gas_side, store = slope * flow, air / 863.0, ALVEOLAR_ML / 863.0 / TICK_S
    venous = gases.pco2_mmhg * warmth
    pa = (store * x["alveolar_co2"] + blood_side * venous) / (store + blood_side + gas_side)
    x["alveolar_co2"] = pa
    x["lungs_co2_drop"] = slope * (venous - pa)
    taken = (x["port:lungs_o2"] - x["lungs_taken"]) * ML_BTPS_PER_STPD
    x["lungs_taken"] = x["port:lungs_o2"]
    fresh = air * TICK_S
    held = x["alveolar_o2"] * ALVEOLAR_ML + fresh * x["in:vent_fio2_pct"] / 100.0
    x["alveolar_o2"] = between((held - taken) / (ALVEOLAR_ML + fresh), 0.0, 1.0)


def end_tidal_mmhg(x: Scope) -> Num:
    """Return what a capnograph reads: alveolar PCO2, none without breaths."""
    return select(x["in:vent_l_min"] > 0.5, x["alveolar_co2"], 0.0)
