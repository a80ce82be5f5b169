"""The bar of a replay: where in the run it stands, its stages, alarms and events, and what moves it. It draws and measures, no more."""

from dataclasses import dataclass
from typing import Final

from drill.reports.timeline import Timeline, clock, spaced
from drill.ui.canvas import Box, Canvas
from drill.ui.panel import SAYDO
from drill.ui.theme import PRIORITIES

BOX: Final[Box] = SAYDO
LEFT: Final = BOX[0] + 14
RIGHT: Final = BOX[0] + BOX[2] - 14
LANES_Y: Final = BOX[1] + 34  # stages, then a lane for each priority of alarm, then events
STAGE_H: Final = 16.0
ALARM_H: Final = 5.0
EVENTS_Y: Final = LANES_Y + STAGE_H + 3 * ALARM_H + 4
EVENT_H: Final = 12.0
BAR: Final[Box] = (LEFT, LANES_Y - 6, RIGHT - LEFT, EVENTS_Y + EVENT_H - LANES_Y + 10)
BUTTONS_Y: Final = BOX[1] + BOX[3] - 48
BUTTON_H: Final = 38.0
GAP: Final = 5.0
KIND_COLOURS: Final = {"act": "text", "say": "said", "look": "water", "team": "quiet", "alarm": "faint", "machine": "faint"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the bar shows: times in seconds, `ready_s` as far as the run is simulated, `now` the event under way, `state` in a word."""

    time_s: float
    ready_s: float
    last_s: float
    speed: float
    state: str
    now: str
    problem: str


def x_of(time_s: float, last_s: float) -> float:
    """Return where a time lies on the bar."""
    return LEFT + (RIGHT - LEFT) * min(max(time_s / max(last_s, 1e-9), 0.0), 1.0)


def time_at(x: float, last_s: float) -> float:
    """Return which time lies at a place of the bar; beyond its ends the first or the last."""
    return last_s * min(max((x - LEFT) / (RIGHT - LEFT), 0.0), 1.0)


def draw_transport(canvas: Canvas, timeline: Timeline, s: Standing) -> None:
    """Draw the bar over the place of what can be said and done: in a replay nothing can."""
    theme = canvas.theme
    _, y, w, _ = BOX
    canvas.panel(BOX, theme["panel"], theme["accent"], radius=8, width=2)
    left = LEFT + canvas.text("Replay", (LEFT, y + 22), "text", theme["accent"], bold=True) + 12
    left += canvas.text(f"{clock(s.time_s)} of {clock(s.last_s)}", (left, y + 22), "text", bold=True) + 12
    left += canvas.text(f"{s.speed:g}×", (left, y + 22), "text", bold=True) + 12
    canvas.text(s.state, (left, y + 22), "text", theme["quiet"])
    _lanes(canvas, timeline, s)
    words, colour = (s.problem, theme["text"]) if s.problem else (s.now, theme["quiet"])
    canvas.text(canvas.fitted(words, "label", w - 28, bold=bool(s.problem)), (LEFT, BUTTONS_Y - 9), "label", colour, bold=bool(s.problem))


def button_boxes(count: int) -> list[Box]:
    """Return the places of so many buttons side by side."""
    each = (RIGHT - LEFT - GAP * (count - 1)) / count
    return [(LEFT + i * (each + GAP), BUTTONS_Y, each, BUTTON_H) for i in range(count)]


def draw_button(canvas: Canvas, box: Box, title: str, key: str, *, hot: bool) -> None:
    """Draw one: what it does, and its key below."""
    theme = canvas.theme
    x, y, w, h = box
    canvas.panel(box, theme["raised"], theme["accent"] if hot else theme["edge"], radius=6)
    canvas.text(title, (x + w / 2, y + 15), "label", theme["text"], bold=True, align="centre")
    canvas.text(key, (x + w / 2, y + h - 7), "label", theme["accent"], align="centre")


def _lanes(canvas: Canvas, timeline: Timeline, s: Standing) -> None:
    theme = canvas.theme
    for i, band in enumerate(timeline.bands):
        a, b = x_of(band.start_s, s.last_s), x_of(band.end_s, s.last_s)
        canvas.panel((a, LANES_Y, max(b - a, 1), STAGE_H), theme["raised"] if i % 2 else theme["accent_deep"], theme["edge"], radius=2)
        words = spaced(band.id)
        if canvas.width(words, "label") + 8 <= b - a:
            canvas.text(words, (a + 4, LANES_Y + 12), "label", theme["text"])
    for row, priority in enumerate(PRIORITIES):
        top = LANES_Y + STAGE_H + 3 + ALARM_H * row
        for alarm in timeline.alarms:
            if alarm.priority == priority:
                a, b = x_of(alarm.start_s, s.last_s), x_of(alarm.end_s, s.last_s)
                canvas.panel((a, top, max(b - a, 2), ALARM_H - 1), theme.alarms[priority]["fill"], radius=1)
    for event in timeline.events:
        at = x_of(event.time_s, s.last_s)
        if event.kind in ("sign", "end"):
            canvas.dashes(theme["text"], (at, LANES_Y), (at, EVENTS_Y + EVENT_H), dash=3, gap=3)
        elif event.kind in KIND_COLOURS:
            canvas.line(theme[KIND_COLOURS[event.kind]], (at, EVENTS_Y), (at, EVENTS_Y + EVENT_H), 2 if event.kind == "act" else 1.4)
    if s.ready_s < s.last_s:
        a = x_of(s.ready_s, s.last_s)
        canvas.line(theme["faint"], (a, EVENTS_Y + EVENT_H + 3), (RIGHT, EVENTS_Y + EVENT_H + 3), 2)
        canvas.line(theme["accent"], (LEFT, EVENTS_Y + EVENT_H + 3), (a, EVENTS_Y + EVENT_H + 3), 2)
    at = x_of(s.time_s, s.last_s)
    canvas.line(theme["text"], (at, LANES_Y - 5), (at, EVENTS_Y + EVENT_H + 3), 2)
    canvas.polygon(theme["text"], [(at - 5, LANES_Y - 6), (at + 5, LANES_Y - 6), (at, LANES_Y)])
