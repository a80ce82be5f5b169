"""What holds the pump head, and the drives that stand by, each with its name and key."""

from collections.abc import Sequence

from drill.engine.snapshot import Snapshot
from drill.ui.canvas import Box, Canvas, Point
from drill.ui.scenery import CRANK_FRAMES, Scenery
from drill.ui.theme import Colour
from drill.ui.widgets import cap_width, key_cap, progress

LINE, APART = 12.0, 10.0  # logical pixels: of a line of text, and between two names
MOVES = ("transfer", "fit_hand_crank", "move_boot", "back_to")  # jobs that have head or boot in the hands


def stands_by(station: str, snapshot: Snapshot) -> bool:
    """Return whether a drive is here and does not hold the pump head."""
    scene = snapshot.scene
    return station != scene.pump.head_on and (station != "backup_console" or scene.backup_console_here)


def draw_seat(canvas: Canvas, scenery: Scenery, snapshot: Snapshot, *, crank_turn: float, lit: str) -> None:
    """Draw what holds the pump head: a drive by name, or hands. `crank_turn` is where the crank stands, in turns."""
    theme, scene, pump = canvas.theme, snapshot.scene, scenery.drawing.pump
    eye, on = scenery.p(pump.at), scene.pump.head_on
    seat = (eye[0] - 85, eye[1] + pump.radius + 9, 170.0, 22.0)
    key = scenery.key("pump")
    cap = (seat[0] + seat[2] - 4 - cap_width(canvas, key), seat[1] + 11)
    if on == "moving":
        job = next((j for j in snapshot.jobs if j.task.startswith(MOVES)), None)
        canvas.panel(seat, theme["accent_deep"], theme["accent"], radius=6)
        left = f" · {job.left_s:.0f} s" if job is not None and job.left_s is not None else ""
        word = "Boot" if job is not None and job.task.startswith("move_boot") else "Head"
        canvas.text(f"{word} · in hand{left}", (seat[0] + 9, seat[1] + 15), "label", theme["text"])
        if job is not None:
            progress(canvas, (seat[0] + 4, seat[1] + 25, seat[2] - 8, 4), job.progress)
    else:
        fault = scene.motor_lamp and on == "console"
        alarm = theme.alarms["high"]
        canvas.panel(seat, alarm["deep"] if fault else theme["raised"], alarm["fill"] if fault else theme["edge"], radius=6)
        stations = scenery.drawing.stations
        text = "motor fault" if fault else next((s.title.lower() for s in stations if s.id == on), on.replace("_", " "))
        if on == "emergency_drive":
            picture = scenery.cranks[int(crank_turn * CRANK_FRAMES) % CRANK_FRAMES]
            hub = (eye[0] + pump.radius + 24, eye[1] + pump.radius - 10)
            canvas.line(theme["steel_dark"], (eye[0] + pump.radius * 0.9, eye[1] + pump.radius * 0.6), hub, 6)
            x, y = canvas.at(hub)
            canvas.surface.blit(picture, (x - picture.get_width() // 2, y - picture.get_height() // 2))
        word = "Boot" if on == "spare_head" else "Head"
        canvas.text(f"{word} · {text}", (seat[0] + 9, seat[1] + 15), "label", theme["text"], bold=fault)
    key_cap(canvas, key, *cap, lit=lit == "pump")


def draw_stations(canvas: Canvas, scenery: Scenery, snapshot: Snapshot, *, lit: str) -> None:
    """Draw the drives that stand by, each with its name and key."""
    theme, scene = canvas.theme, snapshot.scene
    for station in scenery.drawing.stations:
        if not stands_by(station.id, snapshot):
            continue
        canvas.surface.blit(*scenery.stations[station.id])
        faulty = station.id == "console" and scene.motor_lamp
        colour = theme.alarms["high"]["on_panel"] if faulty else theme["quiet"]
        text = "Motor fault" if faulty else station.title
        heads = [scenery.head_lines(head)[0] for head in scenery.drawing.heads]
        _caption(canvas, scenery.key(station.id), scenery.b(station.box), (text, colour), heads, lit=lit == station.id)


def _caption(canvas: Canvas, key: str, box: Box, name: tuple[str, Colour], beside: Sequence[Point], *, lit: bool) -> None:
    """Write a name with its key's cap in the middle below a box, clear of names that begin `beside` it."""
    (x, y, w, h), (text, colour) = box, name
    wide = canvas.width(text, "label") + 6 + cap_width(canvas, key)
    left = x + (w - wide) / 2
    near = [nx for nx, ny in beside if abs(ny - y - h - 8) < LINE and left < nx < left + wide + APART]
    left = min([left, *(nx - APART - wide for nx in near)])
    canvas.text(text, (left, y + h + 8), "label", colour)
    key_cap(canvas, key, left + wide - cap_width(canvas, key), y + h + 4, lit=lit)
