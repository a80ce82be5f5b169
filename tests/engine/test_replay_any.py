"""Whatever anyone does, it replays bit for bit; a replay that is broken on purpose is caught, and its moment is named."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drill.circuit.compiler import build
from drill.circuit.controls import CONTROLS
from drill.circuit.faults import FAULTS
from drill.circuit.plant import compile_kernel
from drill.engine.actions import Action
from drill.engine.dice import Dice
from drill.engine.replay import fork, verify
from drill.engine.runfile import decode, encode
from drill.engine.runlog import Run, digest
from drill.engine.session import Session
from drill.errors import SessionError
from drill.records.kernels import load_kernel
from drill.records.settled import InMemory
from drill.records.store import save_run
from drill.robots.make import make_robot, play
from drill.scenarios.catalogue import find_scenarios
from drill.scenarios.load import Loaded, load_scenario
from drill.units import ticks

Advance = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "scenario_packs"
SEEDS = 20
FREE_PLAY_S = 60.0
SETTLED = InMemory()
CASES = [
    (found.ref, cause)
    for found in find_scenarios([PACKS])
    if not found.error
    for cause in ([c.id for c in load_scenario(found.ref, roots=[PACKS]).scenario.causes] or [""])
]


@pytest.fixture(scope="module")
def quick(shipped: Loaded) -> Loaded:
    """The shipped scenario: two seconds of settling, flow lost after one, over after twelve."""
    scenario = shipped.scenario
    onset = scenario.vary["onset_s"].model_copy(update={"low": 1.0, "high": 1.0})
    start = scenario.start.model_copy(update={"settle_s": 2.0})
    return replace(
        shipped, scenario=scenario.model_copy(update={"start": start, "vary": {**scenario.vary, "onset_s": onset}, "time_limit_s": 12.0})
    )


@pytest.fixture(scope="module")
def advance(quick: Loaded) -> Advance:
    """The compiled kernel."""
    kernel = load_kernel(compile_kernel(quick.circuit, quick.patient), ROOT / "out")
    if kernel.advance is None:
        pytest.skip(kernel.note)
    return kernel.advance


def anything(loaded: Loaded, seed: int) -> list[tuple[int, Action]]:
    """What a monkey does in 12 s: any verb on any target by anyone, with any number, sensible or not."""
    dice = Dice(seed, "monkey")
    people = ["you", *(person.id for person in loaded.scenario.team)]
    targets = {
        "set": list(CONTROLS),
        "do": [task.id for task in loaded.tasks.tasks],
        "order": [task.id for task in loaded.tasks.tasks],
        "stop": [task.id for task in loaded.tasks.tasks],
        "say": [saying.id for saying in loaded.tasks.sayings],
        "look": [look.id for look in loaded.tasks.looks],
        "ack": ["all", "audio_pause"],
        "instructor": list(FAULTS),
    }

    def one(names: list[Any]) -> Any:
        return names[int(dice.uniform(0, len(names)))]

    acts = []
    for _ in range(int(dice.uniform(1, 80))):
        verb = one(list(targets))
        target = one(targets[verb])
        value: float | None = None
        if verb == "set":
            knob = CONTROLS[target]
            wrong = [knob.high * 10 + 1, -1e308, float("inf"), float("nan"), None]
            value = one([dice.uniform(knob.low, knob.high), knob.low, knob.high, *wrong])
        acts.append((int(dice.uniform(0, 600)), Action(verb=verb, target=target, value=value, who=one(people))))
    return sorted(acts, key=lambda act: act[0])


def played(loaded: Loaded, seed: int, advance: Advance | None, settled: InMemory) -> Run:
    """A run of what `anything` says, with pauses in it."""
    mode = ("practice", "guided", "exam")[seed % 3]
    session = Session(loaded, seed=seed, mode=mode, advance=advance, settled=settled)
    waiting, now = anything(loaded, seed), 0
    while not session.ended:
        while waiting and waiting[0][0] <= now:
            session.submit(waiting.pop(0)[1])
        if mode != "exam" and now % 97 == seed % 97:
            session.pause()
            session.resume()
        session.tick()
        now += 1
    made = session.run
    return decode(encode(Run(made.header, made.entries, {"digest": digest(made), "score": None, "wall_s": 1.0})))


@pytest.mark.slow
def test_ten_random_sequences_replay_bit_for_bit(quick: Loaded, advance: Advance) -> None:
    """Compiled all, one of them also in plain Python."""
    settled = InMemory()
    for seed in range(10):
        run = played(quick, seed, advance, settled)
        found = verify(run, quick, advance)
        assert found.status == "identical", (seed, found.text)
        assert run.finished
    assert verify(run, quick).status == "identical"


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_two_hundred_random_sequences_replay_bit_for_bit(quick: Loaded, advance: Advance, part: int) -> None:
    """200 sequences, compiled and interpreted. About 6 minutes in all."""
    settled = InMemory()
    for seed in range(20 * part, 20 * part + 20):
        run = played(quick, seed, advance, settled)
        for way in (advance, None):
            found = verify(run, quick, way)
            assert found.status == "identical", (seed, found.text)


@pytest.mark.slow
@pytest.mark.parametrize("broken_tick", [1, 149, 150, 377])
def test_a_broken_replay_is_caught_and_located(quick: Loaded, advance: Advance, broken_tick: int) -> None:
    """One bit of one slot wrong in one tick: the next checksum shows it, and the answer names where."""
    run = played(quick, 0, advance, InMemory())
    slot = build(quick.circuit, quick.patient).slots["hb:body:0"]  # moved by every tick, and written anew by none
    settle = 100
    count = 0

    def broken(x: Any) -> None:
        nonlocal count
        advance(x)
        count += 1
        if count == settle + broken_tick:
            x[slot] *= 1 + 2.0**-52

    found = verify(run, quick, broken)

    assert found.status == "different"
    assert found.tick is not None
    assert broken_tick <= found.tick <= broken_tick // 50 * 50 + 50, "by the next checksum at the latest"
    assert f"tick {found.tick} " in found.text


def test_other_physics_or_other_readings_are_not_compared(quick: Loaded, advance: Advance) -> None:
    """The fingerprint of the physics, the table of readings: where one is another, nothing is claimed."""
    run = played(quick, 3, advance, InMemory())
    model = replace(run, header={**run.header, "model": "0" * 16})
    readings = {**run.header["readings"], "true": run.header["readings"]["true"][1:]}

    assert "physics has changed" in verify(model, quick, advance).text
    assert verify(model, quick, advance).status == "not_comparable"
    assert verify(replace(run, header={**run.header, "readings": readings}), quick, advance).status == "not_comparable"
    with pytest.raises(SessionError, match="physics has changed"):
        fork(model, 10, quick, advance)


def test_an_exam_is_taken_over_as_practice_without_what_it_refused(quick: Loaded, advance: Advance) -> None:
    """An instructor's fault that the exam refused does not begin in the fork; an exam cannot be forked as one."""
    exam = Session(quick, seed=1, mode="exam", advance=advance)
    exam.submit(Action(verb="instructor", target="clot_in_head" if "clot_in_head" in FAULTS else next(iter(FAULTS))))
    exam.submit(Action(verb="set", target="clamp_return", value=1.0))
    for _ in range(100):
        exam.tick()
    taken = fork(exam.run, 100, quick, advance)

    assert [e["k"] for e in exam.run.entries if e["t"] == 1 and e["k"] in ("action", "refused")] == ["action", "refused", "action"]
    assert taken.run.header["mode"] == "practice"
    assert [e["target"] for e in taken.run.entries if e["k"] == "action"] == ["clamp_return"]
    assert taken.run.entries[-1] == exam.run.entries[-1]
    assert verify(Run(taken.run.header, taken.run.entries), quick, advance).status == "identical"
    with pytest.raises(SessionError, match="an exam begins at its beginning"):
        fork(exam.run, 100, quick, advance, mode="exam")


def test_a_fork_within_a_pause_goes_on(quick: Loaded, advance: Advance) -> None:
    """Whoever takes over stands in a drill that runs."""
    session = Session(quick, seed=1, advance=advance)
    for _ in range(50):
        session.tick()
    session.pause()
    taken = fork(session.run, 50, quick, advance)

    assert not taken.paused
    taken.tick()
    assert [entry["on"] for entry in taken.run.entries if entry["k"] == "pause"] == [True, False]
    assert verify(Run(taken.run.header, taken.run.entries), quick, advance).status == "identical"


@pytest.mark.slow
def test_ten_minutes_take_at_most_600_kb_once_closed(shipped: Loaded, advance: Advance) -> None:
    """A busy run of ten minutes: random hands, no end before the time."""
    scenario = shipped.scenario
    stages = tuple(stage.model_copy(update={"next": ()}) for stage in scenario.stages)
    longer = replace(shipped, scenario=scenario.model_copy(update={"time_limit_s": 600.0, "stages": stages, "always": ()}))
    session = Session(longer, seed=3, advance=advance)
    play(session, make_robot("random", shipped.plays, 3))
    made = session.run
    size = len(gzip.compress(encode(Run(made.header, made.entries, {"digest": digest(made), "score": None, "wall_s": 1.0})), mtime=0))

    assert made.last_tick == 30_000
    assert size <= 600_000, f"{size} bytes"


def again(paths: list[Path], *words: str) -> subprocess.CompletedProcess[str]:
    """`drill verify` in a fresh process."""
    command = [sys.executable, "-m", "drill", "verify", *words, *map(str, paths)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=paths[0].parent, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


def expert_or_random(loaded: Loaded) -> str:
    """Who plays a scenario here."""
    return "expert" if "expert" in loaded.plays else "random"


@pytest.mark.slow
def test_every_scenario_replays_in_a_fresh_process(tmp_path: Path) -> None:
    """Each shipped scenario with its first cause, one seed, twenty seconds, compiled."""
    first = dict(reversed(CASES))
    paths = [path for ref, cause in first.items() for path in write_runs(ref, cause, [1], tmp_path, limit_s=20.0)]
    done = again(paths)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("identical:") == len(first)


@pytest.mark.soak
@pytest.mark.parametrize("ref", sorted({ref for ref, _ in CASES}))
def test_every_case_replays_for_twenty_seeds_interpreted_and_compiled(tmp_path: Path, ref: str) -> None:
    """A shipped scenario with every cause, 20 seeds, whole drills (free play, which has no end: a minute); minutes, nearly all interpreted.

    One fresh process for each way: what the causes of a seed have in common - machine, settled start - is made anew in it, once.
    """
    paths = [
        path
        for seed in range(SEEDS)
        for one, cause in CASES
        if one == ref
        for path in write_runs(ref, cause, [seed], tmp_path, limit_s=None if cause else FREE_PLAY_S)
    ]
    for words in ((), ("--plain",)):
        done = again(paths, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("identical:") == len(paths)


def write_runs(ref: str, cause: str, seeds: Iterable[int], folder: Path, *, limit_s: float | None) -> list[Path]:
    """Play a case compiled, to its end or for so long, and write it; an unfinished one is stopped by the instructor."""
    loaded = load_scenario(ref, roots=[PACKS])
    kernel = load_kernel(compile_kernel(loaded.circuit, loaded.patient), ROOT / "out")
    paths = []
    for seed in seeds:
        session = Session(loaded, seed=seed, cause=cause or None, advance=kernel.advance, settled=SETTLED)
        robot = make_robot(expert_or_random(loaded), loaded.plays, seed)
        play(session, robot, until_tick=None if limit_s is None else ticks(limit_s))
        if not session.ended:
            session.submit(Action(verb="instructor", target="end"))
            session.tick()
        paths.append(save_run(session.run, folder / f"{ref.replace('/', '_')}_{cause}_{seed}.drill.gz"))
    return paths
