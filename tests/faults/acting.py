"""Kinds of faults at work on an occasion of one's own, without a server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import reduce
from typing import Any, Final

import yaml

from mockserver.errors import Problem
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.fault import Place, Rule
from mockserver.faults.kind import Kind
from mockserver.faults.load import make_rules
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.messages import Reply, Request

LEO: Final = b'{"id":1,"name":"Leo"}'
ANSWER: Final = Reply(200, (("Content-Type", "application/json"), ("ETag", '"1"')), LEO)
REQUEST: Final = Request("GET", "/animals/1")


def rule_of(text: str) -> Rule:
    """A rule as it is written in YAML."""
    return make_rules("example", [yaml.safe_load(text)])[0]


def occasion_of(
    scope: Scope = "request",
    transport: Transport = "http",
    request: Request = REQUEST,
    *,
    user: str = "",
    credentials: Sequence[str] | None = None,
    is_login: bool = False,
) -> Occasion:
    """Something that happens."""
    found = Occasion(scope, transport, request, (("animals", "1"),), "animals", lambda: user)
    return replace(found, credentials=None if credentials is None else lambda: credentials, is_login=lambda: is_login)


class Acting:
    """One rule in one sandbox: what it makes of one occasion after the other."""

    def __init__(self, text: str, seed: int = 7) -> None:
        self.rule = rule_of(text)
        self.seed = seed
        self.n = 0
        self.memory: dict[str, object] = {}

    def on(self, occasion: Occasion | None = None, at_s: float = 0.0) -> Course:
        """What becomes of an occasion, a plain request unless said."""
        return self.carry_out(occasion or occasion_of(), at_s)

    def carry_out(self, occasion: Occasion, at_s: float) -> Course:
        """All kinds of the rule, in their order."""
        self.n += 1
        course = Course(occasion.scope, self.rule.name, at_s)
        for kind in self.kinds((occasion.scope, occasion.transport)):
            kind.act(course, occasion, Draw(self.seed, self.rule.name, self.n), self.memory)
        return course

    def kinds(self, place: Place) -> tuple[Kind, ...]:
        """Those that act there."""
        return self.rule.acts[place]


def course_of(text: str, occasion: Occasion | None = None) -> Course:
    """What a rule makes of one occasion."""
    return Acting(text).on(occasion)


def answered(course: Course, reply: Reply = ANSWER) -> Reply:
    """An answer as the rewrites of a course leave it."""
    return reduce(lambda one, change: change(one), (*course.edits, *course.rewrites), reply)


def told(course: Course) -> Mapping[str, Any]:
    """All that a course says, so that two of them can be compared: what it would do to an answer, and to messages."""
    plain = {one.name: getattr(course, one.name) for one in fields(course) if one.compare}
    problem: Problem | None = plain.pop("problem")
    spoils: list[Callable[[str | bytes], str | bytes]] = plain.pop("spoils")
    del plain["edits"], plain["rewrites"]
    said = None if problem is None else (problem.status, problem.slug, problem.detail, problem.errors, problem.headers)
    messages = [[spoil(message) for spoil in spoils] for message in (LEO, LEO.decode())]
    return {**plain, "problem": said, "answer": answered(course), "messages": messages}
