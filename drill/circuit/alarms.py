"""Alarms: shown readings against limits, and device flags, as an operator meets them at the bedside.

An alarm belongs to a host (console, monitor, ...): a host without power raises nothing and forgets what it had raised, and
one whose alarms are switched off raises none. A limit that a control sets is off at the end of the control's range.
Priorities, latching and the audio pause are styled after IEC 60601-1-8, without claiming it. Limits come from the
circuit's data; delays and the pause's length are local targets (tunable). Interlocks bring two alarms each.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import compress
from operator import gt, itemgetter, lt
from typing import Any, NamedTuple

from drill.circuit.alarmspec import PRIORITIES, AlarmSpec, off_at
from drill.circuit.readings import READINGS
from drill.errors import CircuitError, NameUnknownError
from drill.units import seconds, ticks

SWITCHES = {"console": "console_alarms", "monitor": "monitor_alarms"}  # what switches all alarms of a host off
EVENTS_KEPT = 200
AUDIO_PAUSE_S = 120.0  # tunable; two minutes is what bedside monitors commonly offer


class Alarm(NamedTuple):
    """One alarm that is active or latched. `text` is "LOW FLOW 0.0 (limit 2.0)"; acknowledged_tick is -1 until then."""

    id: str
    priority: str
    text: str
    active: bool
    acknowledged: bool
    since_tick: int
    acknowledged_tick: int = -1


class AlarmEvent(NamedTuple):
    """One line of the alarm log: when it came, was over and was acknowledged (-1 = not yet); `text` as it was when it came."""

    id: str
    priority: str
    text: str
    since_tick: int
    over_tick: int = -1
    acknowledged_tick: int = -1


class AlarmLimit(NamedTuple):
    """One alarm with its limit as it is set now. `control` is "" where the limit is fixed; `state` is on or off."""

    id: str
    text: str
    priority: str
    host: str
    reading: str
    sign: int
    limit: float
    control: str
    state: str


@dataclass(frozen=True, slots=True)
class _Held:
    """What the board remembers of one alarm. `changed_tick` is when what was seen last began to differ from `active`."""

    raised: bool = False
    active: bool = False
    changed_tick: int = -1
    since_tick: int = 0
    acknowledged_tick: int = -1


_QUIET = _Held()


class _Side:
    """All readings that are watched on one side of their limits, compared at one go."""

    def __init__(self, rows: Iterable[tuple[int, int, float]], past: Callable[[float, float], bool]) -> None:
        """Watch (place on the board, place among the numbers, limit); `past` says which side."""
        self.rows = tuple(rows)
        places = [at for _, at, _ in self.rows]
        self._limits = tuple(limit for _, _, limit in self.rows)
        # itemgetter gives no tuple for fewer than two places; what is compared once more is cut off by the limits
        self._pick = itemgetter(*(places * 2 if len(places) == 1 else places or [0, 0]))
        self._past = past

    def seen(self, numbers: Any) -> list[bool]:
        """Return which are past their limits."""
        return list(map(self._past, self._pick(numbers), self._limits))


class AlarmBoard:
    """All alarms of one machine with their memory. `update` once a tick; everything else reads or answers."""

    def __init__(self, specs: Iterable[AlarmSpec], audio_pause_s: float = AUDIO_PAUSE_S) -> None:
        """Start silent. `audio_pause_s` is how long one audio pause lasts."""
        self._specs = tuple(specs)
        self._delays = tuple(ticks(spec.delay_s) for spec in self._specs)
        self._off_at = tuple(off_at(spec) for spec in self._specs)
        self._above, self._below = _Side((), gt), _Side((), lt)
        self._said: tuple[int, ...] = ()
        self._live: AbstractSet[str] = frozenset()
        self._past: tuple[list[bool], list[bool]] | None = None  # what was seen at the last tick, while nothing waits for its delay
        self._held = [_QUIET] * len(self._specs)
        self._numbers: list[tuple[float | None, float]] = [(None, 0.0)] * len(self._specs)  # (reading, limit) when last past it
        self._pause_ticks = ticks(audio_pause_s)
        self._pause_until = 0
        self._events: list[AlarmEvent] = []

    def watch(
        self, lit: Mapping[str, int], controls: Mapping[str, float], flags: Mapping[str, bool], live_hosts: AbstractSet[str]
    ) -> None:
        """Know what can alarm from now on: again whenever a display, a control, a flag or a host has changed.

        `lit` says where each reading that is shown stands among the numbers. A blank reading is past no limit; a blank
        host raises nothing; a limit that is off has no other side.
        """
        rows: dict[int, list[tuple[int, int, float]]] = {1: [], -1: []}
        for i, spec in enumerate(self._specs):
            limit = self._limit_of(i, controls)
            if spec.host in live_hosts and spec.reading in lit and limit != self._off_at[i]:
                rows[spec.sign].append((i, lit[spec.reading], limit))
        self._above, self._below = _Side(rows[1], gt), _Side(rows[-1], lt)
        self._said = tuple(i for i, spec in enumerate(self._specs) if spec.host in live_hosts and flags.get(spec.condition, False))
        self._live, self._past = live_hosts, None

    def update(self, tick: int, numbers: Any) -> None:
        """Look at the displays of one tick, by the places that `watch` was given."""
        seen = above, below = self._above.seen(numbers), self._below.seen(numbers)
        past = [*compress(self._above.rows, above), *compress(self._below.rows, below)]
        for i, at, limit in past:
            self._numbers[i] = (numbers[at], limit)
        if seen != self._past:
            self._past = seen if self._follow(tick, frozenset([*(row[0] for row in past), *self._said]), self._live) else None

    def _limit_of(self, i: int, controls: Mapping[str, float]) -> float:
        limit = self._specs[i].limit
        return controls[limit] if isinstance(limit, str) else limit

    def _follow(self, tick: int, past: AbstractSet[int], live_hosts: AbstractSet[str]) -> bool:
        """Raise and clear what has waited long enough; return whether nothing waits any more."""
        steady = True
        for i, spec in enumerate(self._specs):
            held, seen = self._held[i], i in past
            if spec.host not in live_hosts:
                if held.active:
                    self._over(spec.id, tick)
                self._held[i] = _QUIET
            elif seen == held.active:
                if held.changed_tick >= 0:
                    self._held[i] = replace(held, changed_tick=-1)
            else:
                since = held.changed_tick if held.changed_tick >= 0 else tick
                if tick - since < self._delays[i]:
                    self._held[i] = replace(held, changed_tick=since)
                    steady = False
                    continue
                self._held[i] = self._turn(held, tick, seen=seen, latching=spec.latching)
                if seen:
                    self._came(spec, tick, *self._numbers[i])
                else:
                    self._over(spec.id, tick)
        return steady

    def _turn(self, held: _Held, tick: int, *, seen: bool, latching: bool) -> _Held:
        """Raise or clear. A new alarm ends an audio pause: it must not be slept through."""
        if seen:
            self._pause_until = 0
            return _Held(raised=True, active=True, since_tick=tick)
        if latching and held.acknowledged_tick < 0:
            return replace(held, active=False, changed_tick=-1)
        return _QUIET

    def _came(self, spec: AlarmSpec, tick: int, number: float | None, limit: float) -> None:
        """Write a new line into the alarm log."""
        self._events.append(AlarmEvent(spec.id, spec.priority, _text(spec, number, limit), tick))
        del self._events[:-EVENTS_KEPT]

    def _over(self, alarm_id: str, tick: int) -> None:
        """Write into the alarm log that an alarm is over."""
        self._note(alarm_id, lambda event: event._replace(over_tick=tick) if event.over_tick < 0 else event)

    def _note(self, alarm_id: str, change: Callable[[AlarmEvent], AlarmEvent]) -> None:
        for k in range(len(self._events) - 1, -1, -1):
            if self._events[k].id == alarm_id:
                self._events[k] = change(self._events[k])
                return

    def events(self) -> tuple[AlarmEvent, ...]:
        """Return the alarm log, the oldest first."""
        return tuple(self._events)

    def limits(self, controls: Mapping[str, float]) -> tuple[AlarmLimit, ...]:
        """Return every alarm on a reading with its limit as it is set now, in the order of the board."""
        return tuple(
            AlarmLimit(
                spec.id,
                spec.text,
                spec.priority,
                spec.host,
                spec.reading,
                spec.sign,
                limit,
                spec.limit if isinstance(spec.limit, str) else "",
                "off" if limit == self._off_at[i] or controls.get(SWITCHES.get(spec.host, ""), 1.0) < 0.5 else "on",
            )
            for i, spec in enumerate(self._specs)
            if spec.reading
            for limit in (controls[spec.limit] if isinstance(spec.limit, str) else spec.limit,)
        )

    def alarms(self) -> tuple[Alarm, ...]:
        """Return what is active or latched: high priority first, the older first within a priority."""
        now = [
            Alarm(spec.id, spec.priority, _text(spec, *past), held.active, (acked := held.acknowledged_tick) >= 0, held.since_tick, acked)
            for spec, held, past in zip(self._specs, self._held, self._numbers, strict=True)
            if held.raised
        ]
        return tuple(sorted(now, key=lambda alarm: (PRIORITIES.index(alarm.priority), alarm.since_tick)))

    def active(self) -> frozenset[str]:
        """Return the ids of those that are active, without a word about them."""
        return frozenset([spec.id for spec, held in zip(self._specs, self._held, strict=True) if held.active])

    def acknowledge(self, tick: int, alarm_id: str | None = None) -> tuple[Alarm, ...]:
        """Acknowledge one alarm, or all; a latched one that is over goes. Return those that were newly acknowledged."""
        if alarm_id is not None and all(spec.id != alarm_id for spec in self._specs):
            raise NameUnknownError("alarm", alarm_id, [spec.id for spec in self._specs])
        new = tuple(
            alarm._replace(acknowledged=True, acknowledged_tick=tick)
            for alarm in self.alarms()
            if not alarm.acknowledged and alarm_id in (None, alarm.id)
        )
        ids = {alarm.id for alarm in new}
        for i, spec in enumerate(self._specs):
            if spec.id in ids:
                held = self._held[i]
                self._held[i] = replace(held, acknowledged_tick=tick) if held.active else _QUIET
                self._note(spec.id, lambda event: event._replace(acknowledged_tick=tick))
        return new

    def forget(self) -> None:
        """Drop latched alarms that are over, and their lines in the log; what is active stays."""
        self._held = [_QUIET if held.raised and not held.active else held for held in self._held]
        self._events = [event for event in self._events if event.over_tick < 0]

    def audio_pause(self, tick: int) -> None:
        """Pause the sound from now on; lamps and texts stay. A second press starts the countdown anew."""
        self._pause_until = tick + self._pause_ticks

    def audio_pause_s(self, tick: int) -> float:
        """Return the seconds that are left of the pause (0 = not paused)."""
        return seconds(max(0, self._pause_until - tick))

    def save(self) -> dict[str, object]:
        """Return the board's memory as plain JSON data."""
        return {
            "pause_until": self._pause_until,
            "events": [list(event) for event in self._events],
            "held": {
                spec.id: [held.raised, held.active, held.changed_tick, held.since_tick, held.acknowledged_tick, *numbers]
                for spec, held, numbers in zip(self._specs, self._held, self._numbers, strict=True)
                if held != _QUIET
            },
        }

    def load(self, saved: Mapping[str, object]) -> None:
        """Take up what `save` gave, for the same alarms."""
        pause, held, events = saved["pause_until"], saved["held"], saved["events"]
        if not isinstance(pause, int) or not isinstance(held, Mapping) or not isinstance(events, list):
            raise CircuitError("these saved alarms are not what save() gives: 'pause_until', 'held' and 'events' are needed")
        self._events = [AlarmEvent(*event) for event in events]
        self._pause_until = pause
        self._past = None
        self._held = [_Held(*held[spec.id][:-2]) if spec.id in held else _QUIET for spec in self._specs]
        self._numbers = [tuple(held[spec.id][-2:]) if spec.id in held else (None, 0.0) for spec in self._specs]


def _text(spec: AlarmSpec, number: float | None, limit: float) -> str:
    """Return "LOW FLOW 0.0 (limit 2.0)": one decimal where the display has decimals."""
    if number is None:
        return spec.text
    decimals = 1 if READINGS[spec.reading].resolution < 1 else 0
    rounded, bound = round(number, decimals) + 0.0, round(limit, decimals) + 0.0
    return f"{spec.text} {rounded:.{decimals}f} (limit {bound:.{decimals}f})"
