"""Taking a run over on the panel: it stands where the old one stood, is recorded from there on, and never passes."""

from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from drill.engine.actions import Action, clamp
from drill.engine.runlog import Run, digest
from drill.engine.session import Session
from drill.errors import SessionError
from drill.records.store import open_run, save_run
from drill.scenarios.load import Loaded
from drill.ui.app import take_over
from drill.ui.briefing import Briefing
from drill.ui.run import LiveRun, TakingOver


@pytest.fixture(scope="module")
def crashed(loaded: Loaded) -> tuple[Loaded, Run]:
    """Ten seconds of a run that was cut off after the return line was clamped."""
    scenario = loaded.scenario
    soon = scenario.start.model_copy(update={"settle_s": 2.0})
    at_once = {name: r.model_copy(update={"low": 1.0, "high": 1.0}) if name == "onset_s" else r for name, r in scenario.vary.items()}
    quick = replace(loaded, scenario=scenario.model_copy(update={"start": soon, "vary": at_once}))
    session = Session(quick, seed=3, mode="exam", cause="motor_fault")
    for tick in range(1, 500):
        if tick == 200:
            session.submit(clamp("return"))
        session.tick()
    return quick, session.run


def test_a_crashed_run_goes_on(crashed: tuple[Loaded, Run], tmp_path: Path) -> None:
    """The clamp is where it was; the new file holds all of the drill, names its parent, and the debrief says why it cannot pass."""
    loaded, run = crashed
    old = save_run(run, tmp_path / "crashed.drill")
    before = old.read_bytes()
    preparation = TakingOver(loaded, open_run(old), 480, mode=None)
    live = LiveRun(preparation, "T9")

    assert live.session.frame.tick == 480
    assert live.session.snapshot().controls["clamp_return"] == 1.0
    assert live.session.snapshot().mode == "practice"
    live.session.submit(Action(verb="instructor", target="end"))
    live.session.tick()
    finished = live.finish()
    assert finished.run_path is not None
    made = open_run(finished.run_path)
    assert made.header["parent"] == {"digest": digest(run), "tick": 480}
    assert made.header["about"]["trainee"] == "T9"
    assert finished.sheet is not None
    assert not finished.sheet.passed
    assert "taken over from another run" in finished.sheet.reasons
    assert old.read_bytes() == before, "nothing is ever written to the old file"


def test_the_window_opens_with_the_briefing_and_closes(crashed: tuple[Loaded, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    """`drill fork` without a robot opens the case's briefing; a moment that the run does not have is refused before."""
    loaded, run = crashed
    shown: list[object] = []

    def look(screen: object, _window: object) -> None:
        shown.append(screen)
        assert isinstance(screen, Briefing)
        screen.close()

    monkeypatch.setattr("drill.ui.app.loop", look)
    assert take_over(run, loaded, 100) == 0
    pygame.init()

    assert len(shown) == 1
    with pytest.raises(SessionError, match="there is no 99 s"):
        take_over(run, loaded, 99 * 50)
