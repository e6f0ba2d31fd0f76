"""A page of the control plane in a browser, and everything that must not happen while it is shown."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.server.process import Running

VIEWS: Final = ("requests", "data", "sockets", "faults", "scenarios", "api")


class Desk:
    """Somebody at a browser, with a sandbox of their own on a server that others use too.

    `problems` are errors in the console, exceptions that nobody caught, and requests that leave the server's two ports;
    what a test brings about on purpose it takes off the list with `expect_problem`.
    """

    def __init__(self, server: Running, context: BrowserContext, sandbox: str) -> None:
        self.server = server
        self.context = context
        self.sandbox = sandbox
        self.problems: list[str] = []
        self.page = self.new_page()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server.control_port}"

    @property
    def api(self) -> str:
        """What stands before the paths of the sandbox's API."""
        return f"http://localhost:{self.server.port}/~{self.sandbox}"

    def new_page(self) -> Page:
        """Another tab, watched as the first."""
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("request", self._look_at)
        return page

    def open(self, view: str, page: Page | None = None) -> Page:
        """A view of the panel in the sandbox; it is there when its heading is."""
        page = page or self.page
        page.goto(f"{self.origin}/#/{view}{'&' if '?' in view else '?'}sandbox={self.sandbox}")
        page.locator("main h1").first.wait_for()
        return page

    def control(self, method: str, path: str, body: object = None) -> Any:
        """The control plane's answer for the sandbox, asked without the panel."""
        joint = "&" if "?" in path else "?"
        headers = () if body is None else ("Content-Type: application/json",)
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.server.control(method, f"{path}{joint}sandbox={self.sandbox}", *headers, body=sent)
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The API's answer in the sandbox, asked without the panel: an `Answer` of `tests.server.wire`."""
        from tests.server.wire import ask, request  # noqa: PLC0415 - beside `control`, the one other way in

        headers = () if body is None else ("Content-Type: application/json",)
        sent = b"" if body is None else json.dumps(body).encode()
        return ask(self.server.port, request(method, f"/~{self.sandbox}{path}", *headers, body=sent))

    def expect_problem(self, gist: str) -> None:
        """Take what was brought about on purpose off the list."""
        found = [one for one in self.problems if gist in one]
        assert found, f"nothing of '{gist}' in {self.problems}"
        self.problems = [one for one in self.problems if gist not in one]

    def _hear(self, message: ConsoleMessage) -> None:
        # Of what is no page the browser looks for a picture by itself.
        is_icon = str(message.location.get("url")).endswith("/favicon.ico")
        if message.type in ("error", "warning") and not is_icon:
            self.problems.append(f"console: {message.text} at {message.location.get('url')}")

    def _look_at(self, request: Request) -> None:
        place = urlsplit(request.url)
        ours = {self.server.port, self.server.control_port}
        if place.scheme in ("http", "https", "ws", "wss") and place.port not in ours:
            self.problems.append(f"outside: {request.url}")


@contextmanager
def seated(server: Running, browser: Browser, sandbox: str, **options: Any) -> Iterator[Desk]:
    """A desk until the block ends; *raises* AssertionError for problems that were not expected."""
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    desk = Desk(server, context, sandbox)
    try:
        yield desk
        assert desk.problems == [], "\n".join(desk.problems)
    finally:
        context.close()
        if server.process.poll() is None:
            server.control("DELETE", f"/api/sandboxes/{sandbox}")
