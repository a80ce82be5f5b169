"""Each rule of `drill check` has a pack that breaks it and one that keeps it."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from drill.scenarios.catalogue import check_path
from drill.scenarios.yaml_reader import read_yaml

HERE = Path(__file__).parent
SCENARIO = "pump_head_failure/scenarios/va_flow_lost.yaml"
RULES = read_yaml(HERE / "rules.yaml", "rules.yaml").data["rules"]


@pytest.mark.parametrize("kind", ["bad", "good"])
@pytest.mark.parametrize("rule", RULES, ids=[re.sub(r"\W+", "_", rule["rule"]) for rule in RULES])
def test_a_rule_finds_what_breaks_it_and_nothing_else(packs: Any, rule: dict[str, str], kind: str) -> None:
    """The broken pack is named at its place; with the other text in the same place nothing at all is found."""
    file = rule.get("file", SCENARIO)
    if file.startswith("rules/"):
        shutil.copytree(HERE / "rules", packs.folder / "rules")
    packs.edit(file, rule["old"], rule[kind])

    found = check_path(packs.folder / file.split("/")[0], roots=[packs.folder])

    if kind == "good":
        assert [str(d) for d in found] == []
        return
    said = [d for d in found if d.message.startswith(rule["says"]) and d.file.endswith(rule.get("in_file", file))]
    assert said, "\n".join(str(d) for d in found)
    assert said[0].severity == rule.get("severity", "error")
    line = Path(said[0].file).read_text(encoding="utf-8").splitlines()[said[0].line - 1]
    assert line[said[0].col - 1 :].startswith(rule["at"]), f"{said[0]} stands before: {line[said[0].col - 1 :]}"
