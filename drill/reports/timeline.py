"""What happened when, read from a run's entries: the one source of the plot on the screen, on paper and in words.

Nothing is computed here that the run does not hold; quantities keep their clinical units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from drill.circuit.controls import CONTROLS
from drill.engine.entries import Entry
from drill.engine.frame import Frame
from drill.engine.lines import DRIVES, OUTCOMES, control_line
from drill.engine.runlog import Run
from drill.units import seconds


@dataclass(frozen=True, slots=True)
class Track:
    """One quantity over time. `points` are (seconds, value); `low` and `high` bound the axis; `limit` is drawn as a line."""

    id: str
    label: str
    unit: str
    points: tuple[tuple[float, float], ...]
    low: float
    high: float
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """One stage of the story, from `start_s` to `end_s`."""

    id: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `time_s`. `kind`: act, say, look, team, machine, alarm, sign, end.

    `act` is somebody's hand; a control that moved by a job or a fault is `machine`.
    """

    time_s: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class AlarmSpan:
    """One alarm's life. `priority` is high, medium or low; `text` as the machine showed it first."""

    id: str
    priority: str
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """A run as it is drawn: tracks share the time axis of `duration_s`; `first_sign_s` is None where none was seen."""

    duration_s: float
    tracks: tuple[Track, ...]
    bands: tuple[Band, ...]
    events: tuple[Event, ...]
    alarms: tuple[AlarmSpan, ...]
    first_sign_s: float | None


# Axes that hold the whole story of a pump stop and still show 0.1 L/min; a run that leaves them widens them.
_TRACKS: Final = (
    ("flow_l_min", "Circuit flow", "L/min", -2.0, 5.0, 0.0),
    ("map_mmhg", "MAP", "mmHg", 0.0, 100.0, None),
    ("sao2_pct", "SaO₂", "%", 50.0, 100.0, None),
)
_POINTS_AT_MOST: Final = 900
KNOB_S: Final = 3.0
KNOBS: Final = frozenset(name for name, control in CONTROLS.items() if control.high > 1)


def clock(time_s: float) -> str:
    """Return minutes and seconds as the run clock shows them ("02:07")."""
    whole = int(time_s + 1e-9)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def read_timeline(run: Run, titles: Mapping[str, str] | None = None) -> Timeline:
    """Read a run of any format; a reading that it does not have leaves its track empty.

    `titles` gives the words for tasks, looks, sayings and people (their ids where absent).
    """
    reader = _Reader(titles or {}, run.machine)
    for entry in run.entries:
        reader.read(entry)
    for frame in run.frames():
        reader.read_frame(frame)
    return reader.timeline()


def aligned(other: Timeline, own: Timeline) -> Timeline:
    """Return another run's timeline with its curves moved so that both first signs fall together, cut to the own run's length."""
    both = other.first_sign_s is not None and own.first_sign_s is not None
    by_s = (own.first_sign_s or 0.0) - (other.first_sign_s or 0.0) if both else 0.0

    def moved(track: Track) -> Track:
        points = tuple((round(t + by_s, 3), v) for t, v in track.points if 0.0 <= t + by_s <= own.duration_s)
        return replace(track, points=points)

    first = None if other.first_sign_s is None else other.first_sign_s + by_s
    return replace(other, tracks=tuple(moved(track) for track in other.tracks), first_sign_s=first)


def spaced(name: str) -> str:
    """Return an id as words: `clamp_return` becomes "clamp return"."""
    return name.replace("_", " ")


class _Reader:
    """Folds entries into a Timeline."""

    def __init__(self, titles: Mapping[str, str], machine: str) -> None:
        self._titles = titles
        self._machine = machine
        self._points: dict[str, list[tuple[float, float]]] = {t[0]: [] for t in _TRACKS}
        self._stages: list[tuple[str, float]] = []
        self._events: list[Event] = []
        self._first_sign_s: float | None = None
        self._last_s = 0.0
        self._sounding: dict[str, tuple[str, str, float]] = {}
        self._alarms: list[AlarmSpan] = []
        self._knob, self._knob_s = "", 0.0
        self._hands: set[tuple[int, str]] = set()

    def _title(self, name: str) -> str:
        return self._titles.get(name) or spaced(name)

    def _who(self, entry: Entry) -> str:
        who = str(entry.get("who", "you"))
        return "" if who == "you" else f"{self._title(who)}: "

    def _add(self, time_s: float, kind: str, text: str) -> None:
        self._knob = ""
        self._events.append(Event(time_s, kind, text[:1].upper() + text[1:]))

    def read(self, entry: Entry) -> None:
        time_s = seconds(int(entry["t"]))
        self._last_s = max(self._last_s, time_s)
        handler = getattr(self, f"_on_{entry['k']}", None)
        if handler is not None:
            handler(time_s, entry)

    def read_frame(self, frame: Frame) -> None:
        for name, points in self._points.items():
            value = frame.true.get(name)
            if value is not None:
                points.append((seconds(frame.tick), value))

    def _on_stage(self, time_s: float, entry: Entry) -> None:
        self._stages.append((str(entry["to"]), time_s))

    def _on_first_sign(self, time_s: float, _entry: Entry) -> None:
        self._first_sign_s = time_s
        self._add(time_s, "sign", "First sign that something is wrong")

    def _on_action(self, _time_s: float, entry: Entry) -> None:
        if entry["verb"] == "set":
            self._hands.add((int(entry["t"]), str(entry["target"])))

    def _on_control(self, time_s: float, entry: Entry) -> None:
        if time_s <= 0:
            return
        name = str(entry["name"])
        if name == "compressions":
            return  # the job says it
        by_hand = (int(entry["t"]), name) in self._hands
        turned = name == self._knob and name in KNOBS and by_hand and time_s - self._knob_s <= KNOB_S
        if turned and self._events[-1].kind == "act":
            time_s = self._events.pop().time_s  # a knob that is turned on and on is one event, with its last value
        value = float(entry["value"])
        text = f"crank at {value:g} turns a minute" if name == "crank_rpm" else control_line(name, value, self._machine)
        self._add(time_s, "act" if by_hand else "machine", text)
        self._knob, self._knob_s = name, seconds(int(entry["t"]))

    def _on_job(self, time_s: float, entry: Entry) -> None:
        state = {"start": "begun", "done": "done", "stopped": "stopped"}.get(str(entry["state"]), str(entry["state"]))
        self._add(time_s, "act", f"{self._who(entry)}{self._title(str(entry['task']))}: {state}")

    def _on_say(self, time_s: float, entry: Entry) -> None:
        untrue = "" if entry.get("true", True) else " (not so at that moment)"
        self._add(time_s, "say", f"{self._who(entry)}said: {self._title(str(entry['id']))}{untrue}")

    def _on_look(self, time_s: float, entry: Entry) -> None:
        found = ", ".join(spaced(str(f)) for f in entry.get("findings", ())) or "nothing to note"
        self._add(time_s, "look", f"{self._who(entry)}looked at {self._title(str(entry['target']))}: {found}")

    def _on_person(self, time_s: float, entry: Entry) -> None:
        if time_s > 0:
            words = {"called": "called", "here": "arrives"}.get(str(entry["state"]), str(entry["state"]))
            self._add(time_s, "team", f"{self._title(str(entry['who']))} {words}")

    def _on_drive(self, time_s: float, entry: Entry) -> None:
        if time_s > 0:
            self._add(time_s, "machine", DRIVES.get(str(entry["at"]), spaced(str(entry["at"]))))

    def _on_alarm(self, time_s: float, entry: Entry) -> None:
        name, state = str(entry["id"]), str(entry["state"])
        if state == "on" and name not in self._sounding:
            text = str(entry.get("text") or spaced(name))
            self._sounding[name] = (str(entry.get("priority") or "low"), text, time_s)
            self._add(time_s, "alarm", f"alarm: {text}")
        elif state == "off" and name in self._sounding:
            self._alarms.append(AlarmSpan(name, *self._sounding.pop(name), time_s))

    def _on_end(self, time_s: float, entry: Entry) -> None:
        outcome = OUTCOMES.get(str(entry["outcome"])) or self._title(str(entry["outcome"]))
        self._add(time_s, "end", f"end of the run: {outcome}")

    def timeline(self) -> Timeline:
        """Close the last stage and the alarms that still sound, and thin the tracks."""
        self._alarms += [AlarmSpan(name, *kept, self._last_s) for name, kept in self._sounding.items()]
        ends = [start for _, start in self._stages[1:]] + [self._last_s]
        bands = tuple(Band(name, start, end) for (name, start), end in zip(self._stages, ends, strict=False))
        tracks = tuple(_track(spec, self._points[spec[0]]) for spec in _TRACKS)
        return Timeline(self._last_s, tracks, bands, tuple(self._events), tuple(self._alarms), self._first_sign_s)


def _track(spec: tuple[str, str, str, float, float, float | None], points: list[tuple[float, float]]) -> Track:
    name, label, unit, low, high, limit = spec
    values = [v for _, v in points]
    low, high = min([low, *values]), max([high, *values])
    return Track(name, label, unit, tuple(thin(points, _POINTS_AT_MOST)), low, high, limit)


def thin(points: list[tuple[float, float]], at_most: int) -> list[tuple[float, float]]:
    """Return about `at_most` points that keep each stretch's lowest and highest value, so that no dip is lost."""
    if len(points) <= at_most:
        return points
    size = -(-len(points) // (at_most // 2))
    kept: list[tuple[float, float]] = []
    for start in range(0, len(points), size):
        stretch = points[start : start + size]
        pair = {min(stretch, key=lambda p: p[1]), max(stretch, key=lambda p: p[1])}
        kept.extend(sorted(pair))
    return kept
