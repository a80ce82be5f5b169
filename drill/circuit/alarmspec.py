"""The alarms that a circuit's file asks for, read and checked: which reading past which limit, or which flag, how urgent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import Interlock, alarm_of
from drill.circuit.readings import HOSTS, READINGS
from drill.errors import CircuitError, NameUnknownError

PRIORITIES = ("high", "medium", "low")
DEVICE_CONDITIONS = ("motor_fault", "on_battery", "no_signal")  # flags that a device raises about itself


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


def off_at(spec: AlarmSpec) -> float | None:
    """Return the value at which an alarm's control stands for off: the end of its range away from the reading."""
    if not isinstance(spec.limit, str):
        return None
    return CONTROLS[spec.limit].low if spec.sign < 0 else CONTROLS[spec.limit].high
