"""Conditions as plain functions of frames.

A condition is compiled once into nested closures: a plain guard costs about 0.1 us, a state machine's trigger 13.
What a condition remembers lies in one list of ticks beside it, so that it can be saved, restored and repeated.
"""

from collections.abc import Callable, Mapping, Sequence

from drill.circuit.controls import CLAMP_CLOSED
from drill.circuit.guards import lowered
from drill.engine.frame import Did, Frame
from drill.errors import NameUnknownError, PackError
from drill.scenarios.schema import HEADS, Condition, Draw, Number
from drill.units import ticks

Test = Callable[[Frame], bool]
Memory = list[int]
NEVER = -1
EVENTS = ("action", "said", "found", "task")  # these know themselves how long ago they were
TASK_STATES = ("done", "running")


class Check:
    """One condition, ready to be asked once a frame, in order.

    `begin` sets where its time starts: `after_s` counts from there, and an action, call-out or look that came before
    does not count; a job that is done stays done. A stage's conditions begin with the stage, a rubric's with the
    fault, a play's at tick 0.
    """

    __slots__ = ("_test", "memory")

    def __init__(self, test: Test, memory: Memory) -> None:
        """Keep a compiled test and the list that its closures write to; `compile_condition` makes both."""
        self._test = test
        self.memory = memory

    def begin(self, tick: int) -> None:
        """Forget everything and count from `tick` on."""
        self.memory[:] = [tick, *([NEVER] * (len(self.memory) - 1))]

    def __call__(self, frame: Frame) -> bool:
        """Say whether the condition holds at this frame."""
        return self._test(frame)


def compile_condition(condition: Condition, draws: Mapping[str, float] | None = None) -> Check:
    """Compile a condition; `draws` gives the numbers that this run has drawn.

    Raises NameUnknownError for a draw or a task state that does not exist, and PackError for a condition without
    exactly one head or without the limit that its head needs: a checked pack has none of these.
    """
    memory: Memory = [0]
    test = _compile(condition, draws or {}, memory)
    return Check(test, memory)


def number(value: Number, draws: Mapping[str, float]) -> float:
    """Return a number of the pack, or the one that was drawn for this run."""
    if not isinstance(value, Draw):
        return value
    if value.draw not in draws:
        raise NameUnknownError("draw", value.draw, draws)
    return draws[value.draw]


def head_of(condition: Condition) -> str:
    """Return the condition's head key, as its field name (`not_` for `not`)."""
    heads = [name for name in HEADS if getattr(condition, name) is not None]
    if len(heads) != 1:
        message = f"a condition has exactly one of {', '.join(h.rstrip('_') for h in HEADS)}; found {', '.join(heads) or 'none'}"
        raise PackError(message)
    return heads[0]


def _compile(condition: Condition, draws: Mapping[str, float], memory: Memory) -> Test:
    head = head_of(condition)
    test = _head(head, condition, draws, memory)
    if condition.by is not None and head != "action":
        test = _by(test, f"{head}:{getattr(condition, head)}", condition.by)
    if condition.for_s is not None:
        test = _held(test, ticks(condition.for_s), memory)
    if condition.within_s is not None and (head not in EVENTS or condition.is_ == "running"):
        test = _recent(test, ticks(condition.within_s), memory)
    return test


def _head(head: str, c: Condition, draws: Mapping[str, float], memory: Memory) -> Test:
    match head:
        case "value":
            return _true_reading(c)
        case "shown":
            return _shown_reading(c)
        case "control":
            return _control(c)
        case "alarm":
            alarm = str(c.alarm)
            return lambda frame: alarm in frame.alarms
        case "drive":
            drive = c.drive
            return lambda frame: frame.drive == drive
        case "guards":
            return lambda frame: not lowered(frame.controls, frame.as_found)
        case "task":
            return _task(c)
        case "said":
            return _said(c, memory)
        case "found":
            return _found(c, memory)
        case "action":
            return _action(c, memory)
        case "after_s":
            wait = ticks(number(c.after_s if c.after_s is not None else 0.0, draws))
            return lambda frame: frame.tick - memory[0] >= wait
        case "not_":
            inner = _compile(c.not_ or c, draws, memory)
            return lambda frame: not inner(frame)
        case _:
            return _several(c.all or c.any or (), draws, memory, wanted=c.all is None)


def _several(members: Sequence[Condition], draws: Mapping[str, float], memory: Memory, *, wanted: bool) -> Test:
    """Return `any` of the members (`wanted` True), or `all` of them (False): what is looked for is the first of that answer.

    A member that remembers is asked at every frame; the others only until the answer is known.
    """
    always: list[Test] = []
    others: list[Test] = []
    for member in members:
        before = len(memory)
        test = _compile(member, draws, memory)
        (always if len(memory) > before else others).append(test)
    if not always:
        return _first(tuple(others), wanted=wanted)
    first, rest = _first(tuple(others), wanted=wanted), tuple(always)

    def asked(frame: Frame) -> bool:
        answers = [test(frame) for test in rest]
        return wanted if wanted in answers else first(frame)

    return asked


def _first(tests: tuple[Test, ...], *, wanted: bool) -> Test:
    def test(frame: Frame) -> bool:
        for one in tests:
            if one(frame) is wanted:
                return wanted
        return not wanted

    return test


def _inside(c: Condition, head: str) -> Callable[[float], bool]:
    """Return whether a number lies where the condition wants it; PackError where it gives no limit."""
    above, below = c.above, c.below
    if above is not None and below is not None:
        return lambda x: above < x < below
    if above is not None:
        return lambda x: x > above
    if below is not None:
        return lambda x: x < below
    message = f"'{head}: {getattr(c, head)}' needs 'above' or 'below'"
    raise PackError(message)


def _true_reading(c: Condition) -> Test:
    name, wanted = str(c.value), _inside(c, "value")
    return lambda frame: wanted(frame.true[name])


def _shown_reading(c: Condition) -> Test:
    name = str(c.shown)
    if c.blank is not None:
        blank = c.blank
        return lambda frame: (frame.shown[name] is None) == blank
    wanted = _inside(c, "shown")

    def test(frame: Frame) -> bool:
        value = frame.shown[name]
        return value is not None and wanted(value)

    return test


def _control(c: Condition) -> Test:
    name, wanted = str(c.control), _inside(c, "control")

    def test(frame: Frame) -> bool:
        value = frame.controls.get(name)  # a log that was cut or made by hand may not say
        return value is not None and wanted(value)

    return test


def _task(c: Condition) -> Test:
    task, state = str(c.task), c.is_ or "done"
    if state not in TASK_STATES:
        raise NameUnknownError("task state", state, TASK_STATES)
    if state == "running":
        return lambda frame: task in frame.running
    if c.within_s is None:
        return lambda frame: task in frame.done
    within = ticks(c.within_s)
    return lambda frame: task in frame.done and frame.tick - frame.done[task] <= within


def _said(c: Condition, memory: Memory) -> Test:
    saying = str(c.said)

    def test(frame: Frame) -> bool:
        return _counts(frame.said.get(saying, NEVER), frame, memory, c)

    return test


def _found(c: Condition, memory: Memory) -> Test:
    """What the *last* look at that part showed: a second look takes the first one's place."""
    part, wanted = str(c.found), c.is_

    def test(frame: Frame) -> bool:
        finding = frame.found.get(part)
        if finding is None or not _counts(finding.tick, frame, memory, c):
            return False
        return wanted is None or wanted in finding.seen

    return test


def _counts(tick: int, frame: Frame, memory: Memory, c: Condition) -> bool:
    return tick >= memory[0] and tick != NEVER and (c.within_s is None or frame.tick - tick <= ticks(c.within_s))


def _action(c: Condition, memory: Memory) -> Test:
    """True from the first frame after a matching action on; with `within_s`, that long after the last one."""
    matches = action_matcher(c)
    slot = _slot(memory)
    within = None if c.within_s is None else ticks(c.within_s)

    def test(frame: Frame) -> bool:
        for did in frame.did:
            if did.tick >= memory[0] and matches(did):
                memory[slot] = did.tick
        last = memory[slot]
        return last != NEVER and (within is None or frame.tick - last <= within)

    return test


def action_matcher(c: Condition) -> Callable[[Did], bool]:
    """Return whether an action is the one that an `action:` condition names; `clamp at: return` is set at 0.99 or more."""
    verb, at = str(c.action), c.at
    if verb in ("clamp", "unclamp"):
        target = at if at is None or at.startswith("clamp_") else f"clamp_{at}"

        def clamped(did: Did) -> bool:
            if did.verb != "set" or not did.target.startswith("clamp_") or target not in (None, did.target) or c.by not in (None, did.who):
                return False
            value = _numeric(did)
            return value >= CLAMP_CLOSED if verb == "clamp" else value <= 1 - CLAMP_CLOSED

        return clamped
    wanted = _inside(c, "action") if c.above is not None or c.below is not None else None

    def same(did: Did) -> bool:
        return did.verb == verb and at in (None, did.target) and c.by in (None, did.who) and (wanted is None or wanted(_numeric(did)))

    return same


def _by(test: Test, deed: str, who: str) -> Test:
    """Whose deed it was that a frame remembers: the last one's."""
    return lambda frame: frame.by.get(deed) == who and test(frame)


def _numeric(did: Did) -> float:
    return float(did.value) if isinstance(did.value, int | float) else 0.0


def _held(test: Test, wait: int, memory: Memory) -> Test:
    slot = _slot(memory)

    def held(frame: Frame) -> bool:
        if not test(frame):
            memory[slot] = NEVER
            return False
        if memory[slot] == NEVER:
            memory[slot] = frame.tick
        return frame.tick - memory[slot] >= wait

    return held


def _recent(test: Test, within: int, memory: Memory) -> Test:
    slot = _slot(memory)

    def recent(frame: Frame) -> bool:
        if test(frame):
            memory[slot] = frame.tick
        return memory[slot] != NEVER and frame.tick - memory[slot] <= within

    return recent


def _slot(memory: Memory) -> int:
    memory.append(NEVER)
    return len(memory) - 1
