"""The panel's frame: every view loads, in every width and scheme, by keyboard too, and nothing comes from outside."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.live import SEEDS, started
from tests.panel.desk import VIEWS, Desk, seated
from tests.server.process import Running

WATCH = """() => {
  globalThis.walked = new Map();
  addEventListener("focusin", ({ target }) => {
    // What stands around something may show that it has the focus.
    let [one, isSeen] = [target, false];
    for (; one && !one.matches("main, body") && !isSeen; one = one.parentElement) {
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      isSeen = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    }
    walked.set(target, isSeen);
  });
  return document.querySelectorAll("*").length;
}"""
MISSED = """() => {
  const could = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }));
  return [could.length, could.filter((one) => !walked.get(one)).map((one) => one.outerHTML.slice(0, 200))];
}"""
"""How many can be used, and those that were not reached, or not seen to be."""


@pytest.fixture(scope="module")
def locked_server() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml"), "--token", "open-sesame") as server:
        yield server


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_loads_is_walked_by_keyboard_and_fits_a_narrow_screen(desk: Desk, view: str) -> None:
    for _ in range(3):
        desk.call("GET", "/v1/animals?limit=2&fields=id,name,species,born_on,weight_kg,zoo_id")
    page = desk.open(view)
    expect(page.locator(f"main.{view}")).to_be_visible()
    expect(page.locator("nav a[aria-current=page]")).to_have_attribute("href", re.compile(f"#/{view}"))
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    walk(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 320


def walk(page: Page) -> None:
    """Press Tab until everything has had its turn: all that can be used is reached, and seen where it is."""
    page.locator("body").focus()
    page.evaluate(WATCH)
    pressed = 0
    count, missed = page.evaluate(MISSED)
    while missed and pressed < count + 5:
        page.keyboard.press("Tab")
        pressed += 1
        if pressed >= count:
            count, missed = page.evaluate(MISSED)
    assert missed == []


@pytest.mark.parametrize("address", ["constructor", "__proto__/x", "%ff%/%00?number=-1&q=%", "?", "/requests//?a?b=c"])
def test_an_address_that_means_nothing_shows_the_first_view(desk: Desk, address: str) -> None:
    desk.page.goto(f"{desk.origin}/#/{address}")
    expect(desk.page.locator("main.requests h1")).to_be_visible()


def test_the_view_that_was_asked_for_last_is_shown_however_slow_the_one_before(desk: Desk) -> None:
    page = desk.open("faults")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/views/data.js", hold)
    page.get_by_role("link", name="Data").click()
    expect(page).to_have_title("Data · mockserver")
    page.get_by_role("link", name="Faults", exact=True).click()
    expect(page).to_have_title("Faults · mockserver")
    with page.expect_request_finished(lambda request: request.url.endswith("/views/data.js")):
        held[0].continue_()
    page.evaluate("() => import('/panel/views/data.js')")
    expect(page.locator("main.faults h1")).to_be_visible()
    page.unroute("**/views/data.js")


def test_a_browser_that_keeps_nothing_shows_it_all_the_same(desk: Desk) -> None:
    desk.page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(globalThis, name, { get() { throw new DOMException("no", "SecurityError"); } });
        }"""
    )
    page = desk.open("requests")
    page.get_by_role("button", name="Colours: auto").click()
    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()


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
        # No two of the same words in a row: what is said is then of what was tried last.
        for wrong, said in {"": "not its token", "漢": "This is no token", "wrong": "This is not its token."}.items():
            page.get_by_label("Token").fill(wrong)
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_contain_text(said)
        page.get_by_label("Token").fill(" open-sesame ")
        page.keyboard.press("Enter")
        expect(page.locator("main.data h1")).to_be_visible()
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        desk.expect_problem("401")


def test_a_server_that_goes_away_is_said_to_be_gone_and_a_new_one_in_its_place_is_found(chromium: Browser) -> None:
    with started(str(SEEDS / "zoo.yaml")) as server, seated(server, chromium, "gone") as desk:
        desk.call("GET", "/v1/zoos?of=before")
        page = desk.open("requests")
        expect(page.locator("[data-number]")).to_contain_text("before")
        server.process.kill()
        expect(page.get_by_text("Server lost, trying again …")).to_be_visible()
        server.process.wait()
        with started(str(SEEDS / "zoo.yaml"), "--control-port", str(server.control_port)) as again:
            desk.server = again
            desk.call("GET", "/v1/animals?of=after")
            expect(page.get_by_text("Live", exact=True)).to_be_visible()
            expect(page.locator("[data-number]")).to_contain_text("after")
            # Its policy lets the page ask the API of before only.
            with page.expect_navigation():
                page.get_by_role("button", name="The API has moved: reload").click()
            expect(page.locator("[data-number]")).to_contain_text("after")
            expect(page.get_by_role("button", name="The API has moved: reload")).to_have_count(0)
            desk.expect_problem("ERR_")
