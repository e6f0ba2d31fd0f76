"""Whom the server answers for, beside the table of `tests/reliability/test_origins.py`; no value of Host is a crash."""

from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest, Misdirected
from mockserver.server.host import HostList
from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.wire import ask, request


def test_two_hosts_or_none_are_no_request(server: Running) -> None:
    for data in (request("GET", "/health", host=""), request("GET", "/health", "Host: localhost")):
        for port in (server.port, server.control_port):
            assert ask(port, data).status == 400


def test_http_1_0_has_no_host_to_send(server: Running) -> None:
    assert ask(server.port, b"GET / HTTP/1.0\r\n\r\n").status == 200
    assert ask(server.port, b"GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n").status == 421


def test_the_host_it_listens_on_is_its_own(serve: Serve) -> None:
    server = serve(host="127.0.0.1")
    assert server.get("/echo", host="127.0.0.1").status == 200


@given(st.text(max_size=80))
def test_any_host_gets_an_answer(host: str) -> None:
    try:
        HostList(["mock.example"]).verify(host)
    except (BadRequest, Misdirected):
        return
