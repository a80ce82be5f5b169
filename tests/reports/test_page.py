"""The report page: whole, self-contained, escaped, and the same facts as the sheet."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from drill import TRAINING_ONLY
from drill.records.index import RunRow
from drill.records.remarks import Signature
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
        """Collect text outside style sheet and script."""
        if not {"style", "script"} & {*self.open}:
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

    places = [page.index(f">{title}</h2>") for title in ("Harm ledger", "Timeline", "Steps", "What happened")]

    assert places == sorted(places)


def test_nothing_is_fetched_from_anywhere(played: Any) -> None:
    """Links lead to the page's own sections; no other file or host is named; the policy allows our one script, by its hash."""
    page = page_of(played)
    reader = read(page)
    links = {value for name, value in reader.attributes if name == "href"}
    sections = {f"#{value}" for name, value in reader.attributes if name == "id"}
    script = page.rpartition("<script>")[2].partition("</script>")[0]

    assert not {name for name, _ in reader.attributes} & {"src", "onload", "onclick", "action", "srcset"}
    assert links <= sections
    assert not re.search(r"url\(|@import|https?:", page.replace("http://www.w3.org/2000/svg", ""))
    assert page.count("<script") == 2
    assert "default-src 'none'" in page
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in page


def test_questions_come_before_answers(played: Any) -> None:
    """Nothing above the questions, and nothing in them, says how it went or what was wrong."""
    page = page_of(played)
    asked, told = (page.index(f'id="{name}"') for name in ("questions", "result"))
    before = page[page.index("<body>") : told]

    assert asked < told < page.index('id="ledger"') < page.index('id="timeline"')
    for words in ("Not passed", played.sheet.reasons[0], f"{played.sheet.score_pct:.0f} %", "motor fault", "Pump motor"):
        assert words.lower() not in before.lower()


def test_what_no_longer_held_is_named_behind_the_questions(played: Any) -> None:
    """A property of the story that broke, with its time; nothing where all of them held."""
    broken = [*played.run.entries[:-1], {"t": 500, "k": "broken", "id": "calm_before"}, played.run.entries[-1]]
    page = render(describe(played.sheet, replace(played.run, entries=broken), scenario=played.loaded.scenario, tasks=played.loaded.tasks))

    assert page.index('id="questions"') < page.index("Rule of the case broken") < page.index("calm before at 00:10")
    assert "Rule of the case broken" not in page_of(played)


def test_the_experts_run_is_laid_over(played: Any) -> None:
    """With an expert each curve has a second one that begins with the same first sign, and steps and harm say what the expert had."""
    from drill.reports.view import ExpertRun

    shifted = [{**e, "t": e["t"] + 100} for e in played.run.entries]
    expert = ExpertRun(replace(played.run, entries=shifted), played.sheet)
    debrief = describe(played.sheet, played.run, scenario=played.loaded.scenario, tasks=played.loaded.tasks, expert=expert)
    page = render(debrief)

    assert page.count('<polyline class="expert"') == 3
    assert "the expert:" in page
    assert page.count('<td class="expert">') == len(debrief.ledger) + len(debrief.seen)
    assert debrief.expert is not None
    assert debrief.expert.first_sign_s == debrief.timeline.first_sign_s
    own, theirs = debrief.timeline.tracks[0].points, debrief.expert.tracks[0].points
    assert {*theirs} <= {*own}


def test_a_trainees_earlier_attempts_stand_in_the_report(played: Any) -> None:
    """Only this trainee's runs of this case, begun before this one; oldest first; the same cause is marked."""
    scenario, cause = str(played.run.header["scenario"]), str(played.run.header["cause"])

    def row(day: int, **changes: Any) -> RunRow:
        made = RunRow(Path(f"{day}.drill"), "finished", f"2026-11-{day:02d}T08:00:00+00:00", "T-17", "Late shift", scenario, cause, "exam")
        return replace(made, attempt=day, score=50.0 + day, passed=False, **changes)

    rows = [row(9), row(3), row(4, trainee="T-18"), row(5, scenario="other/case"), row(6, cause="another"), row(20)]
    header = {**played.run.header, "about": {"trainee": "T-17", "started_utc": "2026-11-10T08:00:00+00:00"}}
    debrief = describe(played.sheet, replace(played.run, header=header), scenario=played.loaded.scenario, rows=rows)

    assert [(a.number, a.same_cause) for a in debrief.attempts] == [(3, True), (6, False), (9, True)]
    assert "Earlier attempts" in render(debrief)
    assert describe(played.sheet, played.run, rows=rows).attempts == ()  # nobody in particular has no history


def test_what_people_judged_stands_apart_from_the_points(played: Any) -> None:
    """The newest rating of each person, in the scale's words; what nobody rated says so; a signature that does not fit tells nothing."""

    def signed(key: str, step: float, utc: str, **how: str) -> Signature:
        said = {"key": key, "utc": utc, "ratings": {"closed_loop": step}, "note": f"note of {key}", "score": 71.5, "passed": False}
        return Signature(said, how.get("problem", ""), f"Dr {key}")

    given = (
        signed("a", 1, "2026-11-20T08:00:00+00:00"),
        signed("a", 2, "2026-11-20T09:00:00+00:00"),
        signed("b", 3, "2026-11-20T10:00:00+00:00"),
        signed("c", 0, "2026-11-20T11:00:00+00:00", problem="was edited: it does not fit its own words"),
        signed("d", 99, "2026-11-20T11:00:00+00:00"),
    )
    debrief = describe(played.sheet, played.run, scenario=played.loaded.scenario, tasks=played.loaded.tasks, signatures=given)
    bare = describe(played.sheet, played.run, scenario=played.loaded.scenario, tasks=played.loaded.tasks)
    page = " ".join("".join(read(render(debrief)).text).split())

    assert [[(one.step, one.by) for one in row.ratings] for row in debrief.rated] == [[("mostly", "Dr a"), ("always", "Dr b")], []]
    assert (debrief.score_pct, debrief.passed, debrief.steps) == (bare.score_pct, bare.passed, bare.steps)
    assert "Signed by Dr a, 2026-11-20 09:00 UTC: not passed, 71.5 %. note of a" in page
    assert "Not valid: a signature was edited" in page
    assert "Dr c" not in page
    assert "note of c" not in page
    assert page.index("What must not happen") < page.index("Judged by people") < page.index("What happened")


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
