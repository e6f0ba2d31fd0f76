"""The zoo's transfers over real sockets: no money is made or lost, and nobody goes below nothing."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from tests.client import Client, wired
from tests.live import put_back
from tests.server.process import Running
from tests.server.wire import Answer, Wire, request

ROUTES = ("/v1/transactions", "/v1/transaction")


@pytest.fixture
def api(zoo_server: Running) -> Client:
    return put_back(zoo_server).below("/v1")


def balances(api: Client) -> dict[int, int]:
    return {account["id"]: account["balance"] for account in api.get("/accounts").json}


def all_at_once(server: Running, bodies: Sequence[dict[str, Any]]) -> list[Answer]:
    """Every request on a connection of its own, all sent before the first answer is read."""
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(server.port)) for _ in bodies]
        for place, (wire, body) in enumerate(zip(wires, bodies, strict=True)):
            data = json.dumps(body).encode()
            wire.send(request("POST", ROUTES[place % 2], "Content-Type: application/json", body=data))
        return [wire.read() for wire in wires]


@pytest.mark.parametrize("path", ["/transactions", "/transaction"])
def test_a_transfer_moves_money_and_is_a_document(api: Client, path: str) -> None:
    before = balances(api)
    answer = api.post(path, {"from": 1, "to": 2, "amount": 5})
    assert answer.status == 201
    made = api.follow(answer.headers["location"]).json
    assert made == answer.json
    assert (made["from"], made["to"], made["amount"]) == (1, 2, 5)
    assert balances(api) == {**before, 1: before[1] - 5, 2: before[2] + 5}


def test_what_the_balance_does_not_allow_is_409_and_changes_nothing(api: Client) -> None:
    before, count = balances(api), api.get("/transactions").headers["x-total-count"]
    answer = api.post("/transactions", {"from": 1, "to": 2, "amount": before[1] + 1})
    assert (answer.status, answer.headers["content-type"]) == (409, "application/problem+json")
    assert str(before[1]) in answer.json["detail"]
    assert balances(api) == before
    assert api.get("/transactions").headers["x-total-count"] == count
    assert api.post("/transactions", {"from": 1, "to": 2, "amount": before[1]}).status == 201


@pytest.mark.parametrize(
    "body",
    [
        {"from": 1, "to": 1, "amount": 5},
        {"from": 1, "to": 99, "amount": 5},
        {"from": 99, "to": 1, "amount": 5},
        {"from": 1, "to": 2, "amount": 0},
        {"from": 1, "to": 2, "amount": -5},
        {"from": 1, "to": 2, "amount": 1.5},
        {"from": 1, "to": 2, "amount": "5"},
        {"from": 1, "to": 2, "amount": 2**63},
        {"from": 1, "to": 2},
        {"from": None, "to": 2, "amount": 5},
        {"from": [1], "to": 2, "amount": 5},
        {"from": 1, "to": 2, "amount": 5, "currency": "EUR"},
    ],
)
def test_a_transfer_that_makes_no_sense_is_422(api: Client, body: dict[str, Any]) -> None:
    before = balances(api)
    answer = api.post("/transactions", body)
    assert (answer.status, bool(answer.json["errors"])) == (422, True)
    assert balances(api) == before


def test_fifty_at_once_take_no_more_than_there_is(api: Client, zoo_server: Running) -> None:
    before = balances(api)
    amount = before[1] // 20
    answers = all_at_once(zoo_server, [{"from": 1, "to": 2, "amount": amount}] * 50)
    allowed = before[1] // amount
    assert sorted(answer.status for answer in answers) == [201] * allowed + [409] * (50 - allowed)
    assert balances(api) == {**before, 1: before[1] - allowed * amount, 2: before[2] + allowed * amount}
    made = [answer.json["id"] for answer in answers if answer.status == 201]
    assert len(set(made)) == allowed


def test_fifty_at_once_between_all_keep_the_sum(api: Client, zoo_server: Running) -> None:
    before = balances(api)
    moves = [{"from": n % 8 + 1, "to": (n * 3 + 1) % 8 + 1, "amount": 300 + 17 * n} for n in range(50)]
    answers = all_at_once(zoo_server, moves)
    assert {answer.status for answer in answers} <= {201, 409, 422}
    after = balances(api)
    assert sum(after.values()) == sum(before.values())
    assert min(after.values()) >= 0
    made = sum(answer.status == 201 for answer in answers)
    assert api.get("/transactions").headers["x-total-count"] == str(12 + made)
    assert wired(zoo_server.port).get("/v1/accounts").status == 200
