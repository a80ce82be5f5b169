"""Exactness of the shipped circuits: the same bits however they run, the order of the method, and what it costs."""

import os
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from drill.circuit.compiler import Bench, build
from drill.circuit.plant import Plant
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.circuit.step import interpreted
from drill.lab import native
from drill.lab.bench import circuits

BENCH = Bench(map_mmhg=70.0, cvp_mmhg=8.0)
TICKS = 150
CHILD = """
import sys
from hashlib import sha256
from pathlib import Path
import numpy as np
from drill.circuit.compiler import build
from drill.lab.bench import circuits
from drill.records.kernels import load_kernel
for loaded in circuits([Path("scenario_packs")], every=sys.argv[2] == "every"):
    model = build(loaded.circuit, loaded.patient)
    x = np.array(model.slots.first)
    for name, value in loaded.scenario.usual_controls.items():
        x[model.slots[f"in:{name}"]] = value
    kernel = load_kernel(model.compiled_text())
    assert kernel.kind == "numba", kernel.note
    for _ in range(int(sys.argv[1])):
        kernel.advance(x)
    print(loaded.circuit.id, sha256(x.tobytes()).hexdigest())
"""


WHICH = pytest.mark.parametrize("plain_bits", ["free play", pytest.param("every", marks=pytest.mark.soak)], indirect=True)


@pytest.fixture(scope="module")
def plain_bits(root: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """What plain Python comes to, for each machine of free play or for every shipped circuit."""
    found = {}
    for loaded in circuits([root / "scenario_packs"], every=request.param == "every"):
        model = build(loaded.circuit, loaded.patient)
        x = list(model.slots.first)
        for name, value in loaded.scenario.usual_controls.items():
            x[model.slots[f"in:{name}"]] = value
        advance = interpreted(model)
        for _ in range(TICKS):
            advance(x)
        found[loaded.circuit.id] = sha256(np.array(x).tobytes()).hexdigest()
    return found


@WHICH
@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"NUMBA_CPU_NAME": "generic"}], ids=["this processor", "a plain processor"])
def test_another_process_has_the_same_bits_with_and_without_the_processors_features(
    root: Path, plain_bits: dict[str, str], settings: dict[str, str]
) -> None:
    """Compiled in a process of its own, for this processor and for one without any extra instructions: the bits of plain Python."""
    words = [sys.executable, "-c", CHILD, str(TICKS), "every" if len(plain_bits) > len(circuits([root / "scenario_packs"])) else ""]
    said = subprocess.run(words, cwd=root, env={**os.environ, **settings}, check=True, capture_output=True, text=True).stdout

    assert dict(line.split() for line in said.splitlines()) == plain_bits


@WHICH
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_c_has_the_same_bits(root: Path, plain_bits: dict[str, str], tmp_path: Path) -> None:
    """The same operations as C, built by another compiler, come to the bits of plain Python."""
    for loaded in circuits([root / "scenario_packs"], every=True):
        if loaded.circuit.id not in plain_bits:
            continue
        model = build(loaded.circuit, loaded.patient)
        x = np.array(model.slots.first)
        for name, value in loaded.scenario.usual_controls.items():
            x[model.slots[f"in:{name}"]] = value
        folder = tmp_path / loaded.circuit.id
        folder.mkdir()
        library = native.build(model.c_text(), folder, native.EXACT)
        for _ in range(TICKS):
            library.tick(x.ctypes.data)

        assert sha256(x.tobytes()).hexdigest() == plain_bits[loaded.circuit.id]


def _flows(circuit: CircuitSpec, substeps: int, ticks: int) -> list[float]:
    """True flow at each tick of a start from standstill on the bench, L/min."""
    plant = Plant(circuit, BENCH, substeps=substeps)
    plant.set("pump_rpm_set", 3000.0)
    flows = []
    for _ in range(ticks):
        plant.tick()
        flows.append(plant.true("flow_l_min"))
    return flows


def test_the_method_is_of_first_order(va: tuple[CircuitSpec, PatientSpec]) -> None:
    """Against steps of 0.25 ms, the error of a pump's start halves with the step: 4 ms has about twice that of 2 ms, 10 ms five times."""
    fine = _flows(va[0], 80, 50)
    error = {}
    for substeps in (10, 5, 2):
        error[substeps] = sum(abs(a - b) for a, b in zip(_flows(va[0], substeps, 50), fine, strict=True)) / len(fine)

    assert 1.6 < error[5] / error[10] < 2.6
    assert 3.5 < error[2] / error[10] < 7.5
    assert error[10] < 0.02


def test_steady_flow_hardly_depends_on_the_step(va: tuple[CircuitSpec, PatientSpec]) -> None:
    """From 2 to 10 ms the steady flow on the bench changes by less than 0.6 %."""
    usual, coarse = _flows(va[0], 10, 500)[-1], _flows(va[0], 2, 500)[-1]

    assert usual > 2.0
    assert abs(coarse / usual - 1.0) < 0.006


@pytest.mark.parametrize(("control", "value"), [("clamp_return", 1.0), ("clamp_drainage", 1.0), ("pump_rpm_set", 0.0)])
def test_flow_does_not_ring(va: tuple[CircuitSpec, PatientSpec], control: str, value: float) -> None:
    """After a clamp or a pump stop on the bench, where nothing pulses, the flow changes its direction three times at most.

    Under 1 % of the flow before is not counted: behind a clamped drainage line the blood rocks on for some seconds.
    """
    plant = Plant(va[0], BENCH)
    plant.set("pump_rpm_set", 3000.0)
    for _ in range(400):
        plant.tick()
    plant.set(control, value)
    signs = []
    for _ in range(400):
        plant.tick()
        flow = plant.true("flow_l_min")
        if abs(flow) > 0.03:
            signs.append(flow > 0.0)

    assert sum(a != b for a, b in pairwise(signs)) <= 3


def test_a_tick_costs_the_same_however_long_it_has_run(make_plant: Callable[..., Plant]) -> None:
    """A second after a minute runs no more lines of Python than one near the start: cost grows with simulated time and no faster."""
    plant = make_plant()

    def lines_of_a_second() -> int:
        count = 0

        def trace(_frame: object, event: str, _arg: object) -> object:
            nonlocal count
            count += event == "line"
            return trace

        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            for _ in range(50):
                plant.tick()
        finally:
            sys.settrace(None)
        return count

    for _ in range(100):
        plant.tick()
    early = lines_of_a_second()
    for _ in range(3000):
        plant.tick()

    assert lines_of_a_second() <= 1.02 * early


def test_memory_does_not_grow(make_plant: Callable[..., Plant]) -> None:
    """Twenty more seconds hold no more memory than the first ten, but for a little bookkeeping."""
    plant = make_plant()
    for _ in range(500):
        plant.tick()
    tracemalloc.start()
    for _ in range(200):
        plant.tick()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(1000):
        plant.tick()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert after - before < 4096
