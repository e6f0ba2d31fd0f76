"""Clients of channels without a socket: what is said to them is recorded as it would stand on the wire."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from mockserver.messages import Request
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message, Opening, Stream
from mockserver.server.assemble import AssembledInstance
from tests.client import HOST, assemble

Heard: TypeAlias = "str | bytes | tuple[object, ...]"
"""A text, a binary message, or how it ended."""


def _read(frame: bytes) -> str | bytes:
    """The message in a frame of a server's."""
    assert frame[0] in (0x81, 0x82), frame[:1]
    start = {126: 4, 127: 10}.get(frame[1], 2)
    return frame[start:].decode() if frame[0] == 0x81 else frame[start:]


@dataclass
class Recorder:
    """A wire that keeps what is sent; after an end it takes nothing more, as the real ones."""

    heard: list[Heard] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    ended: bool = False

    def send(self, message: Message) -> None:
        if self.ended:
            return
        if isinstance(message, Frame):
            self.heard.append(_read(message.websocket))
            self.events.append(message.event_stream.decode(errors="replace"))
        else:
            self.heard.append(message)

    def play(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.send(message)

    def close(self, code: int, reason: str = "") -> None:
        self._end(("close", code, reason))

    def drop(self) -> None:
        self._end(("drop",))

    def reset(self) -> None:
        self._end(("reset",))

    def stall(self) -> None:
        self._end(("stall",))

    def _end(self, how: Heard) -> None:
        if not self.ended:
            self.heard.append(how)
        self.ended = True


@dataclass
class Guest:
    """A client that is connected."""

    opening: Opening
    wire: Recorder = field(default_factory=Recorder)

    def say(self, *messages: object) -> list[Any]:
        """Send messages, objects as JSON; what has been heard since the last time."""
        for message in messages:
            self.opening.session.receive(message if isinstance(message, str | bytes) else json.dumps(message))
        return self.take()

    def take(self) -> list[Any]:
        """What has been heard since the last time, JSON parsed."""
        heard, self.wire.heard = self.wire.heard, []
        return [_parsed(one) for one in heard]

    def events(self) -> list[str]:
        """The events of a stream since the last time."""
        events, self.wire.events = self.wire.events, []
        return events

    def leave(self) -> None:
        self.opening.session.end()


def _parsed(heard: Heard) -> Any:
    if not isinstance(heard, str):
        return heard
    try:
        return json.loads(heard)
    except ValueError:
        return heard


HEAD = """\
mock: 1
seed: 5
clock: 2026-01-15T09:00:00Z
freeze: true
api: {version: v1}
resources:
  zoos: {rows: [{_name: first_zoo, id: 1, name: North}], fields: {id: {seq: 1}, name: {faker: word, max_length: 9}}}
  animals:
    fields:
      id: {seq: 1}
      name: {faker: word, required: true, max_length: 6}
      state: {enum: [open, closed], default: open}
      zoo_id: {ref: zoos, on_delete: cascade}
      secret: {value: null, type: string, write_only: true}
    rows:
      - {id: 1, name: leo, zoo_id: 1, state: open, secret: s3}
      - {id: 2, name: mia, zoo_id: 1, state: closed}
"""


@dataclass
class Party:
    """A service with clients of its channels."""

    service: AssembledInstance

    def request(self, path: str, *headers: str) -> Request:
        target, _, query = path.partition("?")
        named = {"host": HOST}
        for line in headers:
            name, _, value = line.partition(":")
            named[name.lower()] = value.strip()
        return Request("GET", target, tuple(parse_qsl(query, keep_blank_values=True)), named)

    def come(self, path: str, *headers: str) -> Guest:
        """A client whose connection stands."""
        guest = Guest(self.service.connect(self.request(path, *headers)))
        guest.opening.session.open(guest.wire)
        return guest

    def listen(self, path: str, *headers: str) -> Guest:
        """A client of an event stream."""
        reply = self.service.handle(self.request(path, *headers))
        assert reply.status == 200, reply.body
        assert isinstance(reply.live, Stream)
        guest = Guest(reply.live.opening)
        guest.opening.session.open(guest.wire)
        return guest

    def ask(self, method: str, path: str, body: object = None, *headers: str) -> Any:
        """A request beside the sockets, which are told of what it changes."""
        data = b"" if body is None else json.dumps(body).encode()
        request = self.request(path, "Content-Type: application/json", f"Content-Length: {len(data)}", *headers)
        reply = self.service.handle(Request(method, request.target, request.query, request.headers, data))
        assert reply.status < 300, reply.body
        self.deliver()
        return json.loads(reply.body) if reply.body else None

    def deliver(self) -> None:
        for _ in self.service.deliver():
            pass

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.service.clock.advance(seconds)
        # What takes long is done in parts.
        while self.service.advance() == 0:
            pass
        self.deliver()


def gather(channels: str, head: str = HEAD) -> Party:
    """The service of a definition with these channels: YAML below `channels:`."""
    return Party(assemble(f"{head}channels:\n{indent(dedent(channels).strip(), '  ')}\n"))


def meet(rules: str, path: str = "/c", *headers: str, head: str = HEAD) -> Guest:
    """A client of the one channel that has these keys."""
    return gather(f"c:\n  path: /c\n{indent(dedent(rules).strip(), '  ')}", head).come(path, *headers)
