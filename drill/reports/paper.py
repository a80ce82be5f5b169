"""The same report on paper: a PDF whose bytes are the same each time, with the training-only label on every page."""

import importlib.util
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

import drill
from drill.errors import DrillError
from drill.reports.history import DUE_AFTER_DAYS, Attempt, CaseRecord
from drill.reports.page import numbered
from drill.reports.paper_parts import BAD, BOLD, GOOD, INK, LINE, QUIET, REGULAR, Numbered, TimelinePlot, plain
from drill.reports.people import RatedRow, SignedRow
from drill.reports.plot import Measures, lay_out
from drill.reports.provenance import ProvenanceRow
from drill.reports.seen import TITLE as SEEN
from drill.reports.timeline import clock
from drill.reports.view import AFTER_QUESTIONS, Debrief, ItemRow

WIDTH: Final = A4[0] - 32 * mm - 12  # the page's frame keeps 6 points at each side
STATES: Final = {"ok": "within", "over": "over the limit", "critical": "over the limit, critical"}


def paper(debrief: Debrief) -> bytes:
    """Return the report of a run as a PDF."""
    d, s = debrief, _styles()
    early = [fact for fact in d.facts if fact[0] not in AFTER_QUESTIONS] + [(row.title, row.brief) for row in d.provenance if row.brief]
    late = [fact for fact in d.facts if fact[0] in AFTER_QUESTIONS and fact[0] != "Ended as"]
    story: list[Flowable] = [_p(d.case_name, s["title"]), _p(d.case_line, s["quiet"]), Spacer(1, 8), _facts(early)]
    if d.questions:
        story += [
            _p("Questions first", s["h2"]),
            _p("Answer them before reading on, best aloud and with someone who was there.", s["quiet"]),
        ]
        story += [KeepTogether([_p(f"{i}.  {q.text}", s["text"]), _Rules(2)]) for i, q in enumerate(d.questions, start=1)]
    score = "no score" if d.score_pct is None else f"{d.score_pct:.0f} % of the points"
    mark = "" if d.pass_mark_pct is None else f" · pass mark {d.pass_mark_pct:.0f} %"
    story += [_p("Result", s["h2"]), _p(d.verdict, s["verdict"]), _p(f"{score}{mark} · ended as: {d.outcome}", s["text"])]
    story += [_p(f"–  {reason}", s["bad"]) for reason in d.reasons]
    story.append(_facts(late))
    if d.ledger:
        head = ["Quantity", "This run", "Tolerated", *(["The expert"] if d.expert else []), "Within it?"]
        rows = [
            [_about(row.title, row.why, row.source), row.value, row.limit, *([row.expert] if d.expert else []), STATES.get(row.state, "")]
            for row in d.ledger
        ]
        story += [_p("Harm ledger", s["h2"]), _p("What the patient went through. Points are a second view on it.", s["quiet"])]
        story.append(_table(head, rows, [None, 58, 70, *([54] if d.expert else []), 66]))
    words = "The model's own values. Numbers refer to the list of what happened."
    beside = " Dashed: the expert in the same case with the same cause, from the first sign on." if d.expert else ""
    plot = lay_out(d.timeline, Measures(width=WIDTH, left=104, right_margin=6, track=62, gap=12, mark=15, letter=5), d.expert)
    story.append(KeepTogether([_p("Timeline", s["h2"]), _p(words + beside, s["quiet"]), Spacer(1, 4), TimelinePlot(plot)]))
    for title, items in (("Steps", d.steps), ("What must not happen", d.errors)):
        if items:
            story += [_p(title, s["h2"]), *(_item(row) for row in items)]
    if d.seen:
        head = ["What", "This run", *(["The expert"] if d.expert else [])]
        rows = [[row.title[:1].upper() + row.title[1:], row.value, *([row.expert] if d.expert else [])] for row in d.seen]
        words = "How attention went, and the alarms. It brings no points and costs none."
        table = _table(head, rows, [None, *([140, 140] if d.expert else [280])])
        story.append(KeepTogether([_p(SEEN, s["h2"]), _p(words, s["quiet"]), table]))
    if d.rated or d.signed:
        words = "What no machine can see, rated and signed by a supervisor. It never moves the points."
        story += [_p("Judged by people", s["h2"]), _p(words, s["quiet"]), *map(_rated, d.rated), *map(_signed, d.signed)]
    if d.cause or d.story:
        story += [_p("What was wrong", s["h2"]), *([_p(f"{d.cause}.", s["strong"])] if d.cause else []), _p(d.story, s["text"])]
    if d.attempts:
        story += [_p("Earlier attempts", s["h2"]), _attempts(d.attempts)]
    if d.provenance:
        words = "Who recorded and signed this run, and whether simulating it again gave the same. None of it shows who sat there."
        story += [KeepTogether([_p("Provenance", s["h2"]), _p(words, s["quiet"]), _provenance(d.provenance)])]
    story += [CondPageBreak(90), _p("What happened", s["h2_long"])]
    events = [[clock(e.time_s), number, _p(e.text, s["small"])] for number, e in numbered(d.timeline.events)]
    story.append(_table(["At", "No.", "What"], events, [40, 30, None], tight=True))
    return _build(story, f"{d.case_name} · debrief")


def trainee_paper(code: str, records: Sequence[CaseRecord], today: str) -> bytes:
    """Return a trainee's report as a PDF."""
    s = _styles()
    rule = (
        "A case is due if it was never passed, if its last attempt was not passed, "
        f"or if the last pass is more than {DUE_AFTER_DAYS} days ago (local target)."
    )
    rows = [
        [_about(r.case, r.scenario, ""), _p(f"due: {r.due}" if r.due else "not due", s["small"]), str(len(r.attempts)), str(r.causes_met),
         "–" if r.best_pct is None else f"{r.best_pct:.0f} %", r.last_passed or "never", _p(r.trend, s["small"])]
        for r in records
    ]  # fmt: skip
    head = ["Case", "Due?", "Attempts", "Causes", "Best", "Last passed", "Trend"]
    story: list[Flowable] = [_p(f"Trainee {code}", s["title"]), _p(f"As of {today}. {rule}", s["quiet"]), Spacer(1, 8)]
    story.append(_table(head, rows, [None, 92, 46, 42, 38, 82, 92]))
    for record in records:
        story += [_p(record.case, s["h2"]), _attempts(record.attempts)]
    return _build(story, f"{code} · trainee report")


# -- parts ----------------------------------------------------------------------------------------------------------


@cache
def _styles() -> dict[str, ParagraphStyle]:
    """Register the fonts and make the styles. Raises DrillError where the fonts' package is missing."""
    spec = importlib.util.find_spec("pygame_gui")
    if spec is None or spec.origin is None:
        raise DrillError("pygame_gui, which carries the report's font, is not installed: install Drill as its README says")
    fonts = Path(spec.origin).parent / "data"
    for name, file in ((REGULAR, "NotoSans-Regular.ttf"), (BOLD, "NotoSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, fonts / file))
    base = ParagraphStyle("text", fontName=REGULAR, fontSize=9.2, leading=12.6, textColor=INK)

    def style(**changes: Any) -> ParagraphStyle:
        return ParagraphStyle("style", parent=base, **changes)

    return {
        "text": base,
        "small": style(fontSize=8, leading=10.4),
        "quiet": style(textColor=QUIET, fontSize=8.4, leading=11),
        "strong": style(fontName=BOLD),
        "bad": style(textColor=BAD),
        "signed": style(spaceBefore=6),
        "unfit": style(textColor=BAD, spaceBefore=6),
        "title": style(fontName=BOLD, fontSize=19, leading=24),
        "verdict": style(fontName=BOLD, fontSize=14, leading=19),
        "h2": style(fontName=BOLD, fontSize=12.5, leading=16, spaceBefore=15, spaceAfter=2, keepWithNext=1),
        "h2_long": style(fontName=BOLD, fontSize=12.5, leading=16, spaceBefore=15, spaceAfter=2),  # what follows may begin on this page
    }


def _p(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(plain(text)), style)


def _about(title: str, why: str, source: str) -> list[Paragraph]:
    s = _styles()
    return [_p(title, s["text"]), *([_p(why, s["quiet"])] if why else []), *([_p(f"Source: {source}", s["quiet"])] if source else [])]


def _facts(facts: Sequence[tuple[str, str]]) -> Table:
    s = _styles()
    cells = [[_p(name, s["quiet"]), _p(value, s["text"])] for name, value in facts]
    rows = [cells[i : i + 3] + [""] * (3 - len(cells[i : i + 3])) for i in range(0, len(cells), 3)]
    return Table(
        rows or [[""]],
        colWidths=[WIDTH / 3] * 3,
        style=TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]),
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float | None], *, tight: bool = False) -> Table:
    s = _styles()
    left = WIDTH - sum(w for w in widths if w is not None)
    cells = [[_p(cell, s["text"]) if isinstance(cell, str) else cell for cell in row] for row in rows]
    rules: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, INK),
        ("TOPPADDING", (0, 0), (-1, -1), 0.5 if tight else 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5 if tight else 4),
    ]
    if not tight:
        rules.append(("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE))
    return Table(
        [[_p(name, s["quiet"]) for name in head], *cells],
        colWidths=[left if w is None else w for w in widths],
        repeatRows=1,
        style=TableStyle(rules),
        spaceBefore=4,
    )


def _attempts(attempts: Sequence[Attempt]) -> Table:
    passed = {True: "passed", False: "not passed", None: "not judged"}
    rows = [
        [
            str(a.number),
            a.when,
            a.mode,
            a.outcome,
            "–" if a.score_pct is None else f"{a.score_pct:.0f} %",
            passed[a.passed],
            ", ".join(a.signed_by),
        ]
        for a in attempts
    ]
    return _table(["Attempt", "When (UTC)", "Mode", "Ended as", "Score", "Passed", "Signed by"], rows, [44, 92, 52, None, 44, 62, 82])


def _item(row: ItemRow) -> Flowable:
    s = _styles()
    critical = " (critical)" if row.critical else ""
    lines = [*row.evidence, *([row.expert] if row.expert else [])]
    body = [_p(row.title + critical, s["strong"]), *(_p(line, s["quiet"]) for line in lines), _p(row.why, s["text"])]
    body.append(_p(f"Source: {row.source}", s["quiet"]))
    good = row.status in ("done", "avoided")
    status = ParagraphStyle("status", parent=s["strong"], textColor=GOOD if good else BAD)
    return _beside([_p(row.status, status), _p(row.points, s["quiet"])], body)


def _beside(left: list[Paragraph], body: list[Paragraph]) -> Flowable:
    cells = [[left, body]]
    rules = TableStyle(
        [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]
    )
    return Table(cells, colWidths=[72, WIDTH - 72], style=rules)


def _rated(row: RatedRow) -> Flowable:
    s = _styles()
    given = [f"{one.step}  ·  {one.by}, {one.when} UTC" for one in row.ratings]
    scale = f"{row.id}:  " + "  ·  ".join(f"{k} {step}" for k, step in enumerate(row.scale))
    body = [_p(row.title, s["strong"]), *(_p(line, s["text"]) for line in given), _p(scale, s["quiet"])]
    body += [_p(row.why, s["text"]), _p(f"Source: {row.source}", s["quiet"])]
    return _beside([_p("rated" if given else "not rated", s["quiet"])], body)


def _signed(row: SignedRow) -> Flowable:
    note = f"  “{row.note}”" if row.note else ""
    words = f"Not valid: {row.problem}." if row.problem else f"Signed by {row.by}, {row.when} UTC: {row.result}.{note}"
    return _p(words, _styles()["unfit" if row.problem else "signed"])


def _provenance(rows: Sequence[ProvenanceRow]) -> Table:
    s = _styles()
    cells = [[_p(row.title, s["quiet"]), _p(row.text, s["bad" if row.state == "bad" else "text"])] for row in rows]
    rules = TableStyle(
        [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]
    )
    return Table(cells, colWidths=[96, WIDTH - 96], style=rules, spaceBefore=4)


class _Rules(Flowable):
    """Empty lines to write on."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.width, self.height = WIDTH, 17.0 * count

    def draw(self) -> None:
        """Draw them."""
        self.canv.setStrokeColor(LINE)
        for y in range(3, int(self.height), 17):
            self.canv.line(14, y, self.width, y)


def _build(story: list[Flowable], title: str) -> bytes:
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=16 * mm,
        rightMargin=16 * mm,
        topMargin=15 * mm,
        bottomMargin=18 * mm,
        title=f"{title} · {drill.TRAINING_ONLY}",
        author="Drill",
        subject="A training aid: not a medical device, not evidence of competence",
        lang="en",
        invariant=1,
    )
    document.build(story, canvasmaker=Numbered)
    return out.getvalue()
