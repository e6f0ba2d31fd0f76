"""react-admin's data providers, `ra-data-json-server` 5.15.3 and `ra-data-simple-rest` 5.15.3, unmodified.

Each runs in Node.js as on a page of another origin, against a plain `db.json` and against a definition that names its
convention: the same rows, so the same answers.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients.client import PublishedClient, Refused, installed_version, run_script
from tests.live import put_back, started
from tests.server.process import Running

VERSIONS = {"ra-data-json-server": "5.15.3", "ra-data-simple-rest": "5.15.3"}
ORIGIN = "http://localhost:5173"

AUTHORS = [{"id": number, "name": name} for number, name in enumerate(("Ada", "Grace", "Linus"), 1)]
POSTS = [
    {
        "id": number,
        "title": f"Post {number:02d}",
        "category": ("news", "howto", "opinion")[number % 3],
        "views": number * 7 % 13,
        "authorId": number % 3 + 1,
    }
    for number in range(1, 26)
]
COMMENTS = [{"id": number, "body": f"Comment {number}", "postId": number % 5 + 1} for number in range(1, 13)]
ROWS = {"authors": AUTHORS, "posts": POSTS, "comments": COMMENTS}

FIELDS = """
resources:
  authors:
    fields: {id: {seq: 1}, name: {faker: sentence, required: true}}
  posts:
    search: [title, category]
    fields:
      id: {seq: 1}
      title: {faker: sentence, required: true}
      category: {enum: [news, howto, opinion], default: news}
      views: {int: [0, 12], default: 0}
      authorId: {ref: authors, on_delete: clear}
  comments:
    fields: {id: {seq: 1}, body: {faker: sentence, required: true}, postId: {ref: posts, on_delete: cascade}}
"""


def define(convention: str) -> str:
    lines = ["mock: 1", "api:", f"  convention: {convention}"]
    for line in FIELDS.strip().splitlines():
        lines.append(line)
        if line.strip() in ("authors:", "posts:", "comments:"):
            lines.append(f"    rows: {json.dumps(ROWS[line.strip()[:-1]])}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Provider:
    """A provider's methods on one resource, with the parameters that react-admin gives them."""

    client: PublishedClient
    name: str

    def call(self, method: str, resource: str, **parameters: object) -> Any:
        return self.client.call(method, resource, parameters)

    def list(self, resource: str, page: int = 1, size: int = 10, sort: str = "id", **filters: object) -> Any:
        order = "DESC" if sort.startswith("-") else "ASC"
        return self.call(
            "getList",
            resource,
            pagination={"page": page, "perPage": size},
            sort={"field": sort.lstrip("-"), "order": order},
            filter=filters,
        )


@pytest.fixture(
    scope="module",
    params=[(name, source) for name in VERSIONS for source in ("db.json", "definition")],
    ids=lambda given: f"{given[0]} {VERSIONS[given[0]]}, {given[1]}",
)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Running, Provider]]:
    name, source = request.param
    assert installed_version(name) == VERSIONS[name]
    file = tmp_path_factory.mktemp("react-admin") / ("db.json" if source == "db.json" else "api.yaml")
    text = json.dumps(ROWS) if source == "db.json" else define(name.removeprefix("ra-data-"))
    file.write_text(text, encoding="utf-8")
    with (
        started(str(file)) as server,
        run_script("react_admin.mjs", name, f"http://127.0.0.1:{server.port}", ORIGIN) as client,
    ):
        yield server, Provider(client, name)


@pytest.fixture
def provider(running: tuple[Running, Provider]) -> Provider:
    server, provider = running
    put_back(server)
    return provider


def ids(answer: Any) -> list[int]:
    return [row["id"] for row in answer["data"]]


def test_a_page_of_a_sorted_list_and_the_total(provider: Provider) -> None:
    answer = provider.list("posts", page=2, size=4, sort="-title")
    assert ids(answer) == [21, 20, 19, 18]
    assert answer["total"] == 25
    assert answer["data"][0] == POSTS[20]


def test_the_pages_are_the_whole_list(provider: Provider) -> None:
    pages = [provider.list("posts", page, 10, "views") for page in (1, 2, 3, 4)]
    assert [len(page["data"]) for page in pages] == [10, 10, 5, 0]
    assert {page["total"] for page in pages} == {25}
    rows = [row for page in pages for row in page["data"]]
    assert [(row["views"], row["id"]) for row in rows] == sorted((row["views"], row["id"]) for row in POSTS)


def test_a_filter_counts_in_the_total(provider: Provider) -> None:
    answer = provider.list("posts", size=3, category="howto")
    assert ids(answer) == [1, 4, 7]
    assert answer["total"] == 9


def test_filters_agree(provider: Provider) -> None:
    answer = provider.list("posts", category="news", authorId=1)
    assert ids(answer) == [row["id"] for row in POSTS if row["category"] == "news" and row["authorId"] == 1]


def test_the_full_text_filter(provider: Provider) -> None:
    assert ids(provider.list("posts", q="post 1")) == list(range(10, 20))


def test_a_filter_that_nothing_meets(provider: Provider) -> None:
    assert provider.list("posts", title="no such title") == {"data": [], "total": 0}


def test_one(provider: Provider) -> None:
    assert provider.call("getOne", "posts", id=7) == {"data": POSTS[6]}
    assert provider.call("getOne", "posts", id="7") == {"data": POSTS[6]}


def test_one_that_is_not_there(provider: Provider) -> None:
    with pytest.raises(Refused) as caught:
        provider.call("getOne", "posts", id=999)
    assert caught.value.refusal["name"] == "HttpError"
    assert caught.value.refusal["status"] == 404


def test_many(provider: Provider) -> None:
    assert sorted(ids(provider.call("getMany", "posts", ids=[3, 11, 999]))) == [3, 11]
    assert ids(provider.call("getMany", "authors", ids=[2])) == [2]


def test_what_refers_to_one(provider: Provider) -> None:
    answer = provider.call(
        "getManyReference",
        "comments",
        target="postId",
        id=2,
        pagination={"page": 1, "perPage": 2},
        sort={"field": "id", "order": "DESC"},
        filter={},
    )
    assert ids(answer) == [11, 6]
    assert answer["total"] == 3


def test_one_with_what_belongs_to_it(provider: Provider) -> None:
    embed = "comments" if provider.name == "ra-data-json-server" else ["comments"]
    answer = provider.call("getOne", "posts", id=2, meta={"embed": embed})
    assert answer["data"] == {**POSTS[1], "comments": [row for row in COMMENTS if row["postId"] == 2]}


def test_create(provider: Provider) -> None:
    given = {"title": "Ünïcode — 100 %", "category": "news", "views": 0, "authorId": 2}
    created = provider.call("create", "posts", data=given)["data"]
    assert created == {**given, "id": 26}
    assert provider.call("getOne", "posts", id=26)["data"] == created
    assert provider.list("posts")["total"] == 26


def test_update(provider: Provider) -> None:
    changed = {**POSTS[4], "title": "Another title"}
    answer = provider.call("update", "posts", id=5, data=changed, previousData=POSTS[4])
    assert answer == {"data": changed}
    assert provider.call("getOne", "posts", id=5)["data"] == changed


def test_update_many(provider: Provider) -> None:
    given = {"title": "The same", "category": "opinion", "views": 1, "authorId": 3}
    assert provider.call("updateMany", "posts", ids=[1, 2, 3], data=given) == {"data": [1, 2, 3]}
    assert provider.call("getOne", "posts", id=2)["data"] == {**given, "id": 2}


def test_update_of_what_is_not_there(provider: Provider) -> None:
    with pytest.raises(Refused) as caught:
        provider.call("update", "posts", id=999, data={"title": "x"}, previousData={})
    assert caught.value.refusal["status"] == 404


def test_delete(provider: Provider) -> None:
    deleted = provider.call("delete", "comments", id=4, previousData=COMMENTS[3])
    assert deleted == {"data": COMMENTS[3]}
    assert provider.list("comments")["total"] == 11
    with pytest.raises(Refused):
        provider.call("getOne", "comments", id=4)


def test_delete_many(provider: Provider) -> None:
    assert provider.call("deleteMany", "comments", ids=[1, 2, 3]) == {"data": [1, 2, 3]}
    assert ids(provider.list("comments")) == [4, 5, 6, 7, 8, 9, 10, 11, 12]
