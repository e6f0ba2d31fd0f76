"""Courses made by hand, carried out on a real listener in a process of its own: `python -m tests.server.fault.entry`.

The header `X-Course` says what happens: `[[fault, verb, arguments…], …]`. The second listener switches and tells.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402
from dataclasses import asdict  # noqa: E402
from functools import partial  # noqa: E402
from string import ascii_lowercase  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402
from werkzeug.wrappers import Response  # noqa: E402

from mockserver.errors import Problem, problem_of  # noqa: E402
from mockserver.faults.course import Course, Cut, Outage, Pace  # noqa: E402
from mockserver.messages import Reply, Request  # noqa: E402
from mockserver.server.fault.exchange import Desk, Exchange  # noqa: E402
from mockserver.server.fault.hold import Client, Holds, Terms  # noqa: E402
from mockserver.server.fault.response import respond  # noqa: E402
from mockserver.server.fault.turn import Turns  # noqa: E402
from mockserver.server.host import HostList  # noqa: E402
from mockserver.server.late import LateApplication  # noqa: E402
from mockserver.server.limits import Limits  # noqa: E402
from mockserver.server.listener import open_listener  # noqa: E402
from mockserver.server.plane import Plane  # noqa: E402


class Bench:
    """What both listeners share; a fault is on until it is switched off."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.reset()

    def reset(self) -> None:
        self.holds = Holds(self._limits)
        self.turns = Turns()
        self.off: set[str] = set()
        self.moved_s = 0.0
        self.asked = 0
        self.told: list[str] = []
        self.overflow: list[str] = []
        self.outages: list[str] = []

    def serve(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        # What is left of another test is none of this one's business.
        said = self.told
        course = self._course(json.loads(environ.get("HTTP_X_COURSE", "[]")))
        request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        terms = Terms(
            environ.get("HTTP_X_MOCK_SANDBOX", "default"),
            lambda: self.moved_s,
            lambda name: name not in self.off,
        )
        client = Client(environ["mockserver.socket"], terms, self.holds)
        desk = Desk(self._answer, _refuse, lambda reply: reply, self._shut_down)
        delivery = Exchange(course, request, client, desk, self.turns).run()
        said.append(f"{delivery.told.status} {delivery.told.decided_by}")
        headers = delivery.amend(delivery.reply.headers)
        if delivery.is_plain:
            response = Response(delivery.reply.body, delivery.reply.status, headers)
            if delivery.done is not None:
                response.call_on_close(delivery.done)
        else:
            response = respond(delivery, headers)
        return response(environ, start_response)

    def control(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        verb, _, argument = environ["PATH_INFO"].lstrip("/").partition("/")
        verbs: dict[str, Callable[[str], object]] = {
            "off": self.off.add,
            "on": self.off.discard,
            "advance": self._advance,
            "stop": lambda _: self.holds.stop(),
            "state": lambda _: None,
            "reset": lambda _: self.reset(),
        }
        verbs[verb](argument)
        self.holds.wake()
        held = self.holds.describe()
        assert isinstance(held, dict)
        state = {
            "waiting": len(self.holds),
            "held": held["held"],
            "asked": self.asked,
            "told": self.told,
            "overflow": self.overflow,
            "outages": self.outages,
        }
        return Response(json.dumps(state))(environ, start_response)

    def _advance(self, seconds: str) -> None:
        self.moved_s += float(seconds)

    def _course(self, told: list[list[Any]]) -> Course:
        course = Course("request")
        for fault, verb, *arguments in told:
            course.fault, course.lapse = fault, partial(self._lapse, fault)
            if fault not in course.fired:
                course.fired.append(fault)
            if verb == "commit":
                course.commits = True
            else:
                getattr(course, verb)(*map(_value, arguments))
        return course

    def _lapse(self, fault: str, course: Course) -> None:
        self.overflow.append(fault)
        course.fired.remove(fault)

    def _answer(self, request: Request, age_s: float) -> Reply:
        """`/status/size`: that status, and so many letters in their order."""
        self.asked += 1
        if age_s:
            return Reply(200, (), f"as it was {age_s:g} s ago".encode(), "past")
        _, status, size = request.target.split("/")
        body = (ascii_lowercase.encode() * (int(size) // 26 + 1))[: int(size)]
        return Reply(int(status), (("Content-Type", "text/plain"), ("ETag", '"v1"')), body, "api")

    def _shut_down(self, outage: Outage) -> None:
        self.outages.append(json.dumps(asdict(outage)))


def _refuse(problem: Problem) -> Reply:
    headers = tuple(problem.headers.items())
    return Reply(problem.status, (("Content-Type", "application/json"), *headers), b'{"detail": "no"}', "refused")


def _value(told: Any) -> Any:
    match told:
        case {"at": _}:
            return Cut(**{**told, "tail": told.get("tail", "").encode("latin-1")})
        case {"status": status}:
            return problem_of(status, "", (), {}, "")
        case {"append": text}:
            return lambda reply: Reply(reply.status, reply.headers, reply.body + text.encode(), reply.decided_by)
        case {"fail": text}:
            return lambda _reply: _fail(text)
        case dict():
            return Pace(**told)
    return told


def _fail(text: str) -> Reply:
    raise RuntimeError(text)


def main(options: dict[str, Any]) -> None:
    limits = Limits(**options)
    bench, planes = Bench(limits), []
    for app in (bench.serve, bench.control):
        listener = open_listener("localhost", 0)
        planes.append(
            Plane(listener, LateApplication(partial(lambda one: one, app)), HostList(()), limits, lambda: 1024)
        )
        planes[-1].start()
        sys.stdout.write(f"{listener.port}\n")
    sys.stdout.flush()
    gevent.wait([Event()])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
