"""Workers of page tests: each has a sandbox of its own for every test, uses all of it, and ends it."""

import asyncio
import itertools
from typing import Any

import orjson

from tests.reliability.soak.follower import SocketFollower
from tests.reliability.soak.ledger import Ledger, Track, Word
from tests.reliability.soak.pipe import HOST, PATIENCE_S, Pipe


class PageFollower(SocketFollower):
    """A page that reads everything anew where something can't be told."""

    def __init__(self, ledger: Ledger, track: Track, target: str) -> None:
        super().__init__(ledger, track, target)
        self._missing = asyncio.Event()

    def miss(self, word: Word) -> None:
        self._missing.set()

    async def await_gap(self) -> None:
        await asyncio.wait_for(self._missing.wait(), PATIENCE_S)
        self._missing.clear()


class Worker:
    """One of those that work at the same time; `tests` are those that it is through with."""

    def __init__(self, name: str, port: int, control_port: int) -> None:
        self._name = name
        self._port = port
        self._api = Pipe(port)
        self._control = Pipe(control_port)
        self._count = itertools.count(1)
        self.tests = 0
        self.is_over = False
        """Whether the test that it is at is its last."""

    async def run(self, pause_s: float) -> None:
        """Until it is over: a test, and a pause."""
        while not self.is_over:
            await self.test()
            await asyncio.sleep(pause_s)

    async def test(self) -> None:
        """A test of a page, as far as a server has to do with it."""
        name = f"{self._name}-{next(self._count)}"
        of = f"?sandbox={name}"
        await self._tell("PUT", f"/api/sandboxes/{name}", expected=201)
        ledger = Ledger()
        follower = PageFollower(ledger, track := ledger.follow(name), f"/~{name}/events/ws")
        ends: list[str] = []
        follower.at_end = ends.append
        await asyncio.get_running_loop().create_connection(lambda: follower, HOST, self._port)
        await asyncio.wait_for(follower.opened, PATIENCE_S)
        made = await self._work(name, of)
        at = (await self._tell("GET", f"/api/status{of}"))["at"]
        last = int(at.partition(".")[2])
        said = await follower.command("/orders/3")
        assert said["status"] == 0, said
        verdict = ledger.judge(last)
        assert not verdict.words, verdict
        assert len(track.offsets) == last > 0
        await self._tell("POST", f"/api/snapshots/before/restore{of}")
        await follower.await_gap()
        await self._say("GET", f"/~{name}/orders/{made}")
        await self._tell("PUT", f"/api/scenario{of}", {"name": "quiet"})
        await follower.await_gap()
        assert len(await self._say("GET", f"/~{name}/orders")) == 5
        await self._tell("POST", f"/api/reset{of}")
        await follower.await_gap()
        await self._tell("DELETE", f"/api/sandboxes/{name}", expected=204)
        await asyncio.wait_for(follower.closed, PATIENCE_S)
        assert len(ends) == 1
        assert ends[0].startswith("close 1012"), ends
        self.tests += 1

    async def _work(self, name: str, of: str) -> int:
        made = await self._say("POST", f"/~{name}/orders", {"subject": "Mine"}, expected=201)
        await self._say("GET", f"/~{name}/orders?state=open&sort=-total")
        await self._tell("PUT", f"/api/snapshots/before{of}", expected=201)
        await self._say("DELETE", f"/~{name}/orders/{made['id']}", expected=204)
        await self._say("PATCH", f"/~{name}/shops/1", {"city": "Delft"}, expected=201)
        frozen = await self._tell("PUT", f"/api/clock{of}", {"freeze": "2026-03-01T12:00:00Z"})
        assert frozen["now"].startswith("2026-03-01T12:00:00"), frozen
        changed = await self._say("PATCH", f"/~{name}/orders/1", {"total": 17}, expected=201)
        assert changed["updated_at"].startswith("2026-03-01T12:00:00"), changed
        await self._tell("PUT", f"/api/clock{of}", {"advance": "5m"})
        await self._tell("PUT", f"/api/faults/away{of}", {"match": "GET /shops", "status": 503}, expected=201)
        await self._say("GET", f"/~{name}/shops", expected=503)
        await self._tell("PUT", f"/api/clock{of}", {"real": True})
        await self._tell("DELETE", f"/api/faults/away{of}", expected=204)
        key: int = made["id"]
        return key

    async def _say(self, method: str, target: str, body: object = None, expected: int = 200) -> Any:
        return await self._ask(self._api, method, target, body, expected)

    async def _tell(self, method: str, target: str, body: object = None, expected: int = 200) -> Any:
        return await self._ask(self._control, method, target, body, expected)

    async def _ask(self, pipe: Pipe, method: str, target: str, body: object, expected: int) -> Any:
        reply = await pipe.ask(method, target, body)
        assert reply.status == expected, (method, target, reply)
        return orjson.loads(reply.body) if reply.body else None

    def close(self) -> None:
        self._api.close()
        self._control.close()
