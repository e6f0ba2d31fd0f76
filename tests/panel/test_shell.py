"""The panel's frame: every view loads, by keyboard too, in every width and scheme, and nothing comes from outside."""

import pytest
from playwright.sync_api import expect

from tests.panel.desk import VIEWS, Desk


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_loads_without_a_complaint_and_without_the_outside(desk: Desk, view: str) -> None:
    page = desk.open(view)
    expect(page.locator(f"main.{view}")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
