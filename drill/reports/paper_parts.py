"""What a PDF is drawn with: colours, the timeline, and the foot of every page."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

import drill
from drill.reports.plot import Plot, PlotTrack
from drill.reports.timeline import spaced

INK, QUIET, LINE, BAD, GOOD = (HexColor(c) for c in ("#16202A", "#4C5A66", "#DCE2E7", "#A61B29", "#0B6B5E"))
CURVES: Final = {"flow_l_min": HexColor("#0F7F6F"), "map_mmhg": HexColor("#C2343F"), "sao2_pct": HexColor("#1D6FA5")}
ALARMS: Final = {"high": HexColor("#B3202C"), "medium": HexColor("#D9A514"), "low": HexColor("#3F9FC4")}
MARKS: Final = {"say": HexColor("#E4F2EF"), "look": HexColor("#E6EFF6")}
REGULAR, BOLD = "NotoSans", "NotoSans-Bold"
FONT_LACKS: Final = {"≥": "at least ", "≤": "at most ", "→": "to", "≈": "about ", "✓": "+", "✕": "x"}


def plain(text: str) -> str:
    """Write what the font has no sign for in words."""
    for sign, words in FONT_LACKS.items():
        text = text.replace(sign, words)
    return text


class TimelinePlot(Flowable):
    """The timeline, from the same geometry as on the page and on the screen; its y grows downwards."""

    def __init__(self, plot: Plot) -> None:
        """Take the laid out plot; its units are points."""
        super().__init__()
        self.plot = plot
        self.width, self.height = plot.width, plot.height

    def draw(self) -> None:
        """Draw everything."""
        self._draw_stages()
        for track in self.plot.tracks:
            self._track(track)
        self._lanes()
        self._marks()

    def _text(
        self, x: float, y: float, words: str, size: float = 7, colour: Color = INK, *, font: str = REGULAR, align: str = "left"
    ) -> None:
        c: Canvas = self.canv
        c.setFont(font, size)
        c.setFillColor(colour)
        put: dict[str, Callable[..., Any]] = {"left": c.drawString, "right": c.drawRightString, "centre": c.drawCentredString}
        put[align](x, self.height - y, plain(words))

    def _bar(self, x0: float, x1: float, top: float, high: float, colour: Color) -> None:
        c: Canvas = self.canv
        c.setFillColor(colour)
        c.rect(x0, self.height - top - high, x1 - x0, high, stroke=0, fill=1)

    def _line(self, points: Sequence[tuple[float, float]], colour: Color, wide: float, dash: Sequence[float] = ()) -> None:
        if len(points) < 2:
            return
        c: Canvas = self.canv
        c.setStrokeColor(colour)
        c.setLineWidth(wide)
        c.setDash(list(dash), 0)
        path = c.beginPath()
        path.moveTo(points[0][0], self.height - points[0][1])
        for x, y in points[1:]:
            path.lineTo(x, self.height - y)
        c.drawPath(path)
        c.setDash([], 0)

    def _draw_stages(self) -> None:
        p = self.plot
        foot = p.band_top + p.band_height
        for i, band in enumerate(p.bands):
            self._bar(band.x0, band.x1, p.band_top, p.band_height, HexColor("#CFDAE2" if i % 2 else "#E6ECF0"))
            if band.label:
                self._text(band.x0 + 4, p.band_top + p.band_height * 0.65, spaced(band.label), font=BOLD)
        for tick in p.times:
            self._line([(tick.at, foot), (tick.at, p.axis_y)], LINE, 0.4)
            self._text(tick.at, p.axis_y + 11, tick.label, 6.5, QUIET, align="centre")

    def _track(self, k: PlotTrack) -> None:
        p = self.plot
        self._line([(p.left, k.top), (p.right, k.top), (p.right, k.bottom), (p.left, k.bottom), (p.left, k.top)], LINE, 0.6)
        for tick in k.ticks:
            self._line([(p.left, tick.at), (p.right, tick.at)], LINE, 0.3)
            self._text(p.left - 4, tick.at + 2.4, tick.label, 6.5, QUIET, align="right")
        if k.limit_y is not None:
            self._line([(p.left, k.limit_y), (p.right, k.limit_y)], QUIET, 0.6)
        self._text(0, k.top + 9, k.track.label, 7.5, font=BOLD)
        self._text(0, k.top + 19, k.track.unit, 6.8, QUIET)
        self._line(k.expert, QUIET, 0.7, (3, 2))
        self._line(k.line, CURVES.get(k.track.id, INK), 1.1)

    def _lanes(self) -> None:
        for lane in self.plot.lanes:
            words = {"high": "!!! ", "medium": "!! "}.get(lane.priority, "! ") + lane.label
            self._text(self.plot.left - 4, lane.y + 8.5, words, 6.5, align="right")
            for x0, x1 in lane.bars:
                self._bar(x0, x1, lane.y + 3, 6, ALARMS.get(lane.priority, INK))

    def _marks(self) -> None:
        c: Canvas = self.canv
        p = self.plot
        self._text(p.left - 4, p.marks_top + 10, "What you did", 6.5, QUIET, align="right")
        for mark in p.marks:
            c.setFillColor(MARKS.get(mark.event.kind, white))
            c.setStrokeColor(INK)
            c.setLineWidth(0.6)
            c.circle(mark.x, self.height - mark.y, 6, stroke=1, fill=1)
            self._text(mark.x, mark.y + 2, str(mark.number), 5.6, font=BOLD, align="centre")
        if p.sign_x is not None:
            self._line([(p.sign_x, p.band_top + p.band_height), (p.sign_x, p.axis_y)], BAD, 0.7, (3, 2))
            self._text(p.sign_x + 3, p.tracks[0].top + 9, "first sign", 6.8, BAD, font=BOLD)


class Numbered(Canvas):
    """Writes the label and "2 of 5" on every page, once it is known how many there are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep the pages until the file is saved."""
        super().__init__(*args, **kwargs)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        """Keep a page until the end."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # the library's own way to number pages; its types do not know it

    def save(self) -> None:
        """Write the foot of each page, then the file."""
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self.setFillColor(INK)
            self.setFont(BOLD, 7.5)
            self.drawString(16 * mm, 10 * mm, drill.TRAINING_ONLY)
            self.setFont(REGULAR, 7.5)
            self.drawCentredString(A4[0] / 2, 10 * mm, f"not a medical device, not evidence of competence · Drill {drill.__version__}")
            self.drawRightString(A4[0] - 16 * mm, 10 * mm, f"{number} of {len(self._kept)}")
            super().showPage()
        super().save()
