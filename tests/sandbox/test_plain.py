"""What has changed since a sandbox began, and what documents of every kind look like to whoever tests."""

import json
import random
from threading import Barrier, Thread
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import BadRequest, Conflict, Invalid, NotFound
from mockserver.sandbox.plain.desk import PAGE_BYTES, PlainDesk
from mockserver.server.assemble import AssembledInstance, prepare
from tests.client import assemble
from tests.contracts.test_plain import keys, pairs, unchecked

DEFINITION = """\
mock: 1
resources:
  zoos: {count: 2, fields: {id: {seq: 1}, name: {value: Zoo, required: true}}}
  animals:
    count: {per: zoos, each: 2}
    search: [name]
    states: {field: mood, moves: {calm: [wild], wild: []}, initial: [calm]}
    fields:
      id: {seq: 1}
      tag: {seq: "T-{n}", immutable: true, unique: true}
      name: {value: Leo, required: true}
      mood: {enum: {calm: 1, wild: 0}, default: calm}
      zoo_id: {ref: zoos, required: true, on_delete: cascade}
      friend_ids: {refs: animals, items: [0, 0], on_delete: clear}
      secret: {value: hush, type: string, write_only: true}
      nick: {value: Le, missing: 0.5}
      size: {object: {cm: {int: [1, 9]}}}
      label: {computed: "name ~ ' ' ~ tag"}
      seen_at: {datetime: [-2d, -1d], read_only: true, on_update: "${now}"}
      photo: {image: [8, 8]}
      paper: {file: {types: [text/plain]}}
      limit: {value: 1, type: integer}
scenarios:
  crowded: {data: {animals: {count: 9}}}
"""


def told(desk: PlainDesk, name: str) -> tuple[int, int, int]:
    """Created, updated, deleted."""
    found = next(one for one in desk.describe() if isinstance(one, dict) and one["name"] == name)
    changed: Any = found["changed"]
    return changed["created"], changed["updated"], changed["deleted"]


def marks(desk: PlainDesk, name: str, query: str = "") -> dict[str, str]:
    """The rows that are not as seeded."""
    page: Any = desk.list(name, pairs(query), only_changed=True)
    return {row["key"]: row["changed"] for row in page["rows"]}


@pytest.fixture
def service() -> AssembledInstance:
    return assemble(DEFINITION)


def test_nothing_has_changed_in_the_beginning(service: AssembledInstance) -> None:
    desk = service.plain
    assert told(desk, "animals") == (0, 0, 0)
    assert desk.list("animals", [], only_changed=True) == {"total": 0, "rows": [], "url": None}


def test_what_changed_is_counted_marked_and_found(service: AssembledInstance) -> None:
    desk = service.plain
    made = desk.create("animals", {"name": "Mia", "zoo_id": 1}).row
    desk.update("animals", "2", {"name": "Ada"}, unchecked)
    desk.delete("zoos", "2", unchecked)
    assert told(desk, "animals") == (1, 1, 2), "those of the zoo left with it"
    assert told(desk, "zoos") == (0, 0, 1)
    assert marks(desk, "animals") == {"2": "updated", made.key: "created"}
    assert marks(desk, "animals", "name=Ada") == {"2": "updated"}
    page: Any = desk.list("animals", pairs("sort=-id"), only_changed=True)
    assert keys(page) == [made.key, "2"]
    assert page["url"] == f"/animals?id={made.key}&id=2&sort=-id&limit=2"
    row, more = desk.get("animals", "2")
    assert row.differs == ["name", "label", "seen_at"]
    assert isinstance(more["seeded"], dict)
    assert more["seeded"]["name"] == "Leo"


def test_what_is_again_as_it_was_has_not_changed(service: AssembledInstance) -> None:
    desk = service.plain
    desk.update("zoos", "1", {"name": "Other"}, unchecked)
    desk.update("zoos", "1", {"name": "Zoo"}, unchecked)
    made = desk.create("zoos", {"name": "New"}).row
    desk.delete("zoos", made.key, unchecked)
    assert told(desk, "zoos") == (0, 0, 0)
    desk.delete("zoos", "2", unchecked)
    desk.create("zoos", {"id": 2, "name": "Zoo"})
    assert told(desk, "zoos") == (0, 0, 0)


def test_it_is_compared_with_what_the_scenario_began_with(service: AssembledInstance) -> None:
    desk = service.plain
    desk.update("zoos", "1", {"name": "Other"}, unchecked)
    service.save("before")
    service.switch("crowded")
    desk = service.plain
    assert (told(desk, "animals"), told(desk, "zoos")) == ((0, 0, 0), (0, 0, 0))
    desk.delete("animals", "9", unchecked)
    assert told(desk, "animals") == (0, 0, 1)
    service.restore("before")
    assert told(desk, "zoos") == (0, 1, 0)
    assert told(desk, "animals")[2] == 5, "the snapshot is of a state with fewer"
    service.reset(["data"])
    assert (told(desk, "animals"), told(desk, "zoos")) == ((0, 0, 0), (0, 0, 0))
    service.switch(None)
    assert told(service.plain, "animals") == (0, 0, 0)


def test_it_outlives_a_reload(service: AssembledInstance) -> None:
    service.plain.update("zoos", "1", {"name": "Other"}, unchecked)
    service.plain.delete("animals", "1", unchecked)
    other = parse_source(DEFINITION.replace("value: Leo", "value: Max"), "test.yaml")
    service.replace(service.stage(prepare(other, {})))
    assert told(service.plain, "zoos") == (0, 1, 0), "kept as it was"
    assert told(service.plain, "animals") == (0, 0, 0), "generated anew"
    same = parse_source(DEFINITION.replace("value: Leo", "value: Max") + "\nname: Other\n", "test.yaml")
    service.replace(service.stage(prepare(same, {})))
    assert (told(service.plain, "zoos"), told(service.plain, "animals")) == ((0, 1, 0), (0, 0, 0))


def test_counts_agree_with_a_comparison_of_everything(service: AssembledInstance) -> None:
    desk, draw = service.plain, random.Random(7)
    seeded = {str(row["id"]): row for row in service.sandbox.seeded.rows["animals"]}
    for step in range(60):
        held = keys(desk.list("animals", []))
        match draw.choice(["create", "update", "delete", "back"]):
            case "create":
                desk.create("animals", {"name": f"N{step}", "zoo_id": 1})
            case "update" if held:
                desk.update("animals", draw.choice(held), {"name": draw.choice(["Leo", "Kim"])}, unchecked)
            case "delete" if held:
                desk.delete("animals", draw.choice(held), unchecked)
            case "back" if step % 7 == 0:
                service.reset(["data"])
            case _:
                pass
        now = {str(row["id"]): row for row in service.sandbox.store["animals"]}
        updated = {key for key in now.keys() & seeded.keys() if now[key] != seeded[key]}
        expected = (len(now.keys() - seeded.keys()), len(updated), len(seeded.keys() - now.keys()))
        assert told(desk, "animals") == expected
        assert set(marks(desk, "animals", "limit=1000")) == updated | (now.keys() - seeded.keys())


def test_a_resource_is_described_with_its_fields(service: AssembledInstance) -> None:
    found: Any = service.plain.describe()[1]
    fields = {field["name"]: field for field in found["fields"]}
    assert (found["name"], found["path"], found["key"], found["count"]) == ("animals", "/animals", "id", 4)
    assert found["referring"] == [{"resource": "animals", "field": "friend_ids"}]
    assert found["states"] == {"field": "mood", "moves": {"calm": ["wild"], "wild": []}, "initial": ["calm"]}
    assert (fields["zoo_id"]["ref"], fields["zoo_id"]["many"]) == ("zoos", False)
    assert (fields["friend_ids"]["ref"], fields["friend_ids"]["many"]) == ("animals", True)
    assert fields["label"]["computed"]
    assert fields["label"]["read_only"]
    assert fields["seen_at"]["read_only"]
    assert fields["tag"]["immutable"]
    assert fields["secret"]["write_only"]
    assert fields["nick"]["may_miss"]
    assert fields["mood"]["enum"] == ["calm", "wild"]
    assert (fields["photo"]["content"], fields["paper"]["content"]) == ("picture", "file")
    assert fields["size"]["properties"][0]["name"] == "cm"


def test_what_is_only_written_is_never_shown(service: AssembledInstance) -> None:
    desk = service.plain
    row = desk.update("animals", "1", {"secret": "other"}, unchecked).row
    assert "secret" not in row.document
    assert row.differs[0] == "secret"
    seeded = desk.get("animals", "1")[1]["seeded"]
    assert "hush" not in json.dumps(seeded)
    for query in ("secret=other", "sort=secret"):
        with pytest.raises(BadRequest):
            desk.list("animals", pairs(query))
    assert desk.list("animals", pairs("q=other"))["total"] == 0


def test_neither_links_nor_refusals_tell_what_is_only_written() -> None:
    desk = assemble(
        "mock: 1\nresources:\n"
        "  zoos: {count: 2, fields: {id: {seq: 1}}}\n"
        "  keys:\n"
        "    count: 1\n"
        "    states: {field: stage, moves: {held: [lost], lost: []}}\n"
        "    fields:\n"
        "      id: {seq: 1}\n"
        "      zoo_id: {ref: zoos, write_only: true, on_delete: clear}\n"
        "      zoo_ids: {refs: zoos, items: [2, 2], write_only: true, on_delete: clear}\n"
        "      pin: {value: hush, type: string, write_only: true, immutable: true}\n"
        "      stage: {enum: {held: 1, lost: 0}, write_only: true}\n"
    ).plain
    nothing: dict[str, list[object]] = {"refers": [], "referred": []}
    assert [desk.get(name, "1")[1]["related"] for name in ("keys", "zoos")] == [nothing, nothing]
    with pytest.raises(Invalid, match="pin can't be changed") as refused:
        desk.update("keys", "1", {"pin": "1234"}, unchecked)
    assert "hush" not in repr(refused.value.errors)
    desk.update("keys", "1", {"stage": "lost"}, unchecked)
    with pytest.raises(Conflict, match="can't become that") as stayed:
        desk.update("keys", "1", {"stage": "held"}, unchecked)
    assert "lost" not in str(stayed.value)


def test_links_go_both_ways(service: AssembledInstance) -> None:
    desk = service.plain
    desk.update("animals", "1", {"friend_ids": [2, 3]}, unchecked)
    _, more = desk.get("animals", "1")
    related: Any = more["related"]
    links = [(one["field"], one["resource"], one["key"], one["url"]) for one in related["refers"]]
    assert links[0] == ("zoo_id", "zoos", "1", "/zoos/1")
    assert [one[2] for one in links[1:]] == ["2", "3"]
    _, more = desk.get("zoos", "1")
    related = more["related"]["referred"][0]  # type: ignore[call-overload, index]
    assert (related["resource"], related["field"], related["total"]) == ("animals", "zoo_id", 2)
    assert [one["key"] for one in related["rows"]] == ["1", "2"]
    assert related["url"] == "/animals?zoo_id=1&limit=20"


@pytest.mark.parametrize(
    ("query", "gist"),
    [
        ("limit=1001", "at most 1000"),
        ("limit=-1", "at least 0"),
        ("limit=x", "integer"),
        ("page=2", "not known here"),
        ("nmae=x", "did you mean 'name'"),
        ("name[is]=x", "no operator 'is'"),
        ("zoo_id=x", "must be an integer"),
        ("sort=nmae", "did you mean 'name'"),
        ("size=1", "is an object"),
        ("fields=name", "not known here"),
    ],
)
def test_a_query_that_means_nothing_is_refused(service: AssembledInstance, query: str, gist: str) -> None:
    with pytest.raises(BadRequest, match=gist.replace("[", r"\[")):
        service.plain.list("animals", pairs(query))


def test_a_field_that_is_called_as_a_parameter_is_filtered_all_the_same(service: AssembledInstance) -> None:
    page: Any = service.plain.list("animals", pairs("filter[limit]=2&limit=5"))
    assert page["total"] == 0
    assert page["url"] == "/animals?filter%5Blimit%5D=2&limit=5"


def test_states_and_values_that_never_change_hold(service: AssembledInstance) -> None:
    desk = service.plain
    desk.update("animals", "1", {"mood": "wild"}, unchecked)
    with pytest.raises(Conflict, match="no way out"):
        desk.update("animals", "1", {"mood": "calm"}, unchecked)
    with pytest.raises(Invalid, match="tag"):
        desk.update("animals", "1", {"tag": "mine"}, unchecked)
    with pytest.raises(Invalid, match="paper"):
        desk.update("animals", "1", {"paper": {"name": "x", "sha256": "0" * 64}}, unchecked)
    row = desk.update("animals", "1", {"label": "mine", "photo": "mine", "seen_at": "mine"}, unchecked).row
    assert row.document["label"] == "Leo T-1", "what can't be set is passed over, as in a document that was read"


def test_a_page_of_huge_documents_ends_early(service: AssembledInstance) -> None:
    desk = service.plain
    for _ in range(3):
        desk.create("zoos", {"name": "x" * (PAGE_BYTES // 2)})
    page: Any = desk.list("zoos", pairs("sort=-id"))
    assert (len(page["rows"]), page["total"]) == (1, 5)
    assert page["url"] == "/zoos?sort=-id&limit=1"


def test_documents_that_may_hold_anything_are_taken_as_they_are() -> None:
    desk = assemble(
        "mock: 1\napi: {convention: json-server}\nresources: {posts: {rows: [{id: a/b, title: x}], "
        "fields: {id: {faker: word}, title: word}}}"
    ).plain
    described: Any = desk.describe()[0]
    assert described["open"]
    row = desk.update("posts", "a/b", {"page": 3, "limit": [1], "title": None}, unchecked).row
    assert (row.url, row.differs) == ("/posts/a%2Fb", ["title", "page", "limit"])
    page: Any = desk.list("posts", pairs("limit=1&filter[page]=3"))
    assert (keys(page), page["url"]) == (["a/b"], "/posts?filter%5Bpage%5D=3&_limit=1")
    with pytest.raises(NotFound):
        desk.get("posts", "a")


def test_parallel_writers_lose_nothing(service: AssembledInstance) -> None:
    desk, start = service.plain, Barrier(8)

    def write(number: int) -> None:
        start.wait()
        for turn in range(10):
            desk.create("zoos", {"name": f"{number} {turn}"})
            desk.update("zoos", "1", {"name": f"{number} {turn}"}, unchecked)

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(desk, "zoos") == (80, 1, 0)
    assert len(set(keys(desk.list("zoos", pairs("limit=1000"))))) == 82
