"""The drill itself: real time becomes ticks, the panel's gestures become actions, and what ends the run is caught."""

from collections.abc import Callable, Iterable
from typing import Final

import pygame

from drill.engine.actions import INSTRUCTOR_END, Action
from drill.engine.snapshot import Snapshot
from drill.scenarios.load import Loaded
from drill.ui.canvas import WIDTH, Canvas
from drill.ui.forms import Button, pill
from drill.ui.instructor import INSTRUCTOR_KEY, EventList
from drill.ui.overlay import Card
from drill.ui.panel import KEY_HELP, Panel
from drill.ui.run import Finished, LiveRun
from drill.ui.screens import WINDOW_TITLE, Desk, Screen
from drill.units import TICK_S

CATCH_UP_S: Final = 0.25  # tunable: after a hitch the drill goes on, it does not race
BUSY_MS: Final = 45  # tunable: ticks may take this much of a frame before the picture is drawn anyway
Debriefs = Callable[[Finished], Screen]


def key_help() -> tuple[tuple[str, str], ...]:
    """Return every key with what it does: the panel's own, and those of the drill around it."""
    return (*KEY_HELP, ("F5", "Instructor: what may happen now; never in an exam"), ("Esc", "Pause, keys, end the drill"))


def make_panel(loaded: Loaded) -> Panel:
    """Return the panel of a scenario's circuit; in free play it writes the name of every control."""
    return Panel(loaded.circuit, loaded.tasks.groups, named=loaded.scenario.free_play)


class LiveScreen(Screen):
    """Embeds the panel; over it the pause card, the end card and what must not be missed about the record."""

    def __init__(self, desk: Desk, live: LiveRun, debrief: Debriefs) -> None:
        """Begin to tick at the next update."""
        super().__init__(desk)
        self.live = live
        self.session = live.session
        self.panel = make_panel(live.loaded)
        self.snapshot: Snapshot = self.session.snapshot()
        self._debrief = debrief
        self._debt_s = 0.0
        self._unseen = 0
        self._next: Screen | None = None
        self._card: Card | None = None
        self._events: EventList | None = None
        self._finishing = False
        self._exam = self.snapshot.mode == "exam"

    @property
    def title(self) -> str:
        """The case's neutral name."""
        return f"{self.snapshot.case_name} · {WINDOW_TITLE}"

    @property
    def speed(self) -> float:
        """Simulated seconds per real second: other than 1 in practice mode alone."""
        return self.desk.speed if self.snapshot.mode in ("practice", "authoring") else 1.0

    # -- input ----------------------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event) -> Screen | None:
        """Give the event to the card that is up, else to the panel, and submit what the hands did."""
        if self._card is not None:
            self._card.handle(event, self.desk.canvas)
            return self._next
        if self._events is not None or self._asks_for_events(event):
            self._instruct(event)
            return self._next
        used = self.panel.handle(event, self.desk.canvas, self.snapshot)
        self._submit(used or ())
        if used is None and event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
            self._open_pause()
        return self._next

    def _asks_for_events(self, event: pygame.Event) -> bool:
        return not self._exam and event.type == pygame.KEYDOWN and event.scancode == INSTRUCTOR_KEY

    def _instruct(self, event: pygame.Event) -> None:
        """Open the instructor's list, or let it take the event and close when it is done."""
        if self._events is None:
            acts = (entry for entry in self.session.run.entries if entry["k"] == "action" and entry["verb"] == "instructor")
            self._events = EventList(self.live.loaded.scenario.events, [entry["target"] for entry in acts])
            return
        action = self._events.handle(event, self.desk.canvas)
        self._submit([] if action is None else [action])
        if not self._events.open:
            self._events = None

    def _submit(self, actions: Iterable[Action]) -> None:
        for action in actions:
            self.session.submit(action)

    def _open_pause(self) -> None:
        if not self._exam:
            self.session.pause()
            self.desk.sounds.stop()
        title = "The exam goes on" if self._exam else "Paused"
        record = self.live.problem or "The run is being recorded."
        lines = [
            "An exam cannot be paused: the clock runs behind this card. Ending it here counts."
            if self._exam
            else "The drill stands still.",
            record,
        ]
        ends = "End the exam" if self._exam else "End the drill"
        buttons = [
            Button("Go on", (0, 0, 0, 0), self._close_pause, pygame.K_ESCAPE, "Esc", primary=True),
            Button(ends, (0, 0, 0, 0), self._end, pygame.K_F10, "F10"),
        ]
        self._card = Card(title, lines, buttons, keys=key_help(), width=640)

    def _close_pause(self) -> None:
        self._card = None
        if self.session.paused:
            self.session.resume()

    def _end(self) -> None:
        """End the run as its own hand: an instructor's end, in the log like everything else."""
        self._close_pause()
        self.session.submit(Action(verb="instructor", target=INSTRUCTOR_END))

    # -- time -----------------------------------------------------------------------------------------------------

    def update(self, dt_s: float) -> Screen | None:
        """Turn real time into ticks, at most CATCH_UP_S of it at once."""
        if self._next is not None:
            return self._next
        if self._finishing:
            self._next = self._debrief(self.live.finish())
            return self._next
        if self.snapshot.ended or self.session.paused:
            return None
        self._submit(self.panel.poll(self.snapshot))
        self._debt_s = min(self._debt_s + dt_s * self.speed, CATCH_UP_S * max(self.speed, 1.0))
        begun = pygame.time.get_ticks()
        while self._debt_s >= TICK_S and not self.snapshot.ended:
            self.session.tick()
            self._debt_s -= TICK_S
            self._unseen += 1
            if pygame.time.get_ticks() - begun > BUSY_MS:
                self._debt_s = 0.0
            # The traces run at real pace: in faster time they see every so many-th tick, since a snapshot costs like a tick.
            if self._unseen >= self.speed or self.session.ended:
                self._unseen = 0
                self.snapshot = self.session.snapshot()
                self.panel.feed(self.desk.canvas, self.snapshot)
        self.desk.sounds.update(self.snapshot, dt_s)
        if self.session.ended:
            self._open_end()
        return None

    def _open_end(self) -> None:
        self.desk.sounds.stop()
        line = self.snapshot.log[-1].text if self.snapshot.log else ""
        lines = [f"The drill ended after {self._clock()}: {line or self.snapshot.outcome}."]
        if self.live.problem:
            lines.append(self.live.problem)
        self._card = Card(
            "End of the drill", lines, [Button("Debrief", (0, 0, 0, 0), self._finish, pygame.K_RETURN, "Enter", primary=True)]
        )

    def _clock(self) -> str:
        whole = int(self.snapshot.time_s)
        return f"{whole // 60} min {whole % 60:02d} s"

    def _finish(self) -> None:
        self._finishing = True

    # -- drawing --------------------------------------------------------------------------------------------------

    def draw(self, canvas: Canvas) -> None:
        """Draw the panel and what lies over it."""
        self.panel.draw(canvas, self.snapshot)
        if self.live.problem:
            pill(canvas, "NOT RECORDED", WIDTH / 2 + 250, 18)
        if self._finishing:
            canvas.text("Judging the run", (WIDTH / 2, 700), "text", canvas.theme["quiet"], align="centre")
        if self._events is not None:
            self._events.draw(canvas)
        if self._card is not None:
            self._card.draw(canvas)

    def close(self) -> None:
        """End a run that is still going, and close its file: nothing that was started stays open."""
        self.desk.sounds.stop()
        if not self.session.ended:
            if self.session.paused:
                self.session.resume()
            self.session.submit(Action(verb="instructor", target=INSTRUCTOR_END))
            self.session.tick()
        self.live.finish()
