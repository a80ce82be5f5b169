"""Where things stand on the circuit's pane: tubes, clamps, devices, boxes of readings, words, and the caps of keys."""

from drill.ui.canvas import Box, Canvas, Point
from drill.ui.drawing import Drawing, HeadPlace, SensorSite
from drill.ui.keys import keys_of
from drill.ui.paths import Path
from drill.ui.widgets import cap_width

OUTLINE = 3.2
NEAR = 8.0  # how far above or below words a tube's middle line counts
SMALL_LUNG = 100.0  # height of an oxygenator from which its key has room well below its name
SENSOR_BOX = (72.0, 36.0)
FLOW_BOX = (84.0, 36.0)
WIDEST = "−300"  # what a vein sucked shut comes to

WORDS = (("Patient", "patient"), ("Line", "line"), ("Infusions", "infusions"), ("Wall", "wall"))  # what has no picture: word and key


class Places:
    """A drawing laid on the canvas: from its own coordinates to those of the pane."""

    def __init__(self, canvas: Canvas, drawing: Drawing, box: Box, names: dict[int, str]) -> None:
        """Lay it out; `box` is the circuit pane, `names` are the local names of keys."""
        self.canvas, self.drawing, self.box, self.names = canvas, drawing, box, names
        self.paths = {t.part: Path([self.p(q) for q in t.path], t.corner) for t in drawing.tubes}
        self.sites = {c.control: self.site(c.tube, c.at) for c in drawing.clamps}

    def p(self, point: Point) -> Point:
        """Return a point of the drawing on the logical canvas."""
        return point[0] + self.box[0], point[1] + self.box[1]

    def b(self, box: Box) -> Box:
        """Return a box of the drawing on the logical canvas."""
        return box[0] + self.box[0], box[1] + self.box[1], box[2], box[3]

    def site(self, tube: str, at: Point) -> tuple[Point, float]:
        """Return the place on a tube nearest to a point of the drawing, and the tube's direction there."""
        path = self.paths[tube]
        x, y, turn = path.at(path.nearest(self.p(at)))
        return (x, y), turn

    def sensor_box(self, sensor: SensorSite) -> Box:
        """Return the box of a sensor's reading, wide enough for its name, and under suction for its number."""
        x, y = self.p(sensor.box)
        wide, high = FLOW_BOX if sensor.reading == "flow_l_min" else SENSOR_BOX
        least = self.canvas.width(sensor.label, "label") + 8
        if sensor.reading == "p_ven_mmhg":
            least = max(least, self.canvas.width(WIDEST, "text", bold=True) + self.canvas.width("mmHg", "label") + 12)
        more = max(0.0, least - wide)
        return x - more / 2, y, wide + more, high

    def gas_line_box(self) -> Box:
        """Return the box around the gas line between blender and oxygenator."""
        _, by, _, bh = self.b(self.drawing.blender.box)
        top = by + bh
        return self.drawing.oxygenator.gas_x + self.box[0] - 7, top, 14, self.drawing.oxygenator.box[1] + self.box[1] - top

    def ventilator_box(self) -> Box:
        """Return the box of the ventilator's line of text and its key."""
        (x, y), (kx, _) = self.p(self.drawing.patient.key), self.p(self.drawing.patient.ventilator_key)
        return x + 20, y - 10, kx - x, 20

    def word_box(self, spot: str) -> Box:
        """Return the box of a thing that is but a word and its key."""
        x, y = self.cap_places()[spot]
        wide = self.canvas.width(next(word for word, name in WORDS if name == spot), "label") + 8
        return x - wide, y - 10, wide + 4 + cap_width(self.canvas, self.key(spot)), 20

    def head_lines(self, head: HeadPlace) -> tuple[Point, Point]:
        """Return where a head's name and its speed begin, clear of the head below them."""
        x, y = self.p(head.label)
        up = 4.0 if head.label[1] < head.at[1] else 0.0
        return (x, y - up), (x, y - up + 13)

    def _depth_at(self) -> Point:
        """Return where the words of the depth end: on the floor, under the heater-cooler where a head has the corner."""
        drawing = self.drawing
        if drawing.depth_at is not None:
            return self.p(drawing.depth_at)
        if not drawing.heads:
            return self.p((drawing.size[0] - 16, drawing.size[1] - 12))
        hx, _, hw, _ = drawing.heater.box
        return self.p((hx + hw + 6, drawing.size[1] - 3))

    def _wall_beyond(self, at: Point) -> float:
        """Return the x of the first tube's wall to the right of a point of the canvas."""
        walls = [self.box[0] + self.box[2]]
        for tube in self.drawing.tubes:
            path = self.paths[tube.part]
            near = [path.at(float(k))[:2] for k in range(int(path.length) + 1)]
            walls += [x - tube.width / 2 - OUTLINE for x, y in near if abs(y - at[1]) < NEAR and x > at[0]]
        return min(walls)

    def key(self, spot: str) -> str:
        """Return the key of a thing."""
        return " ".join(keys_of(spot, self.names))

    def cap_places(self) -> dict[str, Point]:
        """Return the left middle of the key's cap of each thing whose place never changes."""
        drawing = self.drawing
        bx, by, bw, _ = self.b(drawing.blender.box)
        ox, oy, ow, oh = self.b(drawing.oxygenator.box)
        lx, ly = self.p(drawing.line_key)
        hx, hy, hw, hh = self.b(drawing.heater.box)
        places = {
            **{c.control: self.p(c.key) for c in drawing.clamps},
            **{t.control: self.p(t.key) for t in drawing.taps},
            "patient": self.p(drawing.patient.key),
            "ventilator": self.p(drawing.patient.ventilator_key),
            "gas_line": self.p(drawing.gas_line_key),
            "heater": (hx + hw - 6 - cap_width(self.canvas, self.key("heater")), hy + hh / 2),
            "blender": (bx + bw - 7 - cap_width(self.canvas, self.key("blender")), by + 13),
            "oxygenator": (ox + (ow - cap_width(self.canvas, self.key("oxygenator"))) / 2, oy + oh - (27 if oh > SMALL_LUNG else 14)),
            "line": (lx - cap_width(self.canvas, self.key("line")) / 2, ly),
        }
        if drawing.patient.infusions_key is not None:
            places["infusions"] = self.p(drawing.patient.infusions_key)
        if drawing.wall_key is not None:
            places["wall"] = self.p(drawing.wall_key)
        return {spot: place for spot, place in places.items() if self.key(spot)}
