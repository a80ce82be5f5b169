"""The runs that are kept on this computer, to be watched again."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pygame

from drill.errors import DrillError
from drill.records.index import RunRow
from drill.records.trainees import shown_code
from drill.reports.history import moment
from drill.reports.timeline import spaced
from drill.ui.canvas import HEIGHT, WIDTH, Box, Canvas
from drill.ui.forms import MARGIN, Button, heading, inside, paragraph
from drill.ui.screens import WINDOW_TITLE, Desk, Screen

ROW_H: Final = 30.0
LIST: Final[Box] = (MARGIN, 150.0, WIDTH - 2 * MARGIN, 16 * ROW_H)
COLUMNS: Final = (
    ("When (UTC)", 0.0),
    ("Who", 160.0),
    ("Case", 330.0),
    ("Mode", 640.0),
    ("Ended as", 740.0),
    ("Score", 1000.0),
    ("Passed", 1080.0),
)
Watch = Callable[[Path, "RunList"], Screen]


class RunList(Screen):
    """Lists the runs, the newest first; arrows and Enter, or the mouse. `watch` makes the replay of the chosen one."""

    def __init__(self, desk: Desk, rows: Sequence[RunRow], watch: Watch, back: Callable[[], Screen], *, unread: str = "") -> None:
        """Take what is kept; a trainee who gave a code sees the own runs alone. `unread` says why nothing could be read."""
        super().__init__(desk)
        self.rows = [row for row in rows if row.state != "unreadable" and (not desk.trainee or row.trainee == desk.trainee)]
        self.chosen = 0
        self.problem = ""
        self._unread = unread
        self._top = 0
        self._watch, self._back = watch, back
        self._next: Screen | None = None
        self.open = Button("Watch it", (WIDTH - MARGIN - 400, 662, 180, 40), self._open, pygame.K_RETURN, "Enter", primary=True)
        self.leave = Button("Back", (WIDTH - MARGIN - 204, 662, 204, 40), self._leave, pygame.K_ESCAPE, "Esc")

    @property
    def title(self) -> str:
        """What it is."""
        return f"Runs · {WINDOW_TITLE}"

    @property
    def _shown(self) -> int:
        return int(LIST[3] // ROW_H)

    def _open(self) -> None:
        if self.rows:
            try:
                self._next = self._watch(self.rows[self.chosen].path, self)
            except DrillError as error:
                self.problem = str(error)

    def _leave(self) -> None:
        self._next = self._back()

    def _choose(self, place: int) -> None:
        self.chosen = min(max(place, 0), max(len(self.rows) - 1, 0))
        self._top = min(max(self._top, self.chosen - self._shown + 1), self.chosen)
        self.problem = ""

    def handle(self, event: pygame.Event) -> Screen | None:
        """Choose, watch or leave."""
        canvas = self.desk.canvas
        steps = {
            pygame.K_UP: -1, pygame.K_DOWN: 1, pygame.K_PAGEUP: -self._shown, pygame.K_PAGEDOWN: self._shown,
            pygame.K_HOME: -len(self.rows), pygame.K_END: len(self.rows),
        }  # fmt: skip
        if event.type == pygame.KEYDOWN and event.key in steps:
            self._choose(self.chosen + steps[event.key])
        elif event.type == pygame.MOUSEWHEEL:
            self._top = min(max(self._top - 3 * event.y, 0), max(len(self.rows) - self._shown, 0))
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and inside(LIST, canvas.logical(event.pos)):
            place = self._top + int((canvas.logical(event.pos)[1] - LIST[1]) // ROW_H)
            if place < len(self.rows):
                again = place == self.chosen and getattr(event, "clicks", 1) > 1
                self._choose(place)
                if again:
                    self._open()
        else:
            _ = self.open.handle(event, canvas) or self.leave.handle(event, canvas)
        going, self._next = self._next, None
        return going

    def draw(self, canvas: Canvas) -> None:
        """Draw the list and its buttons."""
        theme = canvas.theme
        whose = f"Runs of {self.desk.trainee}" if self.desk.trainee else "Every run on this computer"
        heading(canvas, "Runs", whose, quiet="to be watched again")
        x, y, w, _ = LIST
        for name, across in COLUMNS:
            canvas.text(name, (x + 12 + across, y - 12), "label", theme["quiet"], bold=True)
        for line, row in enumerate(self.rows[self._top : self._top + self._shown]):
            self._row(canvas, row, y + line * ROW_H, w, chosen=self._top + line == self.chosen)
        if not self.rows:
            paragraph(canvas, self._unread or "None is kept yet. Play a case: every drill is recorded.", (x, y + 10), w)
        if len(self.rows) > self._shown:
            words = f"{self._top + 1} to {min(self._top + self._shown, len(self.rows))} of {len(self.rows)}"
            canvas.text(words, (MARGIN, HEIGHT - 34), "label", theme["quiet"])
        if self.problem:
            paragraph(
                canvas, f"It cannot be watched. {self.problem}", (MARGIN, 640), WIDTH - 2 * MARGIN - 420, "label", theme["text"], most=3
            )
        self.open.draw(canvas)
        self.leave.draw(canvas)

    def _row(self, canvas: Canvas, row: RunRow, top: float, wide: float, *, chosen: bool) -> None:
        theme = canvas.theme
        if chosen:
            canvas.panel((LIST[0], top + 1, wide, ROW_H - 2), theme["accent_deep"], theme["accent"], radius=6)
        passed = {True: "passed", False: "not passed", None: "–"}[row.passed]
        ended = "unfinished" if row.state == "unfinished" else spaced(row.outcome)
        score = "–" if row.score is None else f"{row.score:.0f} %"
        texts = (moment(row.started_utc), shown_code(row.trainee) or "–", row.case or row.scenario, row.mode, ended, score, passed)
        ends = (*(across for _, across in COLUMNS[1:]), wide - 12)
        for text, (_, across), end in zip(texts, COLUMNS, ends, strict=True):
            canvas.text(canvas.fitted(text, "text", end - across - 10), (LIST[0] + 12 + across, top + 20), "text", theme["text"])
