"""Samples that go to a laboratory: each result has the values of the time when it was drawn, and comes later.

Until a result is back its readings are blank; a later one takes its place. Turnaround times are local targets (tunable).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from drill.circuit.readings import READINGS
from drill.errors import NameUnknownError
from drill.units import seconds, ticks


class Lab(NamedTuple):
    """One kind of sample. `readings` are what comes back; `runs_for` names the one that is itself the time of the test, in s."""

    name: str
    title: str
    readings: tuple[str, ...]
    turnaround_s: float
    runs_for: str = ""


LABS: dict[str, Lab] = {
    lab.name: lab
    for lab in (
        Lab(
            "blood_gas",
            "Arterial gas",
            ("ph_arterial", "paco2_mmhg", "pao2_mmhg", "be_mmol_l", "sao2_pct", "lactate_mmol_l", "hb_lab_g_l"),
            90.0,
        ),
        Lab("post_ox_gas", "Post-oxygenator gas", ("po2_post_mmhg", "pco2_post_mmhg", "sat_post_pct"), 90.0),
        Lab("act", "ACT", ("act_s",), 20.0, "act_s"),  # clotting is waited for: the longer the time, the later the result
    )
}


LABELS: dict[str, tuple[str, int]] = {  # what the slip says, and with how many decimals
    "ph_arterial": ("pH", 2),
    "paco2_mmhg": ("PaCO2", 0),
    "pao2_mmhg": ("PaO2", 0),
    "be_mmol_l": ("BE", 1),
    "sao2_pct": ("SaO2", 0),
    "lactate_mmol_l": ("lactate", 1),
    "hb_lab_g_l": ("Hb", 0),
    "po2_post_mmhg": ("PO2", 0),
    "pco2_post_mmhg": ("PCO2", 0),
    "sat_post_pct": ("SO2", 0),
    "act_s": ("ACT", 0),
}


class Result(NamedTuple):
    """One sample: drawn at `drawn_tick`, its result back at `due_tick`; `values` by reading."""

    lab: str
    drawn_tick: int
    due_tick: int
    values: Mapping[str, float]


class Samples:
    """All samples of a run, in the order in which they were drawn."""

    def __init__(self) -> None:
        """Nothing is drawn yet."""
        self.all: list[Result] = []
        self._waiting = 0

    def draw(self, tick: int, name: str, true: Callable[[str], float]) -> Result:
        """Draw a sample now. Raises NameUnknownError for a laboratory test that there is not."""
        if name not in LABS:
            raise NameUnknownError("laboratory test", name, LABS)
        lab = LABS[name]
        values = {reading: _rounded(reading, true(reading)) for reading in lab.readings}
        due = tick + ticks(lab.turnaround_s + values.get(lab.runs_for, 0.0))
        self.all.append(Result(name, tick, due, values))
        self._waiting += 1
        return self.all[-1]

    def due(self, tick: int) -> list[Result]:
        """Return the results that come back at this very tick."""
        if not self._waiting:
            return []
        back = [result for result in self.all if result.due_tick == tick]
        self._waiting -= len(back)
        return back

    def save(self) -> list[object]:
        """Return all samples as plain JSON data."""
        return [[r.lab, r.drawn_tick, r.due_tick, {k: v.hex() for k, v in r.values.items()}] for r in self.all]

    def load(self, tick: int, saved: list[list[object]]) -> None:
        """Take up what `save` gave, at tick `tick`."""
        self.all = [
            Result(str(lab), int(str(drawn)), int(str(due)), {k: float.fromhex(v) for k, v in dict(values).items()})  # type: ignore[call-overload]
            for lab, drawn, due, values in saved
        ]
        self._waiting = sum(result.due_tick > tick for result in self.all)


def numbers(result: Result) -> tuple[tuple[str, str], ...]:
    """Return what the slip of a result says, as (label, number)."""
    return tuple((LABELS[name][0], f"{value + 0.0:.{LABELS[name][1]}f}") for name, value in result.values.items())


def slip(result: Result) -> str:
    """Return a result in a line: "Arterial gas of 02:10: pH 7.31, PaCO2 52, ..."; its ticks count from the drill's start."""
    at = int(seconds(max(0, result.drawn_tick)))
    words = ", ".join(f"{label} {number}" for label, number in numbers(result))
    return f"{LABS[result.lab].title} of {at // 60:02d}:{at % 60:02d}: {words}"


def _rounded(reading: str, value: float) -> float:
    """Return a value as the slip of paper has it: within the range, in steps of the resolution."""
    row = READINGS[reading]
    return float(round(max(row.low, min(row.high, value)) / row.resolution) * row.resolution)
