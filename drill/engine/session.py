"""One run of a drill: actions go in, ticks go by, entries and snapshots come out.

It reads no clock and rolls no dice of its own: seed, mode, cause and actions are all that a run comes from.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from math import isfinite
from typing import Any, Final, get_args

from drill.circuit.faults import FAULTS
from drill.engine.actions import ACK_ALL, ACK_AUDIO_PAUSE, INSTRUCTOR_END, VERBS, Action
from drill.engine.dice import draw_table
from drill.engine.director import Director, Step, drawn
from drill.engine.entries import CHECK_TICKS, SNAPSHOT_TICKS, Entry, RunSink
from drill.engine.frame import Frame, FrameBuilder, frame_entry
from drill.engine.jobs import Jobs
from drill.engine.lines import Lines
from drill.engine.runlog import Run, make_header
from drill.engine.setup import Loaded, Settled, draw_cause, settled_plant
from drill.engine.snapshot import OptionView, Snapshot, Wave
from drill.engine.team import Team
from drill.engine.view import View
from drill.engine.world import World
from drill.errors import DrillError, NameUnknownError, SessionError
from drill.scenarios.schema import Happening, Mode, Scenario
from drill.units import FRAME_TICKS, ticks

AUTHORING: Final = "authoring"  # practice for whoever writes the pack: forked at each save, never a pass
MODES: Final[tuple[str, ...]] = (*get_args(Mode), AUTHORING)
TIME_LIMIT: Final = "time_limit"
STOPPED: Final = "stopped"


class Session:
    """A running drill. `submit` what people do, `tick` it on by 20 ms, ask for a `snapshot` when one is drawn."""

    def __init__(
        self,
        loaded: Loaded,
        *,
        seed: int,
        mode: str = "practice",
        cause: str | None = None,
        advance: Callable[..., Any] | None = None,
        sink: RunSink | None = None,
        parent: Mapping[str, Any] | None = None,
        settled: Settled | None = None,
    ) -> None:
        """Draw what the seed decides, let the machine settle, and stand at tick 0.

        `cause` forces the hidden cause; `advance` is a compiled tick of the kernel (None = plain Python); `sink` takes
        the run as it happens; `parent` names the run and tick that this one was forked from; `settled` keeps machines in
        their settled state. Raises NameUnknownError for a cause, control or patient parameter that does not exist,
        SessionError for an unknown mode or a negative seed.
        """
        if mode not in MODES:
            raise NameUnknownError("mode", mode, MODES)
        if seed < 0:
            raise SessionError(f"seed {seed} is negative: give a whole number from 0 up")
        scenario: Scenario = loaded.scenario
        draws = draw_table(seed, scenario.vary)
        self._cause = draw_cause(scenario, seed, cause)
        self._mode = mode
        self._limit = ticks(scenario.time_limit_s)
        self._tick = 0
        self._outcome = ""
        self._paused = False
        self._queue: list[Action] = []
        self._seq = 0
        self._entries: list[Entry] = []
        self._frames = FrameBuilder()
        self._sink = sink
        self._lines: Lines | None = None

        self._plant = settled_plant(loaded, draws, advance, settled)
        header = make_header(
            scenario=f"{loaded.pack.id}/{scenario.id}",
            pack_digest=loaded.digest,
            site_values=loaded.site_values,
            seed=seed,
            mode=mode,
            cause=self._cause.id if self._cause else "",
            draws=draws,
            endings={stage.id: stage.ends for stage in scenario.stages if stage.ends},
            parent=parent,
        )
        header["model"] = self._plant.model
        header["machine"] = loaded.circuit.kind
        self.run = Run(header, self._entries)
        if sink is not None:
            sink.header(header)

        self._world = World(self._plant, self._emit, ticks(scenario.start.settle_s))
        self._team = Team(scenario.team, self._emit)
        frame = self._write_frame()
        self._jobs = Jobs(loaded.tasks, self._team, self._world, self._emit, frame)
        self._jobs.have(thing.id for thing in scenario.equipment if thing.here)
        self._events = {event.id: tuple(drawn(event.do, draws)) for event in scenario.events}
        self._lines = Lines(loaded.tasks, self._team, {s.id: s.title or s.id for s in scenario.stages if s.ends}, kind=loaded.circuit.kind)
        self._view = View(
            mode=mode, case=scenario.case, tasks=loaded.tasks, world=self._world, team=self._team, jobs=self._jobs, lines=self._lines
        )
        self._director = Director(
            scenario.stages,
            always=scenario.always,
            cause=self._cause,
            first_sign=scenario.rubric.first_sign if scenario.rubric else None,
            draws=draws,
        )
        for one in (*self._director.happenings, *(use for event in self._events.values() for use in event)):
            if one.fault is not None and one.part is not None:
                self._plant.fits(one.fault, one.part)  # better now than in the middle of a drill
        self._follow(self._director.start())
        self._keep_state()

    # -- the port ---------------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self._outcome != ""

    @property
    def outcome(self) -> str:
        """The id of the stage that ended the run, "time_limit", "stopped", or "" while it goes on."""
        return self._outcome

    @property
    def paused(self) -> bool:
        """Whether the run stands still."""
        return self._paused

    @property
    def frame(self) -> Frame:
        """The last frame, of the last fifth tick."""
        if self._frames.last is None:
            raise SessionError("there is no frame before tick 0")
        return self._frames.last

    def submit(self, action: Action) -> None:
        """Queue an action for the start of the next tick; after the end it is dropped.

        Raises NameUnknownError, with the nearest name, for a verb, target or person that does not exist. What exists
        but cannot be done now is refused when its tick comes, with a reason in the log.
        """
        self._check_names(action)
        if not self.ended:
            self._queue.append(action)

    def why_not(self, action: Action) -> str:
        """Return why an action could not be done now, "" if it could: what the panel's list says, without drawing anything."""
        return self._view.why_not(action)

    def tick(self) -> None:
        """Advance by 20 ms; after the end nothing moves any more. Raises SessionError while paused."""
        if self._paused:
            raise SessionError("the drill is paused: resume it first")
        if self._outcome:
            return
        self._tick = tick = self._tick + 1
        if self._queue:
            self._act_all()
        self._jobs.advance(tick)
        self._plant.tick()
        if tick % FRAME_TICKS == 0 and not self._outcome:
            frame = self._write_frame()
            self._jobs.feed(frame)
            self._view.off_support.feed(frame)
            self._follow(self._director.step(frame))
            if tick >= self._limit and not self._outcome:
                self._outcome = TIME_LIMIT
        if tick % CHECK_TICKS == 0 or self._outcome:
            self._keep_state()
        if self._outcome:
            self._jobs.close(tick)
            self._emit({"t": tick, "k": "end", "outcome": self._outcome})

    def snapshot(self) -> Snapshot:
        """Return the frozen view after the last tick."""
        prompts = self._director.prompts if self._mode == "guided" else ()
        return self._view.snapshot(self._tick, self.frame, prompts, self._outcome, ended=self.ended)

    def options(self) -> tuple[OptionView, ...]:
        """Return what the panel lists to say, do and look at, as `snapshot` has it, without the rest of it."""
        return self._view.options(self.frame)

    def wave(self) -> Wave:
        """Return the monitor's samples of the last tick: what a trace needs of every tick, at a fraction of a snapshot's cost."""
        return Wave(*self._plant.wave())

    def pause(self) -> None:
        """Let the run stand still. Raises SessionError in an exam."""
        if self._mode == "exam":
            raise SessionError("an exam cannot be paused: choose practice or guided mode to pause")
        self._set_paused(paused=True)

    def resume(self) -> None:
        """Let the run go on."""
        self._set_paused(paused=False)

    # -- inside -----------------------------------------------------------------------------------------------

    def _emit(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._frames.feed(entry)
        if self._lines is not None:
            self._lines.feed(entry)
        if self._sink is not None:
            self._sink.entry(entry)

    def _set_paused(self, *, paused: bool) -> None:
        if paused != self._paused and not self.ended:
            self._paused = paused
            self._emit({"t": self._tick, "k": "pause", "on": paused})

    def _write_frame(self) -> Frame:
        self._world.watch(self._tick)
        self._emit(frame_entry(self._tick, self._plant.numbers(), self._plant.blank()))
        return self.frame

    def _follow(self, step: Step) -> None:
        """Write down what the director saw, and let its faults begin."""
        tick = self._tick
        if step.first_sign:
            self._emit({"t": tick, "k": "first_sign"})
        for change in step.changes:
            self._emit({"t": tick, "k": "stage", "from": change.before, "to": change.after})
        for name in step.broken:
            self._emit({"t": tick, "k": "broken", "id": name})
        self._let_happen(step.happens)
        self._outcome = step.outcome or self._outcome

    def _keep_state(self) -> None:
        self._emit({"t": self._tick, "k": "check", "sha": sha256(self._plant.state_bits()).hexdigest()})
        if self._tick % SNAPSHOT_TICKS == 0:
            self._emit({"t": self._tick, "k": "snapshot", "state": self._plant.save()})

    def _act_all(self) -> None:
        queue, self._queue = self._queue, []
        for action in queue:
            # JSON knows neither infinity nor NaN: such a value is logged, and refused, as none.
            value = float(action.value) if action.value is not None and isfinite(action.value) else None
            stamped = replace(action, tick=self._tick, seq=self._seq, value=value)
            self._seq += 1
            self._emit(
                {
                    "t": stamped.tick,
                    "k": "action",
                    "seq": stamped.seq,
                    "who": stamped.who,
                    "verb": stamped.verb,
                    "target": stamped.target,
                    "value": stamped.value,
                }
            )
            try:
                reason = self._act(stamped)
            except DrillError as error:
                reason = str(error)
            if reason:
                self._emit({"t": self._tick, "k": "refused", "seq": stamped.seq, "reason": reason})

    def _act(self, action: Action) -> str:
        """Carry out one action; return why it could not be done, "" if it was."""
        tick, who, target = self._tick, action.who, action.target
        match action.verb:
            case "set":
                return self._jobs.handle(who, target) or self._set(who, target, action.value)
            case "do":
                return self._jobs.start(tick, who, target)
            case "order":
                return self._jobs.order(tick, who, target)
            case "stop":
                return self._jobs.stop(tick, target)
            case "say":
                return self._jobs.say(tick, who, target)
            case "look":
                return self._jobs.look(tick, who, target)
            case "ack":
                return self._acknowledge(target)
            case "instructor":
                return self._instruct(target)

    def _set(self, who: str, control: str, value: float | None) -> str:
        if value is None:
            return f"{control} needs a number"
        self._world.set(self._tick, control, value, who)
        return ""

    def _acknowledge(self, target: str) -> str:
        if target == ACK_AUDIO_PAUSE:
            self._world.audio_pause(self._tick)
        else:
            self._world.acknowledge(self._tick)
        return ""

    def _instruct(self, target: str) -> str:
        if target == INSTRUCTOR_END:
            self._outcome = STOPPED
            return ""
        if self._mode == "exam":
            return "nothing is added to an exam"
        self._let_happen(self._director.after(self._tick, self._events.get(target) or (Happening(fault=target),)))
        return ""

    def _let_happen(self, happenings: Iterable[Happening]) -> None:
        for one in happenings:
            if one.fault is not None:
                self._world.inject(self._tick, one)
            else:
                self._jobs.apply(self._tick, one)

    def _check_names(self, action: Action) -> None:
        jobs = self._jobs
        known: Mapping[str, tuple[str, Any]] = {
            "set": ("control", self._world.controls),
            "do": ("task", jobs.tasks),
            "order": ("task", jobs.tasks),
            "stop": ("task", jobs.tasks),
            "say": ("call-out", jobs.sayings),
            "look": ("look", jobs.looks),
            "ack": ("alarm", (ACK_ALL, ACK_AUDIO_PAUSE)),
            "instructor": ("instruction", (INSTRUCTOR_END, *self._events, *FAULTS)),
        }
        if action.verb not in known:
            raise NameUnknownError("verb", action.verb, VERBS)
        what, names = known[action.verb]
        if action.target not in names:
            raise NameUnknownError(what, action.target, names)
        if action.who not in self._team:
            raise NameUnknownError("person", action.who, [member.id for member in self._team])
