"""Quiet line drawings of bed, pump head, oxygenator, blender and clamps. Each is drawn once per window size and kept.

Every function draws on a Sketch in logical coordinates. The circuit calls those of its picture twice, the second
time with a theme that is black, which masks the blood under them.
"""

from collections.abc import Callable, Mapping
from math import atan2, cos, pi, sin

from drill.ui.canvas import Box, Canvas, Point
from drill.ui.drawing import Drawing, OxygenatorPlace
from drill.ui.sketch import Sketch, smooth
from drill.ui.theme import Colour, Theme, mix

VANES = 6
ROTOR_FRAMES = 24  # pictures of the rotor within the turn from one vane to the next
CLAMP_BOX = 150.0  # side of the square that a closed clamp is drawn in


def draw_patient(s: Sketch, theme: Theme, bed: Box, heart: Point) -> None:
    """Draw the bed with a person lying on it, head to the left."""
    x, y, w, h = bed
    top = y + h * 0.62  # upper face of the mattress
    body, line = mix(theme["panel"], theme["line_drawing"], 0.15), mix(theme["panel"], theme["line_drawing"], 0.38)
    frame, cloth = mix(theme["panel"], theme["line_drawing"], 0.20), mix(theme["panel"], theme["line_drawing"], 0.24)
    pillow = smooth([(x + 2, top - 2), (x + 4, top - 15), (x + 24, top - 20), (x + 56, top - 17), (x + 70, top - 6), (x + 66, top)])
    s.shape(pillow, cloth)
    neck = [(52, -40), (66, -30), (78, -36), (80, -8), (66, -6)]
    s.shape([(x + px, top + py) for px, py in neck], body)
    s.disc((x + 52, top - 33), 16.7, line)
    s.disc((x + 52, top - 33), 15.3, body)
    trunk = [
        (68, -30), (78, -36), (96, -50), (122, -55), (148, -49), (170, -44), (194, -46), (216, -42), (238, -42), (262, -46), (280, -42),
        (296, -32), (303, -36), (306, -46), (312, -46), (315, -34), (312, -12), (306, -1), (200, -1), (100, -1), (78, -4), (66, -14),
    ]  # fmt: skip
    s.shape(smooth([(x + px * w / 312, top + py) for px, py in trunk]), body, edge=line, width=1.4)
    s.box((x - 6, top, w + 12, 13), frame, 5)
    s.box((x - 6, top, w + 12, 13), line, 5, 1.2)
    for leg in (x + 18, x + w - 26):
        s.box((leg, top + 13, 8, y + h - top - 19), frame, 2)
        s.disc((leg + 4, y + h - 5), 5, line)
        s.disc((leg + 4, y + h - 5), 2.2, theme["panel"])
    s.shape(_heart(heart, 13), theme["heart"])


def _heart(at: Point, size: float) -> list[Point]:
    """Return the outline of a heart."""
    points: list[Point] = []
    for k in range(48):
        t = 2 * pi * k / 48
        hx = sin(t) ** 3
        hy = -(13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t)) / 16
        points.append((at[0] + hx * size, at[1] + hy * size))
    return points


def draw_pump_housing(s: Sketch, theme: Theme, at: Point, radius: float) -> None:
    """Draw the clear housing of the pump head around its chamber."""
    s.disc(at, radius + 4, theme["tube_outline"])
    s.disc(at, radius + 2.5, theme["line_drawing"])
    s.disc(at, radius, theme["tube_outline"])


def rotor_frames(canvas: Canvas, at: Point, radius: float, inlet: list[Point], inlet_width: float) -> list[Sketch]:
    """Return the rotor at each of its pictures, with the place of the inlet tube left free."""
    theme = canvas.theme
    box = (at[0] - radius, at[1] - radius, 2 * radius, 2 * radius)
    blade = mix(theme.blood[1], theme["text"], 0.55)
    frames = []
    for frame in range(ROTOR_FRAMES):
        s = Sketch(canvas, box, clear=blade)
        for vane in range(VANES):
            base = 2 * pi * (vane + frame / ROTOR_FRAMES) / VANES
            curve = [(base - k * 0.16, radius * (0.2 + k * 0.115)) for k in range(7)]
            s.stroke([(at[0] + cos(turn) * r, at[1] + sin(turn) * r) for turn, r in curve], 2.2, blade)
        s.disc(at, radius * 0.24, mix(theme["panel"], blade, 0.35))
        s.disc(at, radius * 0.24, blade, 1.6)
        if inlet:
            s.erase(inlet, inlet_width)
        frames.append(s)
    return frames


CLUMPS = (  # of clot in a pump head: x, y and size as shares of its radius, in heaps at the eye and along the wall
    (0.04, -0.06, 0.27), (0.26, 0.10, 0.22), (-0.14, 0.14, 0.20), (0.20, -0.22, 0.15),
    (0.52, 0.50, 0.20), (0.34, 0.66, 0.17), (0.66, 0.30, 0.13), (0.16, 0.74, 0.11),
    (-0.52, -0.48, 0.17), (-0.34, -0.64, 0.15), (-0.66, -0.28, 0.10), (-0.60, 0.40, 0.09),
)  # fmt: skip


def clot(canvas: Canvas, at: Point, radius: float) -> Sketch:
    """Return the clot in a pump head: dark heaps with a dull rim."""
    theme = canvas.theme
    rim = mix(theme["tube_outline"], theme["line_drawing"], 0.35)
    s = Sketch(canvas, (at[0] - radius, at[1] - radius, 2 * radius, 2 * radius), clear=theme["tube_outline"])
    for more, colour in ((1.0, rim), (0.0, theme["tube_outline"])):
        for x, y, size in CLUMPS:
            s.disc((at[0] + x * radius, at[1] + y * radius), size * radius + more, colour)
    return s


def roller_frames(canvas: Canvas, at: Point, radius: float) -> list[Sketch]:
    """Return the arm with its two rollers at each of its pictures within half a turn."""
    theme = canvas.theme
    box = (at[0] - radius, at[1] - radius, 2 * radius, 2 * radius)
    frames = []
    for frame in range(ROTOR_FRAMES):
        s = Sketch(canvas, box, clear=theme["steel_dark"])
        turn = pi * frame / ROTOR_FRAMES
        ends = [(at[0] + cos(turn + side) * radius * 0.62, at[1] + sin(turn + side) * radius * 0.62) for side in (0.0, pi)]
        s.stroke(ends, radius * 0.30, theme["steel_dark"])
        s.stroke(ends, radius * 0.18, theme["steel"])
        s.disc(at, radius * 0.16, theme["steel_dark"])
        for end in ends:
            s.disc(end, radius * 0.27, theme["steel_dark"])
            s.disc(end, radius * 0.20, theme["steel"])
        frames.append(s)
    return frames


def draw_roller_housing(s: Sketch, theme: Theme, at: Point, radius: float) -> None:
    """Draw the raceway of a roller head: its boot runs along the wall."""
    s.disc(at, radius + 4, theme["tube_outline"])
    s.disc(at, radius + 2.5, theme["line_drawing"])
    s.disc(at, radius, theme["tube_outline"])


def draw_reservoir(s: Sketch, theme: Theme, box: Box) -> None:
    """Draw the clear shell of a reservoir with its cover and its scale."""
    x, y, w, h = box
    line, quiet = theme["line_drawing"], mix(theme["panel"], theme["line_drawing"], 0.45)
    s.box((x - 5, y - 7, w + 10, 9), quiet, 4)
    s.shape([(x, y + 2), (x + w, y + 2), (x + w - 4, y + h - 12), (x + w * 0.66, y + h), (x + w * 0.34, y + h), (x + 4, y + h - 12)],
            theme["well"], edge=line, width=2)  # fmt: skip
    for k in range(1, 5):
        at = y + 4 + (h - 18) * k / 5
        s.stroke([(x + 6, at), (x + 13, at)], 1.2, quiet)


def draw_filter(s: Sketch, theme: Theme, box: Box) -> None:
    """Draw an arterial filter: a dome over a pleated screen."""
    x, y, w, h = box
    line, quiet = theme["line_drawing"], mix(theme["panel"], theme["line_drawing"], 0.40)
    dome = [(x + w / 2 - cos(pi * k / 12) * w / 2, y + h * 0.42 - sin(pi * k / 12) * h * 0.42) for k in range(13)]
    s.shape([*dome, (x + w - 4, y + h), (x + 4, y + h)], theme["well"], edge=line, width=1.8)
    for k in range(5):
        px = x + 9 + k * (w - 18) / 4
        s.stroke([(px, y + h * 0.42), (px, y + h - 7)], 1.6, quiet)


def fibres(box: Box) -> list[float]:
    """Return the x of each line that stands for the fibres."""
    return [box[0] + 20 + k * (box[2] - 40) / 6 for k in range(7)]


def draw_oxygenator(s: Sketch, theme: Theme, place: OxygenatorPlace, box: Box, heater: Box) -> None:
    """Draw the oxygenator's housing, end caps, fibres, exhaust (low), and water ports towards the heater-cooler."""
    x, y, w, h = box
    dx = x - place.box[0]
    line, quiet = theme["line_drawing"], mix(theme["panel"], theme["line_drawing"], 0.45)
    s.box((x, y, w, h), line, 9, 2)
    s.box((x + 4, y + 4, w - 8, 9), quiet, 4)
    s.box((x + 4, y + h - 13, w - 8, 9), quiet, 4)
    fibre = mix(theme["panel"], theme["line_drawing"], 0.30)
    for fx in fibres(box):
        s.stroke([(fx, y + 18), (fx, y + h - 18)], 2, fibre)
    for k in (0, 12):
        wx = place.water_x + dx + k
        ends = (y + h, heater[1]) if heater[1] > y else (heater[1] + heater[3], y)
        s.stroke([(wx, end) for end in ends], 3, theme["water"], capped=False)
    ex = place.exhaust_x + dx
    s.stroke([(ex, y + h), (ex, y + h + 14)], 2.4, mix(theme["panel"], theme["oxygen"], 0.6), capped=False)


def draw_crank_arm(s: Sketch, theme: Theme, at: Point, radius: float, turn: float) -> None:
    """Draw a crank: its axle at `at`, the handle at `turn` (radians)."""
    hand = (at[0] + cos(turn) * radius, at[1] + sin(turn) * radius)
    s.stroke([at, hand], radius * 0.22, theme["steel_dark"])
    s.stroke([at, hand], radius * 0.12, theme["steel"])
    s.disc(at, radius * 0.24, theme["steel_dark"])
    s.disc(at, radius * 0.14, theme["steel"])
    s.disc(hand, radius * 0.32, theme["tube_outline"])
    s.disc(hand, radius * 0.27, theme["steel"])


def draw_emergency_drive(s: Sketch, theme: Theme, box: Box) -> None:
    """Draw the emergency drive hanging on its holder: hook, body with its seat for the head, crank."""
    x, y, w, h = box
    body, line = mix(theme["panel"], theme["line_drawing"], 0.14), mix(theme["panel"], theme["line_drawing"], 0.55)
    s.stroke([(x + 6, y - 6), (x + 6, y + h - 8)], 4, mix(theme["panel"], theme["line_drawing"], 0.28))
    s.stroke([(x + 6, y + 6), (x + 24, y + 6), (x + 24, y + 16)], 3, line)
    s.box((x + 14, y + 16, w * 0.48, h - 30), body, 7)
    s.box((x + 14, y + 16, w * 0.48, h - 30), line, 7, 1.4)
    seat = (x + 14 + w * 0.24, y + h / 2 + 1)
    s.disc(seat, 13, line, 1.4)
    s.disc(seat, 5, line)
    axle = (x + w * 0.80, y + h / 2 + 1)
    s.stroke([(x + 14 + w * 0.48, axle[1]), axle], 5, theme["steel_dark"])
    draw_crank_arm(s, theme, axle, 19, -pi / 2.6)


def draw_backup_console(s: Sketch, theme: Theme, box: Box) -> None:
    """Draw the backup console on its stand."""
    x, y, w, h = box
    body, line = mix(theme["panel"], theme["line_drawing"], 0.14), mix(theme["panel"], theme["line_drawing"], 0.55)
    s.box((x + 6, y, w - 12, h - 22), body, 7)
    s.box((x + 6, y, w - 12, h - 22), line, 7, 1.4)
    s.box((x + 14, y + 8, w * 0.42, h - 40), theme["well"], 3)
    s.box((x + 14, y + 8, w * 0.42, h - 40), line, 3, 1)
    s.disc((x + w - 24, y + (h - 22) / 2), 11, line, 1.4)
    s.stroke([(x + w - 24, y + (h - 22) / 2), (x + w - 18, y + (h - 22) / 2 - 6)], 2, line)
    s.box((x + w * 0.3, y + h - 22, w * 0.4, 5), line, 2)


def draw_main_drive(s: Sketch, theme: Theme, box: Box) -> None:
    """Draw the main console's drive standing empty: body and seat."""
    x, y, w, h = box
    body, line = mix(theme["panel"], theme["line_drawing"], 0.14), mix(theme["panel"], theme["line_drawing"], 0.55)
    s.box((x, y + 8, w, h - 20), body, 6)
    s.box((x, y + 8, w, h - 20), line, 6, 1.4)
    s.disc((x + w / 2, y + h / 2 - 2), 10, line, 1.4)
    s.disc((x + w / 2, y + h / 2 - 2), 4, line)


def tap_picture(canvas: Canvas, at: Point, body: Point, *, opened: bool) -> Sketch:
    """Return a tap on its arm: a lever across the arm and a cap while it is shut, along it while it is open."""
    theme = canvas.theme
    turn = atan2(body[1] - at[1], body[0] - at[0])
    s = Sketch(canvas, (body[0] - 24, body[1] - 24, 48, 48), clear=theme["tube_outline"])
    s.stroke([at, body], 6, theme["tube_outline"])
    s.stroke([at, body], 3, theme["line_drawing"])
    s.disc(body, 7, theme["tube_outline"])
    s.disc(body, 5.6, theme["steel"] if opened else theme["steel_dark"])
    lever = turn if opened else turn + pi / 2
    ends = [(body[0] + cos(lever) * k, body[1] + sin(lever) * k) for k in (-8, 8)]
    s.stroke(ends, 5, theme["tube_outline"])
    s.stroke(ends, 2.8, theme["steel"])
    return s


STATIONS: Mapping[str, Callable[[Sketch, Theme, Box], None]] = {
    "console": draw_main_drive,
    "emergency_drive": draw_emergency_drive,
    "backup_console": draw_backup_console,
}


def clamp_picture(canvas: Canvas, at: Point, across: float, tube: float, *, small: bool) -> Sketch:
    """Return a steel tubing clamp across a tube at `at`, jaws shut on it; `across` is the direction of its handles.

    Jaws, box lock and shanks lie side by side: nothing of it gapes, as a pair of scissors would.
    """
    theme = canvas.theme
    steel, dark, edge = theme["steel"], theme["steel_dark"], theme["tube_outline"]
    k = 0.72 if small else 1.18
    s = Sketch(canvas, (at[0] - CLAMP_BOX / 2, at[1] - CLAMP_BOX / 2, CLAMP_BOX, CLAMP_BOX), clear=edge)

    def p(along: float, side: float) -> Point:
        return (
            at[0] + cos(across) * along * k - sin(across) * side * k,
            at[1] + sin(across) * along * k + cos(across) * side * k,
        )

    reach = tube / 2 / k + 8
    lock, heel, ring = reach + 8, reach + 36, 6.5
    s.stroke([p(-reach, 0), p(lock, 0)], 15 * k, edge)
    for side in (-1, 1):
        s.stroke([p(lock, side * 2.4), p(heel, side * 3.4)], 7.4 * k, edge)
        s.disc(p(heel + ring, side * 7.2), (ring + 2.2) * k, edge)
    for side in (-1, 1):
        s.stroke([p(-reach, side * 3.1), p(reach, side * 3.1)], 5.6 * k, steel)
        for tooth in range(-int(reach) + 3, int(reach) - 1, 4):
            s.stroke([p(tooth, side * 1.0), p(tooth + 1.6, side * 3.6)], 1.1 * k, dark)
    s.stroke([p(-reach, 0), p(reach, 0)], 1.3 * k, edge)
    for side in (-1, 1):
        s.stroke([p(reach, side * 3.0), p(lock, side * 2.4), p(heel, side * 3.4)], 4.4 * k, steel)
        s.stroke([p(lock + 2, side * 1.2), p(heel, side * 2.0)], 1.2 * k, dark)
        s.disc(p(heel + ring, side * 7.2), ring * k, steel, 3.2 * k)
    s.stroke([p(heel - 7, -4.6), p(heel - 7, 4.6)], 2.2 * k, dark)
    s.disc(p(lock, 0), 6.2 * k, dark)
    s.disc(p(lock, 0), 5.0 * k, steel)
    s.disc(p(lock, 0), 2.0 * k, dark)
    return s


def ring_picture(canvas: Canvas, at: Point, radius: float, colour: Colour, *, solid: bool = False) -> Sketch:
    """Return the ring of a clamp site: dashed, or solid while it is pointed at."""
    s = Sketch(canvas, (at[0] - radius - 3, at[1] - radius - 3, 2 * radius + 6, 2 * radius + 6), clear=colour)
    if solid:
        s.disc(at, radius + 1, colour, 2.4)
    else:
        s.dashed_ring(at, radius, colour, width=2, dashes=10)
    return s


def draw_bedside(s: Sketch, theme: Theme, drawing: Drawing, offset: Point) -> None:
    """Draw what lies under the tubes: heart level and the patient."""
    y = drawing.heart_level_y + offset[1]
    x = offset[0]
    s.dashes((x + 12, y), (x + drawing.size[0] - 12, y), mix(theme["panel"], theme["line_drawing"], 0.24), dash=5, gap=5, width=1)
    bx, by, bw, bh = drawing.patient.bed
    draw_patient(s, theme, (bx + x, by + offset[1], bw, bh), (bx + x + bw * 0.33, y - 1))
