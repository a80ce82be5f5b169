"""The menu's list of cases: of one machine or of all, a row each; what does not load stands last with what is wrong in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pygame

from drill.ui.canvas import Box, Canvas
from drill.ui.forms import Choice, inside, pill, wrapped

ROW_H: Final = 38.0
GAP: Final = 6.0
FILTER_H: Final = 36.0
LINE_X: Final = 288.0  # where the second column begins
ERROR_LINES: Final = 4
EVERY: Final = "every machine"


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


class CaseList:
    """Rows that scroll within `box` below a choice of the machine; up and down choose a case, left and right a machine."""

    def __init__(self, cards: Sequence[Card], box: Box) -> None:
        """Take what was found, in its order; the first case that loads is chosen."""
        self.cards = tuple(cards)
        kinds = list(dict.fromkeys(card.kind for card in self.cards if isinstance(card, CaseCard)))
        x, y, w, h = box
        self.machine = Choice([(EVERY, "All"), *((kind, kind) for kind in kinds)], (x, y, w, FILTER_H), EVERY)
        below = FILTER_H + 10.0 if len(kinds) > 1 else 0.0
        self.filters = len(kinds) > 1
        self._box: Box = (x, y + below, w, h - below)
        self._top = 0.0
        self.chosen = next(iter(self._playable()), -1)

    @property
    def card(self) -> CaseCard | None:
        """The chosen case, None where there is none."""
        card = self.cards[self.chosen] if self.chosen >= 0 else None
        return card if isinstance(card, CaseCard) else None

    def drawable(self) -> list[CaseCard]:
        """Return the listed cases with a story: what an exam can be drawn from."""
        return [card for i in self._playable() if isinstance(card := self.cards[i], CaseCard) and not card.free_play]

    def _listed(self) -> list[int]:
        kind = self.machine.value
        return [i for i, card in enumerate(self.cards) if kind == EVERY or (isinstance(card, CaseCard) and card.kind == kind)]

    def _playable(self) -> list[int]:
        return [i for i in self._listed() if isinstance(self.cards[i], CaseCard)]

    # -- input ----------------------------------------------------------------------------------------------------

    def key(self, key: int, canvas: Canvas) -> bool:
        """Take an arrow key; return whether it was one."""
        if key in (pygame.K_UP, pygame.K_DOWN):
            self._move(1 if key == pygame.K_DOWN else -1, canvas)
        elif key in (pygame.K_LEFT, pygame.K_RIGHT) and self.filters:
            self.machine.step(1 if key == pygame.K_RIGHT else -1)
            self._relist()
        else:
            return False
        return True

    def click(self, event: pygame.Event, canvas: Canvas) -> tuple[bool, bool]:
        """Take a click; return whether it fell on the list, and whether it opens the chosen case (a second click on it)."""
        if self.filters and self.machine.handle(event, canvas):
            self._relist()
            return True, False
        point = canvas.logical(event.pos)
        if not inside(self._box, point):
            return False, False
        for i, box in self._boxes(canvas).items():
            if inside(box, point) and isinstance(self.cards[i], CaseCard):
                again = i == self.chosen and getattr(event, "clicks", 1) > 1
                self.chosen = i
                return True, again
        return True, False

    def scroll(self, by: float, canvas: Canvas) -> None:
        """Move the rows by logical pixels, as far as there are some."""
        self._top = min(max(self._top + by, 0.0), max(self._tall(canvas) - self._box[3], 0.0))

    def _relist(self) -> None:
        playable = self._playable()
        self._top = 0.0
        if self.chosen not in playable:
            self.chosen = next(iter(playable), -1)

    def _move(self, step: int, canvas: Canvas) -> None:
        playable = self._playable()
        if self.chosen not in playable:
            return
        self.chosen = playable[min(max(playable.index(self.chosen) + step, 0), len(playable) - 1)]
        _, y, _, h = self._boxes(canvas)[self.chosen]
        below, above = y + h - (self._box[1] + self._box[3]), self._box[1] - y
        self.scroll(below if below > 0 else -above if above > 0 else 0.0, canvas)

    # -- drawing --------------------------------------------------------------------------------------------------

    def _height(self, canvas: Canvas, card: Card) -> float:
        return ROW_H if isinstance(card, CaseCard) else 44.0 + 16.0 * len(self._error_lines(canvas, card))

    def _tall(self, canvas: Canvas) -> float:
        listed = self._listed()
        return sum(self._height(canvas, self.cards[i]) for i in listed) + GAP * max(len(listed) - 1, 0)

    def _boxes(self, canvas: Canvas) -> dict[int, Box]:
        boxes: dict[int, Box] = {}
        x, y, w, _ = self._box
        y -= self._top
        for i in self._listed():
            height = self._height(canvas, self.cards[i])
            boxes[i] = (x, y, w, height)
            y += height + GAP
        return boxes

    def draw(self, canvas: Canvas) -> None:
        """Draw the choice of the machine, the rows, and where more of them are."""
        if self.filters:
            self.machine.draw(canvas)
        x, y, w, h = self._box
        canvas.surface.set_clip(canvas.rect((x - 2, y - 2, w + 4, h + 4)))
        for i, box in self._boxes(canvas).items():
            card = self.cards[i]
            if box[1] + box[3] < y or box[1] > y + h:
                continue
            if isinstance(card, CaseCard):
                _draw_case(canvas, card, box, chosen=i == self.chosen)
            else:
                self._draw_broken(canvas, card, box)
        canvas.surface.set_clip(None)
        tall = self._tall(canvas)
        if tall > h:
            canvas.panel((x + w + 8, y, 4, h), canvas.theme["well"], radius=2)
            canvas.panel((x + w + 8, y + h * self._top / tall, 4, h * h / tall), canvas.theme["faint"], radius=2)

    def _error_lines(self, canvas: Canvas, card: BrokenCard) -> list[str]:
        lines = [line for error in card.errors for line in wrapped(canvas, error, "label", self._box[2] - 40)]
        if len(lines) > ERROR_LINES:
            lines = [*lines[: ERROR_LINES - 1], f"… {len(card.errors)} problems in all: 'drill check' lists them"]
        return lines

    def _draw_broken(self, canvas: Canvas, card: BrokenCard, box: Box) -> None:
        """Grey, with a broken edge: no alarm colour, since nothing of the machine is meant."""
        theme = canvas.theme
        x, y, w, h = box
        for start, end in (((x, y), (x + w, y)), ((x, y + h), (x + w, y + h)), ((x, y), (x, y + h)), ((x + w, y), (x + w, y + h))):
            canvas.dashes(theme["faint"], start, end, dash=6, gap=4)
        canvas.text(f"{card.name}: cannot be loaded", (x + 20, y + 26), "text", theme["quiet"], bold=True)
        for i, line in enumerate(self._error_lines(canvas, card)):
            canvas.text(line, (x + 20, y + 46 + 16 * i), "label", theme["quiet"])


def _draw_case(canvas: Canvas, card: CaseCard, box: Box, *, chosen: bool) -> None:
    theme = canvas.theme
    x, y, w, h = box
    canvas.panel(
        box, theme["accent_deep"] if chosen else theme["panel"], theme["accent"] if chosen else theme["edge"], width=2 if chosen else 1
    )
    left = pill(canvas, "Free play" if card.free_play else card.kind, x + w - 12, y + h / 2, colour=theme["quiet"], bold=False)
    canvas.text(canvas.fitted(card.name, "text", LINE_X - 32, bold=True), (x + 20, y + 24), "text", theme["text"], bold=True)
    canvas.text(canvas.fitted(card.line, "text", left - x - LINE_X - 12), (x + LINE_X, y + 24), "text", theme["quiet"])
    if chosen:
        canvas.panel((x, y + 8, 4, h - 16), theme["accent"], radius=2)
