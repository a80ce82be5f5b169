"""What shows only while the surgeon has it open: the arterial line laid another way, a vent in the aorta."""

from drill.engine.snapshot import Snapshot
from drill.ui.drawing import LaidPlace
from drill.ui.paths import Path
from drill.ui.places import OUTLINE
from drill.ui.scenery import Scenery, Sprite
from drill.ui.sketch import Sketch
from drill.ui.theme import mix

SHADES = 20  # steps of saturation that are told apart here
ROOM = 12.0  # logical pixels around the tube's path
OPEN = 0.5


class Laid:
    """Draws one such tube over the circuit, in the colour of the blood that comes to it, and says what it is."""

    def __init__(self, scenery: Scenery, place: LaidPlace) -> None:
        """Know where it lies; it is drawn when it is first seen."""
        self._scenery, self._place = scenery, place
        self._points = Path([scenery.p(q) for q in place.path], place.corner).points
        self._pictures: dict[int, Sprite] = {}  # by shade

    def draw(self, snapshot: Snapshot) -> None:
        """Draw it where its tap is open."""
        if snapshot.controls.get(self._place.tap, 0.0) < OPEN:
            return
        view = snapshot.scene.lines.get(self._place.part)
        shade = round((view.saturations[-1] if view is not None and view.saturations else 1.0) * SHADES)
        if shade not in self._pictures:
            self._pictures[shade] = self._picture(shade / SHADES)
        canvas = self._scenery.canvas
        canvas.surface.blit(*self._pictures[shade])
        canvas.text(self._place.title, self._scenery.p(self._place.label), "label", canvas.theme["text"], bold=True)

    def _picture(self, saturation: float) -> Sprite:
        canvas = self._scenery.canvas
        theme, wide = canvas.theme, self._place.width
        xs, ys = zip(*self._points, strict=True)
        box = (min(xs) - ROOM, min(ys) - ROOM, max(xs) - min(xs) + 2 * ROOM, max(ys) - min(ys) + 2 * ROOM)
        sketch, blood = Sketch(canvas, box, clear=theme["tube_outline"]), theme.blood_colour(saturation)
        sketch.stroke(self._points, wide + 2 * OUTLINE, mix(theme["tube_outline"], theme["line_drawing"], 0.10))
        sketch.stroke(self._points, wide + 2 * OUTLINE - 1.6, theme["tube_outline"])
        sketch.stroke(self._points, wide, mix(theme["tube_outline"], blood, 0.8))
        sketch.stroke(self._points, wide * 0.6, blood)
        return sketch.done(), sketch.rect.topleft
