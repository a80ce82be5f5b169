"""Plays a drill without a window: load, play by a robot, record, score. For the commands and the tests."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drill.circuit.plant import compile_kernel
from drill.engine.runlog import Run, digest
from drill.engine.scoring import ScoreSheet, score
from drill.engine.session import Session
from drill.errors import DrillError
from drill.records.home import pack_roots
from drill.records.kernels import Kernel, load_kernel
from drill.records.recorder import Recorder
from drill.records.store import close_record, save_run, station_signer
from drill.reports.page import report_place, write_report
from drill.reports.terminal import print_sheet
from drill.robots.make import make_robot, play
from drill.robots.view import Running
from drill.scenarios.load import Loaded, load_scenario
from drill.units import seconds, ticks

DEMONSTRATION = "pump_head_failure/va_flow_lost"


@dataclass(frozen=True, slots=True)
class Played:
    """A run that was played to its end, and what came of it. `sheet` is None for free play; `path` where it was not recorded."""

    run: Run
    sheet: ScoreSheet | None
    robot: str
    path: Path | None
    problem: str
    wall_s: float
    loaded: Loaded

    def to_json(self) -> dict[str, Any]:
        """Return what `drill run --json` prints."""
        return {
            **sheet_json(self.run, self.sheet),
            "robot": self.robot,
            "wall_s": round(self.wall_s, 3),
            "run": None if self.path is None else str(self.path),
        }


def sheet_json(run: Run, sheet: ScoreSheet | None) -> dict[str, Any]:
    """Return a judged run as plain data; a run without a rubric has the same keys with nothing in them."""
    if sheet is not None:
        return sheet.to_json()
    head = {key: run.header[key] for key in ("scenario", "seed", "mode", "cause")}
    judged = {"outcome": run.outcome, "passed": False, "score": None, "items": [], "ledger": {}}
    return {**head, **judged, "digest": digest(run), "simulated_s": seconds(run.last_tick)}


def kernel(loaded: Loaded, *, plain: bool = False) -> Kernel:
    """Return how the physics runs: compiled where numba is there and wanted, else plain Python. The bits are the same."""
    if plain:
        return Kernel(None, "python", "")
    return load_kernel(compile_kernel(loaded.circuit, loaded.patient))


def reload(run: Run) -> Loaded:
    """Load the scenario that a run was played on, with the run's own site values."""
    return load_scenario(str(run.header["scenario"]), roots=pack_roots(), site=run.header["site_values"])


def judge(run: Run, loaded: Loaded) -> ScoreSheet | None:
    """Score a run by its log; None for free play."""
    return None if loaded.scenario.rubric is None else score(loaded.scenario.rubric, run)


def play_to(loaded: Loaded, robot: str, *, seed: int, cause: str | None, at_s: float, through: Callable[[Session], Running]) -> Session:
    """Let a robot play up to a moment, and return the session as it stands there; it may have ended before.

    `through` makes what the robot plays on from the session: something that watches the ticks go by, and passes all on.
    """
    session = Session(loaded, seed=seed, mode="practice", cause=cause, advance=kernel(loaded).advance)
    play(through(session), make_robot(robot, loaded.plays, seed), until_tick=ticks(at_s))
    return session


def play_headless(
    scenario: str,
    robot: str,
    *,
    seed: int,
    mode: str = "exam",
    cause: str | None = None,
    plain: bool = False,
    record: bool = True,
    out: Path | None = None,
) -> Played:
    """Let a robot play a scenario to its end, as fast as it goes, and judge it.

    The run is recorded under DRILL_HOME, or written to `out` when it is over. Raises NameUnknownError for a scenario,
    robot, cause or mode that does not exist, PackError for a pack that does not load, RunFileError where `out` cannot be written.
    """
    begun = time.perf_counter()
    loaded = load_scenario(scenario, roots=pack_roots())
    player = make_robot(robot, loaded.plays, seed)
    compiled = kernel(loaded, plain=plain)
    recorder = (
        Recorder(case_name=loaded.scenario.case.name, trainee=f"robot {robot}", kernel=compiled.kind) if record and out is None else None
    )
    session = Session(loaded, seed=seed, mode=mode, cause=cause, advance=compiled.advance, sink=recorder)
    play(session, player)
    sheet = judge(session.run, loaded)
    wall_s = time.perf_counter() - begun
    path, problem = None, ""
    if recorder is not None:
        path, problem = close_record(recorder, session.run, None if sheet is None else sheet.to_json())
        problem = problem or recorder.unsigned
    elif out is not None:
        sign, problem = station_signer()
        path = save_run(session.run, out, None if sheet is None else sheet.to_json(), round(wall_s, 3), sign)
    return Played(session.run, sheet, robot, path, problem, wall_s, loaded)


def demonstrate(problem: str, say: Callable[[str], None]) -> None:
    """Play one drill with the scripted expert, print its sheet, and write its report; for a machine without a display."""
    say(f"The panel cannot open here: {problem}.")
    say("So the scripted expert plays the drill without a window.\n")
    played = play_headless(DEMONSTRATION, "expert", seed=1)
    if played.sheet is not None:
        print_sheet(played.sheet)
    if played.problem or played.path is None:
        say(f"\n{played.problem}")
        return
    report = report_place(played.path)
    try:
        write_report(played.sheet, played.run, report, scenario=played.loaded.scenario, tasks=played.loaded.tasks)
    except OSError as error:
        raise DrillError(
            f"the report cannot be written to {report} ({error.strerror}): set DRILL_HOME to a folder that can be written"
        ) from error
    say(f"\nRun:    {played.path}\nReport: {report}")
