"""What goes wrong in a patient on a circuit: suck-down, dark blood from the heart, wet lungs, clotting, cold, pressure on the heart."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from drill.circuit.plant import Plant

from .conftest import mean, run


def _flow_swings(plant: Plant, seconds: float) -> tuple[float, float]:
    """Return (turns of the drainage flow a second, its swing in L/min) over some seconds."""
    index = plant._index["flow:drainage_cannula"]
    flows = []
    for _ in range(round(seconds * 50)):
        plant.tick()
        flows.append(float(plant._x[index]) * 0.06)
    middle = sum(flows) / len(flows)
    crossed = sum((a > middle) != (b > middle) for a, b in pairwise(flows))
    return crossed / 2.0 / seconds, max(flows) - min(flows)


@pytest.mark.slow
def test_with_little_volume_the_drainage_line_chatters_until_speed_is_lowered(make_plant: Callable[..., Plant]) -> None:
    """Bled by 1.2 L at 4000 rpm: flow chatters at about 1 to 6 Hz and more rpm gives hardly more; 2000 rpm calms it; volume cures it."""
    plant = make_plant(pump_rpm_set=4000.0)
    run(plant, 30)
    calm = _flow_swings(plant, 6)
    plant.inject("bleeding", {"ml_min": 1200.0})
    run(plant, 75)
    plant.inject("bleeding", {"ml_min": 0.0})
    run(plant, 10)
    chatter = _flow_swings(plant, 6)
    before = mean(plant, "flow_l_min", 5)
    plant.set("pump_rpm_set", 4800.0)
    run(plant, 10)
    faster = mean(plant, "flow_l_min", 5)
    plant.set("pump_rpm_set", 2000.0)
    run(plant, 10)
    slow = _flow_swings(plant, 6)
    plant.set("pump_rpm_set", 4000.0)
    plant.infuse(1500.0, 40.0, "clear")
    run(plant, 60)
    filled = _flow_swings(plant, 6)

    assert calm[1] < 0.5
    assert chatter[1] > 1.0
    assert 1.0 <= chatter[0] <= 8.0
    assert faster < before + 0.4
    assert slow[1] < 0.5 * chatter[1]
    assert filled[1] < 0.5 * chatter[1]


def test_a_recovering_heart_with_bad_lungs_darkens_from_the_coronaries_down(make_plant: Callable[..., Plant]) -> None:
    """Differential hypoxaemia: coronary and right hand dark, left hand less, foot bright; more ECMO flow lifts the right hand."""
    plant = make_plant(vent_fio2_pct=30.0)
    run(plant, 30)
    plant.inject("lungs_fail", {"shunt": 0.75})
    plant.inject("heart_changes", {"factor": 2.5})
    run(plant, 240)
    coronary, right, left, foot = (mean(plant, n, 3) for n in ("sat_coronary_pct", "sao2_pct", "spo2_left_hand_pct", "spo2_foot_pct"))
    plant.set("pump_rpm_set", 4200.0)
    run(plant, 120)

    assert coronary <= right + 0.2 <= left + 0.4
    assert right < 92.0
    assert foot > 97.0
    assert plant.true("nirs_pct") < plant.true("nirs_left_pct") + 1.0
    assert mean(plant, "sao2_pct", 3) > right + 1.0


@pytest.mark.slow
def test_a_distended_left_heart_floods_the_lungs_and_they_drain_slowly(make_plant: Callable[..., Plant]) -> None:
    """A left ventricle that no longer ejects against high flow: left atrium above 25, water and shunt rise, froth is seen."""
    plant = make_plant(pump_rpm_set=3800.0)
    run(plant, 30)
    shunt = plant.true("lung_shunt_pct")
    plant.inject("heart_changes", {"factor": 0.3})
    plant.infuse(1000.0, 60.0)
    run(plant, 900)

    assert plant.true("lap_mmhg") > 25.0
    assert plant.true("lung_water_pct") > 50.0
    assert plant.true("lung_shunt_pct") > shunt + 20.0
    assert plant.look("patient") == ("no_pulse", "froth_in_tube")


def test_the_ecg_tells_fibrillation_from_standstill_and_a_dead_monitor_has_none(make_plant: Callable[..., Plant]) -> None:
    """The trace follows the rhythm; without power of its monitor every trace is blank, not zero; a shock's button springs back."""
    plant = make_plant()
    run(plant, 1)
    words = [plant.wave()[4]]
    plant.inject("fibrillation", {})
    run(plant, 1)
    words.append(plant.wave()[4])
    plant.set("defibrillator", 1.0)
    run(plant, 0.1)
    words.append(plant.wave()[4])
    sprung = plant.control("defibrillator")
    plant.inject("fibrillation", {})
    run(plant, 1)
    plant.set("defibrillator", 1.0)
    run(plant, 0.1)
    words.append(plant.wave()[4])
    plant.inject("standstill", {})
    run(plant, 1)
    words.append(plant.wave()[4])
    plant.set("monitor_power", 0.0)
    run(plant, 0.1)

    assert words == ["beating", "fibrillation", "beating", "beating", "standstill"]
    assert sprung == 0.0
    assert plant.wave()[:4] == (None, None, None, None)


def test_protamine_undoes_heparin(make_plant: Callable[..., Plant]) -> None:
    """Four boluses of heparin lift ACT above 400 s, as much protamine brings it back to about rest within minutes."""
    plant = make_plant(heparin_iu_h=0.0)
    plant.give("heparin", 4.0)
    run(plant, 120)
    high = plant.true("act_s")
    plant.give("protamine", 5.0)
    run(plant, 240)

    assert high > 400.0
    assert plant.true("act_s") < 160.0


def test_tamponade_and_pneumothorax_take_drainage_and_pulse(make_plant: Callable[..., Plant]) -> None:
    """Pressure on the heart or in the chest: CVP rises, pulse pressure and native output fall."""
    rows = []
    for fault in ("", "tamponade", "pneumothorax"):
        plant = make_plant()
        run(plant, 30)
        if fault:
            plant.inject(fault, {})
        run(plant, 60)
        rows.append([mean(plant, n, 4) for n in ("cvp_mmhg", "pulse_pressure_mmhg", "cardiac_output_l_min")])

    for pressed in rows[1:]:
        assert pressed[0] > rows[0][0] + 2.0
        assert pressed[1] < rows[0][1] - 1.0
        assert pressed[2] < rows[0][2]


def test_peep_opens_lungs_and_hinders_venous_return(make_plant: Callable[..., Plant]) -> None:
    """PEEP 15 against 5: less shunt, higher CVP."""
    rows = []
    for peep in (5.0, 15.0):
        plant = make_plant(vent_peep_cmh2o=peep)
        run(plant, 60)
        rows.append((plant.true("lung_shunt_pct"), mean(plant, "cvp_mmhg", 4)))

    assert rows[1][0] < rows[0][0] - 2.0
    assert rows[1][1] > rows[0][1] + 0.5


@pytest.mark.soak
def test_after_drop_follows_rewarming(make_plant: Callable[..., Plant]) -> None:
    """Rewarmed from 28 degC with the shell still cold, the core loses warmth again once the heat exchanger gives no more."""
    plant = make_plant(water_temp_c=15.0)
    run(plant, 1500)
    plant.set("water_temp_c", 41.0)
    run(plant, 1500)
    warm, shell = plant.true("temp_core_c"), plant.true("temp_shell_c")
    plant.set("water_flow_l_min", 0.0)
    run(plant, 1200)

    assert shell < warm - 1.0
    assert 0.3 < warm - plant.true("temp_core_c") < 3.0
