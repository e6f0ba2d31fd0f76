"""Traits shape the rows that have them and no others, and who has one depends on nothing but the row."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generation.declared import Data, definitions, make, without_rows

slow = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

FIELDS: Data = {
    "state": {"enum": ["open", "waiting", "closed"]},
    "priority": {"int": [1, 3], "max": 9},
    "due_on": {"date": ["now", "30d"]},
    "chip": {"object": {"code": {"faker": "word"}}},
    "note": {"faker": "sentence", "missing": 0.5, "nullable": 0.5},
    "zoo_id": {"ref": "zoos"},
    "code": {"seq": "C{n}", "unique": True},
}
OVERDUE: Data = {"state": "open", "priority": 9, "due_on": {"date": ["-30d", "-1d"]}}


def tickets(traits: Data, mix: Data, count: int = 200, **more: Any) -> list[dict[str, Any]]:
    """The rows of tickets with these traits."""
    section = {"count": count, "fields": FIELDS, "traits": traits, "mix": mix, **more}
    return make({"resources": {"zoos": {"count": 3}, "tickets": section}}).rows["tickets"]


def test_a_share_of_the_rows_has_the_cells_of_the_trait() -> None:
    plain, rows = tickets({}, {}), tickets({"overdue": OVERDUE}, {"overdue": 0.3})
    shaped = [row for row in rows if row["priority"] == 9]
    assert 40 <= len(shaped) <= 80
    assert all(row["state"] == "open" and row["due_on"] < "2026-01-01" for row in shaped)
    assert len({row["due_on"] for row in shaped}) > 10
    assert [row for row in rows if row["priority"] != 9] == [
        before for before, row in zip(plain, rows, strict=True) if row["priority"] != 9
    ]


def test_a_plain_text_is_a_value_and_no_provider() -> None:
    rows = tickets({"named": {"note": "name"}}, {"named": 1})
    assert {row["note"] for row in rows} == {"name"}


def test_what_a_trait_gives_is_neither_missing_nor_null_unless_it_says_so() -> None:
    rows = tickets({"noted": {"note": "here"}, "blank": {"note": None}}, {"noted": 0.5, "blank": 0.2})
    given_values = [row["note"] for row in rows if row.get("note") == "here"]
    assert len(given_values) > 50
    blank = tickets({"blank": {"note": None}}, {"blank": 1})
    assert [row["note"] for row in blank] == [None] * 200


def test_an_object_that_looks_like_a_generator_is_written_as_a_value() -> None:
    fields: Data = {"span": {"value": None, "type": "object"}}
    traits: Data = {"dated": {"span": {"value": {"date": "tomorrow"}}}}
    rows = make({"resources": {"a": {"count": 2, "fields": fields, "traits": traits, "mix": {"dated": 1}}}}).rows["a"]
    assert [row["span"] for row in rows] == [{"date": "tomorrow"}] * 2


def test_shares_are_drawn_apart_and_the_trait_declared_later_wins() -> None:
    traits: Data = {"low": {"priority": 1, "state": "closed"}, "high": {"priority": 9}}
    rows = tickets(traits, {"high": 0.5, "low": 1.0})
    assert {row["state"] for row in rows} == {"closed"}
    assert {row["priority"] for row in rows} == {1, 9}


def test_rows_written_out_have_the_traits_they_list_and_their_own_cells_win() -> None:
    traits: Data = {"overdue": OVERDUE, "closed": {"state": "closed"}}
    listed: list[Data] = [
        {"id": 1, "_traits": ["overdue"], "priority": 2},
        {"id": 2, "_traits": []},
        {"id": 900, "_traits": ["closed", "overdue"]},
        {"id": 901},
    ]
    rows = {row["id"]: row for row in tickets(traits, {"overdue": 1.0}, 3, rows=listed)}
    assert (rows[1]["priority"], rows[1]["state"]) == (2, "open")
    assert rows[1]["due_on"] < "2026-01-01" <= rows[2]["due_on"]
    assert (rows[3]["priority"], rows[900]["priority"], rows[900]["state"]) == (9, 9, "closed")
    assert rows[901]["priority"] <= 3
    assert not any("_traits" in row for row in rows.values())


def test_a_row_that_says_nothing_of_traits_keeps_those_it_drew() -> None:
    traits: Data = {"overdue": OVERDUE}
    (drawn,) = tickets(traits, {"overdue": 1.0}, 1)
    (said,) = tickets(traits, {"overdue": 1.0}, 1, rows=[{"id": 1, "state": "waiting"}])
    assert said == {**drawn, "state": "waiting"}


def test_a_unique_field_stays_unique_under_a_trait_that_draws_it() -> None:
    rows = tickets({"coded": {"code": {"seq": "X{n}"}}}, {"coded": 0.5})
    codes = [row["code"] for row in rows]
    assert len(set(codes)) == len(codes)
    assert {code[0] for code in codes} == {"C", "X"}


def test_a_reference_may_be_given_or_drawn() -> None:
    rows = tickets({"first": {"zoo_id": 1}, "any": {"zoo_id": {"ref": "zoos", "pick": "skew"}}}, {"first": 1, "any": 0})
    assert {row["zoo_id"] for row in rows} == {1}
    assert {row["zoo_id"] for row in tickets({"any": {"zoo_id": {"ref": "zoos"}}}, {"any": 1})} == {1, 2, 3}


def test_lists_and_objects_of_a_trait_are_each_rows_own() -> None:
    first, second = tickets({"chipped": {"chip": {"code": "x"}}}, {"chipped": 1}, 2)
    assert first["chip"] == second["chip"]
    assert first["chip"] is not second["chip"]


@pytest.mark.parametrize("fewer", [0.0, 0.2, 0.5])
def test_a_larger_share_only_adds_rows(fewer: float) -> None:
    def having(share: float) -> set[Any]:
        return {row["id"] for row in tickets({"overdue": OVERDUE}, {"overdue": share}) if row["priority"] == 9}

    assert having(fewer) <= having(0.7)


@slow
@given(definitions(), st.data())
def test_a_trait_changes_no_cell_that_it_does_not_name(data: Data, draws: st.DataObject) -> None:
    data = without_rows(data)
    resource = draws.draw(st.sampled_from(sorted(data["resources"])))
    data["resources"][resource]["fields"]["mark"] = {"enum": ["a", "b"]}
    shaped = deepcopy(data)
    shaped["resources"][resource] |= {
        "traits": {"marked": {"mark": draws.draw(st.sampled_from(["a", {"enum": ["b"]}]))}},
        "mix": {"marked": draws.draw(st.sampled_from([0.0, 0.3, 1.0]))},
    }
    before, after = make(data).rows, make(shaped).rows
    for name, rows in before.items():
        for old, new in zip(rows, after[name], strict=True):
            assert {**old, "mark": None} == {**new, "mark": None}


@slow
@given(definitions(), st.data())
def test_who_has_a_trait_does_not_depend_on_other_traits_or_fields(data: Data, draws: st.DataObject) -> None:
    data = without_rows(data)
    resource = draws.draw(st.sampled_from(sorted(data["resources"])))
    section = data["resources"][resource]
    section["fields"]["mark"] = {"value": False}
    section |= {"traits": {"marked": {"mark": True}}, "mix": {"marked": 0.4}}
    more = deepcopy(data)
    more["resources"][resource]["fields"]["other"] = {"faker": "word"}
    more["resources"][resource]["traits"] = {"named": {"other": "x"}, **section["traits"]}
    more["resources"][resource]["mix"] = {"named": 0.5, "marked": 0.4}
    marks = [[row["mark"] for row in make(one).rows[resource]] for one in (data, more)]
    assert marks[0] == marks[1]


def test_a_singleton_is_one_row() -> None:
    fields: Data = {"dark": {"bool": 0.5}, "name": {"faker": "word"}}
    rows = make({"resources": {"settings": {"singleton": True, "fields": fields}}}).rows["settings"]
    assert [row["id"] for row in rows] == [1]
    said = {"singleton": True, "fields": fields, "rows": [{"name": "own"}], "count": 1}
    (row,) = make({"resources": {"settings": said}}).rows["settings"]
    assert (row["id"], row["name"]) == (1, "own")
