import gzip
from pathlib import Path

import pytest

from drill.engine.runfile import encode
from drill.engine.runlog import Run, digest
from drill.errors import RunFileError
from drill.records import store
from drill.records.store import open_run, save_run
from tests.engine.synthetic import small_run


@pytest.fixture
def data() -> bytes:
    """A closed run's bytes."""
    made = small_run()
    return encode(Run(made.header, made.entries, {"digest": digest(made), "score": None, "wall_s": 1.0}))


def test_packed_and_plain_read_alike(tmp_path: Path, data: bytes) -> None:
    """The packing is told from the bytes, not from the name."""
    (tmp_path / "a.drill").write_bytes(data)
    (tmp_path / "b.drill").write_bytes(gzip.compress(data))

    assert open_run(tmp_path / "a.drill") == open_run(tmp_path / "b.drill")
    assert open_run(tmp_path / "a.drill").finished


def test_a_packed_file_cut_anywhere_is_recovered_or_refused(tmp_path: Path, data: bytes) -> None:
    """A cut packed file gives an honest beginning that is not finished, or a clear error if not even the header is left."""
    packed, path, made = gzip.compress(data), tmp_path / "cut.drill.gz", small_run()
    recovered = 0
    for end in range(0, len(packed), 7):
        path.write_bytes(packed[:end])
        try:
            run = open_run(path)
        except RunFileError:
            continue
        recovered += 1
        assert not run.finished
        assert list(run.entries) == list(made.entries[: len(run.entries)])
    assert recovered


@pytest.mark.slow
def test_a_flipped_byte_of_a_packed_file_is_never_misread(tmp_path: Path, data: bytes) -> None:
    """Whatever byte is damaged, what is read is the beginning of what was written."""
    packed, path, made = gzip.compress(data, mtime=0), tmp_path / "flip.drill.gz", small_run()
    for place in range(10, len(packed)):  # the first ten bytes hold no content: name, time and system of the packer
        broken = bytearray(packed)
        broken[place] ^= 1 << place % 8
        path.write_bytes(broken)
        try:
            run = open_run(path)
        except RunFileError:
            continue
        assert list(run.entries) == list(made.entries[: len(run.entries)])
        # A few bits at the end of a packed stream mean nothing: then everything is there.
        assert not run.finished or len(run.entries) == len(made.entries), place


def test_what_cannot_be_read_is_said_with_its_path(tmp_path: Path) -> None:
    """A missing file, a folder, an empty file and a stranger's file: one sentence each, no traceback."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("hello")
    for name in ("missing.drill", "empty", "notes.txt", "."):
        with pytest.raises(RunFileError) as error:
            open_run(tmp_path / name)
        assert str(tmp_path) in str(error.value)
        assert any(words in str(error.value) for words in (".drill", "not a run file", "the file is empty"))


def test_a_packed_file_says_how_its_end_is_wrong(tmp_path: Path, data: bytes) -> None:
    """Cut behind its last line, longer than it is, or cut down to nothing."""
    whole = gzip.compress(data)
    told = []
    for spoilt in (whole[:-4], whole + b"xx", whole[:15]):
        (tmp_path / "a.drill.gz").write_bytes(spoilt)
        try:
            told.append("; ".join(open_run(tmp_path / "a.drill.gz").damage))
        except RunFileError as error:
            told.append(str(error))

    short = "the packed file is cut short: its last bytes are missing"
    assert told[:2] == [short, "something follows the end of the packed file; it is ignored"]
    assert told[2].endswith(f"a.drill.gz: {short}")


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousandfold packed file does not fill the memory."""
    monkeypatch.setattr(store, "MOST_BYTES", 1 << 20)
    path = tmp_path / "bomb.drill.gz"
    path.write_bytes(gzip.compress(bytes(1 << 24)))

    with pytest.raises(RunFileError, match="unpacks to more"):
        open_run(path)


@pytest.mark.parametrize("name", ["a.drill", "a.drill.gz"])
def test_a_run_saved_from_memory_is_closed_if_it_ended(tmp_path: Path, name: str) -> None:
    """A whole run gets its footer with score and digest; one that has not ended stays unfinished."""
    made = small_run()

    whole = open_run(save_run(made, tmp_path / name, {"passed": False}, 2.5))
    assert whole.finished
    assert whole.footer is not None
    assert (whole.footer["score"], whole.footer["digest"], whole.footer["wall_s"]) == ({"passed": False}, digest(made), 2.5)
    assert not open_run(save_run(Run(made.header, made.entries[:-1]), tmp_path / name)).finished
    assert open_run(save_run(whole, tmp_path / "again.drill")) == whole


def test_a_run_that_cannot_be_saved_is_said(tmp_path: Path) -> None:
    """Saving into a folder that does not exist names the path."""
    with pytest.raises(RunFileError, match="cannot be written"):
        save_run(small_run(), tmp_path / "no" / "run.drill")
