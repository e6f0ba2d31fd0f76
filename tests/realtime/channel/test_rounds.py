"""What is said to many, or changes for many: in parts, so that others are answered meanwhile, and to each in order."""

import json

from mockserver.messages import Request
from tests.client import HOST
from tests.realtime.channel.party import Guest, Party, gather

CHAT = """
c:
  path: /c
  replay: 5
  receive:
    - {when: "${msg.say}", broadcast: "${msg.say}"}
    - {when: "${msg.ask}", send: "${msg.ask}"}
    - {when: "${msg.close}", close: "${msg.close}"}
"""


def fill(party: Party, clients: int) -> list[Guest]:
    return [party.come("/c") for _ in range(clients)]


def test_a_few_are_told_at_once() -> None:
    guests = fill(gather(CHAT), 200)
    guests[0].opening.session.receive('{"say": "hello"}')
    assert [guest.take() for guest in guests] == [["hello"]] * 200


def test_many_are_told_in_parts_and_each_in_order() -> None:
    party = gather(CHAT)
    guests = fill(party, 500)
    last = guests[-1]
    guests[0].opening.session.receive('{"say": 1}')
    assert sum(bool(guest.wire.heard) for guest in guests) == 200
    guests[1].opening.session.receive('{"say": 2}')
    # What comes straight to somebody comes behind what was said to all before.
    assert last.say({"ask": "me"})[-1] == "me"
    guests[2].opening.session.receive('{"say": 3}')
    late = party.come("/c")
    party.wait(0)
    assert party.service.advance() is None
    assert [guest.take() for guest in guests[:-1]] == [[1, 2, 3]] * 499
    assert last.take() == [3]
    assert late.take() == [1, 2, 3]


def test_who_is_closed_or_has_gone_meanwhile_is_told_what_was_said_before() -> None:
    party = gather(CHAT)
    guests = fill(party, 500)
    guests[0].opening.session.receive('{"say": 1}')
    closed, gone = guests[-1], guests[-2]
    assert closed.say({"close": 1000}) == [1, ("close", 1000, "")]
    gone.leave()
    party.wait(0)
    assert gone.take() == []
    assert [guest.take() for guest in guests[:-2]] == [[1]] * 498


def test_what_is_on_its_way_is_bounded() -> None:
    party = gather(CHAT)
    guests = fill(party, 500)
    for number in range(100):
        guests[0].opening.session.receive(f'{{"say": {number + 1}}}')
    told = sum(len(guest.wire.heard) for guest in guests)
    assert 100 * 500 - told <= 10_000
    party.wait(0)
    assert [guest.take() for guest in guests] == [list(range(1, 101))] * 500


def test_others_have_their_turn_while_changes_are_told_however_few_there_are_to_be_told() -> None:
    party = gather("c: {path: /c, push: {change: animals, text: x}}")
    guests = fill(party, 3)
    body = json.dumps([{"name": "x", "zoo_id": 1} for _ in range(100)]).encode()
    headers = {"host": HOST, "content-type": "application/json", "content-length": str(len(body))}
    assert party.service.handle(Request("POST", "/v1/animals", (), headers, body)).status == 201
    assert sum(1 for _ in party.service.deliver()) >= 3
    assert [len(guest.take()) for guest in guests] == [100] * 3
