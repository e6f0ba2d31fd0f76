"""`states`: a field that moves along the listed ways alone, and where it may begin."""

import pytest

from tests.client import Client, serving

DEFINITION = """
mock: 1
api: {version: v1}
resources:
  tickets:
    count: 0
    fields:
      subject: {faker: sentence}
      state: {enum: [open, waiting, closed], default: open}
    states: {field: state, moves: {open: [waiting, closed], waiting: [open]}, initial: [open, waiting]}
    rows: [{id: 1, state: open}, {id: 2, state: closed}, {id: 3, state: null}]
"""


@pytest.fixture
def api() -> Client:
    return serving(DEFINITION).below("/v1")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_listed_move_and_the_same_state_are_allowed(api: Client, method: str) -> None:
    assert api.ask(method, "/tickets/1", body={"state": "open"}).status == 201
    assert api.ask(method, "/tickets/1", body={"state": "waiting"}).json["state"] == "waiting"
    assert api.ask(method, "/tickets/2", body={"state": "closed"}).status == 201


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_any_other_move_is_a_conflict_that_names_the_ways(api: Client, method: str) -> None:
    api.patch("/tickets/1", {"state": "waiting"})
    refused = api.ask(method, "/tickets/1", body={"state": "closed"})
    assert refused.status == 409
    assert refused.json["detail"] == "The state of the ticket 1 can't go from waiting to closed: only to open."
    assert refused.json["errors"] == [{"pointer": "#/state", "detail": "can't go from waiting to closed: only to open"}]
    assert api.get("/tickets/1").json["state"] == "waiting"


def test_there_is_no_way_out_of_a_state_that_is_not_named(api: Client) -> None:
    refused = api.patch("/tickets/2", {"state": "open", "subject": "again"})
    assert refused.status == 409
    assert "from closed to open: there is no way out of it" in refused.json["detail"]
    assert api.get("/tickets/2").json["subject"] != "again"
    assert api.patch("/tickets/2", {"subject": "again"}).json["subject"] == "again"


def test_a_state_is_never_taken_away_and_a_put_without_it_means_its_default(api: Client) -> None:
    assert "from open to null" in api.patch("/tickets/1", {"state": None}).json["detail"]
    assert api.put("/tickets/1", {"subject": "x"}).json["state"] == "open"
    assert api.put("/tickets/2", {"subject": "x"}).status == 409


def test_what_is_no_state_at_all_is_invalid_and_said_first(api: Client) -> None:
    assert api.patch("/tickets/2", {"state": "opne"}).status == 422


@pytest.mark.parametrize("state", ["open", "waiting"])
def test_a_new_document_begins_in_an_initial_state(api: Client, state: str) -> None:
    assert api.post("/tickets", {"state": state}).json["state"] == state
    assert api.post("/tickets", {}).json["state"] == "open"


def test_a_new_document_in_another_state_is_invalid(api: Client) -> None:
    refused = api.post("/tickets", {"state": "closed"})
    assert (refused.status, refused.json["errors"]) == (
        422, [{"pointer": "#/state", "detail": "must be open or waiting in the beginning"}],
    )  # fmt: skip
    assert api.patch("/tickets/3", {"state": "closed"}).status == 409
    assert api.patch("/tickets/3", {"state": "waiting"}).status == 201


def test_without_initial_a_new_document_begins_anywhere() -> None:
    api = serving(DEFINITION.replace(", initial: [open, waiting]", "")).below("/v1")
    assert api.post("/tickets", {"state": "closed"}).json["state"] == "closed"


def test_states_may_be_numbers() -> None:
    fields = "state: {enum: [0, 1, 2]}"
    states = "states: {field: state, moves: {0: [1], 1: [2]}}"
    api = serving(f"resources: {{a: {{fields: {{{fields}}}, {states}, rows: [{{id: 1, state: 0}}]}}}}")
    assert api.patch("/a/1", {"state": 2}).status == 409
    assert api.patch("/a/1", {"state": 1}).json["state"] == 1


@pytest.mark.parametrize(("convention", "status"), [("abp", 409), ("linkis", 400)])
def test_each_convention_writes_the_refusal_its_own_way(convention: str, status: int) -> None:
    api = serving(DEFINITION, convention)
    path = {"abp": "/api/v1/tickets/2", "linkis": "/api/rest_j/v1/tickets/2"}[convention]
    refused = api.patch(path, {"state": "open"})
    assert refused.status == status
    assert "no way out" in refused.body.decode()
