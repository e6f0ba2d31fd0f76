"""Sandboxes, snapshots, scenarios and clocks over the control plane: each has its own, and reading begins none."""

import json
import re

import pytest

from tests.server.pets import tell
from tests.server.process import Running
from tests.server.test_control import is_problem
from tests.server.wire import Wire, ask, request


def names(server: Running) -> list[str]:
    return [sandbox["name"] for sandbox in server.control("GET", "/api/sandboxes").json]


def count(server: Running, prefix: str = "") -> int:
    return len(server.get(f"{prefix}/pets").json)


def hear_out(wire: Wire) -> bytes:
    """All that comes until the server ends the connection."""
    heard = b""
    try:
        while piece := wire.sock.recv(4096):
            heard += piece
    except ConnectionResetError:
        pass
    return heard


def test_a_sandbox_is_begun_told_of_and_ended(pets: Running) -> None:
    begun = pets.control("PUT", "/api/sandboxes/w1")
    assert (begun.status, begun.headers["location"]) == (201, "/api/sandboxes/w1")
    assert begun.json == {
        "name": "w1", "prefix": "/~w1", "requests": 0, "sockets": 0, "idle_s": 0.0, "faults": ["moved"],
        "scenario": None, "changed": [],
    }  # fmt: skip
    assert pets.control("PUT", "/api/sandboxes/w1").status == 200
    assert ask(pets.port, request("DELETE", "/~w1/pets/1")).status == 204
    found = pets.control("GET", "/api/sandboxes/w1").json
    assert (found["requests"], found["changed"]) == (1, ["pets"])
    assert (count(pets), count(pets, "/~w1")) == (3, 2)
    assert pets.control("DELETE", "/api/sandboxes/w1").status == 204
    assert is_problem(pets.control("GET", "/api/sandboxes/w1"), 404)
    assert names(pets) == ["default"]
    assert count(pets, "/~w1") == 3


def test_a_new_name_is_made_for_whoever_wants_one(pets: Running) -> None:
    begun = [pets.control("POST", "/api/sandboxes") for _ in range(2)]
    assert [answer.status for answer in begun] == [201, 201]
    assert len({answer.headers["location"] for answer in begun}) == 2
    for answer in begun:
        assert answer.headers["location"] == f"/api/sandboxes/{answer.json['name']}"
        assert count(pets, answer.json["prefix"]) == 3


def test_the_default_one_stays(pets: Running) -> None:
    assert is_problem(pets.control("DELETE", "/api/sandboxes/default"), 409)
    assert pets.control("GET", "/api/sandboxes/default").json["prefix"] == ""
    assert pets.control("PUT", "/api/sandboxes/default").status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/sandboxes/w9", 404),
        ("DELETE", "/api/sandboxes/w9", 404),
        ("PUT", "/api/sandboxes/a%20b", 400),
        ("PUT", "/api/sandboxes/..", 400),
        ("PUT", "/api/sandboxes/" + "a" * 65, 400),
        ("DELETE", "/api/sandboxes/%00", 400),
        ("POST", "/api/reset?sandbox=a%20b", 400),
        ("POST", "/api/reset?sandbox=", 400),
        ("POST", "/api/reset?sandbox=a&sandbox=b", 400),
        ("POST", "/api/reset?sandbox=*", 400),
    ],
)
def test_what_is_none_or_can_be_none_is_refused(pets: Running, method: str, path: str, status: int) -> None:
    assert is_problem(pets.control(method, path), status)
    assert names(pets) == ["default"]


def test_a_body_where_none_is_wanted_is_refused(pets: Running) -> None:
    for method, path in (("POST", "/api/sandboxes"), ("PUT", "/api/sandboxes/w1"), ("PUT", "/api/snapshots/s")):
        answer = tell(pets, method, path, '{"seed": 7}')
        assert is_problem(answer, 400)
        assert answer.json["errors"][0]["pointer"] == "/seed"
    assert names(pets) == ["default"]


def test_reading_begins_no_sandbox(pets: Running) -> None:
    document = pets.control("GET", "/api/openapi.json").json
    for path, methods in document["paths"].items():
        if "get" not in methods or "{" in path or path == "/api/stream":
            continue
        assert pets.control("GET", f"{path}?sandbox=w7").status == 200, path
    assert names(pets) == ["default"]


def test_what_can_be_no_sandbox_is_refused_by_every_route(pets: Running) -> None:
    document = pets.control("GET", "/api/openapi.json").json
    for path, methods in document["paths"].items():
        for method in methods:
            answer = pets.control(method.upper(), f"{re.sub('{.*?}', '1', path)}?sandbox=a%20b")
            assert is_problem(answer, 400), (method, path)
            assert [error["parameter"] for error in answer.json["errors"]] == ["sandbox"], (method, path)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/api/faults/lost", '{"match": "GET /pets", "status": 9}', 422),
        ("PUT", "/api/faults/a%20b", '{"match": "GET /pets", "status": 418}', 400),
        ("PUT", "/api/faults/outage", "[]", 400),
        ("PATCH", "/api/faults/outage", '{"status": 9999}', 422),
        ("PATCH", "/api/faults/nope", '{"enabled": true}', 404),
        ("DELETE", "/api/faults/nope", "", 404),
        ("PUT", "/api/scenario", '{"name": "emtpy"}', 404),
        ("PUT", "/api/clock", '{"advance": "-1s"}', 400),
        ("PUT", "/api/snapshots/a%20b", "", 400),
        ("DELETE", "/api/snapshots/nope", "", 404),
        ("POST", "/api/snapshots/nope/restore", "", 404),
        ("POST", "/api/reset", '{"what": ["dta"]}', 400),
        ("POST", "/api/events", '{"topic": "a b"}', 400),
        ("POST", "/api/faults/off", '{"all": true}', 400),
    ],
)
def test_a_refused_effect_begins_no_sandbox(pets: Running, method: str, path: str, body: str, status: int) -> None:
    assert is_problem(tell(pets, method, f"{path}?sandbox=ghost", body), status)
    assert names(pets) == ["default"]


def test_the_document_of_a_sandbox_is_about_its_data(pets: Running) -> None:
    renamed = request("PATCH", "/~w1/pets/1", "Content-Type: application/json", body=b'{"name": "Canary"}')
    assert ask(pets.port, renamed).status == 201
    own, usual = (pets.control("GET", f"/openapi.json{query}").json for query in ("?sandbox=w1", ""))
    assert own["servers"] == [{"url": f"{usual['servers'][0]['url']}/~w1"}]
    assert "Canary" in json.dumps(own)
    assert "Canary" not in json.dumps(usual)


def test_the_end_of_a_sandbox_is_the_end_of_its_sockets(pets: Running) -> None:
    handshake = request(
        "GET", "/~w1/events/ws", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )  # fmt: skip
    with Wire(pets.port) as other, Wire(pets.port) as wire:
        other.send(handshake.replace(b"~w1", b"~w2"))
        assert other.read().status == 101
        wire.send(handshake)
        assert wire.read().status == 101
        shown = pets.control("GET", "/api/sockets?sandbox=w1").json
        assert [one["sandbox"] for one in shown] == ["w1"]
        assert len(pets.control("GET", "/api/sockets").json) == 2
        assert pets.control("GET", "/api/sockets?sandbox=w3").json == []
        assert pets.control("GET", "/api/sandboxes/w1").json["sockets"] == 1
        assert pets.control("DELETE", "/api/sandboxes/w1").status == 204
        assert b"\x03\xf4" in hear_out(wire)
        [left] = pets.control("GET", "/api/sockets?sandbox=w2").json
        elsewhere = pets.control("POST", f"/api/sockets/{left['id']}/close?sandbox=w1")
        assert is_problem(elsewhere, 404)
        assert "in the sandbox 'w1'" in elsewhere.json["detail"]
        assert tell(pets, "POST", "/api/sockets/close?sandbox=w2", '{"how": "reset"}').json["closed"]
        hear_out(other)


def test_a_snapshot_is_kept_put_back_and_downloaded(pets: Running) -> None:
    saved = tell(pets, "POST", "/api/snapshots", '{"name": "full"}')
    assert (saved.status, saved.headers["location"]) == (201, "/api/snapshots/full")
    assert (saved.json["name"], saved.json["documents"]) == ("full", 3)
    assert pets.control("PUT", "/api/snapshots/full").status == 200
    assert pets.control("PUT", "/api/snapshots/other").status == 201
    assert [one["name"] for one in pets.control("GET", "/api/snapshots").json] == ["full", "other"]
    assert ask(pets.port, request("DELETE", "/pets/1")).status == 204
    assert count(pets) == 2
    for _ in range(2):
        assert pets.control("POST", "/api/snapshots/full/restore").json["documents"] == 3
        assert count(pets) == 3
        assert ask(pets.port, request("DELETE", "/pets/2")).status == 204
    whole = pets.control("GET", "/api/snapshots/full").json
    assert [row["id"] for row in whole["data"]["pets"]] == [1, 2, 3]
    assert pets.control("GET", "/api/snapshots?sandbox=w1").json == []
    assert pets.control("DELETE", "/api/snapshots/full").status == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/restore")):
        assert is_problem(pets.control(method, f"/api/snapshots/full{path}"), 404)


@pytest.mark.parametrize("body", ["", "{}", '{"name": 7}', '{"name": "a b"}', '{"name": ""}', '{"nmae": "full"}', "[]"])
def test_a_snapshot_without_a_name_is_none(pets: Running, body: str) -> None:
    assert is_problem(tell(pets, "POST", "/api/snapshots", body), 400)
    assert pets.control("GET", "/api/snapshots").json == []


def test_a_scenario_is_switched_to_and_left(pets: Running) -> None:
    empty, lost, fading = pets.control("GET", "/api/scenarios").json
    assert empty == {
        "name": "empty", "describe": "Nothing there yet", "extends": None, "user": None, "faults": [],
        "data": {"pets": {"count": 0}}, "script": [], "loop_s": None, "current": False,
    }  # fmt: skip
    assert (lost["user"], lost["faults"], fading["loop_s"]) == ("ada", ["outage"], None)
    assert fading["script"] == [{"at_s": 10.0, "faults": ["outage"], "say": "Now it is gone."}]
    assert pets.control("GET", "/api/scenario").json["name"] is None
    assert tell(pets, "PUT", "/api/scenario", '{"name": "empty"}').json["name"] == "empty"
    assert count(pets) == 0
    assert [one["name"] for one in pets.control("GET", "/api/scenarios").json if one["current"]] == ["empty"]
    assert tell(pets, "PUT", "/api/scenario?sandbox=w1", '{"name": "lost"}').json["name"] == "lost"
    assert pets.get("/~w1/pets").status == 503
    assert {one["name"]: one["scenario"] for one in pets.control("GET", "/api/sandboxes").json} == {
        "default": "empty", "w1": "lost",
    }  # fmt: skip
    assert tell(pets, "PUT", "/api/scenario", '{"name": null}').json["name"] is None
    assert count(pets) == 3
    assert pets.get("/pets/3").status == 410


def test_a_script_plays_as_its_clock_is_moved(pets: Running) -> None:
    assert tell(pets, "PUT", "/api/clock", '{"freeze": true}').status == 200
    assert tell(pets, "PUT", "/api/scenario", '{"name": "fading"}').status == 200
    assert pets.get("/pets").status == 200
    assert pets.control("GET", "/api/scenario").json == {
        "name": "fading", "said": None,
        "script": {"round": 1, "at_s": 0.0, "next": {"step": 1, "in_s": 10.0}, "ended": False},
    }  # fmt: skip
    assert tell(pets, "PUT", "/api/clock", '{"advance": "10s"}').status == 200
    assert pets.get("/pets").status == 503
    found = pets.control("GET", "/api/scenario").json
    assert found["script"] == {"round": 1, "at_s": 10.0, "next": None, "ended": False}
    said = found["said"]
    assert said == {"text": "Now it is gone.", "step": 1, "at_s": 10.0}
    assert pets.control("GET", "/api/status").json["scenario"] == "fading"
    assert pets.control("GET", "/api/status").json["faults"] == ["outage"]
    assert pets.control("POST", "/api/faults/off").status == 200
    assert pets.control("GET", "/api/scenario").json["script"]["ended"] is True


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"name": "emtpy"}', 404, "did you mean 'empty'?"),
        ('{"name": 7}', 400, "'name' must be"),
        ("{}", 400, "'name' must be"),
        ("", 400, "'name' must be"),
        ('{"nmae": "empty"}', 400, "did you mean 'name'?"),
    ],
)
def test_a_scenario_that_there_is_not_changes_nothing(pets: Running, body: str, status: int, said: str) -> None:
    assert tell(pets, "PUT", "/api/scenario", '{"name": "empty"}').status == 200
    answer = tell(pets, "PUT", "/api/scenario", body)
    assert is_problem(answer, status)
    assert said in answer.json["detail"]
    assert pets.control("GET", "/api/scenario").json["name"] == "empty"


def test_each_sandbox_has_its_clock_and_its_status(pets: Running) -> None:
    frozen = tell(pets, "PUT", "/api/clock?sandbox=w1", '{"freeze": "2026-01-15T09:00:00Z"}')
    assert frozen.json == {"now": "2026-01-15T09:00:00Z", "frozen": True}
    assert pets.control("GET", "/api/clock").json["frozen"] is False
    assert pets.control("GET", "/api/clock?sandbox=w1").json == frozen.json
    assert pets.control("GET", "/api/status?sandbox=w1").json["now"] == "2026-01-15T09:00:00Z"
    assert tell(pets, "POST", "/api/reset?sandbox=w1", '{"what": ["clock"]}').json == {"reset": ["clock"]}
    assert pets.control("GET", "/api/clock?sandbox=w1").json["frozen"] is False


def test_a_reset_is_of_one_sandbox_and_leaves_the_scenario(pets: Running) -> None:
    assert tell(pets, "PUT", "/api/scenario", '{"name": "empty"}').status == 200
    assert tell(pets, "PUT", "/api/scenario?sandbox=w1", '{"name": "empty"}').status == 200
    assert pets.control("POST", "/api/reset?sandbox=w1").status == 200
    assert (count(pets), count(pets, "/~w1")) == (0, 3)
    assert pets.control("GET", "/api/scenario?sandbox=w1").json["name"] is None
