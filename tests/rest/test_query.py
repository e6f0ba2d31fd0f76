"""What a query means: every spelling of windows, orders, filters and search, whichever field it is about."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client import Client, serving
from tests.server.wire import Answer

DEFINITION = """
api: {version: v1, paging: {default: 100, max: 100}}
resources:
  makers: {count: 0, rows: [{id: 1, name: Acme}, {id: 2, name: "Bolt, Inc"}], fields: {name: company}}
  items:
    search: [name, note]
    fields:
      id: {seq: 1}
      name: {value: x, type: string}
      note: {value: null, type: string}
      state: {enum: [new, open, closed]}
      price: {float: [0, 9]}
      stock: {int: [0, 9]}
      hot: {bool: 0.5}
      made_on: {date: [-1d, now]}
      sold_at: {datetime: [-1d, now]}
      code: {uuid: true}
      maker_id: {ref: makers, nullable: 0.1}
      tags: {list: {value: a}}
      box: {object: {width: {int: [1, 9]}, label: {value: a}}}
      limit: {int: [0, 9]}
      checked_in: {bool: 0.5}
      checked: {enum: [a, b]}
      secret: {value: hush, type: string, write_only: true}
    rows: ROWS
"""
CODE = "0b9a4f0c-7b8e-4a57-9a52-3d2f6f9c0a0{}"


def item(number: int, **values: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": number, "name": f"item {number}", "note": None, "state": "new", "price": number / 2, "stock": number,
        "hot": number % 2 == 0, "made_on": f"2026-01-0{number}", "sold_at": f"2026-01-0{number}T12:00:00Z",
        "code": CODE.format(number), "maker_id": None, "tags": [], "box": {"width": number, "label": "b"},
        "limit": number, "checked_in": number > 3, "checked": "a",
    }  # fmt: skip
    return {**plain, **values}


ROWS: list[dict[str, Any]] = [
    item(1, name="Return label", state="open", tags=["red", "blue"], maker_id=1),
    item(2, name="ÉCLAIR", note="please return it", state="closed", maker_id=2),
    item(3, name="zebra", state="open", tags=["red"], price=None, maker_id=2),
    item(4, name="Zebra, the second", note="50% off_", hot=None, sold_at="2026-01-04T13:00:00+01:00"),
    item(5, name="a" * 30 + "!", note="(a+)+$", state="closed", stock=None, checked="b"),
    item(6, name="Straße", made_on=None, sold_at=None, box={"width": 6, "label": "c"}),
]
ITEMS = DEFINITION.replace("ROWS", json.dumps(ROWS))


@pytest.fixture(scope="module")
def items() -> Client:
    return serving(ITEMS).below("/v1/items")


def ids(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.json]


def faults(answer: Answer) -> dict[str, str]:
    """What is wrong, by parameter."""
    assert answer.status == 400, answer.body
    return {error["parameter"]: error["detail"] for error in answer.json["errors"]}


@pytest.mark.parametrize(
    "query",
    [
        "limit=2&offset=2", "LIMIT=2&Offset=2", "page_number=2&page_size=2", "Page_Number=2&PAGE_SIZE=2",
        "page=2&per_page=2", "Page=2&Per_Page=2", "skipCount=2&maxResultCount=2", "SkipCount=2&MaxResultCount=2",
        "skipcount=2&MAXRESULTCOUNT=2", "limit=2&skipCount=2", "offset=2&page_size=2", "_=17&__x=1&limit=2&offset=2",
    ],
)  # fmt: skip
def test_a_window_may_be_spelled(items: Client, query: str) -> None:
    answer = items.get(f"?{query}")
    assert ids(answer) == [3, 4]
    assert answer.headers["x-total-count"] == "6"


@pytest.mark.parametrize("query", ["offset=6", "offset=99&limit=2", "page=9&per_page=5", "skipCount=9007199254740991"])
def test_a_window_past_the_end_is_empty(items: Client, query: str) -> None:
    answer = items.get(f"?{query}")
    assert ids(answer) == []
    assert answer.headers["x-total-count"] == "6"


@pytest.mark.parametrize(
    ("query", "parameter", "detail"),
    [
        ("limit=-1", "limit", "must be at least 0"),
        ("limit=101", "limit", "must be at most 100"),
        ("MaxResultCount=101", "MaxResultCount", "must be at most 100"),
        ("limit=ten", "limit", "must be an integer"),
        ("limit=", "limit", "must be an integer"),
        ("limit=1.0", "limit", "must be an integer"),
        ("limit=1e2", "limit", "must be an integer"),
        ("limit=%2B1", "limit", "must be an integer"),
        ("limit=٣", "limit", "must be an integer"),
        ("limit=9" + "9" * 400, "limit", "must be an integer"),
        ("offset=-1", "offset", "must be at least 0"),
        ("offset=9007199254740992", "offset", "must be at most 9007199254740991"),
        ("page_number=0", "page_number", "must be at least 1"),
        ("page=0&per_page=1", "page", "must be at least 1"),
        ("page_size=0", "page_size", "must be at least 1"),
        ("limit=1&limit=1", "limit", "is given twice"),
        ("limit=1&page_size=1", "page_size", "says again what 'limit' says"),
        ("page=1&offset=1", "offset", "can't be combined with 'page'"),
        ("cursor=x", "cursor", "must be a cursor that an answer gave"),
        ("cursor=WzEsMV0&cursor=WzEsMV0", "cursor", "is given twice"),
        ("cursor=&offset=1", "offset", "can't be combined with a cursor"),
    ],
)
def test_a_wrong_window_is_refused_and_the_bound_named(items: Client, query: str, parameter: str, detail: str) -> None:
    assert faults(items.get("?" + quote(query, safe="=&%"))) == {parameter: detail}


@pytest.mark.parametrize(
    "text",
    ["W10", "WzFd", "WzEsMiwzXQ", "WyJhIiwxXQ", "WzEsbnVsbF0", "WzEsdHJ1ZV0", "Wy0xLDFd", "e30", "é", "%00", "[" * 900],
)
def test_a_cursor_of_ones_own_making_is_refused(items: Client, text: str) -> None:
    assert "cursor" in faults(items.get(f"?cursor={quote(text, safe='%')}"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=name", [1, 4, 5, 6, 3, 2]),  # Return, Straße, Zebra, aaa, zebra, É: by code point, see below
        ("sort=-stock", [5, 6, 4, 3, 2, 1]),
        ("sort=stock", [1, 2, 3, 4, 6, 5]),
        ("sort=price", [1, 2, 4, 5, 6, 3]),
        ("sort=-price", [3, 6, 5, 4, 2, 1]),
        ("sort=state,-id", [5, 2, 6, 4, 3, 1]),
        ("sort=state,-price,id", [5, 2, 6, 4, 3, 1]),
        ("sort=-state,id", [1, 3, 4, 6, 2, 5]),
        ("sort=state, -id", [5, 2, 6, 4, 3, 1]),
        ("sort=%2Bstate,-id", [5, 2, 6, 4, 3, 1]),
        ("sort=maker_id,-id", [1, 3, 2, 6, 5, 4]),
        ("sort=hot", [1, 3, 5, 2, 6, 4]),
        ("sort=-box.width", [6, 5, 4, 3, 2, 1]),
        ("sort=sold_at", [1, 2, 3, 4, 5, 6]),
        ("sortby=stock&order=desc", [5, 6, 4, 3, 2, 1]),
        ("sortBy=stock&Order=DESC", [5, 6, 4, 3, 2, 1]),
        ("sortby=state,id&order=asc,desc", [5, 2, 6, 4, 3, 1]),
        ("sortby=state,id&order=asc", [2, 5, 4, 6, 1, 3]),
        ("sortby=state", [2, 5, 4, 6, 1, 3]),
        ("sort=", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_an_order_is_by_every_key_with_nulls_last_and_ties_by_id(
    items: Client, query: str, expected: list[int]
) -> None:
    if query == "sort=name":
        expected = [one["id"] for one in sorted(ROWS, key=lambda one: (one["name"], one["id"]))]
    # An enum sorts as the text it is: closed, new, open.
    assert ids(items.get("?" + quote(query, safe="=&%,"))) == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=nmae", "sort"), ("sort=-", "sort"), ("sort=--name", "sort"), ("sort=secret", "sort"),
        ("sortby=name&order=up", "order"), ("order=asc", "order"), ("sort=name.first", "sort"),
        ("sort=maker.name", "sort"), ("sort=" + ",".join(["id"] * 30), "sort"), ("sort=" + "," * 2000, "sort"),
    ],
)  # fmt: skip
def test_an_order_by_what_is_no_field_is_refused(items: Client, query: str, parameter: str) -> None:
    assert parameter in faults(items.get(f"?{query}"))


FILTERS: list[tuple[str, str, Callable[[dict[str, Any]], bool]]] = [
    ("eq", "state=open", lambda one: one["state"] == "open"),
    ("any of, repeated", "state=open&state=new", lambda one: one["state"] in ("open", "new")),
    ("any of, comma", "state=open,new", lambda one: one["state"] in ("open", "new")),
    ("any of, both", "stock=1,2&stock=3", lambda one: one["stock"] in (1, 2, 3)),
    ("any of numbers", "price=0.5,1", lambda one: one["price"] in (0.5, 1)),
    ("any of booleans", "hot=true,false", lambda one: one["hot"] is not None),
    ("any of ids", "id=1,4", lambda one: one["id"] in (1, 4)),
    ("any of references", "maker_id=1,2", lambda one: one["maker_id"] is not None),
    ("a comma in a text", "name=Zebra, the second", lambda one: one["id"] == 4),
    ("texts, repeated", "name=zebra&name=Straße", lambda one: one["id"] in (3, 6)),
    ("texts, in", "name[in]=zebra,Straße", lambda one: one["id"] in (3, 6)),
    ("texts are exact", "name=ZEBRA", lambda one: False),
    ("eq spelled", "state[eq]=open", lambda one: one["state"] == "open"),
    ("eq suffix", "state_eq=open", lambda one: one["state"] == "open"),
    ("ne", "state[ne]=open", lambda one: one["state"] != "open"),
    ("ne suffix", "state_ne=open", lambda one: one["state"] != "open"),
    ("ne several", "state[ne]=open,new", lambda one: one["state"] == "closed"),
    ("ne holds for null", "stock[ne]=1", lambda one: one["stock"] != 1),
    ("gt", "stock[gt]=3", lambda one: one["stock"] is not None and one["stock"] > 3),
    ("gte", "stock_gte=3", lambda one: one["stock"] is not None and one["stock"] >= 3),
    ("lt", "stock_lt=3", lambda one: one["stock"] is not None and one["stock"] < 3),
    ("lte", "stock[lte]=3", lambda one: one["stock"] is not None and one["stock"] <= 3),
    ("letter case of operators", "stock[LTE]=3", lambda one: one["stock"] is not None and one["stock"] <= 3),
    ("two bounds", "stock[gte]=2&stock[lt]=4", lambda one: one["stock"] in (2, 3)),
    ("negative", "stock[gte]=-1", lambda one: one["stock"] is not None),
    ("between", "price[between]=1,2", lambda one: one["price"] is not None and 1 <= one["price"] <= 2),
    ("between suffix", "price_between=1,2", lambda one: one["price"] is not None and 1 <= one["price"] <= 2),
    ("in", "stock[in]=1,2", lambda one: one["stock"] in (1, 2)),
    ("nin", "stock[nin]=1,2", lambda one: one["stock"] not in (1, 2)),
    ("nin suffix", "state_nin=open,new", lambda one: one["state"] == "closed"),
    ("isnull", "stock[isnull]=true", lambda one: one["stock"] is None),
    ("isnull false", "stock_isnull=false", lambda one: one["stock"] is not None),
    ("an empty list is not null", "tags[isnull]=true", lambda one: False),
    ("contains", "name[contains]=EBR", lambda one: "ebr" in one["name"].lower()),
    ("like is a substring", "name_like=ebr", lambda one: "ebr" in one["name"].lower()),
    ("like has no wildcards", "note[like]=%25", lambda one: "%" in (one["note"] or "")),
    ("underscores are themselves", "note[like]=f_", lambda one: one["id"] == 4),
    ("patterns are texts", "note[like]=(a%2B)%2B$", lambda one: one["id"] == 5),
    ("nothing matches a pattern", "name[like]=(a%2B)%2B$", lambda one: False),
    ("dots are dots", "name[contains]=.", lambda one: False),
    ("startswith", "name[startswith]=éc", lambda one: one["id"] == 2),
    ("endswith", "name_endswith=SECOND", lambda one: one["id"] == 4),
    ("case folds", "name[contains]=STRASSE", lambda one: one["id"] == 6),
    ("textual any of", "name[contains]=zebra&name[contains]=éclair", lambda one: one["id"] in (2, 3, 4)),
    ("dates", "made_on=2026-01-02", lambda one: one["id"] == 2),
    ("dates in order", "made_on[gte]=2026-01-04", lambda one: one["id"] in (4, 5)),
    ("the same instant elsewhere", "sold_at=2026-01-04T12:00:00Z", lambda one: one["id"] == 4),
    ("an unescaped plus", "sold_at=2026-01-04T13:00:00+01:00", lambda one: one["id"] == 4),
    ("an escaped plus", "sold_at=2026-01-04T13:00:00%2B01:00", lambda one: one["id"] == 4),
    ("a day among instants", "sold_at[lt]=2026-01-03", lambda one: one["id"] in (1, 2)),
    ("uuids in any case", f"code={CODE.format(3).upper()}", lambda one: one["id"] == 3),
    ("integers are numbers", "price=1.0", lambda one: one["price"] == 1),
    ("a list holds", "tags=red", lambda one: "red" in one["tags"]),
    ("a list holds either", "tags[in]=red,blue", lambda one: bool(one["tags"])),
    ("a list holds not", "tags[ne]=red", lambda one: "red" not in one["tags"]),
    ("inside an object", "box.width[gte]=5", lambda one: one["box"]["width"] >= 5),
    ("inside an object, suffix", "box.label_in=c", lambda one: one["box"]["label"] == "c"),
    ("a field named as a parameter", "filter[limit]=3", lambda one: one["limit"] == 3),
    ("and with an operator", "filter[limit][gte]=3", lambda one: one["limit"] >= 3),
    ("filter[] of any field", "filter[state]=open", lambda one: one["state"] == "open"),
    ("an exact name wins", "checked_in=true", lambda one: one["checked_in"]),
    ("the suffix of an exact name", "checked_in_ne=true", lambda one: not one["checked_in"]),
    ("brackets tell them apart", "checked[in]=b", lambda one: one["checked"] == "b"),
    ("any letter case of a name", "STATE=open", lambda one: one["state"] == "open"),
    ("conditions compose", "state=open,closed&stock[gt]=1&q=return", lambda one: one["id"] == 2),
    ("search", "q=return", lambda one: one["id"] in (1, 2)),
    ("search folds case", "q=ZEBRA", lambda one: one["id"] in (3, 4)),
    ("search is no pattern", "q=(a%2B)%2B$", lambda one: one["id"] == 5),
    ("search only where it is declared", "q=hush", lambda one: False),
    ("an empty search finds all", "q=", lambda one: True),
]


@pytest.mark.parametrize(
    ("query", "keeps"), [(query, keeps) for _, query, keeps in FILTERS], ids=[name for name, *_ in FILTERS]
)
def test_a_filter_keeps(items: Client, query: str, keeps: Callable[[dict[str, Any]], bool]) -> None:
    expected = [one["id"] for one in ROWS if keeps(one)]
    assert ids(items.get("?" + quote(query, safe="=&%,+$()[]!"))) == expected
    assert items.get("?" + quote(query, safe="=&%,+$()[]!") + "&limit=1&offset=1").headers["x-total-count"] == str(
        len(expected)
    )


@pytest.mark.parametrize(
    ("query", "parameter", "detail"),
    [
        ("stock=x", "stock", "must be an integer"),
        ("stock=1.5", "stock", "must be an integer"),
        ("stock=-%2B5", "stock", "must be an integer"),
        ("stock=%2B-5", "stock", "must be an integer"),
        ("stock=", "stock", "must be an integer"),
        ("stock=9007199254740992", "stock", "must be an integer"),
        ("stock=1,,2", "stock", "must be an integer"),
        ("id=a", "id", "must be an integer"),
        ("maker_id=a", "maker_id", "must be an integer"),
        ("price=nan", "price", "must be a number"),
        ("price=inf", "price", "must be a number"),
        ("price=1e400", "price", "must be a number"),
        ("price[gte]=cheap", "price[gte]", "must be a number"),
        ("price_between=1", "price_between", "must be two values with a comma between them: least,most"),
        ("price[gt]=1&price[gt]=2", "price[gt]", "is given more than once"),
        ("hot=yes", "hot", "must be true or false"),
        ("hot[isnull]=maybe", "hot[isnull]", "must be true or false"),
        ("state=lost", "state", "must be one of new, open, closed"),
        ("made_on=2026-02-30", "made_on", "must be a date like 2026-01-15"),
        ("sold_at=noon", "sold_at", "must be a date-time like 2026-01-15T09:00:00Z, or a date"),
        ("stat=open", "stat", "is not known here; did you mean 'state'?"),
        ("filter[nope]=1", "filter[nope]", None),
        ("stock[near]=1", "stock[near]", "has no operator 'near'; the operators are"),
        ("stock[]=1", "stock[]", "has no operator ''"),
        ("stock[gte][lt]=1", "stock[gte][lt]", None),
        ("secret=hush", "secret", None),
        ("secret[like]=h", "secret[like]", None),
        ("maker.name=Acme", "maker.name", None),
        ("__proto__.x=1&prototype=1", "prototype", None),
        ("q=a&q=b", "q", "is given twice"),
        ("name=%00", "name", "holds a NUL character"),
        ("state=" + ",".join(["open"] * 1001), "state", "has more than 1000 values"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(items: Client, query: str, parameter: str, detail: str | None) -> None:
    found = faults(items.get("?" + quote(query, safe="=&%,[]")))
    assert list(found) == [parameter]
    assert detail is None or found[parameter].startswith(detail)


def test_everything_wrong_is_said_at_once(items: Client) -> None:
    found = faults(items.get("?stock=x&limit=-1&sort=nope&fields=nope&embed=nope&nope=1"))
    assert set(found) == {"stock", "limit", "sort", "fields", "embed", "nope"}


def test_a_parameter_for_lists_has_no_meaning_for_one_document(items: Client) -> None:
    assert faults(items.get("/1?state=open")) == {"state": "has no meaning for one document"}
    assert items.get("/1?_=17&__cache=1").status == 200


def test_without_strictness_what_is_unknown_is_passed_over() -> None:
    client = serving(ITEMS.replace("version: v1", "version: v1, strict: false")).below("/v1/items")
    assert ids(client.get("?nope=1&state=open")) == [1, 3]
    assert faults(client.get("?stock=x")) == {"stock": "must be an integer"}


def test_the_search_looks_through_every_text_where_none_is_named() -> None:
    client = serving(ITEMS.replace("search: [name, note]", "")).below("/v1/items")
    assert ids(client.get("?q=open")) == [1, 3]
    assert ids(client.get("?q=hush")) == []


def test_a_declared_order_holds_until_another_is_asked_for() -> None:
    client = serving(ITEMS.replace("search: [name, note]", "sort: -state,id")).below("/v1/items")
    assert ids(client.get("")) == [1, 3, 4, 6, 2, 5]
    assert ids(client.get("?sort=-id")) == [6, 5, 4, 3, 2, 1]


SORTABLE = st.sampled_from(["state", "price", "stock", "hot", "name", "sold_at", "maker_id", "box.width", "note"])


def value_at(one: dict[str, Any], path: str) -> Any:
    for step in path.split("."):
        one = one[step]
    return one


@settings(max_examples=60)
@given(
    keys=st.lists(st.tuples(SORTABLE, st.booleans()), min_size=1, max_size=3, unique_by=lambda key: key[0]),
    size=st.integers(1, 7),
    states=st.sets(st.sampled_from(["new", "open", "closed"]), min_size=1),
)
def test_pages_partition_every_filtered_and_ordered_list(
    keys: list[tuple[str, bool]], size: int, states: set[str]
) -> None:
    client = serving(ITEMS).below("/v1/items")
    order = ",".join(f"{'-' if down else ''}{name}" for name, down in keys)
    query = f"?sort={order}&state={','.join(states)}"
    whole = ids(client.get(query))
    assert sorted(whole) == [one["id"] for one in ROWS if one["state"] in states]
    for manner in ("page_number={page}&page_size={size}", "offset={offset}&limit={size}"):
        pages = [ids(client.get(f"{query}&{manner.format(page=n + 1, offset=n * size, size=size)}")) for n in range(8)]
        assert [number for page in pages for number in page] == whole
    by_id = {one["id"]: one for one in client.get("").json}
    for one, other in pairwise(whole):
        assert in_order(by_id[one], by_id[other], keys)


def in_order(one: dict[str, Any], other: dict[str, Any], keys: list[tuple[str, bool]]) -> bool:
    """Whether a row may stand before another: by the first key that tells them apart, else by id."""
    for name, down in keys:
        left, right = value_at(one, name), value_at(other, name)
        if name == "sold_at":
            left, right = (value and value.replace("13:00:00+01:00", "12:00:00Z") for value in (left, right))
        if left == right:
            continue
        if left is None or right is None:
            return (right is None) is not down
        return bool(left > right) if down else bool(left < right)
    return bool(one["id"] < other["id"])


@settings(max_examples=40)
@given(
    size=st.integers(1, 4),
    inserts=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["new", "open", "closed"])), max_size=6),
    order=st.sampled_from(["", "&sort=stock", "&sort=-state,stock", "&sort=-id"]),
)
def test_a_walk_by_cursor_sees_every_row_once_while_others_are_inserted(
    size: int, inserts: list[tuple[int, str]], order: str
) -> None:
    client = serving(ITEMS).below("/v1/items")
    answer, seen, left = client.get(f"?cursor=&limit={size}{order}"), list[int](), list(inserts)
    while True:
        seen += ids(answer)
        if 'rel="next"' not in answer.headers.get("link", ""):
            break
        if left:
            stock, state = left.pop()
            assert client.post("", {"name": "new", "stock": stock, "state": state}).status == 201
        answer = client.follow(answer.headers["link"].partition("<")[2].partition(">")[0])
    assert len(seen) == len(set(seen)), "none twice"
    assert set(seen) >= {one["id"] for one in ROWS}, "none missed"


def links(answer: Answer) -> dict[str, str]:
    return {rel: address for address, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"])}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=2&state=open,closed,new", [1, 2, 3, 4, 5, 6]),
        ("page=1&per_page=2", [1, 2, 3, 4, 5, 6]),
        ("page_size=4&sort=-id", [6, 5, 4, 3, 2, 1]),
        ("skipCount=0&maxResultCount=5&q=e", [1, 2, 3, 4, 6]),
    ],
)
def test_links_lead_through_all_pages_and_back(items: Client, query: str, expected: list[int]) -> None:
    answer = items.get(f"?{query}")
    first, pages = answer, [ids(answer)]
    while "next" in links(answer):
        answer = items.follow(links(answer)["next"])
        pages.append(ids(answer))
    assert [number for page in pages for number in page] == expected
    assert ids(items.follow(links(first)["last"])) == pages[-1]
    for page in reversed(pages[:-1]):
        answer = items.follow(links(answer)["prev"])
        assert ids(answer) == page
    assert "prev" not in links(answer)
    assert ids(items.follow(links(answer)["first"])) == pages[0]
