"""How a row of the validation is measured: one small function for each kind of measure, over the marks of runs."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

from drill.errors import DrillError
from drill.lab.quantities import Mark


class Runs(Protocol):
    """Where measures find what has been run."""

    def mark(self, name: str) -> Mark:
        """Return the mark `run/name`."""

    def marks(self, over: str | Sequence[str]) -> list[Mark]:
        """Return the marks of a sweep, named by its beginning, or those of a list."""

    def trace(self, run: str, quantity: str) -> list[tuple[float, float]]:
        """Return a quantity of a run over time, (s, value)."""


def measure(runs: Runs, how: Mapping[str, Any]) -> float:
    """Return what a measure gives: its head is one of MEASURES; `times` turns units."""
    head = next((name for name in MEASURES if name in how), None)
    if head is None:
        raise DrillError(f"a measure needs one of {', '.join(MEASURES)}: {dict(how)}")
    return MEASURES[head](runs, how) * float(how.get("times", 1.0))


def _value(runs: Runs, how: Mapping[str, Any]) -> float:
    return runs.mark(how["at"]).read(how["value"])


def _change(runs: Runs, how: Mapping[str, Any]) -> float:
    return runs.mark(how["to"]).read(how["change"]) - runs.mark(how["from"]).read(how["change"])


def _ratio(runs: Runs, how: Mapping[str, Any]) -> float:
    return runs.mark(how["to"]).read(how["ratio"]) / runs.mark(how["from"]).read(how["ratio"])


def _slope(runs: Runs, how: Mapping[str, Any]) -> float:
    """How much Y grows for each of X between two marks."""
    y, x = how["slope"]
    start, end = runs.mark(how["from"]), runs.mark(how["to"])
    return (end.read(y) - start.read(y)) / (end.read(x) - start.read(x))


def _quotient(runs: Runs, how: Mapping[str, Any]) -> float:
    over, under = (runs.mark(how["at"]).read(name) for name in how["quotient"])
    return over / under


def _difference(runs: Runs, how: Mapping[str, Any]) -> float:
    first, second = (runs.mark(how["at"]).read(name) for name in how["difference"])
    return first - second


def _interpolate(runs: Runs, how: Mapping[str, Any]) -> float:
    """Y where X is so much, on the straight line between neighbouring marks of a sweep."""
    points = sorted((mark.read(how["where"]), mark.read(how["interpolate"])) for mark in runs.marks(how["over"]))
    wanted = float(how["is"])
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= wanted <= x1:
            return y0 + (y1 - y0) * (wanted - x0) / max(x1 - x0, 1e-12)
    raise DrillError(f"{how['where']} never was {wanted:g}: it ran from {points[0][0]:.4g} to {points[-1][0]:.4g} over {how['over']}")


def _tau(runs: Runs, how: Mapping[str, Any]) -> float:
    """Seconds after the first mark until 63.2 % of the way to the second is gone."""
    start, end = runs.mark(how["from"]), runs.mark(how["to"])
    name = how["tau_s"]
    first, last = start.read(name), end.read(name)
    for time_s, value in runs.trace(str(how["from"]).partition("/")[0], name):
        if time_s > start.time_s and (value - first) / (last - first) >= 1.0 - math.exp(-1.0):
            return time_s - start.time_s
    raise DrillError(f"{name} never went the whole way from {first:.4g} to {last:.4g}")


def _half_life(runs: Runs, how: Mapping[str, Any]) -> float:
    start, end = runs.mark(how["from"]), runs.mark(how["to"])
    rest, name = float(how["toward"]), how["half_life_min"]
    left = (end.read(name) - rest) / (start.read(name) - rest)
    return (end.time_s - start.time_s) / 60.0 * math.log(2.0) / -math.log(left)


def _highest(runs: Runs, how: Mapping[str, Any]) -> float:
    start, end = runs.mark(how["from"]), runs.mark(how["to"])
    points = runs.trace(str(how["from"]).partition("/")[0], how["highest"])
    return max(value for time_s, value in points if start.time_s <= time_s <= end.time_s)


def _per_min(runs: Runs, how: Mapping[str, Any]) -> float:
    """Change a minute; `against: [A, B]` gives it as a share of the mean of A less B at both marks."""
    start, end = runs.mark(how["from"]), runs.mark(how["to"])
    rate = (end.read(how["per_min"]) - start.read(how["per_min"])) / (end.time_s - start.time_s) * 60.0
    if "against" not in how:
        return rate
    a, b = how["against"]
    return rate / (0.5 * (start.read(a) - start.read(b) + end.read(a) - end.read(b)))


def _q10(runs: Runs, how: Mapping[str, Any]) -> float:
    start, end = runs.mark(how["from"]), runs.mark(how["to"])
    warmer = end.read(how["of"]) - start.read(how["of"])
    return float((end.read(how["q10"]) / start.read(how["q10"])) ** (10.0 / warmer))


def _over(runs: Runs, how: Mapping[str, Any]) -> float:
    """Two measures, one over or minus the other: `how` is quotient or minus."""
    first, second = (measure(runs, one) for one in how["over"])
    return first - second if how["how"] == "minus" else first / second


MEASURES: dict[str, Callable[[Runs, Mapping[str, Any]], float]] = {
    "value": _value,
    "change": _change,
    "ratio": _ratio,
    "slope": _slope,
    "quotient": _quotient,
    "difference": _difference,
    "interpolate": _interpolate,
    "tau_s": _tau,
    "half_life_min": _half_life,
    "highest": _highest,
    "per_min": _per_min,
    "q10": _q10,
    "over": _over,
}
