"""A server that many follow, write to and disturb for ten minutes: nobody loses anything, and it does not grow."""

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import IO

import pytest

from tests.reliability.soak.drive import DEFINITION, Soak
from tests.reliability.soak.gauge import Gauge
from tests.reliability.soak.ledger import Ledger, percentile
from tests.reliability.soak.outcome import Outcome
from tests.reliability.soak.plan import LONG, SHORT, Plan
from tests.scorecard import Figures
from tests.server.process import Running, await_ready, end
from tests.server.socket.raw import TEXT, Raw, close
from tests.server.test_stop import wait_until
from tests.server.wire import Wire, request

ROOT = DEFINITION.parents[3]
COMMAND = (sys.executable, "-W", "error", "-m", "tests.reliability.soak.entry")
OPTIONS = ("serve", "--port", "0", "--control-port", "0", "--log", "json", str(DEFINITION))
STORE = "mockserver.store.store.Store"
"""There is one for each sandbox of each definition that is in memory."""
SOCKET = "mockserver.server.socket.connection.Connection"
STREAM = "mockserver.server.stream.EventStream"
SESSION = "mockserver.realtime.feed_session.FeedSession"
OF_EACH = 20
RELOADS = 5
STOP_S = 10
FIRST_S = 60
"""What is kept for later fills up within a minute; from then on memory stands."""


@contextmanager
def serving() -> Iterator[tuple[Running, Gauge]]:
    """A server of its own, and what it is measured by; it is stopped as a user would, and must not have complained."""
    reading, writing = os.pipe()
    with ExitStack() as stack:
        telling = stack.enter_context(os.fdopen(reading, "rb", buffering=0))
        with os.fdopen(writing):
            process = subprocess.Popen(
                [*COMMAND, str(writing), *OPTIONS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                pass_fds=[writing],
            )  # fmt: skip
        stack.callback(end, process)
        server = await_ready(process)
        log = Thread(target=_drain, args=[server.stdout])
        log.start()
        stack.callback(log.join)
        assert process.stderr is not None
        try:
            yield server, Gauge(process.pid, telling)
        except Exception as error:
            # What went wrong there may be why it failed here.
            ended = process.poll()
            process.terminate()
            error.add_note(f"The server {'ran' if ended is None else f'had ended with {ended}'}")
            error.add_note(f"and wrote: {process.stderr.read() or 'nothing'}")
            raise
        process.terminate()
        assert process.wait(STOP_S) == 0
        assert process.stderr.read() == ""


def _drain(stdout: IO[str]) -> None:
    for _ in stdout:
        pass


@contextmanager
def _many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def soak(plan: Plan) -> Outcome:
    # In a thread of its own: a test in a browser before this one may have left a loop running in ours.
    with _many_files(), serving() as (server, gauge), ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, Soak(plan, server.port, server.control_port, gauge).run()).result()


def test_nobody_loses_anything_and_nothing_grows(figure: Figures, *, is_thorough: bool) -> None:
    came = soak(LONG if is_thorough else SHORT)
    _hold_to_what_was_told(came, figure)
    _hold_to_what_it_takes(came, figure, is_thorough=is_thorough)
    _hold_to_how_it_was_answered(came, figure)


@pytest.mark.parametrize(
    ("offsets", "found"),
    [
        ([1, 2, 3, 4], (0, 0, 0)),
        ([1, 2, 4], (1, 0, 0)),
        ([1, 2, 2, 3, 4], (0, 1, 0)),
        ([1, 3, 2, 4], (0, 0, 1)),
        ([1, 2, 3], (1, 0, 0)),
        ([2, 3, 4], (1, 0, 0)),
    ],
)
def test_the_ledger_sees_what_is_lost_or_twice_or_out_of_order(offsets: list[int], found: tuple[int, int, int]) -> None:
    ledger = Ledger()
    for offset in range(1, 5):
        ledger.note({"id": f"e.{offset}", "topic": "orders" if offset % 2 else "notes", "action": "updated"})
    track, orders = ledger.follow("one"), ledger.follow("two", ("orders",))
    for one, told in ((track, offsets), (orders, [1, 3])):
        one.begin("e.0")
        for offset in told:
            one.take("e", offset)
    verdict = ledger.judge(4)
    assert (verdict.lost, verdict.doubled, verdict.disordered) == found
    assert bool(verdict.words) == (found != (0, 0, 0))
    assert ledger.is_complete(4) == (offsets[-1] == 4)


def test_a_definition_that_is_served_no_more_is_let_go_of_at_once(figure: Figures) -> None:
    text = DEFINITION.read_text(encoding="utf-8")
    headers = ("Content-Type: application/json",)
    with serving() as (server, gauge):
        for number in range(RELOADS):
            body = json.dumps({"source": text.replace("under load", f"under load, {number}")}).encode()
            assert server.control("PUT", "/api/definition", *headers, body=body).status == 200
        held = gauge.take_census().types[STORE]
    figure(f"definitions in memory, after {RELOADS} were loaded", held, exactly=1)


def test_a_connection_that_has_ended_is_let_go_of_at_once(figure: Figures) -> None:
    """Not by the collector, which comes when it has a quarter more to look through."""
    with serving() as (server, gauge), ExitStack() as stack:
        for _ in range(OF_EACH):
            for leaves_in_order in (True, False):
                raw = stack.enter_context(Raw(server.port, "/events/ws"))
                raw.skip_to(TEXT)
                stack.callback(raw.send, close(1000) if leaves_in_order else b"")
            stream = stack.enter_context(Wire(server.port))
            stream.send(request("GET", "/events/sse"))
            assert stream.read(head_only=True).status == 200
        assert {gauge.take_census().types.get(name) for name in (SOCKET, STREAM)} == {2 * OF_EACH, OF_EACH}
        left = gauge.read().descriptors - 3 * OF_EACH
        stack.pop_all().close()
        # Closing is the last that is done about a connection; who is answered next comes after that.
        wait_until(lambda: gauge.read().descriptors <= left)
        assert server.control("GET", "/api/sockets").json == []
        held = gauge.take_census().types
    figure("of those who have left, still in memory", sum(held.get(name, 0) for name in (SOCKET, STREAM)), exactly=0)
    assert held.get(SESSION, 0) == 0


def _hold_to_what_was_told(came: Outcome, figure: Figures) -> None:
    assert came.verdict is not None
    assert (came.wrong[:5], came.closed[:5], came.verdict.words[:5]) == ([], [], [])
    figure("clients that follow the feed", came.verdict.followers)
    figure("events told to them", came.verdict.told, least=1)
    figure("events lost", came.verdict.lost, exactly=0)
    figure("events told twice", came.verdict.doubled, exactly=0)
    figure("events out of order", came.verdict.disordered, exactly=0)
    figure("connections closed that were to stay", len(came.closed), exactly=0)
    figure("times that others were cut off and came back", came.returns, least=1)


def _hold_to_how_it_was_answered(came: Outcome, figure: Figures) -> None:
    figure("requests and commands", came.asked, least=1)
    figure("of them answered wrongly", len(came.wrong), exactly=0)
    # How long answers take is held to this alone: clients and server fill two cores together.
    figure("requests not made, because 200 were waiting", came.left_out, most=came.asked // 100)
    figure("faults switched on and off", came.switches, least=1)
    figure("sandboxes made, worked in and ended", came.tests, least=1)
    figure("definitions loaded meanwhile", came.reloads, least=1)
    for what, taken_s in (
        ("an answer", came.taken_s),
        ("an answer of the control plane", came.control_s),
        ("from the first to the last who is told of an event", came.spread_s),
        ("the driver itself late", came.late_s),
    ):
        figure(f"{what}, median", percentile(taken_s, 0.5) * 1000, "ms")
        figure(f"{what}, p99", percentile(taken_s, 0.99) * 1000, "ms")


def _hold_to_what_it_takes(came: Outcome, figure: Figures, *, is_thorough: bool) -> None:
    first, *_, last = came.readings
    figure("processor of the server", 100 * (last.processor_s - first.processor_s) / came.took_s, "%")
    figure("processor of the driver", 100 * came.driver_s / came.took_s, "%")
    figure("exchanges in the journal", came.journal, most=1000)
    figure("lines of the log that found no reader", came.status["log_lines_dropped"], exactly=0)
    figure("descriptors left open", came.descriptors_left, most=0)
    figure("greenlets left", came.greenlets_left, most=0)
    if is_thorough:
        since = [one.resident_mb for one in came.readings if one.at_s >= FIRST_S]
        figure("memory after the first minute", since[0], "MB")
        figure("most that it grew from then on", max(since) - since[0], "MB", most=10)
