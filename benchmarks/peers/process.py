"""What the system says about a server and its children: CPU time and memory, from /proc."""

import os
import time
from pathlib import Path
from typing import Final, NamedTuple

SERVER_CORE: Final = 0
LOAD_CORE: Final = 1
"""Load, and the comparison itself."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_QUIET_S, _QUIET_CPU_S, _PATIENCE_S = 0.1, 0.015, 30.0


class Usage(NamedTuple):
    """Of all processes of a session, those that ended left out."""

    cpu_s: float
    memory_bytes: int


def pinned(core: int) -> list[str]:
    """What a command begins with that is to have one core only."""
    return ["taskset", "-c", str(core)]


def read_usage(session: int) -> Usage:
    """What the processes of a session have used; a server is started in one of its own, so its children count too."""
    cpu_s, memory_bytes = 0.0, 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
        used = parse_usage(text, session)
        cpu_s += used.cpu_s
        memory_bytes += used.memory_bytes
    return Usage(cpu_s, memory_bytes)


def parse_usage(text: str, session: int) -> Usage:
    """What one process has used, by its line in /proc; nothing where it belongs to another session.

    *Source* proc(5), /proc/pid/stat.
    """
    # The name of the program stands in parentheses and may hold anything.
    fields = text.rpartition(")")[2].split()
    if int(fields[3]) != session:
        return Usage(0.0, 0)
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE_BYTES)


def settle(session: int) -> None:
    """Waits until a server has no more to do for clients that went away, half a minute at most."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        before = read_usage(session).cpu_s
        time.sleep(_QUIET_S)
        if read_usage(session).cpu_s - before < _QUIET_CPU_S:
            return
