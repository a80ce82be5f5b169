"""A run on the panel again: the same pictures, at any pace, from any moment."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pygame
import pytest

from drill import TRAINING_ONLY
from drill.engine.actions import Action, clamp
from drill.engine.runlog import Run
from drill.engine.session import Session
from drill.engine.snapshot import Snapshot
from drill.errors import DrillError, RunFileError, SessionError
from drill.records.store import save_run
from drill.scenarios.load import Loaded
from drill.ui import transport
from drill.ui.film import Film
from drill.ui.replay import KEY_HELP, SPEEDS, ReplayScreen, play_run
from drill.ui.screens import Desk, Leave, Screen
from drill.ui.sound import Sounds

LENGTH_S = 16


class Recorded(NamedTuple):
    """A short run, what it was played on, and some of what was seen then."""

    loaded: Loaded
    run: Run
    seen: dict[int, Snapshot]


@pytest.fixture(scope="module")
def recorded(loaded: Loaded) -> Recorded:
    """Flow is lost at once; after 8 s the return line is clamped; a pause; the end by hand."""
    scenario = loaded.scenario
    soon = scenario.start.model_copy(update={"settle_s": 2.0})
    at_once = {name: r.model_copy(update={"low": 1.0, "high": 1.0}) if name == "onset_s" else r for name, r in scenario.vary.items()}
    loaded = replace(loaded, scenario=scenario.model_copy(update={"start": soon, "vary": at_once}))
    session = Session(loaded, seed=3, mode="practice", cause="motor_fault")
    seen = {0: session.snapshot()}
    for tick in range(1, LENGTH_S * 50):
        if tick == 8 * 50:
            session.submit(clamp("return"))
            session.submit(Action(verb="say", target="call_help"))
        if tick == 10 * 50:
            session.pause()
            session.resume()
        session.tick()
        if tick % 50 == 0:
            seen[tick] = session.snapshot()
    session.submit(Action(verb="instructor", target="end"))
    session.tick()
    seen[LENGTH_S * 50] = session.snapshot()
    return Recorded(loaded, session.run, seen)


@pytest.fixture(scope="module")
def film(recorded: Recorded) -> Film:
    """Its film, whole."""
    one = Film(recorded.run, recorded.loaded)
    one.wait()
    while not one.over:
        one.develop(1)
    return one


@pytest.fixture(autouse=True)
def _pygame() -> Iterator[None]:
    pygame.init()
    yield
    pygame.quit()


@pytest.fixture
def show(film: Film) -> Callable[..., ReplayScreen]:
    """Make a replay's screen."""

    def make(one: Film = film, size: tuple[int, int] = (1280, 720)) -> ReplayScreen:
        desk = Desk((), size=size, sounds=Sounds(muted=True))
        desk.canvas.surface = pygame.Surface(size)
        return ReplayScreen(desk, one, lambda: Leave(desk))

    return make


def key(screen: ReplayScreen, code: int) -> object:
    """Press a key of the window."""
    return screen.handle(pygame.Event(pygame.KEYDOWN, key=code, scancode=0, mod=0, unicode=""))


def test_the_film_shows_what_was_seen(film: Film, recorded: Recorded) -> None:
    """Each kept picture is the very snapshot of the live drill; nothing differs from the record."""
    assert film.last_tick == recorded.run.last_tick == LENGTH_S * 50
    assert film.problem == ""
    for tick, snapshot in recorded.seen.items():
        assert film.at(tick) == snapshot, tick
        assert film.wave(tick) == snapshot.wave


def test_space_pauses_and_the_arrows_jump_ten_seconds(show: Callable[..., ReplayScreen]) -> None:
    """Left and Right go 10 s, Home and End to the ends, never beyond; Space lets it stand and go on."""
    screen = show()
    screen.update(1.0)
    assert screen.tick == 50
    key(screen, pygame.K_SPACE)
    screen.update(1.0)
    assert (screen.paused, screen.tick) == (True, 50)
    key(screen, pygame.K_RIGHT)
    assert screen.tick == 550
    key(screen, pygame.K_RIGHT)
    assert screen.tick == LENGTH_S * 50
    key(screen, pygame.K_LEFT)
    assert screen.tick == 300
    key(screen, pygame.K_LEFT)
    assert screen.tick == 0
    key(screen, pygame.K_END)
    screen.update(0.1)
    assert screen.tick == LENGTH_S * 50
    key(screen, pygame.K_SPACE)  # at the end it begins again
    assert (screen.paused, screen.tick) == (False, 0)
    assert isinstance(key(screen, pygame.K_ESCAPE), Leave)


def test_the_pace_goes_from_a_quarter_to_sixteen_times(show: Callable[..., ReplayScreen]) -> None:
    """Each pace moves the run by its factor; beyond the ends it stays."""
    screen = show()
    for _ in range(9):
        key(screen, pygame.K_DOWN)
    for speed in SPEEDS:
        assert screen.speed == speed
        screen.go_to(0)
        screen.update(0.4)
        assert screen.tick == round(0.4 * 50 * speed)
        key(screen, pygame.K_UP)
    assert screen.speed == SPEEDS[-1] == 16


def test_page_keys_go_from_event_to_event(show: Callable[..., ReplayScreen], recorded: Recorded) -> None:
    """Every action and alarm is met on the way to the end, and again on the way back."""
    screen = show()
    screen.paused = True
    wanted = {
        e["t"] for e in recorded.run.entries if e["k"] in ("action", "first_sign", "say") or (e["k"] == "alarm" and e["state"] == "on")
    }
    there: list[int] = []
    while screen.tick < LENGTH_S * 50:
        key(screen, pygame.K_PAGEDOWN)
        there.append(screen.tick)
    back: list[int] = []
    while screen.tick > 0:
        key(screen, pygame.K_PAGEUP)
        back.append(screen.tick)

    assert wanted <= {0, *there}
    assert there[:-1] == back[:-1][::-1]


def test_the_bar_is_dragged(show: Callable[..., ReplayScreen]) -> None:
    """A press on the bar goes there, dragging scrubs, and the run stands while it is held."""
    screen = show()
    canvas = screen.desk.canvas

    def mouse(kind: int, time_s: float) -> None:
        at = canvas.at((transport.x_of(time_s, LENGTH_S), transport.LANES_Y + 4))
        screen.handle(pygame.Event(kind, pos=at, button=1, rel=(0, 0), buttons=(1, 0, 0)))

    mouse(pygame.MOUSEBUTTONDOWN, 4)
    assert abs(screen.tick - 200) <= 3
    mouse(pygame.MOUSEMOTION, 12)
    screen.update(1.0)
    assert abs(screen.tick - 600) <= 3
    mouse(pygame.MOUSEBUTTONUP, 12)
    screen.update(1.0)
    assert abs(screen.tick - 650) <= 3


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_it_says_that_it_is_a_replay(show: Callable[..., ReplayScreen], size: tuple[int, int]) -> None:
    """At every size and moment REPLAY and TRAINING ONLY stand on the screen, and the bar stays in its pane, nothing over anything."""
    screen = show(size=size)
    canvas = screen.desk.canvas
    for at in (0, 300, 450, LENGTH_S * 50):
        screen.go_to(at)
        canvas.surface.fill((0, 0, 0))
        canvas.clear_record()
        screen.draw(canvas)
        texts = [text for text, _ in canvas.placed]
        assert "REPLAY" in texts
        assert "REPLAY" in screen.title
        pane = pygame.Rect(transport.BOX)  # what was placed is noted in logical units
        own = [(text, box) for text, box in canvas.placed if pane.contains(box)]
        assert {"Replay", "Pause", "Faster", "PgDn"} <= {text for text, _ in own}
        for i, (text, box) in enumerate(own):
            assert not [other for other, near in own[i + 1 :] if box.colliderect(near)], text

    fresh = show(size=size)
    fresh.desk.canvas.clear_record()
    fresh.draw(fresh.desk.canvas)
    assert TRAINING_ONLY in [text for text, _ in fresh.desk.canvas.placed]


def test_a_jump_ahead_waits_until_it_is_simulated(recorded: Recorded, show: Callable[..., ReplayScreen]) -> None:
    """Beyond what is simulated the screen says so, goes on simulating, and gets there; what is seen is the same."""
    fresh = Film(recorded.run, recorded.loaded)
    fresh.wait()
    screen = show(fresh)
    screen.paused = True
    screen.go_to(600)
    screen.desk.canvas.clear_record()
    screen.draw(screen.desk.canvas)
    assert any("simulating up to 00:12" in text for text, _ in screen.desk.canvas.placed)
    for _ in range(2000):
        screen.update(0.02)
        if screen.tick == 600:
            break

    assert screen.tick == 600
    assert fresh.at(600) == recorded.seen[600]


def test_an_unfinished_run_is_shown_as_far_as_it_goes(recorded: Recorded) -> None:
    """A record that was cut replays up to its last entry, and nothing is missing from it."""
    entries = [entry for entry in recorded.run.entries if entry["t"] <= 333]
    cut = Film(Run(recorded.run.header, entries, None, ("cut short",)), recorded.loaded)
    cut.wait()
    cut.develop(60)

    assert (cut.over, cut.last_tick, cut.problem) == (True, entries[-1]["t"], "")


def test_a_changed_record_is_not_shown_as_if_it_were_whole(recorded: Recorded, show: Callable[..., ReplayScreen]) -> None:
    """Where the simulation leaves the record, the bar says so and from when."""
    place = next(i for i, e in enumerate(recorded.run.entries) if e["k"] == "frame" and e["t"] == 200)
    frame = recorded.run.entries[place]
    entries = [*recorded.run.entries]
    entries[place] = {**frame, "true": [frame["true"][0] + 1, *frame["true"][1:]]}
    changed = Film(Run(recorded.run.header, entries), recorded.loaded)
    changed.wait()
    changed.develop(60, until=300)
    screen = show(changed)
    screen.desk.canvas.clear_record()
    screen.draw(screen.desk.canvas)

    assert changed.problem == "not what was recorded, from 00:04 on"
    assert any("not what was recorded" in text for text, _ in screen.desk.canvas.placed)


def test_what_cannot_be_played_again_is_said_before_a_window_opens(recorded: Recorded, tmp_path: Path) -> None:
    """Another engine, a changed pack, no run at all: each is an error in words."""
    other = Run({**recorded.run.header, "engine": "0"}, recorded.run.entries)
    with pytest.raises(SessionError, match="engine 0"):
        play_run(other, loaded=recorded.loaded)
    with pytest.raises(SessionError, match="has changed"):
        play_run(Run({**recorded.run.header, "pack_digest": "0" * 64}, recorded.run.entries), loaded=recorded.loaded)
    with pytest.raises(DrillError, match="nothing to see"):
        play_run(Run(recorded.run.header, []), loaded=recorded.loaded)
    (tmp_path / "a.drill").write_text("no run")
    with pytest.raises(RunFileError):
        play_run(tmp_path / "a.drill")


def test_the_window_opens_with_a_run_file_and_closes(recorded: Recorded, tmp_path: Path) -> None:
    """`play_run` shows a file in a real window (without a display here) until Esc."""
    path = save_run(recorded.run, tmp_path / "a.drill.gz")
    pygame.quit()

    def leave() -> None:
        while not (pygame.display.get_init() and pygame.display.get_surface()):
            time.sleep(0.02)
        time.sleep(0.3)
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, scancode=0, mod=0, unicode=""))

    thread = threading.Thread(target=leave)
    thread.start()
    assert play_run(path, loaded=recorded.loaded, at_s=3) == 0
    thread.join()


def test_each_key_of_a_replay_is_in_the_manual(root: Path) -> None:
    """docs/keys.md has a row for each key of the replay."""
    text = (root / "docs/keys.md").read_text(encoding="utf-8").replace("`", "")

    assert [keys for keys, words in KEY_HELP if keys not in text or words not in text] == []


def test_the_menu_leads_to_the_kept_runs_and_back(recorded: Recorded, drill_home: Path) -> None:
    """F3 lists the runs of the code that was given; Enter watches one, Esc goes back the same way; what cannot be watched is said."""
    from drill.records.home import pack_roots
    from drill.ui.app import make_menu
    from drill.ui.menu import Menu
    from drill.ui.runs import RunList

    (drill_home / "runs").mkdir()
    for number, engine in enumerate(("0", recorded.run.header["engine"]), start=1):
        about = {"trainee": "T-17", "case_name": "Late shift", "started_utc": f"2026-11-2{number}T08:00:00+00:00"}
        save_run(
            Run({**recorded.run.header, "engine": engine, "about": about}, recorded.run.entries), drill_home / f"runs/{number}.drill.gz"
        )
    desk = Desk(pack_roots(), sounds=Sounds(muted=True))
    desk.canvas.surface = pygame.Surface(desk.size)

    def press(screen: Screen, code: int) -> Screen | None:
        return screen.handle(pygame.Event(pygame.KEYDOWN, key=code, scancode=0, mod=0, unicode=""))

    menu = make_menu(desk)
    menu.code.value = "T-99"
    nobody = press(menu, pygame.K_F3)
    menu.code.value = "T-17"
    runs = press(menu, pygame.K_F3)
    assert isinstance(nobody, RunList)
    assert isinstance(runs, RunList)
    assert (len(nobody.rows), len(runs.rows)) == (0, 2)
    for screen in (menu, nobody, runs):
        screen.draw(desk.canvas)
    assert isinstance(press(runs, pygame.K_RETURN), ReplayScreen)
    press(runs, pygame.K_DOWN)
    assert press(runs, pygame.K_RETURN) is None
    assert "engine 0" in runs.problem
    assert isinstance(press(runs, pygame.K_ESCAPE), Menu)


def test_a_list_of_runs_that_cannot_be_read_says_why(drill_home: Path) -> None:
    """Where the folder of the runs cannot be read the list does not say that none is kept, but what is in the way."""
    from drill.records.home import pack_roots
    from drill.ui.app import list_of_runs, make_menu

    (drill_home / "runs").write_text("no folder")
    desk = Desk(pack_roots(), sounds=Sounds(muted=True))
    desk.canvas.surface, desk.canvas.recording = pygame.Surface(desk.size), True
    list_of_runs(make_menu(desk)).draw(desk.canvas)
    said = " ".join(text for text, _ in desk.canvas.placed)

    assert "None is kept" not in said
    assert "cannot be read" in said
    assert "DRILL_HOME" in said
