"""Compares the model with published ranges: runs machines as a file of cases says, and measures each row. No row has code of its own.

A case file holds `machines` (what is built and settled once), `runs` (steps from the settled state, with marks) and `rows`
(one measure with its range and source). tests/cases/validation.yaml explains its own words; docs/validation.md shows what came out.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drill.circuit.compiler import Bench
from drill.errors import DrillError
from drill.lab.machine import Lab
from drill.lab.quantities import Mark
from drill.scenarios.yaml_reader import read_yaml
from drill.units import TICKS_PER_S, ticks

MEAN_S = 2.0
TRACE_TICKS = 2
BASES = ("spread", "two", "single", "worked", "limit", "sign")


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
        self.rows = tuple(Row(**row) for row in self._data["rows"])
        self._labs: dict[str, tuple[Lab, dict[str, object]]] = {}
        self._marks: dict[str, Mark] = {}
        self._traces: dict[str, dict[str, Traced]] = {}
        self._ran: set[str] = set()

    def measure(self, row: Row) -> float:
        """Return what the model gives for a row."""
        return self._measure(row.measure)

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
                run_s=60.0 if bench else 3600.0,
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

    # -- measuring ----------------------------------------------------------------------------------------------

    def _measure(self, how: Mapping[str, Any]) -> float:
        head = next((name for name in MEASURES if name in how), None)
        if head is None:
            raise DrillError(f"a measure needs one of {', '.join(MEASURES)}: {dict(how)}")
        return MEASURES[head](self, how) * float(how.get("times", 1.0))

    def _value(self, how: Mapping[str, Any]) -> float:
        return self.mark(how["at"]).read(how["value"])

    def _change(self, how: Mapping[str, Any]) -> float:
        return self.mark(how["to"]).read(how["change"]) - self.mark(how["from"]).read(how["change"])

    def _ratio(self, how: Mapping[str, Any]) -> float:
        return self.mark(how["to"]).read(how["ratio"]) / self.mark(how["from"]).read(how["ratio"])

    def _slope(self, how: Mapping[str, Any]) -> float:
        """How much Y grows for each of X between two marks."""
        y, x = how["slope"]
        start, end = self.mark(how["from"]), self.mark(how["to"])
        return (end.read(y) - start.read(y)) / (end.read(x) - start.read(x))

    def _quotient(self, how: Mapping[str, Any]) -> float:
        over, under = (self.mark(how["at"]).read(name) for name in how["quotient"])
        return over / under

    def _difference(self, how: Mapping[str, Any]) -> float:
        first, second = (self.mark(how["at"]).read(name) for name in how["difference"])
        return first - second

    def _interpolate(self, how: Mapping[str, Any]) -> float:
        """Y where X is so much, on the straight line between neighbouring marks of a sweep."""
        points = sorted((mark.read(how["where"]), mark.read(how["interpolate"])) for mark in self.marks(how["over"]))
        wanted = float(how["is"])
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
            if x0 <= wanted <= x1:
                return y0 + (y1 - y0) * (wanted - x0) / max(x1 - x0, 1e-12)
        raise DrillError(f"{how['where']} never was {wanted:g}: it ran from {points[0][0]:.4g} to {points[-1][0]:.4g} over {how['over']}")

    def _tau(self, how: Mapping[str, Any]) -> float:
        """Seconds after the first mark until 63.2 % of the way to the second is gone."""
        start, end = self.mark(how["from"]), self.mark(how["to"])
        name = how["tau_s"]
        first, last = start.read(name), end.read(name)
        for time_s, value in self.trace(str(how["from"]).partition("/")[0], name):
            if time_s > start.time_s and (value - first) / (last - first) >= 1.0 - math.exp(-1.0):
                return time_s - start.time_s
        raise DrillError(f"{name} never went the whole way from {first:.4g} to {last:.4g}")

    def _half_life(self, how: Mapping[str, Any]) -> float:
        start, end = self.mark(how["from"]), self.mark(how["to"])
        rest, name = float(how["toward"]), how["half_life_min"]
        left = (end.read(name) - rest) / (start.read(name) - rest)
        return (end.time_s - start.time_s) / 60.0 * math.log(2.0) / -math.log(left)

    def _highest(self, how: Mapping[str, Any]) -> float:
        start, end = self.mark(how["from"]), self.mark(how["to"])
        points = self.trace(str(how["from"]).partition("/")[0], how["highest"])
        return max(value for time_s, value in points if start.time_s <= time_s <= end.time_s)

    def _per_min(self, how: Mapping[str, Any]) -> float:
        """Change a minute; `against: [A, B]` gives it as a share of the mean of A less B at both marks."""
        start, end = self.mark(how["from"]), self.mark(how["to"])
        rate = (end.read(how["per_min"]) - start.read(how["per_min"])) / (end.time_s - start.time_s) * 60.0
        if "against" not in how:
            return rate
        a, b = how["against"]
        return rate / (0.5 * (start.read(a) - start.read(b) + end.read(a) - end.read(b)))

    def _q10(self, how: Mapping[str, Any]) -> float:
        start, end = self.mark(how["from"]), self.mark(how["to"])
        warmer = end.read(how["of"]) - start.read(how["of"])
        return float((end.read(how["q10"]) / start.read(how["q10"])) ** (10.0 / warmer))

    def _over(self, how: Mapping[str, Any]) -> float:
        """Two measures, one over or minus the other: `how` is quotient or minus."""
        first, second = (self._measure(one) for one in how["over"])
        return first - second if how["how"] == "minus" else first / second


MEASURES: dict[str, Callable[[Validation, Mapping[str, Any]], float]] = {
    "value": Validation._value,
    "change": Validation._change,
    "ratio": Validation._ratio,
    "slope": Validation._slope,
    "quotient": Validation._quotient,
    "difference": Validation._difference,
    "interpolate": Validation._interpolate,
    "tau_s": Validation._tau,
    "half_life_min": Validation._half_life,
    "highest": Validation._highest,
    "per_min": Validation._per_min,
    "q10": Validation._q10,
    "over": Validation._over,
}


def _moments(lab: Lab, step: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Do what a step says, and yield (mark, seconds to run) for each moment of it."""
    known = {"set", "fault", "give", "head", "impose", "syringe", "sweep", "values", "run", "mark"}
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
    for value in step["values"]:
        if step["sweep"] in ("map_mmhg", "cvp_mmhg"):
            lab.plant.impose(**{step["sweep"]: float(value)})
        else:
            lab.set(step["sweep"], float(value))
        yield f"{step['mark']}_{value:g}", float(step["run"])
