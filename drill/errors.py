"""Every error that Drill raises on purpose.

DrillError                 what the command line turns into a message and an exit code
+-- PackError              raised when a pack, scenario, site profile or play does not load
+-- CircuitError           raised when a circuit or patient cannot be built from its data
+-- NameUnknownError       raised when a control, reading, fault, task or part of that name does not exist
+-- ValueRangeError        raised when a value lies outside what a control or parameter allows
+-- RunFileError           raised when a run file cannot be read as one
+-- SessionError           raised when a session is asked for something its mode or state does not allow
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final


class DrillError(Exception):
    """Raised when Drill can say what was found, where, what is allowed and what to do."""


class PackError(DrillError):
    """Raised when a pack, scenario, site profile or play does not load.

    `diagnostics` holds every problem found, in the order of file and line; each prints as `file:line:col: message`.
    """

    def __init__(self, message: str, diagnostics: Iterable[object] = ()) -> None:
        """Keep the single problems beside the text that lists them."""
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)


class CircuitError(DrillError):
    """Raised when a circuit or patient cannot be built from its data."""


class NameUnknownError(DrillError):
    """Raised when a control, reading, fault, task or part of that name does not exist."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        """Name the kind of thing, the name that was asked for, and the nearest that exists."""
        super().__init__(f"unknown {what} '{name}'{nearest(name, known)}")


class ValueRangeError(DrillError):
    """Raised when a value lies outside what a control or parameter allows."""


class RunFileError(DrillError):
    """Raised when a run file cannot be read as one."""


class SessionError(DrillError):
    """Raised when a session is asked for something its mode or state does not allow."""


NEARLY: Final = 3  # as many names are offered where only the words agree
_MORE: Final = 12  # names in a list


def nearest(name: str, known: Iterable[str], meanings: Mapping[str, str] | None = None) -> str:
    """Return " (did you mean 'x'?)" for the nearest known name, or the allowed names where none is near.

    Where many are known, those that share a word with it, or whose meaning does, are offered before a list.
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f" (did you mean '{close[0]}'?)"
    alike = _alike(name, names, meanings or {}) if len(names) > _MORE else []
    if alike:
        return f" (nearest: {', '.join(alike)})"
    shown = ", ".join(names[:_MORE]) + (", ..." if len(names) > _MORE else "")
    return f" (allowed: {shown})" if names else ""


def _alike(name: str, names: Iterable[str], meanings: Mapping[str, str]) -> list[str]:
    """Return the names that have the most words in common with it, in themselves first, then in their meaning."""
    asked = {word for word in re.split(r"[^a-z0-9]+", name.lower()) if len(word) > 1}

    def common(other: str) -> tuple[float, str]:
        own, meant = (set(re.split(r"[^a-z0-9]+", text.lower())) for text in (other, meanings.get(other, "")))
        return -2.0 * len(asked & own) - len((asked - own) & meant), other

    counted = sorted(map(common, names))
    return [other for score, other in counted[:NEARLY] if score < 0]
