"""The direction of imports, the purity of the lower floors, and what is banned, held by tests."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

PURE = ("drill/circuit", "drill/engine")
BANNED_CALLS = {"open", "eval", "exec", "compile", "__import__", "input", "print"}
STEP = "drill/circuit/step.py"  # the one named file where generated text becomes code
ONLY = {"transitions": "drill/engine/machine.py", "numba": "drill/records/kernels.py"}


def modules(root: Path, folder: str) -> list[Path]:
    """Every module below a folder."""
    return sorted((root / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top names that a module imports anywhere in its text."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_the_floors_hold(root: Path) -> None:
    """import-linter finds no import that goes up, sideways or out of a pure floor."""
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )

    assert found.returncode == 0, found.stdout + found.stderr


def test_every_floor_is_in_the_contract(root: Path) -> None:
    """A new module beside the floors must be placed: the layers contract is exhaustive."""
    floors = contracts(root)["floors"]

    assert floors["exhaustive"] is True
    assert floors["containers"] == ["drill"]


@pytest.mark.parametrize("folder", PURE)
def test_pure_floors_call_nothing_that_reaches_out(root: Path, folder: str) -> None:
    """No open, eval, exec, compile or print in circuit and engine, but for the one file that compiles the kernel's text."""
    found = [
        f"{path.relative_to(root)}:{node.lineno}: {node.func.id}"
        for path in modules(root, folder)
        if path != root / STEP
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS
    ]

    assert modules(root, folder), f"no modules in {folder}: the test would prove nothing"
    assert found == []


@pytest.mark.parametrize(("package", "home"), sorted(ONLY.items()))
def test_a_package_with_one_home_is_imported_there_alone(root: Path, package: str, home: str) -> None:
    """Transitions lives in the story's machine, numba in the kernels' loader."""
    users = [str(path.relative_to(root).as_posix()) for path in modules(root, "drill") if package in imported(path)]

    assert users == [home]


def test_the_panel_starts_without_numba(root: Path) -> None:
    """Importing the panel and the play command's parts never loads numba."""
    code = "import sys, drill.ui.app, drill.cli; sys.exit(any(name.split('.')[0] in ('numba', 'llvmlite') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_help_loads_next_to_nothing(root: Path) -> None:
    """`drill --help` is quick because only the commands' own module and click are loaded."""
    code = "import sys, drill.cli; print(' '.join(sorted({n.split('.')[0] for n in sys.modules})))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True).stdout.split()

    assert not {"pygame", "pydantic", "numpy", "rich", "jinja2", "numba", "transitions", "yaml"} & set(loaded)


def contracts(root: Path) -> dict[str, dict[str, Any]]:
    """The import contracts by id."""
    tool = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract for contract in tool["contracts"]}
