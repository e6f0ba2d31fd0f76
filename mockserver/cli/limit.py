"""Limits on the command line: `sockets=10000`, `headers=64KiB`. Knows their names, their ranges, and who is told."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import click

from mockserver.errors import suggestion

if TYPE_CHECKING:
    from mockserver.definitions.source import Extent
    from mockserver.sandbox.bounds import Bounds

C = TypeVar("C", bound=Callable[..., Any])

_KIB: Final = 1024
_MIB: Final = 1024 * _KIB


class Range(NamedTuple):
    """From what to what a limit may be; `is_size` says that it counts bytes."""

    least: int
    most: int
    is_size: bool = False

    def __str__(self) -> str:
        if self.is_size:
            from mockserver.definitions.quantity import write_size  # noqa: PLC0415 - takes pydantic, and help needs none

            return f"{write_size(self.least)} to {write_size(self.most)}"
        return f"{self.least} to {self.most}"


RANGES: Final[Mapping[str, Range]] = MappingProxyType(
    {
        "url": Range(64, 256 * _KIB, is_size=True),
        "headers": Range(_KIB, _MIB, is_size=True),
        "body": Range(1, 64 * _MIB, is_size=True),
        "frame": Range(128, 16 * _MIB, is_size=True),
        "sockets": Range(1, 1_000_000),
        "unread": Range(_KIB, 1024 * _MIB, is_size=True),
        "unread-frames": Range(1, 1_000_000),
        "held": Range(1, 1_000_000),
        "held-sandbox": Range(1, 1_000_000),
        "journal": Range(1, 1_000_000),
        "sandboxes": Range(1, 1_000_000),
        "feed": Range(1, 100_000),
        "feed-bytes": Range(1, 1024 * _MIB, is_size=True),
        "feed-minutes": Range(1, 7 * 24 * 60),
        "documents": Range(1, 10_000_000),
        "definition": Range(1, 64 * _MIB, is_size=True),
        "aliases": Range(1, 100_000),
    }
)
NAMES: Final = tuple(RANGES)
EXTENT_NAMES: Final = ("definition", "aliases")
"""Those of the files of a definition, whoever reads them."""


class Limit(NamedTuple):
    """One limit, and what it is to be."""

    name: str
    value: int


class LimitOption(click.ParamType[Limit]):
    """`NAME=NUMBER`, of these names; sizes may have a unit."""

    name = "limit"

    def __init__(self, names: Collection[str]) -> None:
        self._names = names

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Limit:
        """The limit, from its spelling."""
        if isinstance(value, Limit):
            return value
        name, _, text = str(value).partition("=")
        if name not in self._names:
            self.fail(f"there is no limit '{name}'; {suggestion(name, self._names)}", param, ctx)
        allowed = RANGES[name]
        number = _read_number(text, is_size=allowed.is_size)
        if not allowed.least <= number <= allowed.most:
            self.fail(f"'{text}' is no number for it; write {name}=NUMBER, from {allowed}.", param, ctx)
        return Limit(name, number)


def _read_number(text: str, *, is_size: bool) -> int:
    """What a text says; 0, which no limit may be, where that is no number."""
    if text.isascii() and text.isdecimal() and len(text) < 20:
        return int(text)
    if not is_size:
        return 0
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - takes long, and help needs none

    from mockserver.definitions.quantity import SizeText  # noqa: PLC0415

    try:
        number: int = TypeAdapter(SizeText).validate_python(text)
    except (ValidationError, OverflowError):
        return 0
    return number


def limit_option(names: Collection[str]) -> Callable[[C], C]:
    """`--limit`, of these names."""
    return click.option(
        "--limit",
        "limits",
        multiple=True,
        type=LimitOption(names),
        metavar="NAME=NUMBER",
        help=f"Allow more, or less, of: {', '.join(names)}. May be given several times.",
    )


def by_name(limits: tuple[Limit, ...]) -> dict[str, int]:
    """Limits by name; the last word on one holds."""
    return {limit.name: limit.value for limit in limits}


def read_extent(limits: Mapping[str, int]) -> "Extent":
    """What a file of a definition may be."""
    from mockserver.definitions.source import EXTENT  # noqa: PLC0415 - only for those who load

    return EXTENT._replace(**_given(limits, {"definition": "size_bytes", "aliases": "aliases"}))


def read_bounds(limits: Mapping[str, int]) -> "Bounds":
    """What each sandbox takes and keeps."""
    from mockserver.sandbox.bounds import Bounds  # noqa: PLC0415 - as above
    from mockserver.store.ring import SPAN  # noqa: PLC0415

    span = SPAN._replace(**_given(limits, {"feed": "events", "feed-bytes": "size_bytes"}))
    if "feed-minutes" in limits:
        span = span._replace(seconds=limits["feed-minutes"] * 60.0)
    bounds = _given(
        limits, {"body": "body_bytes", "frame": "frame_bytes", "documents": "documents", "journal": "journal"}
    )
    return Bounds(**bounds, feed=span)


def _given(limits: Mapping[str, int], called: Mapping[str, str]) -> dict[str, int]:
    """Those of them that are given, by what they are called there."""
    return {field: limits[name] for name, field in called.items() if name in limits}
