"""How a connection that stayed open ended, and what the log says of it."""

from datetime import datetime
from time import monotonic
from typing import Final, Literal

from mockserver.messages import Json
from mockserver.server.log import Notice
from mockserver.server.socket.conversation import Entry
from mockserver.value import dataclass

_LABELS: Final = {"websocket": "WS", "sse": "SSE"}
_WORDS: Final = {"drop": "dropped", "reset": "reset", "lost": "left"}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended: by whom (`client` or `server`), which way, and with what code and reason.

    Without a Close frame the code is `ABNORMAL`.
    """

    by: Literal["client", "server"]
    how: Literal["close", "drop", "reset", "lost"]
    code: int
    reason: str = ""


def write_notice(entry: Entry, ending: Ending) -> Notice:
    """What the log says of an end, as a line and as an event."""
    talk = entry.conversation
    lasted_s, traffic = monotonic() - entry.began, talk.traffic
    told = f"closed {ending.code}" if ending.how == "close" else _WORDS[ending.how]
    clock = datetime.now().astimezone().strftime("%H:%M:%S")
    line = (
        f"{clock} {_LABELS[talk.transport]} {talk.target} {told} by the {ending.by} after {lasted_s:.1f} s  "
        f"#{entry.id} {traffic.messages_in} in, {traffic.messages_out} out  {ending.reason}"
    ).rstrip()
    event: dict[str, Json] = {
        "event": "socket_end",
        "id": entry.id,
        "transport": talk.transport,
        "path": talk.target,
        "by": ending.by,
        "how": ending.how,
        "code": ending.code,
        "reason": ending.reason,
        "seconds": round(lasted_s, 3),
        "messages_in": traffic.messages_in,
        "messages_out": traffic.messages_out,
    }
    return Notice(line, event)
