"""A run as data: header, entries, footer, and the digest of what happened."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from drill import ENGINE_VERSION, TRAINING_ONLY
from drill.circuit.readings import READINGS, SHOWN
from drill.engine.entries import CAUSES, Entry
from drill.engine.frame import Frame, Table, frames, table_of

FORMAT: Final = "drill/run/2"
UNFINISHED: Final = "unfinished: the run has no footer"
CUT: Final = "cut short"
FORMATS: Final = ("drill/run/1", FORMAT)  # every one that was ever written; how each is read: `runfile`
_JSON: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
HEADER_KEYS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "format": str,
    "engine": str,
    "scenario": str,
    "pack_digest": str,
    "site_values": dict,
    "seed": int,
    "mode": str,
    "cause": str,
    "draws": dict,
    "endings": dict,
    "readings": dict,
    "parent": (dict, type(None)),
}
# What a digest covers of the header: the causes of the run, not who, when, where, or with which version.
DIGEST_KEYS: Final = tuple(key for key in HEADER_KEYS if key not in ("format", "engine", "readings"))


# How to read the frames: names in order, each with its resolution, so that a file explains itself.
READING_TABLE: Final[Mapping[str, Any]] = {
    "true": [[name, READINGS[name].resolution] for name in READINGS],
    "shown": [[name, READINGS[name].resolution] for name in SHOWN],
}


@dataclass(frozen=True, slots=True)
class Run:
    """Header, entries in order, footer (None while it goes on or was never closed), and what is wrong with the file.

    `seal` is the hash over every line that was read ("" for a run that is in memory only): equal seals, equal files.
    """

    header: Mapping[str, Any]
    entries: Sequence[Entry]
    footer: Mapping[str, Any] | None = None
    problems: tuple[str, ...] = ()
    seal: str = ""

    @property
    def machine(self) -> str:
        """The kind of machine ("va_ecmo", "vv_ecmo", "cpb"): it decides what a clamp is called; "" where an older file does not say."""
        return str(self.header.get("machine", ""))

    @property
    def table(self) -> Table:
        """How its frames are read: the readings of the program that wrote it."""
        return table_of(self.header["readings"])

    def frames(self) -> Iterator[Frame]:
        """Yield its frames, one for each fifth tick."""
        return frames(self.entries, self.table)

    @property
    def causes(self) -> list[Entry]:
        """Actions and pauses: with the header, all that a replay needs."""
        return [entry for entry in self.entries if entry["k"] in CAUSES]

    @property
    def ended(self) -> bool:
        """Whether the drill came to its end."""
        return bool(self.entries) and self.entries[-1]["k"] == "end"

    @property
    def finished(self) -> bool:
        """Whether it came to its end and nothing is missing: only such a run can be passed."""
        return self.ended and not self.problems

    @property
    def damage(self) -> tuple[str, ...]:
        """What is wrong with its file beside what a crash leaves: no footer, and a last line that is cut short."""
        return tuple(problem for problem in self.problems if not problem.endswith((UNFINISHED, CUT)))

    @property
    def outcome(self) -> str:
        """The stage that ended it, "time_limit", "stopped", or "unfinished"."""
        return str(self.entries[-1]["outcome"]) if self.ended else "unfinished"

    @property
    def last_tick(self) -> int:
        """The tick of the last entry."""
        return int(self.entries[-1]["t"]) if self.entries else 0


def make_header(
    *,
    scenario: str,
    pack_digest: str,
    site_values: Mapping[str, Any],
    seed: int,
    mode: str,
    cause: str,
    draws: Mapping[str, float],
    endings: Mapping[str, str],
    parent: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a run's header. `scenario` is "pack/scenario", `cause` the hidden one that was drawn ("" = none),
    `endings` the stages that end it: {"secured": "passed", "lost": "failed"}.

    The session adds `model`, the fingerprint of its physics;
    `records` adds `about`: trainee, clock time, station, platform, versions, kernel kind.
    """
    return {
        "format": FORMAT,
        "engine": ENGINE_VERSION,
        "notice": TRAINING_ONLY,
        "scenario": scenario,
        "pack_digest": pack_digest,
        "site_values": dict(site_values),
        "seed": seed,
        "mode": mode,
        "cause": cause,
        "draws": dict(draws),
        "endings": dict(endings),
        "readings": READING_TABLE,
        "parent": None if parent is None else dict(parent),
    }


def canonical(data: object) -> bytes:
    """Return JSON with sorted keys, no spaces, shortest floats, UTF-8: the same bytes for the same data everywhere."""
    return _JSON.encode(data).encode()


def _frame_bytes(frame: Entry) -> bytes:
    """Return what `canonical` would of a frame, several times as fast: most entries are frames, and hold whole numbers alone."""
    shown, true = (str(frame[name]).replace(" ", "") for name in ("shown", "true"))
    return f'{{"k":"frame","shown":{shown.replace("None", "null")},"t":{frame["t"]},"true":{true}}}'.encode()


class Digest:
    """The SHA-256 of what happened, taken as it happens."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        """Start with the causes that the header holds."""
        self._sha = sha256(canonical({key: header.get(key) for key in DIGEST_KEYS}))

    def add(self, entry: Entry) -> None:
        """Take in the next entry."""
        self._sha.update(b"\n" + (_frame_bytes(entry) if entry["k"] == "frame" else canonical(entry)))

    def hexdigest(self) -> str:
        """Return the digest so far, as 64 hexadecimal digits."""
        return self._sha.hexdigest()


def digest(run: Run) -> str:
    """Return the SHA-256 of what happened: causes and derived entries, whoever, whenever, wherever it was played."""
    running = Digest(run.header)
    for entry in run.entries:
        running.add(entry)
    return running.hexdigest()
