"""The shape of conditions, and of everything that can be said, done and looked at (base/tasks.yaml)."""

from typing import Annotated, Literal

from pydantic import Field

from drill.scenarios.schema_words import Id, Model, Number, Seconds, Words


class Condition(Model):
    """One condition. Exactly one head key; the others qualify it (which may stand with which: `conditions.py`).

    States hold now: `value` (true reading), `shown` (display), `control`, `alarm`, `drive` (where the pump head sits),
    `guards` (`as_found`: no interlock, alarm or limit stands less safe than at the start), `after_s` (since the stage began),
    `all`, `any`, `not`. `above`/`below` are strict; `blank: true` is a display without
    a number; `for_s` must hold that long without a break.
    Events have happened: `action` (`at` its target), `said`, `found` (`is` a finding, else any look at it), `task`
    (`is: done`, or `is: running` while under way); `within_s` asks for one in the last so many seconds, `by` for the
    person who did it. A rubric's conditions count from the first perceivable sign.
    """

    value: Id | None = None
    shown: Id | None = None
    control: Id | None = None
    alarm: Id | None = None
    action: Literal["clamp", "unclamp", "set", "do", "order", "look", "ack"] | None = None
    said: Id | None = None
    found: Id | None = None
    task: Id | None = None
    drive: Literal["console", "emergency_drive", "backup_console", "spare_head", "moving"] | None = None
    guards: Literal["as_found"] | None = None
    after_s: Number | None = None
    all: tuple["Condition", ...] | None = Field(default=None, min_length=1)
    any: tuple["Condition", ...] | None = Field(default=None, min_length=1)
    not_: "Condition | None" = Field(default=None, alias="not")

    above: float | None = None
    below: float | None = None
    blank: bool | None = None
    at: Id | None = None
    is_: Id | None = Field(default=None, alias="is")
    by: Id | None = None
    for_s: Seconds | None = None
    within_s: Seconds | None = None


HEADS = ("value", "shown", "control", "alarm", "action", "said", "found", "task", "drive", "guards", "after_s", "all", "any", "not_")


Kind = Literal["va_ecmo", "vv_ecmo", "cpb"]


class Effect(Model):
    """What a job, a stage or an instructor does to the world. Exactly one head key.

    `set` a control to `value`; `head` moves the pump head; `give` a drug (`amount` in its usual bolus);
    `infuse` volume in mL `over_s`; `bring` equipment; `arrive` a person after `in_s`; `note` a line in the log;
    `sample` draws a sample for the laboratory; `mend` puts a group of sensors right; `cut`, `join` and `fresh` (the spare,
    with `caught_ml` of gas) are for parts; `clear` undoes a fault by hand; `syringe` moves `ml` at a `part`; `release` lets a part's
    gas out; `pour` fills the reservoir, mL; `tell` calls out a reading every so many seconds while the job goes on.
    """

    set: Id | None = None
    value: float | None = None
    head: Literal["console", "emergency_drive", "backup_console", "spare_head"] | None = None
    give: Id | None = None
    amount: float | None = None
    infuse: float | None = None
    over_s: Seconds | None = None
    bring: Id | None = None
    arrive: Id | None = None
    in_s: Seconds | None = None
    note: Words | None = None
    sample: Id | None = None
    mend: Id | None = None
    cut: Id | None = None
    join: Id | None = None
    fresh: Id | None = None
    caught_ml: float | None = None
    clear: Id | None = None
    syringe: Literal["draw", "prime", "air"] | None = None
    ml: float | None = None
    part: Id | None = None
    release: Id | None = None
    pour: float | None = None
    tell: Id | None = None
    every_s: Seconds | None = None


class Task(Model):
    """A job that takes time and hands. Without `seconds` it goes on until stopped; then `effects` act at its start
    and `stop_effects` when it ends."""

    id: Id
    title: Words
    group: Id
    seconds: Seconds | None = None
    hands: Annotated[int, Field(ge=0, le=2)] = 1
    by: tuple[Id, ...] = ("you",)
    needs: Condition | None = None
    needs_text: Words | None = None
    effects: tuple[Effect, ...] = ()
    stop_effects: tuple[Effect, ...] = ()
    once: bool = False
    for_: tuple[Kind, ...] = Field(default=(), alias="for")
    place: Id | None = None


class Saying(Model):
    """A call-out. It counts only while `true_when` holds; `effects` act in any case (calling help is never wrong)."""

    id: Id
    title: Words
    group: Id
    text: Words
    true_when: Condition | None = None
    effects: tuple[Effect, ...] = ()
    for_: tuple[Kind, ...] = Field(default=(), alias="for")


class Look(Model):
    """Something to look at: it takes `seconds` and yields the finding that the machine's state gives."""

    id: Id
    title: Words
    group: Id
    seconds: Seconds
    for_: tuple[Kind, ...] = Field(default=(), alias="for")
    place: Id | None = None


class Group(Model):
    """A row of the panel's say-and-do list."""

    id: Id
    title: Words


class Tasks(Model):
    """base/tasks.yaml: everything that can be said, done and looked at, in the panel's fixed order."""

    schema_: Literal["drill/1"] = Field(alias="schema")
    groups: tuple[Group, ...]
    tasks: tuple[Task, ...]
    sayings: tuple[Saying, ...]
    looks: tuple[Look, ...]


Condition.model_rebuild()

__all__ = ["HEADS", "Condition", "Effect", "Group", "Look", "Saying", "Task", "Tasks"]
