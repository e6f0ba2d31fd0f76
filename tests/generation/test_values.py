"""What the generators give: shares, weights, bounds, orders, and refusals in words; exact, because it is seeded."""

from collections import Counter
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import prepare
from tests.generation.declared import Data, make
from tests.hint import own_hint

CLOCK = "2024-02-29T12:00:00Z"


def column(field: Data, count: int = 1000, **more: Any) -> list[Any]:
    sections = {"rows": {"count": count, "fields": {"cell": field}}, "five": {"count": 5}, "none": {"count": 0}}
    return [row.get("cell", "missing") for row in make({"clock": CLOCK, "resources": sections, **more}).rows["rows"]]


def refused(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(text, "d.yaml"))
    return [(str(one.position), one.problem, own_hint(one)) for one in raised.value.problems]


def test_weights_are_kept_to() -> None:
    assert Counter(column({"enum": {"lion": 4, "zebra": 1, "owl": 0}})) == {"lion": 804, "zebra": 196}


def test_a_list_of_choices_is_even() -> None:
    assert sorted(Counter(column({"enum": ["a", "b", "c", "d"]})).values()) == [227, 240, 249, 284]


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.1, 80, 120), (0.5, 460, 540), (1.0, 1000, 1000)])
def test_null_missing_and_true_come_in_their_share(share: float, least: int, most: int) -> None:
    assert least <= column({"uuid": True, "nullable": share}).count(None) <= most
    assert least <= column({"uuid": True, "missing": share}).count("missing") <= most
    assert least <= column({"bool": share}).count(True) <= most


def test_a_null_share_is_drawn_apart_from_the_value() -> None:
    plain, some = column({"int": [1, 1000]}), column({"int": [1, 1000], "nullable": 0.5})
    assert all(value is None or value == was for value, was in zip(some, plain, strict=True))
    held = [value for value in some if value is not None]
    assert 450 < sum(held) / len(held) < 550


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ({"int": [3, 5]}, {3, 4, 5}),
        ({"int": [7, 7]}, {7}),
        ({"float": [0.5, 0.7], "digits": 1}, {0.5, 0.6, 0.7}),
        ({"float": [0.15, 0.25], "digits": 1}, {0.2}),
        ({"float": [2, 3], "digits": 0}, {2.0, 3.0}),
        ({"enum": [1, "1", 2.5]}, {1, "1", 2.5}),
    ],
)
def test_a_range_gives_all_of_its_values_and_no_other(field: Data, values: set[Any]) -> None:
    assert set(column(field)) == values


def test_numbers_reach_the_ends_of_what_json_holds() -> None:
    values = column({"int": [-(2**53) + 1, 2**53 - 1]})
    assert min(values) < -(2**52)
    assert max(values) > 2**52
    assert all(abs(value) < 2**53 for value in values)


def test_skewed_picks_have_favourites_and_even_ones_have_none() -> None:
    def shares(pick: str) -> list[int]:
        sections = {"zoos": {"count": 50}, "rows": {"count": 5000, "fields": {"cell": {"ref": "zoos", "pick": pick}}}}
        counted = Counter(row["cell"] for row in make({"resources": sections}).rows["rows"])
        return sorted((counted[key] for key in range(1, 51)), reverse=True)

    even, skew = shares("even"), shares("skew")
    assert max(even) < 150
    assert min(even) > 60
    assert sum(skew[:5]) > 1800
    assert sum(skew[25:]) < 1200


def test_each_parent_gets_children_by_weight_range_or_number() -> None:
    def children(each: Any) -> Counter[int]:
        fields = {"zoo_id": {"ref": "zoos"}}
        sections = {"zoos": {"count": 400}, "rows": {"count": {"per": "zoos", "each": each}, "fields": fields}}
        rows: list[Data] = [*make({"resources": sections}).rows["rows"]]
        assert [row["id"] for row in rows] == list(range(1, len(rows) + 1))
        assert [row["zoo_id"] for row in rows] == sorted(row["zoo_id"] for row in rows)
        per = Counter(row["zoo_id"] for row in rows)
        return Counter(per[zoo] for zoo in range(1, 401))

    assert children(3) == {3: 400}
    assert set(children([0, 2])) == {0, 1, 2}
    weighted = children({2: 30, 5: 50, 12: 20, 9: 0})
    assert set(weighted) == {2, 5, 12}
    assert weighted[5] > weighted[2] > weighted[12]


def test_one_child_per_parent_may_be_unique() -> None:
    fields: Data = {"user_id": {"ref": "users", "unique": True, "required": True}}
    sections: Data = {"users": {"count": 9}, "profiles": {"count": {"per": "users", "each": 1}, "fields": fields}}
    assert [row["user_id"] for row in make({"resources": sections}).rows["profiles"]] == list(range(1, 10))


def test_the_reference_named_after_its_parent_is_the_one_that_children_are_counted_by() -> None:
    for names in (["also", "zoo_id"], ["zoo_id", "also"]):
        fields: Data = {name: {"ref": "zoos"} for name in names}
        sections: Data = {"zoos": {"count": 6}, "animals": {"count": {"per": "zoos", "each": 1}, "fields": fields}}
        made = make({"resources": sections})
        assert [row["zoo_id"] for row in made.rows["animals"]] == [1, 2, 3, 4, 5, 6]
        assert made.schema["zoos"].children["animals"].field == "zoo_id"


def test_children_of_children_follow_their_own_parents() -> None:
    sections: Data = {
        "zoos": {"count": 3},
        "houses": {"count": {"per": "zoos", "each": 2}, "fields": {"zoo": {"ref": "zoos"}}},
        "beds": {"count": {"per": "houses", "each": [1, 2]}, "fields": {"house": {"ref": "houses"}, "n": {"seq": 1}}},
    }
    rows: dict[str, Any] = dict(make({"resources": sections}).rows)
    assert [row["zoo"] for row in rows["houses"]] == [1, 1, 2, 2, 3, 3]
    assert sorted({row["house"] for row in rows["beds"]}) == [1, 2, 3, 4, 5, 6]
    assert [row["n"] for row in rows["beds"]] == [row["id"] for row in rows["beds"]]


def test_dates_lie_between_their_moments_and_reach_both_ends() -> None:
    values = column({"date": ["-3d", "2d"]}, 300)
    assert sorted(set(values)) == [f"2024-02-{day}" for day in (26, 27, 28, 29)] + ["2024-03-01", "2024-03-02"]


@pytest.mark.parametrize(
    ("moment", "day"), [("-18y", "2006-02-28"), ("-4y", "2020-02-29"), ("1y", "2025-02-28"), ("-1w", "2024-02-22")]
)
def test_years_are_birthdays(moment: str, day: str) -> None:
    assert set(column({"date": [moment, moment]}, 5)) == {day}


def test_moments_are_seconds_in_utc_between_their_bounds() -> None:
    values = column({"datetime": ["2024-02-29T13:00:00+02:00", "now"]}, 500)
    assert min(values) >= "2024-02-29T11:00:00Z"
    assert max(values) <= CLOCK
    assert all(len(value) == len(CLOCK) for value in values)
    assert set(column({"datetime": ["now", "now"]}, 3)) == {CLOCK}


def test_generated_dates_move_with_the_clock_of_the_definition_and_with_no_other() -> None:
    field = {"date": ["-9d", "now"]}
    days, later = column(field, 50), column(field, 50, clock="2025-02-28T12:00:00Z")
    assert {day[:4] for day in days} == {"2024"}
    assert {day[:4] for day in later} == {"2025"}


def test_sequences_count_rows_from_the_first() -> None:
    assert column({"seq": 5}, 3) == [5, 6, 7]
    assert column({"seq": "T-{n:04d}/{n}"}, 2) == ["T-0001/1", "T-0002/2"]


def test_lists_have_as_many_items_as_they_say_and_choices_at_most_once() -> None:
    values = column({"list": {"enum": ["a", "b", "c"]}, "items": [1, 3]})
    assert set(map(len, values)) == {1, 2, 3}
    assert all(len(value) == len(set(value)) for value in values)
    assert all(len(value) == 2 for value in column({"list": {"enum": ["a", "b"]}, "items": 5}, 50))


def test_several_references_name_each_row_at_most_once() -> None:
    values = column({"refs": "five", "items": [0, 9]}, 300)
    assert set(map(len, values)) == {0, 1, 2, 3, 4, 5}
    assert all(len(value) == len(set(value)) for value in values)
    assert column({"refs": "none"}, 2) == [[], []]


def test_what_is_inside_a_value_obeys_its_rules_and_shares() -> None:
    fields = {
        "long": {"faker": "word", "min_length": 8},
        "gone": {"int": [1, 3], "missing": 0.5},
        "null": {"int": [1, 3], "nullable": 0.5},
    }
    for wrapped in ({"object": fields}, {"list": {"object": fields}, "items": 1}):
        values = [value[0] if isinstance(value, list) else value for value in column(wrapped, 400)]
        assert all(len(value["long"]) >= 8 for value in values)
        assert 160 < sum("gone" not in value for value in values) < 240
        assert 160 < sum(value["null"] is None for value in values) < 240


def test_rows_said_outright_replace_cells_or_are_added() -> None:
    section: Data = {
        "count": 3,
        "fields": {"name": {"faker": "first_name"}, "code": {"seq": "C{n}", "unique": True}},
        "rows": [{"_name": "leo", "id": 2, "name": "Leo", "code": "C3"}, {"id": 9, "name": "Mia"}, {"name": "Zoe"}],
    }
    without = {key: value for key, value in section.items() if key != "rows"}
    plain, said = (make({"resources": {"rows": one}}).rows["rows"] for one in (without, section))
    assert [row["id"] for row in said] == [1, 2, 3, 9, 10]
    assert said[0] == plain[0]
    assert said[1] == {"id": 2, "name": "Leo", "code": "C3"}
    assert said[2] == {**plain[2], "code": "C4"}
    assert [row["name"] for row in said[3:]] == ["Mia", "Zoe"]
    assert len({row["code"] for row in said}) == 5


def test_explicit_rows_alone_are_all_there_are_unless_a_count_is_given() -> None:
    rows: Data = {"rows": [{"id": 3}]}
    assert [row["id"] for row in make({"resources": {"zoos": rows}}).rows["zoos"]] == [3]
    assert [row["id"] for row in make({"resources": {"zoos": {**rows, "count": 2}}}).rows["zoos"]] == [1, 2, 3]
    assert len(make({"resources": {"zoos": {}}}).rows["zoos"]) == 10


def test_computed_fields_read_the_rows_they_refer_to_through_chains_and_null() -> None:
    sections: Data = {
        "cities": {"count": 1, "fields": {"name": {"value": "Rome"}, "short": {"computed": "name | upper"}}},
        "zoos": {"count": 1, "fields": {"city_id": {"ref": "cities"}, "at": {"computed": "city.short"}}},
        "animals": {
            "count": 40,
            "fields": {
                "zoo_id": {"ref": "zoos", "nullable": 0.5},
                "home": {"computed": "zoo.at ~ '/' ~ zoo.city.name"},
            },
        },
    }
    animals = make({"resources": sections}).rows["animals"]
    assert {row["home"] for row in animals if row["zoo_id"]} == {"ROME/Rome"}
    assert {row["home"] for row in animals if row["zoo_id"] is None} == {"/"}


HEAD = "mock: 1\nresources:\n  zoos:\n    count: 5\n    fields:\n"


@pytest.mark.parametrize(
    ("field", "position", "problem", "hint"),
    [
        ("{enum: [a, b], unique: true}", "6:13", "can't be unique: 1000 tries for row 3 of 5", "use a seq or uuid"),
        ("{value: 1, unique: true}", "6:13", "can't be unique: 1000 tries for row 2 of 5", "use a seq or uuid"),
        ("{faker: word, min_length: 60}", "6:13", "fits its rules: it must have at least 60 characters", "loosen"),
        ("{seq: 1, max: 3}", "6:13", "fits its rules: it must be at most 3", "loosen"),
        ("{seq: 1, unique: true, max: 0}", "6:13", "fits its rules: it must be at most 0", "loosen"),
        ("{int: [1, 5], type: string}", "6:13", "fits its rules: it must be a string", "loosen"),
        ("{faker: name, type: integer}", "6:13", "fits its rules: it must be an integer", "loosen"),
        ("{list: {enum: [a]}, items: 3, min_length: 2}", "6:13", "it must have at least 2 items", "loosen"),
        ("{object: {x: {faker: word, max_length: 0}}}", "6:13", "it must have at most 0 characters", "loosen"),
        ("{computed: '1 / 0'}", "6:24", "division by zero (in the row with id 1)", ""),
        ("{computed: 'id + x'}\n      x: {value: null}", "6:24", "unsupported operand type", ""),
    ],
)
def test_values_that_cannot_be_are_an_error_at_their_field(field: str, position: str, problem: str, hint: str) -> None:
    found = refused(f"{HEAD}      cell: {field}\n")
    assert [one[0] for one in found] == [f"d.yaml:{position}"]
    assert problem in found[0][1]
    assert hint in found[0][2]


def test_a_required_reference_to_nothing_is_an_error_at_its_field() -> None:
    found = refused("mock: 1\nresources:\n  a: {count: 0}\n  b: {fields: {x: {ref: a, required: true}}}\n")
    assert found == [("d.yaml:4:19", "'a' has no rows to refer to", "give it a count, or drop 'required'")]


def test_an_id_that_cannot_be_unique_is_an_error_at_the_id() -> None:
    found = refused("mock: 1\nresources:\n  a:\n    count: 60\n    fields:\n      id: {faker: random_letter}\n")
    assert [one[0] for one in found] == ["d.yaml:6:11"]
    assert "can't be unique: 1000 tries for row 53 of 60" in found[0][1]


def test_rows_without_an_id_end_in_an_error_when_no_id_is_left() -> None:
    field = "{faker: bothify, args: {text: '%'}, pattern: '[12]'}"
    found = refused(f"mock: 1\nresources:\n  a:\n    rows: [{{}}, {{}}, {{}}]\n    fields:\n      id: {field}\n")
    assert [one[:2] for one in found] == [("d.yaml:6:11", "gives no id that is free for row 3")]


def test_more_rows_than_a_resource_may_have_are_refused() -> None:
    text = (
        "mock: 1\nresources:\n  a: {count: 1000}\n  b:\n    count: {per: a, each: 201}\n    fields: {a_id: {ref: a}}\n"
    )
    assert refused(text) == [("d.yaml:5:12", "makes more than 200,000 rows", "lower it, or the parent's count")]
