"""The JSON Schema of the definition format, for editors. Knows JSON Schema; nothing of what the format means."""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

Draft: TypeAlias = Literal["2020-12", "07"]

_DIALECTS: dict[Draft, str] = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "07": "http://json-schema.org/draft-07/schema#",
}


class _Untitled(GenerateJsonSchema):
    """Leaves out titles, which would only spell every key once more."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def write_schema(model: type[BaseModel], draft: Draft) -> dict[str, Any]:
    """The schema of a composed definition model.

    *Source* https://json-schema.org/draft/2020-12/release-notes for what draft-07 spells otherwise.
    """
    schema: Any = model.model_json_schema(schema_generator=_Untitled)
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
