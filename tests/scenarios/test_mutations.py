"""Whatever happens to a shipped pack, its author gets words with a place, never a traceback."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.errors import PackError
from drill.scenarios.catalogue import check_path, find_scenarios
from drill.scenarios.yaml_reader import read_yaml

SHIPPED = Path(__file__).resolve().parents[2] / "scenario_packs"
pytestmark = pytest.mark.slow
FILES = sorted(path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.yaml"))
ODD: st.SearchStrategy[object] = st.sampled_from(
    [
        None, True, 0, -1, 1.5, 1e14, "", "x", "return", "motor_fault", "base/x", "Ä", [], {}, [[]], [None], {"site": "x"},
        {"site": "clamp_within_s"}, {"site": [1]}, {"draw": "x"}, {"draw": 3}, {"draw": "onset_s"}, {"all": []}, {"not": {"not": {}}},
        {"value": "flow_l_min"}, {"id": "x"}, [{"id": "steady"}], {"x": {"y": [1, {"z": None}]}},
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped packs for the whole module; each example mends what it broke."""
    copy = tmp_path_factory.mktemp("mutations") / "packs"
    shutil.copytree(SHIPPED, copy)
    return copy


def paths(data: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path below a document's root."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield (*here, key)
        yield from paths(value, (*here, key))


def answered(folder: Path, file: str, text: str) -> None:
    """Write a file, ask everything that reads packs, and put the file back."""
    path = folder / file
    kept = path.read_bytes()
    try:
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        listed = find_scenarios([folder])
        try:
            checked = check_path(folder, roots=[folder])
        except PackError:
            return
        for line in [*(str(d) for d in checked), *(text for one in listed for text in one.error.splitlines())]:
            assert line.isprintable()
            assert "pydantic" not in line
        if any(one.error for one in listed):
            assert [d for d in checked if d.severity == "error"]
    finally:
        path.write_bytes(kept)


@given(data=st.data())
def test_value_that_became_something_odd(folder: Path, data: st.DataObject) -> None:
    """Any value replaced, removed, or given a strange neighbour."""
    file = data.draw(st.sampled_from(FILES))
    document = read_yaml(folder / file, file).data
    path = data.draw(st.sampled_from(sorted(paths(document), key=str)))
    holder = document
    for part in path[:-1]:
        holder = holder[part]
    match data.draw(st.sampled_from(["replace", "remove", "add", "rename"])):
        case "remove":
            del holder[path[-1]]
        case "add" if isinstance(holder, dict):
            holder[data.draw(st.text(max_size=8))] = data.draw(ODD)
        case "rename" if isinstance(holder, dict):
            holder[path[-1] + data.draw(st.sampled_from(["x", " ", "_", "ß"]))] = holder.pop(path[-1])
        case _:
            holder[path[-1]] = data.draw(ODD)
    answered(folder, file, json.dumps(document))


@given(data=st.data())
def test_text_that_was_cut_doubled_or_overwritten(folder: Path, data: st.DataObject) -> None:
    """Any stretch of a file's text removed, written twice, or replaced by YAML's own signs."""
    file = data.draw(st.sampled_from(FILES))
    text = (folder / file).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    signs = st.sampled_from(["&a ", "*a", "- ", "{", "]", "\t", "'", ": ", "|", "!x "])
    piece = data.draw(st.one_of(st.just(""), st.just(text[start:end] * 2), st.text(max_size=6), signs))
    answered(folder, file, text[:start] + piece + text[end:])
