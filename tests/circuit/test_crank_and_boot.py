"""The heart-lung machine's ways out of a stopped roller: crank with its arrow, boot in the spare head, module's switch."""

from dataclasses import replace
from pathlib import Path

import pytest

from drill.circuit.plant import Plant
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.scenarios.entries import load_machine

from .conftest import run


@pytest.fixture(scope="module")
def cpb(root: Path) -> tuple[CircuitSpec, PatientSpec]:
    """The shipped machine with an arrested heart."""
    return load_machine("base/cpb_adult", "base/cabg_arrested", roots=[root / "scenario_packs"])


def plant(cpb: tuple[CircuitSpec, PatientSpec], gear: float = 1.0, **controls: float) -> Plant:
    """The machine at 100 rpm for five seconds."""
    parts = tuple(replace(p, params={**p.params, "crank_gear": gear}) if p.id == "pump" else p for p in cpb[0].parts)
    made = Plant(replace(cpb[0], parts=parts), cpb[1])
    for name, value in {"pump_rpm_set": 100.0, "aortic_clamp": 1.0, "tap_filter_purge": 0.0, **controls}.items():
        made.set(name, value)
    run(made, 5)
    return made


@pytest.mark.parametrize(("gear", "arrow"), [(1.0, "arrow_clockwise"), (-1.0, "arrow_anticlockwise")])
def test_the_crank_pumps_forwards_the_way_of_the_arrow(cpb: tuple[CircuitSpec, PatientSpec], gear: float, arrow: str) -> None:
    """A look finds the arrow; turned that way the roller pumps 45 mL a turn, turned the other way it pumps back."""
    machine = plant(cpb, gear)
    machine.inject("motor_fault", {})
    run(machine, 2)
    machine.move_head("emergency_drive")
    machine.set("crank_rpm", 80.0 * gear)
    run(machine, 4)

    assert arrow in machine.look("pump_head")
    assert machine.true("flow_l_min") == pytest.approx(3.5, abs=0.15)
    assert machine.shown("flow_l_min") is not None
    machine.set("crank_rpm", -80.0 * gear)
    run(machine, 2)
    assert machine.true("flow_l_min") < -1.0


def test_the_spare_head_turns_the_boot_whichever_way_and_links_follow_only_when_assigned(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """Its knob drives the arterial boot and no longer its own; the bubble stop acts on it once its links are assigned."""
    machine = plant(cpb)
    machine.inject("motor_fault", {})
    machine.move_head("spare_head")
    machine.set("spare_rpm", 100.0)
    run(machine, 4)
    assert machine.true("flow_l_min") == pytest.approx(4.4, abs=0.2)
    assert abs(machine.number("rpm:spare_pump")) < 1.0

    machine.inject("sensor_lost", {}, "bubble_ml")
    run(machine, 3)
    assert machine.true("flow_l_min") > 4.0
    machine.set("spare_links", 1.0)
    run(machine, 6)
    assert machine.true("flow_l_min") < 0.2
    machine.set("spare_links", 0.0)
    machine.set("spare_rpm", -60.0)
    run(machine, 2)
    assert machine.true("pump_rpm") == pytest.approx(-60.0, abs=2.0)


def test_a_boot_in_the_hands_is_an_open_tube_and_a_crank_on_the_head_is_not(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """On its way to the spare head the boot lets the aorta run into the reservoir; while a crank is fitted it holds."""
    back = {}
    for towards in ("emergency_drive", "spare_head"):
        machine = plant(cpb, backflow_stop=0.0, clamp_drainage=1.0)
        machine.set("pump_rpm_set", 0.0)
        run(machine, 1)
        before = machine.true("backflow_ml")
        machine.move_head("moving", towards)
        run(machine, 3)
        back[towards] = machine.true("backflow_ml") - before

    assert back["emergency_drive"] < 2.0
    assert back["spare_head"] > 30.0


def test_a_deaf_runaway_obeys_the_switch_of_its_module_alone(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """Knob, and runaway protection, do nothing; the module's switch stops it and leaves the console alive."""
    machine = plant(cpb)
    machine.inject("runaway", {"rpm": 200.0, "deaf": 1.0})
    machine.set("pump_rpm_set", 0.0)
    run(machine, 4)
    assert machine.true("pump_rpm") > 190.0
    assert "interlock_runaway" in machine.active_alarms()
    machine.set("module_power", 0.0)
    run(machine, 3)

    assert machine.true("pump_rpm") < 1.0
    assert machine.look("console")[0] == "alive"


def test_an_aorta_sucked_empty_closes_around_its_cannula(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """With roller standing and purge open the siphon to the reservoir ends near zero, not at the reservoir's height."""
    machine = plant(cpb, tap_filter_purge=1.0, vent_rpm=15.0)
    machine.set("pump_rpm_set", 0.0)
    machine.set("clamp_drainage", 1.0)
    run(machine, 30)

    assert -4.0 < machine.number("p:ao_asc") < 12.0


def test_what_alarmed_on_the_way_to_rest_is_forgotten_and_what_stands_is_not(cpb: tuple[CircuitSpec, PatientSpec]) -> None:
    """A latched alarm that is over goes, with its line in the log; an active one stays."""
    machine = plant(cpb, limit_level_low_ml=3000.0)
    machine.set("pump_rpm_set", 0.0)
    machine.set("limit_backflow_l_min", -0.1)
    machine.move_head("moving", "spare_head")
    run(machine, 3)
    machine.move_head("console")
    machine.set("pump_rpm_set", 100.0)
    run(machine, 6)
    latched = {a.id for a in machine.alarms() if not a.active}
    machine.forget()

    assert "interlock_backflow" in latched
    assert {a.id for a in machine.alarms()} == machine.active_alarms()
    assert "level_low" in machine.active_alarms()
    assert all(e.over_tick < 0 for e in machine.alarm_log())
