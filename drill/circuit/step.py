"""Runs the kernel's text as plain Python: the one file that may call exec, on text that our own compiler wrote."""

from collections.abc import Callable, MutableSequence
from math import sqrt

from drill.circuit.compiler import Model

Array = MutableSequence[float]
Advance = Callable[[Array], None]


def interpreted(model: Model) -> Advance:
    """Return a function that advances the array by one tick in place, in plain Python."""
    names: dict[str, object] = {"sqrt": sqrt, "abs": abs, "range": range, "__builtins__": {}}
    exec(compile(model.python_text(), "<kernel>", "exec"), names)
    tick: Advance = names["tick"]  # type: ignore[assignment]
    return tick
