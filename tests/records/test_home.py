from pathlib import Path

import pytest

from drill.errors import DrillError
from drill.records import home
from drill.records.home import assets_root, drill_home, pack_roots


def test_drill_home_is_the_variable_else_the_platforms_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DRILL_HOME wins; a relative one is made absolute; an empty one counts as not set."""
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "mine"))
    assert drill_home() == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILL_HOME", "here")
    assert drill_home() == tmp_path / "here"
    monkeypatch.setenv("DRILL_HOME", " ")
    assert drill_home().is_absolute()
    assert drill_home().name == "drill"


def test_no_home_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder named ~ is never made in the working directory."""
    monkeypatch.delenv("DRILL_HOME")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("~/.local/share/drill"))

    with pytest.raises(DrillError, match="DRILL_HOME"):
        drill_home()
    assert len(pack_roots()) == 1


def test_the_data_comes_from_the_source_tree_or_the_wheel(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs and assets lie beside the package, or inside it where a wheel put them."""
    assert pack_roots() == (root / "scenario_packs",)
    assert assets_root() == root / "assets"
    package = tmp_path / "drill"
    (package / "_data" / "scenario_packs").mkdir(parents=True)
    monkeypatch.setattr(home, "_PACKAGE", package)

    assert pack_roots()[0] == package / "_data" / "scenario_packs"


def test_the_present_folder_goes_first(root: Path, tmp_path: Path, drill_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the stock and the installed packs; only what DRILL_PACKS names goes before it."""
    (drill_home / "scenario_packs").mkdir()
    (tmp_path / "beside/mine").mkdir(parents=True)
    (tmp_path / "beside/mine/pack.yaml").touch()
    monkeypatch.chdir(tmp_path / "beside")
    monkeypatch.setenv("DRILL_PACKS", str(tmp_path / "named"))

    assert pack_roots() == (tmp_path / "named", tmp_path / "beside", root / "scenario_packs", drill_home / "scenario_packs")


def test_own_packs_are_found(drill_home: Path, root: Path) -> None:
    """Packs below DRILL_HOME/scenario_packs come after the stock ones."""
    (drill_home / "scenario_packs").mkdir()

    assert pack_roots() == (root / "scenario_packs", drill_home / "scenario_packs")
