"""Alarms: shown readings against limits, and device flags, as an operator meets them at the bedside.

An alarm belongs to a host (console, monitor, ...): a host without power raises nothing and forgets what it had raised, and
one whose alarms are switched off raises none. A limit that a control sets is off at the end of the control's range.
Priorities, latching and the audio pause are styled after IEC 60601-1-8, without claiming it. Limits come from the
circuit's data; delays and the pause's length are local targets (tunable). Interlocks bring two alarms each.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import Interlock, alarm_of
from drill.circuit.readings import HOSTS, READINGS
from drill.errors import CircuitError, NameUnknownError
from drill.units import seconds, ticks

PRIORITIES = ("high", "medium", "low")
DEVICE_CONDITIONS = ("motor_fault", "on_battery", "no_signal")  # flags that a device raises about itself
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
class AlarmSpec:
    """One alarm of a circuit: a shown reading past a limit, or a device's own flag.

    `limit` is a number in the reading's unit, or the name of the control that sets it; `sign` is +1 above, -1 below.
    A latching alarm stays, inactive, until it is acknowledged. It takes `delay_s` to raise and as long to clear.
    """

    id: str
    text: str
    priority: str
    host: str
    reading: str = ""
    sign: int = 0
    limit: float | str = 0.0
    condition: str = ""
    delay_s: float = 0.0
    latching: bool = False


def alarm_specs(entries: Iterable[Mapping[str, object]]) -> tuple[AlarmSpec, ...]:
    """Build the alarms from a circuit's `alarms:` entries, most urgent first; CircuitError names the entry that is wrong."""
    specs = [_spec(entry) for entry in entries]
    seen: set[str] = set()
    for spec in specs:
        if spec.id in seen:
            raise CircuitError(f"alarm '{spec.id}' is there twice: give each alarm its own id")
        seen.add(spec.id)
    return tuple(sorted(specs, key=lambda spec: PRIORITIES.index(spec.priority)))


def _spec(entry: Mapping[str, object]) -> AlarmSpec:
    """Turn one entry into a spec, with every name in it known."""
    name = str(entry.get("id", ""))
    reading, condition = str(entry.get("reading", "")), str(entry.get("condition", ""))
    priority = str(entry.get("priority", "medium"))
    if priority not in PRIORITIES:
        raise CircuitError(f"alarm '{name}': priority '{priority}' is not one of {', '.join(PRIORITIES)}")
    if (reading == "") == (condition == ""):
        raise CircuitError(f"alarm '{name}' needs exactly one of 'reading' and 'condition'")
    if condition and condition not in DEVICE_CONDITIONS:
        raise NameUnknownError("device condition", condition, DEVICE_CONDITIONS)
    if reading and reading not in READINGS:
        raise NameUnknownError("reading", reading, READINGS)
    host = str(entry.get("host") or (READINGS[reading].host if reading else "console"))
    if host not in HOSTS:
        raise CircuitError(f"alarm '{name}': '{host or reading}' is shown nowhere, so nothing can alarm; hosts are {', '.join(HOSTS)}")
    sign, limit = _limit(name, entry) if reading else (0, 0.0)
    delay = entry.get("delay_s", 0.0)
    return AlarmSpec(
        id=name,
        text=str(entry.get("text") or name.upper().replace("_", " ")),
        priority=priority,
        host=host,
        reading=reading,
        sign=sign,
        limit=limit,
        condition=condition,
        delay_s=float(delay) if isinstance(delay, int | float) else 0.0,
        latching=entry.get("latching", False) is True,
    )


def starting(entries: Iterable[Mapping[str, object]]) -> dict[str, float]:
    """Return the limits that a circuit is delivered with, by control: `{control: name, at: number}` of its `alarms:` entries."""
    found: dict[str, float] = {}
    for entry in entries:
        for side in ("above", "below"):
            raw = entry.get(side)
            if isinstance(raw, Mapping) and isinstance(at := raw.get("at"), int | float):
                found[str(raw["control"])] = float(at)
    return found


def interlock_alarms(rows: Iterable[Interlock]) -> tuple[AlarmSpec, ...]:
    """Return the alarms of interlocks: high while one acts, low while one is overridden."""
    acts = [AlarmSpec(alarm_of(row.name), row.text, "high", row.host, condition=alarm_of(row.name), latching=True) for row in rows]
    held = [AlarmSpec(row.override, f"{row.title.upper()} OVERRIDDEN", "low", row.host, condition=row.override) for row in rows]
    return (*acts, *held)


def alarm_ids(circuit_alarms: Iterable[str], interlocks: Iterable[str]) -> list[str]:
    """Return the ids of all alarms that a circuit can raise, from the ids of its entries."""
    return [*circuit_alarms, *(name for each in interlocks for name in (alarm_of(each), f"override_{each}"))]


def _limit(name: str, entry: Mapping[str, object]) -> tuple[int, float | str]:
    """Read `above` or `below`: a number, or {control: name}."""
    sides = [side for side in ("above", "below") if entry.get(side) is not None]
    if len(sides) != 1:
        raise CircuitError(f"alarm '{name}' needs exactly one of 'above' and 'below'")
    raw = entry[sides[0]]
    sign = 1 if sides[0] == "above" else -1
    if isinstance(raw, Mapping):
        control = str(raw.get("control", ""))
        if control not in CONTROLS:
            raise NameUnknownError("control", control, CONTROLS)
        return sign, control
    if isinstance(raw, int | float):
        return sign, float(raw)
    raise CircuitError(f"alarm '{name}': {sides[0]} is a number or {{control: name}}, not {raw!r}")


@dataclass(frozen=True, slots=True)
class _Held:
    """What the board remembers of one alarm. `changed_tick` is when what was seen last began to differ from `active`."""

    raised: bool = False
    active: bool = False
    changed_tick: int = -1
    since_tick: int = 0
    acknowledged_tick: int = -1


_QUIET = _Held()
_Watched = tuple[int, str, int, float]  # place on the board, reading, sign, limit
_Told = tuple[int, str]  # place on the board, condition


class AlarmBoard:
    """All alarms of one machine with their memory. `update` once a tick; everything else reads or answers."""

    def __init__(self, specs: Iterable[AlarmSpec], audio_pause_s: float = AUDIO_PAUSE_S) -> None:
        """Start silent. `audio_pause_s` is how long one audio pause lasts."""
        self._specs = tuple(specs)
        self._delays = tuple(ticks(spec.delay_s) for spec in self._specs)
        self._off_at = tuple(_off_at(spec) for spec in self._specs)
        self._knobs = tuple(sorted({spec.limit for spec in self._specs if isinstance(spec.limit, str)}))
        self._set_so: tuple[object, ...] = ()  # the hosts alive and the knobs' stands that `_watch` was made for
        self._watch: tuple[_Watched, ...] = ()
        self._said: tuple[_Told, ...] = ()
        self._past: list[int] | None = None  # what was seen at the last tick, while nothing waits for its delay
        self._held = [_QUIET] * len(self._specs)
        self._numbers: list[tuple[float | None, float]] = [(None, 0.0)] * len(self._specs)  # (reading, limit) when last past it
        self._pause_ticks = ticks(audio_pause_s)
        self._pause_until = 0
        self._events: list[AlarmEvent] = []

    def update(
        self,
        tick: int,
        shown: Mapping[str, float | None],
        controls: Mapping[str, float],
        flags: Mapping[str, bool],
        live_hosts: AbstractSet[str],
    ) -> None:
        """Look at one tick's display. A blank reading is past no limit; a blank host raises nothing."""
        set_so = (live_hosts, *[controls[knob] for knob in self._knobs])
        if set_so != self._set_so:
            self._set_so, self._past = set_so, None
            self._watch, self._said = self._watching(controls, live_hosts)
        past = [i for i, name, sign, limit in self._watch if (number := shown.get(name)) is not None and sign * (number - limit) > 0.0]
        past += [i for i, condition in self._said if flags.get(condition, False)]
        for i in past:
            self._numbers[i] = (shown.get(self._specs[i].reading), self._limit_of(i, controls))
        if past != self._past:
            self._past = past if self._follow(tick, frozenset(past), live_hosts) else None

    def _watching(self, controls: Mapping[str, float], live_hosts: AbstractSet[str]) -> tuple[tuple[_Watched, ...], tuple[_Told, ...]]:
        """Return what can alarm now, by readings and by flags: its host is alive and its limit is not off."""
        live = [(i, spec, self._limit_of(i, controls)) for i, spec in enumerate(self._specs) if spec.host in live_hosts]
        return (
            tuple((i, spec.reading, spec.sign, limit) for i, spec, limit in live if spec.reading and limit != self._off_at[i]),
            tuple((i, spec.condition) for i, spec, _ in live if spec.condition),
        )

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


def _off_at(spec: AlarmSpec) -> float | None:
    """Return the value at which an alarm's control stands for off: the end of its range away from the reading."""
    if not isinstance(spec.limit, str):
        return None
    return CONTROLS[spec.limit].low if spec.sign < 0 else CONTROLS[spec.limit].high


def _text(spec: AlarmSpec, number: float | None, limit: float) -> str:
    """Return "LOW FLOW 0.0 (limit 2.0)": one decimal where the display has decimals."""
    if number is None:
        return spec.text
    decimals = 1 if READINGS[spec.reading].resolution < 1 else 0
    rounded, bound = round(number, decimals) + 0.0, round(limit, decimals) + 0.0
    return f"{spec.text} {rounded:.{decimals}f} (limit {bound:.{decimals}f})"
