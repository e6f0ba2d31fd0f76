"""The bytes of uploaded files, each kept once under its digest. Documents say which of them they hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from hashlib import sha256
from typing import Final

from mockserver.errors import PayloadTooLarge
from mockserver.generation.schema import Resource
from mockserver.generation.upload import DIGEST
from mockserver.messages import Document

LIMIT_BYTES: Final = 256 * 1024 * 1024


def file_fields(resource: Resource) -> list[str]:
    """The fields that hold uploaded files."""
    return [name for name, attribute in resource.attributes.items() if attribute.file is not None]


def digests_of(fields: Sequence[str], document: Document) -> Iterator[str]:
    """What a document holds of uploaded files in these fields."""
    for name in fields:
        held = document.get(name)
        if isinstance(held, dict) and isinstance(digest := held.get(DIGEST), str):
            yield digest


class Contents:
    """Files by the SHA-256 of their bytes, within a bound.

    Bytes that no document holds any more, or none yet, stay until there is no room: a write may be taken back, a
    document restored, and the files of one form come before their document.
    """

    __slots__ = ("_held", "_kept", "_limit_bytes", "size_bytes")

    def __init__(self, held: Callable[[], Set[str]], limit_bytes: int = LIMIT_BYTES) -> None:
        self._held = held
        self._limit_bytes = limit_bytes
        self._kept: dict[str, bytes] = {}
        self.size_bytes = 0

    def put(self, content: bytes) -> str:
        """Keep bytes; returns their digest. *Raises* `PayloadTooLarge` when there is no room for them."""
        digest = sha256(content).hexdigest()
        if digest in self._kept:
            self._kept[digest] = self._kept.pop(digest)
            return digest
        if self.size_bytes + len(content) > self._limit_bytes:
            self._make_room(len(content))
        self._kept[digest] = content
        self.size_bytes += len(content)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The bytes with that digest."""
        return self._kept.get(digest)

    @property
    def kept(self) -> Mapping[str, bytes]:
        """The files by their digests, to be read only."""
        return self._kept

    def held(self) -> dict[str, bytes]:
        """Those that documents hold."""
        wanted = self._held()
        return {digest: content for digest, content in self._kept.items() if digest in wanted}

    def adopt(self, kept: Mapping[str, bytes]) -> None:
        """Take over what another keeps."""
        self._kept.update(kept)
        self.size_bytes = sum(map(len, self._kept.values()))

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.size_bytes = 0

    def _make_room(self, size_bytes: int) -> None:
        """Drop what no document holds, that which came first before the rest, and no more than there has to be."""
        held = self._held()
        for digest in [one for one in self._kept if one not in held]:
            if self.size_bytes + size_bytes <= self._limit_bytes:
                return
            self.size_bytes -= len(self._kept.pop(digest))
        if self.size_bytes + size_bytes > self._limit_bytes:
            raise PayloadTooLarge(f"There is no room: files of {self._limit_bytes:,} bytes in all are kept.")
