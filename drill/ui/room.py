"""Where there is room for words on the circuit: beside tubes, vessels, boxes and keys, inside the pane."""

from collections.abc import Iterator
from itertools import combinations, pairwise, product
from typing import NamedTuple

import pygame

from drill.ui.canvas import Align, Box, Canvas, Point
from drill.ui.places import OUTLINE
from drill.ui.scenery import Scenery
from drill.ui.theme import Colour
from drill.ui.widgets import cap_width

LINE = 12.5  # logical pixels from one line of a label to the next
ASCENT, DESCENT = 9.5, 2.5
STEP = 4.0  # logical pixels along a tube between the places that are minded
EDGE, TAP = 4.0, 6.0
GHOST = 4.0  # how far the outline of a lung that is cut out stands off
NUDGES = (0.0, 4.0)  # how far a label may step away from its anchor


class Words(NamedTuple):
    """A label as it fits: its lines, and where the first one's baseline starts, or with `align` right ends."""

    lines: tuple[str, ...]
    at: Point


class Room:
    """Knows what stands on the circuit for good."""

    def __init__(self, scenery: Scenery) -> None:
        """Look at every tube, vessel, reading and key of a drawing."""
        self._canvas, drawing = scenery.canvas, scenery.drawing
        x, y, w, h = scenery.box
        self._pane = pygame.FRect(x + EDGE, y, w - 2 * EDGE, h)
        self._taken: list[pygame.FRect] = []
        for tube in drawing.tubes:
            path, half = scenery.paths[tube.part], tube.width / 2 + OUTLINE
            for k in range(int(path.length / STEP) + 1):
                px, py, _ = path.at(k * STEP)
                self._taken.append(pygame.FRect(px - half, py - half, 2 * half, 2 * half))
        boxes: list[Box] = [
            place.box for place in (drawing.filter, drawing.reservoir, drawing.blender, drawing.heater) if place is not None
        ]
        self._taken += [pygame.FRect(scenery.b(box)) for box in boxes]
        self._taken += [pygame.FRect(scenery.b(lung.box)).inflate(2 * GHOST, 2 * GHOST) for lung in drawing.lungs]
        self._taken += [pygame.FRect(scenery.sensor_box(sensor)) for sensor in drawing.sensors]
        rounds = [(scenery.p(tap.body), TAP) for tap in drawing.taps] + [(scenery.p(head.at), head.radius + 4) for head in drawing.heads]
        self._taken += [pygame.FRect(px - r, py - r, 2 * r, 2 * r) for (px, py), r in rounds]
        for spot, (left, middle) in scenery.cap_places().items():
            self._taken.append(pygame.FRect(left, middle - 7.5, cap_width(self._canvas, scenery.key(spot)), 15.0))

    def fit(self, text: str, at: Point, align: Align, *, bold: bool) -> Words:
        """Return a label where it lies on nothing: in as few lines as will do, at most a nudge away. In one line where nothing does.

        Further lines go down, or up where there is room above.
        """
        away = -1.0 if align == "right" else 1.0
        for lines in _breaks(text):
            for nudge, rise in product(NUDGES, (0, len(lines) - 1)):
                words = Words(lines, (at[0] + away * nudge, at[1] - LINE * rise))
                if all(self._is_free(line, words, k, align, bold=bold) for k, line in enumerate(lines)):
                    return words
        return Words((text,), at)

    def _is_free(self, line: str, words: Words, number: int, align: Align, *, bold: bool) -> bool:
        wide = self._canvas.width(line, "label", bold=bold)
        left = words.at[0] - (wide if align == "right" else 0.0)
        rect = pygame.FRect(left, words.at[1] + LINE * number - ASCENT, wide, ASCENT + DESCENT)
        return self._pane.contains(rect) and rect.collidelist(self._taken) < 0


def write(canvas: Canvas, words: Words, colour: Colour, align: Align, *, bold: bool) -> None:
    """Write a label as it fits."""
    for k, line in enumerate(words.lines):
        canvas.text(line, (words.at[0], words.at[1] + LINE * k), "label", colour, bold=bold, align=align)


def _breaks(text: str) -> Iterator[tuple[str, ...]]:
    """Break a text between its words: first not at all, then as late as can be, then more often."""
    words = text.split(" ")
    for count in range(len(words)):
        for cuts in sorted(combinations(range(1, len(words)), count), reverse=True):
            ends = (0, *cuts, len(words))
            yield tuple(" ".join(words[a:b]) for a, b in pairwise(ends))
