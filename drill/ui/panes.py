"""The bottom row: the team and what their hands do, the list of things to say and do, the log."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isinf

from drill.engine.snapshot import JobView, OptionView, PersonView, Snapshot
from drill.ui.canvas import Box, Canvas
from drill.ui.spots import Entry, Spot, option_entry, stop_entry
from drill.ui.theme import Colour, mix
from drill.ui.widgets import clock, key_cap, progress, tick_mark, title
from drill.units import TICKS_PER_S

LOG_LINES = 7
ROW = 19.5
ROOMY, CLOSE = 36.0, 25.0  # logical pixels that two lines of a person take: apart, and as near as they can be read
LEAST_NOTE = 36.0  # logical pixels: less room tells nothing
ROWS = 7  # what a column of the open group holds
WHOLE = 9  # entries that a group shows at once; a longer one is turned by pages of ROWS
MORE = 10  # the digit key 0 turns them
GROUP_HEIGHT = 132.0


def draw_team(canvas: Canvas, box: Box, snapshot: Snapshot) -> None:
    """Draw each person: here or not, free or busy, with what and for how long."""
    theme = canvas.theme
    x, y, w, h = box
    canvas.panel(box, theme["panel"], theme["edge"], radius=8)
    title(canvas, box, "Team")
    row = min(44.0, (h - 30) / max(1, len(snapshot.team)))
    name_at, doing_at, bar_at = (14.0, 29.0, 32.5) if row >= ROOMY else (10.5, 23.0, 25.5)
    for k, person in enumerate(snapshot.team):
        top = y + 28 + row * k
        here = person.here_in_s == 0
        busy = bool(person.doing)
        dot = theme["quiet"] if not here else theme["accent"]
        if here and not busy:
            canvas.panel((x + 14, top + name_at - 9, 9, 9), dot, None, radius=4.5)
        else:
            canvas.panel((x + 14, top + name_at - 9, 9, 9), theme["panel"], dot, radius=4.5, width=2)
        wide = canvas.text(person.title, (x + 32, top + name_at), "text", theme["text"] if here else theme["quiet"], bold=True)
        own = [j for j in snapshot.jobs if j.who == person.id]
        text, colour = _doing(person, own), theme["quiet"] if not busy else theme["text"]
        if row >= CLOSE:
            canvas.text(_hands(person), (x + w - 14, top + name_at), "label", theme["quiet"], align="right")
            canvas.text(canvas.fitted(text, "label", w - 46), (x + 32, top + doing_at), "label", colour)
        else:  # one line each: what they do, or that they could
            text = canvas.fitted(text or _hands(person), "label", w - 56 - wide)
            canvas.text(text, (x + w - 14, top + name_at), "label", colour, align="right")
        timed = [j for j in own if j.left_s is not None]
        if timed:
            progress(canvas, (x + 32, top + min(bar_at, row - 2), w - 46, 2), timed[0].progress)


def team_state(snapshot: Snapshot) -> object:
    """Return what the team's pane looks like, as far as it can be told apart: seconds, and bars by the pixel."""
    people = tuple((p.id, p.title, _doing(p, ()), p.hands_free) for p in snapshot.team)
    return people, tuple((j.who, j.title, None if j.left_s is None else round(j.left_s), round(j.progress * 240)) for j in snapshot.jobs)


def _hands(person: PersonView) -> str:
    if person.here_in_s != 0:
        return ""
    return ("both hands free", "one hand free", "no hand free")[2 - person.hands_free] if 0 <= person.hands_free <= 2 else ""


def _doing(person: PersonView, jobs: Sequence[JobView]) -> str:
    if isinf(person.here_in_s):
        return "not called"
    if person.here_in_s > 0:
        return f"called · here in about {max(5, round(person.here_in_s / 5) * 5)} s"
    parts = [j.title + (f" · {j.left_s:.0f} s" if j.left_s is not None else "") for j in jobs]
    return " · ".join(parts) or person.doing


class SayDo:
    """The list of groups, and of one that is open, its entries. It is the same in every case, in a fixed order."""

    def __init__(self, box: Box, groups: Sequence[tuple[str, str]]) -> None:
        """`groups` are ids with titles, in the panel's order; `group` is the one that is open, "" for none."""
        self.box, self.groups = box, tuple(groups)
        self.group = ""
        self._turned = ("", 0)

    def open(self, group: str) -> None:
        """Open a group at its first page; "" closes the open one."""
        self.group, self._turned = group, ("", 0)

    @property
    def page(self) -> int:
        """Which page of the open group stands there."""
        return self._turned[1] if self._turned[0] == self.group else 0

    def pages(self, snapshot: Snapshot) -> int:
        """Return how many pages the open group has."""
        count = len(self.options(snapshot).get(self.group, ()))
        return 1 if count <= WHOLE else -(-count // ROWS)

    def turn(self, snapshot: Snapshot) -> bool:
        """Turn to the next page; False where there is one only."""
        pages = self.pages(snapshot)
        self._turned = (self.group, (self.page + 1) % pages)
        return pages > 1

    def _listed(self, snapshot: Snapshot) -> list[OptionView]:
        """Return the options that stand there now."""
        options = self.options(snapshot).get(self.group, [])
        return options if len(options) <= WHOLE else options[self.page * ROWS : (self.page + 1) * ROWS]

    def options(self, snapshot: Snapshot) -> Mapping[str, list[OptionView]]:
        """Return the options of each group."""
        out: dict[str, list[OptionView]] = {group: [] for group, _ in self.groups}
        for option in snapshot.options:
            out.setdefault(option.group, []).append(option)
        return out

    def entries(self, snapshot: Snapshot) -> tuple[Entry, ...]:
        """Return the entries of the open group's page; a running job without an end is there to be stopped."""
        return tuple(_entry(option, snapshot.jobs) for option in self._listed(snapshot))

    def spots(self, snapshot: Snapshot) -> list[Spot]:
        """Return what can be touched."""
        if self.group:
            entries = self.entries(snapshot)
            rows = [
                Spot(f"entry_{k + 1}", self.entry_box(k, len(entries)), e.title, e.reason or e.note, (e,), direct=True, key=str(k + 1))
                for k, e in enumerate(entries)
            ]
            more = [Spot("entries_more", self.more_box(), "More of them", key="0")] if self.pages(snapshot) > 1 else []
            return [*rows, *more, Spot("groups_back", self.back_box(), "Back to the groups", key="Esc")]
        return [
            Spot(f"group_{k + 1}", self.group_box(k), name, f"{len(self.options(snapshot)[group])} entries", key=_digit(k))
            for k, (group, name) in enumerate(self.groups)
        ]

    def group_box(self, k: int) -> Box:
        """Return the box of a group."""
        x, y, w, _ = self.box
        wide = (w - 28 - 8) / 2
        row = GROUP_HEIGHT / -(-len(self.groups) // 2)
        return x + 14 + (k % 2) * (wide + 8), y + 29 + (k // 2) * row, wide, row - 6

    def entry_box(self, k: int, count: int) -> Box:
        """Return the box of one of the `count` entries of the open group: two columns where one would not hold them."""
        x, y, w, _ = self.box
        columns = 1 if count <= ROWS else 2
        rows, wide = -(-count // columns), (w - 16) / columns
        return x + 8 + (k // rows) * wide, y + 27 + (k % rows) * ROW, wide, ROW

    def more_box(self) -> Box:
        """Return the box that turns to the next page."""
        x, y, w, _ = self.box
        return x + w - 200, y + 5, 104, 20

    def back_box(self) -> Box:
        """Return the box of the way back to the groups."""
        x, y, w, _ = self.box
        return x + w - 84, y + 5, 76, 20

    def draw(self, canvas: Canvas, snapshot: Snapshot, *, lit: str = "") -> None:
        """Draw the groups, or the open one's entries."""
        theme = canvas.theme
        canvas.panel(self.box, theme["panel"], theme["edge"], radius=8)
        if self.group:
            title(canvas, self.box, next((name for group, name in self.groups if group == self.group), self.group))
            x, y, w, h = self.back_box()
            canvas.text("back", (x + w - 40, y + 15), "label", theme["quiet"], align="right")
            key_cap(canvas, "Esc", x + w - 34, y + h / 2, lit=lit == "groups_back")
            if self.pages(snapshot) > 1:
                mx, _, mw, _ = self.more_box()
                pages = f"page {self.page + 1} of {self.pages(snapshot)}"
                canvas.text(pages, (mx + mw - 28, y + 15), "label", theme["quiet"], align="right")
                key_cap(canvas, "0", mx + mw - 22, y + h / 2, lit=lit == "entries_more")
            options = self._listed(snapshot)
            for k, (entry, option) in enumerate(zip(self.entries(snapshot), options, strict=True)):
                self._draw_entry(canvas, (k, len(options)), entry, option, lit=lit == f"entry_{k + 1}")
            return
        title(canvas, self.box, "Say and do")
        by_group = self.options(snapshot)
        for k, (group, name) in enumerate(self.groups):
            self._draw_group(canvas, k, name, by_group[group], lit=lit == f"group_{k + 1}")

    def _draw_group(self, canvas: Canvas, k: int, name: str, options: Sequence[OptionView], *, lit: bool) -> None:
        theme = canvas.theme
        x, y, w, h = self.group_box(k)
        used = any(o.done or o.running for o in options)
        canvas.panel((x, y, w, h), theme["accent_deep"] if used else theme["raised"], theme["accent"] if lit else theme["edge"], radius=6)
        canvas.text(f"{name} …", (x + 11, y + h / 2 + 4.5), "text", theme["text"])
        if used:
            tick_mark(canvas, x + w - 46, y + h / 2, theme["done"])
        key_cap(canvas, _digit(k), x + w - 24, y + h / 2, lit=lit)

    def _draw_entry(self, canvas: Canvas, place: tuple[int, int], entry: Entry, option: OptionView, *, lit: bool) -> None:
        theme = canvas.theme
        k, count = place
        x, y, w, h = self.entry_box(k, count)
        if lit:
            canvas.panel((x, y, w, h), theme["accent_deep"], None, radius=5)
        middle = y + h / 2
        key_cap(canvas, str(k + 1), x + 6, middle, lit=lit)
        left = x + 30
        note = entry.reason or entry.note
        if option.done:
            tick_mark(canvas, x + w - 16, middle, theme["done"])
        colour: Colour = theme["faint"] if entry.reason else theme["text"]
        text = canvas.fitted(entry.title, "text", w - 30 - (24 if option.done else 4))  # the name before the reason
        left += canvas.text(text, (left, middle + 4.5), "text", mix(colour, theme["text"], 0.25) if entry.reason else colour) + 10
        room = x + w - 24 - left
        if room > LEAST_NOTE:
            canvas.text(canvas.fitted(note, "label", room), (x + w - 24, middle + 4), "label", theme["quiet"], align="right")


def _digit(k: int) -> str:
    """Return the key of the group at place k: the tenth has the 0."""
    return str((k + 1) % 10)


def _entry(option: OptionView, jobs: Sequence[JobView]) -> Entry:
    own = next((j for j in jobs if j.task == option.target), None)
    if option.running and own is not None and own.left_s is None and (option.verb == "order") == (own.who != "you"):
        return stop_entry(option)
    entry = option_entry(option)
    return replace(entry, title=option.title) if option.verb == "look" else entry  # the group's title says that it is a look


def draw_log_lines(canvas: Canvas, box: Box, snapshot: Snapshot) -> None:
    """Draw the last lines of the log: what happened, not what it means."""
    theme = canvas.theme
    x, y, w, _ = box
    colours: dict[str, Colour] = {
        "alarm": theme.alarms["high"]["on_panel"],
        "say": theme["said"],
        "team": theme["quiet"],
        "machine": theme["line_drawing"],
    }
    for k, line in enumerate(snapshot.log[-LOG_LINES:]):
        base = y + 40 + ROW * k
        canvas.text(clock(line.tick / TICKS_PER_S), (x + 14, base), "text", theme["quiet"])
        canvas.text(canvas.fitted(line.text, "text", w - 82), (x + 66, base), "text", colours.get(line.kind, theme["text"]))
