"""Every kind of fault that a scenario can inject, by name."""

from drill.circuit.fault import Fault
from drill.circuit.faults_bedside import BEDSIDE
from drill.circuit.faults_machine import MACHINE

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (*MACHINE, *BEDSIDE)}
