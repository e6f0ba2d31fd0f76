"""Everybody is asked the same in words of their own, and an answer to something else is found out."""

import json
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest

from benchmarks.peers.dataset import write_dataset
from benchmarks.peers.peer import OURS, PEERS, Group, Peer
from benchmarks.peers.scenario import SCENARIOS, SINCE, VARIETY, Probe, make_requests
from benchmarks.peers.ticket import NEW, Rows
from mockserver.messages import Request, read_query
from mockserver.server.assemble import AssembledInstance, load_prepared

KINDS = sorted(OURS.addresses)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
STORING = next(peer for peer in PEERS if peer.group is Group.STORING)
CANNED = next(peer for peer in PEERS if peer.group is Group.CANNED)


def requests_of(scenario: str, peer: Peer = OURS) -> list[str]:
    return make_requests(BY_NAME[scenario], peer, 1_000)


@pytest.mark.parametrize("kind", KINDS)
def test_all_addresses_of_a_kind_ask_for_the_same(kind: str) -> None:
    wanted = {name for _, name, _, _ in Formatter().parse(OURS.addresses[kind]) if name}
    for peer in PEERS:
        asked = {name for _, name, _, _ in Formatter().parse(peer.addresses.get(kind, OURS.addresses[kind])) if name}
        assert asked == wanted, peer.name


def test_requests_are_the_same_in_every_run_and_for_every_server() -> None:
    assert requests_of("filter") == requests_of("filter")
    items = [requests_of("item", peer) for peer in PEERS]
    assert all(requests == items[0] for requests in items)
    assert len(set(items[0])) > VARIETY / 2


def test_a_mixture_has_its_shares() -> None:
    counted = Counter(line.partition("?")[0] for line in requests_of("mixed"))
    assert 0.15 < counted["GET /tickets"] / VARIETY < 0.25
    assert 0.05 < counted["POST /tickets"] / VARIETY < 0.15
    assert sum(counted.values()) == VARIETY


def test_what_is_new_in_every_request_is_left_to_whoever_sends_it() -> None:
    assert all(SINCE in line for line in requests_of("uncached"))
    assert not any(SINCE in line for line in requests_of("filter"))


def test_slow_peers_have_fewer_connections_where_there_are_many_rows() -> None:
    item, post = BY_NAME["item"], BY_NAME["post"]
    assert [item.connections_for(STORING, rows) for rows in (10_000, 100_000)] == [16, 4]
    assert [item.connections_for(OURS, rows) for rows in (10_000, 100_000)] == [16, 16]
    assert {post.connections_for(peer, 1_000) for peer in PEERS} == {4}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows]:
    """A thousand tickets on disk, and as rows."""
    folder = tmp_path_factory.mktemp("peers") / "data"
    return folder, write_dataset(folder, 1_000)


@pytest.fixture(scope="module")
def instance(dataset: tuple[Path, Rows]) -> AssembledInstance:
    return AssembledInstance(load_prepared([dataset[0] / OURS.data]))


@pytest.mark.parametrize("kind", KINDS)
def test_ours_answers_what_is_asked(kind: str, dataset: tuple[Path, Rows], instance: AssembledInstance) -> None:
    probe = Probe(kind, dataset[1])
    path, _, query = probe.address(OURS).partition("?")
    method, body = ("POST", json.dumps(NEW).encode()) if kind == "post" else ("GET", b"")
    headers = {"content-type": "application/json"} if body else {}
    reply = instance.handle(Request(method, path, read_query(query), headers, body))
    assert probe.find_mistake(OURS, reply.status, reply.body) == ""


@pytest.mark.parametrize(
    ("kind", "status", "answer"),
    [
        ("item", 200, {"id": 18}),
        ("item", 404, {}),
        ("page", 200, [{"id": number} for number in range(2, 12)]),
        ("page", 200, {"data": []}),
        ("filter", 200, [{"priority": 4}] * 9 + [{"priority": 3}]),
        ("search", 200, [{"subject": "Nothing of it"}] * 10),
        ("post", 200, {"id": 1}),
        ("post", 201, []),
    ],
)
def test_an_answer_to_something_else_is_found_out(
    kind: str, status: int, answer: object, dataset: tuple[Path, Rows]
) -> None:
    assert Probe(kind, dataset[1]).find_mistake(STORING, status, json.dumps(answer).encode())


def test_an_answer_may_stand_in_an_envelope_and_have_ids_of_text(dataset: tuple[Path, Rows]) -> None:
    rows = dataset[1].with_text_ids().tickets[:10]
    assert Probe("page", dataset[1]).find_mistake(STORING, 200, json.dumps({"data": rows}).encode()) == ""


def test_a_canned_answer_needs_its_status_only(dataset: tuple[Path, Rows]) -> None:
    assert Probe("filter", dataset[1]).find_mistake(CANNED, 200, b"anything") == ""
    assert Probe("filter", dataset[1]).find_mistake(CANNED, 404, b"anything") == "status 404 instead of 200"
