"""What `drill doctor` looks at: whether this machine can show, sound, keep and compute a drill, and what to do if not."""

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

NEEDS = {
    "numpy": "numpy",
    "pygame-ce": "pygame",
    "pygame_gui": "pygame_gui",
    "transitions": "transitions",
    "PyYAML": "yaml",
    "pydantic": "pydantic",
    "click": "click",
    "rich": "rich",
    "platformdirs": "platformdirs",
    "jinja2": "jinja2",
    "cryptography": "cryptography",
}
UNSEEN_DRIVERS = ("dummy", "offscreen")  # SDL falls back to these without a word: nobody would see the window
LINUX_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
SOUND_PROBE = "import pygame; pygame.mixer.init()"  # in a process of its own: the sound library writes to the terminal


class Finding(NamedTuple):
    """One thing looked at. `state`: ok, note (works, but worth knowing) or problem."""

    name: str
    state: str
    text: str


def examine() -> Iterator[Finding]:
    """Look at everything, one finding each."""
    yield _python()
    yield from _packages()
    yield _display()
    yield _sound()
    yield _home()
    yield _key()
    yield _numba()
    yield from _packs()


def display_problem() -> str:
    """Return why no window can be shown here, or "" if one can."""
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in LINUX_DISPLAYS):
        return f"no display ({LINUX_DISPLAYS[0]} is not set)"
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    try:
        pygame.display.init()
        driver = pygame.display.get_driver()
    except pygame.error as error:
        return f"no display ({error})"
    finally:
        pygame.display.quit()
    return f"no display (the window system offers only '{driver}')" if driver in UNSEEN_DRIVERS else ""


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11):  # noqa: UP036  the doctor also speaks when pip was told to ignore what we require
        return Finding("Python", "problem", f"{version} is too old: install Python 3.11 or later")
    return Finding("Python", "ok", version)


def _packages() -> Iterator[Finding]:
    for package, module in NEEDS.items():
        if importlib.util.find_spec(module) is None:
            yield Finding(package, "problem", f"is not installed: python -m pip install {package}")
        else:
            yield Finding(package, "ok", _version(package))
    if _version("pygame") and _version("pygame-ce"):
        text = (
            "pygame and pygame-ce are both installed, in one folder, and break each other: "
            "python -m pip uninstall -y pygame pygame-ce, then python -m pip install pygame-ce"
        )
        yield Finding("pygame", "problem", text)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _display() -> Finding:
    problem = display_problem() if importlib.util.find_spec("pygame") else "pygame-ce is not installed"
    if problem:
        return Finding("display", "note", f"{problem}: the panel cannot open; drill run, shot, score and verify work")
    return Finding("display", "ok", "a window can open")


def _sound() -> Finding:
    probe = subprocess.run([sys.executable, "-c", SOUND_PROBE], capture_output=True, check=False, timeout=60)  # noqa: S603  our own words
    if probe.returncode:
        return Finding("sound", "note", "no sound device: alarms are seen, not heard")
    return Finding("sound", "ok", "alarms can be heard")


def _home() -> Finding:
    from drill.records.home import drill_home

    home = drill_home()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        return Finding("DRILL_HOME", "problem", f"{home} cannot be written ({error.strerror}): set DRILL_HOME to a folder that can")
    return Finding("DRILL_HOME", "ok", str(home))


def _key() -> Finding:
    from drill.errors import DrillError
    from drill.records.home import drill_home
    from drill.records.keys import STATION, station_key

    try:
        if not (drill_home() / STATION).exists():
            return Finding("station key", "ok", "none yet: the first run that is kept makes it")
        return Finding("station key", "ok", f"{station_key().public[:8]}: runs are signed")
    except (DrillError, OSError) as error:
        return Finding("station key", "problem", f"{error}; runs stay unsigned until then")


def _numba() -> Finding:
    if importlib.util.find_spec("numba") is None:
        return Finding("numba", "note", "is not installed: headless runs work, slower, with the same result (extra 'fast')")
    return Finding("numba", "ok", f"{_version('numba')}: headless runs are compiled")


def _packs() -> Iterator[Finding]:
    from drill.records.home import pack_roots
    from drill.scenarios.catalogue import find_scenarios

    roots = pack_roots()
    found = find_scenarios(roots)
    if not found:
        yield Finding("packs", "problem", f"no scenario was found in {', '.join(str(root) for root in roots)}: install Drill again")
    for case in found:
        yield Finding(case.ref, "problem", f"does not load:\n{case.error}") if case.error else Finding(case.ref, "ok", "loads")
