"""Beginning and end of the process: ports, signals, running requests."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import pytest

from mockserver.server.listener import ListenError, open_listener
from tests.server.conftest import Serve
from tests.server.process import Running, end, launch
from tests.server.wire import Wire, request


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask until it is so; five seconds without it fail the test."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"


def is_refused(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0


def occupy(server: Running, wire: Wire, target: str) -> None:
    """Send a request that takes its time, and see that the server is at it."""
    wire.send(request("GET", target))
    wait_until(lambda: server.control("GET", "/api/status").json["running"] == 1)


def finish(server: Running) -> tuple[int, float]:
    """The exit code and how long the process took to end."""
    start = time.perf_counter()
    code = server.process.wait(timeout=10)
    return code, time.perf_counter() - start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_request_is_finished_and_idle_connections_are_not_waited_for(
    serve: Serve, number: signal.Signals
) -> None:
    server = serve()
    with Wire(server.port) as idle, Wire(server.port) as busy:
        idle.send(request())
        idle.read()
        occupy(server, busy, "/slow/0.5")
        server.process.send_signal(number)
        answer = busy.read()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert busy.at_end()
        assert idle.at_end()
    code, took = finish(server)
    assert code == 0
    assert took < 1


def test_nobody_new_gets_in_while_it_stops(serve: Serve) -> None:
    server = serve()
    with Wire(server.port) as busy:
        occupy(server, busy, "/slow/2")
        server.process.terminate()
        for port in (server.port, server.control_port):
            wait_until(partial(is_refused, port))
        assert busy.read().status == 200


def test_it_does_not_wait_for_ever(serve: Serve) -> None:
    server = serve(limits={"stop_s": 0.3})
    with Wire(server.port) as busy:
        occupy(server, busy, "/slow/60")
        server.process.terminate()
        code, took = finish(server)
    assert code == 0
    assert took < 2


def test_a_second_signal_ends_it_at_once(serve: Serve) -> None:
    server = serve()
    with Wire(server.port) as busy:
        occupy(server, busy, "/slow/60")
        server.process.terminate()
        wait_until(lambda: is_refused(server.port))
        server.process.terminate()
        code, took = finish(server)
    assert code == 1
    assert took < 0.5


def test_the_last_lines_are_written_before_the_end(serve: Serve) -> None:
    server = serve()
    with Wire(server.port) as wire:
        for number in range(200):
            wire.send(request("GET", f"/{number}"))
            wire.read()
    server.process.terminate()
    out, err = server.process.communicate(timeout=10)
    assert [line.split()[2] for line in out.splitlines()] == [f"/{number}" for number in range(200)]
    assert err == ""


@pytest.mark.parametrize("option", ["port", "control_port"])
def test_a_port_in_use_is_said_at_once(option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        start = time.perf_counter()
        process = launch({option: port})
        try:
            _, err = process.communicate(timeout=10)
        finally:
            end(process)
        assert process.returncode == 1
        assert time.perf_counter() - start < 2
        assert f"Port {port} on localhost is already in use" in err
        assert f"--{option.replace('_', '-')} 0" in err


def test_a_port_taken_on_one_address_is_taken() -> None:
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::1", 0))
        taken.listen()
        with pytest.raises(ListenError, match="already in use"):
            open_listener("localhost", taken.getsockname()[1])


def test_port_zero_is_one_port_on_every_address() -> None:
    listener = open_listener("localhost", 0)
    try:
        assert listener.addresses == ("127.0.0.1", "::1")
        assert {sock.getsockname()[1] for sock in listener.sockets} == {listener.port}
        assert all(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for sock in listener.sockets)
        assert listener.is_loopback
    finally:
        listener.close()


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104
        ("::", "http://[::1]:"),
        ("127.0.0.2", "http://127.0.0.2:"),
    ],
)
def test_the_origin_is_one_that_reaches_it(host: str, origin: str) -> None:
    listener = open_listener(host, 0)
    try:
        assert listener.origin == f"{origin}{listener.port}"
        assert listener.is_loopback == (host == "127.0.0.2")
    finally:
        listener.close()


def test_a_host_without_an_address_is_an_error() -> None:
    with pytest.raises(ListenError, match="no address"):
        open_listener("no-such-host.invalid", 0)


def test_the_limit_of_open_files_is_raised() -> None:
    script = (
        "import resource; soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))\n"
        "from mockserver.server.listener import raise_file_limit; raise_file_limit()\n"
        "assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
