"""A socket for commands: it says nothing of its own accord until its client has subscribed to something."""

from collections.abc import Collection

from mockserver.realtime.feed_session import FeedSession
from mockserver.realtime.session import Wire
from mockserver.realtime.subscription import NOTHING


class CommandSession:
    """A listener to the feed that wants nothing to begin with, and is not greeted."""

    __slots__ = ("_listener",)

    def __init__(self, listener: FeedSession) -> None:
        self._listener = listener

    @property
    def name(self) -> str:
        """What the listener is called."""
        return self._listener.name

    @property
    def user(self) -> str:
        """Who it is with, empty for nobody."""
        return self._listener.user

    @property
    def rooms(self) -> Collection[str]:
        """The topics subscribed to."""
        return self._listener.rooms

    def open(self, wire: Wire) -> None:
        """Take the connection."""
        self._listener.attach(wire)

    def receive(self, message: str | bytes) -> None:
        """Answer a command."""
        self._listener.receive(message)

    def beat(self) -> None:
        """Give a sign of life to those who listen; others have Ping, which their programs don't see."""
        if self._listener.topics != NOTHING.topics:
            self._listener.beat()

    def farewell(self) -> None:
        """Announce the end to those who listen."""
        if self._listener.topics != NOTHING.topics:
            self._listener.farewell()

    def end(self) -> None:
        """Let go."""
        self._listener.end()
