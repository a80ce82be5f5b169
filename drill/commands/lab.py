"""The command for the curious: a machine and a patient with no story."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drill import TRAINING_ONLY
from drill.commands.common import Amount, NewFile, json_option, print_json
from drill.errors import DrillError, NameUnknownError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from drill.lab.orders import Order
    from drill.lab.trial import Trial

NAMES = (
    "circuit",
    "usual patient",
    "patient",
    "device",
    "kind",
    "control",
    "reading",
    "fault",
    "drug or fluid",
    "number of a patient",
    "part",
)
WIDTH = 120  # columns where there is no terminal to ask


@click.command()
@click.argument("circuit", required=False)
@click.option("--patient", metavar="P", help="A stock patient; the circuit's usual one if not given.")
@click.option("--bench", metavar="MAP,CVP", help="Imposed pressures (mmHg) in place of a patient; a third number is haemoglobin in g/L.")
@click.option("--set", "sets", metavar="NAME=VALUE[@TIME]", multiple=True, help="Move a control; += and -= change it by so much.")
@click.option("--fault", "faults", metavar="NAME[:k=v,...][@TIME]", multiple=True, help="Let a fault begin.")
@click.option("--give", "gifts", metavar="NAME[=AMOUNT][@TIME]", multiple=True, help="Give a drug (boluses) or a fluid (mL).")
@click.option("--device", "devices", metavar="PART=DEVICE", multiple=True, help="Put another device of its kind in a part's place.")
@click.option("--param", "params", metavar="PLACE.NUMBER=VALUE", multiple=True, help="Change one number of a part, or of the patient.")
@click.option("--for", "for_s", metavar="SECONDS", type=Amount(0.02, 86400), help="How long; a minute after the last order.")
@click.option("--every", "every_s", metavar="SECONDS", type=Amount(0.02, 86400), help="How often; about ten rows.")
@click.option("--settle", "settle_s", metavar="SECONDS", type=Amount(0, 86400), help="Before time begins; 300, on a bench 20.")
@click.option("--read", "read", metavar="NAMES", default="", help="Columns, by commas; +NAME adds to the usual ones, all shows all.")
@click.option("--csv", "csv_file", type=NewFile(), help="Write the rows there as CSV.")
@json_option
@click.option("--list", "as_list", is_flag=True, help="Show every name with its unit; with a circuit, its parts.")
@click.option("--find", "word", metavar="WORD", help="Of that list, only what has the word in its name or meaning.")
def lab(*, circuit: str | None, as_list: bool, word: str | None, as_json: bool, **options: Any) -> None:
    """Run a machine and a patient with no story, and print readings.

    What do 500 rpm more do to P ven?  drill lab va_ecmo_adult --set pump_rpm_set+=500
    """
    from drill.lab.orders import OrderError

    try:
        if word is not None:
            _list(None, as_json=as_json, word=word)
        elif as_list:
            _list(circuit, as_json=as_json)
        elif circuit is None:
            raise OrderError(f"name a circuit ({', '.join(_circuits())}), or show all names with --list, some with --find WORD")
        else:
            _try(circuit, as_json=as_json, **options)
    except DrillError as error:
        if getattr(error, "diagnostics", ()):
            raise  # a pack with mistakes is a finding, and is told with its places
        hint = "\nAll names: drill lab --list; some: drill lab --find WORD" if isinstance(error, NameUnknownError) else ""
        raise click.UsageError(f"{error}{hint}") from error
    except (ZeroDivisionError, OverflowError) as error:
        raise click.UsageError(f"the model cannot be computed with these --param numbers ({error})") from error


def _circuits() -> list[str]:
    from drill.records.home import pack_roots
    from drill.scenarios.library import Library

    return [ref.partition("/")[2] for ref in Library(pack_roots()).refs("circuits")]


def _try(  # noqa: PLR0913  one for each option
    circuit: str,
    *,
    patient: str | None,
    bench: str | None,
    sets: tuple[str, ...],
    faults: tuple[str, ...],
    gifts: tuple[str, ...],
    devices: tuple[str, ...],
    params: tuple[str, ...],
    for_s: float | None,
    every_s: float | None,
    settle_s: float | None,
    read: str,
    csv_file: Path | None,
    as_json: bool,
) -> None:
    from drill.circuit.compiler import Bench
    from drill.lab import orders as words
    from drill.lab.machine import Lab, settle_time
    from drill.lab.trial import columns, obey, plan, rehearse, run_trial

    if bench and patient:
        raise words.OrderError("--bench stands in place of a patient: give one of --bench and --patient")
    orders: list[Order] = [*map(words.read_set, sets), *map(words.read_fault, faults), *map(words.read_give, gifts)]
    whole_s, step_s = plan(orders, for_s, every_s)
    imposed = Bench(*words.read_pressures(bench)) if bench else None
    settle = settle_time(bench=imposed is not None, asked=settle_s)
    made = Lab(
        circuit,
        patient,
        bench=imposed,
        devices=dict(_pair(text, "--device") for text in devices),
        params={name: number for text in params for name, number in words.read_pairs(text, f"--param '{text}'").items()},
        settle_s=0.0,
        run_s=settle + whole_s,
    )
    tracks = columns(made, "bench" if imposed else made.stock.circuit.kind, read)
    rehearse(made, orders)
    start = [f"at the start: {obey(made, order)}" for order in orders if order.at_s == words.START_S]
    made.settle(settle)
    who = f"bench, MAP {imposed.map_mmhg:g}, CVP {imposed.cvp_mmhg:g} mmHg" if imposed else made.stock.patient.title
    changed = [*devices, *params, *start]
    title = f"{made.stock.circuit.title} · {who}" + (f" · {', '.join(changed)}" if changed else "")
    trial = run_trial(made, title, tracks, orders, for_s=whole_s, every_s=step_s)
    if csv_file is not None:
        try:
            trial.write_csv(csv_file)
        except OSError as error:
            raise click.BadParameter(f"{csv_file} cannot be written ({error.strerror})", param_hint="--csv") from error
    if as_json:
        print_json({**trial.to_json(), "circuit": circuit, "settled_s": settle})
    else:
        _print(trial)
        if csv_file is not None:
            click.echo(f"Rows: {csv_file}")


def _pair(text: str, option: str) -> tuple[str, str]:
    from drill.lab.orders import OrderError

    name, equals, value = text.partition("=")
    if not equals:
        raise OrderError(f"{option} '{text}': write PART=DEVICE")
    return name.strip(), value.strip()


# -- on paper ---------------------------------------------------------------------------------------------------


def _console() -> "Console":
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


def _table(title: str, *heads: str, left: int = 0) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(heads):
        whole = head in NAMES  # a name that breaks cannot be copied
        table.add_column(head, justify="left" if place < left else "right", overflow="fold", vertical="bottom", no_wrap=whole)
    return table


def _print(trial: "Trial") -> None:
    from rich.text import Text

    console = _console()
    console.print(Text(TRAINING_ONLY, style="bold reverse"))
    console.print(Text(trial.title), soft_wrap=True)
    for at_s, what in trial.events:
        console.print(Text(f"{at_s:>8.1f} s  {what}", style="red" if what.startswith("alarm") else "cyan"), soft_wrap=True)
    per_table = max(3, (console.width - 8) // 10)
    for first in range(0, len(trial.tracks), per_table):
        tracks = trial.tracks[first : first + per_table]
        rows = _table("", "time\ns", *(f"{_short(t.name, t.unit)}\n{t.unit}" for t in tracks))
        for k, at_s in enumerate(trial.times_s):
            rows.add_row(f"{at_s:g}", *(t.text(t.values[k]) for t in tracks))
        console.print(rows)
    summary = _table("Before and after", "reading", "before", "after", "change", "unit", "lowest", "highest", left=1)
    for t in trial.tracks:
        before, after, low, high = (t.text(value, finer=True) for value in (t.values[0], t.values[-1], t.low, t.high))
        change = t.text(t.change, signed=True, finer=True)
        style = "bold" if change.strip("+-0.") else "dim"
        summary.add_row(t.name, before, after, Text(change, style=style), t.unit, low, high)
    console.print(summary)
    moving = [t.name for t in trial.tracks if t.moving]
    if moving:
        console.print(Text(f"Still moving at the end: {', '.join(moving)}. A longer --for shows where they settle."), soft_wrap=True)
    console.print(Text("True readings, means of the last 2 s; lowest and highest are of single moments, the pulse within.", style="dim"))


def _short(name: str, unit: str) -> str:
    """Return a reading's name without its unit, as words that fold."""
    plain = name
    for suffix in ("_mmhg", "_l_min", "_rpm", "_pct", "_mmol_l", "_g_l", "_ml", "_bpm", "_s", "_c", "_l"):
        if plain.endswith(suffix) and unit:
            plain = plain.removesuffix(suffix)
            break
    return plain.replace("shown:", "shown ").replace("_", " ")


def _list(circuit: str | None, *, as_json: bool, word: str = "") -> None:
    from rich.text import Text

    from drill.lab.inventory import describe_circuit, inventory
    from drill.lab.orders import OrderError
    from drill.records.home import pack_roots

    if circuit is not None:
        found = describe_circuit(circuit, pack_roots())
        if as_json:
            print_json(found)
        else:
            _print_circuit(found)
        return
    found = inventory(pack_roots())
    if word:
        asked = word.casefold()
        cells_of = {kind: cells for kind, _, cells in LISTS}
        found = {k: [r for r in rows if asked in " ".join(cells_of[k](r)).casefold()] for k, rows in found.items() if k in cells_of}
        if not any(found.values()):
            raise OrderError(f"nothing has '{word}' in its name or meaning; all names: drill lab --list")
    if as_json:
        print_json(found)
        return
    console = _console()
    console.print(Text(TRAINING_ONLY, style="bold reverse"))
    for kind, heads, cells in LISTS:
        if not found[kind]:
            continue
        table = _table(kind.replace("_", " ").capitalize(), *heads, left=len(heads))
        for row in found[kind]:
            table.add_row(*(Text(text) for text in cells(row)))
        console.print(table)


def _print_circuit(found: dict[str, Any]) -> None:
    from rich.text import Text

    console = _console()
    console.print(Text(TRAINING_ONLY, style="bold reverse"))
    controls = ", ".join(f"{name} {value:g}" for name, value in found["usual_controls"].items())
    console.print(Text(f"{found['circuit']}: {found['title']}\nusual patient: {found['usual_patient']}\nusual settings: {controls}"))
    table = _table("Parts", "part", "device", "from", "to", "clamps, taps", "numbers", left=6)
    for part in found["parts"]:
        numbers = ", ".join(f"{name} {value:g}" for name, value in part["numbers"].items())
        table.add_row(part["name"], part["device"], part["from"], part["to"], ", ".join(part["clamps"]), Text(numbers, style="dim"))
    console.print(table)


def _range(row: dict[str, Any]) -> str:
    return f"{row['low']:g} to {row['high']:g}"


def _parameters(row: dict[str, Any]) -> str:
    return ", ".join(f"{p['name']} {_range(p)} {p['unit']} ({p['default']:g})" for p in row["parameters"]) or "-"


def _numbers(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in row["numbers"].items())


LISTS: tuple[tuple[str, tuple[str, ...], Callable[[dict[str, Any]], tuple[str, ...]]], ...] = (
    ("circuits", ("circuit", "title", "usual patient"), lambda r: (r["name"], r["title"], r["usual_patient"] or "-")),
    ("patients", ("patient", "title"), lambda r: (r["name"], r["title"])),
    ("devices", ("device", "kind", "title", "numbers"), lambda r: (r["name"], r["kind"], r["title"], _numbers(r))),
    ("controls", ("control", "unit", "range", "meaning"), lambda r: (r["name"], r["unit"], _range(r), r["meaning"])),
    ("readings", ("reading", "unit", "shown on", "meaning"), lambda r: (r["name"], r["unit"], r["shown_on"] or "-", r["meaning"])),
    ("faults", ("fault", "parameters", "meaning"), lambda r: (r["name"], _parameters(r), r["meaning"])),
    ("drugs", ("drug or fluid", "unit", "meaning"), lambda r: (r["name"], r["unit"], r["meaning"])),
    ("patient_numbers", ("number of a patient", "at rest"), lambda r: (r["name"], f"{r['default']:g}")),
)
