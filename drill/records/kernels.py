"""Turns the kernel's text into compiled code and keeps it: the only place that imports numba.

Without numba, or where nothing may be written, everything still works, with the same bits; only slower.
"""

import ast
import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Final, cast

from drill.errors import DrillError
from drill.records.home import drill_home
from drill.records.lower import lower

MISSING: Final = "numba is not installed: runs are slower, with the same result (python -m pip install 'drill-perfusion[fast]')"


@dataclass(frozen=True, slots=True)
class Kernel:
    """How the physics runs. `advance(x)` is one compiled tick over a float64 array, None = plain Python.

    `kind` is "numba" or "python"; `note` says why it is slower than it could be, "" if it is not.
    """

    advance: Callable[[Any], None] | None
    kind: str
    note: str


class _Text(SourceLoader):
    """Loads a module from text in memory: what runs is what was compared, never a stale byte-code file beside it."""

    def __init__(self, text: str, path: Path) -> None:
        self._text, self._path = text, path

    def get_filename(self, fullname: str) -> str:
        del fullname
        return str(self._path)

    def get_data(self, path: str | bytes) -> bytes:
        del path
        return self._text.encode()


def load_kernel(text: str, home: Path | None = None) -> Kernel:
    """Compile the generated text, whose `tick(x)` calls its other functions over a float64 array, or take it from the cache.

    A cold compile takes seconds, a warm one under a second. The text lies under `home`/kernels
    (None: DRILL_HOME), named by its own SHA-256.
    """
    try:
        import numba  # noqa: PLC0415  an extra: most users never have it
    except ImportError:
        return Kernel(None, "python", MISSING)
    name = sha256(text.encode()).hexdigest()
    path, note = _kept(text, name, home)
    if not note:
        try:
            return Kernel(_compiled(numba, text, name, path, cache=True), "numba", "")
        except Exception as error:  # noqa: BLE001  a damaged cache raises anything at all; without it the text still compiles
            note = f"the compiled kernel that was kept is damaged ({error}): remove {path.parent}"
    try:
        return Kernel(_compiled(numba, text, name, path, cache=False), "numba", note)
    except Exception as error:  # noqa: BLE001  whatever this numba cannot do, plain Python can
        return Kernel(
            None, "python", f"numba could not compile the kernel ({type(error).__name__}: {error}): runs are slower, with the same result"
        )


def is_kept(text: str, home: Path | None = None) -> bool:
    """Tell whether this text was compiled before and kept, so that loading it takes under a second."""
    name = sha256(text.encode()).hexdigest()
    try:
        return any(((home or drill_home()) / "kernels" / "__pycache__").glob(f"{name}*.nbi"))
    except (OSError, DrillError):
        return False


def _compiled(numba: Any, text: str, sha: str, path: Path, *, cache: bool) -> Callable[[Any], None]:
    module = _module(text, sha, path)
    if not numba.config.DISABLE_JIT:  # NUMBA_DISABLE_JIT leaves plain functions
        for part in ast.parse(text).body:
            if isinstance(part, ast.FunctionDef) and part.name != "tick":
                setattr(module, part.name, _lowered(numba, part))
        # numpy's error model divides by zero as C does; fastmath would change the last bits.
        jitted = numba.njit(module.tick, cache=cache, error_model="numpy", fastmath=False)
        jitted.compile((numba.float64[::1],))
        return cast("Callable[[Any], None]", jitted)
    advance: Callable[[Any], None] = module.tick
    return advance


def _lowered(numba: Any, function: ast.FunctionDef) -> Any:
    """Return the function as something that `tick` can call: its instructions are written where it is called."""

    def typed(_context: Any, x: Any) -> tuple[Any, Any]:
        def written(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            lower(function, builder, context.make_array(signature.args[0])(context, builder, args[0]).data)
            return context.get_dummy_value()

        return numba.types.void(x), written

    return numba.extending.intrinsic(typed)


def _kept(text: str, name: str, home: Path | None) -> tuple[Path, str]:
    """Write the text where numba's cache can lie beside it; return the path and why there is no cache ("" = there is)."""
    try:
        folder = (home or drill_home()) / "kernels"
        path = folder / f"{name}.py"
        folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            part = folder / f"{name}.{os.getpid()}.part"  # two processes may write the same text at once
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        probe = folder / "__pycache__" / f"{name}.{os.getpid()}.probe"
        probe.parent.mkdir(exist_ok=True)
        probe.touch()
        probe.unlink()
    except (OSError, DrillError) as error:
        return Path(f"<kernel {name[:12]}>"), f"the compiled kernel cannot be kept ({error}): it is compiled anew each time"
    return path, ""


def _module(text: str, name: str, path: Path) -> ModuleType:
    module_name = f"drill_kernel_{name}"
    spec = importlib.util.spec_from_loader(module_name, _Text(text, path), origin=str(path))
    if spec is None or spec.loader is None:  # cannot be with a loader of our own; mypy does not know
        message = "the compiled kernel cannot be loaded"
        raise DrillError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # numba's cache looks the module up by name
    spec.loader.exec_module(module)
    return module
