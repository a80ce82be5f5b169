"""What displays show: blank without power or signal, wrong as their sensor is wrong, and the laboratory's slips of paper."""

import pytest

from drill.circuit.labs import LABS
from drill.circuit.plant import Plant
from drill.circuit.readings import GROUPS, HOSTS, LAB, LIVE, READINGS, SHOWN
from drill.circuit.sensors import DRY_BUBBLE_ML, LAG_S
from drill.errors import NameUnknownError
from drill.units import ticks

from .conftest import run
from .guarded import CIRCUITS, POWER, STILL, steady

VA = "va_ecmo_adult"
OF_CRANK = tuple(name for name in LIVE if READINGS[name].host == "crank")
BEDSIDE = tuple(name for name in LIVE if name not in {*OF_CRANK, "reservoir_ml"})


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_every_display_that_has_its_host_shows_a_number(circuit: str) -> None:
    """In the steady state nothing is blank but the crank, a level that there is not, and what no laboratory has answered."""
    plant = steady(circuit)
    blank = {name for name in SHOWN if plant.shown(name) is None and plant.note(name) not in {"low perfusion", "no pulse"}}
    level = {"reservoir_ml"} if "cpb" not in circuit else set()

    assert blank == {*OF_CRANK, *level, *(name for name in SHOWN if READINGS[name].host == LAB)}


@pytest.mark.parametrize("reading", LIVE)
def test_a_display_without_power_is_blank(reading: str) -> None:
    """Every display is blank, never 0, when its host is dead, and back when it lives."""
    plant, host = steady("cpb_adult" if reading == "reservoir_ml" else VA), READINGS[reading].host
    if host in STILL:
        assert plant.shown(reading) is not None
        return
    if host == "crank":
        plant.move_head("emergency_drive")
        assert plant.shown(reading) is not None
        plant.move_head("console")
    else:
        plant.set(POWER[host], 0.0)
    plant.tick()
    assert plant.shown(reading) is None
    assert plant.readings()[1][SHOWN.index(reading)] is None
    if host in POWER:
        plant.set(POWER[host], 1.0)
        run(plant, 10)
        assert plant.shown(reading) is not None


@pytest.mark.parametrize("reading", BEDSIDE)
def test_a_sensor_can_be_off_stuck_and_lost(reading: str) -> None:
    """A wrong zero moves the display and not the truth; a stuck one stands; a lost one is blank, or sees air."""
    plant, row = steady(VA), READINGS[reading]
    before = plant.shown(reading)
    assert before is not None
    offset = 20 * row.resolution * (1 if before + 20 * row.resolution <= row.high else -1)
    if reading in ("gas_supply_alarm", "rhythm"):
        offset = 1.0
    plant.inject("sensor_zero", {"offset": offset}, reading)
    plant.tick()
    off = plant.shown(reading)
    assert off == pytest.approx(before + offset, abs=3 * row.resolution + 0.05 * abs(before))
    plant.inject("sensor_stuck", {}, reading)
    plant.inject("sensor_zero", {"offset": 0.0}, reading)
    run(plant, 1)
    assert plant.shown(reading) == off
    plant.inject("sensor_lost", {}, reading)
    assert plant.shown(reading) == (off if reading == "bubble_ml" else None)
    assert plant.readings()[1][SHOWN.index(reading)] == plant.shown(reading)


def test_a_dry_bubble_sensor_sees_air() -> None:
    """Without coupling it shows gas, and the truth has none."""
    plant = steady(VA)
    plant.inject("sensor_lost", {}, "bubble_ml")
    run(plant, 0.1)

    assert plant.shown("bubble_ml") == DRY_BUBBLE_ML
    assert plant.true("bubble_ml") < 0.01


@pytest.mark.parametrize("group", sorted(set(GROUPS) - {"level"}))  # ECMO has no level: `test_line_off_its_cannula.py`
def test_hands_put_a_group_of_sensors_right(group: str) -> None:
    """Zero, contact and freedom come back at once; what was wrong is right again."""
    plant = steady(VA)
    for reading in GROUPS[group]:
        plant.inject("sensor_zero", {"offset": 10.0}, reading)
        plant.inject("sensor_stuck", {}, reading)
        plant.inject("sensor_lost", {}, reading)
    run(plant, 1)
    plant.mend(group)
    run(plant, 10)

    for reading in GROUPS[group]:
        assert plant.shown(reading) == pytest.approx(plant.true(reading), abs=2 + 0.05 * abs(plant.true(reading))), reading


def test_a_lost_sensor_alarms_and_says_why_it_is_blank() -> None:
    """The console says that it has no signal; a circuit without a reservoir misses nothing."""
    plant = steady(VA)
    assert "no_signal" not in plant.active_alarms()
    assert plant.note("reservoir_ml") == ""
    plant.inject("sensor_lost", {}, "flow_l_min")
    run(plant, 2)

    assert "no_signal" in plant.active_alarms()
    assert plant.note("flow_l_min") == "no signal"


def test_the_probe_stays_with_its_drive() -> None:
    """On the emergency drive flow and bubble sensor are lost; the tachometer is there."""
    plant = steady(VA)
    plant.move_head("emergency_drive")

    assert [plant.shown(name) for name in GROUPS["probe"]] == [None, None]
    assert plant.shown("crank_tach_rpm") is not None


@pytest.mark.parametrize("lab", LABS)
def test_a_result_has_the_values_of_its_sample_and_comes_later(lab: str) -> None:
    """Blank until the turnaround is over; then the values of the moment of drawing, whatever has happened since."""
    plant, row = steady(VA), LABS[lab]
    drawn = {name: plant.true(name) for name in row.readings}
    plant.sample(lab)
    plant.set("sweep_l_min", 0.0)
    plant.set("vent_l_min", 0.0)
    wait = row.turnaround_s + (drawn[row.runs_for] if row.runs_for else 0.0)
    run(plant, wait - 2)
    assert [plant.shown(name) for name in row.readings] == [None] * len(row.readings)
    run(plant, 4)

    for name in row.readings:
        assert plant.shown(name) == pytest.approx(drawn[name], abs=READINGS[name].resolution), name
    if lab == "blood_gas":
        assert abs(plant.true("paco2_mmhg") - drawn["paco2_mmhg"]) > 2.0


def test_samples_survive_a_save() -> None:
    """A sample that is under way is under way after a save and a load."""
    plant = steady(VA)
    plant.sample("blood_gas")
    run(plant, 1)
    saved = plant.save()
    run(plant, 100)
    there = plant.shown("ph_arterial")
    plant.load(saved)
    assert plant.shown("ph_arterial") is None
    run(plant, 100)

    assert there is not None
    assert plant.shown("ph_arterial") == there
    assert plant.samples()[0].due_tick - plant.samples()[0].drawn_tick == ticks(LABS["blood_gas"].turnaround_s)


def test_names_are_checked() -> None:
    """An unknown sensor, group or laboratory test is named with the nearest that exists."""
    plant: Plant = steady(VA)
    with pytest.raises(NameUnknownError, match="did you mean 'flow_l_min'"):
        plant.inject("sensor_stuck", {}, "flow_l_mim")
    with pytest.raises(NameUnknownError, match="displayed reading"):
        plant.inject("sensor_lost", {}, "act_s")
    with pytest.raises(NameUnknownError, match="did you mean 'probe'"):
        plant.mend("prob")
    with pytest.raises(NameUnknownError, match="did you mean 'act'"):
        plant.sample("actt")


def test_the_tables_are_whole() -> None:
    """Each display has a known host, each lag a display; each laboratory reading comes from a test, and each test gives readings."""
    assert {READINGS[name].host for name in SHOWN} == set(HOSTS)
    assert set(LAG_S) <= set(LIVE)
    assert {name for lab in LABS.values() for name in lab.readings} == {name for name in SHOWN if READINGS[name].host == LAB}
