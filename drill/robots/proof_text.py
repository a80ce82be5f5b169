"""A proof in words: one table for the terminal and for the page, made once."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from drill import TRAINING_ONLY, __version__
from drill.robots.proof import Proof
from drill.robots.prove import AGAIN, Problem, Row, limited
from drill.scenarios.quantities import QUANTITIES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from drill.scenarios.load import Loaded

WIDE: Final = 160  # columns of text where there is no terminal to ask
MOST_PROBLEMS: Final = 40  # on the screen; --json has them all
MOST_REASONS: Final = 4  # in a row of the page
WHO: Final = (
    "`expert`, and every play that makes no error, must pass. `slow` may pass or fail: it must only stand between the expert and those "
    "who do not know. `idle`, `reflex`, `masher`, `random` and every error play must fail."
)
FAILED_BY: Final = (
    "*Failed by* says why runs failed, whatever their score: the critical steps and errors, the critical limits that were crossed, the "
    "end that was reached, a score under the pass mark; with their numbers of seeds where these differ."
)
Cells = tuple[str, ...]


def runs_table(proof: Proof, *, why: bool = False) -> tuple[Cells, list[Cells]]:
    """Return heading and rows: each robot on each cause, ranges from the least to the most over the seeds; `why` adds "failed by"."""
    quantities = limited(proof.loaded)
    heads = ("robot", "cause", "passed", "ended as", "score, %", *(_head(name) for name in quantities), "critical limits crossed")
    groups: dict[tuple[str, str], list[Row]] = {}
    for one in proof.rows:
        if one.robot != AGAIN:
            groups.setdefault((one.robot, one.cause), []).append(one)
    lines = [_line(robot, cause, some, quantities) for (robot, cause), some in groups.items()]
    if not why:
        return heads, lines
    return (*heads, "failed by"), [(*line, failed_by(proof.loaded, some)) for line, some in zip(lines, groups.values(), strict=True)]


def _head(quantity: str) -> str:
    name = quantity.removesuffix("_limit_s").removesuffix("_" + QUANTITIES[quantity].unit.lower())
    return f"{name.replace('_', ' ')}, {QUANTITIES[quantity].unit}"


def _line(robot: str, cause: str, some: Sequence[Row], quantities: Sequence[str]) -> Cells:
    whole = [one for one in some if not one.error]
    ends = Counter(one.outcome.replace("_", " ") for one in whole)
    ended = ", ".join(name if len(ends) == 1 else f"{name} {number}" for name, number in ends.most_common())
    broken = f"{len(some) - len(whole)} not played" if len(whole) < len(some) else ""
    harmed = sum(bool(one.harmed) for one in whole)
    return (
        robot,
        cause.replace("_", " "),
        f"{sum(one.passed for one in whole)} of {len(some)}",
        ", ".join(part for part in (ended, broken) if part),
        span([one.score_pct for one in whole], 1),
        *(span([one.ledger[name] for one in whole if one.ledger and name in one.ledger]) for name in quantities),
        f"{harmed} of {len(whole)}" if harmed else "none",
    )


def failed_by(loaded: "Loaded", some: Iterable[Row]) -> str:
    """Return what runs of one robot failed by, most seeds first: "return_clamped 50, map_watched 12"; what its play loses leads."""
    fails = [one for one in some if not one.passed and not one.error]
    counts = Counter(name for one in fails for name in _reasons(loaded, one))
    play = loaded.plays.get(fails[0].robot) if fails else None
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], play is None or pair[0] != play.loses))
    alike = all(number == len(fails) for number in counts.values())
    told = [name if alike else f"{name} {number}" for name, number in ranked]
    return ", ".join((*told[:MOST_REASONS], *(("…",) if len(told) > MOST_REASONS else ())))


def _reasons(loaded: "Loaded", one: Row) -> tuple[str, ...]:
    """Return each reason for which a run alone failed, in short; at worst the sheet's own words."""
    good = {stage.id for stage in loaded.scenario.stages if stage.ends == "passed"}
    rubric = loaded.scenario.rubric
    ended = () if one.outcome in good else (f"ended as {one.outcome.replace('_', ' ')}",)
    low = (f"score under {rubric.pass_mark_pct:g} %",) if rubric is not None and one.score_pct < rubric.pass_mark_pct else ()
    return (*ended, *one.failed, *one.harmed, *low) or one.reasons[:1]


def margins_table(proof: Proof) -> tuple[Cells, list[Cells]]:
    """Return heading and rows: each limit beside the expert's and the slow expert's worst and the best of who does not know."""
    heads = ("limit", "cause", "tolerated", "expert at worst", "slow at worst", "who does not know, at best")
    return heads, [
        (
            f"{_head(one.quantity)}{' (critical)' if one.critical else ''}",
            one.cause.replace("_", " "),
            f"{one.limit:g}",
            *("" if value is None else span([value]) for value in (one.expert_worst, one.slow_worst, one.ignorant_best)),
        )
        for one in proof.margins
    ]


def span(values: Iterable[float], decimals: int = 0) -> str:
    """Return "3 to 5", or one number where they are the same."""
    found = sorted(values)
    if not found:
        return ""
    low, high = (f"{value + 0.0:.{decimals}f}" for value in (found[0], found[-1]))
    return low if low == high else f"{low} to {high}"


def summary(proof: Proof, seeds: int) -> str:
    """Say in one line what was played and whether it holds."""
    seconds = sum(one.simulated_s for one in proof.rows)
    held = f"{len(proof.problems)} problem{'s' if len(proof.problems) != 1 else ''}" if proof.problems else "it holds"
    return f"{proof.loaded.ref}: {len(proof.rows)} exams, {seeds} seed{'s' if seeds != 1 else ''}, {seconds / 3600:.1f} h simulated: {held}"


def over_seeds(problems: Iterable[Problem]) -> list[str]:
    """Return each problem once, as it is in its first seed, with all seeds that have it: texts that differ in numbers alone are one."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for one in problems:
        key = (one.scenario, one.robot, one.cause, re.sub(r"\d+(\.\d+)?", "#", one.text))
        groups.setdefault(key, []).append(one)
    told = []
    for some in groups.values():
        seeds = sorted({one.seed for one in some if one.seed is not None})
        row = len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1
        words = f"{seeds[0]} to {seeds[-1]}" if row else ", ".join(map(str, seeds))
        first = str(some[0])
        told.append(first.replace(f", seed {some[0].seed}: ", f", seeds {words}: ", 1) if len(seeds) > 1 else first)
    return told


# -- the terminal -------------------------------------------------------------------------------------------------


def print_proofs(proofs: Sequence[Proof], seeds: int, console: "Console | None" = None) -> None:
    """Print the tables, then the problems."""
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = console or Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE, file=console.file)
    console.print(Text(TRAINING_ONLY, style="bold reverse"))
    for proof in proofs:
        console.print(Text(summary(proof, seeds), style="bold red" if proof.problems else "bold green"), soft_wrap=True)
        for heads, lines in (runs_table(proof), margins_table(proof)):
            console.print(_table(heads, lines))
        told = over_seeds(proof.problems)
        for line in told[:MOST_PROBLEMS]:
            console.print(Text(line), soft_wrap=True)
        if len(told) > MOST_PROBLEMS:
            console.print(Text(f"... and {len(told) - MOST_PROBLEMS} more: --json lists them all"))


def _table(heads: Cells, lines: Sequence[Cells]) -> "Table":
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for place, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=place == 0)
    for line in lines:
        table.add_row(*line)
    return table


# -- the page -----------------------------------------------------------------------------------------------------


def page(proofs: Sequence[Proof], seeds: int, when: str, command: str) -> Iterator[str]:
    """Yield the lines of a report. `when` is the day and `command` what was typed: this floor knows neither."""
    yield "# Results"
    yield ""
    yield f"What `{command}` found on {when}, Drill {__version__}. {TRAINING_ONLY}."
    yield ""
    yield f"Everyone plays each hidden cause as an exam. {WHO}"
    yield ""
    yield f"Ranges run from the least to the most over the seeds. {FAILED_BY}"
    for proof in proofs:
        yield ""
        yield f"## `{proof.loaded.ref}`"
        yield ""
        yield f"{summary(proof, seeds)}."
        yield ""
        yield from _markdown(*runs_table(proof, why=True))
        yield ""
        yield "What each limit of the rubric leaves to who knows, and to who does not:"
        yield ""
        yield from _markdown(*margins_table(proof))
        for line in over_seeds(proof.problems):
            yield ""
            yield f"- {line}"


def _markdown(heads: Cells, lines: Sequence[Cells]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for line in lines:
        yield f"| {' | '.join(line)} |"
