"""Four short runs are pinned: what changes bits or judgement without changing the physics cannot slip by under the same ENGINE_VERSION.

Anew: python tests/engine/test_pinned.py
"""

import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from drill import ENGINE_VERSION
from drill.engine.runlog import canonical
from drill.engine.scoring import score
from drill.engine.session import Session
from drill.robots.make import make_robot, play
from drill.scenarios.load import Loaded, load_scenario

ROOT = Path(__file__).resolve().parents[2]
PINNED = ROOT / "tests" / "data" / "pinned.json"
CASES = (
    ("pump_head_failure/va_flow_lost", "motor_fault", "expert", 40.0),
    ("pump_head_failure/va_flow_lost", "no_power", "random", 25.0),
    ("base/free_play_cpb", "", "random", 15.0),
    ("base/free_play_vv", "", "random", 15.0),
)
ANEW = "pin anew with 'python tests/engine/test_pinned.py'"

Pins = dict[str, Any]


def quick(ref: str, limit_s: float) -> Loaded:
    """A scenario that settles for two seconds, begins after one and ends at the limit."""
    loaded = load_scenario(ref, roots=[ROOT / "scenario_packs"])
    scenario = loaded.scenario
    vary = {n: r.model_copy(update={"low": 1.0, "high": 1.0}) if n == "onset_s" else r for n, r in scenario.vary.items()}
    start = scenario.start.model_copy(update={"settle_s": 2.0})
    return replace(loaded, scenario=scenario.model_copy(update={"start": start, "vary": vary, "time_limit_s": limit_s}))


def pins() -> Pins:
    """What the pinned runs come to today."""
    cases = {}
    for ref, cause, robot, limit_s in CASES:
        loaded = quick(ref, limit_s)
        session = Session(loaded, seed=5, cause=cause or None)
        play(session, make_robot(robot, loaded.plays, 5))
        run, rubric = session.run, loaded.scenario.rubric
        sheet = None if rubric is None else {**score(rubric, run).to_json(), "digest": ""}
        cases[f"{ref} {cause} {robot}".replace("  ", " ")] = {
            "physics": run.header["model"],
            "pack": loaded.digest,
            "entries": sha256(canonical(list(run.entries))).hexdigest()[:16],
            "sheet": "" if sheet is None else sha256(canonical(sheet)).hexdigest()[:16],
        }
    return {"engine": ENGINE_VERSION, "cases": cases}


def problems(old: Pins, new: Pins) -> list[str]:
    """Say what was changed, and what is to be done about it."""
    said = [] if old["engine"] == new["engine"] else [f"ENGINE_VERSION is {new['engine']}, pinned is {old['engine']}: {ANEW}"]
    for name, now in new["cases"].items():
        was = old["cases"].get(name)
        if was is None:
            said.append(f"{name}: not pinned yet: {ANEW}")
        elif was["entries"] != now["entries"]:
            other = [what for what in ("physics", "pack") if was[what] != now[what]]
            if other:
                said.append(f"{name}: another run, by another {' and another '.join(other)}, which a run file says by itself: {ANEW}")
            elif old["engine"] == new["engine"]:
                said.append(f"{name}: another run from the same physics and pack: raise ENGINE_VERSION in drill/__init__.py, then {ANEW}")
        elif was["sheet"] != now["sheet"] and was["pack"] == now["pack"]:
            said.append(f"{name}: the same run is judged otherwise: say so in CHANGELOG.md, kept runs change their score; then {ANEW}")
    return said


@pytest.mark.slow
def test_bits_and_judgement_are_the_pinned_ones() -> None:
    """Four short runs in plain Python."""
    assert problems(json.loads(PINNED.read_text(encoding="utf-8")), pins()) == []


@pytest.mark.parametrize(
    ("engine", "changed", "told"),
    [
        ("1", {}, ""),
        ("1", {"entries": "x"}, "raise ENGINE_VERSION"),
        ("2", {"entries": "x"}, "pinned is 1"),
        ("1", {"entries": "x", "physics": "x"}, "another physics"),
        ("1", {"entries": "x", "physics": "x", "pack": "x"}, "another physics and another pack"),
        ("1", {"sheet": "x"}, "judged otherwise"),
        ("1", {"sheet": "x", "pack": "x"}, ""),
    ],
)
def test_what_was_changed_is_named(engine: str, changed: dict[str, str], told: str) -> None:
    """Another run under the same physics, pack and version is the one thing that must not be: all else is only pinned anew."""
    was = {"physics": "p", "pack": "q", "entries": "e", "sheet": "s"}
    said = problems({"engine": "1", "cases": {"a": was}}, {"engine": engine, "cases": {"a": {**was, **changed}}})

    assert len(said) == bool(told)
    assert told in "".join(said)
    assert ("raise ENGINE_VERSION" in "".join(said)) == (told == "raise ENGINE_VERSION")


if __name__ == "__main__":
    found = pins()
    refused = [one for one in problems(json.loads(PINNED.read_text(encoding="utf-8")), found) if "raise ENGINE_VERSION" in one]
    if refused:
        sys.exit("\n".join(refused))
    PINNED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
