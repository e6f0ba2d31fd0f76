"""Bytes that are kept back until there are enough of them. Knows nothing of whose they are."""


class Basin:
    """Gives nothing before `least_bytes` are in it, and then all at once."""

    __slots__ = ("_pieces", "least_bytes", "size")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.least_bytes = 0
        self.size = 0
        """How many bytes are kept back."""

    def __len__(self) -> int:
        return len(self._pieces)

    @property
    def is_full(self) -> bool:
        """Whether there is enough."""
        return self.size >= self.least_bytes

    def fill(self, piece: bytes) -> None:
        """Add some."""
        if piece:
            self._pieces.append(piece)
            self.size += len(piece)

    def empty(self) -> bytes:
        """All there is, which is kept back no longer."""
        pieces, self._pieces, self.size = self._pieces, [], 0
        return b"".join(pieces)
