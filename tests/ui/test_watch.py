"""The drill of somebody who writes its pack: a save goes on from the same second, a broken one changes nothing, F4 shows why."""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from drill.engine.actions import clamp
from drill.engine.session import AUTHORING
from drill.engine.story import Story
from drill.scenarios.load import load_scenario
from drill.ui.run import LiveRun, Preparation
from drill.ui.screens import Desk, Leave
from drill.ui.shot import save_screen
from drill.ui.sound import Sounds
from drill.ui.storyview import places
from drill.ui.watch import LOOK_S, WatchScreen

REF = "short_pack/va_flow_lost"
PATIENCE_S = 60.0


@pytest.fixture
def pack(root: Path, tmp_path: Path) -> Path:
    """The shipped pack under another name: half a second of settling, flow lost soon."""
    folder = tmp_path / "packs" / "short_pack"
    shutil.copytree(root / "scenario_packs" / "pump_head_failure", folder)
    (folder / "pack.yaml").write_text((folder / "pack.yaml").read_text().replace("id: pump_head_failure", "id: short_pack"))
    file = folder / "scenarios" / "va_flow_lost.yaml"
    file.write_text(re.sub(r"onset_s: \{.*\}", "onset_s: {low: 0.4, high: 0.4}", file.read_text()).replace("settle_s: 60", "settle_s: 0.5"))
    return folder


@pytest.fixture
def screen(root: Path, pack: Path) -> WatchScreen:
    """An authoring drill of it, a second on, with a clamp closed."""
    desk = Desk((pack.parent, root / "scenario_packs"), sounds=Sounds(muted=True), mode=AUTHORING)
    loaded = load_scenario(REF, roots=desk.roots)
    live = LiveRun(Preparation(loaded, seed=3, mode=AUTHORING, cause="motor_fault"), "")
    made = WatchScreen(desk, live, lambda _: Leave(desk))
    tick(made, 0.6)
    made.session.submit(clamp("return"))
    tick(made, 0.6)
    return made


def tick(screen: WatchScreen, time_s: float) -> None:
    """Let real time pass, a tick a frame."""
    for _ in range(round(time_s / 0.02)):
        screen.update(0.02)


def wait(screen: WatchScreen, until: Callable[[], bool]) -> None:
    """Let the screen look at its files and its threads work, without a tick of the drill."""
    end = time.monotonic() + PATIENCE_S
    screen.session.pause()
    while not until() and time.monotonic() < end:
        screen.update(LOOK_S)
        time.sleep(0.01)
    if screen.session.paused:
        screen.session.resume()
    assert until()


def edit(pack: Path, old: str, new: str) -> None:
    """Save the scenario with something changed."""
    file = pack / "scenarios" / "va_flow_lost.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_save_goes_on_from_the_same_second(screen: WatchScreen, pack: Path) -> None:
    """A new run in the new pack, at the same tick, with the same deeds, that names its parent; and it is not recorded."""
    before, at = screen.session, screen.session.run.last_tick
    edit(pack, "below: 25, for_s: 60", "below: 26, for_s: 61")
    wait(screen, lambda: screen.session is not before)
    after = screen.session

    assert after.run.header["parent"]["tick"] == at
    assert after.run.header["mode"] == AUTHORING
    assert after.run.header["pack_digest"] != before.run.header["pack_digest"]
    assert [e["target"] for e in after.run.entries if e["k"] == "action"] == ["clamp_return"]
    assert abs(screen.snapshot.tick - at) < 5
    tick(screen, 0.2)
    assert screen.snapshot.tick > at
    assert screen.live.finish().run_path is None


def test_a_broken_pack_keeps_the_old_drill_running(screen: WatchScreen, pack: Path) -> None:
    """What is wrong is said with its place; the drill ticks on; when it is mended, the drill goes on in it."""
    before = screen.session
    edit(pack, "time_limit_s: 600", "time_limt_s: 600")
    wait(screen, lambda: bool(screen.problems))
    at = screen.snapshot.tick
    tick(screen, 0.2)

    assert screen.session is before
    assert screen.snapshot.tick == at + 10
    assert any("va_flow_lost.yaml:" in problem and "time_limt_s" in problem for problem in screen.problems)
    edit(pack, "time_limt_s: 600", "time_limit_s: 601")
    wait(screen, lambda: screen.session is not before)
    assert screen.problems == ()


def test_a_pack_in_which_it_cannot_go_on_keeps_the_old_drill(screen: WatchScreen, pack: Path) -> None:
    """The hidden cause of this run is gone from the new pack: said, and the old one goes on."""
    before = screen.session
    edit(pack, "id: motor_fault, title", "id: motor_gone, title")
    edit(pack, "causes: [motor_fault]", "causes: [motor_gone]")
    wait(screen, lambda: bool(screen.problems))

    assert screen.session is before
    assert "unknown cause 'motor_fault'" in screen.problems[0]


def test_a_comment_changes_nothing(screen: WatchScreen, pack: Path) -> None:
    """What the drill does not depend on does not disturb it."""
    before = screen.session
    edit(pack, "time_limit_s: 600", "time_limit_s: 600  # ten minutes")
    tick(screen, LOOK_S + 0.1)
    wait(screen, lambda: "nothing that this drill depends on" in screen._note)

    assert screen.session is before


def test_f4_shows_the_story_while_the_drill_goes_on(screen: WatchScreen) -> None:
    """The view hides the panel, not time; Esc closes it and opens no pause."""
    screen.handle(pygame.Event(pygame.KEYDOWN, key=pygame.K_F4, scancode=pygame.KSCAN_F4, mod=0, unicode=""))
    at = screen.snapshot.tick
    tick(screen, 0.2)

    assert (screen.story_shown, screen.snapshot.tick) == (True, at + 10)
    screen.handle(pygame.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, scancode=pygame.KSCAN_ESCAPE, mod=0, unicode=""))
    assert (screen.story_shown, screen.session.paused) == (False, False)


def test_the_story_says_what_it_waits_for(screen: WatchScreen) -> None:
    """Stage, ways out in their order, each condition with how things are."""
    tick(screen, 0.3)
    story = screen.story
    ways = {way.go: way for way in story.ways}
    lost, lines = ways["lost"], {line.text: line for line in ways["secured"].lines}

    assert (story.stage, story.path) == ("no_flow", ["steady", "no_flow"])
    assert list(ways) == [way.go for stage in screen.live.loaded.scenario.stages if stage.id == "no_flow" for way in stage.next]
    assert not lost.holds
    assert lost.lines[0].text == "MAP below 25 mmHg for 60 s"
    assert re.fullmatch(r"\d+ mmHg", lost.lines[0].now)
    assert (lines["return clamp open"].holds, lines["return clamp open"].now) == (False, "1")
    assert (lines["pump head on console"].holds, lines["blood gas and act done"].now) == (True, "not begun")


def test_the_story_of_a_record_is_that_of_the_live_run(screen: WatchScreen) -> None:
    """It comes from the log alone."""
    again = Story(screen.live.loaded.scenario, screen.session.run.header["draws"])
    for entry in screen.session.run.entries:
        again.feed(entry)

    assert (again.stage, again.ways, again.kept) == (screen.story.stage, screen.story.ways, screen.story.kept)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_story_overlaps_nowhere(screen: WatchScreen, size: tuple[int, int], tmp_path: Path) -> None:
    """Every text and every stage stands free of every other."""
    screen.story_shown = True
    screen.desk.resize(size)
    screen.desk.canvas.clear_record()
    save_screen(screen, tmp_path / "story.png")
    texts = screen.desk.canvas.placed
    boxes = [pygame.FRect(*spot.box) for spot in places(screen.live.loaded.scenario).values()]

    assert len(texts) > 25
    assert [(a[0], b[0]) for i, a in enumerate(texts) for b in texts[i + 1 :] if a[1].colliderect(b[1])] == []
    assert [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.colliderect(b)] == []
