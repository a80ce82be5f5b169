"""A drawing board three times as large as its picture: smooth edges for everything that is drawn once and kept.

Nothing here runs per frame. An `ink` board takes the same strokes in black, and so masks what lies under them.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, cos, hypot, pi, sin

import pygame

from drill.ui.canvas import SMOOTHING, Box, Canvas, Point
from drill.ui.theme import Colour


class Sketch:
    """Draws in logical coordinates onto a board that covers `box`; `done` returns it at the canvas's real scale."""

    def __init__(self, canvas: Canvas, box: Box, *, clear: Colour | None = None, fill: Colour | None = None) -> None:
        """Start a board filled with `fill`, or transparent; `clear` then is the colour that edges fade into."""
        self.rect = canvas.rect(box)
        self._scale = canvas.scale * SMOOTHING
        self._left = (canvas.origin[0] - self.rect.left) * SMOOTHING
        self._top = (canvas.origin[1] - self.rect.top) * SMOOTHING
        size = (self.rect.width * SMOOTHING, self.rect.height * SMOOTHING)
        if fill is not None:
            self.board = pygame.Surface(size)
            self.board.fill(fill)
        else:
            self.board = pygame.Surface(size, pygame.SRCALPHA)
            self.board.fill((*(clear or (0, 0, 0)), 0))

    def done(self) -> pygame.Surface:
        """Return the picture at the real scale."""
        return pygame.transform.smoothscale(self.board, self.rect.size)

    def _at(self, point: Point) -> tuple[float, float]:
        return point[0] * self._scale + self._left, point[1] * self._scale + self._top

    def _px(self, length: float) -> int:
        return max(1, round(length * self._scale))

    def stroke(self, points: Sequence[Point], width: float, colour: Colour, *, capped: bool = True) -> None:
        """Draw a polyline of a width, joints rounded; without `capped` its two ends are cut straight."""
        half = width / 2
        for i, (a, b) in enumerate(pairwise(points)):
            long = hypot(b[0] - a[0], b[1] - a[1])
            if long <= 0:
                continue
            nx, ny = -(b[1] - a[1]) / long * half, (b[0] - a[0]) / long * half
            corners = [(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)]
            pygame.draw.polygon(self.board, colour, [self._at(p) for p in corners])
            if i > 0 or capped:
                self.disc(a, half, colour)
        if capped:
            self.disc(points[-1], half, colour)

    def erase(self, points: Sequence[Point], width: float) -> None:
        """Make a stroke's place transparent again."""
        red, green, blue, _ = self.board.get_at((0, 0))
        hole = pygame.Color(red, green, blue, 0)
        for a, b in pairwise(points):
            pygame.draw.line(self.board, hole, self._at(a), self._at(b), self._px(width))
        pygame.draw.circle(self.board, hole, self._at(points[-1]), self._px(width / 2))

    def disc(self, at: Point, radius: float, colour: Colour, width: float = 0) -> None:
        """Draw a disc, or with `width` a ring inside its edge."""
        pygame.draw.circle(self.board, colour, self._at(at), self._px(radius), self._px(width) if width else 0)

    def box(self, box: Box, colour: Colour, radius: float = 0, width: float = 0) -> None:
        """Draw a rounded box, filled or as an edge of `width`."""
        x, y = self._at((box[0], box[1]))
        rect = pygame.Rect(round(x), round(y), self._px(box[2]), self._px(box[3]))
        pygame.draw.rect(self.board, colour, rect, self._px(width) if width else 0, border_radius=self._px(radius) if radius else 0)

    def shape(self, points: Sequence[Point], colour: Colour, *, edge: Colour | None = None, width: float = 1) -> None:
        """Draw a filled polygon with an optional edge."""
        pygame.draw.polygon(self.board, colour, [self._at(p) for p in points])
        if edge is not None:
            self.stroke([*points, points[0]], width, edge)

    def dashed_ring(self, at: Point, radius: float, colour: Colour, *, width: float = 2, dashes: int = 10) -> None:
        """Draw a ring of dashes."""
        for k in range(dashes):
            start, stop = 2 * pi * k / dashes, 2 * pi * (k + 0.58) / dashes
            turns = [start + (stop - start) * n / 6 for n in range(7)]
            self.stroke([(at[0] + cos(turn) * radius, at[1] + sin(turn) * radius) for turn in turns], width, colour)

    def chevron(self, at: Point, direction: float, size: float, colour: Colour, width: float = 2) -> None:
        """Draw a small open arrow head that points along `direction` (radians)."""
        back = (at[0] - cos(direction) * size * 0.2, at[1] - sin(direction) * size * 0.2)
        turns = (direction + pi * 0.78, direction - pi * 0.78)
        arms = [(back[0] + cos(turn) * size, back[1] + sin(turn) * size) for turn in turns]
        tip = (at[0] + cos(direction) * size * 0.45, at[1] + sin(direction) * size * 0.45)
        self.stroke([arms[0], tip, arms[1]], width, colour)

    def dashes(self, start: Point, end: Point, colour: Colour, *, dash: float = 4, gap: float = 4, width: float = 1) -> None:
        """Draw a straight dashed line."""
        long = hypot(end[0] - start[0], end[1] - start[1])
        turn = atan2(end[1] - start[1], end[0] - start[0])
        along = 0.0
        while along < long:
            stop = min(long, along + dash)
            a = (start[0] + cos(turn) * along, start[1] + sin(turn) * along)
            b = (start[0] + cos(turn) * stop, start[1] + sin(turn) * stop)
            self.stroke([a, b], width, colour, capped=False)
            along += dash + gap


def smooth(points: Sequence[Point], steps: int = 8, *, closed: bool = True) -> list[Point]:
    """Return a Catmull-Rom curve through the points."""
    n = len(points)
    out: list[Point] = []
    for i in range(n if closed else n - 1):
        p0, p1, p2, p3 = (points[(i + k) % n] if closed else points[min(max(i + k, 0), n - 1)] for k in (-1, 0, 1, 2))
        for k in range(steps):
            t = k / steps
            a, b, c, d = -t + 2 * t * t - t**3, 2 - 5 * t * t + 3 * t**3, t + 4 * t * t - 3 * t**3, -t * t + t**3
            out.append(((a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0]) / 2, (a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]) / 2))
    if not closed:
        out.append(points[-1])
    return out
