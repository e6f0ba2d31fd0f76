"""Clients for tests: the same requests over a real socket, or straight into an assembled service."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from mockserver.definitions.source import parse_source
from mockserver.messages import Reply, Request
from mockserver.server.assemble import AssembledInstance, Prepared, prepare
from tests.server.wire import Answer, ask, request

Exchange: TypeAlias = Callable[[str, str, Sequence[str], bytes], Answer]
"""Method, target, header lines and body to an answer."""

HOST: Final = "mock.test:8000"
_NOTHING: Final = object()


@dataclass(frozen=True)
class Client:
    """Asks for paths below a prefix; a body that is not bytes goes as JSON, under that type unless another is given."""

    exchange: Exchange
    prefix: str = ""

    def below(self, prefix: str) -> "Client":
        return replace(self, prefix=prefix)

    def ask(self, method: str, path: str, *headers: str, body: object = _NOTHING) -> Answer:
        lines, data = list(headers), b""
        if isinstance(body, bytes):
            data = body
        elif body is not _NOTHING:
            data = json.dumps(body).encode()
        if body is not _NOTHING and not any(line.lower().startswith("content-type:") for line in lines):
            lines.append("Content-Type: application/json")
        return self.exchange(method, self.prefix + path, lines, data)

    def get(self, path: str, *headers: str) -> Answer:
        return self.ask("GET", path, *headers)

    def post(self, path: str, body: object, *headers: str) -> Answer:
        return self.ask("POST", path, *headers, body=body)

    def put(self, path: str, body: object, *headers: str) -> Answer:
        return self.ask("PUT", path, *headers, body=body)

    def patch(self, path: str, body: object, *headers: str) -> Answer:
        return self.ask("PATCH", path, *headers, body=body)

    def delete(self, path: str, *headers: str) -> Answer:
        return self.ask("DELETE", path, *headers)

    def follow(self, address: str) -> Answer:
        """GET of an absolute address that an answer gave; its path is that of this server, prefix included."""
        assert address.startswith("http://"), f"{address} is not absolute"
        return self.exchange("GET", "/" + address.removeprefix("http://").partition("/")[2], [], b"")


def wired(port: int) -> Client:
    """A client that opens a connection of its own for each request."""

    def exchange(method: str, target: str, headers: Sequence[str], body: bytes) -> Answer:
        return ask(port, request(method, target, *headers, body=body), head_only=method == "HEAD")

    return Client(exchange)


def direct(service: AssembledInstance) -> Client:
    """A client without a socket: what it sends is a `Request` already. A HEAD's answer keeps the body it would have."""

    def exchange(method: str, target: str, headers: Sequence[str], body: bytes) -> Answer:
        path, _, query = target.partition("?")
        pairs = (line.partition(":") for line in (f"Host: {HOST}", *headers))
        named = {name.lower(): value.strip() for name, _, value in pairs}
        parameters = tuple(parse_qsl(query, keep_blank_values=True, errors="strict"))
        return answered(service.handle(Request(method, path, parameters, named, body)))

    return Client(exchange)


def answered(reply: Reply) -> Answer:
    """A reply as a client would have it. Fails where a header stands twice or could not be sent."""
    headers = {name.lower(): value for name, value in reply.headers}
    assert len(headers) == len(reply.headers), f"a header stands twice: {reply.headers}"
    for name, value in reply.headers:
        assert value.isprintable(), f"{name} can't be sent: {value!r}"
        value.encode("latin-1")
    return Answer(reply.status, headers, reply.body)


@lru_cache(maxsize=64)
def _prepared(definition: str, convention: str | None) -> Prepared:
    source = parse_source(definition, "test.yaml")
    changes: dict[str, Any] = {}
    if convention is not None:
        changes["api"] = {**source.data.get("api", {}), "convention": convention}
    return prepare(source, changes)


def assemble(definition: str, convention: str | None = None) -> AssembledInstance:
    """A fresh service of a definition in YAML; `convention` as `serve --convention` has it."""
    return AssembledInstance(_prepared(definition, convention))


def serving(definition: str, convention: str | None = None) -> Client:
    """A client to the service of a definition in YAML, without a socket."""
    return direct(assemble(definition, convention))


def dump(service: AssembledInstance) -> str:
    """Everything a service holds, in order, as one text that two states can be compared by."""
    store = service.sandbox.store
    return "\n".join(f"{name} {json.dumps(list(store[name]))}" for name in store.schema.resources)
