"""A score sheet for the terminal. `rich` is imported when something is drawn, since every command pays for imports."""

from typing import TYPE_CHECKING, Final

from drill import TRAINING_ONLY
from drill.engine.scoring.sheet import Item, ScoreSheet
from drill.reports.seen import TITLE, seen_rows
from drill.reports.timeline import clock, spaced
from drill.reports.view import amount
from drill.scenarios.quantities import QUANTITIES
from drill.units import seconds

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

STYLES: Final = {"done": "green", "avoided": "green", "delayed": "yellow", "missed": "red", "incorrect": "red", "happened": "red"}


def print_sheet(sheet: ScoreSheet, console: "Console | None" = None) -> None:
    """Print verdict, harm ledger, then each judged line with its evidence. Plain text where there is no terminal."""
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = console or Console(highlight=False)
    verdict = "PASSED" if sheet.passed else "NOT PASSED"
    console.print(Text(TRAINING_ONLY, style="bold reverse"))
    head = (
        sheet.scenario,
        f"seed {sheet.seed}",
        f"mode {sheet.mode}",
        f"cause {spaced(sheet.cause) or 'none'}",
        f"ended as {spaced(sheet.outcome)}",
    )
    console.print(Text("   ".join(head), style="dim"), soft_wrap=True)
    style = "bold green" if sheet.passed else "bold red"
    console.print(Text(f"{verdict}   {sheet.score_pct:g} % (pass mark {sheet.pass_mark_pct:g} %)", style=style))
    for reason in sheet.reasons:
        console.print(Text(f"  - {reason}"), soft_wrap=True)
    console.print()
    console.print(_ledger_table(sheet))
    console.print()
    console.print(_items_table(sheet))
    seen = ", ".join(f"{row.title} {row.value}" for row in seen_rows(sheet))
    console.print(Text(f"{TITLE}: {seen}", style="dim"), soft_wrap=True)
    console.print(Text(f"{sheet.local_target_pct:g} % of the points rest on local targets", style="dim"), soft_wrap=True)
    console.print(Text(f"digest {sheet.digest}   {sheet.simulated_s:.0f} s simulated", style="dim"), soft_wrap=True)


def _table(title: str, *columns: tuple[str, str]) -> "Table":
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name, justify in columns:
        table.add_column(name, justify="right" if justify == "right" else "left", no_wrap=justify == "tight", overflow="fold")
    return table


def _ledger_table(sheet: ScoreSheet) -> "Table":
    from rich.text import Text  # noqa: PLC0415

    table = _table("Harm ledger", ("quantity", ""), ("this run", "right"), ("limit", "tight"))
    judged = {item.id: item for item in sheet.items if item.kind == "harm"}
    for name, value in sheet.ledger.items():
        item = judged.get(name)
        words = "" if item is None else "within" if item.status == "avoided" else "over, critical" if item.critical else "over"
        style = "" if item is None else STYLES[item.status]
        table.add_row(QUANTITIES[name].meaning, amount(value, QUANTITIES[name].unit), Text(words, style=style))
    return table


def _items_table(sheet: ScoreSheet) -> "Table":
    from rich.text import Text  # noqa: PLC0415

    table = _table("Steps and errors", ("status", "tight"), ("points", "tight"), ("", ""), ("evidence", ""))
    for item in sheet.items:
        if item.kind == "harm":
            continue
        title = item.title + (" (critical)" if item.critical else "")
        proof = "\n".join(f"{clock(seconds(e.tick))} {e.text}" for e in item.evidence)
        table.add_row(Text(item.status, style=STYLES[item.status]), _points(item), Text(title), Text(proof, style="dim"))
    return table


def _points(item: Item) -> str:
    return f"{item.points:g} of {item.possible:g}" if item.kind == "step" else f"{item.points:g}"
