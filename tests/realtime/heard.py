"""Listeners to a feed without a connection: what a session says is kept, as its client would have read it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from mockserver.messages import Reply, Request
from mockserver.realtime.feed_session import FeedSession
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Held, Message, Session, Stream
from mockserver.server.assemble import AssembledInstance
from tests.client import HOST


class Heard:
    """The connection of one session. A client that is `slow` reads when it is told to, and not before."""

    def __init__(self, *, slow: bool = False) -> None:
        self.frames: list[dict[str, Any]] = []
        self.cursors: list[str] = []
        self.closed: tuple[int, str] | None = None
        self._waiting: list[Iterator[Message]] = []
        self._slow = slow

    def send(self, message: Message) -> None:
        assert isinstance(message, Frame), "a feed says frames"
        if self.closed is None:
            self._waiting.append(iter([message]))
            if not self._slow:
                self.take()

    def play(self, messages: Iterable[Message]) -> None:
        self._waiting.append(iter(messages))
        if not self._slow:
            self.take()

    def take(self) -> None:
        for message in (one for part in self._waiting for one in part):
            assert isinstance(message, Frame)
            self.frames.append(json.loads(message.data))
            self.cursors.append(message.cursor)
        self._waiting.clear()

    def close(self, code: int, reason: str = "") -> None:
        self.closed = self.closed or (code, reason)

    def drop(self) -> None:
        raise AssertionError("a feed drops nobody")

    reset = stall = drop

    @property
    def methods(self) -> list[str]:
        return [frame["method"] for frame in self.frames]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if "id" in frame]

    def data(self, method: str) -> Any:
        """What the only frame of a method carries."""
        (found,) = [frame["data"] for frame in self.frames if frame["method"] == method]
        return found


class Listening:
    """One session with its connection."""

    def __init__(self, session: Session, service: AssembledInstance, heard: Heard) -> None:
        assert isinstance(session, FeedSession)
        self.session = session
        self.service = service
        self.heard = heard
        session.open(heard)

    def catch_up(self) -> list[dict[str, Any]]:
        """All events so far."""
        deliver(self.service)
        self.heard.take()
        return self.heard.events

    def say(self, method: str, data: Any = None) -> dict[str, Any]:
        """The answer to a word to the system; what came with it is behind it."""
        before = len(self.heard.frames)
        self.session.receive(json.dumps({"method": method, "data": data, "websocketTag": "t"}))
        answers = [frame for frame in self.heard.frames[before:] if frame.get("websocketTag") == "t"]
        assert len(answers) == 1
        return answers[0]


def deliver(service: AssembledInstance) -> None:
    for _ in service.deliver():
        pass


def asking(target: str, *headers: str) -> Request:
    path, _, query = target.partition("?")
    pairs = (line.partition(":") for line in (f"Host: {HOST}", *headers))
    named = {name.lower(): value.strip() for name, _, value in pairs}
    return Request("GET", path, tuple(parse_qsl(query, keep_blank_values=True)), named)


def connected(service: AssembledInstance, target: str, *headers: str, slow: bool = False) -> Listening:
    """A listener over a WebSocket."""
    return Listening(service.connect(asking(target, *headers)).session, service, Heard(slow=slow))


def streaming(service: AssembledInstance, target: str, *headers: str) -> Listening:
    """A listener to an event stream."""
    reply = service.handle(asking(target, *headers))
    assert reply.status == 200, reply.body
    assert isinstance(reply.live, Stream)
    return Listening(reply.live.opening.session, service, Heard())


class Waiting:
    """A long poll: what it is answered, now or later."""

    def __init__(self, service: AssembledInstance, target: str, *headers: str) -> None:
        self.reply: Reply = service.handle(asking(target, *headers))

    @property
    def held(self) -> Held:
        assert isinstance(self.reply.live, Held), "it was answered at once"
        return self.reply.live

    @property
    def is_held(self) -> bool:
        return self.reply.live is not None

    def look(self) -> Any:
        """The answer as soon as there is one, else nothing."""
        reply = self.held.poll() if self.is_held else self.reply
        return None if reply is None else json.loads(reply.body)

    def last(self) -> Any:
        """The answer when the time is over."""
        return json.loads(self.held.last().body)
