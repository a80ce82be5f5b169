"""Every kind of fault that a scenario can inject, by name."""

from drill.circuit.fault import Fault
from drill.circuit.faults_bedside import BEDSIDE
from drill.circuit.faults_machine import MACHINE

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (*MACHINE, *BEDSIDE)}
FLAGS = (
    "motor_failed",
    "head_off",
    "battery_lost",
    "runaway_rpm",
    "cut_fails",
)  # what a fault can switch on in a device that the kernel does not compute
