"""The program's window: one loop that reads the clock, hands events to the screen that is up, and changes screens."""

import contextlib
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pygame

from drill.engine.replay import fork_mode
from drill.engine.runlog import Run
from drill.engine.session import AUTHORING
from drill.errors import DrillError, NameUnknownError, SessionError, ValueRangeError
from drill.records.home import pack_roots
from drill.records.index import kept_runs
from drill.records.store import open_run
from drill.reports.skeleton import deeds
from drill.scenarios.catalogue import Found, find_scenarios
from drill.scenarios.load import Loaded, load_scenario
from drill.ui.briefing import Briefing
from drill.ui.canvas import HEIGHT, WIDTH
from drill.ui.caselist import BrokenCard, Card, CaseCard
from drill.ui.debrief import DebriefScreen
from drill.ui.live import LiveScreen, key_help
from drill.ui.marking import MarkScreen
from drill.ui.menu import Menu
from drill.ui.replay import ReplayScreen, make_film
from drill.ui.run import Finished, LiveRun, Preparation, TakingOver
from drill.ui.runs import RunList
from drill.ui.screens import SPEED_MOST, WINDOW_TITLE, Desk, Leave, Screen
from drill.ui.sound import Sounds, quiet_libraries
from drill.ui.watch import WatchScreen
from drill.units import seconds

FRAMES_HZ: Final = 50  # one frame a tick at real pace
SPEED_VARIABLE: Final = "DRILL_SPEED"
KINDS: Final = {"va_ecmo": "VA ECMO", "vv_ecmo": "VV ECMO", "cpb": "Heart-lung machine"}


def run_app(roots: Sequence[Path] | None = None, *, seed: int | None = None, cause: str | None = None, speed: float | None = None) -> int:
    """Open the window with the menu; return 0 when it is closed.

    `seed` and `cause` fix what each case started from the menu draws. `speed` (or DRILL_SPEED) lets simulated time run
    faster or slower in practice mode. Raises ValueRangeError for a speed out of range, before any window opens.
    """
    desk = _desk(roots, speed=speed, seed=seed, cause=cause)
    return open_window(desk, make_menu)


def play(
    scenario: str,
    *,
    roots: Sequence[Path] | None = None,
    seed: int | None = None,
    mode: str = "practice",
    cause: str | None = None,
    trainee: str = "",
    speed: float | None = None,
    watch: bool = False,
) -> int:
    """Open the window with the briefing of one scenario; return 0 when it is closed.

    `watch` makes it an authoring drill, which goes on in the changed pack whenever a file of it is saved. Raises PackError,
    before any window opens, for a scenario that does not exist or does not load.
    """
    desk = _desk(roots, speed=speed, seed=seed, cause=cause)
    desk.mode, desk.trainee = AUTHORING if watch else mode, trainee
    loaded = _load(desk, scenario)
    return open_window(desk, lambda desk: brief(desk, loaded))


def record(
    scenario: str, *, roots: Sequence[Path] | None = None, seed: int | None = None, cause: str | None = None
) -> tuple[Run, set[int]] | None:
    """Open the window with one scenario, and after the run the list of what was done; return the run and what was marked.

    None where the window was closed without marking. Raises as `play` does.
    """
    desk = _desk(roots, speed=None, seed=seed, cause=cause)
    loaded = _load(desk, scenario)
    ended: list[tuple[Run, MarkScreen]] = []

    def mark(live: LiveRun) -> Screen:
        screen = MarkScreen(desk, deeds(live.session.run))
        ended.append((live.session.run, screen))
        return screen

    open_window(desk, lambda desk: brief(desk, loaded, after=mark))
    return next(((run, screen.marked) for run, screen in ended if screen.done), None)


def _load(desk: Desk, scenario: str) -> Loaded:
    loaded = load_scenario(scenario, roots=desk.roots)
    if desk.cause is not None and desk.cause not in {c.id for c in loaded.scenario.causes}:
        raise NameUnknownError("cause", desk.cause, [c.id for c in loaded.scenario.causes])
    return loaded


def take_over(
    run: Run, loaded: Loaded, tick: int, *, mode: str | None = None, trainee: str = "", advance: Callable[..., Any] | None = None
) -> int:
    """Open the window at a tick of an old run, to go on from there; return 0 when it is closed.

    `advance` is a compiled tick, which only makes it ready sooner. Raises SessionError, before any window opens, for a tick
    that the run does not have.
    """
    if not 0 <= tick <= run.last_tick:
        raise SessionError(f"the run goes from 0 to {seconds(run.last_tick):.1f} s; there is no {seconds(tick):g} s in it")
    desk = _desk(None, speed=None, seed=None, cause=None)
    desk.trainee = trainee
    desk.mode = mode or fork_mode(run)
    return open_window(desk, lambda desk: _briefing(desk, TakingOver(loaded, run, tick, mode=mode, advance=advance)))


def _desk(roots: Sequence[Path] | None, *, speed: float | None, seed: int | None, cause: str | None) -> Desk:
    factor = speed if speed is not None else speed_from_environment()
    return Desk(pack_roots() if roots is None else tuple(roots), sounds=Sounds(muted=True), speed=factor, seed=seed, cause=cause)


def open_window(desk: Desk, first: Callable[[Desk], Screen]) -> int:
    """Open the window with a first screen; return 0 when it is closed. Raises SessionError where no window can be shown."""
    with contextlib.ExitStack() as stack:
        stack.callback(pygame.quit)
        try:
            with quiet_libraries():
                pygame.init()
                pygame.display.init()  # pygame.init() alone says nothing of a display that it could not open
            window = pygame.display.set_mode(first_size(), pygame.RESIZABLE)
        except pygame.error as error:
            raise SessionError(f"no window can be shown here ({error}): see `drill doctor`; `drill run` needs none") from error
        desk.sounds = Sounds()
        pygame.display.set_caption(WINDOW_TITLE)
        pygame.key.set_repeat(350, 40)
        desk.resize(window.get_size())
        loop(first(desk), window)
    return 0


def speed_from_environment() -> float:
    """Return DRILL_SPEED as a number, 1 where it is not set. Raises ValueRangeError naming what was found."""
    text = os.environ.get(SPEED_VARIABLE, "").strip()
    if not text:
        return 1.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= SPEED_MOST:
        raise ValueRangeError(f"{SPEED_VARIABLE} is '{text}': give a number from 0.1 to {SPEED_MOST:g} (it acts in practice mode only)")
    return speed


def first_size() -> tuple[int, int]:
    """Return the window's first size: the logical one, or 16 by 9 within a smaller or much larger desktop."""
    sizes = pygame.display.get_desktop_sizes() or [(WIDTH, HEIGHT)]
    scale = min(sizes[0][0] * 0.9 / WIDTH, sizes[0][1] * 0.85 / HEIGHT, 1.5)
    return (WIDTH, HEIGHT) if scale >= 1.0 and scale < 1.2 else (round(WIDTH * scale), round(HEIGHT * scale))


# -- the way through the screens ---------------------------------------------------------------------------------


def listed(roots: Sequence[Path]) -> list[Found]:
    """Return what is found, as the menu lists it: cases by machine and name, then free play, then what does not load.

    The order says nothing of packs: a case beside another of its pack would give both away.
    """
    order = list(KINDS)

    def place(one: Found) -> tuple[bool, bool, int, str]:
        return bool(one.error), one.free_play, order.index(one.kind) if one.kind in order else len(order), one.name

    return sorted(find_scenarios(roots), key=place)


def make_menu(desk: Desk) -> Menu:
    """Look for cases and make the menu."""
    cards: list[Card] = []
    for one in listed(desk.roots):
        if one.error:
            cards.append(BrokenCard(one.name, tuple(one.error.splitlines())))
        else:
            cards.append(CaseCard(one.ref, one.name, one.line, KINDS.get(one.kind, one.kind.replace("_", " ")), one.free_play))

    def opens(desk: Desk, card: CaseCard, menu: Menu) -> Screen:
        return brief(desk, load_scenario(card.ref, roots=desk.roots), menu)

    return Menu(desk, cards, opens, list_of_runs, secrets.randbelow)


def list_of_runs(menu: Menu) -> Screen:
    """Make the list of kept runs; each leads to its replay, and that back to the list."""
    desk = menu.desk

    def watch(path: Path, back: Screen) -> Screen:
        return ReplayScreen(desk, make_film(open_run(path), roots=desk.roots), lambda: back)

    try:
        return RunList(desk, kept_runs(), watch, lambda: menu)
    except DrillError as error:
        return RunList(desk, [], watch, lambda: menu, unread=str(error))


def brief(desk: Desk, loaded: Loaded, menu: Menu | None = None, *, after: Callable[[LiveRun], Screen] | None = None) -> Briefing:
    """Begin to prepare a run and make its briefing. The seed is drawn here if none was given: the only chance there is.

    `after` makes the screen that follows the run; without it, its debrief.
    """
    seed = desk.seed if desk.seed is not None else secrets.randbelow(2**31)
    return _briefing(desk, Preparation(loaded, seed=seed, mode=desk.mode, cause=desk.cause), menu, after)


def _briefing(desk: Desk, preparation: Preparation, menu: Menu | None = None, after: Callable[[LiveRun], Screen] | None = None) -> Briefing:
    """Make the briefing of what is being prepared, with the way on from it and back."""

    def back() -> Screen:
        return menu if menu is not None else Leave(desk)

    def begin(live: LiveRun) -> Screen:
        def watch(debrief: Screen) -> Screen:
            return ReplayScreen(desk, make_film(live.session.run, loaded=live.loaded, roots=desk.roots), lambda: debrief)

        def debrief(finished: Finished) -> Screen:
            return DebriefScreen(desk, finished, lambda: make_menu(desk), watch)

        def draft(finished: Finished) -> Screen:
            desk.mode = "practice"  # the menu has no authoring
            return DebriefScreen(desk, finished, lambda: make_menu(desk))

        if desk.mode == AUTHORING:
            return WatchScreen(desk, live, draft)
        return LiveScreen(desk, live, debrief if after is None else lambda _: after(live))

    return Briefing(desk, preparation, keys=key_help(), begin=begin, back=back)


def loop(screen: Screen, window: pygame.Surface) -> None:
    """Show `screen` in `window` and those that follow from it until the window is closed. The only place that reads the clock."""
    desk, clock, shown_title = screen.desk, pygame.time.Clock(), ""
    try:
        while not isinstance(screen, Leave):
            dt_s = clock.tick(FRAMES_HZ) / 1000.0
            upcoming: Screen | None = None
            for event in pygame.event.get():
                if event.type == pygame.QUIT:
                    return
                if event.type == pygame.WINDOWSIZECHANGED:
                    window = pygame.display.get_surface() or window
                    desk.resize(window.get_size())
                upcoming = upcoming or screen.handle(event)
            upcoming = upcoming or screen.update(dt_s)
            if upcoming is not None:
                if upcoming is not screen:
                    screen.close()
                    pygame.event.clear(pygame.KEYDOWN)  # a key repeats while a screen is made; it was meant for the one before
                screen = upcoming
                continue
            if screen.title != shown_title:
                shown_title = screen.title
                pygame.display.set_caption(shown_title)
            window.fill(desk.theme["background"])
            desk.canvas.surface = window
            screen.draw(desk.canvas)
            pygame.display.flip()
    finally:
        screen.close()
