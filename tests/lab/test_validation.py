"""The model against published ranges: every row holds or is named as a gap, and the page says what came out."""

from pathlib import Path

import pytest

from drill.lab.measures import MEASURES
from drill.lab.validation import Validation
from drill.lab.validation_page import BASES, judge, page

TOPICS = {"pumps", "oxygenator", "cannulas", "gas exchange", "circulation", "no-flow decay", "VA", "VV", "bubbles", "heat"}


@pytest.fixture(scope="module")
def validation(root: Path) -> Validation:
    """The cases, nothing run yet."""
    return Validation(root / "tests/cases/validation.yaml", roots=[root / "scenario_packs"])


def test_rows_say_what_they_rest_on(validation: Validation) -> None:
    """At least sixty rows over all topics, each with its own id, a range with its right, a known source and one measure."""
    rows = validation.rows

    assert len(rows) >= 60
    assert {row.topic for row in rows} >= TOPICS
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.low < row.high, row.id
        assert row.range in BASES, row.id
        assert {key.strip() for key in row.source.split(",")} <= set(validation.sources), row.id
        heads = {head for head in MEASURES if head in row.measure} - ({"over"} if "interpolate" in row.measure else set())
        assert len(heads) == 1, row.id  # `over` names the curve of an interpolation
        assert row.gap == "" or len(row.gap) > 20, row.id


def test_one_number_has_ten_percent(validation: Validation) -> None:
    """A range around one published or worked number spans at most ten percent each way, so that none was widened to fit."""
    for row in validation.rows:
        if row.range in ("single", "worked") and row.low * row.high > 0.0 and abs(row.low) != abs(row.high):
            small, large = sorted((abs(row.low), abs(row.high)))
            assert large / small <= 1.1 / 0.9 * 1.03, row.id


@pytest.mark.slow
def test_every_row_holds_or_is_a_named_gap_and_the_page_is_current(root: Path, validation: Validation) -> None:
    """Each relation lies within its published range, or is marked as a gap that is still open; docs/validation.md says the same."""
    found = judge(validation)

    assert [f.wrong for f in found if f.wrong] == []
    written = (root / "docs/validation.md").read_text(encoding="utf-8").splitlines()
    assert written == list(page(found, validation.sources)), "run `make docs`"
