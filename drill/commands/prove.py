"""The command that proves packs."""

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from drill.commands.common import Finding, NewFile, json_option, place_of, print_json, say_taken
from drill.errors import NameUnknownError, RunFileError


@click.command()
@click.argument("packs", metavar="[PACK]...", nargs=-1)
@click.option("--seeds", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many seeds, from 0 on.")
@click.option("--jobs", type=click.IntRange(1, 256), help="How many processes; as many as there are cores if not given.")
@json_option
@click.option("--report", type=NewFile(), help="Also write the tables there, as Markdown.")
def prove(*, packs: tuple[str, ...], seeds: int, jobs: int | None, as_json: bool, report: Path | None) -> None:
    """Play every scenario of a pack on every cause by every robot, and say where it does not hold."""
    from datetime import UTC, datetime

    from drill.records.home import pack_roots
    from drill.robots.proof import count, proof_json
    from drill.robots.proof import prove as prove_all
    from drill.robots.proof_text import page, print_proofs
    from drill.scenarios.load import load_scenario

    chosen, roots = scenarios_of(packs, pack_roots())
    say_taken(roots, *(ref.partition("/")[0] for ref in chosen.values()))
    every = {called: load_scenario(ref, roots=roots) for called, ref in chosen.items()}
    loaded = {called: one for called, one in every.items() if one.scenario.rubric is not None}
    if not loaded:
        raise Finding("There is nothing to prove: no scenario here has a rubric.")
    with _progress(sum(count(one, seeds) for one in loaded.values()), quiet=as_json) as played:
        proofs = prove_all(loaded, roots, seeds=seeds, jobs=jobs or os.cpu_count() or 1, played=played)
    if as_json:
        print_json(proof_json(proofs, seeds))
    else:
        print_proofs(proofs, seeds)
    if report is not None:
        typed = shlex.join(("drill", "prove", *packs, "--seeds", str(seeds), "--report", report.as_posix()))
        try:
            report.write_text("\n".join(page(proofs, seeds, f"{datetime.now(UTC):%Y-%m-%d}", typed)) + "\n", encoding="utf-8")
        except OSError as error:
            raise RunFileError(f"{report}: cannot be written ({error.strerror})") from error
    wrong = sum(len(one.problems) for one in proofs)
    if wrong:
        raise Finding(f"{wrong} problem{'s' if wrong > 1 else ''}: the pack does not hold.")


def scenarios_of(packs: tuple[str, ...], roots: tuple[Path, ...]) -> tuple[dict[str, str], tuple[Path, ...]]:
    """Return the scenarios that are meant, by what a command calls them, and the folders that hold their packs.

    Each of `packs` is a pack's name, pack/scenario, or the path of either, which is then the one that is meant; none at
    all means every pack. Raises NameUnknownError, or UsageError for two paths of one name.
    """
    from drill.scenarios.library import Library

    places = [place_of(one) for one in packs]
    own = tuple(dict.fromkeys(place[0] for place in places if place is not None))
    names = [one if place is None else place[1] for one, place in zip(packs, places, strict=True)]
    usual, library = Library(roots), Library((*own, *roots))
    for place in filter(None, places):
        folder = place[0] / place[1].partition("/")[0]
        if library.packs.get(folder.name) != folder:
            raise click.UsageError(f"{folder} and {library.packs.get(folder.name)} have one name: prove one after the other")
    known = library.refs("scenarios")
    chosen: dict[str, str] = {}
    for name in names or known:
        found = [ref for ref in known if name in (ref, ref.partition("/")[0])]
        if not found:
            raise NameUnknownError("pack", name, {*known, *(ref.partition("/")[0] for ref in known)})
        for ref in found:
            pack, _, scenario = ref.partition("/")
            folder = library.packs[pack]
            chosen[ref if usual.packs.get(pack) == folder else (folder / "scenarios" / f"{scenario}.yaml").as_posix()] = ref
    return chosen, (*own, *(root for root in roots if root not in own))


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show a bar on the error stream, so that the output can be piped; nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("exams"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("exams", total=total)
        yield lambda number: bar.advance(task, number)
