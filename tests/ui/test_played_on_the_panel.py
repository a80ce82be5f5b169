"""Each shipped drill can be played to its good end by the window alone: what its expert does has a thing on the panel that does it."""

from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from drill.records.home import pack_roots
from drill.scenarios.catalogue import find_scenarios
from drill.scenarios.load import load_scenario
from drill.ui.live import LiveScreen
from drill.ui.run import LiveRun, Preparation
from drill.ui.screens import Desk, Leave
from drill.ui.sound import Sounds
from drill.units import FRAME_TICKS

from .player import Player

PACKS = Path(__file__).resolve().parents[2] / "scenario_packs"
LOADED = {found.ref: load_scenario(found.ref, roots=[PACKS]) for found in find_scenarios([PACKS]) if not found.error}
DRILLS = [(ref, cause.id) for ref, loaded in LOADED.items() if "expert" in loaded.plays for cause in loaded.scenario.causes]
SEEN_S = 2.0  # after an act, what it did can be seen


@pytest.fixture(autouse=True)
def _pygame() -> Iterator[None]:
    pygame.init()
    yield
    pygame.quit()


def played(ref: str, cause: str, pictures: Path | None = None) -> tuple[LiveScreen, Player]:
    """Play a drill by its expert's rules with events of the window; with a folder, keep a picture after each act."""
    desk = Desk(pack_roots(), sounds=Sounds(muted=True), mode="practice", speed=float(FRAME_TICKS))
    desk.canvas.surface = pygame.Surface(desk.size)
    screen = LiveScreen(desk, LiveRun(Preparation(LOADED[ref], seed=1, mode="practice", cause=cause), "T-1"), lambda _: Leave(desk))
    due: list[tuple[float, str]] = []

    def watch(at_s: float, what: str) -> None:
        if pictures is not None:
            due.append((at_s + SEEN_S, what))

    def look(at_s: float) -> None:
        while pictures is not None and due and due[0][0] <= at_s:
            _, what = due.pop(0)
            screen.draw(desk.canvas)
            name = f"{ref.replace('/', '_')}_{cause}_{at_s:05.0f}_{what.replace(' ', '_').replace('.', '_')}.png"
            pygame.image.save(desk.canvas.surface, pictures / name)

    player = Player(screen, LOADED[ref].plays["expert"], watch, look)
    player.play()
    return screen, player


def ends_well(screen: LiveScreen) -> bool:
    """Whether the drill came to an end that passes."""
    return bool(screen.session.run.header["endings"].get(screen.session.outcome) == "passed")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ref", "cause"),
    [("pump_head_failure/va_flow_lost", "no_power"), ("pump_head_failure/va_forward_flow_lost", "electronic_clamp")],
)
def test_a_pump_drill_is_played_by_the_window_alone(ref: str, cause: str) -> None:
    """Power lost, electronic clamp shut: clamps, calls, looks and interlocks by clicks, wheel and keys, to the end that passes."""
    screen, player = played(ref, cause)

    assert ends_well(screen), (screen.session.outcome, player.acts)
    assert len(player.acts) > 8


@pytest.mark.soak
@pytest.mark.parametrize(("ref", "cause"), DRILLS)
def test_each_drill_is_played_by_the_window_alone(ref: str, cause: str) -> None:
    """Every shipped drill and cause: nothing that its expert does lacks a place on the panel."""
    screen, player = played(ref, cause)

    assert ends_well(screen), (screen.session.outcome, player.acts)


if __name__ == "__main__":  # python -m tests.ui.test_played_on_the_panel REF CAUSE FOLDER: the pictures
    import sys

    pygame.init()
    Path(sys.argv[3]).mkdir(parents=True, exist_ok=True)
    done, by = played(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    print(done.session.outcome, *by.acts, sep="\n")  # noqa: T201
    sys.exit(not ends_well(done))
