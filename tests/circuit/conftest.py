"""The shipped VA circuit and its patient, and plants made of them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from drill.circuit.compiler import Bench
from drill.circuit.plant import Plant, compile_kernel
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.records.kernels import load_kernel
from drill.scenarios.load import load_scenario

START = {"pump_rpm_set": 3000.0, "sweep_l_min": 4.0, "fdo2_pct": 100.0, "vent_fio2_pct": 50.0}


@pytest.fixture(scope="session")
def va(root: Path) -> tuple[CircuitSpec, PatientSpec]:
    """The VA circuit and the patient of the shipped scenario."""
    loaded = load_scenario("pump_head_failure/va_flow_lost", roots=[root / "scenario_packs"])
    return loaded.circuit, loaded.patient


@pytest.fixture
def make_plant(va: tuple[CircuitSpec, PatientSpec]) -> Callable[..., Plant]:
    """Make a plant with the usual settings; `compiled` for long runs, `bench` in place of the patient."""

    def make(*, compiled: bool = True, bench: Bench | None = None, params: dict[str, float] | None = None, **controls: float) -> Plant:
        circuit, patient = va
        who = bench or replace(patient, params={**patient.params, **(params or {})})
        advance = advance_of(compile_kernel(circuit, who)) if compiled else None
        plant = Plant(circuit, who, advance)
        for name, value in {**START, **controls}.items():
            plant.set(name, value)
        return plant

    return make


@cache
def advance_of(text: str) -> Callable[[Any], None] | None:
    """The compiled tick of a kernel, taken from the disk once."""
    return load_kernel(text).advance


def run(plant: Plant, seconds: float) -> None:
    """Advance a plant by simulated seconds."""
    for _ in range(round(seconds * 50)):
        plant.tick()


def mean(plant: Plant, reading: str, seconds: float) -> float:
    """Return the mean of a true reading while the plant runs on; the pulse moves blood to and fro."""
    total = 0.0
    for _ in range(round(seconds * 50)):
        plant.tick()
        total += plant.true(reading)
    return total / round(seconds * 50)
