"""Requests as the actions see them, read out of the environment of WSGI."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask import request as flask_request

from mockserver.messages import Request, read_query


def read_plain(environ: dict[str, Any]) -> Request:
    """The request without its query, which may be wrong."""
    headers = {_header_name(key): value for key, value in environ.items() if key[:5] == "HTTP_"}
    body = b""
    if "CONTENT_TYPE" in environ:
        headers["content-type"] = environ["CONTENT_TYPE"]
    if environ.get("CONTENT_LENGTH"):
        headers["content-length"] = environ["CONTENT_LENGTH"]
        body = flask_request.get_data()
    return Request(environ["REQUEST_METHOD"], environ["RAW_URI"].partition("?")[0], (), headers, body)


@lru_cache(maxsize=512)
def _header_name(key: str) -> str:
    return key[5:].replace("_", "-").lower()


def with_query(request: Request, environ: dict[str, Any]) -> Request:
    """The request with its query. *Raises* `BadRequest` for one that is not percent-encoded UTF-8."""
    query = environ["QUERY_STRING"]
    return replace(request, query=read_query(query)) if query else request


def from_nowhere(request: Request) -> Request:
    """The request as no page has sent it, so that none may read the answer."""
    return replace(request, headers={name: value for name, value in request.headers.items() if name != "origin"})
