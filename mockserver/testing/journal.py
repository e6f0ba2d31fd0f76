"""The requests that a sandbox was sent: listed, counted, awaited."""

from collections.abc import Iterator, Mapping
from typing import Any, Unpack

from mockserver.testing.error import MockServerError
from mockserver.testing.exchange import Exchange, read_exchange
from mockserver.testing.expectation import AnyCriteria, Expectation, explain_near
from mockserver.testing.sandbox import Sandbox

__tracebackhide__ = True


class Requests:
    """What the sandbox was asked, the oldest first; called with criteria of `Expectation`, only what fits them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self, **criteria: Unpack[AnyCriteria]) -> list[Exchange]:
        """Those that fit: `requests(method="POST", path="/animals", status=201, json={"name": "Leo"})`."""
        return self.find(Expectation(**criteria))

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self())

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, index: int) -> Exchange:
        return self()[index]

    @property
    def last(self) -> Exchange | None:
        """The latest, None where nothing was asked."""
        found = self.latest(1)
        return found[0] if found else None

    def find(self, expectation: Expectation) -> list[Exchange]:
        """Those that are as expected."""
        told = self._sandbox.ask("POST", "/api/requests/search", expectation.write())
        return [read_exchange(one) for one in told]

    def latest(self, limit: int) -> list[Exchange]:
        """So many at most."""
        told = self._sandbox.ask("GET", "/api/requests", query=[("limit", str(limit))])
        return [read_exchange(one) for one in told]

    def count(self, **criteria: Unpack[AnyCriteria]) -> int:
        """How many fit."""
        return int(self.weigh(Expectation(**criteria))["count"])

    def weigh(self, expectation: Expectation) -> Mapping[str, Any]:
        """How many are as expected (`count`), and where none is, those that come nearest (`near`)."""
        counted: Mapping[str, Any] = self._sandbox.ask("POST", "/api/requests/count", expectation.write())
        return counted

    def wait_for(self, *, within: float = 5.0, **criteria: Unpack[AnyCriteria]) -> Exchange:
        """The first that fits, as soon as there is one. *Raises* `MockServerError` with those that come nearest."""
        expectation = Expectation(**criteria)
        found = self._sandbox.wait("request", lambda: self.find(expectation) or None, within)
        if found is None:
            lines = [f"Within {within:g} s there was no {expectation}."]
            lines += explain_near(self.weigh(expectation)["near"])
            raise MockServerError("\n".join(lines))
        return found[0]

    def clear(self) -> None:
        """Forget them all; numbers go on."""
        self._sandbox.ask("DELETE", "/api/requests")
