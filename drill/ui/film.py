"""A run developed into pictures: its causes are simulated once, forwards, and what a screen needs of each moment is kept.

So a jump costs nothing where the film has been developed; where it has not, it is developed up to there first.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from drill.engine.entries import Entry
from drill.engine.replay import again
from drill.engine.runlog import Run
from drill.engine.session import Session
from drill.engine.setup import Settled
from drill.engine.snapshot import Snapshot, Wave
from drill.errors import DrillError
from drill.scenarios.load import Loaded
from drill.ui.widgets import clock
from drill.units import FRAME_TICKS, seconds

PICTURES_MOST: Final = 9000  # tunable: fifteen minutes at ten a second, about 40 MB; a longer run has fewer a second
CHUNK: Final = 8  # ticks between two looks at the clock


class Film:
    """The pictures of one run. `ready` is how far they reach (-1: not even the first), `problem` what is not as it was recorded."""

    def __init__(self, run: Run, loaded: Loaded, *, advance: Callable[..., Any] | None = None, settled: Settled | None = None) -> None:
        """Begin to prepare the machine, in the background. Raises SessionError for a run of another engine or pack."""
        self.run, self.loaded = run, loaded
        self.last_tick = run.last_tick
        self.ready = -1
        self.problem = ""
        self.over = False
        self._stride = FRAME_TICKS * max(1, -(-self.last_tick // (FRAME_TICKS * PICTURES_MOST)))
        self._steps: Iterator[tuple[int, Session]] = again(run, loaded, advance, settled)
        self._pictures: list[Snapshot] = []
        self._waves: list[Wave] = []
        self._compared = 0
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._settle, name="settle", daemon=True)
        self._thread.start()

    @property
    def settling(self) -> bool:
        """Whether the machine is still being prepared: nothing can be seen yet."""
        return self._thread.is_alive()

    def develop(self, seconds_most: float, until: int | None = None) -> None:
        """Simulate on for about so long in real seconds, or up to a tick. Does nothing while the machine settles and when all is done."""
        if self.settling:
            return
        if self._error is not None:
            raise self._error
        begun = time.monotonic()
        while not self.over and (until is None or self.ready < until) and time.monotonic() - begun < seconds_most:
            for _ in range(CHUNK):
                self._step()

    def wait(self) -> None:
        """Wait until the machine has settled."""
        self._thread.join()
        self.develop(0)

    def at(self, tick: int) -> Snapshot:
        """Return the picture of a tick, or the last one before it; `tick` must not lie beyond `ready`."""
        place = min(max(tick, 0) // self._stride, len(self._pictures) - 1)
        if self._pictures[-1].tick <= tick:
            place = len(self._pictures) - 1
        return self._pictures[place]

    def wave(self, tick: int) -> Wave:
        """Return the samples of a tick that is ready."""
        return self._waves[min(max(tick, 0), len(self._waves) - 1)]

    # -- inside -----------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        try:
            self._take(*next(self._steps))
        except BaseException as error:  # noqa: BLE001 - it is raised again where someone can act on it
            self._error = error

    def _step(self) -> None:
        try:
            step = next(self._steps, None)
        except DrillError as error:
            self._end(f"from {clock(seconds(self.ready))} on the record cannot be played again: {error}")
            return
        if step is None:
            self._end("")
        else:
            self._take(*step)

    def _end(self, problem: str) -> None:
        self.over = True
        self.problem = self.problem or problem
        self.last_tick = max(self.ready, 0)

    def _take(self, tick: int, session: Session) -> None:
        """Keep what this step shows. A pause is a step without a tick: it changes nothing that is seen."""
        if tick <= self.ready:
            return
        self.ready = tick
        self._waves.append(session.wave())
        if tick % self._stride == 0 or session.ended:
            snapshot = session.snapshot()
            self._pictures.append(_shared(snapshot, self._pictures[-1]) if self._pictures else snapshot)
        if not self.problem:
            self._compare(session.run.entries)

    def _compare(self, fresh: Sequence[Entry]) -> None:
        """Say where the simulation leaves the record; what is drawn is the simulation."""
        old = self.run.entries
        while self._compared < min(len(fresh), len(old)):
            mine, theirs = fresh[self._compared], old[self._compared]
            if mine != theirs:
                self.problem = f"not what was recorded, from {clock(seconds(int(theirs['t'])))} on"
                return
            self._compared += 1


def _shared(new: Snapshot, old: Snapshot) -> Snapshot:
    """Let two pictures share what is equal in both: most of a minute's pictures are."""
    return replace(
        new,
        notes=old.notes if new.notes == old.notes else new.notes,
        controls=old.controls if new.controls == old.controls else new.controls,
        control_since=old.control_since if new.control_since == old.control_since else new.control_since,
        alarms=old.alarms if new.alarms == old.alarms else new.alarms,
        team=old.team if new.team == old.team else new.team,
        options=old.options if new.options == old.options else new.options,
        log=old.log if new.log == old.log else new.log,
    )
