"""A running server in the hands of a test: one sandbox of it, everything that can be switched, seen and asserted."""

import json as json_text
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Unpack
from urllib.parse import quote, urlsplit

from mockserver.testing import assertion
from mockserver.testing.answer import Answer, connect
from mockserver.testing.clock import Clock
from mockserver.testing.control import Control, usual_url
from mockserver.testing.error import MockServerError, with_names
from mockserver.testing.expectation import Criteria, Expectation
from mockserver.testing.fault import Fault, switch_on
from mockserver.testing.journal import Requests
from mockserver.testing.reconnect import Demand, Reconnects, read_reconnects
from mockserver.testing.sandbox import DEFAULT, Sandbox
from mockserver.testing.snapshot import Snapshots
from mockserver.testing.socket import Sockets

__tracebackhide__ = True

_PAGE: Final = 1_000
_NOT_FOUND: Final = 404


class Client:
    """One sandbox of a running server; every method *raises* `MockServerError` where the server refuses.

    `control_url` is that of `MOCKSERVER_CONTROL` or port 8001 of this machine unless given, `token` that of
    `MOCKSERVER_TOKEN`; or else a `control` whose connections are to be shared. Threads may share a client.
    """

    def __init__(
        self,
        control_url: str = "",
        sandbox: str = DEFAULT,
        *,
        token: str | None = None,
        control: Control | None = None,
    ) -> None:
        self._control = control or Control(control_url or usual_url(), token)
        self._sandbox = Sandbox(self._control, sandbox)
        self._siblings: list[Client] = []
        self._requests = Requests(self._sandbox)
        self._sockets = Sockets(self._sandbox)
        self._clock = Clock(self._sandbox)
        self._snapshot = Snapshots(self._sandbox)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<mockserver.testing.Client {self.control_url} sandbox={self.sandbox}>"

    def sibling(self, name: str) -> "Client":
        """A client of another sandbox on the same server, which ends with this one: for a second user, say.

        It is called `{sandbox}-{name}`; that of the default sandbox has the name alone.
        """
        twin = Client(sandbox=name if self.sandbox == DEFAULT else f"{self.sandbox}-{name}", control=self._control)
        self._siblings.append(twin)
        return twin

    def close(self) -> None:
        """Close the connections that are kept; the server and the sandbox stay."""
        self._control.close()

    @property
    def sandbox(self) -> str:
        """The name of the sandbox."""
        return self._sandbox.name

    @property
    def control_url(self) -> str:
        """Of the control plane; the panel is there too."""
        return self._control.url

    @property
    def url(self) -> str:
        """What stands before every path of the API: `{url}/v1/zoos`."""
        return self._control.api_url if self.sandbox == DEFAULT else f"{self._control.api_url}/~{self.sandbox}"

    @property
    def ws_url(self) -> str:
        """The same for WebSockets: `{ws_url}/v1/events/ws`."""
        return f"ws{self.url.removeprefix('http')}"

    @property
    def headers(self) -> dict[str, str]:
        """What says in a request that this sandbox is meant, where the path can't."""
        return {"X-Mock-Sandbox": self.sandbox}

    @property
    def requests(self) -> Requests:
        """What was asked: a list, which takes filters, counts and waits."""
        return self._requests

    @property
    def sockets(self) -> Sockets:
        """The WebSockets and event streams that are open."""
        return self._sockets

    @property
    def clock(self) -> Clock:
        """What time it is there."""
        return self._clock

    @property
    def snapshot(self) -> Snapshots:
        """Its data, kept and put back."""
        return self._snapshot

    def begin(self) -> None:
        """Have the sandbox there now; else it begins with its first use."""
        self._control.ask("PUT", f"/api/sandboxes/{quote(self.sandbox, safe='')}")

    def end(self) -> None:
        """Have nothing left of the sandbox: its sockets are closed with 1012. The default one is put back instead."""
        while self._siblings:
            self._siblings.pop().end()
        if self.sandbox == DEFAULT:
            self.reset()
            return
        try:
            self._control.ask("DELETE", f"/api/sandboxes/{quote(self.sandbox, safe='')}")
        except MockServerError as error:
            # Never used, or it has made room for another.
            if error.status != _NOT_FOUND:
                raise

    def reset(self, *what: str) -> None:
        """Back to the file: `data`, `faults`, `feed`, `journal`, `clock`, all of them unless named."""
        self._sandbox.ask("POST", "/api/reset", {"what": [*what]})

    def scenario(self, name: str | None) -> None:
        """Switch to a scenario: its data, its user and exactly its faults; None is the state of the file."""
        try:
            self._sandbox.ask("PUT", "/api/scenario", {"name": name})
        except MockServerError as error:
            if error.status != _NOT_FOUND:
                raise
            unknown = error
        else:
            return
        raise with_names(unknown, {"here": self._sandbox.ask("GET", "/api/scenarios")})

    def fault(self, name: str, **settings: Any) -> Fault:
        """Switch a fault on: at once, and off at the end of a `with` block.

        One of the definition or a preset by its name alone, or changed by settings (`ttl="30s"`, `times=2`); any other
        name is a new fault as a definition would write it: `fault("teapot", match="GET /pets", status=418)`. The key
        `for` is written `for_`.
        """
        return switch_on(self._sandbox, name, settings)

    def off(self) -> list[str]:
        """Switch all faults off; which they were."""
        ended: list[str] = self._sandbox.ask("POST", "/api/faults/off")["off"]
        return ended

    def rows(self, resource: str, **filters: Any) -> list[dict[str, Any]]:
        """The documents of a resource as they are now, past auth, faults and paging: `rows("pets", species="cat")`.

        Filters, `sort` and `q` are those of the API; a list means any of its values.
        """
        asked = [(name, _write(one)) for name, value in filters.items() for one in _each(value)]
        found: list[dict[str, Any]] = []
        while True:
            window = [("limit", str(_PAGE)), ("offset", str(len(found)))]
            page = self._sandbox.ask("GET", f"/api/data/{quote(resource, safe='')}", None, [*asked, *window])
            found += [row["document"] for row in page["rows"]]
            if len(found) >= page["total"] or not page["rows"]:
                return found

    def publish(self, topic: str, data: Any = None) -> str:
        """Say something on the feed; the event's id."""
        return str(self._sandbox.ask("POST", "/api/events", {"topic": topic, "data": data})["id"])

    def reconnects(self) -> list[Reconnects]:
        """How each client came back after it had lost its connection."""
        return [read_reconnects(one) for one in self._sandbox.ask("GET", "/api/reconnects")]

    def request(  # noqa: PLR0913 - all by name but two
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 10.0,
    ) -> Answer:
        """Ask the API itself, on a connection of its own. *Raises* `OSError` or `HTTPException` where that breaks."""
        place = urlsplit(self.url)
        sent = dict(headers or {})
        if json is not None:
            body = json_text.dumps(json).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = connect(place, timeout_s)
        try:
            connection.request(method, place.path + path, body, {"Connection": "close", **sent})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def assert_requested(
        self, method: str, path: str, *, times: int | None = None, within: float = 2.0, **criteria: Unpack[Criteria]
    ) -> None:
        """It was asked, `times` often or at least once; criteria are `json`, `query`, `headers`, `body`, `status`, …

        It may still be on its way: it is waited for. *Raises* `AssertionError` with the nearest misses.
        """
        assertion.assert_requested(self._requests, self._sandbox, Expectation(method, path, **criteria), times, within)

    def assert_not_requested(self, method: str, path: str, **criteria: Unpack[Criteria]) -> None:
        """It was not asked until now. *Raises* `AssertionError`."""
        assertion.assert_not_requested(self._requests, Expectation(method, path, **criteria))

    def assert_reconnected(
        self,
        *,
        client: str | None = None,
        within: float = 10.0,
        max_attempts: int | None = None,
        no_missed_events: bool = True,
        min_jitter: float | None = None,
    ) -> None:
        """Every client that was cut off, or the one that is named, has come back, or does so `within` so many seconds.

        It is not waited for to the end where nobody has had a connection for two seconds, nor where attempts are too
        many already. *Raises* `AssertionError`, which tells what happened instead.
        """
        demand = Demand(max_attempts, no_missed_events, min_jitter)
        assertion.assert_reconnected(self._sandbox, self.reconnects, client, within, demand)


def _each(value: Any) -> list[Any]:
    return [*value] if isinstance(value, list | tuple) else [value]


def _write(value: Any) -> str:
    """A value as a query has it."""
    if value is None or isinstance(value, bool):
        return str(json_text.dumps(value))
    return str(value)
