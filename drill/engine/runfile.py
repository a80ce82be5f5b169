"""A run as the lines of its file.

A file is JSON lines: the header, one line an entry, the footer. Each line carries a hash over the line before
and itself, so an edit, a lost line or a cut inside a line shows; a cut at the end of a line shows because the
footer is missing. What stands before a damage is kept: a drill that crashed is still worth talking about.

What would give a crisis away (cause, scenario, faults, stages) is veiled: base64, no secret, only nothing that an
eye meets by chance while the drill goes on.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from drill.engine.entries import Entry
from drill.engine.entryshape import Width, wrong_shape
from drill.engine.runlog import CUT, FORMAT, FORMATS, HEADER_KEYS, UNFINISHED, Run, canonical
from drill.errors import RunFileError

Sign = Callable[[bytes], tuple[str, str]]  # what is signed -> public key and signature, in hexadecimal digits
# How many digits of its hash a line shows, by format. The chain itself is always whole, and so is the footer's `last`.
DIGITS: Final[Mapping[str, int]] = {"drill/run/1": 64, "drill/run/2": 16}
VEILED_KEYS: Final = ("scenario", "site_values", "cause", "draws", "endings")
VEILED_KINDS: Final = ("fault", "stage", "first_sign", "broken")
_SHOWN: Final = 24  # bytes of a foreign file that a message quotes
_OPEN, _MIDDLE, _CLOSE = b'{"e":', b',"sha":"', b'"}'


class Encoder:
    """Writes a run line by line; each call returns the bytes of one line."""

    def __init__(self) -> None:
        """Start before the header."""
        self._sha = ""
        self._count = 0
        self._deltas = _Deltas((0, 0))

    def header(self, header: Mapping[str, Any]) -> bytes:
        """Encode the header, the first line."""
        self._deltas = _Deltas(_width(header["readings"]))
        hidden = {key: header[key] for key in VEILED_KEYS if key in header}
        return self._line({**{key: header[key] for key in header if key not in hidden}, "veiled": _veil(hidden)})

    def entry(self, entry: Entry) -> bytes:
        """Encode one entry; a frame keeps only what changed since the frame before."""
        if entry["k"] == "frame":
            return self._chained(self._deltas.shrink(entry))
        return self._line({"t": entry["t"], "k": "veiled", "v": _veil(entry)} if entry["k"] in VEILED_KINDS else entry)

    def footer(self, *, digest: str, score: Mapping[str, Any] | None, wall_s: float, sign: Sign | None = None) -> bytes:
        """Encode the footer: how many lines stand before it, the last one's whole hash, the score, and a signature over all."""
        content = {"k": "footer", "count": self._count, "last": self._sha, "digest": digest, "score": score, "wall_s": wall_s}
        key, signature = sign(signed_bytes(content)) if sign is not None else (None, None)
        return self._line({**content, "key": key, "signature": signature})

    def _line(self, content: Mapping[str, Any]) -> bytes:
        return self._chained(canonical(content))

    def _chained(self, body: bytes) -> bytes:
        self._sha = _chain(self._sha, body)
        self._count += 1
        return _OPEN + body + _MIDDLE + self._sha[: DIGITS[FORMAT]].encode() + _CLOSE + b"\n"


def signed_bytes(footer: Mapping[str, Any]) -> bytes:
    """Return what a footer's signature is over: the footer without it. By `last` it covers every line of the file."""
    return b"drill run footer\n" + canonical({key: value for key, value in footer.items() if key not in ("key", "signature", "seal")})


def encode(run: Run, sign: Sign | None = None) -> bytes:
    """Return a whole run as the bytes of a file of today's format; without a footer if the run has none."""
    encoder = Encoder()
    lines = [encoder.header({**run.header, "format": FORMAT}), *(encoder.entry(entry) for entry in run.entries)]
    if run.footer is not None:
        end = run.footer
        lines.append(encoder.footer(digest=end["digest"], score=end["score"], wall_s=end["wall_s"], sign=sign))
    return b"".join(lines)


def decode(data: bytes) -> Run:
    """Read a run from the bytes of its file, up to the first damage; `problems` says what is missing and where.

    Raises RunFileError if not even the header can be read.
    """
    if not data:
        message = "the file is empty: there is no run in it"
        raise RunFileError(message)
    lines = data.split(b"\n")
    cut = lines.pop() != b""  # the bytes after the last newline: a line that was never finished
    header, sha, digits = read_header(lines[0] if lines else data)
    entries: list[Entry] = []
    footer: Mapping[str, Any] | None = None
    problems: list[str] = []
    deltas = _Deltas(_width(header["readings"]))
    for number, line in enumerate(lines[1:], start=2):
        if footer is not None:
            problems.append(f"line {number}: something follows the footer; it is ignored")
            break
        count, last = number - 1, sha
        found, body, problem = _open_line(line, sha, digits)
        if not problem and body.get("k") == "footer":
            problem = "the footer does not fit the lines before it" if not _closes(body, count, last) else ""
            footer = body if not problem else None
        elif not problem:
            problem = _append(entries, body, deltas)
        if problem:
            problems.append(f"line {number}: {problem}; read up to line {count}")
            return Run(header, entries, None, tuple(problems), sha)  # whether there was a footer behind it, nobody knows
        sha = found
    else:
        if cut and footer is not None:
            problems.append(f"line {len(lines) + 1}: something follows the footer; it is ignored")
        elif cut:
            problems.append(f"line {len(lines) + 1}: {CUT}")
    if footer is None:
        problems.append(UNFINISHED)
    return Run(header, entries, footer, tuple(problems), sha)


def read_header(line: bytes) -> tuple[dict[str, Any], str, int]:
    """Return the header that a file's first line holds, the hash that the next line hangs on, and the digits of a line's hash.

    Raises RunFileError if the line is not a header of Drill.
    """
    for digits in sorted(set(DIGITS.values())):
        sha, body, problem = _open_line(line, "", digits)
        if not problem:
            return _checked_header(body, digits), sha, digits
    if not line:
        message = "this is not a run file of Drill: it begins with an empty line"
    elif not line.startswith(_OPEN):
        message = f"this is not a run file of Drill: it begins with {line[:_SHOWN].decode(errors='replace')!a}"
    else:
        message = f"line 1: {problem}: without its header nothing of a run can be read"
    raise RunFileError(message)


def read_footer(line: bytes) -> dict[str, Any] | None:
    """Return the footer that a file's last line seems to hold, with the run's `seal`, None if it is no footer.

    Only a list believes it so: the lines before are not looked at. Raises ValueError for a line that is not JSON.
    """
    if not line.startswith(_OPEN + b'{"count":'):
        return None
    content = json.loads(line)["e"]
    if not isinstance(content, dict) or content.get("k") != "footer":
        return None
    return {**content, "seal": _chain(str(content.get("last")), canonical(content))}


def _chain(before: str, body: bytes) -> str:
    return sha256(before.encode() + body).hexdigest()


def _open_line(line: bytes, before: str, digits: int) -> tuple[str, dict[str, Any], str]:
    """Return a line's hash, its content, and what is wrong with it ("" = nothing)."""
    end = len(line) - len(_MIDDLE) - digits - len(_CLOSE)
    body, tail = line[len(_OPEN) : end], line[end:] if end > 0 else b""
    sha = _chain(before, body)
    if not line.startswith(_OPEN) or tail != _MIDDLE + sha[:digits].encode() + _CLOSE:
        return "", {}, "damaged (its hash does not fit)"
    try:
        content = _JSON.decode(body.decode())
    except (ValueError, RecursionError):
        return "", {}, "damaged (not JSON)"
    return (sha, content, "") if isinstance(content, dict) else ("", {}, "damaged (not an object)")


def _no_constant(text: str) -> float:
    raise ValueError(text)


_JSON: Final = json.JSONDecoder(parse_constant=_no_constant)  # made once: `json.loads` would make one for each line


def _veil(content: Mapping[str, Any]) -> str:
    return b64encode(canonical(content)).decode()


def _unveil(text: object) -> dict[str, Any]:
    """Return what was veiled, {} if it is nothing that Drill veils."""
    try:
        content = _JSON.decode(b64decode(text, validate=True).decode()) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _closes(footer: Mapping[str, Any], count: int, last: str) -> bool:
    score, wall_s = footer.get("score"), footer.get("wall_s")
    shaped = isinstance(footer.get("digest"), str) and isinstance(score, dict | None) and type(wall_s) in (int, float)
    return shaped and (footer.get("count"), footer.get("last")) == (count, last)


def _checked_header(header: dict[str, Any], digits: int) -> dict[str, Any]:
    found = header.get("format")
    if not isinstance(found, str) or DIGITS.get(found) != digits:
        newer = "" if not isinstance(found, str) or found in DIGITS else ": open it with a newer Drill"
        message = f"line 1: the file's format is {found!r}, this program reads {', '.join(FORMATS)}{newer}"
        raise RunFileError(message)
    if "veiled" in header:
        header = {**{key: value for key, value in header.items() if key != "veiled"}, **_unveil(header["veiled"])}
    for key, kind in HEADER_KEYS.items():
        if not isinstance(header.get(key), kind) or isinstance(header.get(key), bool):
            message = f"line 1: the header's '{key}' is {header.get(key)!r}: this is not a run file of Drill"
            raise RunFileError(message)
    numbers = all(type(value) in (int, float) for value in header["draws"].values())
    if header["seed"] < 0 or not numbers or not all(isinstance(value, str) for value in header["endings"].values()):
        message = "line 1: the header's seed, draws or endings are not what a drill writes: this is not a run file of Drill"
        raise RunFileError(message)
    if not all(_described(header["readings"].get(kind)) for kind in ("true", "shown")):
        message = "line 1: the header does not say how its readings are written: this is not a run file of Drill"
        raise RunFileError(message)
    return header


def _described(rows: object) -> bool:
    """Whether this is a table of readings: different names, each with a resolution above zero."""
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 and isinstance(row[0], str) for row in rows):
        return False
    return all(type(row[1]) in (int, float) and row[1] > 0 for row in rows) and len({row[0] for row in rows}) == len(rows)


def _width(readings: Mapping[str, Any]) -> Width:
    return len(readings["true"]), len(readings["shown"])


def _append(entries: list[Entry], content: dict[str, Any], deltas: "_Deltas") -> str:
    """Add one decoded entry; return what is wrong with it ("" = nothing)."""
    kind = content.get("k")
    grown = deltas.grow(content) if kind == "frame" else None
    if grown is not None:
        content = grown
        tick = content["t"]
        wrong = "" if type(tick) is int and tick >= 0 else f"'frame' has no tick ({tick!r})"
    else:
        content = _unveil(content.get("v")) if kind == "veiled" else content
        wrong = wrong_shape(content, deltas.width)
    if not wrong and entries and content["t"] < entries[-1]["t"]:
        wrong = f"tick {content['t']} comes after tick {entries[-1]['t']}"
    if not wrong:
        entries.append(content)
    return wrong


class _Deltas:
    """Frames as differences to the frame before: {"i": change} by place in true then shown; null = became blank."""

    def __init__(self, width: Width) -> None:
        self.width = width
        self._last: list[int | None] = [*([0] * width[0]), *([None] * width[1])]
        self._order = sorted(range(sum(width)), key=str)  # keys of canonical JSON are sorted as text

    def shrink(self, frame: Entry) -> bytes:
        """Return the line's canonical bytes, put together by hand: there are ten a second."""
        last, values = self._last, [*frame["true"], *frame["shown"]]
        changes = [
            f'"{i}":{"null" if (now := values[i]) is None else now - (last[i] or 0)}' for i in self._order if values[i] != last[i]
        ]
        self._last = values
        return f'{{"d":{{{",".join(changes)}}},"k":"frame","t":{frame["t"]}}}'.encode()

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
        split = self.width[0]
        return {"t": line.get("t"), "k": "frame", "true": values[:split], "shown": values[split:]}
