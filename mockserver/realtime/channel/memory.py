"""What one connection remembers, by name, within bounds."""

from typing import Final

from mockserver.errors import ServerError
from mockserver.messages import Json
from mockserver.realtime.channel.said import encode_json

_MOST: Final = 1000
_MOST_BYTES: Final = 256 * 1024


class Memory:
    """Values by name."""

    __slots__ = ("_bytes", "_sizes", "values")

    def __init__(self) -> None:
        self.values: dict[str, Json] = {}
        self._sizes: dict[str, int] = {}
        self._bytes = 0

    def keep(self, name: str, value: Json) -> None:
        """Remember a value; null forgets it. *Raises* `ServerError` for more than is kept."""
        size = 0 if value is None else len(name) + len(encode_json(value))
        whole = self._bytes - self._sizes.get(name, 0) + size
        if value is not None and (whole > _MOST_BYTES or (name not in self.values and len(self.values) >= _MOST)):
            raise ServerError(f"A connection remembers {_MOST} values at most, and {_MOST_BYTES // 1024} KiB.")
        self._bytes = whole
        if value is None:
            self.values.pop(name, None)
            self._sizes.pop(name, None)
        else:
            self.values[name] = value
            self._sizes[name] = size
