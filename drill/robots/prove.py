"""What a pack must show before a trainee meets it: who knows passes, who does not fails, and each error costs what it says.

Every rule here is a pure function of rows; a row is one exam that one robot played on one cause with one seed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from drill.engine.scoring import ScoreSheet, score
from drill.engine.session import Session
from drill.engine.setup import Settled
from drill.errors import DrillError
from drill.robots.make import ROBOTS, make_robot, play
from drill.scenarios.load import Loaded
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Play

EXPERT: Final = "expert"
SLOW: Final = "slow"
AGAIN: Final = "expert again"
IDLE: Final = "idle"
IGNORANT: Final = (IDLE, "reflex", "masher", "random")
LOST: Final = ("missed", "incorrect", "happened")


@dataclass(frozen=True, slots=True)
class Row:
    """One exam. `lost` names the steps and errors that cost points, `harmed` the critical limits that were crossed.

    `failed` names the critical steps and errors, of which one alone fails the run.
    `broken` names the properties without `go` that did not hold. Only the expert's has a `digest`: it plays twice, to come out the same.
    `error` is why it could not be played to its end ("" = it was); all else is then empty.
    """

    scenario: str
    cause: str
    robot: str
    seed: int
    passed: bool = False
    outcome: str = ""
    score_pct: float = 0.0
    reasons: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    harmed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    ledger: Mapping[str, float] | None = None
    digest: str = ""
    simulated_s: float = 0.0
    broken: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a pack does not hold: what, in which run, and the command that shows it."""

    scenario: str
    cause: str
    robot: str
    seed: int | None
    text: str
    called: str = ""

    @property
    def command(self) -> str:
        """What to type to see it; `called` is what finds the scenario where its name alone does not."""
        scenario = self.called or self.scenario
        if self.seed is None:
            return f"drill run {scenario} --robot {self.robot}"
        cause = f" --cause {self.cause}" if self.cause else ""
        return f"drill run {scenario} --robot {self.robot.removesuffix(' again')}{cause} --seed {self.seed}"

    def __str__(self) -> str:
        """Say it on one line, and the command on the next."""
        where = "" if self.seed is None else f", {self.cause or 'no cause'}, seed {self.seed}"
        return f"{self.scenario}: {self.robot}{where}: {self.text}\n    {self.command}"


def causes_of(loaded: Loaded) -> tuple[str, ...]:
    """Return the hidden causes of a scenario; one nameless where it has none."""
    return tuple(cause.id for cause in loaded.scenario.causes) or ("",)


def players(loaded: Loaded, cause: str, *, again: bool) -> tuple[str, ...]:
    """Return who plays this cause: the robots that know, those that do not, the error plays; `again` the expert once more."""
    plays = loaded.plays
    knowing = (EXPERT, SLOW) if EXPERT in plays else ()
    here = [one for _, one in sorted(plays.items()) if one.id != EXPERT and (not one.causes or cause in one.causes)]
    others, errors = (tuple(one.id for one in here if (one.loses is None) == right) for right in (True, False))
    return (*knowing, *others, *IGNORANT, *errors, *((AGAIN,) if again and knowing else ()))


def rows(loaded: Loaded, seed: int, *, advance: Callable[..., Any] | None, settled: Settled | None, again: bool) -> Iterator[Row]:
    """Play every cause with one seed by everyone, and yield each exam as it ends."""
    for cause in causes_of(loaded):
        for robot in players(loaded, cause, again=again):
            yield exam(loaded, cause, robot, seed, advance=advance, settled=settled)


def exam(
    loaded: Loaded, cause: str, robot: str, seed: int, *, advance: Callable[..., Any] | None = None, settled: Settled | None = None
) -> Row:
    """Let one robot play one exam to its end, and judge it."""
    rubric = loaded.scenario.rubric
    if rubric is None:
        return Row(loaded.ref, cause, robot, seed, error="the scenario has no rubric: nothing can be proved")
    try:
        session = Session(loaded, seed=seed, mode="exam", cause=cause or None, advance=advance, settled=settled)
        play(session, make_robot(robot.removesuffix(" again"), loaded.plays, seed))
        stay = {one.id for one in loaded.scenario.always if one.go is None}
        broken = tuple(entry["id"] for entry in session.run.entries if entry["k"] == "broken" and entry["id"] in stay)
        return replace(row(robot, score(rubric, session.run, digested=robot in (EXPERT, AGAIN))), broken=broken)
    except DrillError as error:
        return Row(loaded.ref, cause, robot, seed, error=str(error))


def row(robot: str, sheet: ScoreSheet) -> Row:
    """Return what a judged exam comes to."""
    return Row(
        scenario=sheet.scenario,
        cause=sheet.cause,
        robot=robot,
        seed=sheet.seed,
        passed=sheet.passed,
        outcome=sheet.outcome,
        score_pct=sheet.score_pct,
        reasons=sheet.reasons,
        lost=tuple(item.id for item in sheet.items if item.kind != "harm" and item.status in LOST),
        harmed=tuple(item.id for item in sheet.items if item.kind == "harm" and item.critical and item.status == "happened"),
        failed=tuple(item.id for item in sheet.items if item.kind != "harm" and item.fails),
        ledger=dict(sheet.ledger),
        digest=sheet.digest,
        simulated_s=sheet.simulated_s,
    )


# -- the rules ----------------------------------------------------------------------------------------------------


def problems(loaded: Loaded, played: Iterable[Row], called: str = "") -> list[Problem]:
    """Return everything in which the scenario does not hold, cause by cause and seed by seed; `called` goes into the commands."""
    found = []
    if EXPERT not in loaded.plays:
        found.append(Problem(loaded.ref, "", EXPERT, None, "there is no such play: nobody shows that the drill can be passed", called))
    tables: dict[tuple[str, int], dict[str, Row]] = {}
    for one in played:
        tables.setdefault((one.cause, one.seed), {})[one.robot] = one
    for table in tables.values():
        for one in table.values():
            found += [Problem(one.scenario, one.cause, one.robot, one.seed, text, called) for text in _wrong(loaded, one, table)]
    return found


def _wrong(loaded: Loaded, one: Row, table: Mapping[str, Row]) -> Iterator[str]:
    """Say what is wrong with one exam, beside the others of its cause and seed."""
    expert = table.get(EXPERT)
    error = loaded.plays.get(one.robot)
    if one.robot in (EXPERT, IDLE):  # the others may break it by what they do
        yield from (f"the property '{name}' did not hold" for name in one.broken)
    if one.error:
        yield f"could not be played: {one.error}"
    elif one.robot == AGAIN:
        if expert is not None and one.digest != expert.digest:
            yield f"the same run came out differently: digest {one.digest[:12]}, before {expert.digest[:12]}"
    elif one.robot == SLOW:
        if expert is not None and not expert.error:
            yield from _between(loaded, one, expert, table)
    elif one.robot in IGNORANT:
        if one.passed:
            yield f"must fail, since it {ROBOTS[one.robot]}, and passes with {one.score_pct:g} %"
    elif error is not None and error.loses is not None:
        yield from _error(error, one, expert)
    elif not one.passed:
        yield f"must pass, and does not: {'; '.join(one.reasons)}"


def _between(loaded: Loaded, slow: Row, expert: Row, table: Mapping[str, Row]) -> Iterator[str]:
    """Who does the right things late stands between who does them in time and who does not know."""
    best = max((table[name].score_pct for name in IGNORANT if name in table), default=0.0)
    if slow.score_pct > expert.score_pct:
        yield f"must not score above the expert: {slow.score_pct:g} % against {expert.score_pct:g} %"
    if slow.score_pct < best:
        yield f"must not score below who does not know: {slow.score_pct:g} % against {best:g} %"
    if slow.score_pct == expert.score_pct and not any(_more(name, slow, expert) > 0 for name in limited(loaded)):
        yield "must be worse than the expert in something, and is in neither points nor any limited harm: time costs nothing here"


def _error(error: Play, one: Row, expert: Row | None) -> Iterator[str]:
    if one.passed:
        yield f"makes its error and passes all the same, with {one.score_pct:g} %"
    if error.loses is not None and error.loses not in one.lost:
        yield f"must lose '{error.loses}', and keeps it (it lost {', '.join(one.lost) or 'nothing'})"
    worse = error.worsens
    if worse is not None and expert is not None and not expert.error and one.ledger is not None:
        more = _more(worse.quantity, one, expert)
        unit = QUANTITIES[worse.quantity].unit
        if more < worse.by:
            yield f"must make {worse.quantity} worse than the expert by {worse.by:g} {unit}, and does by {more:g} {unit}"


def _more(quantity: str, one: Row, other: Row) -> float:
    """Return how much worse a quantity is in one run than in the other, whichever way is worse."""
    here, there = (one.ledger or {}).get(quantity, 0.0), (other.ledger or {}).get(quantity, 0.0)
    return there - here if QUANTITIES[quantity].worse == "down" else here - there


# -- what it comes to ---------------------------------------------------------------------------------------------


def limited(loaded: Loaded) -> tuple[str, ...]:
    """Return the quantities that the rubric limits or an error play worsens, in the rubric's order."""
    rubric = loaded.scenario.rubric
    named = [harm.quantity for harm in rubric.harm] if rubric is not None else []
    named += [one.worsens.quantity for one in loaded.plays.values() if one.worsens is not None]
    return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Margin:
    """How much room a limit leaves: what the expert, the slow expert and those who do not know come to at worst and best."""

    quantity: str
    cause: str
    limit: float
    critical: bool
    expert_worst: float | None
    slow_worst: float | None
    ignorant_best: float | None


def margins(loaded: Loaded, played: Sequence[Row]) -> list[Margin]:
    """Return each limit of the rubric beside what was played, for each cause that it counts for."""
    rubric = loaded.scenario.rubric
    found = []
    for harm in rubric.harm if rubric is not None else ():
        down = QUANTITIES[harm.quantity].worse == "down"
        worst, best = (min, max) if down else (max, min)
        for cause in causes_of(loaded):
            if harm.causes and cause not in harm.causes:
                continue

            def amounts(*robots: str, here: str = cause, quantity: str = harm.quantity) -> list[float]:
                return [r.ledger[quantity] for r in played if r.cause == here and r.robot in robots and r.ledger and quantity in r.ledger]

            expert, slow, ignorant = amounts(EXPERT), amounts(SLOW), amounts(*IGNORANT)
            found.append(
                Margin(
                    harm.quantity,
                    cause,
                    harm.limit,
                    harm.critical,
                    worst(expert) if expert else None,
                    worst(slow) if slow else None,
                    best(ignorant) if ignorant else None,
                )
            )
    return found
