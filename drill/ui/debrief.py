"""The debrief: harm first, then the timeline, then each scored step with its evidence, why it matters and its source."""

from collections.abc import Callable, Sequence
from typing import Final

import pygame

from drill.errors import DrillError
from drill.reports.page import numbered
from drill.reports.timeline import clock
from drill.reports.view import Debrief, ItemRow, LedgerRow
from drill.ui.canvas import WIDTH, Canvas, Point
from drill.ui.forms import MARGIN, Button, Page, heading, paragraph, wrapped
from drill.ui.plot import draw_timeline
from drill.ui.run import Finished
from drill.ui.screens import WINDOW_TITLE, Desk, Screen
from drill.ui.theme import Colour

BODY_W: Final = WIDTH - 2 * MARGIN - 16
TILES: Final = 4
TILE_GAP: Final = 12.0
STATUS_W: Final = 130.0
LEDGER_WORDS: Final = {"ok": "within", "over": "over the limit", "critical": "over the limit: critical", "": "no limit set"}


class DebriefScreen(Screen):
    """A page to scroll, and the way back to the menu."""

    def __init__(self, desk: Desk, finished: Finished, back: Callable[[], Screen], watch: Callable[[Screen], Screen] | None = None) -> None:
        """Show what is left of a run; `back` makes the screen after it, `watch` its replay, which comes back here."""
        super().__init__(desk)
        self.finished = finished
        self._back = back
        self._watch = watch
        self.problem = ""
        self._next: Screen | None = None
        self.page = Page((MARGIN, 116, BODY_W, 526), lambda canvas: paint(canvas, finished.debrief))
        self.watch = Button("Watch it again", (WIDTH - MARGIN - 400, 662, 168, 40), self._replay, pygame.K_r, "R")
        self.leave = Button("Back to the menu", (WIDTH - MARGIN - 220, 662, 220, 40), self._go, pygame.K_ESCAPE, "Esc", primary=True)

    @property
    def title(self) -> str:
        """The case's name: from here on nothing is hidden, but the window need not shout it."""
        return f"{self.finished.debrief.case_name} · debrief · {WINDOW_TITLE}"

    def _go(self) -> None:
        self._next = self._back()

    def _replay(self) -> None:
        if self._watch is not None:
            try:
                self._next = self._watch(self)
            except DrillError as error:
                self.problem = str(error)

    def handle(self, event: pygame.Event) -> Screen | None:
        """Scroll, or go back by Esc: not by Enter, which opened the debrief and may still be bouncing."""
        canvas = self.desk.canvas
        _ = self.leave.handle(event, canvas) or self.watch.handle(event, canvas) or self.page.handle(event)
        going, self._next = self._next, None
        return going

    def draw(self, canvas: Canvas) -> None:
        """Draw head, visible part of the page, and where everything was kept."""
        debrief, theme = self.finished.debrief, canvas.theme
        heading(canvas, "Debrief", debrief.case_line, quiet=debrief.case_name)
        self.page.draw(canvas)
        canvas.line(theme["edge"], (MARGIN, 650), (WIDTH - MARGIN, 650))
        room = 700.0
        problem = self.problem or self.finished.problem
        if problem:
            words = problem[:1].upper() + problem[1:]
            paragraph(canvas, f"{words}.", (MARGIN, 658), room, "label", theme["text"], most=3)
        else:
            for y, name, path in ((678, "Report", self.finished.report_path), (696, "Run file", self.finished.run_path)):
                if path is not None:
                    canvas.text(name, (MARGIN, y), "label", theme["quiet"])
                    canvas.text(_end_of(canvas, str(path), room - 60), (MARGIN + 56, y), "label")
        if self._watch is not None:
            self.watch.draw(canvas)
        else:
            canvas.text("Scroll: wheel, arrows, Page Up and Down", (WIDTH - MARGIN - 236, 688), "label", theme["quiet"], align="right")
        self.leave.draw(canvas)


def _end_of(canvas: Canvas, text: str, room: float) -> str:
    """Cut a path at its start: its end names the file."""
    while len(text) > 1 and canvas.width(text, "label") > room:
        text = "…" + text[2:]
    return text


def paint(canvas: Canvas, debrief: Debrief) -> float:
    """Draw the whole debrief from y = 0; return its height."""
    y = _questions(canvas, debrief, 0.0)
    y = _verdict(canvas, debrief, y)
    if debrief.ledger:
        y = _section(
            canvas, "Harm ledger", "What the patient went through, counted from the first sign. Points are a second view on it.", y
        )
        y = _tiles(canvas, debrief.ledger, y)
    y = _section(canvas, "Timeline", "The model's own values. Numbers refer to the list of what happened, below.", y)
    y = draw_timeline(canvas, debrief.timeline, y, BODY_W)
    if debrief.cause or debrief.story:
        y = _section(canvas, "What was wrong", "", y)
        y = paragraph(canvas, f"{debrief.cause}.", (0, y), 860, bold=True) + 4 if debrief.cause else y
        y = paragraph(canvas, debrief.story, (0, y), 860) if debrief.story else y
    if debrief.steps:
        y = _items(canvas, debrief.steps, _section(canvas, "Steps", "", y))
    if debrief.errors:
        y = _items(canvas, debrief.errors, _section(canvas, "What must not happen", "", y))
    y = _events(canvas, debrief, _section(canvas, "What happened", "", y))
    return y + 24


def _section(canvas: Canvas, title: str, lead: str, y: float) -> float:
    y += 34
    width = canvas.text(title, (0, y), "reading", bold=True)
    canvas.text(lead, (width + 16, y), "text", canvas.theme["quiet"])
    return y + 18


def _questions(canvas: Canvas, debrief: Debrief, y: float) -> float:
    """Draw what to ask oneself before reading on."""
    if not debrief.questions:
        return y
    lead = "Answer them before reading on, best aloud and with someone who was there."
    y = _section(canvas, "Questions first", lead, y - 10)
    for number, question in enumerate(debrief.questions, start=1):
        canvas.text(f"{number}", (16, y + 15), "text", canvas.theme["quiet"], align="right")
        y = paragraph(canvas, question.text, (28, y), BODY_W - 40) + 3
    canvas.line(canvas.theme["edge"], (0, y + 14), (BODY_W, y + 14))
    return y + 22


def _verdict(canvas: Canvas, debrief: Debrief, y: float) -> float:
    """Verdict and reasons on the left, facts on the right."""
    theme = canvas.theme
    canvas.text(debrief.verdict, (0, y + 34), "number", bold=True)
    score = "no score" if debrief.score_pct is None else f"{debrief.score_pct:.0f} % of the points"
    mark = "" if debrief.pass_mark_pct is None else f" · pass mark {debrief.pass_mark_pct:.0f} %"
    canvas.text(f"{score}{mark}", (0, y + 62), "text", theme["quiet"])
    left = paragraph(canvas, f"{debrief.outcome}.", (0, y + 70), 640) + 4
    for reason in debrief.reasons:
        draw_mark(canvas, "incorrect", (7, left + 10), theme["text"], 6)
        left = paragraph(canvas, reason, (22, left), 600)
    right = y + 6
    for name, value in debrief.facts:
        if name in ("Recorded in", "Ended as"):
            continue
        canvas.text(name, (700, right + 15), "text", theme["quiet"])
        right = paragraph(canvas, value, (880, right), BODY_W - 880)
    return max(left, right)


def _tiles(canvas: Canvas, rows: Sequence[LedgerRow], y: float) -> float:
    """Four a row; those with a limit come first and say how they stand to it."""
    theme = canvas.theme
    width = (BODY_W - (TILES - 1) * TILE_GAP) / TILES
    for start in range(0, len(rows), TILES):
        line = rows[start : start + TILES]
        words = [wrapped(canvas, row.title, "text", width - 28) for row in line]
        limited = any(row.limit or row.state for row in line)
        height = 56 + 20 * max(len(w) for w in words) + (26 if limited else 0)
        for i, row in enumerate(line):
            x = i * (width + TILE_GAP)
            over = row.state in ("over", "critical")
            canvas.panel((x, y, width, height), theme["panel"], theme["text"] if over else theme["edge"], width=2 if over else 1)
            value, _, unit = row.value.partition(" ")
            canvas.number(value, (x + 14, y + 38), "number", theme["text"], unit=unit, unit_size="text")
            for n, text in enumerate(words[i]):
                canvas.text(text, (x + 14, y + 61 + 20 * n), "text", theme["quiet"])
            if row.state:
                at = y + height - 16
                colour = theme["text"] if over else theme["done"]
                draw_mark(canvas, "incorrect" if over else "done", (x + 22, at - 4), colour, 7)
                canvas.text(LEDGER_WORDS[row.state], (x + 36, at), "text", colour, bold=over)
                canvas.text(row.limit, (x + width - 14, at), "label", theme["quiet"], align="right")
        y += height + TILE_GAP
    return y - TILE_GAP


def _items(canvas: Canvas, rows: Sequence[ItemRow], y: float) -> float:
    theme = canvas.theme
    for row in rows:
        canvas.line(theme["edge"], (0, y), (BODY_W, y))
        good = row.status in ("done", "avoided")
        colour = theme["done"] if good else theme["text"]
        draw_mark(canvas, row.status, (10, y + 22), colour, 9)
        canvas.text(row.status, (28, y + 27), "text", colour, bold=not good)
        width = canvas.text(row.title, (STATUS_W, y + 27), "text", bold=True)
        if row.critical:
            canvas.text("critical", (STATUS_W + width + 10, y + 27), "label", theme["quiet"])
        canvas.text(row.points, (BODY_W, y + 27), "text", theme["quiet"], align="right")
        below = y + 36
        for line in row.evidence:
            below = paragraph(canvas, line, (STATUS_W, below), BODY_W - STATUS_W - 120, "text", theme["said"])
        below = paragraph(canvas, row.why, (STATUS_W, below), BODY_W - STATUS_W - 120, "text", theme["text"])
        below = paragraph(canvas, f"Source: {row.source}", (STATUS_W, below), BODY_W - STATUS_W - 120, "label", theme["quiet"])
        y = below + 12
    return y


def _events(canvas: Canvas, debrief: Debrief, y: float) -> float:
    """Two columns, read down the left one first."""
    theme = canvas.theme
    rows = numbered(debrief.timeline.events)
    half = -(-len(rows) // 2)
    column = BODY_W / 2
    for i, (number, event) in enumerate(rows):
        x = 0.0 if i < half else column
        at = y + 20 * (i % half if half else 0) + 15
        loud = event.kind in ("sign", "end")
        canvas.text(clock(event.time_s), (x, at), "text", theme["quiet"])
        canvas.text(number, (x + 74, at), "text", theme["quiet"], align="right")
        colour = theme["text"] if event.kind != "alarm" else theme["quiet"]
        canvas.text(canvas.fitted(event.text, "text", column - 100, bold=loud), (x + 88, at), "text", colour, bold=loud)
    return y + 20 * half


def draw_mark(canvas: Canvas, status: str, centre: Point, colour: Colour, radius: float) -> None:
    """Draw a status as a shape: tick, clock hand, dash or cross in a ring."""
    x, y = centre
    canvas.panel((x - radius, y - radius, 2 * radius, 2 * radius), canvas.theme["background"], colour, radius=radius, width=1.4)
    r = radius * 0.5
    strokes: dict[str, list[tuple[Point, Point]]] = {
        "delayed": [((x, y), (x, y - r * 1.3)), ((x, y), (x + r * 1.1, y))],
        "missed": [((x - r, y), (x + r, y))],
        "done": [((x - r, y), (x - r * 0.2, y + r * 0.8)), ((x - r * 0.2, y + r * 0.8), (x + r, y - r * 0.8))],
    }
    cross = [((x - r * 0.8, y - r * 0.8), (x + r * 0.8, y + r * 0.8)), ((x - r * 0.8, y + r * 0.8), (x + r * 0.8, y - r * 0.8))]
    for start, end in strokes.get("done" if status == "avoided" else status, cross):
        canvas.line(colour, start, end, 1.6)
