"""The card at a thing: its name, how it stands and all that can be done with it. Pointed at, it is read; opened, it is chosen from."""

from drill.ui.canvas import HEIGHT, WIDTH, Box, Canvas
from drill.ui.spots import Entry, Spot
from drill.ui.widgets import key_cap

ROW = 22.0
PAD = 12.0
GAP = 10.0
TOP = 74.0  # below the alarm bar
LEAST_NOTE = 36.0  # logical pixels: less room tells nothing
CIRCUIT_ENDS = 776.0  # where the circuit's pane ends and the numbers begin
MONITOR_ENDS = 306.0  # down to there they are the monitor's
NARROWEST, WIDEST = 190.0, 560.0


class Card:
    """Where the card of a spot lies and what is on it; made anew whenever it is drawn or clicked."""

    def __init__(self, canvas: Canvas, spot: Spot, *, opened: bool) -> None:
        self.canvas, self.spot, self.opened = canvas, spot, opened
        lines = [canvas.width(spot.name, "text", bold=True) + 40, canvas.width(spot.state, "label")]
        lines += [canvas.width(e.title, "text") + canvas.width(e.reason or e.note, "label") + 66 for e in spot.entries]
        width = min(WIDEST, max(NARROWEST, *lines) + 2 * PAD)
        self.head = 24.0 + (16.0 if spot.state else 0.0)
        height = self.head + len(spot.entries) * ROW + PAD
        self.box = place(spot.box, (width, height))

    def row(self, k: int) -> Box:
        """Return the box of an entry."""
        x, y, w, _ = self.box
        return x + 6, y + self.head + 3 + k * ROW, w - 12, ROW

    def entry_at(self, point: tuple[float, float]) -> Entry | None:
        """Return the entry under a logical point."""
        for k, entry in enumerate(self.spot.entries):
            x, y, w, h = self.row(k)
            if x <= point[0] < x + w and y <= point[1] < y + h:
                return entry
        return None

    def holds(self, point: tuple[float, float]) -> bool:
        """Return whether a logical point is on the card."""
        x, y, w, h = self.box
        return x <= point[0] < x + w and y <= point[1] < y + h

    def draw(self, pointer: tuple[float, float] | None) -> None:
        """Draw the card; `pointer` marks the entry under it."""
        canvas, theme, spot = self.canvas, self.canvas.theme, self.spot
        x, y, w, _ = self.box
        canvas.panel(self.box, theme["background"], theme["accent"] if self.opened else theme["faint"], radius=8)
        canvas.text(canvas.fitted(spot.name, "text", w - 2 * PAD, bold=True), (x + PAD, y + 19), "text", bold=True)
        if spot.state:
            canvas.text(canvas.fitted(spot.state, "label", w - 2 * PAD), (x + PAD, y + 34), "label", theme["quiet"])
        hot = self.entry_at(pointer) if pointer is not None and self.opened else None
        for k, entry in enumerate(spot.entries):
            self._draw_entry(k, entry, lit=entry is hot)

    def _draw_entry(self, k: int, entry: Entry, *, lit: bool) -> None:
        canvas, theme = self.canvas, self.canvas.theme
        x, y, w, h = self.row(k)
        if lit:
            canvas.panel((x, y, w, h), theme["accent_deep"], None, radius=5)
        left, middle = x + 6, y + h / 2
        key = str(k + 1) if self.opened and k < 9 else entry.key or (self.spot.key if k == 0 and self.spot.direct else "")
        if key:
            key_cap(canvas, key, left, middle, lit=lit)
        left += 24
        note = entry.reason or entry.note
        colour = theme["quiet"] if entry.reason else theme["text"]
        text = canvas.fitted(entry.title, "text", x + w - left - 6)  # what tells entries apart comes before why one cannot be done
        left += canvas.text(text, (left, middle + 4.5), "text", colour) + 10
        room = x + w - 6 - left
        if room > LEAST_NOTE:
            canvas.text(canvas.fitted(note, "label", room), (x + w - 6, middle + 4), "label", theme["quiet"], align="right")


def place(anchor: Box, size: tuple[float, float]) -> Box:
    """Return where a card of a size goes: right of the thing, else left, above or below it, and always on the screen.

    A card at the circuit stays off the monitor and the console where it can: their numbers are what it is chosen by. So does
    the monitor's own stay off its traces.
    """
    ax, ay, aw, ah = anchor
    w, h = size
    limit = CIRCUIT_ENDS if ax + aw <= CIRCUIT_ENDS and w <= CIRCUIT_ENDS - 12 else WIDTH - 6
    middle = min(max(ay + ah / 2 - h / 2, TOP), HEIGHT - h - 6)
    if ax > CIRCUIT_ENDS and ay + ah < MONITOR_ENDS and ay > TOP:
        return CIRCUIT_ENDS - w, middle, w, h
    if ax + aw + GAP + w <= limit:
        return ax + aw + GAP, middle, w, h
    if ax - GAP - w >= 6:
        return ax - GAP - w, middle, w, h
    across = min(max(ax + aw / 2 - w / 2, 6), limit - w)
    above = ay - GAP - h
    return across, above if above >= TOP else min(ay + ah + GAP, HEIGHT - h - 6), w, h
