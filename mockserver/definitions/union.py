"""What the models of a definition share: errors with a hint, and what may be written in more than one shape."""

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Discriminator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from mockserver.definitions.field import Model


def problem(text: str, hint: str = "") -> PydanticCustomError:
    """An error for a validator to raise, with a hint what to do about it."""
    return PydanticCustomError("definition", "{text}", {"text": text, "hint": hint})


def shape_of(value: Any) -> str:
    """The YAML shape of a value: the tag that picks the arm of a union, so that one arm's errors are shown."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, dict | Model):
        return "mapping"
    return {list: "list", str: "text", int: "number", float: "number"}.get(type(value), "nothing")


def one_of_shapes(problem: str) -> Discriminator:
    """A discriminator by `shape_of`, with one sentence for everything else."""
    return Discriminator(shape_of, custom_error_type="shape", custom_error_message=problem)


T = TypeVar("T")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict | Model) else value


class _OneSchema:
    """Tells JSON Schema that one needs no list around it."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(core)
        return {"anyOf": [several["items"], several]}


OneOrMore = Annotated[list[T], BeforeValidator(_listed), _OneSchema()]
"""A list of mappings, or the one that would be alone in it."""
