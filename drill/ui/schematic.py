"""The circuit pane, live: blood that runs, a rotor that turns, clamps that are shut, readings at their places.

It is the place where hands work: everything in it that can be touched is listed by `spots`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import cos, sin

import pygame

from drill.circuit.controls import CLAMP_CLOSED
from drill.circuit.interlocks import ELECTRONIC_CLAMP
from drill.circuit.scene import LineView
from drill.engine.actions import Action
from drill.engine.snapshot import Snapshot
from drill.ui import devices
from drill.ui.bypass import draw_bypass, head_rpm
from drill.ui.canvas import Box, Canvas
from drill.ui.cuts import draw_cuts
from drill.ui.drawing import ClampSite, Drawing, HeadPlace, SensorSite, TapSite
from drill.ui.laid import Laid
from drill.ui.lungs import draw_lungs
from drill.ui.room import Room, Words, write
from drill.ui.scenery import DASH_LENGTH, TURNS, Scenery
from drill.ui.spots import STEPS, Entry, Spot
from drill.ui.stations import draw_seat, draw_stations, stands_by
from drill.ui.widgets import clock, key_cap, reading_text
from drill.units import TICKS_PER_S

DASH_GAP = 30.0
ROTOR_SLOWED = 25.0  # the rotor is drawn at 1/25 of its speed: at 60 pictures a second its own would stand or seem to turn back
FASTEST_STEP = 0.45 * DASH_GAP  # a dash that moved further between two pictures would seem to run the other way
GAS_SEEN = 0.0005  # fraction of a cell's volume
OPEN = 1 - CLAMP_CLOSED
EASE = 0.2  # what one notch of the wheel opens or closes of a clamp
READING_UNITS = {"p_ven_mmhg": "mmHg", "p_pre_mmhg": "mmHg", "p_post_mmhg": "mmHg", "svo2_pct": "%", "flow_l_min": "L/min"}
TWO_TAU = 6.283185307179586

Listed = Callable[[str], tuple[Entry, ...]]


class Schematic:
    """Draws the circuit of one drawing inside `box`, the circuit pane."""

    def __init__(self, canvas: Canvas, drawing: Drawing, box: Box, names: dict[int, str], *, below_heart_cm: float = 0.0) -> None:
        """Draw once all that does not move; `names` are the local names of keys."""
        self.canvas, self.drawing, self.box = canvas, drawing, box
        self.scenery = Scenery(canvas, drawing, box, names, below_heart_cm=below_heart_cm)
        self._laid = [Laid(self.scenery, place) for place in drawing.laid]
        self._steps = {part: self._table(part) for part in self.scenery.paths}
        self._beside = tuple(path.at(k * 8.0)[:2] for path in self.scenery.paths.values() for k in range(int(path.length / 8) + 1))
        self._caps = self.scenery.cap_places()
        self._room = Room(self.scenery)
        self._tap_words: dict[tuple[str, bool], Words] = {}  # by control, and whether open
        self._phase = dict.fromkeys(self.scenery.paths, 0.0)
        self._rotor_turn = self._crank_turn = self._sweep_phase = 0.0
        self._head_turns = {head.control: 0.0 for head in drawing.heads}
        self._last_s = 0.0

    def _table(self, part: str) -> list[tuple[int, int, int]]:
        """Return pixel and direction at each logical pixel along a tube."""
        path = self.scenery.paths[part]
        table = []
        for k in range(int(path.length) + 1):
            x, y, turn = path.at(float(k))
            table.append((*self.canvas.at((x, y)), round(turn / TWO_TAU * TURNS) % (TURNS // 2)))
        return table

    # -- every frame ----------------------------------------------------------------------------------------------

    def draw_ground(self, snapshot: Snapshot) -> None:
        """Colour the blood on the canvas's ground."""
        self.scenery.blood.update(snapshot.scene.lines)

    def draw(self, snapshot: Snapshot, *, lit: str = "", named: bool = False) -> None:
        """Draw over the ground what moves and changes: `lit` is the spot that is pointed at, `named` writes every name."""
        canvas, scenery = self.canvas, self.scenery
        dt = snapshot.time_s - self._last_s
        self._last_s = snapshot.time_s
        self._move(snapshot, dt if 0.0 < dt < 0.5 else 0.0)
        self._draw_moving(snapshot)
        draw_seat(canvas, scenery, snapshot, crank_turn=self._crank_turn, lit=lit)
        draw_stations(canvas, scenery, snapshot, lit=lit)
        draw_lungs(canvas, scenery, snapshot, sweep_phase=self._sweep_phase)
        draw_bypass(canvas, scenery, snapshot)
        draw_cuts(canvas, scenery, snapshot)
        for one in self._laid:
            one.draw(snapshot)
        for sensor in self.drawing.sensors:
            self._draw_sensor(snapshot, sensor)
        for site in self.drawing.clamps:
            self._draw_clamp(snapshot, site, lit=lit == site.control, named=named)
        for tap in self.drawing.taps:
            self._draw_tap(snapshot, tap, named=named or lit == tap.control)
        self._draw_patient(snapshot)
        if lit in self._caps:
            key_cap(canvas, scenery.key(lit), *self._caps[lit], lit=True)

    def _move(self, snapshot: Snapshot, dt: float) -> None:
        """Move what moves by the simulated time that has passed: while the drill is paused everything stands."""
        for part, path in self.scenery.paths.items():
            view = snapshot.scene.lines.get(part)
            if view is not None and view.volume_ml > 0:
                step = view.flow_ml_s / view.volume_ml * path.length * dt
                self._phase[part] = (self._phase[part] + max(-FASTEST_STEP, min(FASTEST_STEP, step))) % path.length
        seen = 2.0 if self.drawing.pump.roller else devices.VANES / ROTOR_SLOWED  # pictures of the rotor repeat so often a turn
        rpm = 0.0 if snapshot.scene.pump.head_on == "spare_head" else snapshot.scene.pump.rotor_rpm
        self._rotor_turn = (self._rotor_turn + rpm / 60 * dt * seen) % 1.0
        for control, turn in self._head_turns.items():
            self._head_turns[control] = (turn + head_rpm(snapshot, control) / 60 * dt * 2.0) % 1.0
        self._crank_turn = (self._crank_turn + snapshot.controls.get("crank_rpm", 0.0) / 60 * dt) % 1.0
        self._sweep_phase = (self._sweep_phase + snapshot.controls.get("sweep_l_min", 0.0) * 6 * dt) % 8.0

    def _draw_moving(self, snapshot: Snapshot) -> None:
        scenery = self.scenery
        blits: list[tuple[pygame.Surface, tuple[int, int]]] = []
        for part, steps in self._steps.items():
            view = snapshot.scene.lines.get(part)
            if view is not None and not view.there:
                continue
            along, last = self._phase[part] % DASH_GAP, len(steps) - DASH_LENGTH / 2
            while along < last:
                if along > DASH_LENGTH / 2:
                    x, y, turn = steps[int(along)]
                    picture, half_w, half_h = scenery.dash[turn]
                    blits.append((picture, (x - half_w, y - half_h)))
                along += DASH_GAP
            if view is not None and any(g > GAS_SEEN for g in view.gas_fractions):
                blits.extend(self._gas(part, view))
        blits.extend(scenery.arrows)
        frame = int(self._rotor_turn * devices.ROTOR_FRAMES) % devices.ROTOR_FRAMES
        blits.append((scenery.rotor[frame], scenery.rotor_at))
        for control, (pictures, at) in scenery.heads.items():
            blits.append((pictures[int(self._head_turns[control] * devices.ROTOR_FRAMES) % devices.ROTOR_FRAMES], at))
        if snapshot.scene.pump.head_gas_fraction > GAS_SEEN:
            blits.extend(self._froth(snapshot.scene.pump.head_gas_fraction))
        if snapshot.scene.pump.clot:
            blits.append(scenery.clot)
        self.canvas.surface.fblits(blits)

    def _gas(self, part: str, view: LineView) -> Iterator[tuple[pygame.Surface, tuple[int, int]]]:
        """Pale bubbles where the gas is, more of them and larger where there is more; they travel with the blood."""
        steps, width = self._steps[part], self.canvas.px(self.drawing.tube(part).width)
        cells, shift = view.gas_fractions, self._phase[part]
        for slot in range(len(steps) // 4):
            along = int(slot * 4 + shift) % len(steps)
            gas = cells[min(int(along / len(steps) * len(cells)), len(cells) - 1)]
            chance = _noise(slot)
            if gas > GAS_SEEN and chance < gas * 6 + 0.12:
                picture = self.scenery.bubbles[min(int(gas * 12 + _noise(slot + 3000) * 2), len(self.scenery.bubbles) - 1)]
                x, y, _ = steps[along]
                dx, dy = ((_noise(slot + shift_by) - 0.5) * width * 0.55 for shift_by in (1000, 2000))
                yield picture, (round(x + dx) - picture.get_width() // 2, round(y + dy) - picture.get_height() // 2)

    def _froth(self, gas: float) -> Iterator[tuple[pygame.Surface, tuple[int, int]]]:
        """Bubbles in the upper half of the pump head, where gas gathers."""
        (ex, ey), radius = self.scenery.p(self.drawing.pump.at), self.drawing.pump.radius
        for slot in range(min(24, int(4 + gas * 40))):
            spread, depth = _noise(slot) - 0.5, _noise(slot + 1000)
            picture = self.scenery.bubbles[slot % len(self.scenery.bubbles)]
            x, y = self.canvas.at((ex + spread * radius * 1.4, ey - radius * (0.75 - depth * 0.5 * min(1.0, gas * 3))))
            yield picture, (x - picture.get_width() // 2, y - picture.get_height() // 2)

    # -- readings and clamps --------------------------------------------------------------------------------------

    def _draw_sensor(self, snapshot: Snapshot, sensor: SensorSite) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        x, y, w, _ = self.scenery.sensor_box(sensor)
        value = snapshot.shown.get(sensor.reading)
        if sensor.reading == "flow_l_min" and snapshot.controls.get(ELECTRONIC_CLAMP, 0.0) > OPEN:
            self._draw_shut(sensor)
        if value is None:
            # A display without power shows nothing; one that has lost its reading says so.
            canvas.text("– –" if snapshot.scene.console_lit else "", (x + w / 2, y + 29), "text", theme["faint"], bold=True, align="centre")
            return
        text, unit = reading_text(sensor.reading, value), READING_UNITS.get(sensor.reading, "")
        wide = canvas.width(text, "text", bold=True) + 4 + canvas.width(unit, "label")
        left = x + (w - wide) / 2
        step = canvas.text(text, (left, y + 29), "text", theme["text"], bold=True)
        canvas.text(unit, (left + step + 4, y + 29), "label", theme["quiet"])

    def _draw_shut(self, sensor: SensorSite) -> None:
        """The electronic clamp sits at the flow probe: shut, it is a bar across the line, and the probe's box says so."""
        canvas, theme = self.canvas, self.canvas.theme
        (px, py), turn = self.scenery.site(sensor.tube, sensor.at)
        half = self.drawing.tube(sensor.tube).width / 2 + 6
        across = (-sin(turn) * half, cos(turn) * half)
        ends = ((px - across[0], py - across[1]), (px + across[0], py + across[1]))
        canvas.line(theme["tube_outline"], *ends, 9)
        canvas.line(theme["steel"], *ends, 6)
        x, y, w, _ = self.scenery.sensor_box(sensor)
        canvas.panel((x + 2, y + 3, w - 4, 15), theme["well"], None, radius=4)
        canvas.text("E-clamp shut", (x + w / 2, y + 14), "label", theme["text"], bold=True, align="centre")

    def _draw_clamp(self, snapshot: Snapshot, site: ClampSite, *, lit: bool, named: bool) -> None:
        """An open site is a ring with its key; a clamp on the line has its name, and the time when it was closed in the drill."""
        canvas, theme = self.canvas, self.canvas.theme
        closed = snapshot.controls.get(site.control, 0.0)
        if closed > OPEN:
            canvas.surface.blit(*self.scenery.jaws[site.control])
        if lit or closed <= OPEN:
            canvas.surface.blit(*self.scenery.rings[site.control, lit])
        if not (closed > OPEN or named or lit):
            return
        (x, y), words = self.scenery.p(site.label), site.title.split("\n")
        colour = theme["text"] if closed > OPEN else theme["accent"]
        if site.leader is not None:
            start = x + (4 if site.align == "right" else -4)
            canvas.line(theme["quiet"], (start, y - 4), self.scenery.p(site.leader), 1.5)
        for k, word in enumerate(words):
            canvas.text(word, (x, y + 15 * k), "text", colour, bold=closed > OPEN, align=site.align)
        since = snapshot.control_since.get(site.control, 0)
        if closed > OPEN and (since > 0 or closed < CLAMP_CLOSED):
            state = f"closed {clock(since / TICKS_PER_S)}" if closed >= CLAMP_CLOSED else f"{closed * 100:.0f} % closed"
            canvas.text(state, (x, y + 15 * len(words)), "label", theme["quiet"], align=site.align)

    def _draw_tap(self, snapshot: Snapshot, tap: TapSite, *, named: bool) -> None:
        """A tap shows how its lever stands; an open one says so."""
        canvas, theme = self.canvas, self.canvas.theme
        opened = snapshot.controls.get(tap.control, 0.0) > OPEN
        canvas.surface.blit(*self.scenery.taps[tap.control, opened])
        if not (opened or named):
            return
        text = f"{tap.title}: open" if opened else tap.title
        if (tap.control, opened) not in self._tap_words:
            self._tap_words[tap.control, opened] = self._room.fit(text, self.scenery.p(tap.label), tap.align, bold=opened)
        write(canvas, self._tap_words[tap.control, opened], theme["text"] if opened else theme["accent"], tap.align, bold=opened)

    def _draw_patient(self, snapshot: Snapshot) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        x, y = self.scenery.p(self.drawing.patient.key)
        fio2 = snapshot.controls.get("vent_fio2_pct", 21.0)
        canvas.text(f"ventilator FiO₂ {fio2 / 100:.2f}", (x + 22, y + 4.5), "label", theme["quiet"])
        hx, hy, _, hh = self.scenery.b(self.drawing.heater.box)
        water = snapshot.shown.get("water_temp_c")
        text = "Water" if water is None else f"Water {reading_text('water_temp_c', water)}°"
        canvas.text(text, (hx + 8, hy + hh / 2 + 4), "label", theme["water"])
        if snapshot.scene.compressions:
            bx, by, bw, _ = self.scenery.b(self.drawing.patient.bed)
            canvas.text("Chest compressions", (bx + bw * 0.34, by - 6), "label", theme["text"], bold=True, align="centre")

    # -- what can be touched --------------------------------------------------------------------------------------

    def spots(self, snapshot: Snapshot, listed: Listed) -> list[Spot]:
        """Return the things of the circuit; `listed` gives what is to be looked at and done at each."""
        drawing, scenery = self.drawing, self.scenery
        lx, ly = scenery.p(drawing.line_key)
        line = self._thing("line", (lx - 12, ly - 10, 24, 20), listed)
        spots = [
            replace(line, near=self._beside),
            self._thing("patient", scenery.b(drawing.patient.bed), listed),
            self._thing("oxygenator", scenery.b(drawing.oxygenator.box), listed),
            self._thing("blender", scenery.b(drawing.blender.box), listed),
            self._thing("gas_line", scenery.gas_line_box(), listed),
            self._thing("heater", scenery.b(drawing.heater.box), listed),
            self._thing("ventilator", scenery.ventilator_box(), listed),
            *(self._thing(word, scenery.word_box(word), listed) for word in ("infusions", "wall") if word in self._caps),
        ]
        if drawing.reservoir is not None:
            spots.append(self._thing("reservoir", scenery.b(drawing.reservoir.box), listed))
        if drawing.filter is not None:
            spots.append(self._thing("filter", scenery.b(drawing.filter.box), listed))
        if drawing.second_oxygenator is not None:
            spots.append(self._thing("second_oxygenator", scenery.b(drawing.second_oxygenator.box), listed))
        spots.extend(self._head_spot(snapshot, head, listed) for head in drawing.heads)
        for station in drawing.stations:
            if stands_by(station.id, snapshot):
                x, y, w, h = scenery.b(station.box)
                spots.append(self._thing(station.id, (x, y, w, h + 12), listed))
        eye, radius = scenery.p(drawing.pump.at), drawing.pump.radius + 5
        spots.append(self._thing("pump", (eye[0] - 85, eye[1] - radius, 170, 2 * radius + 26), listed))
        spots.extend(self._clamp_spot(snapshot, site) for site in drawing.clamps)
        spots.extend(self._tap_spot(snapshot, tap) for tap in drawing.taps)
        return spots

    def _head_spot(self, snapshot: Snapshot, head: HeadPlace, listed: Listed) -> Spot:
        """A head is turned by the wheel, or by what is listed for it."""
        (x, y), r = self.scenery.p(head.at), head.radius + 4
        thing = self._thing(head.control, (x - r, y - r, 2 * r, 2 * r), listed)
        state = f"set {snapshot.controls.get(head.control, 0.0):.0f} rpm"
        return replace(thing, name=head.title, state=state, control=head.control, step=STEPS[head.control], round=True)

    def _thing(self, thing: str, box: Box, listed: Listed) -> Spot:
        known = self.drawing.things.get(thing)
        return Spot(thing, box, known.title if known is not None else thing, entries=listed(thing), key=self.scenery.key(thing))

    def _clamp_spot(self, snapshot: Snapshot, site: ClampSite) -> Spot:
        """A click closes an open clamp and opens a closed one; the list and the wheel ease it."""
        (x, y), _ = self.scenery.sites[site.control]
        reach = 12.0 if site.small else 17.0
        now, key = snapshot.controls.get(site.control, 0.0), self.scenery.key(site.control)
        to = 0.0 if now >= CLAMP_CLOSED else 1.0
        entries = [Entry("Open" if to == 0.0 else "Close", Action(verb="set", target=site.control, value=to), key=key)]
        if OPEN < now < CLAMP_CLOSED:
            entries.append(Entry("Open", Action(verb="set", target=site.control, value=0.0)))
        for title, part in (("Three quarters closed", 0.75), ("Half closed", 0.5), ("A quarter closed", 0.25)):
            entries.append(Entry(title, Action(verb="set", target=site.control, value=part)))
        state = "closed" if now >= CLAMP_CLOSED else "open" if now <= OPEN else f"{now * 100:.0f} % closed"
        return Spot(
            site.control,
            (x - reach, y - reach, 2 * reach, 2 * reach),
            site.title.replace("\n", " "),
            f"{state} · wheel or Shift + {key} eases it",
            tuple(entries),
            direct=True,
            control=site.control,
            step=-EASE,
            key=key,
            round=True,
        )

    def _tap_spot(self, snapshot: Snapshot, tap: TapSite) -> Spot:
        """A click shuts an open tap; a shut one lists first, since a slip here lets air in or blood out."""
        (x, y), opened = self.scenery.p(tap.body), snapshot.controls.get(tap.control, 0.0) > OPEN
        ways = [Entry(title, Action(verb="set", target=tap.control, value=value)) for title, value in (("Shut", 0.0), ("Open", 1.0))]
        return Spot(
            tap.control,
            (x - 11, y - 11, 22, 22),
            tap.title,
            "open to the air" if opened else "shut",
            tuple(ways),
            direct=opened,
            key=self.scenery.key(tap.control),
            round=True,
        )


def _noise(slot: int) -> float:
    """Return a number 0-1 that belongs to a slot for good: bubbles keep their places in the blood."""
    return ((slot + 1) * 2654435761 >> 11 & 0xFFFF) / 65536.0
