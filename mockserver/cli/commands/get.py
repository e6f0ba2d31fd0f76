"""`mockserver get`: one answer of a definition without a server."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import click

from mockserver.cli.definition import PATH, assemble_or_exit, convention_option, seed_option
from mockserver.cli.output import write_pieces

if TYPE_CHECKING:
    from mockserver.messages import Reply, Request
    from mockserver.server.assemble import AssembledInstance

_HOST = "localhost:8000"
"""Where `mockserver serve` listens unless told otherwise, so that links are those it would write."""

_PRINTABLE = "".join(map(chr, range(33, 127)))


@click.command(
    epilog="""\b
Examples:
  mockserver get mockserver.yaml /v1/pets
  mockserver get mockserver.yaml '/v1/pets?species=cat&limit=2' -i
  mockserver get mockserver.yaml /v1/pets -d '{"name": "Felix"}'
"""
)
@click.argument("path", type=PATH)
@click.argument("url")
@click.option("-X", "--method", help="Instead of GET, or of POST when there is data.")
@click.option("-d", "--data", help="The body; @FILE reads it from a file, @- from standard input.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A further header.")
@click.option("-i", "--include", is_flag=True, help="Show status and headers before the body.")
@seed_option
@convention_option
def command(  # noqa: PLR0913 - one argument an option
    path: Path,
    url: str,
    method: str | None,
    data: str | None,
    headers: tuple[str, ...],
    *,
    include: bool,
    seed: int | None,
    convention: str | None,
) -> None:
    """Print the body that URL is answered with: a path with its query, or the whole URL of a server.

    The options are curl's, and the bytes those that a server just started would send; a terminal gets JSON laid out.
    Data is JSON unless a header says otherwise. Nothing is kept: every call starts with the same data. Exits 0 when
    the status is below 400, else 1.
    """
    body = b"" if data is None else _read_data(data)
    chosen = method or ("GET" if data is None else "POST")
    head = _write_head(chosen, url, headers, body)
    service = assemble_or_exit([path], seed, convention)
    reply, sent = _answer(service, head, body, chosen)
    write_pieces([_write_status(reply) if include else b"", sent])
    sys.exit(0 if reply.status < 400 else 1)


def _read_data(data: str) -> bytes:
    if not data.startswith("@"):
        return data.encode("utf-8", "surrogateescape")
    if data == "@-":
        return sys.stdin.buffer.read()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"'{data[1:]}' can't be read: {error.strerror}.", param_hint="--data") from None


def _write_head(method: str, url: str, headers: tuple[str, ...], body: bytes) -> bytes:
    """The head of the request as it would arrive, without its empty line."""
    host, target = _split_url(url)
    fields = {"host": host, "accept": "*/*"}
    if body:
        fields |= {"content-type": "application/json", "content-length": str(len(body))}
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"'{header}' is not written 'Name: value'.", param_hint="--header")
        fields[name.strip().lower()] = value.strip()
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def _split_url(url: str) -> tuple[str, str]:
    """Host and target; what a URL can't hold is percent-encoded, as a browser would."""
    quoted = quote(url.encode("utf-8", "surrogateescape"), safe=_PRINTABLE)
    if quoted.startswith("/"):
        return _HOST, quoted
    try:
        parts = urlsplit(quoted)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise click.BadParameter(f"'{url}' should begin with '/' or 'http://'.", param_hint="URL")
    return parts.netloc, quoted.split(parts.netloc, 1)[1] or "/"


def _answer(service: "AssembledInstance", raw: bytes, body: bytes, method: str) -> "tuple[Reply, bytes]":
    """The answer, and the part of its body that is sent."""
    from mockserver.errors import Problem  # noqa: PLC0415 - slow for a help page
    from mockserver.messages import Request  # noqa: PLC0415

    try:
        reply = service.handle(_read_request(raw, body, service.upload_bytes))
    except Problem as problem:
        reply = service.refuse(Request(method, "/"), problem)
    if method == "HEAD" or reply.status in (204, 304):
        return reply, b""
    return reply, _lay_out(reply) if sys.stdout is not None and sys.stdout.isatty() else reply.body


def _read_request(raw: bytes, body: bytes, upload_bytes: int) -> "Request":
    """The request as a listener reads it. *Raises* `Problem`."""
    from mockserver.errors import PayloadTooLarge  # noqa: PLC0415
    from mockserver.messages import Request, read_query  # noqa: PLC0415
    from mockserver.server.head import parse_head  # noqa: PLC0415
    from mockserver.server.limits import Limits  # noqa: PLC0415

    limits = Limits()
    limit_bytes = limits.body_bytes + upload_bytes
    head = parse_head(raw, limits)
    if len(body) > limit_bytes:
        raise PayloadTooLarge(f"The request body is longer than {limit_bytes} bytes.")
    return Request(head.method, head.path, read_query(head.query), dict(head.fields), body)


def _lay_out(reply: "Reply") -> bytes:
    """JSON with line ends and indents, for reading; anything else as it is."""
    try:
        return json.dumps(json.loads(reply.body), indent=2, ensure_ascii=False).encode() + b"\n"
    except ValueError:
        return reply.body


def _write_status(reply: "Reply") -> bytes:
    from http import HTTPStatus  # noqa: PLC0415

    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = ""
    at = [("X-Mock-At", reply.at)] if reply.at else []
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in [*reply.headers, *at])]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1", "replace")
