"""The briefing: patient, circuit, task and what to expect, while the machine settles behind it."""

from collections.abc import Callable, Sequence
from typing import Final

import pygame

from drill.errors import DrillError
from drill.ui.canvas import HEIGHT, WIDTH, Canvas
from drill.ui.forms import MARGIN, Button, heading, paragraph, pill
from drill.ui.menu import MODE_TITLES, MODE_WORDS
from drill.ui.overlay import KEY_COLUMN
from drill.ui.run import LiveRun, Preparation
from drill.ui.screens import WINDOW_TITLE, Desk, Screen

LEFT_W: Final = 640.0
RIGHT_X: Final = 752.0
RIGHT_W: Final = WIDTH - MARGIN - RIGHT_X
KEY_GAP: Final = 2.0
Keys = Sequence[tuple[str, str]]


class Briefing(Screen):
    """Neutral words about the case. Start waits until the machine has settled."""

    def __init__(
        self, desk: Desk, preparation: Preparation, *, keys: Keys, begin: Callable[[LiveRun], Screen], back: Callable[[], Screen]
    ) -> None:
        """Show the case of `preparation`; `begin` makes the drill's screen, `back` the one before."""
        super().__init__(desk)
        self.preparation = preparation
        self.keys = tuple(keys)
        self._begin = begin
        self._back = back
        self._wanted = False
        self._next: Screen | None = None
        self._waited_s = 0.0
        self.problem = ""
        self.start = Button("Start", (RIGHT_X, 620, RIGHT_W - 150, 44), self._want, pygame.K_RETURN, "Enter", primary=True)
        self.leave = Button("Back", (WIDTH - MARGIN - 138, 620, 138, 44), self._leave, pygame.K_ESCAPE, "Esc")

    @property
    def title(self) -> str:
        """The case's neutral name."""
        return f"{self.preparation.loaded.scenario.case.name} · {WINDOW_TITLE}"

    def _want(self) -> None:
        self._wanted = True

    def _leave(self) -> None:
        self._next = self._back()

    def handle(self, event: pygame.Event) -> Screen | None:
        """Start or go back."""
        if not self.problem:
            self.start.handle(event, self.desk.canvas)
        self.leave.handle(event, self.desk.canvas)
        return self._next

    def update(self, dt_s: float) -> Screen | None:
        """Begin once Start was pressed and the machine is ready."""
        self._waited_s += dt_s
        if self.preparation.ready and not self.problem:
            try:
                self.preparation.take()
            except DrillError as error:
                self.problem = str(error)
        if self._wanted and self.preparation.ready and not self.problem:
            return self._begin(LiveRun(self.preparation, self.desk.trainee))
        return self._next

    def draw(self, canvas: Canvas) -> None:
        """Draw case and task on the left, what to expect and the keys on the right."""
        theme, loaded = canvas.theme, self.preparation.loaded
        case = loaded.scenario.case
        heading(canvas, case.name, case.line)
        canvas.text("Patient and circuit", (MARGIN, 142), "text", theme["quiet"], bold=True)
        y = paragraph(canvas, case.briefing, (MARGIN, 156), LEFT_W)
        canvas.text("Your task", (MARGIN, y + 32), "text", theme["quiet"], bold=True)
        y = paragraph(canvas, case.task, (MARGIN, y + 46), LEFT_W, "reading", bold=True)
        canvas.text("What to expect", (MARGIN, y + 36), "text", theme["quiet"], bold=True)
        y += 50
        for line in self._expectations():
            canvas.panel((MARGIN + 2, y + 8, 5, 5), theme["faint"], radius=2.5)
            y = paragraph(canvas, line, (MARGIN + 20, y), LEFT_W - 20) + 4
        self._draw_keys(canvas)
        self._draw_buttons(canvas)
        pill(canvas, self._mode_title(), RIGHT_X + RIGHT_W, 80, colour=theme["accent"])
        note = "A training aid: not a medical device, not patient-specific, not evidence of competence."
        canvas.text(note, (WIDTH / 2, HEIGHT - 24), "label", theme["quiet"], align="centre")

    def _mode_title(self) -> str:
        return "Free play" if self.preparation.loaded.scenario.free_play else dict(MODE_TITLES).get(self.preparation.mode, "Authoring")

    def _expectations(self) -> list[str]:
        scenario = self.preparation.loaded.scenario
        lines = [
            "The machine answers to its own controls, on the circuit itself: point at a thing to see what can be done with it.",
            "Everything that can be said, asked for or looked at is in the list below the circuit. It is the same in every case.",
            f"The clock runs for at most {scenario.time_limit_s / 60:g} minutes.",
            MODE_WORDS[self.preparation.mode] if not scenario.free_play else "Free play: no story, no score. You may pause.",
        ]
        if scenario.rubric is not None:
            lines.append("Order of importance: critical steps, harm avoided, order, then time. A look before acting costs no points.")
        return lines

    def _draw_keys(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.text("Keys", (RIGHT_X, 142), "text", theme["quiet"], bold=True)
        y = 156.0
        for key, words in self.keys:
            canvas.text(key, (RIGHT_X, y + 15), "text", theme["accent"], bold=True)
            y = paragraph(canvas, words, (RIGHT_X + KEY_COLUMN, y), RIGHT_W - KEY_COLUMN) + KEY_GAP

    def _draw_buttons(self, canvas: Canvas) -> None:
        theme = canvas.theme
        if self.problem:
            paragraph(canvas, f"This case cannot start. {self.problem}", (RIGHT_X, 500), RIGHT_W, "text", theme["text"], most=5)
        elif self.preparation.ready:
            self.start.title = "Start"
            self.start.draw(canvas)
        else:
            self.start.title = "Starting" if self._wanted else "Start"
            self.start.draw(canvas)
            dots = "." * (1 + int(self._waited_s * 2) % 3)
            canvas.text(f"The machine is being set up {dots}", (RIGHT_X, 680), "label", theme["quiet"])
        self.leave.draw(canvas)
