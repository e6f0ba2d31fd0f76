"""Body templates: YAML values in which a string that is `$items`, `$item`, `$total`, … stands for that value.

Knows what a template may hold, and neither when one is used nor where the values come from.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.errors import suggestion
from mockserver.messages import Json

VARIABLES: Final = (
    "items", "item", "total", "count", "page", "size", "pages", "offset", "first", "prev", "next", "last",
    "path", "status", "code", "title", "message", "details", "errors", "fields",
)  # fmt: skip

Way = tuple[str | int, ...]


def fill(template: Any, values: Mapping[str, Json]) -> Json:
    """The template with its variables in place; a variable that this answer does not have is null."""
    if isinstance(template, dict):
        return {name: fill(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, values) for value in template]
    if isinstance(template, str) and template.startswith("$"):
        name = template[1:]
        return name if name.startswith("$") else values.get(name)
    return template  # type: ignore[no-any-return]


def flaws(template: Any) -> Iterator[tuple[Way, str, str]]:
    """What is wrong with a template: the way to it, the problem and a hint."""
    if isinstance(template, dict):
        for name, value in template.items():
            if isinstance(name, str):
                yield from _inside(name, value)
            else:
                yield (), f"the key {name!r} is no text, as the names of JSON are", "put it in quotes"
    elif isinstance(template, list):
        for place, value in enumerate(template):
            yield from _inside(place, value)
    elif isinstance(template, str) and template.startswith("$") and not _is_known(template):
        hint = suggestion(template, [f"${known}" for known in VARIABLES])
        yield (), f"there is no variable '{template}'", f"{hint}; a text is written '${template}'"


def _is_known(text: str) -> bool:
    return text.startswith("$$") or text[1:] in VARIABLES


def _inside(step: str | int, value: Any) -> Iterator[tuple[Way, str, str]]:
    for where, problem, hint in flaws(value):
        yield (step, *where), problem, hint
