"""What a report says beside the result: what was seen and not scored, and where the run comes from."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from drill.engine.runfile import encode
from drill.engine.runlog import Run
from drill.records.keys import new_key, station_key, trust
from drill.records.remarks import note_verified, sign_run, signatures_of
from drill.records.store import open_run, save_run
from drill.reports.page import render
from drill.reports.paper import paper
from drill.reports.provenance import provenance_rows
from drill.reports.seen import seen_rows
from drill.reports.view import Debrief, ExpertRun, describe


def both(debrief: Debrief) -> tuple[str, str]:
    """The page, and the text of the paper on one line."""
    document = pypdfium2.PdfDocument(paper(debrief))
    text = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)
    document.close()
    return render(debrief), text


@pytest.fixture
def signed(played: Any, tmp_path: Path, drill_home: Path) -> Path:
    """The run as a file that this station has signed."""
    return save_run(played.run, tmp_path / "a.drill", sign=station_key().sign)


def said(path: Path) -> dict[str, tuple[str, str, str]]:
    """What the provenance says of a file: brief, text and state of each line."""
    run = open_run(path)
    return {row.title: (row.brief, row.text, row.state) for row in provenance_rows(path, run, signatures_of(path, run.seal))}


def test_what_was_seen_and_not_scored_is_in_the_report(played: Any) -> None:
    """Each fact of the sheet in words, the expert's beside it; what never happened says so only where that is worth knowing."""
    slow = replace(played.sheet, facts={**played.sheet.facts, "longest_unanswered_s": 41.26, "first_look_s": None, "refused_actions": 0})
    debrief = describe(slow, played.run, scenario=played.loaded.scenario, expert=ExpertRun(played.run, played.sheet))
    rows = {row.title: row.value for row in debrief.seen}

    assert rows["longest unanswered alarm"] == "41.3 s"
    assert rows["first look after the first sign"] == "never"
    assert "refused actions" not in rows
    for text in both(debrief):
        assert text.index("What must not happen") < text.index("Seen, not scored") < text.rindex("What happened")
        assert "Longest unanswered alarm" in text
        assert "41.3 s" in text
    assert debrief.seen[0].expert == f"{played.sheet.facts['alarms']:g}"
    quiet = replace(played.sheet, first_sign_tick=None, facts={**dict.fromkeys(played.sheet.facts), "alarms": 0})
    assert [row.title for row in seen_rows(quiet)] == ["alarms", "looks", "calls"]


def test_each_fact_of_a_sheet_has_words(played: Any) -> None:
    """None of the facts that scoring gives is left out of the words for them."""
    from drill.reports.seen import FACTS

    assert {*FACTS} == {*played.sheet.facts}


def test_the_report_says_who_signed_and_what_verifying_found(signed: Path, played: Any) -> None:
    """The station by its name, the supervisor, the result that was signed, where the note stands, the last verifying."""
    run = open_run(signed)
    key, _ = new_key("Dr Weiss")
    sign_run(signed, name="Dr Weiss", key=key, seal=run.seal, digest="d", score=71.5, passed=False, note="calm\nand slow")
    note_verified(signed, seal=run.seal, status="identical", text="identical: all")
    trust(station_key().public, "Bay 3")
    rows = said(signed)

    assert rows["Station's signature"][0] == "valid"
    assert rows["Station's signature"][1].startswith("fits: Bay 3 (")
    assert rows["Supervisor"][0].startswith("signed by Dr Weiss (")
    assert "not passed, 71.5 % (note: see Judged by people)" in rows["Supervisor"][1]
    assert rows["Verified"][::2] == ("identical", "good")
    assert rows["Run file"][::2] == ("", "good")
    given = signatures_of(signed, run.seal)
    whole = describe(played.sheet, run, signatures=given, provenance=provenance_rows(signed, run, given))
    for text in both(whole):
        assert text.index("Verified") < text.index("Result")
        assert text.rindex("Provenance") < text.rindex("What happened")
        assert "Bay 3" in text
    assert paper(whole) == paper(whole)


def test_an_unsigned_run_is_seen_to_be_unsigned(signed: Path, played: Any) -> None:
    """Whoever strips a signature gets no kinder words than a station without a key: before the result, and in full at the end."""
    run = open_run(signed)
    signed.write_bytes(encode(run))
    run = open_run(signed)
    rows = said(signed)

    assert not run.problems
    assert rows["Station's signature"][0] == "not signed"
    assert "nobody can tell" in rows["Station's signature"][1]
    assert [rows[name][0] for name in ("Supervisor", "Verified")] == ["not signed", "not yet"]
    page, text = both(describe(played.sheet, run, provenance=provenance_rows(signed, run)))
    assert page.index(">not signed</a>") < page.index('id="result"')
    assert text.index("not signed") < text.index("Result")


def changed_score(run: Run) -> bytes:
    """A file whose footer was rewritten under the old signature."""
    assert run.footer is not None
    old = run.footer["key"], run.footer["signature"]
    return encode(replace(run, footer={**run.footer, "wall_s": 9.0}), lambda _: old)


@pytest.mark.parametrize(
    ("spoil", "line", "brief"),
    [
        (changed_score, "Station's signature", "WRONG"),
        (lambda run: encode(replace(run, footer=None)), "Run file", "unfinished"),
        (lambda run: encode(replace(run, footer=None))[:-9], "Run file", "unfinished"),
        (lambda run: encode(run) + b"more", "Run file", "damaged"),
        (lambda run: encode(run).replace(b'"k":"action"', b'"k":"axtion"', 1), "Run file", "damaged"),
    ],
)
def test_what_is_wrong_with_a_file_stands_in_the_head(signed: Path, spoil: Callable[[Run], bytes], line: str, brief: str) -> None:
    """A broken signature, a damage and a missing end are three things."""
    signed.write_bytes(spoil(open_run(signed)))

    assert said(signed)[line][0] == brief


def test_words_beside_a_file_that_are_not_of_it_do_not_count(signed: Path, tmp_path: Path) -> None:
    """Remarks that were put beside another run: the signature is not valid, and nothing was verified."""
    run = open_run(signed)
    key, _ = new_key("Dr Weiss")
    sign_run(signed, name="Dr Weiss", key=key, seal=run.seal, digest="d", score=99.0, passed=True)
    note_verified(signed, seal=run.seal, status="identical", text="identical: all")
    other = save_run(replace(run, entries=run.entries[:-1], footer=None), tmp_path / "b.drill")
    shutil.copy(tmp_path / "a.remarks.json", tmp_path / "b.remarks.json")
    rows = said(other)

    assert rows["Supervisor"][0] == "not signed; one is NOT VALID"
    assert "Dr Weiss" not in rows["Supervisor"][1]
    assert rows["Verified"][0] == "not yet"
