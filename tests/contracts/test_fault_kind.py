"""What every kind of fault is held to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from mockserver.errors import Invalid
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import POSSIBLE, Kind, kinds
from mockserver.faults.load import read_fault
from mockserver.faults.occasion import Scope, Transport
from mockserver.faults.section import BASE_KEYS, OWNERS, FaultSection, keys_of
from tests.document import ROOT
from tests.faults.acting import Acting, occasion_of, rule_of, told

PAGE = (ROOT / "docs/faults.md").read_text(encoding="utf-8")


@pytest.fixture(params=kinds.items(), ids=kinds.names())
def named(request: pytest.FixtureRequest) -> tuple[str, type[Kind]]:
    found: tuple[str, type[Kind]] = request.param
    return found


@pytest.fixture
def kind(named: tuple[str, type[Kind]]) -> type[Kind]:
    return named[1]


def examples(kind: type[Kind]) -> Iterator[Kind]:
    """The instances in its examples."""
    for text in kind.examples:
        yield from {
            id(one): one for acting in rule_of(text).acts.values() for one in acting if isinstance(one, kind)
        }.values()


def places(one: Kind) -> Iterator[tuple[Scope, Transport]]:
    for transport in POSSIBLE:
        for scope in sorted(one.scopes_on(transport)):
            yield scope, transport


def test_its_key_is_its_name_and_it_says_what_it_does(named: tuple[str, type[Kind]]) -> None:
    name, kind = named
    assert name == keys_of(kind)[0] == next(iter(kind.model_fields))
    assert kind.__doc__
    assert not kind.__doc__.startswith(str(Kind.__doc__)[:20])
    assert all(one.description for one in kind.model_fields.values())
    assert f"### `{name}`" in PAGE


def test_it_says_what_happens_in_words_that_go_on_after_what_it_happens_to(kind: type[Kind]) -> None:
    for one in examples(kind):
        said = one.say()
        assert said[0].islower() or said[0].isdigit()
        assert not said.endswith((".", ","))
        assert "None" not in said


def test_its_keys_are_no_others_but_those_that_mean_the_same(named: tuple[str, type[Kind]]) -> None:
    _, kind = named
    for key, one in zip(keys_of(kind), kind.model_fields.values(), strict=True):
        assert key not in BASE_KEYS
        for owner in OWNERS[key]:
            other = kinds.get(owner).model_fields[key]
            assert (other.annotation, other.description) == (one.annotation, one.description)


def test_its_examples_are_right_as_they_stand(named: tuple[str, type[Kind]]) -> None:
    name, kind = named
    assert kind.examples
    for text in kind.examples:
        fault = read_fault("example", yaml.safe_load(text), {})
        assert any(isinstance(one, kind) for acting in fault.rules[0].acts.values() for one in acting), name


def test_its_examples_stand_in_all_of_its_scopes_and_in_no_other(kind: type[Kind]) -> None:
    assert kind.scopes
    assert {scope for one in examples(kind) for scope, _ in places(one)} == kind.scopes


def test_it_acts_wherever_it_may_stand(kind: type[Kind]) -> None:
    for one in examples(kind):
        for scope, transport in places(one):
            course = Course(scope, "example")
            one.act(course, occasion_of(scope, transport), Draw(1, "example", 1), {})
            assert told(course) != told(Course(scope, "example"))


def test_what_it_does_follows_from_seed_fault_and_number_alone(kind: type[Kind]) -> None:
    for text in kind.examples:
        for scope, transport in rule_of(text).acts:
            occasion = occasion_of(scope, transport)
            runs = [[told(acting.on(occasion, n / 2)) for n in range(20)] for acting in (Acting(text), Acting(text))]
            assert runs[0] == runs[1]


def test_it_ends_an_exchange_only_where_it_says_so(kind: type[Kind]) -> None:
    for one in examples(kind):
        for scope, transport in places(one):
            course = Course(scope, "example")
            one.act(course, occasion_of(scope, transport), Draw(1, "example", 1), {})
            ends = bool(course.ended_by) or bool(course.breakages)
            assert ends == (kind.is_terminal and not course.is_passed)


def test_it_has_a_json_schema_that_admits_its_examples(named: tuple[str, type[Kind]]) -> None:
    name, kind = named
    properties = TypeAdapter(FaultSection).json_schema()["properties"]
    assert set(keys_of(kind)) <= properties.keys()
    assert json.dumps(kind.model_json_schema())
    assert properties[name]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["2s", "0s", "1h", "-3s", "connect", "cut", "next", "50KiB/s", "text/html", "a\r\nb", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["p50", "p95", "for", "limit", "window", "X-A", "Date"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(data=st.data())
def test_whatever_is_written_is_refused_or_acts(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(kinds.names()))
    written: dict[str, Any] = {
        key: data.draw(VALUES) for key in keys_of(kinds.get(name)) if key == name or data.draw(st.booleans())
    }
    written["match"] = data.draw(st.sampled_from(["ANY *", "WS *", ["ANY *", "WS *"]]))
    try:
        rule = read_fault("example", written, {}).rules[0]
    except Invalid:
        return
    for (scope, transport), acting in rule.acts.items():
        course = Course(scope, "example")
        for one in acting:
            one.act(course, occasion_of(scope, transport), Draw(1, "example", 1), {})
        assert told(course)
