"""`image`: a picture of every document, drawn by the server, the same for the same seed."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.generation.picture import initials
from tests.client import Client, serving

DEFINITION = """
mock: 1
seed: 7
api: {version: v1}
resources:
  animals:
    count: 20
    fields:
      code: {faker: word, write_only: true}
      name: {faker: name}
      photo: {image: [320, 240]}
      icon: {image: [1, 4096]}
    rows: [{id: 1, name: "Ada <b>&\\" Lovelace"}]
  bare: {count: 1, fields: {id: {faker: uuid4, type: uuid}, n: {int: [1, 2]}, pic: {image: [20, 20]}}}
"""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def api() -> Client:
    return serving(DEFINITION).below("/v1")


def test_the_value_is_the_path_of_the_picture(api: Client) -> None:
    for row in api.get("/animals").json:
        assert row["photo"] == f"/v1/animals/{row['id']}/photo"
    made = api.post("/animals", {"name": "Leo", "photo": "/elsewhere"}).json
    assert made["photo"] == f"/v1/animals/{made['id']}/photo"
    assert api.put("/animals/1", {**made, "id": 1}).json["photo"] == "/v1/animals/1/photo"
    assert api.get("/animals?photo=/v1/animals/2/photo").json[0]["id"] == 2


def test_it_is_an_svg_of_the_size_with_initials(api: Client) -> None:
    got = api.get("/animals/1/photo")
    assert (got.status, got.headers["content-type"]) == (200, "image/svg+xml")
    assert got.headers["cache-control"] == "private, max-age=3600"
    root = ElementTree.fromstring(got.body)  # noqa: S314 - our own bytes
    assert (root.tag, root.get("width"), root.get("height")) == (f"{SVG}svg", "320", "240")
    assert root.get("aria-label") == 'Ada <b>&" Lovelace'
    assert [one.text for one in root.iter(f"{SVG}text")] == ["AL"]
    assert b'height="4096"' in api.get("/animals/1/icon").body


def test_pictures_differ_by_row_and_field_and_not_by_anything_else(api: Client) -> None:
    photos = {api.get(f"/animals/{key}/photo").body for key in range(1, 21)}
    assert len(photos) == 20
    again = serving(f"{DEFINITION}  more: {{count: 1}}\n").below("/v1")
    assert {again.get(f"/animals/{key}/photo").body for key in range(1, 21)} == photos
    other = serving(DEFINITION.replace("seed: 7", "seed: 8")).below("/v1")
    assert other.get("/animals/1/photo").body not in photos


def test_the_bytes_are_a_promise(api: Client) -> None:
    key = api.get("/bare").json[0]["id"]
    body = serving(DEFINITION.replace("id: {faker: uuid4, type: uuid}, ", "")).get("/v1/bare/1/pic").body
    assert key in api.get("/bare").json[0]["pic"]
    assert body.decode() == PROMISED


PROMISED = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20" role="img" aria-label="bare">'
    '<rect width="20" height="20" fill="#2a6f97"/>'
    '<circle cx="17" cy="8" r="6" fill="#ffb4a2" fill-opacity=".5"/>'
    '<circle cx="18" cy="1" r="7" fill="#8ecae6" fill-opacity=".2"/>'
    '<polygon points="12,0 20,16 4,16" fill="#ffb4a2" fill-opacity=".2"/>'
    '<rect x="4" y="10" width="12" height="12" transform="rotate(71 10 16)" fill="#8ecae6" fill-opacity=".2"/>'
    '<polygon points="20,15 24,23 16,23" fill="#e9c46a" fill-opacity=".5"/>'
    '<text x="50%" y="50%" dy=".36em" fill="#fff" text-anchor="middle"'
    ' font-family="system-ui,sans-serif" font-size="8">B</text>'
    "</svg>"
    "\n"
)


def test_a_renamed_document_has_other_initials_and_another_tag(api: Client) -> None:
    before = api.get("/animals/2/photo")
    tag = before.headers["etag"]
    assert api.get("/animals/2/photo", f"If-None-Match: {tag}").status == 304
    api.patch("/animals/2", {"name": "Zoë Ångström"})
    after = api.get("/animals/2/photo", f"If-None-Match: {tag}")
    assert (after.status, "ZÅ" in after.body.decode()) == (200, True)
    shapes = before.body.split(b"<text")[0].split(b"<rect", 1)[1]
    assert shapes in after.body


def test_a_picture_is_only_read(api: Client) -> None:
    refused = api.ask("PUT", "/animals/1/photo", "Content-Type: image/png", body=b"x")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert api.get("/animals/99/photo").status == 404
    assert api.get("/animals/1/photo", "Range: bytes=0-3").body == b"<svg"
    assert api.get("/animals/1/photo?v=3").status == 200


def test_ids_are_written_as_urls_have_them() -> None:
    rows = '[{id: "a b/ü?"}]'
    api = serving(f"resources: {{a: {{rows: {rows}, fields: {{id: {{faker: word}}, pic: {{image: [9, 9]}}}}}}}}")
    path = api.get("/a").json[0]["pic"]
    assert path == "/a/a%20b%2F%C3%BC%3F/pic"
    assert api.get(path).status == 200


def test_what_is_embedded_has_its_pictures_path_too() -> None:
    definition = """
    api: {version: v1}
    resources:
      users: {count: 2, fields: {name: name, avatar: {image: [40, 40]}}}
      posts: {count: 2, fields: {user_id: {ref: users, required: true}}}
    """
    post = serving(definition).get("/v1/posts/1?embed=user").json
    assert post["user"]["avatar"] == f"/v1/users/{post['user_id']}/avatar"


@given(st.text())
def test_initials_are_letters_or_digits_of_two_words_at_most(name: str) -> None:
    found = initials(name)
    assert found == "" or found.isalnum()
    assert len(found) <= 6


@pytest.mark.parametrize(
    ("name", "found"),
    [("Ada Lovelace", "AL"), ("ada maria lovelace", "AL"), ("Ada", "A"), ("«ß» — ", "SS"), ("--", "")],
)
def test_initials(name: str, found: str) -> None:
    assert initials(name) == found
