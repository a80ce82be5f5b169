"""Mistakes in a circuit's wiring are named when it is built, and a circuit that extends another is checked with it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from drill.circuit import wiring
from drill.circuit.spec import CircuitSpec, PartSpec
from drill.errors import DrillError, PackError
from drill.scenarios.entries import load_machine

from .test_circuits import CIRCUITS, machine

Change = Callable[[CircuitSpec], CircuitSpec]


def _with(part: str, **how: object) -> Change:
    return lambda spec: replace(spec, parts=tuple(replace(p, **how) if p.id == part else p for p in spec.parts))  # type: ignore[arg-type]


def _more(*parts: PartSpec) -> Change:
    return lambda spec: replace(spec, parts=(*spec.parts, *parts))


def _tube(name: str, inlet: str, outlet: str) -> PartSpec:
    return PartSpec(name, "tube", inlet, outlet, {"bore_mm": 9.5, "length_m": 0.5})


MISTAKES: dict[str, tuple[Change, str]] = {
    "a dangling node": (_with("arterial_line", outlet="nowhere"), "node 'nowhere' joins only part 'arterial_line'"),
    "an end that no patient has": (_with("vent_cannula", inlet="patient_lw"), "patient_lv"),
    "two pumps on one shaft": (_with("spare_pump", drive="suction_rpm"), "'suction_pump' and 'spare_pump' are on one shaft, 'suction_rpm'"),
    "a pump that nothing turns": (_with("vent_pump", drive=""), "pump 'vent_pump' has nothing that turns it"),
    "a drive that is no control": (_with("vent_pump", drive="vent_rmp"), "vent_rpm"),
    "a drive on the main pump": (_with("pump", drive="spare_rpm"), "is the main pump"),
    "a drive on a tube": (_with("arterial_line", drive="spare_rpm"), "nothing that turns"),
    "no place for the return clamp": (_with("arterial_line", clamps=()), "clamp_return"),
    "a clamp that does not exist": (_with("vent_line", clamps=("clamp_vnet",)), "clamp_vent"),
    "a tap that does not exist": (_with("filter_purge", taps=("tap_purge",)), "tap_filter_purge"),
    "a loop on its own": (_more(_tube("one", "x", "y"), _tube("two", "y", "x")), "one, two hang together with nothing"),
    "a part twice": (_more(_tube("arterial_line", "filter_out", "arterial_hub")), "'arterial_line' is there 2 times"),
    "a part from a node to itself": (_with("arterial_line", outlet="filter_out"), "begins and ends at node 'filter_out'"),
    "two vessels at one node": (_with("plegia_bag", inlet="reservoir_pool"), "is the vessel of parts reservoir, plegia_bag"),
    "an opening the wrong way round": (_with("venous_tap", inlet="air", outlet="venous_hub"), "begins in the air"),
    "a height of no node": (lambda spec: replace(spec, heights_cm={**spec.heights_cm, "pump_inn": 1.0}), "pump_in"),
    "an unknown kind": (_with("arterial_line", kind="tubee"), "tube"),
    "a number too few": (_with("arterial_line", params={"bore_mm": 9.5}), "has no 'length_m'"),
    "nothing at all": (lambda spec: replace(spec, parts=()), "has no parts"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_named(mistake: str) -> None:
    """Each mistake stops the build; the message names the part and what to do."""
    change, says = MISTAKES[mistake]

    with pytest.raises(DrillError, match=says.replace("(", r"\(")):
        wiring.check(change(machine("cpb_adult")))


@pytest.mark.parametrize("name", CIRCUITS)
def test_shipped_circuits_are_wired_right(name: str) -> None:
    """No stock circuit has a mistake."""
    wiring.check(machine(name))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("extends: cpb_adlut", "did you mean 'cpb_adult'"),
        ("extends: cpb_centrifugal_adult", "extends another circuit itself"),
        ("extends: cpb_adult\nparts: [{id: pump, device: rotaflow_tipe, inlet: pump_in, outlet: pump_out}]", "rotaflow_type"),
        ("extends: cpb_adult\nheights_cm: {pump_im: 3}", "pump_in"),
        ("", "has no parts"),
    ],
)
def test_mistakes_of_a_variant_have_their_place(root: Path, tmp_path: Path, text: str, says: str) -> None:
    """What a variant says wrongly is reported with its file and line."""
    copytree(root / "scenario_packs" / "base", tmp_path / "base")
    path = tmp_path / "base" / "circuits" / "mine.yaml"
    path.write_text(f"schema: drill/1\nid: mine\ntitle: Mine\nkind: cpb\n{text}\n", encoding="utf-8")

    with pytest.raises(PackError, match=says) as caught:
        load_machine("base/mine", "base/cabg_on_bypass", roots=[tmp_path])

    assert "mine.yaml:" in str(caught.value)


def test_a_variant_has_what_it_does_not_say(root: Path) -> None:
    """The centrifugal machine is the roller's in everything but its pump."""
    roller, other = machine("cpb_adult"), machine("cpb_centrifugal_adult")
    differs = [p.id for p, q in zip(roller.parts, other.parts, strict=True) if p != q]

    assert differs == ["pump"]
    assert other.heights_cm == roller.heights_cm
    assert other.sites == roller.sites
