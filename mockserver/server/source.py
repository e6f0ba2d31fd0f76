"""Who answers a request: the API, waited for where its answer takes time, or a file where the API has no such path."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.errors import Problem
from mockserver.messages import Reply, Request
from mockserver.realtime.session import Held, Stream
from mockserver.server.download import Download
from mockserver.server.service import Ground
from mockserver.server.socket.register import Sockets
from mockserver.server.visit import Visit
from mockserver.server.waiting import WaitingRoom

if TYPE_CHECKING:
    from mockserver.server.static import StaticFolder


class Sources:
    """What answers come from; `files` are for paths that the API does not have."""

    def __init__(self, sockets: Sockets, waiting: WaitingRoom, files: "StaticFolder | None") -> None:
        self._sockets = sockets
        self._waiting = waiting
        self._files = files

    def find(self, visit: Visit) -> "Source":
        """Who answers this request."""
        files = self._files
        path = None if files is None or visit.instance.has_path(visit.request) else files.find(visit.request)
        return Source(self, visit) if files is None or path is None else FileSource(self, visit, files, path)

    def ask(self, visit: Visit, request: Request, age_s: float) -> Reply:
        """The API's answer, when it is there; a HEAD waits for nothing."""
        instance = visit.instance
        return self._settle(visit, request, instance.recall(request, age_s) if age_s else instance.handle(request))

    def prepare(self, visit: Visit, request: Request) -> tuple[Reply, Ground | None]:
        """The same, and what it stands on where it may be given again."""
        reply, ground = visit.instance.prepare(request)
        return (reply if ground is not None else self._settle(visit, request, reply)), ground

    def _settle(self, visit: Visit, request: Request, reply: Reply) -> Reply:
        """An answer when it is there."""
        try:
            if isinstance(reply.live, Held):
                return self._wait(visit, reply, reply.live)
            if isinstance(reply.live, Stream):
                self._sockets.verify_room()
        except Problem as problem:
            return visit.instance.refuse(request, problem)
        return reply

    def _wait(self, visit: Visit, reply: Reply, held: Held) -> Reply:
        """The answer that was waited for, as much for this client alone as the one that would have come at once."""
        waited = self._waiting.wait(held, visit.sock, visit.instance.watch)
        return replace(waited, headers=(*waited.headers, *(pair for pair in reply.headers if pair[0] == "Vary")))


class Source:
    """The API, for one request."""

    def __init__(self, sources: Sources, visit: Visit) -> None:
        self._sources = sources
        self._visit = visit

    def answer(self, request: Request, age_s: float = 0.0) -> Reply:
        """The answer to the request, or to another in its place, as it would have been so many seconds ago."""
        return self._sources.ask(self._visit, request, age_s)

    def prepare(self, request: Request) -> tuple[Reply, Ground | None]:
        """The answer to the request, and what it stands on where it may be given again."""
        return self._sources.prepare(self._visit, request)

    def put_away(self, used: object = None) -> None:
        """Nothing: nothing was opened."""


class FileSource(Source):
    """A file, as it is now; the API where it is gone meanwhile."""

    def __init__(self, sources: Sources, visit: Visit, files: "StaticFolder", path: Path) -> None:
        super().__init__(sources, visit)
        self._files = files
        self._path = path
        self._opened: list[Download] = []

    def answer(self, request: Request, age_s: float = 0.0) -> Reply:
        """What is in it, or that it has not changed."""
        try:
            reply = self._files.read(self._path, request, self._visit.known)
        except OSError:
            return super().answer(request, age_s)
        if isinstance(reply.live, Download):
            self._opened.append(reply.live)
        return reply

    def prepare(self, request: Request) -> tuple[Reply, Ground | None]:
        """What is in it; a file may change at any time."""
        return self.answer(request), None

    def put_away(self, used: object = None) -> None:
        """Close what was opened and is not used."""
        for one in self._opened:
            if one is not used:
                one.close()
