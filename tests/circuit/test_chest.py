"""What presses on the great veins from outside draws their wall onto the drainage cannula; hands put it right."""

from collections.abc import Callable

import pytest

from drill.circuit.plant import Plant

from .conftest import mean, run

Make = Callable[..., Plant]


def test_tamponade_chatters_until_it_is_drained(make_plant: Make) -> None:
    """Blood around the heart takes the pulse and the drainage, the line shakes; drained, flow is back at the same speed."""
    plant = make_plant(pump_rpm_set=3400.0)
    run(plant, 30)
    before = mean(plant, "flow_l_min", 2)
    plant.inject("tamponade", {"mmhg": 16.0})
    run(plant, 20)
    pressed, suction, found = mean(plant, "flow_l_min", 2), mean(plant, "p_ven_mmhg", 2), plant.look("line")
    seen = plant.look("ultrasound")
    plant.clear("tamponade")
    run(plant, 10)

    assert pressed < 0.7 * before
    assert suction < -150.0
    assert "shaking" in found
    assert "effusion" in seen
    assert mean(plant, "flow_l_min", 2) == pytest.approx(before, abs=0.3)
    assert "shaking" not in plant.look("line")


def test_coughing_swings_the_drainage_until_a_sedative_ends_it(make_plant: Make) -> None:
    """Each bout empties the great veins: flow swings and P ven falls; a sedative ends it within a minute."""
    plant = make_plant(pump_rpm_set=3400.0)
    run(plant, 20)
    plant.inject("coughing", {"mmhg": 40.0})
    run(plant, 10)
    lowest = 0.0
    for _ in range(300):
        plant.tick()
        lowest = min(lowest, plant.true("p_ven_mmhg"))
    seen = plant.look("patient")
    plant.give("sedative", 1.0)
    run(plant, 60)

    assert lowest < -120.0
    assert "coughing" in seen
    assert "coughing" not in plant.look("patient")
    assert mean(plant, "p_ven_mmhg", 3) > -90.0


def test_eyes_find_what_hands_put_right(make_plant: Make) -> None:
    """A kink is seen along the line and straightened; a lost flow probe is seen where it sits; bleeding is seen and stopped."""
    plant = make_plant(compiled=False)
    plant.inject("kink", {"closed": 0.9})
    plant.inject("sensor_lost", {}, "flow_l_min")
    plant.inject("bleeding", {"ml_min": 500.0})
    kinked, loose, bled = plant.look("line"), plant.look("flow_probe"), plant.look("patient")
    plant.mend("probe")
    plant.clear("kink")
    plant.clear("bleeding")
    plant.set("clamp_return", 1.0)

    assert (kinked, loose) == (("clear", "kinked"), ("loose",))
    assert "bleeding" in bled
    assert (plant.look("line"), plant.look("flow_probe")) == (("clear", "clamp_on"), ("seated",))
    assert "bleeding" not in plant.look("patient")
