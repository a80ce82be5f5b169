"""Words that all parts of a pack share: names, references, texts in one language or several, numbers, times.

Unknown keys are refused, numbers must be finite, and a text never turns into a number.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema

LANGUAGE: Final = "en"
LANGUAGE_PATTERN: Final = r"^[a-z]{2,3}(-[A-Z]{2})?$"
LANGUAGES_KEY: Final = "languages"  # of the context of a validation: what is wanted, the best first

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Ref = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$", max_length=121)]
Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Seconds = Annotated[float, Field(ge=0, le=7200)]
Points = Annotated[float, Field(ge=0, le=1000)]
Mode = Literal["guided", "practice", "exam"]


def pick(value: Any, languages: Sequence[str]) -> Any:
    """Return the text in the best of the languages that it is there in: asked for, the same without its country, any.

    What is not a mapping of languages comes back as it is. Raises ValueError for a mapping that is not one.
    """
    if not isinstance(value, Mapping):
        return value
    for tag, text in value.items():
        if not re.fullmatch(LANGUAGE_PATTERN, str(tag)):
            if text is None and len(value) > 1:  # what stood behind a comma
                raise ValueError(f"'{str(tag)[:20]}' stands behind a comma, which ends a text: put the text in quotes")
            raise ValueError(f"'{str(tag)[:20]}' is not a language: write the text, or each language (en, de, pt-BR) with its text")
        if not isinstance(text, str) or not text:
            raise ValueError(f"the text in '{tag}' must be text, and not empty")
    if not value:
        raise ValueError("expected text, or a text for each language; found an empty mapping")
    wanted = [tag for language in languages for tag in (language, language.partition("-")[0])]
    return value[next((tag for tag in wanted if tag in value), next(iter(value)))]


def _pick(value: Any, info: ValidationInfo) -> Any:
    return pick(value, (info.context or {}).get(LANGUAGES_KEY, (LANGUAGE,)))


Words = Annotated[
    str,
    Field(min_length=1, max_length=4000),
    BeforeValidator(_pick),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 4000},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": False,
                    "patternProperties": {LANGUAGE_PATTERN: {"type": "string", "minLength": 1, "maxLength": 4000}},
                },
            ]
        }
    ),
]


class Model(BaseModel):
    """Frozen, strict about keys and types (an int is a number, a text is not)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Draw(Model):
    """A number drawn once per run from the scenario's `vary` table, by name."""

    draw: Id


Number = float | Draw
