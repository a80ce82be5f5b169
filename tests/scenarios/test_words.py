"""What a new author trips over is said in words that help, once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from drill.errors import nearest
from drill.records.home import assets_root, pack_roots
from drill.records.packs import new_pack
from drill.scenarios.catalogue import check_path

CASE, PLAY = "scenarios/first_case.yaml", "plays/no_return_clamp.yaml"
Spoil = Callable[[str, str, str], list[str]]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Change one text in a new pack; return all errors without their place."""
    new_pack(assets_root() / "pack_template", tmp_path / "our_icu", {})

    def change(name: str, old: str, new: str) -> list[str]:
        file = tmp_path / "our_icu" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return [f"{one.path}: {one.message}" for one in check_path(tmp_path / "our_icu", roots=pack_roots()) if one.severity == "error"]

    return change


FIRST_STEP = "  steps:\n"
STEP = FIRST_STEP + "    - {{id: mine, title: Mine, expect: {expect}, points: 1, why: x, source: local target, {rest}}}\n"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "case:\n",
            "case:\n  note: Remember: call\n",
            "not YAML: mapping values are not allowed in this context: if this is a text with a colon",
        ),
        (FIRST_STEP, STEP.format(expect="{control: sweep_l_min, above: 1}", rest="after: [x"), "put the text in quotes"),
        (
            FIRST_STEP,
            STEP.format(expect="{control: sweep_l_min, above: 1}", rest="in: []").replace("Mine", "{en: Call, call loud, de: Rufen}"),
            "'call loud' stands behind a comma, which ends a text: put the text in quotes",
        ),
        (
            FIRST_STEP,
            STEP.format(expect="{control: sweep_l_min, above: 1}", rest="in: []").replace("Mine", "Call, call loud"),
            "unknown key 'call loud': if it belongs to the text before its comma, put the text in quotes",
        ),
        (FIRST_STEP, STEP.format(expect="{task: clamp_aorta}", rest="within_s: 60"), "'clamp_aorta' is a job at other machines only"),
        (
            FIRST_STEP,
            STEP.format(expect="{control: sweep_l_min, above: 1}", rest="within_s: 30 s, late_s: 90"),
            "expected a number, found text '30 s'",
        ),
        (
            FIRST_STEP,
            STEP.format(expect="{control: sweep_l_min, above: 1, for_s: 60}", rest="within_s: 30"),
            "nobody can have done this within 30 s: it has to hold for 60 s",
        ),
        (
            FIRST_STEP,
            STEP.format(expect="{value: post_ox_sat, above: 1}", rest="in: []"),
            "unknown reading 'post_ox_sat' (nearest: sat_post_pct, dp_ox_mmhg, p_post_mmhg); all names: drill lab --list",
        ),
        (
            "{fault: mains_lost}",
            "{fault: hose_wall_o2}",
            "'hose_wall_o2' is a control, not a fault: write {set: hose_wall_o2, value: ...}",
        ),
    ],
)
def test_one_slip_is_one_error(spoil: Spoil, old: str, new: str, says: str) -> None:
    """And it says what to do."""
    found = spoil(CASE, old, new)

    assert len(found) == 1, found
    assert says in found[0]


@pytest.mark.parametrize("name", [CASE, PLAY, "plays/expert.yaml", "pack.yaml"])
def test_half_a_file_makes_no_second_error(spoil: Spoil, name: str) -> None:
    """Nothing is said about what other files say of one that cannot be read, wherever it breaks off."""
    found = spoil(name, "id: ", "x: a: b\nid: ")

    assert len(found) == 1, found
    assert "put the text in quotes" in found[0]


def test_names_are_offered_by_their_words_and_meanings() -> None:
    """Where letters do not help; a list cut by the alphabet comes last."""
    many = {f"name_{number}": "" for number in range(20)} | {"sat_post_pct": "Saturation behind the membrane", "flow_l_min": "Circuit flow"}

    assert nearest("circuit_membrane_oxygen", many, many) == " (nearest: flow_l_min, sat_post_pct)"
    assert nearest("oxy_post_value", many) == " (nearest: sat_post_pct)"
    assert nearest("sat_post", many) == " (did you mean 'sat_post_pct'?)"
