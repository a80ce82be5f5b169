"""What a robot may know: what a trainee could see, never the truth and never the hidden cause."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from drill.engine.actions import Action
from drill.engine.frame import Frame
from drill.engine.snapshot import OptionView, Snapshot
from drill.errors import SessionError


class Unseen(Mapping[str, float]):
    """Stands where a frame holds the true readings: asking it is an error of the robot or of its play."""

    def __getitem__(self, name: str) -> float:
        """Refuse; SessionError names the reading."""
        raise SessionError(f"a robot asked for the true reading '{name}': robots and plays see only shown readings ('shown: {name}')")

    def __iter__(self) -> Iterator[str]:
        """Hold nothing."""
        return iter(())

    def __len__(self) -> int:
        """Hold nothing."""
        return 0


UNSEEN = Unseen()


def blindfold(frame: Frame) -> Frame:
    """Return the frame without its true readings."""
    return frame._replace(true=UNSEEN, stage="")


class Running(Protocol):
    """The part of a session that a robot plays through."""

    @property
    def ended(self) -> bool:
        """Whether the run is over."""

    @property
    def frame(self) -> Frame:
        """The last frame, of the last fifth tick."""

    def submit(self, action: Action) -> None:
        """Queue an action for the start of the next tick."""

    def tick(self) -> None:
        """Advance by one tick."""

    def why_not(self, action: Action) -> str:
        """Return why the panel would not let an action be done now, "" if it would."""

    def options(self) -> tuple[OptionView, ...]:
        """Return what the panel would list."""

    def snapshot(self) -> Snapshot:
        """Return what the panel would draw."""


class Robot(Protocol):
    """A virtual trainee. It decides once a frame (every fifth tick) and answers with actions for the next tick."""

    def decide(self, frame: Frame, session: Running) -> tuple[Action, ...]:
        """Return what to do now; `frame` holds no truth."""
