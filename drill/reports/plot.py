"""Where everything in a timeline plot goes: one geometry, drawn as SVG in the page and with pygame on the screen.

Units are those of the caller (CSS pixels or logical screen pixels); y grows downwards; nothing here knows a colour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drill.reports.timeline import AlarmSpan, Band, Event, Timeline, Track, clock

_STEPS_S: Final = (5, 10, 15, 30, 60, 120, 300, 600, 1200)
MARKED: Final = ("act", "say", "look", "team")


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class PlotBand:
    """A stage: from x0 to x1; `label` is empty where the words would not fit."""

    x0: float
    x1: float
    label: str
    id: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class PlotTrack:
    """One quantity's curve in its strip between `top` and `bottom`."""

    track: Track
    top: float
    bottom: float
    line: tuple[tuple[float, float], ...]
    ticks: tuple[Tick, ...]
    limit_y: float | None
    low: float
    high: float
    expert: tuple[tuple[float, float], ...] = ()
    expert_points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PlotLane:
    """One alarm's bars (x0, x1), `y` their top, and the spans that they stand for."""

    label: str
    priority: str
    y: float
    bars: tuple[tuple[float, float], ...]
    spans: tuple[AlarmSpan, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One numbered event at (x, y), its centre; the number is its place in the list of what happened."""

    x: float
    y: float
    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class Plot:
    """The whole plot. `left` and `right` bound the time axis; `axis_y` is where its labels stand."""

    width: float
    height: float
    left: float
    right: float
    axis_y: float
    times: tuple[Tick, ...]
    bands: tuple[PlotBand, ...]
    band_top: float
    band_height: float
    tracks: tuple[PlotTrack, ...]
    lanes: tuple[PlotLane, ...]
    marks: tuple[Mark, ...]
    marks_top: float
    sign_x: float | None


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes that differ between page and screen."""

    width: float = 960.0
    left: float = 150.0
    right_margin: float = 18.0
    band: float = 24.0
    track: float = 92.0
    gap: float = 16.0
    lane: float = 15.0
    mark: float = 20.0
    axis: float = 22.0
    letter: float = 7.0


def marked_events(timeline: Timeline) -> tuple[Event, ...]:
    """Return the events that get a number, in order: what people did, said and looked at."""
    return tuple(e for e in timeline.events if e.kind in MARKED)


def lay_out(timeline: Timeline, m: Measures, expert: Timeline | None = None) -> Plot:
    """Place every part of `timeline`; the height follows from how many alarms and crowded marks there are.

    `expert` is another run's timeline on the same clock, whose curves are laid over.
    """
    span_s = max(timeline.duration_s, 1.0)
    left, right = m.left, m.width - m.right_margin

    def x(time_s: float) -> float:
        return left + (right - left) * min(max(time_s / span_s, 0.0), 1.0)

    y = m.band + m.gap * 0.5
    bands = tuple(_band(b, x(b.start_s), x(b.end_s), m.letter) for b in timeline.bands)
    beside = {track.id: track for track in expert.tracks} if expert is not None else {}
    tracks: list[PlotTrack] = []
    for track in timeline.tracks:
        tracks.append(_track(track, y, y + m.track, x, beside.get(track.id)))
        y += m.track + m.gap
    lanes: list[PlotLane] = []
    for name in dict.fromkeys(a.id for a in timeline.alarms):
        spans = [a for a in timeline.alarms if a.id == name]
        lanes.append(_lane(spans, y, x))
        y += m.lane
    y += m.gap * 0.5 if lanes else 0.0
    marks, rows = _marks(marked_events(timeline), y, m.mark, x)
    axis_y = y + rows * m.mark + m.gap * 0.5
    sign_x = None if timeline.first_sign_s is None else x(timeline.first_sign_s)
    times = tuple(Tick(x(t), clock(t)) for t in _times(span_s))
    return Plot(m.width, axis_y + m.axis, left, right, axis_y, times, bands, 0.0, m.band, tuple(tracks), tuple(lanes), marks, y, sign_x)


def _times(span_s: float) -> list[float]:
    step = next((s for s in _STEPS_S if span_s / s <= 12), 3600)
    return [float(t) for t in range(0, int(span_s) + 1, step)]


def _band(band: Band, x0: float, x1: float, letter: float) -> PlotBand:
    fits = len(band.id) * letter + 8 <= x1 - x0
    return PlotBand(x0, x1, band.id if fits else "", band.id, band.start_s, band.end_s)


def _track(track: Track, top: float, bottom: float, x: Callable[[float], float], expert: Track | None) -> PlotTrack:
    points = expert.points if expert is not None else ()
    low, high = min([track.low, *(v for _, v in points)]), max([track.high, *(v for _, v in points)])
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / span

    line = tuple((x(t), y(v)) for t, v in track.points)
    step = next((s for s in (0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0) if span / s <= 4), 200.0)
    first = -(-low // step) * step
    values = [first + i * step for i in range(int((high - first) / step + 1e-9) + 1)]
    ticks = tuple(Tick(y(v), f"{v:g}") for v in values)
    limit_y = None if track.limit is None else y(track.limit)
    overlaid = tuple((x(t), y(v)) for t, v in points)
    return PlotTrack(track, top, bottom, line, ticks, limit_y, low, high, overlaid, points)


def _lane(spans: list[AlarmSpan], y: float, x: Callable[[float], float]) -> PlotLane:
    label = spans[0].text.split(" (")[0]
    bars = tuple((x(s.start_s), max(x(s.end_s), x(s.start_s) + 2.0)) for s in spans)
    return PlotLane(_words_only(label), spans[0].priority, y, bars, tuple(spans))


def _words_only(label: str) -> str:
    """Drop the value that an alarm showed at its start: the lane stands for all of its time."""
    words = [w for w in label.split() if not w.lstrip("-").replace(".", "").isdigit()]
    return " ".join(words) or label


def _marks(events: tuple[Event, ...], top: float, size: float, x: Callable[[float], float]) -> tuple[tuple[Mark, ...], int]:
    """Put each mark into the first row where it touches no other."""
    ends: list[float] = []
    marks: list[Mark] = []
    for number, event in enumerate(events, start=1):
        at = x(event.time_s)
        row = next((i for i, end in enumerate(ends) if at - size / 2 >= end), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = at + size / 2
        marks.append(Mark(at, top + row * size + size / 2, number, event))
    return tuple(marks), max(len(ends), 1)
