"""Paths of tubes: corners rounded, walked at even steps, asked for place and direction."""

from bisect import bisect_right
from collections.abc import Sequence
from math import atan2, hypot, pi, tan

Point = tuple[float, float]
CORNER_STEPS = 10


class Path:
    """A polyline with rounded corners. Places along it are lengths in logical pixels from its start."""

    def __init__(self, points: Sequence[Point], corner: float) -> None:
        self.points = rounded(points, corner)
        self._starts = [0.0]
        for a, b in zip(self.points, self.points[1:], strict=False):
            self._starts.append(self._starts[-1] + hypot(b[0] - a[0], b[1] - a[1]))
        self.length = self._starts[-1]

    def at(self, along: float) -> tuple[float, float, float]:
        """Return x, y and the direction (radians, screen sense: y down) at a length along the path, held to its ends."""
        place = 0.0 if along < 0.0 else min(along, self.length)
        i = min(bisect_right(self._starts, place) - 1, len(self.points) - 2)
        a, b = self.points[i], self.points[i + 1]
        span = self._starts[i + 1] - self._starts[i]
        part = (place - self._starts[i]) / span if span > 0.0 else 0.0
        return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, atan2(b[1] - a[1], b[0] - a[0])

    def nearest(self, point: Point) -> float:
        """Return the length along the path of the place nearest to a point."""
        best, best_along = float("inf"), 0.0
        for i, (a, b) in enumerate(zip(self.points, self.points[1:], strict=False)):
            dx, dy = b[0] - a[0], b[1] - a[1]
            square = dx * dx + dy * dy
            part = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square if square > 0.0 else 0.0
            part = 0.0 if part < 0.0 else min(part, 1.0)
            away = hypot(a[0] + dx * part - point[0], a[1] + dy * part - point[1])
            if away < best:
                best, best_along = away, self._starts[i] + part * square**0.5
        return best_along

    def between(self, start: float, stop: float) -> list[Point]:
        """Return the polyline from one length along the path to another."""
        inner = [p for p, s in zip(self.points, self._starts, strict=True) if start < s < stop]
        return [self.at(start)[:2], *inner, self.at(stop)[:2]]


def rounded(points: Sequence[Point], corner: float) -> tuple[Point, ...]:
    """Return the polyline with each corner turned into an arc of radius `corner`, smaller where the legs are short."""
    out: list[Point] = [points[0]]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        out.extend(_arc(before, here, after, corner))
    out.append(points[-1])
    return tuple(p for i, p in enumerate(out) if i == 0 or hypot(p[0] - out[i - 1][0], p[1] - out[i - 1][1]) > 1e-6)


def _arc(before: Point, here: Point, after: Point, corner: float) -> list[Point]:
    into = atan2(here[1] - before[1], here[0] - before[0])
    out_of = atan2(after[1] - here[1], after[0] - here[0])
    turn = (out_of - into + pi) % (2 * pi) - pi
    if abs(turn) < 1e-3 or corner <= 0:
        return [here]
    legs = (hypot(here[0] - before[0], here[1] - before[1]), hypot(after[0] - here[0], after[1] - here[1]))
    back = min(corner * tan(abs(turn) / 2), legs[0] / 2, legs[1] / 2)
    start = (here[0] + (before[0] - here[0]) * back / legs[0], here[1] + (before[1] - here[1]) * back / legs[0])
    stop = (here[0] + (after[0] - here[0]) * back / legs[1], here[1] + (after[1] - here[1]) * back / legs[1])
    # A quadratic curve with the corner as its control point: near enough to an arc, and it meets both legs smoothly.
    curve: list[Point] = []
    for k in range(CORNER_STEPS + 1):
        t = k / CORNER_STEPS
        u = 1 - t
        curve.append((
            u * u * start[0] + 2 * u * t * here[0] + t * t * stop[0],
            u * u * start[1] + 2 * u * t * here[1] + t * t * stop[1],
        ))  # fmt: skip
    return curve
