"""The definition over the control plane: shown, checked, put in force, and refused with everything that is wrong."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mockserver.definitions.secret import REDACTED
from mockserver.server.control.upload import show_definition
from tests.live import SEEDS, started
from tests.server.process import Running
from tests.server.test_control_stream import Followed
from tests.server.wire import Answer

JSON = "Content-Type: application/json"
SHOP: dict[str, Any] = {
    "mock": 1,
    "name": "Shop",
    "resources": {
        "goods": {"count": 4, "fields": {"name": {"enum": ["cup", "pot"]}}},
        "notes": {"count": 2, "fields": {"text": {"enum": ["x", "y"]}}},
    },
}
OTHER = {**SHOP, "resources": {**SHOP["resources"], "notes": {"count": 3, "fields": {"text": {"enum": ["z"]}}}}}
BROKEN = {**SHOP, "resources": {**SHOP["resources"], "notes": {"count": 3, "fields": {"text": {"enmu": ["z"]}}}}}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("shop") / "shop.yaml"
    path.write_text(json.dumps(SHOP), encoding="utf-8")
    with started(str(path)) as server:
        yield server


@pytest.fixture
def server(shared: Running) -> Running:
    """One that serves the shop, seeded."""
    assert put(shared, SHOP).status == 200
    shared.control("POST", "/api/reset")
    return shared


def put(server: Running, body: object, query: str = "") -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.control("PUT", f"/api/definition{query}", JSON, body=text)


def shown(server: Running) -> Any:
    return server.control("GET", "/api/definition").json


def texts(server: Running, prefix: str = "") -> set[str]:
    return {row["text"] for row in server.get(f"{prefix}/notes").json}


def test_the_definition_in_force_is_shown_as_it_was_written(server: Running) -> None:
    assert shown(server) == SHOP
    assert list(shown(server)) == list(SHOP)


def test_an_upload_is_in_force_at_once_and_leaves_what_it_does_not_change(server: Running) -> None:
    kept = server.get("/goods").json
    server.control("POST", "/api/events", JSON, body=b'{"topic": "a"}')
    answer = put(server, OTHER)
    assert answer.status == 200
    ms = answer.json.pop("ms")
    assert answer.json | {"ms": ms} == {
        "ok": True, "generated": ["notes"], "kept": ["goods"], "removed": [], "ms": ms,
    }  # fmt: skip
    assert texts(server) == {"z"}
    assert server.get("/goods").json == kept
    assert shown(server) == OTHER


def test_every_sandbox_has_it(server: Running) -> None:
    assert texts(server, "/~w1") <= {"x", "y"}
    put(server, OTHER)
    assert texts(server, "/~w1") == texts(server, "/~w2") == {"z"}


def test_yaml_comes_as_source(server: Running) -> None:
    text = (
        "name: Other\nresources:\n  goods: {count: 3}\n"
        "  notes: {count: {per: goods, each: {2: 1}}, fields: {good_id: {ref: goods}, text: {enum: [z]}}}\n"
    )
    answer = put(server, {"source": text})
    assert answer.status == 200, answer.body
    assert texts(server) == {"z"}
    assert shown(server)["resources"]["notes"]["count"] == {"per": "goods", "each": {"2": 1}}
    rows = server.get("/notes").json
    assert put(server, shown(server)).status == 200
    assert server.get("/notes").json == rows


def test_a_check_changes_nothing(server: Running) -> None:
    before = server.control("GET", "/api/status").json["at"]
    answer = put(server, OTHER, "?check=1")
    assert (answer.status, answer.json["ok"], answer.json["generated"]) == (200, True, ["notes"])
    assert put(server, BROKEN, "?check=true").status == 422
    assert shown(server) == SHOP
    assert server.control("GET", "/api/status").json["at"] == before
    assert texts(server) <= {"x", "y"}


@pytest.mark.parametrize("query", ["", "?check=1"])
def test_everything_wrong_is_told_in_its_place_and_nothing_changes(server: Running, query: str) -> None:
    text = json.dumps({**BROKEN, "seed": "x"}, indent=1).encode()
    answer = put(server, text, query)
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["detail"] == "2 problems in the definition; what is served has not changed."
    seed, field = sorted(answer.json["errors"], key=lambda one: one["pointer"], reverse=True)
    lines = text.decode().split("\n")
    assert seed["pointer"] == "/seed"
    assert lines[seed["line"] - 1][seed["column"] - 1 :] == '"x"'
    assert field["pointer"].startswith("/resources/notes/fields/text")
    assert "enmu" in lines[field["line"] - 1] or "text" in lines[field["line"] - 1]
    assert "enum" in field["hint"]
    assert shown(server) == SHOP


def test_problems_of_yaml_are_told_with_their_line(server: Running) -> None:
    answer = put(server, {"source": "resources:\n\tnotes: {}\n"})
    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["line"], error["column"], error["pointer"]) == (2, 1, "")
    assert "tab" in error["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{}", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"{", 400),
        (b'"mock: 1"', 400),
        (b'{"source": 1}', 400),
        (b'{"source": "mock: 1", "mock": 1}', 400),
        (b"\xff\xfe", 400),
        (b'{"resources":' * 60 + b"1" + b"}" * 60, 400),
        (b'{"source": ""}', 422),
        (b'{"source": "[]"}', 422),
        (b'{"source": "&a [*a]"}', 422),
        (b'{"source": "a: !!python/object:os.system x"}', 422),
        (b'{"mock": 1, "mock": 1}', 422),
        (b'{"resources": 5}', 422),
        (b'{"resources": {"a": {"fields": {"b": "\\u0000"}}}}', 422),
        (b'{"name": "\x7f"}', 422),
        (b'{"name": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
def test_what_can_t_be_a_definition_is_refused(server: Running, body: bytes, status: int) -> None:
    answer = put(server, body)
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert shown(server) == SHOP


@pytest.mark.parametrize("query", ["?check=yes", "?check=", "?chek=1", "?check=1&check=0"])
def test_parameters_that_can_t_be_are_refused(server: Running, query: str) -> None:
    answer = put(server, OTHER, query)
    assert answer.status == 400
    assert shown(server) == SHOP


def test_only_json_is_taken(server: Running) -> None:
    answer = server.control("PUT", "/api/definition", "Content-Type: application/yaml", body=b"mock: 1")
    assert answer.status == 415


@pytest.mark.parametrize("text", [r'"🦓 \" \\ud83e \ud83e\udd93 / \t \u00e9"', '"plain"'])
def test_every_spelling_of_json_is_read(server: Running, text: str) -> None:
    name = json.loads(text)
    for spelled in (text, json.dumps(name), json.dumps(name).replace("/", "\\/")):
        body = '{\n\t"name":\t' + spelled + ',\r\n\t"resources": {"notes": {"count": 1}}}'
        answer = put(server, body.encode())
        assert answer.status == 200, answer.body
        assert shown(server)["name"] == name


def test_many_at_once_take_turns(server: Running) -> None:
    definitions = [
        {"name": f"n{n}", "resources": {"notes": {"count": n, "fields": {"text": {"enum": [f"t{n}"]}}}}}
        for n in range(1, 9)
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: put(server, one), definitions))
    assert [answer.status for answer in answers] == [200] * 8
    last = int(shown(server)["name"][1:])
    assert shown(server) == definitions[last - 1]
    assert [row["text"] for row in server.get("/notes").json] == [f"t{last}"] * last


def test_who_follows_the_stream_hears_of_it(server: Running) -> None:
    with Followed(server.control_port, "events=definition&sandbox=w1") as stream:
        put(server, OTHER, "?check=1")
        put(server, OTHER)
        name, uploaded = stream.next()
        put(server, BROKEN)
        _, failed = stream.next()
    assert name == "definition"
    assert (uploaded["sandbox"], uploaded["change"], uploaded["files"]) == (None, "uploaded", ["upload"])
    assert uploaded["generated"] == ["notes"]
    assert failed["change"] == "failed"
    assert failed["problems"][0]["place"].startswith("upload:1:")


def test_a_change_of_the_files_is_told_too_and_wins_over_an_upload(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(json.dumps(SHOP), encoding="utf-8")
    with started(str(path)) as server:
        assert put(server, OTHER).status == 200
        with Followed(server.control_port, "events=definition") as stream:
            path.write_text(json.dumps({**SHOP, "name": "Edited"}), encoding="utf-8")
            _, data = stream.next()
        assert (data["change"], data["files"]) == ("reloaded", [str(path)])
        assert shown(server)["name"] == "Edited"


def test_what_is_wrong_with_the_files_is_known_until_another_definition_takes_over(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(json.dumps(SHOP), encoding="utf-8")
    with started(str(path)) as server, Followed(server.control_port, "events=definition") as stream:
        assert problems(server) == []
        put(server, BROKEN)
        stream.next()
        assert problems(server) == []
        path.write_text(json.dumps(BROKEN), encoding="utf-8")
        _, failed = stream.next()
        assert problems(server) == failed["problems"]
        assert failed["problems"][0]["place"].startswith(f"{path}:1:")
        path.write_text(json.dumps(SHOP), encoding="utf-8")
        stream.next()
        assert problems(server) == []


def problems(server: Running) -> Any:
    return server.control("GET", "/api/status").json["definition"]["problems"]


def test_options_at_the_start_win_over_an_upload(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(json.dumps(SHOP), encoding="utf-8")
    with started(str(path), "--seed", "7") as server:
        put(server, {**OTHER, "seed": 3})
        assert shown(server)["seed"] == 7


@pytest.mark.parametrize("name", ["zoo", "tickets", "linkis"])
def test_what_is_shown_can_be_put_back(tmp_path: Path, name: str) -> None:
    path = SEEDS / f"{name}.yaml"
    with started(str(path), "--no-watch") as server:
        definition = shown(server)
        answer = put(server, definition)
        assert answer.status == 200, answer.body
        assert shown(server) == definition
        counts = server.control("GET", "/api/status").json["resources"]
        assert put(server, {"source": path.read_text(encoding="utf-8")}).status == 200
        assert server.control("GET", "/api/status").json["resources"] == counts


def test_secrets_of_users_are_not_shown() -> None:
    written = {
        "auth": {
            "scheme": "jwt", "secret": "canary-1", "header": "X-Token", "cookie": "sid",
            "users": {"ada": {"token": "canary-2", "password": {"any_but": "canary-3"}, "roles": []}, "bob": None},
        },
        "resources": {"a": {"count": {"per": "b", "each": {2: 1}}, "fields": {"password": "password"}}},
    }  # fmt: skip
    found = show_definition(written)
    assert "canary" not in json.dumps(found)
    assert found["auth"] == {
        "scheme": "jwt", "secret": "[redacted]", "header": "X-Token", "cookie": "sid",
        "users": {"ada": {"token": "[redacted]", "password": "[redacted]", "roles": []}, "bob": None},
    }  # fmt: skip
    assert found["resources"] == {"a": {"count": {"per": "b", "each": {"2": 1}}, "fields": {"password": "password"}}}


AUTH = """
auth: {scheme: bearer, users: {ada: {token: canary-4711, password: canary-4712}}}
resources: {notes: {count: 1}}
"""


def test_secrets_that_were_left_out_stay_as_they_are(server: Running) -> None:
    def status() -> int:
        return server.get("/notes", "Authorization: Bearer canary-4711").status

    assert put(server, {"source": AUTH}).status == 200
    definition = shown(server)
    assert "canary" not in json.dumps(definition)
    assert put(server, {**definition, "name": "Again"}).status == 200
    assert status() == 200
    assert put(server, {"source": json.dumps(definition)}).status == 200
    assert status() == 200


@pytest.mark.parametrize("query", ["", "?check=1"])
def test_what_stands_for_a_secret_is_never_one_itself(server: Running, query: str) -> None:
    assert put(server, {"source": AUTH}).status == 200
    definition = shown(server)
    definition["auth"]["secret"] = REDACTED
    definition["auth"]["users"]["eve"] = definition["auth"]["users"].pop("ada")
    definition["faults"] = {"token": {"match": "GET /notes", "header": {"Cookie": "[redacted]"}, "status": 401}}
    answer = put(server, definition, query)
    assert answer.status == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {
        "/auth/secret", "/auth/users/eve/token", "/auth/users/eve/password", "/faults/token/header/Cookie",
    }  # fmt: skip
    assert server.get("/notes", "Authorization: Bearer [redacted]").status == 401


def test_secrets_of_faults_are_left_out_and_stay_as_they_are(server: Running) -> None:
    fault = {"match": "GET /notes", "header": {"Authorization": "canary-1"}, "status": 418}
    assert put(server, {**SHOP, "faults": {"token": fault}}).status == 200
    definition = shown(server)
    assert definition["faults"] == {"token": {**fault, "header": {"Authorization": "[redacted]"}}}
    assert put(server, {**definition, "name": "Again"}).status == 200
    assert server.get("/notes", "Authorization: canary-1").status == 418


def test_auth_of_any_shape_can_be_shown() -> None:
    shapes: list[Any] = [None, [], {"users": []}, {"users": {"ada": 1}}]
    for auth in shapes:
        assert show_definition({"auth": auth})["auth"] == auth
