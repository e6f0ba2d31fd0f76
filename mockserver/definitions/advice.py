"""What may stand at a place of a definition, and what it is for: from the models, for those who wrote another thing.

Asked only when something is wrong: reading the words takes longer than a definition that is right.
"""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from mockserver.definitions.field import CellSpec, FieldSpec

_LONGEST: Final = 160


def explain_key(model: type[BaseModel], where: Sequence[str | int]) -> str:
    """What the last key that is known on the way to a place is for."""
    annotations: list[Any] = [model]
    union = getattr(model, "field_union", None)
    said = "docs/format.md has every key there is"
    for step in where:
        arms = [arm for annotation in annotations for _, arm in _arms(annotation, union)]
        said = next(filter(None, (_words_of(arm, step) for arm in arms)), said)
        annotations = _inside(annotations, step, union)
    return said


def _words_of(arm: Any, step: str | int) -> str:
    from mockserver.definitions.json_schema import key_words  # noqa: PLC0415 - it reads sources

    if not isinstance(arm, type) or not issubclass(arm, BaseModel):
        return ""
    named = next((name for name, one in arm.model_fields.items() if step in (name, one.alias)), "")
    words = " ".join((key_words(arm).get(named) or arm.model_fields[named].description or "").split()) if named else ""
    return f"{step}: {_shorten(words)}" if words else ""


def _shorten(words: str) -> str:
    """As many of the first sentences as fit, and the first in any case."""
    if len(words) <= _LONGEST:
        return words
    end = words.rfind(". ", 0, _LONGEST)
    return words[: end + 1] if end > 0 else f"{words.partition('. ')[0]}."


def _arms(annotation: Any, union: Any) -> Iterator[tuple[str | None, Any]]:
    """The alternatives of an annotation with the tags pydantic names them by; `union` is what a field may be."""
    if annotation in (FieldSpec, CellSpec):
        annotation = union
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extras = get_args(annotation)
        tag = next((extra.tag for extra in extras if isinstance(extra, Tag)), None)
        for inner_tag, arm in _arms(inner, union):
            yield tag or inner_tag, arm
    elif origin in (Union, UnionType):
        for arm in get_args(annotation):
            yield from _arms(arm, union)
    else:
        yield None, annotation


def _inside(annotations: list[Any], step: str | int, union: Any) -> list[Any]:
    """What an error's location goes on with after one more step."""
    found: list[Any] = []
    for tag, arm in (pair for annotation in annotations for pair in _arms(annotation, union)):
        origin, arguments = get_origin(arm), get_args(arm)
        if tag == step:
            found.append(arm)
        elif isinstance(arm, type) and issubclass(arm, BaseModel):
            found += [one.annotation for name, one in arm.model_fields.items() if step in (name, one.alias)]
        elif origin in (dict, list):
            found.append(arguments[-1])
    return found


def known_keys(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    """The keys a mapping of a definition, or of a part of one, may have, by pydantic's location of an error in it."""
    annotations: list[Any] = [model]
    fields = getattr(model, "field_union", None)
    for step in location:
        annotations = _inside(annotations, step, fields)
    arms = [arm for annotation in annotations for _, arm in _arms(annotation, fields)]
    keys: list[str] = []
    for arm in arms:
        if isinstance(arm, type) and issubclass(arm, BaseModel):
            keys.extend(field.alias or name for name, field in arm.model_fields.items())
        elif get_origin(arm) is dict:
            keys.extend(key for key in get_args(get_args(arm)[0]) if get_origin(get_args(arm)[0]) is Literal)
    return keys
