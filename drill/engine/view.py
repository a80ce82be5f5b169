"""Builds the snapshot: only when somebody asks, and only from what eyes and displays give."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from drill.circuit.alarms import Alarm
from drill.circuit.controls import CLAMP_CLOSED, CLAMPS, SIDE_CLAMPS
from drill.circuit.interlocks import Standing
from drill.circuit.labs import LABS, Result, numbers
from drill.circuit.plant import Plant
from drill.circuit.readings import SHOWN
from drill.engine.actions import YOU, Action
from drill.engine.frame import Frame
from drill.engine.jobs import Jobs
from drill.engine.lines import Lines
from drill.engine.snapshot import (
    AlarmLine,
    AlarmView,
    InterlockView,
    JobView,
    LabView,
    OptionView,
    PersonView,
    PromptView,
    Snapshot,
    Wave,
)
from drill.engine.team import Member, Team
from drill.engine.world import World
from drill.scenarios.schema import Case, Look, Saying, Task, Tasks
from drill.units import seconds

MAIN_CLAMPS: Final = tuple(name for name in CLAMPS if name not in SIDE_CLAMPS)  # clamps that stop the whole circuit
NO_FLOW_L_MIN: Final = 0.5  # tunable
CARRIES_RPM: Final = 1000.0  # tunable: with the flow probe dark, the speed of what turns the pump is all there is
DRIVES: Final = frozenset({"console", "backup_console"})  # a head in the hands is turned by neither


class OffSupport:
    """How long the patient has been without the circuit, by what can be seen: a closed clamp, no flow shown, or no flow and no speed."""

    def __init__(self, ways_round: Mapping[str, Sequence[str]]) -> None:
        """Start on support; `ways_round` names the clamps that another way goes round, each with that way's clamps."""
        self._round = ways_round
        self._since = -1

    def feed(self, frame: Frame) -> None:
        """Take in one frame."""
        shut = {name for name in CLAMPS if frame.controls.get(name, 0.0) >= CLAMP_CLOSED}
        clamped = any(name in shut and not (name in self._round and shut.isdisjoint(self._round[name])) for name in MAIN_CLAMPS)
        flow = frame.shown.get("flow_l_min")
        turns = "pump_rpm" if frame.drive in DRIVES else "crank_tach_rpm"
        carried = (frame.shown.get(turns) or 0.0) >= CARRIES_RPM if flow is None else flow >= NO_FLOW_L_MIN
        if carried and not clamped:
            self._since = -1
        elif self._since < 0:
            self._since = frame.tick

    def at(self, tick: int) -> float:
        """Return the seconds off support at a tick (0 = on support)."""
        return 0.0 if self._since < 0 else seconds(tick - self._since)


class View:
    """Everything a snapshot is made of."""

    def __init__(self, *, mode: str, case: Case, tasks: Tasks, world: World, team: Team, jobs: Jobs, lines: Lines) -> None:
        """Keep the parts; nothing is computed yet."""
        self._mode, self._case = mode, case
        self._world, self._team, self._jobs, self._lines = world, team, jobs, lines
        self._order = tuple(_panel_order(tasks))
        self._options = tuple(_unasked(verb, item) for verb, item in self._order)
        self._options_of: tuple[int, int] = (-1, -1)
        self.off_support = OffSupport(world.plant.scene().ways_round)

    def snapshot(self, tick: int, frame: Frame, prompts: tuple[PromptView, ...], outcome: str, *, ended: bool) -> Snapshot:
        """Return the frozen view after tick `tick`; `frame` is the last one written."""
        plant = self._world.plant
        shown = dict(zip(SHOWN, plant.readings()[1], strict=True))
        return Snapshot(
            tick=tick,
            time_s=seconds(tick),
            mode=self._mode,
            case_name=self._case.name,
            case_line=self._case.line,
            shown=shown,
            notes={name: note for name, value in shown.items() if value is None and (note := plant.note(name))},
            controls=dict(self._world.controls),
            control_since=dict(self._world.control_since),
            alarms=tuple(_alarm(alarm) for alarm in self._world.alarms()),
            audio_pause_s=self._world.audio_pause_s(tick),
            team=tuple(self._person(member, tick) for member in self._team),
            jobs=tuple(self._jobs_under_way(tick)),
            options=self.options(frame),
            log=self._lines.tail(),
            prompts=prompts,
            scene=plant.scene(),
            wave=_wave(plant),
            off_support_s=self.off_support.at(tick),
            outcome=outcome,
            ended=ended,
            limits=plant.alarm_limits(),
            interlocks=tuple(_interlock(lock) for lock in plant.interlocks()),
            alarm_log=tuple(AlarmLine(e.priority, e.text, e.since_tick, e.over_tick, e.acknowledged_tick) for e in self._world.alarm_log()),
            labs=tuple(_lab(result, tick) for result in self._world.samples()),
        )

    def why_not(self, action: Action) -> str:
        """Return why the panel would not let this be done now, "" if it would: jobs, looks and call-outs by its list, knobs by hands."""
        jobs, target = self._jobs, action.target
        match action.verb:
            case "do":
                task = jobs.tasks[target]
                return jobs.why_not(task, YOU) if YOU in task.by else ""
            case "order":
                task = jobs.tasks[target]
                return jobs.why_not_order(task) if any(who != YOU for who in task.by) else ""
            case "look":
                return jobs.why_not_look(YOU)
            case "set" if not any(job.who == action.who and job.end_tick is None for job in jobs.running):
                return self._team.missing(action.who, 1)
            case _:
                return ""

    def _person(self, member: Member, tick: int) -> PersonView:
        own = [job for job in self._jobs.running if job.who == member.id]
        gaze = next((gaze for gaze in self._jobs.gazes if gaze.who == member.id), None)
        doing = [job.task.title for job in own] + ([gaze.look.title] if gaze else [])
        ends = [job.end_tick for job in own if job.end_tick is not None] + ([gaze.end_tick] if gaze else [])
        return PersonView(
            id=member.id,
            title=member.title,
            here_in_s=member.here_in_s(tick),
            hands_free=member.hands_free,
            doing=", ".join(doing),
            free_in_s=seconds(max(ends) - tick) if ends else 0.0,
        )

    def _jobs_under_way(self, tick: int) -> Iterator[JobView]:
        for job in self._jobs.running:
            left, progress = _progress(job.start_tick, job.end_tick, tick)
            yield JobView(job.task.id, job.task.title, job.who, left, progress)
        for gaze in self._jobs.gazes:
            left, progress = _progress(gaze.start_tick, gaze.end_tick, tick)
            yield JobView(gaze.look.id, gaze.look.title, gaze.who, left, progress)

    def options(self, frame: Frame) -> tuple[OptionView, ...]:
        """Return what the panel lists. It changes with jobs and with frames only, and then few entries of it."""
        key = (self._jobs.changes, frame.tick)
        if key != self._options_of:
            self._options_of = key
            doing = {job.task.id for job in self._jobs.running}, {gaze.look.id for gaze in self._jobs.gazes}
            eyes = self._jobs.why_not_look(YOU)
            self._options = tuple(
                [self._option(old, verb, item, *doing, eyes) for old, (verb, item) in zip(self._options, self._order, strict=True)]
            )
        return self._options

    def _option(
        self, old: OptionView, verb: str, item: Task | Saying | Look, running: AbstractSet[str], looking: AbstractSet[str], eyes: str
    ) -> OptionView:
        """Return an entry as it is now: the one that it was if nothing about it has changed."""
        jobs = self._jobs
        match item:
            case Task():
                reason = jobs.why_not(item, YOU) if verb == "do" else jobs.why_not_order(item)
                now = item.id in jobs.done, item.id in running, reason
            case Look():
                now = item.id in jobs.seen, item.id in looking, eyes
            case _:
                now = item.id in jobs.said, False, ""
        if now == (old.done, old.running, old.reason):
            return old
        return replace(old, done=now[0], running=now[1], reason=now[2])


def _panel_order(tasks: Tasks) -> Iterator[tuple[str, Task | Saying | Look]]:
    """Go through the groups: call-outs, jobs, looks. A job that you and others can do is there twice, `do` and `order`."""
    for group in tasks.groups:
        yield from (("say", saying) for saying in tasks.sayings if saying.group == group.id)
        for task in tasks.tasks:
            if task.group == group.id:
                if YOU in task.by:
                    yield "do", task
                if any(who != YOU for who in task.by):
                    yield "order", task
        yield from (("look", look) for look in tasks.looks if look.group == group.id)


def _unasked(verb: str, item: Task | Saying | Look) -> OptionView:
    """Return an entry of the panel's list before anything is known of it."""
    taken, hands = (item.seconds or 0.0, item.hands if isinstance(item, Task) else 0) if not isinstance(item, Saying) else (0.0, 0)
    return OptionView(verb, item.id, item.title, item.group, taken, hands, done=False, running=False, reason="")


def _progress(start_tick: int, end_tick: int | None, tick: int) -> tuple[float | None, float]:
    if end_tick is None:
        return None, 0.0
    return seconds(end_tick - tick), (tick - start_tick) / max(1, end_tick - start_tick)


def _interlock(lock: Standing) -> InterlockView:
    row = lock.row
    return InterlockView(row.name, row.title, lock.state, row.reading, lock.value, lock.limit, row.limit, row.arm, row.override)


def _lab(result: Result, tick: int) -> LabView:
    left_s = seconds(max(0, result.due_tick - tick))
    return LabView(LABS[result.lab].title, result.drawn_tick, left_s, () if left_s > 0 else numbers(result))


def _alarm(alarm: Alarm) -> AlarmView:
    return AlarmView(alarm.id, alarm.priority, alarm.text, alarm.active, alarm.acknowledged, alarm.since_tick)


def _wave(plant: Plant) -> Wave:
    return Wave(*plant.wave())
