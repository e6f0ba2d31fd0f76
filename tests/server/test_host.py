"""Whom the server answers for: DNS rebinding ends here, and no value of Host is a crash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest, Misdirected
from mockserver.server.host import HostList
from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.wire import ask, request

HOSTS = [
    ("localhost", 200),
    ("localhost:8000", 200),
    ("LOCALHOST", 200),
    ("localhost.", 200),
    ("localhost:", 200),
    ("app.localhost:5173", 200),
    ("127.0.0.1", 200),
    ("127.0.0.1:65535", 200),
    ("192.168.1.5:8000", 200),
    ("[::1]", 200),
    ("[::1]:8000", 200),
    ("[fe80::1]", 200),
    ("mock.example", 200),
    ("Mock.Example:8000", 200),
    ("evil.example", 421),
    ("localhost.evil.com", 421),
    ("127.0.0.1.nip.io", 421),
    ("evillocalhost", 421),
    ("2130706433", 421),
    ("0x7f.1", 421),
    (".localhost.evil", 421),
    ("a b", 400),
    ("[::1", 400),
    ("::1", 400),
    ("[::1%25lo]", 400),
    ("[localhost]", 400),
    ("localhost:99999", 400),
    ("localhost:80:80", 400),
    ("localhost:port", 400),
    ("user@localhost", 400),
    ("localhost/evil", 400),
    ("localhost,evil.example", 400),
    ("localhöst", 400),
    ("", 400),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_only_our_own_hosts_are_answered_for_on_both_planes(server: Running, host: str, status: int) -> None:
    data = request("GET", "/health", f"Host: {host}", host="")
    assert ask(server.port, data).status == status
    answer = ask(server.control_port, data)
    assert answer.status == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


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
