"""The addresses that one document of the `rest` convention says: its collection, and what it stands below."""

import pytest

from tests.client import HOST, Client, serving

DEFINITION = """
mock: 1
api: {version: v1}
resources:
  zoos: {delete: soft, count: 2}
  animals: {count: 2, fields: {id: {seq: 1}, zoo_id: {ref: zoos, required: true}}, rows: [{id: 1, zoo_id: 1}]}
  tags: {fields: {id: {value: "?", type: string}}, rows: [{id: "a/b"}]}
  notes: {fields: {id: {seq: 1}, tag_id: {ref: tags}}, rows: [{id: 1, tag_id: "a/b"}]}
  profile: {singleton: true}
"""
BASE = f"http://{HOST}/v1"


@pytest.fixture
def client() -> Client:
    return serving(DEFINITION).below("/v1")


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/zoos/1", f'<{BASE}/zoos>; rel="collection"'),
        ("/zoo/1", f'<{BASE}/zoos>; rel="collection"'),
        ("/animals/1?fields=id", f'<{BASE}/animals>; rel="collection"'),
        ("/zoos/1/animals/1", f'<{BASE}/zoos/1/animals>; rel="collection", <{BASE}/zoos/1>; rel="up"'),
        ("/tags/a%2Fb/notes/1", f'<{BASE}/tags/a%2Fb/notes>; rel="collection", <{BASE}/tags/a%2Fb>; rel="up"'),
    ],
)
def test_a_document_says_where_it_stands(client: Client, path: str, link: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.headers["link"]) == (200, link)
    for part in link.split(", "):
        assert client.follow(part.split(">")[0].removeprefix("<")).status == 200
    assert client.get(path, f"If-None-Match: {answer.headers['etag']}").headers["link"] == link


def test_so_does_one_that_was_written(client: Client) -> None:
    link = f'<{BASE}/zoos/1/animals>; rel="collection", <{BASE}/zoos/1>; rel="up"'
    assert client.post("/zoos/1/animals", {}).headers["link"] == link
    assert client.put("/zoos/1/animals/1", {}).headers["link"] == link
    assert client.patch("/zoos/1/animals/1", {}).headers["link"] == link
    assert client.delete("/zoos/2").status == 204
    assert client.ask("POST", "/zoos/2/restore").headers["link"] == f'<{BASE}/zoos>; rel="collection"'


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/profile", b""),
        ("DELETE", "/animals/1", b""),
        ("GET", "/animals/99", b""),
        ("POST", "/animals", b'[{"zoo_id": 1}]'),
        ("PATCH", "/animals?id=1", b"{}"),
    ],
)
def test_what_is_not_one_of_many_says_nothing(client: Client, method: str, path: str, body: bytes) -> None:
    assert "link" not in client.ask(method, path, body=body).headers


@pytest.mark.parametrize("convention", ["abp", "linkis"])
def test_other_conventions_do_not_say_it(convention: str) -> None:
    client = serving(DEFINITION, convention)
    prefix = {"abp": "/api/v1", "linkis": "/api/rest_j/v1"}[convention]
    assert "link" not in client.get(f"{prefix}/zoos/1").headers
