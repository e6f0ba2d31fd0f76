"""What the listeners need from the assembled parts: a service of one definition, and an instance for each sandbox."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol, TypeAlias

from mockserver.errors import Problem
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.session import Opening
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.journal import Journal


class Instance(Protocol):
    """One definition being served from one sandbox. A problem is an answer too; whatever `handle` raises is a bug."""

    @property
    def name(self) -> str:
        """The name of its sandbox."""
        ...

    @property
    def journal(self) -> Journal:
        """The exchanges there have been."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is there."""
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

    def occasion(self, request: Request, scope: Scope, transport: Transport) -> Occasion:
        """What faults may be matched against where a request leads."""
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

    def reset(self, what: Collection[str]) -> None:
        """Put back the parts named (`sandbox.PARTS`); no names mean all."""
        ...


Follower: TypeAlias = Callable[[Instance], object]


class Service(Protocol):
    """One definition being served from as many sandboxes as are asked for."""

    @property
    def default(self) -> Instance:
        """The sandbox of whoever names none."""
        ...

    @property
    def upload_bytes(self) -> int:
        """How many bytes of files one request may carry, beside a body of the usual size."""
        ...

    def enter(self, name: str) -> Instance:
        """The instance of a sandbox, begun now where there was none. *Raises* `BadRequest` for what can't be a name."""
        ...

    def look(self, name: str) -> Instance:
        """The instance of a sandbox; where there is none, as it would begin now, and nothing is kept of it."""
        ...

    def instances(self) -> Sequence[Instance]:
        """All there are, the default one first."""
        ...

    def end(self, name: str) -> None:
        """Forget a sandbox. *Raises* `LookupError` when there is none of that name."""
        ...

    def follow(self, follower: Follower) -> None:
        """Have every instance shown, those there are and those that begin later; it must not block."""
        ...

    def advance(self) -> float | None:
        """Do what is due by now; in how many seconds more will be, nothing when nothing is known to come."""
        ...

    def hasten(self, notify: Callable[[], None]) -> None:
        """Call `notify` when something is due sooner than `advance` has said; it must not block."""
        ...

    def watch_feeds(self, notify: Callable[[], None]) -> None:
        """Call `notify` after every change of any feed; it must not block."""
        ...

    def deliver(self) -> Iterator[None]:
        """Hand every session what it has not been told yet; stops now and then, for others to have their turn."""
        ...

    def openapi(self, api: str) -> dict[str, Json]:
        """The OpenAPI document of what is served at the origin `api`."""
        ...

    def greeting(self, api: str) -> str:
        """The block to paste from, with one curl line per resource; `api` is the API's origin."""
        ...
