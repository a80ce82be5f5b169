"""What the packs' language does in a session: equipment, instructor events, properties, and a passing end on the crank."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from drill.engine.actions import Action
from drill.engine.session import Session
from drill.errors import NameUnknownError
from drill.scenarios.load import Loaded
from drill.scenarios.overlay import circuit_of, tasks_of
from drill.scenarios.schema import Equipment, Person, Property, Scenario


def changed(shipped: Loaded, **keys: Any) -> Loaded:
    """The shipped scenario with some of its keys changed, settled in no time."""
    start = shipped.scenario.start.model_copy(update={"settle_s": 0.1})
    scenario: Scenario = shipped.scenario.model_copy(update={"start": start, **keys})
    return replace(shipped, scenario=scenario, tasks=tasks_of(scenario, shipped.tasks), circuit=circuit_of(scenario, shipped.circuit))


def run(loaded: Loaded, ticks: int, *actions: Action, **options: Any) -> Session:
    """A session of so many ticks with all actions at its start."""
    session = Session(loaded, seed=1, **options)
    for action in actions:
        session.submit(action)
    for _ in range(ticks):
        session.tick()
    return session


def kinds(session: Session, *wanted: str) -> list[dict[str, Any]]:
    """The entries of some kinds after tick 0."""
    return [entry for entry in session.run.entries if entry["k"] in wanted and entry["t"] > 0]


def test_equipment_that_is_here_needs_no_fetching(shipped: Loaded) -> None:
    """The job that would bring it counts as done at tick 0, in the log too, and what needs it can be done."""
    here = run(changed(shipped, equipment=(Equipment(id="backup_console", here=True),)), 5)
    away = run(changed(shipped, equipment=()), 5)

    first = [entry for entry in here.run.entries if entry["k"] == "job"]
    assert first == [{"t": 0, "k": "job", "task": "fetch_backup_console", "who": "", "state": "done"}]
    assert here.frame.done == {"fetch_backup_console": 0}
    reasons = [next(o.reason for o in s.snapshot().options if o.target == "transfer_to_backup_console") for s in (here, away)]
    assert reasons == ["", "the backup console is not here"]


def test_fetching_takes_as_long_as_the_scenario_says(shipped: Loaded) -> None:
    """`fetch_s` takes the place of the job's own duration."""
    order = Action(verb="order", target="fetch_backup_console", who="nurse")
    session = run(changed(shipped, equipment=(Equipment(id="backup_console", fetch_s=0.5),)), 40, order)

    assert [entry["t"] for entry in kinds(session, "job")] == [1, 26]


def test_people_do_what_they_can_and_come_when_they_do(shipped: Loaded) -> None:
    """`can` is the whole list of a person's jobs; `comes_s` takes the place of the call's own time."""
    team = (
        Person(id="you", title="You"),
        Person(id="nurse", title="Nurse", can=("fio2_100", "transfer_to_console")),
        Person(id="intensivist", title="Intensivist", here=False, comes_s=0.4),
    )
    loaded = changed(shipped, team=team)
    here = {person.id for person in team}
    by = {task.id: tuple(who for who in task.by if who in here) for task in loaded.tasks.tasks}
    session = run(loaded, 30, Action(verb="say", target="call_help"))

    assert by["fio2_100"] == ("nurse", "intensivist", "you")
    assert by["transfer_to_console"] == ("you", "nurse")
    assert by["pressor_bolus"] == ("intensivist",)
    assert [(entry["t"], entry["state"]) for entry in kinds(session, "person")] == [(1, "called"), (21, "here")]


def test_an_instructor_lets_an_event_happen(shipped: Loaded) -> None:
    """An event's effects act as written; in an exam nothing is added, and an unknown one is named."""
    event = Action(verb="instructor", target="sweep_knocked")
    told = run(changed(shipped), 10, event)
    exam = run(changed(shipped), 10, event, mode="exam")

    assert told.frame.controls["sweep_l_min"] == 0
    assert exam.frame.controls["sweep_l_min"] == 4
    assert [entry["reason"] for entry in kinds(exam, "refused")] == ["nothing is added to an exam"]
    with pytest.raises(NameUnknownError, match="did you mean 'sweep_knocked'"):
        told.submit(Action(verb="instructor", target="sweep_knockd"))


def test_a_fault_in_a_named_part_says_so_in_the_log(shipped: Loaded) -> None:
    """The part stands in the entry, and the model's slot of that part is written."""
    event = Action(verb="instructor", target="clot_grows")
    delayed = changed(shipped)
    session = run(delayed, 10, event)

    assert kinds(session, "fault") == []
    for _ in range(500):
        session.tick()
    assert kinds(session, "fault") == [{"t": 505, "k": "fault", "name": "oxygenator_clot", "at": {"clot": 0.5}, "part": "oxygenator"}]


def test_a_property_that_breaks_is_an_entry(shipped: Loaded) -> None:
    """A scenario that is not calm before its crisis tells on itself."""
    quiet = Property.model_validate({"id": "calm", "holds": {"value": "flow_l_min", "above": 9.0}})
    session = run(changed(shipped, always=(quiet,)), 10)

    assert kinds(session, "broken") == [{"t": 5, "k": "broken", "id": "calm"}]


def test_the_circuit_has_the_scenario_s_numbers(make_packs: Callable[..., Loaded]) -> None:
    """`start.parts` and `start.drives` take the place of the stock numbers, and belong to the digest."""
    stock = make_packs("settle_s: 60\n", "settle_s: 60\n")
    own = make_packs("settle_s: 60\n", "settle_s: 60\n  parts: {return_cannula: {m_number: 3.42}}\n  drives: {battery_min: 3}\n")

    part = next(part for part in own.circuit.parts if part.id == "return_cannula")
    assert (part.params["m_number"], own.circuit.drives["battery_min"], own.circuit.drives["boot_s"]) == (3.42, 3, 8)
    assert own.digest != stock.digest
