"""Plays everything that proves a pack, on as many processes as there are; what comes of it is judged in `prove.py`."""

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from drill import TRAINING_ONLY, __version__
from drill.circuit.plant import compile_kernel
from drill.records.kernels import Kernel, load_kernel
from drill.records.settled import InMemory
from drill.robots.prove import Margin, Problem, Row, causes_of, margins, players, problems, rows
from drill.scenarios.load import Loaded, load_scenario

Played = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one scenario."""

    loaded: Loaded
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    margins: tuple[Margin, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "id": self.loaded.ref,
            "causes": list(causes_of(self.loaded)),
            "runs": [asdict(one) for one in self.rows],
            "margins": [asdict(one) for one in self.margins],
            "problems": [{**asdict(one), "command": one.command} for one in self.problems],
        }


def proof_json(proofs: Sequence[Proof], seeds: int) -> dict[str, Any]:
    """Return what `drill prove --json` prints."""
    return {
        "notice": TRAINING_ONLY,
        "drill": __version__,
        "seeds": seeds,
        "holds": not any(one.problems for one in proofs),
        "scenarios": [one.to_json() for one in proofs],
    }


def count(loaded: Loaded, seeds: int) -> int:
    """Return how many exams prove a scenario; on the first seed the expert plays twice, to come out the same."""
    return sum(len(players(loaded, cause, again=seed == 0)) for cause in causes_of(loaded) for seed in range(seeds))


def prove(
    scenarios: Mapping[str, Loaded], roots: Sequence[Path], *, seeds: int, jobs: int, played: Played = lambda _: None
) -> list[Proof]:
    """Play every scenario with the seeds 0 to `seeds` - 1 on `jobs` processes, and judge it.

    `scenarios` are keyed by how they are called on the command line; `roots` hold their packs. `played` is told how many exams
    have ended. The kernels are compiled here, once, and taken from the cache by the others.
    """
    by_ref = {loaded.ref: loaded for loaded in scenarios.values()}
    kernels = {ref: _kernel(loaded) for ref, loaded in by_ref.items()}
    every: dict[str, list[Row]] = {ref: [] for ref in by_ref}
    work = [(ref, seed) for ref in by_ref for seed in range(seeds)]
    if jobs <= 1 or len(work) <= 1:
        for ref, seed in work:
            for one in rows(by_ref[ref], seed, advance=kernels[ref].advance, settled=InMemory(), again=seed == 0):
                every[ref].append(one)
                played(1)
    else:
        for ref, some in _spread(work, roots, min(jobs, len(work))):
            every[ref] += some
            played(len(some))
    return [_judged(loaded, every[loaded.ref], called) for called, loaded in scenarios.items()]


def _judged(loaded: Loaded, found: list[Row], called: str) -> Proof:
    order = {cause: place for place, cause in enumerate(causes_of(loaded))}
    everyone = {name: place for cause in causes_of(loaded) for place, name in enumerate(players(loaded, cause, again=True))}
    done = tuple(sorted(found, key=lambda one: (order.get(one.cause, 0), everyone.get(one.robot, 0), one.seed)))
    return Proof(loaded, done, tuple(problems(loaded, done, called)), tuple(margins(loaded, done)))


def _kernel(loaded: Loaded) -> Kernel:
    found = load_kernel(compile_kernel(loaded.circuit, loaded.patient))
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again and again
    return found


# -- other processes ----------------------------------------------------------------------------------------------

_ready: dict[str, tuple[Loaded, Kernel]] = {}  # of one worker: what it has loaded


def _spread(work: Sequence[tuple[str, int]], roots: Sequence[Path], jobs: int) -> Iterator[tuple[str, list[Row]]]:
    """Play on other processes, each started anew: a copy of this one could hold locks of threads that it does not have."""
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(_one_seed, ref, seed, tuple(roots)): ref for ref, seed in work}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _one_seed(ref: str, seed: int, roots: tuple[Path, ...]) -> list[Row]:
    """Play one seed of one scenario in a worker. The machine settles once for all causes and robots."""
    if ref not in _ready:
        loaded = load_scenario(ref, roots=roots)
        _ready[ref] = (loaded, _kernel(loaded))
    loaded, kernel = _ready[ref]
    return list(rows(loaded, seed, advance=kernel.advance, settled=InMemory(), again=seed == 0))
