"""What only a heart-lung machine has: how fast its further heads are set, and the blood in its reservoir."""

from drill.engine.snapshot import Snapshot
from drill.ui.canvas import Canvas
from drill.ui.console import BLANK
from drill.ui.drawing import VesselPlace
from drill.ui.scenery import Scenery
from drill.ui.theme import mix


def has_power(snapshot: Snapshot) -> bool:
    """Whether the machine that has the heads gets power. The scene tells it of the console in use, which may be the backup."""
    controls = snapshot.controls
    if min(controls.get("isolation_switch", 1.0), controls.get("console_power", 1.0)) < 0.5:
        return False
    return controls.get("mains_power", 1.0) > 0.5 or snapshot.scene.console_lit


def head_rpm(snapshot: Snapshot, control: str) -> float:
    """Return how fast a head turns: as it is set, unless its machine has no power or is still starting."""
    starting = snapshot.scene.console_booting_s > 0.0 and snapshot.scene.pump.head_on != "backup_console"
    return snapshot.controls.get(control, 0.0) if has_power(snapshot) and not starting else 0.0


def draw_bypass(canvas: Canvas, scenery: Scenery, snapshot: Snapshot) -> None:
    """Draw how fast each head is set while the machine has power, and the reservoir's blood up to its level."""
    if has_power(snapshot):
        for head in scenery.drawing.heads:
            _draw_set(canvas, scenery.head_lines(head)[1], snapshot.controls.get(head.control, 0.0))
    if scenery.drawing.reservoir is not None:
        _draw_reservoir(canvas, scenery, scenery.drawing.reservoir, snapshot)


def _draw_set(canvas: Canvas, at: tuple[float, float], rpm: float) -> None:
    """Write a speed that is set as the console does: it says "set" and is underlined, since nothing measures it."""
    colour = canvas.theme["accent" if rpm else "faint"]
    width = canvas.text(f"set {rpm:.0f}", at, "label", colour)
    canvas.surface.fill(colour, canvas.rect((at[0], at[1] + 2, width, 1)))


def _draw_reservoir(canvas: Canvas, scenery: Scenery, place: VesselPlace, snapshot: Snapshot) -> None:
    theme = canvas.theme
    x, y, w, h = scenery.b(place.box)
    level, view = snapshot.shown.get(place.reading), snapshot.scene.lines.get(place.part)
    stands = level if snapshot.scene.pool_ml is None else snapshot.scene.pool_ml  # the eye sees blood, not its display
    if stands is not None and view is not None:
        deep = (h - 18) * max(0.0, min(1.0, stands / place.full_ml))
        tint = theme.blood_colour(view.saturations[0] if view.saturations else 0.7)
        bottom = y + h - 11
        canvas.surface.fill(tint, canvas.rect((x + 15, bottom - deep, w - 21, deep)))
        canvas.surface.fill(mix(tint, theme["text"], 0.35), canvas.rect((x + 15, bottom - deep, w - 21, 1.5)))
    middle = x + w / 2 + 3
    lost = BLANK if snapshot.scene.console_lit else ""  # a display without power shows nothing
    canvas.text(lost if level is None else f"{level:.0f} mL", (middle, y + 18), "text", theme["text"], bold=True, align="centre")
    vacuum = snapshot.controls.get("vacuum_mmhg", 0.0)
    if vacuum:
        canvas.text(f"-{vacuum:.0f} mmHg", (middle, y + 33), "label", theme["text"], align="centre")
    if snapshot.controls.get("clamp_recirculation", 1.0) < 0.5:
        canvas.text("recirc. on", (middle, y + (48 if vacuum else 33)), "label", theme["text"], align="centre")
