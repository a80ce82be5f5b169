"""What hands do: events of the window become actions. Pointer, wheel, keys and menus work on the list of spots alone."""

from collections.abc import Callable
from math import atan2, hypot, pi

import pygame

from drill.circuit.controls import CONTROLS
from drill.engine.actions import Action
from drill.engine.snapshot import Snapshot
from drill.ui.canvas import Canvas, Point
from drill.ui.console import BACK_KEY, CRANK_KEY, KNOB_SWEEP, cranking
from drill.ui.crank import Crank
from drill.ui.keys import BINDINGS, digit_of
from drill.ui.panes import MORE, SayDo
from drill.ui.popover import Card
from drill.ui.safety import NEXT, Safety
from drill.ui.spots import Entry, Spot, spot_at

KNOB = "pump_rpm_set"
EASE = 0.2  # how much one press with Shift opens a clamp
KNOB_STEP_RPM, KNOB_ROUND_RPM = 100.0, 50.0  # of a knob that goes to 5000 rpm; a roller's is as much finer as its spot's step is
KNOB_SECONDS = 0.1  # a knob that is dragged is set at most ten times a second
TAKING_S = 0.5  # so long a handle that was just taken is turned before the snapshot says that it is held
STILL = 4.0  # logical pixels from the middle of a knob or crank within which its angle means nothing


class Hands:
    """The hands of one trainee: what they point at, what they hold, which list is open.

    `menu` is the spot whose list is open, `focus` the one that Tab stands on, `pointer` where the mouse is.
    """

    def __init__(self, saydo: SayDo, spots: Callable[[Snapshot], list[Spot]], clock: Callable[[], float], safety: Safety) -> None:
        """`spots` lists what can be touched; `clock` gives real seconds, for the pace of gestures."""
        self.saydo, self.spots, self.clock, self.safety = saydo, spots, clock, safety
        self.crank = Crank()
        self.pointer: Point | None = None
        self.focus = ""
        self.menu = ""
        self._held: set[int] = set()
        self._grip = ""
        self._grip_at: Point = (0.0, 0.0)
        self._grip_turn = 0.0
        self._grip_value = 0.0
        self._fine = 1.0
        self._knob_sent_s = -1.0
        self._moved = False

    def touched(self, snapshot: Snapshot) -> Spot | None:
        """Return the spot whose list is open, else the one under the pointer, else the one with the focus."""
        if not (self.menu or self.focus or self.pointer):
            return None
        spots = self.spots(snapshot)
        if self.menu:
            found = next((s for s in spots if s.id == self.menu), None)
            if found is not None:
                return found
            self.menu = ""
        if self.pointer is not None:
            under = spot_at(spots, self.pointer)
            if under is not None:
                return under
        return next((s for s in spots if s.id == self.focus), None)

    def handle(self, event: pygame.Event, canvas: Canvas, snapshot: Snapshot) -> list[Action] | None:
        """Return what the hands did with this event; None if the panel has no use for it."""
        if event.type == pygame.MOUSEMOTION:
            self.pointer = canvas.logical(event.pos)
            return self._drag(snapshot)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 3):
            self.pointer = canvas.logical(event.pos)
            return self._press(canvas, snapshot, listed=event.button == 3)
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
            self.pointer = None
        return None

    def poll(self, snapshot: Snapshot) -> list[Action]:
        """Return what follows from hands that have stopped moving: an idle crank stands. Call it once a frame."""
        acts = self.crank.idle(self.clock())
        return acts if cranking(snapshot) else []

    def _press(self, canvas: Canvas, snapshot: Snapshot, *, listed: bool) -> list[Action]:
        point = self.pointer or (0.0, 0.0)
        self.focus = ""
        if self.menu:
            spot = self.touched(snapshot)
            if spot is not None:
                card = Card(canvas, spot, opened=True)
                entry = card.entry_at(point)
                if entry is not None:
                    return self._choose(entry)
                if card.holds(point):
                    return []
            self.menu = ""
        spot = spot_at(self.spots(snapshot), point)
        if spot is None:
            return []
        if spot.id == KNOB and not listed:
            self._take(spot, snapshot.controls.get(KNOB, 0.0))
            self._fine = spot.step / KNOB_STEP_RPM
            return []
        if spot.id == "crank" and not listed:
            return self._take_crank(spot, snapshot)
        return self._use(spot, snapshot, listed=listed)

    def _take(self, spot: Spot, value: float) -> None:
        at = (spot.box[0] + spot.box[2] / 2, spot.box[1] + spot.box[3] / 2)
        point = self.pointer or at
        self._grip, self._grip_at, self._moved, self._grip_value = spot.id, at, False, value
        self._grip_turn = atan2(point[1] - at[1], point[0] - at[0])

    def _take_crank(self, spot: Spot, snapshot: Snapshot) -> list[Action]:
        """Take the handle; where that cannot be done now, or there are two ways to turn it, show the list."""
        acts = list(spot.entries[0].actions) if len(spot.entries) == 1 and not cranking(snapshot) else []
        if not acts and not cranking(snapshot):
            self.menu = spot.id
            return []
        self._take(spot, 0.0)
        self.crank.take(self.clock())
        return acts

    def _drag(self, snapshot: Snapshot) -> list[Action]:
        if not self._grip or self.pointer is None:
            return []
        at = self._grip_at
        if hypot(self.pointer[0] - at[0], self.pointer[1] - at[1]) < STILL:
            return []
        turn = atan2(self.pointer[1] - at[1], self.pointer[0] - at[0])
        moved = (turn - self._grip_turn + pi) % (2 * pi) - pi
        self._grip_turn = turn
        self._moved = self._moved or abs(moved) > 0.01
        if self._grip == "crank":
            acts = self.crank.turn(self.clock(), moved / (2 * pi))
            return acts if cranking(snapshot) or self.clock() - self.crank.taken_s < TAKING_S else []
        control = CONTROLS[KNOB]
        high = control.high * self._fine
        self._grip_value = max(control.low, min(high, self._grip_value + moved / KNOB_SWEEP * (high - control.low)))
        now_s = self.clock()
        if now_s - self._knob_sent_s < KNOB_SECONDS:
            return []
        return self._knob(snapshot, now_s)

    def _knob(self, snapshot: Snapshot, now_s: float) -> list[Action]:
        self._knob_sent_s = now_s
        rounded = max(1.0, KNOB_ROUND_RPM * self._fine // 1)
        value = round(self._grip_value / rounded) * rounded
        return [] if value == snapshot.controls.get(KNOB) else [Action(verb="set", target=KNOB, value=value)]

    def _release(self, snapshot: Snapshot) -> list[Action]:
        grip, self._grip = self._grip, ""
        if grip == "crank":
            acts = self.crank.let_go(self.clock())
            return acts if cranking(snapshot) else []
        if grip == KNOB:
            if not self._moved:
                self.menu = KNOB
                return []
            return self._knob(snapshot, self.clock())
        return []

    def _wheel(self, notches: int, snapshot: Snapshot) -> list[Action]:
        spot = spot_at(self.spots(snapshot), self.pointer) if self.pointer is not None else None
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
            spot = self.touched(snapshot) if self.focus else None
            return None if spot is None else self._use(spot, snapshot, listed=shift)
        if scancode in (pygame.KSCAN_LEFT, pygame.KSCAN_RIGHT):
            spot = self.touched(snapshot) if self.focus else None
            if spot is None or not spot.control:
                return []
            return self._step(spot.control, spot.step if scancode == pygame.KSCAN_RIGHT else -spot.step, snapshot)
        if scancode in (CRANK_KEY, BACK_KEY):
            return self._crank_key(1 if scancode == CRANK_KEY else -1, snapshot, repeated=repeated)
        bound = next((b for b in BINDINGS if b.scancode == scancode), None)
        if bound is None:
            return None
        if bound.step:
            knob = next((s for s in self.spots(snapshot) if s.id == KNOB == bound.spot), None)
            return self._step(bound.spot, bound.step * (knob.step / KNOB_STEP_RPM if knob is not None else 1.0), snapshot)
        if bound.spot == NEXT:
            self.menu, self.pointer = "", None
            self.focus = self.safety.turn()
            return []
        spot = next((s for s in self.spots(snapshot) if s.id == bound.spot), None)
        if spot is None or repeated:
            return []
        if shift and bound.spot in snapshot.controls and bound.spot.startswith("clamp_"):
            return self._step(bound.spot, -EASE, snapshot)
        return self._use(spot, snapshot, listed=False)

    def _crank_key(self, way: int, snapshot: Snapshot, *, repeated: bool) -> list[Action]:
        spot = next((s for s in self.spots(snapshot) if s.id == "crank"), None)
        if spot is None or repeated:
            return []
        ways = [] if cranking(snapshot) else [list(e.actions) for e in spot.entries]
        taken = [] if not ways else ways[-1 if way < 0 else 0]
        if not taken and not cranking(snapshot):
            self.menu = spot.id
            return []
        return [*taken, *self.crank.stroke(self.clock(), way)]

    def _digit(self, digit: int, snapshot: Snapshot) -> list[Action]:
        if self.menu:
            spot = self.touched(snapshot)
            if spot is not None and digit <= len(spot.entries):
                return self._choose(spot.entries[digit - 1])
            return []
        if self.saydo.group:
            entries = self.saydo.entries(snapshot)
            if digit == MORE and self.saydo.turn(snapshot):
                return []
            return self._choose(entries[digit - 1]) if digit <= len(entries) else []
        if digit <= len(self.saydo.groups):
            self.saydo.open(self.saydo.groups[digit - 1][0])
        return []

    def _escape(self) -> list[Action] | None:
        if self.menu:
            self.menu = ""
        elif self.saydo.group:
            self.saydo.open("")
        elif self.focus:
            self.focus = ""
        else:
            return None
        return []

    def _walk(self, way: int, snapshot: Snapshot) -> list[Action]:
        self.menu, self.pointer = "", None
        ids = [s.id for s in self.spots(snapshot)]
        place = ids.index(self.focus) if self.focus in ids else (-1 if way > 0 else 0)
        self.focus = ids[(place + way) % len(ids)]
        return []

    def _use(self, spot: Spot, snapshot: Snapshot, *, listed: bool) -> list[Action]:
        if spot.id.startswith("group_"):
            self.saydo.open(self.saydo.groups[int(spot.id.removeprefix("group_")) - 1][0])
            return []
        if spot.id.startswith("tab_"):
            self.safety.turn(spot.id.removeprefix("tab_"))
            return []
        if spot.id == "entries_more":
            self.saydo.turn(snapshot)
            return []
        if spot.id == "groups_back":
            self.saydo.open("")
            return []
        if spot.direct and not listed and spot.entries:
            return self._choose(spot.entries[0])
        self.menu = "" if self.menu == spot.id else spot.id
        return []

    def _choose(self, entry: Entry) -> list[Action]:
        """Send an entry's actions; the list it stood on closes, unless it cannot be done: then it stays with its reason."""
        if not entry.reason:
            self.menu = ""
            self.saydo.open("")
        return list(entry.actions)
