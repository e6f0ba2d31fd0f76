"""What one client is told: at once, or kept for a moment to be told later, until it has gone."""

from collections.abc import Callable, Iterable

from mockserver.realtime.channel.cursor import Progress
from mockserver.realtime.channel.said import Said
from mockserver.realtime.session import Message, Wire


class Voice:
    """Speaks to one client, as soon as its connection stands."""

    __slots__ = ("_kept", "_progress", "_wire")

    def __init__(self) -> None:
        self._wire: Wire | None = None
        self._progress = Progress()
        self._kept: list[Said] | None = None

    def begin(self, wire: Wire) -> None:
        """The connection stands."""
        self._wire = wire

    def send(self, message: Message) -> None:
        """Send a message."""
        if self._wire is not None:
            self._wire.send(self._progress.place(message))

    def play(self, messages: Iterable[Said]) -> None:
        """Send messages as the client takes them."""
        if self._wire is not None:
            self._wire.play([self._progress.place(message) for message in messages])

    def keeps(self, said: Said) -> bool:
        """Whether a message is not to be sent now, but was kept."""
        if self._kept is None:
            return False
        self._kept.append(said)
        return True

    def keep(self, tell: Callable[[], None]) -> list[Said]:
        """What would be sent, as far as it comes. *Raises* as `tell` does."""
        kept = self._kept = list[Said]()
        try:
            tell()
        finally:
            self._kept = None
        return kept

    def end(self, ending: Callable[[Wire], None]) -> None:
        """End the connection; nothing is sent from now on."""
        wire, self._wire = self._wire, None
        if wire is not None:
            ending(wire)

    def fall_silent(self) -> None:
        """Send nothing from now on: the connection is gone."""
        self._wire = None
