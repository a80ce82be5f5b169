"""Every kind of fault that a scenario can inject: its parameters, and what it changes in the physics.

A fault never sets a reading: it changes a device, and the readings follow. A change writes one number: a control that
somebody or something moves, or a slot of the model; `{part}` stands for the part that the fault sits in.
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
    """One kind of fault. `site` is the circuit's site whose part it sits in, unless the scenario names a part."""

    name: str
    site: str
    parameters: tuple[Parameter, ...]
    changes: tuple[Change, ...]
    meaning: str


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
            (Parameter("rpm", "rpm", 0.0, 6000.0, 5000.0),),
            (Change("flag:runaway_rpm", "rpm"),),
            "The main drive runs away to a speed of its own: knob and stop do nothing, only cutting its power does",
        ),
        Fault(
            "oxygenator_clot",
            "oxygenator",
            (Parameter("factor", "times", 1.0, 40.0, 4.0),),
            (Change("par:{part}.drop_factor", "factor"),),
            "Clot in the oxygenator: its pressure drop is multiplied, and flow falls at the same rpm",
        ),
        Fault(
            "cap_off",
            "leak",
            (Parameter("open", "0-1", 0.0, 1.0, 1.0),),
            (Change("par:{part}.open", "open"),),
            "A cap or connector on the drainage side stands open: it draws gas in under suction and bleeds above the air's pressure",
        ),
    )
}
FLAGS = (
    "motor_failed",
    "head_off",
    "battery_lost",
    "runaway_rpm",
)  # what a fault can switch on in a device that the kernel does not compute
