"""Proving a pack: each rule says what it should, of the right run, with the command that shows it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drill.cli import cli
from drill.errors import NameUnknownError
from drill.robots import prove
from drill.robots.proof_text import failed_by, over_seeds
from drill.robots.prove import AGAIN, Row, exam, margins, players, problems
from drill.scenarios.load import Loaded, load_scenario
from drill.scenarios.schema import Property

REF = "pump_head_failure/va_flow_lost"


@pytest.fixture(scope="module")
def loaded(root: Path) -> Loaded:
    """The shipped scenario."""
    return load_scenario(REF, roots=[root / "scenario_packs"])


@pytest.fixture
def good(loaded: Loaded) -> dict[str, Row]:
    """Rows of one seed and cause in which everything holds."""
    none = dict.fromkeys(("no_flow_s", "backflow_ml", "map_below_limit_s", "sat_below_limit_s", "compressions_ejecting_s"), 0.0)
    ledger = {**none, "flow_without_sweep_s": 0.0}
    cause = "motor_fault"
    table = {"expert": Row(REF, cause, "expert", 7, True, "secured", 100.0, ledger=ledger, digest="a" * 64)}
    table["slow"] = replace(table["expert"], robot="slow", score_pct=90.0, ledger={**ledger, "no_flow_s": 9.0}, digest="b" * 64)
    table[AGAIN] = replace(table["expert"], robot=AGAIN)
    for name in prove.IGNORANT:
        table[name] = Row(REF, cause, name, 7, False, "lost", 5.0, ledger={**ledger, "no_flow_s": 200.0})
    for one in loaded.plays.values():
        if one.loses and one.worsens and (not one.causes or cause in one.causes):
            worse = {**ledger, one.worsens.quantity: ledger[one.worsens.quantity] + one.worsens.by}
            table[one.id] = Row(REF, cause, one.id, 7, False, "secured", 80.0, lost=(one.loses,), ledger=worse)
    return table


def told(loaded: Loaded, table: dict[str, Row], robot: str, **change: Any) -> list[tuple[str, str]]:
    """What is said when one row is otherwise."""
    return [(p.robot, p.text) for p in problems(loaded, {**table, robot: replace(table[robot], **change)}.values())]


def test_a_pack_that_holds_has_no_problem(loaded: Loaded, good: dict[str, Row]) -> None:
    """Everyone is there, and nothing is said."""
    assert set(good) == set(players(loaded, "motor_fault", again=True))
    assert problems(loaded, good.values()) == []


@pytest.mark.parametrize(
    ("robot", "change", "says"),
    [
        ("expert", {"passed": False, "reasons": ("critical step missed",)}, "must pass, and does not: critical step missed"),
        ("expert", {"error": "reading 'map_mmhg' is nan"}, "could not be played: reading"),
        (AGAIN, {"digest": "c" * 64}, "the same run came out differently: digest cccccccccccc, before aaaaaaaaaaaa"),
        ("idle", {"passed": True}, "must fail, since it watches and does nothing"),
        ("expert", {"broken": ("calm_before",)}, "the property 'calm_before' did not hold"),
        ("masher", {"passed": True}, "must fail, since it presses every call and look"),
        ("slow", {"score_pct": 100.5}, "must not score above the expert"),
        ("slow", {"score_pct": 4.0}, "must not score below who does not know: 4 % against 5 %"),
        ("slow", {"score_pct": 100.0, "ledger": {"no_flow_s": 0.0}}, "time costs nothing here"),
        ("no_return_clamp", {"passed": True}, "makes its error and passes all the same, with 80 %"),
        ("no_return_clamp", {"lost": ("help_called",)}, "must lose 'return_clamped', and keeps it (it lost help_called)"),
        ("no_return_clamp", {"ledger": {"backflow_ml": 199.0}}, "by 200 mL, and does by 199 mL"),
    ],
)
def test_each_rule_says_what_does_not_hold(loaded: Loaded, good: dict[str, Row], robot: str, change: dict[str, Any], says: str) -> None:
    """One row is otherwise: its robot alone is named, with the reason."""
    found = [(who, text) for who, text in told(loaded, good, robot, **change) if who == robot]

    assert len(found) == 1
    assert says in found[0][1]


def test_a_minimum_is_worse_when_it_is_lower(loaded: Loaded, good: dict[str, Row]) -> None:
    """For a lowest pressure, less is worse."""
    play = loaded.plays["no_return_clamp"]
    lower = play.model_copy(update={"worsens": play.worsens and play.worsens.model_copy(update={"quantity": "map_min_mmhg", "by": 5.0})})
    changed = replace(loaded, plays={**loaded.plays, "no_return_clamp": lower})
    table = {name: replace(one, ledger={**(one.ledger or {}), "map_min_mmhg": 45.0}) for name, one in good.items()}

    says = "must make map_min_mmhg worse than the expert by 5 mmHg, and does by 0 mmHg"
    assert [p.text for p in problems(changed, table.values())] == [says]
    assert told(changed, table, "no_return_clamp", ledger={"map_min_mmhg": 39.0}) == []


def test_a_problem_names_the_command_that_shows_it(loaded: Loaded, good: dict[str, Row]) -> None:
    """Scenario, robot, cause and seed: it can be typed as it stands."""
    table = {**good, "idle": replace(good["idle"], passed=True)}
    (problem,) = problems(loaded, table.values(), "packs/mine/scenarios/one.yaml")

    assert problem.command == "drill run packs/mine/scenarios/one.yaml --robot idle --cause motor_fault --seed 7"


def test_a_pack_without_an_expert_does_not_hold(loaded: Loaded) -> None:
    """Nobody shows that it can be passed."""
    assert [p.robot for p in problems(replace(loaded, plays={}), [])] == ["expert"]


def test_margins_stand_beside_each_limit(loaded: Loaded, good: dict[str, Row]) -> None:
    """The expert's and the slow expert's worst, and the best of those who do not know."""
    found = {(m.quantity, m.cause): m for m in margins(loaded, list(good.values()))}
    flow = found["no_flow_s", "motor_fault"]

    assert (flow.expert_worst, flow.slow_worst, flow.ignorant_best, flow.critical) == (0.0, 9.0, 200.0, True)
    assert found["no_flow_s", "no_power"].expert_worst is None


def test_a_row_says_what_its_runs_failed_by(loaded: Loaded) -> None:
    """Critical items, crossed limits, the end and the score; what the play loses leads, and what not all seeds share is counted."""
    one = Row(REF, "motor_fault", "no_return_clamp", 0, False, "secured", 76.8, failed=("help_called", "return_clamped"))
    lost = replace(one, outcome="lost", score_pct=12.0, failed=("return_clamped",), harmed=("no_flow_s", "backflow_ml"))

    assert failed_by(loaded, [one, one]) == "return_clamped, help_called"
    assert failed_by(loaded, [lost, one, replace(one, passed=True)]) == "return_clamped 2, ended as lost 1, no_flow_s 1, backflow_ml 1, …"
    assert failed_by(loaded, [replace(one, failed=(), score_pct=69.9)]) == "score under 70 %"
    assert failed_by(loaded, [replace(one, passed=True), replace(one, error="nan")]) == ""


# -- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def short(root: Path, tmp_path: Path) -> Path:
    """The shipped pack under another name, where the patient is lost after six seconds: nobody can pass it."""
    folder = tmp_path / "short_pack"
    shutil.copytree(root / "scenario_packs" / "pump_head_failure", folder)
    for other in (*(folder / "plays").iterdir(), *(folder / "scenarios").iterdir()):
        text = other.read_text(encoding="utf-8")
        if "id: va_flow_lost\n" not in text and "scenario: va_flow_lost\n" not in text:
            other.unlink()
    pack, scenario = folder / "pack.yaml", folder / "scenarios" / "va_flow_lost.yaml"
    pack.write_text(pack.read_text().replace("id: pump_head_failure", "id: short_pack"))
    text = re.sub(r"onset_s: \{.*\}", "onset_s: {low: 2, high: 2}", scenario.read_text()).replace("settle_s: 60", "settle_s: 1")
    scenario.write_text(text.replace("{value: map_mmhg, below: 25, for_s: 60}", "{value: map_mmhg, below: 299, for_s: 6}"))
    return folder


def run(*args: str) -> Result:
    """Type a command."""
    return CliRunner().invoke(cli, ["prove", *args])


def test_a_pack_that_does_not_hold_is_a_finding(short: Path, tmp_path: Path) -> None:
    """Exit code 1; each problem with its seed and the command; the same as data and as a page; the command shows it."""
    page = tmp_path / "page.md"
    ended = run(str(short), "--seeds", "1", "--jobs", "1", "--report", str(page))
    scenario = short / "scenarios" / "va_flow_lost.yaml"
    command = f"drill run {scenario.as_posix()} --robot expert --cause no_power --seed 0"

    assert ended.exit_code == 1
    assert "expert, no_power, seed 0: must pass, and does not: the drill ended as 'lost'" in ended.output
    assert f"    {command}\n" in ended.output
    assert f"What `drill prove {short} --seeds 1 --report {page}` found on" in page.read_text()
    assert re.search(r"\| expert \| motor fault \| 0 of 1 \| lost \|.*\| ended as lost.* \|\n", page.read_text())
    assert "failed by" not in ended.output
    assert "| no flow, s (critical) | motor fault | 120 |" in page.read_text()
    shown = CliRunner().invoke(cli, [*command.split()[1:], "--json", "--out", str(tmp_path / "x.drill")])
    assert json.loads(shown.output)["passed"] is False


def test_json_has_every_run(short: Path) -> None:
    """Each exam with score and ledger, the problems, and whether it holds."""
    ended = run("short_pack", "--seeds", "1", "--jobs", "1", "--json", str(short))
    data = json.loads(ended.stdout)
    (one,) = data["scenarios"]

    assert (ended.exit_code, data["holds"], data["seeds"]) == (1, False, 1)
    assert {run["robot"] for run in one["runs"]} >= {"expert", "slow", "idle", "reflex", "masher", "random", "no_return_clamp", AGAIN}
    assert {run["cause"] for run in one["runs"]} == {"motor_fault", "no_power"}
    assert {p["seed"] for p in one["problems"]} == {0}


def test_an_unknown_pack_is_wrong_usage() -> None:
    """The nearest name is offered."""
    with pytest.raises(NameUnknownError, match="did you mean 'pump_head_failure"):
        CliRunner().invoke(cli, ["prove", "pump_head_failur"], catch_exceptions=False)


def test_free_play_cannot_be_proved() -> None:
    """It has no rubric."""
    ended = run("base/free_play_va")

    assert ended.exit_code == 1
    assert "no scenario here has a rubric" in ended.output


@pytest.mark.soak
def test_processes_change_nothing(short: Path) -> None:
    """On two processes everything comes out as on one."""
    one, two = (json.loads(run(str(short), "--seeds", "2", "--jobs", jobs, "--json").stdout) for jobs in ("1", "2"))

    assert one == two


def test_an_exam_tells_of_a_property_that_broke(loaded: Loaded) -> None:
    """One that leads nowhere is noted in the row; one with `go` is the story's own business."""
    high = {"holds": {"value": "flow_l_min", "above": 9.0}}
    always = (Property.model_validate({"id": "claim", **high}), Property.model_validate({"id": "leads", "go": "lost", **high}))
    start = loaded.scenario.start.model_copy(update={"settle_s": 0.1})
    scenario = loaded.scenario.model_copy(update={"always": always, "start": start})

    one = exam(replace(loaded, scenario=scenario), "no_power", "idle", 1)

    assert (one.broken, one.outcome, one.error) == (("claim",), "lost", "")


def test_one_problem_over_seeds_is_one_line() -> None:
    """Texts that differ in their numbers alone count as one, told as the first seed has it; others stay apart."""
    text = "must make dark_return_s worse than the expert by 60 s, and does by {} s"
    many = [prove.Problem("a/b", "hose", "late", seed, text.format(seed)) for seed in (0, 1, 2)]
    alone = prove.Problem("a/b", "hose", "idle", 4, "passes")

    assert over_seeds([*many, alone]) == [
        f"a/b: late, hose, seeds 0 to 2: {text.format(0)}\n    drill run a/b --robot late --cause hose --seed 0",
        "a/b: idle, hose, seed 4: passes\n    drill run a/b --robot idle --cause hose --seed 4",
    ]
