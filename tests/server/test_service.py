"""One definition served from many sandboxes: how they begin, what they are told, and how another takes its place."""

from itertools import islice

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import Conflict, Unavailable
from mockserver.messages import Request
from mockserver.server.assemble import AssembledInstance, AssembledService, Beginning, prepare
from tests.client import direct
from tests.realtime.heard import connected

DEFINITION = """
mock: 1
resources:
  pets: {count: 3, fields: {id: {seq: 1}, code: {int: [1, 60], unique: true}}}
faults:
  outage: {match: ANY *, status: 503, enabled: false}
  other: {match: ANY *, status: 500, enabled: false}
channels: {chat: {path: /chat}}
scenarios:
  many: {data: {pets: {count: 50}}, faults: [other]}
  none: {data: {pets: {count: 0}}}
  later: {script: [{at: 10s, faults: [outage]}]}
"""
FEWER = DEFINITION.replace("[1, 60]", "[1, 20]")
"""Then there can't be many."""


def serve(beginning: Beginning | None = None, text: str = DEFINITION) -> AssembledService:
    return AssembledService(prepare(parse_source(text, "test.yaml"), tried_rows=0), beginning)


def reload(service: AssembledService, text: str) -> None:
    for _ in service.take_over(service.stage(prepare(parse_source(text, "test.yaml"), tried_rows=0))):
        pass


def on(instance: AssembledInstance) -> list[str]:
    return [one.name for one in instance.faults if one.enabled]


def count(instance: AssembledInstance) -> int:
    return len(instance.sandbox.store["pets"])


# How they begin.


def test_what_was_asked_for_is_on_beside_the_faults_of_the_first_scenario() -> None:
    service = serve(Beginning(("outage", "flaky"), "10ms", "many"))
    began = ["outage", "other", "flaky", "--delay"]
    for instance in (service.default, service.enter("w1")):
        assert on(instance) == began
        instance.faults.off()
        instance.reset(["faults"])
        assert (on(instance), instance.scenario) == (began, "many")
        instance.switch("none")
        assert on(instance) == []
        instance.reset([])
        assert (on(instance), instance.scenario) == (began, "many")


def test_a_fault_that_was_asked_for_and_is_no_more_is_passed_over() -> None:
    service = serve(Beginning(("outage",), scenario="many"))
    reload(service, DEFINITION.replace("outage", "another"))
    service.default.reset([])
    for instance in (service.default, service.enter("w1")):
        assert (on(instance), instance.scenario, count(instance)) == (["other"], "many", 50)


def test_the_first_scenario_that_is_no_more_leaves_the_state_of_the_file() -> None:
    service = serve(Beginning(("outage",), scenario="many"))
    reload(service, DEFINITION.replace("many:", "lots:"))
    service.default.reset([])
    for instance in (service.default, service.enter("w1")):
        assert (on(instance), instance.scenario, count(instance)) == (["outage"], None, 3)


def test_nothing_takes_over_that_can_not_begin_as_it_is_to() -> None:
    service = serve(Beginning(scenario="many"))
    other = service.enter("w1")
    with pytest.raises(Conflict, match="The scenario 'many' can't be"):
        reload(service, FEWER)
    for instance in (service.default, other, service.enter("w2")):
        instance.reset([])
        assert (instance.scenario, count(instance)) == ("many", 50)


# Another definition.


def test_the_rows_of_all_scenarios_that_are_played_are_made_while_it_is_staged() -> None:
    service = serve()
    for name, scenario in (("w1", "many"), ("w2", "none")):
        service.enter(name).switch(scenario)
    changed = prepare(parse_source(DEFINITION.replace("count: 50", "count: 51"), "test.yaml"), tried_rows=0)
    staged = service.stage(changed)
    assert [one.variant.most_rows for one in staged.prepared.scenarios.values()] == [0, 0, 0]
    assert len(list(service.take_over(staged))) == 3
    assert [(one.scenario, count(one)) for one in service.instances()] == [(None, 3), ("many", 51), ("none", 0)]


def test_whoever_is_in_a_scenario_that_can_not_be_goes_back_to_the_file() -> None:
    service = serve()
    service.enter("w1").switch("many")
    staged = service.stage(prepare(parse_source(FEWER, "test.yaml"), tried_rows=0))
    assert staged.prepared.scenarios["many"].variant.most_rows == 0, "that it can't be has been found out"
    assert len(list(service.take_over(staged))) == 2
    assert (service.enter("w1").scenario, count(service.enter("w1"))) == (None, 3)


def test_others_have_their_turn_between_two_sandboxes() -> None:
    service = serve()
    for name in ("w1", "w2", "w3"):
        service.enter(name)
    taking = service.take_over(service.stage(prepare(parse_source(DEFINITION.replace("count: 3", "count: 4"), "t"))))
    next(taking)
    assert [count(one) for one in service.instances()] == [4, 3, 3, 3]
    assert count(service.enter("w4")) == 4, "what begins now, begins with it"
    service.end("w2")
    ended = list(taking)
    assert (len(ended), [count(one) for one in service.instances()]) == (2, [4, 4, 4, 4])


def test_one_that_fails_is_ended_and_told_of_and_keeps_nobody_from_it() -> None:
    service = serve()
    broken = service.enter("w1")
    service.enter("w2")
    del broken.sandbox.store
    with pytest.raises(AttributeError):
        reload(service, DEFINITION.replace("count: 3", "count: 4"))
    assert [(one.name, count(one)) for one in service.instances()] == [("default", 4), ("w2", 4)]
    assert count(service.enter("w1")) == 4


# The end of one.


def test_whoever_has_waited_for_longer_than_there_was_a_sandbox_changes_nothing() -> None:
    service = serve()
    left = service.enter("w1")
    left.switch("later")
    service.end("w1")
    left.clock.advance(10)
    refused = direct(left).post("/pets", {})
    assert (refused.status, refused.json["detail"]) == (503, "The sandbox has ended.")
    assert left.recall(Request("GET", "/pets", (), {}), 1).status == 503
    with pytest.raises(Unavailable):
        left.connect(Request("GET", "/events/ws", (), {}))
    assert count(left) == 3
    assert direct(service.enter("w1")).post("/pets", {}).status == 201


# What is told, and what is looked back on.


def test_a_sandbox_in_which_there_is_always_something_to_tell_keeps_nobody_else_waiting() -> None:
    service = serve()
    busy, other = service.enter("w1"), service.enter("w2")
    heard = [connected(one, "/events/ws?topics=news").heard for one in (busy, other)]
    other.publish("news", 0)

    def go_on() -> None:
        for number in range(100):
            busy.publish("news", number)

    go_on()
    for _ in islice(service.deliver(), 3):
        go_on()
    assert [len(one.events) for one in heard] == [300, 1]


def test_what_is_looked_back_on_is_what_is_there_now_but_for_its_age() -> None:
    service = serve()
    service.default.clock.freeze()
    asked = Request("GET", "/chat", (), {})
    assert service.default.recall(asked, 0) == service.default.handle(asked)
    assert service.default.recall(asked, 0).status == 426
