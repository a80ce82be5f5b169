"""The menu: which case, which mode, who plays. A pack that does not load stands in the list with what is wrong in it."""

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pygame

from drill.errors import DrillError
from drill.ui.canvas import HEIGHT, WIDTH, Box, Canvas
from drill.ui.forms import MARGIN, Button, Choice, Field, heading, inside, paragraph, pill, wrapped
from drill.ui.screens import Desk, Leave, Screen

LIST: Final[Box] = (MARGIN, 156.0, 720.0, 500.0)
SIDE_X: Final = 816.0
SIDE_W: Final = WIDTH - MARGIN - SIDE_X
CARD_H: Final = 74.0
CARD_GAP: Final = 10.0
ERROR_LINES: Final = 4
CODE_LETTERS: Final = string.ascii_letters + string.digits + "-_."
MODE_TITLES: Final = (("guided", "Guided"), ("practice", "Practice"), ("exam", "Exam"))
MODE_WORDS: Final = {
    "guided": "Prompts say what to do next and why. You may pause. A guided run is never a pass.",
    "practice": "No prompts. You may pause. The debrief comes at the end.",
    "exam": "No pause, no prompts. Closing the window ends the run.",
    "authoring": "Save the pack, and the drill goes on from the same second as it is written now. F4 shows the story. Not recorded.",
}


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One case as the menu shows it: a neutral name, never the pack's id or the cause."""

    ref: str
    name: str
    line: str
    kind: str
    free_play: bool


@dataclass(frozen=True, slots=True)
class BrokenCard:
    """A pack that does not load: its place and what is wrong, one line each."""

    name: str
    errors: tuple[str, ...]


Card = CaseCard | BrokenCard
Opener = Callable[[Desk, CaseCard, "Menu"], Screen]


class Menu(Screen):
    """Lists the cases; arrows and Enter, or the mouse. `opens` makes the briefing of the chosen case, `runs` the list of runs."""

    def __init__(self, desk: Desk, cards: Sequence[Card], opens: Opener, runs: "Callable[[Menu], Screen] | None" = None) -> None:
        """Take what was found; the first case that loads is chosen."""
        super().__init__(desk)
        self.cards = tuple(cards)
        self._opens, self._runs = opens, runs
        self._next: Screen | None = None
        self._top = 0.0
        self.problem = ""
        loading = [i for i, card in enumerate(self.cards) if isinstance(card, CaseCard)]
        self.chosen = loading[0] if loading else -1
        self.mode = Choice(MODE_TITLES, (SIDE_X, 184, SIDE_W, 44), desk.mode)
        self.code = Field((SIDE_X, 352, SIDE_W, 44), "Trainee code", CODE_LETTERS, 24, desk.trainee)
        self.start = Button("Open the case", (SIDE_X, 566, SIDE_W, 48), self._open, 0, "Enter", primary=True)
        self.runs = Button("Watch a run again", (SIDE_X, 520, SIDE_W, 36), self._list, pygame.K_F3, "F3")
        self.leave = Button("Leave", (SIDE_X, 624, SIDE_W, 32), self._leave, pygame.K_ESCAPE, "Esc")
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
            self._move(1 if event.key == pygame.K_DOWN else -1)
        elif event.type == pygame.MOUSEWHEEL:
            self._scroll(-40.0 * event.y)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._click(event, canvas)
        elif event.type == pygame.MOUSEMOTION:
            for button in (self.start, self.runs, self.leave):
                button.handle(event, canvas)
        else:
            any(widget.handle(event, canvas) for widget in (self.leave, self.runs, self.mode, self.code))
        self.desk.mode, self.desk.trainee = self.mode.value, self.code.value
        going, self._next = self._next, None
        return going

    def _click(self, event: pygame.Event, canvas: Canvas) -> None:
        point = canvas.logical(event.pos)
        for focus, widget in ((1, self.mode), (2, self.code)):
            if widget.handle(event, canvas):
                self._set_focus(focus)
                return
        if any(button.handle(event, canvas) for button in (self.start, self.runs, self.leave)):
            return
        if inside(LIST, point):
            self._set_focus(0)
            for i, box in enumerate(self._boxes(canvas)):
                if inside(box, point):
                    if isinstance(self.cards[i], CaseCard):
                        again = i == self.chosen and getattr(event, "clicks", 1) > 1
                        self.chosen = i
                        if again:
                            self._open()
                    return

    def _set_focus(self, focus: int) -> None:
        self._focus = focus
        self.mode.focused, self.code.focused = focus == 1, focus == 2

    def _move(self, step: int) -> None:
        self._set_focus(0)
        at = self.chosen + step
        while 0 <= at < len(self.cards):
            if isinstance(self.cards[at], CaseCard):
                self.chosen = at
                break
            at += step
        if self.chosen < 0:
            return
        _, y, _, h = self._boxes(self.desk.canvas)[self.chosen]
        below, above = y + h - (LIST[1] + LIST[3]), LIST[1] - y
        self._scroll(below if below > 0 else -above if above > 0 else 0.0)

    def _scroll(self, by: float) -> None:
        heights = self._heights(self.desk.canvas)
        tall = sum(heights) + CARD_GAP * max(len(heights) - 1, 0)
        self._top = min(max(self._top + by, 0.0), max(tall - LIST[3], 0.0))

    def _open(self) -> None:
        card = self.cards[self.chosen] if self.chosen >= 0 else None
        if isinstance(card, CaseCard):
            try:
                self._next = self._opens(self.desk, card, self)
            except DrillError as error:  # the pack was changed since the list was made
                self.problem = str(error)

    def _list(self) -> None:
        if self._runs is not None:
            self.desk.trainee = self.code.value
            self._next = self._runs(self)

    def _leave(self) -> None:
        self._next = Leave(self.desk)

    def update(self, dt_s: float) -> Screen | None:
        """Let the cursor blink."""
        self.code.blink_s += dt_s
        return None

    # -- drawing --------------------------------------------------------------------------------------------------

    def _heights(self, canvas: Canvas) -> list[float]:
        return [CARD_H if isinstance(card, CaseCard) else 44.0 + 16.0 * len(_error_lines(canvas, card)) for card in self.cards]

    def _boxes(self, canvas: Canvas) -> list[Box]:
        boxes: list[Box] = []
        y = LIST[1] - self._top
        for height in self._heights(canvas):
            boxes.append((LIST[0], y, LIST[2], height))
            y += height + CARD_GAP
        return boxes

    def draw(self, canvas: Canvas) -> None:
        """Draw list, choices and buttons."""
        theme = canvas.theme
        heading(canvas, "Drill", "Extracorporeal-perfusion emergencies, on a simulated machine")
        canvas.text("Cases", (MARGIN, 142), "text", theme["quiet"], bold=True)
        canvas.surface.set_clip(canvas.rect((LIST[0] - 2, LIST[1] - 2, LIST[2] + 4, LIST[3] + 4)))
        for i, (card, box) in enumerate(zip(self.cards, self._boxes(canvas), strict=True)):
            if isinstance(card, CaseCard):
                self._draw_case(canvas, card, box, chosen=i == self.chosen)
            else:
                _draw_broken(canvas, card, box)
        canvas.surface.set_clip(None)
        if not self.cards:
            paragraph(
                canvas, "No case was found. Put a pack into the folder scenario_packs, or name its folder when starting.", LIST[:2], LIST[2]
            )
        self._draw_side(canvas)

    def _draw_case(self, canvas: Canvas, card: CaseCard, box: Box, *, chosen: bool) -> None:
        theme = canvas.theme
        x, y, w, h = box
        canvas.panel(
            box, theme["accent_deep"] if chosen else theme["panel"], theme["accent"] if chosen else theme["edge"], width=2 if chosen else 1
        )
        left = pill(canvas, "Free play" if card.free_play else card.kind, x + w - 16, y + 26, colour=theme["quiet"], bold=False)
        canvas.text(canvas.fitted(card.name, "text", left - x - 36, bold=True), (x + 20, y + 31), "text", theme["text"], bold=True)
        canvas.text(canvas.fitted(card.line, "text", w - 40), (x + 20, y + 55), "text", theme["quiet"])
        if chosen:
            canvas.panel((x, y + 14, 4, h - 28), theme["accent"], radius=2)

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
            paragraph(canvas, f"This case cannot be opened any more. {self.problem}", (SIDE_X, 420), SIDE_W, "text", theme["text"], most=4)
        self.start.draw(canvas)
        if self._runs is not None:
            self.runs.draw(canvas)
        self.leave.draw(canvas)
        note = "A training aid: not a medical device, not patient-specific, not evidence of competence."
        canvas.text(note, (WIDTH / 2, HEIGHT - 24), "label", theme["quiet"], align="centre")


def _error_lines(canvas: Canvas, card: BrokenCard) -> list[str]:
    lines = [line for error in card.errors for line in wrapped(canvas, error, "label", LIST[2] - 40)]
    if len(lines) > ERROR_LINES:
        lines = [*lines[: ERROR_LINES - 1], f"… {len(card.errors)} problems in all: 'drill check' lists them"]
    return lines


def _draw_broken(canvas: Canvas, card: BrokenCard, box: Box) -> None:
    """Grey, with a broken edge: no alarm colour, since nothing of the machine is meant."""
    theme = canvas.theme
    x, y, w, h = box
    for start, end in (((x, y), (x + w, y)), ((x, y + h), (x + w, y + h)), ((x, y), (x, y + h)), ((x + w, y), (x + w, y + h))):
        canvas.dashes(theme["faint"], start, end, dash=6, gap=4)
    canvas.text(f"{card.name}: cannot be loaded", (x + 20, y + 26), "text", theme["quiet"], bold=True)
    for i, line in enumerate(_error_lines(canvas, card)):
        canvas.text(line, (x + 20, y + 46 + 16 * i), "label", theme["quiet"])
