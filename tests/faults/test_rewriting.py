"""What becomes of answers on their way."""

from dataclasses import replace

import orjson
import pytest

from mockserver.faults.rewriting import damaged, mislabelled, patched, with_current, with_header, without_header
from mockserver.messages import Reply
from tests.faults.acting import ANSWER, LEO


def test_a_header_takes_the_place_of_all_of_its_name() -> None:
    twice = Reply(200, (("Set-Cookie", "a=1"), ("X-A", "1"), ("set-cookie", "b=2")))
    assert with_header(twice, "SET-COOKIE", "c=3").headers == (("X-A", "1"), ("SET-COOKIE", "c=3"))
    assert without_header(twice, "Set-cookie").headers == (("X-A", "1"),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LEO, b'{"id":1,"title":"Mr"}'),
        (b'[{"name":"Leo"},5,{"title":"Dr","id":2}]', b'[{"title":"Mr"},5,{"title":"Mr","id":2}]'),
        (b"{}", b'{"title":"Mr"}'),
        (b"5", b"5"),
        (b"no json", b"no json"),
        (b"", b""),
    ],
)
def test_a_patch_is_a_merge_patch_on_an_object_or_on_each_of_a_list(body: bytes, expected: bytes) -> None:
    assert patched({"name": None, "title": "Mr"}, replace(ANSWER, body=body)).body == expected


@pytest.mark.parametrize("kind", ["text/plain", "text/event-stream", "application/octet-stream", ""])
def test_a_patch_leaves_alone_what_does_not_say_that_it_is_json(kind: str) -> None:
    other = replace(ANSWER, headers=(("Content-Type", kind),) if kind else ())
    assert patched({"name": None}, other) is other


def test_a_patch_knows_json_by_other_names() -> None:
    problem = replace(ANSWER, headers=(("content-type", "Application/Problem+JSON; charset=utf-8"),))
    assert patched({"name": None}, problem).body == b'{"id":1}'


def test_a_patch_reaches_into_an_envelope_by_its_way() -> None:
    enveloped = replace(ANSWER, body=b'{"result":{"id":1,"name":"Leo"},"success":true}')
    assert patched({"result": {"name": None}}, enveloped).body == b'{"result":{"id":1},"success":true}'


def test_only_a_page_says_that_it_is_one() -> None:
    assert damaged("html", ANSWER).header("Content-Type") == "text/html; charset=utf-8"
    assert damaged("cut", ANSWER).header("Content-Type") == "application/json"
    assert damaged("cut", ANSWER).status == 200


@pytest.mark.parametrize("status", [200, 204, 205, 304])
def test_an_answer_without_a_body_stays_without(status: int) -> None:
    bare = Reply(status)
    assert damaged("html", bare) is bare
    assert mislabelled(bare) is bare


def test_what_is_mislabelled_is_not_what_it_says() -> None:
    reply = mislabelled(ANSWER)
    assert (reply.header("Content-Encoding"), reply.body) == ("gzip", LEO)


def test_the_current_document_is_put_into_a_problem() -> None:
    problem = Reply(409, (("Content-Type", "application/problem+json"),), b'{"status":409}')
    assert orjson.loads(with_current(problem, ANSWER).body) == {"status": 409, "current": {"id": 1, "name": "Leo"}}


@pytest.mark.parametrize(
    "document", [Reply(404, (), b'{"status":404}'), Reply(200, (), b"[]"), Reply(200, (), b"\xff"), Reply(204)]
)
def test_what_is_no_document_is_left_out_of_a_problem(document: Reply) -> None:
    problem = Reply(409, (), b'{"status":409}')
    assert with_current(problem, document) == problem
