"""One run from the panel's side: prepared while the briefing is read, recorded from Start, judged at its end.

Letting the machine settle takes seconds of plain Python, so it happens in a thread; nothing of a run that was never
started reaches the disk.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from drill.engine.entries import Entry
from drill.engine.replay import fork, fork_mode
from drill.engine.runlog import Run
from drill.engine.scoring.score import score
from drill.engine.scoring.sheet import ScoreSheet
from drill.engine.session import AUTHORING, Session
from drill.errors import DrillError, RunFileError
from drill.records.index import attempt_of, list_runs
from drill.records.recorder import Recorder
from drill.records.settled import OnDisk
from drill.records.store import close_record, open_run
from drill.reports.page import report_place, write_page
from drill.reports.provenance import provenance_rows
from drill.reports.view import Debrief, describe
from drill.scenarios.load import Loaded

AUTHORING_WORDS: Final = "an authoring drill is not recorded"


class HeldSink:
    """Keeps a run's header and entries back until the trainee presses Start, then hands everything on."""

    def __init__(self) -> None:
        """Hold from now on."""
        self._recorder: Recorder | None = None
        self._header: Mapping[str, Any] | None = None
        self._held: list[Entry] = []

    def header(self, header: Mapping[str, Any]) -> None:
        """Take the header."""
        self._header = header

    def entry(self, entry: Entry) -> None:
        """Take one entry."""
        if self._recorder is None:
            self._held.append(entry)
        else:
            self._recorder.entry(entry)

    def release(self, recorder: Recorder) -> None:
        """Hand on what was held, and from now on everything at once."""
        if self._header is not None:
            recorder.header(self._header)
        for entry in self._held:
            recorder.entry(entry)
        self._held.clear()
        self._recorder = recorder


class Preparation:
    """A session that is being built in the background. Ask `ready`, then `take` it: that raises what went wrong."""

    def __init__(self, loaded: Loaded, *, seed: int, mode: str, cause: str | None) -> None:
        """Begin at once. Free play is practice whatever `mode` says: there is nothing to examine."""
        self.loaded = loaded
        self.mode = "practice" if loaded.scenario.free_play and mode != AUTHORING else mode
        self.sink = HeldSink()
        self._session: Session | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, args=(seed, self.mode, cause), name="settle", daemon=True)
        self._thread.start()

    def _work(self, seed: int, mode: str, cause: str | None) -> None:
        try:
            list_runs()  # attempts are counted at Start: what is new on the disk is read here, where nobody waits
            self._session = self._make(seed, mode, cause)
        except BaseException as error:  # noqa: BLE001 - it is raised again where someone can act on it
            self._error = error

    def _make(self, seed: int, mode: str, cause: str | None) -> Session:
        return Session(self.loaded, seed=seed, mode=mode, cause=cause, sink=self.sink, settled=OnDisk())

    @property
    def ready(self) -> bool:
        """Whether `take` returns at once."""
        return not self._thread.is_alive()

    def take(self) -> Session:
        """Return the session, waiting for it if need be."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        if self._session is None:
            raise DrillError("the machine could not be prepared, and nothing says why")
        return self._session


class TakingOver(Preparation):
    """A preparation that plays an old run again up to a tick, to go on from there in a new run."""

    def __init__(self, loaded: Loaded, run: Run, tick: int, *, mode: str | None, advance: Callable[..., Any] | None = None) -> None:
        """Begin at once. `mode` None: practice, or guided if the old run was; `advance` is a compiled tick, which only saves time."""
        self._parent, self._at, self._advance = run, tick, advance
        super().__init__(loaded, seed=run.header["seed"], mode=mode or fork_mode(run), cause=None)

    def _make(self, seed: int, mode: str, cause: str | None) -> Session:
        del seed, cause  # the old run's own
        return fork(self._parent, self._at, self.loaded, sink=self.sink, mode=mode, settled=OnDisk())


@dataclass(frozen=True, slots=True)
class Finished:
    """What is left when a run is over. `problem` says what could not be written or signed ("" = all is on disk)."""

    debrief: Debrief
    sheet: ScoreSheet | None
    run_path: Path | None
    report_path: Path | None
    problem: str


class LiveRun:
    """A running session with its recorder; an authoring drill has none, since each save would leave a file."""

    def __init__(self, preparation: Preparation, trainee: str) -> None:
        """Start recording. Raises what the preparation ran into."""
        self.loaded = preparation.loaded
        self.session = preparation.take()
        self.trainee = trainee
        self._finished: Finished | None = None
        self.recorder: Recorder | None = None
        if preparation.mode == AUTHORING:
            return
        attempt = attempt_of(trainee, self.loaded.ref)
        self.recorder = Recorder(case_name=self.loaded.scenario.case.name, trainee=trainee, attempt=attempt)
        preparation.sink.release(self.recorder)

    @property
    def problem(self) -> str:
        """Return why the run is not being recorded, or ""."""
        return AUTHORING_WORDS if self.recorder is None else self.recorder.problem

    def finish(self) -> Finished:
        """Judge the run, close its file and write its report; a second call returns the same."""
        if self._finished is None:
            self._finished = self._finish()
        return self._finished

    def _finish(self) -> Finished:
        rubric = self.loaded.scenario.rubric
        sheet = score(rubric, self.session.run) if rubric is not None else None
        path, problem = None, self.problem
        if self.recorder is not None:
            path, problem = close_record(self.recorder, self.session.run, None if sheet is None else sheet.to_json())
        run = Run({**self.session.run.header, "about": {"trainee": self.trainee}}, self.session.run.entries)
        before = [row for row in list_runs() if row.path != path] if self.trainee else []
        debrief = describe(sheet, run, scenario=self.loaded.scenario, tasks=self.loaded.tasks, run_path=path, rows=before)
        report = None
        if path is not None and not problem:
            report = report_place(path)
            try:
                write_page(replace(debrief, provenance=provenance_rows(path, open_run(path))), report)
            except RunFileError as error:
                problem, report = f"the record cannot be read again: {error}", None
            except OSError as error:
                problem, report = f"the report could not be written to {report} ({error.strerror})", None
        return Finished(debrief, sheet, path, report, problem or ("" if self.recorder is None else self.recorder.unsigned))


def without_path(debrief: Debrief) -> Debrief:
    """Return the debrief without the file's place, for pictures that should be the same everywhere."""
    return replace(debrief, facts=tuple(f for f in debrief.facts if f[0] != "Recorded in"))
