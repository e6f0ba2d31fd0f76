"""What a process takes, read from outside: memory, descriptors, processor time; and what it says it holds."""

import asyncio
import json
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import IO

CENSUS_S = 10.0
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Reading:
    """One look: megabytes of memory, open descriptors, and seconds of processor so far."""

    at_s: float
    resident_mb: float
    descriptors: int
    processor_s: float


@dataclass(frozen=True, slots=True)
class Census:
    """How many greenlets there are in a process, and how many objects of each type."""

    greenlets: int
    types: dict[str, int]


@dataclass(frozen=True, slots=True)
class Gauge:
    """What is looked at: a process, and the pipe on which `entry.py` tells."""

    pid: int
    telling: IO[bytes]

    def read(self, at_s: float = 0.0) -> Reading:
        process = Path(f"/proc/{self.pid}")
        found = re.search(r"VmRSS:\s+(\d+)", (process / "status").read_text())
        assert found is not None
        ticks = (process / "stat").read_text().rpartition(") ")[2].split(" ")
        seconds = (int(ticks[11]) + int(ticks[12])) * _TICK_S
        return Reading(at_s, int(found[1]) / 1024, len([*(process / "fd").iterdir()]), seconds)

    def take_census(self) -> Census:
        os.kill(self.pid, signal.SIGUSR2)
        assert select([self.telling], [], [], CENSUS_S)[0], "the server does not tell what it holds"
        told = json.loads(self.telling.readline())
        return Census(told["greenlets"], told["types"])

    async def watch(self, every_s: float, readings: list[Reading]) -> None:
        """A look now and then, until it is cancelled."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        while True:
            readings.append(self.read(loop.time() - started))
            await asyncio.sleep(every_s)
