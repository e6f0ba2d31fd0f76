"""Joins the parts: files to a checked definition, its data, and the service that answers for it. Nothing else does."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, time
from typing import Any, Final

from mockserver.conventions.base import conventions
from mockserver.conventions.styled import check_style, convention_of
from mockserver.definitions.compose import compose
from mockserver.definitions.load import Report, read_definition
from mockserver.definitions.model import CoreDefinition, Name
from mockserver.definitions.quantity import write_instant
from mockserver.definitions.source import Source, read_source
from mockserver.errors import BadRequest, GenerationError, Problem, UnknownPath
from mockserver.formula.scope import Reading
from mockserver.generation.build import build_schema
from mockserver.generation.draft import Draft
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fakes import Fakes
from mockserver.generation.generate import Generation
from mockserver.generation.generator import generators
from mockserver.generation.rows import check_references, check_rows
from mockserver.generation.upload import below_root
from mockserver.messages import Document, Json, Reply, Request
from mockserver.openapi.document import describe
from mockserver.query.naming import Naming, check_spelling
from mockserver.realtime.channel.channel import Channel
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.load import load_channels
from mockserver.realtime.channel.section import ChannelSection
from mockserver.realtime.channel.stream import stream_endpoints
from mockserver.realtime.command import CommandDesk
from mockserver.realtime.feed_desk import open_desk
from mockserver.realtime.feed_path import check_feed, feed_routes
from mockserver.realtime.session import Opening
from mockserver.realtime.switchboard import Switchboard
from mockserver.realtime.window import feed_endpoints, only_a_socket
from mockserver.rest.action.action import Action
from mockserver.rest.action.joining import Ground, join_actions, named_keys
from mockserver.rest.action.load import load_actions, routes_of_all
from mockserver.rest.action.section import ActionSection
from mockserver.rest.api import RestApi
from mockserver.rest.auth.check import read_policy
from mockserver.rest.auth.entry import Entry
from mockserver.rest.auth.policy import Policy
from mockserver.rest.auth.section import AuthSection
from mockserver.rest.claim import claims_of
from mockserver.rest.media import locating, upload_bytes
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.succession import Declared, Difference, compare
from mockserver.server.greeting import greeting
from mockserver.store.store import Store

_SANDBOX: Final = "default"


def definition_model() -> type[CoreDefinition]:
    """The model of a whole definition: core, generators, and the sections that layers have registered."""
    sections: dict[str, tuple[Any, Any]] = {
        "auth": (AuthSection, None),
        "actions": (dict[Name, ActionSection], {}),
        "channels": (dict[Name, ChannelSection], {}),
    }
    return compose(dict(generators.items()), sections, (ActionSection,))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A definition that was found good, with its schema and its rows."""

    definition: CoreDefinition
    generation: Generation
    rows: Mapping[str, list[Document]]
    sections: Mapping[str, Any]
    """The resources as they are declared."""
    policy: Policy | None = None
    actions: tuple[Action, ...] = ()
    channels: tuple[Channel, ...] = ()

    @property
    def declared(self) -> Declared:
        """What tells this definition's data from another's."""
        return Declared(self.sections, self.rows)


@dataclass(frozen=True, slots=True)
class Staged:
    """A definition ready to take the place of the one that is served, and what of it differs."""

    prepared: Prepared
    difference: Difference
    store: Store


class _Preparation:
    """The checks that need more than shape; what they make on the way is kept."""

    def __init__(self, source: Source) -> None:
        self._declared = source.data.get("resources") or {}
        self._given = source.rows
        self.generation: Generation | None = None
        self.rows: Mapping[str, list[Document]] = {}
        self.policy: Policy | None = None
        self.actions: tuple[Action, ...] = ()
        self.channels: tuple[Channel, ...] = ()

    def data(self, definition: CoreDefinition, report: Report) -> None:
        """Fields, relations and rows make sense, and every value can be generated."""
        fakes = Fakes(definition.locales, definition.clock)
        try:
            fakes.check_locales()
        except FakeError as error:
            report.add(("locale",), error.problem, error.hint)
            return
        # That there is none of that name is noted already, and nothing that stands on it is looked at.
        convention = convention_of(definition.api) if definition.api.manner.like in conventions.names() else None
        locate = below_root if convention is None else locating(definition, convention)
        drafting = Draft(definition, fakes, self._declared, report.add, locate)
        try:
            schema = build_schema(definition, fakes, self._declared, report.add, locate)
            check_rows(schema, report.add)
            if convention is not None:
                check_spelling(schema, convention.case, report.add)
                schema = schema.loosened() if convention.lenient else schema
                self.actions = load_actions(schema, convention, drafting, report)
                known, feed = routes_of_all(self.actions), feed_routes(definition.api)
                self.policy = read_policy(definition, schema, convention, known, report, beside=feed)
                claims = tuple(claims_of(self.actions, self.policy, convention, definition.api))
                check_feed(definition, schema, convention, claims, report)
                self.channels = load_channels(definition, schema, convention, claims, report)
            if report.problems:
                return
            self.generation = Generation(definition, schema, fakes)
            self.rows = {**self.generation.documents(), **self._given}
            check_references(schema, self.rows, report.add)
            failures = self.generation.failures
        except GenerationError as error:
            failures = [error]
        for failure in failures:
            report.add(failure.path.split("."), failure.problem, failure.hint)


def prepare(source: Source, changes: Mapping[str, Any] | None = None) -> Prepared:
    """A source to a definition with its data. *Raises* `DefinitionError` with everything that is wrong."""
    checks = _Preparation(source)
    definition = read_definition(source, definition_model(), (check_style, checks.data), changes)
    assert checks.generation is not None  # noqa: S101 - a definition without problems has been generated
    declared = source.data.get("resources") or {}
    return Prepared(
        definition, checks.generation, checks.rows, declared, checks.policy, checks.actions, checks.channels
    )


class AssembledService:
    """One definition being served from one sandbox."""

    def __init__(self, prepared: Prepared) -> None:
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
        entry = Entry(prepared.policy, sandbox.store, sandbox.sessions)
        ground = Ground(
            prepared.definition, prepared.generation, sandbox.store, sandbox.filler, sandbox.tally, sandbox.jobs
        )
        joined = join_actions(prepared.actions, ground, convention)
        self._runner = joined.runner
        self.journal.secrets = entry.secrets
        self.feed = open_desk(
            prepared.definition, sandbox.store, convention, gate=entry.gate, audience=sandbox.audience, sandbox=_SANDBOX
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
        reply = self.api.handle(request)
        if reply.came_to == UnknownPath.slug and self.sandbox.channels.find(request) is not None:
            return replace(self.refuse(request, only_a_socket()), at=reply.at)
        return reply

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
            return channels.connect(request)
        others = [one.path.path for one in self._prepared.channels if not one.is_stream]
        return self._switchboard.connect(request, others)

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


def load_prepared(paths: Sequence[Path], seed: int | None = None, convention: str | None = None) -> Prepared:
    """The checked definition and data of files or folders. *Raises* `DefinitionError`."""
    source = read_source(list(paths))
    changes: dict[str, Any] = {} if seed is None else {"seed": seed}
    if convention is not None:
        api = source.data.get("api")
        changes["api"] = {**(api if isinstance(api, dict) else {}), "convention": convention}
    return prepare(source, changes)
