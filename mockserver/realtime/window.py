"""The windows of the feed: poll and long poll, event stream, WebSocket. All of them give the same events.

Each is an endpoint as the API knows them, and knows nothing of how answers are written.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import ClassVar, Final, Protocol

import orjson

from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import UpgradeRequired
from mockserver.messages import Json, Reply, Request
from mockserver.query.caller import Caller
from mockserver.realtime import system
from mockserver.realtime.asking import Asked, place_of
from mockserver.realtime.event import EventWriter, Kind
from mockserver.realtime.feed_desk import POLL, SOCKET, STREAM, FeedDesk
from mockserver.realtime.feed_session import FeedSession
from mockserver.realtime.frame import Frame
from mockserver.realtime.seat import Seat
from mockserver.realtime.session import Held, Opening, Stream
from mockserver.realtime.system import RETRY_MS
from mockserver.realtime.witness import Loss, Resumption, Told
from mockserver.store.event import Event
from mockserver.store.feed import Gap, Place
from mockserver.value import dataclass

NEXT_MS: Final = 2000
"""How long a client that polls is to wait before it asks again."""
_NO_STORE: Final = ("Cache-Control", "no-store")
_PREAMBLE: Final = b"retry: %d\n\n" % RETRY_MS


class Call(Protocol):
    """One request to a window, and who it is from."""

    @property
    def request(self) -> Request:
        """What was asked."""
        ...

    @property
    def caller(self) -> Caller:
        """Who asks."""
        ...


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """What happened since a place, at once, or as soon as there is something to tell; `current` as of `FeedStream`."""

    desk: FeedDesk
    current: Callable[[], FeedDesk]
    name: ClassVar[str] = "events.poll"
    is_public: ClassVar[bool] = False
    is_bare: ClassVar[bool] = True

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for."""
        return self.desk.routes[POLL : POLL + 1]

    @property
    def prefixes(self) -> Sequence[str]:
        """The paths that its route stands below."""
        return self.desk.prefixes

    def answer(self, call: Call) -> Reply:
        """The events, or an answer that waits for some. *Raises* `BadRequest`."""
        asked = self.desk.reader.read(call.request.query)
        poll = _Poll(call, asked, self.current)
        found = poll.look()
        if found is not None:
            return found
        nothing = poll.nothing()
        is_held = asked.wait_s > 0 and call.request.method == "GET"
        return replace(nothing, live=Held(asked.wait_s, poll.look, poll.nothing)) if is_held else nothing


class _Poll:
    """One request's wait for events."""

    __slots__ = ("_asked", "_caller", "_current", "_next_ms", "_place", "_request", "_since", "_stamp")

    def __init__(self, call: Call, asked: Asked, current: Callable[[], FeedDesk]) -> None:
        feed = current().audience.feed
        self._request = call.request
        self._caller = call.caller
        self._current = current
        self._stamp = current().gate.stamp
        self._asked = asked
        self._next_ms = 0 if asked.wait_s > 0 else NEXT_MS
        self._place = self._since = place_of(asked.since, feed) or feed.place

    def look(self) -> Reply | None:
        """What there is to tell, if anything. *Raises* `Problem` where it may not be told any more."""
        subscription, desk = self._asked.subscription, self._current()
        stamp = desk.gate.stamp
        if stamp != self._stamp:
            self._caller, self._stamp = desk.admit(self._request, POLL), stamp
        found = desk.audience.feed.since(self._place, subscription.topics)
        if isinstance(found, Gap):
            gap = replace(found, asked=self._asked.since or found.asked)
            loss = Loss(subscription.topics, gap, desk.writer.paths(subscription.topics), self._mine)
            return self._reply((), loss, found.place)
        frames = [frame for event in found.events if (frame := self._frame(event, desk.writer)) is not None]
        # What was not for this client needs not to be looked at again.
        self._place = found.place
        return self._reply(frames, None, found.place) if frames else None

    def nothing(self) -> Reply:
        """That there is nothing yet."""
        return self._reply((), None, self._place)

    def _judge(self, event: Event, writer: EventWriter) -> Kind | None:
        test = self._asked.subscription.test(event.topic)
        return None if test is None else writer.judge(event, self._caller.sees, test)

    def _frame(self, event: Event, writer: EventWriter) -> Frame | None:
        kind = self._judge(event, writer)
        return None if kind is None else writer.frame(event, kind)

    def _mine(self, events: Iterable[Event]) -> Sequence[Event]:
        writer = self._current().writer
        return [event for event in events if self._judge(event, writer) is not None]

    def _reply(self, frames: Sequence[Frame], loss: Loss | None, place: Place) -> Reply:
        gap: Json = None if loss is None else system.told(loss.gap, [*loss.paths.values()])
        body = {
            "events": [orjson.Fragment(frame.data) for frame in frames],
            "at": str(place),
            "gap": gap,
            "next_ms": self._next_ms,
        }
        headers = (("Content-Type", "application/json"), _NO_STORE)
        resumption = Resumption(self._asked.subscription.topics, self._since, self._mine)
        told = Told(resumption, place, len(frames), loss, self._asked.wait_s, self._next_ms / 1000)
        return Reply(200, headers, orjson.dumps(body), f"{FeedPoll.name} {len(frames)}", str(place), told=told)


@dataclass(frozen=True, slots=True)
class FeedStream:
    """The feed as server-sent events (WHATWG HTML §9.2). `current` is the desk that new events are told by."""

    desk: FeedDesk
    current: Callable[[], FeedDesk]
    name: ClassVar[str] = "events.sse"
    is_public: ClassVar[bool] = False
    is_bare: ClassVar[bool] = True

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for."""
        return self.desk.routes[STREAM : STREAM + 1]

    @property
    def prefixes(self) -> Sequence[str]:
        """The paths that its route stands below."""
        return self.desk.prefixes

    def answer(self, call: Call) -> Reply:
        """The head of a stream, and the session that goes on from it. *Raises* `BadRequest`."""
        request, current = call.request, self.current
        asked = self.desk.reader.read(request.query)
        # What a client that comes back has seen last is not what its address says.
        last = request.headers.get("last-event-id", "").strip()
        seat = Seat(
            self.name,
            self.desk.audience,
            current,
            readmit=lambda: current().admit(request, STREAM),
            stamp=lambda: current().gate.stamp,
        )
        session = FeedSession(seat, call.caller, replace(asked, since=last or asked.since))
        stream = Stream(Opening(session, self.desk.pace.beat_s, listener=session), _PREAMBLE)
        headers = (("Content-Type", "text/event-stream"), _NO_STORE, ("X-Accel-Buffering", "no"))
        return Reply(200, headers, decided_by=self.name, live=stream if request.method == "GET" else None)


@dataclass(frozen=True, slots=True)
class FeedSocket:
    """The feed over a WebSocket; a request without a handshake is told that there is nothing else."""

    desk: FeedDesk
    name: ClassVar[str] = "events.ws"
    is_public: ClassVar[bool] = False
    is_bare: ClassVar[bool] = True

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for."""
        return self.desk.routes[SOCKET : SOCKET + 1]

    @property
    def prefixes(self) -> Sequence[str]:
        """The paths that its route stands below."""
        return self.desk.prefixes

    def answer(self, call: Call) -> Reply:
        """*Raises* `UpgradeRequired`."""
        del call
        raise only_a_socket()


def only_a_socket() -> UpgradeRequired:
    """What whoever comes to a socket without a handshake is told."""
    return UpgradeRequired("This is a WebSocket: connect to it with ws://.", headers={"Upgrade": "websocket"})


def feed_endpoints(desk: FeedDesk, current: Callable[[], FeedDesk]) -> tuple[FeedPoll, FeedStream, FeedSocket]:
    """The windows of a desk; `current` is the desk in use, also when this one has been replaced."""
    return FeedPoll(desk, current), FeedStream(desk, current), FeedSocket(desk)
