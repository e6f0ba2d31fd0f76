"""HTTP/1.x byte by byte: cases by their RFC on both listeners, mutants of them, and a second reader beside ours."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.live import ROOT, started
from tests.reliability.second_reader import Seen, read_requests
from tests.reliability.wire_case import Case, read_cases
from tests.reliability.wire_mutant import mutate
from tests.scorecard import Figures
from tests.server.process import Running, await_ready, end, launch
from tests.server.wire import Answer, Wire, request

CASES: Final = read_cases()
PROBES: Final = {"api": "/notes/2", "control": "/health"}
BODILESS: Final = (204, 304)
OWN_FAILURES: Final = (501, 505)
"""What a server says of itself though the request is at fault (RFC 9110 §15.6.2, §15.6.6)."""
ANSWER_S: Final = 10.0


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    """A server of `wire_service.yaml`; it must have had nothing to say on stderr."""
    with started(str(ROOT / "tests/reliability/wire_service.yaml"), "--log", "quiet") as server:
        yield server
        assert server.process.poll() is None
        assert read_stderr(server) == ""


@pytest.fixture
def wired(service: Running) -> Running:
    """The same, with all that was done to it undone."""
    assert service.control("POST", "/api/reset").status == 200
    return service


@pytest.fixture(scope="module")
def echoing() -> Iterator[Running]:
    """A server that says what it was asked; its listeners are those of every other."""
    process = launch({"log": "quiet"})
    try:
        server = await_ready(process)
        yield server
        assert read_stderr(server) == ""
    finally:
        end(process)


def read_stderr(server: Running) -> str:
    """What the server has complained of since."""
    assert server.process.stderr is not None
    number = server.process.stderr.fileno()
    os.set_blocking(number, False)
    try:
        return os.read(number, 100_000).decode()
    except BlockingIOError:
        return ""


def memory_mb(server: Running) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


@pytest.mark.parametrize("listener", ["api", "control"])
def test_every_case_becomes_what_the_rfc_says(wired: Running, figure: Figures, listener: str) -> None:
    cases = [case for case in CASES if listener in case.listeners]
    failures = []
    for case in cases:
        try:
            attempt(wired, case, listener)
        except (AssertionError, OSError) as error:
            failures.append(f"{case.name} (RFC {case.rfc}): {error!r:.600}")
    assert not failures, "\n".join(failures)
    figure(f"cases on the {listener} port, as the RFCs say", len(cases), least=60)


def attempt(server: Running, case: Case, listener: str) -> None:
    """Send a case, judge what comes back, and see that the server is none the worse."""
    with Wire(port_of(server, listener), timeout_s=ANSWER_S) as wire:
        wire.send(case.data(listener))
        if case.ends:
            wire.end()
        verify(wire, case, listener)
        if case.then == "open":
            probe(wire, listener)
    if case.then == "closed":
        with Wire(port_of(server, listener)) as wire:
            probe(wire, listener)
    complaint = read_stderr(server)
    assert complaint == "", complaint


def port_of(server: Running, listener: str) -> int:
    return server.control_port if listener == "control" else server.port


def verify(wire: Wire, case: Case, listener: str) -> None:
    """That the answers are those of the case, each of them sound, and that there is none behind them."""
    is_head = case.data(listener).startswith(b"HEAD ")
    answers = [wire.read(head_only=is_head) for _ in case.statuses(listener)]
    assert [answer.status for answer in answers] == case.statuses(listener), answers
    for answer in answers:
        if answer.status >= 200:
            verify_answer(answer, is_head=is_head)
    for answer in answers[-1:]:
        assert answer.headers.get("connection") == {"closed": "close"}.get(case.then, answer.headers.get("connection"))
        for name, wanted in case.has.items():
            assert re.fullmatch(wanted, answer.headers.get(name, "")), (name, answer.headers)
        assert not answer.headers.keys() & set(case.lacks)
        assert case.says.encode() in answer.body or listener == "control"
    if case.then == "closed":
        assert wire.at_end()


def verify_answer(answer: Answer, *, is_head: bool) -> None:
    """What holds for every answer (RFC 9110 §6.6.1, §8.6, §15.5.6; RFC 9457)."""
    assert answer.status < 500 or answer.status in OWN_FAILURES, answer
    assert b"Traceback" not in answer.body
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer.headers["date"])
    assert ("content-length" in answer.headers) is (answer.status not in BODILESS)
    assert answer.status != 405 or answer.headers["allow"]
    if answer.status >= 400 and not is_head:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["status"] == answer.status


def probe(wire: Wire, listener: str) -> None:
    """Ask for something that is there; what was before must not be in the way."""
    wire.send(request("GET", PROBES[listener]))
    assert wire.read().status == 200


def test_the_cases_are_many_and_each_is_one(figure: Figures) -> None:
    assert len({case.name for case in CASES}) == len({case.send for case in CASES}) == len(CASES)
    exchanges = sum(len(case.listeners) for case in CASES)
    figure("cases", len(CASES), least=60)
    figure("cases for both listeners", exchanges - len(CASES), least=60)
    figure("sections of RFCs that decide them", len({case.rfc for case in CASES}), least=30)


def exchange(port: int, data: bytes) -> tuple[bytes, float]:
    """All that is answered to these bytes until the server ends the connection, and how long it took."""
    began = time.perf_counter()
    with Wire(port, timeout_s=ANSWER_S) as wire:
        wire.send(data)
        wire.end()
        answered = wire.rest()
    return answered, time.perf_counter() - began


def test_mutants_of_the_cases_bring_nothing_down(wired: Running, figure: Figures, *, is_thorough: bool) -> None:
    count = 50_000 if is_thorough else 500
    listeners = ("api", "control")
    requests = {name: [case.data(name) for case in CASES if name in case.listeners] for name in listeners}
    slowest, failures, before = 0.0, 0, 0.0
    for number in range(count):
        if number == count // 2:
            before = memory_mb(wired)
        listener = listeners[number % 2]
        answered, took = exchange(port_of(wired, listener), mutate(number, requests[listener]))
        assert b"Traceback" not in answered, number
        statuses = [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) \w", answered)]
        failures += sum(status >= 500 and status not in OWN_FAILURES for status in statuses)
        slowest = max(slowest, took)
        assert statuses or not answered, (number, answered)
    figure("mutants of cases sent", count, exactly=count)
    figure("failures (5xx) among the answers to mutants", failures, exactly=0)
    figure("the slowest mutant, until its connection had ended", slowest, "s", most=ANSWER_S)
    figure("memory grown by the second half of them", memory_mb(wired) - before, "MB", most=16)
    assert wired.process.poll() is None
    assert read_stderr(wired) == ""


def test_a_second_reader_sees_the_same_requests(echoing: Running, figure: Figures, *, is_thorough: bool) -> None:
    requests = [case.data("echo") for case in CASES]
    taken = [case.data("echo") for case in CASES if case.statuses("api")[:1] == [200]]
    mutants = (mutate(number, taken) for number in range(10_000 if is_thorough else 150))
    compared, differing = 0, []
    for data in (*requests, *mutants):
        for seen, answer in pair_up(echoing.port, data):
            compared += 1
            if seen is None or (answer.body and seen.differs(answer.json)):
                differing.append((data, seen, answer))
    assert not differing, differing[0]
    figure("requests that were taken, read by h11 too", compared, least=100)
    figure("requests that h11 reads otherwise", len(differing), exactly=0)


def pair_up(port: int, data: bytes) -> Iterator[tuple[Seen | None, Answer]]:
    """What h11 sees in these bytes beside what ours answered to, wherever that was taken for a request."""
    requests = read_requests(data)
    number = 0
    with Wire(port, timeout_s=ANSWER_S) as wire:
        wire.send(data)
        wire.end()
        while not wire.at_end():
            seen = requests[number] if number < len(requests) else None
            answer = wire.read(head_only=seen is None or seen.method == "HEAD")
            if answer.status == 200:
                yield seen, answer
            if answer.status == 101 or seen is None or seen.is_old:
                return
            number += answer.status >= 200
