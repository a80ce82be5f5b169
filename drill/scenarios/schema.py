"""The shape of everything an educator writes, as frozen data. Shape here; meaning across names in `check.py`.

The models are also what the engine reads: there is no second representation. What each key means stands in `meanings.py`.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from drill.scenarios.schema_play import Act, Change, Play, Rule, Worse
from drill.scenarios.schema_rubric import HarmLimit, Review, Rubric, Step, Wrong
from drill.scenarios.schema_tasks import HEADS, Condition, Effect, Group, Look, Saying, Task, Tasks
from drill.scenarios.schema_words import LANGUAGE, Draw, Id, Language, Mode, Model, Number, Ref, Seconds, Text, Words


class Happening(Effect):
    """What a stage, a hidden cause or an instructor brings, at once or `after_s` seconds: an effect, or a fault.

    A fault has its own numbers under `at`, and sits in the `part` of the circuit that is named, else where its kind does.
    In a stage, `fault: cause` stands for everything that the hidden cause brings.
    """

    fault: Id | None = None
    at: dict[Id, Number] = Field(default_factory=dict)
    after_s: Number | None = None


class Cause(Model):
    """One hidden cause, its weight in the draw, and the faults that make it."""

    id: Id
    title: Words
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    faults: tuple[Happening, ...] = Field(min_length=1)


class Person(Model):
    """One member of the team; a person without `here: true` comes by an `arrive` effect, after `comes_s` seconds if given.

    `can` lists the jobs that this person does here; without it, those that tasks.yaml gives them.
    """

    id: Id
    title: Words
    here: bool = True
    comes_s: Seconds | None = None
    can: tuple[Id, ...] | None = None


class Equipment(Model):
    """One thing that tasks can bring: already at the bedside, or so many seconds away."""

    id: Id
    here: bool = False
    fetch_s: Seconds | None = None


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


class Prompt(Model):
    """What guided mode says in a stage, and why; with `when`, only while that holds."""

    text: Words
    why: Words | None = None
    when: Condition | None = None


class Stage(Model):
    """One stage of the story. `ends` makes it an outcome; list order of `next` is the rule where two hold at once."""

    id: Id
    enter: tuple[Happening, ...] = ()
    next: tuple[Go, ...] = ()
    prompt: Words | None = None
    prompts: tuple[Prompt, ...] = ()
    ends: Literal["passed", "failed"] | None = None
    title: Words | None = None


class Property(Model):
    """What must hold at every moment, or in the stages `in`. Where it breaks, the story goes to `go`, or the run notes it."""

    id: Id
    holds: Condition
    in_: tuple[Id, ...] = Field(default=(), alias="in")
    go: Id | None = None
    why: Words | None = None


class Event(Model):
    """What an instructor may let happen, by name; never in an exam."""

    id: Id
    title: Words
    do: tuple[Happening, ...] = Field(min_length=1)


class Case(Model):
    """What the trainee reads before the drill: neutral, never the cause."""

    name: Words
    line: Words
    briefing: Words
    task: Words


class Start(Model):
    """The machine as the trainee finds it: controls, and numbers that take the place of the patient's and the circuit's own."""

    controls: dict[Id, Number]
    patient: dict[Id, Number] = Field(default_factory=dict)
    parts: dict[Id, dict[Id, float]] = Field(default_factory=dict)
    drives: dict[Id, float] = Field(default_factory=dict)
    settle_s: Seconds = 60


class Scenario(Model):
    """One scenario file, resolved: site values and the language are already in place.

    `free_play` is the machine without a story: no causes, no rubric, no way out but stopping or the time limit.
    """

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    case: Case
    free_play: bool = False
    circuit: Ref
    patient: Ref
    start: Start
    team: tuple[Person, ...] = Field(max_length=8)
    equipment: tuple[Equipment, ...] = ()
    vary: dict[Id, Range] = Field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    time_limit_s: Seconds
    always: tuple[Property, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)
    events: tuple[Event, ...] = ()
    rubric: Rubric | None = None
    debrief: Words | None = None

    @property
    def usual_controls(self) -> dict[str, float]:
        """The controls as the trainee finds them, a drawn one in the middle of its range."""
        middle = {name: (drawn.low + drawn.high) / 2 for name, drawn in self.vary.items()}
        return {name: middle[value.draw] if isinstance(value, Draw) else value for name, value in self.start.controls.items()}


class PackInfo(Model):
    """pack.yaml. `language` is the one in which a text stands that is written once."""

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    version: Text
    title: Words
    licence: Text
    language: Language = LANGUAGE
    site_defaults: dict[Id, float | str | bool] = Field(default_factory=dict)


__all__ = [
    "HEADS", "Act", "Case", "Cause", "Change", "Condition", "Draw", "Effect", "Equipment", "Event", "Go", "Group", "Happening",
    "HarmLimit", "Id", "Look", "Mode", "Model", "Number", "PackInfo", "Person", "Play", "Prompt", "Property", "Range", "Ref", "Review",
    "Rubric", "Rule", "Saying", "Scenario", "Seconds", "Stage", "Start", "Step", "Task", "Tasks", "Text", "Words", "Worse", "Wrong",
]  # fmt: skip
