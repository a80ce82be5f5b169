"""Print docs/alarms.md from the code and the base pack's circuits, so that the page cannot fall behind: `make docs`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from drill import TRAINING_ONLY
from drill.circuit.alarms import AUDIO_PAUSE_S, SWITCHES
from drill.circuit.controls import CONTROLS
from drill.circuit.interlocks import INTERLOCKS
from drill.circuit.readings import GROUPS, HOSTS, READINGS, SHOWN
from drill.scenarios.entries import load_circuit
from drill.scenarios.library import Library

ROOTS = [Path(__file__).resolve().parent.parent / "scenario_packs"]
DOES = {
    "stop": "stops the pump",
    "slow": "takes speed from the pump until the pressure is back",
    "cut": "takes the drive's power",
    "clamp": "closes the electronic clamp, which opens when the pump pushes again",
    "cool": "keeps the heater from heating",
}
TEXT = f"""# Sensors, alarms and interlocks

{TRAINING_ONLY}. Made from the code and the circuits of the base pack by `make docs`. A limit without another source is a local target.

## What holds for all

- A display, an alarm and an interlock live on a **host**. Without its power a display is blank, never 0; nothing alarms or acts.
- An alarm or interlock believes its **display**: a wrong zero deceives it, a stuck sensor keeps it quiet, a lost one blinds it. A
  bubble sensor that has run dry is the exception: it sees air, and its interlock acts.
- **Priorities** are high, medium and low. A latching alarm stays until it is acknowledged. A new alarm ends an **audio pause**
  ({AUDIO_PAUSE_S:g} s). The log tells when each came, how long until it was acknowledged, and when it was over. Styled after IEC
  60601-1-8.
- **Limits are set**: `set limit_map_low_mmhg` and so on. At the end of its range a limit is off; `console_alarms` and
  `monitor_alarms` switch all alarms of their host off. All of these are controls: a rubric sees what was left wider or off, as
  `{{control: limit_map_low_mmhg, below: 50}}`.
- **Interlocks** have a switch (armed or off), a limit and a **manual override**. Overridden, one watches and does not act; a low
  alarm says so for as long as it lasts. A latching one lets go when it is re-armed: its switch is set to armed anew. On the
  emergency drive none acts: the sensors stay with the console. All switches, overrides and what they do are in the log.
- **Sensors fail** by the faults `sensor_zero`, `sensor_stuck` and `sensor_lost`, each with `part: READING`. Hands put them right
  with the jobs `zero_transducers`, `refit_flow_probe` and `refit_monitor_leads`.
- **Laboratory**: blood gas, post-oxygenator gas and ACT show the values of the moment of sampling, once their turnaround is over.
- The heater-cooler keeps 4 to 42 degC (its knob's range, and a cut-out), alarms under 10 L/min, and a relief valve keeps it under
  600 mmHg (PS27).
"""


def main() -> None:
    """Print the page."""
    print("\n".join(page()))  # noqa: T201  the page goes to the standard output


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield TEXT.rstrip("\n")
    yield from ("", "## Hosts", "")
    yield from table(("host", "lives on", "alarms off by", "shows"), hosts())
    yield from ("", "## What hands put right", "")
    yield from table(("group", "readings"), ((f"`{name}`", ", ".join(readings)) for name, readings in GROUPS.items()))
    yield from ("", "## Interlocks", "")
    yield from table(("interlock", "watches", "host", "limit", "does", "held until", "switch · override", "source"), interlocks())
    for ref in Library(ROOTS).refs("circuits"):
        circuit = load_circuit(ref, Library(ROOTS)).spec
        locks = ", ".join(lock.id + ("" if lock.armed else " (off)") for lock in circuit.interlocks)
        yield from ("", f"## Alarms of `{circuit.id}`", "", f"{circuit.title}. Interlocks: {locks or 'none'}.", "")
        rows = (
            (
                f"`{entry['id']}`",
                str(entry["text"]),
                str(entry["priority"]),
                f"`{entry.get('reading') or entry.get('condition')}`",
                str(entry.get("host") or READINGS[str(entry["reading"])].host),
                limit(entry),
                f"{entry['delay_s']:g} s",
                str(entry["source"]),
            )
            for entry in circuit.alarms
        )
        yield from table(("alarm", "says", "priority", "watches", "host", "limit", "after", "source"), rows)


def hosts() -> Iterator[tuple[str, ...]]:
    """Yield a row for each host."""
    for host, power in HOSTS.items():
        shows = ", ".join(name for name in SHOWN if READINGS[name].host == host)
        yield f"`{host}`", power, f"`{SWITCHES[host]}`" if host in SWITCHES else "-", shows


def interlocks() -> Iterator[tuple[str, ...]]:
    """Yield a row for each interlock."""
    for row in INTERLOCKS.values():
        control = CONTROLS[row.limit]
        over = " over the set speed" if row.over_set else ""
        words = f"{'above' if row.sign > 0 else 'below'} `{row.limit}` ({control.default:g} {control.unit}){over}"
        held = "re-armed" if row.latching else "the cause is gone"
        yield f"`{row.name}`", f"`{row.reading}`", row.host, words, DOES[row.does], held, f"`{row.arm}` · `{row.override}`", row.source


def limit(entry: dict[str, object]) -> str:
    """Return an alarm's limit: fixed, or the control with how it is delivered."""
    for side in ("above", "below"):
        bound = entry.get(side)
        if isinstance(bound, dict):
            control = CONTROLS[str(bound["control"])]
            return f"{side} `{control.name}` ({bound.get('at', control.default):g} {control.unit})"
        if bound is not None:
            return f"{side} {bound:g}"
    return "-"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


if __name__ == "__main__":
    main()
