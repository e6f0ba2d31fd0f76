"""What is due happens when it is due, also when nobody asks."""

from time import monotonic

import gevent

from mockserver.server.assemble import AssembledInstance
from mockserver.server.log import ExchangeLog
from mockserver.server.run import _walk
from tests.client import assemble, direct
from tests.realtime.channel.party import Party

DEFINITION = """\
mock: 1
freeze: true
resources: {tasks: {count: 0, fields: {id: {seq: 1}, status: {enum: [new, done], default: new}}}}
actions:
  run: {route: POST /run, job: {resource: tasks, outcomes: {ends: {at: 1h, set: {status: done}}}}}
"""


WAITING = """\
mock: 1
channels: {c: {path: /c, receive: [{wait: 50ms, text: late}]}}
"""


def await_events(service: AssembledInstance, count: int) -> None:
    with gevent.Timeout(5):
        while service.sandbox.feed.place.offset < count:
            gevent.sleep(0)


def test_the_feed_has_a_jobs_changes_without_a_request() -> None:
    service = assemble(DEFINITION)
    walking = gevent.spawn(_walk, service, ExchangeLog("quiet"))
    try:
        assert direct(service).post("/run", {}).status == 202
        await_events(service, 1)
        service.sandbox.clock.advance(3600)
        await_events(service, 2)
    finally:
        walking.kill()
    assert service.sandbox.store["tasks"].keys[1]["status"] == "done"


def test_what_is_due_sooner_than_was_known_is_not_waited_for_any_longer() -> None:
    service = assemble(WAITING)
    walking = gevent.spawn(_walk, service, ExchangeLog("quiet"))
    guest = Party(service).come("/c")
    waited: list[float] = []
    try:
        for _ in range(5):
            gevent.sleep(0)
            started = monotonic()
            guest.say("hi")
            with gevent.Timeout(5):
                while not guest.take():
                    gevent.sleep(0)
            waited.append(monotonic() - started)
    finally:
        walking.kill()
    assert 0.05 <= min(waited) < 0.2
