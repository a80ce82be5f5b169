"""JSON Schemas of a pack's files, for editors: completion, hover texts and red lines while one types.

Made from the models, so that they cannot say anything else. What only `drill check` knows (names across files, times,
ways through the story) is not in them.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import BaseModel

from drill.circuit.alarmspec import DEVICE_CONDITIONS
from drill.circuit.components import KINDS
from drill.circuit.consoles import EQUIPMENT
from drill.circuit.controls import CLAMPS, CONTROLS
from drill.circuit.drugs import DRUGS
from drill.circuit.faults import FAULTS
from drill.circuit.looks import FINDINGS
from drill.circuit.patient import PATIENT_DEFAULTS
from drill.circuit.readings import READINGS, SHOWN
from drill.scenarios.conditions import ACKS, CLAMP_NAMES
from drill.scenarios.meanings import KEYS
from drill.scenarios.quantities import QUANTITIES
from drill.scenarios.schema import PackInfo, Play, Scenario, Tasks
from drill.scenarios.schema_base import Circuit, Devices, Patient
from drill.scenarios.site import DERIVED, SITE_VALUES, Profile

FILES: Final[Mapping[str, type[BaseModel]]] = {
    "pack": PackInfo,
    "scenario": Scenario,
    "play": Play,
    "site": Profile,
    "tasks": Tasks,
    "circuit": Circuit,
    "devices": Devices,
    "patient": Patient,
}
FOLDER: Final = ".schema"
# Names that the program itself knows, by model and key; names that a pack gives stand open.
NAMES: Final[Mapping[tuple[str, str], Collection[str]]] = {
    ("Condition", "value"): READINGS,
    ("Condition", "shown"): SHOWN,
    ("Condition", "control"): CONTROLS,
    ("Condition", "found"): FINDINGS,
    ("Effect", "set"): CONTROLS,
    ("Effect", "give"): DRUGS,
    ("Effect", "bring"): EQUIPMENT,
    ("Effect", "clear"): [fault.name for fault in FAULTS.values() if fault.by_hand],
    ("Effect", "tell"): READINGS,
    ("Happening", "set"): CONTROLS,
    ("Happening", "give"): DRUGS,
    ("Happening", "bring"): EQUIPMENT,
    ("Happening", "fault"): (*FAULTS, "cause"),
    ("HarmLimit", "quantity"): QUANTITIES,
    ("Worse", "quantity"): QUANTITIES,
    ("Act", "clamp"): (*CLAMP_NAMES, *CLAMPS),
    ("Act", "unclamp"): (*CLAMP_NAMES, *CLAMPS),
    ("Act", "set"): CONTROLS,
    ("Act", "look"): FINDINGS,
    ("Act", "ack"): ACKS,
    ("Device", "kind"): KINDS,
    ("Sensor", "reading"): SHOWN,
    ("AlarmEntry", "reading"): SHOWN,
    ("AlarmEntry", "condition"): DEVICE_CONDITIONS,
}
MAPS: Final[Mapping[tuple[str, str], Collection[str]]] = {
    ("Start", "controls"): CONTROLS,
    ("Start", "patient"): PATIENT_DEFAULTS,
    ("Patient", "params"): PATIENT_DEFAULTS,
    ("RestingState", "controls"): CONTROLS,
    ("RestingState", "ranges"): READINGS,
    ("PackInfo", "site_defaults"): SITE_VALUES,
    ("Profile", "values"): SITE_VALUES,
}
SITE_NAMES: Final = {("Condition", "task"), ("Act", "do"), ("Act", "order")}  # jobs that a site may choose
_SITE: Final = {
    "type": "object",
    "properties": {"site": {"enum": sorted({*SITE_VALUES, *DERIVED})}},
    "required": ["site"],
    "additionalProperties": False,
    "description": "A number that the site decides",
}


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file; KeyError for a kind that is not in FILES."""
    model = FILES[name]
    raw = model.model_json_schema(by_alias=True, mode="validation")
    definitions = {title: _model(title, part) for title, part in raw.pop("$defs", {}).items()}
    whole = _model(model.__name__, raw)
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"Drill: {name}", **whole, "$defs": definitions}


def schema_files() -> dict[str, str]:
    """Return every schema as a file's text by its path in a pack: .schema/scenario.json."""
    return {f"{FOLDER}/{name}.json": json.dumps(schema(name), indent=1, sort_keys=True) + "\n" for name in FILES}


def _model(title: str, part: dict[str, Any]) -> dict[str, Any]:
    """Return a model's schema with what its keys mean, and the names that may stand there."""
    meanings = KEYS.get(title, {})
    found = {key: value for key, value in part.items() if key not in ("title", "description")}
    properties: dict[str, Any] = {}
    for key, value in part.get("properties", {}).items():
        made = _site_too(_untitled(value)) if key != "schema" else _untitled(value)
        if (title, key) in NAMES:
            made = _named(made, NAMES[title, key])
        if (title, key) in SITE_NAMES:
            plain = {name: value for name, value in made.items() if name != "default"}
            made = {**{name: made[name] for name in ("default",) if name in made}, "anyOf": [*made.get("anyOf", [plain]), _SITE]}
        if (title, key) in MAPS:
            made = {**made, "propertyNames": {"enum": sorted(MAPS[title, key])}}
        properties[key] = {**made, "description": meanings[key]} if key in meanings else made
    return {**found, "properties": properties} if properties else found


def _untitled(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _untitled(value) for key, value in part.items() if not (key == "title" and isinstance(value, str))}
    return [_untitled(value) for value in part] if isinstance(part, list) else part


def _site_too(part: Any) -> Any:
    """Let `{site: name}` stand wherever a number or a flag may."""
    if not isinstance(part, dict):
        return part
    if part.get("type") in ("number", "integer", "boolean"):
        outer = {key: part[key] for key in ("default",) if key in part}
        return {"anyOf": [{key: value for key, value in part.items() if key not in outer}, _SITE], **outer}
    if "anyOf" in part:
        plain = [one for one in part["anyOf"] if isinstance(one, dict) and one.get("type") in ("number", "integer", "boolean")]
        return {**part, "anyOf": [*part["anyOf"], _SITE]} if plain else part
    return {key: _site_too(value) if key in ("items", "additionalProperties") else value for key, value in part.items()}


def _named(part: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Give a key its list of names; what may be missing still may."""
    optional = any(one == {"type": "null"} for one in part.get("anyOf", ()))
    rest = {key: value for key, value in part.items() if key == "default"}
    return {"anyOf": [{"enum": sorted(names)}, {"type": "null"}], **rest} if optional else {"enum": sorted(names), **rest}
