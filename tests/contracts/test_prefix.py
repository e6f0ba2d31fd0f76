"""Below a sandbox's prefix every convention answers as it does without, and every address it gives begins with it."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

import pytest

from mockserver.messages import Request
from mockserver.server.assemble import AssembledInstance
from tests.client import HOST, Client, answered, assemble
from tests.contracts.conftest import DEFINITION
from tests.contracts.declared import APPLICATION, EVERY, VERSION, spoken
from tests.server.wire import Answer

BASE = "/~w3"
ORIGIN = f"http://{HOST}"
MORE = """
  exports: {count: 0, fields: {id: {seq: 1}, state: {enum: [queued, done], default: queued}}}
actions:
  export:
    route: POST /export
    job: {resource: exports, outcomes: {ends: {at: 1s, set: {state: done}}}}
"""


def within(instance: AssembledInstance, base: str) -> Client:
    """A client below a sandbox's prefix, which the listener takes off, and below the API's."""

    def exchange(method: str, target: str, headers: Sequence[str], body: bytes) -> Answer:
        path, _, query = target.partition("?")
        assert path.startswith(base), f"{path} leads out of the sandbox"
        pairs = (line.partition(":") for line in (f"Host: {HOST}", *headers))
        named = {name.lower(): value.strip() for name, _, value in pairs}
        parameters = tuple(parse_qsl(query, keep_blank_values=True))
        return answered(instance.handle(Request(method, path[len(base) :], parameters, named, body, base)))

    return Client(exchange, base + instance.api.convention.prefixes(VERSION, APPLICATION)[0])


@pytest.fixture(params=EVERY)
def pair(request: pytest.FixtureRequest) -> tuple[Client, Client]:
    """The same API without a prefix and with one."""
    text = spoken(DEFINITION.read_text(encoding="utf-8"), request.param) + MORE
    return within(assemble(text), ""), within(assemble(text), BASE)


ASKED = [
    ("GET", "/orders?limit=2&offset=2", None),
    ("GET", "/orders?limit=2&cursor=", None),
    ("GET", "/orders?limit=2&page=2", None),
    ("GET", "/orders?limit=1&sort=-total&state=open", None),
    ("GET", "/orders?page_number=2&page_size=2", None),
    ("GET", "/orders?pageNow=2&pageSize=2", None),
    ("GET", "/orders?_page=2&_limit=2", None),
    ("GET", '/orders?range=[0,1]&sort=["id","DESC"]', None),
    ("GET", "/customers/1/orders?limit=1", None),
    ("GET", "/orders/1", None),
    ("GET", "/orders/99", None),
    ("GET", "/coupons/1?embed=x", None),
    ("POST", "/orders", {"customer_id": 1}),
    ("POST", "/orders", [{"customer_id": 1}, {"customer_id": 2}]),
    ("POST", "/customers/1/orders", {"total": 2}),
    ("POST", "/export", {}),
    ("PUT", "/orders/1", {"customer_id": 1}),
    ("PUT", "/settings/dark", {"value": "x"}),
    ("PATCH", "/orders/2", {"total": 2}),
    ("DELETE", "/orders/3", None),
    ("GET", "/profile", None),
]


def ask(client: Client, method: str, path: str, body: object) -> Answer:
    return client.ask(method, path, **({} if body is None else {"body": body}))


@pytest.mark.parametrize(("method", "path", "body"), ASKED, ids=[f"{method} {path}" for method, path, _ in ASKED])
def test_answers_differ_by_the_prefix_of_addresses_alone(
    pair: tuple[Client, Client], method: str, path: str, body: object
) -> None:
    plain, prefixed = (ask(client, method, path, body) for client in pair)
    assert prefixed.status == plain.status
    assert prefixed.body == plain.body.replace(f"{ORIGIN}/".encode(), f"{ORIGIN}{BASE}/".encode())
    for name in plain.headers.keys() | prefixed.headers.keys():
        if name != "etag":
            assert prefixed.headers.get(name) == plain.headers[name].replace(f"{ORIGIN}/", f"{ORIGIN}{BASE}/")


def test_every_address_leads_on_within_the_sandbox(pair: tuple[Client, Client]) -> None:
    client = pair[1]
    for path, body in (("/orders", {"customer_id": 1}), ("/export", {})):
        made = client.post(path, body)
        assert made.headers["location"].startswith(f"{ORIGIN}{BASE}/")
        assert client.follow(made.headers["location"]).status == 200
    listed = client.get("/orders?limit=2&cursor=")
    addresses = listed.body.decode() + str(listed.headers)
    assert f"{ORIGIN}{BASE}/" in addresses, "it says where the next ones are"


def test_tags_are_good_within_the_sandbox(pair: tuple[Client, Client]) -> None:
    client = pair[1]
    for path in ("/orders/1", "/orders?limit=2&cursor="):
        tag = client.get(path).headers["etag"]
        assert client.get(path, f"If-None-Match: {tag}").status == 304
    made = client.post("/orders", {"customer_id": 1})
    assert client.follow(made.headers["location"]).headers["etag"] == made.headers["etag"]
    changed = client.patch("/orders/1", {"gift": True}, f"If-Match: {client.get('/orders/1').headers['etag']}")
    assert changed.headers["etag"] == client.get("/orders/1").headers["etag"]
