"""The feed of one sandbox as one definition tells of it: where it is, who may listen, how it is read and written."""

from collections.abc import Mapping, Sequence
from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import Unauthenticated
from mockserver.messages import Request
from mockserver.query.caller import Caller, Gate
from mockserver.query.naming import Naming
from mockserver.query.view import sees_nothing
from mockserver.realtime.asking import FeedReader
from mockserver.realtime.audience import Audience
from mockserver.realtime.event import EventWriter
from mockserver.realtime.feed_path import feed_routes
from mockserver.realtime.system import Pace
from mockserver.store.store import Store
from mockserver.value import dataclass

POLL: Final = 0
STREAM: Final = 1
SOCKET: Final = 2
"""The windows, as their routes are ordered."""
_PLAIN: Final = {POLL: "poll", STREAM: "sse"}
"""Those that a plain request is for."""


@dataclass(frozen=True, slots=True)
class FeedDesk:
    """All that the windows of a feed stand on. `paths` are those of poll and event stream, each with which it is."""

    audience: Audience
    gate: Gate
    writer: EventWriter
    reader: FeedReader
    pace: Pace
    routes: Sequence[RoutePattern]
    prefixes: Sequence[str]
    takes_strangers: bool
    paths: Mapping[str, str]

    def admit(self, request: Request, window: int) -> Caller:
        """Who listens at a window. *Raises* `Unauthenticated`, `Forbidden`."""
        return self.gate.admit(request, (self.routes[window].steps,))

    def admit_socket(self, request: Request) -> Caller:
        """Who is at the other end of a socket; somebody who sees nothing where strangers are let in.

        *Raises* as `admit`.
        """
        try:
            return self.admit(request, SOCKET)
        except Unauthenticated:
            if not self.takes_strangers:
                raise
            # No window of the feed is for them; what they may do here is to log in.
            return Caller(None, sees_nothing)

    @property
    def path(self) -> str:
        """The address of the feed that is told."""
        return "/".join((self.prefixes[0], *self.routes[POLL].steps))

    def sockets(self) -> Sequence[RoutePattern]:
        """The whole paths that the feed's socket is at."""
        steps = self.routes[SOCKET].steps
        return [RoutePattern("GET", (*prefix.split("/")[1:], *steps)) for prefix in self.prefixes]


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
    routes = feed_routes(api)
    prefixes = convention.prefixes(api.version, api.application)
    paths = {
        name: f"{convention.prefixes(api.version, resource.section.application or api.application)[0]}/{name}"
        for name, resource in store.schema.resources.items()
    }
    return FeedDesk(
        audience,
        gate,
        EventWriter(store, naming, paths, prefixes[0]),
        FeedReader(store, naming, convention, strict=api.strict and not convention.lenient),
        Pace(sandbox, api.feed.beat_s),
        routes,
        prefixes,
        convention.socket.takes_strangers,
        {"/".join((prefix, *routes[number].steps)): name for number, name in _PLAIN.items() for prefix in prefixes},
    )
