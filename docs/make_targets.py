"""Print docs/local-targets.md: every number and judgement without a source, of all packs, for a clinician to sign: `make docs`."""

from collections.abc import Iterator
from pathlib import Path

from drill import TRAINING_ONLY
from drill.scenarios.library import Library
from drill.scenarios.load import load_scenario
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import HarmLimit, Rubric, Scenario
from drill.scenarios.schema_rubric import Rated, Step, Wrong
from drill.scenarios.site import SITE_VALUES

ROOTS = [Path(__file__).resolve().parent.parent / "scenario_packs"]
LOCAL = "local target"
HEAD = f"""# Local targets

{TRAINING_ONLY}. Made from the packs by `make docs`. What is listed here has no published source, or only in part: it is
this program's proposal, and a clinician of the site decides. Whoever signs writes `review: {{by: name, on: date}}` in the rubric,
and `signed_by` in the site's profile.
"""


def main() -> None:
    """Print the page."""
    print("\n".join(page()))  # noqa: T201  the page goes to the standard output


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    yield from ("## Site values", "", "| value | stands at | unit | what it decides | source | signed |", "|---|---|---|---|---|---|")
    for value in SITE_VALUES.values():
        if LOCAL in value.source:
            yield f"| `{value.name}` | {value.default} | {value.unit} | {value.meaning} | {value.source} | |"
    library = Library(ROOTS)
    for name in library.refs("scenarios"):
        loaded = load_scenario(name, roots=ROOTS)
        if loaded.scenario.rubric is not None:
            yield from _of(name, loaded.scenario, loaded.scenario.rubric)


def _of(name: str, scenario: Scenario, rubric: Rubric) -> Iterator[str]:
    """Yield the section of one scenario."""
    rows = [row for row in _rows(rubric) if LOCAL in row[3]]
    review = f"reviewed by {rubric.review.by}, {rubric.review.on}" if rubric.review is not None else "nobody has reviewed it yet"
    yield from ("", f"## {scenario.case.name}", "", f"`{name}`, pass mark {rubric.pass_mark_pct:g} %, {review}.", "")
    yield from ("| item | what | target | points | source | signed |", "|---|---|---|---|---|---|")
    for item, what, target, source, points in rows:
        yield f"| `{item}` | {what} | {target} | {points} | {source} | |".replace("\n", " ")


def _rows(rubric: Rubric) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (id, what, target, source, points) of every item of a rubric."""
    for limit in rubric.harm:
        row = QUANTITIES[limit.quantity]
        what = row.meaning + (f" ({', '.join(limit.causes)})" if limit.causes else "")
        side = "most" if row.worse == "up" else "least"
        yield limit.quantity, what, f"at {side} {limit.limit:g} {row.unit}", limit.source, _points(limit)
    for step in rubric.steps:
        times = [f"{word} {value:g} s" for word, value in (("within", step.within_s), ("half until", step.late_s)) if value is not None]
        yield step.id, step.title, ", ".join(times) or "no time limit", step.source, _points(step)
    for wrong in rubric.wrong:
        yield wrong.id, wrong.title, "must not happen", wrong.source, _points(wrong)
    for rated in rubric.rated:
        yield rated.id, rated.title, _scale(rated), rated.source, "rated"


def _points(one: HarmLimit | Step | Wrong) -> str:
    return f"{one.points:g}" + (", critical" if one.critical else "")


def _scale(rated: Rated) -> str:
    return " / ".join(rated.scale)


if __name__ == "__main__":
    main()
