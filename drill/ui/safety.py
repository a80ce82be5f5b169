"""The pane of the log and what stands behind it: alarm limits, interlocks, the alarm log, results of the laboratory.

In guided mode the guide stands before them: everything that is due now, with its why.

What is off, overridden or acting is told on its tab whichever of them is open.
"""

from drill.circuit.alarms import AlarmLimit
from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import ELECTRONIC_CLAMP
from drill.circuit.readings import READINGS
from drill.engine.actions import Action
from drill.engine.snapshot import InterlockView, Snapshot
from drill.ui.canvas import Box, Canvas
from drill.ui.forms import wrapped
from drill.ui.keys import keys_of
from drill.ui.panes import LOG_LINES, ROW, draw_log_lines
from drill.ui.spots import Entry, Spot
from drill.ui.theme import Colour
from drill.ui.widgets import cap_width, clock, key_cap, reading_text
from drill.units import TICKS_PER_S, seconds

TABS = (("log", "Log"), ("limits", "Limits"), ("interlocks", "Interlocks"), ("alarms", "Alarm log"), ("labs", "Lab"))
GUIDE = "guide"
WIDTHS = {GUIDE: 48.0, "log": 40.0, "limits": 84.0, "interlocks": 136.0, "alarms": 80.0, "labs": 54.0}
STEPS = {"degC": 0.5, "L/min": 0.1, "mL": 10.0, "mmHg": 5.0, "%": 1.0, "rpm": 10.0}
FINE = {"limit_bubble_ml": 0.1}  # steps that differ from their unit's
COLUMNS, ROWS = 3, 6
GUIDE_STEP, GUIDE_ROWS = 14.0, 9
HOSTS = (("console_alarms", "Console alarms"), ("monitor_alarms", "Monitor alarms"))
SHORT = {"Water over-temperature": "Water cut-out"}
BRIEF = {"no signal": "blind"}  # on a tab: five of them in guided mode leave no room for two words
NEXT = "side_next"


class Safety:
    """The pane in `box`; `tab` is the one that is open."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.tab = "log"
        self.tabs: tuple[tuple[str, str], ...] = TABS

    def follow(self, snapshot: Snapshot) -> None:
        """Put the guide before the other tabs while somebody is guided, open at first."""
        if (snapshot.mode == "guided") != (self.tabs is not TABS):
            self.tabs = ((GUIDE, "Guide"), *TABS) if self.tabs is TABS else TABS
            self.tab = self.tabs[0][0]

    def turn(self, to: str = "") -> str:
        """Open a tab, or the next one; return the first thing on it for the focus."""
        names = [name for name, _ in self.tabs]
        self.tab = to or names[(names.index(self.tab) + 1) % len(names)]
        return f"tab_{self.tab}"

    # -- what can be touched --------------------------------------------------------------------------------------

    def spots(self, snapshot: Snapshot, names: dict[int, str]) -> list[Spot]:
        """Return the tabs, and what can be set on the open one."""
        self.follow(snapshot)
        key = keys_of(NEXT, names)[0]
        tabs = [
            Spot(f"tab_{name}", (left, self.box[1] + 3, wide, 22), title, _told(name, snapshot) or "open it", key=key)
            for (name, title), (left, wide) in zip(self.tabs, self._places(), strict=True)
        ]
        if self.tab == "limits":
            return [
                *tabs,
                *(self._limit_spot(k, limit, key) for k, limit in enumerate(_settable(snapshot))),
                *self._host_spots(snapshot, key),
            ]
        if self.tab == "interlocks":
            return [*tabs, *(self._lock_spot(k, lock, snapshot, key) for k, lock in enumerate(snapshot.interlocks[: ROWS + 1]))]
        return tabs

    def _places(self) -> list[tuple[float, float]]:
        """Return left edge and width of each tab."""
        spare = WIDTHS[GUIDE] if self.tabs is TABS else 0.0  # without a guide its room is the interlocks', which have most to tell
        widths = [WIDTHS[name] + (spare if name == "interlocks" else 0.0) for name, _ in self.tabs]
        lefts = [self.box[0] + 8 + sum(widths[:k]) for k in range(len(widths))]
        return list(zip(lefts, widths, strict=True))

    def _cell(self, k: int) -> Box:
        x, y, w, _ = self.box
        wide = (w - 16) / COLUMNS
        return x + 8 + (k // ROWS) * wide, y + 28 + (k % ROWS) * ROW, wide, ROW

    def _row(self, k: int) -> Box:
        x, y, w, _ = self.box
        return x + 8, y + 28 + k * ROW, w - 16, ROW

    def _limit_spot(self, k: int, limit: AlarmLimit, key: str) -> Spot:
        off = CONTROLS[limit.control].low if limit.sign < 0 else CONTROLS[limit.control].high
        entries = (*_steps(limit.control, limit.limit), Entry("Off", _set(limit.control, off)))
        state = f"alarms {'below' if limit.sign < 0 else 'above'} {_number(limit.control, limit.limit)} · {limit.state}"
        return Spot(f"limit_{limit.id}", self._cell(k), f"Alarm limit {limit.text}", state, entries, control=limit.control,
                    step=_step(limit.control), key=key)  # fmt: skip

    def _host_spots(self, snapshot: Snapshot, key: str) -> list[Spot]:
        x, y, w, _ = self.box
        return [
            Spot(
                f"all_{control}", (x + 8 + k * (w - 16) / 2, y + 145, (w - 16) / 2, 19), title,
                "on" if snapshot.controls.get(control, 1.0) > 0 else "off",
                (Entry(f"{title} on", _set(control, 1.0)), Entry(f"{title} off", _set(control, 0.0))), key=key,
            )
            for k, (control, title) in enumerate(HOSTS)
        ]  # fmt: skip

    def _lock_spot(self, k: int, lock: InterlockView, snapshot: Snapshot, key: str) -> Spot:
        overridden = snapshot.controls.get(lock.override, 0.0) > 0
        entries = [
            Entry("Re-arm" if lock.state == "tripped" else "Armed", _set(lock.arm, 1.0)),
            Entry("Off", _set(lock.arm, 0.0)),
            Entry("Override: end" if overridden else "Override", _set(lock.override, 0.0 if overridden else 1.0)),
            *_steps(lock.limit_control, lock.limit),
        ]
        if lock.name == "backflow":
            entries += [
                Entry("Electronic clamp: close", _set(ELECTRONIC_CLAMP, 1.0)),
                Entry("Electronic clamp: open", _set(ELECTRONIC_CLAMP, 0.0)),
            ]
        return Spot(f"lock_{lock.name}", self._row(k), f"{lock.title} interlock", lock.state, tuple(entries), control=lock.limit_control,
                    step=_step(lock.limit_control), key=key)  # fmt: skip

    # -- drawing --------------------------------------------------------------------------------------------------

    def state(self, s: Snapshot, lit: str) -> object:
        """Return what the pane looks like, as far as it can be told apart."""
        self.follow(s)
        own = lit if lit.startswith(("tab_", "limit_", "all_", "lock_")) else ""
        labs = tuple((x, round(x.left_s)) for x in s.labs)
        shown = {GUIDE: s.prompts, "log": s.log, "limits": s.limits, "alarms": s.alarm_log, "labs": labs}
        locks = tuple((x.state, x.limit, round(x.value, 1) if x.value is not None else None) for x in s.interlocks)
        told = tuple(_told(name, s) for name, _ in self.tabs)
        return self.tab, own, told, locks if self.tab == "interlocks" else shown[self.tab]

    def draw(self, canvas: Canvas, snapshot: Snapshot, names: dict[int, str], *, lit: str = "") -> None:
        """Draw the tabs and the open one's lines."""
        theme = canvas.theme
        canvas.panel(self.box, theme["panel"], theme["edge"], radius=8)
        for (name, title), (left, wide) in zip(self.tabs, self._places(), strict=True):
            told = _told(name, snapshot)
            warn: Colour = theme.alarms["medium"]["on_panel"]
            colour = warn if told else theme["text"] if name == self.tab else theme["quiet"]
            canvas.text(
                canvas.fitted(f"{title} {told}".strip(), "label", wide - 8, bold=True),
                (left + 6, self.box[1] + 19),
                "label",
                colour,
                bold=True,
            )
            if name == self.tab or lit == f"tab_{name}":
                canvas.surface.fill(theme["accent"], canvas.rect((left + 6, self.box[1] + 24, wide - 14, 1)))
        key = keys_of(NEXT, names)[0]
        key_cap(canvas, key, self.box[0] + self.box[2] - 10 - cap_width(canvas, key), self.box[1] + 14, lit=lit.startswith("tab_"))
        if self.tab == GUIDE:
            self._draw_guide(canvas, snapshot)
        elif self.tab == "log":
            draw_log_lines(canvas, self.box, snapshot)
        elif self.tab == "limits":
            self._draw_limits(canvas, snapshot, lit)
        elif self.tab == "interlocks":
            self._draw_locks(canvas, snapshot, lit)
        else:
            lines = _alarm_lines(snapshot) if self.tab == "alarms" else _lab_lines(snapshot)
            for k, (at, text) in enumerate(lines):
                base = self.box[1] + 40 + ROW * k
                canvas.text(at, (self.box[0] + 14, base), "text", theme["quiet"])
                canvas.text(canvas.fitted(text, "text", self.box[2] - 82), (self.box[0] + 66, base), "text", theme["text"])

    def _draw_guide(self, canvas: Canvas, snapshot: Snapshot) -> None:
        """Draw what is due, the most particular first, each with its why."""
        theme = canvas.theme
        x, y, w, _ = self.box
        rows: list[tuple[str, Colour, bool]] = []  # words, colour, and whether a prompt begins here
        for prompt in snapshot.prompts:
            words = [(line, theme["text"]) for line in wrapped(canvas, prompt.text, "label", w - 40)]
            words += [(line, theme["quiet"]) for line in wrapped(canvas, prompt.why, "label", w - 40) if line]
            rows += [(line, colour, k == 0) for k, (line, colour) in enumerate(words)]
        if len(rows) > GUIDE_ROWS:
            rows = [*rows[: GUIDE_ROWS - 1], (f"… and {len(rows) - GUIDE_ROWS + 1} more lines", theme["quiet"], False)]
        if not rows:
            canvas.text("Nothing is due now.", (x + 14, y + 42), "text", theme["quiet"])
        for k, (line, colour, first) in enumerate(rows):
            base = y + 41 + GUIDE_STEP * k
            if first:
                canvas.panel((x + 14, base - 9, 5, 10), theme["accent"], None, radius=2)
            canvas.text(line, (x + 26, base), "label", colour)

    def _draw_limits(self, canvas: Canvas, snapshot: Snapshot, lit: str) -> None:
        theme = canvas.theme
        for k, limit in enumerate(_settable(snapshot)):
            x, y, w, h = self._cell(k)
            if lit == f"limit_{limit.id}":
                canvas.panel((x, y, w, h), theme["accent_deep"], None, radius=5)
            warn: Colour = theme.alarms["medium"]["on_panel"]
            value = "off" if limit.state == "off" else ("<" if limit.sign < 0 else ">") + f" {_number(limit.control, limit.limit)}"
            room = w - 20 - canvas.width(value, "label")
            canvas.text(canvas.fitted(limit.text, "label", room), (x + 6, y + h / 2 + 4), "label", theme["quiet"])
            canvas.text(value, (x + w - 8, y + h / 2 + 4), "label", warn if limit.state == "off" else theme["accent"], align="right")
        for spot in self._host_spots(snapshot, ""):
            x, y, w, h = spot.box
            if lit == spot.id:
                canvas.panel(spot.box, theme["accent_deep"], None, radius=5)
            on = spot.state == "on"
            colour = theme["quiet"] if on else theme.alarms["medium"]["on_panel"]
            canvas.text(f"{spot.name}: {spot.state}", (x + 6, y + h / 2 + 4), "label", colour, bold=not on)

    def _draw_locks(self, canvas: Canvas, snapshot: Snapshot, lit: str) -> None:
        theme = canvas.theme
        for k, lock in enumerate(snapshot.interlocks[: ROWS + 1]):
            x, y, w, h = self._row(k)
            if lit == f"lock_{lock.name}":
                canvas.panel((x, y, w, h), theme["accent_deep"], None, radius=5)
            base = y + h / 2 + 4.5
            canvas.text(SHORT.get(lock.title, lock.title), (x + 6, base), "text", theme["text"])
            value = reading_text(lock.reading, lock.value) + ("" if lock.value is None else f" {READINGS[lock.reading].unit}")
            canvas.text(value, (x + 200, base), "text", theme["text"], align="right")
            canvas.text(
                f"limit {_number(lock.limit_control, lock.limit)} {CONTROLS[lock.limit_control].unit}",
                (x + 218, base),
                "label",
                theme["accent"],
            )
            quiet = lock.state in {"armed", "no power"}
            colour = theme["quiet"] if quiet else theme.alarms["high" if lock.state == "tripped" else "medium"]["on_panel"]
            canvas.text(lock.state, (x + w - 8, base), "text", colour, bold=not quiet, align="right")


def _settable(snapshot: Snapshot) -> list[AlarmLimit]:
    """Return the alarms whose limit a control sets and this pane has room for; the low-flow limit stands on the console."""
    own = [limit for limit in snapshot.limits if limit.control and limit.control != "flow_alarm_low_l_min"]
    return own[: COLUMNS * ROWS]


def _told(tab: str, snapshot: Snapshot) -> str:
    """Return what a tab says of itself: what is off, overridden or acting."""
    if tab == "limits":
        off = sum(limit.state == "off" for limit in snapshot.limits)
        return f"· {off} off" if off else ""
    if tab == "interlocks":
        for state in ("tripped", "overridden", "off", "no signal"):
            found = [lock for lock in snapshot.interlocks if lock.state == state]
            if found:
                return f"· {len(found)} {BRIEF.get(state, state)}"
    return ""


def _alarm_lines(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return the alarm log's latest lines: when each came, what it said, how long it waited and lasted."""
    lines = []
    for line in snapshot.alarm_log[-LOG_LINES:]:
        words = [line.text]
        if line.acknowledged_tick >= 0:
            words.append(f"acknowledged after {seconds(line.acknowledged_tick - line.since_tick):.0f} s")
        if line.over_tick >= 0:
            words.append(f"over after {seconds(line.over_tick - line.since_tick):.0f} s")
        lines.append((clock(line.since_tick / TICKS_PER_S), " · ".join(words)))
    return lines


def _lab_lines(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return the latest samples: at the time when they were drawn, their numbers, or how long they still take."""
    return [
        (
            clock(lab.drawn_tick / TICKS_PER_S),
            f"{lab.title}: " + (", ".join(f"{a} {b}" for a, b in lab.numbers) or f"in {lab.left_s:.0f} s"),
        )
        for lab in snapshot.labs[-LOG_LINES:]
    ]


def _step(control: str) -> float:
    return FINE.get(control, STEPS.get(CONTROLS[control].unit, 1.0))


def _steps(control: str, now: float) -> tuple[Entry, Entry]:
    row, by = CONTROLS[control], _step(control)
    less, more = max(row.low, round(now - by, 3)), min(row.high, round(now + by, 3))
    return Entry(f"Limit less, {less:g} {row.unit}", _set(control, less)), Entry(f"Limit more, {more:g} {row.unit}", _set(control, more))


def _set(control: str, value: float) -> Action:
    return Action(verb="set", target=control, value=value)


def _number(control: str, value: float) -> str:
    return (f"{value:.1f}" if _step(control) < 1 else f"{value:.0f}").replace("-", "−")
