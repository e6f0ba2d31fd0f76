"""A process that has `mockserver check` look at one file after the other, each time in a child of its own with limits.

Reads a path a line and answers each with a line of JSON (`Verdict`). The children are forked of a process that has
imported everything, so that what is measured is the definition's own; memory is all that a child has, that included.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

CPU_S: Final = 20
"""Far beyond what is allowed, so that what takes too long is measured and not only cut."""
SPACE_BYTES: Final = 2 * 1024**3
WALL_S: Final = 60
_SHOWN_BYTES: Final = 200_000


class Verdict(NamedTuple):
    """How a check ended: its exit code (negative: the signal that ended it), what it took, what it printed."""

    code: int
    cpu_s: float
    peak_mb: float
    said: str


def judge(paths: Sequence[Path], processes: int = 1) -> list[Verdict]:
    """The verdict on each file, in their order."""
    shares = [paths[first::processes] for first in range(processes)]
    with ThreadPoolExecutor(processes) as pool:
        found = [iter(verdicts) for verdicts in pool.map(_judge_apart, shares)]
    return [next(found[place % processes]) for place in range(len(paths))]


def _judge_apart(paths: Sequence[Path]) -> list[Verdict]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.reliability.judge"],
        input="".join(f"{path}\n" for path in paths), stdout=subprocess.PIPE, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return [Verdict(*json.loads(line)) for line in done.stdout.splitlines()]


def _check(path: str) -> int:
    """In the child: the command itself."""
    from mockserver.cli.group import main  # noqa: PLC0415 - the parent alone needs none of it

    try:
        main(["check", path], prog_name="mockserver")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, it is what is looked for
        traceback.print_exc()
    return 1


def _watch(path: str) -> Verdict:
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
            resource.setrlimit(resource.RLIMIT_AS, (SPACE_BYTES, SPACE_BYTES))
            signal.alarm(WALL_S)  # what waits takes no time of the processor
            code = 1
            try:
                code = _check(path)
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        _, status, used = os.wait4(child, 0)
        said.seek(0)
        text = said.read(_SHOWN_BYTES).decode("utf-8", "replace")
    return Verdict(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text)


def _warm() -> None:
    """Have everything imported that some definition needs."""
    from mockserver.server.assemble import AssembledInstance, load_prepared  # noqa: F401, PLC0415
    from mockserver.server.assemble.composition import definition_model  # noqa: PLC0415

    definition_model()
    for name in ("zoo", "tickets", "linkis"):
        load_prepared([Path(__file__).parents[2] / f"seeds/{name}.yaml"])


def _answer(lines: Iterable[str]) -> Iterator[str]:
    _warm()
    for line in lines:
        yield json.dumps(_watch(line.rstrip("\n")))


if __name__ == "__main__":
    for answer in _answer(sys.stdin):
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
