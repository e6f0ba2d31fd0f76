"""The panel's frame: every view loads, in every width and scheme, by keyboard too, and nothing comes from outside."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live import SEEDS, started
from tests.panel.desk import VIEWS, Desk, seated
from tests.server.process import Running

REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }))
  .map((one, index) => (one.dataset.walked ??= String(index)))"""
FOCUSED = """() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  return [one.dataset.walked ?? null, outlineStyle !== "none" && parseFloat(outlineWidth) > 0];
}"""


@pytest.fixture(scope="module")
def locked_server() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml"), "--token", "open-sesame") as server:
        yield server


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_loads_without_a_complaint_and_without_the_outside(desk: Desk, view: str) -> None:
    page = desk.open(view)
    expect(page.locator(f"main.{view}")).to_be_visible()
    expect(page.locator("nav a[aria-current=page]")).to_have_attribute("href", re.compile(f"#/{view}"))
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


@pytest.mark.parametrize("desk", [{"viewport": {"width": 320, "height": 640}}], indirect=True)
@pytest.mark.parametrize("view", VIEWS)
def test_a_narrow_screen_is_never_scrolled_sideways(desk: Desk, view: str) -> None:
    for _ in range(3):
        desk.call("GET", "/v1/animals?limit=2&fields=id,name,species,born_on,weight_kg,zoo_id")
    page = desk.open(view)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 320


@pytest.mark.parametrize("view", VIEWS)
def test_whatever_can_be_used_is_reached_by_the_keyboard_and_seen_there(desk: Desk, view: str) -> None:
    page = desk.open(view)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.locator("body").focus()
    wanted = page.evaluate(REACHABLE)
    walked = list(walk(page, len(wanted) + 5))
    assert [one for one in wanted if one not in {number for number, _ in walked}] == []
    assert [number for number, is_seen in walked if number is not None and not is_seen] == []


def walk(page: Page, steps: int) -> Iterator[tuple[str | None, bool]]:
    """What has the focus at each press of Tab, and whether that is seen."""
    for _ in range(steps):
        page.keyboard.press("Tab")
        number, is_seen = page.evaluate(FOCUSED)
        yield number, is_seen


def test_a_view_is_reached_from_the_top_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open("requests")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the view")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent") == "Faults":
            break
    page.keyboard.press("Enter")
    expect(page.locator("main.faults")).to_be_focused()


def test_a_fault_that_is_on_shows_in_the_bar_with_its_end_and_is_switched_off_there(desk: Desk) -> None:
    page = desk.open("data")
    desk.control("PUT", "/api/faults/slow", {"ttl": "90s"})
    expect(page.get_by_text(re.compile(r"1 fault on, first ends in 1 m \d\d s"))).to_be_visible()
    page.get_by_role("button", name="All off").click()
    expect(page.get_by_text("no faults on")).to_be_visible()
    assert [one["name"] for one in desk.control("GET", "/api/faults") if one["enabled"]] == []


def test_another_sandbox_is_begun_and_shown(desk: Desk) -> None:
    page = desk.open("data")
    page.get_by_label("Sandbox", exact=True).select_option(label="New or other …")
    dialog = page.get_by_role("dialog", name="Show a sandbox")
    dialog.get_by_label("Name").fill("no such/name")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("A sandbox's name must be")
    dialog.get_by_label("Name").fill(f"{desk.sandbox}-b")
    dialog.get_by_role("button", name="Show it").click()
    expect(page.get_by_label("Sandbox", exact=True)).to_have_value(f"{desk.sandbox}-b")
    expect(page).to_have_url(re.compile(f"sandbox={desk.sandbox}-b"))
    desk.server.control("DELETE", f"/api/sandboxes/{desk.sandbox}-b")
    desk.expect_problem("400")


def test_colours_are_chosen_and_kept(desk: Desk) -> None:
    page = desk.open("requests")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Colours: auto").click()
    page.get_by_role("button", name="Colours: light").click()
    dark = page.evaluate(ground)
    page.reload()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert light != dark == page.evaluate(ground)


def test_a_server_that_asks_for_its_token_is_unlocked(chromium: Browser, locked_server: Running) -> None:
    with seated(locked_server, chromium, "locked") as desk:
        page = desk.page
        page.goto(f"{desk.origin}/#/data")
        page.get_by_label("Token").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Token")).to_be_visible()
        page.get_by_label("Token").fill("open-sesame")
        page.keyboard.press("Enter")
        expect(page.locator("main.data h1")).to_be_visible()
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        desk.expect_problem("401")


def test_a_server_that_goes_away_is_said_to_be_gone(chromium: Browser) -> None:
    with started(str(SEEDS / "zoo.yaml")) as server, seated(server, chromium, "gone") as desk:
        page = desk.open("requests")
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        server.process.kill()
        expect(page.get_by_text("Server lost, trying again …")).to_be_visible()
        desk.expect_problem("ERR_")
