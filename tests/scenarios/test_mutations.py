"""Whatever happens to a shipped pack, its author gets a clean run or words with a place: no traceback, no hang, little memory."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drill.scenarios import catalogue, load
from drill.scenarios.diagnostics import Diagnostic
from drill.scenarios.library import Library
from drill.scenarios.yaml_reader import parse_yaml
from tests.scenarios import mutants

MEMORY_MB = 200
CHUNKS, CHUNK = 50, 2000  # 100 000 in all


def ground(root: Path, seed: int, count: int, timeout_s: int) -> dict[str, Any]:
    """Let a process of its own spoil so many packs; the timeout is there for a hang alone."""
    command = [sys.executable, "-m", "tests.scenarios.mutants", str(seed), str(count)]
    env = {**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", env=env, check=False, timeout=timeout_s)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the mill stops a hang by an alarm signal, which Windows does not have")
def test_a_spoilt_pack_is_answered(root: Path) -> None:
    """A few hundred mutants: each is refused with a place, or loads and runs."""
    found = ground(root, 11, 120, 300)

    assert found["failed"] == 0, "\n\n".join(found["failures"])
    assert sum(found["became"].values()) == 120
    assert found["became"]["errors with a place"] > 60
    assert found["became"]["clean run"] > 3
    assert found["memory_mb"] < MEMORY_MB


def test_what_the_mill_remembers_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that has seen other mutants says of a spoilt pack what one says that was just opened."""
    mill = mutants.Mill(5)
    monkeypatch.setattr(catalogue, "gather", mill.gather)
    for _ in range(12):
        path, text = mill.mutant()
        mill.spoil(path, text)
        pack = path.relative_to(mutants.SHIPPED).parts[0]
        fresh = Library([mutants.SHIPPED])
        fresh._read[path] = parse_yaml(text.encode("utf-8", "surrogatepass"), path.relative_to(mutants.SHIPPED).as_posix())

        asked = {where_and_what(problem) for problem in catalogue.check_pack(mill.library, pack)}
        monkeypatch.setattr(catalogue, "gather", load.gather)
        assert {where_and_what(problem) for problem in catalogue.check_pack(fresh, pack)} == asked, text[:2000]
        monkeypatch.setattr(catalogue, "gather", mill.gather)
        mill.mend(path)


def where_and_what(problem: Diagnostic) -> tuple[str, str, str, int, int]:
    """A problem without the folder that its file was found in."""
    return Path(problem.file).name, problem.path, problem.message, problem.line, problem.col


@pytest.mark.soak
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_hundred_thousand_spoilt_packs_are_answered(root: Path, chunk: int) -> None:
    """In chunks, so that they spread over the cores and each names its seed; 1000 take about 22 s of one core."""
    found = ground(root, 1000 + chunk, CHUNK, 3600)

    assert found["failed"] == 0, f"seed {1000 + chunk}\n" + "\n\n".join(found["failures"])
    assert sum(found["became"].values()) == CHUNK
    assert found["memory_mb"] < MEMORY_MB
