"""The drill screen: it draws a snapshot and turns gestures into actions. It knows no rule of the drill.

A live drill, a replay and a picture for the debrief are the same to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pygame

from drill.circuit.spec import CircuitSpec
from drill.engine.actions import Action
from drill.engine.snapshot import Snapshot, Wave
from drill.scenarios.schema import Group
from drill.ui.bars import ALARMS, TOP, alarm_spots, any_dark, draw_alarms, draw_top
from drill.ui.canvas import Box, Canvas
from drill.ui.console import Console
from drill.ui.drawing import read_drawing
from drill.ui.forms import wrapped
from drill.ui.hands import Hands
from drill.ui.keys import local_names
from drill.ui.monitor import Monitor
from drill.ui.panes import SayDo, draw_team, team_state
from drill.ui.popover import Card
from drill.ui.safety import Safety
from drill.ui.schematic import Schematic
from drill.ui.spots import Entry, Spot, control_entries, option_entries

CIRCUIT: Box = (12, 80, 760, 452)
MONITOR: Box = (782, 80, 486, 222)
CONSOLE: Box = (782, 312, 486, 220)
TEAM: Box = (12, 542, 288, 166)
SAYDO: Box = (310, 542, 462, 166)
LOG: Box = (782, 542, 486, 166)
ROLLER_KNOB = 0.05  # a roller's knob goes to 250 rpm where a centrifugal pump's goes to 5000
PROMPT = (26.0, 321.0, 256.0, 6)  # of guided mode: left, top, width, most lines
PROMPT_STEP = 13.5
KEY_HELP = (
    ("R D O X L", "Clamps: return, drainage, pump outlet, oxygenator outlet, leg"),
    ("Shift + clamp key", "Ease that clamp open"),
    ("Up Down, PgUp PgDn", "Speed knob by 100 and by 500 rpm (roller: 5 and 25)"),
    ("Z", "Speed knob to zero"),
    ("1 to 9, 0", "Say and do: open, choose, turn the page"),
    ("P, I", "Power button, isolation switch"),
    ("Q W, A S", "Sweep gas, FdO₂"),
    ("N M, B", "Low-flow limit, bubble stop"),
    ("Space, Back", "Crank: a half turn forwards, backwards"),
    ("H E U .", "Pump head, emergency drive, backup console, main drive"),
    ("J K V", "Taps: drainage, outlet; oxygenator vent"),
    ("T Y G F C", "Patient, oxygenator, blender, line, console"),
    (", / ;", "Heater-cooler, ventilator, gas line"),
    ("' [ ]", "Infusion pumps, wall outlets, patient monitor"),
    ("F1, F2", "Audio pause, acknowledge alarms"),
    ("F3", "Log, alarm limits, interlocks, alarm log, lab"),
    ("Tab, Enter", "Go to the next thing, use it; Shift + Enter lists all"),
)


class Panel:
    """The drill screen of one circuit. `groups` are the rows of the say-and-do list; `named` writes every name (free play).

    `draw` and `handle` take the window's canvas; a canvas of another size makes the pictures anew. `clock` gives real
    seconds, for flashing and for the pace of gestures alone: what the drill does with time is in the snapshot.
    """

    def __init__(
        self,
        circuit: CircuitSpec,
        groups: Sequence[Group],
        *,
        named: bool = False,
        flash: bool = True,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Check the circuit's drawing. Raises CircuitError naming what is wrong in it."""
        self.drawing = read_drawing(circuit.drawing)
        self.named, self.flash = named, flash
        self._below_heart_cm = max([0.0, *(-h for h in circuit.heights_cm.values())])
        self._arrow = next((p.params.get("crank_gear", 1.0) for p in circuit.parts if p.id == circuit.sites.get("pump")), 1.0)
        self._clock = clock if clock is not None else lambda: pygame.time.get_ticks() / 1000.0
        self._canvas: Canvas | None = None
        self.saydo = SayDo(SAYDO, [(g.id, g.title) for g in groups])
        self.safety = Safety(LOG)
        self.hands = Hands(self.saydo, self.spots, self._clock, self.safety)
        self.watched_only = False  # a replay: nothing can be said or done, and its own bar stands there
        self._spots: list[Spot] = []
        self._spots_of: object = None

    # -- pictures -------------------------------------------------------------------------------------------------

    def _ready(self, canvas: Canvas) -> None:
        """Make the pictures for a canvas, once."""
        if canvas is self._canvas:
            return
        self._canvas, self._spots_of = canvas, None
        self.names = local_names()
        self.schematic = Schematic(canvas, self.drawing, CIRCUIT, self.names, below_heart_cm=self._below_heart_cm)
        self.monitor = Monitor(canvas, MONITOR, self.names)
        titles = {s.reading: s.label for s in self.drawing.sensors if s.reading == "svo2_pct"}  # on VV it is no mixed venous blood
        crank = next((s.title for s in self.drawing.stations if s.id == "emergency_drive"), "Emergency drive")
        fine = ROLLER_KNOB if self.drawing.pump.roller else 1.0
        self.console = Console(canvas, CONSOLE, self.names, fine=fine, titles=titles, arrow=self._arrow, crank=crank)

    def feed(self, canvas: Canvas, snapshot: Snapshot) -> None:
        """Take in a tick that may not be drawn: the traces need every one."""
        self.trace(canvas, snapshot.tick, snapshot.wave)

    def trace(self, canvas: Canvas, tick: int, wave: Wave) -> None:
        """Take in the samples of a tick."""
        self._ready(canvas)
        self.monitor.collect(tick, wave)

    def clear_traces(self, canvas: Canvas) -> None:
        """Forget the traces: a replay that jumps begins new ones."""
        self._ready(canvas)
        self.monitor = Monitor(canvas, MONITOR, self.names)

    def draw(self, canvas: Canvas, snapshot: Snapshot) -> None:
        """Draw the whole screen onto the canvas's surface."""
        self._ready(canvas)
        hands = self.hands
        touched = hands.touched(snapshot)
        lit = touched.id if touched is not None else ""
        self._draw_ground(canvas, snapshot, lit)
        canvas.surface.blit(canvas.ground, (0, 0))
        self.schematic.draw(snapshot, lit=lit, named=self.named)
        self._draw_heading(canvas, snapshot)
        self.monitor.draw(snapshot)
        self.console.draw(snapshot, lit=lit)
        if touched is not None and not touched.id.startswith("group"):
            whole = replace(touched, entries=()) if touched.id.startswith("entry_") else touched  # what its row may have cut short
            Card(canvas, whole, opened=bool(hands.menu)).draw(hands.pointer)

    def _draw_ground(self, canvas: Canvas, s: Snapshot, lit: str) -> None:
        """Bring up to date what lies under the frame: only what looks otherwise than before is drawn."""
        canvas.keep("top", TOP, (s.case_name, s.case_line, s.mode, int(s.time_s)), lambda: draw_top(canvas, s))
        dark = self.flash and any_dark(s.alarms, self._clock(), canvas.theme)
        bar = lit if lit in ("acknowledge", "audio_pause") else ""
        state = (s.alarms, round(s.audio_pause_s), dark, bar)
        canvas.keep("alarms", ALARMS, state, lambda: draw_alarms(canvas, s, self.names, lit=bar, dark=dark))
        self.schematic.draw_ground(s)
        self.monitor.draw_ground(lit=lit)
        self.console.draw_ground(s, lit=lit)
        canvas.keep("team", TEAM, team_state(s), lambda: draw_team(canvas, TEAM, s))
        own = lit if lit.startswith(("group", "entry_")) else ""
        listed = (self.saydo.group, self.saydo.page, own, s.options, tuple((j.task, j.who) for j in s.jobs))
        if not self.watched_only:
            canvas.keep("saydo", SAYDO, listed, lambda: self.saydo.draw(canvas, s, lit=own))
        canvas.keep("log", LOG, self.safety.state(s, lit), lambda: self.safety.draw(canvas, s, self.names, lit=lit))

    def _draw_heading(self, canvas: Canvas, snapshot: Snapshot) -> None:
        theme = canvas.theme
        x, y, _, _ = CIRCUIT
        left = x + 14 + canvas.text("Circuit", (x + 14, y + 20), "text", theme["quiet"], bold=True) + 14
        if snapshot.off_support_s > 0:
            whole = int(snapshot.off_support_s)
            text = f"off support {whole // 60:02d}:{whole % 60:02d}"
            wide = canvas.width(text, "label", bold=True) + 20
            canvas.panel((left, y + 5, wide, 22), theme["panel"], theme["text"], radius=11)
            canvas.text(text, (left + wide / 2, y + 20), "label", theme["text"], bold=True, align="centre")
        for prompt in snapshot.prompts[:1]:  # all of them stand in the guide, beside the log
            px, py, wide, most = PROMPT
            lines = wrapped(canvas, f"{prompt.text} {prompt.why}", "label", wide - 20)
            lines = [*lines[: most - 1], canvas.fitted(" ".join(lines[most - 1 :]), "label", wide - 20)] if len(lines) > most else lines
            canvas.panel((px, py, wide, 10 + PROMPT_STEP * len(lines)), theme["accent_deep"], theme["accent"], radius=6)
            for k, line in enumerate(lines):
                canvas.text(line, (px + 10, py + 16 + PROMPT_STEP * k), "label", theme["text"])

    # -- spots ----------------------------------------------------------------------------------------------------

    def spots(self, snapshot: Snapshot) -> list[Spot]:
        """Return everything that can be touched now, in the order that Tab walks."""
        s = snapshot
        jobs, pump = tuple((j.task, j.who) for j in s.jobs), s.scene.pump.head_on
        locks = tuple(lock.state for lock in s.interlocks)
        open_now = self.saydo.group, self.saydo.page, self.safety.tab
        state = (open_now, pump, jobs, s.scene.backup_console_here, s.alarms, s.controls, s.options, locks)
        if self._spots_of != state:
            looks = self._listed("console_panel", s)
            self._spots = [
                *alarm_spots(s, self.names),
                *self.schematic.spots(s, lambda thing: self._listed(thing, s)),
                self.monitor.spot(self._listed("monitor", s)),
                *self.console.spots(s, looks),
                *self.saydo.spots(s),
                *self.safety.spots(s, self.names),
            ]
            self._spots_of = state
        return self._spots

    def _listed(self, name: str, snapshot: Snapshot) -> tuple[Entry, ...]:
        thing = self.drawing.things.get(name)
        if thing is None:
            return ()
        return (*option_entries(snapshot.options, thing.options), *control_entries(snapshot.controls, thing.controls))

    # -- hands ----------------------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event, canvas: Canvas, snapshot: Snapshot) -> list[Action] | None:
        """Return what the hands did with this event; None if the panel has no use for it."""
        self._ready(canvas)
        return self.hands.handle(event, canvas, snapshot)

    def poll(self, snapshot: Snapshot) -> list[Action]:
        """Return what follows from hands that have stopped moving. Call it once a frame."""
        return self.hands.poll(snapshot)
