"""The kernel as C, built with the local compiler: a yardstick for its bits and its speed, and nothing else."""

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

from drill.errors import DrillError

EXACT = ("-O2", "-ffp-contract=off")
FAST = ("-O3", "-march=native", "-fno-math-errno", "-ffp-contract=off")  # no flag that may change a bit
COMPILERS = ("cc", "gcc", "clang")


def compiler() -> str:
    """Return the local C compiler. Raises DrillError where there is none."""
    found = next((path for path in map(shutil.which, COMPILERS) if path), None)
    if found is None:
        raise DrillError(f"no C compiler was found (looked for {', '.join(COMPILERS)}): install one, or leave out --c")
    return found


def build(text: str, folder: Path, flags: tuple[str, ...]) -> Any:
    """Build the text and return its library, with `tick` and `substeps`, which take the address of the first double.

    Raises DrillError with the compiler's words.
    """
    source = folder / "kernel.c"
    library = folder / f"kernel{'_'.join(flags).replace('=', '_')}.so"
    source.write_text(text, encoding="utf-8")
    command = [compiler(), *flags, "-fPIC", "-shared", str(source), "-o", str(library), "-lm"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own text, a compiler of the system
    if made.returncode:
        raise DrillError(f"the C compiler refused the kernel: {made.stderr.strip().splitlines()[:3]}")
    loaded = ctypes.CDLL(str(library))
    for name in ("tick", "substeps"):
        getattr(loaded, name).argtypes = [ctypes.c_void_p]
        getattr(loaded, name).restype = None
    return loaded
