import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from drill.engine.entries import Entry
from drill.engine.runlog import Run, digest
from drill.records.recorder import Recorder
from drill.records.store import list_runs, open_run, save_run
from tests.engine.synthetic import frame, header, small_run

WRITER = """
import sys, time
from drill.records.recorder import Recorder
from tests.engine.synthetic import action, frame, header, start
r = Recorder(case_name="VA ECMO, late shift", trainee="T1")
r.header(header())
for entry in start():
    r.entry(entry)
tick, seq = 0, 0
while True:
    tick += 5
    r.entry(frame(tick, map_mmhg=40.0 + tick % 30))
    if tick % 50 == 0:
        r.entry(action(tick, seq, "set", "clamp_return", 1.0)); seq += 1
    if tick == 500:
        print(r.path, flush=True)
    time.sleep(0.002)
"""


def record(made: Run, **how: Any) -> Recorder:
    """Write a run through a recorder, without closing it."""
    recorder = Recorder(case_name="VA ECMO, late shift", trainee="T1", **how)
    recorder.header(made.header)
    for entry in made.entries:
        recorder.entry(entry)
    return recorder


def test_what_was_recorded_is_read_back(drill_home: Path) -> None:
    """A closed run is packed, finished, holds the same entries, and its footer has score and digest."""
    made = small_run()
    recorder = record(made)
    path = recorder.close({"passed": True, "outcome": "secured"})

    assert recorder.problem == ""
    assert path is not None
    assert path.parent == drill_home / "runs"
    assert path.name.endswith("_va_ecmo_late_shift_7.drill.gz")
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    read = open_run(path)
    assert read.finished
    assert list(read.entries) == list(made.entries)
    assert read.footer is not None
    assert read.footer["score"] == {"passed": True, "outcome": "secured"}
    assert read.footer["digest"] == digest(made)
    assert {"trainee", "started_utc", "station", "platform", "drill", "kernel"} <= set(read.header["about"])


def test_the_file_name_does_not_give_the_crisis_away() -> None:
    """The name holds neither pack nor scenario id nor cause."""
    path = record(small_run()).close()

    assert path is not None
    assert not any(word in path.name for word in ("pack", "case", "motor_fault"))


def test_two_runs_of_one_second_have_files_of_their_own() -> None:
    """Nothing is ever overwritten or appended to."""
    recorders = [record(small_run()) for _ in range(3)]
    paths = {recorder.close() for recorder in recorders} | {record(small_run()).close()}

    assert len(paths) == 4
    assert all(path is not None and open_run(path).finished for path in paths)


def test_an_abandoned_run_is_unfinished_and_closing_twice_changes_nothing() -> None:
    """Without a footer the file says so; close after close gives the same path."""
    recorder = record(small_run())
    path = recorder.abandon()

    assert path is not None
    assert path.suffix == ".drill"
    assert not open_run(path).finished
    assert recorder.close() == path
    closed = record(small_run())
    assert closed.close() == closed.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_killed_process_leaves_a_file_that_opens_as_unfinished(drill_home: Path, root: Path) -> None:
    """Kill -9 in the middle of a run: what was written opens, in order, and says "unfinished"."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER], cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert process.stdout is not None
    path = Path(process.stdout.readline().strip())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    read = open_run(path)

    assert not read.finished
    assert any("unfinished" in problem for problem in read.problems)
    assert read.header["about"]["trainee"] == "T1"
    ticks = [entry["t"] for entry in read.entries if entry["k"] == "frame"]
    assert ticks == list(range(0, ticks[-1] + 1, 5))
    assert sum(entry["k"] == "action" for entry in read.entries) >= 8, "an action is synced at once"
    assert [info.state for info in list_runs(drill_home)] == ["unfinished"]


def test_an_action_is_synced_at_once_and_the_rest_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data is synced in the thread, never by the caller, soon after an action, and for frames too."""
    synced: list[str] = []
    real = os.fsync

    def fsync(fd: int) -> None:
        synced.append(threading.current_thread().name)
        real(fd)

    recorder = Recorder(case_name="x")
    recorder.header(header())
    monkeypatch.setattr("drill.records.recorder.os.fsync", fsync)
    recorder.entry(frame(0))
    _wait_for(lambda: len(synced) == 1)
    recorder.entry({"t": 1, "k": "action", "seq": 0, "who": "you", "verb": "ack", "target": "all", "value": None})
    _wait_for(lambda: len(synced) == 2)
    monkeypatch.undo()
    recorder.close()

    assert set(synced) == {"recorder"}


def _wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_a_home_that_cannot_be_written_is_said_and_the_drill_goes_on(tmp_path: Path) -> None:
    """Read-only, or a file where the folder should be: no error, one sentence that says what to do, the run kept in memory."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    made = small_run()
    recorder = record(made, home=blocked)

    assert recorder.close() is None
    assert "not recorded" in recorder.problem
    assert "DRILL_HOME" in recorder.problem
    saved = save_run(Run(made.header, made.entries), tmp_path / "rescued.drill")
    assert list(open_run(saved).entries) == list(made.entries)


def test_no_home_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home folder can still play."""
    monkeypatch.delenv("DRILL_HOME")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("~/.local/share/drill"))
    recorder = record(small_run())

    assert recorder.close() is None
    assert "no home folder" in recorder.problem


def test_a_disk_that_fills_up_is_said_and_what_was_written_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full in the middle, the drill goes on; the file holds the beginning and is unfinished."""
    recorder = Recorder(case_name="x")
    recorder.header(header())
    path = recorder.path
    assert path is not None
    recorder._file = _Full(recorder._file, room=3000)  # type: ignore[assignment]
    entries: list[Entry] = [frame(5 * i, map_mmhg=float(i)) for i in range(400)]
    for entry in entries:
        recorder.entry(entry)
    recorder.close()

    assert "No space left" in recorder.problem
    read = open_run(path)
    assert not read.finished
    assert list(read.entries) == entries[: len(read.entries)]
    assert read.entries


def test_an_entry_that_json_cannot_hold_is_said_and_never_written() -> None:
    """A number that is no number ends the recording with a reason, not the drill, and not the thread in silence."""
    recorder = Recorder(case_name="x")
    recorder.header(header())
    for entry in (frame(0), {"t": 1, "k": "control", "name": "fdo2_pct", "value": float("nan")}, frame(5)):
        recorder.entry(entry)
    path = recorder.close()

    assert path is not None
    assert "not recorded" in recorder.problem
    assert list(open_run(path).entries) == [frame(0)]


class _Full:
    """A file on a disk with room for so many bytes more."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: bytes) -> int:
        part = data[: self._room]
        self._file.write(part)
        self._room -= len(part)
        if len(part) < len(data):
            self._file.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_the_list_names_every_run_and_what_it_is(drill_home: Path) -> None:
    """Finished, unfinished and unreadable files are all listed, the newest first; an empty home is an empty list."""
    assert list_runs(drill_home) == []
    record(small_run()).close({"outcome": "secured", "passed": True})
    record(small_run()).abandon()
    (drill_home / "runs" / "20000101T000000Z_old_1.drill").write_bytes(b"nothing of ours\n")

    infos = list_runs()

    assert sorted(info.state for info in infos) == ["finished", "unfinished", "unreadable"]
    assert infos[-1].state == "unreadable"
    finished = next(info for info in infos if info.state == "finished")
    assert (finished.outcome, finished.seed, finished.scenario, finished.about["trainee"]) == ("secured", 7, "pack/case", "T1")
    assert json.dumps(finished.score)
