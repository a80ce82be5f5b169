"""Every kind of fault that a scenario can inject: its parameters, and what it changes in the physics.

A fault never sets a reading: it changes a device, and the readings follow.
"""

from typing import NamedTuple


class Parameter(NamedTuple):
    """One number of a fault, with its unit and range."""

    name: str
    unit: str
    low: float
    high: float
    default: float


class Fault(NamedTuple):
    """One kind of fault."""

    name: str
    parameters: tuple[Parameter, ...]
    meaning: str


FAULTS: dict[str, Fault] = {
    f.name: f
    for f in (
        Fault("motor_fault", (), "The main drive gives no torque: the rotor runs down; the console stays alive and alarms"),
        Fault("isolation_switch_off", (), "The isolation switch at the back is knocked off: the main console loses mains and battery"),
    )
}
