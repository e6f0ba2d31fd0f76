"""Whatever is in data, requests, messages or a definition is shown as text: nothing of it runs, anywhere."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live import started
from tests.panel.desk import VIEWS, Desk, seated
from tests.panel.payload import PAYLOADS
from tests.server.process import Running

FOREIGN = """() => [...document.querySelectorAll(
    "script, iframe, object, embed, base, img, svg, style, [onload], [onerror]")]
  .filter((one) => !one.matches("script[type=importmap], script[src^='/panel/'], img[src='/panel/icon.svg']"))
  .map((one) => one.outerHTML.slice(0, 120))"""
"""What is in the page and not put there by us."""


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
    with started(str(path)) as server:
        yield server


@pytest.fixture
def attacked(chromium: Browser, hostile: Running) -> Iterator[Desk]:
    """A desk at a server where everything that can hold a text holds one that must not run."""
    with seated(hostile, chromium, "attacked", viewport={"width": 1400, "height": 1000}) as desk:
        desk.page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        for number, one in enumerate(PAYLOADS):
            desk.call("GET", f"/notes?text={quote(one)}&q={quote(one)}")
            desk.call("GET", f"/{quote(one, safe='')}")
            desk.call("POST", "/notes", {"text": one, one[:60]: one})
            desk.call("PATCH", f"/notes/{number + 1}", {"text": one + " "})
            desk.control("POST", "/api/events", {"topic": "news", "data": {"text": one}})
        desk.control("PUT", "/api/scenario", {"name": "scene_1"})
        desk.control("PUT", "/api/clock", {"advance": "2s"})
        yield desk


def nothing_ran(page: Page) -> None:
    assert page.evaluate("() => globalThis.injected") is None
    assert page.evaluate(FOREIGN) == []


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_takes_a_text_for_markup(attacked: Desk, view: str) -> None:
    page = attacked.open(view)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("injected")
    nothing_ran(page)
    # Whatever can be opened is opened, and nothing that stands there leads anywhere but on.
    for target in page.locator("main a").all():
        address = target.get_attribute("href") or ""
        assert address.startswith(("#", "/", "http://localhost:", "ws://localhost:", "blob:")), address
    for summary in page.locator("main summary").all():
        summary.click()
    nothing_ran(page)
