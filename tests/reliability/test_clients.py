"""Clients that are slow or mean harm: everybody else is served meanwhile, and nothing is left of them."""

import json
import math
import resource
import select
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from mockserver.server.socket.tcp import GONE, find_told
from tests.live import started
from tests.reliability.launch import ZOO, count_files, count_greenlets, cpu_s, entered, memory_mb, spawn
from tests.scorecard import Figures
from tests.server.process import Running, end
from tests.server.wire import Wire, request

QUICK: dict[str, float] = {"head_s": 1.0, "body_idle_s": 1.0}
CROWD: dict[str, Any] = {
    "heads": 100,
    "bodies": 20,
    "sockets": 8,
    "streams": 4,
    "held": 16,
    "pause_s": 0.1,
    "body_s": 0.4,
    "say_s": 0.005,
}
THOROUGH: dict[str, Any] = {
    "heads": 500,
    "bodies": 50,
    "sockets": 50,
    "streams": 20,
    "held": 64,
    "pause_s": 0.5,
    "body_s": 5,
    "say_s": 0.1,
}
ANIMALS = request("GET", "/v1/animals?limit=100")
FEW_FILES = ("sh", "-c", 'ulimit -n 256; exec "$@"', "sh")


def p99(durations: list[float]) -> float:
    return sorted(durations)[math.ceil(len(durations) * 0.99) - 1]


def took_s(ask: Callable[[], object]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def settle(condition: Callable[[], bool], within_s: float = 10) -> float:
    """How long it took until it was so."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + within_s, "it never came to be"
        time.sleep(0.02)
    return time.monotonic() - start


def says(process: "subprocess.Popen[str]", within_s: float) -> bool:
    """Whether there is a line to be read of it."""
    assert process.stdout is not None
    return bool(select.select([process.stdout], [], [], within_s)[0])


def hear(process: "subprocess.Popen[str]", within_s: float = 60) -> object:
    assert process.stdout is not None
    assert says(process, within_s), "it said nothing"
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    return json.loads(line)


def test_a_crowd_is_let_go_in_time_and_everybody_else_is_served(figure: Figures, *, is_thorough: bool) -> None:
    """The bounds of time are for a quiet machine; beside other tests it is told that nobody waits for seconds."""
    plan = THOROUGH if is_thorough else CROWD
    limits: dict[str, float] = {} if is_thorough else QUICK
    with entered(limits=limits) as server:
        assert server.control("GET", "/api/status").status == server.get("/v1/zoos").status == 200
        assert server.switch("stuck", {"match": "GET /employees", "hang": True}).status < 300
        before = count_files(server), count_greenlets(server)
        memory = memory_mb(server)
        crowd = spawn("tests.reliability.crowd", {"port": server.port, "control_port": server.control_port, **plan})
        try:
            assert hear(crowd) == "here"
            zoos, status, most = [], [], memory
            while not says(crowd, 0.005):
                zoos.append(took_s(partial(server.get, "/v1/zoos")))
                status.append(took_s(partial(server.control, "GET", "/api/status")))
                most = max(most, memory_mb(server))
            assert hear(crowd) == "evicted"
            held = server.control("GET", "/api/status").json["held"]["held"]
            assert server.control("DELETE", "/api/faults/stuck").status == 204
            ends = hear(crowd)
            assert isinstance(ends, dict)
        finally:
            end(crowd)
        left_s = settle(lambda: count_files(server) <= before[0] and count_greenlets(server) <= before[1])

    late = 1.0 if is_thorough else 5.0
    figure("beside the crowd: GET, p99", p99(zoos) * 1000, "ms", most=250 if is_thorough else 5_000)
    figure(
        "beside the crowd: GET of the control plane, p99", p99(status) * 1000, "ms", most=100 if is_thorough else 5_000
    )
    for role, name, deadline_s in (
        ("heads", "dripped heads", limits.get("head_s", 10)),
        ("bodies", "dripped bodies", limits.get("body_idle_s", 30)),
    ):
        assert {status for status, _ in ends[role]} == {408}
        assert min(after_s for _, after_s in ends[role]) > deadline_s - 0.5
        figure(f"{name} let go", len(ends[role]), exactly=plan[role])
        overrun_s = max(after_s for _, after_s in ends[role]) - deadline_s
        figure(f"{name}: the latest after its deadline", overrun_s * 1000, "ms", most=late * 1000)
    for role, name in (
        ("sockets", "WebSockets that never read, closed"),
        ("streams", "event streams that are never read, ended"),
    ):
        figure(name, len(ends[role]), exactly=plan[role])
    figure("the crowd: memory", most - memory, "MB", most=150)
    figure("requests held by a fault all the while, answered at its end", held, exactly=plan["held"])
    assert [status for status, _ in ends["held"]] == [503] * plan["held"]
    figure("the crowd: descriptors and greenlets as before, after", left_s, "s", most=5)


def test_who_asks_and_never_reads_costs_no_memory_and_is_let_go(figure: Figures) -> None:
    """Ten thousand requests at once, of which the answers would be 200 MB."""
    with entered(limits={"write_s": 0.5}) as server:
        size = len(server.get("/v1/animals?limit=100").body)
        most = memory = memory_mb(server)
        with Wire(server.port) as wire:
            wire.sock.setblocking(False)  # noqa: FBT003
            data = memoryview(ANIMALS * 10_000)
            deadline = time.monotonic() + 10
            while not find_told([wire.sock.fileno()], GONE):
                assert time.monotonic() < deadline, "the connection is still open"
                assert server.get("/v1/zoos/1").status == 200
                most = max(most, memory_mb(server))
                with suppress(BlockingIOError, ConnectionError):
                    data = data[wire.sock.send(data[: 64 * 1024]) :]
                with suppress(BlockingIOError, ConnectionError):
                    # Reading a little is no reading.
                    wire.sock.recv(1)
        assert len(data) < len(ANIMALS) * 9_000
        assert size * 10_000 > 100_000_000
        figure("10,000 requests without reading: memory", most - memory, "MB", most=16)


def test_idle_connections_are_cheap_and_end_in_time(figure: Figures, *, is_thorough: bool) -> None:
    count, idle_s = (1_000, 3.0) if is_thorough else (200, 0.8)
    with ExitStack() as stack, entered(limits={"idle_s": idle_s}) as server:
        server.get("/v1/zoos/1")
        files, memory = count_files(server), memory_mb(server)
        wires = [stack.enter_context(Wire(server.port)) for _ in range(count)]
        for wire in wires:
            wire.send(request("GET", "/v1/zoos/1"))
            assert wire.read().status == 200
        figure("memory for an idle connection", (memory_mb(server) - memory) * 1024 / count, "KiB", most=40)
        assert all(wire.at_end() for wire in wires)
        left_s = settle(lambda: count_files(server) <= files)
        figure(f"{count:,} idle connections: descriptors as before, after the last has ended", left_s, "s", most=5)


def test_a_flood_of_connections_leaves_a_way_in_to_the_control_plane(figure: Figures) -> None:
    """Even before anything was imported that its first request needs."""
    with started(str(ZOO), within=FEW_FILES) as server:
        with ExitStack() as stack:
            for _ in range(400):
                stack.enter_context(Wire(server.port))
            answers = [server.control("GET", "/api/status").status for _ in range(5)]
            figure("400 connections, 256 files: answers of the control plane", answers.count(200), exactly=5)
            figure("400 connections, 256 files: descriptors in use", count_files(server), most=240)
        figure(
            "400 connections, 256 files: the API answers, when they have gone, after", took_s(server.get), "s", most=5
        )
        assert server.get("/v1/zoos").status == 200
        server.process.terminate()
        assert server.process.communicate(timeout=10)[1] == (
            "168 connections are open, and the limit of open files (ulimit -n) allows no more: others wait.\n"
        )


def test_without_any_file_left_it_neither_spins_nor_ends(figure: Figures) -> None:
    """However that came about; and nobody reads what it says of it."""
    with started(str(ZOO)) as server:
        assert server.get("/v1/zoos").status == 200
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (count_files(server) + 2, 256))
        with ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            settle(lambda: _is_out_of_files(server))
            worked = cpu_s(server)
            # Its own attempts are what is measured: as long as they take, nothing else happens.
            time.sleep(0.5)
            figure("no descriptor left: share of a core", (cpu_s(server) - worked) * 200, "%", most=50)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (256, 256))
        assert server.get("/v1/zoos").status == 200


def _is_out_of_files(server: Running) -> bool:
    return count_files(server) >= resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[0]
