"""Every knob, clamp and switch of the machine and of the bedside: name, unit, range, default, meaning.

A control is moved by a `set` action or by the effect of a job. Clamps run from 0 (open) to 1 (closed).
"""

from typing import NamedTuple


class Control(NamedTuple):
    """One thing that a hand can set."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    meaning: str


CONTROLS: dict[str, Control] = {
    c.name: c
    for c in (
        Control("clamp_return", "0 open - 1 closed", 0, 1, 0, "Tubing clamp on the return line at the groin"),
        Control("clamp_drainage", "0 open - 1 closed", 0, 1, 0, "Tubing clamp on the drainage line at the groin"),
        Control("clamp_pump_outlet", "0 open - 1 closed", 0, 1, 0, "Tubing clamp between pump and oxygenator"),
        Control("clamp_post_ox", "0 open - 1 closed", 0, 1, 0, "Tubing clamp after the oxygenator"),
        Control("clamp_distal_perfusion", "0 open - 1 closed", 0, 1, 0, "Clamp on the distal perfusion line to the leg"),
        Control("clamp_bridge", "0 open - 1 closed", 0, 1, 1, "Clamp on the bridge between return and drainage line"),
        Control("clamp_recirculation", "0 open - 1 closed", 0, 1, 1, "Clamp on the recirculation line to the reservoir or round the lung"),
        Control("clamp_ox_inlet", "0 open - 1 closed", 0, 1, 0, "Clamp at the oxygenator's inlet, behind the Y piece"),
        Control("clamp_pronto_in", "0 open - 1 closed", 0, 1, 1, "Clamp before the second oxygenator of the PRONTO loop"),
        Control("clamp_pronto_out", "0 open - 1 closed", 0, 1, 1, "Clamp after the second oxygenator of the PRONTO loop"),
        Control("clamp_pronto_recirculation", "0 open - 1 closed", 0, 1, 1, "Clamp on the recirculation line of the PRONTO loop"),
        Control("clamp_vent", "0 open - 1 closed", 0, 1, 0, "Clamp on the left ventricle's vent line"),
        Control("clamp_cardioplegia", "0 open - 1 closed", 0, 1, 0, "Clamp on the cardioplegia line at the root"),
        Control("clamp_plegia_blood", "0 open - 1 closed", 0, 1, 0, "Clamp on the blood supply of the cardioplegia head"),
        Control("clamp_plegia_bag", "0 open - 1 closed", 0, 1, 1, "Clamp on the bag of the cardioplegia head"),
        Control("clamp_aortic_cannula", "0 open - 1 closed", 0, 1, 0, "The surgeon's clamp on the arterial cannula; the line is off then"),
        Control("aortic_clamp", "0 off - 1 on", 0, 1, 0, "The surgeon's cross-clamp on the ascending aorta"),
        Control("clamp_electronic", "0 open - 1 closed", 0, 1, 0, "Electronic clamp on the arterial line, which the interlocks close"),
        Control("tap_drainage", "0 closed - 1 open", 0, 1, 0, "Three-way tap on the drainage line's connector"),
        Control("port_drainage", "0 capped - 1 open", 0, 1, 0, "Luer port on the drainage line's connector"),
        Control("central_line", "0 capped - 1 open", 0, 1, 0, "Lumen of the central venous line, whose tip lies by the drainage cannula"),
        Control("cannula_out", "0 seated - 1 out", 0, 1, 0, "How far the drainage cannula's side holes stand out of the vein"),
        Control("tap_post_ox", "0 closed - 1 open", 0, 1, 0, "Three-way tap behind the oxygenator"),
        Control("tap_filter_purge", "0 closed - 1 open", 0, 1, 1, "Tap on the arterial filter's purge line to the reservoir"),
        Control("vent_ox", "0 closed - 1 open", 0, 1, 0, "De-airing port at the top of the oxygenator (yellow cap)"),
        Control("pump_rpm_set", "rpm", 0, 5000, 0, "Speed knob of the console that is in use, of a centrifugal pump or a roller"),
        Control("suction_rpm", "rpm", -250, 250, 0, "Roller head of the sucker in the field; negative is backwards"),
        Control("vent_rpm", "rpm", -250, 250, 0, "Roller head of the left ventricle's vent; negative is backwards"),
        Control("cardioplegia_rpm", "rpm", -250, 250, 0, "Roller head of the cardioplegia; negative is backwards"),
        Control("spare_rpm", "rpm", -250, 250, 0, "Spare roller head, on a second sucker; negative is backwards"),
        Control("vacuum_mmhg", "mmHg", 0, 150, 0, "Vacuum under the cover of the venous reservoir"),
        Control("console_power", "0 off - 1 on", 0, 1, 1, "Power button of the main console"),
        Control("module_power", "0 off - 1 on", 0, 1, 1, "Power switch of the arterial pump's own module"),
        Control("spare_links", "0 off - 1 on", 0, 1, 0, "Servo links assigned to the spare head"),
        Control("isolation_switch", "0 off - 1 on", 0, 1, 1, "Isolation switch at the back of the main console"),
        Control("mains_power", "0 off - 1 on", 0, 1, 1, "Mains plug of the main console"),
        Control("backup_power", "0 off - 1 on", 0, 1, 1, "Power button of the backup console"),
        Control("crank_rpm", "handle turns/min", -150, 150, 0, "Handle of the emergency drive, clockwise positive; an arrow shows its way"),
        Control("sweep_l_min", "L/min", 0, 15, 0, "Sweep gas flowmeter"),
        Control("fdo2_pct", "%", 21, 100, 100, "Oxygen in the sweep gas at the blender"),
        Control("gas_source", "0 wall - 1 cylinder", 0, 1, 0, "Where the sweep gas comes from"),
        Control("hose_wall_o2", "0 off - 1 on", 0, 1, 1, "Oxygen hose at the wall; indexed, so that it fits no other socket"),
        Control("hose_wall_air", "0 off - 1 on", 0, 1, 1, "Air hose at the wall; indexed, so that it fits no other socket"),
        Control("vaporiser_pct", "%", 0, 5, 0, "Volatile anaesthetic in the sweep gas, by the vaporiser's dial"),
        Control("scavenger", "0 off - 1 on", 0, 1, 0, "Scavenging hose on the oxygenator's gas outlet"),
        Control("gas_hose", "0 off - 1 on", 0, 1, 1, "Gas hose on the oxygenator's inlet"),
        Control("gas_hose_second", "0 first - 1 second", 0, 1, 0, "Which oxygenator the gas hose is on, where there are two"),
        Control("water_second", "0 first - 1 second", 0, 1, 0, "Which oxygenator the water lines are on, where there are two"),
        Control("lung_tapped", "0 no - 1 yes", 0, 1, 0, "Whether somebody tips and taps the second oxygenator: its gas leaves it"),
        Control("vaporiser_cap", "0 off - 1 on", 0, 1, 1, "Filler cap of the vaporiser in the gas line"),
        Control("gas_exhaust", "0 open - 1 blocked", 0, 1, 0, "Gas outlet of the oxygenator"),
        Control("water_temp_c", "degC", 4, 42, 37, "Set temperature of the heater-cooler"),
        Control("water_flow_l_min", "L/min", 0, 25, 12, "Water flow through the heat exchanger"),
        Control("heparin_iu_h", "IU/h", 0, 10000, 1500, "Heparin infusion"),
        Control("vent_l_min", "L/min", 0, 20, 3, "Ventilator minute ventilation"),
        Control("vent_fio2_pct", "%", 21, 100, 50, "Ventilator FiO2"),
        Control("vent_peep_cmh2o", "cmH2O", 0, 20, 5, "Ventilator PEEP"),
        Control("noradrenaline_mcg_min", "microgram/min", 0, 100, 0, "Noradrenaline infusion"),
        Control("adrenaline_mcg_min", "microgram/min", 0, 100, 0, "Adrenaline infusion"),
        Control("defibrillator", "0 off - 1 shock", 0, 1, 0, "Defibrillator: a shock as it goes on; the button springs back"),
        Control("pacing_bpm", "/min", 0, 150, 0, "Pacemaker rate, 0 off"),
        Control("compressions", "0 off - 1 on", 0, 1, 0, "Chest compressions"),
        Control("spare_gas_pct", "%", 0, 100, 100, "Gas left in the spare that stands ready: 100 dry, 0 primed and free of gas"),
        Control("pressure_lines", "0 off - 1 on", 0, 1, 1, "Pressure lines at the oxygenator's inlet and outlet"),
        Control("head_down", "0 level - 1 head down", 0, 1, 0, "How the patient lies"),
        Control("line_walked", "0 no - 1 yes", 0, 1, 0, "Whether somebody walks the drainage line: slugs of air go with the blood"),
        Control("aortic_vent", "0 off - 1 on", 0, 1, 0, "The surgeon's vent in the aorta: gas and blood run out of it into the field"),
        Control("line_over_field", "0 no - 1 yes", 0, 1, 0, "The arterial line's end, off its cannula, runs out over the field"),
        Control("line_in_svc", "0 no - 1 yes", 0, 1, 0, "The arterial line's end lies in the snared superior vena cava"),
        Control("monitor_power", "0 off - 1 on", 0, 1, 1, "Power of the patient monitor"),
        Control("heater_power", "0 off - 1 on", 0, 1, 1, "Power of the heater-cooler"),
        Control("analyser_power", "0 off - 1 on", 0, 1, 1, "Power of the oxygen analyser behind the blender"),
        Control("console_alarms", "0 off - 1 on", 0, 1, 1, "All alarms of the console; interlocks are apart"),
        Control("monitor_alarms", "0 off - 1 on", 0, 1, 1, "All alarms of the patient monitor"),
        *(
            Control(name, unit, low, high, default, f"{meaning}; {'lowest' if way == 'low' else 'highest'} setting = off")
            for name, unit, low, high, default, way, meaning in (
                ("flow_alarm_low_l_min", "L/min", 0, 8, 2, "low", "Low-flow alarm limit on the console"),
                ("limit_p_ven_low_mmhg", "mmHg", -500, 0, -100, "low", "Alarm limit of the pump inlet pressure"),
                ("limit_p_pre_high_mmhg", "mmHg", 0, 900, 400, "high", "Alarm limit of the pressure before the membrane"),
                ("limit_p_post_high_mmhg", "mmHg", 0, 900, 300, "high", "Alarm limit of the line pressure after the membrane"),
                ("limit_dp_ox_high_mmhg", "mmHg", 0, 400, 150, "high", "Alarm limit of the pressure drop over the membrane"),
                ("limit_svo2_low_pct", "%", 0, 100, 55, "low", "Alarm limit of the saturation in the drainage line"),
                ("limit_level_low_ml", "mL", 0, 3000, 400, "low", "Alarm limit of the reservoir level"),
                ("limit_fdo2_low_pct", "%", 15, 100, 30, "low", "Alarm limit of the oxygen analyser"),
                ("limit_water_high_c", "degC", 20, 50, 41, "high", "Alarm limit of the water temperature"),
                ("limit_map_low_mmhg", "mmHg", 0, 120, 55, "low", "Alarm limit of the mean arterial pressure"),
                ("limit_map_high_mmhg", "mmHg", 40, 250, 120, "high", "Alarm limit of the mean arterial pressure"),
                ("limit_cvp_high_mmhg", "mmHg", 0, 60, 30, "high", "Alarm limit of the central venous pressure"),
                ("limit_spo2_low_pct", "%", 50, 100, 88, "low", "Alarm limit of the oximeter on the right hand"),
                ("limit_nirs_low_pct", "%", 0, 95, 45, "low", "Alarm limit of the cerebral saturation"),
                ("limit_temp_low_c", "degC", 15, 37, 34, "low", "Alarm limit of the core temperature"),
                ("limit_temp_high_c", "degC", 36, 43, 38.5, "high", "Alarm limit of the core temperature"),
            )
        ),
        Control("bubble_stop", "0 off - 1 armed", 0, 1, 1, "Bubble interlock: stops the pump, closes the electronic clamp"),
        Control("level_stop", "0 off - 1 armed", 0, 1, 1, "Level interlock: stops the pump while the reservoir is low"),
        Control("pressure_stop", "0 off - 1 armed", 0, 1, 1, "Pressure interlock: slows the pump while the line pressure is high"),
        Control("runaway_stop", "0 off - 1 armed", 0, 1, 1, "Runaway protection: takes the drive's power when it turns faster than set"),
        Control("backflow_stop", "0 off - 1 armed", 0, 1, 1, "Backflow protection: closes the electronic clamp"),
        Control("water_cutout", "0 off - 1 armed", 0, 1, 1, "Over-temperature cut-out of the heater-cooler"),
        *(
            Control(f"override_{name}", "0 off - 1 on", 0, 1, 0, f"Manual override of the {title}: it watches, and does not act")
            for name, title in (
                ("bubble", "bubble interlock"),
                ("level", "level interlock"),
                ("pressure", "pressure interlock"),
                ("runaway", "runaway protection"),
                ("backflow", "backflow protection"),
                ("water", "over-temperature cut-out"),
            )
        ),
        Control("limit_bubble_ml", "mL", 0.1, 10, 0.5, "Gas in about a second at which the bubble interlock acts"),
        Control("limit_level_stop_ml", "mL", 50, 1500, 200, "Reservoir level at which the level interlock acts"),
        Control("limit_line_mmhg", "mmHg", 100, 600, 350, "Line pressure at which the pressure interlock acts"),
        Control("limit_runaway_rpm", "rpm", 10, 2000, 500, "Speed over the set one at which the runaway protection acts"),
        Control("limit_backflow_l_min", "L/min", -3, -0.1, -0.3, "Flow below which the backflow protection acts"),
        Control("limit_water_c", "degC", 35, 45, 42, "Water temperature at which the heater-cooler cuts out"),
    )
}
CLAMPS = tuple(name for name in CONTROLS if name.startswith("clamp_"))
SIDE_CLAMPS = frozenset(  # on side branches: closed they do not stop the circuit
    name
    for name in CLAMPS
    if CONTROLS[name].default > 0.5
    or name in {"clamp_distal_perfusion", "clamp_vent", "clamp_cardioplegia", "clamp_plegia_blood", "clamp_ox_inlet"}
)
CLAMP_CLOSED = 0.99
