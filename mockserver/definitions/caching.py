"""What `Cache-Control` may say (RFC 9111 §5.2.2, RFC 5861, RFC 8246). Knows nothing of resources."""

import re
from typing import Annotated, Any, Final

from pydantic import PlainValidator, WithJsonSchema

from mockserver.definitions.union import problem
from mockserver.errors import suggestion

_TIMED: Final = ("max-age", "s-maxage", "stale-if-error", "stale-while-revalidate")
_NAMED: Final = ("no-cache", "private")
_PLAIN: Final = ("immutable", "must-revalidate", "must-understand", "no-store", "no-transform", "proxy-revalidate",
                 "public")  # fmt: skip
_DIRECTIVE = re.compile(r'([^\s=,"]+)(?:=("[^"\\\x00-\x1f\x7f]*"|[^\s",]+))?')
_LIST = re.compile(rf"{_DIRECTIVE.pattern}(?:\s*,\s*{_DIRECTIVE.pattern})*")
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)
_FIELDS = re.compile(r'"[A-Za-z0-9-]+(?:\s*,\s*[A-Za-z0-9-]+)*"')


def parse_cache_control(value: Any) -> str:
    """A list of directives as it stands in the header. *Raises* `PydanticCustomError` with what is wrong."""
    if not isinstance(value, str) or not value.isascii() or _LIST.fullmatch(value.strip()) is None:
        raise problem("should be a list of Cache-Control directives", "e.g. 'public, max-age=60'")
    found = [(name.lower(), argument) for name, argument in _DIRECTIVE.findall(value)]
    names = [name for name, _ in found]
    for name, argument in found:
        _check(name, argument)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise problem(f"'{twice}' stands here twice")
    if "public" in names and "private" in names:
        raise problem("an answer can't be both public and private", "remove one of the two")
    return ", ".join(f"{name}={argument}" if argument else name for name, argument in found)


def _check(name: str, argument: str) -> None:
    if name not in (*_TIMED, *_NAMED, *_PLAIN):
        raise problem(f"there is no directive '{name}'", suggestion(name, (*_TIMED, *_NAMED, *_PLAIN)))
    if name in _TIMED and _SECONDS.fullmatch(argument) is None:
        raise problem(f"'{name}' wants whole seconds", f"e.g. {name}=60")
    if name in _PLAIN and argument:
        raise problem(f"'{name}' takes no value", f"write {name} alone")
    if name in _NAMED and argument and _FIELDS.fullmatch(argument) is None:
        raise problem(f"'{name}' takes header names in double quotes", f'e.g. {name}="set-cookie"')


CacheControl = Annotated[
    str,
    PlainValidator(parse_cache_control),
    WithJsonSchema({"type": "string", "description": "directives of Cache-Control: public, max-age=60"}),
]
"""The value of a `Cache-Control` header, checked."""
