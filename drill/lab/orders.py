"""What a trial does and when, from the short words of the command line.

    pump_rpm_set=3500        pump_rpm_set+=500@30       oxygenator_clot:clot=0.6@60       pressor=2@10
    a control's new value    500 more, at 30 s          a fault with its number, at 60 s  two boluses at 10 s

Without @TIME an order acts at 0 s, when the machine has settled; `@start` is before it settles.
"""

import math
from dataclasses import dataclass, field
from typing import Literal

from drill.errors import DrillError

START_S = -1.0  # before the machine settles


class OrderError(DrillError):
    """Raised when an order cannot be read: it says what was found and how it is written."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `relative` adds `value` to how the control stands; `part` is where a fault sits."""

    kind: Literal["set", "fault", "give"]
    name: str
    at_s: float = 0.0
    value: float = 1.0
    relative: bool = False
    parameters: dict[str, float] = field(default_factory=dict)
    part: str | None = None
    text: str = ""


def read_set(text: str) -> Order:
    """Read `NAME=VALUE[@TIME]`, `NAME+=VALUE[@TIME]` or `NAME-=VALUE[@TIME]`."""
    body, at_s = _timed(text)
    name, equals, value = body.partition("=")
    if not equals or not name.strip("+-"):
        raise OrderError(f"--set '{text}': write NAME=VALUE, NAME+=VALUE or NAME-=VALUE, and @TIME if not at once")
    sign = name[-1] if name[-1] in "+-" else ""
    number = _number(value, f"--set '{text}'")
    return Order("set", name.rstrip("+-").strip(), at_s, -number if sign == "-" else number, relative=bool(sign), text=body)


def read_fault(text: str) -> Order:
    """Read `NAME[:k=v,...][@TIME]`; `part=PART` among the pairs says where the fault sits."""
    body, at_s = _timed(text)
    name, colon, rest = body.partition(":")
    pairs = rest.split(",") if colon else []
    parts = [pair.partition("=")[2].strip() for pair in pairs if pair.strip().startswith("part=")]
    numbers = ",".join(pair for pair in pairs if not pair.strip().startswith("part="))
    parameters = read_pairs(numbers, f"--fault '{text}'") if numbers or (colon and not parts) else {}
    return Order("fault", name.strip(), at_s, parameters=parameters, part=parts[-1] if parts else None, text=body)


def read_give(text: str) -> Order:
    """Read `NAME[=AMOUNT][@TIME]`: a drug in usual boluses, a fluid in mL."""
    body, at_s = _timed(text)
    name, equals, value = body.partition("=")
    return Order("give", name.strip(), at_s, _number(value, f"--give '{text}'") if equals else 1.0, text=body)


def read_pairs(text: str, where: str) -> dict[str, float]:
    """Read `k=v,k=v`."""
    found: dict[str, float] = {}
    for pair in text.split(","):
        key, equals, value = pair.partition("=")
        if not equals:
            raise OrderError(f"{where}: '{pair}' is no NAME=VALUE")
        found[key.strip()] = _number(value, where)
    return found


def read_pressures(text: str) -> tuple[float, ...]:
    """Read `MAP,CVP` or `MAP,CVP,HB`: mmHg, mmHg, g/L."""
    parts = text.split(",")
    if len(parts) not in (2, 3):
        raise OrderError(f"--bench '{text}': write MAP,CVP in mmHg, such as 70,8; a third number is haemoglobin in g/L")
    numbers = tuple(_number(part, f"--bench '{text}'") for part in parts)
    for number, low, high, what in zip(numbers, (-50, -50, 0), (300, 100, 250), ("MAP", "CVP", "haemoglobin"), strict=False):
        if not low <= number <= high:
            raise OrderError(f"--bench '{text}': {what} {number:g} is outside {low} to {high}")
    return numbers


def in_time(orders: list[Order]) -> list[Order]:
    """Return orders by time; those of one time stay as they were given."""
    return sorted(orders, key=lambda order: order.at_s)


def _timed(text: str) -> tuple[str, float]:
    body, at, time = text.rpartition("@")
    if not at:
        return text, 0.0
    if time.strip() == "start":
        return body, START_S
    try:
        at_s = float(time.removesuffix("s"))
    except ValueError:
        at_s = math.nan
    if not 0.0 <= at_s <= 86400.0:
        raise OrderError(f"'{text}': the time after @ is in seconds, from 0 to 86400, or 'start' for before the machine settles")
    return body, at_s


def _share(text: str) -> str:
    """Return what a text like "10 %" is as a share, "" for any other."""
    bare = text.strip().removesuffix("%").strip()
    return f"{float(bare) / 100:g}" if text.strip().endswith("%") and bare.replace(".", "", 1).isdigit() else ""


def _number(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        hint = f": write {_share(text)} for {text.strip()}" if _share(text) else ""
        raise OrderError(f"{where}: '{text.strip()}' is not a number{hint}")
    return number
