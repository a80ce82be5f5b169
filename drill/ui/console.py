"""The console of the pump: what it displays while it has power, and its knobs, which can be turned at any time.

On the emergency drive the place of the flow, which is lost there, holds the crank and its tachometer.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import cos, pi, sin
from typing import NamedTuple

import pygame

from drill.circuit.controls import CONTROLS
from drill.engine.actions import Action
from drill.engine.snapshot import Snapshot
from drill.ui import devices
from drill.ui.canvas import Box, Canvas, Point
from drill.ui.keys import keys_of
from drill.ui.sketch import Sketch
from drill.ui.spots import Entry, Spot
from drill.ui.theme import mix
from drill.ui.widgets import Look, button, cap_width, dimmed, key_cap, reading_text

KNOB_START, KNOB_SWEEP = 0.75 * pi, 1.5 * pi  # radians from the right, clockwise: lower left, over the top, to lower right
KNOB_TICKS = 26
CRANK_PICTURES = 72
COLUMNS = {"p_ven_mmhg": 14.0, "p_pre_mmhg": 99.0, "p_post_mmhg": 184.0, "dp_ox_mmhg": 269.0, "svo2_pct": 338.0, "hb_g_l": 418.0}
TITLES = {"p_ven_mmhg": "P ven", "p_pre_mmhg": "P pre", "p_post_mmhg": "P post", "dp_ox_mmhg": "ΔP", "svo2_pct": "SvO₂", "hb_g_l": "Hb"}
UNITS = {"p_ven_mmhg": "mmHg", "p_pre_mmhg": "mmHg", "p_post_mmhg": "mmHg", "dp_ox_mmhg": "mmHg", "svo2_pct": "%", "hb_g_l": "g/L"}
SETTINGS = (
    ("fdo2_pct", "FdO₂ set", 5.0),
    ("sweep_l_min", "Sweep set", 0.5),
    ("flow_alarm_low_l_min", "Low-flow limit", 0.1),
)
BLANK = "– –"  # what a lit display shows for a reading that it has lost
OWN_SPOTS = ("console_panel", "pump_rpm_set", "knob_zero", "power", "isolation_switch", "bubble_stop", "crank")
OF_CONSOLE = ("flow_alarm_low_l_min",)  # displayed by the console; blender and flowmeter need no power
CRANK_KEY, BACK_KEY = pygame.KSCAN_SPACE, pygame.KSCAN_BACKSPACE
CRANK_TASKS = ("crank_emergency_drive", "crank_clockwise", "crank_anticlockwise")


class Corner(NamedTuple):
    """A box by its place within the pane."""

    x: float
    y: float
    w: float
    h: float

    def at(self, pane: Box) -> Box:
        """Return the box on the canvas."""
        return pane[0] + self.x, pane[1] + self.y, self.w, self.h


LAMP, POWER = Corner(364, 12, 108, 26), Corner(364, 43, 108, 26)
ISOLATION, BUBBLE = Corner(364, 74, 108, 26), Corner(364, 105, 108, 26)
ZERO = Corner(262, 110, 80, 20)


class Console:
    """The console pane inside `box`."""

    def __init__(
        self,
        canvas: Canvas,
        box: Box,
        names: dict[int, str],
        *,
        fine: float = 1.0,
        titles: Mapping[str, str] | None = None,
        arrow: float = 1.0,
        crank: str = "Emergency drive",
    ) -> None:
        """`names` are the local names of keys, `titles` replaces names of readings.

        `arrow` is the crank's way, below 0 anticlockwise; `crank` is what has it.
        """
        self.canvas, self.box, self.names = canvas, box, names
        self._crank_title = crank
        self._fine, self._titles = fine, {**TITLES, **(titles or {})}
        x, y, _, _ = box
        self.knob_at: Point = (x + 302, y + 64)
        self.knob_radius = 38.0
        self.crank_at: Point = (x + 66, y + 74)
        self.crank_radius = 30.0
        self._crank_turn = 0.0
        self._last_s = 0.0
        self._knob = self._draw_knob()
        self._cranks: list[pygame.Surface] = []
        side = 2 * self.crank_radius + 26
        for k in range(CRANK_PICTURES):
            s = Sketch(canvas, (0, 0, side, side), clear=canvas.theme["steel_dark"])
            s.disc((side / 2, side / 2), self.crank_radius, mix(canvas.theme["panel"], canvas.theme["line_drawing"], 0.25), 1.5)
            s.chevron((side / 2, side / 2 - self.crank_radius), 0.0 if arrow > 0.0 else pi, 8, canvas.theme["accent"], 2)
            devices.draw_crank_arm(s, canvas.theme, (side / 2, side / 2), self.crank_radius, 2 * pi * k / CRANK_PICTURES)
            self._cranks.append(s.done())

    def _draw_knob(self) -> tuple[pygame.Surface, tuple[int, int]]:
        theme, at, r = self.canvas.theme, self.knob_at, self.knob_radius
        s = Sketch(self.canvas, (at[0] - r - 12, at[1] - r - 12, 2 * r + 24, 2 * r + 24), clear=theme["panel"])
        for k in range(KNOB_TICKS):
            turn = KNOB_START + KNOB_SWEEP * k / (KNOB_TICKS - 1)
            long = 7 if k % 5 == 0 else 4
            s.stroke([polar(at, r + 3, turn), polar(at, r + 3 + long, turn)], 1.6, theme["accent"] if k % 5 == 0 else theme["faint"])
        s.disc(at, r, mix(theme["raised"], theme["line_drawing"], 0.12))
        s.disc(at, r, theme["faint"], 1.4)
        s.disc(at, r - 7, theme["raised"])
        return s.done(), s.rect.topleft

    # -- what can be touched --------------------------------------------------------------------------------------

    def spots(self, snapshot: Snapshot, looks: tuple[Entry, ...]) -> list[Spot]:
        """Return the controls of the console; `looks` are the things to look at that belong to it."""
        x, y, _, _ = self.box
        controls, scene = snapshot.controls, snapshot.scene
        kx, ky, kr = *self.knob_at, self.knob_radius
        set_rpm = controls.get("pump_rpm_set", 0.0)
        zero = Entry("Turn to zero", Action(verb="set", target="pump_rpm_set", value=0.0), key=self._key("knob_zero"))
        knob_entries = (*_steps(snapshot, "pump_rpm_set", 500 * self._fine, "rpm"), zero)
        knob_state = f"set {set_rpm:.0f} rpm · drag, wheel or {self._key('pump_rpm_set')}"
        spots = [
            Spot("console_panel", (x + 8, y + 4, 160, 22), "Console", entries=looks, key=self._key("console_panel")),
            Spot(
                "pump_rpm_set", (kx - kr, ky - kr, 2 * kr, 2 * kr), "Speed knob", knob_state, knob_entries,
                control="pump_rpm_set", step=100 * self._fine, round=True,
            ),
            Spot(
                "knob_zero", ZERO.at(self.box), "Speed knob to zero", entries=(zero,), direct=True, key=self._key("knob_zero"),
            ),
            Spot("power", POWER.at(self.box), "Power button", entries=self._power(snapshot), key=self._key("power")),
            Spot(
                "isolation_switch", ISOLATION.at(self.box), "Isolation switch, at the back of the main console",
                entries=(
                    *looks[1:],
                    _switch("isolation_switch", "Isolation switch", 1),
                    _switch("isolation_switch", "Isolation switch", 0),
                    *(_switch("mains_power", "Mains plug", to) for to in (1, 0) if "mains_power" in controls),
                ), key=self._key("isolation_switch"),
            ),
            self._bubble(snapshot),
        ]  # fmt: skip
        for name, title, step in SETTINGS:
            bx, by, bw, bh = self._setting_box(name)
            keys = keys_of(name, self.names)
            pair = tuple(replace(e, key=k) for e, k in zip(_steps(snapshot, name, step, ""), keys, strict=True))
            extra = (Entry("Off", Action(verb="set", target=name, value=0.0)),) if name == "sweep_l_min" else ()
            spots.append(Spot(name, (bx, by, bw, bh), title, "wheel, or the two keys", (*pair, *extra), control=name, step=step))
            for k, (entry, word) in enumerate(zip(pair, ("less", "more"), strict=True)):
                box = self._step_box(name, k)
                one = Spot(f"{name}_{word}", box, f"{title}: {word}", entries=(entry,), direct=True, control=name, step=step, key=keys[k])
                spots.append(one)
        if scene.pump.head_on == "emergency_drive":
            cx, cy, cr = *self.crank_at, self.crank_radius + 12
            how = f"drag the handle round, or press {self.names[CRANK_KEY]} again and again ({self.names[BACK_KEY]}: backwards)"
            spots.append(Spot("crank", (cx - cr, cy - cr, 2 * cr, 2 * cr), "Crank", how, self._crank(snapshot), round=True))
        return spots

    def _bubble(self, snapshot: Snapshot) -> Spot:
        """The switch of the bubble interlock: one that has stopped the pump is re-armed by it."""
        state = bubble_state(snapshot)
        entry = _switch("bubble_stop", "Bubble stop", 0 if state == "armed" else 1)
        again = replace(entry, title="Re-arm the bubble stop") if state == "tripped" else entry
        return Spot("bubble_stop", BUBBLE.at(self.box), "Bubble stop", state, (again,), direct=True, key=self._key("bubble_stop"))

    def _power(self, snapshot: Snapshot) -> tuple[Entry, ...]:
        entries = [_switch("console_power", "Main console", 1), _switch("console_power", "Main console", 0)]
        if snapshot.scene.backup_console_here:
            entries += [_switch("backup_power", "Backup console", 1), _switch("backup_power", "Backup console", 0)]
        return tuple(entries)

    def _crank(self, snapshot: Snapshot) -> tuple[Entry, ...]:
        held = next((j.task for j in snapshot.jobs if j.task in CRANK_TASKS and j.who == "you"), None)
        if held is not None:
            return (Entry("Let go of the crank", Action(verb="stop", target=held)),)
        ways = [o for o in snapshot.options if o.target in CRANK_TASKS and o.verb == "do"]
        title = {False: "Take the crank"}  # where there is one way only, nothing is said of it
        return tuple(Entry(title.get(len(ways) > 1, o.title), Action(verb="do", target=o.target), reason=o.reason) for o in ways)

    def _key(self, spot: str) -> str:
        return " ".join(keys_of(spot, self.names))

    def _setting_box(self, name: str) -> Box:
        x, y, w, _ = self.box
        k = [s[0] for s in SETTINGS].index(name)
        wide = (w - 28) / len(SETTINGS)
        return x + 14 + wide * k, y + 182, wide - 14 if k < 2 else wide, 34

    def _step_box(self, name: str, side: int) -> Box:
        x, y, w, _ = self._setting_box(name)
        return x + w - 75 + side * 38, y + 7, 37, 22

    # -- drawing --------------------------------------------------------------------------------------------------

    def draw_ground(self, snapshot: Snapshot, *, lit: str = "") -> None:
        """Draw knobs, buttons and names on the canvas's ground; `lit` is the id of the spot that is pointed at."""
        scene, controls = snapshot.scene, snapshot.controls
        own = lit if lit in OWN_SPOTS or lit.startswith(tuple(name for name, _, _ in SETTINGS)) else ""
        settings = tuple(controls.get(name) for name, _, _ in SETTINGS)
        state = (own, scene.pump.head_on, scene.console_lit, scene.motor_lamp, supply(snapshot), bubble_state(snapshot), settings)
        self.canvas.keep("console", self.box, state, lambda: self._draw_frame(snapshot, own))

    def draw(self, snapshot: Snapshot, *, lit: str = "") -> None:
        """Draw over the ground what changes: readings, pointer, crank."""
        scene = snapshot.scene
        crank = scene.pump.head_on == "emergency_drive"
        if crank:
            self._draw_crank(snapshot)
        elif scene.console_lit:
            self._draw_flow(snapshot)
        self._draw_rpm(snapshot, crank=crank)
        self._draw_pointer(snapshot, lit=lit == "pump_rpm_set")
        if scene.console_lit:
            for reading, left in COLUMNS.items():
                value = snapshot.shown.get(reading)
                text = reading_text(reading, value) if value is not None else BLANK
                colour = self.canvas.theme["text" if value is not None else "faint"]
                self.canvas.number(text, (self.box[0] + left, self.box[1] + 173), "reading", colour)

    def _draw_frame(self, snapshot: Snapshot, lit: str) -> None:
        """Draw all but what changes from one frame to the next."""
        canvas, theme, scene = self.canvas, self.canvas.theme, snapshot.scene
        x, y, w, _ = self.box
        head, powered = scene.pump.head_on, scene.console_lit
        canvas.panel(self.box, theme["panel"], theme["edge"], radius=8)
        name = {"backup_console": "Backup console", "emergency_drive": f"{self._crank_title} · console"}.get(head, "Console")
        width = canvas.text(name, (x + 14, y + 20), "text", theme["quiet"], bold=True)
        key_cap(canvas, self._key("console_panel"), x + 14 + width + 7, y + 15.5, lit=lit == "console_panel")
        label = theme["quiet"] if powered else dimmed(canvas, theme["quiet"])
        if head == "emergency_drive":
            canvas.text("TACHOMETER", (x + 142, y + 46), "label", theme["quiet"], bold=True)
            left = x + 14 + key_cap(canvas, self.names[CRANK_KEY], x + 14, y + 126, lit=lit == "crank") + 5
            key_cap(canvas, self.names[BACK_KEY], left, y + 126, lit=lit == "crank")
        else:
            canvas.text("FLOW", (x + 14, y + 46), "label", label, bold=True)
            canvas.text("RPM measured", (x + 142, y + 46), "label", label, bold=True)
        canvas.surface.blit(*self._knob)
        at, r, keys = self.knob_at, self.knob_radius, keys_of("pump_rpm_set", self.names)
        key_cap(canvas, keys[1], at[0] - r - 4 - cap_width(canvas, keys[1]), at[1] + 38, lit=lit == "pump_rpm_set")
        key_cap(canvas, keys[0], at[0] + r + 4, at[1] + 38, lit=lit == "pump_rpm_set")
        canvas.text("rpm", (at[0], at[1] + 4), "label", theme["quiet"], align="centre")
        button(canvas, ZERO.at(self.box), "to zero", self._key("knob_zero"), Look(lit=lit == "knob_zero"))
        self._draw_buttons(snapshot, lit)
        line = mix(theme["panel"], theme["edge"], 0.9)
        canvas.line(line, (x + 14, y + 138), (x + w - 14, y + 138))
        for reading, left in COLUMNS.items():
            step = canvas.text(self._titles[reading], (x + left, y + 153), "label", label)
            canvas.text(UNITS[reading], (x + left + step + 4, y + 153), "label", mix(theme["panel"], label, 0.7))
        canvas.line(line, (x + 14, y + 181), (x + w - 14, y + 181))
        for setting, words, _ in SETTINGS:
            self._draw_setting(snapshot, setting, words, lit)

    def _draw_flow(self, snapshot: Snapshot) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        at = (self.box[0] + 14, self.box[1] + 88)
        flow = snapshot.shown.get("flow_l_min")
        if flow is None:
            canvas.text(BLANK, at, "big", theme["faint"], bold=True)
            return
        low = flow < snapshot.controls.get("flow_alarm_low_l_min", 0.0)
        colour = theme.alarms["high"]["on_panel"] if low else theme["text"]
        canvas.number(reading_text("flow_l_min", flow), at, "big", colour, unit="L/min")

    def _draw_rpm(self, snapshot: Snapshot, *, crank: bool) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        x, y, _, _ = self.box
        powered = snapshot.scene.console_lit
        rpm = snapshot.shown.get("crank_tach_rpm" if crank else "pump_rpm")
        if powered or crank:
            text = BLANK if rpm is None else reading_text("pump_rpm", rpm)
            colour, unit = (theme["text"], "rpm") if rpm is not None else (theme["faint"], "")
            canvas.number(text, (x + 142, y + 82), "number", colour, unit=unit)
        if powered:
            # A value that is set is never drawn like one that is measured: lighter, underlined, and it says "set".
            set_text = f"set {snapshot.controls.get('pump_rpm_set', 0.0):.0f}"
            width = canvas.text(set_text, (x + 142, y + 108), "text", theme["accent"])
            canvas.surface.fill(theme["accent"], canvas.rect((x + 142, y + 111, width, 1)))
        booting = snapshot.scene.console_booting_s
        if booting > 0:
            canvas.text(f"starting · {booting:.0f} s", (x + 14, y + 112), "label", theme["text"])

    def _draw_pointer(self, snapshot: Snapshot, *, lit: bool) -> None:
        control, at, r = CONTROLS["pump_rpm_set"], self.knob_at, self.knob_radius
        part = min(1.0, (snapshot.controls.get("pump_rpm_set", 0.0) - control.low) / (control.high * self._fine - control.low))
        turn = KNOB_START + KNOB_SWEEP * part
        colour = self.canvas.theme["accent" if lit else "text"]
        self.canvas.line(colour, polar(at, r * 0.44, turn), polar(at, r * 0.92, turn), 3)

    def _draw_buttons(self, snapshot: Snapshot, lit: str) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        alarm, box = theme.alarms["high"], LAMP.at(self.box)
        if snapshot.scene.motor_lamp:
            canvas.panel(box, alarm["fill"], alarm["on_panel"], radius=6)
            canvas.text("MOTOR FAULT", (box[0] + box[2] / 2, box[1] + 17), "label", alarm["text"], bold=True, align="centre")
        else:
            powered = snapshot.scene.console_lit
            canvas.panel(box, theme["well"], theme["edge"], radius=6)
            canvas.panel((box[0] + 12, box[1] + 9, 8, 8), theme["text"] if powered else theme["edge"], None, radius=4)
            if powered:
                canvas.text(supply(snapshot), (box[0] + 26, box[1] + 17), "label", theme["quiet"])
        button(canvas, POWER.at(self.box), "Power", self._key("power"), Look(lit=lit == "power"))
        button(canvas, ISOLATION.at(self.box), "Isolation", self._key("isolation_switch"), Look(lit=lit == "isolation_switch"))
        state = bubble_state(snapshot)
        text = {"armed": "Bubble stop", "tripped": "Re-arm"}.get(state, "Bubble off")
        look = Look(lit=lit == "bubble_stop", on=state == "armed" and snapshot.scene.console_lit)
        button(canvas, BUBBLE.at(self.box), text, self._key("bubble_stop"), look)
        if state == "tripped":
            bx, by, _, bh = BUBBLE.at(self.box)
            canvas.panel((bx + 4, by + 5, 4, bh - 10), alarm["fill"], None, radius=2)

    def _draw_setting(self, snapshot: Snapshot, name: str, words: str, lit: str) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        x, y, _, _ = self._setting_box(name)
        value = snapshot.controls.get(name, 0.0)
        canvas.text(words, (x, y + 15), "label", theme["quiet"])
        text, unit = (f"{value / 100:.2f}", "") if name == "fdo2_pct" else (f"{value:.1f}", "L/min")
        if snapshot.scene.console_lit or name not in OF_CONSOLE:
            canvas.number(text, (x, y + 31), "text", theme["accent"], unit=unit, bold=False)
        for k, (word, key) in enumerate(zip(("less", "more"), keys_of(name, self.names), strict=True)):
            box = self._step_box(name, k)
            on = lit in {name, f"{name}_{word}"}
            canvas.panel(box, theme["accent_deep"] if on else theme["raised"], theme["accent"] if on else theme["edge"], radius=5)
            canvas.text("−+"[k], (box[0] + 8, box[1] + 16), "text", theme["text"], bold=True, align="centre")
            key_cap(canvas, key, box[0] + box[2] - 3 - cap_width(canvas, key), box[1] + box[3] / 2, lit=on)

    def _draw_crank(self, snapshot: Snapshot) -> None:
        canvas = self.canvas
        dt = snapshot.time_s - self._last_s
        self._last_s = snapshot.time_s
        if 0.0 < dt < 0.5:
            self._crank_turn = (self._crank_turn + snapshot.controls.get("crank_rpm", 0.0) / 60.0 * dt) % 1.0
        picture = self._cranks[int(self._crank_turn * CRANK_PICTURES) % CRANK_PICTURES]
        x, y = canvas.at(self.crank_at)
        canvas.surface.blit(picture, (x - picture.get_width() // 2, y - picture.get_height() // 2))


def bubble_state(snapshot: Snapshot) -> str:
    """Return how the switch of the bubble interlock stands: armed, off, or tripped."""
    if any(lock.name == "bubble" and lock.state == "tripped" for lock in snapshot.interlocks):
        return "tripped"
    return "armed" if snapshot.controls.get("bubble_stop", 0.0) > 0 else "off"


def supply(snapshot: Snapshot) -> str:
    """Return what the console says of its power: on mains, or on battery with its charge."""
    charge = snapshot.shown.get("battery_pct")
    text = "" if charge is None else f" · {charge:.0f} %"
    return ("Mains" if snapshot.controls.get("mains_power", 1.0) > 0 else "Battery") + text


def cranking(snapshot: Snapshot) -> bool:
    """Return whether the trainee has the crank in hand."""
    return any(j.task in CRANK_TASKS and j.who == "you" for j in snapshot.jobs)


def polar(at: Point, radius: float, turn: float) -> Point:
    """Return the point at a distance and direction (radians) from another."""
    return at[0] + cos(turn) * radius, at[1] + sin(turn) * radius


def _switch(control: str, title: str, to: int) -> Entry:
    return Entry(f"{title} {'on' if to else 'off'}", Action(verb="set", target=control, value=float(to)))


def _steps(snapshot: Snapshot, name: str, step: float, unit: str) -> tuple[Entry, Entry]:
    """Return the entries that turn a control down and up by a step, held to its range."""
    control, now = CONTROLS[name], snapshot.controls.get(name, 0.0)
    less, more = (max(control.low, min(control.high, round(now + change, 3))) for change in (-step, step))
    by = f"{step:g} {unit}".strip()
    return (
        Entry(f"Less by {by}", Action(verb="set", target=name, value=less)),
        Entry(f"More by {by}", Action(verb="set", target=name, value=more)),
    )
