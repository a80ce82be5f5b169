"""The debrief on the screen, and pictures of any screen."""

from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest
from click.testing import CliRunner

from drill import TRAINING_ONLY
from drill.cli import cli
from drill.engine.runlog import READING_TABLE, Run
from drill.reports.timeline import read_timeline
from drill.reports.view import Debrief, ItemRow, LedgerRow
from drill.ui.debrief import BODY_W, DebriefScreen, paint
from drill.ui.run import Finished
from drill.ui.screens import Desk, Leave
from drill.ui.shot import render_debrief
from drill.ui.sound import Sounds

LONG = "A stopped centrifugal pump is an open pipe from artery to vein; the clamp ends that, and nothing else does. " * 3


@pytest.fixture(autouse=True)
def _pygame() -> Iterator[None]:
    pygame.init()
    yield
    pygame.quit()


def debrief(*, judged: bool = True) -> Debrief:
    """Return a debrief with every kind of row, long words included."""
    entries = [
        {"t": 0, "k": "stage", "from": "", "to": "steady"},
        {"t": 900, "k": "first_sign"},
        *(
            {
                "t": 1000 + 30 * i,
                "k": "say",
                "id": f"something_long_to_say_number_{i}_and_more_words_that_do_not_fit_a_column",
                "who": "you",
                "true": True,
            }
            for i in range(30)
        ),
        {"t": 950, "k": "alarm", "id": "low_flow", "state": "on", "priority": "high", "text": "LOW FLOW 0.0 (limit 2.0)"},
        {"t": 4000, "k": "end", "outcome": "lost"},
    ]
    rows = [
        LedgerRow(f"Quantity {i} {LONG[: 20 * i]}", f"{i * 100} mL", "up to 300 mL" if i < 5 else "", s, LONG, "local target")
        for i, s in enumerate(("ok", "over", "critical", "ok", "ok", "", ""))
    ]
    steps = [
        ItemRow(f"Step {s}", s, "5 of 10", (LONG, "00:31  clamp"), LONG, LONG, critical=True)
        for s in ("done", "delayed", "missed", "incorrect")
    ]
    errors = [ItemRow(f"Error {s}", s, "-5", (), LONG, "local target", critical=False) for s in ("avoided", "happened")]
    return Debrief(
        case_name="VA ECMO, late shift",
        case_line="femoro-femoral · 62 y, 80 kg · cardiogenic shock, day 2",
        cause="The motor of the drive has failed",
        outcome="The patient was lost",
        passed=False if judged else None,
        verdict="Not passed",
        reasons=(LONG, "a short reason"),
        score_pct=41.0 if judged else None,
        pass_mark_pct=70.0 if judged else None,
        ledger=tuple(rows) if judged else (),
        steps=tuple(steps) if judged else (),
        errors=tuple(errors) if judged else (),
        story=LONG,
        timeline=read_timeline(Run({"readings": READING_TABLE}, entries)),
        facts=(("Mode", "practice"), ("Digest", "3f" * 8), ("Run file", LONG)),
    )


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("judged", [True, False])
def test_nothing_overlaps_and_nothing_leaves_the_page(size: tuple[int, int], judged: bool) -> None:  # noqa: FBT001
    """Every text keeps to itself and within the page's width, whatever the words' length."""
    desk = Desk((), size=size, sounds=Sounds(muted=True))
    desk.canvas.surface = pygame.Surface(size)
    desk.canvas.origin = (0, 0)
    desk.canvas.clear_record()

    height = paint(desk.canvas, debrief(judged=judged))
    placed = desk.canvas.placed

    for i, (text, box) in enumerate(placed):
        assert box.left >= -1, text
        assert box.right <= BODY_W + 1, text
        assert box.bottom <= height, text
        assert not [other for other, near in placed[i + 1 :] if box.colliderect(near)], text


def test_harm_is_above_everything_that_is_scored() -> None:
    """The ledger comes first, then the timeline, then what was wrong, the steps and the log."""
    desk = Desk((), sounds=Sounds(muted=True))
    desk.canvas.surface = pygame.Surface(desk.size)
    desk.canvas.clear_record()
    paint(desk.canvas, debrief())
    tops = {text: box.top for text, box in desk.canvas.placed}

    order = [tops[t] for t in ("Harm ledger", "Timeline", "What was wrong", "Steps", "What must not happen", "What happened")]

    assert order == sorted(order)


def test_the_page_scrolls_within_its_bounds() -> None:
    """Wheel, arrows, End and Home move the page, never beyond its ends."""
    desk = Desk((), sounds=Sounds(muted=True))
    desk.canvas.surface = pygame.Surface(desk.size)
    screen = DebriefScreen(desk, Finished(debrief(), None, None, None, ""), lambda: Leave(desk))
    screen.draw(desk.canvas)
    last = screen.page.height - screen.page.box[3]

    def after(event: pygame.Event) -> float:
        screen.handle(event)
        return screen.page.scroll

    def key(code: int) -> pygame.Event:
        return pygame.Event(pygame.KEYDOWN, key=code, scancode=0, mod=0, unicode="")

    assert last > 500
    assert after(pygame.Event(pygame.MOUSEWHEEL, x=0, y=1)) == 0
    assert after(pygame.Event(pygame.MOUSEWHEEL, x=0, y=-2)) == 140
    assert after(key(pygame.K_END)) == last
    assert after(key(pygame.K_DOWN)) == last
    assert after(key(pygame.K_HOME)) == 0


def test_what_could_not_be_written_is_said() -> None:
    """A problem with the record stands at the foot of the debrief."""
    desk = Desk((), sounds=Sounds(muted=True))
    desk.canvas.surface = pygame.Surface(desk.size)
    desk.canvas.clear_record()
    problem = "this drill is not recorded: cannot write to /somewhere (No space left on device); free some space"
    DebriefScreen(desk, Finished(debrief(), None, None, None, problem), lambda: Leave(desk)).draw(desk.canvas)

    assert "No space left on device" in " ".join(text for text, _ in desk.canvas.placed)
    assert TRAINING_ONLY in dict(desk.canvas.placed)


def test_a_picture_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    """The same debrief is drawn at any size, scrolled or not, and the two differ."""
    render_debrief(debrief(), tmp_path / "a.png", (1600, 900))
    render_debrief(debrief(), tmp_path / "b.png", (1600, 900), scroll=400)
    one, other = (pygame.image.load(tmp_path / name) for name in ("a.png", "b.png"))

    assert one.get_size() == (1600, 900)
    assert pygame.image.tobytes(one, "RGB") != pygame.image.tobytes(other, "RGB")


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["panel", "menu", "briefing", "debrief"])
def test_the_command_draws_every_screen(screen: str, tmp_path: Path) -> None:
    """`drill shot --screen` writes a PNG without a display, and the same one twice."""
    for name in ("a.png", "b.png"):
        arguments = ["shot", "pump_head_failure/va_flow_lost", "--screen", screen, "--seed", "7", "--at", "35", "-o", str(tmp_path / name)]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, result.output

    assert pygame.image.load(tmp_path / "a.png").get_size() == (1280, 720)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
