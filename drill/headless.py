"""Plays a drill without a window: load, play by a robot, record, score. For the commands and the tests."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drill import TRAINING_ONLY
from drill.circuit.plant import compile_kernel
from drill.engine.replay import Verification, fork, verify
from drill.engine.runlog import Run, canonical, digest
from drill.engine.scoring import ScoreSheet, score
from drill.engine.session import Session
from drill.errors import DrillError, PackError, SessionError
from drill.records.home import pack_roots
from drill.records.kernels import Kernel, load_kernel
from drill.records.recorder import Recorder, about_here
from drill.records.settled import InMemory, OnDisk
from drill.records.store import close_record, open_run, save_run, station_signer
from drill.records.trainees import shown_code
from drill.reports.page import report_place, write_report
from drill.reports.provenance import provenance_rows
from drill.reports.terminal import print_sheet
from drill.reports.view import ExpertRun
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
    found = Kernel(None, "python", "") if plain else load_kernel(compile_kernel(loaded.circuit, loaded.patient))
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again and again
    return found


def reload(run: Run, pack: Path | None = None) -> Loaded:
    """Load the scenario that a run was played on, with the run's own site values; from the folder `pack`, if given.

    Raises PackError where the scenario is no more, or the site values are not its own any more.
    """
    roots = pack_roots()
    if pack is not None:
        ref = str(run.header["scenario"])
        if pack.name != ref.partition("/")[0]:
            raise DrillError(f"{pack} is not the pack of this run: '{ref}' lies in a folder named '{ref.partition('/')[0]}'")
        roots = (pack.resolve().parent, *roots)
    return load_scenario(str(run.header["scenario"]), roots=roots, site=run.header["site_values"])


class Prover:
    """Simulates runs again. What they have in common - scenario, kernel, settled start - is made once, here, by one kernel."""

    def __init__(self, *, plain: bool = False) -> None:
        """Prove compiled, where that can be, or in plain Python."""
        self._plain = plain
        self._ready: dict[bytes, tuple[Loaded, Kernel]] = {}
        self._settled = InMemory()

    def prove(self, run: Run) -> Verification:
        """Simulate a run again and compare everything; not comparable where its scenario cannot be loaded any more."""
        key = canonical([run.header["scenario"], run.header["site_values"]])
        try:
            if key not in self._ready:
                loaded = reload(run)
                self._ready[key] = loaded, kernel(loaded, plain=self._plain)
        except PackError as error:
            text = f"its scenario cannot be loaded as it was: {str(error).splitlines()[0]}"
            return Verification("not_comparable", text)
        loaded, how = self._ready[key]
        return verify(run, loaded, how.advance, settled=self._settled)


def summary_of(run: Run) -> dict[str, Any]:
    """Return what a run is, without judging it."""
    about = run.header.get("about")
    about = about if isinstance(about, dict) else {}
    parent = run.header["parent"]
    return {
        "notice": TRAINING_ONLY,
        "scenario": run.header["scenario"],
        "case": about.get("case_name", ""),
        "trainee": shown_code(str(about.get("trainee") or "")),
        "started_utc": about.get("started_utc", ""),
        "mode": run.header["mode"],
        "seed": run.header["seed"],
        "cause": run.header["cause"],
        "outcome": run.outcome,
        "simulated_s": seconds(run.last_tick),
        "parent": "" if parent is None else f"{str(parent.get('digest'))[:16]} at {seconds(int(parent.get('tick', 0))):.2f} s",
        "digest": digest(run),
        "problems": "; ".join(run.problems),
    }


def moment_of(run: Run, at_s: float) -> dict[str, Any]:
    """Return how everything stood in the last frame up to a moment. Raises SessionError for one outside the run."""
    at, stage = ticks(at_s), ""
    frame = next((frame for frame in reversed(list(run.frames())) if frame.tick <= at), None)
    if frame is None or at > run.last_tick:
        raise SessionError(f"the run goes from 0 to {seconds(run.last_tick):.1f} s; there is no {at_s:g} s in it")
    for entry in run.entries:
        if entry["k"] == "stage" and entry["t"] <= at:
            stage = entry["to"]
    return {
        "time_s": seconds(frame.tick),
        "stage": stage,
        "drive": frame.drive,
        "alarms": sorted(frame.alarms),
        "jobs": sorted(frame.running),
        "true": dict(frame.true),
        "shown": dict(frame.shown),
        "controls": dict(frame.controls),
    }


def fork_headless(
    run: Run, at_s: float, *, robot: str | None, mode: str | None = None, trainee: str = "", out: Path | None = None
) -> Played:
    """Take a run over at a moment, let a robot play on to the end (None: nobody does), and keep the new run.

    Raises SessionError for a moment that the run does not have, or where it cannot be played again.
    """
    begun = time.perf_counter()
    loaded = reload(run)
    player = None if robot is None else make_robot(robot, loaded.plays, run.header["seed"])
    compiled = kernel(loaded)
    about = _about(loaded, trainee or ("" if robot is None else f"robot {robot}"), compiled)
    recorder = None if out is not None else Recorder(**about)
    session = fork(run, ticks(at_s), loaded, compiled.advance, recorder, mode)
    if player is not None:
        play(session, player)
    sheet = judge(session.run, loaded)
    path, problem = _keep(session.run, sheet, recorder, out, time.perf_counter() - begun, about)
    return Played(session.run, sheet, robot or "", path, problem, time.perf_counter() - begun, loaded)


def judge(run: Run, loaded: Loaded) -> ScoreSheet | None:
    """Score a run by its log; None for free play."""
    return None if loaded.scenario.rubric is None else score(loaded.scenario.rubric, run)


def expert_beside(run: Run, loaded: Loaded) -> ExpertRun | None:
    """Let the pack's expert play the same case with the same cause and seed; None where nothing can be compared.

    That is free play, a pack without an expert, or one that has changed since the run.
    """
    rubric = loaded.scenario.rubric
    if rubric is None or "expert" not in loaded.plays or run.header["pack_digest"] != loaded.digest:
        return None
    session = Session(
        loaded,
        seed=run.header["seed"],
        mode="practice",
        cause=run.header["cause"] or None,
        advance=kernel(loaded).advance,
        settled=OnDisk(),
    )
    play(session, make_robot("expert", loaded.plays, run.header["seed"]))
    return ExpertRun(session.run, score(rubric, session.run))


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
    trainee: str = "",
) -> Played:
    """Let a robot play a scenario to its end, as fast as it goes, and judge it.

    The run is recorded under DRILL_HOME, or written to `out` when it is over; `trainee` is kept in it, the robot's name if there is
    none. Raises NameUnknownError for a scenario,
    robot, cause or mode that does not exist, PackError for a pack that does not load, RunFileError where `out` cannot be written.
    """
    begun = time.perf_counter()
    loaded = load_scenario(scenario, roots=pack_roots())
    player = make_robot(robot, loaded.plays, seed)
    compiled = kernel(loaded, plain=plain)
    about = _about(loaded, trainee or f"robot {robot}", compiled)
    recorder = Recorder(**about) if record and out is None else None
    session = Session(loaded, seed=seed, mode=mode, cause=cause, advance=compiled.advance, sink=recorder)
    play(session, player)
    sheet = judge(session.run, loaded)
    wall_s = time.perf_counter() - begun
    path, problem = _keep(session.run, sheet, recorder, out, wall_s, about)
    return Played(session.run, sheet, robot, path, problem, wall_s, loaded)


def _about(loaded: Loaded, trainee: str, compiled: Kernel) -> dict[str, Any]:
    """Return who plays what, and how: a recorder's words."""
    return {"case_name": loaded.scenario.case.name, "trainee": trainee, "kernel": compiled.kind}


def _keep(
    run: Run, sheet: ScoreSheet | None, recorder: Recorder | None, out: Path | None, wall_s: float, about: dict[str, Any]
) -> tuple[Path | None, str]:
    """Close the record, or write the run to `out`; return where it lies, and what was not done."""
    told = None if sheet is None else sheet.to_json()
    if recorder is not None and not run.ended:
        return recorder.abandon(), recorder.problem
    if recorder is not None:
        path, problem = close_record(recorder, run, told)
        return path, problem or recorder.unsigned
    if out is None:
        return None, ""
    sign, problem = station_signer()
    run = replace(run, header={**run.header, "about": {**about, **about_here()}})
    return save_run(run, out, told, round(wall_s, 3), sign), problem


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
        origin = provenance_rows(played.path, open_run(played.path))
        write_report(played.sheet, played.run, report, scenario=played.loaded.scenario, tasks=played.loaded.tasks, provenance=origin)
    except OSError as error:
        raise DrillError(
            f"the report cannot be written to {report} ({error.strerror}): set DRILL_HOME to a folder that can be written"
        ) from error
    say(f"\nRun:    {played.path}\nReport: {report}")
