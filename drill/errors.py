"""Every error that Drill raises on purpose.

DrillError                 what the command line turns into a message and an exit code
+-- PackError              raised when a pack, scenario, site profile or play does not load
+-- CircuitError           raised when a circuit or patient cannot be built from its data
+-- NameUnknownError       raised when a control, reading, fault, task or part of that name does not exist
+-- ValueRangeError        raised when a value lies outside what a control or parameter allows
+-- RunFileError           raised when a run file cannot be read as one
+-- SessionError           raised when a session is asked for something its mode or state does not allow
"""

from collections.abc import Iterable
from difflib import get_close_matches


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


def nearest(name: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" for the nearest known name, or the allowed names where none is near."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f" (did you mean '{close[0]}'?)"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f" (allowed: {shown})" if names else ""
