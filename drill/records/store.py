"""Reading runs back: one file, or all that are kept."""

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from drill.engine.runfile import decode, encode
from drill.engine.runlog import Run, digest
from drill.errors import DrillError, RunFileError
from drill.records.home import drill_home
from drill.records.recorder import PACKED, SUFFIX, about_here

MOST_BYTES: Final = 512 * 1024 * 1024  # tunable; ten hours of drill are about 50 MB
_GZIP: Final = 31  # zlib's way to say: expect a gzip header
_MAGIC: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One kept run. `state`: finished, unfinished or unreadable; `about` as the header has it."""

    path: Path
    state: str
    about: Mapping[str, Any]
    scenario: str
    seed: int | None
    outcome: str
    score: Mapping[str, Any] | None


def open_run(path: Path) -> Run:
    """Read a run file, packed or not, up to the first damage.

    Raises RunFileError naming the file if it cannot be opened, is too large, or is not a run file at all.
    """
    data, problem = _read(path)
    try:
        run = decode(data)
    except RunFileError as error:
        message = f"{path}: {error}"
        raise RunFileError(message) from None
    return run if not problem else Run(run.header, run.entries, run.footer, (*run.problems, problem))


def save_run(run: Run, path: Path, score: Mapping[str, Any] | None = None, wall_s: float = 0.0) -> Path:
    """Write a whole run that is in memory; one that came to its end is closed with a footer. A name in .gz is packed.

    Raises RunFileError naming the path if it cannot be written.
    """
    header = run.header if "about" in run.header else {**run.header, "about": about_here()}
    footer = run.footer
    if footer is None and run.finished:
        footer = {"digest": digest(run), "score": score, "wall_s": wall_s}
    data = encode(Run(header, run.entries, footer))
    try:
        path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror})"
        raise RunFileError(message) from None
    return path


def list_runs(home: Path | None = None) -> list[RunInfo]:
    """Return the kept runs, the newest first. Reads only the ends of each file: `open_run` is what checks it."""
    try:
        folder = (home or drill_home()) / "runs"
        paths = [path for path in folder.iterdir() if path.name.endswith((SUFFIX, PACKED))]
    except (OSError, DrillError):
        return []
    return [_info(path) for path in sorted(paths, key=lambda path: path.name, reverse=True)]


def _info(path: Path) -> RunInfo:
    try:
        data, _ = _read(path)
        first, _, rest = data.partition(b"\n")
        header = json.loads(first)["e"]
        about = header.get("about", {})
        footer = _footer(rest)
        state = "finished" if footer else "unfinished"
        score = footer.get("score") if footer else None
        outcome = str(score.get("outcome", "")) if isinstance(score, dict) else ""
        return RunInfo(path, state, about if isinstance(about, dict) else {}, str(header["scenario"]), int(header["seed"]), outcome, score)
    except (RunFileError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return RunInfo(path, "unreadable", {}, "", None, "", None)


def _footer(lines: bytes) -> dict[str, Any] | None:
    last = lines.rstrip(b"\n").rpartition(b"\n")[2]
    content = json.loads(last)["e"] if last.startswith(b'{"e":{"count":') and lines.endswith(b"\n") else {}
    return content if content.get("k") == "footer" else None


def _read(path: Path) -> tuple[bytes, str]:
    """Return a file's bytes, unpacked, and what was wrong with the packing ("" = nothing)."""
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"{path}: larger than {MOST_BYTES // 2**20} MB: this is not a run file of Drill"
            raise RunFileError(message)
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); give the path of a {SUFFIX} or {PACKED} file"
        raise RunFileError(message) from None
    return _unpack(path, data) if data.startswith(_MAGIC) else (data, "")


def _unpack(path: Path, data: bytes) -> tuple[bytes, str]:
    """Unpack piece by piece, so that what stands before a damage is kept."""
    unpacker = zlib.decompressobj(_GZIP)
    out = bytearray()
    step = 256  # what a damaged piece held is lost, so pieces are small
    try:
        for start in range(0, len(data), step):
            out += unpacker.decompress(data[start : start + step], MOST_BYTES + 1 - len(out))
            if len(out) > MOST_BYTES:
                message = f"{path}: unpacks to more than {MOST_BYTES // 2**20} MB: this is not a run file of Drill"
                raise RunFileError(message)
    except zlib.error as error:
        return bytes(out), f"the packed file is damaged ({error})"
    return bytes(out), "" if unpacker.eof and not unpacker.unused_data else "the packed file is cut short or longer than it says"
