"""What is asked of the feed: topics, places, waits, and fields that narrow it; every mistake is said by its name."""

from typing import Any

import orjson
import pytest

from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct
from tests.contracts.declared import speaking
from tests.realtime.heard import connected

DEFINITION = """
mock: 1
resources:
  tickets:
    count: 0
    fields:
      id: {seq: 1}
      subject: {value: null, type: string}
      state: {enum: [open, closed, on hold], default: open}
      priority: {int: [1, 5], default: 3}
      price: {float: [0, 9], default: 1.5}
      urgent: {bool: 0.5, default: false}
      due_on: {date: [now, now], nullable: 1.0}
      seen_at: {datetime: [now, now], nullable: 1.0}
      customer_id: {ref: customers, nullable: 1.0}
      tag_list: {list: {enum: [a, b]}, items: [0, 2], default: []}
      box: {object: {kilos: {int: [1, 9]}}, nullable: 1.0}
      wait: {int: [1, 5], default: 1}
      secret: {value: null, type: string, write_only: true}
  customers: {count: 3, fields: {id: {seq: 1}, name: {value: null, type: string}, state: {value: null, type: string}}}
  orders: {count: 0, fields: {id: {seq: 1}, total: {int: [1, 99]}}}
"""
ROWS: list[dict[str, Any]] = [
    {"subject": "a, b", "state": "open", "priority": 1, "price": 1, "due_on": "2026-01-15", "customer_id": 1},
    {"subject": "c", "state": "closed", "priority": 5, "urgent": True, "tag_list": ["a", "b"], "box": {"kilos": 3}},
    {"subject": "C", "state": "on hold", "seen_at": "2026-01-15T10:00:00+01:00", "price": 2.5, "wait": 4},
]


@pytest.fixture(scope="module")
def service() -> AssembledInstance:
    service = assemble(DEFINITION)
    client = direct(service)
    for row in ROWS:
        assert client.post("/tickets", row).status == 201, row
    client.post("/orders", {"total": 7})
    client.patch("/customers/2", {"state": "open"})
    service.sandbox.feed.publish("prices", "", {"symbol": "ACME", "price": 3, "up": True}, service.sandbox.clock.now())
    service.sandbox.feed.publish("news", "", "a text", service.sandbox.clock.now())
    return service


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service)


def told(client: Client, query: str) -> list[str]:
    answer = client.get(f"/events?since=start&{query}")
    assert answer.status == 200, answer.body
    return [f"{one['topic']} {one.get('key', '')}".strip() for one in answer.json["events"]]


EVERYTHING = ["tickets 1", "tickets 2", "tickets 3", "orders 1", "customers 2", "prices", "news"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", EVERYTHING),
        ("topics=", EVERYTHING),
        ("topics=,%20,", EVERYTHING),
        ("topics=orders", ["orders 1"]),
        ("topics=orders,customers", ["orders 1", "customers 2"]),
        ("topics=customers&topics=orders,%20prices", ["orders 1", "customers 2", "prices"]),
        ("TOPICS=orders", ["orders 1"]),
        ("topics=orders,orders", ["orders 1"]),
        ("topics=not-yet-published", []),
        ("topics=orders&_=17&__trace=x", ["orders 1"]),
        ("topics=orders&access_token=t", ["orders 1"]),
    ],
)
def test_topics(client: Client, query: str, found: list[str]) -> None:
    assert told(client, query) == found


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("state=open", [1]), ("state=open&state=closed", [1, 2]), ("state=open,closed", [1, 2]),
        ("state=on%20hold", [3]), ("STATE=open", [1]), ("subject=c", [2]), ("subject=a,%20b", [1]),
        ("priority=5", [2]), ("priority=1,3", [1, 3]), ("price=1", [1]), ("price=1.0", [1]), ("price=2.5", [3]),
        ("urgent=true", [2]), ("urgent=0", [1, 3]), ("due_on=2026-01-15", [1]), ("customer_id=1", [1]),
        ("seen_at=2026-01-15T09:00:00Z", [3]), ("tag_list=a", [2]), ("box.kilos=3", [2]), ("filter[wait]=4", [3]),
        ("state=open&priority=1", [1]), ("state=open&priority=5", []), ("id=2&id=3", [2, 3]),
        ("priority[gte]=3", [2, 3]), ("priority_lt=3", [1]), ("state[ne]=open", [2, 3]),
        ("due_on[isnull]=true", [2, 3]), ("subject[contains]=C", [2, 3]),
    ],
)  # fmt: skip
def test_fields_narrow_by_their_declared_type(client: Client, query: str, keys: list[int]) -> None:
    assert told(client, f"topics=tickets&{query}") == [f"tickets {key}" for key in keys]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", ["tickets 1", "customers 2"]),
        ("topics=tickets,orders&state=open", ["tickets 1"]),
        ("topics=orders,customers&state=open", ["customers 2"]),
        ("topics=prices&symbol=ACME", ["prices"]),
        ("topics=prices&symbol=OTHER", []),
        ("topics=prices&price=3", ["prices"]),
        ("topics=prices,tickets&price=3", ["prices"]),
        ("topics=prices&up=true", ["prices"]),
        ("topics=news&symbol=ACME", []),
        # Of a ticket's states this is none; a customer's may be anything.
        ("topics=tickets,customers&state=x", []),
    ],
)
def test_what_has_no_such_field_is_not_told(client: Client, query: str, found: list[str]) -> None:
    assert told(client, query) == found


MISTAKES = [
    ("topics=ticket", "topics", "has no topic 'ticket'; did you mean 'tickets'?"),
    ("topics=orders,Tickets", "topics", "has no topic 'Tickets'; did you mean 'tickets'?"),
    ("topics=a/b", "topics", "can't be 'a/b': a topic has 1 to 64 letters, digits, '.', '_' and '-'"),
    ("topics=caf%C3%A9", "topics", "can't be 'café': a topic has 1 to 64 letters, digits, '.', '_' and '-'"),
    ("topics=" + "x" * 65, "topics", f"can't be '{'x' * 65}': a topic has 1 to 64 letters, digits, '.', '_' and '-'"),
    ("topics=" + ",".join(f"t{n}" for n in range(1001)), "topics", "has more than 1000 names"),
    ("since=yesterday", "since", "must be the id of an event, 'now' or 'start'"),
    ("since=a1.01", "since", "must be the id of an event, 'now' or 'start'"),
    ("since=now&since=start", "since", "is given twice"),
    ("wait=x", "wait", "must be a number of seconds from 0 to 60"),
    ("wait=-1", "wait", "must be a number of seconds from 0 to 60"),
    ("wait=60.1", "wait", "must be a number of seconds from 0 to 60"),
    ("wait=nan", "wait", "must be a number of seconds from 0 to 60"),
    ("wait=inf", "wait", "must be a number of seconds from 0 to 60"),
    ("wait=1_0", "wait", "must be a number of seconds from 0 to 60"),
    ("wait=%D9%A3", "wait", "must be a number of seconds from 0 to 60"),
    ("wait=1&wait=1", "wait", "is given twice"),
    ("topics=tickets&stat=open", "stat", "is not known here; did you mean 'state'?"),
    ("sinc=start", "sinc", "is not known here; did you mean 'since'?"),
    ("totl=7", "totl", "is not known here; did you mean 'total'?"),
    ("topics=orders&state=open", "state", "is not known here; known here: client, id, since, topics, total, wait"),
    ("topics=tickets&secret=x", "secret", "is not known here; did you mean"),
    ("topics=tickets&priority=high", "priority", "must be an integer"),
    ("topics=tickets&state=lost", "state", "must be one of open, closed, on hold"),
    ("topics=tickets&urgent=maybe", "urgent", "must be true or false"),
    ("topics=tickets&due_on=tomorrow", "due_on", "must be a date like 2026-01-15"),
    ("topics=tickets&box=3", "box", "is an object: filter by one of its fields, like box.kilos"),
    ("topics=tickets&priority[near]=3", "priority[near]", "has no operator 'near'; the operators are"),
    ("topics=tickets&limit=5", "limit", "has no meaning for events"),
    ("topics=tickets&sort=id", "sort", "has no meaning for events"),
    ("topics=tickets&q=x", "q", "has no meaning for events"),
    ("topics=tickets&subject=a%00b", "subject", "holds a NUL character"),
]


@pytest.mark.parametrize(("query", "name", "said"), MISTAKES)
@pytest.mark.parametrize("window", ["", "/sse"])
def test_a_mistake_is_said_by_the_parameters_name(
    client: Client, window: str, query: str, name: str, said: str
) -> None:
    answer = client.get(f"/events{window}?{query}")
    assert answer.status == 400
    (error,) = answer.json["errors"]
    assert error["parameter"] == name
    assert error["detail"].startswith(said)


def test_all_mistakes_are_said_at_once(client: Client) -> None:
    answer = client.get("/events?topics=ticket&since=x&wait=x&stat=1")
    assert {one["parameter"] for one in answer.json["errors"]} == {"topics", "since", "wait", "stat"}


def test_a_query_of_very_many_parameters_is_not_read(client: Client) -> None:
    answer = client.get("/events?" + "&".join(f"state={n}" for n in range(1001)))
    assert (answer.status, answer.json["detail"]) == (400, "A query of more than 1000 parameters is not read.")


def test_whether_a_name_is_a_resources_mistyped_does_not_depend_on_what_has_happened() -> None:
    service = assemble(DEFINITION)
    client = direct(service)
    refused = client.get("/events?topics=order")
    assert refused.status == 400
    service.sandbox.feed.publish("order", "", 1, service.sandbox.clock.now())
    assert client.get("/events?topics=order").body == refused.body
    assert told(client, "") == ["order"]


def test_where_parameters_may_be_anything_strangers_are_passed_over() -> None:
    client = direct(assemble(DEFINITION.replace("mock: 1", "mock: 1\napi: {strict: false}")))
    client.post("/tickets", ROWS[0])
    assert told(client, "topics=tickets&stat=lost&limit=1") == ["tickets 1"]
    assert told(client, "topics=tickets&state=closed") == []


@pytest.mark.parametrize(
    ("convention", "query", "keys"),
    [
        ("json-server", "priority_gte=2", [2]), ("json-server", "state=open", [1]), ("json-server", "t=1700", [1, 2]),
        ("json-server", "_sort=id&_page=1&q=x", [1, 2]), ("json-server", "subject_like=^s", [1]),
        ("simple-rest", 'filter={"state":["open"]}', [1]), ("simple-rest", 'filter={"priority":5}', [2]),
        ("abp", "State=open", [1]), ("abp", "priority=5", [2]), ("linkis", "state=open,closed", [1, 2]),
    ],
)  # fmt: skip
def test_each_convention_reads_filters_as_in_its_lists(convention: str, query: str, keys: list[int]) -> None:
    api = "mock: 1\napi: {version: v1, application: shop}"
    client = speaking(assemble(DEFINITION.replace("mock: 1", api), convention))
    client.post("/tickets", {"subject": "s1", "state": "open", "priority": 1})
    client.post("/tickets", {"subject": "2", "state": "closed", "priority": 5})
    assert told(client, f"topics=tickets&{query}") == [f"tickets {key}" for key in keys]


# The same over a socket


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ({"state": "open"}, [1]), ({"state": ["open", "closed"]}, [1, 2]), ({"priority": 5}, [2]),
        ({"price": 2.5}, [3]),
        ({"urgent": True}, [2]), ({"due_on": None}, [2, 3]), ({"subject": "a, b"}, [1]), ({"box.kilos": 3}, [2]),
        ({"state": "open", "priority": 5}, []), ({"wait": 4}, [3]), ({"id": "2"}, [2]), ({}, [1, 2, 3]),
    ],
)  # fmt: skip
def test_a_socket_narrows_by_values(service: AssembledInstance, where: dict[str, Any], keys: list[int]) -> None:
    listening = connected(service, "/events/ws?topics=none-of-these")
    answer = listening.say("/sys/subscribe", {"topics": ["tickets"], "where": where, "since": "start"})
    assert answer["status"] == 0, answer
    assert answer["data"]["replayed"] == len(keys)
    assert [event["key"] for event in listening.heard.events] == keys
    listening.session.end()


WRONG = [
    ({"topics": 7}, "topics", "must be a list of names"),
    ({"topics": ["tickets", 7]}, "topics", "must be a list of names"),
    ({"topics": ["ticket"]}, "topics", "has no topic 'ticket'; did you mean 'tickets'?"),
    ({"topics": ["tickets"], "where": ["state"]}, "where", "must be an object of fields and their values"),
    ({"topics": ["tickets"], "where": {"stat": 1}}, "where.stat", "is not known here; did you mean 'state'?"),
    ({"topics": ["tickets"], "where": {"priority": "x"}}, "where.priority", "must be an integer"),
    ({"topics": ["tickets"], "where": {"state": {"is": 1}}}, "where.state", "must be a value, or a list of texts"),
    ({"topics": ["tickets"], "where": {"state": []}}, "where.state", "must be a value, or a list of texts"),
    ({"topics": ["tickets"], "where": {"state": ["open", None]}}, "where.state", "must be a value, or a list of texts"),
    ({"since": 7}, "since", "must be a text"),
    ({"since": "x"}, "since", "must be the id of an event, 'now' or 'start'"),
    ({"topic": ["tickets"]}, "topic", "is not known here; did you mean 'topics'?"),
]


@pytest.mark.parametrize(("data", "name", "said"), WRONG)
def test_a_wrong_subscription_is_refused_and_changes_nothing(
    service: AssembledInstance, data: Any, name: str, said: str
) -> None:
    listening = connected(service, "/events/ws?topics=orders")
    answer = listening.say("/sys/subscribe", data)
    assert answer["status"] == 1
    assert answer["message"].startswith(f"The parameter '{name}' {said}")
    assert listening.session.rooms == ["orders"]
    assert listening.heard.closed is None
    listening.session.end()


def test_an_unreadable_query_is_a_refusal_before_the_handshake(service: AssembledInstance) -> None:
    client = direct(service)
    assert client.get("/events/sse?topics=ticket").status == 400
    assert orjson.loads(client.get("/events/sse?topics=ticket").body)["errors"][0]["parameter"] == "topics"
