"""The drill of somebody who writes its pack: each save forks it into the new pack, and F4 shows where the story stands."""

from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Final

import pygame

from drill.engine.runlog import Run
from drill.engine.session import AUTHORING
from drill.engine.story import Story
from drill.errors import DrillError, PackError
from drill.reports.timeline import clock
from drill.scenarios.library import BASE, Library
from drill.scenarios.load import Loaded, load_scenario
from drill.ui.canvas import Canvas
from drill.ui.forms import wrapped
from drill.ui.live import Debriefs, LiveScreen, make_panel
from drill.ui.run import LiveRun, TakingOver
from drill.ui.screens import Desk, Screen
from drill.ui.storyview import draw_story

STORY_KEY: Final = pygame.KSCAN_F4
LOOK_S: Final = 0.4  # tunable: how often the files are looked at
NOTE_S: Final = 6.0  # tunable: how long it is said that the drill went on
NOTE_BOX: Final = (12.0, 80.0, 760.0)
MOST_LINES: Final = 7
Stamp = tuple[tuple[str, int, int], ...]


class Watched:
    """The files of a scenario's pack and of the base pack. `changed` says whether any was saved since it was last asked."""

    def __init__(self, ref: str, roots: Sequence[Path]) -> None:
        """Look for the first time."""
        packs = Library(roots).packs
        self._folders = [packs[name] for name in dict.fromkeys((ref.partition("/")[0], BASE)) if name in packs]
        self._last = self._stamp()

    def changed(self) -> bool:
        """Say whether a file is otherwise than before."""
        now = self._stamp()
        before, self._last = self._last, now
        return now != before

    def _stamp(self) -> Stamp:
        found: list[tuple[str, int, int]] = []
        for folder in self._folders:
            try:
                for path in sorted(folder.rglob("*.yaml")):
                    stat = path.stat()
                    found.append((str(path), stat.st_mtime_ns, stat.st_size))
            except OSError:  # a file that is being replaced: it is there at the next look
                continue
        return tuple(found)


class Loading:
    """A scenario being loaded beside the running drill. When it is `ready`, `loaded` is there, or `problems` say why not."""

    def __init__(self, ref: str, roots: Sequence[Path]) -> None:
        """Begin at once."""
        self.loaded: Loaded | None = None
        self.problems: tuple[str, ...] = ()
        self._thread = Thread(target=self._work, args=(ref, tuple(roots)), name="load", daemon=True)
        self._thread.start()

    def _work(self, ref: str, roots: tuple[Path, ...]) -> None:
        try:
            self.loaded = load_scenario(ref, roots=roots)
        except DrillError as error:
            listed = error.diagnostics if isinstance(error, PackError) else ()
            self.problems = tuple(str(one) for one in listed) or (str(error),)

    @property
    def ready(self) -> bool:
        """Whether it is done."""
        return not self._thread.is_alive()


class WatchScreen(LiveScreen):
    """A live drill that follows its pack. A pack that does not load leaves the old drill running and says what is wrong."""

    def __init__(self, desk: Desk, live: LiveRun, debrief: Debriefs) -> None:
        """Begin to watch."""
        super().__init__(desk, live, debrief)
        self.problems: tuple[str, ...] = ()
        self.story_shown = False
        self._watched = Watched(live.loaded.ref, desk.roots)
        self._look_in_s = LOOK_S
        self._loading: Loading | None = None
        self._forking: TakingOver | None = None
        self._note = ""
        self._note_s = 0.0
        self._follow()

    @property
    def title(self) -> str:
        """The scenario's own name: its author knows it."""
        return f"{self.live.loaded.ref} · watching · Drill"

    @property
    def forking(self) -> bool:
        """Whether the drill stands still on its way into the new pack."""
        return self._forking is not None

    def _follow(self) -> None:
        """Read the run from its beginning into a new story."""
        run = self.session.run
        self.story = Story(self.live.loaded.scenario, run.header["draws"])
        self._read = 0
        self._read_on()

    def _read_on(self) -> None:
        entries = self.session.run.entries
        while self._read < len(entries):
            self.story.feed(entries[self._read])
            self._read += 1

    def handle(self, event: pygame.Event) -> Screen | None:
        """Show or hide the story; the rest is the drill's, while it can be seen and stands not still for a fork."""
        if event.type == pygame.KEYDOWN and self._card is None:
            closes = self.story_shown and event.key == pygame.K_ESCAPE
            if event.scancode == STORY_KEY or closes:
                self.story_shown = not self.story_shown
                return None
        if self._forking is not None or (self.story_shown and self._card is None):
            return None
        return super().handle(event)

    def update(self, dt_s: float) -> Screen | None:
        """Look at the files, and tick on unless the drill is on its way into the new pack."""
        self._note_s = max(0.0, self._note_s - dt_s)
        self._look_in_s -= dt_s
        if self._look_in_s <= 0.0 and self._loading is None and self._forking is None:
            self._look_in_s = LOOK_S
            if self._watched.changed():
                self._loading = Loading(self.live.loaded.ref, self.desk.roots)
        if self._loading is not None and self._loading.ready:
            self._take_up(self._loading)
            self._loading = None
        if self._forking is not None:
            if self._forking.ready:
                self._go_on(self._forking)
                self._forking = None
            return self._next
        upcoming = super().update(dt_s)
        self._read_on()
        return upcoming

    def _take_up(self, loading: Loading) -> None:
        self.problems = loading.problems
        if loading.loaded is None:
            return
        if loading.loaded.digest == self.live.loaded.digest:
            self._say("Saved: nothing that this drill depends on has changed.")
            return
        self.desk.sounds.stop()
        before = self.session.run
        self._forking = TakingOver(loading.loaded, Run(before.header, tuple(before.entries)), before.last_tick, mode=AUTHORING)

    def _go_on(self, forking: TakingOver) -> None:
        """Put the new drill in the old one's place, or keep the old one and say why."""
        try:
            live = LiveRun(forking, self.live.trainee)
        except DrillError as error:
            self.problems = (f"the drill cannot go on in the new pack: {error}",)
            return
        same_look = live.loaded.circuit == self.live.loaded.circuit and live.loaded.tasks.groups == self.live.loaded.tasks.groups
        self.live, self.session = live, live.session
        if not same_look:
            self.panel = make_panel(live.loaded)
        self.snapshot = self.session.snapshot()
        self.panel.feed(self.desk.canvas, self.snapshot)
        self._card, self._events, self._debt_s = None, None, 0.0
        if self.session.paused:
            self.session.resume()
        self._follow()
        if self.session.ended:
            self._open_end()
        self._say(f"The drill goes on in the new pack, at {clock(self.snapshot.time_s)}.")

    def _say(self, text: str) -> None:
        self._note, self._note_s = text, NOTE_S

    # -- drawing --------------------------------------------------------------------------------------------------

    def draw(self, canvas: Canvas) -> None:
        """Draw the panel or the story, and what there is to say about the pack."""
        if self.story_shown:
            draw_story(canvas, self.live.loaded.scenario, self.story, self.snapshot.time_s)
            if self._card is not None:
                self._card.draw(canvas)
        else:
            super().draw(canvas)
        if self._forking is not None:
            self._banner(canvas, "Playing up to the same second in the new pack", ())
        elif self.problems:
            count = f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
            self._banner(canvas, f"The saved pack does not load ({count}): this drill goes on as it was", self.problems)
        elif self._note_s > 0.0:
            self._banner(canvas, self._note, ())

    def _banner(self, canvas: Canvas, title: str, lines: Sequence[str]) -> None:
        theme = canvas.theme
        x, y, wide = NOTE_BOX
        rows = [row for line in lines for row in wrapped(canvas, line, "label", wide - 32)]
        if len(rows) > MOST_LINES:
            rows = [*rows[: MOST_LINES - 1], f"and {len(rows) - MOST_LINES + 1} more lines: 'drill check' lists everything"]
        tall = 36 + 16 * len(rows) + (6 if rows else 0)
        canvas.panel((x, y, wide, tall), theme["raised"], theme["text"] if rows else theme["accent"], radius=8, width=2 if rows else 1)
        canvas.text(canvas.fitted(title, "text", wide - 32, bold=True), (x + 16, y + 23), "text", bold=True)
        for place, row in enumerate(rows):
            canvas.text(row, (x + 16, y + 44 + 16 * place), "label")
