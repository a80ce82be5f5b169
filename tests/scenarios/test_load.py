"""What loading gives: the scenario with its machine, patient, plays and site values in place, and a digest of it all."""

from pathlib import Path
from typing import Any

import pytest

from drill.errors import PackError
from drill.scenarios.catalogue import check_path, find_scenarios
from drill.scenarios.conditions import MEANINGS, QUALIFIERS
from drill.scenarios.library import Library
from drill.scenarios.load import load_scenario
from drill.scenarios.schema import Condition
from drill.scenarios.site import SITE_VALUES

REF = "pump_head_failure/va_flow_lost"
PACK = "pump_head_failure/pack.yaml"
PROFILE = "base/sites/default.yaml"
SCENARIO = "pump_head_failure/scenarios/va_flow_lost.yaml"


def test_shipped_packs_are_without_a_finding(root: Path) -> None:
    """Nothing in what we ship is wrong or worth a warning."""
    folder = root / "scenario_packs"

    assert check_path(folder, roots=[folder]) == ()


def test_no_good_end_with_flow_and_hardly_any_sweep(root: Path) -> None:
    """Where blood flows at a good end, at least half of the sweep with which the drill began goes through the lung."""
    roots = [root / "scenario_packs"]
    drills = [load_scenario(ref, roots=roots).scenario for ref in Library(roots).refs("scenarios")]
    seen = 0
    for drill in drills:
        good = {stage.id for stage in drill.stages if stage.ends == "passed"}
        ways = [way.when.all or () for stage in drill.stages for way in stage.next if way.go in good and way.when is not None]
        for way in ways:
            if any(one.value == "flow_l_min" and one.above is not None for one in way):
                least = [one.above for one in way if one.control == "sweep_l_min" and one.above is not None]
                began = drill.start.controls["sweep_l_min"]
                assert isinstance(began, float | int)
                assert max(least, default=0.0) >= began / 2, drill.id
                seen += 1
    assert seen >= 22


def test_list_names_cases_neutrally(root: Path) -> None:
    """The list gives reference, case name, machine, and which one is free play, first."""
    found = find_scenarios([root / "scenario_packs"])

    rows = [(one.ref, one.name, one.kind, one.free_play, one.error) for one in found]
    assert ("base/free_play_va", "Free play: VA ECMO", "va_ecmo", True, "") in rows
    assert (REF, "VA ECMO, late shift", "va_ecmo", False, "") in rows
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)


def test_part_has_its_device_s_numbers_overlaid_with_its_own(packs: Any) -> None:
    """The drainage line is the stock tube with a length of its own; whole numbers are numbers."""
    loaded = packs.load()

    line = next(part for part in loaded.circuit.parts if part.id == "drainage_line")
    assert (line.kind, line.params["bore_mm"], line.params["length_m"], line.clamps) == ("tube", 9.525, 2.0, ("clamp_drainage",))
    assert loaded.circuit.alarms[0]["below"] == {"control": "flow_alarm_low_l_min"}
    assert loaded.patient.params["weight_kg"] == 80
    assert loaded.ref == REF


def test_free_play_has_no_story(packs: Any) -> None:
    """Free play loads with one stage, no causes and nothing to score."""
    scenario = packs.load("base/free_play_va").scenario

    assert (scenario.free_play, scenario.causes, scenario.rubric, len(scenario.stages)) == (True, (), None, 1)


def clamp_within_s(loaded: Any) -> float:
    """Where `{site: clamp_within_s}` stands."""
    return float(next(step for step in loaded.scenario.rubric.steps if step.id == "return_clamped").within_s)


def test_profile_goes_before_pack_and_pack_before_engine(packs: Any, tmp_path: Path) -> None:
    """Engine default, then the pack's site_defaults, then the site's profile, then nothing: no deep merge."""
    packs.edit(PACK, "clamp_within_s: 20", "clamp_late_s: 44")
    assert clamp_within_s(packs.load()) == SITE_VALUES["clamp_within_s"].default == 20

    packs.edit(PACK, "clamp_late_s: 44", "clamp_within_s: 33")
    assert clamp_within_s(packs.load()) == 33

    packs.edit(PROFILE, "values: {}", "values: {clamp_within_s: 12}")
    assert clamp_within_s(packs.load()) == 12

    own = tmp_path / "our_icu.yaml"
    own.write_text("schema: drill/1\nid: our_icu\ntitle: Our ICU\nvalues: {clamp_within_s: 9}\n", encoding="utf-8")
    assert clamp_within_s(packs.load(site=own)) == 9
    assert clamp_within_s(packs.load(site="default")) == 12


def test_a_site_yaml_beside_the_packs_holds_for_all(packs: Any) -> None:
    """The site's own profile is found where the packs are; what a run recorded still goes before it; a slip in it is named."""
    file = packs.folder / "site.yaml"
    file.write_text("schema: drill/1\nid: ours\ntitle: Ours\nvalues: {clamp_within_s: 11, language: de}\n", encoding="utf-8")
    loaded = packs.load()
    assert clamp_within_s(loaded) == 11
    assert loaded.scenario.case.briefing.startswith("Sie")
    assert clamp_within_s(packs.load(site={"clamp_within_s": 12.0})) == 12

    file.write_text("schema: drill/1\nid: ours\ntitle: Ours\nvalues: {clamp_within: 11}\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"site\.yaml:4:10: .*did you mean 'clamp_within_s'"):
        packs.load()


def test_recorded_site_values_give_the_same_scenario(packs: Any) -> None:
    """What a run's header keeps is enough to load the same again, whatever the profile says today."""
    packs.edit(PROFILE, "values: {}", "values: {clamp_within_s: 12}")
    before = packs.load()
    packs.edit(PROFILE, "values: {clamp_within_s: 12}", "values: {}")

    after = packs.load(site=dict(before.site_values))

    assert packs.load().digest != before.digest
    assert after.digest == before.digest


def test_unknown_profile_is_answered_with_the_nearest(packs: Any) -> None:
    """A profile that is not there, or is none, is refused with the names that are."""
    with pytest.raises(PackError, match=r"unknown site profile 'defult' \(did you mean 'default'\?\)"):
        packs.load(site="defult")
    with pytest.raises(PackError, match="unknown site value 'x'"):
        packs.load(site={"x": 1.0})
    with pytest.raises(PackError, match="there is no such file"):
        packs.load(site=packs.folder / "none.yaml")


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        (SCENARIO, "settle_s: ", "settle_s:    ", True),
        (SCENARIO, "schema: drill/1\n", "schema: drill/1\n# a remark\n", True),
        (SCENARIO, "late_s: 120\n      points: 3", "late_s: 120.0\n      points: 3.0", True),
        ("pump_head_failure/plays/expert.yaml", "wait_s: 4", "wait_s: 5", True),
        (SCENARIO, "late_s: 120\n      points: 3", "late_s: 120\n      points: 4", False),
        ("base/tasks.yaml", "amount: 1}", "amount: 2}", False),
        ("base/devices/pumps.yaml", "volume_ml: 32, tau", "volume_ml: 33, tau", False),
        ("base/patients/cardiogenic_shock_dependent.yaml", "weight_kg: ", "weight_kg: 1", False),
        (PROFILE, "values: {}", "values: {restart_rpm: 1600}", False),
    ],
)
def test_digest_changes_with_meaning_alone(packs: Any, file: str, old: str, new: str, same: bool) -> None:  # noqa: FBT001
    """Spaces, remarks, 3 or 3.0 and a robot's play change nothing; scenario, base entries and site values do."""
    before = packs.load().digest
    packs.edit(file, old, new)

    assert (packs.load().digest == before) is same


def test_error_play_is_the_expert_with_its_changes(packs: Any) -> None:
    """Dropped rules are gone, changed ones stand where they stood, own ones come last; the expert keeps all."""
    plays = packs.load().plays

    expert = [rule.id for rule in plays["expert"].rules]
    error = plays["no_return_clamp"]
    ids = [rule.id for rule in error.rules]
    assert {*expert} - {*ids} == {"clamp_return", "clamp_drainage", "open_on_console", "open_on_crank", "open_on_backup"}
    assert ids == [name for name in expert if name in ids]
    assert (error.extends, error.drop, error.loses) == (None, (), "return_clamped")
    assert [rule.id for rule in plays["sweep_off_with_flow"].rules] == [*expert, "sweep_off"]


def test_earlier_root_hides_the_same_pack_in_a_later_one(packs: Any, root: Path, tmp_path: Path) -> None:
    """A user's own copy of a pack is played instead of the shipped one."""
    packs.edit(SCENARIO, 'en: "VA ECMO, late shift"', 'en: "VA ECMO, early shift"')

    found = find_scenarios([packs.folder, root / "scenario_packs"])

    assert [one.name for one in found if one.ref == REF] == ["VA ECMO, early shift"]


def test_every_site_value_is_used(root: Path) -> None:
    """A value that no pack asks for would be a decision without effect."""
    texts = " ".join(path.read_text(encoding="utf-8") for path in (root / "scenario_packs").rglob("*.yaml"))

    assert [name for name in SITE_VALUES if f"{{site: {name}}}" not in texts] == ["language"], "which is for whoever reads"


def test_every_condition_key_is_explained() -> None:
    """The reference has a line for each head and each qualifier, and for nothing else."""
    qualifiers = {name for names in QUALIFIERS.values() for name in names}

    assert set(MEANINGS) == {*QUALIFIERS, *qualifiers} == {info.alias or name for name, info in Condition.model_fields.items()}


@pytest.mark.parametrize(
    ("language", "first"), [("en", "You take over"), ("de", "Sie übernehmen"), ("de-CH", "Sie übernehmen"), ("fr", "You take over")]
)
def test_texts_come_in_the_site_s_language_with_fallback(packs: Any, language: str, first: str) -> None:
    """The site's language, without its country, then the pack's own; what is written once is read by all."""
    both = '{en: "Look after the patient and the circuit.", de: "Kümmern Sie sich um Patient und Kreislauf."}'
    packs.edit(SCENARIO, both, "Look after it.")
    case = packs.load(site={"language": language}).scenario.case

    assert case.briefing.startswith(first)
    assert case.task == "Look after it."


def test_the_language_is_no_part_of_a_run(packs: Any) -> None:
    """Who reads German plays the same drill: the digest is that of the pack's own language; a changed original is another."""
    english = packs.load()
    german = packs.load(site={"language": "de"})
    packs.edit(SCENARIO, "Sie übernehmen einen", "Sie haben einen")
    translated = packs.load()
    packs.edit(SCENARIO, "You take over a 62", "You look after a 62")

    assert english.digest == german.digest == translated.digest
    assert packs.load(site={"language": "de"}).digest == packs.load().digest != english.digest
    with pytest.raises(PackError, match="'language' is a language such as en"):
        packs.load(site={"language": "German"})


def test_a_pack_in_another_language_is_shown_in_it(packs: Any) -> None:
    """Where nobody has chosen a language, the pack's own goes before English."""
    packs.edit(PACK, "licence: ", "language: de\nlicence: ")

    assert packs.load().scenario.case.briefing.startswith("Sie übernehmen")
