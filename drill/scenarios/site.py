"""The site profile: numbers and choices on which sources dispute or hospitals differ, in one flat, listed map.

A pack says `{site: name}` wherever a scalar of that type may stand. What it means is settled once, at load:
the engine's default, then the pack's `site_defaults`, then the site's own profile.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from pydantic import Field

from drill.errors import nearest
from drill.scenarios.diagnostics import Diagnostic, Path, found
from drill.scenarios.schema import Id, Model, Text
from drill.scenarios.schema_words import LANGUAGE, LANGUAGE_PATTERN
from drill.scenarios.yaml_reader import Document

Value = float | str | bool
LANGUAGE_VALUE = "language"
CHANGES = {"cut_out_oxygenator": "fetch_spare_oxygenator", "cut_out_circuit": "fetch_spare_circuit"}  # each with what brings its spare
DERIVED = {"ecmo_spare": "ecmo_change"}  # a pack may name it, a profile does not set it: it follows from the other


class SiteValue(NamedTuple):
    """One thing a site may decide. `type` is number, text or flag; a number lies between `low` and `high`.

    Times count from the first perceivable sign.
    """

    name: str
    type: Literal["number", "text", "flag"]
    unit: str
    default: Value
    low: float
    high: float
    meaning: str
    source: str


SITE_VALUES: dict[str, SiteValue] = {
    v.name: v
    for v in (
        SiteValue("clamp_within_s", "number", "s", 20.0, 2, 300, "Return line clamped, in full points", "local target"),
        SiteValue("clamp_late_s", "number", "s", 45.0, 2, 600, "Return line clamped, in half points", "local target"),
        SiteValue("flow_back_within_s", "number", "s", 120.0, 10, 1200, "Forward flow again, in full points", "local target"),
        SiteValue("secured_within_s", "number", "s", 300.0, 30, 3600, "Held on a powered drive, in full points", "local target"),
        SiteValue("restart_rpm", "number", "rpm", 1500.0, 500, 4000, "Pump speed before the return clamp comes off",
                  "ecmo.icu, emergency pump failure: 1500 rpm, then the clamp off over 3-5 s"),
        SiteValue("secured_flow_l_min", "number", "L/min", 2.0, 0.5, 6, "Flow that counts as support", "local target"),
        SiteValue("fetch_backup_s", "number", "s", 60.0, 5, 1800, "Fetching the backup console", "local target"),
        SiteValue("no_flow_limit_s", "number", "s", 120.0, 20, 1200, "Time without flow that is tolerated", "local target"),
        SiteValue("no_flow_no_power_limit_s", "number", "s", 100.0, 20, 1200, "The same where only power is missing", "local target"),
        SiteValue("ecmo_change", "text", "", "cut_out_oxygenator", 0, 0,
                  "Changed when the lung of an ECMO fails: cut_out_oxygenator, or cut_out_circuit (head, line, lung); "
                  "`{site: ecmo_spare}` is the task that fetches its spare", "local target"),
        SiteValue(LANGUAGE_VALUE, "text", "", LANGUAGE, 0, 0, "Language of all texts, such as de or pt-BR", "local target"),
        SiteValue("pass_mark_pct", "number", "%", 70.0, 0, 100, "Points needed to pass; no published pass mark was found", "local target"),
    )
}  # fmt: skip


class Profile(Model):
    """sites/*.yaml: what one site has decided. `signed_by` names who answers for it; empty = nobody yet."""

    schema_: Literal["drill/1"] = Field(alias="schema")
    id: Id
    title: Text
    signed_by: str = ""
    values: dict[Id, float | str | bool] = Field(default_factory=dict)


def settle(*layers: tuple[Document, Path, Mapping[str, Any]]) -> tuple[dict[str, Value], list[Diagnostic]]:
    """Return every site value after overlaying the layers in order, and what is wrong in them.

    A layer is a document, the path of its map, and the map. The engine's defaults lie below the first.
    """
    values: dict[str, Value] = {name: value.default for name, value in SITE_VALUES.items()}
    problems: list[Diagnostic] = []
    for document, path, layer in layers:
        for name, value in layer.items():
            here = (*path, name)
            if name not in SITE_VALUES:
                problems.append(document.problem(here, f"unknown site value '{name}'{nearest(name, SITE_VALUES)}", key=True))
                continue
            wrong = _misfit(SITE_VALUES[name], value)
            if wrong:
                problems.append(document.problem(here, wrong))
            else:
                values[name] = float(value) if SITE_VALUES[name].type == "number" else value
    return values, problems


def _misfit(spec: SiteValue, value: object) -> str:
    """Say why a value does not suit its site value; "" if it does."""
    match spec.type:
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return f"'{spec.name}' is a number in {spec.unit}, found {found(value)}"
            if not spec.low <= value <= spec.high:
                return f"'{spec.name}' is between {spec.low:g} and {spec.high:g} {spec.unit}, found {value:g}"
        case "text":
            if not isinstance(value, str):
                return f"'{spec.name}' is text, found {found(value)}"
            if spec.name == "ecmo_change" and value not in CHANGES:
                return f"'ecmo_change' is {' or '.join(CHANGES)}, found {found(value)}"
            if spec.name == LANGUAGE_VALUE and not re.fullmatch(LANGUAGE_PATTERN, value):
                return f"'{spec.name}' is a language such as en, de or pt-BR, found {found(value)}"
        case "flag":
            if not isinstance(value, bool):
                return f"'{spec.name}' is true or false, found {found(value)}"
    return ""


def substitute(document: Document, values: Mapping[str, Value]) -> tuple[Document, dict[Path, str], list[Diagnostic]]:
    """Return the document with site values where it says `{site: name}`, their paths with names, and what is wrong."""
    paths: dict[Path, str] = {}
    problems: list[Diagnostic] = []

    def walk(data: Any, path: Path) -> Any:
        if isinstance(data, list):
            return [walk(value, (*path, i)) for i, value in enumerate(data)]
        if not isinstance(data, dict):
            return data
        if set(data) != {"site"}:
            return {key: walk(value, (*path, key)) for key, value in data.items()}
        name = data["site"]
        if isinstance(name, str) and name in DERIVED:
            paths[path] = name
            return CHANGES[str(values[DERIVED[name]])]
        if not isinstance(name, str) or name not in SITE_VALUES:
            problems.append(document.problem((*path, "site"), f"unknown site value {found(name)}{nearest(str(name), SITE_VALUES)}"))
            return 0.0
        paths[path] = name
        return values[name]

    return replace(document, data=walk(document.data, ())), paths, problems
