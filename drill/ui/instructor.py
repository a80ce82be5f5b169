"""The instructor's list: what the scenario's author allows them to bring into a drill that goes on. Never in an exam."""

from collections.abc import Sequence
from typing import Final

import pygame

from drill.engine.actions import Action
from drill.scenarios.schema import Event
from drill.ui.canvas import Box, Canvas
from drill.ui.forms import inside
from drill.ui.keys import digit_of
from drill.ui.widgets import key_cap, tick_mark

INSTRUCTOR_KEY: Final = pygame.KSCAN_F5
BOX: Final[Box] = (782.0, 80.0, 486.0, 452.0)  # over the numbers: what hands do in the circuit stays in sight
HEAD: Final = 62.0
NOTHING: Final = "This scenario has no events: its author writes them under 'events:'."


class EventList:
    """The open list. `chosen` says whether a gesture closed it, and with which action."""

    def __init__(self, events: Sequence[Event], done: Sequence[str]) -> None:
        """`done` are the ids of those that were let happen in this run."""
        self.events, self.done = tuple(events), tuple(done)
        self.open = True

    def row(self, k: int) -> Box:
        """Return the box of an event."""
        x, y, w, h = BOX
        tall = min(28.0, (h - HEAD - 12) / max(1, len(self.events)))
        return x + 10, y + HEAD + k * tall, w - 20, tall

    def handle(self, event: pygame.Event, canvas: Canvas) -> Action | None:
        """Return what is let happen: by its digit or a click. Escape, F5 and a click elsewhere close the list."""
        picked: int | None = None
        if event.type == pygame.KEYDOWN:
            digit = digit_of(event.scancode)
            picked = digit - 1 if 1 <= digit <= len(self.events) else None
            self.open = picked is None and event.key != pygame.K_ESCAPE and event.scancode != INSTRUCTOR_KEY
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            point = canvas.logical(event.pos)
            picked = next((k for k in range(len(self.events)) if inside(self.row(k), point)), None)
            self.open = picked is None and inside(BOX, point)
        return None if picked is None else Action(verb="instructor", target=self.events[picked].id)

    def draw(self, canvas: Canvas) -> None:
        """Draw the list; what has happened before is ticked, and can happen again."""
        theme = canvas.theme
        x, y, w, _ = BOX
        canvas.panel(BOX, theme["panel"], theme["accent"], radius=8, width=1.5)
        canvas.text("Instructor", (x + 16, y + 24), "text", theme["text"], bold=True)
        canvas.text("back", (x + w - 50, y + 24), "label", theme["quiet"], align="right")
        key_cap(canvas, "Esc", x + w - 42, y + 20)
        words = "The drill goes on. What you choose happens at once, and is in the record." if self.events else NOTHING
        canvas.text(canvas.fitted(words, "label", w - 32), (x + 16, y + 45), "label", theme["quiet"])
        for k, one in enumerate(self.events):
            left, top, wide, tall = self.row(k)
            middle = top + tall / 2
            if k < len("1234567890"):
                key_cap(canvas, str((k + 1) % 10), left + 6, middle)
            if one.id in self.done:
                tick_mark(canvas, left + wide - 18, middle, theme["done"])
            canvas.text(canvas.fitted(one.title, "text", wide - 66), (left + 36, middle + 4.5), "text")
