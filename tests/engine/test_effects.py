"""What jobs do to the parts of the machine: cut, connect, put the spare in, undo a fault by hand, syringe, tip and tap, pour, tell."""

from dataclasses import replace
from pathlib import Path

import pytest

from drill.circuit import emboli
from drill.circuit.faults import FAULTS
from drill.circuit.patient import BEDS
from drill.circuit.plant import Plant
from drill.engine.actions import Action
from drill.engine.session import Session
from drill.errors import CircuitError, NameUnknownError
from drill.scenarios.load import Loaded, load_scenario
from drill.scenarios.schema import Effect
from drill.units import TICK_S, ticks

CLAMPS = ("clamp_return", "clamp_drainage", "clamp_pump_outlet", "clamp_post_ox")
MACHINES = ("free_play_va", "free_play_vv", "free_play_cpb")


def free(root: Path, name: str) -> Loaded:
    """Load a machine without a story."""
    return load_scenario(f"base/{name}", roots=[root / "scenario_packs"])


class Bedside:
    """A session of free play that settles for two seconds, with the acts in words."""

    def __init__(self, loaded: Loaded) -> None:
        start = loaded.scenario.start.model_copy(update={"settle_s": 2.0})
        self.session = Session(replace(loaded, scenario=loaded.scenario.model_copy(update={"start": start})), seed=1)
        self.plant: Plant = self.session._world.plant

    def set(self, control: str, value: float) -> None:
        """Move a control and let a tick pass."""
        self.session.submit(Action(verb="set", target=control, value=value))
        self.session.tick()

    def do(self, task: str, seconds: float) -> list[str]:
        """Do a job and wait; return the notes of that time."""
        before = len(self.session.run.entries)
        self.session.submit(Action(verb="do", target=task))
        self.wait(seconds)
        return [e["text"] for e in self.session.run.entries[before:] if e["k"] == "note"]

    def have(self, effect: dict[str, object]) -> None:
        """Let the story do one effect."""
        self.session._jobs.apply(self.session._tick, Effect.model_validate(effect))

    def wait(self, seconds: float) -> None:
        """Let seconds pass."""
        for _ in range(ticks(seconds)):
            self.session.tick()


@pytest.fixture
def va(root: Path) -> Bedside:
    """VA ECMO without a story."""
    return Bedside(free(root, "free_play_va"))


def clamped(bedside: Bedside) -> None:
    """Stop the pump and close all four clamps."""
    bedside.set("pump_rpm_set", 0)
    for clamp in CLAMPS:
        bedside.set(clamp, 1)
    bedside.wait(4)


def lost_ml(bedside: Bedside) -> float:
    """Blood that has run out so far."""
    return bedside.plant.true("blood_lost_ml")


def test_a_cut_between_clamps_costs_what_the_part_holds_and_one_without_them_bleeds(root: Path) -> None:
    """Behind closed clamps nothing runs out of the lines; with the clamps open the circuit empties through the cut."""
    closed, opened = Bedside(free(root, "free_play_va")), Bedside(free(root, "free_play_va"))
    clamped(closed)
    for bedside in (closed, opened):
        bedside.have({"cut": "oxygenator"})
        bedside.wait(6)
    assert lost_ml(closed) < 60.0
    assert lost_ml(opened) > 200.0


@pytest.mark.parametrize(("gas_pct", "caught_ml", "least", "most"), [(0, 0, 0.0, 2.0), (100, 0, 200.0, 260.0), (0, 40, 35.0, 45.0)])
def test_the_spare_brings_the_gas_that_is_in_it(va: Bedside, gas_pct: float, caught_ml: float, least: float, most: float) -> None:
    """A primed spare brings none, a dry one its whole volume of gas, a hasty connection what it catches."""
    clamped(va)
    va.set("spare_gas_pct", gas_pct)
    va.have({"cut": "oxygenator"})
    va.have({"fresh": "oxygenator", "caught_ml": caught_ml})
    va.have({"join": "oxygenator"})
    va.wait(0.1)
    assert least <= va.plant.true("gas_in_oxygenator_ml") <= most
    assert not va.plant.is_cut("oxygenator")


def test_a_part_in_its_place_is_neither_replaced_nor_joined(va: Bedside) -> None:
    """`fresh` and `join` of what nobody has cut out leave the machine as it is."""
    clot = va.plant.slots["clot:oxygenator"]
    va.plant.inject("oxygenator_clot", {"clot": 0.5})
    va.plant.inject("connector_off", {"open": 1.0}, "oxygenator")
    va.have({"fresh": "oxygenator"})
    va.have({"join": "oxygenator"})
    assert va.plant.state()[clot] == 0.5
    assert va.plant.number("hole:ox_out") == 1.0


@pytest.mark.parametrize("machine", MACHINES)
def test_a_hand_undoes_exactly_what_its_fault_wrote(root: Path, machine: str) -> None:
    """After a fault and its `clear`, every slot and control that the fault wrote stands as the machine was built."""
    loaded = free(root, machine)
    for fault in (f for f in FAULTS.values() if f.by_hand):
        plant = Plant(loaded.circuit, loaded.patient)
        before, controls = plant.state(), dict(plant.controls())
        try:
            plant.inject(fault.name, {})
        except CircuitError:  # this machine has no such part
            continue
        assert plant.state() != before or plant.controls() != controls, fault.name
        plant.clear(fault.name)
        assert plant.state() == before, fault.name
        assert plant.controls() == controls, fault.name


def test_only_what_a_hand_can_undo_is_undone(va: Bedside) -> None:
    """Clot in a lung, a dead motor or torn fibres are no affair of a hand."""
    for fault in ("oxygenator_clot", "motor_fault", "membrane_torn", "wall_oxygen_lost"):
        with pytest.raises(NameUnknownError, match="fault that a hand can undo"):
            va.plant.clear(fault)


def test_tip_and_tap_lets_the_gas_of_a_head_out(va: Bedside) -> None:
    """A head full of gas is full of prime afterwards, and the books say so."""
    clamped(va)
    for k in range(3):
        va.plant._x[va.plant.slots[f"bulk:pump:{k}"]] = 0.5
    va.wait(0.1)
    before, out = va.plant.true("gas_in_head_ml"), va.plant.number("port:gas_out_ml")
    assert before > 10.0
    va.have({"release": "pump"})
    va.wait(0.1)
    assert va.plant.true("gas_in_head_ml") < 0.1
    assert va.plant.number("port:gas_out_ml") - out == pytest.approx(before, rel=0.05)


def test_a_syringe_of_prime_goes_in_at_the_tap(va: Bedside) -> None:
    """What the syringe pushes is booked as prime, at 10 mL/s."""
    clamped(va)
    before = va.plant.number("port:primed_ml")
    va.have({"syringe": "prime", "part": "leak", "ml": 20})
    va.wait(3)
    assert va.plant.number("port:primed_ml") - before == pytest.approx(20.0, abs=0.01)


def test_prime_that_is_poured_raises_the_level_and_thins_the_blood(root: Path) -> None:
    """500 mL of prime: the level is 500 mL higher."""
    cpb = Bedside(free(root, "free_play_cpb"))
    level, hb = cpb.plant.true("reservoir_ml"), cpb.plant.number("hb:reservoir_pool")
    cpb.have({"pour": 500})
    cpb.wait(0.02)
    assert cpb.plant.true("reservoir_ml") - level == pytest.approx(500.0, abs=10.0)
    assert cpb.plant.number("hb:reservoir_pool") < 0.9 * hb


def test_the_level_is_called_out_every_15_seconds(root: Path) -> None:
    """While the job goes on, somebody says the level at its start and each 15 s."""
    cpb = Bedside(free(root, "free_play_cpb"))
    said = cpb.do("call_level", 15.5)
    assert len(said) == 2
    assert all("mL" in text for text in said)


def test_without_its_lines_the_pressures_of_the_oxygenator_are_blank(va: Bedside) -> None:
    """P pre, P post and delta-P are there again once their lines are on."""
    assert va.plant.shown("dp_ox_mmhg") is not None
    va.set("pressure_lines", 0)
    assert [va.plant.shown(name) for name in ("p_pre_mmhg", "p_post_mmhg", "dp_ox_mmhg")] == [None, None, None]
    va.set("pressure_lines", 1)
    assert va.plant.shown("dp_ox_mmhg") is not None


def test_delta_p_has_the_errors_of_its_two_sensors(va: Bedside) -> None:
    """A wrong zero of P pre shows in delta-P too: the console works it out from what it measures."""
    before = va.plant.shown("dp_ox_mmhg") or 0.0
    va.plant.inject("sensor_zero", {"offset": 80.0}, "p_pre_mmhg")
    va.wait(1.5)
    assert (va.plant.shown("dp_ox_mmhg") or 0.0) - before == pytest.approx(80.0, abs=8.0)


def _gas_in_the_aorta(*, flow_ml_s: float = 75.0, back_ml_s: float = 0.0, for_s: float = 60.0, **controls: float) -> dict[str, float]:
    """Leave 20 mL of gas in an adult's aorta for a while, with this much blood running on."""
    x = {"in:head_down": 0.0, "in:aortic_vent": 0.0, "pat:size": 1.0, "gas_aorta_ml": 20.0, "gas_brain_ml": 0.0, "gas_in_brain_ml": 0.0}
    x |= {f"flow:{bed}": flow_ml_s * row[1] for bed, row in BEDS.items()} | {f"in:{name}": value for name, value in controls.items()}
    for _ in range(ticks(for_s)):
        emboli.move(x, back_ml_s * TICK_S)  # type: ignore[arg-type]
    return x


@pytest.mark.parametrize(("control", "less"), [("head_down", 0.4), ("aortic_vent", 0.4)])
def test_head_down_and_a_vent_spare_the_brain(control: str, less: float) -> None:
    """Of the same gas in the aorta, less goes to the brain."""
    level, helped = _gas_in_the_aorta(), _gas_in_the_aorta(**{control: 1.0})
    assert helped["gas_brain_ml"] < less * level["gas_brain_ml"]
    assert level["gas_brain_ml"] == pytest.approx(emboli.BRAIN_SHARE * 20.0, rel=0.05)


def test_without_flow_gas_waits_for_the_vent_in_a_patient_head_down() -> None:
    """Pump stopped and head down, it lies where it is; level it rises; a vent opened late still takes it all."""
    down, level = _gas_in_the_aorta(flow_ml_s=0.0, for_s=20.0, head_down=1.0), _gas_in_the_aorta(flow_ml_s=0.0, for_s=20.0)
    assert down["gas_aorta_ml"] == pytest.approx(20.0)
    assert down["gas_brain_ml"] == 0.0
    assert 1.0 < level["gas_brain_ml"] < emboli.BRAIN_SHARE * 20.0
    assert _gas_in_the_aorta(flow_ml_s=0.0, head_down=1.0, aortic_vent=1.0)["gas_aorta_ml"] < 0.1


def test_retrograde_flow_brings_gas_back_out_of_the_brain() -> None:
    """A minute and a half at 1 L/min, aorta open: nearly all has come back, what was delivered stays in the books."""
    there = _gas_in_the_aorta(for_s=20.0)
    before = there["gas_in_brain_ml"]
    there |= {f"flow:{bed}": 0.0 for bed in BEDS} | {"in:aortic_vent": 1.0, "in:head_down": 1.0}
    for _ in range(ticks(90.0)):
        emboli.move(there, 1000.0 / 60.0 * TICK_S)  # type: ignore[arg-type]
    assert before > 3.0
    assert there["gas_in_brain_ml"] < 0.1 * before
    assert there["gas_brain_ml"] >= before


def test_every_job_is_there_on_some_machine_and_only_where_it_fits(root: Path) -> None:
    """Nothing in tasks.yaml is offered nowhere; a machine has no job for parts that it lacks, and no group is empty."""
    loaded = [free(root, name) for name in MACHINES]
    bridged = load_scenario("oxygenator_changeout/cpb_parallel_change", roots=[root / "scenario_packs"])
    wanted = {t.id for one in (*loaded, bridged) for t in one.tasks.tasks}
    raw = (root / "scenario_packs/base/tasks.yaml").read_text(encoding="utf-8")
    ids = [line.split("{id: ")[1].split(",")[0] for line in raw.split("tasks:")[1].split("sayings:")[0].splitlines() if "{id: " in line]
    assert set(ids) == wanted
    va, _, cpb = loaded
    assert "cut_out_circuit" not in {t.id for t in cpb.tasks.tasks}
    assert "call_level" not in {t.id for t in va.tasks.tasks}
    assert "cut_bridge" not in {t.id for t in cpb.tasks.tasks}
    for one in loaded:
        used = {t.group for t in one.tasks.tasks} | {s.group for s in one.tasks.sayings} | {k.group for k in one.tasks.looks}
        assert {g.id for g in one.tasks.groups} == used
        assert len(one.tasks.groups) <= 10
