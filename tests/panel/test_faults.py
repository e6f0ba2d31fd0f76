"""Faults in the panel: the same switch as in the file, by command and over the API, and all that is told of them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.cli.command import run
from tests.live import started
from tests.panel.desk import Desk, seated
from tests.server.process import Running

PETS: Final = """\
mock: 1
resources:
  pets: {count: 3, fields: {name: {enum: [Felix, Rex, Minka]}}}
faults:
  outage: {match: GET /pets, status: 503, retry_after: 2, enabled: %s}
  cut: {match: GET /pets/1, reset: connect, enabled: %s}
"""
OUTAGE, CUT = "outage", "cut"
ASK: Final = """async (url) => {
  try {
    const answer = await fetch(url);
    return [answer.status, answer.headers.get("X-Mock-Fault"), answer.headers.get("Retry-After")];
  } catch (error) {
    return [error.name];
  }
}"""
PAYLOAD: Final = '<img src=x onerror="document.title=666"> ∆ "quoted"'
LATE: Final = """(late) => {
  const ask = globalThis.fetch;
  globalThis.fetch = async (...given) => {
    await new Promise((done) => setTimeout(done, late));
    return ask(...given);
  };
}"""
BREAK: Final = """async (given) => {
  const { BreakDialog } = await import("/panel/lib/breaking.js");
  const { html, render } = await import("/panel/lib/html.js");
  const place = document.createElement("div");
  document.body.append(place);
  render(html`<${BreakDialog} ...${given} close=${() => place.remove()} />`, place);
}"""


def other_tab(desk: Desk) -> Page:
    """A page of another origin than the API's, as that of a front end is."""
    page = desk.new_page()
    page.goto(f"{desk.origin}/docs")
    return page


def card(page: Page, name: str, kind: str = "Fault") -> Locator:
    return page.get_by_role("article", name=f"{kind} {name}", exact=True)


def switch(page: Page, name: str, kind: str = "Fault") -> Locator:
    return card(page, name, kind).get_by_role("switch")


def turn(page: Page, name: str, kind: str = "Fault", *, on: bool) -> None:
    """Press a switch; done when the server has said that it is so."""
    switch(page, name, kind).click()
    expect(switch(page, name, kind)).to_have_attribute("aria-checked", "true" if on else "false")


def fault(desk: Desk, name: str) -> Any:
    return desk.control("GET", f"/api/faults/{name}")


def statuses(desk: Desk, path: str, times: int) -> list[int]:
    return [desk.call("GET", path).status for _ in range(times)]


# The four ways to the same switch.


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """Two of pets: with faults that the definition has on, and that an option switches on."""
    folder = tmp_path_factory.mktemp("pets")
    off, on = folder / "off.yaml", folder / "on.yaml"
    off.write_text(PETS % ("false", "false"))
    on.write_text(PETS % ("true", "true"))
    with started(str(on)) as declared, started(str(off), "--fault", OUTAGE, "--fault", CUT) as chosen:
        yield {"definition": declared, "option": chosen}


def by_panel(desk: Desk) -> None:
    page = desk.open("faults")
    for name in (OUTAGE, CUT):
        turn(page, name, on=True)


def by_command(desk: Desk) -> None:
    control = f"http://127.0.0.1:{desk.server.control_port}"
    for name in (OUTAGE, CUT):
        done = run("fault", "on", name, "--sandbox", desk.sandbox, "--control", control)
        assert done.returncode == 0, done.stderr


def by_api(desk: Desk) -> None:
    for name in (OUTAGE, CUT):
        desk.control("PATCH", f"/api/faults/{name}", {"enabled": True})


def by_start(desk: Desk) -> None:
    """It is on already."""


@pytest.mark.parametrize(
    ("server", "way"),
    [
        ("definition", by_start),
        ("option", by_start),
        ("definition", by_panel),
        ("definition", by_command),
        ("option", by_api),
    ],
    ids=["definition", "option", "panel", "command", "API"],
)
def test_a_fault_does_the_same_in_another_tab_whichever_way_it_was_switched_on(
    servers: dict[str, Running], chromium: Browser, server: str, way: Callable[[Desk], None]
) -> None:
    with seated(servers[server], chromium, way.__name__.replace("_", "-")) as desk:
        tab = other_tab(desk)
        if way is not by_start:
            desk.control("POST", "/api/faults/off", {})
        way(desk)
        assert tab.evaluate(ASK, f"{desk.api}/pets") == [503, OUTAGE, "2"]
        assert tab.evaluate(ASK, f"{desk.api}/pets/1") == ["TypeError"]
        assert tab.evaluate(ASK, f"{desk.api}/pets/2") == [200, None, None]
        page = desk.open("faults")
        expect(card(page, OUTAGE)).to_contain_text("GET /pets: answered 503, Retry-After 2s")
        expect(card(page, OUTAGE)).to_contain_text("1 matched1 acted0 passed")
        expect(card(page, CUT)).to_contain_text("GET /pets/1: reset in place of an answer")
        for name in (OUTAGE, CUT):
            expect(switch(page, name)).to_have_attribute("aria-checked", "true")
            assert fault(desk, name)["fired"] == 1
            turn(page, name, on=False)
        assert tab.evaluate(ASK, f"{desk.api}/pets") == [200, None, None]
        assert tab.evaluate(ASK, f"{desk.api}/pets/1") == [200, None, None]
        desk.expect_problem("503")
        desk.expect_problem("ERR_CONNECTION_RESET")


# For how long.


def test_what_is_on_says_when_it_ends_and_ends_then(desk: Desk) -> None:
    page = desk.open("faults")
    page.get_by_role("button", name="30 s").click()
    turn(page, OUTAGE, on=True)
    expect(card(page, OUTAGE)).to_contain_text("ends in 2")
    expect(page.locator("header.bar")).to_contain_text("1 fault on, first ends in")
    assert 25 < fault(desk, OUTAGE)["expires_in_s"] <= 30
    desk.control("PUT", "/api/clock", {"advance": "30s"})
    expect(switch(page, OUTAGE)).to_have_attribute("aria-checked", "false")
    expect(page.locator("header.bar")).to_contain_text("no faults on")
    page.get_by_role("button", name="until switched off").click()
    turn(page, OUTAGE, on=True)
    expect(card(page, OUTAGE)).to_contain_text("ends in 23 h 59 m")


def test_a_preset_acts_on_the_next_few_and_then_is_used_up_until_it_is_switched_on_again(desk: Desk) -> None:
    page = desk.open("faults")
    page.get_by_label("How many").fill("2")
    for _ in range(2):
        turn(page, "maintenance", "Preset", on=True)
        assert statuses(desk, "/v1/zoos", 3) == [503, 503, 200]
        expect(card(page, "maintenance")).to_contain_text("2 acted1 passed")
        turn(page, "maintenance", "Preset", on=False)
    assert fault(desk, "maintenance")["settings"] == {"preset": "maintenance", "times": 2, "enabled": False}
    page.get_by_role("button", name="5 min", exact=True).click()
    turn(page, "maintenance", "Preset", on=True)
    assert "times" not in fault(desk, "maintenance")["settings"], "for five minutes, as often as it comes to that"
    card(page, "maintenance").get_by_role("button", name="Remove").click()
    page.keyboard.press("Enter")
    expect(card(page, "maintenance")).to_have_count(0)
    expect(page.get_by_role("heading", name="In this sandbox")).to_be_focused()


def test_one_that_may_act_no_more_says_so_and_can_count_anew(desk: Desk) -> None:
    desk.control("PUT", "/api/faults/once", {"match": "GET /zoos", "status": 418, "times": 1})
    assert statuses(desk, "/v1/zoos", 2) == [418, 200]
    page = desk.open("faults")
    expect(card(page, "once")).to_contain_text("used up")
    page.get_by_role("button", name="Count anew once").click()
    expect(card(page, "once")).to_contain_text("0 matched")
    expect(card(page, "once").get_by_text("used up")).to_have_count(0)
    assert statuses(desk, "/v1/zoos", 2) == [418, 200]


# What is told.


def test_what_is_on_comes_first_and_stays_where_it_is_while_somebody_is_at_it(desk: Desk) -> None:
    desk.control("PATCH", "/api/faults/slow-lists", {"enabled": True})
    page = desk.open("faults")
    names = page.locator(".fault h3")
    expect(names.first).to_have_text("slow-lists")
    turn(page, "third-fails", on=True)
    expect(switch(page, "third-fails")).to_be_focused()
    before = names.all_inner_texts()
    desk.control("PATCH", "/api/faults/lost-transfer", {"enabled": True})
    expect(switch(page, "lost-transfer")).to_have_attribute("aria-checked", "true")
    assert names.all_inner_texts() == before
    expect(switch(page, "third-fails")).to_be_focused()
    page.get_by_label("Search faults").focus()
    expect(names.nth(2)).to_have_text("lost-transfer")
    assert {*names.all_inner_texts()[:3]} == {"third-fails", "slow-lists", "lost-transfer"}


def test_it_tells_who_is_held_and_what_it_came_to(desk: Desk) -> None:
    desk.control("PUT", "/api/faults/stuck", {"match": "GET /zoos", "hang": True})
    tab = other_tab(desk)
    tab.evaluate("url => { globalThis.waiting = fetch(url).then((answer) => answer.status); }", f"{desk.api}/v1/zoos")
    page = desk.open("faults")
    held = card(page, "stuck").get_by_role("list", name="Held right now")
    expect(held).to_contain_text("GET")
    expect(held).to_contain_text("/v1/zoos")
    expect(card(page, "stuck")).to_contain_text("1 matched1 acted")
    turn(page, "stuck", on=False)
    assert tab.evaluate("() => globalThis.waiting") == 503
    desk.expect_problem("503")


def test_it_finds_by_name_and_by_what_is_done(desk: Desk) -> None:
    page = desk.open("faults")
    page.get_by_label("Search faults").fill("  1012 ")
    expect(page.get_by_role("article")).to_have_count(2)
    expect(card(page, "ws-restart", "Preset")).to_be_visible()
    page.get_by_label("Search faults").fill("no such thing")
    expect(page.get_by_role("article")).to_have_count(0)


def test_what_is_written_in_a_fault_is_text(desk: Desk) -> None:
    rule = {"match": "GET /zoos", "header": {"X-Shop": PAYLOAD}, "status": 418, "describe": PAYLOAD}
    desk.control("PUT", "/api/faults/odd", rule)
    page = desk.open("faults")
    expect(card(page, "odd")).to_contain_text(f"with the header x-shop: {PAYLOAD}")
    page.get_by_role("button", name="Edit odd").click()
    expect(page.get_by_label("In your words")).to_have_value(PAYLOAD)
    assert page.locator("main img").count() == 0
    assert page.title() == "Faults · mockserver"


# Changes.


def test_sliders_change_it_as_they_are_moved_and_say_what_they_mean(desk: Desk) -> None:
    page = desk.open("faults")
    turn(page, "flaky-writes", on=True)
    often = page.get_by_role("slider", name="How often, flaky-writes")
    expect(often).to_have_attribute("aria-valuetext", "30 %")
    often.focus()
    page.keyboard.press("End")
    expect(often).to_have_attribute("aria-valuetext", "always")
    expect(card(page, "flaky-writes")).to_contain_text("set here")
    assert fault(desk, "flaky-writes")["settings"]["probability"] == 1
    assert desk.call("POST", "/v1/zoos", {}).status == 503
    page.get_by_label("Status, flaky-writes").select_option("429")
    expect(card(page, "flaky-writes")).to_contain_text("answered 429")
    assert desk.call("POST", "/v1/zoos", {}).status == 429


def test_a_slider_that_the_server_refuses_goes_back_and_says_why(desk: Desk) -> None:
    desk.control("PUT", "/api/faults/late", {"match": "GET /zoos", "latency": ["200ms", "400ms"]})
    page = desk.open("faults")
    least = page.get_by_role("slider", name="Late by at least, late")
    least.focus()
    page.keyboard.press("End")
    expect(card(page, "late").get_by_role("alert")).to_contain_text("should begin with the shorter one")
    expect(least).to_have_attribute("aria-valuetext", "200 ms")
    page.get_by_role("slider", name="Late by at most, late").focus()
    page.keyboard.press("PageUp")
    expect(card(page, "late")).to_contain_text("200ms to 1200ms late")
    desk.expect_problem("422")


def test_one_of_ones_own_is_made_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open("faults")
    page.get_by_label("Search faults").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New fault")
    expect(dialog).to_be_visible()
    walk_to(page, "Name")
    page.keyboard.press("Control+A")
    page.keyboard.type("tea")
    walk_to(page, "What it is for")
    page.keyboard.press("Control+A")
    page.keyboard.type("GET /zoos, GET /animals")
    walk_to(page, "status")
    page.keyboard.press("Control+A")
    page.keyboard.type("418")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(card(page, "tea")).to_contain_text("GET /zoos and GET /animals: answered 418")
    assert fault(desk, "tea")["settings"] == {"match": ["GET /zoos", "GET /animals"], "status": 418}
    walk_to(page, switch(page, "tea"))
    page.keyboard.press("Space")
    expect(switch(page, "tea")).to_have_attribute("aria-checked", "false")
    expect(switch(page, "tea")).to_be_focused()
    assert desk.call("GET", "/v1/zoos").status == 200


def walk_to(page: Page, wanted: str | Locator) -> None:
    """Press Tab until a control has the focus, which may be known by its label."""
    wanted = page.get_by_label(wanted, exact=True) if isinstance(wanted, str) else wanted
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"Tab leads past {wanted}")


def test_kinds_are_put_together_and_what_is_refused_is_said_at_its_key(desk: Desk) -> None:
    page = desk.open("faults")
    page.get_by_role("button", name="New fault").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Something else that happens").select_option("latency")
    dialog.get_by_label("Something else that happens").select_option("malformed")
    dialog.get_by_label("malformed", exact=True).select_option("html")
    dialog.get_by_label("latency", exact=True).fill('["1s", "3s"]')
    dialog.get_by_label("probability").fill("2")
    dialog.get_by_role("button", name="Switch it on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("/probability")
    expect(dialog.get_by_label("probability")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("probability").fill("0.5")
    dialog.get_by_role("button", name="Switch it on").click()
    expect(dialog.get_by_label("malformed", exact=True)).to_have_accessible_description(
        "can't happen beside 'status'; leave one, or make two faults of them"
    )
    dialog.get_by_role("button", name="Take out status").click()
    dialog.get_by_role("button", name="Switch it on").click()
    expect(card(page, "my-fault")).to_contain_text("1s to 3s late, in 50 % of cases")
    wanted = {"match": "GET *", "latency": ["1s", "3s"], "malformed": "html", "probability": 0.5}
    assert fault(desk, "my-fault")["settings"] == wanted
    desk.expect_problem("422")


def test_its_json_can_be_written_and_what_is_none_is_not_sent(desk: Desk) -> None:
    page = desk.open("faults")
    page.get_by_role("button", name="Adapt lost-ack").click()
    dialog = page.get_by_role("dialog")
    text = dialog.get_by_label("All of it, as JSON")
    assert json.loads(text.input_value())["commit"] is True
    text.fill('{"match": "GET /zoos", ')
    expect(text).to_have_accessible_description(re.compile("It is no JSON"))
    dialog.get_by_role("button", name="Switch it on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("It is no JSON")
    text.fill('{"match": "GET /zoos", "status": 410, "ttl": "1h"}')
    expect(dialog.get_by_label("ttl")).to_have_value("1h")
    dialog.get_by_label("Name").fill(OUTAGE)
    dialog.get_by_role("button", name="Switch it on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is a fault of this name already")
    dialog.get_by_label("Name").fill("gone")
    dialog.get_by_role("button", name="Switch it on").click()
    expect(card(page, "gone")).to_contain_text("ends in 59 m")
    desk.expect_problem("412")


def test_two_tabs_show_the_same_and_don_t_undo_one_another(desk: Desk) -> None:
    first, second = desk.open("faults"), desk.open("faults", desk.new_page())
    second.get_by_role("button", name="Edit outage").click()
    expect(second.get_by_label("status", exact=True)).to_have_value("503")
    turn(first, OUTAGE, on=True)
    expect(second.locator("header.bar")).to_contain_text("1 fault on")
    second.get_by_label("status", exact=True).fill("500")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("It was changed or has ended meanwhile")
    second.get_by_role("button", name="Show what it is now").click()
    expect(second.get_by_label("status", exact=True)).to_have_value("503")
    second.get_by_label("status", exact=True).fill("500")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("dialog")).to_have_count(0)
    expect(card(first, OUTAGE)).to_contain_text("answered 500")
    assert fault(desk, OUTAGE)["enabled"] is True
    desk.expect_problem("412")


def test_one_that_ends_while_it_is_edited_is_not_lost(desk: Desk) -> None:
    desk.control("PUT", "/api/faults/brief", {"match": "GET /zoos", "status": 500, "ttl": "30s"})
    page = desk.open("faults")
    page.get_by_role("button", name="Edit brief").click()
    words = page.get_by_label("In your words")
    words.fill("404")  # a text, though it is JSON too
    desk.control("PUT", "/api/clock", {"advance": "30s"})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("It was changed or has ended meanwhile")
    expect(words).to_have_value("404")
    page.get_by_role("button", name="Save mine all the same").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page, "brief")).to_contain_text("ends in")
    assert fault(desk, "brief")["describe"] == "404"
    desk.expect_problem("412")


def test_what_it_came_to_is_told_where_the_server_is_slow(desk: Desk) -> None:
    """Slower than it is asked: an answer is shown though the next question is due."""
    desk.control("PUT", "/api/faults/mine", {"match": "GET /zoos", "status": 418})
    page = desk.open("faults")
    expect(card(page, "mine")).to_contain_text("0 matched")
    page.evaluate(LATE, 1_500)
    assert statuses(desk, "/v1/zoos", 1) == [418]
    expect(card(page, "mine")).to_contain_text("1 matched")


def test_all_is_undone_at_once(desk: Desk) -> None:
    desk.control("PUT", "/api/faults/mine", {"status": 418})
    desk.control("PATCH", "/api/faults/outage", {"enabled": True})
    page = desk.open("faults")
    page.get_by_role("button", name="Undo all").click()
    page.get_by_role("button", name="Yes, as in the definition").click()
    expect(card(page, "mine")).to_have_count(0)
    expect(switch(page, OUTAGE)).to_have_attribute("aria-checked", "false")


# "Make this fail".


MADE: Final[list[tuple[str, dict[str, str], dict[str, Any]]]] = [
    ("GET /~w3/v1/animals/7?x=1", {}, {"match": "GET /animals/7", "status": 503}),
    ("GET /v1/animals/%C3%A4/a%20b/:c/%ff", {}, {"match": "GET /animals/ä/*/*/%ff", "status": 503}),
    (
        "POST /v1/zoos",
        {"What happens": "Answered late", "Seconds": "1.5", "How often": "Only the next", "Times": "2"},
        {"match": "POST /zoos", "latency": "1500ms", "times": 2},
    ),
    (
        "DELETE /zoos/1",
        {"What happens": "Carried out, and the answer is lost", "How often": "A share of them", "On for": "30 s"},
        {"match": "DELETE /zoos/1", "commit": True, "reset": "connect", "probability": 0.3, "ttl": "30s"},
    ),
    ("WS /v1/ws", {"What happens": "Closed with a code"}, {"match": "WS /ws", "close": 1012}),
]


def test_what_a_route_is_made_to_do(desk: Desk) -> None:
    page = desk.open("faults")
    expect(card(page, OUTAGE)).to_be_visible()
    for match, choices, made in MADE:
        page.evaluate(BREAK, {"match": match, "describe": f"{match} was answered 200."})
        dialog = page.get_by_role("dialog", name="Make this fail")
        for label, value in choices.items():
            control = dialog.get_by_label(label, exact=True)
            if control.evaluate("(one) => one.localName") == "select":
                control.select_option(label=value)
            else:
                control.fill(value)
        name = dialog.get_by_label("Its name").input_value()
        dialog.get_by_role("button", name="Make it fail").click()
        expect(dialog).to_have_count(0)
        expect(switch(page, name)).to_have_attribute("aria-checked", "true")
        assert fault(desk, name)["settings"] == {"ttl": "5m"} | made


def test_a_route_that_can_t_be_made_to_fail_so_says_why(desk: Desk) -> None:
    page = desk.open("faults")
    expect(card(page, OUTAGE)).to_be_visible()
    page.evaluate(BREAK, {"match": "GET /zoos"})
    dialog = page.get_by_role("dialog", name="Make this fail")
    dialog.get_by_label("Status").fill("999")
    dialog.get_by_role("button", name="Make it fail").click()
    expect(dialog.get_by_role("alert")).to_contain_text("/status")
    dialog.get_by_label("Status").fill("500")
    dialog.get_by_label("Its name").fill(OUTAGE)
    dialog.get_by_role("button", name="Make it fail").click()
    expect(dialog.get_by_role("alert")).to_contain_text("It is there already")
    desk.expect_problem("422")
    desk.expect_problem("412")
