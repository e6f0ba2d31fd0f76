"""The words of the system on a feed: `/sys/hello`, `/sys/ping`, `/sys/gap` and `/sys/bye`. They are no events."""

from collections.abc import Collection, Sequence
from typing import Final

from mockserver.messages import Json
from mockserver.realtime.frame import Frame
from mockserver.store.feed import Gap, Place
from mockserver.value import dataclass

HELLO: Final = "/sys/hello"
PING: Final = "/sys/ping"
GAP: Final = "/sys/gap"
BYE: Final = "/sys/bye"
SUBSCRIBE: Final = "/sys/subscribe"
UNSUBSCRIBE: Final = "/sys/unsubscribe"

RETRY_MS: Final = 1000
"""How long a client waits before its first attempt to come back."""
LOST: Final = "history lost"
_TRANSPORTS: Final = ("ws", "sse", "longpoll", "poll")
_DEAD_AFTER: Final = 1.8
"""After so many heartbeats of silence a connection is as good as gone."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Who speaks, and how often at least."""

    sandbox: str
    beat_s: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where a stream goes on from: with how many events, where it could be taken up at a place that was asked for."""

    at: str
    replayed: int | None

    def told(self) -> dict[str, Json]:
        """As clients are told of it."""
        return {"at": self.at, "resumed": self.replayed is not None, "replayed": self.replayed or 0}


def _frame(method: str, data: dict[str, Json], cursor: str, status: int = 0, message: str = "OK") -> Frame:
    body: dict[str, Json] = {"method": method, "status": status, "message": message, "data": data}
    return Frame(body, cursor, is_system=True)


def hello(pace: Pace, resumed: Resumed, topics: Collection[str] | None, cursor: str) -> Frame:
    """The first frame of a stream; no topics mean all of them.

    `cursor` is left empty where a gap is still to come: whoever is cut off in between must not take it for told.
    """
    heartbeat_ms = round(pace.beat_s * 1000)
    data: dict[str, Json] = {
        "sandbox": pace.sandbox,
        **resumed.told(),
        "heartbeat_ms": heartbeat_ms,
        "dead_after_ms": round(heartbeat_ms * _DEAD_AFTER),
        "retry_ms": RETRY_MS,
        "transports": list(_TRANSPORTS),
        "topics": None if topics is None else [*sorted(topics)],
    }
    return _frame(HELLO, data, cursor)


def ping(place: Place) -> Frame:
    """A sign of life; everything up to `place` has been said."""
    return _frame(PING, {"at": str(place)}, str(place))


def gap(found: Gap, refetch: Sequence[Json]) -> Frame:
    """That something is missing, and what to read anew."""
    return _frame(GAP, told(found, refetch) | {"at": str(found.place)}, str(found.place), 1, LOST)


def told(found: Gap, refetch: Sequence[Json]) -> dict[str, Json]:
    """A gap as all windows have it."""
    return {"reason": found.reason, "asked": found.asked, "refetch": list(refetch)}


def bye(*, reconnect: bool, message: str = "") -> Frame:
    """That the connection is about to end, and whether to come back; a message says what went wrong."""
    data: dict[str, Json] = {"reconnect": reconnect, "retry_ms": RETRY_MS}
    return _frame(BYE, data, "", 1 if message else 0, message or "OK")
