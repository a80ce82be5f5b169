"""Settled states: kept bit for bit, named by what they come from, and never in the way."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drill.circuit.plant import compile_kernel
from drill.engine.runlog import digest
from drill.engine.session import Session
from drill.records.kernels import load_kernel
from drill.records.settled import MOST, InMemory, OnDisk
from drill.scenarios.load import Loaded, load_scenario


@pytest.fixture(scope="module")
def quick(root: Path) -> Loaded:
    """The shipped scenario with a short time to settle."""
    loaded = load_scenario("pump_head_failure/va_flow_lost", roots=[root / "scenario_packs"])
    start = loaded.scenario.start.model_copy(update={"settle_s": 0.4})
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"start": start}))


@pytest.fixture(scope="module")
def advance(quick: Loaded) -> Any:
    """The compiled tick, None where there is no numba."""
    return load_kernel(compile_kernel(quick.circuit, quick.patient)).advance


def played(loaded: Loaded, seed: int = 3, ticks: int = 60, **how: Any) -> str:
    """Let some ticks go by and return the digest."""
    session = Session(loaded, seed=seed, **how)
    for _ in range(ticks):
        session.tick()
    return digest(session.run)


def files(home: Path) -> list[Path]:
    """What is kept."""
    return sorted((home / "settled").glob("*"))


def test_a_kept_start_is_the_same_run(quick: Loaded, advance: Any, tmp_path: Path) -> None:
    """Without a store, settled anew, from disk and from memory, plain and compiled: one digest."""
    memory, disk = InMemory(), OnDisk(tmp_path)
    ways = [{}, {"advance": advance}, *({"settled": store, "advance": one} for store in (memory, disk) for one in (None, advance, None))]

    assert len({played(quick, **how) for how in ways}) == 1
    assert len(files(tmp_path)) == 1


def test_another_patient_knob_or_time_is_kept_apart(quick: Loaded, advance: Any, tmp_path: Path) -> None:
    """What a state comes from names it: a seed that draws another heart, another knob, another time."""
    start = quick.scenario.start
    for changed in ({}, {"settle_s": 0.2}, {"controls": {**start.controls, "pump_rpm_set": 3100}}):
        other = replace(quick, scenario=quick.scenario.model_copy(update={"start": start.model_copy(update=changed)}))
        Session(other, seed=3, advance=advance, settled=OnDisk(tmp_path))
    Session(quick, seed=4, advance=advance, settled=OnDisk(tmp_path))

    assert len(files(tmp_path)) == 4


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"sha":"","state":{}}', b"\xff\xfe"])
def test_a_damaged_file_is_settled_anew(quick: Loaded, advance: Any, tmp_path: Path, damage: bytes) -> None:
    """A file that is not whole counts as none, and is made again."""
    want = played(quick, advance=advance, settled=OnDisk(tmp_path))
    (path,) = files(tmp_path)
    path.write_bytes(damage)

    assert played(quick, advance=advance, settled=OnDisk(tmp_path)) == want
    assert len(path.read_bytes()) > 1000


def test_a_changed_number_is_noticed(quick: Loaded, advance: Any, tmp_path: Path) -> None:
    """A state whose numbers were changed by hand does not fit its own sum."""
    want = played(quick, advance=advance, settled=OnDisk(tmp_path))
    (path,) = files(tmp_path)
    kept = json.loads(path.read_text())
    kept["state"]["x"][0] = (1.0).hex()
    path.write_text(json.dumps(kept))

    assert played(quick, advance=advance, settled=OnDisk(tmp_path)) == want


def test_nothing_is_kept_where_nothing_can_be_written(quick: Loaded, advance: Any, tmp_path: Path) -> None:
    """A home that is a file: the drill goes on."""
    home = tmp_path / "home"
    home.write_text("not a folder")

    assert played(quick, advance=advance, settled=OnDisk(home)) == played(quick, advance=advance)


def test_the_oldest_go(tmp_path: Path) -> None:
    """The folder does not grow without end."""
    store = OnDisk(tmp_path)
    for number in range(MOST + 3):
        store.put(str(number), {"x": [number]})

    assert len(files(tmp_path)) == MOST
    assert store.get(str(MOST + 2)) == {"x": [MOST + 2]}
