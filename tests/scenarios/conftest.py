"""A copy of shipped packs that a test may spoil."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from drill.errors import PackError
from drill.scenarios.load import Loaded, load_scenario
from drill.scenarios.yaml_reader import Document, read_yaml

SCENARIO = "pump_head_failure/scenarios/va_flow_lost.yaml"
REF = "pump_head_failure/va_flow_lost"
KEPT = (Path(SCENARIO).stem, "free_play_va")


class Packs:
    """The packs in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        """Start with what is shipped."""
        self.folder = folder

    def edit(self, file: str, old: str, new: str) -> int:
        """Replace the one occurrence of a text; return the line where it stands."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def load(self, ref: str = REF, **options: object) -> Loaded:
        """Load a scenario from here."""
        return load_scenario(ref, roots=[self.folder], **options)  # type: ignore[arg-type]

    def errors(self, ref: str = REF) -> list[str]:
        """The problems that loading names, without the folder."""
        with pytest.raises(PackError) as caught:
            self.load(ref)
        assert str(caught.value) == "\n".join(str(d) for d in caught.value.diagnostics)
        return [str(d).replace(f"{self.folder.as_posix()}/", "") for d in caught.value.diagnostics]


_READ: dict[bytes, Document] = {}


def read_once(path: Path, name: str) -> Document:
    """Read a file; one whose very text was read before without a problem is not parsed again: most of every copy is the same."""
    if not path.is_file():
        return read_yaml(path, name)
    raw = path.read_bytes()
    if raw not in _READ:
        document = read_yaml(path, name)
        if document.problems:
            return document
        _READ[raw] = document
    return replace(_READ[raw], file=name)


@pytest.fixture
def packs(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packs:
    """The shipped base and two scenarios, to be spoilt."""
    monkeypatch.setattr("drill.scenarios.library.read_yaml", read_once)
    folder = tmp_path / "packs"
    for pack in ("base", "pump_head_failure"):
        shutil.copytree(root / "scenario_packs" / pack, folder / pack)
    for path in [*folder.glob("*/scenarios/*.yaml"), *folder.glob("*/plays/*.yaml")]:
        if path.stem not in KEPT and f"scenario: {Path(SCENARIO).stem}\n" not in path.read_text(encoding="utf-8"):
            path.unlink()  # the stock scenarios grow; a slip in base would load every one of them
    return Packs(folder)
