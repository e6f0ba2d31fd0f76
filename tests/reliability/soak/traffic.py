"""Requests of every sort at a steady rate, whoever is still waiting for an answer; and what was acknowledged by them.

What is made is taken away again, so that there is never much more than at the beginning.
"""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeAlias

import orjson

from tests.reliability.soak.follower import SocketFollower
from tests.reliability.soak.pipe import Cut, Pipe, Reply

PIPES: Final = 16
_BACKLOG: Final = 200
"""So many may wait for a connection; of more it is only counted that they were not made."""
_MOST: Final = 60
"""So many documents of each kind are there at most beside the seeded ones."""
_LISTS: Final = (
    *(f"/orders?limit=20&offset={offset}" for offset in range(0, 400, 20)),
    *(f"/shops/{shop}/orders" for shop in range(1, 21)),
    "/orders?state=open", "/orders?state=paid,sent&sort=-total", "/orders?total[gte]=500&sort=total", "/orders?q=the",
    "/orders?embed=shop&limit=10", "/orders?fields=id,total&limit=100", "/orders?total_lt=50", "/notes", "/shops",
    "/notes?embed=order&sort=-id&limit=5", "/orders?sort=updated_at&limit=5",
)  # fmt: skip


class Turn(NamedTuple):
    """One request of those that are to be made: the connection that it has, and when it was due."""

    pipe: Pipe
    due: float


Ask: TypeAlias = Callable[[Turn], Awaitable[None]]


class Traffic:
    """A mix that is the same in every run; `sockets` carry the commands.

    `is_cutting` says whether a fault may leave a request without its answer now.
    """

    def __init__(self, port: int, sockets: Sequence[SocketFollower], is_cutting: Callable[[], bool]) -> None:
        self._rng = random.Random(7)
        self._pipes = [Pipe(port) for _ in range(PIPES)]
        self._idle = deque(self._pipes)
        self._free = asyncio.Condition()
        self._sockets = sockets
        self._is_cutting = is_cutting
        self._orders: deque[int] = deque()
        self._notes: deque[int] = deque()
        self._tokens: deque[str] = deque()
        self._etags: dict[str, str] = {}
        self._number = 0
        self.taken_s: list[float] = []
        """From when a request was due until its answer was there, of those that no fault has touched."""
        self.late_s: list[float] = []
        """How much later than it was due a request was made, by the driver's own fault."""
        self.left_out = 0
        """Requests that were not made, because too many were waiting."""
        self.done: Counter[tuple[str, str]] = Counter()
        """Changes that were acknowledged, by topic and action."""
        self.unsure: Counter[tuple[str, str]] = Counter()
        """Changes of which nobody knows, because the answer was lost."""
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []
        sorts: list[tuple[int, Ask]] = [
            (28, self._read), (26, self._list), (10, self._read_again), (9, self._make_or_take), (7, self._change),
            (2, self._replace), (2, self._bulk), (2, self._note), (1, self._shop), (5, self._command),
            (3, self._log_in_or_out), (2, self._miss), (2, self._mistake), (1, self._once),
        ]  # fmt: skip
        self._sorts = [ask for _, ask in sorts]
        self._weights = [weight for weight, _ in sorts]

    async def run(self, rate: int) -> None:
        """Until it is cancelled: one request each `1/rate` seconds; those under way are waited for."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                due += 1 / rate
                await asyncio.sleep(max(0.0, due - loop.time()))
                self.late_s.append(max(0.0, loop.time() - due))
                if len(under_way) >= _BACKLOG:
                    self.left_out += 1
                    continue
                (ask,) = self._rng.choices(self._sorts, self._weights)
                task = asyncio.create_task(self._ask(ask, due))
                under_way.add(task)
                task.add_done_callback(partial(self._finish, under_way))
        finally:
            if under_way:
                await asyncio.wait([*under_way])

    def _finish(self, under_way: set["asyncio.Task[None]"], task: "asyncio.Task[None]") -> None:
        under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.wrong.append(repr(error))

    async def clear(self) -> None:
        """Take away all that was made."""
        self._is_cutting = _never
        while self._orders:
            await self._take("orders", self._orders, self._turn())
        while self._notes:
            await self._take("notes", self._notes, self._turn())
        for pipe in self._pipes:
            pipe.close()

    def _turn(self) -> Turn:
        return Turn(self._pipes[0], asyncio.get_running_loop().time())

    async def _ask(self, ask: Ask, due: float) -> None:
        async with self._free:
            await self._free.wait_for(lambda: self._idle)
            pipe = self._idle.popleft()
        try:
            await ask(Turn(pipe, due))
        finally:
            async with self._free:
                self._idle.append(pipe)
                self._free.notify()

    async def _send(
        self, turn: Turn, expected: Sequence[int], method: str, target: str, body: object = None, *headers: str,
        change: tuple[str, str, int] | None = None,
    ) -> Reply | None:  # fmt: skip
        """The answer where it is one of those expected."""
        try:
            reply = await turn.pipe.ask(method, target, body, *headers)
        except Cut as cut:
            self.answers["cut"] += 1
            if change is not None:
                self.unsure[change[:2]] += change[2]
            if not self._is_cutting():
                self.wrong.append(f"{method} {target}: {cut}")
            return None
        if reply.fault:
            self.answers["fault"] += 1
            if change is not None and reply.status < 400:
                self.done[change[:2]] += change[2]
                return reply
            return None
        self.taken_s.append(asyncio.get_running_loop().time() - turn.due)
        self.answers[str(reply.status)] += 1
        if reply.status not in expected:
            self.wrong.append(f"{method} {target}: {reply.status} {reply.body[:200]!r}")
            return None
        if change is not None and reply.status < 400:
            self.done[change[:2]] += change[2]
        return reply

    async def _read(self, turn: Turn) -> None:
        target = f"/orders/{self._rng.randint(1, 400)}"
        reply = await self._send(turn, (200,), "GET", target)
        if reply is not None and len(self._etags) < 100:
            self._etags[target] = reply.headers[b"etag"].decode()

    async def _list(self, turn: Turn) -> None:
        await self._send(turn, (200,), "GET", self._rng.choice(_LISTS))

    async def _read_again(self, turn: Turn) -> None:
        if not self._etags:
            return
        target = self._rng.choice([*self._etags])
        reply = await self._send(turn, (200, 304), "GET", target, None, f"If-None-Match: {self._etags[target]}")
        if reply is not None:
            self._etags[target] = reply.headers[b"etag"].decode()

    async def _make_or_take(self, turn: Turn) -> None:
        if self._rng.randrange(_MOST) >= len(self._orders):
            await self._make("orders", self._orders, {"subject": f"One more {self._next()}"}, turn)
        else:
            await self._take("orders", self._orders, turn)

    async def _make(self, topic: str, made: deque[int], body: object, turn: Turn, *headers: str) -> None:
        reply = await self._send(turn, (201,), "POST", f"/{topic}", body, *headers, change=(topic, "created", 1))
        if reply is not None:
            made.append(orjson.loads(reply.body)["id"])

    async def _take(self, topic: str, made: deque[int], turn: Turn) -> None:
        key = made.popleft()
        # Where an answer was lost it may be gone already.
        expected = (204, 404) if self.unsure[topic, "deleted"] else (204,)
        reply = await self._send(turn, expected, "DELETE", f"/{topic}/{key}", change=(topic, "deleted", 1))
        if reply is None:
            made.append(key)

    async def _change(self, turn: Turn) -> None:
        body = {"total": self._rng.randint(5, 900), "state": self._rng.choice(["open", "paid", "sent"])}
        target = f"/orders/{self._rng.randint(1, 400)}"
        await self._send(turn, (201,), "PATCH", target, body, change=("orders", "updated", 1))

    async def _replace(self, turn: Turn) -> None:
        body = {"subject": f"Another {self._next()}", "total": self._rng.randint(5, 900)}
        target = f"/orders/{self._rng.randint(1, 400)}"
        await self._send(turn, (201,), "PUT", target, body, change=("orders", "updated", 1))

    async def _bulk(self, turn: Turn) -> None:
        if len(self._orders) < _MOST:
            body = [{"subject": f"Bulk {self._next()}"} for _ in range(3)]
            reply = await self._send(turn, (201,), "POST", "/orders", body, change=("orders", "created", 3))
            if reply is not None:
                self._orders.extend(one["id"] for one in orjson.loads(reply.body))
        else:
            keys = [self._orders.popleft() for _ in range(3)]
            query = "&".join(f"id={key}" for key in keys)
            reply = await self._send(turn, (200,), "DELETE", f"/orders?{query}", change=("orders", "deleted", 3))
            if reply is None:
                self._orders.extend(keys)
            else:
                # Where an answer was lost, some are gone already.
                self.done["orders", "deleted"] += orjson.loads(reply.body)["count"] - 3

    async def _note(self, turn: Turn) -> None:
        if self._rng.randrange(_MOST) >= len(self._notes):
            await self._make("notes", self._notes, {"text": f"Note {self._next()}"}, turn)
        else:
            await self._take("notes", self._notes, turn)

    async def _shop(self, turn: Turn) -> None:
        body = {"open": self._rng.random() < 0.5, "city": f"City {self._next()}"}
        target = f"/shops/{self._rng.randint(1, 20)}"
        await self._send(turn, (201,), "PATCH", target, body, change=("shops", "updated", 1))

    async def _command(self, turn: Turn) -> None:
        """Over one of the sockets: a read, or a change."""
        socket, key = self._rng.choice(self._sockets), self._rng.randint(1, 400)
        if self._rng.random() < 0.7:
            said = await socket.command(f"/orders/{key}")
        else:
            said = await socket.command(f"PATCH /orders/{key}", {"total": self._rng.randint(5, 900)})
            self.done["orders", "updated"] += said["status"] == 0
        self.taken_s.append(asyncio.get_running_loop().time() - turn.due)
        self.answers["command"] += 1
        if said["status"] != 0:
            self.wrong.append(f"command: {said}")

    async def _log_in_or_out(self, turn: Turn) -> None:
        if len(self._tokens) < 10 and self._rng.random() < 0.5:
            body = {"username": "ada", "password": "lovelace"}
            reply = await self._send(turn, (200,), "POST", "/login", body)
            if reply is not None:
                self._tokens.append(orjson.loads(reply.body)["token"])
        elif self._tokens:
            token = self._tokens.popleft()
            reply = await self._send(turn, (200, 204), "POST", "/logout", None, f"Authorization: Bearer {token}")
            if reply is None:
                self._tokens.append(token)

    async def _miss(self, turn: Turn) -> None:
        await self._send(turn, (404,), "GET", f"/nowhere/{self._next()}")

    async def _mistake(self, turn: Turn) -> None:
        await self._send(turn, (422,), "POST", "/orders", {"subject": None, "total": -self._next()})

    async def _once(self, turn: Turn) -> None:
        """A document that is made once, though it is asked for twice."""
        body, key = {"text": f"Once {self._next()}"}, f"Idempotency-Key: k{self._next()}"
        reply = await self._send(turn, (201,), "POST", "/notes", body, key, change=("notes", "created", 1))
        if reply is None:
            return
        self._notes.append(orjson.loads(reply.body)["id"])
        again = await self._send(turn, (201,), "POST", "/notes", body, key)
        if again is not None and again.body != reply.body:
            self.wrong.append(f"made twice: {again.body!r}")

    def _next(self) -> int:
        self._number += 1
        return self._number


def _never() -> bool:
    return False
