"""The debrief's timeline on the screen: the geometry of `reports.plot`, in the theme's colours."""

from typing import Final

from drill.reports.plot import Measures, Plot, PlotTrack, lay_out
from drill.reports.timeline import Timeline, spaced
from drill.ui.canvas import Canvas
from drill.ui.theme import Colour

MARKS: Final = {"high": "!!!", "medium": "!!", "low": "!"}


def measures(width: float) -> Measures:
    """Return the plot's sizes for a page of `width` logical pixels."""
    return Measures(width=width, left=168, right_margin=20, band=24, track=84, gap=14, lane=16, mark=20, axis=22, letter=7)


def draw_timeline(canvas: Canvas, timeline: Timeline, top: float, width: float) -> float:
    """Draw stages, curves, alarms and numbered acts with their top left at (0, `top`); return the y below."""
    plot = lay_out(timeline, measures(width))
    _bands(canvas, plot, top)
    _times(canvas, plot, top)
    for track in plot.tracks:
        _track(canvas, plot, track, top)
    _lanes(canvas, plot, top)
    _sign(canvas, plot, top)
    _marks(canvas, plot, top)
    return top + plot.height


def track_colour(canvas: Canvas, name: str) -> Colour:
    """Return a curve's colour: that of the monitor's trace where there is one."""
    theme = canvas.theme
    return {"map_mmhg": theme.waves["art"], "sao2_pct": theme.waves["spo2"]}.get(name, theme["steel"])


def _words(name: str) -> str:
    words = spaced(name)
    return words[:1].upper() + words[1:]


def _bands(canvas: Canvas, plot: Plot, top: float) -> None:
    theme = canvas.theme
    canvas.text("Stage", (plot.left - 10, top + 16), "label", theme["quiet"], align="right")
    for i, band in enumerate(plot.bands):
        canvas.panel(
            (band.x0, top, band.x1 - band.x0, plot.band_height), theme["raised"] if i % 2 else theme["panel"], theme["edge"], radius=3
        )
        if band.label:
            canvas.text(_words(band.label), (band.x0 + 8, top + 16), "label", bold=True)


def _times(canvas: Canvas, plot: Plot, top: float) -> None:
    theme = canvas.theme
    for tick in plot.times:
        canvas.line(theme["panel"], (tick.at, top + plot.band_height + 4), (tick.at, top + plot.axis_y))
        canvas.text(
            tick.label, (tick.at, top + plot.axis_y + 14), "label", theme["quiet"], align="centre" if tick.at > plot.left else "left"
        )


def _track(canvas: Canvas, plot: Plot, track: PlotTrack, top: float) -> None:
    theme = canvas.theme
    colour = track_colour(canvas, track.track.id)
    canvas.panel((plot.left, top + track.top, plot.right - plot.left, track.bottom - track.top), theme["well"], theme["edge"], radius=3)
    canvas.text(track.track.label, (0, top + track.top + 14), "text", colour, bold=True)
    canvas.text(track.track.unit, (0, top + track.top + 31), "label", theme["quiet"])
    for tick in track.ticks:
        canvas.line(theme["panel"], (plot.left + 1, top + tick.at), (plot.right - 1, top + tick.at))
        canvas.text(tick.label, (plot.left - 8, top + tick.at + 4), "label", theme["quiet"], align="right")
    if track.limit_y is not None:
        canvas.line(theme["faint"], (plot.left + 1, top + track.limit_y), (plot.right - 1, top + track.limit_y), 1.3)
    for (x0, y0), (x1, y1) in zip(track.line, track.line[1:], strict=False):
        canvas.line(colour, (x0, top + y0), (x1, top + y1), 1.6)


def _lanes(canvas: Canvas, plot: Plot, top: float) -> None:
    theme = canvas.theme
    for lane in plot.lanes:
        colours = theme.alarms.get(lane.priority, theme.alarms["low"])
        words = canvas.fitted(lane.label, "label", plot.left - 44)
        canvas.text(words, (plot.left - 34, top + lane.y + 12), "label", theme["text"], align="right")
        canvas.text(
            MARKS.get(lane.priority, "!"), (plot.left - 10, top + lane.y + 12), "label", colours["on_panel"], bold=True, align="right"
        )
        for x0, x1 in lane.bars:
            canvas.panel((x0, top + lane.y + 4, x1 - x0, 8), colours["fill"], radius=2)


def _sign(canvas: Canvas, plot: Plot, top: float) -> None:
    if plot.sign_x is None:
        return
    theme = canvas.theme
    canvas.dashes(theme["text"], (plot.sign_x, top + plot.band_height), (plot.sign_x, top + plot.axis_y), dash=3, gap=4)
    first = plot.tracks[0]
    canvas.text("first sign", (plot.sign_x + 6, top + first.top + 14), "label", theme["text"])


def _marks(canvas: Canvas, plot: Plot, top: float) -> None:
    theme = canvas.theme
    canvas.text("What you did", (plot.left - 10, top + plot.marks_top + 14), "label", theme["quiet"], align="right")
    for mark in plot.marks:
        box = (mark.x - 9, top + mark.y - 9, 18, 18)
        canvas.panel(box, theme["panel"], theme["said"] if mark.event.kind == "say" else theme["quiet"], radius=9)
        canvas.text(str(mark.number), (mark.x, top + mark.y + 4), "label", theme["text"], align="centre")
