"""Where a WebSocket handshake leads: to a channel, to the feed, or to a socket that the convention has of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from mockserver.definitions.pattern import RoutePattern, parse_pattern
from mockserver.errors import UnknownPath, suggestion
from mockserver.messages import Request
from mockserver.realtime.asking import Asked
from mockserver.realtime.command import CommandDesk, CommandLine, Word
from mockserver.realtime.command_session import CommandSession
from mockserver.realtime.feed_desk import FeedDesk
from mockserver.realtime.feed_session import FeedSession
from mockserver.realtime.frame import Frame
from mockserver.realtime.seat import Seat
from mockserver.realtime.session import Opening
from mockserver.realtime.subscription import NOTHING
from mockserver.value import dataclass

_FEED: Final = "events.ws"
_COMMANDS: Final = "commands.ws"


@dataclass(frozen=True, slots=True)
class Switchboard:
    """The sockets of one definition. `feed` is the feed as it is told at present; `commands` answers clients.

    A client's message has `message_bytes` at most.
    """

    feed: Callable[[], FeedDesk]
    commands: CommandDesk
    message_bytes: int

    def connect(self, request: Request, others: Sequence[str]) -> Opening:
        """The session of a handshake. *Raises* `Problem` where it is to be refused.

        `others` are the paths of sockets elsewhere, for suggestions.
        """
        desk, name = self.feed(), self._find(request.segments())
        if name is not None:
            return self._open(request, desk, name)
        known = [*others, *(place.path for place in desk.sockets())]
        raise UnknownPath(f"There is no WebSocket at {request.target}; {suggestion(request.target, known)}")

    def has(self, request: Request) -> bool:
        """Whether a handshake leads to the feed, or to a socket of the convention's own. *Raises* `BadRequest`."""
        return self._find(request.segments()) is not None

    def _find(self, steps: Sequence[str]) -> str | None:
        for name, places in ((_FEED, self.feed().sockets()), (_COMMANDS, _own(self.commands))):
            if any(place.match(steps) is not None for place in places):
                return name
        return None

    def told(self) -> list[tuple[str, str, str]]:
        """What there is to connect to, for people: scheme, path, and what it is for."""
        path = self.feed().path
        return [
            ("ws", f"{path}/ws", "changes as they happen, and commands"),
            *(("ws", route.path, "commands") for route in _own(self.commands)),
            ("http", f"{path}/sse", "the changes as server-sent events"),
        ]

    def _open(self, request: Request, desk: FeedDesk, name: str) -> Opening:
        line = CommandLine(self.commands, request)

        def answer(message: str | bytes, words: Mapping[str, Word]) -> Frame | None:
            return line.answer(message, words).frame

        seat = Seat(
            name,
            desk.audience,
            self.feed,
            # Whoever has logged in by a command since is not who the handshake says.
            readmit=lambda: self.feed().admit_socket(replace(request, headers=line.headers)),
            stamp=lambda: (self.feed().gate.stamp, line.changes),
            answer=answer,
        )
        caller, most = desk.admit_socket(request), self.message_bytes
        if name == _COMMANDS:
            listener = FeedSession(seat, caller, Asked(NOTHING))
            return Opening(CommandSession(listener), desk.pace.beat_s, max_message_bytes=most, listener=listener)
        listener = FeedSession(seat, caller, desk.reader.read(request.query))
        return Opening(listener, desk.pace.beat_s, max_message_bytes=most, listener=listener)


def _own(desk: CommandDesk) -> Sequence[RoutePattern]:
    return [parse_pattern(f"GET {path}") for path in desk.manner.paths]
