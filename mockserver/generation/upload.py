"""What is kept beside documents: the rules of uploaded files, the size of drawn pictures, and the URLs of both.

Knows declarations; neither how bytes come in nor where they are kept.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import quote, unquote

from mockserver.definitions.expression import Expression
from mockserver.definitions.field import FieldRules
from mockserver.messages import Json
from mockserver.value import dataclass

ANY_TYPE: Final = "*"
_ID_STEP: Final = "/:id/"
DIGEST: Final = "sha256"
"""The member of a file's value that says which bytes it holds."""


@dataclass(frozen=True, slots=True)
class Upload:
    """How large a file may be, and of which media types; `image/*` is a whole family, none listed are all."""

    max_bytes: int
    types: tuple[str, ...] = ()

    def admits(self, media: str) -> bool:
        """Whether a file of that media type may be kept; parameters and letter case aside."""
        essence = media.partition(";")[0].strip().lower()
        family = f"{essence.partition('/')[0]}/{ANY_TYPE}"
        return not self.types or essence in self.types or family in self.types


class Size(NamedTuple):
    """Width and height of a picture in CSS pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field of documents is served: `/v1/animals/:id/photo`, without an id for a singleton."""

    path: str

    @property
    def step(self) -> str:
        """The last step of the path, decoded."""
        return unquote(self.path.rpartition("/")[2])

    def at(self, key: Json) -> str:
        """The path for the document of that id."""
        return self.path.replace(_ID_STEP, f"/{quote(str(key), safe='')}/", 1)

    def expression(self) -> Expression:
        """The path as a computed field has it."""
        return Expression(
            source=self.path,
            paths=frozenset({("id",)}),
            ends=frozenset({("id",)}),
            calls=(),
            path=None,
            is_text=True,
            _run=lambda scope: self.at(scope["id"]),
        )


Locate: TypeAlias = Callable[[str, str], Place]
"""Where a field of a resource is served, by both their names."""


def place_below(collection: str, field: str, *, by_id: bool) -> Place:
    """The place of a field below the path of its resource."""
    return Place(f"{collection}{_ID_STEP if by_id else '/'}{quote(field, safe='')}")


def below_root(resource: str, field: str) -> Place:
    """The place of a field where no prefix stands before it."""
    return place_below(f"/{resource}", field, by_id=True)


def upload_of(rules: FieldRules) -> Upload | None:
    """The rules of the files a field holds, if it holds any."""
    options: Any = getattr(rules, "file", None)
    return None if options is None else Upload(options.max, tuple(kind.lower() for kind in options.types))


def size_of(rules: FieldRules) -> Size | None:
    """The size of a field's pictures, if it has any."""
    pair: Any = getattr(rules, "image", None)
    return None if pair is None else Size(*pair)
