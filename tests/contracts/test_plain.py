"""Documents past the API, in every convention and every shipped definition: what is written there is what it serves."""

import json
import re
from typing import Any

import pytest

from mockserver.errors import Conflict, Gone, Invalid, NotFound, PreconditionFailed, Problem
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct, dump
from tests.contracts.conftest import DEFINITION
from tests.contracts.declared import CHECKING, EVERY, spoken
from tests.live import SEEDS
from tests.server.wire import Answer

Pairs = list[tuple[str, str]]


def unchecked(tag: str | None) -> None:
    del tag


def pairs(query: str) -> Pairs:
    return [(name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part)]


def ids(answer: Answer) -> list[str]:
    """The ids of the documents in an answer, in their order: an id is the first of their fields."""
    found = re.findall(rb'\{"id":(?:(-?\d+)|("(?:[^"\\]|\\.)*"))[,}]', answer.body)
    return [number.decode() if number else json.loads(text) for number, text in found]


def keys(page: dict[str, Any]) -> list[str]:
    return [row["key"] for row in page["rows"]]


def described(service: AssembledInstance) -> list[dict[str, Any]]:
    """What is said of every resource."""
    return [dict(one) for one in service.plain.describe() if isinstance(one, dict)]


def holds(value: Any, document: dict[str, Any]) -> bool:
    """Whether a document is anywhere in an answer."""
    if value == document:
        return True
    return (
        any(holds(one, document) for one in (value.values() if isinstance(value, dict) else value))
        if isinstance(value, dict | list)
        else False
    )


def reads_the_same(service: AssembledInstance, client: Client, name: str, row: dict[str, Any]) -> bool:
    """Whether the API has at a row's address what the row says."""
    resource = service.sandbox.store.schema[name]
    return holds(client.get(row["url"]).json, service.api.naming.write(resource, row["document"]))


@pytest.fixture(params=[f"{name} {case}" for name in EVERY for case in ("as_is", "camel")])
def spelled(request: pytest.FixtureRequest) -> AssembledInstance:
    """The golden definition in every convention, with its own names and with camel ones."""
    convention, case = request.param.split()
    return assemble(spoken(DEFINITION.read_text(encoding="utf-8"), convention).replace("case: as_is", f"case: {case}"))


QUERIES = (
    "limit=2",
    "limit=2&offset=1",
    "limit=4&sort=-total,id",
    "limit=3&sort=-updated_at",
    "limit=4&state=open",
    "limit=4&customer_id=2&state=open",
    "limit=4&total[gte]=2&total[lt]=9",
    "limit=4&updated_at[gt]=2026-01-02T00:00:00Z&sort=updated_at",
    "limit=4&state[in]=open,paid&gift=false",
    "limit=4&notes[isnull]=true",
    "limit=4&id[nin]=1,2",
    "limit=4&q=a",
    "limit=4&filter[state]=paid",
    "limit=4&notes[like]=b",
    "limit=4&customer_id=7",
)


def test_a_page_and_its_address_show_the_same(spelled: AssembledInstance) -> None:
    client = direct(spelled)
    for query in QUERIES:
        page = spelled.plain.list("orders", pairs(query))
        answer = client.get(str(page["url"]))
        assert (answer.status, ids(answer)) == (200, keys(page)), page["url"]


def test_every_row_of_every_resource_is_at_its_address(spelled: AssembledInstance) -> None:
    client = direct(spelled)
    for resource in described(spelled):
        page: Any = spelled.plain.list(resource["name"], [])
        assert (len(page["rows"]), page["total"]) == (resource["count"], resource["count"])
        assert all(reads_the_same(spelled, client, resource["name"], row) for row in page["rows"])


def test_what_is_written_reads_the_same_over_the_api(spelled: AssembledInstance) -> None:
    client, plain = direct(spelled), spelled.plain
    made = plain.create("orders", {"customer_id": 1, "total": 4, "notes": ["ä", "</script>"]}).row
    assert (made.key, made.changed, made.document["state"]) == ("6", "created", "open")
    changed = plain.update("orders", "1", {"gift": True, "notes": None}, unchecked).row
    assert (changed.changed, changed.differs) == ("updated", ["gift", "notes", "updated_at"])
    put = plain.replace("settings", "a/b ü", {"value": "on"}, unchecked)
    assert put.is_new
    for name, row in (("orders", made), ("orders", changed), ("settings", put.row)):
        assert reads_the_same(spelled, client, name, row.to_json()), row.url
    assert put.row.url.endswith("/settings/a%2Fb%20%C3%BC")


def test_pointers_are_the_definitions_own_names(spelled: AssembledInstance) -> None:
    before = dump(spelled)
    if spelled.api.convention.lenient:
        return  # there every document is taken
    with pytest.raises(Invalid) as refused:
        spelled.plain.create("orders", {"customer_id": 99, "updated_at": "never", "totl": 1, "gift": "yes"})
    assert {error.pointer for error in refused.value.errors} == {"/customer_id", "/totl", "/gift"}
    assert "did you mean 'total'" in str([error.detail for error in refused.value.errors])
    assert dump(spelled) == before


@pytest.mark.parametrize("seed", ["zoo", "tickets", "linkis"])
def test_every_page_of_a_shipped_definition_is_at_its_address(seed: str) -> None:
    service = assemble((SEEDS / f"{seed}.yaml").read_text(encoding="utf-8"))
    client = direct(service)
    for resource in described(service):
        for query in ("limit=3", "limit=5&offset=2&sort=-id"):
            page: Any = service.plain.list(resource["name"], pairs(query))
            answer = client.get(str(page["url"]))
            assert answer.status == 401 or ids(answer)[: len(page["rows"])] == keys(page), page["url"]
            for key in keys(page):
                more: Any = service.plain.get(resource["name"], key)[1]
                assert more["seeded"] is None
                assert all(link["found"] for link in more["related"]["refers"])


@pytest.fixture(params=CHECKING)
def checking(request: pytest.FixtureRequest) -> AssembledInstance:
    return assemble(spoken(DEFINITION.read_text(encoding="utf-8"), request.param))


@pytest.mark.parametrize(
    ("verb", "place", "body", "kind"),
    [
        ("update", "orders/1", {"customer_id": 99}, Invalid),
        ("update", "orders/1", {"total": -1}, Invalid),
        ("update", "orders/1", {"id": 2}, Invalid),
        ("update", "orders/77", {}, NotFound),
        ("update", "orders/x", {}, NotFound),
        ("update", "order/1", {}, NotFound),
        ("update", "customers/1", {"email": "grace@example.org"}, Conflict),
        ("delete", "customers/1", None, Conflict),
        ("delete", "profile/1", None, Conflict),
        ("delete", "profile/2", None, NotFound),
        ("create", "profile", {"name": "Eve"}, Conflict),
        ("create", "customers", {"id": 1, "name": "Eve"}, Conflict),
        ("create", "customers", {}, Invalid),
        ("create", "customers", {"name": "x" * 21}, Invalid),
        ("replace", "orders/77", {"customer_id": 1}, NotFound),
        ("replace", "settings/dark", {"id": "light"}, Invalid),
    ],
)
def test_the_rules_of_a_resource_hold(
    checking: AssembledInstance, verb: str, place: str, body: object, kind: type[Problem]
) -> None:
    before, plain = dump(checking), checking.plain
    given: list[Any] = [
        *place.split("/"),
        *([] if body is None else [body]),
        *([] if verb == "create" else [unchecked]),
    ]
    with pytest.raises(kind):
        getattr(plain, verb)(*given)
    assert dump(checking) == before


def test_what_only_the_api_forbids_does_not_hold(checking: AssembledInstance) -> None:
    line = checking.plain.create("logs", {"line": "by hand"}).row
    assert line.key == "1", "the resource takes no POST"
    checking.plain.delete("logs", "1", unchecked)


def test_what_is_deleted_leaves_as_its_resource_says(checking: AssembledInstance) -> None:
    plain = checking.plain
    for name, kind in (("coupons", Gone), ("notes", NotFound)):
        plain.delete(name, "1", unchecked)
        with pytest.raises(kind):
            plain.get(name, "1")
    told = {one["name"]: one["changed"]["deleted"] for one in described(checking)}
    assert (told["coupons"], told["notes"], told["orders"]) == (1, 1, 0)


def test_a_change_is_refused_that_somebody_else_made_meanwhile(checking: AssembledInstance) -> None:
    def refuse(tag: str | None) -> None:
        seen.append(tag)
        raise PreconditionFailed("no")

    seen: list[str | None] = []
    before, plain = dump(checking), checking.plain
    for write in (plain.update, plain.replace):
        with pytest.raises(PreconditionFailed):
            write("orders", "1", {"customer_id": 1}, refuse)
    with pytest.raises(PreconditionFailed):
        plain.delete("orders", "1", refuse)
    with pytest.raises(PreconditionFailed):
        plain.replace("settings", "dark", {}, refuse)
    tag = plain.get("orders", "1")[0].tag
    assert seen == [tag, tag, tag, None]
    assert dump(checking) == before
