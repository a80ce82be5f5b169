"""Every kind of fault that a scenario can inject: its parameters, and what it changes in the physics.

A fault never sets a reading: it changes a device, and the readings follow. A change writes one number: a control that
somebody or something moves, or a slot of the model; `{part}` stands for the part that the fault sits in, `{inlet}` and
`{outlet}` for its two nodes.
"""

from typing import NamedTuple


class Parameter(NamedTuple):
    """One number of a fault, with its unit and range."""

    name: str
    unit: str
    low: float
    high: float
    default: float


class Change(NamedTuple):
    """One number that a fault writes: `to` is the number, or the name of one of the fault's parameters."""

    where: str  # "control:<name>" or the name of a slot
    to: float | str


class Fault(NamedTuple):
    """One kind of fault. `site` is the circuit's site whose part it sits in, unless the scenario names a part.

    A fault of a sensor sits in a reading: `site` is the usual one, and a scenario names any other that is displayed.
    `by_hand` says that a hand at the bedside can undo it (effect `clear`).
    """

    name: str
    site: str
    parameters: tuple[Parameter, ...]
    changes: tuple[Change, ...]
    meaning: str
    by_hand: bool = False


FAULTS: dict[str, Fault] = {
    f.name: f
    for f in (
        Fault(
            "motor_fault",
            "pump",
            (),
            (Change("flag:motor_failed", 1.0),),
            "The main drive gives no torque: the rotor runs down; the console stays alive and alarms",
        ),
        Fault(
            "isolation_switch_off",
            "pump",
            (),
            (Change("control:isolation_switch", 0.0),),
            "The isolation switch at the back is knocked off: the main console loses mains and battery",
        ),
        Fault(
            "mains_lost",
            "pump",
            (),
            (Change("control:mains_power", 0.0),),
            "The mains are gone: the main console runs on its battery until that is flat",
        ),
        Fault(
            "battery_worn",
            "pump",
            (Parameter("lost", "fraction", 0.0, 1.0, 1.0),),
            (Change("flag:battery_lost", "lost"),),
            "The battery of the main console holds only part of its charge; alone it changes nothing while the mains are on",
        ),
        Fault(
            "head_disengaged",
            "pump",
            (),
            (Change("flag:head_off", 1.0),),
            "The pump head comes off its magnets: the motor turns on at the set speed, the rotor stands",
        ),
        Fault(
            "head_thrombosis",
            "pump",
            (Parameter("clot", "fraction", 0.0, 1.0, 0.3), Parameter("per_min", "fraction/min", 0.0, 10.0, 0.0)),
            (Change("clot:{part}", "clot"), Change("clot_per_min:{part}", "per_min")),
            "Clot in the pump head: flow falls at the same rpm, and the rotor sticks when it fills the head",
        ),
        Fault(
            "runaway",
            "pump",
            (Parameter("rpm", "rpm", 0.0, 6000.0, 5000.0), Parameter("deaf", "0 no - 1 yes", 0.0, 1.0, 0.0)),
            (Change("flag:runaway_rpm", "rpm"), Change("flag:cut_fails", "deaf")),
            "The main drive runs away to a speed of its own: knob and stop do nothing, only cutting its power does; a deaf one is not "
            "even cut by its runaway protection",
        ),
        Fault(
            "oxygenator_clot",
            "oxygenator",
            (Parameter("clot", "fraction", 0.0, 0.95, 0.5),),
            (Change("clot:{part}", "clot"),),
            "Clot on the blood side: pressure drop by 1/(1 - clot)^2, more shunt, less membrane for CO2",
        ),
        Fault(
            "wet_out",
            "oxygenator",
            (Parameter("water", "fraction", 0.0, 0.9, 0.6),),
            (Change("water:{part}", "water"),),
            "Water in the fibres: CO2 and oxygen transfer worsen until a sigh of 10 L/min blows it out",
        ),
        Fault(
            "plasma_leak",
            "oxygenator",
            (Parameter("ml_min", "mL/min at 200 mmHg", 0.0, 200.0, 20.0),),
            (Change("plasma_leak_ml_min:{part}", "ml_min"),),
            "Plasma crosses the membrane: volume is lost, haemoglobin rises, the fibres wet",
        ),
        Fault(
            "wall_oxygen_lost",
            "oxygenator",
            (),
            (Change("supply:wall_o2", 0.0),),
            "The wall's oxygen fails: the blender passes air and sounds its crossover alarm",
        ),
        Fault(
            "wall_air_lost",
            "oxygenator",
            (),
            (Change("supply:wall_air", 0.0),),
            "The wall's air fails: the blender passes oxygen alone and sounds its crossover alarm",
        ),
        Fault(
            "blender_wrong",
            "oxygenator",
            (Parameter("error_pct", "% O2", -79.0, 79.0, -60.0),),
            (Change("supply:blender_error_pct", "error_pct"),),
            "The blender delivers another fraction of oxygen than its dial says; the analyser behind it tells",
        ),
        Fault(
            "flowmeter_wrong",
            "oxygenator",
            (Parameter("factor", "times", 0.0, 2.0, 0.3),),
            (Change("supply:flow_factor", "factor"),),
            "The flowmeter shows its setting while another flow passes: CO2 of the blood tells",
        ),
        Fault(
            "gas_hose_off",
            "oxygenator",
            (),
            (Change("control:gas_hose", 0.0),),
            "The gas hose is off the oxygenator: the flowmeter shows flow, the blood leaves dark",
            by_hand=True,
        ),
        Fault(
            "vaporiser_cap_off",
            "oxygenator",
            (Parameter("leak", "fraction", 0.0, 1.0, 0.9),),
            (Change("supply:cap_leak", "leak"), Change("control:vaporiser_cap", 0.0)),
            "The vaporiser's cap is off: most of the gas leaves behind the flowmeter",
            by_hand=True,
        ),
        Fault(
            "cylinder_runs_out",
            "oxygenator",
            (Parameter("left_l", "L", 0.0, 400.0, 4.0),),
            (Change("supply:cylinder_l", "left_l"), Change("control:gas_source", 1.0)),
            "The sweep gas comes from a cylinder with this much left: flow ends when it is empty",
        ),
        Fault(
            "scavenger_too_strong",
            "oxygenator",
            (Parameter("suction_mmhg", "mmHg", 0.0, 300.0, 100.0),),
            (Change("supply:scavenge_mmhg", "suction_mmhg"), Change("control:scavenger", 1.0)),
            "The scavenger sucks at the gas outlet: the gas side stands below the air, and a leaking membrane loses plasma faster",
            by_hand=True,
        ),
        Fault(
            "exhaust_blocked",
            "oxygenator",
            (),
            (Change("control:gas_exhaust", 1.0),),
            "The oxygenator's gas outlet is blocked: gas pressure rises towards the blood's, and gas exchange ends",
            by_hand=True,
        ),
        Fault(
            "heater_cooler_off",
            "oxygenator",
            (),
            (Change("heater:on", 0.0),),
            "The heater-cooler stands: no water moves, blood and patient cool",
            by_hand=True,
        ),
        Fault(
            "heater_cooler_stuck",
            "oxygenator",
            (Parameter("temp_c", "degC", 4.0, 45.0, 42.0),),
            (Change("heater:stuck_c", "temp_c"),),
            "The heater-cooler goes to a temperature of its own whatever its knob says",
        ),
        Fault(
            "water_line_kinked",
            "oxygenator",
            (Parameter("closed", "0-1", 0.0, 0.98, 0.85),),
            (Change("heater:kink", "closed"),),
            "The heater-cooler's hose is kinked: water flow falls, its pressure stands at the relief valve",
            by_hand=True,
        ),
        Fault(
            "monitor_off",
            "oxygenator",
            (),
            (Change("control:monitor_power", 0.0),),
            "The patient monitor loses its power: its numbers are blank, its alarms silent",
            by_hand=True,
        ),
        Fault(
            "sensor_zero",
            "p_pre_mmhg",
            (Parameter("offset", "the reading's unit", -7000.0, 7000.0, 60.0),),
            (Change("zero:{part}", "offset"),),
            "The zero of a sensor is off by this much: its display and its alarms are wrong, the circuit is not",
        ),
        Fault(
            "sensor_stuck",
            "p_ven_mmhg",
            (),
            (Change("stuck:{part}", 1.0),),
            "A display stands at what it showed",
        ),
        Fault(
            "sensor_lost",
            "flow_l_min",
            (),
            (Change("lost:{part}", 1.0),),
            "A sensor has lost its contact: its display is blank; a bubble sensor without coupling sees air",
        ),
        Fault(
            "hypermetabolism",
            "oxygenator",
            (Parameter("factor", "times", 0.3, 3.0, 1.8),),
            (Change("vo2_factor", "factor"),),
            "The patient burns more (fever, shivering, light anaesthesia): venous saturation falls, CO2 rises",
        ),
        Fault(
            "heparin_stopped",
            "oxygenator",
            (),
            (Change("control:heparin_iu_h", 0.0),),
            "The heparin infusion stands: ACT falls over an hour",
        ),
        Fault(
            "ventilator_off",
            "oxygenator",
            (),
            (Change("control:vent_l_min", 0.0),),
            "The ventilator no longer breathes: no end-tidal CO2, and blood through the lungs darkens",
        ),
        Fault(
            "membrane_torn",
            "oxygenator",
            (Parameter("ml_min_mmhg", "mL/min/mmHg", 0.0, 100.0, 20.0),),
            (Change("tear_ml_min_mmhg:{part}", "ml_min_mmhg"),),
            "Fibres are torn: gas crosses into the blood behind the lung wherever its pressure stands above the blood's",
        ),
        Fault(
            "air_injected",
            "leak",
            (Parameter("ml", "mL", 0.0, 60.0, 10.0),),
            (Change("syringe_air_ml:{part}", "ml"),),
            "A syringe of air goes in by a tap, at 10 mL/s",
        ),
        Fault(
            "kink",
            "flow",
            (Parameter("closed", "0-1", 0.0, 1.0, 0.8),),
            (Change("kink:{part}", "closed"),),
            "A line is kinked: flow falls, pressure rises before it and falls behind it",
            by_hand=True,
        ),
        Fault(
            "electronic_clamp_shuts",
            "flow",
            (),
            (Change("control:clamp_electronic", 1.0),),
            "The electronic clamp shuts by itself and no interlock says so: the pump turns, pressure rises, nothing flows",
            by_hand=True,
        ),
        Fault(
            "clamp_left_on",
            "flow",
            (),
            (Change("control:clamp_post_ox", 1.0),),
            "A tubing clamp behind the oxygenator is closed: the pump turns, pressure rises, nothing flows",
            by_hand=True,
        ),
        Fault(
            "recirculation_open",
            "oxygenator",
            (),
            (Change("control:clamp_recirculation", 0.0),),
            "The recirculation line stands open: on bypass it steals from the patient, on ECMO blood goes round the lung and stays dark",
            by_hand=True,
        ),
        Fault(
            "connector_off",
            "flow",
            (Parameter("open", "0-1", 0.0, 1.0, 1.0),),
            (Change("hole:{outlet}", "open"),),
            "The connector at a part's outlet lets go: blood is lost above the air's pressure, air drawn in below it",
            by_hand=True,
        ),
        Fault(
            "bleeding_into_field",
            "wound",
            (Parameter("ml_min", "mL/min at 60 mmHg", 0.0, 3000.0, 400.0),),
            (Change("bleed_ml_min:{part}", "ml_min"),),
            "The patient bleeds into the open chest: the level falls until the sucker brings the blood back",
        ),
        Fault(
            "under_occlusion",
            "pump",
            (Parameter("ml_min_mmhg", "mL/min per mmHg", 0.0, 5.0, 2.0),),
            (Change("par:{part}.leak_ml_min_mmhg", "ml_min_mmhg"),),
            "The rollers do not close their boot: less flow at the same speed, the less the higher the pressure, backflow when it stands",
            by_hand=True,
        ),
        Fault(
            "filter_clot",
            "filter",
            (Parameter("clot", "fraction", 0.0, 0.95, 0.8),),
            (Change("clot:{part}", "clot"),),
            "Clot on the arterial filter's screen: pressure rises before it, a roller's flow stays, a centrifugal pump's falls",
        ),
        Fault(
            "vent_reversed",
            "vent",
            (Parameter("rpm", "rpm", -250.0, 0.0, -40.0),),
            (Change("control:vent_rpm", "rpm"),),
            "The vent head turns backwards: its one-way valve holds; without one it would pump into the heart",
            by_hand=True,
        ),
        Fault(
            "fibrillation",
            "pump",
            (),
            (Change("rhythm", 1.0),),
            "The heart fibrillates: no beat, until a shock; the longer without coronary pressure, the less a shock brings back",
        ),
        Fault(
            "standstill",
            "pump",
            (),
            (Change("rhythm", 2.0),),
            "The heart stands still: compressions, then adrenaline or pacing start it while the muscle has strength left",
        ),
        Fault(
            "bleeding",
            "pump",
            (Parameter("ml_min", "mL/min at an aortic pressure of 80 mmHg", 0.0, 3000.0, 300.0),),
            (Change("bleed_ml_min", "ml_min"),),
            "The patient bleeds: volume and drainage fall, P ven grows more negative, at last the line chatters; fluid thins the blood",
            by_hand=True,
        ),
        Fault(
            "tamponade",
            "pump",
            (Parameter("mmhg", "mmHg", 0.0, 40.0, 14.0),),
            (Change("pericardium_mmhg", "mmhg"),),
            "Blood presses on the heart: CVP rises, pulse and drainage fall",
            by_hand=True,
        ),
        Fault(
            "pneumothorax",
            "pump",
            (Parameter("mmhg", "mmHg", 0.0, 30.0, 12.0),),
            (Change("pneumothorax_mmhg", "mmhg"),),
            "A tension pneumothorax: pressure in the chest hinders venous return and shunts blood past the lung",
            by_hand=True,
        ),
        Fault(
            "coughing",
            "pump",
            (Parameter("mmhg", "mmHg", 0.0, 80.0, 40.0),),
            (Change("cough_mmhg", "mmhg"),),
            "The patient coughs: in each bout the pressure in chest and belly empties the great veins, and drainage swings",
        ),
        Fault(
            "lungs_fail",
            "pump",
            (Parameter("shunt", "fraction", 0.0, 0.95, 0.6),),
            (Change("pat:lung_shunt", "shunt"),),
            "The lungs no longer oxygenate: what the heart ejects is dark, from the coronaries downwards",
        ),
        Fault(
            "heart_changes",
            "pump",
            (Parameter("factor", "times", 0.0, 5.0, 2.0),),
            (Change("pat:lv_contractility", "factor"),),
            "The left ventricle recovers or fails: with bad lungs, recovery sends dark blood to heart and head (VA)",
        ),
        Fault(
            "vasoplegia",
            "pump",
            (Parameter("tone", "mmHg s/mL", 0.1, 5.0, 0.4),),
            (Change("pat:rs_mmhg_s_ml", "tone"), Change("pat:pcc_mmhg", 10.0)),
            "The vessels give way: MAP falls at the same or a higher flow",
        ),
        Fault(
            "cannulas_too_near",
            "pump",
            (Parameter("mixing", "times the return", 0.0, 5.0, 1.5),),
            (Change("pat:vv_mixing", "mixing"),),
            "Drainage and return cannula have come too near each other (VV): bright drained blood, dark arterial blood",
        ),
        Fault(
            "cap_off",
            "leak",
            (Parameter("open", "0-1", 0.0, 1.0, 1.0),),
            (Change("control:port_drainage", "open"),),
            "The cap of a port on the drainage side is off: it draws gas in under suction and bleeds above the air's pressure",
            by_hand=True,
        ),
        Fault(
            "tap_left_open",
            "leak",
            (Parameter("open", "0-1", 0.0, 1.0, 0.4),),
            (Change("control:tap_drainage", "open"),),
            "The tap on the drainage side stands open to the air: gas under suction, blood above the air's pressure",
            by_hand=True,
        ),
        Fault(
            "central_line_open",
            "leak",
            (Parameter("open", "0-1", 0.0, 1.0, 1.0),),
            (Change("control:central_line", "open"),),
            "A lumen of the central venous line stands open: the drainage cannula beside its tip draws air in by it",
            by_hand=True,
        ),
        Fault(
            "side_holes_out",
            "leak",
            (Parameter("out", "0-1", 0.0, 1.0, 1.0),),
            (Change("control:cannula_out", "out"),),
            "The drainage cannula has slipped: its upper side holes are out of the vein and draw air under the dressing",
            by_hand=True,
        ),
    )
}
FLAGS = (
    "motor_failed",
    "head_off",
    "battery_lost",
    "runaway_rpm",
    "cut_fails",
)  # what a fault can switch on in a device that the kernel does not compute
