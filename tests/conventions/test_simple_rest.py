"""The dialect of react-admin's simple REST provider, over resources that are declared."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.client import Client, serving
from tests.server.wire import Answer

DEFINITION = """
mock: 1
api: {convention: simple-rest}
resources:
  posts:
    fields:
      id: {seq: 1}
      title: {value: Title, required: true, max_length: 9}
      state: {enum: [open, done], default: open}
      price: {float: [0, 99], default: null}
    rows:
      - {id: 1, title: "Zen, a", state: open, price: 3}
      - {id: 2, title: alpha, state: done, price: 12.5}
      - {id: 3, title: Beta, state: open, price: null}
  nothing: {count: 0}
"""


@pytest.fixture
def client() -> Client:
    return serving(DEFINITION)


def ask(client: Client, **parameters: Any) -> Answer:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    return client.get(f"/posts?{urlencode(texts)}", "Range: posts=0-24")


def ids(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [row["id"] for row in answer.json]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"sort": ["id", "DESC"], "range": [0, 1], "filter": {}}, [3, 2]),
        ({"sort": ["price", "asc"]}, [1, 2, 3]),
        ({"sort": "-price"}, [3, 2, 1]),
        ({"range": [1, 1]}, [2]),
        ({"range": [0, 9999]}, [1, 2, 3]),
        ({"range": [7, 9]}, []),
        ({"filter": {"id": [1, 3]}}, [1, 3]),
        ({"filter": {"id": []}}, []),
        ({"filter": {"id": "2"}}, [2]),
        ({"filter": {"title": "Zen, a"}}, [1]),
        ({"filter": {"price_gte": 3, "state": "done"}}, [2]),
        ({"filter": {"price": None}}, [3]),
        ({"filter": {"q": "BE"}}, [3]),
        ({"filter": {"title_like": "a$"}}, []),
    ],
)
def test_sort_range_and_filter_are_json(client: Client, parameters: dict[str, Any], expected: list[int]) -> None:
    assert ids(ask(client, **parameters)) == expected


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/posts", "posts 0-2/3"),
        ("/posts?range=[1,1]", "posts 1-1/3"),
        ("/posts?range=[9,19]", "posts */3"),
        ("/nothing", "nothing */0"),
    ],
)
def test_a_list_says_how_many_there_are(client: Client, path: str, said: str) -> None:
    answer = client.get(path, "Range: posts=90-99")
    assert (answer.status, answer.headers["content-range"]) == (200, said)


@pytest.mark.parametrize(
    ("parameters", "culprit"),
    [
        ({"filter": "{"}, "filter"),
        ({"filter": "plain"}, "filter"),
        ({"filter": {"stat": "open"}}, "filter.stat"),
        ({"filter": {"state": "shut"}}, "filter.state"),
        ({"range": "0-9"}, "range"),
        ({"range": [-1, 4]}, "range"),
        ({"range": [0, 2**60]}, "range"),
        ({"sort": ["nope", "ASC"]}, "sort"),
        ({"sort": ["id"]}, "sort"),
        ({"embed": [1]}, "embed"),
        ({"embed": {}}, "embed"),
        ({"embed": ["nope"]}, "embed"),
        ({"page": "x"}, "page"),
    ],
)
def test_what_can_not_be_read_is_an_error_that_names_the_parameter(
    client: Client, parameters: dict[str, Any], culprit: str
) -> None:
    answer = ask(client, **parameters)
    assert answer.status == 400
    assert culprit in answer.json["errors"]
    assert answer.json["message"]


def test_documents_are_bare_and_writes_answer_them(client: Client) -> None:
    made = client.post("/posts", {"title": "new"})
    assert (made.status, made.json) == (201, {"id": 4, "title": "new", "state": "open", "price": None})
    changed = client.put("/posts/4", {**made.json, "price": 1})
    assert (changed.status, changed.json) == (200, {**made.json, "price": 1})
    deleted = client.ask("DELETE", "/posts/4", "Content-Type: text/plain")
    assert (deleted.status, deleted.json) == (200, changed.json)


def test_errors_of_a_form_stand_by_field(client: Client) -> None:
    answer = client.post("/posts", {"title": "far too long a title", "state": "shut"})
    assert answer.status == 422
    assert set(answer.json["errors"]) == {"title", "state"}
    missing = client.get("/posts/9")
    assert (missing.status, missing.json) == (404, {"message": "There is no post with the id 9."})
