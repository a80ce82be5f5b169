"""The shape of a rubric: how a run is judged. It stands apart from the story and reads the log alone."""

from typing import Annotated, Literal

from pydantic import Field

from drill.scenarios.schema_tasks import Condition
from drill.scenarios.schema_words import Id, Model, Points, Seconds, Text, Words


class Step(Model):
    """One scored step. Points in full up to `within_s` after the first sign, half until `late_s`, then none.

    `expect` is judged as an event (first frame at which it holds), or at the end of the run with `judge: end`; with `in`
    it counts in those stages only. `after` names steps that must have come before, `before` steps that must not have
    come yet, else the step is `incorrect`.
    """

    id: Id
    title: Words
    expect: Condition
    judge: Literal["event", "end"] = "event"
    in_: tuple[Id, ...] = Field(default=(), alias="in")
    within_s: Seconds | None = None
    late_s: Seconds | None = None
    after: tuple[Id, ...] = ()
    before: tuple[Id, ...] = ()
    causes: tuple[Id, ...] = ()
    points: Points
    critical: bool = False
    why: Words
    source: Text


class Wrong(Model):
    """One thing that must not happen. `points` are taken away; a critical one fails the run. With `in`, only in those stages."""

    id: Id
    title: Words
    when: Condition
    in_: tuple[Id, ...] = Field(default=(), alias="in")
    causes: tuple[Id, ...] = ()
    points: Points = 0
    critical: bool = False
    why: Words
    source: Text


class HarmLimit(Model):
    """A ledger quantity and how much of it is tolerated; `critical` makes crossing it fail the run."""

    quantity: Id
    limit: float
    causes: tuple[Id, ...] = ()
    points: Points = 0
    critical: bool = False
    why: Words
    source: Text


class Rated(Model):
    """What only people can judge: rated by a supervisor on `scale` (its steps in words, from 0 up), apart from the points."""

    id: Id
    title: Words
    scale: tuple[Words, ...] = Field(min_length=2, max_length=10)
    why: Words
    source: Text


class Review(Model):
    """Who answers for the rubric's medicine, and since when."""

    by: Text
    on: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class Rubric(Model):
    """How a run is judged: harm first, then steps, order and time. Without `review` nobody has answered for it yet.

    `rated` is for people: `drill sign RUN --rate ITEM=VALUE` keeps it beside the run, and it never moves the score.
    """

    pass_mark_pct: Annotated[float, Field(ge=0, le=100)]
    review: Review | None = None
    first_sign: Condition
    harm: tuple[HarmLimit, ...]
    steps: tuple[Step, ...]
    wrong: tuple[Wrong, ...] = ()
    rated: tuple[Rated, ...] = ()
