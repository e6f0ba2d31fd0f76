"""Whatever a client sends has an answer or none, and its connection stays usable."""

import json
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.realtime.channel.party import Party, gather

RULES = """
c:
  path: /c/:x
  replay: 5
  max_message: 16MiB
  key: "${query.k}"
  open: [{send: {x: "${x}", k: "${query.k}", h: "${headers['x-h']}"}}]
  push: [{change: animals, send: "${row}"}]
  receive:
    - {when: "${raw == 'alive?'}", text: alive}
    - {when: "${msg.type == 'join'}", join: "${msg.room}", set: {"${msg.name}": "${msg.value}"}}
    - {when: "${msg.type == 'say'}", broadcast: "${msg.text}", to: "${msg.room}", others: true}
    - {when: "${msg.type == 'call'}", call: "GET /animals/${msg.id}?name=${msg.name}", send: "${reply}"}
    - {when: "${msg.type == 'send'}", call: {route: "${msg.route}", body: "${msg.body}"}, send: "${reply.body}"}
    - {when: "${msg.type == 'bytes'}", bytes: {base64: "${msg.data}"}}
    - {when: "${msg[0]}", send: ["${msg[0].a.b}", "${msg|length}", "${msg|item(msg[0])}"]}
    - {when: "${msg.leave}", leave: "${msg.leave}"}
    - {when: "${raw|header_lines|item('a')}", text: "${(raw|header_lines).a}"}
    - {send: {n: "${n}", text: "${msg.text|default('none')}", upper: "${raw|upper}"}}
    - {when: "${msg_is_bytes}", bytes: {base64: "${raw}"}}
"""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
wanted = st.fixed_dictionaries(
    {"type": st.sampled_from(["join", "say", "call", "send", "bytes"])},
    optional={
        name: json_values | st.sampled_from(["GET /animals", "POST /animals", "/", "GET /../x", "AA=="])
        for name in ("room", "name", "value", "text", "id", "route", "body", "data", "leave")
    },
)
messages = st.one_of(
    st.text(),
    st.binary(),
    (json_values | wanted).map(json.dumps),
    (json_values | wanted).map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    st.text(alphabet=st.characters(codec=None)),
    st.sampled_from(["[" * 2000, '{"a":' * 500, "1e999", "-" * 5000, "\ud800", '"\\ud800"', "9" * 5000, "\0", "NaN"]),
)


@lru_cache
def party() -> Party:
    return gather(RULES)


@settings(max_examples=300, deadline=None)
@given(st.lists(messages, max_size=5), st.text(max_size=5))
def test_no_message_breaks_a_connection(sent: list[str | bytes], key: str) -> None:
    guest, other = party().come("/c/1"), party().come("/c/2", f"X-H: {key}")
    before = len(party().service.sandbox.channels)
    guest.say(*sent)
    assert "alive" in guest.say("alive?")
    assert "alive" in other.say("alive?")
    party().deliver()
    guest.leave()
    other.leave()
    assert len(party().service.sandbox.channels) == before - 2
