import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.engine.entries import Entry
from drill.engine.frame import TRUE
from drill.engine.runfile import Encoder, decode, encode, read_footer, signed_bytes
from drill.engine.runlog import Digest, Run, canonical, digest
from drill.errors import RunFileError
from tests.engine.synthetic import SHOWN, header, run, small_run

json_value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
integers = st.integers(-(10**6), 10**6)
frame_values = st.fixed_dictionaries(
    {
        "true": st.lists(integers, min_size=len(TRUE), max_size=len(TRUE)),
        "shown": st.lists(st.none() | integers, min_size=len(SHOWN), max_size=len(SHOWN)),
    }
)
free_values = st.one_of(
    frame_values.map(lambda v: {"k": "frame", **v}),
    json_value.map(lambda v: {"k": "snapshot", "state": v}),
    st.text(max_size=20).map(lambda v: {"k": "note", "text": v}),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda v: {"k": "control", "name": "pump_rpm_set", "value": v}),
)


def closed(made: Run) -> Run:
    """The run with a footer."""
    return Run(made.header, made.entries, {"digest": digest(made), "score": {"passed": False}, "wall_s": 1.5})


@given(values=st.lists(free_values, max_size=12), footer=st.booleans())
def test_encode_and_decode_are_inverse(*, values: list[dict[str, Any]], footer: bool) -> None:
    """Whatever entries hold, the file gives the same entries back, bit for bit."""
    entries: list[Entry] = [{"t": tick, **value} for tick, value in enumerate(values)]
    made = Run(header(), entries)
    read = decode(encode(closed(made) if footer else made))

    assert canonical(read.entries) == canonical(entries)
    assert read.header == made.header
    assert (read.footer is None) == (not footer)
    assert read.problems == (() if footer else ("unfinished: the run has no footer",))
    assert digest(read) == digest(made)


def tiny() -> Run:
    """A closed run short enough to damage at every byte."""
    kept = {"frame", "action", "refused", "note", "snapshot", "end"}
    entries = [entry for entry in small_run().entries if entry["k"] in kept]
    return closed(Run(header(), [entries[0], *entries[-8:]]))


def test_a_closed_run_is_finished_and_its_footer_says_what_it_holds() -> None:
    """Count, last hash, digest, score and an empty place for a signature stand in the footer."""
    made = small_run()
    read = decode(encode(closed(made)))

    assert read.finished
    assert read.outcome == "secured"
    assert read.footer is not None
    assert read.footer["count"] == len(made.entries) + 1
    assert read.footer["digest"] == digest(made)
    assert read.footer["signature"] is None


def test_each_line_is_json_of_its_own() -> None:
    """Any tool that reads JSON lines can read a run file."""
    lines = encode(closed(small_run())).decode().splitlines()

    assert all(set(json.loads(line)) == {"e", "sha"} for line in lines)
    assert len(lines) == len(small_run().entries) + 2


def test_a_cut_at_every_byte_is_recovered_and_said() -> None:
    """Cut anywhere, what is read is an honest beginning of the run, and the run is not finished."""
    made = tiny()
    data = encode(made)
    for end in range(len(data)):
        try:
            read = decode(data[:end])
        except RunFileError:
            assert end <= data.index(b"\n"), "only a cut header is no run at all"
            continue
        assert list(read.entries) == list(made.entries[: len(read.entries)])
        assert len(read.entries) >= data[:end].count(b"\n") - 1 - (end == len(data))
        assert not read.finished
        assert any("unfinished" in problem for problem in read.problems)


def test_a_flip_in_every_byte_is_detected_and_never_misread() -> None:
    """One changed bit anywhere: what is read is an honest beginning, the damage is named with its line."""
    made = tiny()
    data = encode(made)
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 1 << place % 8
        try:
            read = decode(bytes(broken))
        except RunFileError:
            assert place <= data.index(b"\n")
            continue
        line = data[:place].count(b"\n") + 1
        assert list(read.entries) == list(made.entries[: len(read.entries)])
        assert not read.finished
        assert any(problem.startswith(f"line {line}:") for problem in read.problems), (place, read.problems)


def test_lines_that_were_swapped_doubled_or_removed_are_detected() -> None:
    """Each line hangs on the one before it."""
    made = closed(small_run())
    lines = encode(made).splitlines(keepends=True)
    for i in range(1, len(lines) - 1):
        for other in (
            [*lines[:i], *lines[i + 1 :]],
            [*lines[:i], lines[i], *lines[i:]],
            [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]],
        ):
            read = decode(b"".join(other))
            assert not read.finished
            assert list(read.entries) == list(made.entries[: len(read.entries)])


def test_a_footer_of_another_run_does_not_close_this_one() -> None:
    """A footer names how many lines stand before it, and the hash of the last."""
    encoder = Encoder()
    lines = [encoder.header(header()), *(encoder.entry(e) for e in small_run().entries)]
    encoder._count -= 1

    read = decode(b"".join([*lines, encoder.footer(digest="", score=None, wall_s=0.0)]))

    assert any("footer" in problem for problem in read.problems)
    assert not read.finished


def test_something_after_the_footer_is_said() -> None:
    """Nothing is appended to a closed run unseen."""
    data = encode(closed(small_run()))

    assert decode(data + b"{}\n").problems
    assert decode(data + b"{").problems
    assert decode(data).problems == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"\n", "not a run file of Drill: it begins with an empty line"),
        (b"hello", "not a run file of Drill: it begins with 'hello'"),
        (b"{}\n", "not a run file of Drill: it begins with '{}'"),
        (bytes(range(256)), "not a run file of Drill"),
        (b'{"e":{},"sha":"' + b"0" * 64 + b'"}\n', "line 1: damaged"),
        (encode(small_run())[:90], "line 1: damaged"),
    ],
)
def test_what_is_no_run_file_is_refused(data: bytes, words: str) -> None:
    """An empty file, a stranger's, and a run whose first line is damaged are three things."""
    with pytest.raises(RunFileError, match=words):
        decode(data)


def test_damage_is_told_apart_from_a_missing_end() -> None:
    """What a crash leaves is no damage; of a damaged file nobody says that it had no footer."""
    data = encode(closed(small_run()))
    lines = data.splitlines(keepends=True)

    assert decode(b"".join(lines[:-1])).damage == decode(b"".join(lines[:-1])[:-7]).damage == ()
    assert decode(data + b"junk").damage == (f"line {len(lines) + 1}: something follows the footer; it is ignored",)
    doubled = decode(b"".join([*lines[:3], lines[2], *lines[3:]]))
    assert doubled.damage == doubled.problems == ("line 4: damaged (its hash does not fit); read up to line 3",)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1},
        {"seed": True},
        {"seed": "7"},
        {"draws": {"onset_s": "soon"}},
        {"endings": {"secured": 1}},
        {"format": "drill/run/9"},
        {"parent": 3},
    ],
)
def test_a_header_of_a_wrong_shape_is_refused(change: dict[str, object]) -> None:
    """What scoring and replay rest on is checked before they see it; another format is named."""
    with pytest.raises(RunFileError, match="line 1"):
        decode(Encoder().header(header(**change)))


@pytest.mark.parametrize(
    "entry",
    [
        {"k": "frame", "t": 1, "true": [], "shown": []},
        {"k": "boom", "t": 1},
        {"k": "end", "t": 1},
        {"k": "note", "t": -1, "text": ""},
        {"k": "control", "t": 1, "name": 7, "value": 1.0},
        {"k": "veiled", "t": 1, "v": "no base64"},
        {"k": "veiled", "t": 1, "v": "W10="},
    ],
)
def test_a_rightly_chained_line_of_a_wrong_shape_is_named(entry: Entry) -> None:
    """A hash proves no edit; it does not prove that a drill wrote it."""
    encoder = Encoder()
    data = encoder.header(header()) + encoder._line(entry)

    read = decode(data)

    assert read.entries == []
    assert read.problems[0].startswith("line 2:")


@pytest.mark.parametrize("changes", [{}, {"999": 1}, {"-1": 1}, {"x": 1}, {"0": 1.5}, {"0": True}, {"²": 1}, []])
def test_wrong_differences_of_a_frame_are_named(changes: object) -> None:
    """A frame's differences name places that exist and change them by whole numbers."""
    encoder = Encoder()
    data = encoder.header(header()) + encoder._line({"k": "frame", "t": 1, "d": changes})

    assert bool(decode(data).entries) == (changes == {})


@given(values=st.lists(frame_values, min_size=1, max_size=4))
def test_every_line_is_canonical(values: list[dict[str, Any]]) -> None:
    """A frame's differences are written as canonical JSON would be, key by key."""
    encoder = Encoder()
    encoder.header(header())
    for tick, value in enumerate(values):
        body = json.loads(line := encoder.entry({"t": tick, "k": "frame", **value}))["e"]
        assert line.startswith(b'{"e":' + canonical(body) + b',"sha"')


def test_deep_nesting_and_constants_are_refused_without_a_crash() -> None:
    """A chained line may still hold hostile JSON."""
    encoder = Encoder()
    encoder.header(header())
    for body in (b"[" * 200_000, b'{"k":"note","t":1,"text":NaN}', b"\xff\xfe", b"[1]"):
        line = Encoder()
        first = line.header(header())
        crafted = _chained(line, body)
        assert decode(first + crafted).problems


def _chained(encoder: Encoder, body: bytes) -> bytes:
    from drill.engine.runfile import _CLOSE, _MIDDLE, _OPEN, _chain

    return _OPEN + body + _MIDDLE + _chain(encoder._sha, body).encode() + _CLOSE + b"\n"


def test_the_digest_leaves_out_who_when_where_and_which_version() -> None:
    """Trainee, clock time, station, platform, versions, kernel kind and wall time do not change what happened."""
    made = small_run()
    about = {"trainee": "A", "started_utc": "2026", "station": "x", "platform": "y", "drill": "9", "kernel": "numba"}
    other = Run({**made.header, "about": about, "engine": "2", "notice": ""}, made.entries, {"wall_s": 3.0})

    assert digest(other) == digest(made)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seed", 8),
        ("pack_digest", "1" * 64),
        ("cause", "no_power"),
        ("mode", "exam"),
        ("site_values", {}),
        ("draws", {}),
        ("parent", {"tick": 1}),
    ],
)
def test_the_digest_covers_the_causes(key: str, value: object) -> None:
    """Another seed, pack, cause, mode or parent is another run."""
    made = small_run()

    assert digest(Run({**made.header, key: value}, made.entries)) != digest(made)


def test_the_digest_covers_every_entry() -> None:
    """Changing, dropping or doubling any entry gives another digest; taking it step by step gives the same."""
    made = small_run()
    running = Digest(made.header)
    seen = {digest(made)}
    for i, entry in enumerate(made.entries):
        running.add(entry)
        for entries in ([*made.entries[:i], *made.entries[i + 1 :]], [*made.entries[: i + 1], *made.entries[i:]]):
            seen.add(digest(Run(made.header, entries)))

    assert running.hexdigest() == digest(made)
    assert len(seen) == 1 + 2 * len(made.entries) - _repeats(made)


def _repeats(made: Run) -> int:
    """Dropping or doubling one of two equal neighbours gives the same list."""
    same = sum(1 for a, b in zip(made.entries, made.entries[1:], strict=False) if a == b)
    return 2 * same


def test_an_unended_run_says_so() -> None:
    """A run without its end is unfinished, in memory too."""
    made = run(outcome=None)

    assert not made.ended
    assert made.outcome == "unfinished"
    assert not Run(made.header, []).ended


def test_nothing_that_an_eye_meets_gives_the_crisis_away() -> None:
    """Before the end of a drill its file holds neither scenario, cause, faults nor stages in plain text."""
    made = small_run()
    encoder = Encoder()
    lines = [encoder.header(made.header), *(encoder.entry(entry) for entry in made.entries if entry["k"] != "end")]

    text = b"".join(lines).decode()
    for word in ("pack/case", "motor_fault", "onset_s", "clamp_within_s", "secured"):
        assert word not in text, word
    assert decode(b"".join(lines)).header == made.header


def test_a_footer_is_signed_over_every_line() -> None:
    """What is signed names the last line's whole hash, so that it changes with any line before."""
    seen: list[bytes] = []

    def sign(data: bytes) -> tuple[str, str]:
        seen.append(data)
        return "key", "signature"

    made = closed(small_run())
    read = decode(encode(made, sign))
    other = Run({**made.header, "about": {"trainee": "B"}}, made.entries, made.footer)
    encode(other, sign)

    assert read.footer is not None
    assert (read.footer["key"], read.footer["signature"]) == ("key", "signature")
    assert seen[0] == signed_bytes(read.footer)
    assert len(read.footer["last"]) == 64
    assert seen[0] != seen[1]
    assert read.seal != decode(encode(other, sign)).seal
    found = read_footer(encode(made, sign).splitlines()[-1])
    assert found is not None
    assert found["seal"] == read.seal


@given(values=frame_values, tick=st.integers(0, 10**6))
def test_the_fast_way_to_a_frames_bytes_is_the_canonical_one(values: dict[str, Any], tick: int) -> None:
    """The digest must not depend on how its bytes were made."""
    from drill.engine.runlog import _frame_bytes

    entry = {"t": tick, "k": "frame", **values}

    assert _frame_bytes(entry) == canonical(entry)
