"""Where failures are looked at: a server to switch them on, and clients that say what they see of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from tests.clients.client import PublishedClient
from tests.server.process import Running

SHORT_MS: Final = 500
"""How long a client waits where it is said to wait, and is then taken at its word."""
LONG_MS: Final = 10_000
"""How long it waits where something is said to come."""


@dataclass(frozen=True)
class Lab:
    """A server, and all clients: by the platforms they run on, with what comes before each call there.

    The browser's page is of another origin than the server's: of `elsewhere`, which has the same API.
    """

    server: Running
    elsewhere: Running
    browser: PublishedClient
    platforms: dict[str, tuple[PublishedClient, tuple[int, ...]]]

    def root(self, sandbox: str) -> str:
        """Where the API of a sandbox is."""
        return f"http://127.0.0.1:{self.server.port}/~{sandbox}"

    def begin(self, platform: str, exchanges: Sequence[dict[str, Any]]) -> None:
        """Have clients of a platform make exchanges, all at the same time."""
        client, page = self.platforms[platform]
        client.begin(*page, "observe", exchanges)

    def outcomes(self, platform: str) -> list[str]:
        """What they came to."""
        found: list[str] = self.platforms[platform][0].outcome()
        return found

    def observe(self, platform: str, *exchanges: dict[str, Any]) -> list[str]:
        """What exchanges come to that are made at the same time."""
        self.begin(platform, exchanges)
        return self.outcomes(platform)

    def endings(self, urls: Sequence[str]) -> list[str]:
        """How requests ended that a page has sent to these addresses, in the browser's own words."""
        found: list[str] = self.browser.call("endings", urls)
        return [ending.removeprefix("net::") for ending in found]

    @contextmanager
    def armed(self, rule: dict[str, Any], *sandboxes: str) -> Iterator[None]:
        """Has a rule in force in some sandboxes until the block ends, and nothing is left of them then.

        Where it is about the listener, that is in the default sandbox: there is one for all.
        """
        used = ["default"] if "down" in rule else sandboxes if rule else []
        for name in used:
            answer = self.server.switch("row", rule, name)
            assert answer.status == 201, answer.body
        try:
            yield
        finally:
            if "down" in rule:
                assert self.server.control("DELETE", "/api/faults/row").status == 204
            for name in sandboxes:
                assert self.server.control("DELETE", f"/api/sandboxes/{name}").status in (204, 404)


def exchange(
    by: str, url: str, method: str = "GET", *, head_ms: int = LONG_MS, patience_ms: int = LONG_MS
) -> dict[str, Any]:
    """One that a client is asked to make; `url` is the root of an API."""
    return {"by": by, "url": url, "method": method, "headMs": head_ms, "patienceMs": patience_ms}
