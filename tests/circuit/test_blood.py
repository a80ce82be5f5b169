"""CO2, acid-base, oxygen's shift, heat, fluids and drugs: the laws against worked answers, then through the circuit."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.circuit.acid_base import at_temperature, base_excess_of, content_at, gases_of, oxygen_shift
from drill.circuit.components.oxygenator import effectiveness
from drill.circuit.heat import TISSUE
from drill.circuit.maths import ten_to
from drill.circuit.patient import BEDS
from drill.circuit.plant import Plant, compile_kernel
from drill.errors import NameUnknownError
from drill.records.kernels import load_kernel
from drill.scenarios.entries import load_machine

from .balance import balance, held, moved
from .conftest import mean, run

# Worked answers of the published laws at 37 degC, BE 0, Hb 100 g/L, S 0.9: PCO2 -> pH, content in mL/dL
WORKED = {15: (7.69, 33.7), 20: (7.61, 38.6), 30: (7.49, 45.6), 40: (7.40, 50.6), 50: (7.33, 54.6), 60: (7.27, 57.9), 80: (7.18, 63.5)}


@pytest.mark.parametrize("pco2", WORKED)
def test_content_and_ph_meet_the_worked_answers(pco2: int) -> None:
    """CO2 content (Douglas) and pH (Van Slyke, Henderson-Hasselbalch) agree with the tables."""
    content, ph = content_at(float(pco2), 100.0, 0.9, 0.0)

    assert ph == pytest.approx(WORKED[pco2][0], abs=0.006)
    assert 100.0 * content == pytest.approx(WORKED[pco2][1], abs=0.06)


def test_content_of_normal_blood() -> None:
    """Arterial and mixed venous blood of Hb 150: 46.7 at PCO2 40; about 51 at PCO2 46 and pH 7.37."""
    assert 100.0 * content_at(40.0, 150.0, 0.98, 0.0)[0] == pytest.approx(46.7, abs=0.2)
    assert 100.0 * content_at(46.0, 150.0, 0.75, float(base_excess_of(0.0, 150.0, 0.75)))[0] == pytest.approx(51.1, abs=0.7)  # type: ignore[arg-type]


@given(st.floats(10, 120), st.floats(30, 180), st.floats(0.2, 1.0), st.floats(-12, 8))
def test_newton_finds_what_bisection_gives(pco2: float, hb: float, saturation: float, be: float) -> None:
    """One round a tick, from pH 7.40, comes to the PCO2 whose content it was given, with a slope that is the curve's own."""
    content, ph = content_at(pco2, hb, saturation, be)
    if not 6.6 < ph < 7.85:
        return
    at = 7.40
    for _ in range(40):
        gases = gases_of(content, hb, saturation, be, at)
        at = float(gases.ph)  # type: ignore[arg-type]
    step = (content_at(pco2 + 0.01, hb, saturation, be)[0] - content_at(pco2 - 0.01, hb, saturation, be)[0]) / 0.02

    assert float(gases.pco2_mmhg) == pytest.approx(pco2, rel=1e-5)  # type: ignore[arg-type]
    assert float(gases.slope) == pytest.approx(step, rel=0.02)  # type: ignore[arg-type]


def test_less_saturation_and_less_base_mean_more_and_less_co2() -> None:
    """Haldane: desaturated blood holds more CO2 at the same PCO2; a base deficit holds less and is more acid."""
    full, ph = content_at(40.0, 120.0, 1.0, 0.0)
    poor, _ = content_at(40.0, 120.0, 0.5, float(base_excess_of(0.0, 120.0, 0.5)))  # type: ignore[arg-type]
    acid, low = content_at(40.0, 120.0, 1.0, -10.0)

    assert poor > full + 0.01
    assert acid < full - 0.05
    assert low < ph - 0.1


@given(st.floats(-0.9, 0.9))
def test_ten_to_is_near_the_power(value: float) -> None:
    """The Pade form is within 0.2 % over its range and 2e-6 within 0.3."""
    error = abs(float(ten_to(value)) / 10.0**value - 1.0)  # type: ignore[arg-type]

    assert error < (2e-6 if abs(value) <= 0.3 else 2e-3)


@pytest.mark.parametrize(("ph", "pco2", "temp"), [(7.4, 40.0, 37.0), (7.2, 60.0, 37.0), (7.6, 25.0, 30.0), (7.4, 40.0, 18.0)])
def test_oxygen_shift_is_kelmans(ph: float, pco2: float, temp: float) -> None:
    """The virtual PO2 is Kelman's, with pH and PCO2 taken at the blood's temperature."""
    ph_t, log_pco2 = ph + 0.0147 * (37.0 - temp), math.log10(pco2) + 0.019 * (temp - 37.0)
    wanted = 10.0 ** (0.024 * (37.0 - temp) + 0.40 * (ph_t - 7.40) + 0.06 * (math.log10(40.0) - log_pco2))

    assert float(oxygen_shift(ph, pco2, temp)) == pytest.approx(wanted, rel=3e-3)  # type: ignore[arg-type]
    assert float(at_temperature(temp)) == pytest.approx(10.0 ** (0.019 * (temp - 37.0)), rel=1e-3)  # type: ignore[arg-type]


@pytest.mark.parametrize(("ratio", "wanted"), [(0.5, 105.0), (0.75, 135.0), (1.0, 156.0), (1.5, 180.0), (2.0, 193.0)])
def test_co2_transfer_meets_the_worked_answers(ratio: float, wanted: float) -> None:
    """1.8 m2 at 4 L/min of blood, PCO2 45: transfer by gas to blood flow, mL/min, by the published cross-flow form."""
    blood, gas, ua = 4.5 * 4.0, 1.304 * 4.0 * ratio, 3.75 * 1.8

    assert 45.0 * float(effectiveness(blood, gas, ua)) == pytest.approx(wanted, rel=0.02)  # type: ignore[arg-type]


# -- through the circuit ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_more_sweep_less_co2_same_oxygen(make_plant: Callable[..., Plant]) -> None:
    """Sweep sets CO2, FdO2 sets oxygen: doubling sweep lowers PCO2 after the lung and raises pH; saturation stays."""
    rows = {}
    for sweep in (2.0, 6.0):
        plant = make_plant(sweep_l_min=sweep)
        run(plant, 240)
        rows[sweep] = {n: plant.true(n) for n in ("pco2_post_mmhg", "paco2_mmhg", "ph_arterial", "sat_post_pct")}

    assert rows[6.0]["pco2_post_mmhg"] < rows[2.0]["pco2_post_mmhg"] - 8
    assert rows[6.0]["paco2_mmhg"] < rows[2.0]["paco2_mmhg"] - 2
    assert rows[6.0]["ph_arterial"] > rows[2.0]["ph_arterial"] + 0.01
    assert rows[2.0]["sat_post_pct"] > 99


@pytest.mark.slow
def test_pump_stop_lowers_end_tidal_only_while_lungs_get_less(make_plant: Callable[..., Plant]) -> None:
    """End-tidal CO2 follows pulmonary flow: it falls when the heart fails, while arterial PCO2 rises."""
    plant = make_plant()
    run(plant, 60)
    plant.set("pump_rpm_set", 0.0)
    plant.set("clamp_return", 1.0)
    plant.set("clamp_drainage", 1.0)
    run(plant, 40)
    native, arterial = plant.true("etco2_mmhg"), plant.true("paco2_mmhg")
    flow = mean(plant, "cardiac_output_l_min", 2)
    run(plant, 240)

    assert mean(plant, "cardiac_output_l_min", 2) < 0.5 * flow
    assert plant.true("etco2_mmhg") < native
    assert plant.true("paco2_mmhg") > arterial + 5.0


@pytest.mark.slow
def test_no_way_out_for_co2_raises_it_by_minutes(make_plant: Callable[..., Plant]) -> None:
    """Without sweep and ventilation PaCO2 rises by 2 to 5 mmHg a minute, and pH falls: 3 to 6 at a CO2 of 200 mL/min, here it is 130."""
    plant = make_plant()
    run(plant, 120)
    plant.set("sweep_l_min", 0.0)
    plant.set("vent_l_min", 0.0)
    plant.set("vent_fio2_pct", 100.0)
    run(plant, 60)
    before, ph = plant.true("paco2_mmhg"), plant.true("ph_arterial")
    run(plant, 120)

    assert 2.0 < (plant.true("paco2_mmhg") - before) / 2.0 < 5.0
    assert plant.true("ph_arterial") < ph - 0.025


@pytest.mark.slow
def test_oxygen_debt_lowers_base_excess(make_plant: Callable[..., Plant]) -> None:
    """Five minutes off support: lactate rises and base excess falls by as much."""
    plant = make_plant()
    run(plant, 60)
    lactate, be = plant.true("lactate_mmol_l"), plant.true("be_mmol_l")
    plant.set("clamp_return", 1.0)
    run(plant, 300)

    assert plant.true("lactate_mmol_l") > lactate + 0.25
    assert be - plant.true("be_mmol_l") == pytest.approx(plant.true("lactate_mmol_l") - lactate, abs=1e-9)


@pytest.mark.slow
def test_cooling_and_rewarming(make_plant: Callable[..., Plant]) -> None:
    """Cold water cools blood at once, the core over minutes, and the body burns less; viscosity costs flow."""
    plant = make_plant()
    run(plant, 60)
    start = {n: mean(plant, n, 2) for n in ("temp_core_c", "svo2_pct", "flow_l_min")}
    plant.set("water_temp_c", 15.0)
    run(plant, 900)
    shell = float(plant._x[plant._index["temp:shell"]])

    assert plant.true("temp_blood_out_c") < 24
    assert 24 < plant.true("temp_core_c") < 33
    assert shell > plant.true("temp_core_c")
    assert plant.true("svo2_pct") > start["svo2_pct"] + 5
    assert mean(plant, "flow_l_min", 2) < start["flow_l_min"] - 0.1


@pytest.mark.slow
def test_heat_exchanger_has_its_performance_factor(make_plant: Callable[..., Plant]) -> None:
    """Over the exchanger blood comes nearer to the water by eps = 1 - exp(-k/Q), k 4.5 L/min."""
    plant = make_plant(water_temp_c=30.0)
    run(plant, 200)
    x, index = plant._x, plant._index
    flow = float(x[index["flow:oxygenator"]]) * 0.06

    assert float(x[index["warming:oxygenator"]]) == pytest.approx(1.0 - math.exp(-4.5 * 1.2 * 12.0 / 14.0 / flow), rel=1e-6)
    water, entering = plant.true("water_temp_c"), float(x[index["heat:ox_in"]])
    assert water < plant.true("temp_blood_out_c") < entering
    assert (entering - plant.true("temp_blood_out_c")) / (entering - water) > 0.7


@pytest.mark.slow
def test_clear_fluid_and_prime_dilute_blood_does_not(make_plant: Callable[..., Plant]) -> None:
    """Hb' = Hb BV/(BV + V) after clear fluid; red cells raise it; a clear prime dilutes the patient by its share."""
    results = {}
    for kind in ("clear", "blood"):
        plant = make_plant()
        run(plant, 30)
        volume, hb = plant.true("blood_volume_ml"), plant.true("hb_g_l")
        plant.infuse(500.0, 30.0, kind)
        run(plant, 400)
        results[kind] = (plant.true("hb_g_l"), hb * volume / (volume + 500.0))
    primed = make_plant(params={"prime_hb_share": 0.0})
    machine = held(primed, "hb")
    run(primed, 400)

    assert results["clear"][0] == pytest.approx(results["clear"][1], rel=5e-3)
    assert results["blood"][0] == pytest.approx(results["blood"][1] + 190.0 * 500.0 / (5800.0 + 700.0), rel=0.03)
    assert primed.true("hb_g_l") == pytest.approx(machine / primed.true("blood_volume_ml"), rel=5e-3)
    assert primed.true("hb_g_l") < 97
    with pytest.raises(NameUnknownError, match="blood"):
        primed.infuse(10.0, 1.0, "bloood")


@pytest.mark.slow
def test_heparin_lengthens_act_and_drugs_close(make_plant: Callable[..., Plant]) -> None:
    """A bolus raises ACT; all that was given is at the vein, in the blood, or cleared."""
    plant = make_plant()
    run(plant, 20)
    act = plant.true("act_s")
    x, index = plant._x, plant._index

    def total(drug: str) -> float:
        held = x[index[f"{drug}_given"]] + x[index[f"{drug}_blood"]] - x[index[f"port:{drug}_cleared"]]
        return float(held - (x[index["port:heparin_infused"]] if drug == "heparin" else 0.0))

    before = {drug: total(drug) for drug in ("heparin", "pressor")}
    plant.give("heparin", 2.0)
    plant.give("pressor", 1.0)
    run(plant, 120)

    assert plant.true("act_s") > act + 100
    assert total("heparin") == pytest.approx(before["heparin"] + 2.0, rel=1e-9)
    assert total("pressor") == pytest.approx(before["pressor"] + 1.0, rel=1e-9)


@pytest.mark.slow
def test_a_drug_waits_in_a_standing_circulation(make_plant: Callable[..., Plant]) -> None:
    """What is given into a vein arrives with the flow: after 20 s nearly all with support, much less without."""
    arrived = []
    for clamp in (0.0, 1.0):
        plant = make_plant(params={"c_lv_sys_ml_mmhg": 9.0, "c_rv_sys_ml_mmhg": 16.0})
        run(plant, 30)
        plant.set("clamp_return", clamp)
        run(plant, 30)
        plant.give("pressor", 1.0)
        run(plant, 20)
        arrived.append(float(plant._x[plant._index["pressor_blood"]]))

    assert arrived[0] > 0.85
    assert arrived[1] < arrived[0] - 0.1


@pytest.mark.slow
def test_co2_heat_oxygen_and_haemoglobin_close(make_plant: Callable[..., Plant]) -> None:
    """All species, gas and volume close to 1e-9 over ten minutes of faults, fluids, leaks, cooling and an open tap."""
    plant = make_plant()
    plant.tick()
    before = balance(plant)
    plant.infuse(250.0, 60.0)
    plant.infuse(300.0, 100.0, "blood")
    plant.set("water_temp_c", 20.0)
    run(plant, 150)
    plant.inject("plasma_leak", {"ml_min": 60.0})
    plant.inject("wet_out", {})
    run(plant, 50)
    plant.set("tap_post_ox", 0.3)
    run(plant, 1)
    plant.set("tap_post_ox", 0.0)
    plant.set("sweep_l_min", 0.0)
    run(plant, 50)
    plant.inject("motor_fault", {})
    run(plant, 20)
    plant.set("clamp_return", 1.0)
    run(plant, 330)

    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("circuit", "rpm"),
    [
        ("va_ecmo_adult", 3000.0),
        pytest.param("vv_ecmo_adult", 3000.0, marks=pytest.mark.soak),
        pytest.param("cpb_adult", 90.0, marks=pytest.mark.soak),
        pytest.param("cpb_centrifugal_adult", 3000.0, marks=pytest.mark.soak),
    ],
)
def test_an_hour_closes(root: Path, circuit: str, rpm: float) -> None:
    """An hour with fluids, cooling, rewarming, a leak and a hose that comes off closes to 1e-9, on each circuit."""
    machine, patient = load_machine(f"base/{circuit}", "base/cardiogenic_shock_dependent", roots=[root / "scenario_packs"])
    plant = Plant(machine, patient, load_kernel(compile_kernel(machine, patient)).advance)
    plant.set("pump_rpm_set", rpm)
    plant.set("sweep_l_min", 3.0)
    plant.tick()
    before = balance(plant)
    plant.infuse(500.0, 300.0)
    plant.infuse(300.0, 200.0, "blood")
    plant.set("water_temp_c", 25.0)
    run(plant, 1500)
    plant.inject("plasma_leak", {"ml_min": 5.0})
    plant.inject("gas_hose_off", {})
    run(plant, 100)
    plant.set("gas_hose", 1.0)
    plant.set("water_temp_c", 40.0)
    run(plant, 2000)

    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


def test_beds_named_by_heat_and_stores_exist() -> None:
    """Where tissue meets blood is a cell that the bed has."""
    for _, bed, cell, _ in TISSUE:
        assert cell < BEDS[bed][3]
