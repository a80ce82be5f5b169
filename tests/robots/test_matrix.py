"""Lost flow on VA ECMO at the full count: each robot on each cause for twenty seeds, and what it comes to."""

from pathlib import Path
from typing import Any

import pytest

from drill.circuit.plant import compile_kernel
from drill.engine.scoring import ScoreSheet, score
from drill.engine.session import Session
from drill.records.kernels import load_kernel
from drill.robots.make import make_robot, play
from drill.scenarios.load import Loaded, load_scenario

pytestmark = pytest.mark.soak
CAUSES = ("motor_fault", "no_power")
SEEDS = range(20)
HARMFUL = ("idle", "reflex", "masher", "random")
ERRORS = ("no_return_clamp", "return_opened_before_rpm", "sweep_off_with_flow")


@pytest.fixture(scope="module")
def loaded(root: Path) -> Loaded:
    """The shipped scenario."""
    return load_scenario("pump_head_failure/va_flow_lost", roots=[root / "scenario_packs"])


@pytest.fixture(scope="module")
def advance(loaded: Loaded) -> Any:
    """The compiled tick."""
    return load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance


def judged(loaded: Loaded, advance: Any, robot: str, cause: str, seed: int) -> ScoreSheet:
    """Play one exam to its end and judge it."""
    session = Session(loaded, seed=seed, mode="exam", cause=cause, advance=advance)
    play(session, make_robot(robot, loaded.plays, seed))
    assert loaded.scenario.rubric is not None
    return score(loaded.scenario.rubric, session.run)


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("robot", ["expert", "slow"])
def test_knowledge_passes_for_every_seed(loaded: Loaded, advance: Any, robot: str, cause: str) -> None:
    """Who knows passes with every point, also at a third of the pace."""
    sheets = [judged(loaded, advance, robot, cause, seed) for seed in SEEDS]

    assert [(s.seed, s.reasons, s.score_pct) for s in sheets if not s.passed or s.score_pct < 100] == []


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("robot", HARMFUL)
def test_habit_fails_by_harm_for_every_seed(loaded: Loaded, advance: Any, robot: str, cause: str) -> None:
    """Who does not know crosses a critical limit of the ledger, whatever the seed draws."""
    sheets = [judged(loaded, advance, robot, cause, seed) for seed in SEEDS]
    harmed = {s.seed for s in sheets for item in s.items if item.kind == "harm" and item.critical and item.status == "happened"}

    assert [s.seed for s in sheets if s.passed or s.seed not in harmed] == []


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("name", ERRORS)
def test_each_error_costs_what_it_says_for_every_seed(loaded: Loaded, advance: Any, name: str, cause: str) -> None:
    """Each error play fails, loses its named item, and worsens its quantity against the expert's run by the stated margin."""
    error = loaded.plays[name]
    assert error.loses is not None
    assert error.worsens is not None
    for seed in SEEDS:
        expert, sheet = (judged(loaded, advance, robot, cause, seed) for robot in ("expert", name))
        more = sheet.ledger[error.worsens.quantity] - expert.ledger[error.worsens.quantity]

        assert not sheet.passed, seed
        assert sheet.item(error.loses).status in ("missed", "incorrect", "happened"), seed
        assert more >= error.worsens.by, (seed, more)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_same_seed_is_the_same_run(loaded: Loaded, advance: Any, cause: str) -> None:
    """The expert's run twice over has one digest for each seed, and another for another seed."""
    twice = [[judged(loaded, advance, "expert", cause, seed).digest for seed in SEEDS] for _ in range(2)]

    assert twice[0] == twice[1]
    assert len(set(twice[0])) == len(SEEDS)
