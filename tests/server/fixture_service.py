"""A small real `Service` that answers JSON about what it was asked, to stand behind real listeners in tests."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from mockserver.agenda import Agenda
from mockserver.conventions.styled import convention_of
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.source import Source
from mockserver.errors import NotFound, Problem
from mockserver.faults.faults import Faults
from mockserver.faults.load import read_fault
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.served import Served
from mockserver.generation.fakes import Fakes
from mockserver.generation.generate import Generation
from mockserver.generation.schema import Schema
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.overhearing import Note
from mockserver.realtime.session import Opening, Stream
from mockserver.rest.api import RestApi
from mockserver.sandbox.plain.desk import PlainDesk
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.scenario.play import Play
from mockserver.sandbox.scenario.scenario import Scenario
from mockserver.sandbox.seeded import Seeded, collect
from mockserver.sandbox.snapshot import Snapshot
from mockserver.sandbox.succession import Difference
from mockserver.server.renewal import Loaded
from mockserver.server.service import Follower, Ground
from tests.server.fixture_session import Sessions


def _json(status: int, value: Json, decided_by: str, *headers: tuple[str, str]) -> Reply:
    return Reply(status, (("Content-Type", "application/json"), *headers), orjson.dumps(value), decided_by, "e1.7")


class FixtureService:
    """A service and its only instance in one; every sandbox is that one.

    Paths say what to do: `/slow/0.2`, `/status/304`, `/big/100000`, `/boom`, `/unsendable/break`, `/journal`; the rest
    is echoed. Faults are switched by `/fault/put/name` (with a body), `/fault/on/name`, `/fault/off/name` and
    `/fault/remove/name`, and the clock by `/fault/freeze` and `/fault/advance/2.5`; `/fault/begin` is a beginning
    without faults, at a time that stands still.

    What they say to sockets is in `fixture_session`; `/stream/do` is an event stream with the session of `/do`.
    """

    upload_bytes = 0
    name = "default"
    written: Mapping[str, Any] = {"mock": 1}

    def __init__(self) -> None:
        self.sandbox = Sandbox(_of_nothing())
        self.journal, self.clock, self.snapshots = self.sandbox.journal, self.sandbox.clock, self.sandbox.snapshots
        self.reconnects = self.sandbox.reconnects
        self.resets: list[list[str]] = []
        self.running = 0
        self.sessions = Sessions()
        self.faults = Faults({}, 1, self.clock.elapsed)
        self.agenda = Agenda(self.clock.elapsed)
        self.play = Play(self.sandbox, self.faults)

    @property
    def default(self) -> "FixtureService":
        return self

    def enter(self, name: str) -> "FixtureService":
        del name
        return self

    look = enter

    def instances(self) -> "list[FixtureService]":
        return [self]

    def end(self, name: str) -> None:
        raise NotFound(name)

    def idle_s(self, name: str) -> float:
        raise NotFound(name)

    def heed(self, is_in_use: Callable[[str], bool]) -> None:
        del is_in_use

    def at_end(self, follower: Follower) -> None:
        del follower

    def follow(self, follower: Follower) -> None:
        follower(self)

    def occasion(self, request: Request, scope: Scope, transport: Transport) -> Occasion:
        return Occasion(scope, transport, request, (request.segments(),))

    def advance(self) -> float | None:
        self.faults.advance()
        self.agenda.advance()
        due = [one for one in (self.faults.next_due_s(), self.agenda.next_due_s()) if one is not None]
        return min(due, default=None)

    def prepare(self, request: Request) -> tuple[Reply, Ground | None]:
        return self.handle(request), None

    def upholds(self, ground: Ground) -> bool:
        raise AssertionError(ground)

    @property
    def at(self) -> str:
        return "e1.7"

    def handle(self, request: Request) -> Reply:
        name, _, argument = request.target.removeprefix("/").partition("/")
        told: Json
        match name:
            case "slow":
                self.running += 1
                time.sleep(float(argument))
                self.running -= 1
                return _json(200, {"slept": argument}, "slow")
            case "status":
                return _json(int(argument), {"status": int(argument)}, "status", ("ETag", '"v1"'), ("Vary", "Accept"))
            case "big":
                return _json(200, "x" * int(argument), "big")
            case "boom":
                raise RuntimeError("canary-in-a-traceback")
            case "unsendable":
                return _json(200, {}, "unsendable", ("X-Text", {"break": "a\r\nb", "letter": "→"}[argument]))
            case "stream":
                opening = self.sessions.connect(replace(request, target=f"/{argument}"))
                live = Stream(opening, b"retry: 1000\n\n")
                return Reply(200, (("Content-Type", "text/event-stream"),), decided_by="stream", live=live)
            case "wires":
                self.sessions.command(argument)
                told, what = _echo(request), "wires"
            case "fault":
                told, what = self._switch(argument, request.body), "switch"
            case "journal":
                told, what = [entry.to_json() for entry in self.journal], "journal"
            case _:
                told, what = _echo(request), "echo"
        return _json(200, told, what)

    def recall(self, request: Request, age_s: float) -> Reply:
        return _json(200, {"age_s": age_s}, "recall")

    def _switch(self, argument: str, body: bytes) -> Json:
        verb, _, name = argument.partition("/")
        match verb:
            case "put":
                self.faults.put(name, read_fault(name, orjson.loads(body), {}))
            case "on":
                self.faults.enable(name)
            case "off":
                self.faults.disable(name)
            case "remove":
                self.faults.remove(name)
            case "begin":
                self.faults.reset()
                self.journal.clear()
                self.clock.freeze()
            case "freeze":
                self.clock.freeze()
            case "advance":
                self.clock.advance(float(name))
                self.advance()
        return self.faults.to_json()

    def socket_at(self, request: Request) -> str:
        del request
        return ""

    def window_at(self, request: Request) -> str:
        del request
        return ""

    def connect(self, request: Request) -> Opening:
        return self.sessions.connect(request)

    def publish(self, topic: str, data: Json, method: str = "") -> str:
        return f"{topic}.{len(method)}"

    def hasten(self, notify: Callable[[], None]) -> None:
        self.agenda.hasten = notify

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    def watch_feeds(self, notify: Callable[[], None]) -> None:
        del notify

    def load(self, source: Source) -> Loaded:
        """Nothing is changed by a definition, whatever it says."""
        self.written = source.data
        return Loaded(Difference((), (), ()), tuple)

    def overhear(self, note: Note) -> Callable[[], None]:
        del note
        return lambda: None

    def deliver(self) -> Iterator[None]:
        yield from ()

    def has_path(self, request: Request) -> bool:
        return request.target != ""

    def refuse(self, request: Request, problem: Problem) -> Reply:
        body: Json = {"slug": problem.slug, "status": problem.status, "detail": problem.detail}
        return _json(problem.status, body, f"refused: {problem.slug}", *problem.headers.items())

    def status(self) -> dict[str, Json]:
        return {
            "name": "fixture",
            "seed": 1,
            "running": self.running,
            "resets": [list(parts) for parts in self.resets],
            "sessions": self.sessions.tell(),
            "waiting": len(self.agenda),
        }

    @property
    def plain(self) -> PlainDesk:
        seeded, definition = self.sandbox.seeded, self.sandbox.seeded.definition
        store, filler = self.sandbox.store, self.sandbox.filler
        api = RestApi(definition, store, convention_of(definition.api), filler)
        return PlainDesk(definition, store, filler, api, seeded=lambda: seeded.pristine, base="")

    def openapi(self, api: str) -> dict[str, Json]:
        return {"openapi": "3.1.0", "info": {"title": "Fixture"}, "servers": [{"url": api}], "components": {}}

    def offer(self, api: str) -> dict[str, Json]:
        return {"routes": [], "sockets": [{"url": api, "what": "all"}], "users": []}

    served: Served = Served({})
    changed: Collection[str] = ()
    scenarios: Mapping[str, Scenario] = {}
    scenario: str | None = None

    def switch(self, name: str | None) -> None:
        self.scenario = name

    def off(self) -> list[str]:
        return self.faults.off()

    def save(self, name: str) -> Snapshot:
        return self.sandbox.save(name)

    def restore(self, name: str) -> Snapshot:
        return self.sandbox.restore(name)

    def reset(self, what: Collection[str]) -> None:
        self.resets.append(sorted(what))

    def greeting(self, api: str, control: str) -> str:
        del control
        return f"Fixture\n\n  curl {api}/echo\n"


def _of_nothing() -> Seeded:
    """A definition that declares nothing."""
    definition = CoreDefinition.model_construct()
    generation = Generation(definition, Schema({}, {}), Fakes(definition.locales, definition.clock))
    return collect(definition, generation, {})


def _echo(request: Request) -> Json:
    return {
        "method": request.method,
        "target": request.target,
        "query": [list(pair) for pair in request.query],
        "headers": dict(request.headers),
        "body": request.body.decode("latin-1"),
    }
