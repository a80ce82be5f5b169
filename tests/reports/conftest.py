"""One short real run for all report tests."""

from dataclasses import replace
from typing import NamedTuple

import pytest

from drill.engine.actions import Action, clamp
from drill.engine.runlog import Run
from drill.engine.scoring import ScoreSheet, score
from drill.engine.session import Session
from drill.records.home import pack_roots
from drill.scenarios.load import Loaded, load_scenario


class Played(NamedTuple):
    """A judged run and the scenario it was played on."""

    loaded: Loaded
    run: Run
    sheet: ScoreSheet


@pytest.fixture(scope="session")
def played() -> Played:
    """Flow is lost at once, the return line is clamped after some seconds, and the drill is ended by hand."""
    loaded = load_scenario("pump_head_failure/va_flow_lost", roots=pack_roots())
    scenario = loaded.scenario
    soon = scenario.start.model_copy(update={"settle_s": 5.0})
    at_once = {name: r.model_copy(update={"low": 1.0, "high": 1.0}) if name == "onset_s" else r for name, r in scenario.vary.items()}
    loaded = replace(loaded, scenario=scenario.model_copy(update={"start": soon, "vary": at_once}))
    rubric = loaded.scenario.rubric
    assert rubric is not None
    session = Session(loaded, seed=3, mode="practice", cause="motor_fault")
    for tick in range(15 * 50):
        if tick == 8 * 50:
            session.submit(clamp("return"))
            session.submit(Action(verb="say", target="call_help"))
        session.tick()
    session.submit(Action(verb="instructor", target="end"))
    session.tick()
    return Played(loaded, session.run, score(rubric, session.run))
