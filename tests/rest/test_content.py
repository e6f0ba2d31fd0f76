"""Files that clients upload: by form or by PUT, kept beside their documents, served whole, in part, or not at all."""

from hashlib import sha256
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import PayloadTooLarge
from mockserver.server.assemble import prepare
from mockserver.store.content import Contents
from tests.client import Client, assemble, direct, serving
from tests.rest.form import CONTENT_TYPE, file, form, text

DEFINITION = """
mock: 1
api: {version: v1}
clock: 2026-01-15T09:00:00Z
freeze: true
resources:
  zoos: {count: 2}
  animals:
    count: 2
    fields:
      name: {faker: first_name, required: true}
      weight_kg: {float: [1, 9], min: 0.1}
      legs: {int: [2, 4]}
      tame: {bool: 0.5}
      born_on: {date: [-9y, now]}
      zoo_id: {ref: zoos}
      diet: {list: {enum: [meat, leaves]}}
      chip: {object: {code: word}}
      photo: {file: {max: 1KB, types: [image/png, text/*]}}
      paper: {file: {max: 2KB}, immutable: true}
      scan: {file: {}, read_only: true}
  settings: {singleton: true, fields: {logo: {file: {}}}}
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def api() -> Client:
    return serving(DEFINITION).below("/v1")


def upload(api: Client, content: bytes = PNG, *headers: str, path: str = "/animals/1/photo") -> Any:
    return api.ask("PUT", path, *(headers or ("Content-Type: image/png",)), body=content)


def test_a_seeded_document_has_no_file(api: Client) -> None:
    assert api.get("/animals/1").json["photo"] is None
    missing = api.get("/animals/1/photo")
    assert (missing.status, missing.json["detail"]) == (404, "The animal 1 has no photo.")
    assert api.delete("/animals/1/photo").status == 404


def test_what_is_put_is_served_byte_for_byte(api: Client) -> None:
    put = upload(api, PNG, "Content-Type: image/png", 'Content-Disposition: attachment; filename="C:\\tmp\\Leo\'s.png"')
    assert put.status == 201
    assert put.json["photo"] == {
        "name": "Leo's.png",
        "type": "image/png",
        "size": len(PNG),
        "sha256": sha256(PNG).hexdigest(),
        "url": "/v1/animals/1/photo",
    }
    got = api.get("/animals/1/photo")
    assert (got.status, got.body) == (200, PNG)
    assert got.headers["content-type"] == "image/png"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"] == "inline; filename*=UTF-8''Leo%27s.png"
    assert got.headers["last-modified"] == "Thu, 15 Jan 2026 09:00:00 GMT"
    assert got.headers["accept-ranges"] == "bytes"
    assert got.headers["cache-control"] == "no-cache"
    assert api.get("/animals/1").json["photo"] == put.json["photo"]


def test_a_file_is_taken_away(api: Client) -> None:
    upload(api)
    assert api.delete("/animals/1/photo").status == 204
    assert api.get("/animals/1").json["photo"] is None
    assert api.get("/animals/1/photo").status == 404
    upload(api)
    assert api.patch("/animals/1", {"photo": None}).json["photo"] is None
    upload(api)
    assert api.put("/animals/1", {"name": "Leo"}).json["photo"] is None


def test_a_document_that_was_read_may_be_sent_back(api: Client) -> None:
    upload(api)
    upload(api, b"once", "Content-Type: text/plain", path="/animals/1/paper")
    document = api.get("/animals/1").json
    assert api.put("/animals/1", document).json == document
    assert api.patch("/animals/1", {**document, "name": "Leo"}).json == {**document, "name": "Leo"}
    assert api.get("/animals/1/photo").body == PNG


def test_a_file_that_was_uploaded_may_be_given_to_another_document(api: Client) -> None:
    photo = upload(api).json["photo"]
    made = api.post("/animals", {"name": "Leo", "photo": photo}).json
    assert made["photo"] == {**photo, "url": f"/v1/animals/{made['id']}/photo"}
    assert api.get(f"/animals/{made['id']}/photo").body == PNG


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ("a.png", "#/photo"),
        ({}, "#/photo"),
        ({"name": "a.png", "sha256": "0" * 64}, "#/photo"),
        ({"sha256": "KNOWN"}, "#/photo/type"),
        ({"sha256": "KNOWN", "type": "image/gif"}, "#/photo/type"),
        ({"sha256": "KNOWN", "type": "image/png\r\nX: y"}, "#/photo/type"),
        ({"sha256": "KNOWN", "type": "image/png", "nam": "x"}, "#/photo/nam"),
        ({"sha256": 5, "type": "image/png"}, "#/photo/sha256"),
    ],
)
def test_json_can_not_make_a_file(api: Client, value: Any, pointer: str) -> None:
    known = upload(api, path="/animals/2/photo").json["photo"]["sha256"]
    if isinstance(value, dict) and value.get("sha256") == "KNOWN":
        value = {**value, "sha256": known}
    refused = api.patch("/animals/1", {"photo": value})
    assert (refused.status, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])


def test_names_are_made_harmless(api: Client) -> None:
    sent = {"name": "../x\u202e\u0007.png", "type": "image/png", "sha256": upload(api).json["photo"]["sha256"]}
    assert api.patch("/animals/2", {"photo": sent}).json["photo"]["name"] == "x.png"
    assert api.patch("/animals/2", {"photo": {**sent, "name": ".."}}).json["photo"]["name"] == "photo"


@pytest.mark.parametrize("body", [b"", b"x" * 1000])
def test_a_file_of_up_to_the_maximum_is_taken(api: Client, body: bytes) -> None:
    assert upload(api, body).json["photo"]["size"] == len(body)
    assert api.get("/animals/1/photo").body == body


def test_a_larger_file_is_too_large(api: Client) -> None:
    refused = upload(api, b"x" * 1001)
    assert refused.status == 413
    assert refused.json["detail"] == "The file 'photo' has 1,001 bytes: 1,000 bytes at most are taken."
    assert api.ask("POST", "/animals", CONTENT_TYPE, body=form([file("photo", b"x" * 1001)])).status == 413


@pytest.mark.parametrize("media", ["image/gif", "application/octet-stream", "", 'image/png; a="\x01"', "png"])
def test_another_type_is_unsupported(api: Client, media: str) -> None:
    refused = upload(api, PNG, f"Content-Type: {media}")
    assert refused.status == 415
    assert api.get("/animals/1").json["photo"] is None


def test_types_are_compared_without_case_and_parameters_and_kept_as_sent(api: Client) -> None:
    assert (
        upload(api, b"x", "Content-Type: Text/Plain; charset=utf-8").json["photo"]["type"]
        == "Text/Plain; charset=utf-8"
    )
    assert api.get("/animals/1/photo").headers["content-type"] == "Text/Plain; charset=utf-8"


@pytest.mark.parametrize("media", ["text/html", "TEXT/XML", "text/xsl"])
def test_what_browsers_would_run_is_kept_in_a_sandbox(api: Client, media: str) -> None:
    upload(api, b"<script>alert(1)</script>", f"Content-Type: {media}")
    assert api.get("/animals/1/photo").headers["content-security-policy"] == "sandbox"


def test_a_compressed_body_is_refused(api: Client) -> None:
    assert upload(api, PNG, "Content-Type: image/png", "Content-Encoding: gzip").status == 415


def test_a_part_of_a_file_is_not_taken_for_the_whole(api: Client) -> None:
    assert upload(api, PNG, "Content-Type: image/png").status == 201
    assert upload(api, PNG[:4], "Content-Type: image/png", "Content-Range: bytes 0-3/9").status == 400
    assert api.get("/animals/1/photo").body == PNG


# Methods


def test_each_path_says_what_can_be_done(api: Client) -> None:
    assert api.ask("OPTIONS", "/animals/1/photo").headers["allow"] == "GET, HEAD, PUT, DELETE, OPTIONS"
    assert api.ask("OPTIONS", "/animals/1/scan").headers["allow"] == "GET, HEAD, OPTIONS"
    refused = api.post("/animals/1/photo", {})
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, PUT, DELETE, OPTIONS")
    assert api.ask("PUT", "/animals/1/scan", "Content-Type: image/png", body=PNG).status == 405
    assert api.get("/animals/1/photo/x").status == 404
    assert api.get("/animals/1/name").status == 404
    assert upload(api, path="/animals/77/photo").status == 404


def test_methods_of_the_resource_hold_for_its_files() -> None:
    api = serving("resources: {a: {methods: [list, get], count: 1, fields: {x: {file: {}}}}}")
    assert api.ask("OPTIONS", "/a/1/x").headers["allow"] == "GET, HEAD, OPTIONS"


def test_an_immutable_file_stays(api: Client) -> None:
    refused = upload(api, b"x", "Content-Type: text/plain", path="/animals/1/paper")
    assert refused.status == 422
    made = api.ask("POST", "/animals", CONTENT_TYPE, body=form([text("name", "Leo"), file("paper", b"x")])).json
    assert api.delete(f"/animals/{made['id']}/paper").status == 422
    assert api.get(f"/animals/{made['id']}/paper").body == b"x"


def test_below_a_parent_the_file_is_the_same(api: Client) -> None:
    upload(api)
    zoo = api.get("/animals/1").json["zoo_id"]
    assert api.get(f"/zoos/{zoo}/animals/1/photo").body == PNG
    assert api.get(f"/zoos/{3 - zoo}/animals/1/photo").status == 404


def test_a_singleton_has_files_too(api: Client) -> None:
    put = upload(api, path="/settings/logo")
    assert put.json["logo"]["url"] == "/v1/settings/logo"
    assert api.get("/settings/logo").body == PNG


def test_a_required_file_comes_with_the_document() -> None:
    api = serving("resources: {a: {count: 1, fields: {x: {file: {}, required: true}, y: word}}}")
    assert api.post("/a", {"y": "b"}).json["errors"] == [{"pointer": "#/x", "detail": "is required"}]
    made = api.ask("POST", "/a", CONTENT_TYPE, body=form([file("x", b"1")]))
    assert made.status == 201
    assert api.delete("/a/2/x").status == 422
    assert api.put("/a/1", api.get("/a/1").json).status == 201


# Forms


def test_a_form_makes_a_document_with_its_fields_by_type(api: Client) -> None:
    parts = [
        text("name", "Leo ä"),
        text("weight_kg", "4.5"),
        text("legs", "4"),
        text("tame", "true"),
        text("born_on", ""),
        text("zoo_id", "2"),
        text("diet", "meat"),
        text("diet", "leaves"),
        text("chip", '{"code": "x"}'),
        file("photo", PNG, "ä €.png"),
        file("paper", b"", "", "application/octet-stream"),
    ]
    made = api.ask("POST", "/animals", CONTENT_TYPE, body=form(parts))
    assert made.status == 201
    expected = {
        "id": 3, "name": "Leo ä", "weight_kg": 4.5, "legs": 4, "tame": True, "born_on": None, "zoo_id": 2,
        "diet": ["meat", "leaves"], "chip": {"code": "x"}, "paper": None, "scan": None,
    }  # fmt: skip
    assert {**made.json, "photo": None} == {**expected, "photo": None}
    assert made.json["photo"]["name"] == "ä €.png"
    assert api.get("/animals/3/photo").body == PNG


def test_a_form_may_carry_the_fields_as_one_part(api: Client) -> None:
    whole = ("document", b'{"name": "Leo", "legs": 3}', None, "application/json")
    made = api.ask("POST", "/animals", CONTENT_TYPE, body=form([whole, file("photo", PNG), text("legs", "4")]))
    assert (made.json["name"], made.json["legs"], made.json["photo"]["size"]) == ("Leo", 4, len(PNG))
    bad = api.ask("POST", "/animals", CONTENT_TYPE, body=form([("document", b"[", None, "")]))
    assert (bad.status, bad.json["detail"][:31]) == (400, "The part 'document' is not JSON")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_form_changes_a_document(api: Client, method: str) -> None:
    upload(api, b"before")
    changed = api.ask(method, "/animals/1", CONTENT_TYPE, body=form([text("name", "Leo"), file("photo", PNG)]))
    assert changed.json["name"] == "Leo"
    assert api.get("/animals/1/photo").body == PNG
    kept = api.ask("PATCH", "/animals/1", CONTENT_TYPE, body=form([file("photo", b"", "", "")]))
    assert kept.json["photo"] == changed.json["photo"]
    assert api.ask("PATCH", "/animals/1", CONTENT_TYPE, body=form([text("photo", "")])).json["photo"] is None


@pytest.mark.parametrize(
    ("part", "pointer", "detail"),
    [
        (text("legs", "four"), "#/legs", "must be an integer"),
        (text("weight_kg", "NaN"), "#/weight_kg", "must be a number"),
        (text("tame", "maybe"), "#/tame", "must be true or false"),
        (text("born_on", "soon"), "#/born_on", "must be a date like 2026-01-15"),
        (text("diet", "grass"), "#/diet/0", "must be one of meat, leaves"),
        (text("chip", "x"), "#/chip", "must be an object"),
        (text("nmae", "x"), "#/nmae", "is not a field of an animal; did you mean 'name'?"),
        (file("phoot", b"x"), "#/phoot", "is not a field of an animal; did you mean 'photo'?"),
        (file("name", b"x"), "#/name", "takes no file"),
        (text("photo", "a.png"), "#/photo", "is a text and no file: send it with a file name"),
        (text("zoo_id", "9"), "#/zoo_id", "refers to a zoo that does not exist (9)"),
    ],
)
def test_a_form_with_a_wrong_part_is_invalid(api: Client, part: Any, pointer: str, detail: str) -> None:
    refused = api.ask("PATCH", "/animals/1", CONTENT_TYPE, body=form([part]))
    assert (refused.status, refused.json.get("errors")) == (422, [{"pointer": pointer, "detail": detail}])


@pytest.mark.parametrize("name", ["photo", "legs"])
def test_a_field_that_takes_one_value_is_not_there_twice(api: Client, name: str) -> None:
    part = file(name, b"x") if name == "photo" else text(name, "1")
    refused = api.ask("PATCH", "/animals/1", CONTENT_TYPE, body=form([part, part]))
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, f"#/{name}")


@pytest.mark.parametrize("value", ["a.png", 5, True, ["x"]])
def test_a_document_can_not_hold_another_value_as_a_file(api: Client, value: Any) -> None:
    refused = api.patch("/animals/1", {"photo": value})
    assert (refused.status, refused.json["errors"][0]["detail"][:39]) == (
        422,
        "must be null or a file that was uploade",
    )


def test_a_form_that_is_sent_again_is_answered_again_whatever_stands_between_its_parts(api: Client) -> None:
    parts = [text("name", "Leo"), text("zoo_id", "1"), file("photo", PNG)]
    key = "Idempotency-Key: form-1"

    def send(boundary: str, parts: Any) -> Any:
        kind = f"Content-Type: multipart/form-data; boundary={boundary}"
        return api.ask("POST", "/animals", kind, key, body=form(parts, boundary))

    first, again = send("first", parts), send("second", parts)
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert send("third", [*parts[:2], file("photo", b"other")]).status == 422


def test_a_broken_form_is_a_bad_request(api: Client) -> None:
    refused = api.ask("POST", "/animals", CONTENT_TYPE, body=form([text("name", "x")])[:-10])
    assert refused.status == 400
    assert "part 1 has no end" in refused.json["detail"]
    assert api.ask("PATCH", "/animals/1", CONTENT_TYPE, body=form([("name", b"\xff", None, "")])).status == 400


def test_a_resource_without_files_takes_no_form(api: Client) -> None:
    assert api.ask("POST", "/zoos", CONTENT_TYPE, body=form([text("id", "7")])).status == 415


def test_a_refused_form_leaves_nothing_behind() -> None:
    service = assemble(DEFINITION)
    api = direct(service).below("/v1")
    before = api.get("/animals/1").json
    api.ask("PATCH", "/animals/1", CONTENT_TYPE, body=form([file("photo", PNG), text("legs", "x")]))
    assert api.get("/animals/1").json == before


# Validators and ranges


def test_a_file_is_recognised_by_its_tag(api: Client) -> None:
    upload(api)
    got = api.get("/animals/1/photo")
    tag = got.headers["etag"]
    known = api.get("/animals/1/photo", f"If-None-Match: {tag}")
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", tag)
    assert api.get("/animals/1/photo", f"If-Modified-Since: {got.headers['last-modified']}").status == 304
    assert api.get("/animals/1/photo", 'If-Match: "other"').status == 412
    assert upload(api, b"x", "Content-Type: image/png", 'If-Match: "other"').status == 412
    assert upload(api, b"x", "Content-Type: image/png", f"If-Match: {tag}").status == 201
    assert upload(api, b"x", "Content-Type: text/plain").status == 201
    assert len({tag, api.get("/animals/1/photo").headers["etag"]}) == 2
    assert upload(api, b"x", "Content-Type: image/png", "If-None-Match: *").status == 412
    assert upload(api, b"x", "Content-Type: image/png", "If-None-Match: *", path="/animals/2/photo").status == 201
    assert upload(api, b"x", "Content-Type: text/plain", "If-Match: *", path="/settings/logo").status == 412


def test_where_tags_are_required_a_file_is_not_replaced_without() -> None:
    api = serving(DEFINITION.replace("api: {", "api: {etag: required, ")).below("/v1")
    assert upload(api).status == 201
    assert upload(api).status == 428
    tag = api.get("/animals/1/photo").headers["etag"]
    assert api.delete("/animals/1/photo", f"If-Match: {tag}").status == 204


RANGES = [
    ("bytes=0-0", 206, "bytes 0-0/10", b"0"),
    ("bytes=2-4", 206, "bytes 2-4/10", b"234"),
    ("Bytes = 8-", 206, "bytes 8-9/10", b"89"),
    ("bytes=5-99999999999999999", 206, "bytes 5-9/10", b"56789"),
    ("bytes=-3", 206, "bytes 7-9/10", b"789"),
    ("bytes=-30", 206, "bytes 0-9/10", b"0123456789"),
    ("bytes=10-", 416, "bytes */10", None),
    ("bytes=-0", 416, "bytes */10", None),
    ("bytes=10-11,20-", 416, "bytes */10", None),
    ("bytes=0-1,5-6", 200, None, b"0123456789"),
    ("bytes=4-2", 200, None, b"0123456789"),
    ("bytes=-", 200, None, b"0123456789"),
    ("bytes=a-b", 200, None, b"0123456789"),
    ("bytes=", 200, None, b"0123456789"),
    ("items=0-1", 200, None, b"0123456789"),
    ("bytes=" + "9" * 5000 + "-", 200, None, b"0123456789"),
]


@pytest.mark.parametrize(("asked", "status", "said", "body"), RANGES, ids=[one[0][:20] for one in RANGES])
def test_a_range_is_a_part_the_whole_or_can_not_be(
    api: Client, asked: str, status: int, said: str | None, body: bytes | None
) -> None:
    upload(api, b"0123456789")
    got = api.get("/animals/1/photo", f"Range: {asked}")
    assert (got.status, got.headers.get("content-range")) == (status, said)
    if body is None:
        assert got.headers["content-type"] == "application/problem+json"
    else:
        assert (got.body, got.headers["content-type"]) == (body, "image/png")


def test_of_an_empty_file_there_is_no_part(api: Client) -> None:
    upload(api, b"")
    assert api.get("/animals/1/photo", "Range: bytes=0-").status == 416


def test_if_range_asks_for_a_part_of_what_is_known_alone(api: Client) -> None:
    upload(api, b"0123456789")
    whole = api.get("/animals/1/photo")
    tag, date = whole.headers["etag"], whole.headers["last-modified"]
    for held, status in ((tag, 206), (date, 206), ('"other"', 200), (f"W/{tag}", 200), ("yesterday", 200)):
        assert api.get("/animals/1/photo", "Range: bytes=0-1", f"If-Range: {held}").status == status
    assert api.ask("HEAD", "/animals/1/photo", "Range: bytes=0-1").status == 200


def test_an_idempotency_key_repeats_an_upload(api: Client) -> None:
    headers = ("Content-Type: image/png", "Idempotency-Key: k")
    first = upload(api, PNG, *headers)
    api.delete("/animals/1/photo")
    assert upload(api, PNG, *headers).body == first.body
    assert api.get("/animals/1/photo").status == 404
    assert upload(api, b"other", *headers).status == 422


# Keeping


def test_a_reset_forgets_files() -> None:
    service = assemble(DEFINITION)
    api = direct(service).below("/v1")
    photo = upload(api).json["photo"]
    service.reset([])
    assert api.get("/animals/1").json["photo"] is None
    assert api.patch("/animals/1", {"photo": photo}).status == 422
    assert service.sandbox.store.contents.size_bytes == 0


def test_a_reload_keeps_files_of_what_stays_as_it_is() -> None:
    service = assemble(DEFINITION)
    upload(direct(service).below("/v1"))
    changed = parse_source(f"{DEFINITION}  more: {{count: 1}}\n", "test.yaml")
    service.replace(service.stage(prepare(changed)))
    api = direct(service).below("/v1")
    assert api.get("/more/1").status == 200
    assert api.get("/animals/1/photo").body == PNG


def test_bytes_that_nothing_holds_make_room() -> None:
    held = {"a"}
    contents = Contents(lambda: held, limit_bytes=10)
    first, second = contents.put(b"12345"), contents.put(b"54321")
    held.add(second)
    assert contents.put(b"12345") == first
    contents.put(b"abcde")
    assert (contents.get(first), contents.get(second), contents.size_bytes) == (None, b"54321", 10)
    held.add(contents.put(b"abcde"))
    with pytest.raises(PayloadTooLarge, match="no room"):
        contents.put(b"x")


def test_room_is_made_of_what_came_first_and_of_no_more_than_is_needed() -> None:
    contents = Contents(set, limit_bytes=10)
    first, second, third = contents.put(b"111"), contents.put(b"222"), contents.put(b"333")
    assert contents.put(b"111") == first
    # The second file of a form makes room for itself, and the first has no document yet.
    fourth = contents.put(b"4444")
    assert [contents.get(one) for one in (first, second, third, fourth)] == [b"111", None, b"333", b"4444"]
    assert contents.size_bytes == 10


def test_a_deleted_document_that_comes_back_has_its_file() -> None:
    api = serving("resources: {a: {delete: soft, count: 1, fields: {x: {file: {}}}}}")
    api.ask("PUT", "/a/1/x", "Content-Type: text/plain", body=b"kept")
    api.delete("/a/1")
    assert api.get("/a/1/x").status == 404
    assert api.post("/a/1/restore", {}).status < 300
    assert api.get("/a/1/x").body == b"kept"


@pytest.mark.parametrize("convention", ["rest", "abp", "linkis"])
def test_files_are_below_the_prefix_of_each_convention(convention: str) -> None:
    fields = "{cover_photo: {file: {}}, small_pic: {image: [9, 9]}}"
    definition = f"api: {{case: camel, version: v1}}\nresources: {{a: {{count: 1, fields: {fields}}}}}"
    api = serving(definition, convention)
    path = {"rest": "/v1/a", "abp": "/api/v1/a", "linkis": "/api/rest_j/v1/a"}[convention] + "/1"
    assert api.ask("PUT", f"{path}/coverPhoto", "Content-Type: text/plain", body=b"x").status < 300
    body = api.get(path).body.decode()
    assert f'"url":"{path}/coverPhoto"' in body
    assert f'"smallPic":"{path}/smallPic"' in body
    assert api.get(f"{path}/coverPhoto").body == b"x"
    assert api.get(f"{path}/smallPic").headers["content-type"] == "image/svg+xml"
    assert api.get(f"{path}/coverPhoto", "Accept: image/*").status == 200
