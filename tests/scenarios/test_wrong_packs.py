"""Each kind of wrong pack gives every error with its place, what was found, what is allowed and the nearest name."""

import re
from pathlib import Path
from typing import Any

import pytest

from drill.errors import PackError
from drill.scenarios.catalogue import check_path, find_scenarios
from drill.scenarios.load import load_scenario
from drill.scenarios.yaml_reader import read_yaml

SCENARIO = "pump_head_failure/scenarios/va_flow_lost.yaml"
EXPERT = "pump_head_failure/plays/expert.yaml"
SLIPS = read_yaml(Path(__file__).parent / "wrong_packs.yaml", "wrong_packs.yaml").data["slips"]


@pytest.mark.parametrize("slip", SLIPS, ids=[re.sub(r"\W+", "_", slip["new"])[:40] or str(i) for i, slip in enumerate(SLIPS)])
def test_one_slip_is_named_at_its_place(packs: Any, slip: dict[str, str]) -> None:
    """The check finds a single slip, says it in an author's words, and points at the very text."""
    packs.edit(slip["file"], slip["old"], slip["new"])

    pack = packs.folder / slip["file"].split("/")[0]
    found = [d for d in check_path(pack, roots=[packs.folder]) if d.severity == "error"]

    said = [d for d in found if (f"{d.path}: {d.message}" if d.path else d.message).startswith(slip["says"])]
    assert len(said) == 1, "\n".join(str(d) for d in found)
    assert said[0].file.endswith(slip.get("seen_in", slip["file"]))
    line = Path(said[0].file).read_text(encoding="utf-8").splitlines()[said[0].line - 1]
    assert line[said[0].col - 1 :].startswith(slip["at"])
    assert not re.search("pydantic|https?:|Traceback|NoneType", "\n".join(str(d) for d in found))


def test_all_errors_come_at_once(packs: Any) -> None:
    """Duplicate key, unknown key, wrong type, missing stage, unknown names and a wrong play: all at once, sorted, each with its place."""
    lines = {
        "twice": packs.edit(SCENARIO, "time_limit_s: ", "time_limit_s: 500\ntime_limit_s: ") + 1,
        "key": packs.edit(SCENARIO, "settle_s:", "setle_s:"),
        "type": packs.edit(SCENARIO, "pass_mark_pct: {site: pass_mark_pct}", "pass_mark_pct: high"),
        "stage": packs.edit(SCENARIO, "{go: lost, when: {value: map_mmhg", "{go: lots, when: {value: map_mmgh"),
        "verb": packs.edit(EXPERT, "do: [{say: say_summary}]", "do: [{shout: say_summary}]"),
        "fault": packs.edit(SCENARIO, "[{fault: motor_fault}]", "[{fault: motor_falt}]"),
    }

    found = packs.errors()

    assert [re.match(r"[^:]+:\d+:\d+: [^ ]+: [^'(]*", text).group() for text in found] == [  # type: ignore[union-attr]
        f"{EXPERT}:{lines['verb']}:10: rules[18].do[0]: an action needs exactly one verb, and this has none ",
        f"{EXPERT}:{lines['verb']}:11: rules[18].do[0].shout: unknown key ",
        f"{SCENARIO}:{lines['key']}:3: start.setle_s: unknown key ",
        f"{SCENARIO}:{lines['fault']}:93: causes[0].faults[0].fault: unknown fault ",
        f"{SCENARIO}:{lines['twice']}:1: time_limit_s: key ",
        f"{SCENARIO}:{lines['stage']}:14: stages[1].next[0].go: unknown stage ",
        f"{SCENARIO}:{lines['stage']}:34: stages[1].next[0].when.value: unknown reading ",
        f"{SCENARIO}:{lines['type']}:18: rubric.pass_mark_pct: expected a number, found text ",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 30_000, "nested more than 32 deep"),
        ("a: &a [1]\nb: [*a, *a]", "anchor '&a' is not allowed"),
        ("a: !!python/name:os.system", "is not allowed"),
        ("a" * 2_000_000, "more than 1000000 bytes"),
        ("[" + "a," * 60_000 + "a]", "more than 50000 values"),
        ("", "the file is empty"),
        ("just text", "expected a mapping, found text 'just text'"),
        ("[1, 2]", "expected a mapping, found a list of 2"),
        ("7", "expected a mapping, found number 7"),
    ],
)
@pytest.mark.parametrize("file", [SCENARIO, EXPERT, "base/tasks.yaml", "base/circuits/va_ecmo_adult.yaml", "pump_head_failure/pack.yaml"])
def test_hostile_file_is_refused_clearly(packs: Any, file: str, text: str, message: str) -> None:
    """Deep, aliased, tagged, huge or empty: whichever file it is, one PackError that names it."""
    (packs.folder / file).write_text(text, encoding="utf-8")

    found = packs.errors()

    assert any(line.startswith(f"{file}:1:") and message in line for line in found), found


def test_link_out_of_the_pack_is_refused(packs: Any, tmp_path: Path) -> None:
    """No path leaves its pack, be it by a link to a file, a folder or itself."""
    secret = tmp_path / "secret.yaml"
    secret.write_text((packs.folder / SCENARIO).read_text(encoding="utf-8"), encoding="utf-8")
    for target in (secret, packs.folder / SCENARIO):
        (packs.folder / SCENARIO).unlink()
        (packs.folder / SCENARIO).symlink_to(target)
        assert any("leads out of its pack" in line for line in packs.errors())


@pytest.mark.parametrize("ref", ["", "va_flow_lost", "../x/y", "base/../base", "pump_head_failure/va_flow_los", "a/b\x1b", "/etc/passwd"])
def test_unknown_scenario_is_answered_with_the_nearest(packs: Any, ref: str) -> None:
    """A reference that does not exist, or is none, is refused with the names that do."""
    with pytest.raises(PackError, match=r"unknown scenario .*(did you mean|nearest|allowed)") as caught:
        packs.load(ref)
    assert str(caught.value).isprintable()


def test_missing_roots_say_what_to_look_at(tmp_path: Path) -> None:
    """No pack at all, or no base pack, is an answer and not a crash."""
    with pytest.raises(PackError, match="no scenario was found at all"):
        load_scenario("a/b", roots=[tmp_path / "none"])
    assert find_scenarios([tmp_path / "none"]) == ()
    with pytest.raises(PackError, match="no pack here"):
        check_path(tmp_path, roots=[])
    (tmp_path / "a" / "scenarios").mkdir(parents=True)
    (tmp_path / "a" / "pack.yaml").write_text("schema: drill/1\nid: a\ntitle: A\nversion: 1\n", encoding="utf-8")
    (tmp_path / "a" / "scenarios" / "b.yaml").write_text("x: 1", encoding="utf-8")
    with pytest.raises(PackError, match="the pack 'base' is missing"):
        load_scenario("a/b", roots=[tmp_path])
    assert "the pack 'base' is missing" in find_scenarios([tmp_path])[0].error


def test_broken_pack_is_listed_with_its_error(packs: Any) -> None:
    """The menu's list keeps the others, and shows the broken one under its case name with what is wrong."""
    packs.edit(SCENARIO, "settle_s:", "setle_s:")

    found = {one.ref: one for one in find_scenarios([packs.folder])}

    assert found["base/free_play_va"].error == ""
    broken = found["pump_head_failure/va_flow_lost"]
    assert broken.name == "VA ECMO, late shift"
    assert "unknown key 'setle_s'" in broken.error


def test_unreadable_scenario_is_listed_without_its_file_name(packs: Any) -> None:
    """Where not even the case name can be read, the list still gives no cause away."""
    (packs.folder / SCENARIO).write_text("[" * 1000, encoding="utf-8")

    broken = next(one for one in find_scenarios([packs.folder]) if one.ref == "pump_head_failure/va_flow_lost")

    assert broken.name == "A case that does not load"
    assert "nested more than 32 deep" in broken.error


def test_stray_file_and_unused_draw_are_warnings(packs: Any) -> None:
    """What nothing reads and what nothing uses is said, and does not keep the pack from loading."""
    (packs.folder / "pump_head_failure" / "scenario").mkdir()
    (packs.folder / "pump_head_failure" / "scenario" / "x.yaml").write_text("a: 1", encoding="utf-8")
    packs.edit(SCENARIO, "vary:\n", "vary:\n  spare: {low: 1, high: 2}\n")

    found = check_path(packs.folder / "pump_head_failure", roots=[packs.folder])

    assert [(d.severity, d.message[:30]) for d in found] == [
        ("warning", "nothing reads this file (a pac"),
        ("warning", "'spare' is drawn, and nothing "),
    ]
    assert "warning: vary.spare" in str(found[1])
    packs.load()


@pytest.mark.parametrize("text", ["[" * 1000, "just text", "a: &a 1", "stages: [", ""])
def test_an_unreadable_scenario_has_one_error_and_no_others_follow(packs: Any, text: str) -> None:
    """Its plays name steps, causes and people of it, and nothing is said of them."""
    (packs.folder / SCENARIO).write_text(text, encoding="utf-8")

    found = check_path(packs.folder / "pump_head_failure", roots=[packs.folder])

    assert {d.file.split("/")[-1] for d in found} == {"va_flow_lost.yaml"}, [str(d) for d in found]
    assert len(found) == 1
