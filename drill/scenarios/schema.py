"""The shape of everything an educator writes, as frozen data. Shape here; meaning across names in `check.py`.

The models are also what the engine reads: there is no second representation. Unknown keys are refused,
numbers must be finite, and a text never turns into a number.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Ref = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$", max_length=121)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Seconds = Annotated[float, Field(ge=0, le=7200)]
Mode = Literal["guided", "practice", "exam"]


class Model(BaseModel):
    """Frozen, strict about keys and types (an int is a number, a text is not)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Draw(Model):
    """A number drawn once per run from the scenario's `vary` table, by name."""

    draw: Id


Number = float | Draw


# -- conditions ---------------------------------------------------------------------------------------------------


class Condition(Model):
    """One condition. Exactly one head key; the others qualify it (which may stand with which: `conditions.py`).

    States hold now: `value` (true reading), `shown` (display), `control`, `alarm`, `drive` (where the pump head sits),
    `after_s` (since the stage began), `all`, `any`, `not`. `above`/`below` are strict; `blank: true` is a display without
    a number; `for_s` must hold that long without a break.
    Events have happened: `action` (`at` its target), `said`, `found` (`is` a finding, else any look at it), `task`
    (`is: done`, or `is: running` while under way); `within_s` asks for one in the last so many seconds.
    A rubric's conditions count from the first perceivable sign.
    """

    value: Id | None = None
    shown: Id | None = None
    control: Id | None = None
    alarm: Id | None = None
    action: Literal["clamp", "unclamp", "set", "do", "order", "look", "ack"] | None = None
    said: Id | None = None
    found: Id | None = None
    task: Id | None = None
    drive: Literal["console", "emergency_drive", "backup_console", "moving"] | None = None
    after_s: Number | None = None
    all: tuple["Condition", ...] | None = Field(default=None, min_length=1)
    any: tuple["Condition", ...] | None = Field(default=None, min_length=1)
    not_: "Condition | None" = Field(default=None, alias="not")

    above: float | None = None
    below: float | None = None
    blank: bool | None = None
    at: Id | None = None
    is_: Id | None = Field(default=None, alias="is")
    for_s: Seconds | None = None
    within_s: Seconds | None = None


HEADS = ("value", "shown", "control", "alarm", "action", "said", "found", "task", "drive", "after_s", "all", "any", "not_")


# -- jobs, sayings, looks (base/tasks.yaml) -----------------------------------------------------------------------


class Effect(Model):
    """What a job does to the world when it is done. Exactly one head key.

    `set` a control to `value`; `head` moves the pump head; `give` a drug (`amount` in its usual bolus);
    `infuse` volume in mL `over_s`; `bring` equipment; `arrive` a person after `in_s`; `note` a line in the log.
    """

    set: Id | None = None
    value: float | None = None
    head: Literal["console", "emergency_drive", "backup_console"] | None = None
    give: Id | None = None
    amount: float | None = None
    infuse: float | None = None
    over_s: Seconds | None = None
    bring: Id | None = None
    arrive: Id | None = None
    in_s: Seconds | None = None
    note: Text | None = None


class Task(Model):
    """A job that takes time and hands. Without `seconds` it goes on until stopped; then `effects` act at its start
    and `stop_effects` when it ends."""

    id: Id
    title: Text
    group: Id
    seconds: Seconds | None = None
    hands: Annotated[int, Field(ge=0, le=2)] = 1
    by: tuple[Id, ...] = ("you",)
    needs: Condition | None = None
    needs_text: Text | None = None
    effects: tuple[Effect, ...] = ()
    stop_effects: tuple[Effect, ...] = ()
    once: bool = False


class Saying(Model):
    """A call-out. It counts only while `true_when` holds; `effects` act in any case (calling help is never wrong)."""

    id: Id
    title: Text
    group: Id
    text: Text
    true_when: Condition | None = None
    effects: tuple[Effect, ...] = ()


class Look(Model):
    """Something to look at: it takes `seconds` and yields the finding that the machine's state gives."""

    id: Id
    title: Text
    group: Id
    seconds: Seconds


class Group(Model):
    """A row of the panel's say-and-do list."""

    id: Id
    title: Text


class Tasks(Model):
    """base/tasks.yaml: everything that can be said, done and looked at, in the panel's fixed order."""

    schema_: Literal["drill/1"] = Field(alias="schema")
    groups: tuple[Group, ...]
    tasks: tuple[Task, ...]
    sayings: tuple[Saying, ...]
    looks: tuple[Look, ...]


# -- a scenario ---------------------------------------------------------------------------------------------------


class Person(Model):
    """One member of the team; a person without `here: true` comes by an `arrive` effect."""

    id: Id
    title: Text
    here: bool = True


class FaultUse(Model):
    """One fault to inject: `fault: cause` stands for the hidden cause's own list."""

    fault: Id
    at: dict[Id, float] = Field(default_factory=dict)


class Cause(Model):
    """One hidden cause, its weight in the draw, and the faults that make it."""

    id: Id
    title: Text
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    faults: tuple[FaultUse, ...] = Field(min_length=1)


class Range(Model):
    """A number drawn evenly between `low` and `high`."""

    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}: write the smaller one as low")
        return self


class Go(Model):
    """One way out of a stage: to `go`, when `when` holds, or `after_s` seconds."""

    go: Id
    when: Condition | None = None
    after_s: Number | None = None

    @model_validator(mode="after")
    def _one(self) -> "Go":
        if (self.when is None) == (self.after_s is None):
            raise ValueError("needs exactly one of 'when' and 'after_s'")
        return self


class Stage(Model):
    """One stage of the story. `ends` makes it an outcome; list order of `next` is the rule where two hold at once."""

    id: Id
    enter: tuple[FaultUse, ...] = ()
    next: tuple[Go, ...] = ()
    prompt: Text | None = None
    ends: Literal["passed", "failed"] | None = None
    title: Text | None = None


class Step(Model):
    """One scored step. Points in full up to `within_s` after the first sign, half until `late_s`, then none.

    `expect` is judged as an event (first frame at which it holds), or at the end of the run with `judge: end`.
    `after` names steps that must have come before, else the step is `incorrect`.
    """

    id: Id
    title: Text
    expect: Condition
    judge: Literal["event", "end"] = "event"
    within_s: Seconds | None = None
    late_s: Seconds | None = None
    after: tuple[Id, ...] = ()
    causes: tuple[Id, ...] = ()
    points: Annotated[float, Field(ge=0, le=1000)]
    critical: bool = False
    why: Text
    source: Text


class Wrong(Model):
    """One thing that must not happen. `points` are taken away; a critical one fails the run."""

    id: Id
    title: Text
    when: Condition
    causes: tuple[Id, ...] = ()
    points: Annotated[float, Field(ge=0, le=1000)] = 0
    critical: bool = False
    why: Text
    source: Text


class HarmLimit(Model):
    """A ledger quantity and how much of it is tolerated; `critical` makes crossing it fail the run."""

    quantity: Id
    limit: float
    causes: tuple[Id, ...] = ()
    points: Annotated[float, Field(ge=0, le=1000)] = 0
    critical: bool = False
    why: Text
    source: Text


class Rubric(Model):
    """How a run is judged: harm first, then steps, order and time."""

    pass_mark_pct: Annotated[float, Field(ge=0, le=100)]
    first_sign: Condition
    harm: tuple[HarmLimit, ...]
    steps: tuple[Step, ...]
    wrong: tuple[Wrong, ...] = ()


class Case(Model):
    """What the trainee reads before the drill: neutral, never the cause."""

    name: Text
    line: Text
    briefing: Text
    task: Text


class Start(Model):
    """The machine as the trainee finds it."""

    controls: dict[Id, float]
    patient: dict[Id, Number] = Field(default_factory=dict)
    settle_s: Seconds = 60


class Scenario(Model):
    """One scenario file, resolved: site values are already in place.

    `free_play` is the machine without a story: no causes, no rubric, no way out but stopping or the time limit.
    """

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    case: Case
    free_play: bool = False
    circuit: Ref
    patient: Ref
    start: Start
    team: tuple[Person, ...]
    vary: dict[Id, Range] = Field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    time_limit_s: Seconds
    stages: tuple[Stage, ...] = Field(min_length=1)
    rubric: Rubric | None = None
    debrief: Text | None = None


class PackInfo(Model):
    """pack.yaml."""

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    version: Text
    title: Text
    licence: Text
    site_defaults: dict[Id, float | str | bool] = Field(default_factory=dict)


# -- plays --------------------------------------------------------------------------------------------------------


class Act(Model):
    """One action of a play. Exactly one verb: clamp, unclamp, set (with `to`), do, stop, order, say, look, ack.

    `order` goes to `who`, or to whoever can; `ack` is "all" or "audio_pause".
    """

    clamp: Id | None = None
    unclamp: Id | None = None
    set: Id | None = None
    to: float | None = None
    do: Id | None = None
    stop: Id | None = None
    order: Id | None = None
    who: Id | None = None
    say: Id | None = None
    look: Id | None = None
    ack: Id | None = None


class Rule(Model):
    """When `when` (shown readings, findings, alarms, own actions only) becomes true, wait, then act."""

    id: Id
    when: Condition
    wait_s: Seconds = 0
    do: tuple[Act, ...] = Field(min_length=1)
    once: bool = True


class Worse(Model):
    """What an error play must make worse than the expert, and by how much."""

    quantity: Id
    by: Annotated[float, Field(gt=0)]


class Play(Model):
    """What a robot plays. An error play `extends` another, drops or changes rules, and states what that costs."""

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    scenario: Id
    extends: Id | None = None
    drop: tuple[Id, ...] = ()
    change: dict[Id, Rule] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    loses: Id | None = None
    worsens: Worse | None = None
    causes: tuple[Id, ...] = ()


Condition.model_rebuild()
