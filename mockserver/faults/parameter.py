"""What kinds of faults take as parameters, each within bounds: pauses, sizes, headers, and keys that are only on."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, Tag, WithJsonSchema

from mockserver.definitions.bound import LONGEST_WAIT_S
from mockserver.definitions.quantity import Duration, SizeText, WaitText
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.realtime.channel.span import Span, SpanText

MOST_BYTES: Final = 16 * 1024 * 1024

TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110 §5.6.2 calls a word a token
_NAME: Final = re.compile(TOKEN)
_LONGEST_NAME: Final = 100
_FRAMING: Final = frozenset(
    ("connection", "content-length", "date", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)
_LONGEST_VALUE: Final = 8_000


def _on(value: Any) -> Any:
    if value is not True:
        raise problem("should be true", "leave the key out where it is not wanted")
    return value


def _pause(value: Duration) -> Duration:
    if value.years or not 0 < value.seconds <= LONGEST_WAIT_S:
        raise problem("should be longer than 0s and at most 10m")
    return value


def _span(value: Span) -> Span:
    if value.most_s > LONGEST_WAIT_S:
        raise problem("should be at most 10m")
    return value


def _size(value: int) -> int:
    if value > MOST_BYTES:
        raise problem("should be at most 16MiB")
    return value


def _count_or_share(value: Any) -> int | float:
    if isinstance(value, float) and 0 < value < 1:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_BYTES:
        return value
    raise problem("should be a number of bytes up to 16777216, or a share below 1", "e.g. 100, or 0.5")


def _header_name(name: str) -> str:
    if len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise problem(f"{name!r} can't be the name of a header", "letters, digits and -")
    if name.lower() in _FRAMING:
        raise problem(f"'{name}' is the server's to say", "leave it out")
    return name


def _header_value(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise problem("should be a text", "null leaves the header out")
    if len(value) > _LONGEST_VALUE:
        raise problem(f"has more than {_LONGEST_VALUE} characters")
    if not value.isascii() or any(one < " " or one == "\x7f" for one in value if one != "\t"):
        raise problem("holds characters that no header can hold", "ASCII on one line")
    return value


def _header(value: Any) -> str | None:
    return None if value is None else _header_value(value)


def _names(value: Mapping[str, Any]) -> Mapping[str, Any]:
    folded: dict[str, str] = {}
    for name in value:
        if (other := folded.setdefault(name.lower(), name)) != name:
            raise problem(f"'{other}' and '{name}' are one header", "leave one")
    return value


On = Annotated[Literal[True], BeforeValidator(_on)]
"""A key without parameters: there or not."""

Pause = Annotated[WaitText, AfterValidator(_pause)]
"""A duration up to 10 minutes."""

PauseSpan = Annotated[SpanText, AfterValidator(_span)]
"""A duration up to 10 minutes, or two that it lies between."""

Size = Annotated[SizeText, AfterValidator(_size)]
"""A number of bytes, up to 16 MiB."""

OnOrPause = Annotated[
    Annotated[On, Tag("boolean")] | Annotated[Pause, Tag("text")],
    one_of_shapes("should be true, or a duration like 30s"),
]
"""Without an end of its own, or for so long."""

HeaderValue = Annotated[str, PlainValidator(_header_value), WithJsonSchema({"type": ["string", "integer"]})]
"""What a header may say."""

Headers = Annotated[
    dict[
        Annotated[str, AfterValidator(_header_name)],
        Annotated[Any, PlainValidator(_header), WithJsonSchema({"type": ["string", "integer", "null"]})],
    ],
    Field(min_length=1),
    AfterValidator(_names),
]
"""Headers by name; null stands for leaving one out."""

RetryAfter = Annotated[int, Field(ge=0, le=365 * 86_400)]
"""Whole seconds, up to a year."""

CountOrShare = Annotated[
    int | float,
    PlainValidator(_count_or_share),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}]}
    ),
]
"""So many bytes, up to 16 MiB, or a share of all of them."""


def seconds_of(value: Literal[True] | Duration) -> float | None:
    """The seconds of an `OnOrPause`; none where it has no end of its own."""
    return None if isinstance(value, bool) else value.seconds
