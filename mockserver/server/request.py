"""Requests as the actions see them, made from what a listener has read."""

from dataclasses import replace

from mockserver.messages import Request, read_query
from mockserver.server.head import Head


def make_request(head: Head, body: bytes = b"", *, is_chunked: bool = False) -> Request:
    """The request of a head and its body, without its query, which may be wrong.

    `host` is what it is addressed to; a chunked body has the length that it came to.
    """
    headers: dict[str, str] = {}
    for name, value in head.fields:
        # CGI can't tell `_` from `-`; such names could pass for ones that were checked.
        if "_" in name:
            continue
        known = headers.get(name)
        headers[name] = value if known is None else f"{known}{'; ' if name == 'cookie' else ', '}{value}"
    headers["host"] = head.authority or "localhost"
    if is_chunked:
        headers["content-length"] = str(len(body))
    return Request(head.method, head.path, (), headers, body)


def with_query(request: Request, query: str) -> Request:
    """The request with its query. *Raises* `BadRequest` for one that is not percent-encoded UTF-8."""
    if not query:
        return request
    return Request(request.method, request.target, read_query(query), request.headers, request.body, request.base)


def from_nowhere(request: Request) -> Request:
    """The request as no page has sent it, so that none may read the answer."""
    return replace(request, headers={name: value for name, value in request.headers.items() if name != "origin"})
