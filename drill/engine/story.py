"""Where a story is and what it waits for, in words: for the author of a pack, never for a trainee.

It is fed the log's entries and nothing else, so that it tells the same of a live drill, of a fork and of a replay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drill.circuit.guards import lowered
from drill.circuit.readings import READINGS
from drill.engine.entries import Entry
from drill.engine.evaluate import Check, compile_condition, head_of, number
from drill.engine.frame import Frame, FrameBuilder
from drill.scenarios.phrases import condition_words, words
from drill.scenarios.schema import Condition, Go, Scenario
from drill.units import seconds, ticks


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a condition: how deep it stands, what it asks, whether it holds, and how things are now."""

    depth: int
    text: str
    holds: bool
    now: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of the stage: where to, whether it is open, and why or why not."""

    go: str
    holds: bool
    lines: tuple[Line, ...]


class Story:
    """Follows a run. `stage` is where it is ("" before the first), since `since_tick`; `path` is how it came there."""

    def __init__(self, scenario: Scenario, draws: Mapping[str, float]) -> None:
        """Stand before the first entry."""
        self._stages = {stage.id: stage for stage in scenario.stages}
        self._always = scenario.always
        self._draws = draws
        self._builder = FrameBuilder()
        self._ways: list[tuple[Go, _Node]] = []
        self._kept: list[tuple[str, _Node]] = []
        self.stage = ""
        self.since_tick = 0
        self.path: list[str] = []
        self.tick = 0

    def feed(self, entry: Entry) -> None:
        """Take in the next entry of the log."""
        self.tick = entry["t"]
        if entry["k"] == "stage":
            self._enter(entry["to"], entry["t"])
        frame = self._builder.feed(entry)
        if frame is not None:
            for _, node in (*self._ways, *self._kept):
                node.feed(frame)

    def _enter(self, stage: str, tick: int) -> None:
        self.stage, self.since_tick = stage, tick
        self.path.append(stage)
        self._ways = []
        for way in self._stages[stage].next if stage in self._stages else ():
            waits = number(way.after_s or 0.0, self._draws)
            self._ways.append((way, _Node(way.when or Condition(after_s=waits), self._draws, tick, 0)))
        held = [one for one in self._always if not one.in_ or stage in one.in_]
        self._kept = [(one.id + (f" (else to {one.go})" if one.go else ""), _Node(one.holds, self._draws, tick, 0)) for one in held]

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways out of the stage, in the order in which they are asked."""
        frame = self._builder.last
        return tuple(Way(way.go, node.holds, tuple(node.lines(frame, self.tick))) for way, node in self._ways)

    @property
    def kept(self) -> tuple[Way, ...]:
        """What must hold in this stage."""
        frame = self._builder.last
        return tuple(Way(name, node.holds, tuple(node.lines(frame, self.tick))) for name, node in self._kept)


class _Node:
    """One condition with its members, each asked at every frame on its own."""

    def __init__(self, condition: Condition, draws: Mapping[str, float], tick: int, depth: int) -> None:
        self.condition, self._draws, self._begun, self._depth = condition, draws, tick, depth
        self._check = self._begin(condition)
        self._inner = self._begin(condition.model_copy(update={"for_s": None})) if condition.for_s is not None else None
        self._since = -1
        self.holds = False
        members = condition.all or condition.any or ((condition.not_,) if condition.not_ is not None else ())
        self._members = [_Node(member, draws, tick, depth + 1) for member in members]

    def _begin(self, condition: Condition) -> Check:
        check = compile_condition(condition, self._draws)
        check.begin(self._begun)
        return check

    def feed(self, frame: Frame) -> None:
        """Ask at one frame."""
        self.holds = self._check(frame)
        if self._inner is not None:
            inside = self._inner(frame)
            self._since = (frame.tick if self._since < 0 else self._since) if inside else -1
        for member in self._members:
            member.feed(frame)

    def lines(self, frame: Frame | None, tick: int) -> Iterator[Line]:
        """Yield this condition's line, then its members'."""
        condition = self.condition
        if not self._members:
            yield Line(self._depth, condition_words(self._drawn()), self.holds, self._now(frame, tick))
            return
        text = "all of these" if condition.all is not None else "one of these" if condition.any is not None else "not"
        text += f", for {condition.for_s:g} s" if condition.for_s is not None else ""
        text += f", in the last {condition.within_s:g} s" if condition.within_s is not None else ""
        yield Line(self._depth, text, self.holds, self._held(tick))
        for member in self._members:
            yield from member.lines(frame, tick)

    def _drawn(self) -> Condition:
        """Return the condition with its drawn number in place."""
        after = self.condition.after_s
        return self.condition if after is None else self.condition.model_copy(update={"after_s": round(number(after, self._draws), 1)})

    def _held(self, tick: int) -> str:
        if self.condition.for_s is None or self.holds or self._since < 0:
            return ""
        return f"held {seconds(tick - self._since):.1f} s"

    def _now(self, frame: Frame | None, tick: int) -> str:
        """Say how things are, beside what is asked."""
        held = self._held(tick)
        state = "" if frame is None else self._state(frame, tick)
        return f"{state}, {held}" if held and state else held or state

    def _state(self, frame: Frame, tick: int) -> str:
        condition = self.condition
        head = head_of(condition)
        name = str(getattr(condition, head))
        match head:
            case "value":
                return f"{frame.true[name]:g} {READINGS[name].unit}"
            case "shown":
                value = frame.shown[name]
                return "blank" if value is None else f"{value:g} {READINGS[name].unit}"
            case "control":
                return f"{frame.controls.get(name, 0.0):g}"
            case "alarm":
                return "active" if name in frame.alarms else "quiet"
            case "drive":
                return words(frame.drive)
            case "guards":
                return ", ".join(map(words, lowered(frame.controls, frame.as_found)[:3])) or "as found"
            case "task":
                return "running" if name in frame.running else "done" if name in frame.done else "not begun"
            case "said":
                return "said" if name in frame.said else "not said"
            case "found":
                found = frame.found.get(name)
                return "not looked at" if found is None else ", ".join(map(words, found.seen)) or "nothing to see"
            case "after_s":
                wait = ticks(number(condition.after_s or 0.0, self._draws))
                return f"in {max(0.0, seconds(self._begun + wait - tick)):.1f} s"
            case _:
                return "done" if self.holds else "not done"
