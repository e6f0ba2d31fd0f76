"""The view of sockets: who is there, what is said both ways, every end seen in another tab, and who came back."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.panel.desk import Desk
from tests.panel.payload import PAYLOADS
from tests.panel.test_accessibility import find_barriers
from tests.server.socket.raw import CLOSE, Raw

WIDE = {"viewport": {"width": 1400, "height": 900}}
NARROW = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}
LISTEN = """url => new Promise((done) => {
  window.heard = [];
  window.socket = new WebSocket(url);
  window.ended = new Promise((told) => { socket.onclose = ({ code, reason }) => told([code, reason]); });
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onopen = () => done();
})"""

in_window = pytest.mark.parametrize("desk", [WIDE], indirect=True, ids=["wide"])


def listen(desk: Desk, page: Page) -> None:
    page.evaluate(LISTEN, f"{desk.api}/v1/events/ws?client=tab".replace("http", "ws"))


@pytest.fixture
def tab(desk: Desk) -> Page:
    """Another tab, which holds a WebSocket on the feed."""
    page = desk.new_page()
    page.goto(f"{desk.api}/v1/zoos")
    listen(desk, page)
    return page


@pytest.fixture
def feed(desk: Desk) -> Iterator[Raw]:
    """A socket on the feed without a browser."""
    with Raw(desk.server.port, f"/~{desk.sandbox}/v1/events/ws?client=raw&topics=zoos") as opened:
        opened.hear()
        yield opened


def rows(page: Page) -> Locator:
    return page.locator("ul.sockets:not(.ended) a")


def frames(page: Page) -> Locator:
    return page.locator(".frame")


def choose(desk: Desk) -> Page:
    """The view with the only socket chosen, and its messages listened to."""
    page = desk.open("sockets")
    choose_newest(desk, page)
    return page


def choose_newest(desk: Desk, page: Page) -> None:
    # A tab behind another has no frames, and so nothing comes to rest in it that could be clicked.
    page.bring_to_front()
    newest = desk.control("GET", "/api/sockets")[-1]["id"]
    page.locator(f"ul.sockets:not(.ended) a[href*='/{newest}?']").click()
    expect(page.locator(".frames")).to_contain_text("Listening")
    expect(page.locator(".frames")).not_to_contain_text("Listening …")


def close_with(page: Page, code: str, reason: str = "") -> None:
    page.get_by_label("Close code").select_option(code)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Close", exact=True).click()


def say(desk: Desk, topic: str, data: Any) -> None:
    desk.control("POST", "/api/events", {"topic": topic, "data": data})


@in_window
def test_the_other_tab_gets_exactly_the_code(desk: Desk, tab: Page) -> None:
    page = choose(desk)
    for code in ("1012", "1000", "4401", "4500"):
        close_with(page, code, "because ☂")
        assert tab.evaluate("ended") == [int(code), "because ☂"]
        listen(desk, tab)
        choose_newest(desk, page)


@in_window
def test_any_other_code_can_be_typed_and_a_wrong_one_is_refused_where_it_was(desk: Desk, tab: Page) -> None:
    page = choose(desk)
    page.get_by_label("Close code").select_option("")
    number, close = page.get_by_label("Number"), page.get_by_role("button", name="Close", exact=True)
    for wrong in ("1006", "7", ""):
        number.fill(wrong)
        with page.expect_response("**/close?*"):
            close.click()
        expect(page.locator("form.closing .refusal")).to_contain_text("must be 1000-1003")
        expect(close).to_be_visible()
    desk.expect_problem("400 (Bad Request)")
    number.fill("4242")
    close.click()
    assert tab.evaluate("ended") == [4242, ""]
    ended = page.locator("ul.ended a")
    expect(ended).to_contain_text("closed with 4242 by the server")
    expect(page.locator(".shown .notice")).to_contain_text("closed with 4242")


@in_window
def test_without_a_word_the_other_tab_sees_1006_and_of_silence_nothing(desk: Desk, tab: Page) -> None:
    page = choose(desk)
    for how in ("Drop", "Reset"):
        page.get_by_role("button", name=how, exact=True).click()
        assert tab.evaluate("ended")[0] == 1006
        listen(desk, tab)
        choose_newest(desk, page)
    before = tab.evaluate("heard.length")
    page.get_by_role("button", name="Stall", exact=True).click()
    expect(rows(page)).to_contain_text("stalled")
    say(desk, "zoos", {"never": "heard"})
    expect(page.locator(".records")).to_contain_text("stalled by the server")
    assert tab.evaluate("[heard.length, socket.readyState]") == [before, 1]


@in_window
def test_what_is_said_goes_out_and_what_comes_in_is_shown(desk: Desk, tab: Page) -> None:
    page = choose(desk)
    tab.evaluate("""socket.send('{"method": "/v1/zoos/1", "websocketTag": "t"}')""")
    expect(frames(page)).to_have_count(2)
    expect(frames(page).first).to_contain_text('{"method": "/v1/zoos/1"')
    expect(page.get_by_role("img", name="from the client")).to_have_count(1)
    page.get_by_label("Template").select_option("event")
    page.get_by_role("button", name="Send").click()
    tab.wait_for_function("heard.some((text) => JSON.parse(text).data?.name === 'Leo')")
    page.get_by_label("As", exact=True).select_option("json")
    page.get_by_label("Message", exact=True).fill("{nonsense")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".refusal")).to_contain_text("The message is not JSON")


@in_window
def test_messages_are_filtered_opened_and_put_away(desk: Desk, feed: Raw) -> None:
    page = choose(desk)
    for number in range(5):
        say(desk, "zoos", {"number": number})
    expect(frames(page)).to_have_count(5)
    page.get_by_label("Filter messages").fill('"NUMBER":3')
    expect(frames(page)).to_have_count(1)
    frames(page).locator("summary").click()
    expect(frames(page).locator("pre")).to_contain_text('"number": 3')
    page.get_by_label("Direction").select_option("in")
    expect(frames(page)).to_have_count(0)
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Filter messages").fill("")
    page.get_by_label("Direction").select_option("")
    expect(frames(page)).to_have_count(0)
    del feed


@in_window
def test_nothing_moves_for_who_reads(desk: Desk, feed: Raw) -> None:
    page = choose(desk)
    for number in range(40):
        say(desk, "zoos", {"number": number})
    expect(frames(page)).to_have_count(40)
    log = page.locator(".log")
    log.evaluate("log => { log.scrollTop = 100; }")
    expect(frames(page)).to_have_count(40)
    page.wait_for_function("() => new Promise(requestAnimationFrame)")
    frames(page).nth(8).locator("summary").focus()
    at = log.evaluate("log => log.scrollTop")
    for number in range(40, 45):
        say(desk, "zoos", {"number": number})
    news = page.get_by_role("button", name="5 new")
    expect(news).to_be_visible()
    assert log.evaluate("log => log.scrollTop") == at
    expect(frames(page).nth(8).locator("summary")).to_be_focused()
    news.click()
    expect(frames(page)).to_have_count(45)
    expect(log).to_be_focused()
    del feed


@in_window
def test_no_more_is_kept_than_can_be_shown(desk: Desk, feed: Raw) -> None:
    page = choose(desk)
    for number in range(510):
        feed.say(f'{{"method": "/sys/ping", "websocketTag": "ping {number}"}}')
        feed.hear()
    expect(frames(page).filter(has_text="ping 509")).to_have_count(2)
    expect(frames(page)).to_have_count(500)
    page.get_by_role("button", name="Pause").click()
    feed.say('{"method": "/sys/ping", "websocketTag": "last"}')
    expect(page.get_by_role("button", name="2 new")).to_be_visible()


@in_window
def test_it_is_all_done_by_keyboard(desk: Desk, tab: Page) -> None:
    page = desk.open("sockets")
    expect(rows(page)).to_have_count(1)
    rows(page).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".shown h2")).to_be_focused()
    close = page.get_by_role("button", name="Close", exact=True)
    for _ in range(30):
        page.keyboard.press("Tab")
        if close.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    assert tab.evaluate("ended") == [1012, ""]


@in_window
def test_all_are_closed_at_once(desk: Desk, tab: Page, feed: Raw) -> None:
    page = desk.open("sockets")
    page.get_by_role("button", name="Close all …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Close code").select_option("1013")
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    assert tab.evaluate("ended") == [1013, ""]
    assert feed.skip_to(CLOSE).code == 1013


@in_window
def test_who_came_back_is_told_with_what_was_missed(desk: Desk, tab: Page) -> None:
    page = choose(desk)
    close_with(page, "1012")
    tab.evaluate("ended")
    say(desk, "news", {"of": "the day"})
    tab.evaluate(LISTEN, f"{desk.api}/v1/events/ws?client=tab&since=now".replace("http", "ws"))
    card = page.locator(".records .card")
    expect(card).to_contain_text(re.compile(r"on ws.*missed1.*closed with 1012 by the server, back after", re.DOTALL))
    expect(card.get_by_role("img")).to_have_accessible_name(re.compile("Pauses before attempts"))
    page.get_by_role("button", name="Forget").click()
    expect(card).to_contain_text(re.compile("missed0"))


@in_window
def test_nothing_that_is_said_is_run(desk: Desk, feed: Raw) -> None:
    page = choose(desk)
    for payload in PAYLOADS:
        say(desk, "zoos", {"said": payload})
    expect(frames(page)).to_have_count(len(PAYLOADS))
    frames(page).first.locator("summary").click()
    expect(page.locator(".frame pre").first).to_contain_text(json.dumps(PAYLOADS[0])[1:-1])
    del feed


@pytest.mark.parametrize("desk", [WIDE, NARROW], indirect=True, ids=["wide-light", "narrow-dark"])
def test_everybody_can_use_it_at_any_width(desk: Desk, feed: Raw) -> None:
    page = choose(desk)
    say(desk, "zoos", {"number": 1})
    frames(page).first.locator("summary").click()
    expect(page.locator(".frame pre")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find_barriers(page) == []
    del feed


@in_window
def test_a_socket_that_is_not_there_is_said_to_be_gone(desk: Desk) -> None:
    page = desk.open("sockets/99999")
    expect(page.locator(".shown")).to_contain_text("There is no such socket")
    expect(page.locator("main")).to_contain_text("Nothing is open")
