"""Things on the screen that can be touched: their place, their name, and all that can be done with them.

Each pane lists its spots; pointer, Tab key and menus work on the list alone, so no control can have a way of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from drill.engine.actions import Action
from drill.engine.snapshot import OptionView
from drill.ui.canvas import Box, Point

NEAR = 9.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be done: an action, or a `reason` why not now. `note` is small: seconds, hands, a state."""

    title: str
    action: Action | None
    note: str = ""
    reason: str = ""
    key: str = ""
    more: tuple[Action, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """What choosing it sends; nothing while it cannot be done."""
        return () if self.action is None or self.reason else (self.action, *self.more)


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing that can be touched. A click does the first entry if `direct`, else it opens the list of entries.

    `control` and `step` are what the wheel moves; `key` is shown on the thing; `near` are points that belong to it too.
    """

    id: str
    box: Box
    name: str
    state: str = ""
    entries: tuple[Entry, ...] = ()
    direct: bool = False
    control: str = ""
    step: float = 0.0
    key: str = ""
    round: bool = False
    near: tuple[Point, ...] = ()

    def holds(self, point: Point) -> bool:
        """Return whether a logical point is on it."""
        x, y, w, h = self.box
        if self.near and any(abs(point[0] - px) < NEAR and abs(point[1] - py) < NEAR for px, py in self.near):
            return True
        if self.round:
            return ((point[0] - x - w / 2) / (w / 2)) ** 2 + ((point[1] - y - h / 2) / (h / 2)) ** 2 <= 1.0
        return x <= point[0] < x + w and y <= point[1] < y + h


def spot_at(spots: Iterable[Spot], point: Point) -> Spot | None:
    """Return the topmost spot under a point: the last in the list."""
    return next((s for s in reversed(tuple(spots)) if s.holds(point)), None)


def option_entries(options: Iterable[OptionView], wanted: Iterable[str]) -> tuple[Entry, ...]:
    """Return the entries of the things to look at and do that are named, in that order, `do` before `order`."""
    by_target: dict[str, list[OptionView]] = {}
    for option in options:
        by_target.setdefault(option.target, []).append(option)
    return tuple(option_entry(o) for name in wanted for o in by_target.get(name, ()))


def option_entry(option: OptionView) -> Entry:
    """Return the entry that carries out one option; of a running one without an end, the entry that stops it."""
    note = f"{option.seconds:.0f} s" if option.seconds > 0 else "until stopped" if option.verb in {"do", "order"} else ""
    if option.hands:
        note += f" · {option.hands} hand{'s' if option.hands > 1 else ''}"
    if option.verb == "order":
        return Entry(f"Ask for: {option.title}", Action(verb="order", target=option.target), note, option.reason)
    if option.verb == "look":
        return Entry(f"Look: {option.title}", Action(verb="look", target=option.target), note, option.reason)
    if option.verb == "say":
        return Entry(option.title, Action(verb="say", target=option.target), note, option.reason)
    return Entry(option.title, Action(verb="do", target=option.target), note, option.reason)


def stop_entry(option: OptionView) -> Entry:
    """Return the entry that breaks off a running job."""
    return Entry(f"Stop: {option.title}", Action(verb="stop", target=option.target))
