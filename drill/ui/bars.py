"""The two bars at the top: which case and how long; and the alarms, whose place is always there."""

from drill import TRAINING_ONLY
from drill.engine.actions import ACK_ALL, ACK_AUDIO_PAUSE, Action
from drill.engine.snapshot import AlarmView, Snapshot
from drill.ui.canvas import WIDTH, Box, Canvas
from drill.ui.keys import keys_of
from drill.ui.spots import Entry, Spot
from drill.ui.theme import PRIORITIES, Colour, Theme
from drill.ui.widgets import cap_width, chip, clock, key_cap

TOP: Box = (0, 0, WIDTH, 36)
ALARMS: Box = (0, 36, WIDTH, 34)
MARKS = {"high": "!!!", "medium": "!!", "low": "!"}
PAUSE_BOX: Box = (1098, 41, 168, 24)
ACK_BOX: Box = (962, 41, 128, 24)


def draw_top(canvas: Canvas, snapshot: Snapshot) -> None:
    """Draw case, patient, clock, mode, and what this is."""
    theme = canvas.theme
    canvas.surface.fill(theme["panel"], canvas.rect(TOP))
    width = canvas.text(snapshot.case_name, (14, 23), "text", bold=True)
    canvas.text(canvas.fitted(snapshot.case_line, "text", WIDTH / 2 - 80 - width), (14 + width + 14, 23), "text", theme["quiet"])
    canvas.text(clock(snapshot.time_s), (WIDTH / 2, 25.5), "reading", bold=True, align="centre")
    chip(canvas, snapshot.mode.upper(), WIDTH / 2 + 52, 18, colour=theme["accent"], fill=theme["panel"])
    wide = canvas.width(TRAINING_ONLY, "label", bold=True) + 20
    chip(canvas, TRAINING_ONLY, WIDTH - 14 - wide, 18, colour=theme["text"], fill=theme["panel"])


def ranked(alarms: tuple[AlarmView, ...]) -> list[AlarmView]:
    """Return the alarms as they are shown: active before latched, higher before lower, older before newer."""
    return sorted(alarms, key=lambda a: (not a.active, PRIORITIES.index(a.priority), a.since_tick))


def any_dark(alarms: tuple[AlarmView, ...], now_s: float, theme: Theme) -> bool:
    """Return whether the highest alarm, if it flashes, is in its darker half now. Acknowledged and latched ones stand still."""
    first = next(iter(ranked(alarms)), None)
    if first is None or not first.active or first.acknowledged:
        return False
    hz = theme.flash_hz.get(first.priority, 0.0)
    return hz > 0 and (now_s * hz) % 1.0 >= 0.5


def draw_alarms(canvas: Canvas, snapshot: Snapshot, names: dict[int, str], *, lit: str = "", dark: bool = False) -> None:
    """Draw the highest alarm in words across the bar, the others as chips, and the audio pause."""
    theme = canvas.theme
    order = ranked(snapshot.alarms)
    x, y, w, h = ALARMS
    ink = theme["quiet"]
    if not order:
        canvas.surface.fill(theme["well"], canvas.rect(ALARMS))
        canvas.text("No alarms", (14, y + 22), "text", theme["quiet"])
    else:
        first = order[0]
        colours = theme.alarms[first.priority]
        fill = colours["fill"] if first.active and not dark else colours["deep"]
        ink = colours["text"] if first.active and not dark else (255, 255, 255) if first.priority == "high" else colours["fill"]
        canvas.surface.fill(fill, canvas.rect((x, y, w, h)))
        left = 14 + canvas.text(MARKS[first.priority], (14, y + 24), "reading", ink, bold=True) + 14
        left += canvas.text(first.text, (left, y + 22.5), "text", ink, bold=True) + 18
        if not first.active:
            left += canvas.text("over", (left, y + 22), "label", ink) + 18
        _chips(canvas, order[1:], left, y + h / 2)
    _buttons(canvas, snapshot, names, ink, lit)


def _chips(canvas: Canvas, alarms: list[AlarmView], left: float, middle: float) -> None:
    for k, alarm in enumerate(alarms):
        colours = canvas.theme.alarms[alarm.priority]
        text = f"{MARKS[alarm.priority]} {alarm.text}" + ("" if alarm.active else " · over")
        room = ACK_BOX[0] - 20 - left
        rest = f"+{len(alarms) - k}"
        if canvas.width(text, "label", bold=True) + 20 > room - (40 if k < len(alarms) - 1 else 0):
            chip(canvas, rest, left, middle, colour=(255, 255, 255), fill=colours["deep"])
            return
        edge: Colour = (255, 255, 255) if alarm.priority == "high" else colours["fill"]
        left += chip(canvas, text, left, middle, colour=edge, fill=colours["deep"]) + 8


def _buttons(canvas: Canvas, snapshot: Snapshot, names: dict[int, str], ink: Colour, lit: str) -> None:
    theme = canvas.theme
    pause = f"Audio paused {snapshot.audio_pause_s:.0f} s" if snapshot.audio_pause_s > 0 else "Audio pause"
    for box, text, spot in ((ACK_BOX, "Acknowledge", "acknowledge"), (PAUSE_BOX, pause, "audio_pause")):
        x, y, w, h = box
        key = keys_of(spot, names)[0]
        canvas.panel(box, theme["background"], theme["accent"] if lit == spot else ink, radius=12)
        wide = canvas.width(text, "label", bold=True) + 6 + cap_width(canvas, key)
        left = x + (w - wide) / 2
        left += canvas.text(text, (left, y + h / 2 + 4), "label", theme["text"], bold=True) + 6
        key_cap(canvas, key, left, y + h / 2, lit=lit == spot)


def alarm_spots(snapshot: Snapshot, names: dict[int, str]) -> list[Spot]:
    """Return what can be touched on the alarm bar."""
    listed = ", ".join(a.text for a in ranked(snapshot.alarms)) or "no alarms"
    return [
        Spot(
            "acknowledge", ACK_BOX, "Acknowledge alarms", listed,
            (Entry("Acknowledge all", Action(verb="ack", target=ACK_ALL)),), direct=True, key=keys_of("acknowledge", names)[0],
        ),
        Spot(
            "audio_pause", PAUSE_BOX, "Audio pause", "alarms go on without sound",
            (Entry("Pause the sound", Action(verb="ack", target=ACK_AUDIO_PAUSE)),), direct=True, key=keys_of("audio_pause", names)[0],
        ),
    ]  # fmt: skip
