"""What is wrong with a file, said so that its author can mend it: where, what was found, what is allowed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from drill.errors import PackError

Path = tuple[str | int, ...]
Severity = Literal["error", "warning"]
FOUND_LENGTH = 40


class Mark(NamedTuple):
    """A place in a file, as editors count: from 1."""

    line: int
    col: int


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One problem at one place. `path` is the keys that lead there, such as stages[1].next[0].when."""

    file: str
    line: int
    col: int
    path: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """Return `file:line:col: message` on one line, with the path before the message where there is one."""
        place = f"{self.path}: " if self.path else ""
        note = "warning: " if self.severity == "warning" else ""
        text = f"{self.file}:{self.line}:{self.col}: {note}{place}{self.message}"
        # A name from a stranger's file must not steer a terminal.
        return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def dotted(path: Path) -> str:
    """Return a path as an author would say it: stages[1].next[0].when."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def found(value: object) -> str:
    """Name a value's kind and show it, cut to a length: text 'abc', number 3, a list, a mapping, nothing."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"number {cut(repr(value))}"
        case str():
            return f"text {cut(repr(value))}"
        case Mapping():
            return f"a mapping ({cut(', '.join(str(key) for key in value))})" if value else "an empty mapping"
        case Sequence():
            return f"a list of {len(value)}"
        case _:
            return cut(repr(value))


def cut(text: str) -> str:
    """Return at most FOUND_LENGTH characters of a text, with dots where it was longer."""
    return text if len(text) <= FOUND_LENGTH else text[: FOUND_LENGTH - 3] + "..."


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return each problem once, by file, line and column."""
    return tuple(sorted(set(diagnostics)))


def errors_in(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return those that keep a pack from loading."""
    return tuple(d for d in diagnostics if d.severity == "error")


def refuse(diagnostics: Iterable[Diagnostic]) -> None:
    """Raise one PackError that lists every error, if there is any."""
    errors = in_order(errors_in(diagnostics))
    if errors:
        raise PackError("\n".join(str(d) for d in errors), errors)
