"""The drill screen: it draws a snapshot and turns gestures into actions. It knows no rule of the drill.

A live drill, a replay and a picture for the debrief are the same to it.
"""

from collections.abc import Callable, Sequence
from math import atan2, hypot, pi

import pygame

from drill.circuit.controls import CONTROLS
from drill.circuit.spec import CircuitSpec
from drill.engine.actions import Action
from drill.engine.snapshot import Snapshot
from drill.scenarios.schema import Group
from drill.ui.bars import ALARMS, TOP, alarm_spots, any_dark, draw_alarms, draw_top
from drill.ui.canvas import Box, Canvas, Point
from drill.ui.console import BACK_KEY, CRANK_KEY, Console
from drill.ui.crank import Crank
from drill.ui.drawing import read_drawing
from drill.ui.forms import wrapped
from drill.ui.keys import BINDINGS, digit_of, local_names
from drill.ui.monitor import Monitor
from drill.ui.panes import SayDo, draw_log, draw_team, team_state
from drill.ui.popover import Card
from drill.ui.schematic import Schematic
from drill.ui.spots import Entry, Spot, control_entries, option_entries, spot_at

CIRCUIT: Box = (12, 80, 760, 452)
MONITOR: Box = (782, 80, 486, 222)
CONSOLE: Box = (782, 312, 486, 220)
TEAM: Box = (12, 542, 288, 166)
SAYDO: Box = (310, 542, 462, 166)
LOG: Box = (782, 542, 486, 166)
PROMPT = (26.0, 321.0, 256.0, 6)  # of guided mode: left, top, width, most lines
PROMPT_STEP = 13.5
EASE = 0.2  # how much one press with Shift, or one notch of the wheel, opens or closes a clamp
KNOB_ROUND_RPM = 50.0
KNOB_SECONDS = 0.1
KEY_HELP = (
    ("R D O X L", "Clamps: return, drainage, pump outlet, oxygenator outlet, leg"),
    ("Shift + clamp key", "Ease that clamp open"),
    ("Up Down, PgUp PgDn", "Speed knob by 100 and by 500 rpm"),
    ("Z", "Speed knob to zero"),
    ("1 to 9", "Say and do: open a group, choose an entry"),
    ("P, I", "Power button, isolation switch"),
    ("Q W, A S", "Sweep gas, FdO₂"),
    ("N M, B", "Low-flow limit, bubble stop"),
    ("Space, Back", "Crank: a half turn forwards, backwards"),
    ("H E U .", "Pump head, emergency drive, backup console, main drive"),
    ("J K V", "Taps: drainage, outlet; oxygenator vent"),
    ("T Y G F C", "Patient, oxygenator, blender, line, console"),
    (", / ;", "Heater, ventilator and infusions, gas line"),
    ("F1, F2", "Audio pause, acknowledge alarms"),
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
        self._clock = clock if clock is not None else lambda: pygame.time.get_ticks() / 1000.0
        self._canvas: Canvas | None = None
        self._pointer: Point | None = None
        self._focus = ""
        self._menu = ""
        self.saydo = SayDo(SAYDO, [(g.id, g.title) for g in groups])
        self._held: set[int] = set()
        self._grip = ""
        self._grip_turn = 0.0
        self._grip_value = 0.0
        self._knob_sent_s = -1.0
        self._moved = False
        self.crank = Crank()
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
        self.monitor = Monitor(canvas, MONITOR)
        self.console = Console(canvas, CONSOLE, self.names)

    def feed(self, canvas: Canvas, snapshot: Snapshot) -> None:
        """Take in a tick that may not be drawn: the traces need every one."""
        self._ready(canvas)
        self.monitor.collect(snapshot.tick, snapshot.wave)

    def draw(self, canvas: Canvas, snapshot: Snapshot) -> None:
        """Draw the whole screen onto the canvas's surface."""
        self._ready(canvas)
        touched = self._touched(snapshot)
        lit = touched.id if touched is not None else ""
        self._draw_ground(canvas, snapshot, lit)
        canvas.surface.blit(canvas.ground, (0, 0))
        self.schematic.draw(snapshot, lit=lit, named=self.named)
        self._draw_heading(canvas, snapshot)
        self.monitor.draw(snapshot)
        self.console.draw(snapshot, lit=lit)
        if touched is not None and (self._menu or touched.id == self._focus or self._shows_card(touched)):
            Card(canvas, touched, opened=bool(self._menu)).draw(self._pointer)

    def _draw_ground(self, canvas: Canvas, s: Snapshot, lit: str) -> None:
        """Bring up to date what lies under the frame: only what looks otherwise than before is drawn."""
        canvas.keep("top", TOP, (s.case_name, s.case_line, s.mode, int(s.time_s)), lambda: draw_top(canvas, s))
        dark = self.flash and any_dark(s.alarms, self._clock(), canvas.theme)
        bar = lit if lit in ("acknowledge", "audio_pause") else ""
        state = (s.alarms, round(s.audio_pause_s), dark, bar)
        canvas.keep("alarms", ALARMS, state, lambda: draw_alarms(canvas, s, self.names, lit=bar, dark=dark))
        self.schematic.draw_ground(s)
        self.monitor.draw_ground()
        self.console.draw_ground(s, lit=lit)
        canvas.keep("team", TEAM, team_state(s), lambda: draw_team(canvas, TEAM, s))
        own = lit if lit.startswith(("group", "entry_")) else ""
        listed = (self.saydo.group, own, s.options, tuple((j.task, j.who) for j in s.jobs))
        canvas.keep("saydo", SAYDO, listed, lambda: self.saydo.draw(canvas, s, lit=own))
        canvas.keep("log", LOG, s.log, lambda: draw_log(canvas, LOG, s))

    def _shows_card(self, spot: Spot) -> bool:
        return not spot.id.startswith(("group_", "entry_", "groups_"))

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
        for prompt in snapshot.prompts[:1]:
            px, py, wide, most = PROMPT
            lines = wrapped(canvas, prompt, "label", wide - 20)
            lines = [*lines[: most - 1], canvas.fitted(" ".join(lines[most - 1 :]), "label", wide - 20)] if len(lines) > most else lines
            canvas.panel((px, py, wide, 10 + PROMPT_STEP * len(lines)), theme["accent_deep"], theme["accent"], radius=6)
            for k, line in enumerate(lines):
                canvas.text(line, (px + 10, py + 16 + PROMPT_STEP * k), "label", theme["text"])

    # -- spots ----------------------------------------------------------------------------------------------------

    def spots(self, snapshot: Snapshot) -> list[Spot]:
        """Return everything that can be touched now, in the order that Tab walks."""
        s = snapshot
        jobs, pump = tuple((j.task, j.who) for j in s.jobs), s.scene.pump.head_on
        state = (self.saydo.group, pump, jobs, s.scene.backup_console_here, s.alarms, s.controls, s.options)
        if self._spots_of != state:
            looks = self._listed("console_panel", s)
            self._spots = [
                *alarm_spots(s, self.names),
                *self.schematic.spots(s, lambda thing: self._listed(thing, s)),
                *self.console.spots(s, looks),
                *self.saydo.spots(s),
            ]
            self._spots_of = state
        return self._spots

    def _listed(self, name: str, snapshot: Snapshot) -> tuple[Entry, ...]:
        thing = self.drawing.things.get(name)
        if thing is None:
            return ()
        return (*option_entries(snapshot.options, thing.options), *control_entries(snapshot.controls, thing.controls))

    def _touched(self, snapshot: Snapshot) -> Spot | None:
        """Return the spot whose menu is open, else the one under the pointer, else the one with the focus."""
        if not (self._menu or self._focus or self._pointer):
            return None
        spots = self.spots(snapshot)
        if self._menu:
            found = next((s for s in spots if s.id == self._menu), None)
            if found is not None:
                return found
            self._menu = ""
        if self._pointer is not None:
            under = spot_at(spots, self._pointer)
            if under is not None:
                return under
        return next((s for s in spots if s.id == self._focus), None)

    # -- input ----------------------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event, canvas: Canvas, snapshot: Snapshot) -> list[Action] | None:
        """Return what the hands did with this event; None if the panel has no use for it."""
        self._ready(canvas)
        if event.type == pygame.MOUSEMOTION:
            self._pointer = canvas.logical(event.pos)
            return self._drag(snapshot)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 3):
            self._pointer = canvas.logical(event.pos)
            return self._press(snapshot, listed=event.button == 3)
        if event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            return self._release(snapshot)
        if event.type == pygame.MOUSEWHEEL:
            return self._wheel(event.y, snapshot)
        if event.type == pygame.KEYDOWN:
            repeated = event.scancode in self._held
            self._held.add(event.scancode)
            return self._key(event.scancode, bool(event.mod & pygame.KMOD_SHIFT), snapshot, repeated=repeated)
        if event.type == pygame.KEYUP:
            self._held.discard(event.scancode)
            return []
        if event.type in (pygame.WINDOWFOCUSLOST, pygame.WINDOWLEAVE):
            self._held.clear()
            self._pointer = None
        return None

    def poll(self, snapshot: Snapshot) -> list[Action]:
        """Return what follows from hands that have stopped moving: an idle crank stands. Call it once a frame."""
        del snapshot
        return self.crank.idle(self._clock())

    def _press(self, snapshot: Snapshot, *, listed: bool) -> list[Action]:
        point = self._pointer or (0.0, 0.0)
        self._focus = ""
        if self._menu:
            spot = self._touched(snapshot)
            if spot is not None and self._canvas is not None:
                card = Card(self._canvas, spot, opened=True)
                entry = card.entry_at(point)
                if entry is not None:
                    return self._choose(entry)
                if card.holds(point):
                    return []
            self._menu = ""
        spot = spot_at(self.spots(snapshot), point)
        if spot is None:
            return []
        if spot.id == "pump_rpm_set" and not listed:
            self._take("pump_rpm_set", self.console.knob_at, snapshot.controls.get("pump_rpm_set", 0.0))
            return []
        if spot.id == "crank" and not listed:
            self._take("crank", self.console.crank_at, 0.0)
            self.crank.take(self._clock(), self._grip_turn)
            return [a for e in spot.entries if e.action is not None and e.action.verb == "do" for a in e.actions]
        return self._use(spot, listed=listed)

    def _take(self, grip: str, at: Point, value: float) -> None:
        point = self._pointer or at
        self._grip, self._moved, self._grip_value = grip, False, value
        self._grip_turn = atan2(point[1] - at[1], point[0] - at[0])

    def _drag(self, snapshot: Snapshot) -> list[Action]:
        if not self._grip or self._pointer is None:
            return []
        at = self.console.knob_at if self._grip == "pump_rpm_set" else self.console.crank_at
        if hypot(self._pointer[0] - at[0], self._pointer[1] - at[1]) < 4:
            return []
        turn = atan2(self._pointer[1] - at[1], self._pointer[0] - at[0])
        moved = (turn - self._grip_turn + pi) % (2 * pi) - pi
        self._grip_turn = turn
        self._moved = self._moved or abs(moved) > 0.01
        if self._grip == "crank":
            return self.crank.turn(self._clock(), moved / (2 * pi))
        control = CONTROLS["pump_rpm_set"]
        self._grip_value = max(control.low, min(control.high, self._grip_value + moved / (1.5 * pi) * (control.high - control.low)))
        now_s = self._clock()
        if now_s - self._knob_sent_s < KNOB_SECONDS:
            return []
        return self._knob(snapshot, now_s)

    def _knob(self, snapshot: Snapshot, now_s: float) -> list[Action]:
        self._knob_sent_s = now_s
        value = round(self._grip_value / KNOB_ROUND_RPM) * KNOB_ROUND_RPM
        return [] if value == snapshot.controls.get("pump_rpm_set") else [Action(verb="set", target="pump_rpm_set", value=value)]

    def _release(self, snapshot: Snapshot) -> list[Action]:
        grip, self._grip = self._grip, ""
        if grip == "crank":
            return self.crank.let_go(self._clock())
        if grip == "pump_rpm_set":
            if not self._moved:
                self._menu = "pump_rpm_set"
                return []
            return self._knob(snapshot, self._clock())
        return []

    def _wheel(self, notches: int, snapshot: Snapshot) -> list[Action]:
        spot = spot_at(self.spots(snapshot), self._pointer) if self._pointer is not None else None
        if spot is None or not spot.control or not notches:
            return []
        return self._step(spot.control, spot.step * notches, snapshot)

    def _step(self, name: str, change: float, snapshot: Snapshot) -> list[Action]:
        control, now = CONTROLS[name], snapshot.controls.get(name, 0.0)
        value = max(control.low, min(control.high, round(now + change, 3)))
        return [] if value == now else [Action(verb="set", target=name, value=value)]

    def _key(self, scancode: int, shift: bool, snapshot: Snapshot, *, repeated: bool) -> list[Action] | None:  # noqa: FBT001
        digit = digit_of(scancode)
        if digit and not repeated:
            return self._digit(digit, snapshot)
        if scancode == pygame.KSCAN_ESCAPE:
            return self._escape()
        if scancode == pygame.KSCAN_TAB:
            return self._walk(-1 if shift else 1, snapshot)
        if scancode in (pygame.KSCAN_RETURN, pygame.KSCAN_KP_ENTER) and not repeated:
            spot = self._touched(snapshot) if self._focus else None
            return None if spot is None else self._use(spot, listed=shift)
        if scancode in (pygame.KSCAN_LEFT, pygame.KSCAN_RIGHT):
            spot = self._touched(snapshot) if self._focus else None
            if spot is None or not spot.control:
                return []
            return self._step(spot.control, spot.step if scancode == pygame.KSCAN_RIGHT else -spot.step, snapshot)
        if scancode in (CRANK_KEY, BACK_KEY):
            return self._crank_key(1 if scancode == CRANK_KEY else -1, snapshot, repeated=repeated)
        bound = next((b for b in BINDINGS if b.scancode == scancode), None)
        if bound is None:
            return None
        if bound.step:
            return self._step(bound.spot, bound.step, snapshot)
        spot = next((s for s in self.spots(snapshot) if s.id == bound.spot), None)
        if spot is None or repeated:
            return []
        if shift and bound.spot in snapshot.controls and bound.spot.startswith("clamp_"):
            return self._step(bound.spot, -EASE, snapshot)
        return self._use(spot, listed=False)

    def _crank_key(self, way: int, snapshot: Snapshot, *, repeated: bool) -> list[Action]:
        spot = next((s for s in self.spots(snapshot) if s.id == "crank"), None)
        if spot is None or repeated:
            return []
        taken = [a for e in spot.entries if e.action is not None and e.action.verb == "do" for a in e.actions]
        return [*taken, *self.crank.stroke(self._clock(), way)]

    def _digit(self, digit: int, snapshot: Snapshot) -> list[Action]:
        if self._menu:
            spot = self._touched(snapshot)
            if spot is not None and digit <= len(spot.entries):
                return self._choose(spot.entries[digit - 1])
            return []
        if self.saydo.group:
            entries = self.saydo.entries(snapshot)
            return self._choose(entries[digit - 1]) if digit <= len(entries) else []
        if digit <= len(self.saydo.groups):
            self.saydo.group = self.saydo.groups[digit - 1][0]
        return []

    def _escape(self) -> list[Action] | None:
        if self._menu:
            self._menu = ""
        elif self.saydo.group:
            self.saydo.group = ""
        elif self._focus:
            self._focus = ""
        else:
            return None
        return []

    def _walk(self, way: int, snapshot: Snapshot) -> list[Action]:
        self._menu, self._pointer = "", None
        ids = [s.id for s in self.spots(snapshot)]
        place = ids.index(self._focus) if self._focus in ids else (-1 if way > 0 else 0)
        self._focus = ids[(place + way) % len(ids)]
        return []

    def _use(self, spot: Spot, *, listed: bool) -> list[Action]:
        if spot.id.startswith("group_"):
            self.saydo.group = self.saydo.groups[int(spot.id.removeprefix("group_")) - 1][0]
            return []
        if spot.id == "groups_back":
            self.saydo.group = ""
            return []
        if spot.direct and not listed and spot.entries:
            return self._choose(spot.entries[0])
        self._menu = "" if self._menu == spot.id else spot.id
        return []

    def _choose(self, entry: Entry) -> list[Action]:
        """Send an entry's actions; the list it stood on closes, unless it cannot be done: then it stays with its reason."""
        if not entry.reason:
            self._menu = ""
            self.saydo.group = ""
        return list(entry.actions)
