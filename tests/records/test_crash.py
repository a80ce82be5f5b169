"""Kill -9 at any moment: nothing that was acknowledged a second before is lost; what is left opens, replays, is judged, goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drill.engine.replay import fork, verify
from drill.engine.runlog import Run
from drill.engine.scoring import score
from drill.records.store import open_run
from drill.scenarios.load import load_scenario

SCENARIO = "pump_head_failure/va_flow_lost"

# One process loads and settles the machine once, then makes a child for each kill: the child plays and says after each tick
# with an action that it is done ("acknowledged"), the parent kills it at a moment drawn by a seed.
NURSERY = """
import json, os, signal, sys, time
from pathlib import Path
from drill.circuit.plant import compile_kernel
from drill.engine.actions import Action
from drill.engine.dice import Dice
from drill.engine.session import Session
from drill.records.kernels import load_kernel
from drill.records.recorder import Recorder
from drill.records.settled import InMemory
from drill.scenarios.load import load_scenario

packs, home, first, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
loaded = load_scenario(SCENARIO, roots=[packs])
advance = load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance
kept = InMemory()
Session(loaded, seed=1, advance=advance, settled=kept)

def child(number, out):
    dice = Dice(number, "acts")
    recorder = Recorder(case_name="kill", trainee=str(number), home=home)
    session = Session(loaded, seed=1, advance=advance, settled=kept, sink=recorder)
    os.write(out, (json.dumps({"path": str(recorder.path)}) + chr(10)).encode())
    act = 0
    while True:
        acts = dice.uniform() < 0.2
        if acts:
            value = round(dice.uniform(), 2)
            session.submit(Action(verb="set", target="clamp_return", value=value))
        session.tick()
        if acts:
            os.write(out, (json.dumps({"seq": act, "value": value, "at": time.monotonic()}) + chr(10)).encode())
            act += 1
        time.sleep(0.002)

for number in range(first, last):
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(out)
        try:
            child(number, into)
        finally:
            os._exit(1)
    os.close(into)
    told = os.fdopen(out, "rb")
    begun = json.loads(told.readline())
    time.sleep(Dice(number, "kill").uniform(0.0, 1.6))
    killed = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    said = [json.loads(line) for line in told.read().splitlines() if line.endswith(b"}")]
    told.close()
    print(json.dumps({**begun, "killed": killed, "said": said}), flush=True)
""".replace("SCENARIO", repr(SCENARIO))


def killed_runs(root: Path, home: Path, first: int, last: int) -> list[tuple[Run, dict[str, object]]]:
    """Kill so many runs; return what is left of each, and what was acknowledged before."""
    done = subprocess.run(
        [sys.executable, "-c", NURSERY, root / "scenario_packs", home, str(first), str(last)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False, timeout=1500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == last - first
    return [(open_run(Path(one["path"])), one) for one in told]


def check(run: Run, told: dict[str, object]) -> tuple[int, int]:
    """No acknowledged action older than a second is missing, nothing is made up; return how many were said and kept."""
    said = told["said"]
    assert isinstance(said, list)
    kept = [(entry["seq"], entry["value"]) for entry in run.entries if entry["k"] == "action"]
    all_said = [(one["seq"], one["value"]) for one in said]
    old = sum(float(str(told["killed"])) - one["at"] >= 1.0 for one in said)
    assert kept[: len(all_said)] == all_said[: len(kept)], "what is kept is what was done, in order"
    assert len(kept) >= old, f"{old - len(kept)} actions older than a second are lost"
    assert not run.finished
    assert run.problems[-1].startswith("unfinished")
    return len(said), len(kept)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork, and no kill -9")


@needs_fork
@pytest.mark.slow
def test_killed_runs_lose_nothing_older_than_a_second(root: Path, drill_home: Path) -> None:
    """A few kills; one of what is left replays, is judged as unfinished, and is taken over."""
    left = killed_runs(root, drill_home, 0, 6)
    for run, told in left:
        check(run, told)
    longest = max((run for run, _ in left), key=lambda run: run.last_tick)
    loaded = load_scenario(SCENARIO, roots=[root / "scenario_packs"])
    assert loaded.scenario.rubric is not None

    assert longest.last_tick > 50
    assert verify(longest, loaded).status == "identical"
    sheet = score(loaded.scenario.rubric, longest)
    assert not sheet.passed
    assert sheet.outcome == "unfinished"
    assert "the run is unfinished" in sheet.reasons
    taken = fork(longest, longest.last_tick, loaded)
    taken.tick()
    assert taken.frame.tick <= longest.last_tick + 1
    assert taken.run.header["parent"]["tick"] == longest.last_tick


@needs_fork
@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_five_hundred_kills(root: Path, drill_home: Path, part: int) -> None:
    """500 kills at random moments, 50 a part: no acknowledged action older than a second is lost. About 8 minutes in all."""
    said = kept = 0
    for run, told in killed_runs(root, drill_home, 50 * part, 50 * part + 50):
        one_said, one_kept = check(run, told)
        said, kept = said + one_said, kept + one_kept

    assert said > 1000, "too little was done to prove anything"
    assert kept >= said * 0.98, f"{said - kept} of {said} acknowledged actions are lost"
