"""Every request and rule of the ASP.NET Boilerplate notes (004_b8cc93c16dfc206d), against `seeds/tickets.yaml`.

Test ids begin with the section of the document.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.client import Client
from tests.seeds.section import named
from tests.server.wire import Answer

TICKETS = "/api/v1/tickets"
MESSAGE = {"author": "Ada", "body": "Where is it?"}
TICKET = {"subject": "Broken", "state": "pending", "priority": 4}


def result(answer: Answer, status: int = 200) -> Any:
    """What a success holds, its envelope checked."""
    body = answer.json
    assert (answer.status, answer.headers["content-type"]) == (status, "application/json")
    assert list(body) == ["result", "targetUrl", "success", "error", "unAuthorizedRequest", "__abp"]
    assert body["success"] is True
    assert body["error"] is None
    assert body["__abp"] is True
    return body["result"]


def error(answer: Answer, status: int) -> dict[str, Any]:
    """What a failure says, its envelope checked."""
    body = answer.json
    assert (answer.status, answer.headers["content-type"]) == (status, "application/json")
    assert set(body) == {"result", "targetUrl", "success", "error", "unAuthorizedRequest", "__abp"}
    assert body["success"] is False
    assert body["result"] is None
    assert body["__abp"] is True
    assert list(body["error"]) == ["code", "message", "details", "validationErrors"]
    assert type(body["error"]["code"]) is int
    assert body["error"]["message"]
    found: dict[str, Any] = body["error"]
    return found


def items(answer: Answer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result(answer)["items"]
    return found


def every_ticket(client: Client) -> list[dict[str, Any]]:
    return items(client.get(f"{TICKETS}?maxResultCount=100"))


def own_message(client: Client) -> int:
    """Message #5 of ticket #12 is the fifth of those it has."""
    number = items(client.get(f"{TICKETS}/12/messages"))[4]["id"]
    assert isinstance(number, int)
    return number


GOOD: list[tuple[str, Callable[[Client], Answer], int]] = [
    ("GET /tickets", lambda c: c.get(TICKETS), 200),
    ("GET /tickets/12", lambda c: c.get(f"{TICKETS}/12"), 200),
    ("POST /tickets", lambda c: c.post(TICKETS, TICKET), 201),
    ("PUT /tickets/12", lambda c: c.put(f"{TICKETS}/12", TICKET), 200),
    ("PATCH /tickets/12", lambda c: c.patch(f"{TICKETS}/12", {"state": "closed"}), 200),
    ("DELETE /tickets/12", lambda c: c.delete(f"{TICKETS}/12"), 204),
    ("GET /tickets/12/messages", lambda c: c.get(f"{TICKETS}/12/messages"), 200),
    ("GET /tickets/12/messages/5", lambda c: c.get(f"{TICKETS}/12/messages/{own_message(c)}"), 200),
    ("POST /tickets/12/messages", lambda c: c.post(f"{TICKETS}/12/messages", MESSAGE), 201),
    ("PUT /tickets/12/messages/5", lambda c: c.put(f"{TICKETS}/12/messages/{own_message(c)}", MESSAGE), 200),
    ("PATCH …/messages/5", lambda c: c.patch(f"{TICKETS}/12/messages/{own_message(c)}", {"body": "!"}), 200),
    ("DELETE /tickets/12/messages/5", lambda c: c.delete(f"{TICKETS}/12/messages/{own_message(c)}"), 204),
]


@pytest.mark.parametrize(
    ("ask", "status"), [(ask, status) for _, ask, status in GOOD], ids=[f"2-good {name}" for name, *_ in GOOD]
)
def test_good_addresses_answer(tickets: Client, ask: Callable[[Client], Answer], status: int) -> None:
    answer = ask(tickets)
    if status == 204:
        assert (answer.status, answer.body) == (204, b"")
    else:
        assert result(answer, status) is not None


@pytest.mark.parametrize("section", ["2-good GET /tickets"])
def test_the_list_is_one_of_tickets(tickets: Client, section: str) -> None:
    found = result(tickets.get(TICKETS))
    assert found["totalCount"] == 42
    assert len(found["items"]) == 10
    assert {"id", "subject", "state", "priority", "customer_id", "customer_name", "created_at", "updated_at"} <= set(
        found["items"][0]
    )
    assert {one["state"] for one in every_ticket(tickets)} >= {"open", "closed"}
    assert all(one["created_at"] and one["updated_at"] for one in every_ticket(tickets))


@pytest.mark.parametrize("section", ["2-good POST /tickets"])
def test_a_ticket_is_created(tickets: Client, section: str) -> None:
    answer = tickets.post(TICKETS, {**TICKET, "customer_id": 3})
    made = result(answer, 201)
    assert {name: made[name] for name in TICKET} == TICKET
    assert made["id"] == 43
    assert made["customer_name"] == result(tickets.get("/api/v1/customers/3"))["name"]
    assert result(tickets.follow(answer.headers["location"])) == made


@pytest.mark.parametrize("section", ["2-good PUT /tickets/12"])
def test_a_ticket_is_replaced(tickets: Client, section: str) -> None:
    before = result(tickets.get(f"{TICKETS}/12"))
    made = result(tickets.put(f"{TICKETS}/12", {"subject": "Another"}))
    assert (made["subject"], made["state"], made["priority"], made["customer_id"]) == ("Another", "open", 2, None)
    assert made["created_at"] == before["created_at"]
    assert made["updated_at"] > before["updated_at"]


@pytest.mark.parametrize("section", ["2-good PATCH /tickets/12"])
def test_a_ticket_is_updated_in_part(tickets: Client, section: str) -> None:
    before = result(tickets.get(f"{TICKETS}/12"))
    made = result(tickets.patch(f"{TICKETS}/12", {"state": "closed"}))
    assert made == {**before, "state": "closed", "updated_at": made["updated_at"]}


@pytest.mark.parametrize("section", ["2-good DELETE /tickets/12"])
def test_a_ticket_is_deleted_with_its_messages(tickets: Client, section: str) -> None:
    assert tickets.delete(f"{TICKETS}/12").status == 204
    error(tickets.get(f"{TICKETS}/12"), 404)
    error(tickets.get(f"{TICKETS}/12/messages"), 404)
    assert items(tickets.get("/api/v1/messages?ticket_id=12")) == []


@pytest.mark.parametrize("section", ["2-good GET /tickets/12/messages"])
def test_messages_are_those_of_the_ticket(tickets: Client, section: str) -> None:
    for number in (1, 12, 42):
        found = items(tickets.get(f"{TICKETS}/{number}/messages?maxResultCount=100"))
        assert found, "at least one on every ticket"
        assert {one["ticket_id"] for one in found} == {number}
    error(tickets.get(f"{TICKETS}/99/messages"), 404)


@pytest.mark.parametrize("section", ["2-good POST /tickets/12/messages"])
def test_a_new_message_belongs_to_the_ticket(tickets: Client, section: str) -> None:
    answer = tickets.post(f"{TICKETS}/12/messages", MESSAGE)
    made = result(answer, 201)
    assert made["ticket_id"] == 12
    assert answer.headers["location"].endswith(f"{TICKETS}/12/messages/{made['id']}")
    assert result(tickets.follow(answer.headers["location"])) == made
    error(tickets.get(f"{TICKETS}/11/messages/{made['id']}"), 404)


@pytest.mark.parametrize("section", ["2-good PUT /tickets/12/messages/5"])
def test_a_message_is_replaced_below_its_ticket(tickets: Client, section: str) -> None:
    number = own_message(tickets)
    made = result(tickets.put(f"{TICKETS}/12/messages/{number}", MESSAGE))
    assert (made["ticket_id"], made["author"], made["body"]) == (12, "Ada", "Where is it?")
    error(tickets.put(f"{TICKETS}/11/messages/{number}", MESSAGE), 404)


@pytest.mark.parametrize("section", ["2-good GET /tickets?sort=-priority"])
def test_sorting_descends_by_priority(tickets: Client, section: str) -> None:
    found = items(tickets.get(f"{TICKETS}?sort=-priority&maxResultCount=100"))
    assert found == sorted(every_ticket(tickets), key=lambda one: (-one["priority"], one["id"]))


def by_priority_then_age(one: dict[str, Any]) -> tuple[int, str, int]:
    return -one["priority"], one["created_at"], one["id"]


def lately(one: dict[str, Any]) -> tuple[float, int]:
    return -datetime.fromisoformat(one["updated_at"]).timestamp(), one["id"]


@pytest.mark.parametrize("section", ["2-good GET /tickets?sort=-priority,created_at"])
def test_within_a_priority_older_tickets_are_first(tickets: Client, section: str) -> None:
    found = items(tickets.get(f"{TICKETS}?sort=-priority,created_at&maxResultCount=100"))
    assert found == sorted(every_ticket(tickets), key=by_priority_then_age)


@pytest.mark.parametrize(
    ("query", "keeps"),
    [("", lambda _: True), ("state=closed&", lambda one: one["state"] == "closed")],
    ids=["2-good GET /tickets?sort=-updated_at", "2-good GET /tickets?state=closed&sort=-updated_at"],
)
def test_recently_updated_tickets_are_first(
    tickets: Client, query: str, keeps: Callable[[dict[str, Any]], bool]
) -> None:
    found = items(tickets.get(f"{TICKETS}?{query}sort=-updated_at&maxResultCount=100"))
    assert found == sorted(filter(keeps, every_ticket(tickets)), key=lately) != []


@pytest.mark.parametrize("section", ["2-good GET /tickets?sort=-updated_at"])
def test_an_update_moves_a_ticket_to_the_front(tickets: Client, section: str) -> None:
    result(tickets.patch(f"{TICKETS}/30", {"priority": 1}))
    assert items(tickets.get(f"{TICKETS}?sort=-updated_at"))[0]["id"] == 30


@pytest.mark.parametrize("section", ["2-good GET /tickets?q=return&state=open&sort=-priority,created_at"])
def test_the_highest_open_tickets_that_mention_a_word(tickets: Client, section: str) -> None:
    found = items(tickets.get(f"{TICKETS}?q=return&state=open&sort=-priority,created_at"))
    assert {7, 12} <= {one["id"] for one in found}
    mention = [
        one for one in every_ticket(tickets)
        if one["state"] == "open" and "return" in f"{one['subject']}\n{one['customer_name']}".lower()
    ]  # fmt: skip
    assert found == sorted(mention, key=by_priority_then_age)


@pytest.mark.parametrize("section", ["2-good GET /tickets?fields=id,subject,customer_name,updated_at&…"])
def test_fields_leave_the_others_out(tickets: Client, section: str) -> None:
    found = items(tickets.get(f"{TICKETS}?fields=id,subject,customer_name,updated_at&state=open&sort=-updated_at"))
    assert [list(one) for one in found] == [["id", "subject", "customer_name", "updated_at"]] * 10
    whole = sorted((one for one in every_ticket(tickets) if one["state"] == "open"), key=lately)
    assert found == [{name: one[name] for name in found[0]} for one in whole[:10]]


@pytest.mark.parametrize(
    ("method", "path"),
    named(
        "2-bad",
        [
            ("GET", "/api/v1/services?op=update_customer&id=12345&format=json"),
            ("GET", "/api/v1/update_customer/12345"),
            ("GET", "/api/v1/customers/12345/update"),
            ("PUT", "/api/v1/customers/12345/update"),
            ("GET", "/api/v1/customers/1/update"),
            ("PUT", "/api/v1/customers/1/update"),
        ],
    ),
)
def test_bad_addresses_lead_nowhere(tickets: Client, method: str, path: str) -> None:
    before = tickets.get("/api/v1/customers").body
    error(tickets.ask(method, path, body={"name": "Ada"}), 404)
    assert tickets.get("/api/v1/customers").body == before


@pytest.mark.parametrize(
    "path", ["/tickets", "/v1/tickets", "/api/tickets", "/api/v2/tickets"], ids="2-format {}".format
)
def test_addresses_are_api_version_resource(tickets: Client, path: str) -> None:
    error(tickets.get(path), 404)


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda c: c.post(TICKETS, b'{"subject": ')),
        (400, lambda c: c.post(TICKETS, {"priority": 1})),
        (400, lambda c: c.get(f"{TICKETS}?skipCount=-1")),
        (404, lambda c: c.get(f"{TICKETS}/4711")),
        (404, lambda c: c.put(f"{TICKETS}/4711", TICKET)),
        (404, lambda c: c.patch(f"{TICKETS}/4711", {})),
        (404, lambda c: c.delete(f"{TICKETS}/4711")),
    ],
    ids=[f"3-status {text}" for text in ("400 syntax", "400 rules", "400 query", "404 get", "404 put", "404 patch",
                                         "404 delete")],
)  # fmt: skip
def test_failures_have_the_status_of_the_table(tickets: Client, status: int, ask: Callable[[Client], Answer]) -> None:
    found = error(ask(tickets), status)
    assert found["code"] == 0


@pytest.mark.parametrize("section", ["4-response success"])
def test_a_success_has_its_result_and_no_error(tickets: Client, section: str) -> None:
    body = tickets.get(f"{TICKETS}/12").json
    assert (body["success"], body["error"], body["result"]["id"]) == (True, None, 12)


@pytest.mark.parametrize("section", ["4-response success: nulls are written"])
def test_nulls_are_written(tickets: Client, section: str) -> None:
    made = result(tickets.put(f"{TICKETS}/12", {"subject": "Another"}))
    assert {name for name, value in made.items() if value is None} == {"customer_id", "customer_name", "tags"}


@pytest.mark.parametrize("section", ["4-response fail"])
def test_a_failure_has_code_message_details_and_validation_errors(tickets: Client, section: str) -> None:
    found = error(tickets.post(TICKETS, {}), 400)
    assert found == {
        "code": 0,
        "message": "Your request is not valid!",
        "details": "The following errors were detected during validation.\r\n - Subject is required\r\n",
        "validationErrors": [{"message": "Subject is required", "members": ["subject"]}],
    }
    missing = error(tickets.get(f"{TICKETS}/4711"), 404)
    assert (missing["details"], missing["validationErrors"]) == (None, None)


@pytest.mark.parametrize(
    ("count", "skip"),
    named(
        "5-paging", [("maxResultCount", "skipCount"), ("MaxResultCount", "SkipCount"), ("maxresultcount", "SKIPCOUNT")]
    ),
)
def test_paging_counts_and_skips(tickets: Client, count: str, skip: str) -> None:
    whole = every_ticket(tickets)
    found = result(tickets.get(f"{TICKETS}?{count}=4&{skip}=8"))
    assert list(found) == ["totalCount", "items"]
    assert found == {"totalCount": 42, "items": whole[8:12]}
    assert result(tickets.get(f"{TICKETS}?{skip}=42")) == {"totalCount": 42, "items": []}
    assert result(tickets.get(f"{TICKETS}?{skip}=40&{count}=100"))["items"] == whole[40:]


@pytest.mark.parametrize("query", ["maxResultCount=0", "maxResultCount=101", "skipCount=-1"], ids="5-paging {}".format)
def test_paging_out_of_range_is_a_validation_error(tickets: Client, query: str) -> None:
    found = error(tickets.get(f"{TICKETS}?{query}"), 400)
    assert [one["members"] for one in found["validationErrors"]] == [[query.partition("=")[0]]]


@pytest.mark.parametrize("section", ["5-paging total count of a filtered list"])
def test_the_total_counts_what_the_filter_keeps(tickets: Client, section: str) -> None:
    closed = [one for one in every_ticket(tickets) if one["state"] == "closed"]
    found = result(tickets.get(f"{TICKETS}?state=closed&maxResultCount=1"))
    assert found == {"totalCount": len(closed), "items": closed[:1]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sorting=priority%20desc,%20created_at", "sort=-priority,created_at"),
        ("Sorting=Priority+DESC,+Created_At+asc", "sort=-priority,created_at"),
        ("keyword=return", "q=return"),
        ("Keyword=RETURN", "q=return"),
        ("State=open", "state=open"),
    ],
)
def test_the_familys_other_spellings_mean_the_same(tickets: Client, one: str, other: str) -> None:
    assert tickets.get(f"{TICKETS}?{one}").body == tickets.get(f"{TICKETS}?{other}").body


@pytest.mark.parametrize("accept", ["text/plain", "application/xml", "*/*;q=0", "image/png"])
def test_any_accept_is_met_with_json(tickets: Client, accept: str) -> None:
    assert result(tickets.get(f"{TICKETS}/12", f"Accept: {accept}"))["id"] == 12
