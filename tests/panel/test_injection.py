"""Whatever is in data, requests, messages or a definition is shown as text: nothing of it runs, anywhere."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.live import started
from tests.panel.desk import VIEWS, Desk, seated
from tests.panel.payload import PAYLOADS
from tests.server.process import Running
from tests.server.socket.raw import Raw
from tests.server.wire import Wire, request

FOREIGN = """() => [...document.querySelectorAll(
    "script, iframe, object, embed, base, img, svg, style, [onload], [onerror]")]
  .filter((one) => !one.matches(
    "script[type=importmap], script[src^='/panel/'], img[src='/panel/icon.svg'], svg[role]"))
  .map((one) => one.outerHTML.slice(0, 120))"""
"""What is in the page and not put there by us."""
TEXTS = """() => [...document.querySelectorAll("main *, dialog *")].flatMap((one) => [
    ...[...one.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data),
    ...[...one.attributes].map(({ value }) => value), one.value ?? ""]).join("\\n")"""
"""All that a page shows."""
LINKS = """() => [...document.querySelectorAll("a, area")].map((one) => one.getAttribute("href") ?? "")"""
BOX: Final = "attacked"
AGENT: Final = PAYLOADS[0]


def definition() -> dict[str, Any]:
    """A definition in which every text is one that must not run."""
    words = iter(range(10_000))

    def text() -> str:
        return PAYLOADS[next(words) % len(PAYLOADS)]

    return {
        "mock": 1,
        "name": text(),
        "describe": text(),
        "resources": {
            "notes": {
                "describe": text(),
                "fields": {
                    "text": {"value": text(), "type": "string", "describe": text()},
                    "state": {"enum": [*PAYLOADS]},
                    "more": {"object": {"inner": {"value": text(), "type": "string"}}},
                    "list": {"list": {"value": text(), "type": "string"}, "items": [1, 1]},
                    "note_id": {"ref": "notes", "nullable": True},
                    "<b>field": {"value": text(), "type": "string"},
                },
                "rows": [{"id": number, "text": one, "state": one} for number, one in enumerate(PAYLOADS, start=1)],
            },
            "words": {"count": 0, "fields": {"id": {"value": "", "type": "string"}, "text": "word"},
                      "rows": [{"id": one, "text": one} for one in PAYLOADS]},
        },
        "faults": {
            f"fault-{number}": {
                "describe": one, "match": "GET /nowhere", "header": {"X-Note": one.strip()}, "status": 503,
                "body": {"text": one}, "enabled": number % 2 == 0,
            }
            for number, one in enumerate(PAYLOADS)
        },
        "scenarios": {
            f"scene_{number}": {"describe": one, "script": [{"at": "1s", "say": one}, {"at": "1h", "say": one}]}
            for number, one in enumerate(PAYLOADS)
        },
        "channels": {
            "talk": {"path": "/talk", "describe": text(), "receive": [{"text": "${raw}"}]},
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("hostile") / "hostile.yaml"
    path.write_text(json.dumps(definition()), encoding="utf-8")
    with started(str(path), "--log", "quiet") as server:
        yield server


@pytest.fixture(scope="module")
def attacked(chromium: Browser, hostile: Running) -> Iterator[Desk]:
    """A desk at a server where everything that can hold a text holds one that must not run."""
    with seated(hostile, chromium, BOX, viewport={"width": 1400, "height": 1000}) as desk:
        desk.page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        with Wire(hostile.port) as wire:
            for number, one in enumerate(PAYLOADS, start=1):
                wire.send(request("PATCH", f"/~{BOX}/notes/{number}", JSON, body=write({"text": f"{one} "})))
                wire.read()
            for one in PAYLOADS:
                target = f"/~{BOX}/{quote(one, safe='')}?text={quote(one)}&{quote(one)}=1"
                wire.send(request("POST", target, JSON, f"X-Text: {plain(one)}", body=write({one: one})))
                wire.read()
        desk.control("PUT", "/api/scenario", {"name": "scene_1"})
        desk.control("PUT", "/api/clock", {"advance": "2s"})
        yield desk


JSON: Final = "Content-Type: application/json"


def write(value: object) -> bytes:
    return json.dumps(value).encode()


def plain(text: str) -> str:
    """As a header can hold it."""
    return text.encode("ascii", "ignore").decode().strip()


class Watch:
    """What has been seen of the payloads on a page, at each of which nothing ran and nothing was markup."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.page = desk.page
        self._seen = ""

    def look(self) -> None:
        """Open whatever can be opened where it stands, and look."""
        self.page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
        self._seen += spelled(str(self.page.evaluate(TEXTS)))
        assert self.page.evaluate("() => globalThis.injected") is None
        assert self.page.evaluate(FOREIGN) == []
        foreign = [one for one in self.page.evaluate(LINKS) if not one.startswith(OWN)]
        assert foreign == []

    def visit(self, address: str) -> None:
        view = re.split("[/?]", address, maxsplit=1)[0]
        self.desk.open(address)
        expect(self.page.locator(f"main.{view}")).to_contain_text("injected")
        self.look()

    @property
    def unseen(self) -> list[str]:
        return [one for one in PAYLOADS if spelled(plain(one)) not in self._seen]


OWN: Final = ("#", "/", "http://localhost:", "ws://localhost:", "blob:")


def spelled(text: str) -> str:
    """Without spaces, and without what JSON or a shell puts before quotes."""
    return re.sub(r"[\\s\\\\]", "", text)


def watch_requests(watch: Watch) -> None:
    watch.desk.open("requests?method=POST")
    grid = watch.page.get_by_role("grid")
    expect(grid).to_contain_text("POST")
    grid.press("ArrowDown")
    watch.page.keyboard.press("Enter")
    for one in reversed(PAYLOADS):
        expect(watch.page.locator(".shown")).to_contain_text(plain(one))
        watch.look()
        grid.press("ArrowDown")
    watch.page.get_by_role("button", name="Make this fail").click()
    watch.look()
    watch.page.keyboard.press("Escape")


def watch_data(watch: Watch) -> None:
    for address in ("data", "data/notes", "data/words", "data/notes/7", f"data/words/{quote(PAYLOADS[1], safe='')}"):
        watch.visit(address)


def watch_sockets(watch: Watch) -> None:
    with Raw(watch.desk.server.port, f"/~{BOX}/talk?client={quote(AGENT)}", f"User-Agent: {AGENT}") as raw:
        number = watch.desk.control("GET", "/api/sockets")[-1]["id"]
        watch.desk.open(f"sockets/{number}")
        expect(watch.page.locator(".frames")).to_contain_text(re.compile("Listening(?! …)"))
        for one in PAYLOADS:
            raw.say(one)
        expect(watch.page.locator(".frame")).to_have_count(2 * len(PAYLOADS))
        watch.look()
    expect(watch.page.locator(".ended")).to_be_visible()
    watch.look()


def watch_faults(watch: Watch) -> None:
    watch.visit("faults")
    for number in (0, 7):
        watch.page.get_by_role("button", name=f"Edit fault-{number}", exact=True).click()
        expect(watch.page.get_by_role("dialog")).to_be_visible()
        watch.look()
        watch.page.keyboard.press("Escape")


def watch_scenarios(watch: Watch) -> None:
    watch.visit("scenarios")


def watch_api(watch: Watch) -> None:
    watch.visit("api")
    watch.page.get_by_role("button", name="Edit what is in force").click()
    expect(watch.page.get_by_label("Another definition")).to_have_value(re.compile("injected"))
    watch.look()


WATCHED: Final[dict[str, Callable[[Watch], None]]] = {
    "requests": watch_requests,
    "data": watch_data,
    "sockets": watch_sockets,
    "faults": watch_faults,
    "scenarios": watch_scenarios,
    "api": watch_api,
}


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_takes_a_text_for_markup(attacked: Desk, view: str) -> None:
    watch = Watch(attacked)
    WATCHED[view](watch)
    assert watch.unseen == []
    attacked.page.set_viewport_size({"width": 320, "height": 800})
    assert attacked.page.evaluate("() => document.scrollingElement.scrollWidth") <= 320
    attacked.page.set_viewport_size({"width": 1400, "height": 1000})


def test_the_demo_takes_no_text_for_markup(attacked: Desk) -> None:
    page = attacked.page
    page.goto(f"{attacked.origin}/demo?sandbox={BOX}")
    expect(page.locator("li.ticket")).to_have_count(len(PAYLOADS))
    watch = Watch(attacked)
    watch.look()
    assert watch.unseen == []
