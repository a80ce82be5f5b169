"""A facilitator's guide: for each hidden cause one page to print, made from the scenario alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import jinja2

import drill
from drill.scenarios.graph import way_words
from drill.scenarios.phrases import condition_words, happening_words, words
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Cause, Equipment, HarmLimit, Person, Scenario, Step, Tasks, Wrong

FOR_ALL: Final = Cause.model_construct(id="", title="No hidden cause", weight=1.0, faults=())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the guide: what is expected, until when, what it counts, and why."""

    title: str
    expect: str
    until: str
    points: str
    critical: bool
    why: str


@dataclass(frozen=True, slots=True)
class CausePage:
    """What one page holds. Rows are those that count for its cause."""

    title: str
    share: str
    begins: tuple[str, ...]
    steps: tuple[Row, ...]
    wrong: tuple[Row, ...]
    harm: tuple[Row, ...]


def pages(scenario: Scenario, only: str | None = None) -> tuple[CausePage, ...]:
    """Return a page for each hidden cause, or for the one named; a scenario without causes has one page."""
    causes = [cause for cause in scenario.causes if only in (None, cause.id)] or [FOR_ALL]
    total = sum(cause.weight for cause in scenario.causes) or 1.0
    return tuple(_page(scenario, cause, cause.weight / total) for cause in causes)


def _page(scenario: Scenario, cause: Cause, share: float) -> CausePage:
    vary = dict(scenario.vary)
    rubric = scenario.rubric

    def mine(lines: Sequence[Step] | Sequence[Wrong] | Sequence[HarmLimit]) -> list[Step | Wrong | HarmLimit]:
        return [line for line in lines if not line.causes or cause.id in line.causes]

    steps = [line for line in mine(rubric.steps) if isinstance(line, Step)] if rubric else []
    steps.sort(key=lambda step: step.within_s if step.within_s is not None else float("inf"))
    return CausePage(
        title=cause.title,
        share=f"{share * 100:.0f} % of the runs" if scenario.causes else "",
        begins=tuple(happening_words(one, vary) for one in cause.faults),
        steps=tuple(_step(step) for step in steps),
        wrong=tuple(
            Row(one.title, condition_words(one.when), "", f"-{one.points:g}", one.critical, one.why)
            for one in (mine(rubric.wrong) if rubric else [])
            if isinstance(one, Wrong)
        ),
        harm=tuple(
            Row(kind.meaning, "", f"{one.limit:g} {kind.unit}", f"{one.points:g}", one.critical, one.why)
            for one in (mine(rubric.harm) if rubric else [])
            if isinstance(one, HarmLimit) and (kind := QUANTITIES[one.quantity])
        ),
    )


def _step(step: Step) -> Row:
    until = "" if step.within_s is None else f"{step.within_s:g} s" + ("" if step.late_s is None else f", half until {step.late_s:g} s")
    order = [f"after {words(other)}" for other in step.after] + [f"before {words(other)}" for other in step.before]
    return Row(step.title, "; ".join([condition_words(step.expect), *order]), until, f"{step.points:g}", step.critical, step.why)


def member(person: Person, tasks: Tasks) -> str:
    """Return one of the team, where they are and what they can do."""
    where = "here" if person.here else f"comes {person.comes_s:g} s after the call" if person.comes_s is not None else "comes when called"
    jobs = ", ".join(task.title for task in tasks.tasks if person.id in task.by)
    return f"{person.title} ({where}): {jobs or 'no jobs'}"


def thing(one: Equipment) -> str:
    """Return one piece of equipment and how far it is."""
    far = "to be fetched" if one.fetch_s is None else f"{one.fetch_s:g} s to fetch"
    return f"{words(one.id)}: {'at the bedside' if one.here else far}"


@cache
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("drill.reports", "")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("guide.html.j2")


def render_guide(scenario: Scenario, tasks: Tasks, only: str | None = None) -> str:
    """Return the guide as one HTML text, a printed page for each cause. Everything from the pack is escaped."""
    vary = dict(scenario.vary)
    stages = [
        (stage.title or words(stage.id), stage.ends or "", [(way_words(way, scenario), words(way.go)) for way in stage.next])
        for stage in scenario.stages
    ]
    return _template().render(
        s=scenario,
        pages=pages(scenario, only),
        sign=condition_words(scenario.rubric.first_sign) if scenario.rubric else "",
        stages=stages,
        drawn=[f"{words(name)} {one.low:g} to {one.high:g}" for name, one in vary.items()],
        team=[member(person, tasks) for person in scenario.team if person.id != "you"],
        equipment=[thing(one) for one in scenario.equipment],
        events=[(one.id, one.title, "; ".join(happening_words(use, vary) for use in one.do)) for one in scenario.events],
        training_only=drill.TRAINING_ONLY,
        version=drill.__version__,
    )


def write_guide(scenario: Scenario, tasks: Tasks, path: Path, only: str | None = None) -> None:
    """Write the guide to a file. Raises OSError where it cannot be written."""
    path.write_text(render_guide(scenario, tasks, only), encoding="utf-8")
