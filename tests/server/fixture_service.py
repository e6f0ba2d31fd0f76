"""A small real `Service` that answers JSON about what it was asked, to stand behind real listeners in tests."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import orjson

from mockserver.errors import Problem
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.session import Opening, Stream
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.journal import Journal
from mockserver.server.service import Follower
from tests.server.fixture_session import Sessions


def _json(status: int, value: Json, decided_by: str, *headers: tuple[str, str]) -> Reply:
    return Reply(status, (("Content-Type", "application/json"), *headers), orjson.dumps(value), decided_by, "e1.7")


class FixtureService:
    """A service and its only instance in one; every sandbox is that one.

    Paths say what to do: `/slow/0.2`, `/status/304`, `/big/100000`, `/boom`, `/journal`; the rest is echoed.

    What they say to sockets is in `fixture_session`; `/stream/do` is an event stream with the session of `/do`.
    """

    upload_bytes = 0
    name = "default"

    def __init__(self) -> None:
        self.journal = Journal()
        self.clock = Clock()
        self.resets: list[list[str]] = []
        self.running = 0
        self.sessions = Sessions()

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
        raise LookupError(name)

    def follow(self, follower: Follower) -> None:
        follower(self)

    def occasion(self, request: Request, scope: Scope, transport: Transport) -> Occasion:
        return Occasion(scope, transport, request, ())

    def advance(self) -> None:
        """Nothing is ever due."""

    def handle(self, request: Request) -> Reply:
        name, _, argument = request.target.removeprefix("/").partition("/")
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
            case "stream":
                opening = self.sessions.connect(replace(request, target=f"/{argument}"))
                live = Stream(opening, b"retry: 1000\n\n")
                return Reply(200, (("Content-Type", "text/event-stream"),), decided_by="stream", live=live)
            case "wires":
                self.sessions.command(argument)
            case "journal":
                return _json(200, [entry.to_json() for entry in self.journal], "journal")
        return _json(200, _echo(request), "echo")

    def connect(self, request: Request) -> Opening:
        return self.sessions.connect(request)

    def publish(self, topic: str, data: Json, method: str = "") -> str:
        return f"{topic}.{len(method)}"

    def hasten(self, notify: Callable[[], None]) -> None:
        del notify

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    def watch_feeds(self, notify: Callable[[], None]) -> None:
        del notify

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
        }

    def openapi(self, api: str) -> dict[str, Json]:
        return {"openapi": "3.1.0", "servers": [{"url": api}]}

    def reset(self, what: Collection[str]) -> None:
        self.resets.append(sorted(what))

    def greeting(self, api: str) -> str:
        return f"Fixture\n\n  curl {api}/echo\n"


def _echo(request: Request) -> Json:
    return {
        "method": request.method,
        "target": request.target,
        "query": [list(pair) for pair in request.query],
        "headers": dict(request.headers),
        "body": request.body.decode("latin-1"),
    }
