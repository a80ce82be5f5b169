"""The story as its author sees it: the stages, how the run came where it is, and what each way out waits for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from drill.engine.story import Line, Story, Way
from drill.reports.timeline import clock
from drill.scenarios.schema import Scenario, Stage
from drill.ui.canvas import WIDTH, Box, Canvas, Point
from drill.ui.forms import MARGIN, heading
from drill.ui.theme import Colour
from drill.units import seconds

GRAPH: Final[Box] = (MARGIN, 128.0, 560.0, 520.0)
LIST_X: Final = 648.0
LIST_W: Final = WIDTH - MARGIN - LIST_X
NOW_W: Final = 168.0
ROW: Final = 16.6
BOTTOM: Final = 676.0
STAGE_H: Final = 54.0
GAP_X: Final = 46.0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one stage stands in the picture."""

    stage: Stage
    box: Box
    column: int


def draw_story(canvas: Canvas, scenario: Scenario, story: Story, time_s: float) -> None:
    """Draw the whole screen."""
    theme = canvas.theme
    canvas.surface.fill(theme["background"], canvas.rect((0, 0, WIDTH, 720)))
    here = next((stage for stage in scenario.stages if stage.id == story.stage), None)
    heading(canvas, "Story", "What the run waits for, and why. Only its author sees this.", quiet=scenario.id)
    spots = places(scenario)
    for spot in spots.values():
        for way in spot.stage.next:
            if way.go in spots:
                _arrow(canvas, spot, spots[way.go], theme["accent"] if spot.stage is here else theme["quiet"])
    for spot in spots.values():
        _stage(canvas, spot, story)
    _ways(canvas, story)
    canvas.line(theme["edge"], (MARGIN, 682), (WIDTH - MARGIN, 682))
    canvas.text(f"{clock(time_s)} · F4 or Esc: back to the drill, which goes on behind this", (MARGIN, 704), "label", theme["quiet"])


def places(scenario: Scenario) -> dict[str, Spot]:
    """Return each stage's place: columns by how many steps from the first, what ends the run in the last."""
    ranks = {scenario.stages[0].id: 0}
    by_id = {stage.id: stage for stage in scenario.stages}
    waiting = [scenario.stages[0].id]
    while waiting:
        name = waiting.pop(0)
        for way in by_id[name].next:
            if way.go in by_id and way.go not in ranks:
                ranks[way.go] = ranks[name] + 1
                waiting.append(way.go)
    last = max(1, *(rank + (not by_id[name].ends) for name, rank in ranks.items())) if len(by_id) > 1 else 0
    columns: dict[int, list[Stage]] = {}
    for stage in scenario.stages:
        columns.setdefault(last if stage.ends else ranks.get(stage.id, 0), []).append(stage)
    x, y, w, h = GRAPH
    wide = min((w - GAP_X * (len(columns) - 1)) / len(columns), 180.0)
    found: dict[str, Spot] = {}
    for place, column in enumerate(sorted(columns)):
        stages = columns[column]
        step = min(h / len(stages), 150.0)
        top = y + (h - step * len(stages)) / 2 + (step - STAGE_H) / 2
        for row, stage in enumerate(stages):
            found[stage.id] = Spot(stage, (x + place * (wide + GAP_X), top + row * step, wide, STAGE_H), place)
    return found


def _stage(canvas: Canvas, spot: Spot, story: Story) -> None:
    theme, stage = canvas.theme, spot.stage
    x, y, w, _ = spot.box
    now, been = stage.id == story.stage, stage.id in story.path
    edge = theme["accent"] if now else theme["text"] if been else theme["edge"]
    canvas.panel(spot.box, theme["accent_deep"] if now else theme["panel"], edge, radius=8, width=2.5 if now else 1.2)
    ink = theme["text"] if been else theme["quiet"]
    canvas.text(canvas.fitted(stage.id, "text", w - 20, bold=now), (x + 10, y + 23), "text", ink, bold=now)
    words = f"here since {clock(seconds(story.since_tick))}" if now and not stage.ends else f"ends: {stage.ends}" if stage.ends else ""
    words = words or ("was here" if been else "")
    canvas.text(canvas.fitted(words, "label", w - 20), (x + 10, y + 42), "label", ink if now else theme["quiet"])


def _arrow(canvas: Canvas, start: Spot, end: Spot, colour: Colour) -> None:
    """Draw a way: to the right from side to side, within a column or back round below."""
    a, b = start.box, end.box
    if end.column > start.column:
        path: Sequence[Point] = ((a[0] + a[2], a[1] + a[3] / 2), (b[0] - 2, b[1] + b[3] / 2))
    else:
        low = max(a[1], b[1]) + STAGE_H + 16
        path = ((a[0] + a[2] * 0.6, a[1] + a[3]), (a[0] + a[2] * 0.6, low), (b[0] + b[2] * 0.3, low), (b[0] + b[2] * 0.3, b[1] + b[3] + 2))
    for one, two in pairwise(path):
        canvas.line(colour, one, two, 1.6)
    (x0, y0), (x1, y1) = path[-2], path[-1]
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-6)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    canvas.polygon(colour, [(x1, y1), (x1 - 9 * ux + 4 * uy, y1 - 9 * uy - 4 * ux), (x1 - 9 * ux - 4 * uy, y1 - 9 * uy + 4 * ux)])


def _ways(canvas: Canvas, story: Story) -> None:
    theme = canvas.theme
    since = clock(seconds(story.tick - story.since_tick))
    canvas.text(f"In “{story.stage}” for {since}", (LIST_X, 142), "text", bold=True)
    y = 150.0
    rows = list(_rows(story))
    room = int((BOTTOM - y) / ROW)
    for row in rows if len(rows) <= room else rows[: room - 1]:
        y += ROW
        if isinstance(row, Way):
            canvas.text(canvas.fitted(row.go, "text", LIST_W - 20, bold=True), (LIST_X, y), "text", theme["accent"], bold=True)
        elif isinstance(row, Line):
            _line(canvas, row, y)
        else:
            canvas.text(row, (LIST_X, y), "label", theme["quiet"])
    if len(rows) > room:
        canvas.text(f"and {len(rows) - room + 1} lines more", (LIST_X, y + ROW), "label", theme["quiet"])


def _rows(story: Story) -> Iterator[Way | Line | str]:
    """Yield what the list says: each way out under its goal, then what must hold."""
    if not story.ways:
        yield "No way leads on from here."
    for way in story.ways:
        yield Way(f"to {way.go}", way.holds, ())
        yield from way.lines
    if story.kept:
        yield "What must hold here"
    for kept in story.kept:
        yield Way(kept.go, kept.holds, ())
        yield from kept.lines


def _line(canvas: Canvas, line: Line, y: float) -> None:
    """Draw what is asked with a tick or an open ring before it, and how things are at the right."""
    theme = canvas.theme
    x = LIST_X + 14 * (line.depth + 1)
    colour = theme["text"] if line.holds else theme["quiet"]
    canvas.panel((x - 5, y - 10, 11, 11), theme["background"], colour, radius=5.5, width=1.2)
    if line.holds:
        canvas.line(colour, (x - 2.5, y - 4.5), (x - 0.5, y - 2), 1.6)
        canvas.line(colour, (x - 0.5, y - 2), (x + 3.5, y - 7.5), 1.6)
    text = canvas.fitted(line.text, "label", LIST_X + LIST_W - NOW_W - x - 14, bold=line.holds)
    canvas.text(text, (x + 12, y), "label", colour, bold=line.holds)
    canvas.text(canvas.fitted(line.now, "label", NOW_W), (LIST_X + LIST_W, y), "label", colour, align="right")
