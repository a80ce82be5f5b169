"""Compares the ways out of one stage: which can be open together, and which can never be taken because an earlier one is.

An estimate on the text alone: a condition becomes alternatives of limits on readings and controls. What is not a limit
(an action, a look, a job) is only compared with the very same words. How blood flows is not known here.
"""

from dataclasses import dataclass
from itertools import product
from math import inf
from typing import NamedTuple

from drill.circuit.consoles import PLACES
from drill.circuit.controls import CONTROLS
from drill.circuit.readings import READINGS
from drill.scenarios.diagnostics import cut
from drill.scenarios.tree import Node, Report

STATES = ("value", "shown", "control")
MOST = 64  # alternatives; beyond that nothing is said


class Limit(NamedTuple):
    """What must hold of one subject: strictly between `low` and `high`, for `for_s` seconds."""

    low: float
    high: float
    for_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a condition can hold: limits by subject, and other things word for word."""

    limits: dict[str, Limit]
    others: frozenset[str]

    def joined(self, other: "Case") -> "Case | None":
        """Return both together; None if they cannot hold together."""
        limits = dict(self.limits)
        for subject, limit in other.limits.items():
            mine = limits.get(subject, Limit(-inf, inf, 0.0))
            both = Limit(max(mine.low, limit.low), min(mine.high, limit.high), max(mine.for_s, limit.for_s))
            if both.low >= both.high:
                return None
            limits[subject] = both
        return Case(limits, self.others | other.others)

    def implies(self, other: "Case") -> bool:
        """Say whether the other holds whenever this does."""
        for subject, theirs in other.limits.items():
            mine = self.limits.get(subject)
            if mine is None or mine.low < theirs.low or mine.high > theirs.high or mine.for_s < theirs.for_s:
                return False
        return other.others <= self.others


def check_ways(stage: Node, verdicts: dict[str, str], report: Report) -> None:
    """Note ways out of a stage that can never be taken, and warn of two whose order alone decides.

    `verdicts` gives the stages that end the drill, with passed or failed.
    """
    seen: list[tuple[Node, list[Case] | None, float | None]] = []
    for way in stage["next"]:
        cases = cases_of(way["when"]) if "when" in way else None
        wait = way["after_s"].number
        for number, (other, theirs, their_wait) in enumerate(seen):
            place = f"next[{number}]"
            if wait is not None and their_wait is not None and their_wait <= wait:
                report.add(way["after_s"], f"never taken: {place} is open after {their_wait:g} s, and comes first in the list")
            elif cases and theirs and all(any(mine.implies(one) for one in theirs) for mine in cases):
                report.add(way["when"], f"never taken: whenever this holds, {place} holds too, and comes first in the list")
            elif cases and theirs and other["go"].text != way["go"].text:
                _overlap(way, cases, theirs, (place, verdicts.get(other["go"].text, ""), verdicts.get(way["go"].text, "")), report)
        seen.append((way, cases, wait))


def _overlap(way: Node, cases: list[Case], theirs: list[Case], where: tuple[str, str, str], report: Report) -> None:
    """Warn where two ways can be open at once and it matters: they speak of one subject, or one passes and one fails."""
    place, their_end, my_end = where
    both = [(mine, other) for mine in cases for other in theirs if mine.joined(other) is not None]
    shared = sorted({subject for mine, other in both for subject in mine.limits.keys() & other.limits.keys()})
    opposite = {their_end, my_end} == {"passed", "failed"}
    if both and (shared or opposite):
        why = f"both speak of {cut(', '.join(shared))}" if shared else "one passes and one fails"
        report.add(
            way["when"], f"can hold together with {place}, which then wins by its place ({why}): add a limit that parts them",
            severity="warning",
        )  # fmt: skip


def cases_of(node: Node, for_s: float = 0.0) -> list[Case] | None:
    """Return the alternatives in which a condition holds; None where there are too many to say."""
    held = max(for_s, node["for_s"].number or 0.0)
    if "within_s" in node:
        return [_other(node, 0.0)]
    if "all" in node:
        members = [cases_of(member, held) for member in node["all"]]
        known = [cases for cases in members if cases is not None]
        if len(known) < len(members) or _size(known) > MOST:
            return None
        found: list[Case] = []
        for chosen in product(*known):
            whole: Case | None = Case({}, frozenset())
            for one in chosen:
                whole = whole.joined(one) if whole is not None else None
            found.extend([] if whole is None else [whole])
        return found
    if "any" in node:
        if held:  # the members may take turns
            return [_other(node, for_s)]
        inner = [cases_of(member) for member in node["any"]]
        flat = [case for cases in inner if cases is not None for case in cases]
        return flat if all(cases is not None for cases in inner) and len(flat) <= MOST else None
    if node["drive"].text in PLACES:  # one place excludes the others, as numbers do
        place = float(PLACES.index(node["drive"].text))
        return [Case({"drive": Limit(place - 0.5, place + 0.5, held)}, frozenset())]
    head = next((head for head in STATES if node[head].text), "")
    low, high = node["above"].number, node["below"].number
    if not head or (low is None and high is None):
        return [_other(node, for_s)]
    if node[head].text not in (CONTROLS if head == "control" else READINGS):
        return None  # misspelt, and noted as that: nothing follows from it
    limit = Limit(-inf if low is None else low, inf if high is None else high, held)
    return [Case({f"{head} {node[head].text}": limit}, frozenset())]


def _size(known: list[list[Case]]) -> int:
    size = 1
    for cases in known:
        size *= max(1, len(cases))
    return size


def _other(node: Node, for_s: float) -> Case:
    return Case({}, frozenset({f"{node.value!r} {for_s:g}"}))
