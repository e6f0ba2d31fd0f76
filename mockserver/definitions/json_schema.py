"""The JSON Schema of the definition format, for editors. Knows JSON Schema; nothing of what the format means."""

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
