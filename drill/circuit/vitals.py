"""True readings of the patient, from the state of this tick. Where blood of heart and circuit meet, each place has its own saturation."""

from drill.circuit import acid_base, drugs, lungs
from drill.circuit.body import saturation_at
from drill.circuit.laws import ML_S_PER_L_MIN
from drill.circuit.patient import BEDS
from drill.circuit.slots import Scope
from drill.circuit.trace import Num, most, select


def truth(x: Scope, ox: str) -> dict[str, Num]:
    """Return every true reading of the patient; `ox` is the oxygenator, whose O2 shift holds for blood that comes from below."""
    hand = acid_base.blood_at(x, "ao_asc")
    gases = acid_base.follow(x, "right_hand", hand)
    right = _saturation(x, "right_hand", "ao_asc", "right_hand")
    left = _saturation(x, "left_hand", "ao_arch", "right_hand")
    return {
        "map_mmhg": x["map_mean"],
        "sys_mmhg": x["sys"],
        "dia_mmhg": x["dia"],
        "pulse_pressure_mmhg": most(x["sys"] - x["dia"], 0.0),
        "cvp_mmhg": x["p:ra"],
        "pap_mmhg": x["pa_mean"],
        "lap_mmhg": x["la_mean"],
        "lv_volume_ml": x["lv_max_ml"],
        "rhythm": x["rhythm"],
        "hr_bpm": select(x["now:beats"] > 0.1, x["now:hr_bpm"], 0.0),
        "spo2_right_hand_pct": right,
        "sao2_pct": right,
        "hb_lab_g_l": hand.hb_g_l,
        "spo2_left_hand_pct": left,
        "sat_coronary_pct": _saturation(x, "coronary", "root", "right_hand"),
        "spo2_foot_pct": _saturation(x, "foot", "leg", f"{ox}_out"),
        "nirs_pct": 0.75 * _after(x, "head_right") + 0.25 * right,
        "nirs_left_pct": 0.75 * _after(x, "head_left") + 0.25 * left,
        "lung_shunt_pct": 100.0 * x["lung_shunt"],
        "lung_water_pct": 100.0 * x["lung_water"],
        "etco2_mmhg": lungs.end_tidal_mmhg(x),
        "temp_core_c": x["temp:core"],
        "temp_shell_c": x["temp:shell"],
        "pao2_mmhg": x["po2:right_hand"],
        "paco2_mmhg": gases.pco2_mmhg,
        "ph_arterial": gases.ph,
        "be_mmol_l": x["be_mmol_l"],
        "act_s": drugs.act_s(x),
        "cardiac_output_l_min": x["co_ml_s"] / ML_S_PER_L_MIN,
        "vo2_ml_min": x["vo2_mean"],
        "oxygen_debt_ml": x["debt_ml"],
        "gas_to_brain_ml": x["gas_brain_ml"],
        "gas_in_brain_ml": x["gas_in_brain_ml"],
        "lactate_mmol_l": x["lactate_mmol_l"],
        "contractility": x["contractility"],
    }


def _saturation(x: Scope, place: str, node: str, shift: str) -> Num:
    return 100.0 * saturation_at(x, place, x[f"o2:{node}"], x[f"hb:{node}"], x[f"shift:{shift}"])


def _after(x: Scope, bed: str) -> Num:
    """Return the saturation of blood that leaves a bed."""
    last = f"{bed}:{BEDS[bed][3] - 1}"
    return _saturation(x, bed, last, "lungs")
