"""Limits on the command line: `sockets=10000`, `headers=64KiB`. Knows their names, and nothing of what keeps them."""

from typing import Final, NamedTuple

import click
from pydantic import TypeAdapter, ValidationError

from mockserver.definitions.quantity import SizeText
from mockserver.errors import suggestion

NAMES: Final = (
    "url", "headers", "sockets", "unread", "unread-frames", "held", "held-sandbox", "journal", "sandboxes",
)  # fmt: skip
_MOST: Final = 2**31 - 1


class Limit(NamedTuple):
    """One limit, and what it is to be."""

    name: str
    value: int


class LimitOption(click.ParamType[Limit]):
    """`NAME=NUMBER`; sizes may have a unit."""

    name = "limit"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Limit:
        """The limit, from its spelling."""
        if isinstance(value, Limit):
            return value
        name, _, text = str(value).partition("=")
        if name not in NAMES:
            self.fail(f"there is no limit '{name}'; {suggestion(name, NAMES)}.", param, ctx)
        try:
            number: int = TypeAdapter(SizeText).validate_python(int(text) if text.isdecimal() else text)
        except ValidationError:
            number = 0
        if not 0 < number <= _MOST:
            self.fail(f"'{text}' is no number for it; write {name}=2000, or a size like 64KiB.", param, ctx)
        return Limit(name, number)
