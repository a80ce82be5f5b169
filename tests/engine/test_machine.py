"""Stages and edges: what the story's machine does, and the traps of `transitions` that it must not step into."""

import pytest

from drill.engine.machine import StageChange, StageMachine
from drill.errors import NameUnknownError
from drill.scenarios.schema import Go, Stage


def stage(name: str, *edges: str) -> Stage:
    """A stage with an edge to each of `edges`."""
    return Stage(id=name, next=tuple(Go(go=edge, after_s=1.0) for edge in edges))


def test_an_edge_leads_to_its_stage_and_says_so() -> None:
    """Taking an edge returns the change and moves the story."""
    machine = StageMachine([stage("steady", "no_flow"), stage("no_flow")])

    assert machine.take(0) == (StageChange("steady", "no_flow"),)
    assert machine.stage == "no_flow"


def test_two_edges_to_one_stage_stay_apart() -> None:
    """Each edge has its own trigger: the second edge is not the first one's."""
    machine = StageMachine([stage("a", "b", "c", "b"), stage("b", "a"), stage("c")])

    assert machine.take(1) == (StageChange("a", "c"),)


def test_an_edge_back_to_the_same_stage_changes_nothing() -> None:
    """Only a real change is reported, whatever the trigger itself answers."""
    machine = StageMachine([stage("a", "a")])

    assert machine.take(0) == ()


def test_an_edge_that_leads_nowhere_is_found_at_build() -> None:
    """A misspelt target does not wait for the drill to fail."""
    with pytest.raises(NameUnknownError, match="did you mean 'no_flow'"):
        StageMachine([stage("steady", "no_flwo"), stage("no_flow")])


def test_stage_names_are_never_looked_up_as_code() -> None:
    """A stage named like a method or a module is a stage and nothing else."""
    machine = StageMachine([stage("trigger", "print"), stage("print", "stage"), stage("stage")])

    assert machine.take(0) == (StageChange("trigger", "print"),)
    assert machine.take(0) == (StageChange("print", "stage"),)


def test_no_trigger_jumps_to_any_stage() -> None:
    """There are as many triggers as edges: none that `transitions` made up."""
    machine = StageMachine([stage("a", "b"), stage("b")])

    assert list(machine._machine.events) == ["a__edge_0"]


def test_runs_do_not_share_a_machine() -> None:
    """Two machines of the same stages stand where their own run is."""
    stages = [stage("a", "b"), stage("b")]
    one, other = StageMachine(stages), StageMachine(stages)
    one.take(0)

    assert (one.stage, other.stage) == ("b", "a")
