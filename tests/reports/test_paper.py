"""The report as a PDF, and reports about a trainee."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner

from drill import TRAINING_ONLY
from drill.cli import cli
from drill.records.index import RunRow
from drill.records.remarks import Signature
from drill.records.store import save_run
from drill.reports.history import case_records
from drill.reports.paper import paper, trainee_paper
from drill.reports.trainee import render_trainee
from drill.reports.view import Debrief, ExpertRun, describe

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def pages(data: bytes) -> list[str]:
    """The text of each page, its lines joined."""
    document = pypdfium2.PdfDocument(data)
    texts = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return texts


def debrief_of(played: Any) -> Debrief:
    """The whole debrief, with an expert beside it."""
    expert = ExpertRun(played.run, played.sheet)
    return describe(played.sheet, played.run, scenario=played.loaded.scenario, tasks=played.loaded.tasks, expert=expert)


def test_every_page_says_what_it_is(played: Any) -> None:
    """The label and the page's number stand on each page; everything of the sheet is somewhere in the text."""
    texts = pages(paper(debrief_of(played)))
    whole = " ".join(texts)

    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert TRAINING_ONLY in text
        assert f"{number} of {len(texts)}" in text
    for item in played.sheet.items:
        for words in (item.title, item.why, item.source):
            assert words.split()[0] in whole
    assert [title for title in ("Questions first", "Harm ledger", "Timeline", "Steps", "What happened") if title not in whole] == []
    assert whole.index("Questions first") < whole.index("Not passed")


def test_the_same_report_has_the_same_bytes(played: Any, tmp_path: Path, root: Path) -> None:
    """Twice in one program, and once in another one."""
    run = save_run(played.run, tmp_path / "a.drill.gz")
    code = (
        "import sys, hashlib; from pathlib import Path; from drill.records.store import open_run; from drill.reports.paper import paper;"
        "from drill.reports.view import describe; print(hashlib.sha256(paper(describe(None, open_run(Path(sys.argv[1]))))).hexdigest())"
    )
    from drill.records.store import open_run

    first, again = (paper(describe(None, open_run(run))) for _ in range(2))
    other = subprocess.run([sys.executable, "-c", code, run], cwd=root, capture_output=True, text=True, check=True).stdout.strip()

    assert first == again
    assert hashlib.sha256(first).hexdigest() == other
    assert b"/CreationDate (D:20000101000000" in first  # no clock in it


def test_ratings_and_signatures_are_on_paper(played: Any) -> None:
    """In words, after the machine's points; what nobody rated has its scale there, to be marked by hand."""
    said = {"key": "a", "utc": "2026-11-20T08:00:00+00:00", "ratings": {"closed_loop": 2}, "note": "calm", "score": 71.5, "passed": False}
    signed = describe(played.sheet, played.run, scenario=played.loaded.scenario, signatures=[Signature(said, "", "Dr Weiss")])
    whole = " ".join(pages(paper(signed)))

    assert whole.index("What must not happen") < whole.index("Judged by people") < whole.index("What happened")
    for words in ("mostly · Dr Weiss, 2026-11-20 08:00 UTC", "not rated", "shared_picture: 0 not once", "“calm”"):
        assert words in whole


@pytest.mark.parametrize("words", ["<b>bold</b> & <br/>", "≥ 5 → 7 ✓", "x" * 300, "日本語", "\N{PILE OF POO}"])
def test_what_people_wrote_cannot_break_the_paper(played: Any, words: str) -> None:
    """Markup stays text, a word without an end is broken, what the font lacks is left out."""
    debrief = replace(debrief_of(played), case_name=words, case_line=words, cause=words, story=words, facts=(("Trainee code", words),))

    assert pages(paper(debrief))
    if "<b>" in words:
        assert "<b>bold</b> & <br/>" in pages(paper(debrief))[0]


def test_free_play_has_a_paper_without_a_score(played: Any) -> None:
    """A run that is not judged has a timeline and a log."""
    whole = " ".join(pages(paper(describe(None, played.run, scenario=played.loaded.scenario))))

    assert "Not judged" in whole
    assert "Harm ledger" not in whole


def row(number: int, when: str, *, score: float | None = 80.0, passed: bool | None = True, **changes: Any) -> RunRow:
    """One kept run of trainee T-17."""
    made = RunRow(Path(f"{number}.drill"), "finished", f"{when}T08:00:00+00:00", "T-17", "Late shift", "pack/case", "fault_a", "exam")
    return replace(made, **{"attempt": number, "score": score, "passed": passed, **changes})


def due(*rows: RunRow) -> str:
    """Why the one case is due."""
    return case_records("T-17", rows, NOW)[0].due


def test_who_is_due_for_practice() -> None:
    """Never passed, last attempt not passed, or the last pass too long ago; guided runs and takeovers never count as passes."""
    assert due(row(1, "2026-11-20")) == ""
    assert due(row(1, "2026-11-20", passed=False, score=30.0)) == "never passed"
    assert due(row(1, "2026-11-01"), row(2, "2026-11-20", passed=False, score=60.0)) == "the last attempt was not passed"
    assert due(row(1, "2026-05-01")) == "last passed 203 days ago"
    assert due(row(1, "2026-11-20", mode="guided")) == "never passed"
    assert due(row(1, "2026-11-20", state="unfinished", passed=None, score=None)) == "never passed"
    assert due(row(1, "2026-11-19"), row(2, "2026-11-20", forked=True, passed=False)) == ""  # a takeover is no attempt of one's own
    assert due(row(1, "2026-11-20", passed=None, score=None)) == ""  # free play is nothing to pass


def test_the_trend_compares_with_what_came_before() -> None:
    """Better, worse or level against the mean of up to three scores before the last."""

    def trend(*scores: float) -> str:
        rows = [row(i, f"2026-11-{i:02d}", score=score) for i, score in enumerate(scores, start=1)]
        return case_records("T-17", rows, NOW)[0].trend.split()[0]

    assert [trend(50, 70), trend(70, 50), trend(60, 62)] == ["better", "worse", "level"]
    assert [trend(60), trend(10, 80, 80, 80, 70)] == ["one", "worse"]


def test_a_trainees_page_and_paper_name_every_case_and_attempt() -> None:
    """What is due comes first; others' runs and unreadable files are left out; the same facts are on paper."""
    rows = [
        row(1, "2026-11-19", case="A fine case", scenario="pack/fine"),
        row(1, "2026-11-18", case="<i>Open</i> case", scenario="pack/open", passed=False, score=41.0),
        row(1, "2026-11-18", trainee="T-99", case="Not mine"),
        replace(row(9, "2026-11-18", case="Broken"), state="unreadable"),
    ]
    page = render_trainee("T-17", rows, NOW)
    whole = " ".join(pages(trainee_paper("T-17", case_records("T-17", rows, NOW), "2026-11-21")))

    assert page.index("&lt;i&gt;Open&lt;/i&gt; case") < page.index("A fine case")
    assert "Not mine" not in page
    assert "Broken" not in page
    assert page.count(TRAINING_ONLY) >= 3
    for words in ("<i>Open</i> case", "A fine case", "due: never passed", "not due", "41 %", TRAINING_ONLY):
        assert words in whole


@pytest.mark.slow
def test_the_command_writes_pages_and_papers(tmp_path: Path) -> None:
    """`drill report` of a run with the expert beside it, as HTML and PDF, and of a trainee; wrong words are told, not traced."""

    def call(*words: object) -> Any:
        return CliRunner().invoke(cli, [str(word) for word in words])

    out = tmp_path / "r"
    played = call("run", "pump_head_failure/va_flow_lost", "--robot", "slow", "--seed", 3)
    run = Path(next(line for line in played.output.splitlines() if line.startswith("Run: ")).removeprefix("Run: "))
    assert call("report", run, "-o", f"{out}.html").exit_code == 0
    assert call("report", run, "--no-expert", "-o", f"{out}.pdf").exit_code == 0
    assert call("report", run, "--no-expert", "-o", f"{out}2.pdf").exit_code == 0
    assert call("report", "--trainee", "robot slow", "-o", f"{out}3.html").exit_code == 0

    page = Path(f"{out}.html").read_text(encoding="utf-8")
    assert page.count('<polyline class="expert"') == 3
    assert Path(f"{out}.pdf").read_bytes() == Path(f"{out}2.pdf").read_bytes()
    assert "VA ECMO" in Path(f"{out}3.html").read_text(encoding="utf-8")
    for words, told in (
        ((run, "-o", f"{out}.doc"), "ends in .html or .pdf"),
        (("-o", f"{out}.html"), "not both"),
        ((run, "-o", tmp_path / "r.html" / "x.html"), "cannot be written"),
    ):
        done = call("report", *words)
        assert (done.exit_code, told in done.output) == (2, True), done.output
    assert "robot slow" in str(call("report", "--trainee", "robot slov", "-o", f"{out}.html").exception)
