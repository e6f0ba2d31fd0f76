"""A plain JSON file behind a real server, as `serve db.json` has it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.client import Client
from tests.live import put_back, started
from tests.server.process import Running

ORIGIN = "Origin: http://localhost:5173"
DATABASE: dict[str, Any] = {
    "posts": [{"id": number, "title": f"Post {number} é", "views": number * 10} for number in range(1, 26)],
    "comments": [{"id": 1, "body": "some", "postId": 1}, {"id": 2, "body": "lost", "postId": 99}],
    "profile": {"name": "typicode"},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("database") / "db.json"
    path.write_text(json.dumps(DATABASE, indent=2), encoding="utf-8")
    with started(str(path)) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Client:
    return put_back(server)


def test_everything_in_the_file_is_served(client: Client) -> None:
    assert client.get("/db").json == DATABASE
    for name, held in DATABASE.items():
        assert client.get(f"/{name}").json == held


def test_pages_are_turned_by_their_links(client: Client) -> None:
    answer, seen = client.get("/posts?_page=1&_limit=10&_sort=views&_order=DESC"), list[int]()
    while True:
        seen += [post["id"] for post in answer.json]
        assert answer.headers["x-total-count"] == "25"
        following = [part for part in answer.headers["link"].split(", ") if 'rel="next"' in part]
        if not following:
            break
        answer = client.follow(following[0].partition(">")[0][1:])
    assert seen == list(range(25, 0, -1))


def test_pages_of_another_origin_may_read_the_totals(client: Client) -> None:
    exposed = client.get("/posts?_limit=1", ORIGIN).headers["access-control-expose-headers"]
    assert {"x-total-count", "content-range", "link"} <= {name.strip().lower() for name in exposed.split(",")}


def test_a_document_lives_from_post_to_delete(client: Client) -> None:
    made = client.post("/posts", {"title": "new", "anything": {"goes": True}}, ORIGIN)
    assert (made.status, made.json["id"]) == (201, 26)
    assert client.follow(made.headers["location"]).json == made.json
    assert client.patch("/posts/26", {"title": "newer"}).json["title"] == "newer"
    assert client.put("/posts/26", {"title": "newest"}).json == {"title": "newest", "id": 26}
    assert client.delete("/posts/26").json == {"id": 26, "title": "newest"}
    assert client.get("/posts/26").json == {}


def test_a_reset_brings_the_file_back(server: Running, client: Client) -> None:
    client.delete("/posts/1")
    client.put("/profile", {})
    assert put_back(server).get("/db").json == DATABASE


def test_a_range_header_is_no_reason_to_refuse(client: Client) -> None:
    answer = client.get("/posts?range=[0,4]", "Range: posts=900-999")
    assert (answer.status, answer.headers["content-range"]) == (200, "posts 0-4/25")
