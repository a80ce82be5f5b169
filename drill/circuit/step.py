"""Runs the kernel's text as plain Python: the one file that may call exec, on text that our own compiler wrote."""

from collections.abc import Callable, MutableSequence
from math import sqrt

from drill.circuit.compiler import Model

Array = MutableSequence[float]
Advance = Callable[[Array], None]


_KEPT = 8  # circuits: a drill that is begun again, and a patient with another number, run the same text
_ready: dict[tuple[str, str], Advance] = {}


def interpreted(model: Model, name: str = "tick") -> Advance:
    """Return a function that advances the array in place, in plain Python: by one tick, or by its "substeps" alone."""
    key = (model.code, name)
    if key not in _ready:
        names: dict[str, object] = {"sqrt": sqrt, "abs": abs, "range": range, "__builtins__": {}}
        exec(compile(model.python_text(), "<kernel>", "exec"), names)
        _ready[key] = names[name]  # type: ignore[assignment]
    _ready[key] = advance = _ready.pop(key)  # the newest stands last
    if len(_ready) > _KEPT:
        del _ready[next(iter(_ready))]
    return advance
