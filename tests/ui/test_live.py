"""The drill's screen around the panel: time, pause, ends, what is recorded, what may not be seen."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from drill.engine.actions import INSTRUCTOR_END, Action
from drill.engine.entries import Entry
from drill.engine.session import Session
from drill.errors import ValueRangeError
from drill.records.home import pack_roots
from drill.records.store import open_run
from drill.scenarios.load import Loaded, load_scenario
from drill.ui.app import SPEED_VARIABLE, brief, speed_from_environment
from drill.ui.briefing import Briefing
from drill.ui.canvas import HEIGHT, WIDTH, Canvas
from drill.ui.caselist import CaseCard
from drill.ui.debrief import DebriefScreen
from drill.ui.instructor import EventList
from drill.ui.keys import local_names
from drill.ui.live import CATCH_UP_S, LiveScreen
from drill.ui.menu import Menu
from drill.ui.monitor import Monitor
from drill.ui.panel import MONITOR
from drill.ui.run import HeldSink, LiveRun, Preparation
from drill.ui.screens import Desk, Leave, Screen
from drill.ui.shot import Camera
from drill.ui.sound import Sounds
from drill.ui.theme import load_theme

HIDDEN = ("pump_head", "va_flow_lost", "motor", "power")


@pytest.fixture(autouse=True)
def _pygame() -> Iterator[None]:
    pygame.init()
    yield
    pygame.quit()


@pytest.fixture(scope="session")
def quick() -> Loaded:
    """The shipped case without its minute of settling; flow is lost after one second."""
    loaded = load_scenario("pump_head_failure/va_flow_lost", roots=pack_roots())
    start = loaded.scenario.start.model_copy(update={"settle_s": 0.2})
    vary = {n: r.model_copy(update={"low": 1.0, "high": 1.0}) if n == "onset_s" else r for n, r in loaded.scenario.vary.items()}
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"start": start, "vary": vary}))


@pytest.fixture
def begin(quick: Loaded) -> Callable[..., LiveScreen]:
    """Start a run of the quick case in some mode."""

    def make(mode: str = "practice", speed: float = 1.0) -> LiveScreen:
        desk = Desk(pack_roots(), sounds=Sounds(muted=True), mode=mode, speed=speed)
        desk.canvas.surface = pygame.Surface(desk.size)
        live = LiveRun(Preparation(quick, seed=5, mode=mode, cause="motor_fault"), "T-1")
        return LiveScreen(desk, live, lambda finished: DebriefScreen(desk, finished, lambda: Leave(desk)))

    return make


def press(screen: Screen, key: int, scancode: int = 0) -> Screen | None:
    """Press a key."""
    return screen.handle(pygame.Event(pygame.KEYDOWN, key=key, scancode=scancode, mod=0, unicode=""))


def escape(screen: Screen) -> Screen | None:
    """Press Esc."""
    return press(screen, pygame.K_ESCAPE, pygame.KSCAN_ESCAPE)


def texts(screen: Screen) -> str:
    """Draw the screen and return all its texts."""
    canvas = screen.desk.canvas
    canvas.clear_record()
    screen.draw(canvas)
    return " | ".join(text for text, _ in canvas.placed)


def kept(home: Path) -> Path:
    """Return the one run file of this test."""
    (path,) = (home / "runs").iterdir()
    return path


def test_real_time_becomes_ticks(begin: Callable[..., LiveScreen]) -> None:
    """Sixty frames of a sixtieth of a second are one second of the drill."""
    screen = begin()

    for _ in range(60):
        screen.update(1 / 60)

    assert screen.snapshot.tick == pytest.approx(50, abs=1)


def test_after_a_hitch_the_drill_does_not_race(begin: Callable[..., LiveScreen]) -> None:
    """A frame that took ten seconds advances the drill by the cap, not by ten seconds."""
    screen = begin()

    screen.update(10.0)

    assert 0 < screen.snapshot.time_s <= CATCH_UP_S


@pytest.mark.parametrize(("mode", "faster"), [("practice", True), ("exam", False), ("guided", False)])
def test_only_practice_runs_faster(begin: Callable[..., LiveScreen], mode: str, faster: bool) -> None:  # noqa: FBT001
    """The speed option acts in practice mode alone."""
    screen = begin(mode, speed=4.0)

    for _ in range(10):
        screen.update(0.02)

    assert (screen.snapshot.tick > 15) is faster


def test_escape_pauses_practice_and_the_run_knows(begin: Callable[..., LiveScreen]) -> None:
    """While the pause card is up nothing moves; Esc goes on, and both are in the log."""
    screen = begin()
    screen.update(0.1)
    escape(screen)
    before = screen.snapshot.tick
    screen.update(0.1)

    assert screen.snapshot.tick == before
    assert "Paused" in texts(screen)
    escape(screen)
    screen.update(0.1)
    assert screen.snapshot.tick > before
    assert [e["on"] for e in screen.session.run.entries if e["k"] == "pause"] == [True, False]


def test_an_exam_goes_on_behind_the_card(begin: Callable[..., LiveScreen]) -> None:
    """Esc in an exam shows the keys and the way out, and the clock runs on."""
    screen = begin("exam")
    screen.update(0.1)
    escape(screen)
    before = screen.snapshot.tick
    screen.update(0.1)

    assert screen.snapshot.tick > before
    assert "cannot be paused" in texts(screen)


def test_the_pause_card_takes_the_events(begin: Callable[..., LiveScreen]) -> None:
    """With the card up, a clamp key does nothing."""
    screen = begin()
    escape(screen)
    press(screen, pygame.K_r, pygame.KSCAN_R)
    escape(screen)
    screen.update(0.1)

    assert screen.snapshot.controls["clamp_return"] == 0.0


def test_hands_reach_the_machine(begin: Callable[..., LiveScreen]) -> None:
    """A clamp key closes the clamp at the next tick, and the run has the action."""
    screen = begin()
    press(screen, pygame.K_r, pygame.KSCAN_R)
    screen.update(0.1)

    assert screen.snapshot.controls["clamp_return"] > 0.98
    assert [e["target"] for e in screen.session.run.entries if e["k"] == "action"] == ["clamp_return"]


def test_the_curves_stand_as_they_were_after_the_end(begin: Callable[..., LiveScreen]) -> None:
    """When the drill is over the monitor keeps the last seconds, however often it is drawn."""
    screen = begin()
    for _ in range(15):
        screen.update(0.2)
    screen.session.submit(Action(verb="instructor", target=INSTRUCTOR_END))
    screen.update(0.1)
    assert screen.snapshot.ended
    strips = [strip.surface for strip in screen.panel.monitor.strips.values()]
    last = [pygame.image.tobytes(strip, "RGB") for strip in strips]

    for _ in range(3):
        screen.update(1.0)
        texts(screen)

    assert [pygame.image.tobytes(strip, "RGB") for strip in strips] == last
    assert all(len(set(strip)) > 2 for strip in last)


def test_a_picture_of_a_time_after_the_end_has_the_last_curves(quick: Loaded, tmp_path: Path) -> None:
    """A camera that was to watch for longer than the run lasted shows the curves of its last seconds."""
    session = Session(quick, seed=5, mode="practice", cause="motor_fault")
    camera = Camera(quick, at_s=600.0, size=(WIDTH, HEIGHT)).watch(session)
    for _ in range(150):
        camera.tick()
    camera.submit(Action(verb="instructor", target=INSTRUCTOR_END))
    while not camera.ended:
        camera.tick()
    camera.render(tmp_path / "x.png")

    picture, theme = pygame.image.load(tmp_path / "x.png"), load_theme("default")
    for name, strip in Monitor(Canvas(theme, (WIDTH, HEIGHT)), MONITOR, local_names()).strips.items():
        below_title = strip.rect.move(0, 2).clip(strip.rect)
        seen = pygame.surfarray.array3d(picture.subsurface(below_title)).max(axis=(1, 2))
        assert (seen > max(theme["well"]) + 20).sum() > strip.rect.width / 5, name


def test_ending_leads_through_the_card_to_the_debrief(begin: Callable[..., LiveScreen], drill_home: Path) -> None:
    """End the drill, Enter, debrief: the run is closed on disk with its score, and the report lies beside it."""
    screen = begin()
    for _ in range(30):
        screen.update(0.2)
    escape(screen)
    press(screen, pygame.K_F10)
    screen.update(0.1)

    assert "End of the drill" in texts(screen)
    press(screen, pygame.K_RETURN)
    debrief = screen.update(0.0)

    assert isinstance(debrief, DebriefScreen)
    run = open_run(kept(drill_home))
    assert run.finished
    assert run.outcome == "stopped"
    assert run.footer is not None
    assert run.footer["score"]["passed"] is False
    assert debrief.finished.report_path is not None
    page = debrief.finished.report_path.read_text(encoding="utf-8")
    assert "fits: the station that wrote this report" in page
    assert "Seen, not scored" in page
    assert "Not passed" in texts(debrief)
    assert isinstance(escape(debrief), Leave)


@pytest.mark.parametrize("mode", ["practice", "exam"])
def test_closing_the_window_ends_the_run(begin: Callable[..., LiveScreen], drill_home: Path, mode: str) -> None:
    """Whatever is up, closing ends the run as stopped and closes its file; a paused one too."""
    screen = begin(mode)
    screen.update(0.1)
    escape(screen)
    screen.close()
    screen.close()

    assert open_run(kept(drill_home)).outcome == "stopped"


def test_a_run_that_cannot_be_written_says_so_and_goes_on(
    begin: Callable[..., LiveScreen], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the data folder is a file, the drill runs, the screen warns, and the debrief says why."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "file"))
    screen = begin()
    for _ in range(20):
        screen.update(0.1)

    assert screen.snapshot.tick > 50
    assert "NOT RECORDED" in texts(screen)
    screen.close()
    finished = screen.live.finish()
    assert finished.run_path is None or finished.problem
    assert "not recorded" in finished.problem


def test_nothing_before_the_debrief_gives_the_case_away(quick: Loaded, begin: Callable[..., LiveScreen], drill_home: Path) -> None:
    """Window titles, briefing, drill and file name hold neither the pack's id nor the cause."""
    desk = Desk(pack_roots(), sounds=Sounds(muted=True))
    desk.canvas.surface = pygame.Surface(desk.size)
    briefing = brief(desk, quick)
    screen = begin()
    shown = " ".join((briefing.title, screen.title, kept(drill_home).name, texts(screen)))
    words = texts(briefing) + shown

    assert not [hidden for hidden in HIDDEN[:2] if hidden in words.lower()]
    assert not [hidden for hidden in HIDDEN if hidden in (briefing.title + screen.title + kept(drill_home).name).lower()]


def test_start_waits_until_the_machine_has_settled(quick: Loaded) -> None:
    """Enter before the machine is ready is remembered; the drill begins once it is."""
    desk = Desk(pack_roots(), sounds=Sounds(muted=True))
    briefing = brief(desk, quick)
    press(briefing, pygame.K_RETURN)
    briefing.preparation.take()

    went = briefing.update(0.0)

    assert isinstance(went, LiveScreen)
    went.close()


def test_leaving_the_briefing_leaves_no_run_behind(quick: Loaded, drill_home: Path) -> None:
    """A run that was never started is not on the disk."""
    desk = Desk(pack_roots(), sounds=Sounds(muted=True))
    cards = (CaseCard("a/b", "name", "line", "VA ECMO", free_play=False),)
    menu = Menu(desk, cards, lambda desk, _card, menu: brief(desk, quick, menu))
    briefing = press(menu, pygame.K_RETURN)
    assert isinstance(briefing, Briefing)
    briefing.preparation.take()

    assert escape(briefing) is menu
    assert not (drill_home / "runs").exists()


def test_a_case_that_cannot_be_built_says_why(quick: Loaded) -> None:
    """A cause that does not exist is named in the briefing, and Start does nothing."""
    desk = Desk(pack_roots(), sounds=Sounds(muted=True), cause="no_such_cause")
    desk.canvas.surface = pygame.Surface(desk.size)
    briefing = brief(desk, quick)
    while not briefing.preparation.ready:
        pygame.time.wait(5)
    briefing.update(0.0)
    press(briefing, pygame.K_RETURN)

    assert briefing.update(0.0) is None
    assert "no_such_cause" in texts(briefing)


def test_free_play_is_never_an_exam() -> None:
    """There is nothing to examine in it, and it can be paused."""
    loaded = load_scenario("base/free_play_va", roots=pack_roots())
    loaded = replace(
        loaded, scenario=loaded.scenario.model_copy(update={"start": loaded.scenario.start.model_copy(update={"settle_s": 0.0})})
    )
    desk = Desk(pack_roots(), sounds=Sounds(muted=True), mode="exam")
    desk.canvas.surface = pygame.Surface(desk.size)
    briefing = brief(desk, loaded)

    assert briefing.preparation.take().snapshot().mode == "practice"
    assert "Exam" not in texts(briefing)


class _Recorder:
    """Takes what a sink hands on."""

    def __init__(self) -> None:
        self.got: list[Entry] = []

    def header(self, header: Entry) -> None:
        """Take the header."""
        self.got.append(header)

    def entry(self, entry: Entry) -> None:
        """Take an entry."""
        self.got.append(entry)


def test_the_held_sink_hands_everything_on_in_order() -> None:
    """What came before the release is first, then the rest, nothing twice."""
    sink, recorder = HeldSink(), _Recorder()
    sink.header({"h": 1})
    sink.entry({"t": 1})
    sink.release(recorder)  # type: ignore[arg-type]
    sink.entry({"t": 2})

    assert recorder.got == [{"h": 1}, {"t": 1}, {"t": 2}]


@pytest.mark.parametrize(("text", "speed"), [("", 1.0), ("8", 8.0), (" 0.5 ", 0.5)])
def test_the_speed_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, text: str, speed: float) -> None:
    """DRILL_SPEED is simulated seconds per real second."""
    monkeypatch.setenv(SPEED_VARIABLE, text)

    assert speed_from_environment() == speed


@pytest.mark.parametrize("text", ["fast", "0", "-1", "1e9", "nan"])
def test_a_senseless_speed_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What was found and what is allowed are named."""
    monkeypatch.setenv(SPEED_VARIABLE, text)

    with pytest.raises(ValueRangeError, match=r"0\.1 to 20"):
        speed_from_environment()


def test_the_briefing_holds_all_its_keys_apart(quick: Loaded) -> None:
    """No text of the briefing touches another, and the last key stands clear of the buttons."""
    desk = Desk(pack_roots(), sounds=Sounds(muted=True))
    desk.canvas.surface = pygame.Surface(desk.size)
    briefing = brief(desk, quick)
    briefing.preparation.take()
    texts(briefing)
    placed = desk.canvas.placed

    for i, (text, box) in enumerate(placed):
        assert pygame.FRect(0, 0, 1280, 720).contains(box), text
        assert not [other for other, near in placed[i + 1 :] if box.colliderect(near)], text
        assert text in ("Start", "[Enter]", "Back", "[Esc]") or not box.colliderect(briefing.start.box), text


def test_the_pause_card_fits_the_window(begin: Callable[..., LiveScreen]) -> None:
    """The card with every key in it stays within the canvas, above its own buttons."""
    screen = begin()
    escape(screen)
    texts(screen)
    card = screen._card
    assert card is not None
    (last,) = (box for text, box in screen.desk.canvas.placed if text == "Pause, keys, end the drill")

    assert last.bottom < card.buttons[0].box[1]
    assert card.buttons[0].box[1] + card.buttons[0].box[3] < 720


def test_an_instructor_lets_an_event_happen_from_a_list(begin: Callable[..., LiveScreen]) -> None:
    """F5 lists the scenario's events while the drill goes on; a digit or a click lets one happen, and it is logged as the instructor's."""
    screen = begin()
    assert "Instructor" not in texts(screen)
    press(screen, pygame.K_F5, pygame.KSCAN_F5)
    assert "Somebody knocks the sweep gas off" in texts(screen)
    before = screen.snapshot.tick
    screen.update(0.1)
    assert screen.snapshot.tick > before
    press(screen, pygame.K_2, pygame.KSCAN_2)
    assert "Somebody knocks" not in texts(screen)
    screen.update(0.1)

    assert screen.snapshot.controls["sweep_l_min"] == 0.0
    press(screen, pygame.K_F5, pygame.KSCAN_F5)
    x, y, w, h = EventList(screen.live.loaded.scenario.events, ()).row(0)
    at = screen.desk.canvas.rect((x + w / 2, y + h / 2, 1, 1)).topleft
    screen.handle(pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=at))
    screen.update(0.1)
    acts = [(e["verb"], e["target"]) for e in screen.session.run.entries if e["k"] == "action"]
    assert acts == [("instructor", "sweep_knocked"), ("instructor", "help_at_once")]


@pytest.mark.parametrize("leave", [(pygame.K_ESCAPE, pygame.KSCAN_ESCAPE), (pygame.K_F5, pygame.KSCAN_F5)])
def test_the_instructors_list_is_left_without_a_trace(begin: Callable[..., LiveScreen], leave: tuple[int, int]) -> None:
    """Esc and F5 close it; the drill's own keys work again."""
    screen = begin("guided")
    press(screen, pygame.K_F5, pygame.KSCAN_F5)
    press(screen, *leave)
    assert "Instructor" not in texts(screen)
    press(screen, pygame.K_r, pygame.KSCAN_R)
    screen.update(0.1)
    assert [e["target"] for e in screen.session.run.entries if e["k"] == "action"] == ["clamp_return"]


def test_an_exam_has_no_instructors_list(begin: Callable[..., LiveScreen]) -> None:
    """F5 does nothing there."""
    screen = begin("exam")
    press(screen, pygame.K_F5, pygame.KSCAN_F5)
    assert "Instructor" not in texts(screen)
