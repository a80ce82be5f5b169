"""Runs as files: opened up to the first damage, written whole from memory, rescued where they could not be recorded."""

import contextlib
import gzip
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from drill.engine.runfile import Sign, decode, encode
from drill.engine.runlog import Run, digest
from drill.errors import DrillError, RunFileError
from drill.records.home import runs_folder
from drill.records.keys import station_key
from drill.records.recorder import PACKED, SUFFIX, Recorder, about_here

MOST_BYTES: Final = 512 * 1024 * 1024  # tunable; ten hours of drill are about 50 MB
_GZIP: Final = 31  # zlib's way to say: expect a gzip header
_NAMES_TRIED: Final = 100
_MARK: Final = b'"drill/run/'
_MAGIC: Final = b"\x1f\x8b"


def open_run(path: Path) -> Run:
    """Read a run file, packed or not, up to the first damage.

    Raises RunFileError naming the file if it cannot be opened, is too large, or is not a run file at all.
    """
    data, problem = read_bytes(path)
    try:
        run = decode(data)
    except RunFileError as error:
        why = f"{problem}; what can be unpacked is no run: {error}" if problem and data else problem or str(error)
        message = f"{path}: {why}"
        raise RunFileError(message) from None
    return run if not problem else replace(run, problems=(*run.problems, problem))


def is_run(path: Path) -> bool:
    """Whether a recorded run lies there, whole or damaged, by its name or by how it begins."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError:
        return False
    if path.name.endswith((SUFFIX, PACKED)):
        return bool(start)
    with contextlib.suppress(zlib.error):
        start = zlib.decompressobj(wbits=_GZIP).decompress(start)
    return _MARK in start


def find_run(name: str) -> Path | None:
    """Return the run of a bare name, with or without its suffixes, in the present folder or among the kept ones; None where none is."""
    if not name or Path(name).name != name:
        return None
    folders = [Path()]
    with contextlib.suppress(DrillError):
        folders.append(runs_folder())
    names = [each for each in (name, f"{name}.gz", name + PACKED, name + SUFFIX) if each.endswith((SUFFIX, PACKED))]
    with contextlib.suppress(OSError, ValueError):  # a name that no file can have
        return next((folder / each for folder in folders for each in names if (folder / each).is_file()), None)
    return None


def save_run(run: Run, path: Path, score: Mapping[str, Any] | None = None, wall_s: float = 0.0, sign: Sign | None = None) -> Path:
    """Write a whole run that is in memory; one that came to its end is closed with a footer. A name in .gz is packed.

    Raises RunFileError naming the path if it cannot be written.
    """
    header = run.header if "about" in run.header else {**run.header, "about": about_here()}
    footer = run.footer
    if footer is None and run.finished:
        footer = {"digest": digest(run), "score": score, "wall_s": wall_s}
    data = encode(Run(header, run.entries, footer), sign)
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
        part.replace(path)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror})"
        raise RunFileError(message) from None
    return path


def station_signer(home: Path | None = None) -> tuple[Sign | None, str]:
    """Return what signs as this station, or None and why a run stays unsigned."""
    try:
        return station_key(home).sign, ""
    except (DrillError, OSError) as error:
        return None, f"this run is not signed: {error}"


def close_record(recorder: Recorder, run: Run, score: Mapping[str, Any] | None) -> tuple[Path | None, str]:
    """Close a run's record, or save the run elsewhere where it could not be recorded.

    Return where it lies (None: nowhere), and what went wrong ("" = nothing).
    """
    path = recorder.close(score)
    if not recorder.problem:
        return path, ""
    told = replace(run, header={**run.header, "about": recorder.about})
    saved = rescue_run(told, recorder.neutral_name, score)
    if saved is None:
        return None, f"{recorder.problem}. It could not be saved anywhere else either: it is lost when this program ends"
    return saved, f"{recorder.problem}. The whole drill was saved instead to {saved}"


def rescue_run(run: Run, name: str, score: Mapping[str, Any] | None = None) -> Path | None:
    """Write a run that could not be recorded to where it can be: the working folder, the user's home, the folder for
    temporary files. Return its path, None where nothing could be written; no file that exists is touched.
    """
    for folder in elsewhere():
        for number in range(_NAMES_TRIED):
            path = folder / f"drill_rescued_{name}_{run.header['seed']}{f'_{number}' if number else ''}{PACKED}"
            if path.exists():
                continue
            try:
                return save_run(run, path, score, sign=station_signer()[0])
            except RunFileError:
                break
    return None


def elsewhere() -> Iterator[Path]:
    """Yield the folders to try when the data folder cannot be written."""
    for find in (Path.cwd, Path.home, lambda: Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError, RuntimeError):
            yield find()


def read_bytes(path: Path) -> tuple[bytes, str]:
    """Return a run file's bytes, unpacked, and what was wrong with the packing ("" = nothing)."""
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
    if not unpacker.eof:
        return bytes(out), "the packed file is cut short: its last bytes are missing"
    return bytes(out), "something follows the end of the packed file; it is ignored" if unpacker.unused_data else ""
