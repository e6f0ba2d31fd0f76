"""A fault as the control plane takes it: a body that is right, or everything that is wrong with it at its pointer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest, Invalid, PayloadTooLarge
from mockserver.faults.load import make_rules, pointer_to, read_fault
from mockserver.faults.preset import preset_faults
from mockserver.messages import Document
from tests.faults.box import fault_of, flaws_of


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, [""]),
        ({"status": 503, "hang": True}, ["/hang"]),
        ({"status": 503, "probability": 2, "every": 0, "patern": "F"}, ["/every", "/patern", "/probability"]),
        ({"match": ["GET *", "X /y"], "status": 5}, ["/match/1", "/status"]),
        ({"match": [], "status": 503}, ["/match"]),
        ({"match": 5, "status": 503}, ["/match"]),
        ({"match": "GET *", "empty": True, "event": "a"}, ["/empty"]),
        ({"latency": {"p50": "1s", "p51": "2s"}}, ["/latency", "/latency/p51"]),
        ({"latency": {"p50": "2s", "p95": "1s"}}, ["/latency"]),
        ({"resource": ["animals", "zebras"], "status": 503}, ["/resource/1"]),
        ({"header": {"a\r\nb": "c"}, "status": 503}, ["/header"]),
        ({"header": {"a": "c\r\nd"}, "status": 503}, ["/header/a"]),
        ({"query": {"a/b~c": ["x"]}, "status": 503}, ["/query/a~1b~0c"]),
        ({"query": {}, "status": 503}, ["/query"]),
        ({"preset": "slow", "status": 503}, ["/status"]),
        ({"preset": "no-such", "match": "GET *"}, ["/match", "/preset"]),
        ({"retry_after": 2, "silent": True}, ["/retry_after", "/silent"]),
        ({"status": 503, "pattern": "F" * 1001}, ["/pattern"]),
        ({"status": 503, "pattern": "ffs"}, ["/pattern"]),
        ({"status": 503, "priority": -1}, ["/priority"]),
        ({"status": 503, "priority": True}, ["/priority"]),
        ({"status": 503, "ttl": 900}, ["/ttl"]),
        ({"status": 503, "ttl": "-1s"}, ["/ttl"]),
        ({"status": 503, "after": "1y"}, ["/after"]),
        ({"status": 503, "user": []}, ["/user"]),
        ({"status": "503"}, ["/status"]),
        ({"header": {"a b": "c"}, "status": 503}, ["/header"]),
        ({"user": "eve", "status": 503}, ["/user"]),
        ({"user": ["ada", "eve"], "status": 503}, ["/user/1"]),
        ({"match": "GET /v1/zoos", "status": 503}, ["/match"]),
        ({"match": ["GET /zoos", "WS /v1"], "status": 503}, ["/match/1"]),
        ({"match": "GET /zoos?name=a", "status": 503}, ["/match"]),
        ({"fields": ["name", "city", "nope"]}, ["/fields/2"]),
        ({"match": "POST /zoos", "fields": ["name"]}, ["/fields/0"]),
        ({"match": "PUT /zoos/:id", "fields": ["name"]}, ["/fields/0"]),
        ({"match": "PUT /animals/:id", "fields": ["chip.code", "chip.nope"]}, ["/fields/1"]),
        ({"resource": "zoos", "fields": ["name"]}, ["/fields/0"]),
        ({"latency": ["1s"]}, ["/latency"]),
        ({"latency": []}, ["/latency"]),
        ({"status": 503, "after": ["1s"]}, ["/after"]),
        ({"match": "WS *", "close": 1005, "reason": "x"}, ["/reason"]),
        ({"match": "WS *", "close": 1012, "reason": "x" * 124}, ["/reason"]),
    ],
)
def test_everything_wrong_has_its_pointer(body: Any, pointers: list[str]) -> None:
    assert sorted(error.pointer for error in flaws_of(body)) == pointers


@pytest.mark.parametrize("body", [[], "503", 5, None, True])
def test_what_is_no_object_is_refused(body: Any) -> None:
    assert [error.detail for error in flaws_of(body)] == ["must be an object"]


@pytest.mark.parametrize("name", ["", "a b", "ä", "a/b", "x" * 65, "a\n", "a\0", ".", "..", "a#1"])
def test_a_name_that_can_be_none_is_refused(name: str) -> None:
    with pytest.raises(BadRequest) as raised:
        read_fault(name, {"status": 503}, {})
    assert [error.parameter for error in raised.value.errors] == ["name"]


@pytest.mark.parametrize("name", ["a", "A.b_c-9", ".a", "...", "404", "x" * 64])
def test_other_names_are_taken(name: str) -> None:
    assert read_fault(name, {"status": 503}, {}).rules[0].name == name


def test_a_problem_names_the_place_and_the_nearest_name() -> None:
    with pytest.raises(Invalid) as raised:
        read_fault("x", {"statsu": 503}, {})
    assert raised.value.detail == (
        "The fault is not valid: statsu: there is no key 'statsu' here; did you mean 'status'?"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"user": "ada", "query": {"filter[a b]": True}, "status": 503},
        {"match": ["POST /zoos/:id/animals", "POST *"], "fields": ["name"]},
        {"match": "POST /zoos/*", "fields": ["name", "id"]},
        {"match": "POST /auth/login", "fields": ["password"]},
        {"match": ["GET /nothing/v1/zoos", "GET /v1x", "WS /nowhere"], "status": 503},
    ],
)
def test_what_may_be_there_is_taken(body: Any) -> None:
    assert flaws_of(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"match": "GET /v1/zoos", "status": 503}, "routes are relative to the prefix: GET /zoos"),
        ({"match": "POST /animals", "fields": ["nmae"]}, "no field of that name; did you mean 'name'?"),
        ({"user": "eva", "status": 503}, "names 'eva', and there is no user of that name; known here: ada, bob"),
        ({"match": "GET /zoos?a", "status": 503}, "say it with 'query'"),
    ],
)
def test_what_can_never_match_is_told_what_would(body: Any, said: str) -> None:
    (error,) = flaws_of(body)
    assert said in error.detail


def test_a_fault_that_does_nothing_is_told_what_it_could_do_in_one_line() -> None:
    with pytest.raises(Invalid) as raised:
        read_fault("x", {"match": "GET *"}, {})
    assert raised.value.detail == (
        "The fault does nothing; say what happens, like status: 503, latency: 2s or reset: connect."
    )


def test_a_fault_is_only_so_large() -> None:
    body: Document = {"status": 503, "body": ""}
    room = 64 * 1024 - len('{"status":503,"body":""}')
    assert read_fault("x", {**body, "body": "x" * room}, {})
    with pytest.raises(PayloadTooLarge, match="A fault is at most 64 KiB of JSON"):
        read_fault("x", {**body, "body": "x" * (room + 1)}, {})


@pytest.mark.parametrize("keys", ["ttl: soon", "for: -30", "after: soon", "latency: x", "hang: 1.5y", "stale: '٣s'"])
def test_what_is_waited_for_is_told_of_durations_that_one_can_wait(keys: str) -> None:
    with pytest.raises(Invalid, match="should be a duration like 250ms, 2s, 15m or 1h"):
        fault_of(f"{{status: 503, {keys}}}")


def test_resources_are_not_looked_at_where_nobody_knows_them() -> None:
    assert read_fault("x", {"status": 503, "resource": "anything"}, {}, None)


def test_a_fault_keeps_what_was_written() -> None:
    body: Document = {
        "match": ["GET *", "WS *"],
        "status": 503,
        "enabled": False,
        "ttl": "2s",
        "priority": 5,
        "describe": "d",
    }
    fault = read_fault("x", body, {})
    assert (fault.settings, fault.enabled, fault.ttl_s, fault.priority, fault.describe) == (body, False, 2.0, 5, "d")


def test_a_preset_of_ones_own_name_draws_under_that_name() -> None:
    fault = fault_of("{preset: flaky, ttl: 5s}", "mine")
    assert [rule.name for rule in fault.rules] == ["mine", "mine#1", "mine#2"]
    assert (fault.preset, fault.ttl_s, fault.describe) == ("flaky", 5.0, preset_faults()["flaky"].describe)


def test_life_is_no_part_of_what_a_fault_does() -> None:
    one = fault_of("{status: 503, ttl: 5s, enabled: false, describe: a}")
    other = fault_of("{status: 503}")
    assert (one.content == other.content, one == other) == (True, False)
    assert fault_of("{status: 504}").content != other.content


def test_a_shipped_rule_that_is_wrong_is_ours_to_mend() -> None:
    with pytest.raises(ValueError, match="'drop' can't happen beside 'status'"):
        make_rules("x", [{"status": 503, "drop": True}])


@pytest.mark.parametrize(
    ("body", "where", "pointer"),
    [
        ({"a": {"b": [1]}}, ("a", "mapping", "b", "list", 0), "/a/b/0"),
        ({"a": 1}, ("b",), ""),
        ({"a~/b": 1}, ("a~/b",), "/a~0~1b"),
        ([{"a": 1}], (0, "a"), "/0/a"),
    ],
)
def test_a_pointer_leaves_out_what_is_not_there(body: Any, where: tuple[str | int, ...], pointer: str) -> None:
    assert pointer_to(body, where) == pointer


ROUTES = st.sampled_from(["ANY *", "GET /animals/:id", "POST *", "WS *", ["GET *", "WS /events/ws"]])
WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "match": ROUTES,
        "skip": st.integers(0, 5),
        "times": st.integers(1, 5),
        "every": st.integers(1, 5),
        "probability": st.floats(0, 1),
        "pattern": st.text("FS", min_size=1, max_size=5),
        "after": st.sampled_from(["2s", ["1s", "3s"]]),
        "for": st.just("5s"),
        "ramp": st.just("5s"),
        "status": st.integers(200, 599),
        "latency": st.sampled_from(["2s", ["1s", "2s"], {"p50": "1s", "p95": "2s"}]),
        "drop": st.just(value=True),
        "lose": st.just(value=True),
        "direction": st.sampled_from(["in", "out"]),
        "commit": st.booleans(),
        "enabled": st.booleans(),
        "priority": st.integers(0, 200),
    },
)


@given(body=WRITTEN)
def test_what_was_read_is_read_again_from_its_settings(body: dict[str, Any]) -> None:
    flaws = flaws_of(body)
    assert all(error.pointer.removeprefix("/") in ("", *body) for error in flaws)
    if flaws:
        return
    fault = read_fault("x", body, {})
    again = read_fault("x", fault.settings, {})
    assert (again, again.rules) == (fault, fault.rules)
    assert fault.rules[0].acts


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["2s", "GET *"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    ["match", "resource", "header", "query", "user", "event", "direction", "skip", "times", "every", "probability",
     "pattern", "after", "for", "repeat", "ramp", "enabled", "ttl", "priority", "commit", "describe", "preset",
     "status", "reset", "latency", "headers", "body", "fields", "down", "rate_limit", "patch", "nonsense"]
)  # fmt: skip


@given(body=st.dictionaries(KEYS, JSON, max_size=5) | JSON)
def test_any_body_is_taken_or_refused(body: Any) -> None:
    if not flaws_of(body):
        assert read_fault("x", body, preset_faults()).rules
