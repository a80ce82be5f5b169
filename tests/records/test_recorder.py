import errno
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
from drill.engine.runfile import signed_bytes
from drill.engine.runlog import Run, digest
from drill.records.index import list_runs
from drill.records.keys import own_public, signature_fits
from drill.records.recorder import Recorder
from drill.records.store import close_record, open_run, save_run
from tests.engine.synthetic import frame, header, small_run

WRITER = """
import sys, time
from drill.engine.runfile import signed_bytes
from drill.records.index import list_runs
from drill.records.keys import own_public, signature_fits
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
    assert (finished.outcome, finished.seed, finished.scenario, finished.trainee) == ("secured", 7, "pack/case", "T1")
    assert finished.passed


def test_a_closed_run_is_signed_by_its_station() -> None:
    """The footer carries the station's public key and a signature that fits; the list says who it was."""
    recorder = record(small_run())
    path = recorder.close({"outcome": "secured"})
    assert path is not None
    footer = open_run(path).footer

    assert footer is not None
    assert footer["key"] == own_public()
    assert signature_fits(footer["key"], signed_bytes(footer), footer["signature"])
    assert recorder.unsigned == ""
    assert list_runs()[0].station.startswith("this station")


def test_without_a_key_a_run_is_written_unsigned_and_that_is_said(drill_home: Path) -> None:
    """A broken station key costs the signature, never the run."""
    (drill_home / "station.key").write_text("nonsense")
    (drill_home / "station.key").chmod(0o600)
    recorder = record(small_run())
    path = recorder.close()

    assert path is not None
    assert "not signed" in recorder.unsigned
    run = open_run(path)
    assert run.finished
    assert run.footer is not None
    assert run.footer["signature"] is None
    assert list_runs()[0].station == "unsigned"


def test_a_run_that_could_not_be_recorded_is_savedelsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was in memory all the time: at the end it goes where something can be written, and the words say where."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setattr("drill.records.store.elsewhere", lambda: iter([tmp_path / "missing", other]))
    made = small_run()
    path, problem = close_record(record(made, home=blocked), made, {"passed": True})

    assert path is not None
    assert path.parent == other
    assert "not recorded" in problem
    assert str(path) in problem
    assert list(open_run(path).entries) == list(made.entries)
    assert open_run(path).finished
    assert open_run(path).header["about"]["trainee"] == "T1"
    again, _ = close_record(record(made, home=blocked), made, None)
    assert again != path, "what is there is never touched"


def test_where_nothing_at_all_can_be_written_the_words_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the run is lost with the program, and nobody is left in doubt."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    monkeypatch.setattr("drill.records.store.elsewhere", lambda: iter([blocked]))

    path, problem = close_record(record(small_run(), home=blocked), small_run(), None)

    assert path is None
    assert "lost when this program ends" in problem


def test_a_disk_too_full_to_pack_keeps_the_plain_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packing is a comfort: without room for it the closed file stays as it is, whole and signed."""
    recorder = record(small_run())

    def full(*_: object, **__: object) -> bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("drill.records.recorder.gzip.compress", full)
    path = recorder.close()

    assert path is not None
    assert path.suffix == ".drill"
    assert recorder.problem == ""
    assert open_run(path).finished
    assert [p.name for p in path.parent.iterdir()] == [path.name]
