"""The Autobahn|Testsuite's cases, all of them, against an echo over our sockets.

`python -m tests.conformance.run ARCHIVE [SECTION…]`: the archive is the suite as published; `9` or `9.7` names some.
Prints what came out by section, and fails unless every case has the result that the suite calls OK.
"""

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.conformance.fuzzer import Fuzzer
from tests.conformance.published import load_cases, name_of
from tests.server.process import await_ready, end, launch

ECHO: Final = "/echo?deflate=1&limit=33554432"
_GOOD: Final = frozenset({"OK", "INFORMATIONAL"})
_DEFLATED: Final = ("12.", "13.")
_SECTIONS: Final = {
    "1": "framing", "2": "pings and pongs", "3": "reserved bits", "4": "opcodes", "5": "fragmentation", "6": "UTF-8",
    "7": "close handling", "9": "limits and performance", "10": "auto-fragmentation",
    "12": "compression, payloads", "13": "compression, parameters",
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What a case came to: what was said, and how it ended."""

    name: str
    behavior: str
    close: str
    words: str

    @property
    def is_good(self) -> bool:
        return self.behavior in _GOOD and self.close in _GOOD

    @property
    def section(self) -> str:
        return self.name.partition(".")[0]


async def judge(case: Any, port: int) -> Result:
    """Run one case."""
    name = name_of(case)
    fuzzer = Fuzzer(case, speaks_bytes=name.startswith(_DEFLATED))
    await fuzzer.run("127.0.0.1", port, ECHO)
    done = fuzzer.case
    return Result(name, done.behavior, done.behaviorClose, f"{done.result} {done.resultClose}")


def choose(cases: list[Any], names: tuple[str, ...]) -> list[Any]:
    """The cases of the sections named, all without any."""
    wanted = tuple(f"{name}." for name in names)
    return [case for case in cases if not names or f"{name_of(case)}.".startswith(wanted)]


def tell(results: list[Result]) -> None:
    """The table, and below it what was not as it should be."""
    for section, meaning in _SECTIONS.items():
        counts = Counter(result.behavior for result in results if result.section == section)
        closes = Counter(result.close for result in results if result.section == section)
        if counts:
            print(f"{section:>3} {meaning:24} {_write(counts):40} close: {_write(closes)}")  # noqa: T201
    for result in results:
        if not result.is_good:
            print(f"{result.name}: {result.behavior}, close {result.close}. {result.words}")  # noqa: T201
    print(f"{sum(result.is_good for result in results)} of {len(results)} cases are as they should be")  # noqa: T201


def _write(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


async def judge_all(cases: list[Any], port: int) -> list[Result]:
    """Run cases one after the other."""
    results = []
    for case in cases:
        results.append(await judge(case, port))
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{results[-1].name:10}\r")
            sys.stderr.flush()
    return results


def main(archive: str, *names: str) -> int:
    """Run the cases; the exit code."""
    with TemporaryDirectory() as folder:
        cases = choose(load_cases(Path(archive), Path(folder)), names)
        process = launch({"log": "quiet"})
        try:
            results = asyncio.run(judge_all(cases, await_ready(process).port))
        finally:
            end(process)
    tell(results)
    return 0 if results and all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
