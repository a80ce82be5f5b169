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
        Control("tap_drainage", "0 closed - 1 open", 0, 1, 0, "Three-way tap on the drainage line's connector"),
        Control("tap_post_ox", "0 closed - 1 open", 0, 1, 0, "Three-way tap behind the oxygenator"),
        Control("vent_ox", "0 closed - 1 open", 0, 1, 0, "De-airing port at the top of the oxygenator (yellow cap)"),
        Control("pump_rpm_set", "rpm", 0, 5000, 0, "Speed knob of the console that is in use"),
        Control("console_power", "0 off - 1 on", 0, 1, 1, "Power button of the main console"),
        Control("isolation_switch", "0 off - 1 on", 0, 1, 1, "Isolation switch at the back of the main console"),
        Control("mains_power", "0 off - 1 on", 0, 1, 1, "Mains plug of the main console"),
        Control("backup_power", "0 off - 1 on", 0, 1, 1, "Power button of the backup console"),
        Control("crank_rpm", "handle turns/min", -150, 150, 0, "Handle of the emergency drive; the arrow direction is positive"),
        Control("sweep_l_min", "L/min", 0, 15, 0, "Sweep gas flowmeter"),
        Control("fdo2_pct", "%", 21, 100, 100, "Oxygen in the sweep gas at the blender"),
        Control("gas_source", "0 wall - 1 cylinder", 0, 1, 0, "Where the sweep gas comes from"),
        Control("gas_hose", "0 off - 1 on", 0, 1, 1, "Gas hose on the oxygenator's inlet"),
        Control("vaporiser_cap", "0 off - 1 on", 0, 1, 1, "Filler cap of the vaporiser in the gas line"),
        Control("gas_exhaust", "0 open - 1 blocked", 0, 1, 0, "Gas outlet of the oxygenator"),
        Control("water_temp_c", "degC", 4, 42, 37, "Set temperature of the heater-cooler"),
        Control("water_flow_l_min", "L/min", 0, 25, 12, "Water flow through the heat exchanger"),
        Control("heparin_iu_h", "IU/h", 0, 10000, 1500, "Heparin infusion"),
        Control("vent_l_min", "L/min", 0, 20, 3, "Ventilator minute ventilation"),
        Control("vent_fio2_pct", "%", 21, 100, 50, "Ventilator FiO2"),
        Control("compressions", "0 off - 1 on", 0, 1, 0, "Chest compressions"),
        Control("flow_alarm_low_l_min", "L/min", 0, 8, 2, "Low-flow alarm limit on the console"),
        Control("bubble_stop", "0 off - 1 armed", 0, 1, 1, "Flow and bubble sensor armed to stop the pump"),
    )
}
CLAMPS = tuple(name for name in CONTROLS if name.startswith("clamp_"))
CLAMP_CLOSED = 0.99
