"""Pushes that change what they listen to: a few steps are taken, and no more."""

from mockserver.realtime.channel.chain import MOST_CHANGES, MOST_STEPS
from tests.realtime.channel.party import Party, gather

CIRCLE = """
c: {path: /c, push: [{change: animals, call: {route: PATCH /animals/1, body: {name: "${uuid()[:6]}"}}, send: 1}]}
"""
STEPS = """
c:
  path: /c
  push:
    - {change: zoos, call: {route: PATCH /animals/1, body: {name: "${row.name}"}}}
    - {change: animals, send: "${row.name}"}
"""


def failures(party: Party) -> list[str]:
    found: list[str] = party.service.status()["channels"]["failures"]  # type: ignore[index,call-overload,assignment]
    return found


def test_a_change_that_a_push_makes_is_pushed_too() -> None:
    party = gather(STEPS)
    guest = party.come("/c")
    party.ask("PATCH", "/v1/zoos/1", {"name": "South"})
    party.deliver()
    assert guest.take() == ["South"]
    assert failures(party) == []


def test_a_circle_is_left_after_some_steps() -> None:
    party = gather(CIRCLE)
    guest = party.come("/c")
    for _ in range(2):
        party.ask("PATCH", "/v1/animals/2", {"name": "zed"} if _ else {"name": "zoe"})
        party.deliver()
        assert len(guest.take()) == 1 + MOST_STEPS
    assert failures(party) == ["What pushes do about animals is pushed again and again: here it was left alone."]


def test_many_in_a_circle_make_no_flood() -> None:
    party = gather(CIRCLE)
    guests = [party.come("/c") for _ in range(20)]
    party.ask("PATCH", "/v1/animals/2", {"name": "zoe"})
    party.deliver()
    offset = int(party.service.sandbox.feed.at.rpartition(".")[2])
    assert MOST_CHANGES < offset < MOST_CHANGES + 2 * len(guests)
