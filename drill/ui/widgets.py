"""The few widgets that all panes share: titles, key caps, chips, buttons, small numbers with a minus and a plus."""

from dataclasses import dataclass

from drill.ui.canvas import Box, Canvas
from drill.ui.theme import Colour, mix

ARROWS = {"Up": 1, "Down": -1}  # the font has no arrows
ONE_DECIMAL = ("flow_l_min", "sweep_l_min", "water_temp_c", "temp_core_c")


def clock(seconds: float) -> str:
    """Return minutes and seconds, as 00:47."""
    whole = int(seconds)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def reading_text(reading: str, value: float | None) -> str:
    """Return a reading as its display writes it, with a true minus sign and no minus zero; empty where it is blank."""
    if value is None:
        return ""
    text = f"{value:.1f}" if reading in ONE_DECIMAL else f"{round(value)}"
    return text.replace("-0.0", "0.0").replace("-", "−")


def title(canvas: Canvas, box: Box, text: str) -> None:
    """Write the title of a pane."""
    canvas.text(text, (box[0] + 14, box[1] + 20), "text", canvas.theme["quiet"], bold=True)


def cap_width(canvas: Canvas, name: str) -> float:
    """Return how wide the cap of a key is."""
    return 15.0 if name in ARROWS else max(15.0, canvas.width(name, "label", bold=True) + 8)


def key_cap(canvas: Canvas, name: str, left: float, middle: float, *, lit: bool = False) -> float:
    """Draw the cap of a key; return its width."""
    theme = canvas.theme
    width = cap_width(canvas, name)
    box = (left, middle - 7.5, width, 15.0)
    canvas.panel(box, theme["accent_deep"] if lit else theme["well"], theme["accent"] if lit else theme["faint"], radius=3)
    if name in ARROWS:
        way, centre = ARROWS[name], left + width / 2
        canvas.polygon(theme["accent"], [(centre - 4, middle + 2.5 * way), (centre + 4, middle + 2.5 * way), (centre, middle - 3 * way)])
    else:
        canvas.text(name, (left + width / 2, middle + 4), "label", theme["accent"], bold=True, align="centre")
    return width


def chip(canvas: Canvas, text: str, left: float, middle: float, *, colour: Colour, fill: Colour) -> float:
    """Draw a text in a pill; return its width."""
    width = canvas.width(text, "label", bold=True) + 20
    canvas.panel((left, middle - 11, width, 22), fill, colour, radius=11)
    canvas.text(text, (left + width / 2, middle + 4), "label", colour, bold=True, align="centre")
    return width


@dataclass(frozen=True, slots=True)
class Look:
    """How a button stands: pointed at, switched on, not to be pressed now."""

    lit: bool = False
    on: bool = False
    off: bool = False


PLAIN = Look()


def button(canvas: Canvas, box: Box, text: str, key: str = "", look: Look = PLAIN) -> None:
    """Draw a button with its text in the middle and its key at the right."""
    theme = canvas.theme
    x, y, w, h = box
    fill = theme["accent_deep"] if look.on else theme["raised"]
    edge = theme["accent"] if look.lit or look.on else theme["edge"]
    canvas.panel(box, fill, edge, radius=6)
    room = cap_width(canvas, key) + 6 if key else 0.0
    colour = theme["quiet"] if look.off else theme["text"]
    label = canvas.fitted(text, "label", w - 10 - room)
    wide = canvas.width(label, "label")
    left = x + (w - wide - room) / 2
    canvas.text(label, (left, y + h / 2 + 4), "label", colour)
    if key:
        key_cap(canvas, key, left + wide + 6, y + h / 2, lit=look.lit)


def progress(canvas: Canvas, box: Box, part: float) -> None:
    """Draw a bar that is `part` (0-1) full."""
    theme = canvas.theme
    canvas.panel(box, theme["edge"], None, radius=box[3] / 2)
    width = max(box[3], box[2] * max(0.0, min(1.0, part)))
    canvas.panel((box[0], box[1], width, box[3]), theme["accent"], None, radius=box[3] / 2)


def tick_mark(canvas: Canvas, left: float, middle: float, colour: Colour, size: float = 8) -> None:
    """Draw a tick: the font has none."""
    canvas.line(colour, (left, middle), (left + size * 0.35, middle + size * 0.35), 1.6)
    canvas.line(colour, (left + size * 0.35, middle + size * 0.35), (left + size, middle - size * 0.45), 1.6)


def dimmed(canvas: Canvas, colour: Colour) -> Colour:
    """Return a colour as it looks on a display without power."""
    return mix(canvas.theme["panel"], colour, 0.35)
