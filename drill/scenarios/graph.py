"""A scenario's stages as a picture: SVG to look at, or Mermaid text to paste.

Each stage is a card that lists what begins with it and its ways out; an arrow leads from each way to its stage. So the
words never cross the lines, however long a condition is.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from drill import TRAINING_ONLY
from drill.scenarios.phrases import condition_words, happening_words, number_words
from drill.scenarios.schema import Go, Scenario, Stage

WIDTH, GAP_X, GAP_Y, MARGIN = 330, 130, 34, 28  # logical pixels
HEAD_H, LINE_H, PAD, CHARS, HEAD_CHARS = 34, 17, 10, 44, 38
ALWAYS = "always"
FONT = 'font-family="Noto Sans, DejaVu Sans, Arial, sans-serif"'
TIP = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 L10 5 L0 10 z" fill="context-stroke"/></marker></defs>'
)
COLOURS = {"passed": "#009E73", "failed": "#D55E00", "first": "#0072B2", "": "#4A5560", ALWAYS: "#7A5195"}


@dataclass(slots=True)
class Card:
    """One stage's box: its head, its lines, and for each way out the line that its arrow leaves from."""

    name: str
    title: str
    kind: str
    lines: list[tuple[str, bool]] = field(default_factory=list)
    ways: list[tuple[int, str]] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        """Its height, in logical pixels."""
        return self.head_height + (PAD * 2 + LINE_H * len(self.lines) if self.lines else 0)

    @property
    def head(self) -> list[str]:
        """The lines of its head."""
        mark = {"passed": "✓ passed · ", "failed": "✗ failed · ", "first": "▶ "}.get(self.kind, "")
        return textwrap.wrap(mark + self.title, HEAD_CHARS)

    @property
    def head_height(self) -> float:
        """The height of its head, in logical pixels."""
        return HEAD_H + LINE_H * (len(self.head) - 1)


def way_words(way: Go, scenario: Scenario) -> str:
    """Return when a way out is open, in words."""
    if way.when is not None:
        return condition_words(way.when)
    return f"after {number_words(way.after_s or 0.0, dict(scenario.vary))} s"


def mermaid(scenario: Scenario) -> str:
    """Return the stages as a Mermaid state diagram."""
    lines = ["%% " + TRAINING_ONLY, "stateDiagram-v2", f"    [*] --> {scenario.stages[0].id}"]
    for stage in scenario.stages:
        if stage.title:
            lines.append(f"    {stage.id}: {_plain(stage.title)}")
        lines += [f"    {stage.id} --> {way.go}: {_plain(way_words(way, scenario))}" for way in stage.next]
        if stage.ends:
            lines.append(f"    {stage.id} --> [*]: {stage.ends}")
    for one in scenario.always:
        if one.go is not None:
            stages = one.in_ or tuple(stage.id for stage in scenario.stages if not stage.ends)
            lines += [f"    {name} --> {one.go}: not ({_plain(condition_words(one.holds))})" for name in stages]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Return a text that ends no Mermaid statement."""
    return " ".join(text.replace(":", " -").replace(";", ",").replace("#", "no.").split())


def svg(scenario: Scenario) -> str:
    """Return the stages as one SVG picture."""
    cards = _cards(scenario)
    columns = _place(scenario, cards)
    width = MARGIN * 2 + columns * WIDTH + (columns - 1) * GAP_X
    height = max(card.y + card.height for card in cards.values()) + MARGIN + 24
    what = f"{scenario.id} · stages, what begins with each, and the ways out in the order in which they are asked"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" {FONT}>',
        f'<rect width="{width:g}" height="{height:g}" fill="#F6F8FA"/>',
        TIP,
        f'<text x="{MARGIN}" y="34" font-size="18" font-weight="bold" fill="#1B2430">{escape(scenario.case.name)}</text>',
        f'<text x="{MARGIN}" y="54" font-size="12" fill="#4A5560">{escape(what)}</text>',
    ]
    parts += [line for card in cards.values() for line in _draw(card)]
    parts += [arrow for card in cards.values() for arrow in _arrows(card, cards)]
    parts.append(f'<text x="{MARGIN}" y="{height - 14:g}" font-size="11" fill="#4A5560">{escape(TRAINING_ONLY)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _cards(scenario: Scenario) -> dict[str, Card]:
    cards = {stage.id: _card(stage, scenario, first=index == 0) for index, stage in enumerate(scenario.stages)}
    if scenario.always:
        card = Card(ALWAYS + "*", "At every moment", ALWAYS)
        for one in scenario.always:
            where = f" (in {', '.join(one.in_)})" if one.in_ else ""
            first = len(card.lines)
            card.lines += [(line, False) for line in textwrap.wrap(f"{one.id}{where}: {condition_words(one.holds)}", CHARS)]
            if one.go is not None:
                card.ways.append((first, one.go))
        cards[card.name] = card
    return cards


def _card(stage: Stage, scenario: Scenario, *, first: bool) -> Card:
    card = Card(stage.id, stage.title or stage.id.replace("_", " "), stage.ends or ("first" if first else ""))
    for one in stage.enter:
        text = "the hidden cause begins" if one.fault == "cause" else happening_words(one, dict(scenario.vary))
        card.lines += [(line, True) for line in textwrap.wrap(f"● {text}", CHARS)]
    for number, way in enumerate(stage.next, 1):
        card.ways.append((len(card.lines), way.go))
        card.lines += [(line, False) for line in _listed(f"{number}. " if len(stage.next) > 1 else "", way, scenario)]
    return card


def _listed(number: str, way: Go, scenario: Scenario) -> Iterator[str]:
    """Yield when a way out is open: what must hold together stands line by line."""
    members = way.when.all if way.when is not None and way.when.for_s is None and way.when.within_s is None else None
    texts = [condition_words(member) for member in members] if members else [way_words(way, scenario)]
    for index, text in enumerate(texts):
        begin = number if index == 0 else " " * len(number) + "and "
        yield from textwrap.wrap(begin + text, CHARS, subsequent_indent=" " * (len(number) + 4), drop_whitespace=True)


def _place(scenario: Scenario, cards: dict[str, Card]) -> int:
    """Give each card its place: columns by how many steps from the first stage, ends in the last; return how many columns."""
    ranks = {scenario.stages[0].id: 0}
    waiting = [scenario.stages[0].id]
    while waiting:
        name = waiting.pop(0)
        for _, go in cards[name].ways:
            if go in cards and go not in ranks:
                ranks[go] = ranks[name] + 1
                waiting.append(go)
    last = max(ranks.values(), default=0)
    ends = {stage.id for stage in scenario.stages if stage.ends}
    if ends and any(rank == last for name, rank in ranks.items() if name not in ends):
        last += 1
    bottoms: dict[int, float] = {}
    for name, card in cards.items():
        # What holds at every moment leads to ends: beside them no arrow crosses a card.
        rank = last if name in ends else max(0, last - 1) if card.kind == ALWAYS else ranks.get(name, 0)
        card.x = MARGIN + rank * (WIDTH + GAP_X)
        card.y = bottoms.get(rank, 74.0)
        bottoms[rank] = card.y + card.height + GAP_Y
    return last + 1


def _draw(card: Card) -> Iterator[str]:
    colour = COLOURS[card.kind]
    yield (
        f'<rect x="{card.x:g}" y="{card.y:g}" width="{WIDTH}" height="{card.height:g}" rx="8" fill="#FFFFFF" '
        f'stroke="{colour}" stroke-width="2"/>'
    )
    yield f'<rect x="{card.x:g}" y="{card.y:g}" width="{WIDTH}" height="{card.head_height:g}" rx="7" fill="{colour}"/>'
    for row, title in enumerate(card.head):
        y = card.y + 22 + LINE_H * row
        yield f'<text x="{card.x + 10:g}" y="{y:g}" font-size="13" font-weight="bold" fill="#FFFFFF">{escape(title)}</text>'
    for row, (line, begins) in enumerate(card.lines):
        y = card.y + card.head_height + PAD + LINE_H * row + 12
        colour = "#8A3B00" if begins else "#1B2430"
        x = card.x + 10 + 6 * (len(line) - len(line.lstrip()))
        yield f'<text x="{x:g}" y="{y:g}" font-size="12" fill="{colour}">{escape(line.strip())}</text>'


def _arrows(card: Card, cards: dict[str, Card]) -> Iterator[str]:
    """Yield the arrows of a card: to the right straight on, within a column or back in a bow on the side."""
    colour = COLOURS[card.kind]
    entries: dict[str, int] = {}
    for row, go in card.ways:
        target = cards.get(go)
        if target is None:
            continue
        x, y = card.x + WIDTH, card.y + card.head_height + PAD + LINE_H * row + 8
        entries[go] = entries.get(go, -1) + 1
        end_y = target.y + target.head_height / 2 + 6 * entries[go] - (3 if card.kind == ALWAYS else 0)
        if target.x > card.x:
            far = max(60.0, (target.x - x) / 2)
            path = f"M{x:g} {y:g} C{x + far:g} {y:g} {target.x - far:g} {end_y:g} {target.x:g} {end_y:g}"
        else:
            side = target.x + WIDTH
            path = f"M{x:g} {y:g} C{x + 70:g} {y:g} {side + 70:g} {end_y:g} {side + 2:g} {end_y:g}"
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8" marker-end="url(#tip)"/>'
