"""axe-core finds nothing on any page, in either scheme, with something in every list."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.clients.client import PACKAGES
from tests.panel.desk import VIEWS, Desk

AXE = PACKAGES / "axe-core/axe.min.js"
# axe's own way of asking is a script in the page, which the pages' policy refuses.
SEATS = [{"bypass_csp": True}]
in_seat = pytest.mark.parametrize("desk", SEATS, indirect=True, ids=["seat"])
COLOURS = {"runOnly": ["cat.color"]}


def find_barriers(page: Page, context: Any = None, options: Any = None) -> list[str]:
    """What axe-core has against a page as it stands: the rule, where, and what to do."""
    if not page.evaluate("() => Boolean(globalThis.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("([context, options]) => axe.run(context ?? document, options ?? {})", [context, options])
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def find_barriers_in_both(page: Page, context: Any = None) -> list[str]:
    """The same, and what is against its colours where it is dark."""
    found = find_barriers(page, context)
    page.emulate_media(color_scheme="dark")
    return found + find_barriers(page, context, COLOURS)


def fill(desk: Desk) -> None:
    """Something of everything: exchanges good and bad, a fault that is on, a snapshot, changed rows."""
    for path in ("/v1/zoos", "/v1/animals?limit=1", "/v1/animals/99999", "/v1/nothing"):
        desk.call("GET", path)
    desk.call("PATCH", "/v1/zoos/1", {"city": "Oslo"})
    desk.call("POST", "/v1/zoos", {"name": "Neu", "city": "Bern"})
    desk.control("PUT", "/api/faults/slow", {})
    desk.control("PUT", "/api/faults/mine", {"match": "GET /zoos", "probability": 0.5, "status": 503})
    desk.control("PUT", "/api/snapshots/before")


@in_seat
def test_no_view_has_a_barrier(desk: Desk) -> None:
    fill(desk)
    for view in VIEWS:
        page = desk.open(view)
        expect(page.locator(f"main.{view} h1")).to_be_visible()
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        page.emulate_media(color_scheme="light")
        assert find_barriers_in_both(page) == [], view


@in_seat
def test_the_demo_has_no_barrier(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/demo?sandbox={desk.sandbox}")
    page.locator("h1").first.wait_for()
    assert find_barriers_in_both(page) == []


@in_seat
def test_the_frame_of_the_document_has_no_barrier(desk: Desk) -> None:
    """Swagger UI's own markup is not ours to change; what stands around it is."""
    page = desk.page
    page.goto(f"{desk.origin}/docs?sandbox={desk.sandbox}")
    page.locator(".swagger-ui .info").first.wait_for()
    assert find_barriers_in_both(page, {"exclude": [[".swagger-ui"]]}) == []
