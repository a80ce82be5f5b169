"""Cards over the standing panel: pause, help, the end. What lies under them is dimmed and does not take events."""

from collections.abc import Sequence

import pygame

from drill import TRAINING_ONLY
from drill.ui.canvas import HEIGHT, WIDTH, Canvas
from drill.ui.forms import Button, paragraph, pill, wrapped

KEY_STEP = 22.0
KEY_COLUMN = 164.0


class Card:
    """A title, some paragraphs, optionally the keys, and buttons in a row at the bottom."""

    def __init__(
        self, title: str, lines: Sequence[str], buttons: Sequence[Button], *, keys: Sequence[tuple[str, str]] = (), width: float = 560.0
    ) -> None:
        """Buttons get their boxes here; the first one is the primary."""
        self.title = title
        self.lines = tuple(lines)
        self.buttons = tuple(buttons)
        self.keys = tuple(keys)
        self.width = width
        self._shade: pygame.Surface | None = None

    def handle(self, event: pygame.Event, canvas: Canvas) -> None:
        """Press a button, if the event does."""
        for button in self.buttons:
            if button.handle(event, canvas):
                return

    def draw(self, canvas: Canvas) -> None:
        """Dim what is there and draw the card in the middle."""
        theme = canvas.theme
        size = canvas.surface.get_size()
        if self._shade is None or self._shade.get_size() != size:
            self._shade = pygame.Surface(size)
            self._shade.fill(theme["background"])
            self._shade.set_alpha(185)
        canvas.surface.blit(self._shade, (0, 0))
        room = self.width - 64
        tall = sum(len(wrapped(canvas, line, "text", room)) * 20 + 6 for line in self.lines)
        height = 62 + tall + (len(self.keys) * KEY_STEP + 16 if self.keys else 0) + 82
        x, y = (WIDTH - self.width) / 2, (HEIGHT - height) / 2
        canvas.panel((x, y, self.width, height), theme["panel"], theme["accent"], radius=12, width=1.5)
        canvas.text(self.title, (x + 32, y + 46), "reading", bold=True)
        pill(canvas, TRAINING_ONLY, x + self.width - 32, y + 39)
        below = y + 62
        for line in self.lines:
            below = paragraph(canvas, line, (x + 32, below), room) + 6
        for i, (key, words) in enumerate(self.keys):
            at = below + 10 + i * KEY_STEP + 15
            canvas.text(key, (x + 32, at), "text", theme["accent"], bold=True)
            canvas.text(words, (x + 32 + KEY_COLUMN, at), "text")
        self._place_buttons(x + 32, y + height - 66, room)
        for button in self.buttons:
            button.draw(canvas)

    def _place_buttons(self, x: float, y: float, room: float) -> None:
        each = (room - 12 * (len(self.buttons) - 1)) / len(self.buttons)
        for i, button in enumerate(self.buttons):
            button.box = (x + i * (each + 12), y, each, 42)
