"""Heat: blood carries it (mL degC per mL: its temperature), core and shell of the body hold it, a water bath gives and takes it.

1 mL of blood holds 3.8 J/degC (reference 7); heat is counted in mL degC of blood, watts are divided by 3.8.
"""

from collections.abc import Mapping

from drill.circuit.maths import ten_to
from drill.circuit.slots import Scope, Slots
from drill.circuit.spec import CircuitSpec
from drill.circuit.trace import Num, between, least, most, select, sqrt
from drill.units import TICK_S

J_PER_ML_BLOOD = 3.8  # J/degC, reference 7
ROOM_C = 22.0  # tunable
BODY_J_PER_ML_KG = 3470.0 / J_PER_ML_BLOOD  # mL of blood that hold the heat of 1 kg of body, reference 7
CORE_SHARE, SHELL_SHARE = 0.4, 0.53  # of body mass, reference 7; blood itself is the rest
# How much heat blood gives to the tissue that it passes, mL/s of blood: (place, bed, cell, conductance). Together about two
# thirds of what the blood brings, so that the core follows with about 15 min and the shell with about 75 (reference 7, tunable).
TISSUE = (
    ("core", "body", 9, 70.0),
    ("core", "head_right", 3, 12.0),
    ("core", "head_left", 3, 12.0),
    ("shell", "body", 0, 2.0),
    ("shell", "leg_bed", 3, 10.0),
)
CORE_SHELL_ML_S = 0.6  # conduction between them, tunable
TO_SHELL_ML_S = 6.3  # what blood and conduction together carry from core to shell at rest in an adult, by the numbers above
HEAT_PER_ML_O2 = 20.1 / J_PER_ML_BLOOD  # 20.1 J per mL O2, tunable: 165 mL/min give 55 W
Q10_LOG = 0.0380  # log10(2.4)/10 per degC, reference 5.5: Q10 2.3-2.5 for the whole body, tunable

TANK_ML = 8000.0  # water in bath and hoses, tunable
WATER_J_PER_ML = 4.18
HOSE_MMHG, RELIEF_MMHG = 0.6, 599.0  # hose and exchanger at 1 L/min, tunable; "not 600 mmHg or more" by PS27
HEATING_W, COOLING_W, GAIN_W = 1200.0, 1500.0, 550.0  # 1-1.5 kW, 1-2 kW; gain makes 60 s at small differences (reference 7)


def add_water(slots: Slots) -> None:
    """Make the slots of the heater-cooler: on, what it is stuck at (0 = obeys its knob), kink of its hose, cut out, water."""
    slots.add("heater:on", 1.0)
    slots.add("heater:stuck_c", 0.0)
    slots.add("heater:kink", 0.0)
    slots.add("heater:cut", 0.0)
    slots.add("water_temp_c", 37.0)
    slots.add("water_given", 0.0)


def heater_runs(x: Scope) -> Num:
    """Return 1 while the heater-cooler has power and works, else 0."""
    return x["heater:on"] * x["in:heater_power"]


def hose_resistance(x: Scope) -> Num:
    """Return mmHg per (L/min)2 of the water's way: 0.6/(1 - kink)**2, so that 25 L/min stay well under 600 mmHg (tunable)."""
    clear = most(1.0 - x["heater:kink"], 0.01)
    return HOSE_MMHG / (clear * clear)


def water_flow(x: Scope) -> Num:
    """Return the water flow through the heat exchangers, L/min: its pump stands with the heater-cooler.

    Q = least(Q_set, sqrt(600 mmHg/R)): a relief valve holds the pressure   [PS27: under 600 mmHg]
    """
    return least(x["in:water_flow_l_min"], sqrt(RELIEF_MMHG / hose_resistance(x))) * heater_runs(x)


def water_pressure_mmhg(x: Scope) -> Num:
    """Return the water pressure before the heat exchanger: P = R Q**2."""
    flow = water_flow(x)
    return hose_resistance(x) * flow * flow


def run_water(x: Scope, spec: CircuitSpec) -> None:
    """One tick of the heater-cooler.

    m c dT/dt = P - heat given to blood,  P = 550 W/degC (T_set - T), held between -1500 and 1200 W
    """
    ports: Num = 0.0
    for part in spec.parts:
        if part.kind == "oxygenator":
            ports = ports + x[f"port:{part.id}_water"]
    given = ports - x["water_given"]
    x["water_given"] = ports
    wanted = select(x["heater:stuck_c"] > 0.0, x["heater:stuck_c"], x["in:water_temp_c"])
    watt = between(GAIN_W * (wanted - x["water_temp_c"]), -COOLING_W, HEATING_W) * heater_runs(x)
    watt = select(x["heater:cut"] > 0.5, least(watt, 0.0), watt)
    x["water_temp_c"] = x["water_temp_c"] + (watt * TICK_S - given * J_PER_ML_BLOOD) / (TANK_ML * WATER_J_PER_ML)


def add_body_heat(slots: Slots, p: Mapping[str, float], size: float) -> None:
    """Make the slots of core and shell. The skin lets through what a body of 37 degC makes, covers and all (tunable)."""
    made = HEAT_PER_ML_O2 * p["vo2_ml_min"] / 60.0
    under = min(made / (TO_SHELL_ML_S * size), 8.0)
    slots.add("temp:core", p["temp_c"])
    slots.add("temp:shell", p["temp_c"] - under)
    slots.add("skin_ml_s", made / (37.0 - under - ROOM_C))
    slots.add("port:metabolic_heat", 0.0)
    slots.add("port:skin_heat", 0.0)


def capacity(x: Scope, place: str) -> Num:
    """Return the mL of blood that hold as much heat per degree as core or shell."""
    return x["pat:weight_kg"] * (BODY_J_PER_ML_KG * (CORE_SHARE if place == "core" else SHELL_SHARE))


def warm_tissue(x: Scope, o2_used_ml: Num, cell_ml: Mapping[str, float]) -> None:
    """One tick of core and shell: heat of metabolism, of the blood that passes, of the skin. `cell_ml` is an adult's."""
    size = x["pat:size"]
    gained: dict[str, Num] = {"core": HEAT_PER_ML_O2 * o2_used_ml, "shell": 0.0}
    x["port:metabolic_heat"] = x["port:metabolic_heat"] + gained["core"]
    core, shell = x["temp:core"], x["temp:shell"]
    for place, bed, cell, conductance in TISSUE:
        slot = f"heat:{bed}:{cell}"
        moved = conductance * TICK_S * (x[slot] - (core if place == "core" else shell))
        x[slot] = x[slot] - moved / cell_ml[bed]
        gained[place] = gained[place] + moved * size
    across = CORE_SHELL_ML_S * size * TICK_S * (core - shell)
    lost = x["skin_ml_s"] * TICK_S * (shell - ROOM_C)
    x["port:skin_heat"] = x["port:skin_heat"] - lost
    x["temp:core"] = core + (gained["core"] - across) / capacity(x, "core")
    x["temp:shell"] = shell + (gained["shell"] + across - lost) / capacity(x, "shell")


def metabolic_factor(temp_c: Num) -> Num:
    """Return VO2 at a temperature over VO2 at 37 degC.

    Q10**((T - 37)/10), Q10 2.4   (reference 5.5, tunable)
    """
    return ten_to(between(Q10_LOG * (temp_c - 37.0), -0.9, 0.3))
