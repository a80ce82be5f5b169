"""Two runs side by side: what they were started from, where they part, who did what at another time, how they ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from drill.engine.entries import Entry
from drill.engine.runlog import DIGEST_KEYS, Run, canonical, digest
from drill.engine.telling import Event, in_words
from drill.units import seconds

HEADS: Final = (*DIGEST_KEYS, "engine", "model")
NUMBERS: Final = {"frame": "readings", "check": "checksum of the state", "snapshot": "the whole state"}  # entries that words cannot tell


@dataclass(frozen=True, slots=True)
class Moved:
    """One act in both runs, or in one alone: its words, and its ticks in the first and the second (None = not done)."""

    text: str
    first: int | None
    second: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`heads` holds what the headers say differently, `parting` the first two entries that differ (None = no entry left).

    `acts` are those that were done at other times or in one run only; `same` says whether both digests are equal.
    """

    same: bool
    heads: Mapping[str, tuple[Any, Any]]
    parting: tuple[Entry | None, Entry | None] | None
    acts: tuple[Moved, ...]
    outcomes: tuple[str, str]
    last_ticks: tuple[int, int]

    @property
    def parting_tick(self) -> int | None:
        """The tick at which the runs part, None where they never do."""
        ticks = [entry["t"] for entry in self.parting or () if entry is not None]
        return min(ticks, default=None)

    def lines(self) -> list[str]:
        """Return the comparison in words."""
        if self.same:
            return ["the same run: both digests are equal"]
        told = [f"{name}: {_short(a)} against {_short(b)}" for name, (a, b) in self.heads.items()]
        if self.parting is None:
            told.append("all entries are equal")
        else:
            told.append(f"they part at {seconds(self.parting_tick or 0):.2f} s (tick {self.parting_tick}):")
            told += [f"  {name}: {_entry(entry)}" for name, entry in zip(("first ", "second"), self.parting, strict=True)]
        told += [f"  {_when(act.first)}  {_when(act.second)}  {act.text}" for act in self.acts]
        a, b = self.outcomes
        return [*told, f"ended as {a} after {seconds(self.last_ticks[0]):.1f} s against {b} after {seconds(self.last_ticks[1]):.1f} s"]


def compare(first: Run, second: Run) -> Comparison:
    """Compare two runs by what they hold; nothing is simulated."""
    heads = {
        name: (first.header.get(name), second.header.get(name))
        for name in HEADS
        if canonical(first.header.get(name)) != canonical(second.header.get(name))
    }
    same = not heads.keys() & set(DIGEST_KEYS) and digest(first) == digest(second)
    return Comparison(
        same, heads, None if same else _parting(first, second), _acts(first, second), (first.outcome, second.outcome),
        (first.last_tick, second.last_tick),
    )  # fmt: skip


def _parting(first: Run, second: Run) -> tuple[Entry | None, Entry | None] | None:
    for a, b in zip(first.entries, second.entries, strict=False):
        if a != b:
            return a, b
    shorter = min(len(first.entries), len(second.entries))
    if len(first.entries) == len(second.entries):
        return None
    return (
        first.entries[shorter] if len(first.entries) > shorter else None,
        second.entries[shorter] if len(second.entries) > shorter else None,
    )


def _acts(first: Run, second: Run) -> tuple[Moved, ...]:
    """Pair the n-th act of one kind with the other run's n-th; leave out those of the same moment."""
    ours, theirs = _done(first), _done(second)
    moved = []
    for text in dict.fromkeys([*ours, *theirs]):
        a, b = ours.get(text, []), theirs.get(text, [])
        for k in range(max(len(a), len(b))):
            pair = (a[k] if k < len(a) else None, b[k] if k < len(b) else None)
            if pair[0] != pair[1]:
                moved.append(Moved(text, *pair))
    return tuple(sorted(moved, key=lambda act: min(tick for tick in (act.first, act.second) if tick is not None)))


def _done(run: Run) -> dict[str, list[int]]:
    refused = {entry["seq"] for entry in run.entries if entry["k"] == "refused"}
    done: dict[str, list[int]] = {}
    for entry in run.entries:
        if entry["k"] == "action" and entry["seq"] not in refused:
            done.setdefault(in_words(entry), []).append(entry["t"])
    return done


def _entry(entry: Entry | None) -> str:
    if entry is None:
        return "nothing more"
    text = NUMBERS.get(entry["k"]) or in_words(entry)
    return f"{Event(entry['t'], entry['k'], text).kind} at {seconds(entry['t']):.2f} s: {text}"


def _when(tick: int | None) -> str:
    return f"{'never' if tick is None else f'{seconds(tick):.2f} s':>10}"


def _short(value: object) -> str:
    text = canonical(value).decode()
    return text if len(text) <= 100 else text[:100] + "..."
