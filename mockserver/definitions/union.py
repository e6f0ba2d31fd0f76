"""What the models of a definition share: errors with a hint, and unions told apart by the shape of what is written."""

from typing import Any

from pydantic import Discriminator
from pydantic_core import PydanticCustomError

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
