"""What answers for one sandbox: its API, its feed's windows, its channels, joined from a definition and its state."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from time import perf_counter, time

from mockserver.conventions.styled import convention_of
from mockserver.definitions.quantity import write_instant
from mockserver.errors import BadRequest, Problem, UnknownPath
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.formula.scope import Reading
from mockserver.messages import Json, Reply, Request
from mockserver.openapi.document import describe
from mockserver.query.naming import Naming
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.stream import stream_endpoints
from mockserver.realtime.command import CommandDesk
from mockserver.realtime.feed_desk import open_desk
from mockserver.realtime.session import Opening, Stream
from mockserver.realtime.switchboard import Switchboard
from mockserver.realtime.window import feed_endpoints, only_a_socket
from mockserver.rest.action.joining import Ground, join_actions, named_keys
from mockserver.rest.api import RestApi
from mockserver.rest.auth.entry import Entry
from mockserver.rest.media import upload_bytes
from mockserver.sandbox.address import DEFAULT
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.succession import Difference, compare
from mockserver.server.assemble.preparation import Prepared
from mockserver.server.greeting import greeting
from mockserver.store.store import Store


@dataclass(frozen=True, slots=True)
class Staged:
    """A definition ready to take the place of the one that is served, and what of it differs."""

    prepared: Prepared
    difference: Difference
    store: Store


class AssembledInstance:
    """One definition being served from one sandbox."""

    def __init__(self, prepared: Prepared, name: str = DEFAULT) -> None:
        self.name = name
        self.sandbox = Sandbox(prepared.definition, prepared.generation, prepared.rows)
        self.journal = self.sandbox.journal
        self.clock = self.sandbox.clock
        self._join(prepared)

    def _join(self, prepared: Prepared) -> None:
        """Make what answers from a definition and the sandbox: all that a reload makes anew."""
        self._prepared = prepared
        self.policy = prepared.policy
        self.definition = prepared.definition
        sandbox, convention = self.sandbox, convention_of(prepared.definition.api)
        self._entry = entry = Entry(prepared.policy, sandbox.store, sandbox.sessions)
        ground = Ground(
            prepared.definition, prepared.generation, sandbox.store, sandbox.filler, sandbox.tally, sandbox.jobs
        )
        joined = join_actions(prepared.actions, ground, convention)
        self._runner = joined.runner
        self.journal.secrets = entry.secrets
        self.feed = open_desk(
            prepared.definition,
            sandbox.store,
            convention,
            gate=entry.gate,
            audience=sandbox.audience,
            sandbox=self.name,
        )
        desk = CommandDesk(self.command, self.refuse, convention.socket)
        self._switchboard = Switchboard(lambda: self.feed, desk)
        prefixes = convention.prefixes(prepared.definition.api.version, prepared.definition.api.application)
        naming = Naming(sandbox.store.schema, convention.case)
        reading = Reading(sandbox.store, naming, named_keys(prepared.generation))
        floor = Floor(reading, entry.gate, desk, prefixes, prepared.definition.seed)
        sandbox.channels.declare(prepared.channels, floor)
        self.api = RestApi(
            prepared.definition,
            sandbox.store,
            convention,
            sandbox.filler,
            gate=entry.gate,
            endpoints=(
                *entry.endpoints,
                *joined.endpoints,
                *feed_endpoints(self.feed, lambda: self.feed),
                *stream_endpoints(sandbox.channels, prefixes),
            ),
            replays=sandbox.replays,
        )

    def stage(self, prepared: Prepared) -> Staged:
        """Make ready what would take long in `replace`; what is served is only looked at, so any thread may do it."""
        difference = compare(self._prepared.declared, prepared.declared)
        return Staged(prepared, difference, self.sandbox.stage(prepared.generation, prepared.rows, difference))

    def replace(self, staged: Staged) -> Difference:
        """Serve another definition from now on: other data where it differs, the data there is where it does not."""
        prepared = staged.prepared
        self.sandbox.succeed(prepared.definition, prepared.generation, prepared.rows, staged.store, staged.difference)
        self._join(prepared)
        return staged.difference

    @property
    def upload_bytes(self) -> int:
        """How many bytes of files one request may carry."""
        return upload_bytes(self.sandbox.store.schema)

    def advance(self) -> float | None:
        """Do what is due by now; in how many seconds more will be, nothing when nothing will."""
        self._runner.advance()
        self.sandbox.channels.advance()
        due = [one for one in (self._runner.next_due_s(), self.sandbox.channels.next_due_s()) if one is not None]
        return min(due, default=None)

    def hasten(self, notify: Callable[[], None]) -> None:
        """Call `notify` when something is due sooner than `advance` has said."""
        self.sandbox.channels.hasten(notify)

    def handle(self, request: Request) -> Reply:
        """The answer to a request."""
        self._runner.advance()
        self.sandbox.channels.advance()
        reply = self._placed(self.api.handle(request))
        if reply.came_to == UnknownPath.slug and self.sandbox.channels.find(request) is not None:
            return replace(self.refuse(request, only_a_socket()), at=reply.at)
        return reply

    def _placed(self, reply: Reply) -> Reply:
        """The reply, with the sandbox named to what stays open."""
        if not isinstance(reply.live, Stream):
            return reply
        return replace(reply, live=replace(reply.live, opening=replace(reply.live.opening, sandbox=self.name)))

    def command(self, request: Request) -> Reply:
        """The answer to a request that came over a socket; it is recorded as any other."""
        started = perf_counter()
        reply = self.handle(request)
        if reply.live is not None:
            reply = self.refuse(request, BadRequest("Over a socket nothing is waited for: say /sys/subscribe instead."))
        told = replace(reply, decided_by=f"{reply.decided_by} over a socket")
        self.journal.record(request, told, time(), perf_counter() - started)
        return reply

    def connect(self, request: Request) -> Opening:
        """The session of a WebSocket handshake. *Raises* `Problem` where it is to be refused."""
        self.advance()
        channels = self.sandbox.channels
        if channels.find(request) is not None:
            return replace(channels.connect(request), sandbox=self.name)
        others = [one.path.path for one in self._prepared.channels if not one.is_stream]
        return replace(self._switchboard.connect(request, others), sandbox=self.name)

    def publish(self, topic: str, data: Json, method: str = "") -> str:
        """Put an event of somebody's own under a topic; its id. *Raises* `ValueError` for a name that can't be one."""
        return self.sandbox.feed.publish(topic, method, data, self.sandbox.clock.now()).cursor

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` after every change of the feed until the returned function is called."""
        return self.sandbox.feed.watch(notify)

    def deliver(self) -> Iterator[None]:
        """Hand every session what it has not been told yet. *Raises* what it came to, once all others have theirs."""
        failure: Exception | None = None
        try:
            yield from self.sandbox.audience.deliver()
        except Exception as error:  # noqa: BLE001 - raised again below
            failure = error
        yield from self.sandbox.channels.deliver()
        if failure is not None:
            raise failure

    def occasion(self, request: Request, scope: Scope, transport: Transport) -> Occasion:
        """What faults may be matched against where a request leads."""
        paths, resource = self.api.locate(request)
        return Occasion(scope, transport, request, paths, resource, lambda: self._identify(request))

    def _identify(self, request: Request) -> str:
        """The name of whoever asks, empty for nobody."""
        try:
            user = self._entry.gate.identify(request).user
        except Problem:
            return ""
        return "" if user is None else user.name

    def has_path(self, request: Request) -> bool:
        """Whether anything is at the path of a request."""
        return self.api.has_path(request)

    def refuse(self, request: Request, problem: Problem) -> Reply:
        """The answer to a request that is turned away before it gets to the API."""
        return self.api.refuse(request, problem)

    def status(self) -> dict[str, Json]:
        """What is served, and how much of it there is now."""
        self._runner.advance()
        paths = {resource.name: path for path, resource in reversed(list(self.api.router.collections()))}
        resources: list[Json] = [
            {"name": name, "path": paths[name], "count": len(self.sandbox.store[name])}
            for name in self.sandbox.store.schema.resources
        ]
        return {
            "name": self.definition.name,
            "seed": self.definition.seed,
            "convention": self.api.convention.name,
            "at": self.sandbox.feed.at,
            "now": write_instant(self.sandbox.clock.now()),
            "requests": self.journal.recorded,
            "resources": resources,
            "jobs": {"running": len(self.sandbox.jobs), "failures": list(self.sandbox.jobs.failures)},
            "channels": {"open": len(self.sandbox.channels), "failures": list(self.sandbox.channels.failures)},
        }

    def openapi(self, api: str) -> dict[str, Json]:
        """The OpenAPI document, its examples from the data there is now."""
        return describe(self.definition, self.api, self.sandbox.store, self.policy, api)

    def reset(self, what: Collection[str]) -> None:
        """Put back the parts named; no names mean all."""
        self.sandbox.reset(what)

    def greeting(self, api: str) -> str:
        """What to paste first."""
        channels = [
            ("http" if one.is_stream else "ws", one.path.path, one.section.describe or f"the channel {one.name}")
            for one in self._prepared.channels
        ]
        sockets = [*self._switchboard.told(), *channels]
        return greeting(self.definition, self.api, self.sandbox.store, self.policy, sockets=sockets, origin=api)
