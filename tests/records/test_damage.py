"""A real run of 10 s, cut and damaged at its bytes: what is read is an honest beginning, or it is refused; nothing is misread."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import pytest

from drill.engine.runfile import decode
from drill.engine.runlog import Run
from drill.errors import RunFileError
from drill.records.store import open_run

SAMPLED = 211  # a prime: every byte of a line's shape is met somewhere


@pytest.fixture(scope="module")
def packed(root: Path) -> bytes:
    """The packed file of a kept run."""
    return (root / "tests" / "data" / "format_2.drill.gz").read_bytes()


@pytest.fixture(scope="module")
def data(packed: bytes) -> bytes:
    """The same, unpacked."""
    return gzip.decompress(packed)


@pytest.fixture(scope="module")
def whole(data: bytes) -> Run:
    """The run as it was written."""
    return decode(data)


def check_cuts(data: bytes, whole: Run, places: Iterable[int]) -> None:
    """Cut before each of these bytes."""
    header = data.index(b"\n")
    for end in places:
        try:
            read = decode(data[:end])
        except RunFileError:
            assert end <= header, "only a cut header is no run at all"
            continue
        assert read.entries == whole.entries[: len(read.entries)], end
        assert len(read.entries) >= data[:end].count(b"\n") - 1, f"cut at {end}: a whole line was lost"
        assert not read.finished, end
        assert any("unfinished" in problem for problem in read.problems), end


def check_flips(data: bytes, whole: Run, places: Iterable[int]) -> None:
    """Flip one bit in each of these bytes."""
    header = data.index(b"\n")
    for place in places:
        broken = bytearray(data)
        broken[place] ^= 1 << place % 8
        try:
            read = decode(bytes(broken))
        except RunFileError:
            assert place <= header, "only a damaged header is no run at all"
            continue
        line = data[:place].count(b"\n") + 1
        assert read.entries == whole.entries[: len(read.entries)], place
        assert not read.finished, place
        assert len(read.entries) >= line - 2, f"flip at {place}: a whole line before it was lost"
        assert any(problem.startswith(f"line {line}:") for problem in read.problems), (place, read.problems)


def check_packed(packed: bytes, whole: Run, path: Path, places: Iterable[int], *, flip: bool) -> None:
    """Cut or damage the packed file at each of these bytes."""
    for place in places:
        broken = bytearray(packed if flip else packed[:place])
        if flip:
            broken[place] ^= 1 << place % 8
        path.write_bytes(broken)
        try:
            read = open_run(path)
        except RunFileError:
            continue
        assert read.entries == whole.entries[: len(read.entries)], place
        # Some bits of a packed stream mean nothing; then all is there.
        assert not read.finished or len(read.entries) == len(whole.entries), place


def test_the_run_is_a_whole_one(whole: Run) -> None:
    """Ten seconds of drill with actions in it."""
    assert whole.finished
    assert whole.last_tick == 500
    assert sum(entry["k"] == "action" for entry in whole.entries) == 6


def test_cuts_at_some_bytes(data: bytes, whole: Run) -> None:
    """A cut is recovered up to the last whole line."""
    check_cuts(data, whole, [*range(0, len(data), SAMPLED), *range(len(data) - 40, len(data))])


def test_flips_in_some_bytes(data: bytes, whole: Run) -> None:
    """A flip is detected and its line named."""
    check_flips(data, whole, [*range(0, len(data), SAMPLED), *range(len(data) - 40, len(data))])


def test_a_packed_file_cut_or_damaged_at_some_bytes(packed: bytes, whole: Run, tmp_path: Path) -> None:
    """The same of what lies on the disk after the end."""
    check_packed(packed, whole, tmp_path / "cut.drill.gz", range(0, len(packed), SAMPLED), flip=False)
    check_packed(packed, whole, tmp_path / "flip.drill.gz", range(10, len(packed), SAMPLED), flip=True)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
def test_a_cut_at_every_byte(data: bytes, whole: Run, part: int) -> None:
    """Every single one: about 5 minutes in all."""
    check_cuts(data, whole, range(part, len(data), 8))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
def test_a_flip_in_every_byte(data: bytes, whole: Run, part: int) -> None:
    """Every single one: about 5 minutes in all."""
    check_flips(data, whole, range(part, len(data), 8))


@pytest.mark.soak
def test_a_packed_file_cut_and_damaged_at_every_byte(packed: bytes, whole: Run, tmp_path: Path) -> None:
    """Every single one: about 3 minutes."""
    check_packed(packed, whole, tmp_path / "cut.drill.gz", range(len(packed)), flip=False)
    check_packed(packed, whole, tmp_path / "flip.drill.gz", range(10, len(packed)), flip=True)
