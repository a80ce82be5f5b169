"""Checks texts that are written in several languages: each has the pack's own, and none that its neighbours lack."""

import re
from collections.abc import Iterator

from drill.scenarios.schema_words import LANGUAGE_PATTERN
from drill.scenarios.tree import Node, Report

KEYS = ("name", "line", "briefing", "task", "title", "text", "why", "prompt", "debrief", "needs_text", "note")


def check_languages(node: Node, language: str, report: Report) -> None:
    """Note texts without the pack's language, and warn of those that lack one which others of the file have."""
    texts = list(_texts(node))
    every = {tag for text in texts for tag, _ in text.pairs()}
    for text in texts:
        there = {tag for tag, _ in text.pairs()}
        if language not in there:
            report.add(text, f"no text in '{language}', the pack's language, which stands in where another is missing", key=True)
        missing = sorted(every - there - {language})
        if missing:
            report.add(
                text, f"no text in {', '.join(missing)}, which others here have: it is shown in '{language}'", key=True, severity="warning"
            )


def _texts(node: Node) -> Iterator[Node]:
    """Yield every text that is a mapping of languages."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        for key, member in here.pairs():
            if key in KEYS and isinstance(member.value, dict) and all(re.fullmatch(LANGUAGE_PATTERN, tag) for tag in member.value):
                yield member
            else:
                waiting.append(member)
        waiting.extend(here)
