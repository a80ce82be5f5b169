"""A trainee's hands on the panel: what a play wants done is done by clicks, wheel turns and keys of the window alone.

The brain is a written play that sees what the screen shows; the hands look for the thing on the screen that does it. An act
that no thing on the screen does is an error, and so the panel is complete for that play.
"""

from collections import deque
from collections.abc import Callable

import pygame

from drill.circuit.controls import CONTROLS
from drill.engine.actions import Action
from drill.engine.snapshot import Snapshot
from drill.robots.play import PlayRobot
from drill.robots.view import blindfold
from drill.scenarios.schema import Play
from drill.ui.canvas import Canvas
from drill.ui.live import LiveScreen
from drill.ui.popover import Card
from drill.ui.spots import Entry, Spot
from drill.units import TICK_S

MOST_TURNS = 200
ASIDE = (560.0, 18.0)  # where the pointer rests and no card opens
SETTABLE = ("limits", "interlocks")  # the tabs where something can be set


class NoWayError(AssertionError):
    """Raised when nothing on the panel does what the play wants done."""


class Player:
    """Plays one play on a live screen. `told` hears (seconds, what) of each act, `looks` the seconds of each frame."""

    def __init__(self, screen: LiveScreen, play: Play, told: Callable[[float, str], None], looks: Callable[[float], None]) -> None:
        """Sit down before a screen of a drill that has just begun; it must run at FRAME_TICKS times real speed."""
        self.screen, self._robot, self._told, self._looks = screen, PlayRobot(play.rules), told, looks
        self._seen, self._wanted = -1, deque[Action]()
        self.acts: list[str] = []

    def play(self, most_s: float = 3600.0) -> None:
        """Play until the drill is over."""
        session = self.screen.session
        self.screen.draw(self.screen.desk.canvas)
        while not session.ended and session.frame.tick * TICK_S < most_s:
            self._watch()
            while self._wanted:
                action = self._wanted.popleft()
                self._do(action)
                self.acts.append(_said(action))
                self._told(session.frame.tick * TICK_S, _said(action))
            self.screen.update(TICK_S)
            self._looks(session.frame.tick * TICK_S)

    def _watch(self) -> None:
        """Let the brain see the last frame, once: a busy machine may draw before a new one is there."""
        session = self.screen.session
        if session.frame.tick != self._seen:
            self._seen = session.frame.tick
            self._wanted.extend(self._robot.decide(blindfold(session.frame), session))

    # -- one act ------------------------------------------------------------------------------------------------

    def _do(self, wanted: Action) -> None:
        panel = self.screen.panel
        panel.saydo.open("")
        if wanted.verb == "ack":
            self._key(pygame.KSCAN_F2)
            return
        found = self._find(wanted) or (self._find_in_tabs(wanted) if wanted.verb == "set" else self._find_in_groups(wanted))
        if found is not None:
            self._use(*found)
        elif wanted.verb == "set":
            self._turn_to(wanted)
        else:
            raise NoWayError(f"nothing on the panel does: {_said(wanted)}")
        if panel.safety.tab in SETTABLE:
            self._open_tab("log")
        self.screen.handle(pygame.Event(pygame.MOUSEMOTION, pos=_pixel(self.screen.desk.canvas, ASIDE), rel=(0, 0), buttons=(0, 0, 0)))

    def _snapshot(self) -> Snapshot:
        self.screen.snapshot = self.screen.session.snapshot()
        return self.screen.snapshot

    def _find(self, wanted: Action) -> tuple[Spot, int] | None:
        """Return the thing that does it, and which of its entries."""
        for spot in self.screen.panel.spots(self._snapshot()):
            for k, entry in enumerate(spot.entries):
                if _does(entry, wanted):
                    return spot, k
        return None

    def _find_in_tabs(self, wanted: Action) -> tuple[Spot, int] | None:
        """Open limits and interlocks in the pane below the console, and look there; the log is open again if they have it not."""
        for name in SETTABLE:
            self._open_tab(name)
            found = self._find(wanted)
            if found is not None:
                return found
        self._open_tab("log")
        return None

    def _open_tab(self, name: str) -> None:
        self._click(next(s for s in self.screen.panel.spots(self._snapshot()) if s.id == f"tab_{name}"))

    def _find_in_groups(self, wanted: Action) -> tuple[Spot, int] | None:
        """Open one group after the other, turn its pages, and look there."""
        panel = self.screen.panel
        for group in range(len(panel.saydo.groups)):
            self._click(next(s for s in panel.spots(self._snapshot()) if s.id == f"group_{group + 1}"))
            for _ in range(panel.saydo.pages(self._snapshot())):
                found = self._find(wanted)
                if found is not None:
                    return found
                more = next((s for s in panel.spots(self._snapshot()) if s.id == "entries_more"), None)
                if more is not None:
                    self._click(more)
            self._click(next(s for s in panel.spots(self._snapshot()) if s.id == "groups_back"))
        return None

    def _use(self, spot: Spot, k: int) -> None:
        """Click a thing, or open its list and click the entry."""
        if spot.direct and k == 0:
            self._click(spot)
            return
        self._click(spot, button=3)
        canvas = self.screen.desk.canvas
        x, y, w, h = Card(canvas, spot, opened=True).row(k)
        self._press((x + w / 2, y + h / 2), 1)

    def _turn_to(self, wanted: Action) -> None:
        """Turn a knob until it stands where it is wanted, as near as its steps allow."""
        value = float(wanted.value or 0.0)
        for _ in range(MOST_TURNS):
            snapshot = self._snapshot()
            now = snapshot.controls.get(wanted.target, CONTROLS[wanted.target].default)
            spot = next((s for s in self.screen.panel.spots(snapshot) if s.control == wanted.target), None)
            if spot is not None:
                if abs(value - now) < spot.step * 0.51:
                    return
                self._wheel(spot, 1 if value > now else -1)
            elif not self._step_listed(wanted.target, now, value):
                return
            self.screen.session.tick()
            self._watch()  # what was done a moment ago is in a frame that passes while the hand turns
            if self.screen.session.ended:
                return
        raise NoWayError(f"the panel does not get {wanted.target} to {value:g}")

    def _step_listed(self, control: str, now: float, value: float) -> bool:
        """Choose "less" or "more" of a knob that stands in a thing's list; False where no step brings it nearer."""
        for spot in self.screen.panel.spots(self._snapshot()):
            for k, entry in enumerate(spot.entries):
                to = entry.action.value if entry.action and entry.action.verb == "set" and entry.action.target == control else None
                if isinstance(to, int | float) and abs(to - value) < abs(now - value) and not entry.reason:
                    self._use(spot, k)
                    return True
        listed = {e.action.target for s in self.screen.panel.spots(self._snapshot()) for e in s.entries if e.action}
        if control not in listed:
            raise NoWayError(f"nothing on the panel moves {control}")
        return False

    # -- events of the window ------------------------------------------------------------------------------------

    def _click(self, spot: Spot, button: int = 1) -> None:
        x, y, w, h = spot.box
        self._press(spot.near[0] if spot.near and not spot.holds((x + w / 2, y + h / 2)) else (x + w / 2, y + h / 2), button)

    def _press(self, at: tuple[float, float], button: int) -> None:
        canvas = self.screen.desk.canvas
        pos = _pixel(canvas, at)
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            self.screen.handle(pygame.Event(kind, pos=pos, button=button))

    def _wheel(self, spot: Spot, way: int) -> None:
        x, y, w, h = spot.box
        canvas = self.screen.desk.canvas
        pos = _pixel(canvas, (x + w / 2, y + h / 2))
        self.screen.handle(pygame.Event(pygame.MOUSEMOTION, pos=pos, rel=(0, 0), buttons=(0, 0, 0)))
        self.screen.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=way))

    def _key(self, scancode: int) -> None:
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            self.screen.handle(pygame.Event(kind, key=0, scancode=scancode, mod=0, unicode=""))


def _pixel(canvas: Canvas, at: tuple[float, float]) -> tuple[int, int]:
    return round(at[0] * canvas.scale + canvas.origin[0]), round(at[1] * canvas.scale + canvas.origin[1])


def _does(entry: Entry, wanted: Action) -> bool:
    action = entry.action
    if action is None or entry.reason or action.verb != wanted.verb or action.target != wanted.target:
        return False
    return wanted.verb != "set" or action.value == wanted.value


def _said(action: Action) -> str:
    value = f" {action.value:g}" if isinstance(action.value, int | float) else ""
    return f"{action.verb} {action.target}{value}"
