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
    )
}
FLAGS = ("motor_failed",)  # what a fault can switch on in a device that the kernel does not compute
