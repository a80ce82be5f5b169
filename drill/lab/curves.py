"""The curves of docs/plots.md as plain numbers: machines and runs of a case file, one entry a picture."""

from collections.abc import Iterable
from typing import Any

from drill.lab.validation import Validation

TRACE_S = 1.0  # a trace is thinned to one point a second
DIGITS = 5

Series = list[dict[str, Any]]


def curves(cases: Validation, only: Iterable[str] = ()) -> dict[str, Series]:
    """Return the series of each picture, or of some: {id: [{"label": ..., "points": [[x, y], ...]}, ...]}."""
    wanted = set(only) or {plot["id"] for plot in cases.plots}
    return {plot["id"]: [_series(cases, plot, one) for one in plot["series"]] for plot in cases.plots if plot["id"] in wanted}


def _series(cases: Validation, plot: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    if "trace" in plot:
        points = [(t, y) for t, y in cases.trace(one["run"], one["of"]) if abs(t / TRACE_S - round(t / TRACE_S)) < 1e-6]
    else:
        x, y = plot["x"][0], one.get("y", plot["y"][0])
        points = sorted((mark.read(x), mark.read(y)) for mark in cases.marks(one["over"]))
    return {"label": one["label"], "points": [[_round(a), _round(b)] for a, b in points]}


def _round(value: float) -> float:
    """Five significant digits: more than a picture shows, and little enough to read in a diff."""
    return float(f"{value:.{DIGITS}g}") + 0.0
