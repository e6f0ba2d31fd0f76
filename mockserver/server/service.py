"""What the listeners need from the assembled parts: a service of one definition, and an instance for each sandbox."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from mockserver.agenda import Agenda
from mockserver.errors import Problem
from mockserver.faults.faults import Faults
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.served import Served
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.overhearing import Note
from mockserver.realtime.session import Opening
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.journal import Journal
from mockserver.sandbox.reconnect.reconnects import Reconnects
from mockserver.sandbox.snapshot import Snapshot, Snapshots
from mockserver.store.reads import Reads
from mockserver.value import dataclass

if TYPE_CHECKING:
    from mockserver.sandbox.plain.desk import PlainDesk
    from mockserver.sandbox.scenario.play import Play
    from mockserver.sandbox.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer stands on: whose data it is of, what of it was read, who is let in, and how the clock was set."""

    life: object
    reads: Reads
    stamp: object
    turns: int


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

    @property
    def reconnects(self) -> Reconnects:
        """How clients have come back to its feed and its channels."""
        ...

    def socket_at(self, request: Request) -> str:
        """Which window a handshake is for: `ws`, `channel:NAME`, or none. *Raises* `BadRequest`."""
        ...

    def window_at(self, request: Request) -> str:
        """Which window a plain request is for: `poll`, `sse`, `channel:NAME`, or none. *Raises* `BadRequest`."""
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

    def prepare(self, request: Request) -> tuple[Reply, Ground | None]:
        """The same, and what the answer stands on, where it will be the same as long as that is upheld."""
        ...

    def upholds(self, ground: Ground) -> bool:
        """Whether what an answer stood on is as it was, with everything done that is due by now."""
        ...

    @property
    def at(self) -> str:
        """The cursor of the latest event of its feed."""
        ...

    def recall(self, request: Request, age_s: float) -> Reply:
        """The answer to a request as it would have been so many seconds ago."""
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

    def overhear(self, note: Note) -> Callable[[], None]:
        """Have everything that happens on the feed noted until the returned function is called."""
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

    @property
    def plain(self) -> "PlainDesk":
        """All documents, to be read and written past the API."""
        ...

    def openapi(self, api: str) -> dict[str, Json]:
        """The OpenAPI document of what is served there, below the address `api`."""
        ...

    def offer(self, api: str) -> dict[str, Json]:
        """What `GET /api/routes` says: routes, sockets and users of what is served below the address `api`."""
        ...

    def reset(self, what: Collection[str]) -> None:
        """Put back the parts named (`sandbox.PARTS`); no names mean all."""
        ...

    @property
    def faults(self) -> Faults:
        """What goes wrong there."""
        ...

    def off(self) -> list[str]:
        """Switch all faults off, and end the script that would switch others on; the names of those that were on."""
        ...

    @property
    def agenda(self) -> Agenda:
        """What faults do to connections and frames, when its time comes."""
        ...

    @property
    def served(self) -> Served:
        """What is served, as far as faults may refer to it."""
        ...

    @property
    def changed(self) -> Collection[str]:
        """The names of the resources that have been written to."""
        ...

    @property
    def snapshots(self) -> Snapshots:
        """What was saved."""
        ...

    def save(self, name: str) -> Snapshot:
        """Keep the data as it is under a name. *Raises* `BadRequest`, `Conflict`."""
        ...

    def restore(self, name: str) -> Snapshot:
        """Go back to a snapshot. *Raises* `NotFound`, `Conflict`."""
        ...

    @property
    def scenarios(self) -> "Mapping[str, Scenario]":
        """Those of the definition."""
        ...

    @property
    def scenario(self) -> str | None:
        """The name of the one it is in, nothing in the state of the file."""
        ...

    @property
    def play(self) -> "Play":
        """What happens in that scenario."""
        ...

    def switch(self, name: str | None) -> None:
        """Begin a scenario there is, or without a name go back to the state of the file. *Raises* `Conflict`."""
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

    @property
    def written(self) -> Mapping[str, Any]:
        """The definition as plain values, in the order written."""
        ...

    def idle_s(self, name: str) -> float:
        """For how long nobody has used a sandbox; the default one is always in use. *Raises* `NotFound`."""
        ...

    def end(self, name: str) -> None:
        """Let go of a sandbox. *Raises* `NotFound`, and `Conflict` for the default one."""
        ...

    def heed(self, is_in_use: Callable[[str], bool]) -> None:
        """Ask whether a sandbox of a name is in use right now before it is ended for being idle."""
        ...

    def at_end(self, follower: Follower) -> None:
        """Have every instance shown whose sandbox has ended; it must not block."""
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

    def greeting(self, api: str, control: str) -> str:
        """The block to paste from, with one curl line per resource; `api` and `control` are the origins of both."""
        ...
