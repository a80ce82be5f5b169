"""The report page: whole, self-contained, escaped, and the same facts as the sheet."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from drill import TRAINING_ONLY
from drill.reports.page import render, report_place, write_page, write_report
from drill.reports.view import describe
from drill.units import seconds

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Reader(HTMLParser):
    """Collects text and attributes, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an opened tag."""
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Check that the tag that closes is the one that is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect text outside the style sheet."""
        if "style" not in self.open:
            self.text.append(data)


def read(page: str) -> Reader:
    """Parse a page to its end."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def page_of(played: Any) -> str:
    """Render the report of the run."""
    return render(describe(played.sheet, played.run, scenario=played.loaded.scenario, tasks=played.loaded.tasks))


def test_the_page_says_what_it_is_and_what_came_of_it(played: Any) -> None:
    """Training label, case, verdict, every ledger quantity, every item with why and source."""
    text = " ".join(" ".join(read(page_of(played)).text).split())

    assert text.count(TRAINING_ONLY) >= 2
    assert played.loaded.scenario.case.name in text
    assert "Not passed" in text
    for item in played.sheet.items:
        for words in (item.title, item.why, item.source, item.status if item.kind != "harm" else ""):
            assert " ".join(words.split()) in text
    for evidence in (e for item in played.sheet.items if item.kind == "step" for e in item.evidence):
        assert evidence.text in text


def test_harm_comes_before_steps_and_steps_before_the_log(played: Any) -> None:
    """The order of the page is the order of importance."""
    page = page_of(played)

    places = [page.index(f"<h2>{title}</h2>") for title in ("Harm ledger", "Timeline", "Steps", "What happened")]

    assert places == sorted(places)


def test_nothing_is_fetched_from_anywhere(played: Any) -> None:
    """No script, no link to another file or host, in any attribute or style."""
    page = page_of(played)
    reader = read(page)

    assert not {name for name, _ in reader.attributes} & {"src", "href", "onload", "onclick", "action"}
    assert "<script" not in page
    assert not re.search(r"url\(|@import|https?:", page)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "& < > ' \""])
def test_what_people_wrote_stays_text(played: Any, words: str) -> None:
    """A pack's words and a trainee's code are shown as they are, never as markup or template."""
    scenario = played.loaded.scenario
    case = scenario.case.model_copy(update={"name": words, "line": words})
    run = replace(played.run, header={**played.run.header, "about": {"trainee": words, "started_utc": words}})
    debrief = describe(played.sheet, run, scenario=scenario.model_copy(update={"case": case, "debrief": words}), tasks=played.loaded.tasks)

    reader = read(render(debrief))

    assert words in "".join(reader.text)
    assert "onerror" not in {name for name, _ in reader.attributes}
    assert "49" not in [t.strip() for t in reader.text]


def test_free_play_has_a_page_without_a_score(played: Any) -> None:
    """A run that is not judged has a timeline and a log, and neither ledger nor verdict of passing."""
    page = page_of(played._replace(sheet=None))

    assert "Not judged" in page
    assert "Harm ledger" not in page
    assert "Timeline" in page


def test_a_run_without_its_pack_can_still_be_read(played: Any, tmp_path: Path) -> None:
    """Where the scenario is gone, ids stand for titles."""
    write_report(played.sheet, played.run, tmp_path / "reports" / "run.html")

    assert "va flow lost" in (tmp_path / "reports" / "run.html").read_text(encoding="utf-8")


def test_the_page_is_written_whole(played: Any, tmp_path: Path) -> None:
    """Writing leaves the page and no half-written file beside it."""
    path = report_place(tmp_path / "runs" / "20261121T010203Z_late_shift_7.drill.gz")
    write_page(describe(played.sheet, played.run), path)

    assert [p.name for p in (tmp_path / "reports").iterdir()] == ["20261121T010203Z_late_shift_7.html"]
    assert path.read_text(encoding="utf-8").endswith("</html>")


def test_the_plot_holds_the_whole_run(played: Any) -> None:
    """The last label of the time axis is not later than the run, and one curve stands for each quantity."""
    page = page_of(played)
    labels = re.findall(r'class="time"[^>]*>(\d\d):(\d\d)<', page)

    assert page.count("<polyline") == 3
    assert max(int(m) * 60 + int(s) for m, s in labels) <= seconds(played.run.last_tick)
