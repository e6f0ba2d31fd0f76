"""What the listeners need from the assembled parts: answers for the API, a few words for the control plane."""

from collections.abc import Callable, Collection, Iterator
from typing import Protocol

from mockserver.errors import Problem
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.session import Opening
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.journal import Journal


class Service(Protocol):
    """One definition being served. A problem is an answer too; whatever `handle` raises is a bug."""

    journal: Journal
    clock: Clock

    @property
    def upload_bytes(self) -> int:
        """How many bytes of files one request may carry, beside a body of the usual size."""
        ...

    def advance(self) -> float | None:
        """Do what is due by now; in how many seconds more will be, nothing when nothing is known to come."""
        ...

    def hasten(self, notify: Callable[[], None]) -> None:
        """Call `notify` when something is due sooner than `advance` has said; it must not block."""
        ...

    def handle(self, request: Request) -> Reply:
        """The answer to a request that could be read."""
        ...

    def connect(self, request: Request) -> Opening:
        """The session of a WebSocket handshake that is in order. *Raises* `Problem` where it is to be refused."""
        ...

    def publish(self, topic: str, data: Json, method: str = "") -> str:
        """Put an event of somebody's own under a topic; its id. *Raises* `ValueError` for a name that can't be one."""
        ...

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` after every change of the feed until the returned function is called; it must not block."""
        ...

    def deliver(self) -> Iterator[None]:
        """Hand every session what it has not been told yet; stops now and then, for others to have their turn."""
        ...

    def has_path(self, request: Request) -> bool:
        """Whether anything of the API is at the request's path, by whatever method; only then is `handle` asked."""
        ...

    def refuse(self, request: Request, problem: Problem) -> Reply:
        """The answer to a request the listener itself turns away, in the convention's own shape."""
        ...

    def status(self) -> dict[str, Json]:
        """What `GET /api/status` says about the definition and its data: name, seed, convention, resources, counts."""
        ...

    def openapi(self, api: str) -> dict[str, Json]:
        """The OpenAPI document of what is served at the origin `api`."""
        ...

    def reset(self, what: Collection[str]) -> None:
        """Put back the parts named (`data`, `feed`, `journal`, `clock`); no names mean all."""
        ...

    def greeting(self, api: str) -> str:
        """The block to paste from, with one curl line per resource; `api` is the API's origin."""
        ...
