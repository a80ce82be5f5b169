"""Everything that can be measured: name, unit, resolution, range, meaning, where it is shown.

`true` readings are the model's; a `shown` reading is what a sensor displays with its host's power.
A reading with a host exists in both forms; one without exists only as truth (outcomes, harm). The host `lab` shows what a
sample gave: values of the time when it was drawn.
"""

from typing import NamedTuple


class Reading(NamedTuple):
    """One measurable quantity. `host` is the box that displays it ("" = never displayed)."""

    name: str
    unit: str
    resolution: float
    low: float
    high: float
    host: str
    meaning: str


HOSTS = {  # what shows readings and sounds alarms, and what it lives on
    "console": "power of the console in use, and its boot",
    "crank": "the pump head on the emergency drive",
    "monitor": "power of the patient monitor",
    "flowmeter": "nothing: glass tube, gauge and whistle need no power",
    "analyser": "power of the oxygen analyser",
    "heater": "power of the heater-cooler",
    "lab": "nothing: the slip of paper that came back; blank until then",
}
LAB = "lab"

READINGS: dict[str, Reading] = {
    r.name: r
    for r in (
        Reading("flow_l_min", "L/min", 0.01, -10, 12, "console", "Circuit flow by the probe on the return side; negative is backflow"),
        Reading("pump_rpm", "rpm", 1, -6000, 6000, "console", "Measured speed of the drive that the console turns"),
        Reading("battery_pct", "%", 1, 0, 100, "console", "Charge of the console's battery"),
        Reading("crank_tach_rpm", "rpm", 10, -6000, 6000, "crank", "Tachometer of the emergency drive"),
        Reading("p_ven_mmhg", "mmHg", 1, -500, 600, "console", "Pump inlet (P1)"),
        Reading("p_pre_mmhg", "mmHg", 1, -500, 900, "console", "Before the membrane (P2)"),
        Reading("p_post_mmhg", "mmHg", 1, -500, 900, "console", "After the membrane (P3)"),
        Reading("dp_ox_mmhg", "mmHg", 1, -500, 900, "console", "Delta-P: pressure drop over the membrane, P2 - P3"),
        Reading("svo2_pct", "%", 1, 0, 100, "console", "Saturation in the drainage line"),
        Reading("reservoir_ml", "mL", 5, 0, 6000, "console", "Level of the venous reservoir; blank on a circuit without one"),
        Reading("sweep_l_min", "L/min", 0.1, 0, 15, "flowmeter", "Sweep gas flow at the oxygenator"),
        Reading("fdo2_pct", "%", 1, 21, 100, "analyser", "Oxygen in the sweep gas, by the analyser behind the blender"),
        Reading("gas_supply_alarm", "0 no - 1 yes", 1, 0, 1, "flowmeter", "Crossover alarm of the blender: one wall gas is missing"),
        Reading("cylinder_l", "L", 1, 0, 10000, "flowmeter", "Oxygen left in the cylinder, by its gauge"),
        Reading("agent_exhaust_pct", "%", 0.1, 0, 10, "flowmeter", "Volatile anaesthetic at the oxygenator's exhaust, by the analyser"),
        Reading("agent_blood_pct", "%", 0.1, 0, 10, "", "Volatile anaesthetic in blood and brain, as part of an atmosphere"),
        Reading("gas_pressure_mmhg", "mmHg", 1, -100, 500, "", "Gas side of the oxygenator, above the air"),
        Reading("po2_post_mmhg", "mmHg", 1, 0, 760, "lab", "PO2 of blood leaving the oxygenator"),
        Reading("sat_post_pct", "%", 1, 0, 100, "lab", "Saturation of blood leaving the oxygenator"),
        Reading("pco2_post_mmhg", "mmHg", 1, 0, 250, "lab", "PCO2 of blood leaving the oxygenator, 37 degC"),
        Reading("temp_blood_out_c", "degC", 0.1, 0, 50, "heater", "Blood leaving the oxygenator"),
        Reading("water_temp_c", "degC", 0.1, 0, 60, "heater", "Water of the heater-cooler"),
        Reading("water_flow_l_min", "L/min", 0.1, 0, 40, "heater", "Water flow through the heat exchanger"),
        Reading("water_pressure_mmhg", "mmHg", 1, 0, 1000, "heater", "Water pressure before the heat exchanger"),
        Reading("map_mmhg", "mmHg", 1, -20, 300, "monitor", "Mean arterial pressure, right radial"),
        Reading("sys_mmhg", "mmHg", 1, -20, 300, "monitor", "Systolic arterial pressure of the last beat"),
        Reading("dia_mmhg", "mmHg", 1, -20, 300, "monitor", "Diastolic arterial pressure of the last beat"),
        Reading("pulse_pressure_mmhg", "mmHg", 1, 0, 200, "monitor", "Systolic less diastolic of the last beat"),
        Reading("cvp_mmhg", "mmHg", 1, -50, 100, "monitor", "Central venous pressure"),
        Reading("pap_mmhg", "mmHg", 1, -20, 150, "", "Mean pulmonary arterial pressure"),
        Reading("lap_mmhg", "mmHg", 1, -20, 100, "", "Mean left atrial pressure: above 25 the lungs flood"),
        Reading("lv_volume_ml", "mL", 1, 0, 1000, "", "Greatest volume of the left ventricle over the last beat"),
        Reading("hr_bpm", "/min", 1, 0, 300, "monitor", "Heart rate by ECG; 0 in fibrillation and standstill"),
        Reading("rhythm", "0 beats - 1 fibrillates - 2 stands", 1, 0, 2, "monitor", "Rhythm by ECG"),
        Reading("spo2_right_hand_pct", "%", 1, 0, 100, "monitor", "Pulse oximeter, right hand; blank at low perfusion"),
        Reading("spo2_left_hand_pct", "%", 1, 0, 100, "monitor", "Pulse oximeter, left hand; blank at low perfusion"),
        Reading("spo2_foot_pct", "%", 1, 0, 100, "monitor", "Pulse oximeter, foot; blank without a pulse"),
        Reading("nirs_pct", "%", 1, 0, 100, "monitor", "Cerebral saturation"),
        Reading("nirs_left_pct", "%", 1, 0, 100, "monitor", "Cerebral saturation, left"),
        Reading("sat_coronary_pct", "%", 1, 0, 100, "", "Saturation of the blood that feeds the heart"),
        Reading("lung_shunt_pct", "%", 1, 0, 100, "", "Share of blood that passes the lungs unchanged"),
        Reading("lung_water_pct", "%", 1, 0, 100, "", "Oedema: 0 dry, 100 flooded"),
        Reading("etco2_mmhg", "mmHg", 1, 0, 150, "monitor", "End-tidal CO2: falls when less blood passes the lungs"),
        Reading("temp_core_c", "degC", 0.1, 0, 50, "monitor", "Core temperature"),
        Reading("temp_shell_c", "degC", 0.1, 0, 50, "", "Temperature of limbs and skin"),
        Reading("pao2_mmhg", "mmHg", 1, 0, 760, "lab", "Arterial PO2, right radial"),
        Reading("paco2_mmhg", "mmHg", 1, 0, 250, "lab", "Arterial PCO2, right radial, 37 degC"),
        Reading("ph_arterial", "pH", 0.01, 6, 8.5, "lab", "Arterial pH, right radial, 37 degC"),
        Reading("be_mmol_l", "mmol/L", 0.1, -40, 40, "lab", "Base excess of arterial blood"),
        Reading("act_s", "s", 1, 0, 1500, "lab", "Activated clotting time that a sample would have"),
        Reading("sao2_pct", "%", 1, 0, 100, "lab", "Arterial saturation at the right hand"),
        Reading("cardiac_output_l_min", "L/min", 0.01, 0, 20, "", "Native output of the left ventricle, mean of about 2 s"),
        Reading("recirculation_pct", "%", 1, 0, 100, "", "Share of the drained blood that the circuit has just returned"),
        Reading("vo2_ml_min", "mL/min", 1, 0, 2000, "", "Oxygen that the tissues take"),
        Reading("oxygen_debt_ml", "mL", 1, 0, 100000, "", "Oxygen that the tissues wanted and did not get"),
        Reading("lactate_mmol_l", "mmol/L", 0.1, 0, 40, "lab", "Arterial lactate"),
        Reading("hb_lab_g_l", "g/L", 1, 0, 250, "lab", "Haemoglobin of arterial blood, right radial"),
        Reading("hb_g_l", "g/L", 1, 0, 250, "console", "Haemoglobin in the drainage line"),
        Reading("contractility", "fraction", 0.001, 0, 3, "", "Strength of the heart against its start, by coronary supply and drugs"),
        Reading("gas_to_patient_ml", "mL", 0.01, 0, 100000, "", "Gas that has reached the patient"),
        Reading("gas_to_brain_ml", "mL", 0.01, 0, 100000, "", "Arterial gas that has gone to the brain"),
        Reading("gas_in_brain_ml", "mL", 0.01, 0, 100000, "", "Gas that is still in the brain, less what came back"),
        Reading("blood_volume_ml", "mL", 1, 0, 20000, "", "Blood in patient and circuit"),
        Reading("bubble_ml", "mL", 0.01, 0, 1000, "console", "Gas seen by the bubble sensor on the return side, about the last second"),
        Reading("gas_in_head_ml", "mL", 0.1, 0, 1000, "", "Gas in the pump head"),
        Reading("gas_in_oxygenator_ml", "mL", 0.1, 0, 5000, "", "Gas in the oxygenator"),
        Reading("air_drawn_ml", "mL", 0.1, 0, 100000, "", "Gas drawn into the circuit from the air"),
        Reading("blood_lost_ml", "mL", 1, 0, 100000, "", "Blood that has run out of the circuit"),
        Reading("backflow_ml", "mL", 1, 0, 100000, "", "Blood that has run from artery to vein through the circuit"),
    )
}
SHOWN = tuple(r.name for r in READINGS.values() if r.host)
LIVE = tuple(name for name in SHOWN if READINGS[name].host != LAB)  # what a display shows all the time
PRESSURES = ("p_ven_mmhg", "p_pre_mmhg", "p_post_mmhg", "dp_ox_mmhg", "cvp_mmhg")
GROUPS: dict[str, tuple[str, ...]] = {  # what one pair of hands puts right at once
    "pressures": PRESSURES,
    "probe": ("flow_l_min", "bubble_ml"),
    "level": ("reservoir_ml",),
    "monitor": tuple(name for name in SHOWN if READINGS[name].host == "monitor" and name not in PRESSURES),
}
