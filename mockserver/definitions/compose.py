"""Joins the core model with the sections and generators that other layers own into the one model of a definition."""

from collections.abc import Mapping
from typing import Annotated, Any, Union

from pydantic import BeforeValidator, Discriminator, GetJsonSchemaHandler, Tag, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mockserver.definitions.field import COMPOSED, CellSpec, FieldRules, FieldSpec
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.union import problem
from mockserver.errors import suggestion

_PLAIN = "plain"
"""The arm of a trait's cell that is any value."""


class _ShorthandSchema:
    """Tells JSON Schema that a field may be a provider's bare name too."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "description": "a Faker provider"}, handler(core)]}


def _field_union(kinds: Mapping[str, type[FieldRules]]) -> Any:
    """The tagged union of all generators' models, in which a bare string is a Faker provider."""

    def normalise(value: Any) -> Any:
        if isinstance(value, str):
            return {"faker": value}
        if isinstance(value, FieldRules):
            return value
        if not isinstance(value, dict):
            raise problem("should be a Faker provider's name, or a mapping with one generator", "e.g. {int: [1, 5]}")
        chosen = [key for key in value if key in kinds]
        if len(chosen) == 1:
            return value
        if chosen:
            raise problem(f"has {len(chosen)} generators: {', '.join(chosen)}", "leave one; the others are fields")
        others = [key for key in value if key not in FieldRules.model_fields]
        hint = suggestion(str(others[0]), kinds) if others else "e.g. {faker: name}, {int: [1, 5]} or {value: null}"
        raise problem("says no generator", hint)

    def tag(value: Any) -> str:
        return _kind(kinds, value)

    arms = tuple(Annotated[model, Tag(name)] for name, model in kinds.items())
    union = Union[arms]  # type: ignore[valid-type]  # noqa: UP007 - made of a tuple at run time
    return Annotated[union, Discriminator(tag), BeforeValidator(normalise), _ShorthandSchema()]


def _kind(kinds: Mapping[str, type[FieldRules]], value: Any) -> str:
    """The generator that a mapping or a model names, or `_PLAIN` for what names none."""
    keys: Any = type(value).model_fields if isinstance(value, FieldRules) else value
    return next((kind for kind in kinds if kind in keys), _PLAIN) if isinstance(keys, dict) else _PLAIN


class _CellSchema:
    """Tells JSON Schema that a mapping with a generator is a value too, as far as shapes go."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": handler(core)["oneOf"], "description": "a value, or a generator that draws it"}


def _cell_union(kinds: Mapping[str, type[FieldRules]]) -> Any:
    """What a cell of a trait may be: a mapping with a generator in it, or any value."""

    def tag(value: Any) -> str:
        return _kind(kinds, value)

    arms = (*(Annotated[model, Tag(name)] for name, model in kinds.items()), Annotated[Any, Tag(_PLAIN)])
    union = Union[arms]  # type: ignore[valid-type]  # noqa: UP007 - made of a tuple at run time
    return Annotated[union, Discriminator(tag), _CellSchema()]


def compose(kinds: Mapping[str, type[FieldRules]], sections: Mapping[str, tuple[Any, Any]]) -> type[CoreDefinition]:
    """The model of a definition: `kinds` are the generators' models, `sections` maps a section to type and default."""
    fields = _field_union(kinds)
    composed: type[CoreDefinition] = create_model("Definition", __base__=CoreDefinition, **sections)  # type: ignore[call-overload]
    composed.field_union = fields
    token = COMPOSED.set({FieldSpec: fields, CellSpec: _cell_union(kinds)})
    try:
        composed.model_rebuild(force=True)
    finally:
        COMPOSED.reset(token)
    return composed
