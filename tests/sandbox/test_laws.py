"""Many sandboxes of one definition are as many servers of their own, whatever is done to them in whatever order."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockserver.definitions.source import parse_source
from mockserver.sandbox.seeded import Seeded, collect
from mockserver.server.assemble import AssembledInstance, AssembledService, Prepared, prepare
from tests.client import direct
from tests.store.stocked import DEFINITION, shown

PREPARED = prepare(parse_source(DEFINITION, "laws.yaml"))
NAMES = ("default", "w1", "w2")
KEPT_HEADERS = ("etag", "last-modified", "location", "x-total-count")

ids = st.integers(1, 24)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["red", "sky", "P3"]),
        "team_id": st.none() | st.integers(1, 3),
        "boss_id": st.none() | st.integers(1, 9),
        "owner_id": st.integers(1, 9),
        "keeper_id": st.none() | st.integers(1, 9),
        "tag_ids": st.lists(st.integers(1, 5), max_size=2),
    },
)
Step = tuple[Any, ...]


def alone() -> AssembledInstance:
    """A server that shares nothing with any other."""
    seeded: Seeded = collect(PREPARED.definition, PREPARED.generation, deepcopy(dict(PREPARED.rows)))
    return AssembledInstance(Prepared(seeded, PREPARED.sections, PREPARED.policy))


def take(instance: AssembledInstance, step: Step) -> Any:
    """Do one thing; what a client sees of it."""
    match step:
        case ("ask", method, path, body):
            sent = {} if body is None else {"body": body}
            answer = direct(instance).ask(method, path, **sent)
            return answer.status, answer.body, [answer.headers.get(name) for name in KEPT_HEADERS]
        case ("wait", seconds):
            instance.sandbox.clock.advance(seconds)
        case ("reset", parts):
            instance.reset(parts)
    return None


def seen(instance: AssembledInstance) -> dict[str, Any]:
    return shown(instance.sandbox.store) | {"now": instance.clock.now()}


@dataclass
class Twin:
    """A server of its own, and all that was done to it: so that another can be led to where it is."""

    instance: AssembledInstance = field(default_factory=alone)
    steps: list[Step] = field(default_factory=list)
    saved: dict[str, list[Step]] = field(default_factory=dict)

    def take(self, step: Step) -> Any:
        self.steps.append(step)
        return take(self.instance, step)

    def restore(self, name: str) -> None:
        """Lead another to where this was, and let its clock show the same as now."""
        now = self.instance.clock.elapsed()
        self.instance, self.steps = alone(), []
        for step in self.saved[name]:
            self.take(step)
        self.take(("wait", now - self.instance.clock.elapsed()))


class Sandboxed(RuleBasedStateMachine):
    """One service with its sandboxes, and for each of them a server of its own beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.service = AssembledService(PREPARED)
        self.twins: dict[str, Twin] = {}

    @initialize()
    def begin(self) -> None:
        self.twins = {name: Twin() for name in NAMES}

    def take(self, name: str, step: Step) -> None:
        assert take(self.service.enter(name), step) == self.twins[name].take(step)

    @rule(
        name=st.sampled_from(NAMES),
        method=st.sampled_from(["PATCH", "PUT", "DELETE", "GET"]),
        resource=st.sampled_from(["teams", "people", "tasks", "tags"]),
        key=ids,
        body=bodies,
    )
    def ask(self, name: str, method: str, resource: str, key: int, body: dict[str, Any]) -> None:
        self.take(name, ("ask", method, f"/{resource}/{key}", body if method in ("PATCH", "PUT") else None))

    @rule(name=st.sampled_from(NAMES), resource=st.sampled_from(["teams", "people", "tasks", "tags"]), body=bodies)
    def create(self, name: str, resource: str, body: dict[str, Any]) -> None:
        self.take(name, ("ask", "POST", f"/{resource}", body))

    @rule(name=st.sampled_from(NAMES), query=st.sampled_from(["/tasks?owner_id=1&embed=owner", "/people?sortby=name"]))
    def search(self, name: str, query: str) -> None:
        self.take(name, ("ask", "GET", query, None))

    @rule(name=st.sampled_from(NAMES), seconds=st.integers(1, 900))
    def wait(self, name: str, seconds: int) -> None:
        self.take(name, ("wait", seconds))

    @rule(name=st.sampled_from(NAMES), parts=st.sampled_from([["data"], ["feed"], ["data", "journal"]]))
    def reset(self, name: str, parts: list[str]) -> None:
        self.take(name, ("reset", parts))

    @rule(name=st.sampled_from(NAMES), under=st.sampled_from(["a", "b"]))
    def save(self, name: str, under: str) -> None:
        self.service.enter(name).sandbox.save(under)
        self.twins[name].saved[under] = list(self.twins[name].steps)

    @rule(name=st.sampled_from(NAMES), under=st.sampled_from(["a", "b"]))
    def restore(self, name: str, under: str) -> None:
        if under in self.twins[name].saved:
            self.service.enter(name).sandbox.restore(under)
            self.twins[name].restore(under)

    @rule(name=st.sampled_from(NAMES[1:]))
    def end(self, name: str) -> None:
        self.service.enter(name)
        self.service.end(name)
        self.twins[name] = Twin()

    @invariant()
    def all_are_as_their_twins(self) -> None:
        for name, twin in self.twins.items():
            assert seen(self.service.look(name)) == seen(twin.instance)


TestSandboxed = Sandboxed.TestCase
TestSandboxed.settings = settings(max_examples=30, stateful_step_count=15)
