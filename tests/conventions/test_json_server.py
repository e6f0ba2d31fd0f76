"""The dialect of json-server 0.17, as its clients speak it: over a plain database, and over a definition."""

import json
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.query.compare import Loose, equals_any
from mockserver.server.assemble import AssembledInstance, load_prepared
from tests.client import Client, direct, serving
from tests.server.wire import Answer

DATABASE: dict[str, Any] = {
    "posts": [
        {"id": 1, "title": "Zen", "views": 30, "code": "01", "tags": ["a", "b"], "author": {"name": "Ada"}},
        {"id": 2, "title": "alpha", "views": 4, "code": "1", "author": {"name": "Grace"}, "order": 7},
        {"id": 3, "title": "Beta", "views": 100, "code": None, "done": True},
    ],
    "comments": [
        {"id": "c1", "body": "first", "postId": 1},
        {"id": "c2", "body": "lost", "postId": 99},
        {"id": "c3", "body": "as text", "postId": "1"},
        {"id": "c4", "body": "without"},
    ],
    "profile": {"name": "typicode", "theme": {"dark": True}},
}


def served(folder: Path, database: Any, convention: str | None = None) -> Client:
    path = folder / "db.json"
    path.write_text(json.dumps(database), encoding="utf-8")
    return direct(AssembledInstance(load_prepared([path], None, convention)))


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return served(tmp_path, DATABASE)


def ids(answer: Answer) -> list[Any]:
    assert answer.status == 200, answer.body
    return [row["id"] for row in answer.json]


ALL = [1, 2, 3]

# Each line of the query table, and what it gives of the posts.
QUERIES: list[tuple[str, list[int]]] = [
    # Equality: on the text of the value, deep, any of several; what names no field is passed over.
    ("title=alpha", [2]),
    ("title=Alpha", []),
    ("views=30", [1]),
    ("views=abc", []),
    ("code=01", [1]),
    ("code=1", [2]),
    ("done=true", [3]),
    ("id=1&id=3", [1, 3]),
    ("id=1&id=nobody", [1]),
    ("title=alpha&title=Beta", [2, 3]),
    ("author.name=Ada", [1]),
    ("author.born=1815", []),
    ("tags=a", [1]),
    ("nonsense=1", ALL),
    ("callback=f&_=123&_delay=5&utm_source=x", ALL),
    ("order=7", [2]),
    ("limit=2", [1, 2]),
    # Operators.
    ("views_gte=30", [1, 3]),
    ("views_lte=30", [1, 2]),
    ("views_gt=30", [3]),
    ("views_lt=30", [2]),
    ("views_gte=5&views_lte=50", [1]),
    ("title_gte=Zen", [1, 2]),
    ("id_ne=1", [2, 3]),
    ("id_ne=1&id_ne=2", [3]),
    ("title_like=ET", [3]),
    ("title_like=^a", [2]),
    ("title_like=^a&title_like=n$", [1, 2]),
    ("views_like=0$", [1, 3]),
    ("author.name_like=gra", [2]),
    # Search: every value, deep, the first of several.
    ("q=ADA", [1]),
    ("q=100", [3]),
    ("q=alpha&q=beta", [2]),
    ("q=", ALL),
    # Order.
    ("_sort=views", [2, 1, 3]),
    ("_sort=views&_order=DESC", [3, 1, 2]),
    ("_sort=views&_order=odd", [2, 1, 3]),
    ("_sort=-views", [3, 1, 2]),
    ("_sort=nothing,views&_order=asc,desc", [3, 1, 2]),
    ("_sort=author.name&_order=desc", [3, 2, 1]),
    ("_order=desc", ALL),
    # Windows.
    ("_page=1&_limit=2", [1, 2]),
    ("_page=2&_limit=2", [3]),
    ("_page=0&_limit=2", [1, 2]),
    ("_page=-4&_limit=2", [1, 2]),
    ("_page=9", []),
    ("_page=", ALL),
    ("_limit=2", [1, 2]),
    ("_limit=0", []),
    ("_limit=100000", ALL),
    ("_start=1&_end=2", [2]),
    ("_start=2&_end=1", []),
    ("_end=2", [1, 2]),
    ("_start=1&_limit=1", [2]),
    ("_start=1", ALL),
    ("_page=1&_end=3&_limit=1", [1]),
    ("_start=0&_end=1&_limit=3", [1]),
    # What react-admin's simple REST provider asks is understood as well.
    ('sort=["views","DESC"]&range=[0,1]', [3, 1]),
    ('filter={"id":[1,3]}', [1, 3]),
    ('filter={"author":{"name":"Ada"}}', [1]),
    ('filter={"views_gte":30,"done":true}', [3]),
    ('filter={"q":"zen"}', [1]),
    ('filter={"id":[]}', []),
    ('filter={"code":null}', [3]),
    ('filter={"order":7}', [2]),
    ("filter={}", ALL),
    ("filter=plain&sort=views&range=x", [2, 1, 3]),
]


TEXTS = st.sampled_from(["1", "1.0", "01", "1e3", "-0", "true", "True", "TRUE", "null", "a", "A", "", "[1]", "9" * 20])
HELD = st.sampled_from(
    [1, 1.0, 0, -0.0, 1000, True, False, "1", "01", "true", "A", "", [1], {"a": 1}, 9007199254740993]
)


@given(st.lists(TEXTS, min_size=1, max_size=5), HELD)
def test_one_of_many_is_equal_when_any_of_them_is(texts: list[str], value: Any) -> None:
    wanted = [Loose(text) for text in texts]
    assert equals_any(wanted)(value) is any(bool(one == value) for one in wanted)


def test_a_great_many_values_and_unknown_names_are_read_in_good_time(tmp_path: Path) -> None:
    rows = [{"id": place, "code": str(place), "n": place / 2} for place in range(20_000)]
    client = served(tmp_path, {"rows": [*rows, {"id": "last", "late": "x"}]})
    values = "&".join(f"code={place}" for place in range(900))
    numbers = "&".join(f"n={place}" for place in range(900))
    unknown = "&".join(f"u{place}=1" for place in range(900))
    started = process_time()
    assert ids(client.get(f"/rows?{values}")) == list(range(900))
    assert ids(client.get(f"/rows?{numbers}")) == list(range(0, 1800, 2))
    assert ids(client.get(f"/rows?{unknown}&late=x")) == ["last"]
    # It takes a tenth of this, and took many times as long when each was looked for by itself.
    assert process_time() - started < 2


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_query_means_what_it_does_there(client: Client, query: str, expected: list[int]) -> None:
    assert ids(client.get(f"/posts?{quote(query, safe='=&')}")) == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("title_like=(", "title_like"),
        ("title_like=(?=x)", "title_like"),
        (f"title_like={quote('(a{1000}){1000}')}", "title_like"),
        ("_limit=many", "_limit"),
        ("_limit=-1", "_limit"),
        ("_page=x", "_page"),
        ("_start=-1&_limit=2", "_start"),
        ("_start=0&_end=x", "_end"),
        ("_end=-2", "_end"),
        (f"filter={quote('{')}", "filter"),
        (f"filter={quote('[1]')}", "filter"),
        (f"filter={quote(json.dumps({'a': [{}]}))}", "filter"),
        (f"filter={quote(json.dumps({'a': {'b': {'c': {'d': {'e': {'f': 1}}}}}}))}", "filter"),
        (f"range={quote('[3]')}", "range"),
        (f"range={quote('[3,1]')}", "range"),
        (f"range={quote('[true,2]')}", "range"),
        (f"sort={quote('[1,2]')}", "sort"),
        (f"sort={quote(json.dumps(['title', 'UP']))}", "sort"),
        ("title=%00", "title"),
    ],
)
def test_what_can_not_be_read_is_an_error_that_names_the_parameter(client: Client, query: str, parameter: str) -> None:
    answer = client.get(f"/posts?{query}")
    assert answer.status == 400
    assert list(answer.json["errors"]) == [parameter]
    assert f"'{parameter}'" in answer.json["message"]


@pytest.mark.parametrize(
    ("query", "total", "places"),
    [("", 3, "0-2"), ("?_limit=1", 3, "0-0"), ("?views_gte=30&_start=1&_end=9", 2, "1-1"), ("?_page=9", 3, "*")],
)
def test_the_number_of_all_that_match_is_always_told(client: Client, query: str, total: int, places: str) -> None:
    headers = client.get(f"/posts{query}").headers
    assert headers["x-total-count"] == str(total)
    assert headers["content-range"] == f"posts {places}/{total}"


def test_links_lead_through_the_pages(client: Client) -> None:
    first = client.get("/posts?_page=2&_limit=1&title_ne=x")
    links = [part.split("; ") for part in first.headers["link"].split(", ")]
    pages = {rel[5:-1]: client.follow(address[1:-1]).json[0]["id"] for address, rel in links}
    assert pages == {"first": 1, "prev": 1, "next": 3, "last": 3}


@pytest.mark.parametrize("query", ["", "_page=1", "_page=9&_limit=1", "_start=0&_end=1", "_limit=1"])
def test_no_link_is_sent_where_there_is_nothing_to_turn_to(client: Client, query: str) -> None:
    assert "link" not in client.get(f"/posts?{query}").headers


def test_children_are_embedded_and_parents_expanded(client: Client) -> None:
    posts = client.get("/posts?_embed=comments&_embed=nothing").json
    assert [[one["id"] for one in post["comments"]] for post in posts] == [["c1", "c3"], [], []]
    comments = client.get("/comments?_expand=post&_expand=profile").json
    assert [comment["post"]["id"] for comment in (comments[0], comments[2])] == [1, 1]
    assert "post" not in comments[1], "which refers to one that is not there"
    assert comments[3]["post"] is None, "which refers to none"
    assert client.get("/posts/1?_embed=comments").json["comments"][1]["id"] == "c3"


def test_below_a_parent_are_its_children(client: Client) -> None:
    assert ids(client.get("/posts/1/comments")) == ["c1", "c3"]
    assert ids(client.get("/posts/1/comments?_limit=1")) == ["c1"]
    assert client.get("/posts/1/comments/c3").json["body"] == "as text"
    assert client.get("/posts/2/comments/c3").status == 404
    made = client.post("/posts/2/comments", {"body": "new", "postId": "7"})
    assert (made.status, made.json["postId"]) == (201, 2)


def test_what_is_not_there_is_an_empty_object(client: Client) -> None:
    for method, path in (("GET", "/posts/9"), ("PUT", "/posts/9"), ("DELETE", "/posts/9"), ("GET", "/nothing")):
        answer = client.ask(method, path, body={})
        assert (answer.status, answer.body) == (404, b"{}")


def test_a_new_document_keeps_whatever_it_is_sent_with(client: Client) -> None:
    body: dict[str, Any] = {"title": {"deep": [1, None]}, "views": "many", "brand new": [{}], "postId": None}
    made = client.post("/posts", body)
    assert (made.status, made.json) == (201, {"id": 4, **body})
    assert client.follow(made.headers["location"]).json == made.json
    assert ids(client.get("/posts?views=many")) == [4]
    assert ids(client.get("/posts?title.deep=1")) == [4]
    assert ids(client.get("/posts?brand%20new_ne=x&_sort=brand%20new")) == [4, 1, 2, 3]


def test_a_form_is_a_body_too(client: Client) -> None:
    made = client.post("/posts", b"title=a+b&tag=1&tag=2&e=", "Content-Type: application/x-www-form-urlencoded")
    assert made.json == {"id": 4, "title": "a b", "tag": ["1", "2"], "e": ""}


def test_a_form_is_utf_8_escaped_or_not(client: Client) -> None:
    form = "Content-Type: application/x-www-form-urlencoded"
    assert client.post("/posts", "title=Caf%C3%A9 é".encode(), form).json["title"] == "Café é"
    assert client.post("/posts", b"title=caf\xe9", form).status == 400
    assert client.post("/posts", b"title=caf%E9", form).status == 400


def test_a_member_of_a_form_may_be_there_very_often(client: Client) -> None:
    made = client.post("/posts", b"&".join([b"t=1"] * 90_000), "Content-Type: application/x-www-form-urlencoded")
    assert (made.status, len(made.json["t"])) == (201, 90_000)


@pytest.mark.parametrize("key", [17, "seventeen", "17", -3, 2**53])
def test_an_id_may_be_chosen(client: Client, key: int | str) -> None:
    assert client.post("/posts", {"id": key}).json == {"id": key}
    assert client.get(f"/posts/{key}").json == {"id": key}
    assert client.post("/posts", {"id": key}).status == 409
    assert ids(client.get(f"/posts?id={key}")) == [key]


@pytest.mark.parametrize("key", [1, "1"])
def test_an_id_that_is_taken_is_a_conflict(client: Client, key: int | str) -> None:
    answer = client.post("/posts", {"id": key})
    assert answer.status == 409
    assert list(answer.json["errors"]) == ["id"]


@pytest.mark.parametrize("key", [True, 1.5, [], {}, "", "..", "x" * 201, "\0", 10**30])
def test_what_can_be_no_id_is_refused(client: Client, key: Any) -> None:
    assert client.post("/posts", {"id": key}).status == 422


def test_new_ids_go_on_as_the_old_ones(tmp_path: Path) -> None:
    client = served(tmp_path, {"n": [{"id": 5}], "t": [{"id": "x"}], "m": [{"id": 5}, {"id": "x"}], "e": []})
    made = {name: client.post(f"/{name}", {}).json["id"] for name in "ntme"}
    assert (made["n"], made["m"], made["e"]) == (6, 6, 1)
    assert isinstance(made["t"], str)
    assert len(made["t"]) == 7
    again = served(tmp_path, {"t": [{"id": "x"}]})
    assert again.post("/t", {}).json["id"] == made["t"], "the same in every run"
    assert again.post("/t", {}).json["id"] != made["t"]


def test_put_replaces_and_patch_merges_what_is_at_the_top(client: Client) -> None:
    patched = client.patch("/posts/1", {"id": 9, "author": {"age": 1}, "views": None, "more": 1})
    assert patched.status == 200
    assert patched.json == DATABASE["posts"][0] | {"author": {"age": 1}, "views": None, "more": 1}
    replaced = client.put("/posts/1", {"id": 9, "title": "only"})
    assert (replaced.status, replaced.json) == (200, {"id": 1, "title": "only"})
    assert client.get("/posts/1").json == replaced.json
    assert client.get("/posts/9").status == 404


def test_a_deleted_document_is_answered_and_takes_what_refers_to_it_along(client: Client) -> None:
    answer = client.delete("/posts/1")
    assert (answer.status, answer.json) == (200, DATABASE["posts"][0])
    assert ids(client.get("/comments")) == ["c2", "c4"]


def test_a_single_document_has_no_id(client: Client) -> None:
    assert client.get("/profile").json == DATABASE["profile"]
    assert client.patch("/profile", {"name": "x", "id": 5}).json == {"name": "x", "theme": {"dark": True}}
    posted = client.post("/profile", {"a": 1})
    assert (posted.status, posted.json) == (201, {"a": 1})
    assert client.put("/profile", {"b": 1}).json == client.get("/profile").json == {"b": 1}
    assert client.delete("/profile").status == 405
    assert client.get("/profile/1").status == 404


def test_everything_can_be_had_at_once(client: Client) -> None:
    assert client.get("/db").json == DATABASE
    client.delete("/posts/2")
    assert ids_of(client.get("/db").json["posts"]) == [1, 3]
    assert client.post("/db", {}).status == 405


def ids_of(rows: list[dict[str, Any]]) -> list[Any]:
    return [row["id"] for row in rows]


def test_a_collection_may_be_called_db(tmp_path: Path) -> None:
    assert served(tmp_path, {"db": [{"id": 1}]}).get("/db").json == [{"id": 1}]


def test_only_this_family_shows_everything_at_once(tmp_path: Path) -> None:
    assert served(tmp_path, DATABASE, "rest").get("/db").status == 404


def test_a_post_may_stand_for_another_method(client: Client) -> None:
    assert client.post("/posts/1", {"views": 1}, "X-HTTP-Method-Override: PATCH").json["title"] == "Zen"
    assert client.post("/posts/1", b"", "X-HTTP-Method-Override: delete").status == 200
    assert client.ask("GET", "/posts/2", "X-HTTP-Method-Override: DELETE").json["id"] == 2
    assert client.post("/posts/2", b"", "X-HTTP-Method-Override: BREW").status == 405
    assert ids(client.get("/posts")) == [2, 3]


def test_what_is_written_to_all_that_match_needs_a_filter_that_names_something(client: Client) -> None:
    assert client.delete("/posts").status == 400
    assert client.delete("/posts?nonsense=1").json == {"count": 0}
    assert client.patch("/posts?views_gte=30", {"hot": True}).json == {"count": 2}
    assert ids(client.get("/posts?hot=true")) == [1, 3]


@pytest.mark.parametrize("body", [b"[1]", b'"x"', b"7", b"null", b"{", b"", b'{"a": 1e999}'])
def test_a_body_that_is_no_object_is_refused(client: Client, body: bytes) -> None:
    before = client.get("/db").body
    for method, path in (("POST", "/posts"), ("PUT", "/posts/1"), ("PATCH", "/posts/1"), ("PUT", "/profile")):
        assert 400 <= client.ask(method, path, body=body).status < 500
    assert client.get("/db").body == before


REFERENCES = [True, 1.0, [1], {"a": 1}, "1", "x", 10**17, None]


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_may_hold_anything(client: Client, reference: Any) -> None:
    made = client.post("/comments", {"postId": reference}).json
    assert made["postId"] == reference
    key = made["id"]
    for path in ("/comments?_expand=post", f"/comments/{key}?_expand=post", "/posts?_embed=comments", "/db"):
        assert client.get(path).status == 200
    assert client.patch(f"/comments/{key}", {"postId": 2}).status == 200
    assert key in ids(client.get("/posts/2/comments"))
    assert client.delete("/posts/2").status == 200
    assert client.get(f"/comments/{key}").status == 404


DEFINITION = """
mock: 1
api: {convention: json-server, strict: true}
resources:
  zoos: {fields: {name: {value: Zoo, required: true, max_length: 3}}, rows: [{id: 1, name: Zoo}]}
  animals:
    count: 0
    fields:
      name: {value: Leo, type: string, required: true}
      kind: {enum: [lion, bear], default: lion}
      secret: {value: x, type: string, write_only: true}
      born: {value: 2020, type: integer, read_only: true}
      zooId: {ref: zoos, on_delete: cascade}
      label: {computed: "name ~ ' of ' ~ zoo.name"}
      stamp: {value: null, type: string, on_update: "v${name}"}
"""


def test_a_definition_in_this_dialect_checks_no_bodies_and_still_computes() -> None:
    client = serving(DEFINITION)
    made = client.post("/animals", {"kind": "bird", "zooId": 1, "name": "Kim", "extra": {"a": 1}, "born": 1})
    assert made.status == 201
    assert made.json == {
        "id": 1, "name": "Kim", "kind": "bird", "born": 2020, "zooId": 1, "label": "Kim of Zoo", "stamp": "vKim",
        "extra": {"a": 1},
    }  # fmt: skip
    assert client.get("/animals?extra.a=1&secret=x&kind=bird").json == [made.json]
    replaced = client.put("/animals/1", {"name": "Bo", "zooId": 1})
    assert replaced.json == {
        "id": 1, "name": "Bo", "kind": "lion", "born": 2020, "zooId": 1, "label": "Bo of Zoo", "stamp": "vBo",
    }  # fmt: skip
    assert client.patch("/zoos/1", {"name": "Menagerie"}).status == 200
    assert client.get("/animals/1").json["label"] == "Bo of Menagerie"
    assert client.get("/animals?q=secretive").json == []


def test_a_plain_database_can_be_served_in_another_convention(tmp_path: Path) -> None:
    client = served(tmp_path, DATABASE, "rest")
    assert ids(client.get("/posts?views[gte]=30&sort=-views")) == [3, 1]
    assert client.get("/comments/c1?embed=post").json["post"]["title"] == "Zen"
    assert client.get("/posts?nonsense=1").status == 400
    assert client.post("/posts", {"title": 7}).status == 422
    assert client.post("/comments", {"postId": 77}).status == 422
    assert served(tmp_path, DATABASE, "abp").get("/api/posts").json["result"]["totalCount"] == 3


def test_several_kinds_of_ids_stand_side_by_side_in_every_convention(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"id": 1}, {"id": "x"}, {"id": 2}]
    for convention in ("json-server", "rest", "simple-rest"):
        client = served(tmp_path, {"things": rows}, convention)
        assert [client.get(f"/things/{row['id']}").json for row in rows] == rows
        assert ids(client.get("/things?id=x&id=1")) == [1, "x"]
        assert client.post("/things", {"id": "1"}).status == 409
        new = client.post("/things", {}).json["id"]
        assert ids(client.get("/things?sort=-id")) == ["x", new, 2, 1]
