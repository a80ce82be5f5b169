"""What every screen is, and what all of them share: the window's canvas, the sounds, what the trainee chose."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pygame

from drill.ui.canvas import HEIGHT, WIDTH, Canvas
from drill.ui.sound import Sounds
from drill.ui.theme import Theme, load_theme

WINDOW_TITLE: Final = "Drill"
MODES: Final = ("guided", "practice", "exam")
SPEED_MOST: Final = 20.0


@dataclass(slots=True)
class Desk:
    """Shared by all screens. `speed` is simulated seconds per real second and acts in practice mode alone."""

    roots: Sequence[Path]
    theme: Theme = field(default_factory=load_theme)
    size: tuple[int, int] = (WIDTH, HEIGHT)
    sounds: Sounds = field(default_factory=Sounds)
    speed: float = 1.0
    mode: str = "practice"
    trainee: str = ""
    seed: int | None = None
    cause: str | None = None
    canvas: Canvas = field(init=False)

    def __post_init__(self) -> None:
        """Make the canvas for the first size."""
        self.canvas = Canvas(self.theme, self.size)

    def resize(self, size: tuple[int, int]) -> None:
        """Make a canvas for another window size; a minimised window has none and keeps the old one."""
        if min(size) > 0 and size != self.size:
            self.size = size
            self.canvas = Canvas(self.theme, size)


class Screen:
    """One screen. A next screen is returned, never called: the loop alone changes screens."""

    def __init__(self, desk: Desk) -> None:
        """Keep what all screens share."""
        self.desk = desk

    @property
    def title(self) -> str:
        """The window's title; before the debrief nothing in it may give a case away."""
        return WINDOW_TITLE

    def handle(self, event: pygame.Event) -> "Screen | None":
        """Take one event of the window; return the screen to go to, or None to stay."""
        del event
        return None

    def update(self, dt_s: float) -> "Screen | None":
        """Let `dt_s` of real time pass; return the screen to go to, or None to stay."""
        del dt_s
        return None

    def draw(self, canvas: Canvas) -> None:
        """Draw everything onto `canvas.surface`."""
        raise NotImplementedError

    def close(self) -> None:
        """The window is being closed, or this screen was left: put away what is open."""


class Leave(Screen):
    """Going here ends the program."""

    def draw(self, canvas: Canvas) -> None:
        """Draw nothing: the window is gone."""
        del canvas
