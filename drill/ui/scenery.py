"""The circuit's picture as far as it stands still, made once per window size: bed, tubes, devices, boxes, names, sprites."""

from collections.abc import Iterator
from dataclasses import replace
from math import cos, pi, sin

import pygame

from drill.ui import devices
from drill.ui.blood import BloodLayer
from drill.ui.canvas import Box, Canvas, Point
from drill.ui.drawing import Drawing, HeadPlace, OxygenatorPlace, Tube
from drill.ui.paths import Path
from drill.ui.places import OUTLINE, WORDS, Places
from drill.ui.sketch import Sketch
from drill.ui.theme import Colour, Theme, mix
from drill.ui.widgets import key_cap

PIECE = 6.0  # logical pixels of tube that share one colour
OXYGENATOR_STRIPS = 24
WALLS = ((1.0, 0.804), (0.78, 0.91), (0.5, 1.0))  # share of a tube's width, and its light: darker at the walls, a tube looks round
DASH_LENGTH = 9.0
TURNS = 64  # directions that dashes are drawn in
CRANK_FRAMES = 36
CHAMBER_SHADE = 150  # how much of the blood's colour shows through rotor and housing, of 255
MEMBRANE_SHADE = 70

Sprite = tuple[pygame.Surface, tuple[int, int]]


class Scenery(Places):
    """The places, the blood layer with everything that stands, and the sprites of what moves."""

    def __init__(self, canvas: Canvas, drawing: Drawing, box: Box, names: dict[int, str], *, below_heart_cm: float) -> None:
        """Draw it all; `box` is the circuit pane, `names` are the local names of keys."""
        super().__init__(canvas, drawing, box, names)
        self.blood = self._picture(below_heart_cm)
        self.dash = self._dashes()
        self.bubbles = self._bubbles()
        self.arrows = tuple(self._arrows())
        self.rotor, self.rotor_at = self._rotor()
        self.clot = self._clot()
        self.heads = {h.control: self._head(h) for h in drawing.heads}
        self.cranks = self._cranks()
        self.rings: dict[tuple[str, bool], Sprite] = {}
        self.jaws: dict[str, Sprite] = {}
        self._clamps()
        self.taps = self._taps()
        self.stations = {s.id: self._station(s.id, self.b(s.box)) for s in drawing.stations}

    # -- the picture ----------------------------------------------------------------------------------------------

    def _picture(self, below_heart_cm: float) -> BloodLayer:
        canvas, theme, drawing = self.canvas, self.canvas.theme, self.drawing
        ink = replace(theme, colours=dict.fromkeys(theme.colours, (0, 0, 0)))
        base = Sketch(canvas, self.box, fill=theme["background"])
        mask = Sketch(canvas, self.box, fill=(0, 0, 0))
        base.box(self.box, theme["panel"], 8)
        base.box(self.box, theme["edge"], 8, 1)
        devices.draw_bedside(base, theme, drawing, (self.box[0], self.box[1]))
        for tube in drawing.tubes:
            if not tube.over_devices:
                self._tube(base, mask, tube)
        eye, radius = self.p(drawing.pump.at), drawing.pump.radius
        for sketch, colours in ((base, theme), (mask, ink)):
            devices.draw_pump_housing(sketch, colours, eye, radius)
        mask.disc(eye, radius - 1, (CHAMBER_SHADE,) * 3)
        self._bypass(base, mask, ink)
        for lung in drawing.lungs:
            self._oxygenator(base, mask, ink, lung)
        for tube in drawing.tubes:
            if tube.over_devices:
                self._tube(base, mask, tube)
        self._leaders(base, mask)
        owners, pieces = self._owners()
        picture = base.done()
        covered = mask.done()
        self._write(picture, covered, below_heart_cm)
        return BloodLayer(theme, canvas.ground.subsurface(canvas.rect(self.box)), picture, covered, owners, pieces)

    def _tube(self, base: Sketch, mask: Sketch, tube: Tube) -> None:
        theme, points = self.canvas.theme, self.paths[tube.part].points
        base.stroke(points, tube.width + 2 * OUTLINE, mix(theme["tube_outline"], theme["line_drawing"], 0.10))
        base.stroke(points, tube.width + 2 * OUTLINE - 1.6, theme["tube_outline"])
        base.stroke(points, tube.width, (0, 0, 0))
        mask.stroke(points, tube.width + 2 * OUTLINE, (0, 0, 0))
        for part, light in WALLS:
            mask.stroke(points, tube.width * part, (round(255 * light),) * 3)

    def _oxygenator(self, base: Sketch, mask: Sketch, ink: Theme, place: OxygenatorPlace) -> None:
        theme, box = self.canvas.theme, self.b(place.box)
        x, y, w, h = box
        for sketch, colours in ((base, theme), (mask, ink)):
            sketch.box((x - 1.5, y - 1.5, w + 3, h + 3), colours["tube_outline"], 10)
            sketch.box(box, mix(colours["panel"], colours["well"], 0.5), 9)
        mask.box((x + 5, y + 16, w - 10, h - 32), (MEMBRANE_SHADE,) * 3, 4)
        for side in (x + 7, x + w - 14):
            mask.box((side, y + 20, 7, h - 40), (235, 235, 235), 3)
        for sketch, colours in ((base, theme), (mask, ink)):
            devices.draw_oxygenator(sketch, colours, place, box, self.b(self.drawing.heater.box))
        for fx in devices.fibres(box):  # blood shines through the fibres
            mask.stroke([(fx, y + 18), (fx, y + h - 18)], 2, (MEMBRANE_SHADE - 10,) * 3)

    def _bypass(self, base: Sketch, mask: Sketch, ink: Theme) -> None:
        """Draw what only a heart-lung machine has: further heads, reservoir, arterial filter."""
        drawing, theme = self.drawing, self.canvas.theme
        for head in drawing.heads:
            at = self.p(head.at)
            for sketch, colours in ((base, theme), (mask, ink)):
                devices.draw_roller_housing(sketch, colours, at, head.radius)
            mask.disc(at, head.radius - 1, (CHAMBER_SHADE,) * 3)
        if drawing.reservoir is not None:
            for sketch, colours in ((base, theme), (mask, ink)):
                devices.draw_reservoir(sketch, colours, self.b(drawing.reservoir.box))
        if drawing.filter is not None:
            x, y, w, h = box = self.b(drawing.filter.box)
            for sketch, colours in ((base, theme), (mask, ink)):
                devices.draw_filter(sketch, colours, box)
            mask.box((x + 5, y + h * 0.34, w - 10, h * 0.6), (MEMBRANE_SHADE + 60,) * 3, 4)

    def _leaders(self, base: Sketch, mask: Sketch) -> None:
        """Draw each sensor's dot on its tube, and the leader to its reading."""
        theme = self.canvas.theme
        line = mix(theme["panel"], theme["line_drawing"], 0.5)
        for sensor in self.drawing.sensors:
            at, _ = self.site(sensor.tube, sensor.at)
            x, y, w, h = self.sensor_box(sensor)
            end = (min(max(at[0], x), x + w), min(max(at[1], y), y + h))
            for sketch, stroke, dot in ((base, line, theme["text"]), (mask, (0, 0, 0), (0, 0, 0))):
                sketch.stroke([at, end], 1.2, stroke)
                sketch.disc(at, 3.4, dot)

    def _owners(self) -> tuple[pygame.Surface, list[tuple[str, float]]]:
        """Return a picture of which piece owns each pixel, and the pieces."""
        canvas, drawing = self.canvas, self.drawing
        rect = canvas.rect(self.box)
        surface = pygame.Surface(rect.size, depth=32)
        pieces: list[tuple[str, float]] = []

        def own(part: str, place: float) -> Colour:
            pieces.append((part, place))
            return len(pieces) & 255, len(pieces) >> 8, 0

        def disc(colour: Colour, at: Point, radius: float) -> None:
            x, y = canvas.at(at)
            pygame.draw.circle(surface, colour, (x - rect.left, y - rect.top), canvas.px(radius))

        def tubes(*, over: bool) -> None:
            for t in drawing.tubes:
                path = self.paths[t.part]
                count = max(2, round(path.length / PIECE))
                for k in range(count if t.over_devices == over else 0):
                    colour = own(t.part, (k + 0.5) / count)
                    for q in _walk(path, path.length * k / count, path.length * (k + 1) / count):
                        disc(colour, q, t.width / 2 + 1.5)

        tubes(over=False)
        disc(own(drawing.pump.part, 0.5), self.p(drawing.pump.at), drawing.pump.radius)
        for head in drawing.heads:
            disc(own(head.part, 0.5), self.p(head.at), head.radius)
        if drawing.filter is not None:
            fx, fy, fw, fh = self.b(drawing.filter.box)
            surface.fill(own(drawing.filter.part, 0.5), canvas.rect((fx, fy, fw, fh)).move(-rect.left, -rect.top))
        for lung in drawing.lungs:
            x, y, w, h = self.b(lung.box)
            for k in range(OXYGENATOR_STRIPS):
                strip = canvas.rect((x + w * k / OXYGENATOR_STRIPS, y, w / OXYGENATOR_STRIPS + 0.5, h)).move(-rect.left, -rect.top)
                surface.fill(own(lung.part, k / (OXYGENATOR_STRIPS - 1)), strip)
        tubes(over=True)
        return surface, pieces

    def _write(self, picture: pygame.Surface, covered: pygame.Surface, below_heart_cm: float) -> None:
        """Write onto the picture what stands there always; what lies on a tube covers its blood."""
        canvas, theme, drawing = self.canvas, self.canvas.theme, self.drawing
        rect = canvas.rect(self.box)
        shown, canvas.surface = canvas.surface, pygame.Surface(canvas.size, depth=32)
        canvas.surface.blit(picture, rect)
        quiet = theme["quiet"]
        level_x = self.box[0] + drawing.heart_level_x
        canvas.text("heart level", (level_x, self.box[1] + drawing.heart_level_y - 7), "label", quiet, align="right")
        if below_heart_cm:
            canvas.text(f"{below_heart_cm:.0f} cm below heart", self._depth_at(), "label", quiet, align="right")
        _, oy, _, oh = self.b(drawing.oxygenator.box)
        if drawing.second_oxygenator is None:  # beside a second one there is no room for the word
            canvas.text("exhaust", (drawing.oxygenator.exhaust_x + self.box[0] + 6, oy + oh + 18), "label", quiet)
        hx, hy, hw, hh = self.b(drawing.heater.box)
        canvas.panel((hx, hy, hw, hh), theme["panel"], theme["water"], radius=6)
        bx, by, bw, bh = self.b(drawing.blender.box)
        canvas.panel((bx, by, bw, bh), theme["well"], theme["oxygen"], radius=7)
        canvas.text("BLENDER", (bx + 11, by + 17), "label", theme["oxygen"], bold=True)
        for word, place in WORDS:
            if place not in self.cap_places():
                continue
            x, y = self.cap_places()[place]
            canvas.text(word, (x - 6, y + 4.5), "label", quiet, align="right")
        for lung in drawing.lungs:
            ox, oy, ow, oh = self.b(lung.box)
            sign = (ox + 9, oy + oh / 2 - 9, ow - 18, 18)
            canvas.panel(sign, theme["well"], None, radius=4)
            covered.fill((0, 0, 0), canvas.rect(sign).move(-rect.left, -rect.top))
            canvas.text(lung.title, (ox + ow / 2, oy + oh / 2 + 4), "label", theme["line_drawing"], align="centre")
        for head in drawing.heads:
            canvas.text(head.title, self.head_lines(head)[0], "label", quiet)
        if drawing.filter is not None:
            fx, fy, fw, _ = self.b(drawing.filter.box)
            room = self._wall_beyond((fx + fw, fy + 14)) - canvas.width(drawing.filter.title, "label")
            canvas.text(drawing.filter.title, (max(fx + fw + 1, min(fx + fw + 7, room - 1)), fy + 18), "label", quiet)
        for sensor in drawing.sensors:
            x, y, w, h = self.sensor_box(sensor)
            canvas.panel((x, y, w, h), theme["well"], theme["edge"], radius=6)
            canvas.text(sensor.label, (x + w / 2, y + 14), "label", quiet, align="centre")
        for spot, (x, y) in self.cap_places().items():
            width = key_cap(canvas, self.key(spot), x, y)
            cover = canvas.rect((x - 0.5, y - 8, width + 1, 16)).move(-rect.left, -rect.top)
            covered.fill((0, 0, 0), cover)
        picture.blit(canvas.surface, (0, 0), rect)
        canvas.surface = shown

    # -- sprites --------------------------------------------------------------------------------------------------

    def _dashes(self) -> list[tuple[pygame.Surface, int, int]]:
        white, half = self.canvas.theme["text"], DASH_LENGTH / 2 + 2
        dashes = []
        for k in range(TURNS // 2):  # a dash looks the same both ways
            turn = 2 * pi * k / TURNS
            ahead = (cos(turn) * DASH_LENGTH / 2, sin(turn) * DASH_LENGTH / 2)
            s = Sketch(self.canvas, (0, 0, 2 * half, 2 * half), clear=white)
            s.stroke([(half - ahead[0], half - ahead[1]), (half + ahead[0], half + ahead[1])], 1.8, white)
            picture = s.done()
            picture.set_alpha(92)
            dashes.append((picture, picture.get_width() // 2, picture.get_height() // 2))
        return dashes

    def _bubbles(self) -> list[pygame.Surface]:
        bubbles = []
        for radius in (1.6, 2.4, 3.2):
            s = Sketch(self.canvas, (0, 0, 2 * radius + 2, 2 * radius + 2), clear=self.canvas.theme["gas"])
            s.disc((radius + 1, radius + 1), radius, self.canvas.theme["gas"])
            picture = s.done()
            picture.set_alpha(215)
            bubbles.append(picture)
        return bubbles

    def _arrows(self) -> Iterator[Sprite]:
        white = self.canvas.theme["text"]
        for tube in self.drawing.tubes:
            for place in tube.arrows:
                path = self.paths[tube.part]
                x, y, turn = path.at(path.length * place)
                s = Sketch(self.canvas, (x - 9, y - 9, 18, 18), clear=white)
                s.chevron((x, y), turn, 7.5, white, 2.2)
                picture = s.done()
                picture.set_alpha(190)
                yield picture, s.rect.topleft

    def _rotor(self) -> tuple[list[pygame.Surface], tuple[int, int]]:
        eye, radius = self.p(self.drawing.pump.at), self.drawing.pump.radius
        if self.drawing.pump.roller:
            arms = devices.roller_frames(self.canvas, eye, radius - 3)
            return [f.done() for f in arms], arms[0].rect.topleft
        over = next((t for t in self.drawing.tubes if t.over_devices), None)
        inlet = [q for q in self.paths[over.part].points if q[0] > eye[0] - 3 * radius] if over is not None else []
        frames = devices.rotor_frames(self.canvas, eye, radius - 3, inlet, over.width + 2 * OUTLINE if over is not None else 0.0)
        return [f.done() for f in frames], frames[0].rect.topleft

    def _clot(self) -> Sprite:
        """Clot in the pump head: dark clumps around the eye and along the wall."""
        s = devices.clot(self.canvas, self.p(self.drawing.pump.at), self.drawing.pump.radius - 3)
        return s.done(), s.rect.topleft

    def _head(self, head: HeadPlace) -> tuple[list[pygame.Surface], tuple[int, int]]:
        arms = devices.roller_frames(self.canvas, self.p(head.at), head.radius - 2)
        return [f.done() for f in arms], arms[0].rect.topleft

    def _cranks(self) -> list[pygame.Surface]:
        cranks = []
        for k in range(CRANK_FRAMES):
            s = Sketch(self.canvas, (0, 0, 36, 36), clear=self.canvas.theme["steel_dark"])
            devices.draw_crank_arm(s, self.canvas.theme, (18, 18), 13, 2 * pi * k / CRANK_FRAMES)
            cranks.append(s.done())
        return cranks

    def _clamps(self) -> None:
        for clamp in self.drawing.clamps:
            at, turn = self.sites[clamp.control]
            for solid in (False, True):
                s = devices.ring_picture(self.canvas, at, 8.5 if clamp.small else 13.0, self.canvas.theme["accent"], solid=solid)
                self.rings[clamp.control, solid] = (s.done(), s.rect.topleft)
            across = turn + (pi / 2 if clamp.handles == "right" else -pi / 2)
            s = devices.clamp_picture(self.canvas, at, across, self.drawing.tube(clamp.tube).width, small=clamp.small)
            picture = s.done()
            used = picture.get_bounding_rect()
            self.jaws[clamp.control] = (picture.subsurface(used).copy(), (s.rect.left + used.left, s.rect.top + used.top))

    def _taps(self) -> dict[tuple[str, bool], Sprite]:
        pictures: dict[tuple[str, bool], Sprite] = {}
        for tap in self.drawing.taps:
            for opened in (False, True):
                s = devices.tap_picture(self.canvas, self.p(tap.at), self.p(tap.body), opened=opened)
                pictures[tap.control, opened] = (s.done(), s.rect.topleft)
        return pictures

    def _station(self, station: str, box: Box) -> Sprite:
        s = Sketch(self.canvas, (box[0] - 8, box[1] - 8, box[2] + 16, box[3] + 16), clear=self.canvas.theme["panel"])
        devices.STATIONS[station](s, self.canvas.theme, box)
        return s.done(), s.rect.topleft


def _walk(path: Path, start: float, stop: float) -> Iterator[Point]:
    """Go along a path in steps of about one pixel."""
    count = max(1, round(stop - start))
    for k in range(count + 1):
        x, y, _ = path.at(start + (stop - start) * k / count)
        yield x, y
