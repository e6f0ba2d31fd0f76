"""`docs/what-the-browser-shows.md`: its faults are switched on, and the browser shows what its pictures are about.

`./scripts/test tests/panel/test_pictures.py --update-pictures` takes them anew.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pytest
import yaml
from playwright.sync_api import Browser, Error, Page, expect

from tests.live import ROOT, SEEDS, started
from tests.panel.picture import FOLDER, bound_of, shown_in
from tests.server.process import Running

PAGE: Final = ROOT / "docs" / "what-the-browser-shows.md"
DOCUMENTS: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCENE: Final = Path(__file__).with_name("scene")
WIDTH: Final = 640
_SECTION: Final = re.compile(r"^### [^\n]*$(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_RULE: Final = re.compile(r"`(\{match: [^`]+\})`")
_DEADLINE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Scene:
    """How a fault is met, and the texts that a picture of it is about.

    One goes to an address (`visit`), or has a page ask for it (`GET`, `POST`), or listen to it (`listen`).
    """

    how: Literal["visit", "GET", "POST", "listen"]
    texts: tuple[str, ...]
    path: str = "/v1/zoos/1"

    @property
    def height(self) -> int:
        """As much of a window as there is something to be seen in."""
        return 440 if any("ERR_" in text for text in self.texts) else 220


SCENES: Final = {
    "reset": Scene("visit", ("This site can’t be reached", "ERR_CONNECTION_RESET")),
    "empty": Scene("visit", ("didn’t send any data", "ERR_EMPTY_RESPONSE")),
    "down": Scene("visit", ("refused to connect", "ERR_CONNECTION_REFUSED")),
    "garbage": Scene("visit", ("sent an invalid response", "ERR_INVALID_HTTP_RESPONSE")),
    "status": Scene("visit", ("503", "Service Unavailable")),
    "portal": Scene("visit", ("Log in to use the internet",)),
    "half": Scene("visit", ('{"id":1',)),
    "late": Scene("GET", ("pending", "no answer, no error")),
    "stopped": Scene("GET", ("200 OK", "body pending")),
    "broken": Scene("GET", ("200 OK", "TypeError")),
    "cut": Scene("GET", ("200 OK", "SyntaxError")),
    "cors": Scene("GET", ("TypeError", "Failed to fetch")),
    "limit": Scene("GET", ("429 Too Many Requests", "Retry-After: ")),
    "lost": Scene("POST", ("TypeError", "Failed to fetch"), "/v1/zoos"),
    "close": Scene("listen", ("open", "close", 'code 1012, reason "Service restart"'), "/v1/events/ws"),
    "drop": Scene("listen", ("open", "code 1006", "wasClean false"), "/v1/events/ws"),
    "stall": Scene("listen", ("open", "OPEN, silent"), "/v1/events/ws"),
}


def read_rules() -> dict[str, Any]:
    """The rule of each picture of the document."""
    sections = _SECTION.findall(PAGE.read_text(encoding="utf-8"))
    found: dict[str, Any] = {}
    for text in sections:
        name, rule = re.search(r"pictures/faults/(\w+)\.png", text), _RULE.search(text)
        assert name, text
        assert rule, text
        found[name[1]] = yaml.safe_load(rule[1])
    return found


@pytest.fixture(scope="module")
def stage() -> Iterator[Running]:
    """The zoo, with a page of ours that says what a page gets."""
    with started(str(SEEDS / "zoo.yaml"), "--static", str(SCENE)) as server:
        yield server


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(color_scheme="light", locale="en-US", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def is_up(server: Running) -> bool:
    return bool(server.control("GET", "/api/status").json["listener"]["up"])


@pytest.fixture
def armed(stage: Running) -> Iterator[Callable[[str, Any], str]]:
    """Switches a rule on where it meets nobody else, and says what stands before paths there."""
    used: list[str] = []

    def arm(name: str, rule: Any) -> str:
        # Only the listener that all share can refuse connections.
        sandbox = "default" if "down" in rule else f"scene-{name}"
        used.append(sandbox)
        assert stage.switch(name, rule, sandbox).status == 201
        return "" if sandbox == "default" else f"/~{sandbox}"

    yield arm
    for sandbox in used:
        stage.control("POST", f"/api/faults/off?sandbox={sandbox}", "Content-Type: application/json", body=b"{}")
    deadline = time.monotonic() + _DEADLINE_S
    while not is_up(stage):
        assert time.monotonic() < deadline, "the listener does not come back"


def act_out(page: Page, scene: Scene, server: Running, prefix: str) -> None:
    """Have it happen."""
    api = f"http://localhost:{server.port}{prefix}{scene.path}"
    if scene.how == "visit":
        try:
            page.goto(api, wait_until="commit")
        except Error:
            page.wait_for_url("chrome-error://chromewebdata/")
        return
    if scene.how == "listen":
        page.evaluate("(url) => listen(url)", api.replace("http", "ws", 1))
        return
    page.evaluate("([url, method]) => { ask(url, method); }", [api, scene.how])


@pytest.mark.parametrize("name", SCENES)
def test_the_browser_shows_what_the_picture_is_about(
    window: Page,
    stage: Running,
    armed: Callable[[str, Any], str],
    picture: Callable[[Page, str], None],
    name: str,
) -> None:
    scene = SCENES[name]
    window.set_viewport_size({"width": WIDTH, "height": scene.height})
    if scene.how != "visit":
        window.goto(f"http://127.0.0.1:{stage.port}/")
    act_out(window, scene, stage, armed(name, read_rules()[name]))
    for text in scene.texts:
        expect(window.locator("body")).to_contain_text(text)
    if any("pending" in text or "silent" in text for text in scene.texts):
        window.locator("li.long").wait_for()
    picture(window, f"faults/{name}")


def test_the_document_shows_every_scene_with_its_rule_and_what_is_to_be_seen() -> None:
    assert read_rules().keys() == SCENES.keys()
    words = {picture.stem: alt for picture, alt in shown_in(PAGE)}
    assert [name for name in SCENES if len(words[name]) < len("An error page of Chromium")] == []


def test_every_picture_that_a_document_shows_is_there_and_none_is_too_large() -> None:
    shown = {picture: document.name for document in DOCUMENTS for picture, _ in shown_in(document)}
    assert {picture.name: name for picture, name in shown.items() if not picture.is_file()} == {}
    assert {one.name: one.stat().st_size for one in shown if one.stat().st_size > bound_of(one)} == {}
    assert [one.name for one in FOLDER.rglob("*.png") if one.resolve() not in shown] == []


def test_every_picture_says_in_words_what_it_shows() -> None:
    assert json.dumps([(one.name, alt) for file in DOCUMENTS for one, alt in shown_in(file) if not alt]) == "[]"
