"""What answers for one sandbox: its API, its feed's windows, its channels, joined from a definition and its state."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from time import perf_counter, time
from typing import TYPE_CHECKING

from mockserver.agenda import Agenda
from mockserver.conventions.styled import convention_of
from mockserver.definitions.quantity import write_instant
from mockserver.errors import BadRequest, InsufficientStorage, Problem, Unavailable, UnknownPath
from mockserver.faults.faults import Faults
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.preset import preset_faults
from mockserver.faults.served import Served
from mockserver.messages import Json, Reply, Request
from mockserver.query.index.indexes import describe_indexes
from mockserver.realtime.command import CommandDesk
from mockserver.realtime.overhearing import Note, overhear
from mockserver.realtime.session import Opening, Stream
from mockserver.realtime.window import only_a_socket
from mockserver.rest.media import upload_bytes
from mockserver.sandbox.address import DEFAULT
from mockserver.sandbox.reconnect.visitor import channel_kind
from mockserver.sandbox.sandbox import PARTS, Sandbox
from mockserver.sandbox.scenario.play import Play
from mockserver.sandbox.snapshot import Snapshot
from mockserver.sandbox.succession import Difference
from mockserver.server.assemble.joining import join
from mockserver.server.assemble.preparation import Prepared
from mockserver.server.assemble.staging import Staged, stage
from mockserver.server.greeting import greeting
from mockserver.server.offer import describe_offer
from mockserver.server.service import Ground

if TYPE_CHECKING:
    from mockserver.sandbox.plain.desk import PlainDesk
    from mockserver.sandbox.scenario.scenario import Scenario
    from mockserver.server.keeper import Keeper
    from mockserver.store.backends.tinydb import TinydbBackend
    from mockserver.store.database.database import Database


class AssembledInstance:
    """One definition being served from one sandbox."""

    def __init__(self, prepared: Prepared, name: str = DEFAULT, database: "Database | None" = None) -> None:
        """With a database, what it has is served, and all that is written is kept in it. *Raises* `DatabaseError`."""
        self.name = name
        self.has_ended = False
        backend = None if database is None else _backend_of(database)
        self.sandbox = Sandbox(prepared.seeded, name, backend, prepared.beginning.bounds)
        self.journal = self.sandbox.journal
        self.clock = self.sandbox.clock
        self.reconnects = self.sandbox.reconnects
        self.snapshots = self.sandbox.snapshots
        self.faults = Faults(prepared.faults, prepared.definition.seed, self.clock.elapsed, presets=preset_faults())
        if prepared.beginning.bars_faults:
            self.faults.bar()
        self.agenda = Agenda(self.clock.elapsed)
        """What faults do to connections and frames, when its time comes."""
        self.play = Play(self.sandbox, self.faults)
        self._join(prepared)
        if prepared.first is not None:
            self.switch(None)
        self.keeper = None if backend is None else self._keep(backend)

    def _keep(self, backend: "TinydbBackend") -> "Keeper":
        """Bring back what was kept, and keep what there is from now on."""
        from mockserver.sandbox.durable.keeping import Keeping  # noqa: PLC0415 - few ask for it
        from mockserver.server.keeper import Keeper  # noqa: PLC0415

        return Keeper(Keeping(self.sandbox, backend, lambda: self._prepared.fingerprint))

    def _join(self, prepared: Prepared) -> None:
        """Make what answers from a definition and the sandbox: all that a reload makes anew."""
        self._prepared = prepared
        self.policy = prepared.policy
        self.definition = prepared.definition
        desk = CommandDesk(self.command, self.refuse, convention_of(prepared.definition.api).socket)
        self._parts = join(prepared, self.sandbox, desk, lambda: self.feed)
        self.api, self.feed = self._parts.api, self._parts.feed
        self.journal.secrets = self._parts.entry.secrets

    def stage(self, prepared: Prepared) -> Staged:
        """A definition ready to take the place of this one; any thread may do it. *Raises* as `stage`."""
        return stage(self._prepared, prepared, [self.scenario])

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
        self._catch_up()
        self.faults.advance()
        self.agenda.advance()
        due = (
            self._parts.runner.next_due_s(), self.sandbox.channels.next_due_s(), self.play.next_due_s(),
            self.faults.next_due_s(), self.agenda.next_due_s(),
        )  # fmt: skip
        return min((one for one in due if one is not None), default=None)

    def hasten(self, notify: Callable[[], None]) -> None:
        """Call `notify` when something is due sooner than `advance` has said."""
        self.sandbox.channels.hasten(notify)
        self.agenda.hasten = notify
        self.faults.watch(notify)

    def handle(self, request: Request) -> Reply:
        """The answer to a request; what it has written is as safe by then as was asked for."""
        if self.keeper is not None:
            return self._answer_safely(self.keeper, request)
        self._catch_up()
        return self._answer(request)

    def _answer_safely(self, keeper: "Keeper", request: Request) -> Reply:
        keeper.admit(request.method)
        self._catch_up()
        before = keeper.sequence
        return self._settled(keeper, before, request, self._answer(request))

    def _settled(self, keeper: "Keeper", before: int, request: Request, reply: Reply) -> Reply:
        """The answer to a request, once what it has written is as safe as was asked for."""
        if keeper.sequence == before:
            return reply
        try:
            keeper.settle()
        except InsufficientStorage as problem:
            return self.refuse(request, problem)
        return reply

    def prepare(self, request: Request) -> tuple[Reply, Ground | None]:
        """The answer to a request, and what it stands on, where it will be the same as long as that is upheld."""
        keeper = self.keeper
        self._catch_up()
        before = 0 if keeper is None else keeper.sequence
        with self.sandbox.store.noting() as reads:
            reply = self._answer(request)
        if keeper is not None:
            # An action may write on GET too.
            reply = self._settled(keeper, before, request, reply)
        gate = self._parts.entry.gate
        if not reply.is_lasting or not gate.is_timeless(request):
            return reply, None
        return reply, Ground(self.life, reads, gate.stamp, self.clock.turns)

    def upholds(self, ground: Ground) -> bool:
        """Whether what an answer stood on is as it was, with everything done that is due by now."""
        self._catch_up()
        return (
            not self.has_ended
            and ground.reads.is_current
            and ground.turns == self.clock.turns
            and ground.stamp == self._parts.entry.gate.stamp
            and ground.life == self.life
        )

    @property
    def life(self) -> object:
        """Another one after every reload, and whenever all data is put in the place of other."""
        return self._parts, self.sandbox.store.life

    @property
    def at(self) -> str:
        """The cursor of the latest event of the feed."""
        return self.sandbox.feed.at

    def recall(self, request: Request, age_s: float) -> Reply:
        """The answer to a request as it would have been so many seconds ago."""
        # What is due writes, and whoever writes is back in the present.
        self._catch_up()
        with self.sandbox.store.looking_back(age_s):
            return self._answer(request)

    def _catch_up(self) -> None:
        """Do what is due by now and may change an answer."""
        self._parts.runner.advance()
        self.sandbox.channels.advance()
        self.play.advance()

    def _answer(self, request: Request) -> Reply:
        if self.has_ended:
            return self.refuse(request, _ended())
        if request.body_bytes != self.sandbox.bounds.body_bytes:
            request = replace(request, body_bytes=self.sandbox.bounds.body_bytes)
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
        if self.has_ended:
            raise _ended()
        self.advance()
        channels = self.sandbox.channels
        if channels.find(request) is not None:
            return replace(channels.connect(request), sandbox=self.name)
        others = [one.path.path for one in self._prepared.channels if not one.is_stream]
        return replace(self._parts.switchboard.connect(request, others), sandbox=self.name)

    def socket_at(self, request: Request) -> str:
        """Which window a handshake is for."""
        channel = self.sandbox.channels.find(request)
        if channel is not None:
            return channel_kind(channel.name)
        return "ws" if self._parts.switchboard.has(request) else ""

    def window_at(self, request: Request) -> str:
        """Which window a plain request is for."""
        if request.method != "GET":
            return ""
        if "text/event-stream" in request.headers.get("accept", ""):
            channel = self.sandbox.channels.find_stream(request)
            if channel is not None:
                return channel_kind(channel.name)
        return self.feed.paths.get(request.target, "")

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
        return self._parts.occasion(request, scope, transport)

    def has_path(self, request: Request) -> bool:
        """Whether anything is at the path of a request."""
        return self.api.has_path(request)

    def refuse(self, request: Request, problem: Problem) -> Reply:
        """The answer to a request that is turned away before it gets to the API."""
        return self.api.refuse(request, problem)

    def status(self) -> dict[str, Json]:
        """What is served, and how much of it there is now."""
        self._parts.runner.advance()
        paths = self.api.router.homes()
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
            "indexes": describe_indexes(self.sandbox.store[name] for name in self.sandbox.store.schema.resources),
            "jobs": {"running": len(self.sandbox.jobs), "failures": list(self.sandbox.jobs.failures)},
            "channels": {"open": len(self.sandbox.channels), "failures": list(self.sandbox.channels.failures)},
            "db": None if self.keeper is None else self.keeper.describe(),
        }

    @property
    def plain(self) -> "PlainDesk":
        """All documents, with what is due by now done."""
        self._catch_up()
        return self._parts.plain()

    def openapi(self, api: str) -> dict[str, Json]:
        """The OpenAPI document, its examples from the data there is now."""
        from mockserver.openapi.document import describe  # noqa: PLC0415 - only for those who ask

        return describe(self.definition, self.api, self.sandbox.store, self.policy, api)

    def reset(self, what: Collection[str]) -> None:
        """Put back the parts named; no names mean all, and that is out of the scenario too."""
        wanted = set(what or PARTS)
        self.sandbox.reset(wanted)
        if wanted == set(PARTS) and (self.play.scenario or self._prepared.first):
            self.switch(None)
        elif "faults" in wanted:
            self.play.reset_faults()

    def off(self) -> list[str]:
        """Switch all faults off, and end the script that would switch others on; the names of those that were on."""
        self.play.end_script()
        return self.faults.off()

    def end(self) -> None:
        """Nobody is served any more."""
        self.has_ended = True
        self.play.end_script()
        self.faults.close()

    @property
    def served(self) -> Served:
        """What is served, as far as faults may refer to it."""
        return self._prepared.served

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
    def scenarios(self) -> "Mapping[str, Scenario]":
        """Those of the definition."""
        return self._prepared.scenarios

    @property
    def scenario(self) -> str | None:
        """The name of the one it is in, nothing in the state of the file."""
        return None if self.play.scenario is None else self.play.scenario.name

    def switch(self, name: str | None) -> None:
        """Begin a scenario, or without a name go back to how serving began. *Raises* `Conflict`."""
        scenario = self._prepared.scenarios.get(name) if name else self._prepared.first
        self.play.switch(scenario, self._prepared.seeded)

    def offer(self, api: str) -> dict[str, Json]:
        """What there is to ask for and to connect to below the address `api`, and who may."""
        return describe_offer(self.api, self.sandbox.store, self.policy, self._sockets(), api)

    def _sockets(self) -> list[tuple[str, str, str]]:
        """What there is to connect to: scheme, path, and what it is for."""
        channels = [
            ("http" if one.is_stream else "ws", one.path.path, one.section.describe or f"the channel {one.name}")
            for one in self._prepared.channels
        ]
        return [*self._parts.switchboard.told(), *channels]

    def greeting(self, api: str, control: str) -> str:
        """What to paste first."""
        switches = {
            "fault on": list(dict.fromkeys([*(one.name for one in self.faults), *self.faults.presets])),
            "scenario": list(self.scenarios),
        }
        return greeting(
            self.definition,
            self.api,
            self.sandbox.store,
            self.policy,
            sockets=self._sockets(),
            switches=switches,
            origin=api,
            control=control,
        )


def _backend_of(database: "Database") -> "TinydbBackend":
    from mockserver.store.backends.tinydb import TinydbBackend  # noqa: PLC0415 - few ask for it

    return TinydbBackend(database)


def _ended() -> Problem:
    """Why nobody is answered who has waited for longer than there was a sandbox."""
    return Unavailable("The sandbox has ended.")
