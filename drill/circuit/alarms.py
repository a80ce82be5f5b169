"""Alarms: shown readings against limits, and device flags, as an operator meets them at the bedside.

An alarm belongs to a host (console, monitor, ...): a host without power raises nothing and forgets what it had raised.
Priorities, latching and the audio pause are styled after IEC 60601-1-8, without claiming it. Limits come from the
circuit's data; delays and the pause's length are local targets (tunable).
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from drill.circuit.controls import CONTROLS
from drill.circuit.readings import HOSTS, READINGS
from drill.errors import CircuitError, NameUnknownError
from drill.units import seconds, ticks

PRIORITIES = ("high", "medium", "low")
DEVICE_CONDITIONS = ("motor_fault",)  # flags that a device raises about itself
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


class AlarmBoard:
    """All alarms of one machine with their memory. `update` once a tick; everything else reads or answers."""

    def __init__(self, specs: Iterable[AlarmSpec], audio_pause_s: float = AUDIO_PAUSE_S) -> None:
        """Start silent. `audio_pause_s` is how long one audio pause lasts."""
        self._specs = tuple(specs)
        self._delays = tuple(ticks(spec.delay_s) for spec in self._specs)
        # Taken apart once: this is asked every tick.
        knobs = tuple(spec.limit if isinstance(spec.limit, str) else "" for spec in self._specs)
        limits = tuple(0.0 if isinstance(spec.limit, str) else spec.limit for spec in self._specs)
        self._watch = tuple((i, s.host, s.reading, s.condition, s.sign, limits[i], knobs[i]) for i, s in enumerate(self._specs))
        self._held = [_QUIET] * len(self._specs)
        self._numbers: list[tuple[float | None, float]] = [(None, 0.0)] * len(self._specs)  # (reading, limit) when last past it
        self._pause_ticks = ticks(audio_pause_s)
        self._pause_until = 0

    def update(
        self,
        tick: int,
        shown: Mapping[str, float | None],
        controls: Mapping[str, float],
        flags: Mapping[str, bool],
        live_hosts: AbstractSet[str],
    ) -> None:
        """Look at one tick's display. A blank reading is past no limit; a blank host raises nothing."""
        holding = self._held
        for i, host, reading, condition, sign, limit, knob in self._watch:
            held = holding[i]
            if host not in live_hosts:
                holding[i] = _QUIET
                continue
            if knob:
                limit = controls[knob]  # noqa: PLW2901  the knob's stand is the limit
            number = shown.get(reading)
            seen = flags.get(condition, False) if condition else number is not None and sign * (number - limit) > 0
            if not seen and held is _QUIET:
                continue
            if seen == held.active:
                if held.changed_tick >= 0:
                    holding[i] = replace(held, changed_tick=-1)
            else:
                since = held.changed_tick if held.changed_tick >= 0 else tick
                if tick - since >= self._delays[i]:
                    holding[i] = self._turn(held, tick, seen=seen, latching=self._specs[i].latching)
                elif held.changed_tick < 0:
                    holding[i] = replace(held, changed_tick=since)
            if seen:
                self._numbers[i] = (number, limit)

    def _turn(self, held: _Held, tick: int, *, seen: bool, latching: bool) -> _Held:
        """Raise or clear. A new alarm ends an audio pause: it must not be slept through."""
        if seen:
            self._pause_until = 0
            return _Held(raised=True, active=True, since_tick=tick)
        if latching and held.acknowledged_tick < 0:
            return replace(held, active=False, changed_tick=-1)
        return _QUIET

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
        return new

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
            "held": {
                spec.id: [held.raised, held.active, held.changed_tick, held.since_tick, held.acknowledged_tick, *numbers]
                for spec, held, numbers in zip(self._specs, self._held, self._numbers, strict=True)
                if held != _QUIET
            },
        }

    def load(self, saved: Mapping[str, object]) -> None:
        """Take up what `save` gave, for the same alarms."""
        pause, held = saved["pause_until"], saved["held"]
        if not isinstance(pause, int) or not isinstance(held, Mapping):
            raise CircuitError("these saved alarms are not what save() gives: 'pause_until' and 'held' are needed")
        self._pause_until = pause
        self._held = [_Held(*held[spec.id][:-2]) if spec.id in held else _QUIET for spec in self._specs]
        self._numbers = [tuple(held[spec.id][-2:]) if spec.id in held else (None, 0.0) for spec in self._specs]


def _text(spec: AlarmSpec, number: float | None, limit: float) -> str:
    """Return "LOW FLOW 0.0 (limit 2.0)": one decimal where the display has decimals."""
    if number is None:
        return spec.text
    decimals = 1 if READINGS[spec.reading].resolution < 1 else 0
    rounded, bound = round(number, decimals) + 0.0, round(limit, decimals) + 0.0
    return f"{spec.text} {rounded:.{decimals}f} (limit {bound:.{decimals}f})"
