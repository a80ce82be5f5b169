"""A trial: orders at their times, readings at every so many seconds, and what has changed from before to after."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drill import TRAINING_ONLY
from drill.circuit.readings import READINGS, SHOWN
from drill.errors import NameUnknownError
from drill.lab.machine import SHOWN_PREFIX, Lab, known
from drill.lab.orders import START_S, Order, OrderError, in_time
from drill.units import seconds, ticks

MAX_ROWS = 20000
STEPS_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
MACHINE = ("flow_l_min", "pump_rpm", "p_ven_mmhg", "p_pre_mmhg", "p_post_mmhg", "dp_ox_mmhg")
MOVING = 0.05  # of the whole change, in the last row alone: the reading has not settled; tunable
COLUMNS = {
    "bench": (*MACHINE, "svo2_pct", "po2_post_mmhg", "pco2_post_mmhg"),
    "va_ecmo": (*MACHINE, "map_mmhg", "cvp_mmhg", "svo2_pct", "spo2_right_hand_pct", "paco2_mmhg"),
    "vv_ecmo": (*MACHINE, "map_mmhg", "svo2_pct", "spo2_right_hand_pct", "paco2_mmhg"),
    "cpb": (*MACHINE, "reservoir_ml", "map_mmhg", "cvp_mmhg", "svo2_pct", "paco2_mmhg"),
}


@dataclass(slots=True)
class Track:
    """One reading over a trial. `values` are its rows, None where a display was blank; `low` and `high` of every tick."""

    name: str
    unit: str
    digits: int
    values: list[float | None] = field(default_factory=list)
    low: float | None = None
    high: float | None = None

    @property
    def change(self) -> float | None:
        """What the last row is more than the first."""
        before, after = self.values[0], self.values[-1]
        return None if before is None or after is None else after - before

    @property
    def moving(self) -> bool:
        """Whether a reading that has changed to be seen was still changing in the last row."""
        end = self.values[-2:]
        if len(self.values) < 4 or self.change is None or end[0] is None or end[1] is None:
            return False
        return abs(self.change) >= 10.0**-self.digits and abs(end[1] - end[0]) > MOVING * abs(self.change)

    def see(self, value: float | None) -> None:
        """Take note of one tick."""
        if value is not None:
            self.low = value if self.low is None else min(self.low, value)
            self.high = value if self.high is None else max(self.high, value)

    def text(self, value: float | None, *, signed: bool = False, finer: bool = False) -> str:
        """Return a value in the reading's own digits; `finer` gives whole numbers one more, so that small changes add up."""
        if value is None:
            return "blank"
        digits = 1 if finer and self.digits == 0 else self.digits
        rounded = round(value, digits) + 0.0  # no minus before a zero
        return f"{rounded:+.{digits}f}" if signed else f"{rounded:.{digits}f}"


@dataclass(slots=True)
class Trial:
    """What a trial did and showed. `events` are (s, words); `times_s` the rows, the first before anything was done."""

    title: str
    tracks: list[Track]
    times_s: list[float] = field(default_factory=list)
    events: list[tuple[float, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the trial as plain data."""
        return {
            "notice": TRAINING_ONLY,
            "title": self.title,
            "events": [{"time_s": at, "what": what} for at, what in self.events],
            "rows": [dict(zip(self.header(), row, strict=True)) for row in self.rows()],
            "summary": {
                t.name: {
                    "unit": t.unit,
                    "before": _json(t, t.values[0]),
                    "after": _json(t, t.values[-1]),
                    "change": _json(t, t.change),
                    "lowest": _json(t, t.low),
                    "highest": _json(t, t.high),
                }
                for t in self.tracks
            },
        }

    def header(self) -> list[str]:
        """Return the names of the columns."""
        return ["time_s", *(t.name for t in self.tracks)]

    def rows(self) -> Iterator[list[float | None]]:
        """Yield time and readings of each row."""
        for k, time_s in enumerate(self.times_s):
            yield [time_s, *(_json(t, t.values[k]) for t in self.tracks)]

    def write_csv(self, path: Path) -> None:
        """Write the rows as CSV; what was blank is empty. Raises OSError."""
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(self.header())
            csv.writer(file).writerows(self.rows())


def _json(track: Track, value: float | None) -> float | None:
    return None if value is None else round(value, track.digits + 1) + 0.0


def columns(lab: Lab, kind: str, asked: str) -> list[Track]:
    """Return the columns: the usual ones of this kind of machine, those that were asked for, `+name` beside the usual, or `all`."""
    usual = [name for name in COLUMNS.get(kind, COLUMNS["bench"]) if name in lab.measured]
    words = [word.strip() for word in asked.split(",") if word.strip()]
    names = usual if not words or any(word.startswith("+") for word in words) else []
    for word in words:
        names = [*names, *(lab.measured if word == "all" else [word.removeprefix("+")])]
    made: list[Track] = []
    for name in dict.fromkeys(names):
        plain = name.removeprefix(SHOWN_PREFIX)
        known(plain, lab.measured)
        if plain != name and plain not in SHOWN:
            raise NameUnknownError("shown reading", plain, [n for n in SHOWN if n in lab.measured])
        reading = READINGS[plain]
        digits = 0 if reading.resolution >= 1.0 else 1 if reading.resolution >= 0.1 else 2
        made.append(Track(name, reading.unit, digits))
    return made


def rehearse(lab: Lab, orders: Iterable[Order]) -> None:
    """Try every order once without running, so that a wrong name or number is told before anything takes time."""
    saved = lab.plant.save()
    for order in in_time(list(orders)):
        obey(lab, order)
    lab.plant.load(saved)


def obey(lab: Lab, order: Order) -> str:
    """Do what an order says; return what was done, in words."""
    if order.kind == "fault":
        lab.fault(order.name, order.part, **order.parameters)
        return f"fault {order.text}"
    if order.kind == "give":
        lab.give(order.name, order.value)
        return f"give {order.text}"
    before = lab.plant.control(order.name)
    lab.set(order.name, before + order.value if order.relative else order.value)
    return f"{order.name} {before:g} → {lab.plant.control(order.name):g}"


def plan(orders: Sequence[Order], for_s: float | None, every_s: float | None) -> tuple[float, float]:
    """Return (how long a trial runs, how often it is read), s: a minute after the last order and about ten rows if not told otherwise."""
    latest = max((order.at_s for order in orders), default=0.0)
    if for_s is not None and for_s < latest:
        last = in_time(list(orders))[-1].text
        raise OrderError(f"--for {for_s:g} ends before the order '{last}' at {latest:g} s: make it longer")
    whole = for_s or max(latest, 0.0) + 60.0
    step = every_s or next((step for step in STEPS_S if whole / step <= 12.0), STEPS_S[-1])
    if whole / step > MAX_ROWS:
        raise OrderError(f"{whole:g} s in steps of {step:g} s are more than {MAX_ROWS} rows: make --every longer")
    return whole, step


def run_trial(lab: Lab, title: str, tracks: list[Track], orders: Sequence[Order], *, for_s: float, every_s: float) -> Trial:
    """Run a settled machine. The first row is what it was; each later one the mean of the last 2 s, or of the time since the row before."""
    trial = Trial(title, tracks)
    waiting = [order for order in in_time(list(orders)) if order.at_s > START_S]
    ringing = lab.plant.active_alarms()

    def watch() -> None:
        nonlocal ringing
        for track in tracks:
            track.see(lab.now(track.name))
        now = lab.plant.active_alarms()
        if now != ringing:
            trial.events += [(lab.time_s, f"alarm {a.text} ({a.priority})") for a in lab.plant.alarms() if a.id in now - ringing]
            trial.events += [(lab.time_s, f"alarm {name} over") for name in sorted(ringing - now)]
            ringing = now

    _row(lab, trial)
    row = ticks(every_s)
    end = ticks(for_s)
    while lab.ticks < end or waiting:
        while waiting and ticks(waiting[0].at_s) <= lab.ticks:
            order = waiting.pop(0)
            trial.events.append((lab.time_s, obey(lab, order)))
        until = min(end, (lab.ticks // row + 1) * row)
        if waiting:
            until = min(until, ticks(waiting[0].at_s))
        if until > lab.ticks:
            lab.run(seconds(until - lab.ticks), watch)
            if lab.ticks % row == 0 or lab.ticks == end:
                _row(lab, trial)
    return trial


def _row(lab: Lab, trial: Trial) -> None:
    trial.times_s.append(lab.time_s)
    for track in trial.tracks:
        shown = track.name.startswith(SHOWN_PREFIX)
        value = lab.now(track.name) if shown else lab.read(track.name)
        if value is not None and not math.isfinite(value):
            raise OrderError(f"{track.name} is no number any more at {lab.time_s:g} s: the model does not hold with these --param numbers")
        track.values.append(value)
