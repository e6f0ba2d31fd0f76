"""What a deletion takes along, and that the feed has it: each change by itself, in the order in which it was made."""

import pytest

from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct
from tests.told import told

DEFINITION = """
mock: 1
name: Deletion
clock: 2026-01-15T09:00:00Z
freeze: true
resources:
  zoos:
    delete: {zoos}
    fields: {{id: {{seq: 1}}, name: {{value: Zoo}}}}
    rows: [{{id: 1}}, {{id: 2}}]
  keepers:
    fields:
      id: {{seq: 1}}
      zoo_id: {{ref: zoos, on_delete: clear}}
      zoo_name: {{computed: zoo.name, type: string}}
    rows: [{{id: 1, zoo_id: 1}}, {{id: 2, zoo_id: 2}}, {{id: 3, zoo_id: 1}}]
  animals:
    delete: {animals}
    fields:
      id: {{seq: 1}}
      zoo_id: {{ref: zoos, required: true, on_delete: cascade}}
      mother_id: {{ref: animals, on_delete: clear}}
    rows:
      - {{id: 1, zoo_id: 1, mother_id: null}}
      - {{id: 2, zoo_id: 1, mother_id: 1}}
      - {{id: 3, zoo_id: 2, mother_id: 1}}
  feedings:
    fields: {{id: {{seq: 1}}, animal_id: {{ref: animals, required: true, on_delete: cascade}}}}
    rows: [{{id: 1, animal_id: 1}}, {{id: 2, animal_id: 2}}, {{id: 3, animal_id: 3}}]
  permits:
    fields: {{id: {{seq: 1}}, animal_id: {{ref: animals, on_delete: restrict}}}}
    rows: [{{id: 1, animal_id: 3}}]
"""


def assembled(zoos: str = "hard", animals: str = "hard") -> AssembledInstance:
    return assemble(DEFINITION.format(zoos=zoos, animals=animals))


@pytest.fixture
def service() -> AssembledInstance:
    return assembled()


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service)


def feed(service: AssembledInstance) -> list[str]:
    """The changes so far, each in one line, and that their places follow one another."""
    events = told(service.sandbox.feed)
    assert [int(event.cursor.split(".")[1]) for event in events] == list(range(1, len(events) + 1))
    changes = [event.change for event in events]
    return [f"{change.action} {change.resource} {change.key}" for change in changes]


WHOLE_ZOO = [
    "updated keepers 1",
    "updated keepers 3",
    "updated animals 3",
    "deleted feedings 1",
    "deleted animals 1",
    "deleted feedings 2",
    "deleted animals 2",
    "deleted zoos 1",
]


def test_cascades_and_clears_are_changes_of_their_own(service: AssembledInstance, client: Client) -> None:
    assert client.delete("/zoos/1").status == 204
    found = feed(service)
    assert sorted(found) == sorted(WHOLE_ZOO)
    assert found[-1] == "deleted zoos 1"
    assert {line.split()[0] for line in found[:3]} == {"updated"}, "who stays is cleared first"
    for child, parent in (("feedings 1", "animals 1"), ("feedings 2", "animals 2")):
        assert found.index(f"deleted {child}") < found.index(f"deleted {parent}")


def test_a_change_has_the_document_before_and_after(service: AssembledInstance, client: Client) -> None:
    client.delete("/zoos/1")
    changes = {f"{one.change.resource} {one.change.key}": one.change for one in told(service.sandbox.feed)}
    cleared = changes["keepers 1"]
    assert cleared.before == {"id": 1, "zoo_id": 1, "zoo_name": "Zoo"}
    assert cleared.document == {"id": 1, "zoo_id": None, "zoo_name": None}
    assert changes["animals 3"].document == {"id": 3, "zoo_id": 2, "mother_id": None}
    assert (changes["zoos 1"].before, changes["zoos 1"].document) == ({"id": 1, "name": "Zoo"}, None)


def test_deletions_in_bulk_are_in_order_of_the_documents(service: AssembledInstance, client: Client) -> None:
    assert client.delete("/animals?id=2&id=1").json == {"count": 2}
    assert feed(service) == [
        "updated animals 2",
        "updated animals 3",
        "deleted feedings 1",
        "deleted animals 1",
        "deleted feedings 2",
        "deleted animals 2",
    ]


@pytest.mark.parametrize("path", ["/zoos/2", "/zoos?id=1&id=2", "/animals/3", "/zoos/2/animals?id=3"])
def test_a_refused_deletion_leaves_nothing_behind(service: AssembledInstance, client: Client, path: str) -> None:
    before = [list(service.sandbox.store[name]) for name in service.sandbox.store.schema.resources]
    answer = client.delete(path)
    assert (answer.status, "permit 1 refers to it" in answer.json["detail"]) == (409, True)
    assert feed(service) == []
    assert [list(service.sandbox.store[name]) for name in service.sandbox.store.schema.resources] == before


def test_what_left_softly_comes_back_one_by_one() -> None:
    service = assembled(zoos="soft", animals="soft")
    client = direct(service)
    assert client.delete("/zoos/1").status == 204
    refused = client.ask("POST", "/animals/1/restore")
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (409, "#/zoo_id"), "its zoo is not there"
    told = len(feed(service))
    for path in ("/zoos/1", "/animals/1", "/zoos/1/animals/2"):
        restored = client.ask("POST", f"{path}/restore")
        assert (restored.status, restored.json) == (201, client.get(path).json)
    assert feed(service)[told:] == ["created zoos 1", "created animals 1", "created animals 2"]
    assert client.get("/keepers/1").json["zoo_id"] is None, "what was cleared stays so"
    assert client.ask("POST", "/zoos/2/animals/1/restore").status == 404


def test_a_value_that_was_taken_meanwhile_keeps_a_document_out() -> None:
    service = assemble(
        "mock: 1\nresources: {tags: {delete: soft, rows: [{id: 1, name: red}], fields: {id: {seq: 1},"
        " name: {value: null, type: string, unique: true}}}}\n"
    )
    client = direct(service)
    assert client.delete("/tags/1").status == 204
    assert client.post("/tags", {"name": "red"}).json["id"] == 2, "an id is not given out again"
    assert client.ask("POST", "/tags/1/restore").status == 409
    assert client.delete("/tags/2").status == 204
    assert client.ask("POST", "/tags/1/restore").status == 201


def test_what_is_gone_takes_its_children_along() -> None:
    client = direct(assembled(zoos="gone", animals="gone"))
    assert client.delete("/zoos/1").status == 204
    assert [client.get(path).status for path in ("/zoos/1", "/zoos/1/animals", "/animals/1", "/feedings/1")] == [
        410, 410, 410, 404,
    ]  # fmt: skip
    assert client.ask("POST", "/zoos/1/restore").status == 404
    assert client.post("/zoos", {"id": 1, "name": "Another"}).status == 409, "its id is not given out again"
    assert client.post("/animals", {"zoo_id": 1}).status == 422


READ_ONLY = """
mock: 1
resources:
  zoos: {fields: {id: {seq: 1}}, count: 1}
  signs:
    methods: [list, get]
    delete: soft
    fields: {id: {seq: 1}, zoo_id: {ref: zoos}, text: {value: hello}}
    count: 2
"""


@pytest.mark.parametrize("below", ["", "/zoos/1"])
def test_what_is_for_reading_alone_refuses_every_write(below: str) -> None:
    service = assemble(READ_ONLY)
    client = direct(service)
    writes = {
        "/signs": ("GET, HEAD, OPTIONS", ("POST", "PATCH", "PUT", "DELETE")),
        "/signs?text=hello": ("GET, HEAD, OPTIONS", ("POST", "PATCH", "PUT", "DELETE")),
        "/signs/1": ("GET, HEAD, OPTIONS", ("POST", "PATCH", "PUT", "DELETE")),
        "/signs/1/restore": ("OPTIONS", ("GET", "POST", "PATCH", "PUT", "DELETE")),
    }
    for path, (allowed, methods) in writes.items():
        for method in methods:
            answer = client.ask(method, below + path, body=b"{}")
            assert (answer.status, answer.headers["allow"]) == (405, allowed), f"{method} {path}"
    assert client.get(f"{below}/signs").status == 200
    assert feed(service) == []
