"""The view API: addresses, routes and users that can be pasted, and the definition with its problems."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mockserver.definitions.source import parse_source
from tests.live import SEEDS, started
from tests.panel.desk import Desk, seated
from tests.server.process import Running

NOTES: Final = """\
mock: 1
name: Notes
auth:
  users: {ada: {token: ada-token, roles: [admin]}, bob: {password: b}}
  public: [GET /notes]
resources:
  notes: {count: 2, fields: {text: word}}
channels:
  room: {path: /room, describe: Where people talk.}
"""
SPILT: Final = """[...document.querySelectorAll("main .card > *")]
  .filter((one) => one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right - 14)
  .map((one) => one.outerHTML.slice(0, 80))"""
CLIPBOARD: Final = {"permissions": ["clipboard-read", "clipboard-write"]}
copying = pytest.mark.parametrize("desk", [CLIPBOARD], indirect=True)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("notes") / "notes.yaml"
    path.write_text(NOTES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def changing(file: Path) -> Iterator[Running]:
    """A server whose definition is changed."""
    with started(str(file)) as server:
        yield server


@pytest.fixture
def notes(chromium: Browser, changing: Running) -> Iterator[Desk]:
    """A desk there, with the definition as it was."""
    body = json.dumps({"source": NOTES}).encode()
    assert changing.control("PUT", "/api/definition", "Content-Type: application/json", body=body).status == 200
    with seated(changing, chromium, "w1", **CLIPBOARD) as desk:
        yield desk


def region(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def copied(button: Locator) -> str:
    """What is in the clipboard when a button says so."""
    button.click()
    expect(button).to_have_text("Copied")
    text: str = button.page.evaluate("navigator.clipboard.readText()")
    return text


def routes_of(page: Page) -> Locator:
    """The routes, once there are examples for them."""
    routes = region(page, "Routes")
    expect(routes).to_have_attribute("aria-busy", "false")
    return routes


def curl(line: str) -> Any:
    """What a line that was copied is answered."""
    words = shlex.split(line.replace("\\\n", " "))
    assert words[0] == "curl"
    done = subprocess.run([*words, "--silent", "--show-error", "--max-time", "10"], capture_output=True, check=True)
    return json.loads(done.stdout) if done.stdout else None


@copying
def test_addresses_are_those_of_the_sandbox_and_can_be_copied(desk: Desk) -> None:
    page = desk.open("api")
    expect(region(page, "Addresses")).to_contain_text(desk.api)
    assert copied(region(page, "Addresses").get_by_role("button", name=f"Copy {desk.api}", exact=True)) == desk.api
    socket = f"{desk.api.replace('http', 'ws')}/v1/events/ws"
    assert copied(region(page, "Sockets and streams").get_by_role("button", name=f"Copy {socket}")) == socket


@copying
def test_every_method_is_copied_as_a_line_that_runs(desk: Desk) -> None:
    page = desk.open("api")
    routes = routes_of(page)
    assert curl(copied(routes.get_by_label("GET get: copy /v1/zoos/:id/animals/:id as curl")))["zoo_id"] == 1
    assert curl(copied(routes.get_by_label("POST create: copy /v1/zoos as curl")))["id"] == 6
    assert len(desk.call("GET", "/v1/zoos").json) == 6


def test_routes_are_found_by_their_words(desk: Desk) -> None:
    page = desk.open("api")
    routes = region(page, "Routes")
    routes.get_by_label("Filter the routes").fill("post transf")
    expect(routes.get_by_role("button", name=re.compile("as curl$"))).to_have_count(2)
    routes.get_by_label("Filter the routes").fill("nothing of the kind")
    expect(routes.get_by_text("No route is like that.")).to_be_visible()


def test_users_are_copied_and_asked_as(notes: Desk) -> None:
    page = notes.open("api")
    users = region(page, "Users")
    assert copied(users.get_by_label("Copy the header of ada")) == "Authorization: Bearer ada-token"
    assert copied(users.get_by_label("Copy the login of bob")).startswith("TOKEN=$(curl -s 'http://localhost:")
    users.get_by_label("Copy routes as").select_option("ada")
    assert curl(copied(routes_of(page).get_by_label("POST create: copy /notes as curl")))["id"] == 3
    expect(region(page, "Sockets and streams")).to_contain_text("Where people talk.")


def test_what_is_wrong_with_the_files_is_shown_to_whoever_comes_and_goes_when_it_is_right(
    notes: Desk, file: Path
) -> None:
    page = notes.open("api")
    file.write_text(NOTES.replace("count: 2", "cuont: <b>2"), encoding="utf-8")
    wrong = page.get_by_role("link", name="definition has 1 problem")
    wrong.wait_for()
    later = notes.open("requests", notes.new_page())
    later.get_by_role("link", name="definition has 1 problem").click()
    for one in (page, later):
        expect(one.get_by_role("alert")).to_contain_text("did you mean 'count'?")
        expect(one.get_by_role("alert")).to_contain_text("notes.yaml:7:")
    file.write_text(NOTES.replace("count: 2", "count: 4"), encoding="utf-8")
    expect(page.get_by_text("The files were loaded again: generated again: notes")).to_be_visible()
    for one in (page, later):
        expect(one.get_by_role("alert")).to_have_count(0)


def test_a_definition_is_edited_checked_and_put_in_force(notes: Desk) -> None:
    page = notes.open("api")
    definition = region(page, "Definition")
    definition.get_by_role("button", name="Edit what is in force").click()
    editor = definition.get_by_label("Another definition, in YAML or JSON")
    text = editor.input_value()
    assert "ada-token" not in text
    editor.fill(text.replace("count:", "cuont:"))
    definition.get_by_role("button", name="Check").click()
    expect(definition.get_by_role("alert")).to_contain_text("1 problem in the definition")
    place = definition.get_by_role("list", name="What is wrong").get_by_role("button")
    line = int((place.text_content() or "").strip().partition(":")[0])
    assert "cuont:" in text.replace("count:", "cuont:").splitlines()[line - 1]
    expect(definition.locator(".mark")).to_have_count(1)
    place.click()
    chosen = page.evaluate("document.activeElement.value.slice(document.activeElement.selectionStart)")
    assert chosen.startswith("cuont")
    notes.expect_problem("422 (Unprocessable")
    editor.fill(text.replace("count: 2", "count: 7"))
    definition.get_by_role("button", name="Check").click()
    expect(definition.get_by_text("Nothing is wrong. It would come to: generated again: notes.")).to_be_visible()
    assert len(notes.call("GET", "/notes").json) == 2
    definition.get_by_role("button", name="Put in force").click()
    expect(definition.get_by_text("It is in force: generated again: notes.")).to_be_visible()
    assert len(notes.call("GET", "/notes").json) == 7
    curl_as_ada = notes.server.get("/notes", "Authorization: Bearer ada-token")
    assert curl_as_ada.status == 200, "the token that was left out is still ada's"


def test_what_is_written_is_kept_while_another_view_is_shown(desk: Desk) -> None:
    page = desk.open("api")
    editor = page.get_by_label("Another definition, in YAML or JSON")
    editor.fill("mock: 1 # <script>alert(1)</script>")
    page.get_by_role("link", name="Scenarios", exact=True).click()
    page.get_by_role("heading", name="Scenarios", level=1).wait_for()
    page.get_by_role("link", name="API", exact=True).click()
    expect(editor).to_have_value("mock: 1 # <script>alert(1)</script>")


def test_a_definition_reads_back_as_it_was_shown(desk: Desk) -> None:
    """The panel's YAML says what the definition says, whatever looks like something else in YAML."""
    page = desk.open("api")
    odd: dict[str, Any] = {
        "yes": ["no", "~", "null", "1", "1.5e3", "\u200b\U000e0001\x7f",
                 "0x1f", "2026-01-15", "", " a", "a ", "- a", "a: b", "a #b", "#", "*a"],
        "1": {"a b": None, "é\n\t\u2028": [True, False, -0.5, 1e300], "%": "@`", "[": {}, "{": []},
        "deep": [[1, [2, {"a": [{"b": "x" * 120}, {"c": "y" * 120, "d": [["z" * 120]]}]}]]],
        "-": "?", "!": "&", "key: with": "<b>", "on": "off", "---": "...",
    }  # fmt: skip
    for path in (None, *sorted(SEEDS.glob("*.yaml"))):
        data = odd if path is None else json.loads(json.dumps(parse_source(path.read_bytes(), "seed").data))
        text = page.evaluate("async (value) => (await import('/panel/api/yaml.js')).writeYaml(value)", data)
        assert parse_source(text, "panel").data == data, text


@pytest.mark.parametrize("desk", [{"viewport": {"width": 320, "height": 700}}], indirect=True)
def test_nothing_is_wider_than_a_small_screen(desk: Desk) -> None:
    page = desk.open("api")
    page.get_by_role("button", name=re.compile("as curl$")).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(SPILT) == []
