"""Checks one document against its model, and says every misfit in an author's words, at its place."""

import json
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from drill.errors import nearest
from drill.scenarios.diagnostics import Diagnostic, Path, cut, found
from drill.scenarios.schema_words import LANGUAGE, LANGUAGES_KEY
from drill.scenarios.yaml_reader import Document

M = TypeVar("M", bound=BaseModel)

_KINDS = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def fit(
    document: Document, model: type[M], site_paths: Mapping[Path, str], languages: Sequence[str] = (LANGUAGE,)
) -> tuple[M | None, list[Diagnostic]]:
    """Return the model made of a document's data, or None with every reason why it does not fit.

    `site_paths` names the site value that stands at a path, so that a misfit can say where it came from. Texts are taken
    in the best of the `languages` that they are there in.
    """
    try:
        # As JSON, lists become tuples and whole numbers pass as numbers, while a text still never becomes a number.
        return model.model_validate_json(json.dumps(document.data, ensure_ascii=True), context={LANGUAGES_KEY: languages}), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    return None, list(_say_all(document, model, details, site_paths))


def _say_all(
    document: Document, model: type[BaseModel], details: Iterable[ErrorDetails], site_paths: Mapping[Path, str]
) -> Iterable[Diagnostic]:
    kinds: dict[Path, list[str]] = {}
    for detail in details:
        path, rest = _resolve(document.data, detail["loc"])
        value = _at(document.data, path)
        kind = detail["type"]
        if kind == "extra_forbidden":
            allowed = _fields(_model_at(model, path[:-1]))
            comma = ": if it belongs to the text before its comma, put the text in quotes" if value is None else ""
            yield document.problem(path, f"unknown key {cut(repr(path[-1]))}{comma or nearest(str(path[-1]), allowed)}", key=True)
        elif kind == "too_short" and value:
            continue  # its members are there, but misfits themselves: they have their own lines
        elif kind == "missing":
            yield document.problem(path, f"the key '{rest[-1]}' is missing", key=True)
        elif kind in _KINDS:
            mapping = isinstance(value, Mapping)
            # Of a choice between a number and a mapping, only the branch that was meant is worth a word.
            if not (mapping and rest):
                kinds.setdefault(path, []).append(_KINDS[kind])
        else:
            at_key = rest == ("[key]",)
            yield document.problem(path, _say(detail, path[-1] if at_key and path else value), key=at_key)
    for path, wanted in kinds.items():
        value = _at(document.data, path)
        expected = " or ".join(dict.fromkeys(wanted))
        why = f" (from the site value '{site_paths[path]}')" if path in site_paths else _hint(wanted, value)
        yield document.problem(path, f"expected {expected}, found {found(value)}{why}")


def _say(detail: ErrorDetails, value: object) -> str:
    """Say one misfit that is neither a wrong kind nor a missing or unknown key."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"must be {words} {context[name]:g}, found {found(value)}"
    match kind:
        case "literal_error":
            allowed = [text.strip("'") for text in str(context["expected"]).replace(" or ", ", ").split(", ")]
            near = nearest(value, allowed) if isinstance(value, str) else ""
            every = "" if near.startswith(" (allowed") else f" (allowed: {', '.join(allowed)})"
            return f"found {found(value)}{near}{every}"
        case "string_pattern_mismatch":
            return _name_hint(str(context["pattern"]), value)
        case "too_short":
            return f"needs at least {context['min_length']}, found {context['actual_length']}"
        case "too_long":
            return f"takes at most {context['max_length']}, found {context['actual_length']}"
        case "string_too_short":
            return "must not be empty"
        case "string_too_long":
            return f"longer than {context['max_length']} characters"
        case "value_error":
            return str(context["error"])
        case "finite_number":
            return "must be a finite number"
        case _:
            return f"does not fit here: found {found(value)}"


def _name_hint(pattern: str, value: object) -> str:
    text = str(value)
    if pattern.startswith("^20"):
        return f"'{cut(text)}' is not a date: write it as 2026-11-21"
    if "/" in pattern:
        return f"{found(value)} is not a reference: write pack/name, such as base/va_ecmo_adult"
    plain = "".join(char if char.isascii() and char.isalnum() else "_" for char in text.lower()).strip("_0123456789")[:60]
    suggestion = f" (try {plain})" if plain else ""
    return f"{found(value)} is not a name: lower-case letters, digits and _, beginning with a letter{suggestion}"


def _hint(wanted: list[str], value: object) -> str:
    if "text" in wanted and isinstance(value, bool | int | float):
        return ": put it in quotes"
    if "a number" in wanted and isinstance(value, str):
        return ": write 90, not 1:30" if ":" in value else ": write the number without a unit or quotes"
    if wanted == ["true or false"] and value in ("on", "off", "yes", "no"):
        return ": write true or false"
    return ""


def _resolve(data: Any, loc: tuple[str | int, ...]) -> tuple[Path, tuple[str | int, ...]]:
    """Split a location into the path that exists in the data and the rest: names of a choice's branches, or a missing key."""
    path: list[str | int] = []
    rest: list[str | int] = []
    for part in loc:
        inside = (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int) and part < len(data))
        if inside and not (rest and rest[-1] == "[key]"):
            data = data[part]
            path.append(part)
        else:
            rest.append(part)
    return tuple(path), tuple(rest)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _fields(model: type[BaseModel] | None) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()] if model is not None else []


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model whose keys stand at a path, by walking the annotations."""
    here: list[Any] = [model]
    for part in path:
        here = [inner for kind in here for inner in _step(kind, part)]
    models = [kind for kind in here if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return models[0] if models else None


def _step(kind: Any, part: str | int) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = [info for name, info in kind.model_fields.items() if (info.alias or name) == part]
        return [inner for info in fields for inner in _alternatives(info.annotation)]
    arguments = get_args(kind)
    if get_origin(kind) is dict and isinstance(part, str):
        return _alternatives(arguments[1])
    if get_origin(kind) in (tuple, list) and isinstance(part, int):
        return _alternatives(arguments[0])
    return []


def _alternatives(kind: Any) -> list[Any]:
    """Return what a choice can be, without None and without annotations."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _alternatives(get_args(kind)[0])
    if origin is Union or origin is types.UnionType:
        return [inner for choice in get_args(kind) for inner in _alternatives(choice)]
    return [] if kind is type(None) or origin is Literal else [kind]
