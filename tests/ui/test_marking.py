"""Marking what matters after a run: keys and clicks, and what the screen looks like when it is full."""

from pathlib import Path

import pygame
import pytest

from drill.engine.actions import clamp
from drill.reports.skeleton import Deed
from drill.ui import app
from drill.ui.canvas import Canvas
from drill.ui.live import LiveScreen
from drill.ui.marking import ROW, ROWS, TOP, MarkScreen
from drill.ui.screens import Desk, Leave
from drill.ui.shot import save_screen
from drill.ui.sound import Sounds


def deed(number: int) -> Deed:
    """One thing that was done."""
    entry = {"verb": "say", "target": "call_help", "value": None, "who": "you", "t": 50 * number, "seq": number}
    return Deed(number, entry, float(number), number - 1.0, number > 1, None, f"Said: call help, for the {number}th time")


@pytest.fixture
def screen() -> MarkScreen:
    """Thirty deeds: more than fit."""
    return MarkScreen(Desk((), sounds=Sounds(muted=True)), [deed(n) for n in range(1, 31)])


def press(screen: MarkScreen, *keys: int, scancode: int = 0) -> object:
    """Press keys; return the last answer."""
    answer: object = None
    for key in keys:
        answer = screen.handle(pygame.Event(pygame.KEYDOWN, key=key, mod=0, unicode="", scancode=scancode))
    return answer


def test_keys_mark_and_write(screen: MarkScreen) -> None:
    """Space marks and goes on; Enter leaves with what is marked."""
    press(screen, pygame.K_SPACE, pygame.K_DOWN, pygame.K_SPACE)
    left = press(screen, pygame.K_RETURN)

    assert (screen.marked, screen.done, isinstance(left, Leave)) == ({1, 3}, True, True)


def test_nothing_marked_is_not_written(screen: MarkScreen) -> None:
    """Enter waits until something is marked; Esc leaves without."""
    assert press(screen, pygame.K_RETURN) is None
    assert isinstance(press(screen, pygame.K_ESCAPE), Leave)
    assert not screen.done


def test_a_click_marks_the_row_under_it_also_after_scrolling(screen: MarkScreen) -> None:
    """The list moves with the wheel; what is under the pointer is what is marked, and a second click takes it back."""
    canvas: Canvas = screen.desk.canvas
    press(screen, pygame.K_PAGEDOWN, pygame.K_PAGEDOWN)
    spot = canvas.at((200, TOP + 2.5 * ROW))
    click = pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=spot)
    screen.handle(click)
    first = set(screen.marked)
    screen.handle(click)

    assert (first, screen.marked) == ({30 - ROWS + 3}, set())


def test_a_marks_all_and_none(screen: MarkScreen) -> None:
    """By the place of the key, whatever the layout prints on it."""
    press(screen, 0, scancode=pygame.KSCAN_A)
    every = set(screen.marked)
    press(screen, 0, scancode=pygame.KSCAN_A)

    assert (len(every), screen.marked) == (30, set())


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_picture_overlaps_nowhere(screen: MarkScreen, size: tuple[int, int], tmp_path: Path) -> None:
    """Every text stands free of every other, at both sizes."""
    screen.desk.resize(size)
    press(screen, pygame.K_SPACE, pygame.K_SPACE)
    screen.desk.canvas.clear_record()
    save_screen(screen, tmp_path / "marking.png")
    boxes = screen.desk.canvas.placed

    assert len(boxes) > 2 * ROWS
    assert [(a[0], b[0]) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a[1].colliderect(b[1])] == []


def test_the_way_from_briefing_to_marks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the program's own loop: start, a clamp, the end by hand, then one row is marked and written."""

    def post(key: int) -> None:
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=key, mod=0, unicode="", scancode=0))

    seen = {"pictures": 0, "live": 0, "marks": 0}
    flip, live, marks = pygame.display.flip, LiveScreen.draw, MarkScreen.draw

    def flipped() -> None:
        flip()
        seen["pictures"] += 1
        if seen["pictures"] == 1:
            post(pygame.K_RETURN)

    def drawn(self: LiveScreen, canvas: Canvas) -> None:
        seen["live"] += 1
        if seen["live"] == 2:
            self.session.submit(clamp("return"))
        keys = {6: pygame.K_ESCAPE, 9: pygame.K_F10, 12: pygame.K_RETURN}
        if seen["live"] in keys:
            post(keys[seen["live"]])
        live(self, canvas)

    def listed(self: MarkScreen, canvas: Canvas) -> None:
        seen["marks"] += 1
        keys = {2: pygame.K_SPACE, 4: pygame.K_RETURN}
        if seen["marks"] in keys:
            post(keys[seen["marks"]])
        marks(self, canvas)

    monkeypatch.setattr(pygame.display, "flip", flipped)
    monkeypatch.setattr(LiveScreen, "draw", drawn)
    monkeypatch.setattr(MarkScreen, "draw", listed)
    marked = app.record("base/free_play_va", roots=[root / "scenario_packs"], seed=1)

    assert marked is not None
    run, chosen = marked
    assert chosen == {1}
    assert next(e["target"] for e in run.entries if e["k"] == "action") == "clamp_return"
