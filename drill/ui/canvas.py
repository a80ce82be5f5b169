"""A logical canvas of 1280 x 720 on a window of any size: shapes and text are made at the real scale, so they stay crisp.

Labels are rendered once and kept: uncached text costs more than all the rest of a frame.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import pygame

from drill.ui.theme import Colour, Theme, font_file

WIDTH, HEIGHT = 1280, 720
SMOOTHING = 3  # shapes of the static layer are drawn this much larger and scaled down: antialiasing that costs nothing per frame
LABELS_KEPT = 3000
SMALL_BOX_PX = 12000  # below this a box is kept as one picture; above it is put together from its corners

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Align = Literal["left", "centre", "right"]
Size = Literal["label", "text", "reading", "number", "big"]


class Canvas:
    """Turns logical coordinates into pixels of one window size, and keeps rendered labels and fonts for it.

    `placed` records the logical box of each text drawn since the last `clear_record`, for the layout tests.
    """

    def __init__(self, theme: Theme, size: tuple[int, int]) -> None:
        self.theme = theme
        self.size = size
        self.scale = min(size[0] / WIDTH, size[1] / HEIGHT)
        self.origin = (round((size[0] - WIDTH * self.scale) / 2), round((size[1] - HEIGHT * self.scale) / 2))
        self.surface = pygame.Surface((1, 1))
        self.recording = False
        self.placed: list[tuple[str, pygame.FRect]] = []
        self._fonts: dict[tuple[str, bool], pygame.font.Font] = {}
        self._labels: dict[tuple[str, str, Colour, bool], pygame.Surface] = {}
        self._boxes: dict[tuple[object, ...], pygame.Surface] = {}
        self._ground: pygame.Surface | None = None
        self._states: dict[str, object] = {}
        if not pygame.font.get_init():
            pygame.font.init()

    # -- coordinates ----------------------------------------------------------------------------------------------

    def px(self, length: float) -> int:
        """Return a logical length in whole pixels, at least one."""
        return max(1, round(length * self.scale))

    def at(self, point: Point) -> tuple[int, int]:
        """Return the pixel of a logical point."""
        return round(point[0] * self.scale) + self.origin[0], round(point[1] * self.scale) + self.origin[1]

    def rect(self, box: Box) -> pygame.Rect:
        """Return the pixel rectangle of a logical box; neighbours that share an edge share it in pixels too."""
        left, top = self.at((box[0], box[1]))
        right, bottom = self.at((box[0] + box[2], box[1] + box[3]))
        return pygame.Rect(left, top, right - left, bottom - top)

    def logical(self, pixel: tuple[int, int]) -> Point:
        """Return the logical point under a pixel, as an event names it."""
        return (pixel[0] - self.origin[0]) / self.scale, (pixel[1] - self.origin[1]) / self.scale

    @property
    def ground(self) -> pygame.Surface:
        """The opaque picture under a frame: what looks the same for a while is kept on it."""
        if self._ground is None:
            self._ground = pygame.Surface(self.size, depth=32)
            self._ground.fill(self.theme["background"])
        return self._ground

    def keep(self, name: str, box: Box, state: object, draw: Callable[[], None]) -> None:
        """Draw the part of the ground in `box` anew, unless `state` equals the one it was last drawn with."""
        if not self.recording and name in self._states and self._states[name] == state:
            return
        shown, self.surface = self.surface, self.ground
        self.surface.fill(self.theme["background"], self.rect(box))
        try:
            draw()
        finally:
            self.surface = shown
        self._states[name] = state

    # -- text -----------------------------------------------------------------------------------------------------

    def font(self, size: Size, *, bold: bool = False) -> pygame.font.Font:
        """Return Noto Sans at one of the theme's sizes, scaled to the window."""
        key = (size, bold)
        if key not in self._fonts:
            self._fonts[key] = pygame.font.Font(font_file(bold=bold), max(6, round(self.theme.sizes[size] * self.scale)))
        return self._fonts[key]

    def label(self, text: str, size: Size, colour: Colour, *, bold: bool = False) -> pygame.Surface:
        """Return a rendered text, from the cache where it has been drawn before."""
        key = (text, size, colour, bold)
        found = self._labels.get(key)
        if found is None:
            if len(self._labels) >= LABELS_KEPT:
                self._labels.clear()
            found = self.font(size, bold=bold).render(text, antialias=True, color=colour)
            self._labels[key] = found
        return found

    def width(self, text: str, size: Size, *, bold: bool = False) -> float:
        """Return the logical width of a text."""
        return self.font(size, bold=bold).size(text)[0] / self.scale

    def fitted(self, text: str, size: Size, room: float, *, bold: bool = False) -> str:
        """Return the text, cut with an ellipsis where it is wider than `room`."""
        if self.width(text, size, bold=bold) <= room:
            return text
        while text and self.width(text + "…", size, bold=bold) > room:
            text = text[:-1].rstrip()
        return text + "…"

    def text(
        self, text: str, at: Point, size: Size = "text", colour: Colour | None = None, *, bold: bool = False, align: Align = "left"
    ) -> float:
        """Draw a text whose baseline's left end (or middle, or right end) is at `at`; return its logical width."""
        if not text:
            return 0.0
        surface = self.label(text, size, colour or self.theme["text"], bold=bold)
        x, y = self.at(at)
        if align == "right":
            x -= surface.get_width()
        elif align == "centre":
            x -= surface.get_width() // 2
        top = y - self.font(size, bold=bold).get_ascent()
        self.surface.blit(surface, (x, top))
        width = surface.get_width() / self.scale
        if self.recording:
            left, _ = self.logical((x, top))
            tall = self.theme.sizes[size]
            self.placed.append((text, pygame.FRect(left, at[1] - tall * 0.74, width, tall * 0.76)))
        return width

    def number(
        self, text: str, at: Point, size: Size, colour: Colour, *, unit: str = "", unit_size: Size = "label", bold: bool = True
    ) -> float:
        """Draw a number with its unit small and quiet beside it, left-aligned on a baseline; return the logical width.

        Noto Sans digits all have one width and a figure's sign and point keep theirs, so a changing number does not wobble.
        """
        width = self.text(text, at, size, colour, bold=bold)
        if unit:
            gap = 3 + self.theme.sizes[size] * 0.1
            width += gap + self.text(unit, (at[0] + width + gap, at[1]), unit_size, self.theme["quiet"])
        return width

    def clear_record(self) -> None:
        """Forget the recorded label boxes and record anew."""
        self.recording = True
        self.placed.clear()

    # -- shapes ---------------------------------------------------------------------------------------------------

    def panel(self, box: Box, fill: Colour, edge: Colour | None = None, radius: float = 8, width: float = 1) -> None:
        """Draw a rounded box with an edge, its corners smooth."""
        rect = self.rect(box)
        round_px, edge_px = self.px(radius), self.px(width)
        side = 2 * round_px + 2
        if rect.width < side or rect.height < side or rect.width * rect.height < SMALL_BOX_PX:
            self.surface.blit(self._box(rect.size, fill, edge, round_px, edge_px), rect)
            return
        # Nine pieces of one small square: a box of any size costs a few blits and no memory of its own.
        square = self._box((side, side), fill, edge, round_px, edge_px)
        self.surface.fill(fill, rect.inflate(0, -2 * round_px))
        self.surface.fill(fill, rect.inflate(-2 * round_px, 0))
        if edge is not None:
            for strip in _edges(rect, round_px, edge_px):
                self.surface.fill(edge, strip)
        far = side - round_px
        for dx, sx in ((0, 0), (rect.width - round_px, far)):
            for dy, sy in ((0, 0), (rect.height - round_px, far)):
                self.surface.blit(square, (rect.left + dx, rect.top + dy), (sx, sy, round_px, round_px))

    def _box(self, size: tuple[int, int], fill: Colour, edge: Colour | None, radius: int, width: int) -> pygame.Surface:
        key = (size, fill, edge, radius, width)
        found = self._boxes.get(key)
        if found is None:
            if len(self._boxes) >= LABELS_KEPT:
                self._boxes.clear()
            k = SMOOTHING
            big = pygame.Surface((size[0] * k, size[1] * k), pygame.SRCALPHA)
            big.fill((*(edge or fill), 0))
            outer = big.get_rect()
            pygame.draw.rect(big, edge or fill, outer, border_radius=radius * k)
            if edge is not None:
                pygame.draw.rect(big, fill, outer.inflate(-2 * width * k, -2 * width * k), border_radius=max(0, (radius - width) * k))
            found = pygame.transform.smoothscale(big, size)
            self._boxes[key] = found
        return found

    def line(self, colour: Colour, start: Point, end: Point, width: float = 1) -> None:
        """Draw a straight antialiased line."""
        pygame.draw.aaline(self.surface, colour, self.at(start), self.at(end), self.px(width))

    def dashes(self, colour: Colour, start: Point, end: Point, *, dash: float = 4, gap: float = 4, width: float = 1) -> None:
        """Draw a straight dashed line."""
        length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
        if length <= 0:
            return
        step = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
        along = 0.0
        while along < length:
            stop = min(length, along + dash)
            a = (start[0] + step[0] * along, start[1] + step[1] * along)
            b = (start[0] + step[0] * stop, start[1] + step[1] * stop)
            pygame.draw.line(self.surface, colour, self.at(a), self.at(b), self.px(width))
            along += dash + gap

    def polygon(self, colour: Colour, points: Sequence[Point]) -> None:
        """Draw a filled polygon."""
        pygame.draw.polygon(self.surface, colour, [self.at(p) for p in points])


def _edges(rect: pygame.Rect, radius: int, width: int) -> tuple[pygame.Rect, ...]:
    """Return the four straight strips of a rounded box's edge."""
    across, down = rect.width - 2 * radius, rect.height - 2 * radius
    return (
        pygame.Rect(rect.left + radius, rect.top, across, width),
        pygame.Rect(rect.left + radius, rect.bottom - width, across, width),
        pygame.Rect(rect.left, rect.top + radius, width, down),
        pygame.Rect(rect.right - width, rect.top + radius, width, down),
    )
