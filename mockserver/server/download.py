"""A body that is read as it is sent, such as a big file's."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mockserver.value import dataclass

if TYPE_CHECKING:
    from flask import Response


@dataclass(frozen=True, slots=True)
class Download:
    """What is left of a library's response, whose headers are the reply's; `size` is that of the whole body."""

    response: "Response"
    size: int

    @property
    def length(self) -> tuple[str, str]:
        """The header that declares it."""
        return "Content-Length", str(self.size)

    def respond(self, headers: Sequence[tuple[str, str]], method: str) -> "Response":
        """The response itself, with these headers."""
        self.response.headers.clear()
        self.response.headers.extend([*headers, self.length])
        if method == "HEAD":
            self.close()
        return self.response

    def __iter__(self) -> Iterator[bytes]:
        yield from self.response.response  # type: ignore[misc] # bytes, since it is a file

    def close(self) -> None:
        """Read nothing more."""
        self.response.close()
