"""What every test stands on: no display, no sound, a home of its own, hypothesis without luck."""

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

settings.register_profile("test", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("DRILL_HYPOTHESIS", "test"))

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
os.environ["DRILL_HOME"] = str(OUT)  # for what lives longer than one test; nothing is written to the user's own folder


FULL = ("tests/circuit/", "tests/lab/")  # where the tests that take seconds have outgrown ten minutes: they run in soak
KEPT = ("test_exact.py", "test_random.py", "test_blood.py", "test_gas_supply.py")  # but for these


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the slow tests of what has outgrown `make test` to the soak tier."""
    for item in items:
        where = item.path.relative_to(ROOT).as_posix()
        if where.startswith(FULL) and not where.endswith(KEPT) and item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(autouse=True)
def drill_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a home of its own for runs and crash notes; compiled kernels are shared, since compiling takes seconds."""
    home = tmp_path / "drill_home"
    home.mkdir()
    shared = OUT / "kernels"
    shared.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # Windows may refuse a link: then each test compiles its own
        (home / "kernels").symlink_to(shared, target_is_directory=True)
    monkeypatch.setenv("DRILL_HOME", str(home))
    monkeypatch.delenv("DRILL_PACKS", raising=False)
    monkeypatch.chdir(ROOT)  # packs of the present folder go before the stock ones
    rescued = tmp_path / "elsewhere"
    rescued.mkdir()
    monkeypatch.setattr("drill.records.store.elsewhere", lambda: iter([rescued]))
    return home
