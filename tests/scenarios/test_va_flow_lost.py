"""Lost flow on VA ECMO, played on the real machine: who knows what to do passes, who does not fails by harm."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from drill.circuit.plant import compile_kernel
from drill.engine.scoring import ScoreSheet, score
from drill.engine.session import Session
from drill.records.kernels import load_kernel
from drill.robots.make import make_robot, play
from drill.scenarios.load import Loaded, load_scenario
from drill.scenarios.schema import Rule

CAUSES = ("motor_fault", "no_power")
ERRORS = ("no_return_clamp", "return_opened_before_rpm", "sweep_off_with_flow")
ERRORS_OF_ONE_CAUSE = {
    "console_first": "motor_fault",
    "presses_on_flow": "motor_fault",
    "knob_left_up": "no_power",
    "switch_last": "no_power",
}


@pytest.fixture(scope="module")
def loaded(root: Path) -> Loaded:
    """The shipped scenario."""
    return load_scenario("pump_head_failure/va_flow_lost", roots=[root / "scenario_packs"])


SHEETS: dict[tuple[str, str, int], ScoreSheet] = {}


def played(loaded: Loaded, robot: str, cause: str, seed: int = 1) -> ScoreSheet:
    """Let a robot play it in an exam, once for all tests, and judge the run."""
    key = (robot, cause, seed)
    if key not in SHEETS:
        SHEETS[key] = judged(loaded, robot, cause, seed)
    return SHEETS[key]


def judged(loaded: Loaded, robot: str, cause: str, seed: int) -> ScoreSheet:
    """Play and judge one run."""
    advance = load_kernel(compile_kernel(loaded.circuit, loaded.patient)).advance
    session = Session(loaded, seed=seed, mode="exam", cause=cause, advance=advance)
    play(session, make_robot(robot, loaded.plays, seed))
    assert loaded.scenario.rubric is not None
    return score(loaded.scenario.rubric, session.run)


def test_every_error_play_is_there(loaded: Loaded) -> None:
    """The expert and the errors, each of which says what it costs, some of them for one cause alone."""
    assert set(loaded.plays) == {"expert", *ERRORS, *ERRORS_OF_ONE_CAUSE}
    assert all(play.loses and play.worsens for name, play in loaded.plays.items() if name != "expert")
    assert {name: "".join(loaded.plays[name].causes) for name in ERRORS_OF_ONE_CAUSE} == ERRORS_OF_ONE_CAUSE


@pytest.mark.slow
@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("robot", ["expert", "slow"])
def test_who_knows_passes(loaded: Loaded, cause: str, robot: str) -> None:
    """The expert does everything in time, and loses no point for taking three times as long over each wait."""
    sheet = played(loaded, robot, cause)

    assert (sheet.reasons, sheet.outcome) == ((), "secured")
    assert [item.id for item in sheet.items if item.status in ("missed", "incorrect", "happened")] == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("cause", CAUSES)
def test_expert_passes_on_every_cause_for_twenty_seeds(loaded: Loaded, cause: str, seed: int) -> None:
    """Whatever the seed draws, the expert passes with every point."""
    sheet = played(loaded, "expert", cause, seed)

    assert (sheet.passed, sheet.score_pct) == (True, 100.0)


@pytest.mark.slow
@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("robot", ["idle", "reflex", "masher"])
def test_habit_without_knowledge_fails_by_harm(loaded: Loaded, cause: str, robot: str) -> None:
    """Doing nothing, clamping and cranking at any alarm, and pressing everything each cross a critical limit of the ledger."""
    sheet = played(loaded, robot, cause)

    assert not sheet.passed
    assert [item.id for item in sheet.items if item.kind == "harm" and item.critical and item.status == "happened"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "cause"), [*product(ERRORS, CAUSES), *ERRORS_OF_ONE_CAUSE.items()])
def test_error_play_loses_its_item_and_worsens_its_quantity(loaded: Loaded, cause: str, name: str) -> None:
    """Each error fails, costs the item it names, and makes the ledger worse than the expert's by its stated margin."""
    error = loaded.plays[name]
    assert error.loses is not None
    assert error.worsens is not None

    expert, sheet = (played(loaded, robot, cause) for robot in ("expert", name))

    assert not sheet.passed
    assert expert.item(error.loses).status in ("done", "avoided")
    assert sheet.item(error.loses).status in ("missed", "incorrect", "happened")
    quantity = error.worsens.quantity
    assert sheet.ledger[quantity] - expert.ledger[quantity] >= error.worsens.by


@pytest.mark.slow
def test_the_crank_in_a_named_person_s_hands_is_a_good_end(loaded: Loaded) -> None:
    """Without a backup console the drill is passed by handing over alive: somebody cranks, sweep on, gas and ACT asked, and it was said."""
    expert = loaded.plays["expert"]
    hand_over = Rule.model_validate_json(
        '{"id": "hand_over", "when": {"drive": "emergency_drive", "for_s": 40}, "wait_s": 40, "do": '
        '[{"order": "blood_gas_and_act", "who": "intensivist"}, {"say": "say_handover"}]}'
    )
    rules = tuple(rule for rule in expert.rules if rule.id != "fetch_backup")
    plays = {**loaded.plays, "hand_over": expert.model_copy(update={"id": "hand_over", "rules": (*rules, hand_over)})}
    sheet = judged(replace(loaded, plays=plays), "hand_over", "motor_fault", 1)

    assert (sheet.outcome, sheet.passed) == ("handed_over", True)
    assert sheet.item("powered_drive").status == "missed"
    assert 70 <= sheet.score_pct < 100
