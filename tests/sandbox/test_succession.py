"""One definition taking another's place: what is made anew, what is kept, and that the two agree."""

from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.messages import Document
from mockserver.sandbox.succession import Difference, is_alike
from mockserver.server.assemble import AssembledInstance, AssembledService, prepare
from tests.client import direct

TEXT = """
mock: 1
resources:
  zoos:
    count: 3
    fields: {id: {seq: 1}, name: {seq: "Z{n}"}}
  animals:
    count: 6
    fields:
      id: {seq: 1}
      name: {enum: [leo, mia]}
      zoo_id: {ref: zoos, on_delete: cascade}
      friend_id: {ref: animals, nullable: 0.5, on_delete: clear}
      label: {computed: "name ~ ' of ' ~ zoo.name"}
  feedings:
    count: 12
    fields:
      id: {seq: 1}
      animal_id: {ref: animals, on_delete: restrict}
      zoo_ids: {refs: zoos, items: [1, 3], on_delete: clear}
      note: {computed: "animal.label | upper"}
  keepers: {count: 2, fields: {id: {seq: 1}, name: {enum: [ada, bob]}}}
"""

_GREET = "actions: {greet: {route: POST /greet, reply: {body: hello}}}"
_ADMIT = "auth: {public: ANY *, users: {ada: {password: pw}}}"


class Served:
    """A service whose definition is replaced as a reload does it."""

    def __init__(self, text: str = TEXT) -> None:
        self.text = text
        self.service = AssembledInstance(prepare(parse_source(text, "zoo.yaml")))

    @property
    def api(self) -> Any:
        return direct(self.service)

    def replace(self, *changes: tuple[str, str]) -> Difference:
        for old, new in changes:
            assert old in self.text
            self.text = self.text.replace(old, new)
        return self.service.replace(self.service.stage(prepare(parse_source(self.text, "zoo.yaml"))))

    def rows(self, name: str) -> list[Document]:
        return list(self.service.sandbox.store[name])

    def check(self) -> None:
        """Every reference leads to a row, and every computed field is what it should be."""
        store = self.service.sandbox.store
        for name, resource in store.schema.resources.items():
            for row in store[name]:
                assert store.derivation.computed(resource, row) == row
                for relation in resource.parents.values():
                    held = row[relation.field]
                    for key in held if isinstance(held, list) else [held]:
                        assert key is None or store.find(relation.parent, key) is not None, (name, row)


def fresh(text: str, name: str) -> list[Document]:
    return list(AssembledInstance(prepare(parse_source(text, "zoo.yaml"))).sandbox.store[name])


NAMES = ("name: {enum: [leo, mia]}", "name: {enum: [ada, bob]}")


def test_the_same_definition_changes_nothing() -> None:
    served = Served()
    served.api.patch("/animals/1", {"name": "mia"})
    at, rows = served.service.sandbox.feed.at, served.rows("animals")
    found = served.replace(("mock: 1", "# a comment\nname: Another\nmock: 1"))
    assert found == Difference((), ("zoos", "animals", "feedings", "keepers"), ())
    assert (served.service.sandbox.feed.at, served.rows("animals")) == (at, rows)
    assert served.service.status()["name"] == "Another"


def test_what_changed_and_what_depends_on_it_is_made_anew_and_the_rest_is_kept() -> None:
    served = Served()
    made = served.api.post("/keepers", {"name": "bob"}).json
    served.api.delete("/keepers/1")
    at = served.service.sandbox.feed.at
    found = served.replace(("name: {enum: [leo, mia]}", "name: {enum: [leo, mia, kim, zoe]}"))
    assert found.changed == ("animals", "feedings"), "what is computed from animals differs too"
    assert found.kept == ("zoos", "keepers")
    assert served.rows("animals") == fresh(served.text, "animals")
    assert served.rows("keepers")[-1] == made
    assert served.api.get("/keepers/1").status == 404
    assert served.service.sandbox.feed.at.split(".")[0] != at.split(".")[0]
    assert served.api.post("/keepers", {"name": "bob"}).json["id"] == made["id"] + 1
    served.check()


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("count: 2, fields", "count: 3, fields"), ("keepers",)),
        (("[ada, bob]", "[ada, eve]"), ("keepers",)),
        (("keepers: {", "keepers: {search: [name], "), ("keepers",)),
        (("keepers: {", "keepers: {delete: soft, "), ("keepers",)),
        (("keepers: {", "keepers: {cache_control: no-store, "), ("keepers",)),
        (("{id: {seq: 1}, name: {enum: [ada, bob]}}", "{name: {enum: [ada, bob]}, id: {seq: 1}}"), ("keepers",)),
        (("mock: 1", "mock: 1\nclock: 2030-01-01T00:00:00Z"), ()),
        (("mock: 1", "mock: 1\napi: {convention: abp, version: v2}"), ()),
        (("mock: 1", "mock: 1\nseed: 2"), ("animals", "feedings", "keepers")),
        (("  keepers:", "  visitors: {}\n  keepers:"), ("visitors",)),
    ],
)
def test_a_change_reaches_what_it_changes(change: tuple[str, str], changed: tuple[str, ...]) -> None:
    served = Served()
    assert served.replace(change).changed == changed
    served.check()


def test_a_resource_that_is_gone_is_gone() -> None:
    served = Served()
    found = served.replace(("  keepers: {count: 2, fields: {id: {seq: 1}, name: {enum: [ada, bob]}}}\n", ""))
    assert (found.changed, found.removed) == ((), ("keepers",))
    assert served.api.get("/keepers").status == 404
    assert served.api.get("/zoos").status == 200


def test_a_kept_row_fares_as_if_what_it_refers_to_was_deleted() -> None:
    served = Served()
    zoo = served.api.post("/zoos", {"name": "mine"}).json["id"]
    animal = served.api.post("/animals", {"name": "leo", "zoo_id": zoo}).json["id"]
    friend = served.api.post("/animals", {"name": "mia", "zoo_id": 1, "friend_id": animal}).json["id"]
    feeding = served.api.post("/feedings", {"animal_id": animal, "zoo_ids": [1]}).json["id"]
    other = served.api.post("/feedings", {"animal_id": friend, "zoo_ids": [1, zoo]}).json["id"]
    found = served.replace(("  zoos:", "  zoos:\n    describe: other"))
    assert found.changed == ("zoos",)
    assert served.api.get(f"/zoos/{zoo}").status == 404
    assert served.api.get(f"/animals/{animal}").status == 404, "cascade"
    assert served.api.get(f"/animals/{friend}").json["friend_id"] is None, "clear"
    assert served.api.get(f"/feedings/{feeding}").status == 404, "restrict"
    assert served.api.get(f"/feedings/{other}").json["zoo_ids"] == [1]
    assert len(served.rows("animals")) == 7
    served.check()


def test_new_rows_that_refer_to_a_deleted_one_go_too() -> None:
    served = Served()
    for feeding in served.rows("feedings"):
        served.api.delete(f"/feedings/{feeding['id']}")
    zoo = next(row["zoo_id"] for row in fresh(TEXT.replace("leo, mia", "leo, kim"), "animals"))
    assert served.api.delete(f"/zoos/{zoo}").status == 204
    found = served.replace(("[leo, mia]", "[leo, kim]"), ("count: 12", "count: 14"))
    assert found.changed == ("animals", "feedings")
    assert served.api.get(f"/zoos/{zoo}").status == 404, "zoos are kept as they are"
    assert zoo not in {row["zoo_id"] for row in served.rows("animals")}
    served.check()


def test_what_is_computed_follows_from_both_sides() -> None:
    served = Served()
    served.api.patch("/zoos/1", {"name": "Paris"})
    served.replace(("[leo, mia]", "[leo, mia, kim]"))
    assert any("of Paris" in str(row["label"]) for row in served.rows("animals"))
    served.check()
    served.replace(("Z{n}", "Y{n}"))
    assert all(" of Y" in str(row["label"]) for row in served.rows("animals"))
    served.check()


def test_rows_that_refer_to_one_another_in_a_ring_leave_together() -> None:
    served = Served(
        "resources:\n  teams: {count: 1, fields: {id: {seq: 1}}}\n  people:\n    count: 0\n    fields:\n"
        "      id: {seq: 1}\n      team_id: {ref: teams, on_delete: cascade}\n"
        "      boss_id: {ref: people, nullable: 0.5, on_delete: cascade}\n"
    )
    team = served.api.post("/teams", {}).json["id"]
    ids = [served.api.post("/people", {"team_id": team}).json["id"] for _ in range(3)]
    for one, other in zip(ids, [*ids[1:], ids[0]], strict=True):
        assert served.api.patch(f"/people/{one}", {"boss_id": other}).status == 201
    served.replace(("teams: {", "teams: {describe: x, "))
    assert served.rows("people") == []


def test_where_old_and_new_can_not_agree_all_is_as_seeded() -> None:
    served = Served(
        "resources:\n  teams: {count: 1, fields: {id: {seq: 1}}}\n  people:\n    count: 0\n    fields:\n"
        "      id: {seq: 1}\n      team_id: {ref: teams, on_delete: restrict}\n"
        "      boss_id: {ref: people, nullable: 0.5, on_delete: restrict}\n"
    )
    team = served.api.post("/teams", {}).json["id"]
    ids = [served.api.post("/people", {"team_id": team}).json["id"] for _ in range(2)]
    for one, other in zip(ids, reversed(ids), strict=True):
        served.api.patch(f"/people/{one}", {"boss_id": other})
    served.replace(("teams: {", "teams: {describe: x, "))
    assert served.rows("people") == []
    assert [row["id"] for row in served.rows("teams")] == [1]


def test_reset_goes_to_the_new_definition() -> None:
    served = Served()
    served.replace(("[ada, bob]", "[eve]"))
    served.api.delete("/keepers/1")
    served.service.reset(["data"])
    assert [row["name"] for row in served.rows("keepers")] == ["eve", "eve"]


def test_the_clock_goes_on_unless_it_is_declared_otherwise() -> None:
    served = Served("freeze: true\nclock: 2026-01-01T00:00:00Z\nresources: {}\n")
    clock = served.service.sandbox.clock
    clock.advance(60)
    served.replace(("resources: {}", "resources: {pets: {}}"))
    assert served.service.status()["now"] == "2026-01-01T00:01:00Z"
    served.replace(("2026-01-01", "2027-01-01"))
    assert served.service.status()["now"] == "2027-01-01T00:00:00Z"
    assert served.service.sandbox.clock is clock


def test_the_journal_goes_on() -> None:
    served = Served()
    journal = served.service.journal
    served.replace(("[ada, bob]", "[eve]"))
    assert served.service.journal is served.service.sandbox.journal is journal


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1.0}, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({}, None, False),
        ({"a": None}, {}, False),
        ("1", 1, False),
        ({1: 2}, {"1": 2}, True),
    ],
)
def test_values_are_alike_when_they_say_the_same(one: object, other: object, *, alike: bool) -> None:
    assert is_alike(one, other) is alike
    assert is_alike(other, one) is alike


def test_another_definition_repeats_no_answer_of_the_one_before() -> None:
    served, key = Served(), "Idempotency-Key: 1"
    first = served.api.post("/keepers", {"name": "ada"}, key)
    assert served.api.post("/keepers", {"name": "ada"}, key).json == first.json
    assert served.replace(("mock: 1", "mock: 1\napi: {convention: linkis}")).is_empty
    assert served.api.post("/api/rest_j/v1/keepers", {"name": "ada"}, key).json["data"]["id"] == first.json["id"] + 1
    assert served.replace(("linkis", "rest")).is_empty
    assert served.api.post("/keepers", {"name": "ada"}, key).json["id"] == first.json["id"] + 2


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ("describe: Saved", 0),
        ("faults: {slow: {match: ANY *, latency: 1s, enabled: false}}", 0),
        (_GREET, 1),
        (_ADMIT, 1),
    ],
    ids=["words", "faults", "actions", "rules"],
)
def test_what_is_sent_again_is_not_done_twice_for_a_definition_that_answers_alike(more: str, step: int) -> None:
    served, key = Served(), "Idempotency-Key: 1"
    first = served.api.post("/keepers", {"name": "ada"}, key)
    assert served.replace(("mock: 1", f"mock: 1\n{more}")).is_empty
    assert served.api.post("/keepers", {"name": "ada"}, key).json["id"] == first.json["id"] + step


def test_rows_that_were_begun_with_in_the_files_stead_are_data_like_any_other() -> None:
    served = Served()
    sandbox = served.service.sandbox
    sandbox.reseed(sandbox.seeded.varied({**sandbox.seeded.rows, "feedings": []}))
    assert served.api.post("/zoos", {"name": "mine"}).status == 201
    assert served.replace(("count: 2, fields", "count: 3, fields")).changed == ("keepers",)
    assert served.rows("feedings") == []
    assert len(served.rows("zoos")) == 4
    sandbox.reset([])
    assert len(served.rows("feedings")) == 12
    served.check()


def test_every_sandbox_follows_and_those_that_wrote_nothing_share_the_new_rows() -> None:
    service = AssembledService(prepare(parse_source(TEXT, "zoo.yaml")))
    for name in ("w1", "w2"):
        service.enter(name)
    direct(service.enter("w1")).post("/zoos", {"name": "mine"})
    text = TEXT.replace("count: 2, fields", "count: 3, fields")
    prepared = prepare(parse_source(text, "zoo.yaml"))
    epochs = [one.sandbox.feed.at.split(".")[0] for one in service.instances()]
    staged = service.stage(prepared)
    assert staged.difference.changed == ("keepers",)
    assert len(list(service.take_over(staged))) == 3
    stores = {one.name: one.sandbox.store for one in service.instances()}
    assert [len(stores[name]["zoos"]) for name in ("default", "w1", "w2")] == [3, 4, 3]
    assert all(len(store["keepers"]) == 3 for store in stores.values())
    for name in ("zoos", "animals", "feedings", "keepers"):
        shared = [store[name].keys is prepared.seeded.pristine[name].keys for store in stores.values()]
        assert shared == [True, (name != "zoos"), True], name
    assert all(one.sandbox.feed.at.split(".")[0] not in epochs for one in service.instances())
    assert len(service.enter("w3").sandbox.store["keepers"]) == 3
