"""The documents in the browser: shown offline, tried in the sandbox, and beyond loopback with the token."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live import started
from tests.panel.desk import Desk, seated
from tests.server.process import Running

SMALL = """
mock: 1
api: {version: v1}
resources: {zoos: {count: 5, fields: {name: company, founded_on: {date: [-120y, -5y]}}}}
"""
TOKEN = "a-token-of-the-test"  # noqa: S105


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that others could reach, of a definition that is quick to show."""
    path: Path = tmp_path_factory.mktemp("docs") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    with started(str(path), "--host", "0.0.0.0", "--token", TOKEN) as server:  # noqa: S104
        yield server


@pytest.fixture
def desk(guarded: Running, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Somebody who has given the token already."""
    options: dict[str, Any] = getattr(request, "param", {})
    with seated(guarded, chromium, "w1", **options) as one:
        one.context.add_init_script(f"sessionStorage.setItem('mockserver.token', '{TOKEN}')")
        yield one


def try_out(page: Page, operation: str) -> None:
    """Execute an operation with what it is filled with."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Execute").click()


def answer(page: Page, operation: str) -> str:
    block = page.locator(f"#operations-{operation} .live-responses-table")
    block.wait_for()
    return block.locator(".response-col_status").nth(1).text_content() or ""


@pytest.mark.parametrize("desk", [{"color_scheme": "dark"}], indirect=True)
def test_both_documents_are_tried_and_the_panels_token_goes_to_the_control_plane_alone(desk: Desk) -> None:
    page, sent = desk.page, list[tuple[str, str | None]]()
    page.on("request", lambda one: sent.append((one.url, one.headers.get("authorization"))))
    page.goto(f"{desk.origin}/docs?sandbox={desk.sandbox}")
    expect(page.get_by_text(f"sandbox {desk.sandbox}")).to_be_visible()
    try_out(page, "zoos-createZoo")
    assert answer(page, "zoos-createZoo").startswith("201")
    assert len(desk.call("GET", "/v1/zoos").json) == 6
    page.get_by_role("link", name="Control plane").click()
    expect(page.get_by_role("link", name="Control plane")).to_have_attribute("aria-current", "page")
    try_out(page, "clock-getApiClock")
    assert answer(page, "clock-getApiClock").startswith("200")
    assert page.evaluate("document.documentElement.classList.contains('dark-mode')")
    assert (f"{desk.origin}/api/clock", f"Bearer {TOKEN}") in sent
    assert {given for url, given in sent if f":{desk.server.port}/" in url} == {None}
    page.get_by_role("link", name="mockserver").click()
    expect(page.locator("main.api")).to_be_visible()
    docs = page.get_by_role("link", name="Docs", exact=True)
    expect(docs).to_have_attribute("href", f"/docs?sandbox={desk.sandbox}")


def test_a_page_beyond_loopback_may_read_the_api(guarded: Running, chromium: Browser) -> None:
    """What a browser on another machine has: an address of ours that is not this machine's loopback name."""
    with seated(guarded, chromium, "w1") as desk:
        page = desk.page
        page.goto(f"http://0.0.0.0:{guarded.control_port}/docs")
        try_out(page, "zoos-listZoos")
        assert answer(page, "zoos-listZoos").startswith("200")
        # By http from elsewhere a browser has no groups of pages to keep apart, and says so.
        desk.expect_problem("Cross-Origin-Opener-Policy header has been ignored")
