"""The faults of a sandbox on clocks that a test moves, and occasions for them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import yaml

from mockserver.definitions.source import parse_source
from mockserver.errors import FieldError, Invalid
from mockserver.faults.course import Course
from mockserver.faults.fault import Fault
from mockserver.faults.faults import Faults
from mockserver.faults.load import read_fault
from mockserver.faults.occasion import Direction, Occasion
from mockserver.faults.preset import preset_faults
from mockserver.faults.served import Served
from mockserver.messages import Request
from mockserver.server.assemble.preparation import prepare

SEED: Final = 42
DEFINITION: Final = """
mock: 1
api: {version: v1}
auth: {users: {ada: {token: a-token}, bob: {token: b-token}}}
resources:
  zoos: {count: 1, fields: {city: city}}
  animals: {count: 1, fields: {name: first_name, zoo_id: {ref: zoos}, chip: {object: {code: word}}}}
"""


def fault_of(text: str, name: str = "x") -> Fault:
    """A fault as it is written in YAML; a name in it may be that of any resource."""
    return read_fault(name, yaml.safe_load(text), preset_faults())


def faults_of(text: str) -> dict[str, Fault]:
    """The faults of a section `faults`."""
    return {name: read_fault(name, body, preset_faults()) for name, body in (yaml.safe_load(text) or {}).items()}


@cache
def _served() -> Served:
    return prepare(parse_source(DEFINITION, "d.yaml")).served


def flaws_of(body: Any) -> list[FieldError]:
    """All that is wrong with a body where the definition is `DEFINITION`."""
    try:
        read_fault("x", body, preset_faults(), _served())
    except Invalid as problem:
        return list(problem.errors)
    return []


def request(
    path: str = "/animals/1",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    query: tuple[tuple[str, str], ...] = (),
    **more: Any,
) -> Occasion:
    """A plain request."""
    steps = tuple(path.split("/")[1:])
    return Occasion("request", "http", Request(method, path, query, headers or {}), (steps,), **more)


def handshake(path: str = "/events/ws") -> Occasion:
    """A socket that is to open."""
    return Occasion("handshake", "ws", Request("GET", path), (tuple(path.split("/")[1:]),))


def socket(path: str = "/events/ws") -> Occasion:
    """A socket that is open."""
    return Occasion("connection", "ws", Request("GET", path), (tuple(path.split("/")[1:]),))


def stream(path: str = "/events/sse") -> Occasion:
    """An event stream that stands."""
    return Occasion("connection", "sse", Request("GET", path), (tuple(path.split("/")[1:]),))


def message(*events: str, direction: Direction = "out", path: str = "/events/ws") -> Occasion:
    """A message on a socket."""
    steps = tuple(path.split("/")[1:])
    return Occasion("frame", "ws", Request("GET", path), (steps,), direction=direction, events=events)


class Box:
    """Faults, with both clocks standing at 0 until they are moved."""

    def __init__(self, text: str = "", seed: int = SEED) -> None:
        self.clock_s = 0.0
        self.real_s = 1000.0
        self.changes = 0
        self.faults = Faults(faults_of(text), seed, lambda: self.clock_s, lambda: self.real_s)
        self.faults.watch(self._note)

    def _note(self) -> None:
        self.changes += 1

    def pass_time(self, seconds: float) -> None:
        """Both clocks go on."""
        self.clock_s += seconds
        self.real_s += seconds

    def put(self, text: str, name: str = "x", ttl_s: float | None = None) -> None:
        """Set a fault at run time."""
        self.faults.put(name, fault_of(text, name), ttl_s)

    def ask(self, occasion: Occasion | None = None) -> Course | None:
        """What an occasion comes to, a plain request unless said."""
        return self.faults.decide(occasion or request())

    def fires(self, times: int, occasion: Occasion | None = None) -> str:
        """F or S for each of so many occasions, and - where no rule was for it."""
        return "".join(_letter(self.ask(occasion)) for _ in range(times))

    @property
    def on(self) -> list[str]:
        """The names of the faults that are on."""
        return [state.name for state in self.faults if state.enabled]

    def counted(self, name: str = "x") -> tuple[int, int, int]:
        """Matched, fired, skipped."""
        state = self.faults.get(name)
        return state.matched, state.fired, state.skipped


def _letter(course: Course | None) -> str:
    return "-" if course is None else "F" if course.fired else "S"
