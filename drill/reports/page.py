"""A debrief as one self-contained HTML file: no network, linked curves for whoever looks closer, fit for print without them."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

import drill
from drill.engine.runlog import Run
from drill.engine.scoring.sheet import ScoreSheet
from drill.records.index import RunRow
from drill.records.remarks import Signature
from drill.reports.plot import MARKED, Measures, Plot, lay_out
from drill.reports.provenance import ProvenanceRow
from drill.reports.seen import TITLE as SEEN
from drill.reports.timeline import Event, clock, spaced
from drill.reports.view import AFTER_QUESTIONS, Debrief, ExpertRun, describe
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


def _meter(score_pct: float | None) -> Markup:
    if score_pct is None:
        return Markup("not scored")
    return Markup('<span class="meter" aria-hidden="true"><i style="width:{}%"></i></span>{} %').format(
        f"{score_pct:.0f}", f"{score_pct:.0f}"
    )


def _passed(passed: bool | None) -> Markup:  # noqa: FBT001 - a template's filter takes what stands before it
    name, words = {True: ("yes", "✓ passed"), False: ("no", "✕ not passed"), None: ("none", "not judged")}[passed]
    return Markup('<span class="pass {}">{}</span>').format(name, words)


@cache
def environment() -> jinja2.Environment:
    """Return what fills the templates of reports; everything from a pack or a person is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("drill.reports", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "px": _px,
        "pct": _pct,
        "clock": clock,
        "title_of": _title,
        "meter": _meter,
        "passed": _passed,
        "glyph": lambda status: GLYPHS.get(status, "·"),
        "ledger_state": lambda state: LEDGER_STATES.get(state, ""),
    }
    return made


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
    """Return the whole page as text."""
    script = Path(__file__).with_name("report.js").read_text(encoding="utf-8")
    plot = lay_out(debrief.timeline, Measures(), debrief.expert)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            d=debrief,
            after=AFTER_QUESTIONS,
            seen_title=SEEN,
            plot=plot,
            data=_data(debrief, plot),
            events=numbered(debrief.timeline.events),
            script=Markup(script),  # noqa: S704 - our own file; its hash stands in the page's policy
            script_hash=Markup("sha256-" + b64encode(sha256(script.encode()).digest()).decode()),  # noqa: S704 - base64
            training_only=drill.TRAINING_ONLY,
            version=drill.__version__,
        )
    )


def _data(debrief: Debrief, plot: Plot) -> dict[str, Any]:
    """What the page's script needs to place everything anew: the axis, the curves in their units, the stages."""

    def pairs(points: Iterable[tuple[float, float]]) -> list[list[float]]:
        return [[round(t, 2), round(v, 2)] for t, v in points]

    return {
        "left": plot.left,
        "right": plot.right,
        "top": plot.band_top + plot.band_height,
        "bottom": plot.axis_y,
        "duration": max(debrief.timeline.duration_s, 1.0),
        "stages": [[_title(b.id), b.start_s, b.end_s] for b in plot.bands],
        "tracks": [
            {
                "label": k.track.label, "unit": k.track.unit, "top": k.top, "bottom": k.bottom, "low": k.low, "high": k.high,
                "points": pairs(k.track.points), "expert": pairs(k.expert_points),
            }
            for k in plot.tracks
        ],
    }  # fmt: skip


def write_whole(data: bytes, path: Path) -> None:
    """Write a file, whole or not at all. Raises OSError where the folder cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def write_page(debrief: Debrief, path: Path) -> None:
    """Write the report to `path`: a PDF where its name ends so, else HTML. Raises OSError where it cannot be written."""
    if path.suffix.lower() == ".pdf":
        from drill.reports.paper import paper  # noqa: PLC0415 - the panel never needs it, and it takes a third of a second

        write_whole(paper(debrief), path)
    else:
        write_whole(render(debrief).encode(), path)


def write_report(
    sheet: ScoreSheet | None,
    run: Run,
    path: Path,
    *,
    scenario: Scenario | None = None,
    tasks: Tasks | None = None,
    rows: Iterable[RunRow] = (),
    expert: ExpertRun | None = None,
    signatures: Sequence[Signature] = (),
    provenance: Sequence[ProvenanceRow] = (),
) -> None:
    """Write the report of a run to `path`. With the scenario and its tasks it has their words, else their ids."""
    debrief = describe(
        sheet, run, scenario=scenario, tasks=tasks, rows=rows, expert=expert, signatures=signatures, provenance=provenance
    )
    write_page(debrief, path)


def report_place(run_path: Path) -> Path:
    """Return where the report of a kept run lies: `reports/` beside `runs/`, under the run's own name."""
    return run_path.parent.parent / "reports" / (run_path.name.split(".drill")[0] + ".html")
