"""Before tick 0: what a session needs of a scenario, what the seed decides, and a machine in its steady state."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Protocol

from drill.circuit.plant import Plant
from drill.circuit.spec import CircuitSpec, PatientSpec
from drill.engine.dice import Dice
from drill.engine.evaluate import number
from drill.errors import NameUnknownError
from drill.scenarios.schema import Cause, PackInfo, Scenario, Tasks
from drill.units import ticks


class Loaded(Protocol):
    """What a session needs of a loaded scenario; `scenarios/load.py` reads files, so this floor does not know it."""

    @property
    def scenario(self) -> Scenario:
        """The scenario, resolved."""

    @property
    def circuit(self) -> CircuitSpec:
        """Its machine."""

    @property
    def patient(self) -> PatientSpec:
        """Its patient, before the draws."""

    @property
    def tasks(self) -> Tasks:
        """Everything that can be said, done and looked at."""

    @property
    def pack(self) -> PackInfo:
        """The pack that it comes from."""

    @property
    def site_values(self) -> Mapping[str, float | str | bool]:
        """The site profile, as it was resolved."""

    @property
    def digest(self) -> str:
        """SHA-256 of all of this."""


class Settled(Protocol):
    """Where settled states are kept, so that the same start is simulated only once; `records/settled.py` has two."""

    def get(self, key: str) -> Mapping[str, object] | None:
        """Return what was kept under this key, None if nothing was."""

    def put(self, key: str, state: Mapping[str, object]) -> None:
        """Keep a state."""


def draw_cause(scenario: Scenario, seed: int, forced: str | None) -> Cause | None:
    """Return the hidden cause that the seed draws, or the forced one; None where the scenario has none."""
    if forced is not None:
        for cause in scenario.causes:
            if cause.id == forced:
                return cause
        raise NameUnknownError("cause", forced, [cause.id for cause in scenario.causes])
    if not scenario.causes:
        return None
    return scenario.causes[Dice(seed, "cause").choice([cause.weight for cause in scenario.causes])]


def settled_plant(loaded: Loaded, draws: Mapping[str, float], advance: Callable[..., Any] | None, settled: Settled | None = None) -> Plant:
    """Build the machine with its patient, set it as the scenario's start says, and run it into its steady state.

    Where `settled` has kept that state, it is taken from there: the bits are the same.
    """
    start = loaded.scenario.start
    changed = {name: number(value, draws) for name, value in start.patient.items()}
    patient: PatientSpec = replace(loaded.patient, params={**loaded.patient.params, **changed})
    plant = Plant(loaded.circuit, patient, advance=advance)
    controls = {name: number(value, draws) for name, value in start.controls.items()}
    for name, value in controls.items():
        plant.set(name, value)
    comes_from = (replace(loaded.circuit, drawing={}), patient, controls, start.settle_s)
    key = sha256(repr(comes_from).encode()).hexdigest()
    kept = settled.get(key) if settled is not None else None
    if kept is None:
        _run(plant, start.settle_s)
        kept = plant.save()
        if settled is not None:
            settled.put(key, kept)
    plant.load(kept)  # always, so that it makes no difference who has run it in
    return _quiet(plant)


def _quiet(plant: Plant) -> Plant:
    """Whoever takes over finds no alarm that came and went while the machine was set up."""
    for alarm in plant.alarms():
        if not alarm.active:
            plant.acknowledge(0, alarm.id)
    return plant


def _run(plant: Plant, time_s: float) -> None:
    """Run a machine into its steady state; what alarmed only on the way there is nobody's business."""
    for _ in range(ticks(time_s)):
        plant.tick()
    plant.forget()
