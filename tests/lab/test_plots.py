"""The pictures of docs/plots.md: all there, each drawn from the numbers beside it, and the numbers still what the model gives."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from drill.lab.curves import curves
from drill.lab.validation import Validation

CHEAP = ("backflow", "no_flow_decay", "gas_transit")  # the others take minutes of simulated gas exchange


@pytest.fixture(scope="module")
def cases(root: Path) -> Validation:
    """What is run and drawn."""
    return Validation(root / "docs/plots.yaml", roots=[root / "scenario_packs"])


@pytest.fixture(scope="module")
def data(root: Path) -> dict[str, Any]:
    """The numbers that the pictures were drawn from."""
    found: dict[str, Any] = json.loads((root / "docs/plots/data.json").read_text(encoding="utf-8"))
    return found


def test_each_relation_has_its_picture(root: Path, cases: Validation, data: dict[str, Any]) -> None:
    """Every picture is in the page, lies beside it, and carries the digest of the numbers and words that it shows."""
    page = (root / "docs/plots.md").read_text(encoding="utf-8")
    wanted = {"pump_curves", "sweep_paco2", "flow_svo2", "recirculation", "backflow", "no_flow_decay", "gas_transit"}

    assert {plot["id"] for plot in cases.plots} == wanted == set(data)
    for plot in cases.plots:
        drawn = hashlib.sha256(json.dumps([plot, data[plot["id"]]], sort_keys=True).encode()).hexdigest()[:16]
        picture = (root / f"docs/plots/{plot['id']}.svg").read_text(encoding="utf-8")
        assert f"(plots/{plot['id']}.svg)" in page
        assert plot["text"] in page, "run `make docs`"
        assert f"drawn from {drawn}" in picture, "run `make docs`"
        assert "SIMULATION · TRAINING ONLY" in picture
        assert not re.search(r"20\d\d-\d\d-\d\d", picture), "a date would differ each time"


def compare(found: dict[str, Any], written: dict[str, Any]) -> None:
    """Every point within a percent, or a hundredth of the curve's reach."""
    for name, series in found.items():
        for one, other in zip(series, written[name], strict=True):
            assert one["label"] == other["label"]
            reach = max(abs(y) for _, y in other["points"])
            for (x, y), (x0, y0) in zip(one["points"], other["points"], strict=True):
                assert x == pytest.approx(x0, rel=0.01, abs=0.01), f"{name}: run `make docs`"
                assert y == pytest.approx(y0, rel=0.01, abs=0.01 * reach), f"{name}: run `make docs`"


@pytest.mark.slow
def test_the_numbers_are_what_the_model_gives(cases: Validation, data: dict[str, Any]) -> None:
    """The curves that are quick to run are run again and lie where they were drawn."""
    compare(curves(cases, CHEAP), data)


@pytest.mark.soak
def test_all_numbers_are_what_the_model_gives(cases: Validation, data: dict[str, Any]) -> None:
    """So do all others."""
    compare(curves(cases), data)
