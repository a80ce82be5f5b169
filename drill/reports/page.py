"""A debrief as one self-contained HTML file: no script, no network, fit for print."""

from pathlib import Path
from typing import Final

import jinja2

import drill
from drill.engine.runlog import Run
from drill.engine.scoring.sheet import ScoreSheet
from drill.reports.plot import MARKED, Measures, lay_out
from drill.reports.timeline import Event, clock, spaced
from drill.reports.view import Debrief, describe
from drill.scenarios.schema import Scenario, Tasks

GLYPHS: Final = {"done": "✓", "avoided": "✓", "delayed": "◔", "missed": "–", "incorrect": "✕", "happened": "✕"}
LEDGER_STATES: Final = {"ok": "✓ within", "over": "✕ over the limit", "critical": "✕ over the limit, critical"}


def _px(value: float) -> str:
    """One decimal is finer than any screen, and keeps a page of 3000 points small."""
    return f"{value:.1f}".removesuffix(".0")


def _pct(value: float) -> str:
    return f"{value:.0f} %"


def _title(name: str) -> str:
    words = spaced(name)
    return words[:1].upper() + words[1:]


def numbered(events: tuple[Event, ...]) -> list[tuple[str, Event]]:
    """Pair each event with its number in the plot, or "" for alarms, the first sign and the end."""
    rows: list[tuple[str, Event]] = []
    count = 0
    for event in events:
        marked = event.kind in MARKED
        count += marked
        rows.append((str(count) if marked else "", event))
    return rows


def render(debrief: Debrief) -> str:
    """Return the whole page as text. Everything from a pack or a person is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("drill.reports", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "px": _px,
        "pct": _pct,
        "clock": clock,
        "title_of": _title,
        "glyph": lambda status: GLYPHS.get(status, "·"),
        "ledger_state": lambda state: LEDGER_STATES.get(state, ""),
    }
    template = environment.get_template("report.html.j2")
    return template.render(
        d=debrief,
        plot=lay_out(debrief.timeline, Measures()),
        events=numbered(debrief.timeline.events),
        training_only=drill.TRAINING_ONLY,
        version=drill.__version__,
    )


def write_page(debrief: Debrief, path: Path) -> None:
    """Write the page to `path`, whole or not at all. Raises OSError where the folder cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(render(debrief), encoding="utf-8")
    part.replace(path)


def write_report(sheet: ScoreSheet | None, run: Run, path: Path, *, scenario: Scenario | None = None, tasks: Tasks | None = None) -> None:
    """Write the report of a run to `path`. With the scenario and its tasks it has their words, else their ids."""
    write_page(describe(sheet, run, scenario=scenario, tasks=tasks), path)


def report_place(run_path: Path) -> Path:
    """Return where the report of a kept run lies: `reports/` beside `runs/`, under the run's own name."""
    return run_path.parent.parent / "reports" / (run_path.name.split(".drill")[0] + ".html")
