import ast
import sys
from pathlib import Path

import numpy as np
import pytest
from llvmlite import ir

from drill.errors import DrillError
from drill.records.kernels import MISSING, load_kernel
from drill.records.lower import lower

TEXT = """from math import sqrt


def substeps(x):
    v1 = x[0]
    for _ in range(10):
        t1 = (3.0 < v1)
        v2 = v1 = ((sqrt(v1) / x[1]) if t1 else (v1 + 1.0))
    x[0] = v2


def slow(x):
    x[2] = x[0] / x[3]


def tick(x):
    substeps(x)
    slow(x)
"""


def result(home: Path) -> list[float]:
    """One tick of the little kernel, compiled."""
    kernel = load_kernel(TEXT, home)
    assert kernel.kind == "numba"
    assert kernel.advance is not None
    x = np.array([0.5, 2.0, 0.0, 3.0])
    kernel.advance(x)
    return [float(v) for v in x]


def interpreted() -> list[float]:
    """The same tick in plain Python."""
    from math import sqrt

    x = [0.5, 2.0, 0.0, 3.0]
    for _ in range(10):
        x[0] = sqrt(x[0]) / x[1] if x[0] > 3.0 else x[0] + 1.0
    x[2] = x[0] / x[3]
    return x


def test_a_compiled_kernel_has_the_bits_of_plain_python(tmp_path: Path) -> None:
    """Compiled, from the cache, or from a damaged cache: the same bits."""
    assert result(tmp_path) == interpreted()
    assert len(list((tmp_path / "kernels").glob("*.py"))) == 1
    assert result(tmp_path) == interpreted()
    for kept in (tmp_path / "kernels" / "__pycache__").iterdir():
        kept.write_bytes(b"damaged")
    assert result(tmp_path) == interpreted()


def test_a_text_that_was_changed_on_disk_is_never_run(tmp_path: Path) -> None:
    """The file is compared before it is used, and what runs is the text that was handed in."""
    result(tmp_path)
    path = next((tmp_path / "kernels").glob("*.py"))
    path.write_text("raise SystemExit('a stranger')\n")

    assert result(tmp_path) == interpreted()
    assert path.read_text() == TEXT


def test_a_folder_that_cannot_be_written_means_no_cache(tmp_path: Path) -> None:
    """It still compiles, and says why it is slow."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")

    assert result(blocked) == interpreted()
    assert "cannot be kept" in load_kernel(TEXT, blocked).note


def test_division_by_zero_is_an_infinity_and_no_error(tmp_path: Path) -> None:
    """The compiled kernel divides as C does."""
    kernel = load_kernel(TEXT, tmp_path)
    assert kernel.advance is not None
    x = np.array([0.5, 0.0, 0.0, 3.0])
    kernel.advance(x)

    assert not np.isfinite(x[0])


@pytest.mark.parametrize("line", ["x[1] = x[0] ** 2.0", "x[1] = max(x[0], 1.0)", "if x[0] < 1.0:\n        x[1] = 0.0", "x[1] = y[0]"])
def test_a_text_that_is_no_kernel_is_refused(line: str) -> None:
    """Only the kernel's own grammar is compiled; the message shows what else was found, and where."""
    tree = ast.parse(f"def slow(x):\n    {line}\n").body[0]
    assert isinstance(tree, ast.FunctionDef)
    builder = ir.IRBuilder(ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), ()), "f").append_basic_block())

    with pytest.raises(DrillError, match=r"line 2, which is no kernel"):
        lower(tree, builder, ir.Constant(ir.PointerType(ir.DoubleType()), None))


def test_without_numba_it_says_so_and_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain Python has the same result; the note says how to become faster."""
    monkeypatch.setitem(sys.modules, "numba", None)
    kernel = load_kernel(TEXT)

    assert (kernel.advance, kernel.kind, kernel.note) == (None, "python", MISSING)


def test_a_text_that_numba_cannot_compile_falls_back_and_says_so(tmp_path: Path) -> None:
    """A numba that cannot cope costs speed, not the drill."""
    broken = load_kernel(TEXT + "\n\ndef tick(x):\n    substep(x, x, undefined)\n", tmp_path)

    assert (broken.advance, broken.kind) == (None, "python")
    assert "could not compile" in broken.note
