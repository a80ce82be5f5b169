"""Print docs/reference.md from the code and the base pack, so that the page cannot fall behind: `make docs`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import yaml
from pydantic import BaseModel

from drill.circuit.consoles import EQUIPMENT
from drill.circuit.controls import CONTROLS
from drill.circuit.drugs import DRUGS
from drill.circuit.fault import Parameter
from drill.circuit.faults import FAULTS
from drill.circuit.interlocks import INTERLOCKS
from drill.circuit.labs import LABS
from drill.circuit.looks import FINDINGS
from drill.circuit.readings import GROUPS, READINGS
from drill.engine.actions import VERBS
from drill.robots.make import ROBOTS
from drill.scenarios.conditions import MEANINGS, QUALIFIERS
from drill.scenarios.jsonschema import FILES
from drill.scenarios.meanings import KEYS
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import Tasks
from drill.scenarios.site import SITE_VALUES

ROOT = Path(__file__).resolve().parent.parent
VERB_MEANINGS = {
    "set": "move a control to a value: a clamp, a knob, a switch",
    "do": "start a job with your own hands",
    "stop": "end a job that goes on until it is stopped",
    "say": "call out; it counts only when it is true",
    "look": "look at a part; what was seen comes after its seconds",
    "ack": "acknowledge alarms (`all`), or pause their sound (`audio_pause`)",
    "order": "have someone of the team do a job",
    "instructor": "end the run (`end`), let an event of the scenario happen, or inject a fault by its name",
}


def main() -> None:
    """Print the page."""
    print("\n".join(page()))  # noqa: T201  the page goes to the standard output


def page() -> Iterator[str]:
    """Yield the page's lines."""
    tasks = Tasks.model_validate(yaml.safe_load((ROOT / "scenario_packs/base/tasks.yaml").read_text(encoding="utf-8")), strict=False)
    yield "# Reference"
    yield ""
    yield "Every name that a scenario, a play or a score sheet may use. Made from the code and the base pack by `make docs`."
    yield "SIMULATION · TRAINING ONLY: limits and durations are local targets unless a source is named."
    yield from section("Controls", "What a hand can set. Clamps run from 0 (open) to 1 (closed).")
    rows = ((c.name, c.unit, f"{c.low:g} to {c.high:g}", f"{c.default:g}", c.meaning) for c in CONTROLS.values())
    yield from table(("control", "unit", "range", "at rest", "meaning"), rows)
    yield from section("Readings", "What can be measured. `shown on` names the box that displays it; without one it exists only as truth.")
    readings = ((r.name, r.unit, f"{r.resolution:g}", f"{r.low:g} to {r.high:g}", r.host or "-", r.meaning) for r in READINGS.values())
    yield from table(("reading", "unit", "resolution", "range", "shown on", "meaning"), readings)
    yield from section("Faults", "What a scenario can inject. A fault changes a device, never a reading.")
    faults = ((f.name, ", ".join(parameter(p) for p in f.parameters) or "-", f.meaning) for f in FAULTS.values())
    yield from table(("fault", "parameters", "meaning"), faults)
    yield from section("Interlocks", "What a machine can do by itself; which of them a circuit has stands in its file. More in alarms.md.")
    locks = (
        (i.name, f"`{i.reading}` {'above' if i.sign > 0 else 'below'} `{i.limit}`", i.does, f"`{i.arm}`", f"`{i.override}`", i.source)
        for i in INTERLOCKS.values()
    )
    yield from table(("interlock", "acts when", "does", "switch", "override", "source"), locks)
    yield from section("Laboratory tests", "What `sample` draws: values of that moment, shown when the result is back.")
    tests = (
        (x.name, x.title, f"{x.turnaround_s:g} s" + (f" and the {x.runs_for} itself" if x.runs_for else ""), ", ".join(x.readings))
        for x in LABS.values()
    )
    yield from table(("test", "title", "takes", "readings"), tests)
    yield from section("Groups of sensors", "What `mend` puts right at once: zero, contact, a display that stands.")
    yield from table(("group", "readings"), ((name, ", ".join(readings)) for name, readings in GROUPS.items()))
    yield from section("Actions", "The verbs of everything that can be done; each is logged with who did it.")
    yield from table(("verb", "meaning"), ((verb, VERB_MEANINGS[verb]) for verb in VERBS))
    yield from section("Jobs", "What takes time and hands (`do` it yourself, or `order` it).")
    jobs = (
        (t.id, t.title, "until stopped" if t.seconds is None else f"{t.seconds:g} s", str(t.hands), ", ".join(t.by)) for t in tasks.tasks
    )
    yield from table(("job", "title", "takes", "hands", "by"), jobs)
    yield from section("Call-outs", "What can be said.")
    yield from table(("call-out", "title", "words"), ((s.id, s.title, s.text) for s in tasks.sayings))
    yield from section("Looks", "What can be looked at.")
    looks = ((x.id, x.title, f"{x.seconds:g} s", ", ".join(FINDINGS[x.id])) for x in tasks.looks)
    yield from table(("look", "title", "takes", "can find"), looks)
    heads = "A condition has one head (a key with an entry under 'takes') and the keys that it takes. Limits are strict."
    yield from section("Conditions", heads)
    keys = ((key, ", ".join(QUALIFIERS.get(key, ())) or ("nothing" if key in QUALIFIERS else ""), m) for key, m in MEANINGS.items())
    yield from table(("key", "takes", "meaning"), keys)
    order = "A pack's `site_defaults` take the place of these, and a site's profile that of both."
    yield from section("Keys", "Every key of every file of a pack. `needed` keys have no default; the keys of a condition stand above.")
    yield "A text may be written once, in the pack's language, or for each language: `{en: Look., de: Schauen.}`."
    yield "Wherever a number or a flag may stand, `{site: name}` may too."
    for model in (model for model in models() if model.__name__ != "Condition"):
        yield from ("", f"### {model.__name__}", "", (model.__doc__ or "").split("\n\n")[0].replace("\n    ", " ").strip(), "")
        yield from table(("key", "is", "meaning"), keys_of(model))
    yield from section("Drugs", "What `give` may name.")
    yield from table(("drug", "usual bolus", "source"), ((d.name, d.bolus, d.source) for d in DRUGS.values()))
    yield from section("Equipment", "What `bring` and `equipment` may name.")
    yield from table(
        ("equipment", "brought by"), ((e, ", ".join(t.id for t in tasks.tasks if any(x.bring == e for x in t.effects))) for e in EQUIPMENT)
    )
    yield from section("Site values", f"What a site decides, as `{{site: name}}` in a pack. {order}")
    values = ((v.name, v.unit, f"{v.default}", f"{v.low:g} to {v.high:g}", v.meaning, v.source) for v in SITE_VALUES.values())
    yield from table(("site value", "unit", "default", "range", "meaning", "source"), values)
    yield from section("Harm ledger", "Counted from the first perceivable sign, on true readings.")
    ledger = ((q.name, q.unit, "more" if q.worse == "up" else "less", q.meaning) for q in QUANTITIES.values())
    yield from table(("quantity", "unit", "worse is", "meaning"), ledger)
    yield from section("Robots", "Virtual trainees for `--robot`; a play of the pack goes by its own name.")
    yield from table(("robot", "what it does"), ROBOTS.items())


def models() -> list[type[BaseModel]]:
    """Return every model that a pack's files are made of, each once, from the outside in."""
    found: dict[str, type[BaseModel]] = {}
    waiting = list(FILES.values())
    while waiting:
        model = waiting.pop(0)
        if found.setdefault(model.__name__, model) is model:
            waiting += [inner for field in model.model_fields.values() for inner in inside(field.annotation) if inner.__name__ not in found]
    return list(found.values())


def inside(kind: object) -> Iterator[type[BaseModel]]:
    """Yield the models that an annotation speaks of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for argument in get_args(kind):
        yield from inside(argument)


def keys_of(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a model's keys."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield key, "needed" if field.is_required() else "", KEYS[model.__name__][key]


def parameter(p: Parameter) -> str:
    """Return a fault's parameter with its range and unit."""
    return f"{p.name} {p.low:g} to {p.high:g} {p.unit}"


def section(title: str, line: str) -> Iterator[str]:
    """Yield a heading with its sentence."""
    yield from ("", f"## {title}", "", line, "")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a Markdown table; the first column is a name."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for name, *rest in rows:
        yield "| " + " | ".join((f"`{name}`", *(cell.replace("|", "\\|") for cell in rest))) + " |"


if __name__ == "__main__":
    main()
