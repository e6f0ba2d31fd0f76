"""The view Scenarios: states are switched, scripts are watched and moved on, data is kept and put back."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.live import started
from tests.panel.desk import Desk, seated

MARKUP = "<img src=x onerror=alert(1)>"
LONG = """\
mock: 1
resources: {zoos: {count: 1, fields: {name: word}}}
scenarios: {long: {script: [%s]}}
"""


def region(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, scenario: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=scenario, exact=True))


@pytest.fixture
def still(desk: Desk) -> Desk:
    """A sandbox whose clock stands, so that nothing happens but what the test does."""
    desk.control("PUT", "/api/clock", {"freeze": "2026-01-15T09:00:00Z"})
    return desk


@pytest.fixture
def playing(still: Desk) -> Page:
    """The script of the incident, at its beginning."""
    still.control("PUT", "/api/scenario", {"name": "incident"})
    return still.open("scenarios")


def test_every_scenario_is_shown_switched_to_and_left(desk: Desk) -> None:
    page = desk.open("scenarios")
    expect(page.get_by_role("heading", name="In the state of the file")).to_be_visible()
    expect(card(page, "busy")).to_contain_text("animals 200 rows")
    expect(card(page, "busy")).to_contain_text("slow-lists")
    expect(card(page, "incident")).to_contain_text("Script of 5 steps, 1 m 30 s, again and again")
    card(page, "incident").get_by_text("Script of").click()
    expect(card(page, "incident").get_by_role("listitem").nth(2)).to_contain_text("0:30Nothing is answered.outage")
    page.get_by_role("button", name="Switch to empty").click()
    expect(card(page, "empty").get_by_text("current")).to_be_visible()
    expect(page.get_by_role("link", name="scenario empty")).to_be_visible()
    assert desk.call("GET", "/v1/zoos").json == []
    page.get_by_role("button", name="Back to the file").click()
    expect(page.get_by_role("heading", name="In the state of the file")).to_be_visible()
    assert len(desk.call("GET", "/v1/zoos").json) == 5
    desk.control("PUT", "/api/scenario", {"name": "offline"})
    expect(card(page, "offline").get_by_text("current")).to_be_visible()


def test_a_script_is_moved_on_step_by_step(playing: Page, still: Desk) -> None:
    said = playing.locator(".said")
    expect(said).to_have_text("All is well.")
    expect(playing.get_by_text("0:00 of 1:30")).to_be_visible()
    playing.get_by_role("button", name="Next step (2)").click()
    expect(said).to_have_text("It gets slow.")
    expect(playing.get_by_text("0:15 of 1:30")).to_be_visible()
    playing.get_by_role("button", name="Next step (3)").click()
    expect(said).to_have_text("Nothing is answered.")
    steps = playing.get_by_role("list", name="Steps of the script").get_by_role("listitem")
    expect(steps.nth(2)).to_contain_text("said last")
    expect(steps.nth(3)).to_contain_text("in 0:30")
    assert still.call("GET", "/v1/zoos").status == 503
    for number in (4, 5):
        playing.get_by_role("button", name=f"Next step ({number})").click()
    expect(playing.get_by_text("round 2, again and again")).to_be_visible()
    playing.set_viewport_size({"width": 320, "height": 700})
    assert playing.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_script_goes_on_by_itself_and_faster(playing: Page, still: Desk) -> None:
    expect(playing.get_by_text("paused")).to_be_visible()
    playing.get_by_label("Speed").select_option("60")
    playing.get_by_role("button", name="Resume").click()
    expect(playing.get_by_text("playing")).to_be_visible()
    expect(playing.locator(".said")).not_to_have_text("All is well.")
    playing.get_by_role("button", name="Pause").click()
    expect(playing.get_by_text("paused")).to_be_visible()
    assert still.control("GET", "/api/clock")["frozen"] is True


def test_a_script_that_was_ended_says_so_and_begins_again(playing: Page, still: Desk) -> None:
    still.control("POST", "/api/faults/off", {})
    still.control("PUT", "/api/clock", {"advance": "1s"})
    expect(playing.get_by_text("script ended")).to_be_visible()
    playing.get_by_role("button", name="Begin again").click()
    expect(playing.get_by_role("button", name="Next step (2)")).to_be_visible()


def test_a_long_script_is_shown_in_parts(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG % ", ".join(f"{{at: {n}s, say: Say {n}}}" for n in range(1000)))
    with started(str(tmp_path / "long.yaml")) as server, seated(server, chromium, "w1") as desk:
        desk.control("PUT", "/api/clock", {"freeze": True})
        desk.control("PUT", "/api/scenario", {"name": "long"})
        page = desk.open("scenarios")
        steps = page.get_by_role("list", name="Steps of the script").get_by_role("listitem")
        expect(steps).to_have_count(101)
        expect(steps.last).to_have_text("900 more")
        desk.control("PUT", "/api/clock", {"advance": "450s"})
        expect(page.get_by_role("button", name="Next step (452)")).to_be_visible()
        expect(steps).to_have_count(102)
        expect(steps.first).to_have_text("400 before these")
        expect(steps.nth(52)).to_contain_text("Say 451")
        expect(steps.nth(52)).to_contain_text("in 0:01")
        assert page.locator(".mark").count() == 0


def test_the_clock_is_stopped_moved_set_and_let_go(desk: Desk) -> None:
    page = desk.open("scenarios")
    clock = region(page, "Clock")
    clock.get_by_role("button", name="Freeze").click()
    expect(clock.get_by_text("stands still")).to_be_visible()
    clock.get_by_label("Set to").fill("2026-01-15T09:00:00Z")
    clock.get_by_role("button", name="Set", exact=True).click()
    expect(clock.locator("time")).to_have_text("09:00:00")
    for name, then in (("1 s", "09:00:01"), ("1 min", "09:01:01"), ("5 min", "09:06:01"), ("1 h", "10:06:01")):
        clock.get_by_role("button", name=name, exact=True).click()
        expect(clock.locator("time")).to_have_text(then)
    clock.get_by_role("button", name="Let it go on").click()
    expect(clock.get_by_text("running")).to_be_visible()
    expect(clock.locator("time")).not_to_have_text("10:06:01")
    assert desk.control("GET", "/api/clock")["now"].startswith("2026-01-15T10:06:")
    clock.get_by_label("Set to").fill("soon")
    clock.get_by_role("button", name="Set", exact=True).click()
    expect(clock.get_by_role("alert")).to_contain_text("must be a moment")
    desk.expect_problem("400 (Bad Request)")


def test_data_is_kept_put_back_downloaded_and_forgotten(desk: Desk, tmp_path: Path) -> None:
    page = desk.open("scenarios")
    kept = region(page, "Snapshots")
    kept.get_by_label("Name").fill("full")
    kept.get_by_role("button", name="Save").click()
    expect(kept.get_by_role("listitem")).to_contain_text("89 documents")
    assert desk.call("DELETE", "/v1/zoos/1").status == 204
    kept.get_by_role("button", name="Restore").click()
    expect(kept.get_by_role("button", name="Restore")).to_have_attribute("aria-busy", "false")
    assert desk.call("GET", "/v1/zoos/1").status == 200
    with page.expect_download() as coming:
        kept.get_by_role("button", name="Download").click()
    coming.value.save_as(tmp_path / "full.json")
    assert coming.value.suggested_filename == "full.json"
    whole: dict[str, Any] = json.loads((tmp_path / "full.json").read_text(encoding="utf-8"))
    assert len(whole["data"]["zoos"]) == 5
    kept.get_by_role("button", name="Delete").click()
    kept.get_by_role("button", name="Really delete?").click()
    expect(kept.get_by_role("listitem")).to_have_count(0)


def test_a_snapshot_saved_elsewhere_is_seen_and_one_without_a_name_is_refused_there(desk: Desk) -> None:
    page = desk.open("scenarios")
    kept = region(page, "Snapshots")
    desk.control("PUT", "/api/snapshots/by-a-test", {})
    expect(kept.get_by_role("listitem")).to_contain_text("by-a-test")
    kept.get_by_label("Name").fill(MARKUP)
    kept.get_by_role("button", name="Save").click()
    expect(kept.get_by_role("alert")).to_contain_text(MARKUP)
    desk.expect_problem("400 (Bad Request)")


def test_parts_are_put_back_and_all_leaves_the_scenario(desk: Desk) -> None:
    desk.control("PUT", "/api/scenario", {"name": "empty"})
    page = desk.open("scenarios")
    parts = region(page, "Reset")
    for name in ("Data, logins and jobs", "Faults", "Feed of changes", "Clock"):
        parts.get_by_label(name).uncheck()
    parts.get_by_role("button", name="Reset").click()
    expect(parts.get_by_text("Put back: journal.")).to_be_visible()
    expect(card(page, "empty").get_by_text("current")).to_be_visible()
    parts.get_by_label("Recorded requests").uncheck()
    parts.get_by_role("button", name="Reset").click()
    expect(parts.get_by_role("alert")).to_have_text("Choose at least one part.")
    for box in parts.get_by_role("checkbox").all():
        box.check()
    parts.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("heading", name="In the state of the file")).to_be_visible()
