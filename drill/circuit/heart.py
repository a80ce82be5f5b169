"""The heart's rhythm and strength, and what tone and strength the next beats have: reflex, drugs, coronary supply.

A heart whose coronary perfusion pressure falls weakens with a time constant of about a minute, which lowers that
pressure further: this, not the script, is how a patient who depends on the circuit dies. A heart that stands or fibrillates
lives on by the same law, so that compressions and the circuit decide whether a shock brings it back.
"""

from collections.abc import Mapping

from drill.circuit import drugs, volatile
from drill.circuit.lag import toward
from drill.circuit.patient import BEDS
from drill.circuit.slots import Scope, Slots
from drill.circuit.trace import Num, between, least, most, select, sqrt
from drill.units import TICK_S

REFLEX_REACH_MMHG = 28.3  # 18 pi / 2: where the CVSim baroreflex saturates [CVS6]
BEATING, FIBRILLATION, STANDSTILL = 0.0, 1.0, 2.0
SHOCK_NEEDS, ASYSTOLE_NEEDS = 0.35, 0.35  # strength left in the muscle that a shock, or adrenaline or pacing, brings back; tunable
ADRENALINE_NEEDED = 1.5  # usual boluses in the blood that start a standing heart, tunable
PROTECTED = 0.985  # how much slower an arrested heart loses its strength, tunable
DARK_SAT, CORONARY_RESERVE = 0.42, 3.0  # saturation of coronary venous blood that opens them, and how far; tunable
RATE_PER_C = 0.045  # share of heart rate lost for each degree below 37, tunable


def add_heart(slots: Slots, p: Mapping[str, float]) -> None:
    """Make the slots of rhythm, strength, reflex and of the pressures that are made out of the beats."""
    for name in ("phase_before", "run_max", "run_min", "run_lv_ml", "co_ml_s", "shock_before"):
        slots.add(name, 0.0)
    slots.add("rhythm", p["rhythm_at_start"])
    for name in ("reflex_hr", "reflex_r", "reflex_v0"):
        slots.add(name, 0.0)
    slots.add("tone", 1.0)
    slots.add("now:beats", 1.0)
    slots.add("contractility", 1.0)
    slots.add("map_mean", p["map_set_mmhg"])
    slots.add("cpp_mean", 45.0)
    slots.add("la_mean", 10.0)
    slots.add("pa_mean", 20.0)
    slots.add("sys", 80.0)
    slots.add("dia", 60.0)
    slots.add("lv_max_ml", 110.0)


def follow_beats(x: Scope) -> None:
    """Mean, systolic and diastolic arterial pressure, as a monitor makes them out of the trace; the fullest left ventricle."""
    p = x["p:ao_asc"]
    toward(x, "map_mean", p, 2.0)
    toward(x, "la_mean", x["p:pv"], 2.0)
    toward(x, "pa_mean", x["p:pa"], 2.0)
    toward(x, "co_ml_s", x["beat_out_ml"] / TICK_S, 2.0)
    wrapped = x["phase"] < x["phase_before"]
    x["sys"] = select(wrapped, x["run_max"], x["sys"])
    x["dia"] = select(wrapped, x["run_min"], x["dia"])
    x["lv_max_ml"] = select(wrapped, x["run_lv_ml"], x["lv_max_ml"])
    x["run_max"] = select(wrapped, p, most(x["run_max"], p))
    x["run_min"] = select(wrapped, p, least(x["run_min"], p))
    x["run_lv_ml"] = select(wrapped, x["vol:lv"], most(x["run_lv_ml"], x["vol:lv"]))
    x["phase_before"] = x["phase"]


def keep_rhythm(x: Scope) -> None:
    """What a shock, adrenaline and pacing make of the rhythm; a fault may have changed it, and cardioplegia stills any.

    A shock ends fibrillation: a muscle that is fed beats, a spent one stands still. Adrenaline or pacing starts one that stands.
    """
    rhythm: Num = x["rhythm"]
    life = x["contractility"]
    shocked = between(x["in:defibrillator"] - x["shock_before"], 0.0, 1.0)
    x["shock_before"] = x["in:defibrillator"]
    after_shock = select(life > SHOCK_NEEDS, BEATING, STANDSTILL)
    rhythm = select(shocked > 0.5, select(rhythm > 0.5, select(rhythm < 1.5, after_shock, rhythm), rhythm), rhythm)
    driven = most(x["effect:adrenaline"] - ADRENALINE_NEEDED, x["in:pacing_bpm"] - 30.0)
    rhythm = select(rhythm > 1.5, select(driven > 0.0, select(life > ASYSTOLE_NEEDS, BEATING, rhythm), rhythm), rhythm)
    x["rhythm"] = rhythm
    x["now:beats"] = select(rhythm < 0.5, 1.0 - x["arrest"], 0.0)


def answer(x: Scope) -> None:
    """Reflex, adapting tone, drugs and coronary supply: what tone, rate and strength the next beats have.

    tone' = (1 - gain most(MAP/set - 1, 0) - tone)/40 s: arteries give way to a flow that drives pressure above what the body asks for
    """
    off = x["pat:map_set_mmhg"] - x["map_mean"]
    drive = off / sqrt(1.0 + (off / REFLEX_REACH_MMHG) * (off / REFLEX_REACH_MMHG)) * x["pat:reflex_gain"]
    alive = between(x["contractility"] * 4.0, 0.0, 1.0)
    toward(x, "reflex_hr", drive, 4.0)
    toward(x, "reflex_r", drive, 7.0)
    toward(x, "reflex_v0", drive, 20.0)
    over = most(-off / most(x["pat:map_set_mmhg"], 20.0), 0.0)
    toward(x, "tone", between(1.0 - x["pat:tone_gain"] * over, 0.45, 1.0), 40.0)
    drugs.carry_drugs(x)
    keep_rhythm(x)
    _rate(x)
    resistance = most(x["tone"] + 0.011 * x["reflex_r"] + drugs.effect(x, "resistance"), 0.2)
    x["now:rs_mmhg_s_ml"] = volatile.tone_factor(x) * x["pat:rs_mmhg_s_ml"] * resistance
    x["now:pcc_mmhg"] = most(x["pat:pcc_mmhg"] + drugs.effect(x, "closing_mmhg"), 5.0)
    x["now:v0_ven_ml"] = x["pat:v0_ven_ml"] + (drugs.effect(x, "venous_ml") - 26.5 * x["reflex_v0"]) * x["pat:size"]
    _feed(x)
    toward(x, "cpp_mean", most(x["p:root"] - most(x["p:ra"], 0.0), 0.0), 4.0)
    span = most(x["pat:cpp_full_mmhg"] - x["pat:cpp_none_mmhg"], 1.0)
    fed = between((x["cpp_mean"] - x["pat:cpp_none_mmhg"]) / span, 0.0, 1.0) * (1.0 - x["deficit:coronary"])
    toward(x, "contractility", fed, x["pat:tau_contractility_s"] / (1.0 - PROTECTED * x["arrest"]))
    reflex = between(1.0 + 0.014 * x["reflex_r"], 0.7, 1.5)
    x["now:strength"] = x["contractility"] * (reflex + drugs.effect(x, "strength")) * (0.2 + 0.8 * alive)


def _feed(x: Scope) -> None:
    """Coronary arteries open, up to three times, when the blood that leaves the muscle is dark: flow follows need (tunable)."""
    last = f"coronary:{BEDS['coronary'][3] - 1}"
    left = x[f"o2:{last}"] / most(0.00136 * x[f"hb:{last}"], 1e-6)
    toward(x, "coronary_open", between(1.0 + (DARK_SAT - left) / 0.08, 1.0, CORONARY_RESERVE), 6.0)


def _rate(x: Scope) -> None:
    """Heart rate by reflex, drugs and temperature; pacing takes over where it is faster. RR gain 0.021 s/mmHg together [CVS6]."""
    rest = 60.0 / x["pat:hr_bpm"]
    cold = between(1.0 - RATE_PER_C * (37.0 - x["temp:core"]), 0.2, 1.15)
    rr = most(rest * (1.0 - 0.0245 * x["reflex_hr"]), 0.27)
    own = 60.0 / rr * (1.0 + drugs.effect(x, "rate")) * cold
    x["now:hr_bpm"] = between(most(own, x["in:pacing_bpm"]), 15.0, 230.0)
