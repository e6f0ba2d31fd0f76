"""What goes over the wire: limits, timing, and how requests reach the service and its answers the client.

What is taken for a request at all, and what is refused, is in `tests/reliability/wire_cases.yaml`.
"""

import socket
import time

import pytest

from mockserver.server.limits import Limits
from tests.server.process import Running
from tests.server.wire import Wire, ask, request

HOST = b"Host: localhost\r\n"
LIMITS = Limits()


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_target_may_be_as_long_as_the_limit(server: Running, over: int) -> None:
    answer = server.get("/" + "a" * (LIMITS.target_bytes - 1 + over))
    assert answer.status == (414 if over > 0 else 200)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_header_block_may_be_as_long_as_the_limit(server: Running, over: int) -> None:
    room = LIMITS.head_bytes - len("Host: localhost\r\nX-Pad: \r\n")
    answer = server.get("/echo", "X-Pad: " + "a" * (room + over))
    assert answer.status == (431 if over > 0 else 200)


@pytest.mark.parametrize("over", [-1, 0, 1])
@pytest.mark.parametrize("framing", ["length", "one chunk", "many chunks"])
def test_the_body_may_be_as_long_as_the_limit(server: Running, framing: str, over: int) -> None:
    body = b"x" * (LIMITS.body_bytes + over)
    if framing == "length":
        data = request("POST", "/big/1", body=body)
    else:
        step = len(body) if framing == "one chunk" else 1000
        pieces = [body[start : start + step] for start in range(0, len(body), step)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        data = request("POST", "/big/1", "Transfer-Encoding: chunked", body=chunks)
    assert ask(server.port, data).status == (413 if over > 0 else 200)


def test_an_overlong_body_is_answered_though_its_sender_goes_on(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("POST", "/echo", "Content-Length: 5000000"))
        for _ in range(50):
            wire.send(b"x" * 100_000)
        answer = wire.read()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert wire.at_end()


@pytest.mark.parametrize("agreement", ["HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n"])
def test_what_comes_behind_the_last_request_does_not_take_its_answer_along(server: Running, agreement: str) -> None:
    data = f"GET /health {agreement}Host: localhost\r\n\r\n".encode() + b"x" * 500_000
    for port in (server.port, server.control_port):
        with Wire(port) as wire:
            wire.send(data)
            answered = wire.rest()
        assert answered.count(b"HTTP/1.1 200 OK\r\n") == answered.count(b"HTTP/1.1 ") == 1


def test_pipelined_requests_are_answered_in_order(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(b"".join(request("POST", f"/{n}", body=str(n).encode()) for n in range(20)))
        assert [wire.read().json["body"] for _ in range(20)] == [str(n) for n in range(20)]


def test_a_request_may_arrive_byte_by_byte(server: Running) -> None:
    with Wire(server.port) as wire:
        for byte in request("POST", "/echo", body=b"abc"):
            wire.send(bytes([byte]))
        assert wire.read().json["body"] == "abc"


def test_chunks_are_joined_and_extensions_and_trailers_are_dropped(server: Running) -> None:
    chunks = b"3;a=b\r\nabc\r\n00002\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
    with Wire(server.port) as wire:
        wire.send(request("POST", "/echo", "Transfer-Encoding: Chunked", body=chunks) + request())
        echo = wire.read().json
        assert echo["body"] == "abcde"
        assert "x-trailer" not in echo["headers"]
        assert wire.read().status == 200


def test_head_has_the_length_of_get_and_no_body(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("HEAD", "/big/10") + request("GET", "/big/10"))
        head = wire.read(head_only=True)
        assert head.headers["content-length"] == wire.read().headers["content-length"] == "12"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_content_says_nothing_of_it(server: Running, status: int) -> None:
    with Wire(server.port) as wire:
        wire.send(request("GET", f"/status/{status}") + request())
        answer = wire.read()
        assert answer.status == status
        assert not answer.headers.keys() & {"content-type", "content-length", "transfer-encoding"}
        assert answer.headers["etag"] == '"v1"'
        assert wire.read().status == 200


def test_a_client_that_asks_first_is_told_to_go_on(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("POST", "/echo", "Content-Length: 3", "Expect: 100-continue"))
        assert wire.read(head_only=True).status == 100
        wire.send(b"abc")
        assert wire.read().json["body"] == "abc"


def test_every_target_and_method_reaches_the_service_as_sent(server: Running) -> None:
    for method, target in [
        ("BREW", "//a//b/"),
        ("GET", "/%2F%00%0a%ff"),
        ("PURGE", "/a/../b/./c"),
        ("GET", "/a;b=c:@"),
    ]:
        echo = ask(server.port, request(method, target)).json
        assert (echo["method"], echo["target"]) == (method, target)


def test_the_query_keeps_order_repetition_and_blanks(server: Running) -> None:
    query = server.get("/echo?b=1&a=2&b=&c&d=%C3%A9+x;y&=z").json["query"]
    assert query == [["b", "1"], ["a", "2"], ["b", ""], ["c", ""], ["d", "é x;y"], ["", "z"]]


def test_a_query_that_is_no_utf_8_is_refused(server: Running) -> None:
    answer = server.get("/echo?a=%ff")
    assert (answer.status, answer.json["slug"]) == (400, "bad_request")


def test_bytes_above_ascii_in_a_target_count_as_percent_encoded(server: Running) -> None:
    data = b"GET /caf\xc3\xa9?q=\xc3\xa9 HTTP/1.1\r\n" + HOST + b"\r\n"
    echo = ask(server.port, data).json
    assert (echo["target"], echo["query"]) == ("/caf%C3%A9", [["q", "é"]])


def test_repeated_headers_are_joined_and_underscores_are_dropped(server: Running) -> None:
    headers = server.get("/echo", "X-A: 1", "x-a: 2", "Cookie: a=1", "Cookie: b=2", "X_A: 3").json["headers"]
    assert headers["x-a"] == "1, 2"
    assert headers["cookie"] == "a=1; b=2"
    assert "x_a" not in headers


def test_kept_alive_answers_do_not_wait_for_acknowledgements(server: Running) -> None:
    with Wire(server.port) as wire:
        durations = []
        for _ in range(50):
            start = time.perf_counter()
            wire.send(request("GET", "/big/2000"))
            wire.read()
            durations.append(time.perf_counter() - start)
    assert sorted(durations)[25] < 0.02, "Nagle and delayed acknowledgements cost 40 ms"


def test_a_client_that_leaves_in_the_middle_harms_nobody(server: Running) -> None:
    for data in (b"", b"GET", request("POST", "/", "Content-Length: 9", body=b"abc"), request("GET", "/big/3000000")):
        with Wire(server.port) as wire:
            wire.send(data)
            wire.sock.shutdown(socket.SHUT_WR)
    assert server.get().status == 200


def test_requests_run_side_by_side(server: Running) -> None:
    start = time.perf_counter()
    wires = [Wire(server.port) for _ in range(10)]
    try:
        for wire in wires:
            wire.send(request("GET", "/slow/0.3"))
        assert server.get().status == 200
        assert time.perf_counter() - start < 0.3
        assert [wire.read().status for wire in wires] == [200] * 10
    finally:
        for wire in wires:
            wire.sock.close()
    assert time.perf_counter() - start < 2


def test_both_loopback_addresses_answer_on_one_port(server: Running) -> None:
    for host in ("127.0.0.1", "::1"):
        with Wire(server.port, host) as wire:
            wire.send(request())
            assert wire.read().status == 200


def test_the_feeds_place_and_the_date_come_with_the_answer(server: Running) -> None:
    headers = server.get().headers
    assert headers["x-mock-at"] == "e1.7"
    assert headers["date"].endswith("GMT")
    assert "server" not in headers


def test_a_mistake_of_ours_is_told_where_the_request_was_led(server: Running) -> None:
    assert server.get("/~elsewhere/boom").status == 500
    assert server.journal()[-1]["target"] == "/boom"


@pytest.mark.parametrize("what", ["break", "letter"])
def test_a_header_that_can_not_be_sent_is_a_mistake_of_ours_and_recorded_once(server: Running, what: str) -> None:
    with Wire(server.port) as wire:
        for method in ("GET", "POST"):
            wire.send(request(method, f"/unsendable/{what}"))
            answer = wire.read()
            assert (answer.status, answer.json["slug"]) == (500, "server_error")
    told = [entry["status"] for entry in server.journal()[-2:] if entry["target"].startswith("/unsendable")]
    assert told == [500, 500]


def test_a_mistake_of_ours_is_an_answer_without_a_trace_of_it(server: Running) -> None:
    answer = server.get("/boom", "Origin: http://localhost:3000")
    assert (answer.status, answer.json["slug"]) == (500, "server_error")
    assert b"canary" not in answer.body
    assert b"Traceback" not in answer.body
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
