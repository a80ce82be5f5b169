"""The native lungs: alveolar gas that ventilation renews and blood uses, and what blood leaves with."""

from collections.abc import Mapping

from drill.circuit.acid_base import at_temperature, blood_at, follow
from drill.circuit.blood import content
from drill.circuit.laws import ML_S_PER_L_MIN
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, between, most, select
from drill.units import TICK_S

ALVEOLAR_ML = 2500.0  # of an adult, tunable
PEEP_TO_CHEST = 0.3 * 0.7356  # mmHg in the chest for a cmH2O at the airway, tunable
PEEP_USUAL_CMH2O, PEEP_FULL_CMH2O = 5.0, 15.0  # at which a lung has the shunt of its file, and where PEEP has opened what it can; tunable
OEDEMA_FROM_MMHG, OEDEMA_SPAN_MMHG = 25.0, 10.0  # left atrial pressure that floods lungs (reference 5.5); what more floods fastest
FLOOD_S, DRAIN_S = 480.0, 5400.0  # to flood wholly at that pressure, to be drained again; tunable
COUGH_S, COUGH_EVERY_S, SEDATED_AT = 1.2, 2.4, 0.7  # a bout, how often, and usual boluses of sedative that end it; tunable
FLOODED_SHUNT = 0.7  # shunt of lungs that are full of water, tunable
DRY_MMHG = 713.0  # 760 - 47
ML_BTPS_PER_STPD = 863.0 / DRY_MMHG


def add_lungs(slots: Slots, fio2: float, paco2_mmhg: float) -> None:
    """Make the slots of alveolar gas: O2 fraction (dry), PCO2 in mmHg."""
    slots.add("alveolar_o2", fio2 - 0.06)
    slots.add("alveolar_co2", paco2_mmhg - 4.0)
    slots.add("lung_water", 0.0)
    slots.add("lung_shunt", 0.0)
    for name in ("pneumothorax_mmhg", "cough_mmhg", "cough_s", "chest_over_mmhg"):
        slots.add(name, 0.0)
    slots.add("lungs_taken", 0.0)
    slots.add("lungs_co2_drop", 0.0)
    slots.add("lungs_ml_s", 0.0)
    for port in ("lungs_o2", "lungs_co2"):
        slots.add(f"port:{port}", 0.0)


def oxygenate(x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood that passes: all but the shunt leaves with the content of the alveoli."""
    del flow_ml_s
    shunt = x["lung_shunt"]
    alveolar = most(x["alveolar_o2"] * DRY_MMHG, 0.5)
    return (1.0 - shunt) * content(alveolar, entering["hb"], x["shift:right_hand"]) + shunt * entering["o2"]


def give_co2(x: Scope, entering: Mapping[str, Num], flow_ml_s: Num) -> Num:
    """Blood that passes leaves with less CO2 by what `ventilate` worked out at the last tick."""
    del flow_ml_s
    return most(entering["co2"] - x["lungs_co2_drop"], 0.0)


def fill_with_water(x: Scope) -> None:
    """Shunt of this tick, from PEEP, water and a pneumothorax, and the pressure in the chest that PEEP and pneumothorax make.

    water' = (P_la - 25)/10/480 s above 25 mmHg, -water/5400 s below
    shunt = s0 (1 - recruited), s0 = lung_shunt + (0.7 - lung_shunt) water + 0.02 pneumothorax
    """
    over = between((x["la_mean"] - OEDEMA_FROM_MMHG) / OEDEMA_SPAN_MMHG, 0.0, 1.0)
    water = x["lung_water"]
    wetter = between(water + TICK_S * select(over > 0.0, over / FLOOD_S, -water / DRAIN_S), 0.0, 1.0)
    x["lung_water"] = wetter
    own = x["pat:lung_shunt"]
    shunt = own + most(FLOODED_SHUNT - own, 0.0) * water + 0.02 * x["pneumothorax_mmhg"]
    opened = x["pat:peep_recruits"] * between(
        (x["in:vent_peep_cmh2o"] - PEEP_USUAL_CMH2O) / (PEEP_FULL_CMH2O - PEEP_USUAL_CMH2O), -0.5, 1.0
    )
    x["lung_shunt"] = between(shunt * (1.0 - opened), 0.0, 1.0)
    x["chest_over_mmhg"] = x["pneumothorax_mmhg"] + cough(x)
    x["now:thorax_mmhg"] = x["pat:p_thorax_mmhg"] + PEEP_TO_CHEST * x["in:vent_peep_cmh2o"] + x["chest_over_mmhg"]


def cough(x: Scope) -> Num:
    """Pressure in the chest by coughing, mmHg: bouts of 1.2 s every 2.4 s, which a sedative in the blood damps and then ends.

    P = cough most(1 - sedative effect, 0), on in the first half of each bout (tunable)
    """
    on = x["cough_s"] + TICK_S
    phase = select(on >= COUGH_EVERY_S, on - COUGH_EVERY_S, on)
    x["cough_s"] = phase
    awake = most(1.0 - x["effect:sedative"] / SEDATED_AT, 0.0)
    return select(phase < COUGH_S, x["cough_mmhg"] * awake, 0.0)


def ventilate(x: Scope) -> None:
    """One tick of alveolar gas, blood and gas in balance (VA in mL BTPS/s, Q in mL/s, slope = d content/d PCO2).

    V/863 dPA/dt = Cb (Pv - PA) - VA/863 PA,   Cb = slope Q (1 - shunt)
    V dF/dt = VA (FiO2 - F) - 1.21 VO2

    PA falls when pulmonary flow falls, and end-tidal CO2 with it: Cb is the only way in.
    """
    mixed = blood_at(x, "pa")
    gases = follow(x, "lungs", mixed)
    warmth = at_temperature(mixed.temp_c)
    perfused = 1.0 - x["lung_shunt"]
    slope = gases.slope / warmth * perfused
    flow = most(x["lungs_ml_s"], 0.0)
    air = x["in:vent_l_min"] * ML_S_PER_L_MIN * (1.0 - x["pat:dead_space"])
    alveoli = ALVEOLAR_ML * x["pat:size"]
    blood_side, gas_side, store = slope * flow, air / 863.0, alveoli / 863.0 / TICK_S
    venous = gases.pco2_mmhg * warmth
    pa = (store * x["alveolar_co2"] + blood_side * venous) / (store + blood_side + gas_side)
    x["alveolar_co2"] = pa
    x["lungs_co2_drop"] = slope * (venous - pa)
    taken = (x["port:lungs_o2"] - x["lungs_taken"]) * ML_BTPS_PER_STPD
    x["lungs_taken"] = x["port:lungs_o2"]
    fresh = air * TICK_S
    held = x["alveolar_o2"] * alveoli + fresh * x["in:vent_fio2_pct"] / 100.0
    x["alveolar_o2"] = between((held - taken) / (alveoli + fresh), 0.0, 1.0)


def end_tidal_mmhg(x: Scope) -> Num:
    """Return what a capnograph reads: alveolar PCO2, none without breaths."""
    return select(x["in:vent_l_min"] > 0.5, x["alveolar_co2"], 0.0)
