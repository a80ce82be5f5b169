"""The shape of a play: what a robot does, by what someone at the bedside can know."""

from typing import Annotated, Literal

from pydantic import Field

from drill.scenarios.schema_tasks import Condition
from drill.scenarios.schema_words import Id, Model, Seconds


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


class Change(Model):
    """A rule in the place of an inherited one: the whole rule. Its id is the key under `change`, and need not be written again."""

    id: Id | None = None
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
    change: dict[Id, Change] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    loses: Id | None = None
    worsens: Worse | None = None
    causes: tuple[Id, ...] = ()
