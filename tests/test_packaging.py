"""What is shipped: the wheel holds the packs and the assets, and works in a clean environment."""

import json
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

HOSTS = re.compile(r"https?://|\.org/|\.com/|index-url|find-links", re.IGNORECASE)


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command that must succeed; return what it printed."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the tree with the build tools that are installed."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, cwd=root)
    return next(out.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_packs_and_assets(wheel: Path) -> None:
    """Everything that the program reads travels inside the package."""
    names = zipfile.ZipFile(wheel).namelist()

    assert "drill/_data/scenario_packs/base/tasks.yaml" in names
    assert "drill/_data/scenario_packs/pump_head_failure/plays/expert.yaml" in names
    assert any(name.startswith("drill/_data/assets/themes/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


@pytest.mark.slow
def test_the_wheel_works_in_a_clean_environment(root: Path, wheel: Path, tmp_path: Path) -> None:
    """Outside the tree the installed command lists, runs and draws the shipped scenario."""
    place = tmp_path / "clean"
    venv.create(place, with_pip=True)
    bin_ = place / ("Scripts" if sys.platform == "win32" else "bin")
    run(bin_ / "python", "-m", "pip", "install", "-q", "-c", root / "constraints.txt", wheel, cwd=tmp_path)
    env = {"DRILL_HOME": str(tmp_path / "home"), "PATH": str(bin_), "SYSTEMROOT": "C:\\Windows"}

    listed = json.loads(run(bin_ / "drill", "list", "--json", cwd=tmp_path, env=env))
    assert "pump_head_failure/va_flow_lost" in [scenario["id"] for scenario in listed["scenarios"]]

    sheet = json.loads(
        run(bin_ / "drill", "run", "pump_head_failure/va_flow_lost", "--robot", "expert", "--seed", 3, "--json", cwd=tmp_path, env=env)
    )
    assert sheet["passed"] is True

    picture = tmp_path / "panel.png"
    run(
        bin_ / "drill",
        "shot",
        "pump_head_failure/va_flow_lost",
        "--robot",
        "idle",
        "--seed",
        3,
        "--at",
        5,
        "-o",
        picture,
        cwd=tmp_path,
        env=env,
    )
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_constraints_pin_everything_and_name_no_host(root: Path) -> None:
    """Each line is an exact version, a comment or nothing."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]

    assert len(pins) > 20
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[^\s;]+( ; .+)?", line)] == []
    assert [line for line in pins if HOSTS.search(line)] == []
