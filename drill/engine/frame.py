"""What a condition can ask, at every fifth tick.

A frame is made of log entries alone: the session feeds each entry to a `FrameBuilder` as it is written, and a
reader feeds the same entries from the file. So a score can never rest on something that was not logged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from drill.circuit.readings import READINGS, SHOWN
from drill.engine.entries import Entry
from drill.errors import ValueRangeError

TRUE = tuple(READINGS)


class Did(NamedTuple):
    """One action that took effect: at tick `tick`, by `who`."""

    tick: int
    who: str
    verb: str
    target: str
    value: float | str | None


class Finding(NamedTuple):
    """What the last look at a part showed, and when that look ended."""

    tick: int
    seen: tuple[str, ...]


class Frame(NamedTuple):
    """The drill at tick `tick`, in the resolution that the log keeps.

    `true` and `shown` are in the readings' own units (None = blank); `alarms` are the active ones; `running` holds the
    jobs under way; `done` maps a job to the tick at which it was last done, `said` a call-out to the tick at which it
    was last said and true; `did` holds the actions since the frame before, without the refused ones; `stage` is the one
    that the story is in; `by` says who: "task:x" began a job, "said:x" made a true call-out, "found:x" looked last; `as_found` are the
    controls of the run's first frame.
    """

    tick: int
    true: Mapping[str, float]
    shown: Mapping[str, float | None]
    controls: Mapping[str, float]
    alarms: frozenset[str]
    running: frozenset[str]
    done: Mapping[str, int]
    found: Mapping[str, Finding]
    said: Mapping[str, int]
    drive: str
    did: tuple[Did, ...]
    stage: str = ""
    by: Mapping[str, str] = MappingProxyType({})
    as_found: Mapping[str, float] = MappingProxyType({})


def _per_unit(resolution: float) -> float:
    return float(round(1 / resolution)) if resolution < 1 else 1 / resolution


# Dividing by a whole number of steps gives the nearest float to the decimal; multiplying by 0.01 does not.
_STEPS = {name: _per_unit(READINGS[name].resolution) for name in TRUE}
_ALL_STEPS = np.array([_STEPS[name] for name in (*TRUE, *SHOWN)])
_SHOWN_AT = {name: k for k, name in enumerate(SHOWN)}
MOST_STEPS = 1e15
Places = Mapping[str, tuple[int, float]]
Value = TypeVar("Value", float, float | None)


class Table(NamedTuple):
    """How frames are read: where each name stands, and its steps per unit. A run file brings its own table along."""

    true: Places
    shown: Places


def table_of(readings: Mapping[str, Sequence[Sequence[Any]]]) -> Table:
    """Return the table that a header describes: names in order, each with its resolution."""
    places = {kind: {name: (k, _per_unit(step)) for k, (name, step) in enumerate(readings[kind])} for kind in ("true", "shown")}
    return Table(places["true"], places["shown"])


class MissingReadingError(KeyError):
    """Raised when a run's frames hold no reading of that name."""

    def __str__(self) -> str:
        """Name it, without KeyError's quotes."""
        return str(self.args[0])


class Readings(Mapping[str, Value], Generic[Value]):
    """Readings by name, worked out from a frame's whole numbers only when one is asked for: most never are."""

    __slots__ = ("_at", "_numbers")

    def __init__(self, numbers: Sequence[int | None], at: Places) -> None:
        """Keep the whole numbers, and where each name's stands with its steps per unit."""
        self._numbers = numbers
        self._at = at

    def __getitem__(self, name: str) -> Value:
        """Return a reading in its own unit, None where a display is blank."""
        try:
            place, steps = self._at[name]
        except KeyError:
            raise MissingReadingError(name) from None
        number = self._numbers[place]
        return number if number is None else number / steps  # type: ignore[return-value]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._at)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._at)


HERE = Table(
    {name: (k, _STEPS[name]) for k, name in enumerate(TRUE)},
    {name: (k, _STEPS[name]) for k, name in enumerate(SHOWN)},
)


def quantise(name: str, value: float) -> int:
    """Return a reading as a whole number of its resolution; raise ValueRangeError if it is not finite."""
    if not isfinite(value):
        message = f"reading '{name}' is {value}: the model must stay finite"
        raise ValueRangeError(message)
    return round(value * _STEPS[name])


def frame_entry(tick: int, numbers: NDArray[np.float64], blank: Iterable[str]) -> Entry:
    """Return the log's `frame` entry for all readings in the order of TRUE, then of SHOWN; `blank` names the dark displays.

    Raises ValueRangeError if one is not finite.
    """
    steps = numbers * _ALL_STEPS
    if not steps.dot(steps) < MOST_STEPS**2:  # not finite, or too far from zero: then look which
        for name, value in zip((*TRUE, *SHOWN), numbers.tolist(), strict=True):
            quantise(name, value)
        if not np.abs(steps).max() < MOST_STEPS:
            raise ValueRangeError(f"a reading is beyond {MOST_STEPS:.0e} steps of its resolution: the model must stay within reason")
    whole = np.rint(steps).astype(np.int64).tolist()
    shown = whole[len(TRUE) :]
    for name in blank:
        shown[_SHOWN_AT[name]] = None
    return {"t": tick, "k": "frame", "true": whole[: len(TRUE)], "shown": shown}


class FrameBuilder:
    """Turns entries, one after the other, into frames. `feed` returns a frame for each `frame` entry."""

    def __init__(self, table: Table = HERE) -> None:
        """Start before the first entry of a run whose frames are written by `table` (this program's own, if not given)."""
        self._table = table
        self._controls: dict[str, float] = {}
        self._alarms: frozenset[str] = frozenset()
        self._running: frozenset[str] = frozenset()
        self._done: dict[str, int] = {}
        self._found: dict[str, Finding] = {}
        self._said: dict[str, int] = {}
        self._drive = ""
        self._did: dict[int, Did] = {}
        self._stage = ""
        self._by: dict[str, str] = {}
        self._as_found: dict[str, float] = {}
        self.last: Frame | None = None

    def feed(self, entry: Entry) -> Frame | None:  # noqa: C901, PLR0912  one flat case per kind reads best
        """Take one entry; return the new frame if it is a `frame` entry."""
        match entry["k"]:
            case "frame":
                return self._frame(entry)
            case "control":
                self._controls = {**self._controls, entry["name"]: entry["value"]}
            case "alarm":
                if entry["state"] == "on":
                    self._alarms |= {entry["id"]}
                elif entry["state"] == "off":
                    self._alarms -= {entry["id"]}
            case "job":
                task = entry["task"]
                if entry["state"] == "start":
                    self._running |= {task}
                    self._by = {**self._by, f"task:{task}": entry["who"]}
                else:
                    self._running -= {task}
                    if entry["state"] == "done":
                        self._done = {**self._done, task: entry["t"]}
            case "look":
                self._found = {**self._found, entry["target"]: Finding(entry["t"], tuple(entry["findings"]))}
                self._by = {**self._by, f"found:{entry['target']}": entry["who"]}
            case "say":
                if entry["true"]:
                    self._said = {**self._said, entry["id"]: entry["t"]}
                    self._by = {**self._by, f"said:{entry['id']}": entry["who"]}
            case "drive":
                self._drive = entry["at"]
            case "stage":
                self._stage = entry["to"]
            case "action":
                self._did[entry["seq"]] = Did(entry["t"], entry["who"], entry["verb"], entry["target"], entry["value"])
            case "refused":
                self._did.pop(entry["seq"], None)
            case _:
                pass
        return None

    def _frame(self, entry: Entry) -> Frame:
        did, self._did = tuple(self._did.values()), {}
        self._as_found = self._as_found or self._controls
        self.last = Frame(
            tick=entry["t"],
            true=Readings[float](entry["true"], self._table.true),
            shown=Readings[float | None](entry["shown"], self._table.shown),
            controls=self._controls,
            alarms=self._alarms,
            running=self._running,
            done=self._done,
            found=self._found,
            said=self._said,
            drive=self._drive,
            did=did,
            stage=self._stage,
            by=self._by,
            as_found=self._as_found,
        )
        return self.last


def frames(entries: Iterable[Entry], table: Table = HERE) -> Iterator[Frame]:
    """Yield the frames of a run from its entries, written by `table`."""
    builder = FrameBuilder(table)
    for entry in entries:
        frame = builder.feed(entry)
        if frame is not None:
            yield frame
