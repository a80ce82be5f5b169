"""A walk over a document's data that never stumbles: what is missing or of the wrong kind is simply not there.

Meaning is checked on the data and not on the models, so that a file with one misspelt key still gets all its other errors.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from drill.circuit.controls import CONTROLS
from drill.circuit.faults import FAULTS
from drill.circuit.readings import READINGS
from drill.errors import nearest
from drill.scenarios.diagnostics import Diagnostic, Path, Severity, cut
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.yaml_reader import Document

LAB = ("reading", "displayed reading", "control", "fault", "number of a patient")
LAB_LINE = "all names: drill lab --list; some: drill lab --find WORD"
_READ = {name: reading.meaning for name, reading in READINGS.items()}
MEANINGS = {
    "reading": _READ,
    "displayed reading": _READ,
    "control": {name: control.meaning for name, control in CONTROLS.items()},
    "fault": {name: fault.meaning for name, fault in FAULTS.items()},
    "ledger quantity": {name: quantity.meaning for name, quantity in QUANTITIES.items()},
}


@dataclass(slots=True)  # not frozen: a check makes tens of thousands, and freezing trebles the cost of each
class Node:
    """One value of a document with its path; `value` is None where there is nothing."""

    document: Document
    path: Path
    value: Any

    def __getitem__(self, key: str) -> "Node":
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(self.document, (*self.path, key), value)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def __iter__(self) -> Iterator["Node"]:
        if isinstance(self.value, list):
            for i, value in enumerate(self.value):
                yield Node(self.document, (*self.path, i), value)

    def pairs(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the keys and values of a mapping."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, Node(self.document, (*self.path, key), self.value[key])

    @property
    def text(self) -> str:
        """The value if it is text, else ""."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def number(self) -> float | None:
        """The value if it is a number, else None."""
        return float(self.value) if isinstance(self.value, int | float) and not isinstance(self.value, bool) else None

    def texts(self, key: str) -> list[str]:
        """Return the texts under `key` of each mapping in this list."""
        return [member[key].text for member in self if member[key].text]


def root(document: Document) -> Node:
    """Return the node of a whole document."""
    return Node(document, (), document.data)


@dataclass(slots=True)
class Report:
    """The problems found so far."""

    found: list[Diagnostic] = field(default_factory=list)

    def add(self, node: Node, message: str, *, key: bool = False, severity: Severity = "error") -> None:
        """Note a problem at a node, or at its key."""
        self.found.append(replace(node.document.problem(node.path, message, key=key), severity=severity))

    def name(self, node: Node, what: str, known: Collection[str] | None, *, key: str | None = None) -> bool:
        """Note a name that does not exist, with the nearest that does; None means that nothing is known to compare with."""
        name = node.text if key is None else key
        if known is None or not name or name in known:
            return bool(name)
        text = f"unknown {what} {cut(repr(name))}{nearest(name, known, MEANINGS.get(what))}"
        self.add(node, text + (f"; {LAB_LINE}" if what in LAB else ""), key=key is not None)
        return False

    def unique(self, nodes: Node, what: str, key: str = "id") -> None:
        """Note every id that is there twice in a list."""
        seen: set[str] = set()
        for member in nodes:
            name = member[key].text
            if name and name in seen:
                self.add(member[key], f"{what} {cut(repr(name))} is there twice: give each its own id")
            seen.add(name)

    def between(self, node: Node, low: float, high: float, unit: str) -> None:
        """Note a number outside its range."""
        number = node.number
        if number is not None and not low <= number <= high:
            self.add(node, f"must be between {low:g} and {high:g} {unit}, found {number:g}".replace("  ", " "))
