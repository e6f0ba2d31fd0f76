"""Whatever strangers send is answered, refused or closed as protocols have it: hypothesis on every parser of theirs.

Seconds with a few examples, minutes with tens of thousands. Definitions are no strangers' bytes: `test_definitions.py`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.conventions.base import conventions
from mockserver.errors import BadRequest
from mockserver.faults.preference import read_preferences
from mockserver.messages import Request, read_query
from mockserver.rest.auth.scheme import schemes
from tests.client import HOST, answered, assemble
from tests.live import started
from tests.reliability import scribble
from tests.reliability.frame_reader import exchange_frames
from tests.reliability.long_input import long_bodies, long_queries
from tests.rest.envelope import is_failure
from tests.rest.test_bad_input import DEFINITION
from tests.rest.test_fuzz import verify_answer
from tests.scorecard import Figures
from tests.server.process import Running
from tests.server.wire import Answer, ask, request

FUZZED: Final = Path(__file__).with_name("fuzz.yaml")
SOCKETS: Final = ("/v1/events/ws?since=start", "/v1/events/ws", "/echo", "/rpc", "/stomp", "/ws/jobs")
USERS: Final = """
auth:
  scheme: {scheme}
  users: {{ada: {{password: pw, token: t-ada}}}}
  {login}
resources: {{pets: {{count: 1}}}}
"""
ENDLESS: Final = "/api/stream"


def fuzz(check: Callable[..., None], count: int, **strategies: st.SearchStrategy[Any]) -> None:
    """Run a check on so many examples."""
    held = settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))
    held(given(**strategies)(check))()


@contextmanager
def fuzzed() -> Iterator[Running]:
    """A server that, when all is over, is alive, has complained of nothing, and ends as it is asked to."""
    with started(str(FUZZED)) as server:
        yield server
        assert server.process.poll() is None
        server.process.terminate()
        _, complaints = server.process.communicate(timeout=20)
        assert (server.process.returncode, complaints) == (0, "")


@pytest.fixture(scope="module")
def victim() -> Iterator[Running]:
    with fuzzed() as server:
        yield server


def prefix_of(convention: str) -> str:
    return conventions.get(convention)().prefixes("v1", "shop")[0]


@pytest.mark.parametrize("convention", conventions.names())
def test_any_query_string_is_a_result_or_a_refusal(convention: str, *, is_thorough: bool, figure: Figures) -> None:
    service = assemble(DEFINITION, convention)

    def check(query: str, path: str) -> None:
        try:
            pairs = read_query(query)
        except BadRequest:
            return
        target = f"{prefix_of(convention)}/{path}"
        answer = answered(service.handle(Request("GET", target, pairs, {"host": HOST}, b"")))
        assert answer.status == 200 or (answer.status < 500 and is_failure(answer, convention, target)), answer

    count = 20_000 if is_thorough else 20
    paths = st.sampled_from(["things", "things/1", "makers/1/things", "makers", "events", "keyed/a"])
    fuzz(check, count, query=scribble.RAW_QUERY, path=paths)
    figure(f"query strings in `{convention}`, each a result or a refusal", count)


@pytest.mark.parametrize("convention", conventions.names())
def test_any_request_is_answered_and_a_refused_one_changes_nothing(
    convention: str, *, is_thorough: bool, figure: Figures
) -> None:
    def check(asked: Request, known: bool) -> None:  # noqa: FBT001 - hypothesis names it
        verify_answer(convention, asked, known=known)

    # `./scripts/test` has hundreds of them in tests/rest.
    count = 10_000 if is_thorough else 5
    fuzz(check, count, asked=scribble.ASKED, known=st.booleans())
    figure(f"requests in `{convention}`, each answered in its shape", count)


def test_what_is_long_takes_no_longer_than_its_length(*, is_thorough: bool, figure: Figures) -> None:
    names, length = (conventions.names(), 1_000_000) if is_thorough else (["rest"], 200_000)
    queries = [one for name in names for one in measured(name, "GET", long_queries(8000))]
    bodies = [one for name in names for one in measured(name, "POST", long_bodies(length))]
    figure("CPU of the slowest of the queries of 8 KB", max(queries) * 1000, "ms", most=500)
    figure(f"CPU of the slowest of the bodies of {length // 1000} KB", max(bodies) * 1000, "ms", most=length / 500)


def measured(convention: str, method: str, inputs: Iterator[tuple[str, str | bytes]]) -> Iterator[float]:
    """How long each took this thread."""
    service, path = assemble(DEFINITION, convention), f"{prefix_of(convention)}/things"
    headers = {"host": HOST, "content-type": "application/json"}
    for what, given_ in inputs:
        query, body = (given_, b"") if isinstance(given_, str) else ("", given_)
        began = time.thread_time()
        answer = answered(service.handle(Request(method, path, read_query(query), headers, body)))
        yield time.thread_time() - began
        assert 200 <= answer.status < 500, what


def test_any_prefer_is_read_passed_over_or_refused(*, is_thorough: bool, figure: Figures) -> None:
    def check(header: str, query: str) -> None:
        for headers in ({"prefer": header}, {}):
            try:
                found = read_preferences(headers, read_query(query))
            except BadRequest:
                continue
            assert found is None or found.applied_by(found.names)

    count = 50_000 if is_thorough else 100
    words = st.lists(
        st.sampled_from(["code=503", "delay=2s", "fault=x", ",", ";", '"', "\\", " ", "\t", "="]), max_size=9
    )
    fuzz(check, count, header=words.map("".join) | st.text(max_size=60), query=scribble.RAW_QUERY)
    figure("`Prefer` headers and their twins in queries, read or refused", count)


@pytest.mark.parametrize("scheme", schemes.names())
def test_no_credentials_but_the_right_ones_let_in(scheme: str, *, is_thorough: bool, figure: Figures) -> None:
    login = "" if scheme == "basic" else "login: {route: POST /login}"
    service = assemble(USERS.format(scheme=scheme, login=login))

    def check(name: str, value: str) -> None:
        request_ = Request("GET", "/pets", (), {"host": HOST, name: value}, b"")
        assert answered(service.handle(request_)).status == 401

    count = 10_000 if is_thorough else 20
    names = st.sampled_from(["authorization", "cookie", "x-api-key", "token", "x-auth-token"])
    values = scribble.CREDENTIALS | scribble.LATIN.map("session={0}; token={0}".format)
    fuzz(check, count, name=names, value=values)
    figure(f"credentials for `{scheme}`, all refused with 401", count)


def verify_wire(answer: Answer) -> None:
    """A server's fault is one that the request has asked for."""
    assert 200 <= answer.status < 500 or "preference-applied" in answer.headers, answer
    assert b"Traceback" not in answer.body


def test_any_request_on_the_wire_is_answered(victim: Running, *, is_thorough: bool, figure: Figures) -> None:
    count = 20_000 if is_thorough else 100
    fuzz(lambda sent: verify_wire(ask(victim.port, sent)), count, sent=scribble.WRITTEN)
    figure("requests on the wire: headers, cookies, tokens, forms, sandboxes", count)


def test_any_stream_of_frames_is_answered_or_closed_as_it_should_be(
    victim: Running, *, is_thorough: bool, figure: Figures
) -> None:
    opened = 0

    def check(target: str, extension: str, pieces: list[bytes]) -> None:
        nonlocal opened
        opened += exchange_frames(victim.port, target, extension, pieces) is not None

    count = 20_000 if is_thorough else 60
    fuzz(check, count, target=st.sampled_from(SOCKETS), extension=scribble.EXTENSIONS, pieces=scribble.STREAMS)
    assert victim.control("GET", "/api/sockets").json == []
    figure("streams of frames, in pieces, over sockets", count)
    figure("of them on a socket that was opened", opened, least=count / 3)


def test_anything_told_to_the_control_plane_is_done_or_refused(*, is_thorough: bool, figure: Figures) -> None:
    # One of its own: what it is told may well be to refuse all that is asked of the API.
    with fuzzed() as server:
        operations = operations_of(server)

        def check(operation: tuple[str, str], names: list[str], query: str, body: bytes) -> None:
            method, path = operation
            for name in names:
                path = path.replace(f"{{{path.partition('{')[2].partition('}')[0]}}}", quote(name, safe=""), 1)
            target = f"{path}?{query}" if query else path
            sent = request(method, target, "Content-Type: application/json", body=b"" if method == "GET" else body)
            answer = ask(server.control_port, sent)
            assert 200 <= answer.status < 500, answer
            assert answer.status < 400 or answer.headers["content-type"] == "application/problem+json"

        count = 20_000 if is_thorough else 50
        words = st.sampled_from(["things", "1", "flaky", "w1", "default", "x", "..", "echo"]) | scribble.LATIN
        queries = st.sampled_from(
            ["", "", "sandbox=w1", "sandbox=*", "check=1", "limit=1", "since=99999999999999999999"]
        )
        fuzz(
            check, count, operation=st.sampled_from(operations), names=st.lists(words, min_size=2, max_size=2),
            query=queries | scribble.RAW_QUERY, body=scribble.TOLD,
        )  # fmt: skip
    figure("words to the control plane: faults, scenarios, clock, data, snapshots", count)


def operations_of(server: Running) -> list[tuple[str, str]]:
    """Method and path of all that the control plane is asked, but for what never ends."""
    paths = server.control("GET", "/api/openapi.json").json["paths"]
    return [(method.upper(), path) for path, item in paths.items() if path != ENDLESS for method in item]
