"""Runs the kernel's text as plain Python: the one file that may call exec, on text that our own compiler wrote."""

from collections.abc import Callable, MutableSequence
from math import sqrt

from drill.circuit.compiler import Model

Array = MutableSequence[float]
Advance = Callable[[Array], None]


def interpreted(model: Model, name: str = "tick") -> Advance:
    """Return a function that advances the array in place, in plain Python: by one tick, or by its "substeps" alone."""
    names: dict[str, object] = {"sqrt": sqrt, "abs": abs, "range": range, "__builtins__": {}}
    exec(compile(model.python_text(), "<kernel>", "exec"), names)
    advance: Advance = names[name]  # type: ignore[assignment]
    return advance
