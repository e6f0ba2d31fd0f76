"""What is remembered of paths, queries and rules: it is one definition's alone, and never more than so much."""

import gc
import weakref
from dataclasses import fields, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import _lru_cache_wrapper
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.definitions.source import parse_source
from mockserver.messages import Reply
from mockserver.rest.api import RestApi
from mockserver.rest.conditional import http_date
from mockserver.server.assemble import AssembledInstance, prepare
from tests.client import Client, assemble, direct

BEFORE = """
clock: 2026-01-15T09:00:00Z
resources:
  things: {count: 3, fields: {size: {int: [1, 9]}, name: {value: x}}}
  parts: {count: 3, fields: {thing_id: {ref: things}}}
"""
AUTH = """
auth:
  users: {ada: {token: ada-token, roles: [boss]}}
  public: [GET /parts]
  rules: [{route: GET /things, roles: [boss]}]
"""
SIZED = BEFORE.replace("{int: [1, 9]}", '{value: "03"}')
RENAMED = BEFORE.replace("size:", "width:")
SINGLE = BEFORE.replace("things: {count: 3,", "things: {singleton: true, count: 1,").replace(
    "{ref: things}", "{value: 1}"
)


@pytest.fixture
def instance() -> AssembledInstance:
    return assemble(BEFORE)


@pytest.fixture
def client(instance: AssembledInstance) -> Client:
    return direct(instance)


def reload(instance: AssembledInstance, text: str) -> None:
    instance.replace(instance.stage(prepare(parse_source(text, "test.yaml"))))


@pytest.mark.parametrize(
    ("after", "path", "statuses"),
    [
        (SIZED, "/things?size=03", (200, 200)),
        (RENAMED, "/things?size=3", (200, 400)),
        (RENAMED, "/things?sort=size", (200, 400)),
        (RENAMED, "/things/1?fields=size", (200, 400)),
        (SINGLE, "/things/1", (200, 404)),
        (SINGLE, "/things/1/parts", (200, 404)),
        (BEFORE + AUTH, "/things", (200, 401)),
        (BEFORE + AUTH, "/parts", (200, 200)),
    ],
)
def test_another_definition_is_asked_anew(
    instance: AssembledInstance, client: Client, after: str, path: str, statuses: tuple[int, int]
) -> None:
    """Both ways, and each as a server answers that has served nothing else."""
    for text, status in ((BEFORE, statuses[0]), (after, statuses[1]), (BEFORE, statuses[0])):
        reload(instance, text)
        asked = [client.get(path) for _ in range(3)]
        alone = direct(assemble(text)).get(path)
        assert [answer.status for answer in asked] == [status] * 3
        assert [answer.body for answer in asked] == [alone.body] * 3


def test_what_was_wrong_is_told_each_time(client: Client) -> None:
    first, *others = (client.get("/things?nmae=x&limit=-1") for _ in range(3))
    assert first.status == 400
    assert [answer.body for answer in others] == [first.body] * 2


def test_nobody_holds_on_to_a_definition_that_is_served_no_longer(instance: AssembledInstance, client: Client) -> None:
    before: weakref.ref[RestApi] = weakref.ref(instance.api)
    for path in ("/things?size=3", "/things/1", "/things/1?fields=name"):
        client.get(path)
    reload(instance, RENAMED)
    gc.collect()
    assert before() is None


def test_so_much_is_remembered_and_no_more(instance: AssembledInstance, client: Client) -> None:
    reload(instance, BEFORE + AUTH)
    before = {id(one): one.cache_info().misses for one in our_caches()}
    for number in range(1500):
        client.get(f"/things/{number}?size={number}", "Authorization: Bearer ada-token", f"Accept: text/x{number}")
        client.get(f"/parts?thing_id={number}", f'If-None-Match: "{number}"')
    found = {one.__qualname__: one.cache_info() for one in our_caches() if is_filled(one, before.get(id(one), 0))}
    assert len(found) >= 5
    for name, cache in found.items():
        assert cache.maxsize is not None, name
        assert cache.currsize <= cache.maxsize <= 4096, name


def our_caches() -> list[Any]:
    return [
        one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper) and one.__module__.startswith("mock")
    ]


def is_filled(cache: Any, misses_before: int) -> bool:
    """Whether requests ask it for ever more: not one that is filled once, by what the program is made of."""
    return int(cache.cache_info().misses) > misses_before + 1


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda one: one.replace(tzinfo=UTC)))  # noqa: DTZ001
def test_a_moment_is_told_as_headers_have_it(moment: datetime) -> None:
    assert http_date(moment) == format_datetime(moment, usegmt=True)


def test_an_answer_as_of_a_place_is_the_same_answer() -> None:
    values = {one.name: object() for one in fields(Reply)}
    reply = Reply(**values)  # type: ignore[arg-type] # which values they are is nothing to it
    assert reply.as_of("e.1", (("A", "b"),)) == replace(reply, at="e.1", headers=(("A", "b"),))
