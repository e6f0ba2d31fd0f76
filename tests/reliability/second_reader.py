"""What another reader of HTTP/1.x makes of the same bytes: h11, which wsproto brings along.

It finds the requests in them, as the echo of ours tells them.

Two readers that see two requests in the same bytes are how requests are smuggled (RFC 9112 §11.2). Where ours takes
what h11 does not, and is right to, h11 is shown what that stands for: targets above ASCII are shown percent-encoded, as
browsers send them; empty lines before a request are left out (§2.2), and so are blanks before an extension (§7.1.1).
"""

import re
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import h11

_ABSOLUTE: Final = re.compile(r"\Ahttps?://[^/?]*", re.IGNORECASE)
_TARGET: Final = re.compile(rb"\A[^ \r\n]+ [^ \r\n]*(?= HTTP/1\.\d\r\n)")
_EMPTY: Final = re.compile(rb"\A(?:\r\n)+")
_BLANK: Final = re.compile(rb"(?<=\r\n)([0-9A-Fa-f]{1,15})[ \t]+;")
_SANDBOX: Final = re.compile(r"\A/~[^/]*")
_LONGEST_BYTES: Final = 1024 * 1024


class Seen(NamedTuple):
    """One request, as ours is told of it: without its sandbox's name.

    `is_old` is that it is one of HTTP/1.0, behind which h11 reads no other.
    """

    method: str
    target: str
    query: list[list[str]]
    headers: dict[str, str]
    body: str
    is_old: bool

    def differs(self, echo: dict[str, Any]) -> list[str]:
        """The parts that ours has otherwise."""
        # What it is addressed to is told in place of Host, and a chunked body with the length it came to.
        headers = {**self.headers, "host": echo["headers"]["host"]}
        if "transfer-encoding" in headers:
            headers["content-length"] = str(len(self.body))
            echo["headers"]["transfer-encoding"] = echo["headers"]["transfer-encoding"].lower()
        own = {**self._asdict(), "headers": headers}
        return [part for part in ("method", "target", "query", "headers", "body") if own[part] != echo[part]]


def read_requests(data: bytes) -> list[Seen]:
    """All requests in these bytes, up to one that is none."""
    found = []
    try:
        while data:
            connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_BYTES)
            connection.receive_data(_BLANK.sub(rb"\1;", _TARGET.sub(_encode, _EMPTY.sub(b"", data))))
            connection.receive_data(b"")
            event = connection.next_event()
            if not isinstance(event, h11.Request):
                break
            found.append(_see(event, _read_body(connection)))
            if connection.their_state is h11.MUST_CLOSE:
                break
            data = connection.trailing_data[0]
    except h11.RemoteProtocolError:
        pass
    return found


def _encode(target: re.Match[bytes]) -> bytes:
    return b"".join(b"%%%02X" % byte if byte > 0x7F else bytes((byte,)) for byte in target[0])


def _read_body(connection: h11.Connection) -> bytes:
    body = bytearray()
    while isinstance(event := connection.next_event(), h11.Data):
        body += event.data
    if not isinstance(event, h11.EndOfMessage):
        raise h11.RemoteProtocolError("the body has no end")
    return bytes(body)


def _see(event: h11.Request, body: bytes) -> Seen:
    headers: dict[str, str] = {}
    for raw_name, raw_value in event.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" not in name:  # CGI can't tell `_` from `-`, so ours drops it
            joint = "; " if name == "cookie" else ", "
            headers[name] = f"{headers[name]}{joint}{value}" if name in headers else value
    target = _ABSOLUTE.sub("", event.target.decode("latin-1"), count=1)
    path, _, query = target.partition("?")
    return Seen(
        event.method.decode("latin-1"),
        _SANDBOX.sub("", path) or "/",
        [list(pair) for pair in parse_qsl(query, keep_blank_values=True)],
        headers,
        body.decode("latin-1"),
        event.http_version == b"1.0",
    )
