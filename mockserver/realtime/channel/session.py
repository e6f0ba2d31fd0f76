"""One conversation of a channel, as its connection knows it. What is said and done is the channel's."""

from collections.abc import Collection

from mockserver.realtime.channel.client import Client
from mockserver.realtime.channel.said import BREATH
from mockserver.realtime.channel.turn import Turn
from mockserver.realtime.session import Wire


class ChannelSession:
    """The conversation with one client."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def name(self) -> str:
        """What it is."""
        return self._client.name

    @property
    def user(self) -> str:
        """Who it is with."""
        user = self._client.identity.caller.user
        return "" if user is None else user.name

    @property
    def rooms(self) -> Collection[str]:
        """What the client has joined."""
        return self._client.rooms

    def open(self, wire: Wire) -> None:
        """The connection stands."""
        client = self._client
        client.begin(wire)
        channel = client.admitted()
        if channel is not None:
            client.enter(channel)
            client.play(channel.opening, Turn(client, "open"))

    def receive(self, message: str | bytes) -> None:
        """A message came."""
        client = self._client
        channel = client.admitted()
        if channel is None:
            return
        client.count += 1
        turn = Turn(client, f"m{client.count}", message)
        if channel.section.commands and isinstance(message, str):
            answer = client.commands.answer(message, {})
            if answer.frame is not None:
                client.send(answer.frame)
            turn.learn("reply", {**answer.body})
            if not client.is_admitted():
                return
        client.play(channel.receiving, turn)

    def beat(self) -> None:
        """The heartbeat is due, to a client whose login may have come to its end meanwhile."""
        client = self._client
        channel = client.looked_at()
        if channel is None:
            return
        if channel.beat is not None:
            client.play((channel.beat,), Turn(client, "beat"))
        elif channel.is_stream:
            client.send(BREATH)

    def farewell(self) -> None:
        """Nothing: what a channel says is its definition's alone."""

    def end(self) -> None:
        """The connection is gone."""
        self._client.go()
