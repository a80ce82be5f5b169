"""Keeps machines in their settled state, so that the same start need not be simulated twice.

What is kept is named by everything that it comes from: the circuit, the patient, the knobs, the time, and the sources of the
physics themselves. So it is the very state that settling would give, bit for bit; a folder that cannot be written means that
nothing is kept. `drill verify` never looks here: it plays from the causes alone.
"""

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import drill
from drill.engine.runlog import canonical
from drill.errors import DrillError
from drill.records.home import drill_home

MOST: Final = 48  # tunable; about 25 kB each
SOURCES: Final = ("circuit/**/*.py", "engine/setup.py", "units.py")


class InMemory:
    """Keeps settled states for as long as the program runs: for many runs of the same seeds."""

    def __init__(self) -> None:
        """Start with none."""
        self._states: dict[str, Mapping[str, object]] = {}

    def get(self, key: str) -> Mapping[str, object] | None:
        """Return what was kept under this key, None if nothing was."""
        return self._states.get(key)

    def put(self, key: str, state: Mapping[str, object]) -> None:
        """Keep a state."""
        self._states[key] = state


class OnDisk:
    """Keeps settled states under `home`/settled (None: DRILL_HOME). A damaged file counts as none."""

    def __init__(self, home: Path | None = None) -> None:
        """Look there when asked; nothing is touched yet."""
        self._home = home

    def get(self, key: str) -> Mapping[str, object] | None:
        """Return what was kept under this key by these very sources, None if nothing whole was."""
        try:
            data = self._path(key).read_bytes()
            kept: Any = json.loads(data)
            state: Mapping[str, object] = kept["state"]
            return state if kept["sha"] == _sha(state) else None
        except (OSError, DrillError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def put(self, key: str, state: Mapping[str, object]) -> None:
        """Keep a state, and let go of the oldest where there are too many; where nothing can be written nothing is kept."""
        try:
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")  # two drills may settle the same machine at once
            part.write_bytes(canonical({"sha": _sha(state), "state": state}))
            part.replace(path)
            for old in sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)[:-MOST]:
                old.unlink(missing_ok=True)
        except (OSError, DrillError):
            return

    def _path(self, key: str) -> Path:
        return (self._home or drill_home()) / "settled" / f"{sha256((key + _sources()).encode()).hexdigest()}.json"


def _sha(state: Mapping[str, object]) -> str:
    return sha256(canonical(state)).hexdigest()


@lru_cache(maxsize=1)
def _sources() -> str:
    """Return the SHA-256 of everything that can change a settled state, beside what the key names. Raises OSError."""
    folder = Path(drill.__file__).parent
    whole = sha256()
    for pattern in SOURCES:
        for path in sorted(folder.glob(pattern)):
            whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()
