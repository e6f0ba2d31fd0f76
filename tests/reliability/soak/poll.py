"""One who follows the feed by asking again and again."""

import asyncio
from typing import Any

import orjson

from tests.reliability.soak.ledger import Ledger, Track
from tests.reliability.soak.pipe import Cut, Pipe


class PollFollower:
    """One that asks again and again, waiting for an answer up to `wait_s` or, with 0, for as long as it is told to."""

    def __init__(self, ledger: Ledger, track: Track, port: int, wait_s: int) -> None:
        self._ledger = ledger
        self._track = track
        self._pipe = Pipe(port)
        self._wait_s = wait_s
        self.answers = 0
        self.cut = 0

    async def open(self) -> None:
        found = await self._ask("")
        self._track.begin(found["at"])

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.turn()

    async def turn(self) -> None:
        try:
            found = await self._ask(f"&since={self._track.cursor}" + (f"&wait={self._wait_s}" if self._wait_s else ""))
        except Cut:
            # Its connection was closed just as it asked again: nothing is lost by asking once more.
            self.cut += 1
            return
        assert found["gap"] is None, found["gap"]
        self.answers += 1
        for event in found["events"]:
            self._track.take(self._ledger.epoch, self._ledger.note(event).offset)
        self._track.cursor = found["at"]
        if not self._wait_s:
            await asyncio.sleep(found["next_ms"] / 1000)

    async def _ask(self, query: str) -> Any:
        reply = await self._pipe.ask("GET", f"/events?topics={','.join(self._track.topics)}{query}")
        assert reply.status == 200, reply
        return orjson.loads(reply.body)

    def close(self) -> None:
        self._pipe.close()
