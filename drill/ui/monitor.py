"""The patient monitor: sweeping traces of ECG, arterial and venous pressure and pleth, and numbers to be read across a room.

Traces are kept on strips; each tick draws its own few pixels and wipes a gap ahead, so a frame costs one blit a trace.
"""

from collections.abc import Mapping
from math import exp, pi, sin

import pygame

from drill.engine.snapshot import Snapshot, Wave
from drill.ui.canvas import Box, Canvas, Point
from drill.ui.keys import keys_of
from drill.ui.spots import Entry, Spot
from drill.ui.theme import Colour
from drill.ui.widgets import cap_width, key_cap, reading_text

SWEEP_S = 6.0  # seconds across a strip, near 25 mm/s on a bedside monitor
TICK_S = 0.02
ECG_STEPS = 4  # the phase runs evenly within a tick, so the narrow R wave is drawn at 5 ms
GAP_S = 0.35
OLD_ALPHA = 130
ART_SCALE_MMHG = (20.0, 110.0)
PLETH_SCALE = (-0.4, 0.6)
ISOELECTRIC = 0.22  # height of the ECG's flat line on its strip
# Coarse fibrillation: waves of 3 to 7 Hz that wax and wane, as height, frequency, and how far and how often the frequency wanders.
FIBRILLATION = ((0.17, 4.3, 1.9, 0.31), (0.11, 5.6, 1.4, 0.53), (0.06, 6.9, 2.3, 0.17))
CVP_SCALE_MMHG = (-5.0, 30.0)
ROWS = (
    ("ecg", "ECG II", "hr_bpm", "/min"),
    ("art", "ART", "map_mmhg", "mmHg"),
    ("cvp", "CVP", "cvp_mmhg", "mmHg"),
    ("spo2", "SpO₂ right hand", "spo2_right_hand_pct", "%"),
)
SMALL = (  # title, colour, reading, unit, place across the bottom line
    ("NIRS", "nirs", "nirs_pct", "%", 0),
    ("SpO₂ foot", "spo2", "spo2_foot_pct", "%", 80),
    ("PP", "art", "pulse_pressure_mmhg", "mmHg", 206),
    ("EtCO₂", "nirs", "etco2_mmhg", "mmHg", 292),
    ("T", "cvp", "temp_core_c", "°C", 396),
)

# P, Q, R, S and T as bumps over one beat: place (phase), width (phase), height; R near 0.12 as the wave's contract says.
ECG_BUMPS = ((0.985, 0.022, 0.13), (0.103, 0.008, -0.12), (0.12, 0.009, 1.0), (0.138, 0.009, -0.24), (0.38, 0.045, 0.26))


def ecg_height(phase: float) -> float:
    """Return the height of a normal ECG complex (R wave = 1) at a phase 0-1 of the beat."""
    total = 0.0
    for place, width, height in ECG_BUMPS:
        away = (phase - place + 0.5) % 1.0 - 0.5
        total += height * exp(-0.5 * (away / width) ** 2)
    return total


def fibrillation_height(time_s: float) -> float:
    """Return the height above the foot of the strip of a coarsely fibrillating ECG: no complex, no two waves alike."""
    total = sum(h * sin(2 * pi * f * time_s + reach * sin(2 * pi * often * time_s)) for h, f, reach, often in FIBRILLATION)
    return 0.45 + total * (0.8 + 0.35 * sin(2 * pi * 0.23 * time_s))


class Strip:
    """One trace. Heights are 0 (foot of the strip) to 1 (its top)."""

    def __init__(self, canvas: Canvas, box: Box, colour: Colour) -> None:
        self.canvas, self.rect, self.colour = canvas, canvas.rect(box), colour
        self.surface = pygame.Surface(self.rect.size, depth=32)
        self.surface.fill(canvas.theme["well"])
        self._old = pygame.Surface(self.rect.size)
        self._old.fill(canvas.theme["well"])
        self._old.set_alpha(OLD_ALPHA)
        self._x = 0.0
        self._y: float | None = None

    def add(self, heights: tuple[float | None, ...]) -> None:
        """Draw the samples of one tick, evenly spaced; None is a missing signal and leaves the strip empty there."""
        width, height = self.rect.size
        step = width * TICK_S / SWEEP_S / len(heights)
        back = self.canvas.theme["well"]
        reach = step * len(heights) + width * GAP_S / SWEEP_S
        self.surface.fill(back, pygame.Rect(int(self._x) + 1, 0, int(reach) + 1, height))
        over = int(self._x + reach) + 2 - width
        if over > 0:
            self.surface.fill(back, (0, 0, over, height))
        for value in heights:
            x = self._x + step
            y = None if value is None else height - 2 - max(0.0, min(1.0, value)) * (height - 4)
            if x >= width:
                x -= width
                self._y = None
            if y is not None and self._y is not None:
                pygame.draw.aaline(self.surface, self.colour, (self._x, self._y), (x, y), self.canvas.px(1.3))
            self._x, self._y = x, y

    def draw(self) -> None:
        """Blit the strip; what is left of the sweep before is dimmer than what is new."""
        self.canvas.surface.blit(self.surface, self.rect)
        old = self.rect.copy()
        old.left += int(self._x)
        old.width -= int(self._x)
        if old.width > 0:
            self.canvas.surface.blit(self._old, old, (0, 0, old.width, old.height))


class Monitor:
    """The monitor inside `box`."""

    def __init__(self, canvas: Canvas, box: Box, names: Mapping[int, str]) -> None:
        """`names` are the local names of keys."""
        self.canvas, self.box = canvas, box
        self._key = " ".join(keys_of("monitor", dict(names)))
        theme = canvas.theme
        x, y, w, h = box
        rows = (h - 36) / 4
        self.rows = tuple(y + 6 + rows * k for k in range(4))
        self.strips = {
            name: Strip(canvas, (x + 14, top + 15, w * 0.62, rows - 17), theme.waves[name])
            for name, top in zip(("ecg", "art", "cvp", "spo2"), self.rows, strict=True)
        }
        self._tick = -1
        self._phase: float | None = None

    def collect(self, tick: int, wave: Wave) -> None:
        """Take in the samples of a tick; each tick counts once."""
        if tick <= self._tick:
            return
        self._tick = tick
        self.strips["ecg"].add(self._ecg(tick, wave))
        self.strips["art"].add((scaled(wave.art_mmhg, ART_SCALE_MMHG),))
        self.strips["cvp"].add((scaled(wave.cvp_mmhg, CVP_SCALE_MMHG),))
        self.strips["spo2"].add((scaled(wave.pleth, PLETH_SCALE),))

    def _ecg(self, tick: int, wave: Wave) -> tuple[float | None, ...]:
        """Return the ECG's samples of a tick."""
        before, self._phase = self._phase, wave.ecg_phase
        if wave.ecg_phase is None:
            return (None,) * ECG_STEPS
        if wave.rhythm == "fibrillation":
            return tuple(fibrillation_height((tick + (k + 1) / ECG_STEPS) * TICK_S) for k in range(ECG_STEPS))
        before = wave.ecg_phase if before is None else before
        moved = (wave.ecg_phase - before) % 1.0
        if wave.rhythm == "standstill" or moved == 0.0:
            return (ISOELECTRIC,) * ECG_STEPS
        return tuple(ISOELECTRIC + 0.72 * ecg_height((before + moved * (k + 1) / ECG_STEPS) % 1.0) for k in range(ECG_STEPS))

    def spot(self, entries: tuple[Entry, ...]) -> Spot:
        """Return the monitor's switch and what hangs on it, as one thing; `entries` are what can be done there."""
        x, y, w, _ = self.box
        return Spot("monitor", (x + w - 100, y + 3, 92, 19), "Patient monitor, defibrillator, pacemaker", entries=entries, key=self._key)

    def draw_ground(self, *, lit: str = "") -> None:
        """Draw the empty monitor on the canvas's ground; `lit` is the id of the spot that is pointed at."""
        own = lit == "monitor"
        self.canvas.keep("monitor", self.box, own, lambda: self._draw_frame(lit=own))

    def draw(self, snapshot: Snapshot) -> None:
        """Draw traces and numbers over the ground."""
        self.collect(snapshot.tick, snapshot.wave)
        canvas, theme = self.canvas, self.canvas.theme
        x, y, w, h = self.box
        for strip in self.strips.values():
            strip.draw()
        shown, waves = snapshot.shown, theme.waves
        for (wave, title, _, _), top in zip(ROWS, self.rows, strict=True):
            canvas.text(title, (x + 14, top + 12), "label", waves[wave], bold=True)
        right, unit = x + w - 100, x + w - 92
        for (wave, _, reading, units), top in zip(ROWS, self.rows, strict=True):
            value = shown.get(reading)
            if value is None:
                self._note(snapshot.notes, reading, x + w - 14, top + 28, waves[wave])
                continue
            canvas.text(reading_text(reading, value), (right, top + 36), "number", waves[wave], bold=True, align="right")
            if reading == "map_mmhg":
                systolic, diastolic = (reading_text(name, shown.get(name)) for name in ("sys_mmhg", "dia_mmhg"))
                canvas.text(f"{systolic}/{diastolic}", (unit, top + 24), "text", waves["art"], bold=True)
                canvas.text("mean mmHg", (unit, top + 38), "label", theme["quiet"])
            else:
                canvas.text(units, (unit, top + 36), "label", theme["quiet"])
        for title, wave, reading, units, across in SMALL:
            self._small(title, reading, units, snapshot, (x + 14 + across, y + h - 9), waves[wave])

    def _draw_frame(self, *, lit: bool) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        x, y, w, h = self.box
        canvas.panel(self.box, theme["well"], theme["edge"], radius=8)
        canvas.line(theme["edge"], (x + 14, y + h - 27), (x + w - 14, y + h - 27))
        left = x + w - 10 - cap_width(canvas, self._key)
        key_cap(canvas, self._key, left, y + 13, lit=lit)
        canvas.text("Monitor", (left - 6, y + 17), "label", theme["quiet"], align="right")

    def _note(self, notes: Mapping[str, str], reading: str, right: float, base: float, colour: Colour) -> None:
        self.canvas.text(notes.get(reading, ""), (right, base), "text", colour, bold=True, align="right")

    def _small(self, title: str, reading: str, units: str, snapshot: Snapshot, at: Point, colour: Colour) -> None:
        canvas = self.canvas
        left = at[0] + canvas.text(title, at, "label", canvas.theme["quiet"]) + 8
        value = snapshot.shown.get(reading)
        if value is None:
            canvas.text(snapshot.notes.get(reading, ""), (left, at[1]), "text", colour)
        else:
            canvas.number(reading_text(reading, value), (left, at[1]), "text", colour, unit=units)


def scaled(value: float | None, ends: tuple[float, float]) -> float | None:
    """Return where a value lies between two ends, 0-1; None stays None."""
    return None if value is None else (value - ends[0]) / (ends[1] - ends[0])
