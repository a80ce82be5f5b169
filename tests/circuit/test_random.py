"""Whatever hands and faults do, the model stays finite and closes."""

import contextlib
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drill.circuit.controls import CONTROLS
from drill.circuit.faults import FAULTS
from drill.circuit.plant import Plant
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.errors import CircuitError
from drill.scenarios.load import load_machine

from .conftest import START, run

MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(sorted(CONTROLS)), st.floats(0, 1)),
        st.tuples(st.just("fault"), st.sampled_from(sorted(FAULTS)), st.floats(0, 1)),
        st.tuples(st.just("head"), st.sampled_from(["console", "emergency_drive", "moving"]), st.just(0.0)),
    ),
    min_size=4,
    max_size=14,
)


@pytest.fixture(scope="module", params=["va_ecmo_adult", "cpb_adult"])
def machine(request: pytest.FixtureRequest, root: Path) -> tuple[CircuitSpec, PatientSpec]:
    """Each shipped circuit with the shipped patient."""
    return load_machine(f"base/{request.param}", "base/cardiogenic_shock_dependent", roots=[root / "scenario_packs"])


def _do(plant: Plant, move: tuple[str, str, float]) -> None:
    kind, name, part = move
    if kind == "set":
        control = CONTROLS[name]
        plant.set(name, control.low + part * (control.high - control.low))
    elif kind == "head":
        plant.move_head(name)
    else:
        with contextlib.suppress(CircuitError):  # a fault made for another kind of part
            plant.inject(name, {p.name: p.low + part * (p.high - p.low) for p in FAULTS[name].parameters})


@pytest.mark.slow
@given(moves=MOVES)
@settings(max_examples=4)
def test_random_hands_and_faults_stay_finite(machine: tuple[CircuitSpec, PatientSpec], moves: list[tuple[str, str, float]]) -> None:
    """Twenty seconds of random controls and faults: every number stays finite, haemoglobin and shares of gas stay possible."""
    plant = Plant(*machine)
    for name, value in START.items():
        plant.set(name, value)
    run(plant, 1)
    for move in moves:
        _do(plant, move)
        run(plant, 20.0 / len(moves))

    x, index = plant._x, plant._index
    assert all(math.isfinite(v) for v in x), [n for n, i in index.items() if not math.isfinite(x[i])][:5]
    for name, i in index.items():
        if name.startswith("hb:"):
            assert -1e-6 <= x[i] <= 400.0, (name, x[i])
        if name.startswith(("bulk:", "small:", "micro:")):
            assert -1e-9 <= x[i] <= 1.0 + 1e-9, (name, x[i])
