"""The score sheet in the terminal."""

import io
from typing import Any

from rich.console import Console

from drill import TRAINING_ONLY
from drill.reports.terminal import print_sheet


def printed(sheet: Any, width: int) -> str:
    """Return what a terminal of that width gets, without colours."""
    out = io.StringIO()
    print_sheet(sheet, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_the_sheet_says_verdict_harm_and_steps(played: Any) -> None:
    """Label, verdict, each reason, each ledger quantity and each step's status stand in the text."""
    text = printed(played.sheet, 160)

    assert TRAINING_ONLY in text
    assert "NOT PASSED" in text
    assert all(reason in text for reason in played.sheet.reasons)
    assert text.index("Harm ledger") < text.index("Steps and errors")
    assert all(item.title in text for item in played.sheet.items)
    assert played.sheet.digest in text


def test_a_narrow_terminal_loses_no_word(played: Any) -> None:
    """At 60 columns lines are folded, never cut."""
    text = printed(played.sheet, 60)

    assert "…" not in text
    assert all(word in text for item in played.sheet.items for word in item.title.split()[:1])


def test_text_with_brackets_is_not_markup(played: Any) -> None:
    """Words from a pack such as [bold] are printed as they are."""
    from dataclasses import replace

    item = replace(played.sheet.items[-1], title="[bold]Not bold[/bold]")

    assert "[bold]Not bold[/bold]" in printed(replace(played.sheet, items=(item,)), 160)
