"""The operations of endpoints beside the resources: actions, the cancelling of jobs, the login, and any other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.definitions.pattern import ANY, RoutePattern
from mockserver.errors import (
    BadRequest,
    Conflict,
    Invalid,
    LoginFailed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    Problem,
    Unauthenticated,
    UnsupportedMediaType,
    UriTooLong,
)
from mockserver.openapi.action import ActionAnswers, intake_body, intake_query
from mockserver.openapi.component import Schema, free
from mockserver.openapi.envelope import done_envelope
from mockserver.openapi.feed import describe_window
from mockserver.openapi.identifier import Identifiers
from mockserver.openapi.parameter import Parameters
from mockserver.openapi.response import Responses
from mockserver.openapi.security import Security
from mockserver.openapi.subject import Subject
from mockserver.openapi.value import Values
from mockserver.realtime.window import FeedPoll, FeedSocket, FeedStream
from mockserver.rest.action.endpoint import ActionEndpoint
from mockserver.rest.auth.endpoint import AuthEndpoint
from mockserver.rest.auth.policy import Policy
from mockserver.rest.auth.rule import SOME_ID
from mockserver.rest.endpoint import Endpoint
from mockserver.rest.job.endpoint import CancelEndpoint
from mockserver.rest.whole import WholeDatabase
from mockserver.value import dataclass

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_JSON: Final = "application/json"
_FREE: Final[Schema] = {"description": "What the definition says.", "content": {_JSON: {"schema": {}}}}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and where it stands."""

    template: str
    method: str
    described: Schema


@dataclass(frozen=True, slots=True)
class Extras:
    """Makes the operations of endpoints; those of kinds that are not known say what can be said of any."""

    subject: Subject
    parameters: Parameters
    responses: Responses
    ids: Identifiers
    security: Security

    def all(self, endpoints: Iterable[Endpoint]) -> Iterator[Operation]:
        """Every operation, at the first of its endpoint's prefixes; a WebSocket is none."""
        for endpoint in endpoints:
            if isinstance(endpoint, FeedSocket):
                continue
            for route in endpoint.routes:
                for method in _METHODS if route.method == ANY else (route.method,):
                    yield self._operation(endpoint, route, method)

    def _operation(self, endpoint: Endpoint, route: RoutePattern, method: str) -> Operation:
        names, steps = list[str](), list[str]()
        for step in route.steps:
            if step[0] in ":*":
                names.append(free(step[1:] or "rest", names))
            steps.append(f"{{{names[-1]}}}" if step[0] in ":*" else step)
        template = "/".join((endpoint.prefixes[0], *steps))
        asked = tuple(SOME_ID if step[0] in ":*" else step for step in route.steps)
        said, refusals = ({}, []) if endpoint.is_public else self.security.of([(method, asked)])
        found: Schema = {"operationId": self.ids.other((template, method), endpoint.name), **said}
        found |= self._described(endpoint, method)
        values = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in names
        ]
        found["parameters"] = [*values, *found.get("parameters", [])]
        kinds = [*found.pop("problems", []), *refusals]
        found["responses"] = self.responses.all(found["responses"], kinds)
        return Operation(template, method, found)

    def _described(self, endpoint: Endpoint, method: str) -> Schema:
        if isinstance(endpoint, ActionEndpoint):
            return self._action(endpoint, method)
        if isinstance(endpoint, CancelEndpoint):
            return {
                **self._simple("actions", "Cancel a job", {}),
                "problems": [*self._usual(endpoint), NotFound, Conflict],
            }
        if isinstance(endpoint, AuthEndpoint) and self.security.policy is not None:
            return self._login(endpoint, self.security.policy)
        if isinstance(endpoint, FeedPoll | FeedStream):
            return describe_window(endpoint, list(self.subject.resources.resources))
        if isinstance(endpoint, WholeDatabase):
            return {**self._simple("database", "Everything at once", {}), "problems": self._usual(endpoint)}
        return {"tags": ["other"], "summary": endpoint.name, "responses": {"default": _FREE}}

    def _usual(self, endpoint: Endpoint) -> list[type[Problem]]:
        refuses = not endpoint.is_bare and not self.subject.convention.accepts(("text/html",))
        return [UriTooLong, *([NotAcceptable] if refuses else [])]

    def _simple(self, tag: str, said: str, item: Schema) -> Schema:
        envelope = done_envelope(self.subject.convention, "read", "")
        body = envelope.schema(item)
        responses = {str(envelope.status): self.responses.success(f"{said}.", envelope, body, {})}
        return {"tags": [tag], "summary": said, "responses": responses}

    def _action(self, endpoint: ActionEndpoint, method: str) -> Schema:
        action = endpoint.action
        naming, values = self.subject.naming, Values(self.subject.naming, strict=action.query.strict)
        answers = ActionAnswers(self.subject, self.responses, action)
        query = list(intake_query(action.query, naming, values))
        found: Schema = {
            "tags": ["actions"],
            "summary": action.section.describe or action.name,
            "parameters": [*query, *(self.parameters.window() if action.lists else [])],
            "responses": answers.all(),
            "problems": [BadRequest, *self._usual(endpoint), *answers.problems()],
        }
        if method not in ("GET", "HEAD"):
            found["problems"].append(Invalid)
        if action.body is not None:
            body = intake_body(action.body, naming, Values(naming, strict=action.body.strict))
            found["requestBody"] = {"required": action.body.needs_body, "content": {_JSON: {"schema": body}}}
            found["problems"] += [Invalid, UnsupportedMediaType, PayloadTooLarge]
        return found

    def _login(self, endpoint: AuthEndpoint, policy: Policy) -> Schema:
        part = endpoint.name.partition(".")[2]
        found = self._simple("login", _LOGIN.get(part, part), {})
        found["problems"] = [*self._usual(endpoint), Unauthenticated]
        wanted: Mapping[str, Any] = {
            "login": (policy.entrance.users[0], policy.entrance.passwords[0]),
            "refresh": policy.entrance.manner.refreshes[:1],
        }
        if part in wanted:
            text = {"type": "string", "minLength": 1}
            schema: Schema = {"type": "object", "properties": dict.fromkeys(wanted[part], text)}
            schema["required"] = list(wanted[part])
            found["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
            found["problems"] += [BadRequest, Invalid, LoginFailed, UnsupportedMediaType, PayloadTooLarge]
        if part == "logout":
            done = done_envelope(self.subject.convention, "deleted", "")
            found["responses"] = {str(done.status): self.responses.success("Log out.", done, done.schema({}), {})}
        return found


_LOGIN: Final = {
    "login": "Log in", "logout": "Log out", "refresh": "Go on with a login", "heartbeat": "Keep a login alive",
    "me": "Who is asking",
}  # fmt: skip
