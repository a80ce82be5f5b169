"""VV: drained from the great veins, returned to the atrium; recirculation follows from the flows and one number for mixing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from drill.circuit.plant import Plant, compile_kernel
from drill.circuit.spec import CircuitSpec, PatientSpec

from .conftest import advance_of, mean, run

BEATING = {"c_lv_sys_ml_mmhg": 0.8, "c_rv_sys_ml_mmhg": 1.8, "rs_mmhg_s_ml": 1.1, "lung_shunt": 0.8, "vo2_ml_min": 280.0}


@pytest.fixture(scope="module")
def vv(va: tuple[CircuitSpec, PatientSpec]) -> Callable[..., Plant]:
    """The VA machine with its cannulas moved: from the great veins to the atrium."""
    circuit, patient = va
    moved = {"patient_ra": "patient_vc", "patient_ao_desc": "patient_ra"}
    kept = [p for p in circuit.parts if p.id != "distal_perfusion_line"]
    parts = tuple(replace(p, inlet=moved.get(p.inlet, p.inlet), outlet=moved.get(p.outlet, p.outlet)) for p in kept)

    def make(rpm: float, **params: float) -> Plant:
        who = replace(patient, params={**patient.params, **BEATING, **params})
        machine = replace(circuit, parts=parts)
        plant = Plant(machine, who, advance_of(compile_kernel(machine, who)))
        for name, value in {"pump_rpm_set": rpm, "sweep_l_min": 4.0, "vent_fio2_pct": 60.0}.items():
            plant.set(name, value)
        run(plant, 90)
        return plant

    return make


def test_recirculation_follows_the_law_of_mixing(vv: Callable[..., Plant]) -> None:
    """Recirculation in steady state is m f^2/(1 + m f + m f^2) of the true flows, a little more by the pulse; it grows with flow."""
    found = []
    for rpm in (2600.0, 4000.0):
        plant = vv(rpm)
        share = mean(plant, "flow_l_min", 10) / mean(plant, "cardiac_output_l_min", 10)
        part = mean(plant, "recirculation_pct", 10) / 100.0
        law = 0.3 * share**2 / (1.0 + 0.3 * share + 0.3 * share**2)
        assert law - 0.01 < part < law + 0.07
        found.append(part)

    assert found[1] > found[0] + 0.02


def test_more_mixing_costs_arterial_saturation(vv: Callable[..., Plant]) -> None:
    """Cannulas too near each other: brighter drained blood, darker arterial blood, at the same flow; none mixed, none recirculated."""
    rows = {}
    for mixing in (0.0, 0.3, 1.5):
        plant = vv(4000.0, vv_mixing=mixing)
        rows[mixing] = [mean(plant, name, 10) for name in ("recirculation_pct", "svo2_pct", "sao2_pct", "flow_l_min")]

    assert rows[0.0][0] < rows[0.3][0] - 2.0 < rows[1.5][0] - 8.0
    assert rows[0.3][1] < rows[1.5][1] - 2.0
    assert rows[0.3][2] > rows[1.5][2] + 1.5
    assert rows[1.5][3] == pytest.approx(rows[0.3][3], rel=0.02)
