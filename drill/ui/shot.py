"""Pictures of the program's own screens, drawn without a window: for manuals, for review, for the eye of whoever changes them."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pygame

from drill.engine.actions import Action
from drill.engine.frame import Frame
from drill.engine.session import Session
from drill.engine.snapshot import OptionView, Snapshot, Wave
from drill.errors import DrillError
from drill.reports.view import Debrief
from drill.scenarios.load import Loaded
from drill.ui.app import make_menu
from drill.ui.briefing import Briefing
from drill.ui.debrief import DebriefScreen
from drill.ui.live import LiveScreen, key_help, make_panel
from drill.ui.run import Finished, Preparation
from drill.ui.screens import Desk, Leave, Screen
from drill.ui.sound import Sounds
from drill.units import ticks

TRACES_S: Final = 8.0  # the monitor's strips hold less than this


class Camera:
    """Stands where a session stands, for a robot to play, and keeps the traces of the last seconds, which the panel has to show.

    Hand `watch(session)` to the robot in the session's place, up to the moment of the picture, then `render`.
    """

    def __init__(self, loaded: Loaded, *, at_s: float, size: tuple[int, int]) -> None:
        """Watch up to `at_s` seconds of the run, or its end where that comes first, for a picture of `size` pixels."""
        self._waves: deque[tuple[int, Wave]] = deque(maxlen=ticks(min(at_s, TRACES_S)))
        self._panel = make_panel(loaded)
        self._desk = _desk(size)
        self._session: Session | None = None
        self._tick = 0

    def watch(self, session: Session) -> "Camera":
        """Stand before a session from now on."""
        self._session = session
        return self

    @property
    def session(self) -> Session:
        """The session that is watched."""
        if self._session is None:
            raise DrillError("the camera watches no session yet")
        return self._session

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self.session.ended

    @property
    def frame(self) -> Frame:
        """The session's last frame."""
        return self.session.frame

    def submit(self, action: Action) -> None:
        """Pass an action on."""
        self.session.submit(action)

    def tick(self) -> None:
        """Pass a tick on, and keep what the monitor draws of it."""
        self.session.tick()
        self._tick += 1
        self._waves.append((self._tick, self.session.wave()))

    def why_not(self, action: Action) -> str:
        """Return why the session would not let an action be done now."""
        return self.session.why_not(action)

    def options(self) -> tuple[OptionView, ...]:
        """Return what the session's panel lists."""
        return self.session.options()

    def snapshot(self) -> Snapshot:
        """Return the session's view."""
        return self.session.snapshot()

    def render(self, path: Path) -> None:
        """Write the panel as it stands to a PNG. Raises OSError where `path` cannot be written."""
        snapshot = self.session.snapshot()
        for tick, wave in self._waves:
            self._panel.trace(self._desk.canvas, tick, wave)
        _save(self._desk, lambda: self._panel.draw(self._desk.canvas, snapshot), path)


def render_menu(roots: Sequence[Path], path: Path, size: tuple[int, int]) -> None:
    """Write the menu, with the cases found below `roots`, to a PNG. Raises OSError where `path` cannot be written."""
    desk = _desk(size, roots)
    save_screen(make_menu(desk), path)


def render_briefing(loaded: Loaded, path: Path, size: tuple[int, int], *, mode: str = "practice") -> None:
    """Write a scenario's briefing, ready to start, to a PNG. Raises OSError where `path` cannot be written."""
    desk = _desk(size)
    desk.mode = mode
    preparation = Preparation(loaded, seed=0, mode=mode, cause=None)
    preparation.take()
    save_screen(Briefing(desk, preparation, keys=key_help(), begin=lambda _live: Leave(desk), back=lambda: Leave(desk)), path)


def render_debrief(debrief: Debrief, path: Path, size: tuple[int, int], *, scroll: float = 0.0) -> None:
    """Write a debrief, `scroll` logical pixels down, to a PNG. Raises OSError where `path` cannot be written."""
    desk = _desk(size)
    screen = DebriefScreen(desk, Finished(debrief, None, None, None, ""), lambda: Leave(desk))
    screen.page.scroll = scroll
    save_screen(screen, path)


def render_live(screen: LiveScreen, path: Path) -> None:
    """Write the drill's screen as it stands, cards included, to a PNG. Raises OSError where `path` cannot be written."""
    save_screen(screen, path)


def _desk(size: tuple[int, int], roots: Sequence[Path] = ()) -> Desk:
    return Desk(roots, size=size, sounds=Sounds(muted=True))


def save_screen(screen: Screen, path: Path) -> None:
    """Write a screen as it stands to a PNG. Raises OSError where `path` cannot be written."""
    _save(screen.desk, lambda: screen.draw(screen.desk.canvas), path)


def _save(desk: Desk, draw: Callable[[], None], path: Path) -> None:
    surface = pygame.Surface(desk.size)
    surface.fill(desk.theme["background"])
    desk.canvas.surface = surface
    draw()
    with path.open("wb") as file:
        pygame.image.save(surface, file, "png")
