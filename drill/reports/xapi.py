"""A judged run as xAPI 1.0.3 statements: started, each step, completed with its result.

The words are those of the MedBiquitous draft profiles for virtual patients and scenario-based learning (2016): Initialized, Responded,
Ignored, Completed, Terminated, and the activity type "simulation". Ids below drill.invalid name things; they are not addresses.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import drill
from drill.engine.runlog import Run, digest
from drill.engine.scoring.sheet import Item, ScoreSheet
from drill.units import seconds

VERSION: Final = "1.0.3"
HOME: Final = "https://drill.invalid"
SPACE: Final = UUID("6f1c0f1e-6a0c-5d1f-9a55-2b7a3c0d11e7")  # ours: an id made of the same words is the same id, everywhere and always
VERBS: Final = {
    "initialized": "http://adlnet.gov/expapi/verbs/initialized",
    "responded": "http://adlnet.gov/expapi/verbs/responded",
    "ignored": "http://w3id.org/xapi/medbiq/verbs/ignored",
    "completed": "http://adlnet.gov/expapi/verbs/completed",
    "terminated": "http://adlnet.gov/expapi/verbs/terminated",
}
SIMULATION: Final = "http://adlnet.gov/expapi/activities/simulation"
STEP: Final = "http://adlnet.gov/expapi/activities/interaction"
BELOW_THE_MARK: Final = 0.01  # a capped score stays visibly below the pass mark
Statement = dict[str, Any]


def statements(run: Run, sheet: ScoreSheet | None) -> list[Statement]:
    """Return what a run has to say, in order of time: initialized, one statement a scored step, and its end.

    Ids follow from the run alone, so that the same run never becomes a second set of statements. An unfinished run is
    "terminated" and has no score; free play (no sheet) is completed without one.
    """
    said = _Said(run, sheet)
    return [said.started(), *said.steps(), said.ended()]


def scaled_score(sheet: ScoreSheet) -> float:
    """Return the score from 0 to 1. A critical failure, or a case that was lost, caps it below the pass mark, whatever the points."""
    scaled = sheet.score_pct / 100.0
    if not sheet.passed and critical_failures(sheet):
        scaled = min(scaled, max(0.0, sheet.pass_mark_pct / 100.0 - BELOW_THE_MARK))
    return round(scaled, 4)


def critical_failures(sheet: ScoreSheet) -> list[str]:
    """Return what fails a run by itself: critical lines of the rubric, and an end that is not the good one."""
    lost = [reason for reason in sheet.reasons if reason.startswith("the drill ended as")]
    return [*lost, *(item.title for item in sheet.items if item.fails)]


class _Said:
    """What all statements of one run share."""

    def __init__(self, run: Run, sheet: ScoreSheet | None) -> None:
        self._run, self._sheet = run, sheet
        self._about: dict[str, Any] = dict(run.header.get("about") or {})
        self._digest = digest(run)
        who = "|".join(str(self._about.get(key, "")) for key in ("trainee", "station", "started_utc"))
        self._registration = uuid5(SPACE, f"{self._digest}|{who}")

    def started(self) -> Statement:
        return self._statement("initialized", self._case(), 0)

    def steps(self) -> Iterator[Statement]:
        """One statement a step, by the time at which it was decided; what was never done stands at the end."""
        last = self._run.last_tick
        items = [item for item in (self._sheet.items if self._sheet else ()) if item.kind == "step"]
        for item in sorted(items, key=lambda i: last if i.tick is None else i.tick):
            missed = item.status == "missed"
            result: dict[str, Any] = {"success": item.status in ("done", "delayed"), "response": item.status}
            if item.possible > 0:
                scaled = max(-1.0, min(1.0, item.points / item.possible))
                result["score"] = {"scaled": round(scaled, 4), "raw": item.points, "max": item.possible}
            result["extensions"] = self._step_words(item)
            statement = self._statement("ignored" if missed else "responded", self._step(item), item.tick, result)
            statement["context"]["contextActivities"]["parent"] = [{"id": self._case_id}]
            yield statement

    def ended(self) -> Statement:
        run, sheet = self._run, self._sheet
        result: dict[str, Any] = {"completion": run.ended, "duration": f"PT{seconds(run.last_tick):.2f}S"}
        words: dict[str, Any] = {"outcome": run.outcome, "digest": self._digest}
        if sheet is not None and run.ended:
            result["success"] = sheet.passed
            result["score"] = {"scaled": scaled_score(sheet), "raw": sheet.score_pct, "min": 0, "max": 100}
            words |= {"pass_mark_pct": sheet.pass_mark_pct, "reasons": list(sheet.reasons), "harm": dict(sheet.ledger)}
            words["errors"] = [item.title for item in sheet.items if item.kind == "wrong" and item.status == "happened"]
            words["critical_failures"] = critical_failures(sheet)
        result["extensions"] = _extensions(words)
        return self._statement("completed" if run.ended else "terminated", self._case(), run.last_tick, result)

    # -- parts ------------------------------------------------------------------------------------------------

    @property
    def _case_id(self) -> str:
        return f"{HOME}/scenarios/{self._run.header['scenario']}"

    def _case(self) -> dict[str, Any]:
        name = str(self._about.get("case_name") or self._run.header["scenario"])
        words = {"en": f"{drill.TRAINING_ONLY}. A training aid: not a medical device, not evidence of competence."}
        definition = {"type": SIMULATION, "name": {"en": name}, "description": words}
        return {"objectType": "Activity", "id": self._case_id, "definition": definition}

    def _step(self, item: Item) -> dict[str, Any]:
        definition = {"type": STEP, "name": {"en": item.title}, "description": {"en": item.why}}
        return {"objectType": "Activity", "id": f"{self._case_id}/steps/{item.id}", "definition": definition}

    def _step_words(self, item: Item) -> dict[str, Any]:
        words: dict[str, Any] = {"status": item.status, "critical": item.critical, "source": item.source}
        if item.after_s is not None:
            words["after_first_sign_s"] = item.after_s
        words["evidence"] = [f"{seconds(e.tick):.2f} s: {e.text}" for e in item.evidence]
        return _extensions(words)

    def _statement(self, verb: str, thing: dict[str, Any], tick: int | None, result: dict[str, Any] | None = None) -> Statement:
        header = self._run.header
        key = f"{self._registration}|{verb}|{thing['id']}"
        statement: Statement = {
            "id": str(uuid5(SPACE, key)),
            "version": VERSION,
            "actor": {"objectType": "Agent", "account": {"homePage": HOME, "name": str(self._about.get("trainee") or "no-code")}},
            "verb": {"id": VERBS[verb], "display": {"en": verb}},
            "object": thing,
            "context": {
                "registration": str(self._registration),
                "platform": f"Drill {self._about.get('drill') or drill.__version__}",
                "language": "en",
                "contextActivities": {"grouping": [{"id": f"{HOME}/packs/{str(header['scenario']).split('/', maxsplit=1)[0]}"}]},
                "extensions": _extensions({name: header[name] for name in ("mode", "seed", "cause", "engine")}),
            },
        }
        if result is not None:
            statement["result"] = result
        moment = _moment(self._about.get("started_utc"), self._run.last_tick if tick is None else tick)
        if moment:
            statement["timestamp"] = moment
        return statement


def _extensions(words: dict[str, Any]) -> dict[str, Any]:
    return {f"{HOME}/extensions/{name}": value for name, value in words.items()}


def _moment(started: object, tick: int) -> str:
    """Return when a tick was, from the run's start; "" where that is not known. Pauses are not counted."""
    try:
        return (datetime.fromisoformat(str(started)) + timedelta(seconds=seconds(tick))).isoformat(timespec="milliseconds")
    except ValueError:
        return ""
