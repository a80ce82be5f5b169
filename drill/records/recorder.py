"""Writes a run to its file while it is played, from a thread: the frame loop never waits for a disk.

A drill is worth more than its record: where nothing can be written it goes on, says so, and the run stays in memory.
"""

import contextlib
import gzip
import os
import platform
import queue
import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from drill import __version__
from drill.engine.entries import CAUSES, Entry
from drill.engine.runfile import Encoder, Sign
from drill.engine.runlog import Digest
from drill.errors import DrillError
from drill.records.home import runs_folder
from drill.records.keys import station_key

SYNC_S: Final = 0.5  # tunable: a power cut costs this much and what the disk takes, a killed process nothing that was handed over
SUFFIX: Final = ".drill"
PACKED: Final = ".drill.gz"
_NAMES_TRIED: Final = 100


class _Close(NamedTuple):
    score: Mapping[str, Any] | None
    wall_s: float


class Recorder:
    """A session's sink: hand it to the session, `close` it at the end.

    `problem` is "" or says why the run is not recorded; `path` is the file, None where there is none; `about` says
    who, when, where and with what; `unsigned` is "" or says, once it is closed, why the file carries no signature.
    """

    def __init__(self, *, case_name: str, trainee: str = "", kernel: str = "python", attempt: int = 0, home: Path | None = None) -> None:
        """Record under `home`/runs (None: DRILL_HOME or the platform's data folder).

        `case_name` is neutral: it becomes the file's name, which must not give the crisis away. `kernel` says how the
        physics runs, "python" or "numba"; `attempt` counts the trainee's runs of this scenario (0: not counted).
        """
        self.about: dict[str, Any] = {"case_name": case_name, "trainee": trainee, "attempt": attempt, "kernel": kernel}
        self._home = home
        self._queue: queue.SimpleQueue[Entry | _Close] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._file: BinaryIO | None = None
        self._encoder = Encoder()
        self._digest = Digest({})
        self._opened_s = 0.0
        self.path: Path | None = None
        self.problem = ""
        self.unsigned = ""

    @property
    def neutral_name(self) -> str:
        """The case's name as part of a file's name."""
        return re.sub(r"[^a-z0-9]+", "_", str(self.about["case_name"]).lower()).strip("_")[:40] or "drill"

    def header(self, header: Mapping[str, Any]) -> None:
        """Open the file and begin to write."""
        self._opened_s = time.monotonic()
        self.about |= about_here()
        self._digest = Digest(header)
        try:
            self._file, self.path = _new_file(runs_folder(self._home), self.neutral_name, header["seed"])
            self._file.write(self._encoder.header({**header, "about": self.about}))
            _sync(self._file)
        except (OSError, DrillError) as error:
            self._give_up(error)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def entry(self, entry: Entry) -> None:
        """Take one entry; it is written in the background."""
        self._queue.put(entry)

    def close(self, score: Mapping[str, Any] | None = None) -> Path | None:
        """Write the footer, pack the file, and return where it lies; a second call changes nothing."""
        if self._thread is None:
            return self.path
        self._queue.put(_Close(score, time.monotonic() - self._opened_s))
        self._thread.join()
        self._thread = None
        return self.path

    def abandon(self) -> Path | None:
        """Stop without a footer, as a crash would: the file stays unfinished."""
        if self._thread is not None:
            self._queue.put(_Close(None, -1.0))
            self._thread.join()
            self._thread = None
        return self.path

    # -- in the thread ----------------------------------------------------------------------------------------

    def _work(self) -> None:
        synced_s, dirty = time.monotonic(), False
        while True:
            try:
                item = self._queue.get(timeout=SYNC_S if dirty else None)
            except queue.Empty:
                item = None
            if isinstance(item, _Close):
                self._finish(item)
                return
            urgent = False
            if item is not None:
                self._write(item)
                dirty, urgent = True, item["k"] in CAUSES
            if urgent or (dirty and time.monotonic() - synced_s >= SYNC_S):
                self._flush()
                synced_s, dirty = time.monotonic(), False
            elif self._queue.empty():
                self._hand_over()

    def _write(self, entry: Entry) -> None:
        if self._file is None:
            return
        try:
            self._digest.add(entry)
            self._file.write(self._encoder.entry(entry))
        except (OSError, ValueError, TypeError) as error:  # the last two: an entry that JSON cannot hold
            self._give_up(error)

    def _hand_over(self) -> None:
        """Give what is written to the system: then the death of this process costs nothing."""
        if self._file is not None:
            try:
                self._file.flush()
            except OSError as error:
                self._give_up(error)

    def _flush(self) -> None:
        """Give what is written to the disk: then a power cut costs nothing."""
        if self._file is not None:
            try:
                _sync(self._file)
            except OSError as error:
                self._give_up(error)

    def _finish(self, end: _Close) -> None:
        if self._file is None or self.path is None:
            return
        try:
            if end.wall_s >= 0:
                digest, sign = self._digest.hexdigest(), self._signer()
                self._file.write(self._encoder.footer(digest=digest, score=end.score, wall_s=round(end.wall_s, 3), sign=sign))
            _sync(self._file)
            self._file.close()
        except OSError as error:
            self._give_up(error)
            return
        if end.wall_s >= 0:
            self.path = _pack(self.path)

    def _signer(self) -> Sign | None:
        try:
            return station_key(self._home).sign
        except (DrillError, OSError) as error:
            self.unsigned = f"this run is not signed: {error}"
            return None

    def _give_up(self, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = f" to {self.path}" if self.path else f" under {error.filename}" if isinstance(error, OSError) and error.filename else ""
        self.problem = (
            f"this drill is not recorded: cannot write{where} ({reason}); free some space or set DRILL_HOME to a folder that can be written"
        )
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written before cannot be written now
                self._file.close()
            self._file = None


def about_here() -> dict[str, str]:
    """Return when, where and with what a run is made: what a header says beside its causes."""
    return {
        "started_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "station": platform.node(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "drill": __version__,
    }


def _new_file(folder: Path, neutral: str, seed: int) -> tuple[BinaryIO, Path]:
    """Make a file that did not exist: two drills may begin in the same second."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number in range(_NAMES_TRIED):
        name = f"{stamp}_{neutral}_{seed}{f'_{number}' if number else ''}"
        if (folder / (name + PACKED)).exists():
            continue
        try:
            return (folder / (name + SUFFIX)).open("xb"), folder / (name + SUFFIX)
        except FileExistsError:
            continue
    message = f"{folder} already holds {_NAMES_TRIED} runs of this second"
    raise DrillError(message)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _pack(path: Path) -> Path:
    """Replace a closed run file by its packed form; until that is safely there, the plain one stays.

    Another run of the same second may have taken the packed name, or there is no room for it: then it stays plain.
    """
    packed, part = path.with_name(path.stem + PACKED), path.with_name(path.stem + PACKED + ".part")
    try:
        with part.open("wb") as file:
            file.write(gzip.compress(path.read_bytes(), mtime=0))
            _sync(file)
        if packed.exists():
            part.unlink()
            return path
        part.replace(packed)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        return path
    with contextlib.suppress(OSError):
        path.unlink()
    return packed
