"""Things on the screen that can be touched: their place, their name, and all that can be done with them.

Each pane lists its spots; pointer, Tab key and menus work on the list alone, so no control can have a way of its own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drill.circuit.controls import CONTROLS
from drill.engine.actions import Action
from drill.engine.lines import CONTROL_TITLES
from drill.engine.snapshot import OptionView
from drill.ui.canvas import Box, Point

NEAR = 9.0
STEPS = {
    "sweep_l_min": 0.5, "fdo2_pct": 5.0, "water_temp_c": 0.5, "water_flow_l_min": 1.0, "heparin_iu_h": 100.0, "vent_l_min": 0.5,
    "noradrenaline_mcg_min": 5.0, "adrenaline_mcg_min": 2.0, "pacing_bpm": 10.0,
    "suction_rpm": 5.0, "vent_rpm": 5.0, "cardioplegia_rpm": 5.0, "spare_rpm": 5.0, "vacuum_mmhg": 10.0,
}  # fmt: skip


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


def control_entries(controls: Mapping[str, float], wanted: Iterable[str]) -> tuple[Entry, ...]:
    """Return the entries that move the controls that are named: a switch both ways, whatever it stands at, a knob by a step.

    Both ways of a switch are listed, since how it stands may be what a look has to find out.
    """
    entries: list[Entry] = []
    for name in wanted:
        control, title = CONTROLS[name], CONTROL_TITLES.get(name, CONTROLS[name].meaning)
        words = re.fullmatch(r"0 (\w+) - 1 (\w+)", control.unit)
        if words is not None:
            entries += [Entry(f"{title}: {words[1 + to]}", Action(verb="set", target=name, value=float(to))) for to in (1, 0)]
            continue
        now, step = controls.get(name, control.default), STEPS.get(name, (control.high - control.low) / 20)
        less, more = max(control.low, round(now - step, 3)), min(control.high, round(now + step, 3))
        unit = "" if control.unit == "%" else " "
        entries.append(Entry(f"{title} less, {less:g}{unit}{control.unit}", Action(verb="set", target=name, value=less)))
        entries.append(Entry(f"{title} more, {more:g}{unit}{control.unit}", Action(verb="set", target=name, value=more)))
        if control.low == 0 and now > 0:
            entries.append(Entry(f"{title} off", Action(verb="set", target=name, value=0.0)))
    return tuple(entries)
