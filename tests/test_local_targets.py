"""The page that a clinician signs, docs/local-targets.md: what stands on it, with its numbers, and room to sign."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from drill.scenarios.entries import load_circuit
from drill.scenarios.library import Library
from drill.scenarios.load import load_scenario
from drill.scenarios.phrases import condition_words
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Condition, Go, HarmLimit, Rubric, Scenario, Step, Wrong

OWN = (
    "local target",
    "Seen again: practice. Local Target",
    "practice of the service",
    "Practice: pump off; Terumo System 1 manual [S14b]",
    "clinical notes: do not run dry",
    "we have always done so",
)
OUTSIDE = (
    "ecmo.icu, emergency air embolism",
    "re-establish checklist of the JECT 2024 algorithm",
    "a roller is never dead-headed [S2]",
)


@pytest.fixture(scope="module")
def targets(root: Path) -> ModuleType:
    """docs/make_targets.py as a module."""
    spec = importlib.util.spec_from_file_location("make_targets", root / "docs/make_targets.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def drill(root: Path) -> Scenario:
    """A shipped drill, of which a test changes what it is about."""
    return load_scenario("pump_head_failure/va_flow_lost", roots=[root / "scenario_packs"]).scenario


def judging(drill: Scenario, **change: object) -> Rubric:
    """The drill's rubric with one step alone, which is otherwise."""
    assert drill.rubric is not None
    step = drill.rubric.steps[0].model_copy(update=change)
    return drill.rubric.model_copy(update={"harm": (), "steps": (step,), "wrong": (), "rated": ()})


@pytest.mark.parametrize("source", [*OWN, *OUTSIDE])
def test_own_words_are_told_from_publications(targets: ModuleType, source: str) -> None:
    """Own words in any case, or nothing from outside, are the program's own."""
    assert targets.is_own(source) == (source in OWN)


@pytest.mark.parametrize("source", [*OWN, *OUTSIDE])
def test_each_item_is_to_be_signed(targets: ModuleType, drill: Scenario, source: str) -> None:
    """Whatever its source, which stands beside it: points and limits are never the publication's."""
    assert [row[-1] for row in targets.items(judging(drill, source=source))] == [source]


def test_the_numbers_that_are_judged_stand_in_the_row(targets: ModuleType, drill: Scenario) -> None:
    """Limits with their units, times, order, stage and the causes for which it counts."""
    pressure = {"value": "cvp_mmhg", "above": 15, "below": 35}
    expect = Condition.model_validate({"all": ({"control": "level_stop", "above": 0.5}, pressure), "for_s": 60})
    change = {"expect": expect, "within_s": 20, "late_s": 45, "causes": ("no_power",), "in_": ("no_flow",), "after": ("help_called",)}
    ((item, judged, time, _, _),) = targets.items(judging(drill, source="local target", **change))

    assert item.endswith("; only for no power")
    assert judged == "(level stop: armed and CVP above 15 and below 35 mmHg) for 60 s, in the stage no flow; after help called"
    assert time == "within 20 s, half until 45 s"


def test_each_item_of_a_shipped_drill_says_what_it_judges(targets: ModuleType, drill: Scenario) -> None:
    """Each limit, step and error has its row, with what is judged."""
    assert drill.rubric is not None
    rows = [" | ".join(row) for row in targets.items(drill.rubric)]
    judged: list[HarmLimit | Step | Wrong] = [*drill.rubric.harm, *drill.rubric.steps, *drill.rubric.wrong]
    for one in judged:
        if isinstance(one, HarmLimit):
            name, said = one.quantity, f"{one.limit:g} {QUANTITIES[one.quantity].unit}"
        else:
            name, said = one.id, targets.judged(one.expect if isinstance(one, Step) else one.when)
        assert any(f"`{name}`" in row and said in row for row in rows), name


def test_bad_ends_are_listed_once_for_all_drills_that_have_them(targets: ModuleType, drill: Scenario) -> None:
    """Each way out that fails a run, those of the properties too; the members of an `any` one by one."""
    lost = [way.when for stage in drill.stages for way in stage.next if way.go == "lost" and way.when is not None]
    both = Condition(any=(lost[0], Condition.model_validate({"value": "sao2_pct", "below": 40, "for_s": 60})))
    way = drill.stages[0].model_copy(update={"ends": None, "next": (Go(go="lost", when=both),)})
    other = drill.model_copy(update={"stages": (way, *(stage for stage in drill.stages if stage.ends)), "always": ()})
    rows = list(targets.endings({"a/one": drill, "a/two": other}))

    assert (condition_words(lost[0]), "lost", "`a/one`, `a/two`") in rows
    assert ("SaO2 below 40 % for 60 s", "lost", "`a/two`") in rows
    assert any(when.startswith("blood volume below") for when, _, _ in rows)
    assert not any(end == "secured" for _, end, _ in rows)


def test_limits_and_delays_of_the_circuits_are_listed(targets: ModuleType, root: Path) -> None:
    """Each alarm of each circuit whose source is its own, with limit, unit and delay; the same one of all circuits is one row."""
    library = Library([root / "scenario_packs"])
    circuits = [load_circuit(name, library).spec for name in library.refs("circuits")]
    rows = list(targets.alarms(circuits))

    for circuit in circuits:
        for entry in circuit.alarms:
            here = [row for row in rows if f"(`{entry['id']}`)" in row[0] and (row[-1] == "all" or f"`{circuit.id}`" in row[-1])]
            assert len(here) == targets.is_own(str(entry["source"])), (circuit.id, entry["id"])
            assert all(row[2] == f"{entry['delay_s']:g} s" for row in here)
    assert any(row[0].startswith("BATTERY") and row[1] == "battery below 25 %" and row[-1] == "all" for row in rows)


def test_each_row_to_be_signed_has_room(root: Path) -> None:
    """The head asks for a copy, name, role, site and date; each row can be agreed to or changed."""
    text = (root / "docs/local-targets.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]

    assert all(word in text for word in ("Print or copy this page before you sign", "Name: __", "Role: __", "Site: __", "Date: __"))
    assert all(row.endswith(("| agreed, or change to |", "---|", "____ |")) for row in rows)
