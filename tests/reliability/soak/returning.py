"""Those whose connections are cut again and again, and who come back."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

from tests.reliability.soak.follower import Follower
from tests.reliability.soak.ledger import Track
from tests.reliability.soak.pipe import HOST, PATIENCE_S, Cut

_DEAD_S = 2.5
"""A connection is taken for dead after so much silence: there are writes all the time."""


class Returning:
    """A client that comes back with its last id each time its connection ends, or says nothing for too long."""

    def __init__(self, make: Callable[[str], Follower], track: Track, port: int, rng: random.Random) -> None:
        self._make = make
        self._track = track
        self._port = port
        self._rng = rng
        self.follower: Follower | None = None
        self.returns = 0
        self.failures: list[str] = []

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            with suppress(Cut, OSError):
                await self._hold()
            self.returns += 1
            await asyncio.sleep(self._rng.uniform(0.02, 0.2))

    async def _hold(self) -> None:
        follower = self.follower = self._make(self._track.cursor)
        follower.at_end = self._note
        await asyncio.get_running_loop().create_connection(lambda: follower, HOST, self._port)
        await asyncio.wait_for(follower.opened, PATIENCE_S)
        loop = asyncio.get_running_loop()
        while not follower.closed.done():
            await asyncio.wait([follower.closed], timeout=_DEAD_S / 5)
            if loop.time() - follower.heard_at > _DEAD_S:
                follower.abort()

    def _note(self, why: str) -> None:
        if why.startswith("gap"):
            self.failures.append(f"{self._track.name}: {why}")

    def finish(self) -> None:
        if self.follower is not None:
            self.follower.is_ending = True
            self.follower.abort()
