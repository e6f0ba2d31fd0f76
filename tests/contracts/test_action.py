"""What every convention makes of an action's answers: refused, accepted, failed, and what is left in its shape."""

import pytest

from mockserver.conventions.base import conventions
from mockserver.messages import Json
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct, dump
from tests.server.wire import Answer

DEFINITION = """\
mock: 1
seed: 5
clock: 2026-01-15T09:00:00Z
freeze: true
api: {version: v1, application: shop}
resources:
  orders:
    count: 3
    fields:
      id: {seq: 1}
      status: {enum: [open, done, cancelled], default: open}
      total: {int: [1, 9], min: 0, max: 9, required: true}
actions:
  refuse:
    route: POST /refuse/:status
    do:
      - {update: orders, id: 1, set: {total: 0}}
    reply: {status: "${status|int}", message: "It is not to be.", details: "For a reason.", errors: {total: is odd}}
  create: {route: POST /make, do: [{create: orders, set: {total: 3}}]}
  list: {route: GET /found, do: [{list: orders, sort: id}]}
  item: {route: GET /item, reply: {body: {one: 1, none: null}, message: Here it is}}
  warn: {route: GET /warn, reply: {status: 206, body: {one: 1}}}
  nothing: {route: POST /nothing}
  fail: {route: POST /fail, do: [{update: orders, id: 1, set: {total: 0}}], reply: {body: "${1 / 0}"}}
  bare: {route: GET /bare, reply: {bare: true, body: [1, 2]}}
  work:
    route: POST /work
    job:
      resource: orders
      set: {total: 1}
      outcomes: {ends: {at: 2s, set: {status: done}}}
      cancel: POST /work/:id/cancel
"""


@pytest.fixture(params=conventions.names())
def service(request: pytest.FixtureRequest) -> AssembledInstance:
    return assemble(DEFINITION, request.param)


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service).below(service.api.convention.prefixes("v1", "shop")[0])


CONDITIONS = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    410: "gone",
    412: "precondition_failed",
    418: "refused",
    422: "invalid",
    428: "precondition_required",
    429: "too_many",
    451: "refused",
    500: "server_error",
    503: "refused",
    599: "refused",
}


@pytest.mark.parametrize("status", CONDITIONS)
def test_a_refusal_is_the_conventions_own_problem(service: AssembledInstance, client: Client, status: int) -> None:
    before, at = dump(service), service.sandbox.feed.at
    answer = client.post(f"/refuse/{status}", {})
    assert answer.status == service.api.convention.status_of(CONDITIONS[status], status)
    text = answer.body.decode()
    if service.api.convention.name not in ("json-server", "simple-rest"):
        assert "It is not to be." in text
        assert "For a reason." in text
    assert isinstance(answer.json, dict)
    assert (dump(service), service.sandbox.feed.at) == (before, at)


def test_what_a_step_made_is_where_it_says(client: Client) -> None:
    answer = client.post("/make", {})
    assert answer.status in (200, 201)
    assert b'"total":3' in client.follow(answer.headers["location"]).body


def test_a_list_has_the_conventions_window(client: Client) -> None:
    whole, page = client.get("/found"), client.get("/found?limit=2")
    assert whole.status == page.status == 200
    if page.body != whole.body:
        assert b'"id":3' in whole.body
        assert b'"id":3' not in page.body
        assert b'"id":2' in page.body


def find(value: Json, wanted: Json) -> bool:
    """Whether a value stands anywhere in another."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return value == wanted or any(find(one, wanted) for one in inner)


def test_a_body_stands_where_an_item_stands(client: Client) -> None:
    assert find(client.get("/item").json, {"one": 1, "none": None})
    assert client.get("/bare").json == [1, 2]
    assert client.get("/warn").status == 206
    assert client.post("/nothing", {}).status == 200


def test_a_failed_expression_is_the_conventions_500(service: AssembledInstance, client: Client) -> None:
    before = dump(service)
    answer = client.post("/fail", {})
    assert answer.status == service.api.convention.status_of("server_error", 500)
    assert b"Traceback" not in answer.body
    if service.api.convention.name not in ("json-server", "simple-rest"):
        assert b"test.yaml:24: " in answer.body
    assert dump(service) == before


def accepted(service: AssembledInstance, client: Client) -> Answer:
    answer = client.post("/work", {})
    assert answer.status == service.api.convention.status_of("accepted", 202)
    return answer


def test_a_job_is_accepted_and_found(service: AssembledInstance, client: Client) -> None:
    answer = accepted(service, client)
    assert b'"status":"open"' in client.follow(answer.headers["location"]).body
    service.sandbox.clock.advance(2)
    assert b'"status":"done"' in client.follow(answer.headers["location"]).body


def test_a_job_is_cancelled_while_it_runs(service: AssembledInstance, client: Client) -> None:
    accepted(service, client)
    assert b'"cancelled"' in client.post("/work/4/cancel", {}).body
    assert client.post("/work/4/cancel", {}).status == service.api.convention.status_of("conflict", 409)
