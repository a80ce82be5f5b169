"""Questions before answers: what to ask oneself, or a trainee, before the result is read. They follow from what happened, by rule."""

from dataclasses import dataclass
from typing import Final

from drill.engine.scoring.sheet import Item, ScoreSheet
from drill.reports.timeline import Timeline, clock
from drill.units import seconds

SECTIONS: Final = {
    "timeline": "Timeline",
    "cause": "What was wrong",
    "ledger": "Harm ledger",
    "steps": "Steps",
    "errors": "What must not happen",
    "happened": "What happened",
}
STEPS_ASKED: Final = 3  # tunable: a debrief holds about half an hour


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the section of the report that answers it ("" = nobody else can)."""

    text: str
    answer: str = ""

    @property
    def section(self) -> str:
        """The title of that section."""
        return SECTIONS[self.answer]


def questions(sheet: ScoreSheet | None, timeline: Timeline) -> tuple[Question, ...]:
    """Return what to ask of a run. Nothing in them says what was wrong, or how the run was judged."""
    asked = [Question("How was it? What stays with you?")]
    if timeline.first_sign_s is not None:
        asked.append(Question("What did you notice first, where, and what did you take it for?", "timeline"))
        asked.append(Question("What was wrong? Which look or reading told you, and which could have told you sooner?", "cause"))
        asked.append(Question("What did the patient go through, and in which minute?", "ledger" if sheet else "timeline"))
    if sheet is not None:
        asked += [Question(_about(item), "steps") for item in _open(sheet)]
        asked += [Question(_at(item), "errors") for item in sheet.items if item.kind == "wrong" and item.status == "happened"]
    asked.append(Question("What went well, and why did it? What will you do differently the next time?", "steps" if sheet else "happened"))
    return tuple(asked)


def _open(sheet: ScoreSheet) -> list[Item]:
    """The steps to talk about: those not done in time, the critical ones first."""
    late = [item for item in sheet.items if item.kind == "step" and item.status != "done"]
    return sorted(late, key=lambda item: not item.critical)[:STEPS_ASKED]


def _about(item: Item) -> str:
    return f"“{item.title}”: when does it matter most, what does it do for the patient, and how did it go here?"


def _at(item: Item) -> str:
    when = f"At {clock(seconds(item.tick))}" if item.tick is not None else "In this run"
    words = f": “{item.evidence[0].text}”" if item.evidence else ""
    return f"{when}{words}. What did you see then, and what did you expect to happen?"
