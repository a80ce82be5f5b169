import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from drill.errors import RunFileError
from drill.records.index import CACHE, attempt_of, list_runs
from drill.records.keys import Key, new_key
from drill.records.recorder import Recorder
from drill.records.remarks import note_verified, read_remarks, remarks_place, sign_run, signature_state, verified_state
from drill.records.store import open_run
from tests.engine.synthetic import header, small_run


def written(trainee: str = "T1", sheet: dict[str, Any] | None = None, attempt: int = 0, **changes: Any) -> Path:
    """A closed run file of a small run."""
    recorder = Recorder(case_name="VA ECMO, late shift", trainee=trainee, attempt=attempt)
    recorder.header(header(**changes))
    for entry in small_run().entries:
        recorder.entry(entry)
    path = recorder.close(sheet or {"outcome": "secured", "passed": True, "score": 91.0, "ledger": {"no_flow_s": 12.0}})
    assert path is not None
    return path


def signed(path: Path, name: str = "Weiss", note: str = "well led") -> dict[str, Any]:
    """A supervisor's signature beside it."""
    run = open_run(path)
    key, _ = new_key(name)
    return sign_run(path, name=name, key=key, seal=run.seal, digest="d", score=91.0, passed=True, note=note, ratings={"closed_loop": 3})


def test_a_supervisors_signature_lies_beside_the_run_and_fits_it_alone() -> None:
    """The run file is not touched; the signature fits this file, not another one, and none of its words can be changed."""
    path, other = written(), written(seed=8)
    before = path.read_bytes()
    said = signed(path)

    assert path.read_bytes() == before
    assert read_remarks(path).signatures == (said,)
    seal = open_run(path).seal
    assert signature_state(said, seal) == ""
    assert "another state" in signature_state(said, open_run(other).seal)
    for key, value in (("note", "badly led"), ("name", "X"), ("passed", False), ("ratings", {}), ("utc", ""), ("seal", "0")):
        assert "edited" in signature_state({**said, key: value}, seal), key
    assert "edited" in signature_state({}, seal)


def test_several_sign_and_verifying_is_remembered_beside_them() -> None:
    """Each remark keeps the others; what was found of another state of the file does not count."""
    path = written()
    signed(path)
    seal = open_run(path).seal
    note_verified(path, seal=seal, status="identical", text="identical: 28 entries")
    signed(path, "Novak")
    remarks = read_remarks(path)

    assert [each["name"] for each in remarks.signatures] == ["Weiss", "Novak"]
    assert verified_state(remarks, seal) == "identical"
    assert verified_state(remarks, "0" * 64) == ""
    row = list_runs()[0]
    assert (row.verified, row.signed_by) == ("identical", ("Weiss", "Novak"))


def test_what_was_found_is_listed_for_unfinished_and_damaged_runs_too() -> None:
    """An unfinished run's remarks are about the lines that are there; when it grows, or is cut, they are about another file."""
    import gzip

    unfinished, damaged = written(), written(seed=8)
    lines, others = (gzip.decompress(path.read_bytes()).splitlines(keepends=True) for path in (unfinished, damaged))
    unfinished.write_bytes(b"".join(lines[:-2]))
    damaged.write_bytes(b"".join([*others[:2], *others[3:]]))
    assert {row.verified for row in list_runs()} == {""}
    key, _ = new_key("Weiss")
    for path in (unfinished, damaged):
        run = open_run(path)
        assert run.problems
        note_verified(path, seal=run.seal, status="identical", text="as far as it goes")
        sign_run(path, name="Weiss", key=key, seal=run.seal, digest="d", score=None, passed=None)

    for _ in range(2):  # the second time from the list's memory
        rows = {row.path: (row.state, row.verified, row.signed_by) for row in list_runs()}
        assert rows[unfinished] == ("unfinished", "identical", ("Weiss",))
        assert rows[damaged] == ("finished", "damaged", ("Weiss",))
    unfinished.write_bytes(b"".join(lines[:-3]))
    assert {row.verified for row in list_runs()} == {"", "damaged"}


def test_who_signs_twice_is_listed_once() -> None:
    """Each signature is kept; the list names the supervisor, not how often."""
    path = written()
    key, _ = new_key("Weiss")
    for _ in range(3):
        sign_run(path, name="Weiss", key=key, seal=open_run(path).seal, digest="d", score=91.0, passed=True)

    assert len(read_remarks(path).signatures) == 3
    assert list_runs()[0].signed_by == ("Weiss",)


def test_a_name_alone_proves_nothing() -> None:
    """The list calls a signer by the key: a name that somebody wrote over another key is told apart."""
    path = written()
    run = open_run(path)
    signed(path)
    stranger = Ed25519PrivateKey.generate()
    public = stranger.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()
    sign_run(path, name="Weiss", key=Key(public, stranger), seal=run.seal, digest="d", score=None, passed=None)

    assert list_runs()[0].signed_by == ("Weiss", "Weiss (unknown key)")


def test_a_broken_file_of_remarks_is_named_and_never_overwritten() -> None:
    """Somebody's signatures may stand in it."""
    path = written()
    remarks_place(path).write_text("{")
    with pytest.raises(RunFileError, match="move it away"):
        sign_run(path, name="a", key=new_key("a")[0], seal="", digest="", score=None, passed=None)
    assert remarks_place(path).read_text() == "{"
    assert list_runs()[0].state == "finished"
    remarks_place(path).write_text(json.dumps({"format": "drill/remarks/9"}))
    with pytest.raises(RunFileError, match="newer Drill"):
        read_remarks(path)


def test_a_row_says_all_that_a_supervisor_asks() -> None:
    """Trainee, case, mode, attempt, cause met before, hints, score, pass, ledger, outcome."""
    written("T1", cause="motor_fault", mode="guided")
    written("T2", cause="motor_fault", mode="exam")
    written("T1", cause="clot", mode="exam", parent={"digest": "d", "tick": 5})
    written("T1", cause="motor_fault")
    rows = {(row.trainee, row.cause, row.mode): row for row in list_runs()}

    first, again = rows["T1", "motor_fault", "guided"], rows["T1", "motor_fault", "practice"]
    assert (first.attempt, first.met_before, first.hints) == (1, False, True)
    assert (again.attempt, again.met_before, again.hints) == (3, True, False)
    assert (rows["T2", "motor_fault", "exam"].attempt, rows["T2", "motor_fault", "exam"].met_before) == (1, False)
    assert rows["T1", "clot", "exam"].forked
    assert (again.case, again.score, again.passed, again.outcome, again.seed) == ("VA ECMO, late shift", 91.0, True, "secured", 7)
    assert again.ledger == {"no_flow_s": 12.0}
    assert json.loads(json.dumps(again.to_json()))["trainee"] == "T1"


def test_the_next_attempt_is_counted_from_those_that_are_kept() -> None:
    """An attempt that a header states goes on counting when the older files are gone."""
    assert attempt_of("T1", "pack/case") == 1
    written("T1")
    assert attempt_of("T1", "pack/case") == 2
    assert attempt_of("T1", "pack/other") == 1
    assert attempt_of("", "pack/case") == 0
    path = written("T1", attempt=7)
    assert attempt_of("T1", "pack/case") == 8
    assert open_run(path).header["about"]["attempt"] == 7


def test_the_list_is_remembered_and_never_out_of_date(drill_home: Path) -> None:
    """A file that changed is read again, one that is gone is not listed, and a broken memory is made anew."""
    first, second = written("T1"), written("T2")
    assert len(list_runs()) == 2
    assert (drill_home / CACHE).exists()
    again = list_runs()
    assert {row.path for row in again} == {first, second}
    second.write_bytes(b"gone wrong\n")
    assert sorted(row.state for row in list_runs()) == ["finished", "unreadable"]
    second.unlink()
    assert [row.trainee for row in list_runs()] == ["T1"]
    (drill_home / CACHE).write_bytes(b"nonsense")
    assert [row.trainee for row in list_runs()] == ["T1"]


def test_a_forged_footer_is_listed_as_wrong() -> None:
    """Whoever changes the score in the last line breaks its signature, and the list shows it."""
    import gzip

    path = written()
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"score":91.0', b'"score":99.0')))

    assert list_runs()[0].station == "wrong"
    assert not open_run(path).finished
