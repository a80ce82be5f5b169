"""The few widgets of the screens around the drill: buttons, choices, one text field, paragraphs, a scrolled page.

They are ours and not pygame_gui's, so that menu, drill and debrief are one drawing at every window size.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pygame

from drill import TRAINING_ONLY
from drill.ui.canvas import Box, Canvas, Point, Size
from drill.ui.theme import Colour

LINE_HEIGHT = {"label": 16.0, "text": 20.0, "reading": 28.0, "number": 38.0, "big": 48.0}
MARGIN = 48.0


def inside(box: Box, point: Point) -> bool:
    """Return whether a logical point lies in a box."""
    return box[0] <= point[0] < box[0] + box[2] and box[1] <= point[1] < box[1] + box[3]


def wrapped(canvas: Canvas, text: str, size: Size, room: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `room`; a single word that is wider is cut."""
    lines: list[str] = []
    for paragraph in text.strip().splitlines() or [""]:
        line = ""
        for raw in paragraph.split():
            word = raw
            joined = f"{line} {word}".strip()
            if canvas.width(joined, size, bold=bold) <= room:
                line = joined
                continue
            if line:
                lines.append(line)
            while canvas.width(word, size, bold=bold) > room and len(word) > 1:
                cut = next((n for n in range(len(word) - 1, 0, -1) if canvas.width(word[:n], size, bold=bold) <= room), 1)
                lines.append(word[:cut])
                word = word[cut:]
            line = word
        lines.append(line)
    return lines


def paragraph(
    canvas: Canvas,
    text: str,
    at: Point,
    room: float,
    size: Size = "text",
    colour: Colour | None = None,
    *,
    bold: bool = False,
    most: int = 99,
) -> float:
    """Draw a wrapped text whose top left is `at`, at most `most` lines; return the y below it."""
    step = LINE_HEIGHT[size]
    lines = wrapped(canvas, text, size, room, bold=bold)
    if len(lines) > most:
        lines = [*lines[: most - 1], canvas.fitted(lines[most - 1] + " …", size, room, bold=bold)]
    for i, line in enumerate(lines):
        canvas.text(line, (at[0], at[1] + step * (i + 0.75)), size, colour, bold=bold)
    return at[1] + step * len(lines)


def pill(canvas: Canvas, text: str, right: float, middle: float, *, colour: Colour | None = None, bold: bool = True) -> float:
    """Draw a text in a rounded outline that ends at `right`; return its left edge."""
    colour = colour or canvas.theme["text"]
    width = canvas.width(text, "label", bold=bold) + 22
    canvas.panel((right - width, middle - 11, width, 22), canvas.theme["background"], colour, radius=11)
    canvas.text(text, (right - width / 2, middle + 4), "label", colour, bold=bold, align="centre")
    return right - width


def heading(canvas: Canvas, title: str, line: str = "", *, quiet: str = "") -> None:
    """Draw the top of a screen: title, one line below it, and what every screen says of itself."""
    theme = canvas.theme
    width = canvas.text(title, (MARGIN, 60), "number", bold=True)
    if quiet:
        canvas.text(quiet, (MARGIN + width + 14, 60), "text", theme["quiet"])
    if line:
        canvas.text(line, (MARGIN, 86), "text", theme["quiet"])
    pill(canvas, TRAINING_ONLY, 1280 - MARGIN, 50)
    canvas.line(theme["edge"], (MARGIN, 104), (1280 - MARGIN, 104))


def key_cap(canvas: Canvas, key: str, right: float, baseline: float, colour: Colour | None = None) -> None:
    """Draw a key's name, small, ending at `right`."""
    canvas.text(f"[{key}]", (right, baseline), "label", colour or canvas.theme["quiet"], align="right")


@dataclass(slots=True)
class Button:
    """A thing to press. `press` is called by a click or, with `key`, by that key; `primary` is the one that goes on."""

    title: str
    box: Box
    press: Callable[[], object]
    key: int = 0
    key_name: str = ""
    primary: bool = False
    hot: bool = False

    def handle(self, event: pygame.Event, canvas: Canvas) -> bool:
        """Press it if the event does; return whether it did."""
        if event.type == pygame.MOUSEMOTION:
            self.hot = inside(self.box, canvas.logical(event.pos))
        clicked = event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and inside(self.box, canvas.logical(event.pos))
        keyed = event.type == pygame.KEYDOWN and self.key != 0 and event.key == self.key
        if clicked or keyed:
            self.press()
        return clicked or keyed

    def draw(self, canvas: Canvas) -> None:
        """Draw it with its key."""
        theme = canvas.theme
        x, y, w, h = self.box
        fill = theme["accent_deep"] if self.primary else theme["raised"]
        edge = theme["accent"] if self.primary or self.hot else theme["edge"]
        canvas.panel(self.box, fill, edge, radius=8, width=2 if self.hot else 1)
        name = f"[{self.key_name}]" if self.key_name else ""
        room = canvas.width(name, "label") + 8 if name else 0.0
        title_w = canvas.width(self.title, "text", bold=True)
        left = x + (w - title_w - room) / 2
        canvas.text(self.title, (left, y + h / 2 + 5), "text", theme["text"], bold=True)
        if name:
            canvas.text(name, (left + title_w + 8, y + h / 2 + 4.5), "label", theme["accent"])


@dataclass(slots=True)
class Choice:
    """One of a few, side by side; left and right move it while it has the focus."""

    options: Sequence[tuple[str, str]]
    box: Box
    value: str
    focused: bool = False

    def handle(self, event: pygame.Event, canvas: Canvas) -> bool:
        """Choose by click, or by left and right with the focus; return whether the event was used."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            names = [name for name, _ in self.options]
            point = canvas.logical(event.pos)
            if inside(self.box, point):
                self.value = names[min(int((point[0] - self.box[0]) / (self.box[2] / len(names))), len(names) - 1)]
                return True
        if self.focused and event.type == pygame.KEYDOWN and event.key in (pygame.K_LEFT, pygame.K_RIGHT):
            self.step(1 if event.key == pygame.K_RIGHT else -1)
            return True
        return False

    def step(self, by: int) -> None:
        """Go on by so many options, round the end."""
        names = [name for name, _ in self.options]
        self.value = names[(names.index(self.value) + by) % len(names)]

    def draw(self, canvas: Canvas) -> None:
        """Draw the row; the chosen one is filled, bold and underlined, so that it does not depend on colour."""
        theme = canvas.theme
        x, y, w, h = self.box
        canvas.panel(self.box, theme["well"], theme["accent"] if self.focused else theme["edge"], radius=8, width=2 if self.focused else 1)
        each = w / len(self.options)
        for i, (name, title) in enumerate(self.options):
            chosen = name == self.value
            if chosen:
                canvas.panel((x + i * each + 3, y + 3, each - 6, h - 6), theme["accent_deep"], theme["accent"], radius=6)
            colour = theme["text"] if chosen else theme["quiet"]
            canvas.text(title, (x + (i + 0.5) * each, y + h / 2 + 5), "text", colour, bold=chosen, align="centre")


@dataclass(slots=True)
class Field:
    """One line of text; `allowed` says of a letter whether it may stand in it, `most` how many there may be."""

    box: Box
    hint: str
    allowed: Callable[[str], bool]
    most: int
    value: str = ""
    focused: bool = False
    blink_s: float = field(default=0.0)

    def handle(self, event: pygame.Event, canvas: Canvas) -> bool:
        """Take a click (focus) or, with the focus, text and backspace; return whether the event was used."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and inside(self.box, canvas.logical(event.pos)):
            self.focused = True
            return True
        if not self.focused:
            return False
        if event.type == pygame.TEXTINPUT:
            self.value = (self.value + "".join(filter(self.allowed, event.text))).lstrip()[: self.most]
            return True
        if event.type == pygame.KEYDOWN and event.key == pygame.K_BACKSPACE:
            self.value = self.value[:-1]
            return True
        return False

    def draw(self, canvas: Canvas) -> None:
        """Draw the field with its text, or its hint while it is empty."""
        theme = canvas.theme
        x, y, wide, h = self.box
        canvas.panel(self.box, theme["well"], theme["accent"] if self.focused else theme["edge"], radius=8, width=2 if self.focused else 1)
        baseline = y + h / 2 + 5
        shown = self.value
        while shown and canvas.width(shown, "text") > wide - 26:
            shown = shown[1:]  # a long text is seen where it is being written
        width = canvas.text(shown, (x + 12, baseline), "text")
        if not self.value:
            canvas.text(self.hint, (x + 12, baseline), "text", theme["faint"] if self.focused else theme["quiet"])
        if self.focused and self.blink_s % 1.2 < 0.7:
            canvas.line(theme["accent"], (x + 13 + width, y + 9), (x + 13 + width, y + h - 9), 1.5)


class Page:
    """A tall drawing seen through a window: drawn once for a window size, scrolled by wheel, keys or the bar."""

    def __init__(self, box: Box, paint: Callable[[Canvas], float]) -> None:
        """Take the window's box and a painter that draws from y = 0 and returns the height."""
        self.box = box
        self.scroll = 0.0
        self.height = 0.0
        self._paint = paint
        self._drawn: pygame.Surface | None = None
        self._drawn_for: Canvas | None = None

    def handle(self, event: pygame.Event) -> bool:
        """Scroll by wheel, arrows, page keys, Home, End; return whether the event was used."""
        step = {
            pygame.K_DOWN: 60.0, pygame.K_UP: -60.0, pygame.K_PAGEDOWN: self.box[3] * 0.9, pygame.K_PAGEUP: -self.box[3] * 0.9,
            pygame.K_SPACE: self.box[3] * 0.9, pygame.K_HOME: -self.height, pygame.K_END: self.height,
        }.get(event.key, 0.0) if event.type == pygame.KEYDOWN else 0.0  # fmt: skip
        if event.type == pygame.MOUSEWHEEL:
            step = -70.0 * event.y
        self.scroll = min(max(self.scroll + step, 0.0), max(self.height - self.box[3], 0.0))
        return step != 0.0

    def draw(self, canvas: Canvas) -> None:
        """Draw the visible part and the scroll bar."""
        if self._drawn is None or self._drawn_for is not canvas:
            self._render(canvas)
        assert self._drawn is not None  # noqa: S101 - for the type checker; _render sets it
        window = canvas.rect(self.box)
        top = round(self.scroll * canvas.scale)
        canvas.surface.blit(self._drawn, window.topleft, (0, top, window.width, window.height))
        x, y, w, h = self.box
        if self.height > h:
            bar = max(h * h / self.height, 24)
            at = y + (h - bar) * self.scroll / (self.height - h)
            canvas.panel((x + w + 8, at, 5, bar), canvas.theme["faint"], radius=2.5)

    def _render(self, canvas: Canvas) -> None:
        with drawing_on(canvas, pygame.Surface((1, 1))):
            self.height = self._paint(canvas)  # measured first: the painter alone knows how tall it is
        size = (canvas.px(self.box[2]), canvas.px(max(self.height, self.box[3])))
        self._drawn = pygame.Surface(size)
        self._drawn.fill(canvas.theme["background"])
        with drawing_on(canvas, self._drawn):
            self._paint(canvas)
        self._drawn_for = canvas


@contextmanager
def drawing_on(canvas: Canvas, surface: pygame.Surface) -> Iterator[None]:
    """Let the canvas draw on another surface, with its logical origin at that surface's top left."""
    kept = canvas.surface, canvas.origin
    canvas.surface, canvas.origin = surface, (0, 0)
    try:
        yield
    finally:
        canvas.surface, canvas.origin = kept
