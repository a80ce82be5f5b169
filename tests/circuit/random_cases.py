"""Cases of random machines and random hands, by number: the same case has the same number everywhere.

    python -m tests.circuit.random_cases 1234      plays case 1234 again and says what it did
"""

import contextlib
import math
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from drill.circuit.body import FLUIDS
from drill.circuit.controls import CONTROLS
from drill.circuit.drugs import DRUGS
from drill.circuit.faults import FAULTS
from drill.circuit.plant import Plant, compile_kernel
from drill.circuit.spec import CircuitSpec, PartSpec, PatientSpec
from drill.engine.dice import Dice
from drill.errors import CircuitError, NameUnknownError
from drill.records.kernels import load_kernel
from drill.scenarios.entries import load_machine
from tests.circuit.balance import balance, moved

ROOT = Path(__file__).resolve().parent.parent.parent
PACKS = [ROOT / "scenario_packs"]
T = TypeVar("T")
SECONDS = 20.0
HEADS = ("console", "emergency_drive", "moving")
START = {"pump_rpm_set": 0.6, "sweep_l_min": 0.3, "fdo2_pct": 1.0, "vent_fio2_pct": 0.4}  # shares of a control's range
LIMITS = {"hb": (-1e-6, 400.0), "bulk": (-1e-9, 1.0 + 1e-9), "small": (-1e-9, 1.0 + 1e-9), "micro": (-1e-9, 1.0 + 1e-9)}
BALANCE = 1e-9


def stock(folder: str) -> list[str]:
    """The names of all stock circuits or patients."""
    return sorted(p.stem for p in (ROOT / "scenario_packs/base" / folder).glob("*.yaml"))


@cache
def machine(circuit: str, patient: str) -> tuple[CircuitSpec, PatientSpec]:
    """A stock circuit and a stock patient."""
    return load_machine(f"base/{circuit}", f"base/{patient}", roots=PACKS)


@cache
def devices() -> dict[str, list[dict[str, Any]]]:
    """The stock devices by kind."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted((ROOT / "scenario_packs/base/devices").glob("*.yaml")):
        for device in yaml.safe_load(file.read_text(encoding="utf-8"))["devices"]:
            found.setdefault(device["kind"], []).append(device)
    return found


def _one(dice: Dice, of: list[T]) -> T:
    return of[int(dice.uniform(0, len(of)))]


class _Wiring:
    """Puts random parts between named nodes."""

    def __init__(self, dice: Dice) -> None:
        self.dice, self.parts, self.heights = dice, list[PartSpec](), dict[str, float]()

    def add(self, name: str, kind: str, inlet: str, outlet: str, *, clamps: tuple[str, ...] = (), taps: tuple[str, ...] = ()) -> None:
        params = {k: float(v) for k, v in _one(self.dice, devices()[kind])["params"].items()}
        if kind == "tube":
            # a narrow tube is drawn longer: cells of one that is short as well would be refused, as an educator's are
            params["length_m"] = self.dice.uniform(0.6, 2.5) * max(1.0, (6.35 / params["bore_mm"]) ** 2)
        self.parts.append(PartSpec(name, kind, inlet, outlet, params, clamps, taps))
        for node in (inlet, outlet):
            if not node.startswith("patient_") and node != "air":
                self.heights.setdefault(node, self.dice.uniform(-90.0, 15.0))


def random_circuit(number: int) -> CircuitSpec:
    """A machine of random parts: drainage, a pump, lungs; sometimes a reservoir, a second lung, a filter, a valve, a bridge."""
    dice = Dice(number, "random machine")
    w = _Wiring(dice)
    drains = _one(dice, ["patient_vc", "patient_ra"])
    returns = _one(dice, ["patient_ra" if drains == "patient_vc" else "patient_ao_asc", "patient_ao_asc", "patient_ao_desc", "patient_leg"])
    open_system = dice.uniform() < 0.4
    w.add("drainage_cannula", "cannula", drains, "hub")
    w.add("drainage_line", "tube", "hub", "pool" if open_system else "pump_in", clamps=("clamp_drainage",))
    w.add("drainage_tap", "opening", "hub", "air", taps=("tap_drainage",))
    if open_system:
        w.add("reservoir", "reservoir", "pool", "pump_in")
    w.add("pump", _one(dice, ["centrifugal", "roller"]), "pump_in", "pump_out")
    w.add("pump_ox_line", "tube", "pump_out", "ox_in", clamps=("clamp_pump_outlet",))
    w.add("oxygenator", "oxygenator", "ox_in", "ox_out")
    if dice.uniform() < 0.3:
        w.add("second_in", "tube", "ox_in", "second_in", clamps=("clamp_pronto_in",))
        w.add("second_oxygenator", "oxygenator", "second_in", "second_out")
        w.add("second_out", "tube", "second_out", "ox_out", clamps=("clamp_pronto_out",))
    ahead = "ox_out"
    for name, kind, chance in (("filter", "arterial_filter", 0.3), ("valve", "one_way_valve", 0.3)):
        if dice.uniform() < chance:
            w.add(name, kind, ahead, f"{name}_out")
            ahead = f"{name}_out"
    w.add("return_line", "tube", ahead, "return_hub", clamps=("clamp_post_ox", "clamp_return"))
    w.add("return_cannula", "cannula", "return_hub", returns)
    w.add("post_ox_tap", "opening", "ox_out", "air", taps=("tap_post_ox",))
    if dice.uniform() < 0.4:
        w.add("bridge", "tube", "hub", "return_hub", clamps=("clamp_recirculation",))
    sites = {"flow": "return_line", "p_ven": "pump_in", "p_pre": "ox_in", "p_post": "ox_out", "svo2": "drainage_line", "post_ox": "ox_out"}
    sites |= {"pump": "pump", "oxygenator": "oxygenator", "leak": "drainage_tap"}
    return CircuitSpec(f"random_{number}", "Random", "random", tuple(w.parts), w.heights, sites, (), {"boot_s": 8.0, "battery_min": 60.0})


Move = tuple[str, str, float, str]


def moves(dice: Dice, circuit: CircuitSpec) -> Iterator[Move]:
    """Yield 4 to 14 things that hands, bodies and bad luck do."""
    blood = [p.id for p in circuit.parts if p.outlet != "air"]
    for _ in range(4 + int(dice.uniform(0, 11))):
        kind = _one(dice, ["set", "set", "set", "clamp", "clamp", "fault", "fault", "head", "cut", "syringe", "drug", "fluid"])
        share = _one(dice, [0.0, 1.0, dice.uniform()])
        if kind in ("set", "clamp"):
            yield "set", _one(dice, [c for c in CONTROLS if (kind == "set") or c.startswith(("clamp_", "tap_"))]), share, ""
        elif kind == "fault":
            yield kind, _one(dice, list(FAULTS)), share, _one(dice, ["", *blood])
        elif kind == "head":
            yield kind, _one(dice, list(HEADS)), 0.0, ""
        elif kind == "syringe":
            yield kind, _one(dice, [p.id for p in circuit.parts]), share, _one(dice, ["draw", "prime", "air"])
        else:
            yield kind, _one(dice, {"cut": blood, "drug": list(DRUGS), "fluid": list(FLUIDS)}[kind]), share, ""


def do(plant: Plant, move: Move) -> None:
    """Do one thing; what does not fit this machine is refused by name, and nothing happens."""
    kind, name, share, more = move
    if kind == "set":
        control = CONTROLS[name]
        plant.set(name, control.low + share * (control.high - control.low))
    elif kind == "fault":
        parameters = {p.name: p.low + share * (p.high - p.low) for p in FAULTS[name].parameters}
        with contextlib.suppress(CircuitError, NameUnknownError):
            plant.inject(name, parameters, more or None)
    elif kind == "head":
        plant.move_head(name)
    elif kind == "cut":
        with contextlib.suppress(CircuitError):
            plant.cut(name)
            if share > 0.3:
                plant.replace(name, gas_ml=10.0 * share)
            if share > 0.5:
                plant.join(name)
    elif kind == "syringe":
        with contextlib.suppress(CircuitError):
            plant.syringe(name, more, 60.0 * share)
    elif kind == "drug":
        plant.give(name, 3.0 * share)
    else:
        plant.infuse(500.0 * share, 30.0, name)


def wrong(plant: Plant, before: dict[str, float]) -> list[str]:
    """Return what must never be: numbers that are not finite, impossible contents, a balance that does not close."""
    x, index = plant._x, plant._index
    found = [f"{name} is {x[i]}" for name, i in index.items() if not math.isfinite(x[i])]
    for name, i in index.items():
        low, high = LIMITS.get(name.partition(":")[0], (-math.inf, math.inf))
        if not low <= x[i] <= high:
            found.append(f"{name} is {x[i]}")
    return found[:6] + [f"{s} does not close: {m:.2g}" for s, m in moved(plant, before).items() if not m < BALANCE]


def play(plant: Plant, number: int, tell: bool = False) -> list[str]:  # noqa: FBT001, FBT002  one word at the end of a call
    """Play the hands of a case on a plant that stands at its start; return what went wrong."""
    dice = Dice(number, "random hands")
    for name, share in START.items():
        do(plant, ("set", name, share, ""))
    plant.tick()
    before = balance(plant)
    todo = list(moves(dice, plant._model.circuit))
    for move in todo:
        if tell:
            print(move)  # noqa: T201  this is what it was asked for
        do(plant, move)
        for _ in range(round(SECONDS / len(todo) * 50)):
            plant.tick()
    return wrong(plant, before)


def plant_of(number: int, *, random: bool) -> Plant:
    """The machine of a case: a stock circuit, compiled, or a random one in plain Python; any stock patient."""
    dice = Dice(number, "random case")
    patient = _one(dice, stock("patients"))
    if random:
        return Plant(random_circuit(number), machine("va_ecmo_adult", patient)[1])
    plant, first = _compiled(_one(dice, stock("circuits")), patient)
    plant.load(first)
    return plant


@cache
def _compiled(circuit: str, patient: str) -> tuple[Plant, dict[str, object]]:
    """A stock machine that is built once, and its first state."""
    spec, who = machine(circuit, patient)
    plant = Plant(spec, who, load_kernel(compile_kernel(spec, who)).advance)
    return plant, plant.save()


if __name__ == "__main__":
    for text in sys.argv[1:]:
        for kind in (False, True):
            print(text, "random machine" if kind else "stock machine", play(plant_of(int(text), random=kind), int(text), tell=True))  # noqa: T201
