"""What is told again: as it was when it was said, within bounds, and on an event stream with ids that never go back."""

import gc
import re

import pytest

from mockserver.definitions.source import parse_source
from mockserver.realtime.channel.client import Client
from mockserver.server.assemble import prepare
from tests.realtime.channel.party import HEAD, Guest, gather

SAID = """
c:
  path: /c/:name
  replay: 5
  open: {set: {name: "${name}", since: "${now}"}}
  receive:
    - {when: "${msg.set}", set: {mood: "${msg.set}"}}
    - when: "${msg.say}"
      broadcast: {MEMBERS}
"""
MEMBERS = 'said: "${msg.say}", mood: "${state.mood}", all: "${state}", by: "${name}", n: "${n}", at: "${now}"'
OWN = ', to: "${their.name}", drawn: "${uuid()}"'


@pytest.mark.parametrize("members", [MEMBERS, MEMBERS + OWN])
def test_what_was_said_is_told_again_as_it_was(members: str) -> None:
    party = gather(SAID.replace("MEMBERS", members))
    ada = party.come("/c/ada")
    [first] = ada.say({"set": "glad"}, {"say": "hello"})
    assert (first["mood"], first["n"], first["at"]) == ("glad", 2, "2026-01-15T09:00:00Z")
    assert first["all"] == {"name": "ada", "since": "2026-01-15T09:00:00Z", "mood": "glad"}
    party.wait(60)
    [second] = ada.say({"set": "sad"}, {"say": "again"})
    ada.leave()
    heard = party.come("/c/bob").take()
    assert [{**one, "to": "ada"} for one in heard] == [{**one, "to": "ada"} for one in (first, second)]
    assert all(one.get("to") is None for one in heard)


def test_their_is_of_who_hears_it_and_all_else_of_who_said_it() -> None:
    party = gather(
        """
        c:
          path: /c/:name
          replay: 5
          open: [{set: {name: "${name}"}}, {when: "${query.join}", join: "${query.join}"}]
          receive: {broadcast: {to: "${their.name}", by: "${state.name}", id: "${uuid()}", other: "${uuid()}"}}
        """
    )
    ada, bob = party.come("/c/ada?join=x"), party.come("/c/bob?join=x")
    [mine], [his] = ada.say("go"), bob.take()
    assert (mine["to"], his["to"]) == ("ada", "bob")
    assert mine["id"] != mine["other"]
    [again] = ada.say("go")
    assert again["id"] != mine["id"]
    assert party.come("/c/eve?join=x").take()[0] == {**mine, "to": "eve"} == {**his, "to": "eve"}


def test_a_change_is_told_again_with_the_time_when_it_happened() -> None:
    party = gather('c: {path: /c, replay: 5, push: {change: animals, send: "${row.name} ${now}"}}')
    guest = party.come("/c")
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    party.wait(60)
    assert guest.take() == party.come("/c").take() == ["lea 2026-01-15T09:00:00Z"]
    party.service.reset(["feed"])
    assert party.come("/c").take() == []


def test_what_is_held_keeps_nobody() -> None:
    party = gather(SAID.replace("MEMBERS", MEMBERS + OWN))
    gc.collect()
    before = sum(isinstance(one, Client) for one in gc.get_objects())
    guests: list[Guest] = [party.come(f"/c/{number}") for number in range(5)]
    for guest in guests:
        guest.say({"say": "hello"})
        guest.leave()
    guests.clear()
    del guest
    gc.collect()
    assert sum(isinstance(one, Client) for one in gc.get_objects()) == before


def test_a_channel_holds_four_mebibytes() -> None:
    party = gather(
        """
        c:
          path: /c/:room
          replay: true
          open: {join: "${room}"}
          receive: [{when: "${n == 1}", broadcast: "${room} ${raw}"}, {broadcast_text: "${raw}"}]
        """
    )
    big = "x" * 60_000
    for room in range(20):
        party.come(f"/c/{room}").say(*[f"{number} {big}" for number in range(5)])
    kept = [len(party.come(f"/c/{room}").take()) for room in range(20)]
    assert 60 * 60_000 < sum(kept) * 60_000 < 4 * 1024 * 1024
    assert kept == sorted(kept)
    assert kept[-1] == 6


def test_what_was_said_in_several_rooms_is_told_once() -> None:
    party = gather(
        """
        c:
          path: /c
          replay: 5
          receive:
            - {when: "${msg.join}", join: "${msg.join}"}
            - {when: "${msg.say}", broadcast: "${msg.say}", to: "${msg.to}"}
        """
    )
    ada, bob = party.come("/c"), party.come("/c")
    ada.say({"say": 1, "to": ["x", "y"]}, {"say": 2, "to": "y"}, {"say": 3, "to": ["y", "x", "y"]})
    assert bob.say({"join": ["x", "y"]}) == [1, 3, 2]


STREAM = """
s:
  path: /s
  kind: sse
  replay: 10
  open: {join: room}
  push:
    - {change: animals, when: "${row.id == 1}", send: "${row.name}"}
    - {change: animals, when: "${row.id == 1}", wait: 2s, text: "late ${row.name}"}
    - {change: zoos, broadcast: "${row.name}", to: room}
"""


def ids_of(guest: Guest) -> list[int]:
    return [int(found[1]) for event in guest.events() if (found := re.search(r"^id: \w+\.(\d+)$", event, re.MULTILINE))]


def test_ids_of_a_stream_never_go_back_and_nothing_is_told_twice() -> None:
    party = gather(STREAM)
    first = party.listen("/s")
    for name in "abc":
        party.ask("PATCH", "/v1/zoos/1", {"name": f"zoo {name}"})
        party.ask("PATCH", "/v1/animals/1", {"name": name})
    party.wait(1)
    party.ask("PATCH", "/v1/animals/1", {"name": "d"})
    party.wait(5)
    ids = ids_of(first)
    assert ids == sorted(ids)
    second = party.listen("/s")
    events = second.events()
    assert [event.split("data: ")[1].strip() for event in events] == [
        *('"a"', "late a", '"b"', "late b", '"c"', "late c", '"d"', "late d"),
        *('"zoo a"', '"zoo b"', '"zoo c"'),
    ]
    placed = [event for event in events if "id: " in event]
    assert len(placed) == 8
    again = party.listen("/s", f"Last-Event-ID: {placed[-1].split('id: ')[1].split()[0]}")
    assert again.events() == []


def test_what_is_remembered_of_a_resource_that_is_gone_breaks_nobody() -> None:
    auth = "auth: {users: {ada: {token: a}}, rules: [{route: ANY /shops, where: 'row.id > 0'}]}\n"
    shops = "  shops: {fields: {id: {seq: 1}, name: {value: a, type: string}}, count: 1}\n"
    channel = 'c: {path: /c, replay: 5, push: [{change: [CHANGE], send: "${row.name}"}]}'
    as_ada = "Authorization: Bearer a"
    party = gather(channel.replace("CHANGE", "shops, zoos"), HEAD + shops + auth)
    party.ask("PATCH", "/v1/shops/1", {"name": "b"}, as_ada)
    assert party.come("/c", as_ada).take() == ["b"]
    text = f"{HEAD}{auth.replace('/shops', '/zoos')}channels:\n  {channel.replace('CHANGE', 'zoos')}\n"
    party.service.replace(party.service.stage(prepare(parse_source(text, "test.yaml"))))
    assert party.come("/c", as_ada).take() == []
