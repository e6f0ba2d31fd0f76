"""Generated definitions: small, valid, and with every kind of field, count and relation in them.

A definition is the plain data a YAML file would hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from mockserver.definitions.model import CoreDefinition
from mockserver.generation.build import build_schema
from mockserver.generation.fakes import Fakes
from mockserver.generation.generate import Generation
from mockserver.generation.rows import check_rows
from mockserver.generation.schema import Schema
from mockserver.messages import Document
from mockserver.server.assemble import definition_model

Data: TypeAlias = dict[str, Any]

NAMES = ("zoos", "animals", "employees", "visits")
FIELDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")
REFERRING = frozenset({"ref", "refs"})


@dataclass(frozen=True)
class Made:
    """The rows of a definition, with the schema they obey."""

    schema: Schema
    rows: Mapping[str, list[Document]]


@cache
def model() -> type[CoreDefinition]:
    """The model of definitions, composed once."""
    return definition_model()


@cache
def fakes(locales: tuple[str, ...], clock: Any) -> Fakes:
    """The samplers of a locale at a moment: reading Faker once is enough for a whole run."""
    return Fakes(locales, clock)


def make(data: Data, seed: int | None = None) -> Made:
    """The rows of a definition; whatever is wrong with it fails the test."""
    definition = model().model_validate(data if seed is None else {**data, "seed": seed})
    problems: list[tuple[Any, ...]] = []
    known = fakes(definition.locales, definition.clock)
    schema = build_schema(
        definition, known, definition.resources, lambda *problem, key=False: problems.append((*problem, key))
    )
    check_rows(schema, lambda *problem, key=False: problems.append((*problem, key)))
    assert problems == [], problems
    generation = Generation(definition, schema, known)
    rows = generation.documents()
    assert generation.failures == []
    return Made(schema, rows)


def copied(field: Data) -> Data:
    """A field of its own, so that no example can alter another's."""
    return dict(field)


def kind_of(field: Data) -> str:
    """The generator of a field as the strategies below write it: its first key."""
    return next(iter(field))


moments = st.sampled_from(["-18y", "-400d", "-30d", "-36h", "now", "2d", "2031-02-28", "2030-12-31T23:59:59+02:00"])
ORDER = ("-18y", "-400d", "-30d", "-36h", "now", "2d", "2030-12-31T23:59:59+02:00", "2031-02-28")


@st.composite
def spans(draw: st.DrawFn) -> list[str]:
    """Two moments, the earlier first."""
    first, last = sorted((ORDER.index(draw(moments)), ORDER.index(draw(moments))))
    return [ORDER[first], ORDER[last]]


@st.composite
def numbers(draw: st.DrawFn) -> Data:
    """A field of numbers, its bounds now and then stated again as rules."""
    low = draw(st.integers(-1000, 1000))
    high = low + draw(st.integers(0, 100_000))
    bounds: Data = draw(st.sampled_from([{}, {"min": low}, {"min": low, "max": high}]))
    if draw(st.booleans()):
        return {"int": [low, high], **bounds}
    return {"float": [low, high], "digits": draw(st.integers(0, 6)), **bounds}


TEXTS: list[Data] = [
    {"faker": "first_name"},
    {"faker": "word", "min_length": 4},
    {"faker": "sentence", "args": {"nb_words": 4}, "max_length": 30},
    {"faker": "bothify", "args": {"text": "??-###"}, "pattern": "^[A-M]"},
    {"faker": "date_of_birth", "type": "date"},
    {"faker": "safe_email", "format": "email"},
    {"value": "same", "min_length": 2},
    {"value": None},
    {"value": {"a": [1, {"b": None}]}},
    {"seq": "T-{n:04d}"},
    {"seq": 100},
    {"uuid": True},
    {"enum": ["a", "b", "c"]},
    {"enum": ["lion", "zebra"], "max_length": 4},
    {"enum": [1, 2.5, 4]},
    {"enum": {"lion": 4, "zebra": 0, "owl": 0.5}},
    {"bool": 0.3},
]

texts = st.sampled_from(TEXTS).map(copied)
plain = st.one_of(
    numbers(), texts, spans().map(lambda span: {"date": span}), spans().map(lambda span: {"datetime": span})
)
shares = st.sampled_from([{}, {}, {}, {"nullable": 0.4}, {"nullable": True}, {"missing": 0.3}])
inner = st.builds(lambda field, share: {**field, **share}, plain, shares)


@st.composite
def nested(draw: st.DrawFn) -> Data:
    """An object, or a list of values or objects."""
    if draw(st.booleans()):
        return {
            "object": draw(
                st.dictionaries(st.sampled_from(["null", "missing", "x", "y"]), inner, min_size=1, max_size=3)
            )
        }
    some = plain.map(lambda field: {**field, "nullable": True} if field.get("value", ...) is None else field)
    item = draw(st.one_of(some, st.just({"object": {"x": {"int": [1, 9]}, "y": {"enum": ["p", "q"]}}})))
    least = draw(st.integers(0, 2))
    return {"list": item, "items": draw(st.sampled_from([least, [least, least + 2]]))}


UNIQUE: list[Data] = [
    {"int": [0, 60], "unique": True},
    {"uuid": True, "unique": True},
    {"seq": "U{n}", "unique": True},
    {"faker": "bothify", "args": {"text": "?#"}, "unique": True},
    {"int": [10, 99], "unique": True, "min": 10, "nullable": 0.3},
]
unique = st.sampled_from(UNIQUE).map(copied)


@st.composite
def references(draw: st.DrawFn, targets: tuple[str, ...]) -> Data:
    """A reference to any resource, its own included, so that rings of references come up too."""
    target, pick = draw(st.sampled_from(targets)), draw(st.sampled_from(["even", "skew"]))
    if draw(st.booleans()):
        return {"ref": target, "pick": pick, **draw(st.sampled_from([{}, {"nullable": 0.3}]))}
    return {"refs": target, "pick": pick, "items": draw(st.sampled_from([2, [0, 3], [1, 1]]))}


COMPUTED = ("id ~ '!'", "(id | string | length) + 1", "[id, other]", "other", "other | default('none')")


@st.composite
def definitions(draw: st.DrawFn) -> Data:
    """A whole definition. A resource counted per another has one reference to it, called `parent`."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    resources: dict[str, Data] = {}
    for place, name in enumerate(names):
        fields: dict[str, Data] = {}
        count: Any = draw(st.integers(0, 9))
        if place and draw(st.booleans()):
            parent = draw(st.sampled_from(names[:place]))
            count = {"per": parent, "each": draw(st.sampled_from([2, [0, 3], {0: 1, 1: 2, 4: 0.5}]))}
            fields["parent"] = {"ref": parent}
        free = tuple(other for other in names if not isinstance(count, dict) or other != count["per"])
        kinds: list[st.SearchStrategy[Any]] = [inner, nested(), unique]
        kinds += [references(free)] if free else []
        chosen = draw(st.lists(st.sampled_from(FIELDS), max_size=5, unique=True))
        fields.update({called: draw(st.one_of(kinds)) for called in chosen})
        if draw(st.booleans()) and chosen:
            other = draw(st.sampled_from(chosen))
            way = f"{other}.id" if "ref" in fields[other] else other
            fields["derived"] = {"computed": draw(st.sampled_from(COMPUTED)).replace("other", way)}
        if draw(st.booleans()):
            fields["id"] = draw(st.sampled_from([{"seq": 1}, {"seq": 40}, {"uuid": True}, {"seq": "K{n}"}]))
        resources[name] = {"count": count, "fields": fields, **rows_of(draw, name, fields)}
    order = draw(st.permutations(names))
    return {"seed": draw(st.integers(0, 2**63 - 1)), "resources": {name: resources[name] for name in order}}


def rows_of(draw: st.DrawFn, name: str, fields: dict[str, Data]) -> Data:
    """Explicit rows now and then: one in the place of a generated row, one that names itself, one without an id."""
    if "id" in fields or not draw(st.booleans()):
        return {}
    fields["note"] = {"faker": "word"}
    rows: list[Data] = [{"_name": f"first_{name}", "id": 1, "note": "said"}]
    rows += draw(st.sampled_from([[], [{"id": 7000}], [{"note": "added"}, {}]]))
    return {"rows": rows}


def without_rows(data: Data) -> Data:
    """The same definition with generated rows alone."""
    kept = {
        name: {key: value for key, value in section.items() if key != "rows"}
        for name, section in data["resources"].items()
    }
    return {**data, "resources": kept}
