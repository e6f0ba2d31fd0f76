"""The pictures in README: what they show is what the pages show. `--update-pictures` takes them anew."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live import SEEDS, started
from tests.panel.desk import Desk, seated

Picture = Callable[[Page, str], None]
WINDOW = {"viewport": {"width": 1280, "height": 800}}


@pytest.mark.parametrize("desk", [WINDOW], indirect=True)
def test_the_panel_shows_what_decided_an_answer(desk: Desk, picture: Picture) -> None:
    page = desk.open("requests")
    for path in ("/v1/zoos", "/v1/animals?species=lion&limit=5", "/v1/animals/7", "/v1/keepers"):
        desk.call("GET", path)
    desk.call("POST", "/v1/zoos", {"name": "Nordpark", "city": "Bergen"})
    desk.control("PUT", "/api/faults/flaky", {"ttl": "10m"})
    desk.control("PUT", "/api/faults/no-writes", {"match": "POST *", "status": 503, "retry_after": 2})
    desk.call("GET", "/v1/animals?limit=20")
    desk.call("POST", "/v1/animals", {"name": "Cleo", "species": "lion", "zoo_id": 1})
    page.locator("main [role=row]").filter(has_text="no-writes").click()
    expect(page.locator("main")).to_contain_text("Retry-After")
    expect(page.get_by_text("2 faults on")).to_be_visible()
    picture(page, "panel-requests")


def test_the_demo_shows_how_a_board_gets_by(chromium: Browser, picture: Picture) -> None:
    with (
        started(str(SEEDS / "tickets.yaml")) as server,
        seated(server, chromium, "showcase", viewport={"width": 1280, "height": 1080}) as desk,
    ):
        page = desk.page
        page.goto(f"{desk.origin}/demo?sandbox={desk.sandbox}&pace=fast")
        state = page.locator(".state .word")
        expect(state).to_contain_text("Live")
        page.get_by_role("button", name="Changes one of them").click()
        page.get_by_role("button", name="WebSocket off").click()
        expect(state).to_contain_text("Server-sent")
        for _ in range(3):
            page.get_by_role("button", name="Changes one of them").click()
        expect(page.locator("[data-count=delivered]")).to_have_text("4")
        expect(page.locator("[data-count=missed]")).to_have_text("0")
        picture(page, "demo-board")
        desk.problems = [one for one in desk.problems if "WebSocket connection to" not in one]
