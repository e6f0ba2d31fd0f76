"""A validation failure of a resource that nobody has caused: it names real fields and rules they really have."""

from collections.abc import Sequence
from typing import Final

from mockserver.errors import FieldError, Invalid, sentence
from mockserver.generation.schema import Attribute, Resource
from mockserver.messages import Json
from mockserver.query.naming import Naming

_UNLIKELY: Final[tuple[Json, ...]] = ("", None, {}, [])
"""What fields rarely accept, the likeliest mistake first."""


def invalid_of(resource: Resource, naming: Naming, names: Sequence[str]) -> Invalid:
    """What a body would be answered whose fields of these names, which may have dots, all break their rules."""
    errors = [_error(resource, naming, name) for name in names]
    first, others = errors[0], len(errors) - 1
    said = sentence(f"The {resource.singular()} is not valid: {first.name} {first.detail}")
    return Invalid(f"{said} ({others} more)" if others else said, errors)


def _error(resource: Resource, naming: Naming, name: str) -> FieldError:
    attribute = attribute_at(resource, name)
    pointer = "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in naming.wire(name).split("."))
    return FieldError("is not valid" if attribute is None else _complaint(attribute), pointer)


def attribute_at(resource: Resource, path: str) -> Attribute | None:
    """The field of a dotted path, or nothing where there is none."""
    first, *rest = path.split(".")
    found = resource.attributes.get(first)
    for step in rest:
        if found is None:
            return None
        found = (found if found.item is None else found.item).properties.get(step)
    return found


def _complaint(attribute: Attribute) -> str:
    """What is said of a value that the field does not accept; that it needs one where it accepts the others."""
    flaws = (flaw.detail for value in _UNLIKELY for flaw in attribute.flaws(value) if not flaw.where)
    return next(flaws, "is required" if attribute.rules.required else "is not valid")
