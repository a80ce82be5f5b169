"""A drill that starts at once: the shipped VA scenario without its minute of settling."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drill.engine.session import Session
from drill.scenarios.load import Loaded, load_scenario

SCENARIO = "pump_head_failure/va_flow_lost"


@pytest.fixture(scope="session")
def shipped(root: Path) -> Loaded:
    """The shipped scenario as it is."""
    return load_scenario(SCENARIO, roots=[root / "scenario_packs"])


@pytest.fixture
def make_session(shipped: Loaded) -> Callable[..., Session]:
    """Make a session of the shipped scenario with `start` and other fields changed; it settles for 0 s unless told."""

    def make(*, settle_s: float = 0.0, time_limit_s: float = 600.0, onset_s: float | None = None, **how: Any) -> Session:
        scenario = shipped.scenario
        vary = scenario.vary
        if onset_s is not None:
            vary = {**vary, "onset_s": vary["onset_s"].model_copy(update={"low": onset_s, "high": onset_s})}
        changed = scenario.model_copy(
            update={
                "start": scenario.start.model_copy(update={"settle_s": settle_s}),
                "time_limit_s": time_limit_s,
                "vary": vary,
            }
        )
        loaded = Loaded(
            changed, shipped.circuit, shipped.patient, shipped.tasks, shipped.plays, shipped.pack, shipped.site_values, shipped.digest
        )
        return Session(loaded, **{"seed": 7, **how})

    return make


@pytest.fixture
def make_packs(root: Path, tmp_path: Path) -> Callable[[str, str], Loaded]:
    """Load the pump-stop scenario with one text of it changed."""

    def load(old: str, new: str) -> Loaded:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(root / "scenario_packs", folder)
        file = folder / "pump_head_failure/scenarios/va_flow_lost.yaml"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")
        return load_scenario("pump_head_failure/va_flow_lost", roots=[folder])

    return load
