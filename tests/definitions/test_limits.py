"""What a definition may not ask for: too much, or what would do nothing, show a secret or clash."""

import time

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError, DefinitionProblem
from mockserver.server.assemble import prepare


def problems(text: str) -> tuple[DefinitionProblem, ...]:
    with pytest.raises(DefinitionError) as caught:
        prepare(parse_source(text, "x.yaml"))
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("resources: {z: {count: 1000}, a: {count: {per: z, each: 200000}, fields: {z_id: {ref: z}}}}",
         "resources.a.count", "makes more than 200,000 rows"),
        ("resources: {a: {fields: {x: {list: {list: {list: word, items: 1000}, items: 1000}, items: 1000}}}}",
         "resources.a.fields.x.items", "lists inside of lists make up to 1,000,000,000 values"),
        ("resources: {a: {fields: {x: {computed: id, unique: true}}}}",
         "resources.a.fields.x.unique", "'unique' has no effect on a computed field"),
        ("resources: {a: {fields: {pw: {faker: word, write_only: true}, x: {computed: pw}}}}",
         "resources.a.fields.x.computed", "'pw' is write_only"),
        ("resources: {a: {search: [pw], fields: {pw: {faker: word, write_only: true}}}}",
         "resources.a.search.0", "'pw' is write_only"),
        ("resources: {a: {fields: {x: {computed: \"'x' if id > 3 else id\", type: integer}}}}",
         "resources.a.fields.x.computed", "which must be an integer"),
        ("{api: {paging: {page: p, limit: P}}, resources: {}}",
         "api.paging.limit", "'limit' has the same parameter as 'page'"),
        ("{api: {prefix: /~x}, resources: {}}", "api.prefix", "should be a path"),
        ("resources: {a: {states: {field: x, moves: {}}}}", "resources.a.states.field", "is not a field of 'a'"),
        ("resources: {a: {fields: {x: string}}}", "resources.a.fields.x", "no provider 'string'"),
    ],
)  # fmt: skip
def test_it_is_told_what_and_where(text: str, path: str, said: str) -> None:
    started = time.thread_time()
    found = problems(text)
    assert (path, True) in [(one.path, said in one.problem) for one in found], found
    assert time.thread_time() - started < 2


def test_every_field_that_can_not_be_generated_is_told() -> None:
    fields = "x: {faker: word, min_length: 60}, y: {faker: word, max_length: 0}, z: {enum: [a], unique: true}"
    text = f"resources: {{a: {{count: 3, fields: {{{fields}, c: {{computed: id / 0}}}}}}}}"
    assert [found.path.split(".")[3] for found in problems(text)] == ["x", "y", "z", "c"]


def test_the_hint_for_the_name_of_a_type_is_its_generator() -> None:
    (found,) = problems("resources: {a: {fields: {x: uuid}}}")
    assert found.hint == "for a field of that type write {uuid: true}"
    (found,) = problems("resources: {a: {fields: {x: file}}}")
    assert found.hint == "for a field of that type write {file: {max: 5MiB}}"
