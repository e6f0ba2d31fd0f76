"""The names of query parameters: which ones mean window, order, search, and so on."""

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from mockserver.value import dataclass

Role: TypeAlias = Literal[
    "limit", "offset", "page", "size", "cursor", "sort", "sortby", "order", "sorting", "search", "fields", "embed"
]

NEUTRAL: Mapping[str, Role] = {
    "limit": "limit",
    "offset": "offset",
    "page_number": "page",
    "page_size": "size",
    "page": "page",
    "per_page": "size",
    "skipCount": "offset",
    "maxResultCount": "limit",
    "cursor": "cursor",
    "sort": "sort",
    "sortby": "sortby",
    "order": "order",
    "q": "search",
    "fields": "fields",
    "embed": "embed",
    "include": "embed",
    "expand": "embed",
}
"""The names every convention knows, where it gives them no other meaning."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One convention's names for parameters, over the neutral ones.

    `any_case` reads the names of fields in any letter case, `any_case_bodies` the members of bodies too; parameters are
    read so everywhere. `least` is the smallest page that may be asked for. With `patterns` the operator `like` takes a
    regular expression. `neutral` are the names that are known beside the convention's own.
    """

    names: Mapping[str, Role] = field(default_factory=dict)
    any_case: bool = False
    any_case_bodies: bool = False
    least: int = 0
    patterns: bool = False
    neutral: Mapping[str, Role] = field(default_factory=lambda: NEUTRAL)

    def roles(self, fields: Collection[str] = ()) -> dict[str, Role]:
        """Every name, folded, with what it means; `fields` are names that are no neutral parameters."""
        neutral = {name: role for name, role in self.neutral.items() if name not in fields}
        return {name.casefold(): role for name, role in {**neutral, **self.names}.items()}

    def turning(self) -> dict[str, str]:
        """The parameter to turn pages with, for each role: the convention's own, the last named first."""
        names: dict[str, str] = {}
        for name, role in (*reversed(list(self.names.items())), *self.neutral.items()):
            names.setdefault(role, name)
        return names


@dataclass(frozen=True, slots=True)
class PageRules:
    """How large a page is unless asked for, and at most; nothing for no bound.

    `first` is the number of the first page; where pages are `numbered`, a list is the first one unless asked otherwise.
    """

    default: int | None
    largest: int | None
    first: int = 1
    numbered: bool = False
