"""After a run that is being recorded for a pack: the list of what was done, to mark what matters."""

from collections.abc import Sequence
from typing import Final

import pygame

from drill.reports.skeleton import Deed
from drill.ui.canvas import WIDTH, Canvas
from drill.ui.forms import MARGIN, Button, heading, inside
from drill.ui.screens import WINDOW_TITLE, Desk, Leave, Screen

TOP: Final = 142.0
ROW: Final = 25.0
ROWS: Final = 20
BODY_W: Final = WIDTH - 2 * MARGIN - 16
LETTER_A: Final = pygame.KSCAN_A


class MarkScreen(Screen):
    """Rows to mark by Space or click. What is marked when it is left by Enter stands in `marked`; `done` says that it was."""

    def __init__(self, desk: Desk, deeds: Sequence[Deed]) -> None:
        """Start with nothing marked."""
        super().__init__(desk)
        self.deeds = tuple(deeds)
        self.marked: set[int] = set()
        self.done = False
        self._row = 0
        self._top = 0
        self._next: Screen | None = None
        right = WIDTH - MARGIN
        self.write = Button("Write play and rubric", (right - 290, 662, 290, 40), self._write, pygame.K_RETURN, "Enter", primary=True)
        self.leave = Button("Leave without", (right - 480, 662, 180, 40), self._leave, pygame.K_ESCAPE, "Esc")

    @property
    def title(self) -> str:
        """What this is."""
        return f"Mark what matters · {WINDOW_TITLE}"

    def _write(self) -> None:
        if self.marked:
            self.done = True
            self._leave()

    def _leave(self) -> None:
        self._next = Leave(self.desk)

    def handle(self, event: pygame.Event) -> Screen | None:
        """Mark, move, write or leave."""
        canvas = self.desk.canvas
        if self.write.handle(event, canvas) or self.leave.handle(event, canvas):
            return self._next
        if event.type == pygame.MOUSEWHEEL:
            self._move(-3 * event.y)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            point = canvas.logical(event.pos)
            for place, row in enumerate(range(self._top, min(self._top + ROWS, len(self.deeds)))):
                if inside((MARGIN, TOP + place * ROW, BODY_W, ROW), point):
                    self._row = row
                    self._toggle()
        elif event.type == pygame.KEYDOWN:
            self._key(event)
        return self._next

    def _key(self, event: pygame.Event) -> None:
        steps = {pygame.K_DOWN: 1, pygame.K_UP: -1, pygame.K_PAGEDOWN: ROWS - 1, pygame.K_PAGEUP: 1 - ROWS}
        if event.key in steps:
            self._move(steps[event.key])
        elif event.key == pygame.K_SPACE:
            self._toggle()
            self._move(1)
        elif event.scancode == LETTER_A:
            every = {deed.number for deed in self.deeds}
            self.marked = set() if self.marked == every else every

    def _move(self, rows: int) -> None:
        self._row = min(max(self._row + rows, 0), max(len(self.deeds) - 1, 0))
        self._top = min(max(self._top, self._row - ROWS + 1), self._row)

    def _toggle(self) -> None:
        if self.deeds:
            self.marked ^= {self.deeds[self._row].number}

    def draw(self, canvas: Canvas) -> None:
        """Draw the visible rows: a box with a cross, the time, the words."""
        theme = canvas.theme
        heading(canvas, "Mark what matters", "What is marked becomes a play, and a rubric with its times to start from.")
        sign = any(deed.signed for deed in self.deeds)
        canvas.text("after the first sign" if sign else "after the start", (MARGIN + 150, 130), "label", theme["quiet"], align="right")
        canvas.text("what you did", (MARGIN + 176, 130), "label", theme["quiet"])
        if not self.deeds:
            canvas.text("Nothing was done in this run.", (MARGIN, TOP + 18), "text", theme["quiet"])
        for place, deed in enumerate(self.deeds[self._top : self._top + ROWS]):
            self._draw_row(canvas, deed, TOP + place * ROW, here=self._top + place == self._row)
        if len(self.deeds) > ROWS:
            whole = ROWS * ROW
            at = TOP + whole * self._top / len(self.deeds)
            canvas.panel((MARGIN + BODY_W + 8, at, 5, whole * ROWS / len(self.deeds)), theme["faint"], radius=2.5)
        canvas.line(theme["edge"], (MARGIN, 650), (WIDTH - MARGIN, 650))
        count = f"{len(self.marked)} of {len(self.deeds)} marked"
        canvas.text(count if self.marked else "Mark at least one", (MARGIN, 682), "text", bold=True)
        words = "Space or click: mark · A: all or none · Up and Down"
        canvas.text(words, (MARGIN, 702), "label", theme["quiet"])
        self.leave.draw(canvas)
        self.write.draw(canvas)

    def _draw_row(self, canvas: Canvas, deed: Deed, y: float, *, here: bool) -> None:
        theme = canvas.theme
        marked = deed.number in self.marked
        if here:
            canvas.panel((MARGIN, y, BODY_W, ROW), theme["raised"], theme["accent"], radius=6)
        box = (MARGIN + 12, y + 5.5, 14.0, 14.0)
        canvas.panel(box, theme["well"], theme["accent"] if marked else theme["quiet"], radius=3, width=1.5)
        if marked:
            x, top = box[0], box[1]
            canvas.line(theme["text"], (x + 3, top + 7), (x + 6, top + 11), 2)
            canvas.line(theme["text"], (x + 6, top + 11), (x + 11, top + 3), 2)
        when = f"{deed.after_s:.1f} s" if deed.signed or not any(one.signed for one in self.deeds) else "before it"
        canvas.text(when, (MARGIN + 150, y + 17.5), "text", theme["quiet"], align="right")
        canvas.text(canvas.fitted(deed.text, "text", BODY_W - 190, bold=marked), (MARGIN + 176, y + 17.5), "text", bold=marked)
