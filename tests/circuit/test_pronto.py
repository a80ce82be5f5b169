"""The PRONTO bridge: a second oxygenator that lies by is put in the bridge's place beside the first one, while flow goes on."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from drill.circuit import wiring
from drill.circuit.plant import Plant
from drill.errors import CircuitError, NameUnknownError
from drill.scenarios.entries import load_machine

from .balance import balance, moved
from .conftest import run
from .test_circuits import bench, machine, settled

NAME = "cpb_pronto_adult"


@cache
def _inserted() -> dict[str, object]:
    """The machine with a dry second oxygenator in the bridge's place, all its clamps shut."""
    plant = settled(NAME)
    plant.cut("pronto_bridge")
    run(plant, 0.5)
    plant.fresh("second_oxygenator")
    plant.join("second_oxygenator")
    run(plant, 0.5)
    return plant.save()


def inserted() -> Plant:
    """Return that machine."""
    plant = bench(NAME)
    plant.load(_inserted())
    return plant


@cache
def _filled() -> dict[str, object]:
    plant = inserted()
    plant.set("clamp_pronto_recirculation", 0.0)
    plant.set("clamp_pronto_in", 0.0)
    run(plant, 8)
    return plant.save()


def filled() -> Plant:
    """Return the same eight seconds after inlet and recirculation were opened."""
    plant = bench(NAME)
    plant.load(_filled())
    return plant


def held(plant: Plant, part: str) -> float:
    """Return the share of gas in a part."""
    gas = plant.scene().lines[part].gas_fractions
    return sum(gas) / len(gas)


def flow(plant: Plant, part: str) -> float:
    """Return the flow through a part, L/min."""
    return plant.scene().lines[part].flow_ml_s * 0.06


def test_what_lies_by_takes_no_part() -> None:
    """At the start the bridge is there and the second oxygenator is not: it is dry, it opens no hole, and no look sees its gas."""
    plant = settled(NAME)
    lines = plant.scene().lines

    assert lines["pronto_bridge"].there
    assert not lines["second_oxygenator"].there
    assert not lines["second_oxygenator"].cut
    assert held(plant, "second_oxygenator") == pytest.approx(1.0)
    assert plant.true("gas_in_oxygenator_ml") == 0.0
    assert plant.look("new_oxygenator") == ("lies_by",)
    assert plant.look("line")[0] == "clear"
    assert plant.true("blood_lost_ml") == pytest.approx(0.0, abs=1e-6)


def test_a_bridge_cut_with_its_clamps_shut_loses_what_it_held() -> None:
    """Under a running pump the cut costs a few millilitres, and the flow does not notice."""
    plant = settled(NAME)
    before = plant.true("flow_l_min")
    plant.cut("pronto_bridge")
    run(plant, 3)

    assert plant.scene().lines["pronto_bridge"].cut
    assert 2.0 < plant.true("blood_lost_ml") < 60.0
    assert plant.true("flow_l_min") == pytest.approx(before, abs=0.03)


def test_a_bridge_cut_with_a_clamp_open_bleeds() -> None:
    """With the clamp towards the pump open the pump empties itself through the cut end."""
    plant = settled(NAME)
    plant.set("clamp_pronto_in", 0.0)
    plant.cut("pronto_bridge")
    run(plant, 3)

    assert plant.true("blood_lost_ml") > 120.0
    assert plant.true("flow_l_min") < 3.0


def test_joined_it_stands_in_the_bridges_place() -> None:
    """The second oxygenator is there, full of air, with no open end; the bridge is gone."""
    plant = inserted()
    before = plant.true("blood_lost_ml")
    run(plant, 2)
    lines = plant.scene().lines

    assert lines["second_oxygenator"].there
    assert not lines["pronto_bridge"].there
    assert plant.look("new_oxygenator") == ("gas",)
    assert plant.true("gas_in_oxygenator_ml") > 240.0
    assert plant.true("blood_lost_ml") == pytest.approx(before, abs=0.5)


def test_a_spare_that_was_primed_goes_in_full() -> None:
    """With a spare free of gas there is nothing to purge."""
    plant = settled(NAME)
    plant.set("spare_gas_pct", 0.0)
    plant.cut("pronto_bridge")
    plant.fresh("second_oxygenator")
    plant.join("second_oxygenator")

    assert held(plant, "second_oxygenator") == 0.0


@pytest.mark.slow
def test_it_fills_and_its_gas_leaves_by_the_recirculation() -> None:
    """Opened at the inlet with the recirculation open, it takes blood; the gas goes to the reservoir, and flow is stolen meanwhile."""
    plant = filled()

    assert held(plant, "second_oxygenator") < 0.25
    assert flow(plant, "pronto_recirculation") > 0.8
    assert plant.true("flow_l_min") < 4.5 - 0.8
    assert plant.true("gas_to_patient_ml") == pytest.approx(0.0, abs=1e-9)


@pytest.mark.slow
def test_turned_up_the_patient_has_the_flow_again() -> None:
    """The pump gives what the recirculation takes."""
    plant = filled()
    short = plant.true("flow_l_min")
    plant.set("pump_rpm_set", 145.0)
    run(plant, 3)

    assert plant.true("flow_l_min") > short + 0.8


@pytest.mark.slow
def test_tapping_frees_what_the_fibres_hold() -> None:
    """Untapped some gas stays among the fibres; tipped and tapped it leaves within seconds."""
    plant = filled()
    run(plant, 3)
    left = held(plant, "second_oxygenator")
    plant.set("lung_tapped", 1.0)
    plant.set("pump_rpm_set", 145.0)
    run(plant, 11)

    assert left > 0.08
    assert held(plant, "second_oxygenator") < 0.01
    assert plant.look("new_oxygenator") == ("clear",)


@pytest.mark.slow
def test_opened_full_of_gas_the_gas_goes_on() -> None:
    """With its outlet opened before it was purged, the gas goes towards the filter and past it."""
    plant = inserted()
    plant.set("clamp_pronto_in", 0.0)
    plant.set("clamp_pronto_out", 0.0)
    run(plant, 20)

    assert plant.true("gas_to_patient_ml") > 20.0


@pytest.mark.slow
def test_of_two_oxygenators_gas_and_water_are_on_one() -> None:
    """The hose moved, the first one's gas side gets nothing; the water lines moved, blood is warmed in the second one alone."""
    plant = filled()
    for control, value in {"clamp_pronto_out": 0.0, "clamp_pronto_recirculation": 1.0, "clamp_ox_inlet": 1.0, "clamp_post_ox": 1.0}.items():
        plant.set(control, value)
    run(plant, 1)
    unmoved = plant.true("sweep_l_min"), plant.number("warming:second_oxygenator")
    plant.set("gas_hose_second", 1.0)
    plant.set("water_second", 1.0)
    run(plant, 2)

    assert unmoved[0] == pytest.approx(0.0, abs=0.05)
    assert unmoved[1] == 0.0
    assert plant.true("sweep_l_min") == pytest.approx(3.0, abs=0.1)
    assert plant.number("warming:second_oxygenator") > 0.3
    assert plant.number("warming:oxygenator") == 0.0


@pytest.mark.slow
def test_the_change_closes(root: Path) -> None:
    """Blood, gas, oxygen and heat close over the whole change with what was cut away and put in booked."""
    circuit, patient = load_machine(f"base/{NAME}", "base/cabg_arrested", roots=[root / "scenario_packs"])
    plant = Plant(circuit, patient)
    for control, value in {"pump_rpm_set": 107.0, "sweep_l_min": 3.0, "aortic_clamp": 1.0}.items():
        plant.set(control, value)
    run(plant, 1)
    before = balance(plant)
    plant.cut("pronto_bridge")
    run(plant, 0.5)
    plant.fresh("second_oxygenator")
    plant.join("second_oxygenator")
    for control, value in {"clamp_pronto_recirculation": 0.0, "clamp_pronto_in": 0.0, "lung_tapped": 1.0, "gas_hose_second": 1.0}.items():
        plant.set(control, value)
    run(plant, 3)
    plant.set("clamp_pronto_out", 0.0)
    run(plant, 1)

    assert max(moved(plant, before).values()) < 1e-9, moved(plant, before)


def test_the_circuit_says_what_goes_round_the_first_lung() -> None:
    """The clamp behind the first lung stops nothing while both ends of the bridge are open; no other clamp has a way round."""
    assert dict(inserted().scene().ways_round) == {"clamp_post_ox": ("clamp_pronto_in", "clamp_pronto_out")}


def test_a_part_that_lies_by_needs_the_ends_of_the_one_it_replaces() -> None:
    """A part that is put in the place of nothing, or of a part elsewhere, is refused by name."""
    spec = machine(NAME)

    def instead_of(other: str) -> None:
        parts = tuple(replace(p, instead_of=other) if p.id == "second_oxygenator" else p for p in spec.parts)
        wiring.check(replace(spec, parts=parts))

    with pytest.raises(NameUnknownError, match="pronto_brigde"):
        instead_of("pronto_brigde")
    with pytest.raises(CircuitError, match="cannot take the place of 'oxygenator'"):
        instead_of("oxygenator")
