"""What is cut out of the circuit: a tube with open ends, the oxygenator as a ghost of itself, hose and water lines apart from it."""

import pygame

from drill.engine.snapshot import Snapshot
from drill.ui.canvas import Box, Canvas
from drill.ui.drawing import OxygenatorPlace
from drill.ui.lungs import ports
from drill.ui.paths import Path
from drill.ui.scenery import Scenery

GAP, INSET = 9.0, 7.0  # logical pixels: how wide the gap at an end is, and how far from the end it sits
AWAY = 7.0  # between a lung that is out and what was on it
GHOST = 150  # of 255: how much of the ground lies over a device that is not connected
WORDS = "cut out"


def draw_cuts(canvas: Canvas, scenery: Scenery, snapshot: Snapshot) -> None:
    """Draw over the circuit which parts are cut out; what is connected is left as it is."""
    drawing, lines = scenery.drawing, snapshot.scene.lines
    places = [(lung.part, lung.box) for lung in drawing.lungs]
    places += [(drawing.filter.part, drawing.filter.box)] if drawing.filter is not None else []
    (ex, ey), r = drawing.pump.at, drawing.pump.radius
    places.append((drawing.pump.part, (ex - r, ey - r, 2 * r, 2 * r)))
    for part, box in places:
        if part in lines and lines[part].cut:
            _ghost(canvas, scenery.b(box))
    for lung in drawing.lungs:
        if lung.part in lines and lines[lung.part].cut:
            _apart(canvas, scenery, lung)
    for part, path in scenery.paths.items():
        if part in lines and lines[part].cut:
            for along in (INSET, path.length - INSET):
                _open_end(canvas, path, along, drawing.tube(part).width)


def _apart(canvas: Canvas, scenery: Scenery, lung: OxygenatorPlace) -> None:
    """A gap in what leads to a lung that is out: gas hose and water lines end before it."""
    gas_x, port_y = lung.gas_x + scenery.box[0], scenery.b(lung.box)[1]
    x, y, w, h = ports(scenery, lung)
    for box in ((gas_x - 4, port_y - 3 - AWAY, 8, AWAY), (x, y + (h - AWAY) / 2, w, AWAY)):
        canvas.surface.fill(canvas.theme["panel"], canvas.rect(box))


def _open_end(canvas: Canvas, path: Path, along: float, width: float) -> None:
    """A gap across a tube, with both cut faces."""
    theme = canvas.theme
    (ax, ay, _), (bx, by, _) = path.at(along - GAP / 2), path.at(along + GAP / 2)
    canvas.line(theme["panel"], (ax, ay), (bx, by), width + 6)
    across = ((by - ay) / GAP * (width / 2 + 3), (ax - bx) / GAP * (width / 2 + 3))
    for x, y in ((ax, ay), (bx, by)):
        canvas.line(theme["text"], (x - across[0], y - across[1]), (x + across[0], y + across[1]), 2)


def _ghost(canvas: Canvas, box: Box) -> None:
    """A device that is out: pale, in a dashed outline, with the word."""
    theme, (x, y, w, h) = canvas.theme, box
    rect = canvas.rect((x - 2, y - 2, w + 4, h + 4))
    veil = pygame.Surface(rect.size, pygame.SRCALPHA)
    veil.fill((*theme["panel"], GHOST))
    canvas.surface.blit(veil, rect)
    corners = ((x - 1, y - 1), (x + w + 1, y - 1), (x + w + 1, y + h + 1), (x - 1, y + h + 1))
    for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
        canvas.dashes(theme["text"], start, end, dash=6, gap=5, width=2)
    wide = canvas.width(WORDS, "label", bold=True) + 14
    canvas.panel((x + (w - wide) / 2, y + h / 2 + 8, wide, 18), theme["background"], theme["text"], radius=5)
    canvas.text(WORDS, (x + w / 2, y + h / 2 + 21), "label", theme["text"], bold=True, align="centre")
