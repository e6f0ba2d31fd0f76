"""What goes over the wire: framing, limits and manners of HTTP/1.x, by RFC 9112 (message syntax) and RFC 9110."""

import socket
import time

import pytest

from mockserver.server.limits import Limits
from tests.server.process import Running
from tests.server.wire import Wire, ask, request

HOST = b"Host: localhost\r\n"
LIMITS = Limits()


@pytest.mark.parametrize(
    ("section", "data", "status"),
    [
        ("9112 2.2 junk", b"junk\r\n\r\n", 400),
        ("9112 2.2 bare LF", b"GET / HTTP/1.1\nHost: localhost\n\n", 400),
        ("9112 2.2 bare LF in a header", b"GET / HTTP/1.1\r\nHost: localhost\nX: 1\r\n\r\n", 400),
        ("9112 2.2 bare CR", b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n", 400),
        ("9112 2.2 whitespace before the first header", b"GET / HTTP/1.1\r\n " + HOST + b"\r\n", 400),
        ("9112 2.3 HTTP/0.9", b"GET /\r\n\r\n", 400),
        ("9112 2.3 a version that is none", b"GET / HTTP/1.x\r\n" + HOST + b"\r\n", 400),
        ("9112 2.3 lower-case name", b"GET / http/1.1\r\n" + HOST + b"\r\n", 400),
        ("9110 2.5 HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("9110 2.5 a later minor version", b"GET /echo HTTP/1.2\r\n" + HOST + b"\r\n", 200),
        ("9112 3 a space in the target", b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ("9112 3 two spaces", b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ("9112 3 a control character in the target", b"GET /\x01 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ("9112 3.1 a method that is no word", b"G@T / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ("9112 3.1 an overlong method", b"G" * 33 + b" / HTTP/1.1\r\n" + HOST + b"\r\n", 501),
        ("9112 3.2 no slash", b"GET foo HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ("9112 3.2.2 absolute form", b"GET http://localhost/echo HTTP/1.1\r\n" + HOST + b"\r\n", 200),
        (
            "9112 3.2.2 absolute form overrides Host",
            b"GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            200,
        ),
        ("9112 3.2.2 foreign absolute form", b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", 421),
        ("9112 3.2.2 other scheme", b"GET ftp://localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ("9112 3.2.3 authority form", b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ("9112 3.2.4 asterisk form", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 204),
        ("9112 3.2 no Host", b"GET / HTTP/1.1\r\n\r\n", 400),
        ("9112 3.2 two Hosts", b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        ("9112 3.2 empty Host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ("9112 5 no colon", b"GET / HTTP/1.1\r\n" + HOST + b"nocolon\r\n\r\n", 400),
        ("9112 5.1 space before the colon", b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
        ("9112 5.1 no name", b"GET / HTTP/1.1\r\n" + HOST + b": x\r\n\r\n", 400),
        ("9112 5.1 NUL in a name", b"GET / HTTP/1.1\r\n" + HOST + b"X\0: x\r\n\r\n", 400),
        ("9110 5.5 NUL in a value", b"GET / HTTP/1.1\r\n" + HOST + b"X: \0\r\n\r\n", 400),
        ("9112 5.2 obs-fold", b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
        ("9112 6.1 both framings", request("POST", "/", "Content-Length: 3", "Transfer-Encoding: chunked"), 400),
        ("9112 6.1 unknown coding", request("POST", "/", "Transfer-Encoding: gzip, chunked"), 501),
        ("9112 6.1 chunked twice", request("POST", "/", "Transfer-Encoding: chunked, chunked"), 400),
        ("9112 6.1 chunked hidden", request("POST", "/", "Transfer-Encoding: xchunked"), 501),
        ("9112 6.1 chunked in 1.0", b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n", 400),
        ("9112 6.3 length twice", request("POST", "/", "Content-Length: 3", "Content-Length: 3", body=b"abc"), 400),
        ("9112 6.3 lengths in one", request("POST", "/", "Content-Length: 3, 3", body=b"abc"), 400),
        ("9112 6.3 negative length", request("POST", "/", "Content-Length: -1"), 400),
        ("9112 6.3 signed length", request("POST", "/", "Content-Length: +3", body=b"abc"), 400),
        ("9112 6.3 no number", request("POST", "/", "Content-Length: 0x3", body=b"abc"), 400),
        ("9112 6.3 empty length", request("POST", "/", "Content-Length:"), 400),
        ("9112 6.3 huge length", request("POST", "/", f"Content-Length: {'9' * 18}"), 413),
        ("9112 6.3 length beyond counting", request("POST", "/", f"Content-Length: {'9' * 40}"), 400),
        ("9112 7.1 chunk size no hex", request("POST", "/", "Transfer-Encoding: chunked", body=b"xyz\r\n"), 400),
        ("9112 7.1 negative chunk", request("POST", "/", "Transfer-Encoding: chunked", body=b"-1\r\n"), 400),
        ("9112 7.1 endless chunk size", request("POST", "/", "Transfer-Encoding: chunked", body=b"0" * 5000), 400),
        (
            "9112 7.1 chunk overrun",
            request("POST", "/", "Transfer-Encoding: chunked", body=b"1\r\nabc\r\n0\r\n\r\n"),
            400,
        ),
        (
            "9112 7.1 chunk of 1 EiB",
            request("POST", "/", "Transfer-Encoding: chunked", body=b"fffffffffffffff\r\n"),
            413,
        ),
        ("9112 7.1 bare LF", request("POST", "/", "Transfer-Encoding: chunked", body=b"1\na\n0\n\n"), 400),
        (
            "9112 7.1.2 bad trailer",
            request("POST", "/", "Transfer-Encoding: chunked", body=b"0\r\nnocolon\r\n\r\n"),
            400,
        ),
        ("TLS", bytes.fromhex("1603010200010001fc0303"), 400),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_is_taken_or_refused_as_the_rfc_says(server: Running, section: str, data: bytes, status: int) -> None:
    answer = ask(server.port, data)
    assert answer.status == status, section
    if status >= 400:
        assert answer.json["status"] == status
    assert server.get().status == 200


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


def test_an_endless_request_line_is_refused_before_it_ends(server: Running) -> None:
    assert ask(server.port, b"GET /" + b"a" * 9000).status == 414


def test_an_endless_header_block_is_refused_before_it_ends(server: Running) -> None:
    assert ask(server.port, b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40_000).status == 431


def test_an_overlong_body_is_answered_though_its_sender_goes_on(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("POST", "/echo", "Content-Length: 5000000"))
        for _ in range(50):
            wire.send(b"x" * 100_000)
        answer = wire.read()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert wire.at_end()


def test_a_refused_request_ends_the_connection_so_that_its_rest_is_no_request(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("POST", "/", "Content-Length: 3", "Transfer-Encoding: chunked") + request())
        assert wire.read().status == 400
        assert wire.at_end()


def test_a_foreign_host_keeps_its_connection(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("POST", "/", body=b"abc", host="evil.example") + request())
        assert [wire.read().status, wire.read().status] == [421, 200]


def test_pipelined_requests_are_answered_in_order(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(b"".join(request("POST", f"/{n}", body=str(n).encode()) for n in range(20)))
        assert [wire.read().json["body"] for _ in range(20)] == [str(n) for n in range(20)]


def test_a_request_may_arrive_byte_by_byte(server: Running) -> None:
    with Wire(server.port) as wire:
        for byte in request("POST", "/echo", body=b"abc"):
            wire.send(bytes([byte]))
        assert wire.read().json["body"] == "abc"


def test_empty_lines_before_a_request_are_passed_over(server: Running) -> None:
    assert ask(server.port, b"\r\n\r\n\r\n" + request()).status == 200


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


@pytest.mark.parametrize(
    ("line", "header", "kept"),
    [
        ("HTTP/1.1", "", True),
        ("HTTP/1.1", "Connection: close", False),
        ("HTTP/1.1", "Connection: foo, Close", False),
        ("HTTP/1.0", "", False),
        ("HTTP/1.0", "Connection: Keep-Alive", True),
    ],
)
def test_a_connection_is_kept_as_agreed(server: Running, line: str, header: str, *, kept: bool) -> None:
    head = f"GET /echo {line}\r\nHost: localhost\r\n{header}".rstrip()
    with Wire(server.port) as wire:
        wire.send(f"{head}\r\n\r\n".encode())
        answer = wire.read()
        assert answer.headers.get("connection", "keep-alive") == ("keep-alive" if kept else "close")
        if kept:
            wire.send(request())
            assert wire.read().status == 200
        else:
            assert wire.at_end()


def test_a_client_that_asks_first_is_told_to_go_on(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("POST", "/echo", "Content-Length: 3", "Expect: 100-continue"))
        assert wire.read(head_only=True).status == 100
        wire.send(b"abc")
        assert wire.read().json["body"] == "abc"


def test_a_client_that_asks_first_for_too_much_is_not(server: Running) -> None:
    assert ask(server.port, request("POST", "/", "Content-Length: 5000000", "Expect: 100-continue")).status == 413


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
    query = server.get("/echo?b=1&a=2&b=&c&d=%C3%A9+x;y&=z#not-this").json["query"]
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
