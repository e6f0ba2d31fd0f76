"""What actions take and answer, as far as their declarations say it: the bodies of replies are expressions."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from mockserver.errors import Conflict, Invalid, NotFound, Problem, problem_of
from mockserver.messages import Done
from mockserver.openapi.component import Schema
from mockserver.openapi.envelope import done_envelope, list_envelope
from mockserver.openapi.response import Responses
from mockserver.openapi.subject import Subject
from mockserver.openapi.value import Values
from mockserver.query.naming import Naming
from mockserver.rest.action.action import Action
from mockserver.rest.action.intake import Intake
from mockserver.rest.action.section import ReplySection
from mockserver.rest.action.step import StepSection, steps
from mockserver.rest.action.steps.refuse import RefuseSection
from mockserver.value import dataclass

_JSON: Final = "application/json"
_DONE: Final[dict[str, tuple[Done, ...]]] = {
    "create": ("created",), "update": ("updated",), "delete": ("deleted", "read"), "get": ("read",),
    "list": ("listed",), "restore": ("updated",),
}  # fmt: skip
"""What each kind of step can come to."""
_BODILESS: Final = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT)
_REFUSED: Final = 400


def intake_body(intake: Intake, naming: Naming, values: Values) -> Schema:
    """The body an action takes."""
    fields = intake.resource.attributes
    required = [naming.wire(name) for name in fields if _is_needed(intake, name)]
    return {
        "type": "object",
        "properties": {naming.wire(name): values.written(one) for name, one in fields.items()},
        **({"required": required} if required else {}),
        **({"patternProperties": {"^(_$|__)": True}, "additionalProperties": False} if intake.strict else {}),
    }


def intake_query(intake: Intake, naming: Naming, values: Values) -> Iterator[Schema]:
    """The parameters an action takes."""
    for name, one in intake.resource.attributes.items():
        found: Schema = {"name": naming.wire(name), "in": "query", "schema": without_null(values.written(one))}
        yield {**found, "required": True} if _is_needed(intake, name) else found


def _is_needed(intake: Intake, name: str) -> bool:
    return intake.resource.attributes[name].rules.required and name not in intake.defaults


def without_null(schema: Schema) -> Schema:
    """The schema of what a text can say."""
    found = dict(schema)
    if isinstance(found.get("type"), list):
        kinds = [kind for kind in found["type"] if kind != "null"]
        found["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "enum" in found:
        found["enum"] = [value for value in found["enum"] if value is not None]
    return found


@dataclass(frozen=True, slots=True)
class ActionAnswers:
    """The responses of one action."""

    subject: Subject
    responses: Responses
    action: Action

    def all(self) -> dict[str, Schema]:
        """The responses by status; `default` where an expression gives it."""
        found: dict[str, Schema] = {}
        for reply in self.action.section.replies:
            found |= self._reply(reply)
        if not found or (self.action.replies and self.action.replies[-1].when is not None):
            for done in self._done():
                found |= self._envelope(done, None)
        return found

    def problems(self) -> Iterator[type[Problem]]:
        """What can go wrong: what steps find, and what the definition refuses."""
        if any(_kind(step) in _DONE for step in self.action.section.do):
            yield from (NotFound, Conflict, Invalid)
        for step in self.action.section.do:
            if isinstance(step, RefuseSection):
                yield type(problem_of(step.status, "", (), {}, ""))

    def _done(self) -> list[Done]:
        if self.action.job is not None:
            return ["accepted"]
        found = [done for step in self.action.section.do for done in _DONE.get(_kind(step), ())]
        return list(dict.fromkeys(found)) or ["read"]

    def _reply(self, reply: ReplySection) -> dict[str, Schema]:
        said = reply.message if reply.message and "${" not in reply.message else "What the definition says."
        if isinstance(reply.status, str):
            return {"default": {"description": said, "content": {_JSON: {"schema": {}}}}}
        if reply.bare:
            return self._bare(reply, said)
        if reply.status is not None and reply.status >= _REFUSED:
            problem = problem_of(reply.status, "", (), {}, "")
            status = self.subject.convention.status_of(problem.slug, problem.status)
            return {str(status): self.responses.problem_response(said, type(problem))}
        if reply.status is None and self.action.job is not None:
            return self._envelope("accepted", None)
        return self._envelope("read", reply.status or HTTPStatus.OK)

    def _bare(self, reply: ReplySection, said: str) -> dict[str, Schema]:
        status = reply.status if isinstance(reply.status, int) else HTTPStatus.OK
        found: Schema = {"description": said}
        if status not in _BODILESS:
            media = next((value for name, value in reply.headers.items() if name.lower() == "content-type"), _JSON)
            found["content"] = {str(media).partition(";")[0] if "${" not in str(media) else "*/*": {"schema": {}}}
        return {str(int(status)): found}

    def _envelope(self, done: Done, status: int | None) -> dict[str, Schema]:
        convention = self.subject.convention
        if done == "listed":
            envelope = list_envelope(convention, "items")
        else:
            envelope = done_envelope(convention, done, "items", status=None if status is None else int(status))
        body = envelope.schema({}) if envelope.has_body else None
        headers = dict.fromkeys(envelope.headers, False) | ({"Location": False} if done == "accepted" else {})
        return {str(envelope.status): self.responses.success("What the action came to.", envelope, body, headers)}


def _kind(step: StepSection) -> str:
    return next((name for name in steps.names() if name in type(step).model_fields), "")
