"""Clients that are slow or mean harm, all at once, in a process of their own: they take no time from who measures.

`python -m tests.reliability.crowd PLAN`, a JSON object as `Plan` has it. It says a line when all are in place, another
when the server has let go of all but those who are held, and a last one when those are answered: what came of whom.
"""

import asyncio
import json
import select
import socket
import sys
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, NamedTuple

from mockserver.server.socket.tcp import GONE
from tests.server.socket.raw import UPGRADE, handshake
from tests.server.wire import request

SAID_BYTES = 64 * 1024
LOOK_S = 0.1


class Plan(NamedTuple):
    """How many of whom.

    Drippers send a byte every `pause_s`, those of bodies for `body_s` and then nothing; the feed says something every
    `say_s`.
    """

    port: int
    control_port: int
    heads: int
    bodies: int
    sockets: int
    streams: int
    held: int
    pause_s: float
    body_s: float
    say_s: float


class End(NamedTuple):
    """What the server said at last, and how long after that which its deadline counts from."""

    status: int
    after_s: float


async def connect(port: int, first: bytes) -> socket.socket:
    """A connection with a small buffer, on which this has been sent."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(0)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, ("127.0.0.1", port))
    await loop.sock_sendall(sock, first)
    return sock


async def hear_out(sock: socket.socket) -> tuple[int, float]:
    """The status of what the server says until it ends the connection, and when that was."""
    said = b""
    try:
        while piece := await asyncio.get_running_loop().sock_recv(sock, 65536):
            said += piece
    except ConnectionError:
        pass
    return int(said[9:12] or 0), monotonic()


async def drip(sock: socket.socket, pause_s: float, until: float) -> End:
    """Send byte by byte until then, or until the server has had enough; it is counted from the last byte."""
    hearing = asyncio.ensure_future(hear_out(sock))
    last = monotonic()
    while not hearing.done() and monotonic() < until:
        await asyncio.wait({hearing}, timeout=pause_s)
        if not hearing.done():
            try:
                await asyncio.get_running_loop().sock_sendall(sock, b"x")
            except ConnectionError:
                break
            last = monotonic()
    status, ended = await hearing
    return End(status, ended - last)


async def drip_head(plan: Plan, sock: socket.socket) -> End:
    began = monotonic()
    end = await drip(sock, plan.pause_s, began + 3600)
    return End(end.status, monotonic() - began)


async def drip_body(plan: Plan, sock: socket.socket) -> End:
    return await drip(sock, plan.pause_s, monotonic() + plan.body_s)


async def read_nothing(_: Plan, sock: socket.socket) -> End:
    """Be there until the server is not."""
    began = monotonic()
    gone = select.poll()
    gone.register(sock, GONE)
    while not gone.poll(0):
        await asyncio.sleep(LOOK_S)
    return End(0, monotonic() - began)


async def be_held(_: Plan, sock: socket.socket) -> End:
    began = monotonic()
    status, ended = await hear_out(sock)
    return End(status, ended - began)


async def say(plan: Plan, ended: asyncio.Event) -> None:
    """Have more said on the feed than anybody keeps for those who don't read."""
    body = json.dumps({"topic": "news", "data": "x" * SAID_BYTES}).encode()
    saying = request("POST", "/api/events", "Content-Type: application/json", body=body)
    sock = await connect(plan.control_port, b"")
    loop = asyncio.get_running_loop()
    while not ended.is_set():
        await loop.sock_sendall(sock, saying)
        assert (await loop.sock_recv(sock, 65536)).startswith(b"HTTP/1.1 20")
        await asyncio.sleep(plan.say_s)
    sock.close()


Act = Callable[[Plan, socket.socket], Awaitable[End]]
_HEAD = request("GET", "/v1/zoos", "X: ")[:-4]
_BODY = request("POST", "/v1/zoos", "Content-Type: application/json", "Content-Length: 100000", body=b"{")
_SOCKET = handshake("/v1/events/ws", *UPGRADE)
_STREAM = request("GET", "/v1/events/sse")
_HELD = request("GET", "/v1/employees", "Connection: close")


async def run(plan: Plan) -> None:
    roles: dict[str, tuple[int, bytes, Act]] = {
        "held": (plan.held, _HELD, be_held),
        "sockets": (plan.sockets, _SOCKET, read_nothing),
        "streams": (plan.streams, _STREAM, read_nothing),
        "bodies": (plan.bodies, _BODY, drip_body),
        "heads": (plan.heads, _HEAD, drip_head),
    }
    acts: dict[str, list[asyncio.Task[End]]] = {}
    for role, (count, first, act) in roles.items():
        acts[role] = [asyncio.ensure_future(begin(plan, first, act)) for _ in range(count)]
        await asyncio.sleep(0.1)
    ended = asyncio.Event()
    saying = asyncio.ensure_future(say(plan, ended))
    tell("here")
    for role in ("sockets", "streams", "bodies", "heads"):
        await asyncio.gather(*acts[role])
    ended.set()
    await saying
    tell("evicted")
    tell({role: [tuple(await one) for one in tasks] for role, tasks in acts.items()})


async def begin(plan: Plan, first: bytes, act: Act) -> End:
    sock = await connect(plan.port, first)
    with sock:
        return await act(plan, sock)


def tell(what: Any) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(run(Plan(**json.loads(sys.argv[1]))))
