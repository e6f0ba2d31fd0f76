"""The JSON Schema of the definition format, for editors. Knows JSON Schema; nothing of what the format means.

What a key means is the text that stands below it in its model. It is read only here: to have pydantic read it would
cost every start the parsing of all models' sources.
"""

import ast
from collections.abc import Mapping
from functools import cache
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

Draft: TypeAlias = Literal["2020-12", "07"]

_DIALECTS: dict[Draft, str] = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "07": "http://json-schema.org/draft-07/schema#",
}


class _Plain(GenerateJsonSchema):
    """Leaves out what an editor would only repeat: titles, which spell every key once more, and empty defaults."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        made.pop("title", None)
        model: type[BaseModel] = schema["cls"]
        told = key_words(model)
        for name, field in model.model_fields.items():
            key = field.alias or name
            if name in told and key in made.get("properties", {}):
                shown = made["properties"][key]
                shape = shown.get("description")
                shown["description"] = f"{told[name]} ({shape})" if shape else told[name]
        return made

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if not isinstance(made.get("default"), bool | int | float | str):
            made.pop("default", None)
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        if "patternProperties" in made:
            # Without this a name that breaks the pattern would be passed over instead of refused.
            made["additionalProperties"] = False
        return made


def key_words(model: type[BaseModel]) -> Mapping[str, str]:
    """What stands below each field of a model, of what it inherits, and of what it is composed of."""
    found: dict[str, str] = {}
    own = [one for one in reversed(model.__mro__) if issubclass(one, BaseModel) and one is not BaseModel]
    for one in (*own, *getattr(model, "parts", ())):
        found |= _words_of(one)
    return found


@cache
def _words_of(model: type) -> Mapping[str, str]:
    try:
        source = getsource(model)
    except (OSError, TypeError):  # it was made at run time, or its source is not there
        return {}
    body = ast.parse(dedent(source)).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class
    return {
        field.target.id: cleandoc(words.value.value)
        for field, words in pairwise(body.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
        and isinstance(words.value.value, str)
    }


def write_schema(model: type[BaseModel], draft: Draft) -> dict[str, Any]:
    """The schema of a composed definition model.

    *Source* https://json-schema.org/draft/2020-12/release-notes for what draft-07 spells otherwise.
    """
    schema: Any = model.model_json_schema(schema_generator=_Plain)
    if draft == "07":
        schema = _age(schema)
    return {"$schema": _DIALECTS[draft], **schema, "title": "mockserver definition"}


def _age(schema: Any) -> Any:
    """A schema of 2020-12 as draft-07 writes it; of what differs, only what pydantic emits is turned."""
    if isinstance(schema, list):
        return [_age(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    aged = {name: _age(inner) for name, inner in schema.items()}
    if isinstance(aged.get("$defs"), dict):
        aged["definitions"] = aged.pop("$defs")
    if isinstance(aged.get("prefixItems"), list):
        aged |= {"items": aged.pop("prefixItems"), "additionalItems": aged.get("items", True)}
    reference = aged.get("$ref")
    if isinstance(reference, str):
        aged["$ref"] = reference.replace("#/$defs/", "#/definitions/")
        if len(aged) > 1:
            # Beside `$ref` draft-07 ignores everything.
            return {"allOf": [{"$ref": aged.pop("$ref")}], **aged}
    return aged
