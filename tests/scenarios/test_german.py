"""The shipped drills speak German wherever one of them does: what a trainee reads before and in a drill, and an instructor's events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drill.scenarios.tree import Node, root
from drill.scenarios.yaml_reader import read_yaml

PACKS = Path(__file__).resolve().parents[2] / "scenario_packs"
SCENARIOS = sorted(PACKS.glob("*/scenarios/*.yaml"))


def told(scenario: Node) -> Iterator[Node]:
    """Every text of a scenario that is read before its end; notes are not among them: they go into the record, which has one language."""
    yield from (scenario["case"][key] for key in ("name", "line", "briefing", "task"))
    yield from (event["title"] for event in scenario["events"])
    for stage in scenario["stages"]:
        yield from (stage[key] for key in ("title", "prompt") if key in stage)
        yield from (prompt[key] for prompt in stage["prompts"] for key in ("text", "why"))
    if "debrief" in scenario:
        yield scenario["debrief"]


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: f"{file.parents[1].name}/{file.stem}")
def test_a_drill_is_told_in_german_too(file: Path) -> None:
    """Case, prompts, endings, events and debrief are there in English and in German, and are not the same."""
    texts = list(told(root(read_yaml(file, file.name))))

    assert len(texts) >= 4
    assert [text.value for text in texts if not text["de"].text or text["de"].text == text["en"].text] == []
