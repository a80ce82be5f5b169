"""The menu: which case, which mode, who plays. A pack that does not load stands in the list with what is wrong in it."""

from collections.abc import Callable, Sequence
from typing import Final

import pygame

from drill.errors import DrillError
from drill.records.trainees import MOST, trainee_code
from drill.ui.canvas import HEIGHT, WIDTH, Box, Canvas
from drill.ui.caselist import Card, CaseCard, CaseList
from drill.ui.forms import MARGIN, Button, Choice, Field, heading, paragraph
from drill.ui.screens import Desk, Leave, Screen

LIST: Final[Box] = (MARGIN, 156.0, 736.0, 500.0)
SIDE_X: Final = 816.0
SIDE_W: Final = WIDTH - MARGIN - SIDE_X
MODE_TITLES: Final = (("guided", "Guided"), ("practice", "Practice"), ("exam", "Exam"))
MODE_WORDS: Final = {
    "guided": "Prompts say what to do next and why. You may pause. A guided run is never a pass.",
    "practice": "No prompts. You may pause. The debrief comes at the end.",
    "exam": "No pause, no prompts. Closing the window ends the run.",
    "authoring": "Save the pack, and the drill goes on from the same second as it is written now. F4 shows the story. Not recorded.",
}

Opener = Callable[[Desk, CaseCard, "Menu"], Screen]


class Menu(Screen):
    """Lists the cases; arrows and Enter, or the mouse. `opens` makes the briefing of a case, `runs` the list of runs.

    `chance` returns a whole number below the one that it is given: by it an exam is drawn among the listed cases.
    """

    def __init__(
        self,
        desk: Desk,
        cards: Sequence[Card],
        opens: Opener,
        runs: "Callable[[Menu], Screen] | None" = None,
        chance: Callable[[int], int] | None = None,
    ) -> None:
        """Take what was found; the first case that loads is chosen."""
        super().__init__(desk)
        self.list = CaseList(cards, LIST)
        self._opens, self._runs, self._chance = opens, runs, chance
        self._next: Screen | None = None
        self.problem = ""
        self.mode = Choice(MODE_TITLES, (SIDE_X, 184, SIDE_W, 44), desk.mode)
        self.code = Field((SIDE_X, 352, SIDE_W, 44), "Trainee code", str.isprintable, MOST, desk.trainee)
        self.start = Button("Open the case", (SIDE_X, 566, SIDE_W, 48), self._open, 0, "Enter", primary=True)
        self.draws = Button("Draw an exam", (SIDE_X, 476, SIDE_W, 36), self._draw_exam, pygame.K_F6, "F6")
        self.runs = Button("Watch a run again", (SIDE_X, 520, SIDE_W, 36), self._list, pygame.K_F3, "F3")
        self.leave = Button("Leave", (SIDE_X, 624, SIDE_W, 32), self._leave, pygame.K_ESCAPE, "Esc")
        self._buttons = [self.leave, *([self.runs] if runs else []), *([self.draws] if chance else []), self.start]
        self._focus = 0

    # -- input ----------------------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event) -> Screen | None:
        """Choose, type, open or leave."""
        canvas = self.desk.canvas
        if event.type == pygame.KEYDOWN and event.key == pygame.K_TAB:
            self._set_focus((self._focus + (-1 if event.mod & pygame.KMOD_SHIFT else 1)) % 3)
        elif event.type == pygame.KEYDOWN and event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
            self._open()
        elif event.type == pygame.KEYDOWN and event.key in (pygame.K_UP, pygame.K_DOWN):
            self._set_focus(0)
            self.list.key(event.key, canvas)
        elif event.type == pygame.KEYDOWN and self._focus == 0 and self.list.key(event.key, canvas):
            pass
        elif event.type == pygame.MOUSEWHEEL:
            self.list.scroll(-40.0 * event.y, canvas)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._click(event, canvas)
        elif event.type == pygame.MOUSEMOTION:
            for button in self._buttons:
                button.handle(event, canvas)
        else:
            used = any(button.handle(event, canvas) for button in self._buttons[:-1])
            if not used and not self.mode.handle(event, canvas):
                self.code.handle(event, canvas)
        self.desk.mode, self.desk.trainee = self.mode.value, trainee_code(self.code.value)
        going, self._next = self._next, None
        return going

    def _click(self, event: pygame.Event, canvas: Canvas) -> None:
        for focus, widget in ((1, self.mode), (2, self.code)):
            if widget.handle(event, canvas):
                self._set_focus(focus)
                return
        if any(button.handle(event, canvas) for button in self._buttons):
            return
        on_list, opens = self.list.click(event, canvas)
        if on_list:
            self._set_focus(0)
        if opens:
            self._open()

    def _set_focus(self, focus: int) -> None:
        self._focus = focus
        self.mode.focused, self.code.focused = focus == 1, focus == 2

    def _open(self) -> None:
        self._brief(self.list.card)

    def _brief(self, card: CaseCard | None) -> None:
        if card is not None:
            try:
                self._next = self._opens(self.desk, card, self)
            except DrillError as error:  # the pack was changed since the list was made
                self.problem = str(error)

    def _draw_exam(self) -> None:
        cases = self.list.drawable()
        if self._chance is not None and cases:
            self.desk.mode = self.mode.value = "exam"
            self._brief(cases[self._chance(len(cases))])

    def _list(self) -> None:
        if self._runs is not None:
            self.desk.trainee = trainee_code(self.code.value)
            self._next = self._runs(self)

    def _leave(self) -> None:
        self._next = Leave(self.desk)

    def update(self, dt_s: float) -> Screen | None:
        """Let the cursor blink."""
        self.code.blink_s += dt_s
        return None

    # -- drawing --------------------------------------------------------------------------------------------------

    def draw(self, canvas: Canvas) -> None:
        """Draw list, choices and buttons."""
        theme = canvas.theme
        heading(canvas, "Drill", "Extracorporeal-perfusion emergencies, on a simulated machine")
        canvas.text("Cases", (MARGIN, 142), "text", theme["quiet"], bold=True)
        if self.list.filters:
            canvas.text("[Left, Right]", (LIST[0] + LIST[2], 142), "label", theme["quiet"], align="right")
        self.list.draw(canvas)
        if not self.list.cards:
            words = "No case was found. Put a pack into the folder scenario_packs, or name its folder when starting."
            paragraph(canvas, words, LIST[:2], LIST[2])
        self._draw_side(canvas)

    def _draw_side(self, canvas: Canvas) -> None:
        theme = canvas.theme
        canvas.text("Mode", (SIDE_X, 142), "text", theme["quiet"], bold=True)
        canvas.text("[Tab]", (SIDE_X + SIDE_W, 142), "label", theme["quiet"], align="right")
        self.mode.box = (SIDE_X, 156, SIDE_W, 44)
        self.mode.draw(canvas)
        paragraph(canvas, MODE_WORDS[self.mode.value], (SIDE_X, 212), SIDE_W, "text", theme["quiet"])
        canvas.text("Who plays", (SIDE_X, 300), "text", theme["quiet"], bold=True)
        self.code.box = (SIDE_X, 314, SIDE_W, 44)
        self.code.draw(canvas)
        words = "Optional. A code, not a name: it is kept in the run file on this computer."
        paragraph(canvas, words, (SIDE_X, 370), SIDE_W, "text", theme["quiet"])
        if self.problem:
            paragraph(canvas, f"This case cannot be opened any more. {self.problem}", (SIDE_X, 414), SIDE_W, "text", theme["text"], most=3)
        for button in self._buttons:
            button.draw(canvas)
        note = "A training aid: not a medical device, not patient-specific, not evidence of competence."
        canvas.text(note, (WIDTH / 2, HEIGHT - 24), "label", theme["quiet"], align="centre")
