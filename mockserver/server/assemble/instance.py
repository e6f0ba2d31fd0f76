"""What answers for one sandbox: its API, its feed's windows, its channels, joined from a definition and its state."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter, time

from mockserver.agenda import Agenda
from mockserver.conventions.styled import convention_of
from mockserver.definitions.quantity import write_instant
from mockserver.errors import BadRequest, Problem, UnknownPath
from mockserver.faults.faults import Faults
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.preset import preset_faults
from mockserver.faults.violation import invalid_of
from mockserver.formula.scope import Reading
from mockserver.messages import Json, Reply, Request
from mockserver.openapi.document import describe
from mockserver.query.naming import Naming
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.stream import stream_endpoints
from mockserver.realtime.command import CommandDesk
from mockserver.realtime.feed_desk import open_desk
from mockserver.realtime.overhearing import Note, overhear
from mockserver.realtime.session import Opening, Stream
from mockserver.realtime.switchboard import Switchboard
from mockserver.realtime.window import feed_endpoints, only_a_socket
from mockserver.rest.action.joining import Ground, join_actions, named_keys
from mockserver.rest.api import RestApi
from mockserver.rest.auth.entry import Entry
from mockserver.rest.media import upload_bytes
from mockserver.sandbox.address import DEFAULT
from mockserver.sandbox.sandbox import PARTS, Sandbox
from mockserver.sandbox.scenario.play import Play
from mockserver.sandbox.scenario.player import Said
from mockserver.sandbox.scenario.scenario import Scenario
from mockserver.sandbox.snapshot import Snapshot
from mockserver.sandbox.succession import Difference, compare
from mockserver.server.assemble.preparation import Prepared
from mockserver.server.greeting import greeting


@dataclass(frozen=True, slots=True)
class Staged:
    """A definition ready to take the place of the one that is served, and what of it differs."""

    prepared: Prepared
    difference: Difference


class AssembledInstance:
    """One definition being served from one sandbox."""

    def __init__(self, prepared: Prepared, name: str = DEFAULT) -> None:
        self.name = name
        self.sandbox = Sandbox(prepared.seeded, name)
        self.journal = self.sandbox.journal
        self.clock = self.sandbox.clock
        self.snapshots = self.sandbox.snapshots
        self.faults = Faults(prepared.faults, prepared.definition.seed, self.clock.elapsed, presets=preset_faults())
        if prepared.beginning.bars_faults:
            self.faults.bar()
        self.agenda = Agenda(self.clock.elapsed)
        """What faults do to connections and frames, when its time comes."""
        self.play = Play(self.sandbox, self.faults)
        self._join(prepared)
        if prepared.beginning.scenario:
            self.switch(None)

    def _join(self, prepared: Prepared) -> None:
        """Make what answers from a definition and the sandbox: all that a reload makes anew."""
        self._prepared = prepared
        self.policy = prepared.policy
        self.definition = prepared.definition
        sandbox, convention = self.sandbox, convention_of(prepared.definition.api)
        self._entry = entry = Entry(prepared.policy, sandbox.store, sandbox.sessions, lambda: sandbox.user)
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
        self.play.continued(prepared.scenarios)
        return Staged(prepared, compare(self._prepared.declared, prepared.declared))

    def replace(self, staged: Staged) -> Difference:
        """Serve another definition from now on: other data where it differs, the data there is where it does not."""
        prepared = staged.prepared
        same = self.play.continued(prepared.scenarios)
        self.sandbox.succeed(prepared.seeded if same is None else same.variant.seeded(), staged.difference)
        self.faults.declare(prepared.faults, prepared.definition.seed)
        self._join(prepared)
        self.play.follow(prepared.scenarios, prepared.seeded)
        return staged.difference

    @property
    def upload_bytes(self) -> int:
        """How many bytes of files one request may carry."""
        return upload_bytes(self.sandbox.store.schema)

    def advance(self) -> float | None:
        """Do what is due by now; in how many seconds more will be, nothing when nothing will."""
        channels = self.sandbox.channels
        self._runner.advance()
        channels.advance()
        self.play.advance()
        self.faults.advance()
        self.agenda.advance()
        due = (
            self._runner.next_due_s(), channels.next_due_s(), self.play.next_due_s(),
            self.faults.next_due_s(), self.agenda.next_due_s(),
        )  # fmt: skip
        return min((one for one in due if one is not None), default=None)

    def hasten(self, notify: Callable[[], None]) -> None:
        """Call `notify` when something is due sooner than `advance` has said."""
        self.sandbox.channels.hasten(notify)
        self.agenda.hasten = notify
        self.faults.watch(notify)

    def handle(self, request: Request) -> Reply:
        """The answer to a request."""
        self._runner.advance()
        self.sandbox.channels.advance()
        self.play.advance()
        reply = self._placed(self.api.handle(request))
        if reply.came_to == UnknownPath.slug and self.sandbox.channels.find(request) is not None:
            return replace(self.refuse(request, only_a_socket()), at=reply.at)
        return reply

    def recall(self, request: Request, age_s: float) -> Reply:
        """The answer to a request as it would have been so many seconds ago."""
        # What is due writes, and whoever writes is back in the present.
        self._runner.advance()
        self.sandbox.channels.advance()
        with self.sandbox.store.looking_back(age_s):
            return self._placed(self.api.handle(request))

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

    def overhear(self, note: Note) -> Callable[[], None]:
        """Have everything that happens on the feed noted until the returned function is called."""
        return overhear(self.sandbox.audience, lambda: self.feed.writer, note)

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
        found = Occasion(scope, transport, request, paths, resource, lambda: self._identify(request))
        shown, known = self._entry.shown, self.sandbox.store.schema.resources.get(resource)
        return replace(
            found,
            credentials=None if shown is None else partial(shown, request),
            is_login=lambda: self._is_login(request),
            invalid=found.invalid if known is None else partial(invalid_of, known, self.api.naming),
        )

    def _is_login(self, request: Request) -> bool:
        """Whether a request is for logging in, or for going on with a login."""
        try:
            found = self.api.endpoints.find(request.method, request.segments())
        except Problem:
            return False
        return found is not None and self._entry.is_login(found.endpoint)

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
        if "faults" in (what or PARTS):
            self.faults.reset()
        if not what and (self.scenario is not None or self._prepared.beginning.scenario):
            self.switch(None)

    @property
    def resources(self) -> Collection[str]:
        """The names of what is served."""
        return self.sandbox.store.schema.resources.keys()

    @property
    def changed(self) -> Collection[str]:
        """The names of the resources that have been written to."""
        store = self.sandbox.store
        return [name for name in store.schema.resources if store[name].version]

    def save(self, name: str) -> Snapshot:
        """Keep the data as it is under a name. *Raises* `BadRequest`, `Conflict`."""
        return self.sandbox.save(name)

    def restore(self, name: str) -> Snapshot:
        """Go back to a snapshot. *Raises* `NotFound`, `Conflict`."""
        return self.sandbox.restore(name)

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """Those of the definition."""
        return self._prepared.scenarios

    @property
    def scenario(self) -> str | None:
        """The name of the one it is in, nothing in the state of the file."""
        return None if self.play.scenario is None else self.play.scenario.name

    @property
    def said(self) -> Said | None:
        """What the script of its scenario has said last."""
        return self.play.said

    def hear(self, hearer: Callable[[Said], None]) -> Callable[[], None]:
        """Tell somebody what scripts say until the returned function is called; they must not block."""
        return self.play.hear(hearer)

    def watch_scenario(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` after every switch until the returned function is called; it must not block."""
        return self.play.watch(notify)

    def switch(self, name: str | None) -> None:
        """Begin a scenario, or without a name go back to how serving began. *Raises* `Conflict`."""
        beginning = self._prepared.beginning
        self.play.switch(self._prepared.scenarios.get(name or beginning.scenario), self._prepared.seeded)
        if not name and beginning.scenario:
            # Asked for beside the scenario, whose faults are on now and no others.
            self.faults.set_exactly([*(one.name for one in self.faults if one.enabled), *beginning.names])

    def greeting(self, api: str) -> str:
        """What to paste first."""
        channels = [
            ("http" if one.is_stream else "ws", one.path.path, one.section.describe or f"the channel {one.name}")
            for one in self._prepared.channels
        ]
        sockets = [*self._switchboard.told(), *channels]
        return greeting(self.definition, self.api, self.sandbox.store, self.policy, sockets=sockets, origin=api)
