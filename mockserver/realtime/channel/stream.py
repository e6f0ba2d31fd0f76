"""Answers the requests to one channel that is an event stream: as an endpoint of the API, though it knows no other."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Protocol

from mockserver.definitions.pattern import RoutePattern
from mockserver.messages import Reply, Request
from mockserver.realtime.channel.channel import Channel
from mockserver.realtime.channel.channels import Channels
from mockserver.realtime.session import Stream
from mockserver.value import dataclass

_HEADERS: Final = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"))


class Asked(Protocol):
    """A request to an endpoint, with the parameters of its path."""

    @property
    def request(self) -> Request: ...

    @property
    def parameters(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class StreamEndpoint:
    """One event stream. Whom it lets in is its own to say, and not that of the API's rules."""

    channel: Channel
    channels: Channels
    prefixes: Sequence[str]

    is_public: ClassVar[bool] = True
    is_bare: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """What the channel is called."""
        return self.channel.name

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for."""
        return (self.channel.path,)

    def answer(self, call: Asked) -> Reply:
        """The head of the stream, and what follows it. *Raises* `Problem` for those who are refused."""
        decided = f"channel {self.name}"
        if call.request.method == "HEAD":
            return Reply(200, _HEADERS, decided_by=decided)
        opening = self.channels.admit(self.channel, call.request, call.parameters)
        return Reply(200, _HEADERS, decided_by=decided, live=Stream(opening))


def stream_endpoints(channels: Channels, prefixes: Sequence[str]) -> tuple[StreamEndpoint, ...]:
    """The endpoints of all channels that are event streams."""
    places = tuple(dict.fromkeys((*prefixes, "")))
    return tuple(StreamEndpoint(one, channels, places) for one in channels.streams)
