"""What can be told of sockets from outside: by the control plane, by the log, and by the wire itself."""

import json
import select
import socket
import struct
from typing import Any
from uuid import uuid4

from tests.server.process import Running
from tests.server.socket.raw import Raw


def sessions(server: Running) -> dict[str, int]:
    told: dict[str, int] = server.control("GET", "/api/status").json["sessions"]
    return told


def ended(server: Running) -> bool:
    """Whether all that were opened have ended, each once."""
    told = sessions(server)
    return told["opened"] == told["ended"] and told["open"] == 0


def is_reset(raw: Raw) -> bool:
    """Whether it ends with an RST, behind whatever had arrived before."""
    try:
        while raw.sock.recv(1 << 20):
            pass
    except ConnectionResetError:
        return True
    return False


def leave_with_rst(raw: Raw) -> None:
    """Close so that the server learns it at once, whatever it has not read."""
    raw.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.sock.close()


def is_stalled(server: Running, raw: Raw) -> bool:
    """Whether the server says so of this client's socket."""
    own = "{}:{}".format(*raw.sock.getsockname())
    shown = server.control("GET", "/api/sockets").json
    return any(entry["remote"] == own and entry["state"] == "stalled" for entry in shown)


def is_silent(raw: Raw, wait_s: float) -> bool:
    """Whether nothing comes for a while, not even an end."""
    return not select.select([raw.sock], [], [], wait_s)[0]


def own_path(kind: str) -> str:
    """A path that nobody else asks for, so that the log can be searched for it."""
    return f"/{kind}/{uuid4()}"


def notice(server: Running, path: str) -> dict[str, Any]:
    """What the log says of the end of the socket at a path; the server logs JSON."""
    for line in server.stdout:
        event: dict[str, Any] = json.loads(line)
        if event["event"] == "socket_end" and event["path"] == path:
            return event
    raise AssertionError("the server has ended")
