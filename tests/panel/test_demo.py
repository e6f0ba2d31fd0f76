"""The fallback demo: a board on a feed, whose connection is taken away in every way, and that loses nothing."""

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.live import SEEDS, started
from tests.panel.desk import Desk, seated
from tests.panel.payload import PAYLOADS
from tests.server.process import Running, end
from tests.server.test_stop import wait_until

TICKET = "/api/v1/tickets/7"
COMPLAINTS = ("WebSocket connection to", "Failed to load resource", "blocked by CORS policy")
"""What a browser says of connections that were broken on purpose."""
WIDE = {"viewport": {"width": 1400, "height": 1000}}
_numbers = count(1)


@pytest.fixture(scope="module")
def tickets_stage() -> Iterator[Running]:
    with started(str(SEEDS / "tickets.yaml"), "--log", "quiet") as server:
        yield server


@pytest.fixture
def stage(chromium: Browser, tickets_stage: Running) -> Iterator[Desk]:
    """A desk at the help desk's server; broken connections are what it is for."""
    with seated(tickets_stage, chromium, f"stage-{next(_numbers)}", **WIDE) as desk:
        yield desk
        desk.problems = [one for one in desk.problems if not any(gist in one for gist in COMPLAINTS)]


def play(desk: Desk, page: Page | None = None, query: str = "pace=fast") -> Page:
    """The demo in the desk's sandbox, as soon as it is live."""
    page = page or desk.page
    page.goto(f"{desk.origin}/demo?sandbox={desk.sandbox}&{query}")
    await_state(page, "Live")
    return page


def await_state(page: Page, word: str) -> None:
    expect(page.locator(".state .word")).to_contain_text(word, timeout=10_000)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def ticket(page: Page, key: object = 7) -> Locator:
    return page.locator(".ticket").filter(
        has=page.locator(".key", has_text=f"#{key}").get_by_text(f"#{key}", exact=True)
    )


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def move(page: Page, state: str, key: object = 7) -> None:
    ticket(page, key).get_by_role("combobox").select_option(state)


def retitle(page: Page, text: str) -> None:
    ticket(page).locator(".title").click()
    page.get_by_role("textbox", name="subject").fill(text)
    press(page, "Save")


def read_ticket(desk: Desk) -> Any:
    return desk.call("GET", TICKET).json["result"]


def counted(page: Page) -> dict[str, int]:
    """All of it as it is at one moment: something may happen between two looks."""
    found: dict[str, int] = page.locator("[data-count]").evaluate_all(
        "all => Object.fromEntries(all.map((one) => [one.dataset.count, Number(one.textContent)]))"
    )
    return found


def sent(desk: Desk, method: str, path: str) -> int:
    found: int = desk.control("POST", "/api/requests/count", {"method": method, "path": path})["count"]
    return found


@pytest.fixture
def other_stage(chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk at a server of the definition that the test names."""
    path = SEEDS / f"{request.param}.yaml"
    if request.param == "db":
        path = tmp_path / "db.json"
        path.write_text(json.dumps({"posts": [{"id": "1", "title": "Hello", "done": False}]}), encoding="utf-8")
    with started(str(path), "--log", "quiet") as server, seated(server, chromium, "demo", **WIDE) as desk:
        yield desk


@pytest.mark.parametrize(
    ("other_stage", "board", "who"),
    [("linkis", "jobs", "You are hadoop"), ("db", "posts", "Nobody")],
    indirect=["other_stage"],
)
def test_there_is_a_board_of_any_definition(other_stage: Desk, board: str, who: str) -> None:
    change_something(play(other_stage), board, who)


def test_there_is_a_board_of_the_zoo(desk: Desk) -> None:
    change_something(play(desk), "animals", "Nobody")


def change_something(page: Page, board: str, who: str) -> None:
    """The first of the board goes to another column, and the feed tells so."""
    expect(page.get_by_role("heading", level=2).first).to_have_text(board)
    expect(page.locator(".bar")).to_contain_text(who)
    first = page.locator(".ticket").first
    key = first.locator(".key").inner_text()
    place = page.locator(".column", has=page.get_by_text(key, exact=True))
    before = place.get_attribute("aria-label") or ""
    first.get_by_role("button", name=re.compile("^(On|Back) to")).first.click()
    expect(place).not_to_have_attribute("aria-label", before)
    expect(page.locator("[data-count=delivered]")).to_have_text("1")
    expect(page.locator(".fate")).to_have_count(0)


def test_a_move_in_one_tab_shows_in_the_other(stage: Desk) -> None:
    page, other = play(stage), play(stage, stage.new_page())
    ticket(page).drag_to(column(page, "solved").locator("h3"))
    expect(column(other, "solved").locator(".key", has_text="#7").first).to_be_visible()
    expect(column(page, "solved").locator(".ticket").first).to_contain_text("#7")
    assert read_ticket(stage)["state"] == "solved"


def test_a_new_ticket_and_a_title_written_in_place_are_the_servers(stage: Desk) -> None:
    page = play(stage)
    press(page, "New …")
    page.get_by_label("subject").fill("Does this work?")
    press(page, "Create")
    expect(column(page, "open").locator(".ticket").first).to_contain_text("#43")
    retitle(page, "Label found")
    expect(ticket(page)).to_contain_text("Label found")
    expect(page.locator(".fate")).to_have_count(0)
    assert read_ticket(stage)["subject"] == "Label found"


SEEN = """() => {
    const word = document.querySelector(".state .word");
    globalThis.seen = [word.textContent];
    new MutationObserver(() => globalThis.seen.push(word.textContent))
        .observe(word, { childList: true, characterData: true, subtree: true });
}"""


def test_every_switch_is_a_fault_and_has_its_state_in_words_and_colour(stage: Desk) -> None:
    page = play(stage)
    page.evaluate(SEEN)
    for switch, word, tone in (
        ("WebSocket off", "Server-sent", "sse"),
        ("Server-sent events off", "Long poll", "longpoll"),
        ("Long poll off", "Polling", "poll"),
        ("Everything off", re.compile(r"^Offline, data from \d\d:\d\d$"), "offline"),
    ):
        press(page, switch)
        expect(page.locator(".state .word")).to_have_text(word)
        expect(page.locator(".state")).to_have_attribute("data-tone", tone)
    on = {one["name"] for one in stage.control("GET", "/api/faults") if one["enabled"]}
    assert on == {"ws-refuse", "ws-cut", "sse-refuse", "sse-cut", "longpoll-refuse", "offline"}
    stage.control("PATCH", "/api/faults/slow", {"enabled": True})
    expect(page.get_by_role("button", name="Slow")).to_have_attribute("aria-pressed", "true")
    press(page, "All on again")
    await_state(page, "Live")
    expect(page.get_by_role("button", pressed=True)).to_have_count(0)
    log = page.get_by_role("list", name="Connection")
    for switch in ("Drop", "Reset"):
        press(page, switch)
        expect(log.locator("li").filter(has_text="Tries WebSocket").first).to_be_visible()
        await_state(page, "Live")
    press(page, "Half-open")
    expect(log).to_contain_text("Silent for too long", timeout=10_000)
    await_state(page, "Live")
    assert counted(page)["missed"] == 0
    assert "Reconnecting in 1 s" in page.evaluate("globalThis.seen")


def test_a_connection_that_is_not_to_come_back_is_made_anew_by_hand(stage: Desk) -> None:
    page = play(stage)
    stage.control("POST", "/api/sockets/close", {"code": 4403, "reason": "away with you"})
    await_state(page, "Stopped")
    expect(page.locator(".state")).to_contain_text("4403 away with you")
    press(page, "Try now")
    await_state(page, "Live")


def test_what_is_written_offline_outlives_a_reload_and_is_done_once(stage: Desk) -> None:
    page = play(stage)
    press(page, "Everything off")
    await_state(page, "Offline")
    move(page, "closed")
    expect(column(page, "closed")).to_contain_text("#7")
    expect(ticket(page).locator(".fate")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("1 change waits")
    page.reload()
    await_state(page, "Offline, data from ")
    expect(column(page, "closed")).to_contain_text("#7")
    expect(ticket(page).locator(".fate")).to_be_visible()
    press(page, "All on again")
    await_state(page, "Live")
    expect(page.locator(".fate")).to_have_count(0)
    expect(column(page, "closed")).to_contain_text("#7")
    assert read_ticket(stage)["state"] == "closed"
    assert [one["action"] for one in stage.call("GET", "/api/v1/events?since=start").json["events"]] == ["updated"]


def test_a_write_whose_answer_is_lost_is_sent_again_and_done_once(stage: Desk) -> None:
    page = play(stage)
    press(page, "Lose the next answer")
    press(page, "New …")
    page.get_by_label("subject").fill("Only one of me")
    press(page, "Create")
    expect(page.locator("[data-count=published]")).to_have_text("1")
    expect(page.locator(".fate")).to_have_count(0)
    expect(page.locator(".ticket", has_text="Only one of me")).to_have_count(1)
    assert sent(stage, "POST", "/api/v1/tickets") == 2
    assert len(stage.call("GET", "/api/v1/tickets?q=Only%20one%20of%20me").json["result"]["items"]) == 1


def test_two_who_change_the_same_are_asked(stage: Desk) -> None:
    page = play(stage)
    for choice, mine, subject in (
        ("Keep mine", "One", "One"),
        ("Take theirs", "Two", "Two, says somebody else"),
        ("Save what is chosen", "Three", "Three"),
    ):
        press(page, "Conflict on the next change")
        retitle(page, mine)
        dialog = page.get_by_role("dialog", name="Somebody else was faster (412)")
        expect(dialog.get_by_role("row", name="subject")).to_contain_text(f"{mine}, says somebody else")
        dialog.get_by_role("button", name=choice).click()
        expect(dialog).to_have_count(0)
        expect(page.locator(".fate")).to_have_count(0)
        expect(ticket(page).locator(".title")).to_have_text(subject)
        assert read_ticket(stage)["subject"] == subject


def test_what_two_tabs_wrote_while_they_were_offline_is_sent_in_order_and_a_person_decides(stage: Desk) -> None:
    page, other = play(stage), play(stage, stage.new_page())
    press(page, "Everything off")
    for tab in (page, other):
        await_state(tab, "Offline")
    for state in ("pending", "solved", "closed"):
        move(page, state)
    move(page, "solved", key=12)
    retitle(other, "Mine")
    expect(page.locator(".state")).to_contain_text("4 changes wait")
    other.route(f"**{TICKET}", lambda route: route.abort())  # it is the later one
    press(page, "All on again")
    expect(page.locator(".fate")).to_have_count(0)
    assert read_ticket(stage)["state"] == "closed"
    other.unroute(f"**{TICKET}")
    expect(other.locator(".fate.refused")).to_be_visible()
    dialog = other.get_by_role("dialog", name="Somebody else was faster (412)")
    if dialog.count() == 0:  # it comes by itself for what was done a moment ago
        press(other, "Decide …")
    dialog.get_by_role("button", name="Save what is chosen").click()
    for tab in (page, other):
        expect(column(tab, "closed")).to_contain_text("Mine")
        expect(column(tab, "solved").locator(".key").get_by_text("#12", exact=True)).to_be_visible()
        expect(tab.locator(".fate")).to_have_count(0)


def test_what_is_refused_is_rolled_back_with_the_servers_words(stage: Desk) -> None:
    page = play(stage)
    retitle(page, "No")
    fate = ticket(page).get_by_role("alert")
    expect(fate).to_contain_text("400")
    expect(ticket(page).locator(".title")).to_have_text("Where is my return label?")
    fate.get_by_role("button", name="Discard").click()
    press(page, "Refuse changes (409)")
    move(page, "closed")
    expect(fate).to_contain_text("409")
    expect(column(page, "open")).to_contain_text("#7")
    press(page, "All on again")
    fate.get_by_role("button", name="Try again").click()
    expect(column(page, "closed")).to_contain_text("#7")
    expect(fate).to_have_count(0)


def test_what_was_missed_for_good_is_loaded_again(stage: Desk) -> None:
    page = play(stage)
    stage.control("PATCH", "/api/data/tickets/7", {"state": "closed"})
    expect(column(page, "closed")).to_contain_text("#7")
    stage.control("POST", "/api/reset", {"what": ["data", "feed"]})
    expect(column(page, "open")).to_contain_text("#7")
    expect(page.get_by_text("1 gap after which all was loaded again")).to_be_visible()
    press(page, "Everything off")
    await_state(page, "Offline")
    # For longer than a feed holds what happens.
    stage.control("PATCH", "/api/data/tickets/7", {"state": "closed"})
    stage.control("PUT", "/api/clock", {"advance": "11m"})
    stage.control("PATCH", "/api/data/tickets/12", {"state": "pending"})
    expect(page.locator("[data-count=published]")).to_have_text("2")
    press(page, "All on again")
    expect(column(page, "closed")).to_contain_text("#7")
    expect(page.get_by_text("2 gaps after which all was loaded again")).to_be_visible()
    expect(page.get_by_text("changes with it")).to_be_visible()
    expect(page.locator("[data-count=waiting]")).to_have_text("0")
    assert counted(page)["missed"] == 0


def test_a_message_that_is_lost_is_counted_as_missed(stage: Desk) -> None:
    page = play(stage)
    stage.control(
        "PUT", "/api/faults/once", {"match": "WS *", "event": "tickets", "direction": "out", "times": 1, "lose": True}
    )
    for state in ("closed", "solved"):
        stage.control("PATCH", "/api/data/tickets/7", {"state": state})
    expect(page.locator("[data-count=missed]")).to_have_text("1")
    assert counted(page) | {"duplicate": 0} == {
        "published": 2, "delivered": 1, "replayed": 0, "duplicate": 0, "waiting": 0, "missed": 1
    }  # fmt: skip


WALK = ("Live", "Server-sent", "Long poll", "Polling", "Offline", "Long poll", "Server-sent", "Live")


def test_the_walk_goes_down_the_ladder_and_up_and_nothing_is_missed(stage: Desk, *, is_thorough: bool) -> None:
    page = play(stage, query="" if is_thorough else "pace=fast")
    press(page, "Walk the ladder")
    if not is_thorough:
        expect(page.locator(".walk")).to_contain_text("step 1 of 8")
        stage.control("PUT", "/api/clock", {"freeze": True})  # it goes on by hand, however slow the machine is
    for step, word in enumerate(WALK, start=1):
        expect(page.locator(".walk")).to_contain_text(f"step {step} of 8", timeout=30_000)
        await_state(page, word)
        if word == "Polling":  # as if the presenter had
            page.reload()
            await_state(page, word)
        before = counted(page)["published"]
        expect(page.locator("[data-count=published]")).not_to_have_text(str(before))
        if not is_thorough and step < len(WALK):
            press(page, "Next step")
    press(page, "Changes one a second")
    # The last one may be on its way yet.
    wait_until(lambda: (told := counted(page))["delivered"] == told["published"] and told["waiting"] == 0)
    told = counted(page)
    assert told["published"] > 0
    assert told["missed"] == 0
    assert told["replayed"] > 0


def test_a_definition_without_the_script_is_walked_by_the_page(desk: Desk) -> None:
    page = play(desk)
    press(page, "Walk the ladder")
    press(page, "Next step")
    await_state(page, "Server-sent")
    page.reload()
    expect(page.locator(".walk")).to_contain_text("A proxy bars WebSockets.")
    expect(page.get_by_role("button", name="Changes one a second")).to_have_attribute("aria-pressed", "true")
    press(page, "Stop")
    await_state(page, "Live")
    assert [one["name"] for one in desk.control("GET", "/api/faults") if one["enabled"]] == []
    desk.problems = [one for one in desk.problems if not any(gist in one for gist in COMPLAINTS)]


def test_the_pages_own_walk_is_that_of_the_script(stage: Desk) -> None:
    page = play(stage)
    own = page.evaluate("import('/panel/demo/walk.js').then(({ STEPS }) => STEPS)")
    [declared] = [one for one in stage.control("GET", "/api/scenarios") if one["name"] == "fallback"]
    assert own == declared["script"]


def test_it_is_all_done_by_keyboard(stage: Desk) -> None:
    page = play(stage)
    title = ticket(page).locator(".title")
    title.focus()
    page.keyboard.press("ArrowRight")
    expect(column(page, "pending")).to_contain_text("#7")
    expect(title).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(title).to_have_text("By keyboard")
    expect(title).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(title).not_to_be_focused()
    expect(page.locator(".fate")).to_have_count(0)
    title.focus()
    # Somebody else takes it to another column: whoever is at it stays at it.
    stage.control("PATCH", "/api/data/tickets/7", {"state": "closed"})
    expect(column(page, "closed")).to_contain_text("By keyboard")
    expect(title).to_be_focused()


def test_nothing_in_data_is_markup(stage: Desk) -> None:
    for one in PAYLOADS:
        stage.control("POST", "/api/data/tickets", {"subject": one.ljust(3), "state": "open"})
    page = play(stage)
    stage.control("PATCH", "/api/data/tickets/12", {"subject": PAYLOADS[0]})
    expect(page.get_by_role("list", name="Events")).to_contain_text("injected")
    expect(page.locator(".ticket", has_text="injected").first).to_be_visible()
    assert page.evaluate("() => globalThis.injected") is None
    assert page.locator("main :is(script, iframe, object, embed, base, img, style, a)").count() == 0


@pytest.mark.parametrize("width", [320, 768])
def test_it_fits_narrow_windows(chromium: Browser, tickets_stage: Running, width: int) -> None:
    with seated(tickets_stage, chromium, f"narrow-{width}", viewport={"width": width, "height": 800}) as desk:
        page = play(desk)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


LOGINS = """
mock: 1
name: Own
auth:
  users: {ada: {password: secret}, bob: {password: secret}}
  rules: [{route: [GET /tickets, GET /tickets/*], where: owner == user.name}]
resources:
  tickets:
    fields:
      id: {seq: 1}
      subject: {faker: sentence}
      state: {enum: [open, closed]}
      owner: {faker: user_name}
    rows:
      - {id: 1, subject: Hers, state: open, owner: ada}
      - {id: 2, subject: His, state: open, owner: bob}
"""


@pytest.mark.parametrize("convention", ["rest", "linkis"])  # the one answers a token, the other sets a cookie
def test_whoever_must_log_in_is_and_is_again_after_a_restart(
    chromium: Browser, tmp_path: Path, convention: str
) -> None:
    path = tmp_path / "logins.yaml"
    path.write_text(f"{LOGINS}api: {{convention: {convention}}}\n", encoding="utf-8")
    with started(str(path)) as server, seated(server, chromium, "demo") as desk:
        page = play(desk)
        expect(page.locator(".bar")).to_contain_text("You are ada")
        expect(page.locator(".ticket")).to_have_count(1)
        # What only others may see is not missed.
        for key, subject in ((2, "His, changed"), (1, "Hers, changed"), (1, "Hers")):
            desk.control("PATCH", f"/api/data/tickets/{key}", {"subject": subject})
        expect(page.get_by_text("1 change was not for you to see")).to_be_visible()
        wait_until(lambda: (told := counted(page))["published"] == told["delivered"] == 2)
        assert counted(page)["missed"] == 0
        ports = ("--port", str(server.port), "--control-port", str(server.control_port))
        end(server.process)
        await_state(page, "Offline")
        move(page, "closed", key=1)
        with started(str(path), *ports):
            await_state(page, "Live")
            expect(page.locator(".fate")).to_have_count(0)
            expect(column(page, "closed")).to_contain_text("Hers")
            desk.control("PATCH", "/api/data/tickets/1", {"subject": "Hers, again"})
            expect(page.locator(".ticket")).to_contain_text("Hers, again")
        desk.problems = []
