"""Everything that is wrong with the section `faults` is told at its line, in a definition that is loaded."""

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.faults.fault import Fault
from mockserver.server.assemble.preparation import prepare
from tests.hint import own_hint

HEAD = "mock: 1\nresources: {animals: {count: 2}}\nfaults:\n"
Said = list[tuple[str, str, str]]


def load(faults: str) -> dict[str, Fault]:
    return dict(prepare(parse_source(f"{HEAD}{faults}", "d.yaml")).faults)


def problems(faults: str) -> Said:
    with pytest.raises(DefinitionError) as raised:
        load(faults)
    return [(str(one.position).removeprefix("d.yaml:"), one.problem, own_hint(one)) for one in raised.value.problems]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ("  x: {statsu: 503}", [("4:7", "there is no key 'statsu' here", "did you mean 'status'?")]),
        ("  x: {status: 503, probability: 2}", [("4:33", "should be less than or equal to 1, not 2", "")]),
        ("  x: {status: 99}", [("4:15", "should be greater than or equal to 200, not 99", "")]),
        (
            "  x: {status: 503, drop: true}",
            [("4:20", "'drop' can't happen beside 'status'", "leave one, or make two faults of them")],
        ),
        (
            "  x: {match: GET *, empty: true, direction: out}",
            [
                (
                    "4:21",
                    "'empty' can't act on messages of event streams",
                    "'empty' is for plain requests, handshakes: leave out 'direction'",
                )
            ],
        ),
        (
            "  x: {match: GET *, lose: true, direction: in}",
            [("4:44", "should be out: nothing comes in on an event stream", "match: WS * is for sockets")],
        ),
        (
            "  x: {status: 503, pattern: FFX}",
            [("4:29", "should have no other letters than F and S, and has 'X'", "F fails, S succeeds: FFS")],
        ),
        ('  x: {status: 503, pattern: ""}', [("4:29", "should have 1 to 1000 letters, not 0", "")]),
        (
            "  x: {match: WS *, latency: 2s, drop: true}",
            [
                (
                    "4:20",
                    "'latency' is a fault of its own beside 'drop'",
                    "'latency' is for plain requests, handshakes: make two faults",
                )
            ],
        ),
        (
            "  x: {match: WS *, truncate: 10}",
            [("4:20", "'truncate' can't act on handshakes", "'truncate' is for plain requests")],
        ),
        (
            "  x: {match: GET *, close: 1012}",
            [
                (
                    "4:21",
                    "'close' can't act on plain requests",
                    "'close' is for open sockets, messages of sockets",
                )
            ],
        ),
        ("  x: {hang: true, silent: true}", [("4:19", "'silent' says nothing without 'truncate'", "")]),
        (
            "  x: {status: 503, resource: aminals}",
            [("4:30", "names 'aminals', and there is no resource of that name", "did you mean 'animals'?")],
        ),
        (
            "  x: {status: 503, resource: [animals, zoos]}",
            [("4:40", "names 'zoos', and there is no resource of that name", "known here: animals")],
        ),
        ("  x: {status: 503, match: [GET *, GTE /x]}", [("4:35", "'GTE' is no method", "did you mean 'GET'?")]),
        ("  x: {status: 503, repeat: 5s}", [("4:20", "'repeat' says nothing without 'for'", "for: 5s, repeat: 30s")]),
        (
            "  x: {status: 503, for: 5s, repeat: 5s}",
            [("4:37", "should be longer than 'for'", "it counts from one beginning to the next")],
        ),
        ("  x: {status: 503, after: 25h}", [("4:27", "should be at most 24h", "")]),
        (
            "  x: {status: 503, after: [5s, 3s]}",
            [("4:27", "should begin with the shorter one, like [1s, 3s], not a list", "")],
        ),
        ("  x: {status: 503, for: 0s}", [("4:25", "should be longer than 0s and at most 24h", "")]),
        ("  x: {status: 503, every: 0}", [("4:27", "should be greater than or equal to 1, not 0", "")]),
        ("  x: {status: 503, skip: -1}", [("4:26", "should be greater than or equal to 0, not -1", "")]),
        ("  x: {status: 503, times: 1.5}", [("4:27", "should be a whole number, not 1.5", "")]),
        ("  x: {status: 503, direction: up}", [("4:31", "should be 'in' or 'out', not 'up'", "known here: in, out")]),
        ("  x: {status: 503, enabled: off}", [("4:29", "should be true or false, not 'off'", "write false")]),
        ("  x: {status: 503, ttl: 2d}", [("4:25", "should be longer than 0s and at most 24h", "")]),
        (
            '  x: {status: 503, header: {X-A: "a\\nb"}}',
            [("4:34", "holds a line end or NUL, which no request has there", "")],
        ),
        (
            "  x: {status: 503, header: {X-A: false}}",
            [("4:34", "should be a text, or true where any will do", "")],
        ),
        (
            "  x: {match: WS *, lose: true, commit: true}",
            [("4:32", "'commit' says nothing where there is no request", "leave it out")],
        ),
        (
            "  x: {preset: slwo}",
            [("4:15", "names 'slwo', and there is no preset of that name", "did you mean 'slow'?")],
        ),
        (
            "  x: {preset: slow, ttl: 5s, match: GET *}",
            [("4:30", "'match' can't stand beside 'preset'", "leave one; a preset is whole")],
        ),
        (
            "  x: {match: WS *, close: 1006}",
            [
                (
                    "4:27",
                    "1006 can't be sent (RFC 6455 section 7.4)",
                    "1000 to 1003, 1007 to 1014, or 3000 to 4999; 1005 for none",
                )
            ],
        ),
        ("  x: [status]", [("4:6", "should be a mapping, not a list", "")]),
        ("  404: {status: 404}", [("4:3", "'404' can't be a key here", "put it in quotes: '404'")]),
        ("  'a b': {status: 503}", [("4:3", "'a b' can't be a name here", "use letters, digits, _ and -")]),
        ("  ..: {status: 503}", [("4:3", "'..' can't be a name here", "use letters, digits, _ and -")]),
        (
            "  x: {status: 200, body: {1: a}}",
            [("4:26", "should be a value that JSON can hold", "keys are text, numbers have at most 64 bits")],
        ),
    ],
)
def test_a_wrong_fault_is_told_where_and_what(faults: str, said: Said) -> None:
    assert problems(faults) == said


def test_a_fault_that_does_nothing_is_told_what_it_could_do() -> None:
    [(place, problem, hint)] = problems("  x: {match: GET *}")
    assert (place, problem) == ("4:3", "does nothing")
    assert hint == "say what happens, like status: 503, latency: 2s or reset: connect"


def test_all_that_is_wrong_with_several_is_told_at_once() -> None:
    said = problems(
        "  a: {status: 503, hang: true}\n  b: {probability: 3, drop: true}\n  c: {match: GET *, silent: true}\n"
    )
    assert [place for place, _, _ in said] == ["4:20", "5:20", "6:21"]


def test_what_is_left_of_a_fault_with_a_broken_key_is_not_judged() -> None:
    assert [place for place, _, _ in problems("  x: {status: never, retry_after: 2}\n")] == ["4:15"]


def test_more_faults_than_there_may_be_are_refused() -> None:
    assert problems("".join(f"  f{n}: {{status: 503}}\n" for n in range(101)))[0][:2] == (
        "3:1",
        "has 101 faults, and 100 are the most",
    )
    assert len(load("".join(f"  f{n}: {{status: 503}}\n" for n in range(100)))) == 100


def test_the_faults_of_the_contract_are_right() -> None:
    found = load(
        "  outage:       {match: ANY *, status: 503, retry_after: 2, enabled: false}\n"
        "  flaky-writes: {match: [POST *, PUT *, PATCH *, DELETE *], probability: 0.3, status: 503}\n"
        "  third-fails:  {match: GET /animals, every: 3, reset: body}\n"
        "  lost-ack:     {match: POST *, commit: true, hang: 30s}\n"
        "  ws-drop:      {match: WS *, after: [3s, 8s], drop: true}\n"
    )
    assert [(name, fault.enabled) for name, fault in found.items()] == [
        ("outage", False),
        ("flaky-writes", True),
        ("third-fails", True),
        ("lost-ack", True),
        ("ws-drop", True),
    ]
    assert found["lost-ack"].rules[0].commits
    assert found["outage"].settings == {"match": "ANY *", "status": 503, "retry_after": 2, "enabled": False}
