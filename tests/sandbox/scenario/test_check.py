"""What can be wrong with the section `scenarios`: each thing at its line and column, with what to write instead."""

from math import inf
from typing import TypeAlias

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import Conflict, DefinitionError
from mockserver.server.assemble import Prepared, prepare
from tests.hint import own_hint

Said: TypeAlias = tuple[str, str, str]
DEFINITION = """mock: 1
auth: {users: {ada: {token: a}, bob: {token: b}}, public: [GET *]}
actions: {greet: {route: POST /greet, reply: {body: "${leo}"}}}
faults: {outage: {match: ANY *, status: 503, enabled: false}}
resources:
  zoos: {count: 3, fields: {id: {seq: 1}, name: company}}
  animals:
    count: {per: zoos, each: 2}
    fields: {zoo_id: {ref: zoos, required: true}, age: {int: [1, 9]}, code: {int: [0, 40], unique: true}}
    rows: [{_name: leo, id: 1, age: 3}]
    traits: {old: {age: 9}, homed: {code: {int: [0, 1]}}}
  visits: {count: 2, fields: {animal_id: {ref: animals}}, rows: [{id: 1, animal_id: 1}]}
  prices: {count: 2, fields: {zoo_id: {ref: zoos, required: true}}, traits: {far: {zoo_id: 3}}}
  settings: {singleton: true, fields: {colour: color_name}}
scenarios:
"""
LINE = 1 + DEFINITION.count("\n")


def problems(text: str, tried_rows: float = inf) -> list[Said]:
    """Line and column, problem and hint of everything that is wrong."""
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(DEFINITION + text, "d.yaml"), tried_rows=tried_rows)
    return [(str(one.position).removeprefix("d.yaml:"), one.problem, own_hint(one)) for one in raised.value.problems]


def prepared(text: str, tried_rows: float = inf) -> Prepared:
    """A definition with nothing wrong in it."""
    return prepare(parse_source(DEFINITION + text, "d.yaml"), tried_rows=tried_rows)


STEP = "  s: {script: [{at: 1s, say: a}, {"
FLAWS: list[tuple[str, int, str, str]] = [
    # Names.
    ("  s: {extends: tt}\n  t: {}", 16, "there is no scenario 'tt'", "did you mean 't'?"),
    ("  s: {data: {animal: {count: 0}}}", 14, "there is no resource 'animal'", "did you mean 'animals'?"),
    ("  s: {faults: [outagee]}", 16, "there is no fault 'outagee', and no preset", "did you mean 'outage'?"),
    ("  s: {user: adda}", 13, "there is no user 'adda'", "did you mean 'ada'?"),
    (STEP + "at: 2s, faults: [outag]}]}", 52, "there is no fault 'outag', and no preset", "did you mean 'outage'?"),
    (STEP + "at: 2s, user: eve}]}", 49, "there is no user 'eve'", "known here: ada, bob"),
    ("  s: {data: {animals: {mix: {olt: 1}}}}", 30, "there is no trait 'olt' in 'animals'", "did you mean 'old'?"),
    ("  s: {extend: t}\n  t: {}", 7, "there is no key 'extend' here", "did you mean 'extends'?"),
    ("  s: {data: {animals: {counts: 0}}}", 24, "there is no key 'counts' here", "did you mean 'count'?"),
    (STEP + "at: 2s, sai: x}]}", 43, "there is no key 'sai' here", "did you mean 'say'?"),
    ("  s s: {faults: [outage]}", 3, "'s s' can't be a name here", "use letters, digits, _ and -"),
    # Shapes.
    ("  s: {data: {animals: {count: -1}}}", 31, "should be greater than or equal to 0, not -1", ""),
    ("  s: {data: {animals: {count: lots}}}", 31, "should be a number, or {per: resource, each: …}, not 'lots'", ""),
    ("  s: {data: {animals: {mix: {old: 2}}}}", 35, "should be less than or equal to 1, not 2", ""),
    ("  s: {data: {animals: {rows: 3}}}", 30, "should be a list, not 3", ""),
    ("  s: {faults: outage}", 15, "should be a list, not 'outage'", ""),
    ("  s: {script: [{say: x}]}", 16, "the key 'at' is missing", ""),
    (
        "  s: {script: [{at: soon, say: x}]}", 21,
        "should be a duration like 250ms, 2s, 15m, 1h, -30d or 18y, not 'soon'", "",
    ),
    (
        "  s: {script: [{at: -1s, say: x}]}", 21,
        "lies before the switch", "count from the moment of the switch, e.g. 10s",
    ),
    ("  s: {script: [{at: 1y, say: x}]}", 21, "is counted in units up to w", "e.g. 10s, 5m"),
    (
        STEP + "at: 2s, publish: {topic: a b}}]}", 60,
        "'a b' can't be a topic", "1 to 64 letters, digits, '.', '_' and '-'",
    ),
    (
        STEP + "at: 2s, publish: {topic: a, data: {1: 2}}}]}", 69, "should be values that JSON can hold",
        "keys are text, numbers at most 64 bits",
    ),
    (STEP + "at: 2s, publish: {data: 1}}]}", 52, "the key 'topic' is missing", ""),
    # Scripts.
    (STEP + "at: 2s}]}", 34, "a step that does nothing", "it has any of faults, say, user, publish"),
    (STEP + "at: 500ms, say: b}]}", 39, "comes before the step above it", "put steps in the order of time"),
    ("  s: {loop: true}", 13, "there is no script that could begin anew", "script: [{at: 10s, say: …}]"),
    (
        "  s: {script: [{at: 0s, say: x}], loop: true}", 41, "begins anew with its last step, which comes within 50ms",
        "let the last step come later, or say how long a round takes: loop: 30s",
    ),
    (
        "  s: {script: [{at: 9s, say: x}], loop: 5s}", 41, "a round ends before the last step", "at least 9s, or true",
    ),
    ("  s: {script: [{at: 0s, say: x}], loop: 0s}", 41, "goes round in less than 50ms", "e.g. 30s"),
    (
        "  s: {script: [{at: 0s, say: x}], loop: -5s}", 41,
        "lies before the switch", "count from the moment of the switch, e.g. 10s",
    ),
    (
        "  s: {script: [{at: 1s, say: x}], loop: 3}", 41,
        "should be true, or how long one round takes, like 30s, not 3", "",
    ),
    # Rings.
    ("  s: {extends: s}", 16, "scenarios extend one another: s → s", "one of them must not"),
    # Rows.
    (
        "  s: {data: {animals: {rows: [{id: 1, age: x}]}}}", 44, "the value must be an integer", "",
    ),
    ("  s: {data: {animals: {rows: [{agee: 1}]}}}", 32, "'agee' is not a field of 'animals'", "did you mean 'age'?"),
    (
        "  s: {data: {animals: {rows: [{id: 1}, {id: 1}]}}}", 45, "the id 1 stands in two rows",
        "give each row its own, or leave it out",
    ),
    (
        "  s: {data: {animals: {rows: [{zoo_id: 4}]}}}", 40, "there is no row 4 in 'zoos'",
        "give it one: rows: [{id: 4}]",
    ),
    (
        "  s: {data: {animals: {rows: [{_name: leo, id: 2}]}}}", 39,
        "'leo' is the row 1 of 'animals', and here row 2 of 'animals'", "give it that id, or no name",
    ),
    # Counts.
    ("  s: {data: {settings: {count: 0}}}", 32, "a singleton is one document", "leave 'count' out"),
    (
        "  s: {data: {settings: {rows: [{}, {}]}}}", 36, "a singleton is one document: its first row",
        "remove this row",
    ),
    ("  s: {data: {zoos: {count: {per: zoo}}}}", 34, "there is no resource 'zoo'", "did you mean 'zoos'?"),
    (
        "  s: {data: {zoos: {count: {per: visits}}}}", 34, "no field of 'zoos' refers to 'visits'",
        "e.g. {ref: visits}",
    ),
    (
        "  s: {data: {animals: {count: {per: zoos, each: [3, 1]}}}}", 49, "the range ends before it begins",
        "write the smaller number first",
    ),
    (
        "  s: {data: {animals: {count: 42}}}", 14,
        "'animals.code' can't be then: can't be unique: 1000 tries for row 42 of 42 gave only values in use",
        "use a seq or uuid, more values, or fewer rows",
    ),
    (
        "  s: {data: {animals: {mix: {homed: 1}}}}", 14,
        "'animals.code' can't be then: can't be unique: 1000 tries for row 3 of 6 gave only values in use",
        "use a seq or uuid, more values, or fewer rows",
    ),
    (
        "  s: {data: {zoos: {count: 0}, visits: {count: 0}, animals: {rows: []}}}", 13,
        "'prices.zoo_id' can't be then: 'zoos' has no rows to refer to",
        "change 'prices' too, e.g. prices: {count: 0}",
    ),
    (
        "  s: {data: {animals: {count: 0}}}", 13,
        "'visits.rows.0.animal_id' can't be then: there is no row 1 in 'animals'",
        "change 'visits' too, e.g. visits: {count: 0}",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "problem", "hint"), FLAWS)
def test_a_flaw_is_told_where_it_is_with_what_to_write(text: str, column: int, problem: str, hint: str) -> None:
    assert problems(text) == [(f"{LINE}:{column}", problem, hint)]


def test_all_of_them_are_told_at_once() -> None:
    text = "  s: {user: eve, faults: [a], data: {b: {}}, script: [{at: 1s}], loop: 5ms}\n  t: {extends: u}\n"
    assert [place for place, _, _ in problems(text)] == [f"{LINE}:{column}" for column in (13, 27, 38, 72)] + [
        f"{LINE + 1}:16"
    ]


def test_a_ring_is_told_once() -> None:
    text = "  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n  d: {extends: a}\n"
    assert problems(text) == [(f"{LINE}:16", "scenarios extend one another: a → b → c → a", "one of them must not")]


def test_a_line_of_scenarios_is_no_longer_than_can_be_followed() -> None:
    text = "  s0: {}\n" + "".join(f"  s{number}: {{extends: s{number - 1}}}\n" for number in range(1, 22))
    assert problems(text) == [
        (f"{LINE + 21}:18", "extends more than 20 others, each the next", "say more in fewer of them")
    ]
    assert len(prepared(text[: text.index("  s21")]).scenarios) == 21


def test_what_is_inherited_is_told_of_where_it_is_said() -> None:
    text = "  a: {data: {animals: {count: 42}}}\n  b: {extends: a, faults: [outage]}\n"
    found = problems(f"{text}  c: {{extends: a, data: {{zoos: {{count: 30}}}}}}\n")
    assert [place for place, _, _ in found] == [f"{LINE}:14", f"{LINE + 2}:19"]


def test_a_user_needs_users() -> None:
    text = "mock: 1\nresources: {a: {}}\nscenarios: {s: {user: ada}}\n"
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(text, "d.yaml"))
    (found,) = raised.value.problems
    assert (str(found.position), found.hint) == ("d.yaml:3:23", "declare it: auth: {users: …}")


def test_what_takes_long_is_tried_by_whoever_wants_it() -> None:
    text = "  s: {data: {animals: {count: 42}}}\n  t: {data: {animals: {count: 2}}}\n"
    made = prepared(text, tried_rows=10)
    assert len(made.scenarios["t"].variant.rows()["animals"]) == 2
    with pytest.raises(Conflict, match=r"The scenario 's' can't be: animals.fields.code: can't be unique"):
        made.scenarios["s"].variant.rows()


@pytest.mark.parametrize("name", ["s", "same"])
def test_the_one_to_begin_in_is_tried_however_long_it_takes(name: str) -> None:
    text = DEFINITION + "  s: {data: {animals: {count: 42}}}\n  same: {extends: s, faults: [outage]}\n"
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(text, "d.yaml"), tried_rows=0, begins_in=name)
    (found,) = raised.value.problems
    assert str(found.position) == f"d.yaml:{LINE}:14"
    assert "can't be unique" in found.problem
    assert prepare(parse_source(text, "d.yaml"), tried_rows=0, begins_in="other").scenarios.keys() == {"s", "same"}


def test_a_trait_that_no_row_has_does_no_harm() -> None:
    text = "  s: {data: {zoos: {count: 2}}}\n"
    assert len(prepared(text).scenarios["s"].variant.rows()["zoos"]) == 2
    (found,) = problems(text.replace("}}}", "}, prices: {mix: {far: 1}}}}"))
    assert found[:2] == (
        f"{LINE}:32",
        "'prices.traits.far.zoo_id' can't be then: there is no row 3 in 'zoos'",
    )
