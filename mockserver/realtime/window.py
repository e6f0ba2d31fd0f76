"""The windows of the feed: poll and long poll, event stream, WebSocket. All of them give the same events.

Each is an endpoint as the API knows them, and knows nothing of how answers are written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Protocol

import orjson

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import Unauthenticated, UpgradeRequired
from mockserver.messages import Json, Reply, Request
from mockserver.query.caller import Caller, Gate
from mockserver.query.naming import Naming
from mockserver.realtime import system
from mockserver.realtime.asking import Asked, FeedReader, place_of
from mockserver.realtime.audience import Audience
from mockserver.realtime.event import EventWriter
from mockserver.realtime.feed_path import feed_routes
from mockserver.realtime.feed_session import FeedSession, Seat
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Held, Opening, Stream
from mockserver.realtime.system import RETRY_MS, Pace
from mockserver.store.event import Event
from mockserver.store.feed import Gap, Place
from mockserver.store.store import Store

NEXT_MS: Final = 2000
"""How long a client that polls is to wait before it asks again."""
_NO_STORE: Final = ("Cache-Control", "no-store")
_PREAMBLE: Final = b"retry: %d\n\n" % RETRY_MS


_POLL, _STREAM, _SOCKET = range(3)
"""The windows, as their routes are ordered."""


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
class FeedDesk:
    """The feed of one sandbox as one definition tells of it."""

    audience: Audience
    gate: Gate
    writer: EventWriter
    reader: FeedReader
    pace: Pace
    routes: Sequence[RoutePattern]
    prefixes: Sequence[str]
    takes_strangers: bool

    def readmit(self, request: Request) -> Caller:
        """Who listens to the stream, once more. *Raises* `Unauthenticated`, `Forbidden`."""
        return self.gate.admit(request, (self.routes[_STREAM].steps,))

    def readmit_socket(self, request: Request) -> Caller:
        """Who is at the other end of a socket; a visitor where those are let in. *Raises* as `readmit`."""
        try:
            return self.gate.admit(request, (self.routes[_SOCKET].steps,))
        except Unauthenticated:
            if not self.takes_strangers:
                raise
            return self.gate.visitor()

    @property
    def path(self) -> str:
        """The address of the feed that is told."""
        return "/".join((self.prefixes[0], *self.routes[_POLL].steps))

    def sockets(self) -> Sequence[tuple[str, ...]]:
        """The steps of the paths that the feed's socket is at."""
        return [(*prefix.split("/")[1:], *self.routes[_SOCKET].steps) for prefix in self.prefixes]


def open_desk(  # noqa: PLR0913 - what the feed stands on is joined here
    definition: CoreDefinition,
    store: Store,
    convention: Styled,
    *,
    gate: Gate,
    audience: Audience,
    sandbox: str,
) -> FeedDesk:
    """The feed of a definition; `sandbox` is the name of the one that it is heard from."""
    api = definition.api
    naming = Naming(store.schema, convention.case, any_case=convention.spelling.any_case_bodies)
    prefixes = convention.prefixes(api.version, api.application)
    paths = {
        name: f"{convention.prefixes(api.version, resource.section.application or api.application)[0]}/{name}"
        for name, resource in store.schema.resources.items()
    }
    return FeedDesk(
        audience,
        gate,
        EventWriter(store.schema, naming, paths, prefixes[0]),
        FeedReader(store, naming, convention, strict=api.strict and not convention.lenient),
        Pace(sandbox, api.feed.beat_s),
        feed_routes(api),
        prefixes,
        convention.socket.takes_strangers,
    )


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """What happened since a place, at once, or as soon as there is something to tell."""

    desk: FeedDesk
    name: ClassVar[str] = "events.poll"
    is_public: ClassVar[bool] = False
    is_bare: ClassVar[bool] = True

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for."""
        return self.desk.routes[_POLL : _POLL + 1]

    @property
    def prefixes(self) -> Sequence[str]:
        """The paths that its route stands below."""
        return self.desk.prefixes

    def answer(self, call: Call) -> Reply:
        """The events, or an answer that waits for some. *Raises* `BadRequest`."""
        asked = self.desk.reader.read(call.request.query)
        poll = _Poll(self.desk, call.caller, asked)
        found = poll.look()
        if found is not None:
            return found
        nothing = poll.nothing()
        is_held = asked.wait_s > 0 and call.request.method == "GET"
        return replace(nothing, live=Held(asked.wait_s, poll.look, poll.nothing)) if is_held else nothing


class _Poll:
    """One request's wait for events."""

    __slots__ = ("_asked", "_caller", "_desk", "_next_ms", "_place")

    def __init__(self, desk: FeedDesk, caller: Caller, asked: Asked) -> None:
        feed = desk.audience.feed
        self._desk = desk
        self._caller = caller
        self._asked = asked
        self._next_ms = 0 if asked.wait_s > 0 else NEXT_MS
        self._place = place_of(asked.since, feed) or feed.place

    def look(self) -> Reply | None:
        """What there is to tell, if anything. *Raises* `Problem`."""
        subscription, feed = self._asked.subscription, self._desk.audience.feed
        found = feed.since(self._place, subscription.topics)
        if isinstance(found, Gap):
            asked = self._asked.since or found.asked
            lost = system.told(replace(found, asked=asked), self._desk.writer.refetch(subscription.topics))
            return self._reply((), lost, found.place)
        frames = [frame for event in found.events if (frame := self._frame(event)) is not None]
        # What was not for this client needs not to be looked at again.
        self._place = found.place
        return self._reply(frames, None, found.place) if frames else None

    def nothing(self) -> Reply:
        """That there is nothing yet."""
        return self._reply((), None, self._place)

    def _frame(self, event: Event) -> Frame | None:
        test = self._asked.subscription.test(event.topic)
        kind = None if test is None else self._desk.writer.judge(event, self._caller.sees, test)
        return None if kind is None else self._desk.writer.frame(event, kind)

    def _reply(self, frames: Sequence[Frame], gap: Json, place: Place) -> Reply:
        body = {
            "events": [orjson.Fragment(frame.data) for frame in frames],
            "at": str(place),
            "gap": gap,
            "next_ms": self._next_ms,
        }
        headers = (("Content-Type", "application/json"), _NO_STORE)
        return Reply(200, headers, orjson.dumps(body), f"{FeedPoll.name} {len(frames)}", str(place))


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
        return self.desk.routes[_STREAM : _STREAM + 1]

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
        seat = Seat(self.name, self.desk.audience, current, lambda: current().readmit(request))
        session = FeedSession(seat, call.caller, replace(asked, since=last or asked.since))
        stream = Stream(Opening(session, self.desk.pace.beat_s), _PREAMBLE)
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
        return self.desk.routes[_SOCKET : _SOCKET + 1]

    @property
    def prefixes(self) -> Sequence[str]:
        """The paths that its route stands below."""
        return self.desk.prefixes

    def answer(self, call: Call) -> Reply:
        """*Raises* `UpgradeRequired`."""
        del call
        raise UpgradeRequired("This is a WebSocket: connect to it with ws://.", headers={"Upgrade": "websocket"})


def feed_endpoints(desk: FeedDesk, current: Callable[[], FeedDesk]) -> tuple[FeedPoll, FeedStream, FeedSocket]:
    """The windows of a desk; `current` is the desk in use, also when this one has been replaced."""
    return FeedPoll(desk), FeedStream(desk, current), FeedSocket(desk)
