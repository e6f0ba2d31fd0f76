"""Whether the panel's list of requests stays usable as they arrive: `python -m benchmarks.panel`, about a minute.

Prints a Markdown table for `RESULTS.md`. The journal is full before the panel is opened; then requests arrive at an
even pace while Chromium records what its main thread does. Each row is another thing that somebody does meanwhile.
"""

import os
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page, sync_playwright

from tests.clients.browser import WITHOUT, find_chromium
from tests.live import SEEDS, started
from tests.panel.conftest import FLAGS
from tests.panel.tracing import LONG_MS, Visitor, arriving, trace
from tests.server.process import Running

KEPT, A_SECOND, SECONDS = 1_000, 200, 10.0
SCROLL_PX = 400
WORD = "lion"


def watch(page: Page) -> None:
    del page


def scroll(page: Page) -> None:
    page.mouse.move(400, 500)
    page.mouse.wheel(0, SCROLL_PX)


def seek(page: Page) -> None:
    """Type the next letter into the filter; after the last one begin again."""
    field = page.get_by_label("Text")
    typed = len(field.input_value())
    if typed == len(WORD):
        field.fill("")
    else:
        field.press_sequentially(WORD[typed])


def walk(page: Page) -> None:
    """Go from one to the next with the one that is meant shown beside the list."""
    if page.locator(".shown").count() == 0:
        page.locator("[data-number]").first.click()
    page.keyboard.press("ArrowDown")


ACTS: dict[str, Callable[[Page], None]] = {
    "watches": watch,
    "scrolls": scroll,
    "types into the filter": seek,
    "goes from one to the next": walk,
}


def open_panel(browser: Browser, server: Running) -> Page:
    """The view, with a journal that is full."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://localhost:{server.control_port}/#/requests")
    page.get_by_text(f"{KEPT:,} kept").wait_for()
    return page


def measure(browser: Browser, server: Running) -> None:
    visitor = Visitor(server.port)
    for _ in range(KEPT):
        visitor.ask()
    visitor.close()
    print(
        f"| somebody, for {SECONDS:g} s | longest task, ms | of that on the CPU | over {LONG_MS:g} ms (limit: 0) "
        "| CPU, % | frames |\n|---|---|---|---|---|---|"
    )
    for said, act in ACTS.items():
        page = open_panel(browser, server)
        with arriving(server.port, A_SECOND):
            found = trace(browser, page, SECONDS, act)
        cpu = sum(found.own_ms) / SECONDS / 10
        longest = f"{max(found.tasks_ms):.1f} | {max(found.own_ms):.1f}"
        print(f"| {said} | {longest} | {found.long} | {cpu:.0f} | {found.frames} |", flush=True)
        page.close()


def main() -> None:
    program = find_chromium()
    if program is None:
        sys.exit(WITHOUT)
    with started(str(SEEDS / "zoo.yaml")) as server, sync_playwright() as playwright:
        is_sandboxed = os.getuid() != 0
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=is_sandboxed, args=[*FLAGS])
        measure(browser, server)
        browser.close()


if __name__ == "__main__":
    main()
