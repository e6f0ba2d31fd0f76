"""What open sockets cost, beside those of others: `python -m benchmarks.sockets`, about three minutes.

Prints Markdown tables for `RESULTS.md`. One client (the package `ws` on Node.js) drives three servers in turn: ours
with an echo declared in YAML, an echo by `ws`, and one by Python's `websockets`, installed for this alone. Servers have
the first core and the client the second, so that neither slows the other; messages are 100 bytes of text, uncompressed.
"""

import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.start import COMMAND, ENVIRONMENT, describe_machine
from tests.clients.client import NODE, PublishedClient, run_client

HERE = Path(__file__).parent
WEBSOCKETS = "websockets==17.4"
ROUNDS, SECONDS = 15, 1
IDLE = 5000
REQUESTS = 2000
SUBSCRIBERS, WRITES = 1000, 40
DEFINITION = """
mock: 1
resources:
  things: {count: 100, fields: {name: name, price: {int: [1, 900]}, made_on: {date: [-9y, -1d]}}}
channels:
  echo: {path: /echo, receive: [{text: "${raw}"}]}
"""


@dataclass(frozen=True)
class Server:
    """One that runs; `path` is that of its echo."""

    process: "subprocess.Popen[str]"
    port: int
    path: str = ""
    control: int = 0
    """The port of its control plane, where it has one."""

    @property
    def echo(self) -> str:
        return f"ws://127.0.0.1:{self.port}{self.path}"

    def resident_kib(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        return int(found[1])


def pinned(core: int) -> list[str]:
    """What a command begins with to have a core of its own, where that can be had."""
    return ["taskset", "-c", str(core)] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


@contextmanager
def running(*command: str, path: str = "") -> Iterator[Server]:
    """A server on the first core, when it has said its port."""
    with subprocess.Popen([*pinned(0), *command], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = next((line for line in process.stdout if "ready" in line), "")
        found = re.search(r"ready .*?:(\d+)(?:.*control=.*:(\d+))?", ready)
        try:
            if found is None:
                sys.exit(f"{command[0]} ended before it was ready")
            yield Server(process, int(found[1]), path, int(found[2] or 0))
        finally:
            process.terminate()


@contextmanager
def our_server(folder: Path) -> Iterator[Server]:
    definition = folder / "sockets.yaml"
    definition.write_text(DEFINITION, encoding="utf-8")
    arguments = ("--port", "0", "--control-port", "0", "--log", "quiet", "--no-watch")
    with running(COMMAND, "serve", str(definition), *arguments, path="/echo") as server:
        yield server


@contextmanager
def their_websockets(folder: Path) -> Iterator[Server]:
    python = folder / "venv/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--no-input", WEBSOCKETS], check=True)
    with running(str(python), str(HERE / "echo.py")) as server:
        yield server


@contextmanager
def their_ws(_: Path) -> Iterator[Server]:
    with running(NODE, str(HERE / "echo.mjs")) as server:
        yield server


SERVERS = {"mockserver": our_server, "`websockets`": their_websockets, "`ws` on Node.js": their_ws}


def compare_echoes(client: PublishedClient, folder: Path) -> None:
    """Short echoes that go round from server to server, so that a slow moment of the machine is everybody's."""
    rates: dict[tuple[str, int], list[float]] = defaultdict(list)
    waits: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        servers = {name: stack.enter_context(start(folder)) for name, start in SERVERS.items()}
        for _ in range(ROUNDS):
            for name, server in servers.items():
                for count in (1, 100):
                    found = client.call("echo", server.echo, count, SECONDS)
                    rates[name, count].append(found["rate"])
                waits[name].append(found["p99"])
    print(f"\n| echo, median of {ROUNDS} × {SECONDS} s | 1 socket, a second | 100 sockets, a second | p99, ms |")
    print("|---|---|---|---|")
    for name in SERVERS:
        one, many = (statistics.median(rates[name, count]) for count in (1, 100))
        print(f"| {name} | {one:,.0f} | {many:,.0f} | {statistics.median(waits[name]):.1f} |")


def compare_idle(client: PublishedClient, folder: Path) -> None:
    print(f"\n| {IDLE:,} idle sockets | KiB each | opened a second |\n|---|---|---|")
    for name, start in SERVERS.items():
        with start(folder) as server:
            client.call("echo", server.echo, 1, 0.2)
            before = server.resident_kib()
            rate = client.call("idle", server.echo, IDLE)
            each = (server.resident_kib() - before) / IDLE
            client.call("release")
            print(f"| {name} | {each:.1f} | {rate:,.0f} |")


def time_rest(client: PublishedClient, folder: Path) -> None:
    with our_server(folder) as server:
        target = f"http://127.0.0.1:{server.port}/things/7"
        client.call("rest", target, REQUESTS)
        alone = [client.call("rest", target, REQUESTS) for _ in range(ROUNDS)]
        client.call("idle", server.echo, IDLE - 1)
        beside = [client.call("rest", target, REQUESTS) for _ in range(ROUNDS)]
        client.call("release")
    print(f"\n| `GET` of a document, median of {REQUESTS:,} | ms |\n|---|---|")
    print(f"| alone | {statistics.median(alone):.3f} |")
    print(f"| beside {IDLE:,} idle sockets | {statistics.median(beside):.3f} |")


def time_fan_out(client: PublishedClient, folder: Path) -> None:
    with our_server(folder) as server:
        feed, target = f"ws://127.0.0.1:{server.port}/events/ws", f"http://127.0.0.1:{server.port}/things/7"
        taken = client.call("fanOut", feed, target, '{"price": #}', SUBSCRIBERS, WRITES)
    print(f"\n| one write told to {SUBSCRIBERS:,} subscribers, until the last has it | ms |\n|---|---|")
    print(f"| median of {WRITES} | {statistics.median(taken):.1f} |\n| slowest | {max(taken):.1f} |")


def main() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"Machine: {describe_machine()}.")
    with TemporaryDirectory() as name, run_client(*pinned(1), NODE, str(HERE / "load.mjs")) as client:
        for measure in (compare_echoes, compare_idle, time_rest, time_fan_out):
            measure(client, Path(name))


if __name__ == "__main__":
    main()
