"""Compares us with the peers: `benchmarks/run`, or `python -m benchmarks.peers`; twenty minutes for all of it."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks.peers.figure import gather
from benchmarks.peers.goal import SIZES
from benchmarks.peers.measure import Plan, measure
from benchmarks.peers.package import DEBIAN, InstallError, find_missing, install
from benchmarks.peers.peer import PEERS, Place
from benchmarks.peers.process import LOAD_CORE, SERVER_CORE
from benchmarks.peers.record import Failure, Keep, Record, Round, Setting, Start, keeping, read_records
from benchmarks.peers.report import write_report
from benchmarks.peers.scenario import SCENARIOS
from benchmarks.start import describe_machine

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "mock-bench"


class _Names(click.ParamType[list[Any]]):
    """Some of the things that have a name, separated by commas."""

    name = "NAMES"

    def __init__(self, things: Sequence[Any]) -> None:
        self.things = {thing.name: thing for thing in things}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[Any]:
        wanted = value.split(",")
        for name in wanted:
            if name not in self.things:
                self.fail(f"{name!r} is none of {', '.join(self.things)}", param, ctx)
        return [thing for name, thing in self.things.items() if name in wanted]


def _read_sizes(ctx: click.Context, param: click.Parameter, value: str) -> list[int]:
    sizes = value.split(",")
    if not all(size.isdecimal() and int(size) >= 1000 for size in sizes):
        raise click.BadParameter("write numbers from 1000, separated by commas.", ctx, param)
    return sorted({int(size) for size in sizes})


@click.command()
@click.option("--rows", "sizes", default=",".join(map(str, SIZES)), show_default=True, callback=_read_sizes)
@click.option("--peers", type=_Names(PEERS), default=",".join(peer.name for peer in PEERS), show_default=True)
@click.option("--scenarios", type=_Names(SCENARIOS), default=",".join(one.name for one in SCENARIOS), show_default=True)
@click.option("--reps", default=3, show_default=True, type=click.IntRange(1, 50), help="Rounds of each.")
@click.option("--seconds", default=2, show_default=True, type=click.IntRange(1, 60), help="Of a round.")
@click.option("--add", is_flag=True, help="To what was measured before, instead of anew.")
@click.option("--report-only", is_flag=True, help="Write the report from what was measured before.")
@click.option(
    "--into",
    default=Path(__file__).parent.parent,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where RESULTS.md and charts/ are.  [default: benchmarks/]",
)
@click.option(
    "--cache",
    default=CACHE,
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where packages and measurements are kept.",
)
def main(*, add: bool, report_only: bool, into: Path, **options: Any) -> None:
    """Start the peers and ourselves on the same data, by turns, and write benchmarks/RESULTS.md and its charts."""
    plan = Plan(**options)
    kept = plan.cache / "measured.jsonl"
    if not report_only:
        _prepare(plan)
        if not add:
            kept.unlink(missing_ok=True)
        _measure(plan, kept)
    records = read_records(kept)
    if not records:
        sys.exit(f"nothing was measured yet: {kept} is not there")
    write_report(gather(records), into)
    print(f"written: {into / 'RESULTS.md'}")


def _prepare(plan: Plan) -> None:
    """Sees to it that everything is there, or ends with what is missing."""
    if not {SERVER_CORE, LOAD_CORE} <= _own_cores():
        sys.exit("a comparison needs Linux and its first two cores: one for the servers, one for the load")
    missing = find_missing(plan.peers)
    if missing:
        packages = " ".join(sorted({DEBIAN[tool] for tool in missing}))
        sys.exit(f"not on the PATH: {', '.join(missing)}\non Debian and Ubuntu: apt-get install {packages}")
    plan.cache.mkdir(parents=True, exist_ok=True)
    for peer in plan.peers:
        try:
            install(peer, plan.cache)
        except InstallError as error:
            sys.exit(str(error))


def _own_cores() -> set[int]:
    return os.sched_getaffinity(0) if sys.platform == "linux" else set()


def _measure(plan: Plan, path: Path) -> None:
    # Whatever happens here is not to be on the core of a server.
    os.sched_setaffinity(0, {LOAD_CORE})
    with ExitStack() as stack:
        write = stack.enter_context(keeping(path))
        write(_describe_setting(plan))
        measure(plan, _telling(write))


def _telling(keep: Keep) -> Keep:
    """Keeps a record and says so."""

    def tell(record: Record) -> None:
        keep(record)
        match record:
            case Start():
                print(f"{record.rows:>7,} start {record.peer} {record.seconds:.2f} s", flush=True)
            case Round():
                rate = record.load.requests / record.load.seconds
                errors = f", {record.load.errors} errors" if record.load.errors else ""
                print(f"{record.rows:>7,} {record.scenario} {record.peer} {rate:,.1f}/s{errors}", flush=True)
            case Failure():
                print(f"{record.rows:>7,} {record.scenario} {record.peer}: {record.text}", flush=True)

    return tell


def _describe_setting(plan: Plan) -> Setting:
    place = Place(0, Path("DATA"), Path("PACKAGES"))
    tools = {"Node.js": ["node", "--version"], "Java": ["java", "-version"], "wrk": ["wrk", "-v"]}
    return Setting(
        day=datetime.now(UTC).date().isoformat(),
        machine=describe_machine(),
        versions={name: _ask_version(command) for name, command in tools.items()},
        commands={peer.name: _write_command(peer.command(place)) for peer in plan.peers},
        reps=plan.reps,
        seconds=plan.seconds,
    )


def _write_command(command: Sequence[str]) -> str:
    """Without the folders of this machine; the port is whichever was free."""
    return " ".join([Path(command[0]).name, *command[1:]]).replace("port 0", "port PORT", 1).replace("-p 0", "-p PORT")


def _ask_version(command: Sequence[str]) -> str:
    """The first version that a program tells."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # nobody that needs it is compared
        return "none"
    found = re.search(r"\d+(\.\d+)+", ran.stdout + ran.stderr)
    return found[0] if found else "unknown"


if __name__ == "__main__":
    main()
