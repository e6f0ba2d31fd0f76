"""The panel's rows: found, followed, edited by the resources' own rules, and kept true while somebody reads them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.live import started
from tests.panel.desk import Desk, seated
from tests.panel.payload import PAYLOADS
from tests.panel.test_accessibility import SEATS, find_barriers

NARROW = {"viewport": {"width": 320, "height": 640}}
ODD = f"""\
mock: 1
resources:
  locks:
    count: 2
    fields:
      id: {{seq: 1}}
      pin: {{value: "1234", type: string, write_only: true}}
      grade: {{enum: [">= high", low]}}
    rows: [{{id: 1, grade: ">= high"}}, {{id: 2, grade: ">= high"}}]
  books:
    fields: {{id: {{seq: 1}}, title: {{value: Short}}, text: {{value: ""}}}}
    rows: [{{id: 1, text: {"x" * 250_000}}}]
  profile:
    singleton: true
    fields:
      id: {{seq: 1, write_only: true}}
      name: {{value: typicode}}
      extra: {{int: [1, 9], missing: 0.01}}
"""


def rows(page: Page) -> Locator:
    return page.locator("main.data tbody tr")


def row(page: Page, key: object) -> Locator:
    return rows(page).filter(has=page.get_by_role("link", name=str(key), exact=True))


def shown_keys(page: Page) -> list[str]:
    return page.locator("main.data tbody th a").all_inner_texts()


def link(page: Page) -> Locator:
    return page.get_by_role("group", name="In the API").get_by_role("link")


def seen(page: Page) -> str:
    """The address where the API has what is shown."""
    address = link(page).get_attribute("href")
    assert address is not None
    return address


def served_keys(desk: Desk, page: Page) -> list[str]:
    """The ids that the API has at that address."""
    answer = desk.call("GET", seen(page).removeprefix(desk.api))
    assert answer.status == 200
    return [str(one["id"]) for one in answer.json]


def document(desk: Desk, name: str, key: object) -> dict[str, Any]:
    found: dict[str, Any] = desk.control("GET", f"/api/data/{name}/{key}")["document"]
    return found


def barriers(page: Page) -> list[str]:
    """What axe-core has against the page in either scheme."""
    page.emulate_media(color_scheme="light")
    found = find_barriers(page, "main")
    page.emulate_media(color_scheme="dark")
    return found + find_barriers(page, "main")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


def test_what_there_is_is_counted_and_what_has_changed_is_marked(desk: Desk) -> None:
    desk.call("PATCH", "/v1/animals/1", {"name": "Ada"})
    desk.call("POST", "/v1/animals", {"name": "Neu", "species": "lion", "zoo_id": 1})
    desk.call("DELETE", "/v1/animals/2")
    page = desk.open("data")
    card = page.locator(".overview li").filter(has=page.get_by_role("heading", name="animals"))
    expect(card).to_contain_text("1 new")
    expect(card).to_contain_text("1 changed")
    expect(card).to_contain_text("1 deleted")
    expect(page.locator("main")).to_contain_text("3 changes since the file was loaded")
    card.get_by_role("link", name="animals").first.click()
    expect(row(page, 1)).to_contain_text("changed")
    expect(row(page, 1).locator("td.differs").first).to_contain_text("Ada")
    page.get_by_role("button", name="Only changed").click()
    expect(rows(page)).to_have_count(2)
    assert shown_keys(page) == served_keys(desk, page)
    page.get_by_role("button", name="Reset data").click()
    page.get_by_role("button", name="Reset all of it?").click()
    expect(page.locator("main")).to_contain_text("All as the file was loaded")
    expect(page.locator("main")).to_contain_text("Nothing here has changed")


def test_rows_are_sorted_filtered_and_paged_and_their_address_has_the_same(desk: Desk) -> None:
    page = desk.open("data/animals")
    expect(rows(page)).to_have_count(25)
    assert shown_keys(page) == served_keys(desk, page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text(re.compile(r"26–45 of 45"))).to_be_visible()
    assert shown_keys(page) == served_keys(desk, page)
    page.get_by_role("button", name="weight_kg").click()
    page.get_by_role("button", name="weight_kg").click()
    expect(page.get_by_role("columnheader", name="weight_kg")).to_have_attribute("aria-sort", "descending")
    page.get_by_label("Filter by species").select_option("lion")
    page.get_by_label("Filter by weight_kg").fill(">= 100")
    expect(page).to_have_url(re.compile(r"weight_kg%5Bgte%5D=100"))
    # The page's own address runs ahead of what it shows.
    expect(link(page)).to_have_attribute("href", re.compile(r"weight_kg(\[|%5B)gte(\]|%5D)=100"))
    expect(rows(page).filter(has_not_text="lion")).to_have_count(0)
    weights = [one["weight_kg"] for one in desk.call("GET", seen(page).removeprefix(desk.api)).json]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) >= 100
    assert shown_keys(page) == served_keys(desk, page)
    page.get_by_label("Search animals").fill("no such animal")
    expect(page.locator("main")).to_contain_text("None of 45 is like this")
    page.get_by_role("button", name="Show all").click()
    expect(rows(page)).to_have_count(25)
    expect(page.get_by_label("Filter by weight_kg")).to_have_value("")
    page.get_by_label("Filter by zoo_id").fill("first")
    expect(page.locator(".refusal")).to_contain_text("must be an integer")
    desk.expect_problem("400")
    page.get_by_label("Filter by zoo_id").fill("2")
    expect(page.locator(".refusal")).to_have_count(0)


def test_a_document_is_made_and_what_is_wrong_is_said_at_its_field(desk: Desk) -> None:
    page = desk.open("data/animals")
    page.get_by_role("button", name="New animal").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_label("name", exact=True)).to_be_focused()
    expect(dialog.get_by_label("name", exact=True)).to_have_accessible_description(re.compile("is required"))
    desk.expect_problem("422")
    dialog.get_by_label("name", exact=True).fill("Zoë")
    dialog.get_by_label("species").select_option("owl")
    dialog.get_by_label("zoo_id").fill("99")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_label("zoo_id")).to_have_accessible_description(re.compile("does not exist"))
    desk.expect_problem("422")
    dialog.get_by_label("zoo_id").fill("2")
    dialog.get_by_label("diet").fill("[")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_label("diet", exact=True)).to_have_accessible_description(re.compile("is not JSON"))
    dialog.get_by_label("diet", exact=True).fill('["fish"]')
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Zoë")).to_be_visible()
    expect(page.locator(".about")).to_contain_text("new")
    made = document(desk, "animals", 46)
    assert (made["species"], made["zoo_id"], made["diet"], made["keeper_id"]) == ("owl", 2, ["fish"], None)


def test_a_document_is_changed_copied_and_deleted(desk: Desk) -> None:
    before = document(desk, "animals", 3)
    page = desk.open("data/animals/3")
    page.get_by_label("name", exact=True).fill("Ada")
    page.get_by_label("weight_kg", exact=True).fill("4.5")
    page.get_by_role("button", name="born_on: null").click()
    save(page)
    after = document(desk, "animals", 3)
    assert (after["name"], after["weight_kg"], after["born_on"]) == ("Ada", 4.5, None)
    assert {**after, "name": 0, "weight_kg": 0, "born_on": 0, "label": 0} == {
        **before, "name": 0, "weight_kg": 0, "born_on": 0, "label": 0,
    }  # fmt: skip
    expect(page.locator(".field").filter(has=page.get_by_label("name", exact=True))).to_contain_text(before["name"])
    expect(page.locator(".values")).to_contain_text("Ada the")
    page.get_by_role("button", name="Duplicate").click()
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile(r"#/data/animals/46"))
    assert {**document(desk, "animals", 46), "id": 3} == after
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 46?").click()
    expect(page).to_have_url(re.compile(r"#/data/animals\?"))
    assert desk.control("GET", "/api/data/animals")["total"] == 45


def test_as_json_anything_can_be_said(desk: Desk) -> None:
    page = desk.open("data/animals/3")
    page.get_by_role("button", name="JSON").click()
    whole = page.get_by_label("The document as JSON")
    said = json.loads(whole.input_value())
    assert said == document(desk, "animals", 3)
    whole.fill("{")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".refusal")).to_contain_text("is not JSON")
    whole.fill(json.dumps({**said, "chip": {"code": "AB-1"}, "diet": None}))
    save(page)
    assert document(desk, "animals", 3)["chip"] == {"code": "AB-1"}


def test_links_lead_both_ways_and_are_found_by_words(desk: Desk) -> None:
    zoo = document(desk, "zoos", 4)["name"]
    page = desk.open("data/animals/3")
    page.get_by_label("zoo_id").fill(zoo.split()[0].rstrip(","))
    expect(page.locator("datalist option[value='4']")).to_have_text(f"{zoo} (4)")
    page.get_by_label("zoo_id").fill("4")
    expect(page.locator(".reference").filter(has=page.get_by_label("zoo_id")).get_by_role("link")).to_have_text(zoo)
    page.locator(".links").get_by_role("link", name="zoos 1").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text(document(desk, "zoos", 1)["name"])
    count = desk.control("GET", "/api/data/animals?zoo_id=1")["total"]
    page.locator(".links").get_by_role("link", name=f"{count} animals").click()
    expect(rows(page)).to_have_count(count)
    expect(page.get_by_label("Filter by zoo_id")).to_have_value("1")
    row(page, 3).get_by_role("link", name="zoos 1").click()
    expect(page).to_have_url(re.compile("#/data/zoos/1"))


def test_a_reader_is_not_moved_by_what_happens(desk: Desk) -> None:
    page = desk.open("data/animals?limit=50")
    expect(rows(page)).to_have_count(45)
    table = page.locator(".rows")
    row(page, 30).get_by_role("link", name="30", exact=True).focus()
    before = table.evaluate("(one) => one.scrollTop")
    place = row(page, 30).evaluate("(one) => one.getBoundingClientRect().top")
    desk.call("PATCH", "/v1/animals/29", {"name": "Elsewhere"})
    expect(row(page, 29)).to_contain_text("Elsewhere")
    desk.call("DELETE", "/v1/animals/2")
    desk.call("POST", "/v1/animals", {"name": "Neu", "species": "lion", "zoo_id": 1})
    expect(page.get_by_text("Rows have come or gone meanwhile")).to_be_visible()
    expect(row(page, 2)).to_contain_text("deleted")
    assert table.evaluate("(one) => one.scrollTop") == before
    assert row(page, 30).evaluate("(one) => one.getBoundingClientRect().top") == place
    expect(row(page, 30).get_by_role("link", name="30", exact=True)).to_be_focused()
    page.get_by_role("button", name="Show the page as it is now").click()
    expect(row(page, 2)).to_have_count(0)
    expect(row(page, 46)).to_contain_text("new")
    expect(table).to_be_focused()


def test_a_sandbox_that_ends_is_shown_as_it_would_begin(desk: Desk) -> None:
    desk.call("PATCH", "/v1/zoos/1", {"city": "Oslo"})
    page = desk.open("data/zoos")
    expect(row(page, 1)).to_contain_text("Oslo")
    expect(page.locator(".resources")).to_contain_text("1 changed")
    desk.server.control("DELETE", f"/api/sandboxes/{desk.sandbox}")
    expect(row(page, 1)).not_to_contain_text("Oslo")
    expect(page.locator(".resources")).not_to_contain_text("1 changed")
    desk.control("PATCH", "/api/data/zoos/1", {"city": "Bern"})
    expect(row(page, 1)).to_contain_text("Bern")
    other = f"{desk.sandbox}-other"
    desk.server.control("PUT", f"/api/sandboxes/{other}")
    expect(page.get_by_label("Sandbox", exact=True).locator("option", has_text=other)).to_have_count(1)
    desk.server.control("DELETE", f"/api/sandboxes/{other}")
    expect(page.get_by_label("Sandbox", exact=True).locator("option", has_text=other)).to_have_count(0)


def test_odd_documents_are_shown_and_edited(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(ODD, encoding="utf-8")
    with started(str(path)) as server, seated(server, chromium, "odd") as desk:
        edit_what_is_never_shown(desk)
        edit_beside_what_is_huge(desk)
        edit_what_there_is_one_of(desk)


def edit_what_is_never_shown(desk: Desk) -> None:
    page = desk.open("data/locks/1")
    for typed in ("5678", ""):
        page.get_by_label("pin", exact=True).fill(typed)
    page.get_by_label("grade", exact=True).select_option(label="low")
    save(page)
    assert desk.control("GET", "/api/data/locks/1")["differs"] == ["grade"], "an empty pin is kept"
    desk.open("data/locks")
    page.get_by_label("Filter by grade").select_option(label=">= high")
    expect(row(page, 2)).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("Filter by grade")).to_have_value(">= high")


def edit_beside_what_is_huge(desk: Desk) -> None:
    page = desk.open("data/books/1")
    expect(page.get_by_label("text", exact=True)).to_be_disabled()
    expect(page.get_by_label("text", exact=True)).to_have_accessible_description(re.compile("Too large"))
    expect(page.get_by_role("button", name="JSON")).to_be_disabled()
    page.get_by_label("title", exact=True).fill("Long")
    save(page)
    assert desk.control("GET", "/api/data/books/1")["differs"] == ["title"]


def edit_what_there_is_one_of(desk: Desk) -> None:
    page = desk.open("data/profile")
    expect(rows(page)).to_contain_text(["typicode"])
    expect(page.locator("thead button")).to_have_count(0)
    rows(page).get_by_role("link").click()
    page.get_by_role("button", name="JSON").click()
    page.get_by_label("The document as JSON").fill('{"name": "other"}')
    save(page)
    assert document(desk, "profile", 1) == {"name": "other"}


def test_an_edit_is_told_that_somebody_else_was_faster(desk: Desk) -> None:
    page = desk.open("data/animals/3")
    expect(page.get_by_label("name", exact=True)).to_be_visible()
    desk.call("PATCH", "/v1/animals/3", {"name": "Theirs at once"})
    expect(page.get_by_label("name", exact=True)).to_have_value("Theirs at once")
    page.get_by_label("name", exact=True).fill("Mine")
    desk.call("PATCH", "/v1/animals/3", {"weight_kg": 7.5})
    place = page.get_by_label("name", exact=True).bounding_box()
    expect(page.get_by_role("alert")).to_contain_text("weight_kg")
    assert page.get_by_label("name", exact=True).bounding_box() == place
    expect(page.get_by_label("name", exact=True)).to_have_value("Mine")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("form .refusal")).to_contain_text("somebody else has changed it")
    desk.expect_problem("412")
    page.get_by_role("button", name="Go on with mine").click()
    save(page)
    assert (document(desk, "animals", 3)["name"], document(desk, "animals", 3)["weight_kg"]) == ("Mine", 7.5)
    page.get_by_label("name", exact=True).fill("Mine again")
    desk.call("PATCH", "/v1/animals/3", {"name": "Theirs"})
    page.get_by_role("button", name="Show theirs, drop mine").click()
    expect(page.get_by_label("name", exact=True)).to_have_value("Theirs")
    page.get_by_label("name", exact=True).fill("Lost")
    desk.call("DELETE", "/v1/animals/3")
    expect(page.get_by_role("alert")).to_contain_text("deleted meanwhile")
    desk.expect_problem("404")


def test_what_is_refused_is_said_where_it_was_asked(desk: Desk) -> None:
    page = desk.open("data/anmals")
    expect(page.locator("main")).to_contain_text("There is no resource anmals")
    desk.open("data/animals/9999")
    expect(page.locator(".refusal")).to_contain_text("There is no animal with the id 9999")
    desk.expect_problem("404")
    page.get_by_role("link", name="animals", exact=True).first.click()
    expect(rows(page)).to_have_count(25)
    desk.open("data/accounts/1")
    desk.call("POST", "/v1/transaction", {"from": 1, "to": 2, "amount": 1})
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 1?").click()
    expect(page.locator(".about .refusal")).to_contain_text("refers to it")
    desk.expect_problem("409")


def test_no_text_of_a_document_is_taken_for_markup(desk: Desk) -> None:
    for text in PAYLOADS:
        assert desk.call("POST", "/v1/accounts", {"owner": text, "balance": 1}).status == 201
    page = desk.open("data/accounts?sort=-id&limit=50")
    expect(rows(page).first).to_contain_text("injected")
    for number in range(9, 9 + len(PAYLOADS), 8):
        page.goto(f"{desk.origin}/#/data/accounts/{number}?sandbox={desk.sandbox}")
        expect(page.get_by_label("owner", exact=True)).to_have_value(re.compile("injected"))
    page.goto(f"{desk.origin}/#/data/accounts/%3Cimg%20src=x%20onerror=injected=1%3E?sandbox={desk.sandbox}")
    expect(page.locator(".refusal")).to_contain_text("<img src=x")
    desk.expect_problem("404")
    assert page.evaluate("() => globalThis.injected") is None
    assert page.locator("main :is(script, img, svg, iframe)").count() == 0


@pytest.mark.parametrize("desk", [NARROW], indirect=True)
def test_a_narrow_page_does_not_scroll_sideways(desk: Desk) -> None:
    desk.call("PATCH", "/v1/animals/3", {"name": "x" * 40})
    for view, there in (("data", ".overview"), ("data/animals?species=lion", "tbody tr"), ("data/animals/3", "form")):
        page = desk.open(view)
        expect(page.locator(f"main.data {there}").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, view


@pytest.mark.parametrize("desk", SEATS[:1], indirect=True)
def test_rows_and_documents_have_no_barrier(desk: Desk) -> None:
    desk.call("PATCH", "/v1/animals/3", {"name": "Ada"})
    desk.call("POST", "/v1/animals", {"name": "Neu", "species": "lion", "zoo_id": 1})
    page = desk.open("data/animals?changed=1&id[nin]=9")
    expect(rows(page)).to_have_count(2)
    assert barriers(page) == []
    page.get_by_role("button", name="New animal").click()
    page.get_by_role("button", name="Create").click()
    expect(page.locator("dialog .fault").first).to_be_visible()
    assert barriers(page) == []
    desk.expect_problem("422")
    desk.open("data/animals/3")
    expect(page.locator(".links")).to_be_visible()
    page.get_by_label("name", exact=True).fill("Mine")
    desk.call("PATCH", "/v1/animals/3", {"weight_kg": 7.5})
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []


def test_the_keyboard_is_enough(desk: Desk) -> None:
    page = desk.open("data/zoos")
    expect(rows(page)).to_have_count(5)
    page.get_by_role("button", name="city").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="city")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("button", name="city")).to_be_focused()
    rows(page).first.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("name", exact=True)).to_be_visible()
    page.get_by_label("city", exact=True).focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Oslo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    expect(page.get_by_label("city", exact=True)).to_have_value("Oslo")
