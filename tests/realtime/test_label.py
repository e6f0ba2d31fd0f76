"""What messages may be called, by those who pick some out of many."""

import pytest

from mockserver.realtime.channel.said import said_bytes, said_json, said_text
from mockserver.realtime.frame import Frame
from mockserver.realtime.label import labels_of


@pytest.mark.parametrize(
    ("message", "labels"),
    [
        (
            '{"method": "/v1/zoos/1", "topic": "zoos", "action": "created", "resource": "zoos"}',
            ("zoos", "/v1/zoos/1", "zoos.created"),
        ),
        ('{"method": "/v1/zoos"}', ("/v1/zoos",)),
        ('{"method": "PATCH /v1/zoos/1?x=1", "data": {}}', ("PATCH /v1/zoos/1?x=1", "/v1/zoos/1")),
        ('{"method": " get  /v1/zoos "}', (" get  /v1/zoos ", "/v1/zoos")),
        ('{"method": "say hello"}', ("say hello",)),
        ('{"type": "chat", "event": "said"}', ("said", "chat")),
        ('{"type": "chat", "topic": "chat"}', ("chat",)),
        ('{"type": 1, "event": null, "topic": "", "method": {}, "resource": [], "action": "a"}', ()),
        ('{"resource": "zoos"}', ()),
        (b'{"topic": "\xc3\xa9"}', ("é",)),
        (b'{"topic": "\xff"}', ()),
        ('{"topic": "\ud800"}', ()),
        ('["topic"]', ()),
        ('"topic"', ()),
        ("topic", ()),
        ("", ()),
        (b"\0\xff", ()),
        ("[" * 100_000, ()),
        ("1e999", ()),
    ],
    ids=range(19),
)
def test_a_message_is_called_what_its_members_say(message: str | bytes, labels: tuple[str, ...]) -> None:
    assert labels_of(message) == labels


def test_what_is_too_long_for_a_name_is_none() -> None:
    longest = "/" + "a" * 1023
    assert labels_of(f'{{"method": "{longest}"}}') == (longest,)
    assert labels_of(f'{{"method": "{longest}b", "topic": "zoos"}}') == ("zoos",)
    assert labels_of(f'{{"resource": "{"a" * 1000}", "action": "{"b" * 24}"}}') == ()
    assert labels_of(f'{{"method": "/{"a" * 2**20} b", "type": "/{"a" * 2**20}"}}') == ()


def test_a_frame_is_called_what_it_says() -> None:
    assert Frame({"method": "/sys/ping"}, is_system=True).labels == ("/sys/ping",)
    assert said_json({"type": "chat"}).labels == ("chat",)
    assert said_json({"type": "chat"}, event="news").labels == ("chat", "news")
    assert said_json({"type": "chat"}, event="chat").labels == ("chat",)
    assert said_text("hello").labels == said_bytes(b"hello").labels == ()


def test_a_spoiled_frame_is_still_what_it_was_but_for_its_payload() -> None:
    frame = Frame({"topic": "zoos"}, "e.1")
    spoiled = frame.spoiled(lambda payload: payload[:-1])
    assert (spoiled.data, spoiled.cursor, spoiled.labels) == (b'{"topic":"zoos"', "e.1", ("zoos",))
    assert spoiled.event_stream == b'id: e.1\ndata: {"topic":"zoos"\n\n'
    assert spoiled.websocket == b"\x81\x0f" + spoiled.data
    assert frame.data == b'{"topic":"zoos"}'


def test_each_line_of_a_spoiled_event_is_a_line_of_its_data() -> None:
    spoiled = Frame({}, is_system=True).spoiled(lambda _: "<p>\r\n<b>\r</p>")
    assert spoiled.event_stream == b"event: sys\ndata: <p>\ndata: <b>\ndata: </p>\n\n"


def test_spoiled_bytes_are_bytes_and_a_spoiled_text_is_text() -> None:
    seen: list[str | bytes] = []

    def keep(payload: str | bytes) -> str | bytes:
        seen.append(payload)
        return payload

    assert said_bytes(b"\xff").spoiled(keep).websocket == b"\x82\x01\xff"
    assert said_text("é", "news", "c.1").spoiled(keep).event_stream == "event: news\nid: c.1\ndata: é\n\n".encode()
    assert seen == [b"\xff", "é"]
