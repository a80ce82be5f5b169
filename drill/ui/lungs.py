"""The oxygenators, live: gas and water lines to the one that they are on, gas in the blood, and the one that still lies by."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import cos, sin

import pygame

from drill.circuit.scene import LineView
from drill.engine.snapshot import Snapshot
from drill.ui.canvas import Box, Canvas, Point
from drill.ui.drawing import OxygenatorPlace
from drill.ui.places import OUTLINE
from drill.ui.scenery import WALLS, Scenery
from drill.ui.theme import mix

GAS_SEEN = 0.01  # share of a lung's volume
GAS_PALE = 170  # of 255: how much of the blood's colour is hidden where gas stands in a lung
BEYOND = 4.0  # logical pixels: how far a tube over the ground reaches into its neighbours
DASH, STEP = 4.0, 8.0  # of the gas that runs in its line


def draw_lungs(canvas: Canvas, scenery: Scenery, snapshot: Snapshot, *, sweep_phase: float) -> None:
    """Draw what moves and changes at the oxygenators; `sweep_phase` is how far the gas has run, modulo a step."""
    drawing, controls = scenery.drawing, snapshot.controls
    second = drawing.second_oxygenator
    gas_on = second if second is not None and controls.get("gas_hose_second", 0.0) > 0.5 else drawing.oxygenator
    water_on = second if second is not None and controls.get("water_second", 0.0) > 0.5 else drawing.oxygenator
    for place in drawing.lungs:
        view = snapshot.scene.lines.get(place.part)
        if view is not None and not view.there:
            _hide(canvas, scenery, place)
        elif view is not None:
            _gas(canvas, scenery, scenery.b(place.box), view)
        if place is not water_on:
            canvas.surface.fill(canvas.theme["panel"], canvas.rect(ports(scenery, place)))
    for tube in drawing.tubes:  # what a lung that lies by would cover
        view = snapshot.scene.lines.get(tube.part)
        if second is not None and view is not None and view.there and _spans(second.box, tube.path):
            _tube(canvas, scenery, tube.part, tube.width, view)
    _supply(canvas, scenery, gas_on, sweep_phase)
    x, y, _, _ = scenery.b(drawing.blender.box)
    sweep, fdo2 = controls.get("sweep_l_min", 0.0), controls.get("fdo2_pct", 21.0)
    canvas.text(f"FdO₂ {fdo2 / 100:.2f} · {sweep:.1f} L/min", (x + 11, y + 33), "label", canvas.theme["text"])


def ports(scenery: Scenery, place: OxygenatorPlace) -> Box:
    """Return the box of the water lines between an oxygenator and the heater-cooler."""
    _, y, _, h = scenery.b(place.box)
    _, hy, _, hh = scenery.b(scenery.drawing.heater.box)
    top, bottom = (y + h + 2, hy) if hy > y else (hy + hh, y - 2)
    return place.water_x + scenery.box[0] - 2, top, 16, bottom - top


def _hide(canvas: Canvas, scenery: Scenery, place: OxygenatorPlace) -> None:
    """Lay the ground over an oxygenator that is not in the circuit, and over its exhaust."""
    x, y, w, h = scenery.b(place.box)
    canvas.surface.fill(canvas.theme["panel"], canvas.rect((x - 3, y - 3, w + 6, h + 20)))


def _spans(box: Box, path: Sequence[Point]) -> bool:
    """Return whether a tube lies within a lung's place, from its inlet to its outlet."""
    x, y, w, h = box
    return all(x <= px <= x + w and y <= py <= y + h for px, py in path)


def _tube(canvas: Canvas, scenery: Scenery, part: str, width: float, view: LineView) -> None:
    """Draw a tube over the ground, round as the others, and far enough beyond its ends to meet them."""
    theme, path = canvas.theme, scenery.paths[part]
    (ax, ay, at_start), (bx, by, at_end) = path.at(0.0), path.at(path.length)
    points = [
        (ax - BEYOND * cos(at_start), ay - BEYOND * sin(at_start)),
        *path.points,
        (bx + BEYOND * cos(at_end), by + BEYOND * sin(at_end)),
    ]
    blood = theme.blood_colour(sum(view.saturations) / len(view.saturations))
    shades = [(width + 2 * OUTLINE, theme["tube_outline"])]
    shades += [(width * share, mix((0, 0, 0), blood, light)) for share, light in WALLS]
    for wide, colour in shades:
        for start, end in pairwise(points):
            canvas.line(colour, start, end, wide)


def _gas(canvas: Canvas, scenery: Scenery, box: Box, view: LineView) -> None:
    """Gas stands at the top of a lung, as high as its share; bubbles lie on the blood below it."""
    share = sum(view.gas_fractions) / max(len(view.gas_fractions), 1)
    if share < GAS_SEEN:
        return
    x, y, w, h = box
    deep = max((h - 30) * min(share, 1.0), 4.0)
    rect = canvas.rect((x + 6, y + 15, w - 12, deep))
    veil = pygame.Surface(rect.size, pygame.SRCALPHA)
    veil.fill((*mix(canvas.theme["panel"], canvas.theme["gas"], 0.55), GAS_PALE))
    canvas.surface.blit(veil, rect)
    for k in range(int((w - 18) / 9)):
        picture = scenery.bubbles[k * 7 % len(scenery.bubbles)]
        px, py = canvas.at((x + 10 + k * 9, min(y + 15 + deep + (k * 5 % 4), y + h - 16)))
        canvas.surface.blit(picture, (px - picture.get_width() // 2, py - picture.get_height() // 2))


def _supply(canvas: Canvas, scenery: Scenery, place: OxygenatorPlace, phase: float) -> None:
    """The gas line to an oxygenator, with the gas running."""
    theme = canvas.theme
    _, y, _, h = scenery.b(scenery.drawing.blender.box)
    top, gas_x = y + h, place.gas_x + scenery.box[0]
    points = [scenery.p(q) for q in place.gas_path] or [(gas_x, top), (gas_x, scenery.b(place.box)[1])]
    for start, end in pairwise(points):
        canvas.surface.fill(mix(theme["panel"], theme["oxygen"], 0.25), canvas.rect(_strip(start, end, 2.0)))
    for start, end in _pieces(points, phase - STEP):
        canvas.surface.fill(theme["oxygen"], canvas.rect(_strip(start, end, 1.0)))


def _pieces(points: Sequence[Point], first: float) -> Iterator[tuple[Point, Point]]:
    """Yield the dashes along a way of level and upright legs, the first at a length `first` from its start."""
    done = 0.0
    for (ax, ay), (bx, by) in pairwise(points):
        length = abs(bx - ax) + abs(by - ay)
        ux, uy = (bx - ax) / length, (by - ay) / length
        k = int((done - first) / STEP)
        while first + k * STEP < done + length:
            start, stop = max(first + k * STEP - done, 0.0), min(first + k * STEP + DASH - done, length)
            if stop > start:
                yield (ax + ux * start, ay + uy * start), (ax + ux * stop, ay + uy * stop)
            k += 1
        done += length


def _strip(start: Point, end: Point, half: float) -> Box:
    """Return the box of a level or upright line, `half` to each side."""
    left, top = min(start[0], end[0]), min(start[1], end[1])
    wide, high = abs(end[0] - start[0]), abs(end[1] - start[1])
    return (left, top - half, wide, 2 * half) if wide > high else (left - half, top, 2 * half, high)
