"""A run as the lines of its file.

A file is JSON lines: the header, one line an entry, the footer. Each line carries a SHA-256 over the line before
and itself, so an edit, a lost line or a cut inside a line shows; a cut at the end of a line shows because the
footer is missing. What stands before a damage is kept: a drill that crashed is still worth talking about.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from drill.circuit.readings import SHOWN
from drill.engine.entries import Entry
from drill.engine.entryshape import wrong_shape
from drill.engine.frame import TRUE
from drill.engine.runlog import FORMAT, HEADER_KEYS, READING_TABLE, Run, canonical
from drill.errors import RunFileError

_OPEN, _MIDDLE, _CLOSE = b'{"e":', b',"sha":"', b'"}'
_TAIL = len(_MIDDLE) + 64 + len(_CLOSE)


class Encoder:
    """Writes a run line by line; each call returns the bytes of one line."""

    def __init__(self) -> None:
        """Start before the header."""
        self._sha = ""
        self._count = 0
        self._deltas = _Deltas()

    def header(self, header: Mapping[str, Any]) -> bytes:
        """Encode the header, the first line."""
        return self._line(header)

    def entry(self, entry: Entry) -> bytes:
        """Encode one entry; a frame keeps only what changed since the frame before."""
        return self._line(self._deltas.shrink(entry) if entry["k"] == "frame" else entry)

    def footer(self, *, digest: str, score: Mapping[str, Any] | None, wall_s: float) -> bytes:
        """Encode the footer: how many lines stand before it, the last one's hash, the score, no signature yet."""
        content = {"k": "footer", "count": self._count, "last": self._sha, "digest": digest, "score": score, "wall_s": wall_s}
        return self._line({**content, "signature": None})

    def _line(self, content: Mapping[str, Any]) -> bytes:
        body = canonical(content)
        self._sha = _chain(self._sha, body)
        self._count += 1
        return _OPEN + body + _MIDDLE + self._sha.encode() + _CLOSE + b"\n"


def encode(run: Run) -> bytes:
    """Return a whole run as the bytes of its file; without a footer if the run has none."""
    encoder = Encoder()
    lines = [encoder.header(run.header), *(encoder.entry(entry) for entry in run.entries)]
    if run.footer is not None:
        lines.append(encoder.footer(digest=run.footer["digest"], score=run.footer["score"], wall_s=run.footer["wall_s"]))
    return b"".join(lines)


def decode(data: bytes) -> Run:
    """Read a run from the bytes of its file, up to the first damage; `problems` says what is missing and where.

    Raises RunFileError if not even the header can be read.
    """
    lines = data.split(b"\n")
    cut = lines.pop() != b""  # the bytes after the last newline: a line that was never finished
    sha, body, problem = _open_line(lines[0] if lines else data, "")
    if problem:
        message = f"line 1: {problem}: this is not a run file of Drill, or its start is lost"
        raise RunFileError(message)
    header = _checked_header(body)
    entries: list[Entry] = []
    footer: Mapping[str, Any] | None = None
    problems: list[str] = []
    deltas = _Deltas()
    for number, line in enumerate(lines[1:], start=2):
        if footer is not None:
            problems.append(f"line {number}: something follows the footer; it is ignored")
            break
        count, last = number - 1, sha
        sha, body, problem = _open_line(line, sha)
        if not problem and body.get("k") == "footer":
            problem = "the footer does not fit the lines before it" if (body.get("count"), body.get("last")) != (count, last) else ""
            footer = body if not problem else None
        elif not problem:
            problem = _append(entries, body, deltas)
        if problem:
            problems.append(f"line {number}: {problem}; read up to line {count}")
            break
    else:
        if cut:
            problems.append(f"line {len(lines) + 1}: {'something follows the footer' if footer else 'cut short'}")
    if footer is None:
        problems.append("unfinished: the run has no footer")
    return Run(header, entries, footer, tuple(problems))


def _chain(before: str, body: bytes) -> str:
    return sha256(before.encode() + body).hexdigest()


def _open_line(line: bytes, before: str) -> tuple[str, dict[str, Any], str]:
    """Return a line's hash, its content, and what is wrong with it ("" = nothing)."""
    body, tail = line[len(_OPEN) : -_TAIL], line[-_TAIL:]
    sha = _chain(before, body)
    if not line.startswith(_OPEN) or tail != _MIDDLE + sha.encode() + _CLOSE:
        return "", {}, "damaged (its hash does not fit)"
    try:
        content = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return "", {}, "damaged (not JSON)"
    return (sha, content, "") if isinstance(content, dict) else ("", {}, "damaged (not an object)")


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _checked_header(header: dict[str, Any]) -> dict[str, Any]:
    for key, kind in HEADER_KEYS.items():
        if not isinstance(header.get(key), kind) or isinstance(header.get(key), bool):
            message = f"line 1: the header's '{key}' is {header.get(key)!r}: this is not a run file of Drill"
            raise RunFileError(message)
    numbers = all(type(value) in (int, float) for value in header["draws"].values())
    if header["seed"] < 0 or not numbers or not all(isinstance(value, str) for value in header["endings"].values()):
        message = "line 1: the header's seed, draws or endings are not what a drill writes: this is not a run file of Drill"
        raise RunFileError(message)
    if header["format"] != FORMAT:
        message = f"line 1: the file's format is '{header['format']}', this program reads '{FORMAT}': open it with the Drill that wrote it"
        raise RunFileError(message)
    if canonical(header["readings"]) != canonical(READING_TABLE):
        message = (
            f"line 1: the run was written by engine '{header['engine']}', which had other readings: open it with the Drill that wrote it"
        )
        raise RunFileError(message)
    return header


def _append(entries: list[Entry], content: dict[str, Any], deltas: "_Deltas") -> str:
    """Add one decoded entry; return what is wrong with it ("" = nothing)."""
    if content.get("k") == "frame":
        content = deltas.grow(content) or content
    wrong = wrong_shape(content)
    if not wrong and entries and content["t"] < entries[-1]["t"]:
        wrong = f"tick {content['t']} comes after tick {entries[-1]['t']}"
    if not wrong:
        entries.append(content)
    return wrong


class _Deltas:
    """Frames as differences to the frame before: {"i": change} by place in TRUE then SHOWN; null = became blank."""

    def __init__(self) -> None:
        self._last: list[int | None] = [*([0] * len(TRUE)), *([None] * len(SHOWN))]

    def shrink(self, frame: Entry) -> Entry:
        values = [*frame["true"], *frame["shown"]]
        changes = {
            str(i): None if now is None else now - (before or 0)
            for i, (before, now) in enumerate(zip(self._last, values, strict=True))
            if now != before
        }
        self._last = values
        return {"t": frame["t"], "k": "frame", "d": changes}

    def grow(self, line: Mapping[str, Any]) -> Entry | None:
        changes = line.get("d")
        if not isinstance(changes, dict):
            return None
        values = list(self._last)
        for place, change in changes.items():
            i = int(place) if place.isdecimal() and place.isascii() else -1
            if not 0 <= i < len(values) or not (change is None or type(change) is int):
                return None
            values[i] = None if change is None else (values[i] or 0) + change
        self._last = values
        return {"t": line.get("t"), "k": "frame", "true": values[: len(TRUE)], "shown": values[len(TRUE) :]}
