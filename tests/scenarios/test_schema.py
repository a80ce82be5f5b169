"""The JSON Schemas for editors say what the code says: they accept what is shipped, and underline what is wrong."""

import copy
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from pydantic import BaseModel

from drill.scenarios import schema as scenario_schema
from drill.scenarios import schema_base, schema_rubric, site
from drill.scenarios.jsonschema import FILES, MAPS, NAMES, schema
from drill.scenarios.meanings import KEYS
from drill.scenarios.yaml_reader import read_yaml

SHIPPED = Path(__file__).resolve().parents[2] / "scenario_packs"
KINDS = {"scenarios": "scenario", "plays": "play", "circuits": "circuit", "devices": "devices", "patients": "patient", "sites": "site"}
YAML = sorted(path for path in SHIPPED.rglob("*.yaml"))
MODELS = {
    model.__name__: model
    for module in (scenario_schema, schema_base, schema_rubric, site)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__name__ != "Model"
}


def kind_of(path: Path) -> str:
    """Which schema a file of a pack has."""
    return KINDS.get(path.parent.name, path.stem)


@pytest.fixture(scope="module")
def validators() -> dict[str, Any]:
    """The schemas, ready to be asked."""
    return {name: fastjsonschema.compile(schema(name)) for name in FILES}


@pytest.mark.parametrize("path", YAML, ids=[path.relative_to(SHIPPED).as_posix() for path in YAML])
def test_a_shipped_file_fits_its_schema(path: Path, validators: dict[str, Any]) -> None:
    """No red line in an editor where the check finds nothing."""
    validators[kind_of(path)](read_yaml(path, path.name).data)


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (("start", "settel_s"), 60),
        (("start", "controls", "pump_rpm"), 3000),
        (("time_limit_s",), "soon"),
        (("stages", 1, "next", 0, "when", "value"), "map_mmgh"),
        (("stages", 1, "enter", 0, "fault"), "motor_falt"),
        (("rubric", "harm", 0, "quantity"), "back_flow"),
        (("rubric", "steps", 0, "within_s"), {"site": "clamp_wihin_s"}),
        (("case", "briefing"), {"english": "Look."}),
    ],
)
def test_a_slip_is_underlined(change: tuple[Any, ...], value: object, validators: dict[str, Any]) -> None:
    """Unknown keys and names, and values of another kind, do not fit."""
    data = copy.deepcopy(read_yaml(SHIPPED / "pump_head_failure/scenarios/va_flow_lost.yaml", "x").data)
    holder = data
    for part in change[:-1]:
        holder = holder[part]
    holder[change[-1]] = value

    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validators["scenario"](data)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_each_key_has_its_meaning(name: str) -> None:
    """Every key of every model is explained, and no other."""
    assert {field.alias or key for key, field in MODELS[name].model_fields.items()} == set(KEYS[name])


def test_names_and_maps_stand_at_keys_that_exist() -> None:
    """A list of names for a key that was renamed would be silently lost."""
    assert [(model, key) for model, key in (*NAMES, *MAPS) if key not in KEYS[model]] == []
    assert set(KEYS) == set(MODELS)
