"""Actions: what a definition's own routes read, do and answer; all of it is done, or nothing."""

import json
from typing import Any

import pytest

from tests.client import Client, assemble, direct, dump, serving
from tests.server.wire import Answer
from tests.told import told

NOW = "2026-01-15T09:00:00Z"
HEAD = """\
mock: 1
seed: 5
clock: 2026-01-15T09:00:00Z
freeze: true
api: {version: v1}
resources:
  zoos: {rows: [{_name: first_zoo, id: 1, name: North}], fields: {id: {seq: 1}, name: {faker: word, max_length: 9}}}
  animals:
    delete: soft
    states: {field: state, moves: {open: [closed], closed: [open]}}
    fields:
      id: {seq: 1}
      name: {faker: word, required: true, max_length: 6}
      state: {enum: [open, closed], default: open}
      weight: {int: [1, 9], min: 0, max: 50}
      zoo_id: {ref: zoos, on_delete: restrict}
      code: {value: null, type: string, unique: true}
      born_on: {value: null, type: date, immutable: true}
      made_at: {datetime: [now, now], read_only: true, default: "${now}"}
      secret: {value: null, type: string, write_only: true}
      label: {computed: "name ~ '!'"}
    rows:
      - {_name: leo, id: 1, name: leo, weight: 5, zoo_id: 1, state: open, code: L, born_on: 2020-01-01, secret: s3}
      - {id: 2, name: mia, weight: 7, zoo_id: 1, state: open, code: M, born_on: 2021-01-01}
      - {id: 3, name: zed, weight: 9, zoo_id: null, code: Z, born_on: 2022-01-01, state: closed}
actions:
"""


def api(actions: str) -> Client:
    return serving(HEAD + actions).below("/v1")


def act(lines: str, body: object = None, path: str = "/act", method: str = "POST", *headers: str) -> Answer:
    """The answer of one action whose route is `POST /act` unless it says another."""
    head = "" if "route:" in lines else "    route: POST /act\n"
    actions = "  act:\n" + head + "".join(f"    {line}\n" for line in lines.strip("\n").split("\n"))
    client = api(actions)
    return client.ask(method, path, *headers, **({} if body is None else {"body": body}))


def said(answer: Answer, status: int = 422) -> dict[str, str]:
    assert answer.status == status, answer.body
    return {error.get("pointer") or error["parameter"]: error["detail"] for error in answer.json.get("errors", [])}


BODY = """
body:
  name: {faker: word, required: true, max_length: 4}
  size: {int: [1, 9], min: 1}
  zoo: {ref: zoos}
  tags: {list: {enum: [a, b]}, items: [0, 2]}
  box: {object: {width: {int: [1, 5], required: true}}}
  kind: {enum: [x, y], default: y}
  note: {value: null, type: string, default: "${name ~ '-' ~ size}"}
reply: {body: "${body}"}
"""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, {"#/name": "is required"}),
        ({"name": None}, {"#/name": "must not be null"}),
        ({"name": "abcde"}, {"#/name": "must have at most 4 characters"}),
        ({"name": 5, "size": 0}, {"#/name": "must be a string", "#/size": "must be at least 1"}),
        ({"name": "a", "zoo": 9}, {"#/zoo": "refers to a zoo that does not exist (9)"}),
        ({"name": "a", "zoo": "1"}, {"#/zoo": "must be an integer"}),
        ({"name": "a", "tags": ["a", "c"]}, {"#/tags/1": "must be one of a, b"}),
        ({"name": "a", "box": {}}, {"#/box/width": "is required"}),
        ({"name": "a", "kind": "z"}, {"#/kind": "must be one of x, y"}),
        ({"name": "a", "nmae": 1}, {"#/nmae": "is not a field of a body; did you mean 'name'?"}),
        ({"name": "a\0"}, {"#/name": "must not hold a NUL character"}),
        ([], {"#": "must be an object"}),
        ("text", {"#": "must be an object"}),
    ],
)
def test_a_body_is_checked_by_the_rules_of_its_fields(body: object, found: dict[str, str]) -> None:
    assert said(act(BODY, body)) == found


def test_what_a_body_leaves_out_has_its_default_or_is_null() -> None:
    answer = act(BODY, {"name": "a", "size": 3})
    whole = {"name": "a", "size": 3, "zoo": None, "tags": None, "box": None, "kind": "y", "note": "a-3"}
    assert (answer.status, answer.json) == (200, whole)


def test_what_an_object_leaves_out_is_null_too() -> None:
    lines = """
body: {box: {object: {width: {int: [1, 5]}, lid: {object: {wide: {bool: 1}}}}}}
reply: {body: ["${body.box.width}", "${body.box.lid.wide}", "${body.box}"]}
"""
    assert act(lines, {}).json == [None, None, None]
    assert act(lines, {"box": {}}).json == [None, None, {}]
    assert act(lines, {"box": {"lid": {}}}).json == [None, None, {"lid": {}}]


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"", 400), (b"\xff", 400), (b"[" * 60 + b"]" * 60, 400), (b"NaN", 400)]
)
def test_a_body_that_is_no_json_is_told_so(body: bytes, status: int) -> None:
    assert act(BODY, body).status == status
    assert act(BODY, b"name=x", "/act", "POST", "Content-Type: text/plain").status == 415


def test_a_body_may_be_left_out_where_nothing_in_it_is_required() -> None:
    lines = "body: {size: {int: [1, 9]}}\nreply: {body: '${body.size}'}"
    assert act(lines).json is None
    assert act(lines, {"size": 4}).json == 4


def test_an_action_that_reads_no_body_takes_any() -> None:
    assert act("reply: {body: 1}", b"\xff{").json == 1


def test_strict_may_be_the_actions_own() -> None:
    lines = "strict: false\nbody: {size: {int: [1, 9]}}\nreply: {body: '${body}'}"
    assert act(lines, {"size": 4, "other": 1}, "/act?more=1").json == {"size": 4}
    assert said(act(lines, {"size": "x", "other": 1})) == {"#/size": "must be an integer"}


QUERY = """
route: GET /act/:key
query:
  size: {int: [1, 9], min: 1, required: true}
  hot: {bool: 0.5}
  share: {float: [0, 1], default: 0.5}
  day: {date: [-9d, now]}
  tags: {list: {enum: [a, b]}, items: [0, 3]}
  zoo: {ref: zoos}
  text: {value: "", type: string}
reply: {body: {key: "${key}", query: "${query}"}}
"""


def test_a_query_is_read_by_the_declared_types() -> None:
    answer = act(QUERY, None, "/act/k%C3%A9?size=3&hot=true&tags=a,b&tags=a&zoo=1&text=1,2&_=9", "GET")
    read = {"size": 3, "hot": True, "share": 0.5, "day": None, "tags": ["a", "b", "a"], "zoo": 1, "text": "1,2"}
    assert answer.json == {"key": "ké", "query": read}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"size": "is required"}),
        ("size=x", {"size": "must be an integer"}),
        ("size=0", {"size": "must be at least 1"}),
        ("size=1&size=2", {"size": "is given twice"}),
        ("size=1&hot=maybe", {"hot": "must be true or false"}),
        ("size=1&day=soon", {"day": "must be a date like 2026-01-15"}),
        ("size=1&tags=c", {"tags": "must be one of a, b"}),
        ("size=1&zoo=9", {"zoo": "refers to a zoo that does not exist (9)"}),
        ("size=1&tetx=9", {"tetx": "is not a parameter here; did you mean 'text'?"}),
        ("size=1&text=%00", {"text": "holds a NUL character"}),
        ("hot=1&share=x", {"size": "is required", "share": "must be a number"}),
    ],
)
def test_a_query_is_checked_by_the_rules_of_its_fields(query: str, found: dict[str, str]) -> None:
    assert said(act(QUERY, None, f"/act/1?{query}", "GET"), 400) == found


@pytest.mark.parametrize("case", ["camel", "snake"])
def test_names_are_on_the_wire_as_the_api_spells_them(case: str) -> None:
    head = HEAD.replace("{version: v1}", f"{{version: v1, case: {case}}}")
    actions = """\
  act:
    route: POST /act
    body: {from_zoo: {ref: zoos, required: true}, zooName: {faker: word}}
    query: {page_kind: {enum: [a]}}
    do: [{get: animals, id: 1, as: found}]
    reply: {body: {from: "${body.from_zoo}", kind: "${query.page_kind}", found: "${found}", at: "${found.made_at}"}}
"""
    client = serving(head + actions).below("/v1")
    own, kind, made = ("fromZoo", "pageKind", "madeAt") if case == "camel" else ("from_zoo", "page_kind", "made_at")
    found = client.post(f"/act?{kind}=a", {own: 1}).json
    assert (found["from"], found["kind"], made in found["found"]) == (1, "a", True)
    assert said(client.post("/act", {})) == {f"#/{own}": "is required"}


STEPS: list[tuple[str, Any]] = [
    ("do: [{create: animals, set: {name: new}}]", (201, 4)),
    ("do: [{create: animals, set: {name: new}, as: made}]\nreply: {body: '${made.id}'}", (200, 4)),
    ("do: [{update: animals, id: 1, set: {weight: '${row.weight + 1}'}}]\nreply: {body: '${animal.weight}'}", (200, 6)),
    (
        "do: [{update: animals, where: 'row.weight > 5', set: {weight: 1}, as: all}]\nreply: {body: '${all.total}'}",
        (200, 2),
    ),
    ("do: [{update: animals, where: false, set: {weight: 1}}]", (201, {"count": 0})),
    ("do: [{delete: animals, where: '${row.id >= 2}'}]", (200, {"count": 2})),
    ("do: [{delete: animals, id: 2}]\nreply: {body: \"${count('animals')}\"}", (200, 2)),
    ("do: [{delete: animals, id: 2}, {restore: animals, id: 2}]\nreply: {body: '${animal.name}'}", (200, "mia")),
    ("do: [{get: animals, where: '${row.weight == 7}', as: one}]\nreply: {body: '${one.zoo.name}'}", (200, "North")),
    ("do: [{list: animals, where: '${row.weight > 5}', sort: -weight}]\nreply: {body: '${animals.total}'}", (200, 2)),
    ("do: [{let: {a: '${1 + 1}', b: '${a + 1}'}}]\nreply: {body: '${b}'}", (200, 3)),
    ("do: [{when: '${1 > 2}', create: animals, set: {name: new}, as: made}]\nreply: {body: '${made}'}", (200, None)),
    ("do: [{refuse: false}]\nreply: {body: 1}", (200, 1)),
    ("reply: {body: '${leo.name ~ first_zoo.name}'}", (200, "leoNorth")),
    ("do: [{update: animals, id: 1, set: {name: max}}]\nreply: {body: '${leo.name}'}", (200, "max")),
    ("do: [{delete: animals, id: 1}]\nreply: {body: '${leo}'}", (200, None)),
    ("reply: {body: \"${find('animals', {'name': 'mia'}).id}\"}", (200, 2)),
    ("reply: {body: \"${find('animals', '2').name}\"}", (200, "mia")),
    ("reply: {body: \"${find('animals', 9)}\"}", (200, None)),
    ("reply: {body: \"${count('animals', {'zoo_id': 1, 'state': 'open'})}\"}", (200, 2)),
    ("reply: {body: '${leo.secret}'}", (200, "s3")),
    ("reply: {body: '${now}'}", (200, NOW)),
    ("reply: {body: '${user}'}", (200, None)),
    ("reply: {body: \"${headers['x-a'] ~ headers['X-A'] ~ headers['none']}\"}", (200, "55")),
    ("reply: [{when: false, body: 1}, {when: '${leo.weight == 5}', body: 2}, {body: 3}]", (200, 2)),
    ("reply: {body: {deep: ['${leo.id}', {more: '${leo.name}'}]}}", (200, {"deep": [1, {"more": "leo"}]})),
    ("do: []", (200, None)),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "found"), STEPS, ids=[lines for lines, _ in STEPS])
def test_steps_do_what_they_say(lines: str, found: tuple[int, Any]) -> None:
    answer = act(lines, None, "/act", "POST", "X-A: 5")
    value = answer.json["id"] if found[0] == 201 and answer.json.get("id") else answer.json
    assert (answer.status, value) == found


def test_a_whole_document_is_what_a_client_sees() -> None:
    found = act("reply: {body: '${leo}'}").json
    assert "secret" not in found
    assert (found["name"], found["label"], found["zoo_id"]) == ("leo", "leo!", 1)


def test_a_last_step_is_answered_as_the_convention_does() -> None:
    made = act("do: [{create: animals, set: {name: new, made_at: 2020-01-01T00:00:00Z}}]")
    assert (made.status, made.headers["location"]) == (201, "http://mock.test:8000/v1/animals/4")
    assert (made.json["state"], made.json["made_at"]) == ("open", "2020-01-01T00:00:00Z"), "read_only may be set"
    gone = act("do: [{delete: animals, id: 3}]")
    assert (gone.status, gone.body) == (204, b"")
    page = act("route: GET /act\ndo: [{list: animals, sort: -id}]", None, "/act?limit=2", "GET")
    assert ([one["id"] for one in page.json], page.headers["x-total-count"]) == ([3, 2], "3")
    assert 'rel="next"' in page.headers["link"]
    assert act("route: GET /act\ndo: [{list: animals}]", None, "/act?limit=-1", "GET").status == 400


LONG = {"#/name": "must have at most 6 characters"}
NO_ZOO = {"#/zoo_id": "refers to a zoo that does not exist (7)"}
BORN = {"#/born_on": "is 2020-01-01 and can't be changed"}
WORDS = {"#/name": "leo is in the way", "#/a/b": "no"}
REFUSED: list[tuple[str, int, dict[str, str]]] = [
    ("do: [{get: animals, id: 9}]", 404, {}),
    ("do: [{get: animals, where: false}]", 404, {}),
    ("do: [{update: animals, id: '${leo.id + 8}', set: {weight: 1}}]", 404, {}),
    ("do: [{restore: animals, id: 1}]", 409, {}),
    ("do: [{restore: animals, id: 9}]", 404, {}),
    ("do: [{delete: zoos, id: 1}]", 409, {}),
    ("do: [{create: animals, set: {name: '${leo.name ~ leo.label}'}}]", 422, LONG),
    ("do: [{create: animals}]", 422, {"#/name": "is required"}),
    ("do: [{create: animals, set: {name: a, code: L}}]", 409, {"#/code": "L is taken"}),
    ("do: [{create: animals, set: {name: a, id: 1}}]", 409, {"#/id": "1 is taken"}),
    ("do: [{create: animals, set: {name: a, zoo_id: 7}}]", 422, NO_ZOO),
    ("do: [{update: animals, id: 1, set: {born_on: 2024-01-01}}]", 422, BORN),
    ("do: [{update: animals, id: 1, set: {weight: '${row.weight - 6}'}}]", 422, {"#/weight": "must be at least 0"}),
    ("do: [{refuse: true}]", 422, {}),
    ("do: [{refuse: 'leo.weight == 5', status: 418, message: 'No ${leo.name}'}]", 418, {}),
    ("do: [{refuse: true, errors: {name: '${leo.name} is in the way', a.b: no}}]", 422, WORDS),
    ("reply: {status: 409, message: no, errors: {weight: is odd}}", 409, {"#/weight": "is odd"}),
    ("reply: {status: '${400 + leo.weight - 5 + 4}'}", 404, {}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "status", "errors"), REFUSED, ids=[lines for lines, _, _ in REFUSED])
def test_a_refusal_takes_back_every_step(lines: str, status: int, errors: dict[str, str]) -> None:
    writes = (
        "{create: animals, set: {name: first}}, {update: animals, id: 2, set: {weight: 1}}, {delete: animals, id: 3}"
    )
    lines = lines.replace("do: [", f"do: [{writes}, ") if "do: [" in lines else f"do: [{writes}]\n{lines}"
    service = assemble(HEAD + "  act:\n    route: POST /act\n" + "".join(f"    {line}\n" for line in lines.split("\n")))
    before, at = dump(service), service.sandbox.feed.at
    assert said(direct(service).post("/v1/act", {}), status) == errors
    assert (dump(service), service.sandbox.feed.at) == (before, at)


def test_states_are_kept_to() -> None:
    assert act("do: [{update: animals, id: 3, set: {state: open}}]").status == 201
    lines = "body: {to: {enum: [open, closed]}}\ndo: [{update: animals, id: 1, set: {state: '${body.to}'}}]"
    assert act(lines, {"to": None}).status in (409, 422)


def test_what_the_client_sent_is_blamed_where_it_sent_it() -> None:
    lines = """
body: {called: {faker: word}, box: {object: {kilos: {int: [1, 99]}}}}
do: [{create: animals, set: {name: "${body.called}", weight: "${body.box.kilos}"}}]
"""
    found = said(act(lines, {"called": "too long", "box": {"kilos": 70}}))
    assert found == {"#/called": "must have at most 6 characters", "#/box/kilos": "must be at most 50"}


def test_changes_are_one_batch_in_the_order_of_the_steps() -> None:
    steps = "do: [{create: animals, set: {name: new}}, {update: zoos, id: 1, set: {name: S}}, {delete: animals, id: 2}]"
    service = assemble(HEAD + f"  act:\n    route: POST /act\n    {steps}\n")
    assert direct(service).post("/v1/act", {}).status == 204
    changes = [event.change for event in told(service.sandbox.feed)]
    assert [(one.action, one.key) for one in changes] == [("created", 4), ("updated", 1), ("deleted", 2)]


FAILING: list[tuple[str, int]] = [
    ("reply: {body: '${leo.weight / (leo.weight - 5)}'}", 29),
    ("reply: {body: '${leo.name + 5}'}", 29),
    ("reply: {body: {a: 1, b: ['${leo.zoo.name|int + null}']}}", 29),
    ("do:\n      - {create: animals, set: {name: ok}}\n      - {let: {a: '${randint(5, 1)}'}}", 31),
    ("do:\n      - {update: animals, id: 1,\n         set: {weight: '${leo.name - 1}'}}", 31),
    ("reply: {headers: {X-A: \"${leo.name ~ '\\n'}\"}}", 29),
    ("reply: {headers: {X-A: '${leo}'}}", 29),
    ("reply: {status: '${leo.name}'}", 29),
    ("reply: {status: '${700 + leo.id}'}", 29),
    ("reply: {bare: true, headers: {Content-Type: text/plain}, body: '${leo}'}", 29),
    ("reply: {body: \"${('x' ~ leo.name)|join(',') * 3}\"}", 29),
]


@pytest.mark.parametrize(("lines", "line"), FAILING, ids=[lines for lines, _ in FAILING])
def test_an_expression_that_fails_is_a_500_that_names_its_line(lines: str, line: int) -> None:
    service = assemble(HEAD + f"  act:\n    route: POST /act\n    {lines}\n")
    before = dump(service)
    answer = direct(service).post("/v1/act", {})
    assert (answer.status, answer.headers["content-type"]) == (500, "application/problem+json")
    assert f"test.yaml:{line}: " in answer.json["detail"]
    assert "Traceback" not in answer.body.decode()
    assert dump(service) == before


def test_the_journal_says_which_line_failed() -> None:
    from mockserver.messages import Request  # noqa: PLC0415

    service = assemble(HEAD + "  act: {route: GET /act, reply: {body: '${leo.name + 5}'}}\n")
    reply = service.handle(Request("GET", "/v1/act"))
    assert reply.decided_by.startswith("server_error: test.yaml:27: 'leo.name + 5'")
    assert service.handle(Request("GET", "/v1/animals")).status == 200


def test_a_call_that_can_not_be_read_takes_no_number() -> None:
    actions = """\
  draw:
    route: POST /draw
    query: {size: {int: [1, 9]}}
    body: {name: {faker: word, required: true}, code: {value: null, type: string, default: "${uuid()}"}}
    reply: {body: ["${randint(1, 1000000)}", "${body.code}"]}
"""
    tried, other = api(actions), api(actions)
    for _ in range(3):
        assert tried.post("/draw", {}).status == 422
        assert tried.post("/draw", b"{").status == 400
        assert tried.post("/draw?size=x", {"name": "a"}).status == 400
    assert tried.post("/draw", {"name": "a"}).json == other.post("/draw", {"name": "a"}).json


def test_draws_are_a_function_of_seed_action_and_number_of_the_call() -> None:
    actions = """\
  one: {route: POST /one, reply: {body: ["${randint(1, 1000000)}", "${uuid()}", "${randint(1, 9)}"]}}
  two: {route: POST /two, reply: {body: ["${randint(1, 1000000)}", "${uuid()}", "${randint(1, 9)}"]}}
"""
    service = assemble(HEAD + actions)
    client = direct(service).below("/v1")
    first = [client.post("/one", {}).json for _ in range(3)]
    other = client.post("/two", {}).json
    assert len({json.dumps(drawn) for drawn in (*first, other)}) == 4
    again = api(actions)
    assert again.post("/two", {}).json == other
    assert [again.post("/one", {}).json for _ in range(3)] == first
    service.reset(("data",))
    assert client.post("/one", {}).json == first[0]


def test_a_reply_has_its_status_headers_and_body() -> None:
    answer = act("reply: {status: 202, headers: {X-Kind: '${leo.name}', Location: /x, X-N: 5}, body: [1]}")
    assert (answer.status, answer.headers["x-kind"], answer.headers["location"]) == (202, "leo", "/x")
    assert (answer.headers["x-n"], answer.json) == ("5", [1])
    assert act("reply: {status: 204}").body == b""
    assert (
        act("reply: {status: 303, headers: {Location: '/v1/animals/${leo.id}'}}").headers["location"] == "/v1/animals/1"
    )


def test_a_bare_reply_has_no_envelope() -> None:
    lines = "reply: {bare: true, status: 203, headers: {X-A: b}, body: {n: '${leo.id}'}}"
    for convention in ("rest", "abp", "linkis"):
        service = assemble(HEAD + "  act:\n    route: POST /act\n    " + lines + "\n", convention)
        answer = direct(service).post(f"{service.api.convention.prefixes('v1', None)[0]}/act", {})
        assert (answer.status, answer.json, answer.headers["content-type"]) == (203, {"n": 1}, "application/json")
    text = act('reply: {bare: true, headers: {Content-Type: text/csv}, body: "a,b\\n${leo.id}"}')
    assert (text.body, text.headers["content-type"]) == (b"a,b\n1", "text/csv")
    assert act("reply: {bare: true, status: 204}").body == b""
    assert act("reply: {bare: true}").json is None


def test_a_bare_refusal_takes_back_every_step_too() -> None:
    lines = "do: [{create: animals, set: {name: new}}]\n    reply: {bare: true, status: 409, body: {error: taken}}"
    service = assemble(HEAD + "  act:\n    route: POST /act\n    " + lines + "\n")
    before = dump(service)
    answer = direct(service).post("/v1/act", {})
    assert (answer.status, answer.json) == (409, {"error": "taken"})
    assert dump(service) == before


def test_nothing_is_done_for_a_client_that_can_read_no_answer() -> None:
    service = assemble(HEAD + "  act: {route: POST /act, do: [{create: animals, set: {name: new}}]}\n")
    before = dump(service)
    assert direct(service).ask("POST", "/v1/act", "Accept: text/html").status == 406
    assert dump(service) == before


def test_an_action_stands_before_a_resource_and_beside_it() -> None:
    client = api(
        "  list_animals: {route: GET /animals, reply: {body: own}}\n  ping: {route: POST /ping, reply: {body: 1}}\n"
    )
    assert client.get("/animals").json == "own"
    assert client.get("/animals/1").json["id"] == 1
    assert client.ask("HEAD", "/animals").status == 200
    assert client.ask("OPTIONS", "/ping").headers["allow"] == "POST, OPTIONS"
    refused = client.get("/ping")
    assert (refused.status, refused.headers["allow"]) == (405, "POST, OPTIONS")
    assert "POST" in client.ask("OPTIONS", "/animals").headers["allow"]


def test_a_singleton_needs_no_id() -> None:
    head = HEAD.replace(
        "actions:\n", "  settings: {singleton: true, fields: {id: {seq: 1}, n: {int: [1, 1]}}}\nactions:\n"
    )
    client = serving(head + "  act: {route: POST /act, do: [{update: settings, set: {n: '${row.n + 1}'}}]}\n").below(
        "/v1"
    )
    assert client.post("/act", {}).json == {"id": 1, "n": 2}


def test_a_repeated_key_repeats_the_answer_and_not_the_steps() -> None:
    service = assemble(HEAD + "  act: {route: POST /act, do: [{create: animals, set: {name: new}}]}\n")
    client = direct(service).below("/v1")
    answers = [client.post("/act", {}, "Idempotency-Key: k1") for _ in range(3)]
    assert len({answer.body for answer in answers}) == 1
    assert len(service.sandbox.store["animals"]) == 4


def test_unicode_goes_through() -> None:
    lines = """
body: {name: {faker: word}}
do: [{create: animals, set: {name: '${body.name}'}}]
reply: {body: 'Größe ${animal.name} 🦁'}
"""
    assert act(lines, {"name": "Ärnë🦁"}).json == "Größe Ärnë🦁 🦁"


def test_whole_lists_may_be_larger_than_what_expressions_make() -> None:
    actions = "  act: {route: GET /act, do: [{list: animals}], reply: {body: {all: '${animals.items}'}}}\n"
    client = api(actions)
    for number in range(90):
        assert client.post("/animals", {"name": "new", "code": f"{'c' * 900}{number}"}).status == 201
    answer = client.get("/act?limit=100")
    assert (answer.status, len(answer.json["all"])) == (200, 93)
