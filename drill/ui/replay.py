"""A run on the panel again: to be looked at, stopped, taken back, and talked about. Nothing in it can be done or changed.

The pictures come from simulating the run's causes again (film.py); what goes by is compared with the record, and a
difference is said.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pygame

from drill import TRAINING_ONLY
from drill.engine.runlog import Run
from drill.errors import DrillError
from drill.records.home import pack_roots
from drill.records.settled import OnDisk
from drill.records.store import open_run
from drill.reports.timeline import read_timeline
from drill.reports.view import titles_of
from drill.scenarios.load import Loaded, load_scenario
from drill.ui import transport
from drill.ui.canvas import HEIGHT, WIDTH, Canvas
from drill.ui.film import Film
from drill.ui.forms import Button, inside, paragraph
from drill.ui.live import make_panel
from drill.ui.screens import WINDOW_TITLE, Desk, Leave, Screen
from drill.ui.transport import BAR, Standing
from drill.ui.widgets import chip, clock
from drill.units import TICKS_PER_S, seconds, ticks

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
JUMP_S: Final = 10.0
TRACES_S: Final = 6.0  # as much as the monitor's strips hold
AHEAD_S: Final = 0.010  # tunable: of each frame, for simulating what has not been looked at yet
WAITING_S: Final = 0.060  # tunable: the same while someone waits for it
KEY_HELP: Final = (
    ("Space", "Pause, go on"),
    ("Left Right", "10 s back, on"),
    ("PgUp PgDn", "Previous, next event"),
    ("Up Down", "Faster, slower: 0.25 to 16 times"),
    ("Home End", "To the start, to the end"),
    ("Esc", "Leave the replay"),
)


def play_run(
    run: Path | Run,
    *,
    loaded: Loaded | None = None,
    advance: Callable[..., Any] | None = None,
    roots: Sequence[Path] | None = None,
    at_s: float = 0.0,
) -> int:
    """Open the window with the replay of a run, whole or unfinished; return 0 when it is closed.

    `loaded` is its scenario (None: loaded here from `roots`, with the run's own site values); `advance` a compiled tick, which
    only makes it ready sooner; `at_s` where it begins. Raises, before any window opens, RunFileError for a file that is no
    run, PackError for a scenario that is gone, SessionError for a run of another engine or of a changed pack.
    """
    from drill.ui.app import open_window  # noqa: PLC0415 - the program's window leads to replays, and back

    record = open_run(run) if isinstance(run, Path) else run
    folders = pack_roots() if roots is None else tuple(roots)
    film = make_film(record, loaded=loaded, advance=advance, roots=folders)
    return open_window(Desk(folders), lambda desk: ReplayScreen(desk, film, lambda: Leave(desk), at_s=at_s))


def make_film(run: Run, *, roots: Sequence[Path], loaded: Loaded | None = None, advance: Callable[..., Any] | None = None) -> Film:
    """Return the film of a run. Raises as `play_run` does."""
    if not run.entries:
        raise DrillError("the run has no entries: there is nothing to see")
    if loaded is None:
        loaded = load_scenario(str(run.header["scenario"]), roots=roots, site=run.header["site_values"])
    return Film(run, loaded, advance=advance, settled=OnDisk())


class ReplayScreen(Screen):
    """The panel with the bar in the place of what can be said and done. `back` makes the screen after it."""

    def __init__(self, desk: Desk, film: Film, back: Callable[[], Screen], *, at_s: float = 0.0) -> None:
        """Stand at `at_s`, going on as soon as it is there."""
        super().__init__(desk)
        self.film = film
        self.paused = False
        self.speed = 1.0
        self.position = float(ticks(at_s))
        self._back = back
        self._next: Screen | None = None
        self._panel = make_panel(film.loaded)
        self._panel.watched_only = True
        self._traced = -1
        self._traced_for: Canvas | None = None
        self._dragging = False
        scenario = film.loaded.scenario
        self.case_name = scenario.case.name
        self.timeline = read_timeline(film.run, titles_of(scenario, film.loaded.tasks))
        marks = [e.time_s for e in self.timeline.events] + [b.start_s for b in self.timeline.bands]
        self._marks = sorted({ticks(t) for t in marks})
        self.buttons = self._make_buttons()
        self.failure = ""

    def _make_buttons(self) -> tuple[Button, ...]:
        table = (
            ("Event", "PgUp", pygame.K_PAGEUP, lambda: self.to_event(-1)),
            ("−10 s", "Left", pygame.K_LEFT, lambda: self.jump(-JUMP_S)),
            ("Pause", "Space", pygame.K_SPACE, self.toggle),
            ("+10 s", "Right", pygame.K_RIGHT, lambda: self.jump(JUMP_S)),
            ("Event", "PgDn", pygame.K_PAGEDOWN, lambda: self.to_event(1)),
            ("Slower", "Down", pygame.K_DOWN, lambda: self.change_speed(-1)),
            ("Faster", "Up", pygame.K_UP, lambda: self.change_speed(1)),
        )
        return tuple(
            Button(title, box, press, key, name)
            for box, (title, name, key, press) in zip(transport.button_boxes(len(table)), table, strict=True)
        )

    @property
    def title(self) -> str:
        """The case's neutral name, and that this is not a drill."""
        return f"{self.case_name} · REPLAY · {WINDOW_TITLE}"

    @property
    def tick(self) -> int:
        """The tick that is seen: never beyond what is simulated."""
        return max(0, min(int(self.position), self.film.ready))

    @property
    def waiting(self) -> bool:
        """Whether the place to be seen is not simulated yet."""
        return not self.film.over and self.position > self.film.ready + 1

    # -- what moves it --------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Pause or go on; at the end, go on from the start."""
        if self.film.over and self.position >= self.film.last_tick:
            self.go_to(0)
            self.paused = False
            return
        self.paused = not self.paused

    def jump(self, by_s: float) -> None:
        """Go back or on by so many seconds."""
        self.go_to(int(self.position) + round(by_s * TICKS_PER_S))

    def to_event(self, way: int) -> None:
        """Go to the next event (way 1) or the one before (way -1); from just after one, back goes to the one before it."""
        now = int(self.position)
        if way > 0:
            place = bisect_right(self._marks, now)
            target = self._marks[place] if place < len(self._marks) else self.film.last_tick
        else:
            slack = 0 if self.paused else TICKS_PER_S // 2
            place = bisect_left(self._marks, now - slack) - 1
            target = self._marks[place] if place >= 0 else 0
        self.go_to(target)

    def change_speed(self, way: int) -> None:
        """Go to the next faster or slower pace."""
        place = SPEEDS.index(self.speed) + way
        self.speed = SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]

    def go_to(self, tick: int) -> None:
        """Stand at a tick of the run, as soon as it is simulated."""
        self.position = float(min(max(tick, 0), self.film.last_tick))
        self._traced_for = None

    # -- the screen -----------------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event) -> Screen | None:
        """Move through the run, or leave it."""
        canvas = self.desk.canvas
        if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
            self._next = self._back()
        elif event.type == pygame.KEYDOWN and event.key in (pygame.K_HOME, pygame.K_END):
            self.go_to(0 if event.key == pygame.K_HOME else self.film.last_tick)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and inside(BAR, canvas.logical(event.pos)):
            self._dragging = True
            self._drag_to(canvas.logical(event.pos)[0])
        elif event.type == pygame.MOUSEMOTION and self._dragging:
            self._drag_to(canvas.logical(event.pos)[0])
        elif event.type == pygame.MOUSEBUTTONUP:
            self._dragging = False
        else:
            for button in self.buttons:
                if button.handle(event, canvas):
                    break
        return self._next

    def _drag_to(self, x: float) -> None:
        self.go_to(ticks(transport.time_at(x, seconds(self.film.last_tick))))

    def update(self, dt_s: float) -> Screen | None:
        """Simulate a little on, and let the run go by at its pace."""
        if self._next is not None or self.failure:
            return self._next
        try:
            self.film.develop(WAITING_S if self.waiting else AHEAD_S)
        except DrillError as error:
            self.failure = str(error)
            return None
        last = self.film.last_tick
        if self.film.over and self.position >= last:
            self.position, self.paused = float(last), True
        if not (self.paused or self.waiting or self._dragging or self.film.settling):
            self.position = min(self.position + dt_s * self.speed * TICKS_PER_S, float(last))
            if not self.film.over:
                self.position = min(self.position, float(max(self.film.ready, 0)))
        return None

    def _trace(self, canvas: Canvas) -> None:
        """Give the monitor the ticks that went by; after a jump, those that led there."""
        tick = self.tick
        if self._traced_for is not canvas or tick < self._traced:
            self._traced_for = canvas
            self._panel.clear_traces(canvas)
            self._traced = max(tick - ticks(TRACES_S), -1)
        # In faster time the traces run at real pace: they see every so many-th tick.
        step = max(1, round(self.speed))
        for one in range(self._traced + step, tick + 1, step):
            self._panel.trace(canvas, one, self.film.wave(one))
            self._traced = one

    def draw(self, canvas: Canvas) -> None:
        """Draw the panel, the bar over it, and what this is."""
        if self.failure or self.film.ready < 0:
            self._draw_waiting(canvas)
            return
        self._trace(canvas)
        self._panel.draw(canvas, self.film.at(self.tick))
        for button in self.buttons:
            if button.key == pygame.K_SPACE:
                button.title = "Go on" if self.paused else "Pause"
        transport.draw_transport(canvas, self.timeline, self._standing())
        for button in self.buttons:
            transport.draw_button(canvas, button.box, button.title, button.key_name, hot=button.hot)
        theme = canvas.theme
        wide = canvas.width("REPLAY", "label", bold=True) + 20
        chip(canvas, "REPLAY", WIDTH / 2 - 56 - wide, 18, colour=theme["background"], fill=theme["accent"])
        corners = ((1.0, 1.0), (WIDTH - 2.0, 1.0), (WIDTH - 2.0, HEIGHT - 2.0), (1.0, HEIGHT - 2.0))
        for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
            canvas.line(theme["accent"], start, end, 2)

    def _standing(self) -> Standing:
        film, time_s = self.film, seconds(self.tick)
        state = (
            f"simulating up to {clock(self.position / TICKS_PER_S)}: {100 * max(film.ready, 0) / max(self.position, 1):.0f} %"
            if self.waiting
            else "at the end"
            if film.over and self.position >= film.last_tick
            else "paused"
            if self.paused
            else ""
        )
        before = [e for e in self.timeline.events if e.time_s <= time_s + 1e-9]
        now = f"{clock(before[-1].time_s)}  {before[-1].text}" if before else "before anything happens"
        problem = film.problem and f"This replay is {film.problem}" if film.problem.startswith("not") else film.problem
        return Standing(time_s, seconds(film.ready), seconds(film.last_tick), self.speed, state, now, problem)

    def _draw_waiting(self, canvas: Canvas) -> None:
        theme = canvas.theme
        chip(canvas, f"REPLAY · {TRAINING_ONLY}", 48, 40, colour=theme["background"], fill=theme["accent"])
        words = f"This run cannot be played again. {self.failure}" if self.failure else "The machine is being prepared."
        paragraph(canvas, words, (48, 80), WIDTH - 96, "text", theme["text"])
        canvas.text("[Esc] leaves", (48, HEIGHT - 40), "label", theme["quiet"])
