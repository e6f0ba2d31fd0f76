"""Faults over the control plane: set, changed, switched, ended, each in its sandbox, and nothing by half."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockserver.faults.kind import kinds
from mockserver.faults.preset import presets
from tests.server.pets import tell
from tests.server.process import Running
from tests.server.test_control import is_problem
from tests.server.test_control_stream import Followed
from tests.server.wire import ask, request


def names(server: Running, query: str = "") -> list[str]:
    return [fault["name"] for fault in server.control("GET", f"/api/faults{query}").json]


def test_the_definitions_faults_are_there(pets: Running) -> None:
    outage, moved = pets.control("GET", "/api/faults").json
    assert outage["settings"] == {
        "match": "ANY *", "status": 503, "retry_after": 2, "enabled": False, "describe": "All is lost.",
    }  # fmt: skip
    assert (outage["enabled"], outage["source"], outage["expires_in_s"]) == (False, "file", None)
    assert (moved["enabled"], moved["matched"], moved["fired"]) == (True, 0, 0)
    assert pets.get("/pets/3").status == 410
    assert pets.control("GET", "/api/faults/moved").json["fired"] == 1


def test_a_fault_is_set_acts_and_is_gone(pets: Running) -> None:
    answer = tell(pets, "PUT", "/api/faults/lost", '{"match": "GET /pets", "status": 418, "ttl": "30s"}')
    assert answer.status == 201
    assert answer.headers["location"] == "/api/faults/lost"
    assert answer.json["source"] == "runtime"
    assert 0 < answer.json["expires_in_s"] <= 30
    assert pets.get("/pets").status == 418
    found = pets.control("GET", "/api/faults/lost")
    assert (found.json["matched"], found.json["fired"]) == (1, 1)
    assert found.headers["etag"] == answer.headers["etag"]
    assert pets.control("DELETE", "/api/faults/lost").status == 204
    assert is_problem(pets.control("GET", "/api/faults/lost"), 404)
    assert pets.get("/pets").status == 200


def test_what_is_set_without_a_time_stays_a_quarter_of_an_hour(pets: Running) -> None:
    answer = tell(pets, "PUT", "/api/faults/lost", '{"match": "GET /pets", "status": 418}')
    assert 890 < answer.json["expires_in_s"] <= 900


def test_the_same_again_goes_on_counting_and_another_begins_anew(pets: Running) -> None:
    body = '{"match": "GET /pets", "status": 418}'
    assert tell(pets, "PUT", "/api/faults/lost", body).status == 201
    assert pets.get("/pets").status == 418
    again = tell(pets, "PUT", "/api/faults/lost", body)
    assert (again.status, again.json["matched"], "location" in again.headers) == (200, 1, False)
    other = tell(pets, "PUT", "/api/faults/lost", '{"match": "GET /pets", "status": 404}')
    assert (other.status, other.json["matched"]) == (200, 0)
    assert other.headers["etag"] != again.headers["etag"]


def test_a_patch_switches_and_changes(pets: Running) -> None:
    on = tell(pets, "PATCH", "/api/faults/outage", '{"enabled": true, "ttl": "1h"}')
    assert on.status == 200
    assert on.json["enabled"] is True
    assert 3590 < on.json["expires_in_s"] <= 3600
    assert on.json["settings"]["ttl"] == "1h"
    assert pets.get("/pets").status == 503
    changed = tell(pets, "PATCH", "/api/faults/outage", '{"status": 500, "retry_after": null}')
    assert (changed.status, changed.json["enabled"], changed.json["settings"]["status"]) == (200, True, 500)
    assert "retry_after" not in changed.json["settings"]
    assert pets.get("/pets").status == 500
    off = tell(pets, "PATCH", "/api/faults/outage", '{"enabled": false}')
    assert (off.status, off.json["enabled"]) == (200, False)
    assert pets.get("/pets").status == 200
    assert len({one.headers["etag"] for one in (on, changed, off)}) == 3


def test_a_patch_of_nothing_changes_nothing(pets: Running) -> None:
    before = pets.control("GET", "/api/faults/outage").json
    assert tell(pets, "PATCH", "/api/faults/outage", "{}").json == before
    assert pets.control("PATCH", "/api/faults/outage").json == before


def test_a_shipped_one_is_meant_by_its_name(pets: Running) -> None:
    assert [one["name"] for one in pets.control("GET", "/api/presets").json] == [*presets]
    for method, name, body, status in (
        ("PATCH", "forbidden", '{"enabled": true}', 200),
        ("PUT", "maintenance", "{}", 201),
        ("PUT", "slow", '{"ttl": "1m"}', 201),
        ("PUT", "mine", '{"preset": "forbidden", "enabled": false}', 201),
    ):
        answer = tell(pets, method, f"/api/faults/{name}", body)
        assert answer.status == status, answer.body
        assert answer.json["preset"] == ("forbidden" if name == "mine" else name)
        assert answer.json["enabled"] is (name != "mine")
    assert pets.get("/pets").status == 503
    assert pets.control("DELETE", "/api/faults/maintenance").status == 204
    assert pets.get("/pets").status == 200


def test_everything_ends_at_one_word(pets: Running) -> None:
    assert tell(pets, "PATCH", "/api/faults/outage", '{"enabled": true}').status == 200
    assert tell(pets, "PUT", "/api/faults/maintenance?sandbox=w1", "{}").status == 201
    assert pets.control("POST", "/api/faults/off").json == {"off": ["outage", "moved"]}
    assert pets.get("/pets/3").status == 200
    assert pets.get("/~w1/pets").status == 503
    assert set(pets.control("POST", "/api/faults/off?sandbox=*").json["off"]) == {"maintenance", "moved"}
    assert pets.get("/~w1/pets").status == 200
    assert pets.control("POST", "/api/faults/off").json == {"off": []}
    assert is_problem(tell(pets, "POST", "/api/faults/off", '{"all": true}'), 400)
    assert is_problem(pets.control("GET", "/api/faults?sandbox=*"), 400)


def test_a_fault_may_be_called_off(pets: Running) -> None:
    assert tell(pets, "PUT", "/api/faults/off", '{"match": "GET /pets", "status": 418}').status == 201
    assert pets.control("GET", "/api/faults/off").json["name"] == "off"
    assert pets.control("POST", "/api/faults/off").json == {"off": ["moved", "off"]}


def test_a_reset_has_the_definitions_faults_again(pets: Running) -> None:
    before = pets.control("GET", "/api/faults").json
    assert tell(pets, "PUT", "/api/faults/lost", '{"match": "GET /pets", "status": 418}').status == 201
    assert tell(pets, "PATCH", "/api/faults/outage", '{"enabled": true}').status == 200
    assert pets.control("DELETE", "/api/faults/moved").status == 204
    assert tell(pets, "POST", "/api/reset", '{"what": ["faults"]}').json == {"reset": ["faults"]}
    assert pets.control("GET", "/api/faults").json == before


def test_sandboxes_know_nothing_of_one_another(pets: Running) -> None:
    assert tell(pets, "PUT", "/api/faults/lost?sandbox=w1", '{"match": "GET /pets", "status": 418}').status == 201
    assert tell(pets, "PATCH", "/api/faults/outage", '{"enabled": true}').status == 200
    assert names(pets, "?sandbox=w1") == ["outage", "moved", "lost"]
    assert names(pets) == ["outage", "moved"]
    assert pets.get("/~w1/pets").status == 418
    assert pets.get("/~w2/pets").status == 200
    assert pets.get("/pets").status == 503
    assert names(pets, "?sandbox=never-used") == ["outage", "moved"]
    assert {one["name"] for one in pets.control("GET", "/api/sandboxes").json} == {"default", "w1", "w2"}


SECRETS = {
    "match": "GET /pets", "status": 401, "header": {"Authorization": "Bearer canary-1", "Cookie": True},
    "query": {"access_token": "canary-2", "page": "2"}, "headers": {"Set-Cookie": "sid=canary-3", "X-Api-Key": None},
}  # fmt: skip
HIDDEN = {
    **SECRETS, "header": {"Authorization": "[redacted]", "Cookie": True},
    "query": {"access_token": "[redacted]", "page": "2"}, "headers": {"Set-Cookie": "[redacted]", "X-Api-Key": None},
}  # fmt: skip


def test_secrets_of_settings_are_not_shown_and_stay_in_force(pets: Running) -> None:
    def status() -> int:
        headers = ("Authorization: Bearer canary-1", "Cookie: a=b")
        return ask(pets.port, request("GET", "/pets?access_token=canary-2&page=2", *headers)).status

    path = "/api/faults/token"
    with Followed(pets.control_port, "events=fault") as stream:
        shown = [
            tell(pets, "PUT", path, json.dumps(SECRETS)).json,
            stream.next()[1]["faults"][-1],
        ]
    shown += [pets.control("GET", path).json, pets.control("GET", "/api/faults").json[-1]]
    assert [one["settings"] for one in shown] == [HIDDEN] * 4
    assert "canary" not in json.dumps(shown), "what it does in words neither"
    assert pets.control("GET", "/api/definition").status == 200
    assert status() == 401
    changed = tell(pets, "PATCH", path, json.dumps({**HIDDEN, "status": 403}))
    assert (changed.status, changed.json["settings"]["header"]) == (200, HIDDEN["header"])
    assert status() == 403
    assert tell(pets, "PUT", path, json.dumps(HIDDEN)).status == 200
    assert status() == 401
    for method, name in (("PATCH", "token"), ("PUT", "token"), ("PUT", "another")):
        lost = tell(pets, method, f"/api/faults/{name}", json.dumps({**HIDDEN, "query": {"secret": "[redacted]"}}))
        assert is_problem(lost, 422)
        assert "/query/secret" in [error["pointer"] for error in lost.json["errors"]]
    assert status() == 401


BAD: list[tuple[str, int, list[str]]] = [
    ('{"match": "GET /pets", "status": 503, "reset": "body"}', 422, ["/reset"]),
    ('{"match": "GET /pets", "explode": true}', 422, ["/explode"]),
    ('{"match": "GET /pets", "status": 503, "probability": 2}', 422, ["/probability"]),
    ('{"match": "GET /pets", "status": 503, "pattern": "FFX"}', 422, ["/pattern"]),
    ('{"match": "GET /pets", "status": 503, "resource": "pts"}', 422, ["/resource"]),
    ('{"match": "GET /pets", "status": 503, "ttl": "25h"}', 422, ["/ttl"]),
    ('{"match": "GET /pets", "status": 503, "ttl": 30}', 422, ["/ttl"]),
    ('{"match": "GET /pets", "status": 503, "enabled": "yes"}', 422, ["/enabled"]),
    ('{"match": "GET /pets", "status": 503, "headers": {"X-A": "a\\r\\nB: c"}}', 422, ["/headers/X-A"]),
    ('{"match": "GET /pets", "status": 503, "headers": {"Content-Length": "1"}}', 422, ["/headers/Content-Length"]),
    ('{"match": "WS *", "close": 1006}', 422, ["/close"]),
    ('{"match": "GET /pets", "status": "soon", "probability": "often"}', 422, ["/probability", "/status"]),
    ('{"preset": "flakky"}', 422, ["/preset"]),
    ('{"preset": "flaky", "match": "GET /pets"}', 422, ["/match"]),
    ("{}", 422, [""]),
    ('{"describe": "does nothing"}', 422, [""]),
    ("[]", 400, []),
    ("null", 400, []),
    ("{", 400, []),
    ('"flaky"', 400, []),
    ('{"a":' * 60 + "1" + "}" * 60, 400, []),
]


@pytest.mark.parametrize(("body", "status", "pointers"), BAD)
def test_an_impossible_rule_is_refused_and_the_old_one_stays(
    pets: Running, body: str, status: int, pointers: list[str]
) -> None:
    assert tell(pets, "PUT", "/api/faults/lost", '{"match": "GET /pets", "status": 418}').status == 201
    before = pets.control("GET", "/api/faults/lost")
    answer = tell(pets, "PUT", "/api/faults/lost", body)
    assert is_problem(answer, status), answer.body
    found = sorted(error["pointer"] for error in answer.json.get("errors", []))
    assert found == pointers, answer.body
    after = pets.control("GET", "/api/faults/lost")
    assert after.headers["etag"] == before.headers["etag"]
    assert pets.get("/pets").status == 418


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ('{"status": 9999}', 422),
        ('{"enabled": "yes"}', 422),
        ('{"enabled": null}', 422),
        ('{"ttl": "soon"}', 422),
        ('{"ttl": "-5s"}', 422),
        ('{"ttl": "0s"}', 422),
        ('{"ttl": "5m"}', 422),
        ('{"enabled": false, "ttl": "5m"}', 422),
        ('{"status": null}', 422),
        ('{"preset": "flaky"}', 422),
        ('{"explode": true}', 422),
        ("[]", 400),
    ],
)
def test_an_impossible_change_changes_nothing(pets: Running, change: str, status: int) -> None:
    before = pets.control("GET", "/api/faults/outage").json
    assert is_problem(tell(pets, "PATCH", "/api/faults/outage", change), status)
    assert pets.control("GET", "/api/faults/outage").json == before


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/api/faults/outtage", "outage"),
        ("GET", "/api/faults/flaky", "is a preset"),
        ("DELETE", "/api/faults/flaky", "is a preset"),
        ("PATCH", "/api/faults/flakky", "did you mean 'flaky'?"),
        ("DELETE", "/api/faults/%F0%9F%90%B1", "There is no fault '🐱'"),
    ],
)
def test_what_is_not_there_is_answered_with_the_nearest(pets: Running, method: str, path: str, said: str) -> None:
    body = '{"enabled": true}' if method == "PATCH" else ""
    answer = tell(pets, method, path, body)
    assert is_problem(answer, 404)
    assert said in answer.json["detail"]


@pytest.mark.parametrize("name", ["a%20b", "a" * 65, "%F0%9F%90%B1", "a%00b", "%0d%0a"])
def test_what_can_be_no_name_is_refused(pets: Running, name: str) -> None:
    assert tell(pets, "PUT", f"/api/faults/{name}", '{"match": "GET /pets", "status": 418}').status in {400, 404}
    assert names(pets) == ["outage", "moved"]


def test_two_who_edit_the_same_don_t_undo_one_another(pets: Running) -> None:
    path, body = "/api/faults/lost", '{"match": "GET /pets", "status": 418}'
    assert is_problem(tell(pets, "PUT", path, body, "If-Match: *"), 412)
    assert is_problem(tell(pets, "PUT", path, body, 'If-Match: "x"'), 412)
    tag = tell(pets, "PUT", path, body, "If-None-Match: *").headers["etag"]
    assert tag.startswith('"')
    assert is_problem(tell(pets, "PUT", path, body, "If-None-Match: *"), 412)
    assert pets.get("/pets").status == 418
    assert pets.control("GET", path, f"If-None-Match: {tag}").status == 304
    assert pets.control("GET", path, 'If-None-Match: "other"').status == 200
    mine = tell(pets, "PATCH", path, '{"status": 404}', f"If-Match: {tag}")
    assert mine.status == 200
    assert is_problem(tell(pets, "PATCH", path, '{"status": 500}', f"If-Match: {tag}"), 412)
    assert is_problem(tell(pets, "PUT", path, body, f"If-Match: W/{mine.headers['etag']}"), 412)
    assert is_problem(pets.control("DELETE", path, f"If-Match: {tag}"), 412)
    assert is_problem(pets.control("DELETE", path, "If-Match: nonsense, \xff"), 412)
    assert pets.get("/pets").status == 404
    assert pets.control("DELETE", path, f"If-Match: {mine.headers['etag']}").status == 204


def test_of_many_who_would_be_the_first_one_is(pets: Running) -> None:
    def put(status: int) -> int:
        body = f'{{"match": "GET /pets", "status": {status}}}'
        return tell(pets, "PUT", "/api/faults/mine", body, "If-None-Match: *").status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(put, range(410, 426))) == [201, *[412] * 15]


def test_reading_has_no_effect(pets: Running) -> None:
    before = pets.control("GET", "/api/faults").json
    for path in ("/api/faults", "/api/faults/outage", "/api/presets", "/api/faults?sandbox=new"):
        assert pets.control("GET", path).status == 200
        assert ask(pets.control_port, request("HEAD", path), head_only=True).status == 200
    assert is_problem(pets.control("GET", "/api/faults/outage/on"), 404)
    assert is_problem(pets.control("GET", "/api/faults/off/"), 404)
    assert pets.control("GET", "/api/faults").json == before
    assert len(pets.control("GET", "/api/sandboxes").json) == 1


def test_what_each_rule_does_is_told_in_words(pets: Running) -> None:
    outage, moved = pets.control("GET", "/api/faults").json
    assert outage["effects"] == ["Every request: answered 503, Retry-After 2s"]
    assert moved["effects"] == ["GET /pets/3: answered 410"]
    shipped = {one["name"]: one["effects"] for one in pets.control("GET", "/api/presets").json}
    assert shipped["offline"] == [
        "Every request and every socket: reset in place of an answer",
        "Every event stream and every socket: ended without a word",
    ]


def test_a_fault_counts_from_the_beginning_when_it_is_told_to(pets: Running) -> None:
    assert tell(pets, "PUT", "/api/faults/once", '{"match": "GET /pets", "status": 418, "times": 1}').status == 201
    assert [pets.get("/pets").status for _ in range(2)] == [418, 200]
    answer = tell(pets, "POST", "/api/faults/once/restart", "{}")
    assert (answer.status, answer.json["matched"], answer.json["enabled"]) == (200, 0, True)
    assert [pets.get("/pets").status for _ in range(2)] == [418, 200]
    assert is_problem(tell(pets, "POST", "/api/faults/no-such/restart", "{}"), 404)
    wrong = tell(pets, "POST", "/api/faults/once/restart", '{"n": 1}')
    assert is_problem(wrong, 400)
    assert wrong.json["detail"] == "'n' is not known here."


def test_a_preset_acts_so_often_at_most(pets: Running) -> None:
    answer = tell(pets, "PATCH", "/api/faults/maintenance", '{"enabled": true, "times": 2}')
    assert answer.json["settings"] == {"preset": "maintenance", "enabled": True, "times": 2}
    assert (
        answer.json["effects"][0] == "Every request and every socket: answered 503, Retry-After 120s, 2 times at most"
    )
    assert [pets.get("/pets").status for _ in range(3)] == [503, 503, 200]
    assert is_problem(tell(pets, "PATCH", "/api/faults/maintenance", '{"every": 2}'), 422)


def test_every_kind_is_told_with_its_keys_and_with_examples_that_can_be_set(pets: Running) -> None:
    told = pets.control("GET", "/api/fault-kinds").json
    assert [one["name"] for one in told] == [*kinds.names()]
    for kind in told:
        assert {key["name"] for key in kind["keys"]} == kind["schema"]["properties"].keys()
        assert kind["describe"].endswith((".", ":"))
        for example in kind["examples"]:
            rule = json.dumps({**example, "enabled": False})
            assert tell(pets, "PUT", "/api/faults/example", rule).status in (200, 201)
    assert tell(pets, "POST", "/api/fault-kinds", "{}").status == 405


def test_the_prefixes_of_the_api_are_told(pets: Running) -> None:
    assert pets.control("GET", "/api/status").json["prefixes"] == [""]
