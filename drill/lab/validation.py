"""Compares the model with published ranges: runs machines as a file of cases says, and measures each row. No row has code of its own.

A case file holds `machines` (what is built and settled once), `runs` (steps from the settled state, with marks) and `rows`
(one measure with its range and source) or `plots`. tests/cases/validation.yaml explains its own words; docs/validation.md and
docs/plots.md show what came out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drill.circuit.compiler import Bench
from drill.errors import DrillError
from drill.lab.machine import Lab
from drill.lab.measures import measure
from drill.lab.quantities import Mark
from drill.scenarios.yaml_reader import read_yaml
from drill.units import TICKS_PER_S, ticks

MEAN_S = 2.0
TRACE_TICKS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One relation: what it says, how it is measured, what range it has to meet and by what right. `gap` says why it does not."""

    id: str
    topic: str
    says: str
    measure: Mapping[str, Any]
    unit: str
    low: float
    high: float
    range: str
    source: str
    sets: bool = False
    gap: str = ""


@dataclass(slots=True)
class Traced:
    """A quantity over a run: (s, value)."""

    points: list[tuple[float, float]] = field(default_factory=list)


class Validation:
    """A file of cases. A machine is built and settled once, and a run made once, when the first row asks for it."""

    def __init__(self, path: Path, roots: Sequence[Path | str] | None = None) -> None:
        """Read the cases. Raises DrillError where they cannot be read."""
        document = read_yaml(path, path.name)
        if not document.readable or not isinstance(document.data, dict):
            raise DrillError("\n".join(str(problem) for problem in document.problems) or f"{path}: no cases")
        self._data: dict[str, Any] = document.data
        self._roots = roots
        self.rows = tuple(Row(**row) for row in self._data.get("rows", ()))
        self.sources: dict[str, str] = self._data.get("sources", {})
        self.plots: list[dict[str, Any]] = self._data.get("plots", [])
        self._labs: dict[str, tuple[Lab, dict[str, object]]] = {}
        self._marks: dict[str, Mark] = {}
        self._traces: dict[str, dict[str, Traced]] = {}
        self._ran: set[str] = set()

    def measure(self, row: Row) -> float:
        """Return what the model gives for a row."""
        return measure(self, row.measure)

    def mark(self, name: str) -> Mark:
        """Return the mark `run/name`, after making its run if that has not been done."""
        self._run(name.partition("/")[0])
        if name not in self._marks:
            raise DrillError(f"no mark '{name}' (marks: {', '.join(m for m in self._marks if m.startswith(name.partition('/')[0] + '/'))})")
        return self._marks[name]

    def marks(self, over: str | Sequence[str]) -> list[Mark]:
        """Return the marks of a sweep, named by its beginning, or those of a list."""
        if not isinstance(over, str):
            return [self.mark(name) for name in over]
        self._run(over.partition("/")[0])
        return [mark for name, mark in self._marks.items() if name.startswith(over)]

    def trace(self, run: str, quantity: str) -> list[tuple[float, float]]:
        """Return a quantity of a run over time, (s, value)."""
        self._run(run)
        return self._traces[run][quantity].points

    # -- running ------------------------------------------------------------------------------------------------

    def _lab(self, name: str) -> Lab:
        """Return a machine in its settled state."""
        if name not in self._labs:
            data = self._data["machines"][name]
            bench = data.get("bench")
            lab = Lab(
                data["circuit"],
                data.get("patient"),
                bench=Bench(*(float(v) for v in bench)) if bench else None,
                settings=data.get("settings"),
                devices=data.get("devices"),
                params=data.get("params"),
                settle_s=data.get("settle_s"),
                run_s=sum(_length(run) for run in self._data["runs"].values() if run["machine"] == name),
                roots=self._roots,
            )
            self._labs[name] = (lab, lab.plant.save())
            return lab
        lab, saved = self._labs[name]
        lab.plant.load(saved)
        lab.ticks = 0
        return lab

    def _run(self, name: str) -> None:
        if name in self._ran:
            return
        if name not in self._data["runs"]:
            raise DrillError(f"no run '{name}' (runs: {', '.join(self._data['runs'])})")
        data = self._data["runs"][name]
        lab = self._lab(data["machine"])
        traced = {quantity: Traced() for quantity in data.get("trace", ())}
        self._traces[name] = traced
        for step in data["steps"]:
            for mark, seconds in _moments(lab, step):
                self._advance(lab, seconds, traced, f"{name}/{mark}" if mark else "")
        self._ran.add(name)

    def _advance(self, lab: Lab, seconds: float, traced: Mapping[str, Traced], mark: str) -> None:
        count = ticks(seconds)
        averaged = min(count, ticks(MEAN_S)) if mark else 0
        for _ in range(count - averaged):
            self._tick(lab, traced)
        if not mark:
            return
        first = lab.plant.state()
        sums = [0.0] * len(first)
        for _ in range(averaged):
            self._tick(lab, traced)
            sums = [total + value for total, value in zip(sums, lab.plant.state(), strict=True)]
        per_min = 60.0 * TICKS_PER_S / averaged
        rates = tuple((last - begun) * per_min for begun, last in zip(first, lab.plant.state(), strict=True))
        means = tuple(total / averaged for total in sums)
        self._marks[mark] = Mark(lab.stock.circuit, lab.plant.slots, means, rates, lab.time_s)

    def _tick(self, lab: Lab, traced: Mapping[str, Traced]) -> None:
        lab.plant.tick()
        lab.ticks += 1
        if traced and lab.ticks % TRACE_TICKS == 0:
            for name, trace in traced.items():
                kind, _, slot = name.partition(":")
                trace.points.append((lab.time_s, lab.plant.number(slot if kind == "slot" else f"true:{name}")))


def _length(run: Mapping[str, Any]) -> float:
    """How long a run takes, simulated seconds."""
    return sum(float(step.get("run", 0.0)) * len(step.get("values", (0,))) for step in run["steps"])


def _moments(lab: Lab, step: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Do what a step says, and yield (mark, seconds to run) for each moment of it."""
    known = {"set", "fault", "give", "head", "impose", "syringe", "sweep", "values", "afresh", "run", "mark"}
    if not set(step) <= known:
        raise DrillError(f"a step takes {', '.join(sorted(known))}, not {', '.join(sorted(set(step) - known))}")
    for name, value in step.get("set", {}).items():
        lab.set(name, float(value))
    for name, parameters in step.get("fault", {}).items():
        lab.fault(name, **parameters)
    for name, amount in step.get("give", {}).items():
        lab.give(name, float(amount))
    if "head" in step:
        lab.plant.move_head(step["head"])
    if "impose" in step:
        lab.plant.impose(**step["impose"])
    if "syringe" in step:
        lab.plant.syringe(step["syringe"]["part"], step["syringe"]["act"], float(step["syringe"]["ml"]))
    if "sweep" not in step:
        yield str(step.get("mark", "")), float(step.get("run", 0.0))
        return
    before = lab.plant.save() if step.get("afresh") else None  # then each value starts from the same state
    for value in step["values"]:
        if before is not None:
            lab.plant.load(before)
        if step["sweep"] in ("map_mmhg", "cvp_mmhg"):
            lab.plant.impose(**{step["sweep"]: float(value)})
        else:
            lab.set(step["sweep"], float(value))
        yield f"{step['mark']}_{value:g}", float(step["run"])
