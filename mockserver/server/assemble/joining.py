"""What answers for a definition from one sandbox, joined from its parts: all that a reload makes anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from mockserver.conventions.styled import Styled, convention_of
from mockserver.errors import Problem
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.violation import invalid_of
from mockserver.formula.scope import Reading
from mockserver.messages import Request
from mockserver.query.caller import Gate
from mockserver.query.naming import Naming
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.stream import stream_endpoints
from mockserver.realtime.command import CommandDesk
from mockserver.realtime.feed_desk import FeedDesk, open_desk
from mockserver.realtime.switchboard import Switchboard
from mockserver.realtime.window import feed_endpoints
from mockserver.rest.api import RestApi
from mockserver.rest.auth.entry import Entry
from mockserver.rest.endpoint import Endpoint
from mockserver.rest.job.jobs import Jobs
from mockserver.sandbox.address import prefix_of
from mockserver.sandbox.sandbox import Sandbox
from mockserver.server.assemble.preparation import Prepared
from mockserver.value import dataclass

if TYPE_CHECKING:
    from mockserver.rest.action.joining import Joined
    from mockserver.rest.job.runner import JobRunner
    from mockserver.sandbox.plain.desk import PlainDesk


class LateRunner:
    """What makes jobs go on; most sandboxes never have any, and it takes long to import."""

    def __init__(self, jobs: Jobs, make: "Callable[[], JobRunner]") -> None:
        self._jobs = jobs
        self._make = make

    def advance(self) -> None:
        """Do all that is due by now."""
        if self._jobs.next_at is not None:
            self._runner.advance()

    def next_due_s(self) -> float | None:
        """In how many seconds something is due, at the earliest; nothing when nothing will be."""
        return None if self._jobs.next_at is None else self._runner.next_due_s()

    @cached_property
    def _runner(self) -> "JobRunner":
        return self._make()


@dataclass(frozen=True, slots=True)
class Parts:
    """A definition at work on a sandbox."""

    sandbox: Sandbox
    api: RestApi
    entry: Entry
    runner: LateRunner
    feed: FeedDesk
    switchboard: Switchboard
    plain: "Callable[[], PlainDesk]"

    def occasion(self, request: Request, scope: Scope, transport: Transport) -> Occasion:
        """What faults may be matched against where a request leads."""
        paths, resource = self.api.locate(request)
        found = Occasion(scope, transport, request, paths, resource, lambda: self._identify(request))
        shown, known = self.entry.shown, self.sandbox.store.schema.resources.get(resource)
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
        return found is not None and self.entry.is_login(found.endpoint)

    def _identify(self, request: Request) -> str:
        """The name of whoever asks, empty for nobody."""
        try:
            user = self.entry.gate.identify(request).user
        except Problem:
            return ""
        return "" if user is None else user.name


def join(prepared: Prepared, sandbox: Sandbox, desk: CommandDesk, feed: Callable[[], FeedDesk]) -> Parts:
    """A definition joined with a sandbox. `feed` is the feed as it is told at present, which may be another's later."""
    definition, store = prepared.definition, sandbox.store
    convention = convention_of(definition.api)
    entry = Entry(prepared.policy, store, sandbox.sessions, lambda: sandbox.user)

    @cache
    def actions() -> "Joined":
        return _join_actions(prepared, sandbox, convention)

    runner = LateRunner(sandbox.jobs, lambda: actions().runner)
    told = open_desk(
        definition, store, convention, gate=entry.gate, audience=sandbox.audience, sandbox=sandbox.name
    )  # fmt: skip
    api = RestApi(
        definition,
        store,
        convention,
        sandbox.filler,
        gate=entry.gate,
        endpoints=(
            *entry.endpoints,
            *(actions().endpoints if prepared.actions else ()),
            *feed_endpoints(told, feed),
            *_open_channels(prepared, sandbox, convention, entry.gate, desk),
        ),
        replays=sandbox.replays,
    )

    def plain() -> "PlainDesk":
        from mockserver.sandbox.plain.desk import PlainDesk  # noqa: PLC0415 - for those who look past the API

        seeded, base = lambda: sandbox.seeded.pristine, prefix_of(sandbox.name)
        return PlainDesk(definition, store, sandbox.filler, api, seeded=seeded, base=base)

    return Parts(sandbox, api, entry, runner, told, Switchboard(feed, desk, sandbox.bounds.frame_bytes), cache(plain))


def _join_actions(prepared: Prepared, sandbox: Sandbox, convention: Styled) -> "Joined":
    from mockserver.rest.action.joining import Ground, join_actions  # noqa: PLC0415 - many definitions have none

    ground = Ground(
        prepared.definition, prepared.generation, sandbox.store, sandbox.filler, sandbox.tally, sandbox.jobs
    )
    return join_actions(prepared.actions, ground, convention)


def _open_channels(
    prepared: Prepared, sandbox: Sandbox, convention: Styled, gate: Gate, desk: CommandDesk
) -> Sequence[Endpoint]:
    """The channels of a definition, open from now on; those of them that are asked for over HTTP."""
    api, naming = prepared.definition.api, Naming(sandbox.store.schema, convention.case)
    prefixes = convention.prefixes(api.version, api.application)
    reading = Reading(sandbox.store, naming, prepared.generation.named())
    sandbox.channels.declare(prepared.channels, Floor(reading, gate, desk, prefixes, prepared.definition.seed))
    return stream_endpoints(sandbox.channels, prefixes)
