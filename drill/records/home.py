"""Where things lie: what the program brings along, and what it keeps for this user."""

import contextlib
import os
from pathlib import Path
from typing import Final

import platformdirs

from drill.errors import DrillError

HOME_VARIABLE: Final = "DRILL_HOME"
PACKS_VARIABLE: Final = "DRILL_PACKS"
_PACKAGE: Final = Path(__file__).resolve().parent.parent


def drill_home() -> Path:
    """Return the folder for runs, kernels and own packs: DRILL_HOME, else the platform's data folder. It may not exist yet.

    Raises DrillError where this user has no home folder and DRILL_HOME is not set.
    """
    chosen = os.environ.get(HOME_VARIABLE, "").strip()
    home = Path(chosen).expanduser() if chosen else platformdirs.user_data_path("drill", appauthor=False)
    if chosen or home.is_absolute():
        return home.absolute()
    message = f"this user has no home folder ('{home}'): set {HOME_VARIABLE} to a folder that can be written"
    raise DrillError(message)


def runs_folder(home: Path | None = None) -> Path:
    """Return the folder of the runs that are kept: DRILL_HOME/runs. It may not exist yet. Raises DrillError as `drill_home` does."""
    return (home or drill_home()) / "runs"


def pack_roots() -> tuple[Path, ...]:
    """Return the folders that hold packs, the first that wins: those of DRILL_PACKS, the present one, the stock, the installed ones.

    Whoever stands inside a pack, or beside it, need not install it to try it, and means that one, installed or not.
    """
    named = tuple(Path(one).expanduser().absolute() for one in os.environ.get(PACKS_VARIABLE, "").split(os.pathsep) if one.strip())
    roots = list(named)
    with contextlib.suppress(OSError):
        here = Path.cwd()
        if (here / "pack.yaml").is_file():
            roots.append(here.parent)
        elif any((child / "pack.yaml").is_file() for child in here.iterdir()):
            roots.append(here)
    roots.append(stock_packs())
    with contextlib.suppress(DrillError):
        roots += [own_packs()] if own_packs().is_dir() else []
    return tuple(dict.fromkeys(roots))


def own_packs() -> Path:
    """Return the folder of the packs that this user has installed: DRILL_HOME/scenario_packs. It may not exist yet."""
    return drill_home() / "scenario_packs"


def stock_packs() -> Path:
    """Return the folder of the packs that the program brings along."""
    return _data("scenario_packs")


def look_in(folder: Path) -> None:
    """Let packs of this folder be found before others, here and in the processes that are started from here."""
    before = os.environ.get(PACKS_VARIABLE, "")
    os.environ[PACKS_VARIABLE] = os.pathsep.join([str(folder.absolute()), *([before] if before else [])])


def assets_root() -> Path:
    """Return the folder of images, sounds and themes."""
    return _data("assets")


def _data(name: str) -> Path:
    """A wheel carries the data inside the package; a source tree has it beside the package."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
