"""`call: POST /orders`: asks the API as this client could; what it answers is `reply` from then on."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import quote

from pydantic import Tag

from mockserver.definitions.expression import parts_of, whole_expression
from mockserver.definitions.field import Model
from mockserver.definitions.pattern import ANY, METHODS
from mockserver.definitions.union import one_of_shapes
from mockserver.errors import ServerError, suggestion
from mockserver.formula.formula import Formula
from mockserver.formula.header import header_values, load_headers
from mockserver.messages import Json, Request, read_query
from mockserver.realtime.channel.address import Addresses
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.said import encode_json
from mockserver.realtime.channel.turn import Turn
from mockserver.realtime.command import body_of
from mockserver.value import dataclass

REPLY: Final = "reply"
_ROUTE: Final = re.compile(r"([A-Z]+) +(/.*)", re.DOTALL)
_BODILESS: Final = ("GET", "HEAD")


class CallSpec(Model):
    """A request: `route`, or the name of an `action` with what its path takes."""

    route: str | None = None
    """A request like `POST /orders`."""
    action: str | None = None
    """The name of an action."""
    path: dict[str, Any] = {}
    """What its path takes."""
    query: dict[str, Any] = {}
    """Its parameters."""
    headers: dict[str, Any] = {}
    """Its headers."""
    body: Any = None
    """Its body."""


@effects.register("call")
class CallSection(EffectSection):
    """A route stands below the prefix, as those of actions do; what expressions give is one step of it."""

    place: ClassVar[int] = 20
    keys: ClassVar[tuple[str, ...]] = ("call",)

    call: Annotated[
        Annotated[str, Tag("text")] | Annotated[CallSpec, Tag("mapping")],
        one_of_shapes("should be a route like POST /orders, an action, or {route: …, body: …}"),
    ]
    """Asks the API as this client could; what it answers is `reply` from then on."""

    def load(self, loading: RuleLoading) -> Effect:
        spec = _spec_of(self.call, loading.addresses)
        where = (*loading.where, "call")
        route = _route_of(loading, spec, is_text=isinstance(self.call, str))
        if "body" in spec.model_fields_set and route.split(" ")[0] in _BODILESS:
            loading.loading.note((*where, "body"), "a GET has no body", "use 'query', or another method", key=True)
        headers = load_headers(loading.loading, (*where, "headers"), spec.headers, loading.names)
        query = {
            name: loading.loading.formula(value, (*where, "query", name), loading.names)
            for name, value in spec.query.items()
        }
        body = loading.loading.formula(spec.body, (*where, "body"), loading.names)
        has_body = "body" in spec.model_fields_set
        return _Call(_load_target(loading, route), query, headers, body if has_body else None, loading.addresses)


def _spec_of(call: str | CallSpec, addresses: Addresses) -> CallSpec:
    """What a call says; a text alone is a route, or the name of an action."""
    if isinstance(call, CallSpec):
        return call
    return CallSpec(action=call) if call in addresses.actions else CallSpec(route=call)


def _route_of(loading: RuleLoading, spec: CallSpec, *, is_text: bool) -> str:
    """The route as text, that of an action included; empty where there is none."""
    where = (*loading.where, "call")
    if (spec.route is None) == (spec.action is None):
        loading.loading.note(where, "should have a route or an action", "one of both")
        return ""
    if spec.route is not None:
        found = _ROUTE.fullmatch(spec.route)
        at = where if is_text else (*where, "route")
        if whole_expression(spec.route) is not None:
            return spec.route
        if found is None:
            loading.loading.note(at, "should be a route like GET /animals/1, or an action", "a method and a path")
        elif found[1] not in METHODS:
            loading.loading.note(at, f"'{found[1]}' is no method", suggestion(found[1], METHODS))
        return spec.route if found is not None else ""
    return _route_of_action(loading, spec)


def _route_of_action(loading: RuleLoading, spec: CallSpec) -> str:
    where, actions = (*loading.where, "call"), loading.addresses.actions
    name = spec.action or ""
    if name not in actions:
        loading.loading.note((*where, "action"), f"there is no action '{name}'", suggestion(name, actions))
        return ""
    route = actions[name].routes[0]
    steps = list[str]()
    for step in route.steps:
        if step[0] != ":":
            steps.append(step)
        elif step[1:] not in spec.path:
            loading.loading.note(
                where, f"does not say the '{step[1:]}' of '{route}'", f"{{action: {name}, path: {{{step[1:]}: …}}}}"
            )
        else:
            value = spec.path[step[1:]]
            is_formula = isinstance(value, str) and "${" in value
            steps.append(value if is_formula else _step(_text(value)))
    for given in spec.path:
        if given not in route.names:
            hint = suggestion(given, route.names)
            loading.loading.note((*where, "path", given), f"'{route}' has no '{given}'", hint, key=True)
    method = "POST" if route.method == ANY else route.method
    return f"{method} {actions[name].prefixes[0]}/{'/'.join(steps)}"


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a call goes: texts and, between them, what stands for one step each; or one expression for all of it."""

    parts: tuple[str | Formula, ...]
    whole: Formula | None

    def text(self, turn: Turn) -> str:
        """Method, path and query."""
        if self.whole is not None:
            return self.whole.text(turn)
        return "".join(
            one if isinstance(one, str) else quote(one.text(turn), safe="", errors="replace") for one in self.parts
        )


def _load_target(loading: RuleLoading, route: str) -> _Target:
    if whole_expression(route) is not None:
        return _Target((), loading.formula(route, "call"))
    pieces = parts_of(route)
    if any("${" in piece for piece in pieces[::2]):
        loading.note("call", f"'{route}' has a '${{' without its '}}'", "close it, or leave the '{' out")
    return _Target(
        tuple(
            loading.formula(f"${{{piece}}}", "call") if place % 2 else piece
            for place, piece in enumerate(pieces)
            if piece
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class _Call:
    target: _Target
    query: Mapping[str, Formula]
    headers: Mapping[str, Formula]
    body: Formula | None
    addresses: Addresses

    def act(self, turn: Turn) -> None:
        feed = turn.line.reading.store.feed
        before = feed.place
        reply = turn.line.ask(self._request(turn))
        if turn.chain is not None:
            turn.chain.lead_to(before, feed.place)
        answered = {"status": reply.status, "ok": reply.status < 400, "body": body_of(reply)}
        turn.learn(REPLY, answered)

    def _request(self, turn: Turn) -> Request:
        text = self.target.text(turn)
        found = _ROUTE.fullmatch(text)
        if found is None or found[1] not in METHODS:
            raise ServerError(f"A call to '{text[:200]}' is not possible: it should be like 'GET /animals/1'.")
        path, _, query = found[2].partition("?")
        headers = {"accept": "application/json"}
        headers |= {name.lower(): value for name, value in header_values(self.headers, turn)}
        body = b""
        if self.body is not None:
            body = encode_json(self.body.value(turn))
            headers = {"content-type": "application/json", **headers, "content-length": str(len(body))}
        pairs = (*read_query(query), *(pair for name, one in self.query.items() for pair in _pairs(name, one, turn)))
        return Request(found[1], self.addresses.target(found[1], path), pairs, headers, body)


def _step(text: str) -> str:
    """A text as one step of a path, or one value of a query."""
    return quote(text, safe="", errors="replace")


def _pairs(name: str, formula: Formula, turn: Turn) -> list[tuple[str, str]]:
    """A parameter, as often as it has values; null is none."""
    value = formula.value(turn)
    return [(name, _text(one)) for one in (value if isinstance(value, list) else [value]) if one is not None]


def _text(value: Json) -> str:
    return value if isinstance(value, str) else encode_json(value).decode()
