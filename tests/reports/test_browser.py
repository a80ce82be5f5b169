"""The report in a real browser: nothing leaves it, anyone can use it, the curves move together, and it prints."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
import pytest

from drill import TRAINING_ONLY
from drill.records.index import RunRow
from drill.reports.page import write_page
from drill.reports.provenance import provenance_rows
from drill.reports.trainee import write_trainee
from drill.reports.view import ExpertRun, describe

pytestmark = pytest.mark.slow


class Opened(NamedTuple):
    """A page in the browser, and all that it asked for or complained of."""

    page: Any
    requests: list[str]
    complaints: list[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium as the system has it; the test says what is missing."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no Chromium: install it (Debian: apt install chromium), since the report is checked in a real browser")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture(scope="module")
def report(played: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with everything in it: an expert beside it, an earlier attempt, marks and alarms."""
    path = tmp_path_factory.mktemp("browser") / "report.html"
    about = {"trainee": "T-17", "started_utc": "2026-11-10T08:00:00+00:00"}
    run = replace(played.run, header={**played.run.header, "about": about})
    expert = ExpertRun(replace(run, entries=[{**e, "t": e["t"] + 60} for e in run.entries]), played.sheet)
    words = {"scenario": played.loaded.scenario, "tasks": played.loaded.tasks}
    origin = provenance_rows(path, replace(run, problems=("line 9: damaged",)))
    write_page(describe(played.sheet, run, **words, rows=[earlier(run)], expert=expert, provenance=origin), path)
    return path


def earlier(run: Any) -> RunRow:
    """An attempt before this one."""
    made = RunRow(Path("1.drill"), "finished", "2026-11-01T08:00:00+00:00", "T-17", "Late shift", str(run.header["scenario"]))
    return replace(made, mode="exam", attempt=1, score=41.0, passed=False, outcome="lost")


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Opened]:
    """The report, opened with the network off."""
    yield from show(browser, report)


def show(browser: Any, path: Path) -> Iterator[Opened]:
    """Open a file offline and note everything that it asks for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    yield Opened(page, requests, complaints)
    context.close()


def test_nothing_leaves_the_page(opened: Opened, report: Path) -> None:
    """With the network off it opens whole and quietly, and asks for nothing but itself, whatever is done to it."""
    opened.page.mouse.move(640, 450)
    for name in ("Closer", "Wider", "Whole run"):
        opened.page.get_by_role("button", name=name).click()

    assert opened.requests == [report.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("width", [1280, 420])
def test_the_report_passes_the_accessibility_check(opened: Opened, width: int) -> None:
    """axe-core finds nothing wrong, on a wide screen and on a narrow one."""
    from axe_playwright_python.sync_playwright import Axe

    opened.page.set_viewport_size({"width": width, "height": 900})
    found = Axe().run(opened.page)

    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found.response["violations"]] == []
    assert len(found.response["passes"]) > 15


def test_the_trainees_page_passes_it_too(browser: Any, played: Any, tmp_path: Path) -> None:
    """So does the supervisor's page about a trainee."""
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "trainee.html"
    write_trainee("T-17", [earlier(played.run)], datetime(2026, 11, 21, tzinfo=UTC), path)
    for opened in show(browser, path):
        found = Axe().run(opened.page)
        assert found.response["violations"] == []
        assert opened.requests == [path.as_uri()]


def test_one_moment_is_shown_on_every_curve(opened: Opened) -> None:
    """Pointing at one curve tells the values of all, own and expert's; a link in the list goes to its moment; the slider goes by keys."""
    page = opened.page
    plot = page.locator("svg.plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60)
    told = page.locator("#told").inner_text()

    assert all(word in told for word in ("Circuit flow", "L/min", "MAP", "mmHg", "SaO", "expert"))
    assert page.locator("svg .at:visible").count() == 3
    page.get_by_label("the expert", exact=True).uncheck()
    assert page.locator("polyline.expert").first.get_attribute("visibility") == "hidden"
    page.locator("a[data-at]").last.click()
    at_link = page.locator("#told").inner_text()
    assert at_link.startswith("00:15")
    assert "expert" not in at_link
    page.get_by_label("Moment").focus()
    page.keyboard.press("Home")
    assert page.locator("#told").inner_text().startswith("00:00")


def test_dragging_over_a_stretch_looks_closer_at_all_curves(opened: Opened) -> None:
    """After a drag every curve, bar, mark and label of the axis is drawn for that stretch; double click shows the whole run again."""
    page = opened.page
    plot = page.locator("svg.plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    lines = page.locator("svg polyline.own")
    whole = [lines.nth(i).get_attribute("points") for i in range(3)]
    labels = page.locator("svg text.time").all_inner_texts()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 60, steps=4)
    page.mouse.up()
    closer = [lines.nth(i).get_attribute("points") for i in range(3)]
    left, right = (page.evaluate(f"JSON.parse(document.getElementById('data').textContent).{side}") for side in ("left", "right"))

    assert all(a != b for a, b in zip(whole, closer, strict=True))
    assert page.locator("svg text.time").all_inner_texts() != labels
    for points in closer:
        assert all(left - 1 <= float(pair.split(",")[0]) <= right + 1 for pair in points.split())
    plot.dblclick(position={"x": box["width"] * 0.5, "y": 60})
    assert page.locator("svg text.time").all_inner_texts() == labels


def test_without_scripts_the_drawing_stands(browser: Any, report: Path) -> None:
    """Where scripts are off, the same curves and words are there, and no handle that would do nothing."""
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(report.as_uri())

    assert page.locator("svg polyline.own").count() == 3
    assert not page.locator(".handles").is_visible()
    context.close()


def test_every_printed_page_carries_the_label(opened: Opened) -> None:
    """Printed by the browser: the label on each page, questions before the result, no buttons, the curves in it."""
    document = pypdfium2.PdfDocument(opened.page.pdf(prefer_css_page_size=True, format="A4"))
    texts = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    whole = " ".join(texts)

    assert len(texts) > 2
    assert [i for i, text in enumerate(texts) if TRAINING_ONLY not in text] == []
    assert whole.index("Questions first") < whole.index("Not passed")
    assert "Whole run" not in whole
    assert "Circuit flow" in whole
