"""Every stock circuit in a steady state, for what watches it: alarms, interlocks, sensors."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from drill.circuit.plant import Plant, compile_kernel
from drill.circuit.readings import READINGS
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.scenarios.entries import StockCircuit, load_circuit, load_patient
from drill.scenarios.library import Library

from .conftest import advance_of, run

ROOTS = [Path(__file__).resolve().parents[2] / "scenario_packs"]
PATIENT = "base/cardiogenic_shock_dependent"
CIRCUITS = sorted(path.stem for path in (ROOTS[0] / "base/circuits").glob("*.yaml"))
POWER = {"console": "console_power", "monitor": "monitor_power", "heater": "heater_power", "analyser": "analyser_power"}
STILL = ("flowmeter",)  # hosts that live on nothing
SETTLE_S = 40.0


@cache
def _stock(circuit: str) -> StockCircuit:
    return load_circuit(f"base/{circuit}", Library(ROOTS))


@cache
def spec(circuit: str) -> tuple[CircuitSpec, PatientSpec]:
    """Return a stock circuit and its usual patient."""
    return _stock(circuit).spec, load_patient(_stock(circuit).usual.patient or PATIENT, Library(ROOTS))


@cache
def settled(circuit: str) -> dict[str, object]:
    """Return the saved steady state of a circuit."""
    plant = fresh(circuit)
    for name, value in _stock(circuit).usual.controls.items():
        plant.set(name, value)
    run(plant, SETTLE_S)
    return plant.save()


def fresh(circuit: str) -> Plant:
    """Return a plant at its first state."""
    return Plant(*spec(circuit), advance_of(compile_kernel(*spec(circuit))))


@cache
def _shared(circuit: str) -> Plant:
    return fresh(circuit)


def steady(circuit: str) -> Plant:
    """Return the circuit's one plant, back in its steady state: nothing of the test before is left."""
    plant = _shared(circuit)
    plant.load(settled(circuit))
    return plant


def every(rows: Callable[[CircuitSpec], list[str]]) -> Iterator[ParameterSet]:
    """Yield each circuit with each of the names that it has; a circuit that extends another waits for `make soak`."""
    for circuit in CIRCUITS:
        extends = "\nextends:" in (ROOTS[0] / f"base/circuits/{circuit}.yaml").read_text(encoding="utf-8")
        for name in rows(spec(circuit)[0]):
            yield pytest.param(circuit, name, marks=pytest.mark.soak if extends else ())


def push(plant: Plant, reading: str, to: float) -> None:
    """Give a sensor a wrong zero, so that its display goes to `to`."""
    plant.inject("sensor_zero", {"offset": 0.0}, reading)
    plant.tick()
    shown = plant.shown(reading)
    assert shown is not None, reading
    row = READINGS[reading]
    plant.inject("sensor_zero", {"offset": max(row.low, min(row.high, to)) - shown}, reading)
