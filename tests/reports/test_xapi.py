"""A run as xAPI statements."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from drill.reports.xapi import HOME, VERBS, scaled_score, statements

START = "2026-11-21T08:00:00+00:00"


def said(played: Any, **about: str) -> list[dict[str, Any]]:
    """The statements of the run, as someone with a code played it."""
    header = {**played.run.header, "about": {"trainee": "T-17", "started_utc": START, "station": "bench", **about}}
    return statements(replace(played.run, header=header), played.sheet)


def verb(statement: dict[str, Any]) -> str:
    """The verb's last word."""
    return str(statement["verb"]["id"]).rsplit("/", 1)[-1]


def test_a_run_is_started_then_each_step_then_completed(played: Any) -> None:
    """One statement a scored step stands between the start and the end, in order of time; missed steps are `ignored`."""
    told = said(played)
    steps = [item for item in played.sheet.items if item.kind == "step"]
    missed = sum(item.status == "missed" for item in steps)

    assert [verb(s) for s in (told[0], told[-1])] == ["initialized", "completed"]
    assert len(told) == len(steps) + 2
    assert [verb(s) for s in told[1:-1]].count("ignored") == missed > 0
    assert [s["timestamp"] for s in told] == sorted(s["timestamp"] for s in told)
    assert told[0]["timestamp"].startswith("2026-11-21T08:00:00")
    assert {s["actor"]["account"]["name"] for s in told} == {"T-17"}


def test_each_statement_has_what_the_specification_asks_for(played: Any) -> None:
    """Id, actor, verb with an address, object with an address, version; extensions are keyed by address; nothing that JSON cannot hold."""
    told = said(played)

    assert json.loads(json.dumps(told, allow_nan=False)) == told
    for one in told:
        assert UUID(one["id"]).version == 5
        assert one["version"] == "1.0.3"
        assert one["verb"]["id"] in VERBS.values()
        assert one["object"]["id"].startswith(f"{HOME}/scenarios/{played.run.header['scenario']}")
        keys = [*one["context"]["extensions"], *one.get("result", {}).get("extensions", {})]
        assert all(key.startswith(f"{HOME}/extensions/") for key in keys)
        scaled = one.get("result", {}).get("score", {}).get("scaled", 0)
        assert -1 <= scaled <= 1


def test_the_same_run_says_the_same_twice_and_another_says_something_else(played: Any) -> None:
    """Ids follow from the run: a second export is the same statements, another sitting shares none."""
    first, again, other = said(played), said(played), said(played, started_utc="2026-11-21T09:00:00+00:00")

    assert first == again
    assert len({one["id"] for one in first}) == len(first)
    assert not {one["id"] for one in first} & {one["id"] for one in other}


def test_a_critical_failure_caps_the_score_below_the_pass_mark(played: Any) -> None:
    """Whatever the points, a run that a critical line fails is scaled below the pass mark, and says what capped it."""
    good = replace(played.sheet, score_pct=98.0, passed=True, reasons=(), items=())
    critical = replace(next(i for i in played.sheet.items if i.kind == "step"), critical=True, status="missed")
    failed = replace(good, passed=False, items=(critical,), reasons=("critical step missed",))

    assert scaled_score(good) == 0.98
    assert scaled_score(failed) < good.pass_mark_pct / 100
    assert scaled_score(replace(failed, score_pct=12.0)) == 0.12
    last = said(played._replace(sheet=failed))[-1]
    assert last["result"]["success"] is False
    assert last["result"]["extensions"][f"{HOME}/extensions/critical_failures"] == [critical.title]


def test_an_unfinished_run_is_terminated_without_a_score(played: Any) -> None:
    """A run without its end says so; no score can be read out of it."""
    cut = replace(played.run, entries=played.run.entries[:-1])
    last = statements(cut, played.sheet)[-1]

    assert verb(last) == "terminated"
    assert "score" not in last["result"]
    assert last["result"]["completion"] is False


def test_free_play_is_completed_without_a_score(played: Any) -> None:
    """Without a sheet there are two statements and no judgement."""
    told = said(played._replace(sheet=None))

    assert [verb(s) for s in told] == ["initialized", "completed"]
    assert "success" not in told[-1]["result"]


@pytest.mark.parametrize("started", [None, "yesterday"])
def test_a_run_that_does_not_know_when_it_was_has_no_timestamps(played: Any, started: str | None) -> None:
    """No time is better than a wrong one."""
    header = {**played.run.header, "about": {"started_utc": started}}

    assert not [one for one in statements(replace(played.run, header=header), None) if "timestamp" in one]
