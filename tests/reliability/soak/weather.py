"""Faults that flap: each for a moment, then the next, switched by the control plane.

Those of plain requests leave whoever follows the feed alone. Clients that say they are shaky are cut, closed and left
in silence; a sandbox of its own has its frames lost and twisted.
"""

import asyncio
import itertools
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

from tests.reliability.soak.pipe import Pipe

SHAKY: Final = "X-Shaky: yes"
NOISY: Final = "noisy"
_SHAKY: Final = {"x-shaky": "yes"}
_CUTTING: Final = ("reset", "empty", "truncate")
_AFTERMATH_S: Final = 3.0

_PLAIN: Final[tuple[Mapping[str, Any], ...]] = (
    {"match": ["GET /orders", "GET /orders/:id"], "latency": ["5ms", "40ms"]},
    {"match": ["POST *", "PATCH *", "DELETE *"], "probability": 0.3, "status": 503, "retry_after": 1},
    {"match": "GET /orders/:id", "every": 4, "malformed": "html"},
    {"match": "GET /orders", "every": 4, "reset": "head"},
    {"match": "GET /notes", "rate_limit": {"limit": 2, "window": "1s"}},
    {"match": "GET /orders/:id", "every": 5, "empty": True},
    {"match": "GET /shops", "truncate": 0.5},
    {"match": "GET /orders", "every": 3, "bandwidth": "200KiB/s"},
)  # fmt: skip
_BREAKS: Final[tuple[Mapping[str, Any], ...]] = ({"drop": True}, {"close": 1012}, {"stall": True}, {"reset": True})
_TWISTS: Final[tuple[Mapping[str, Any], ...]] = (
    {"lose": True, "probability": 0.5}, {"duplicate": 2}, {"reorder": True}, {"delay": "300ms"}, {"corrupt": True},
)  # fmt: skip


class Weather:
    """Changes every `flap_s`; `switches` counts the faults that were set and taken away."""

    def __init__(self, control: Pipe, flap_s: float) -> None:
        self._control = control
        self._flap_s = flap_s
        self._cut_at = 0.0
        self.switches = 0

    def is_cutting(self) -> bool:
        """Whether a request may find itself without an answer now."""
        return monotonic() - self._cut_at < _AFTERMATH_S

    async def run(self) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for plain, brk, twist in zip(*map(itertools.cycle, (_PLAIN, _BREAKS, _TWISTS)), strict=False):
            await self._set("plain", plain)
            await self._set("ws", {"match": "WS *", "header": _SHAKY, **brk})
            if "drop" in brk or "stall" in brk:
                await self._set("sse", {"match": "GET /events/sse", "header": _SHAKY, **brk})
            await self._set("frames", {"match": "WS *", **twist}, NOISY)
            due += self._flap_s
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self.calm()

    async def calm(self) -> None:
        """All of it off."""
        for name in ("plain", "ws", "sse"):
            await self._ask("DELETE", f"/api/faults/{name}", allowed=(204, 404))
        await self._ask("DELETE", f"/api/faults/frames?sandbox={NOISY}", allowed=(204, 404))
        self._cut_at = min(self._cut_at, monotonic())

    async def _set(self, name: str, rule: Mapping[str, Any], sandbox: str = "default") -> None:
        if any(key in rule for key in _CUTTING) and name == "plain":
            self._cut_at = float("inf")
        await self._ask("PUT", f"/api/faults/{name}?sandbox={sandbox}", {**rule, "ttl": "1m"})
        self.switches += 1

    async def _ask(self, method: str, target: str, body: object = None, allowed: tuple[int, ...] = (200, 201)) -> None:
        reply = await self._control.ask(method, target, body)
        assert reply.status in allowed, (method, target, reply)

    def close(self) -> None:
        self._control.close()
