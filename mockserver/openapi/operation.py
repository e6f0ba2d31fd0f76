"""The operations of resources: what can be asked, sent and answered at each of their paths."""

from collections.abc import Iterator
from typing import Final

from mockserver.definitions.model import Verb
from mockserver.errors import (
    BadRequest,
    Conflict,
    Gone,
    Invalid,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    UnsupportedMediaType,
    UriTooLong,
)
from mockserver.generation.schema import ID, Resource
from mockserver.generation.schema import Schema as Resources
from mockserver.messages import Json
from mockserver.openapi.answer import Answers
from mockserver.openapi.component import Schema
from mockserver.openapi.file import FileOperations, form_of
from mockserver.openapi.identifier import Identifiers
from mockserver.openapi.model import Models
from mockserver.openapi.parameter import Parameters
from mockserver.openapi.path import Path
from mockserver.openapi.response import Responses
from mockserver.openapi.security import Security
from mockserver.openapi.subject import Subject
from mockserver.value import dataclass

_JSON: Final = "application/json"
_MERGE_PATCH: Final = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class Operations:
    """Makes the operations of one API."""

    subject: Subject
    models: Models
    parameters: Parameters
    responses: Responses
    ids: Identifiers
    security: Security

    def item(self, path: Path) -> Schema:
        """The path item: every method of the path."""
        keys = self.subject.examples.keys(path.chain[: len(path.names)]) if path.names else []
        ids = [
            self.parameters.path(name, resource, key)
            for name, resource, key in zip(path.names, path.chain, keys, strict=False)
        ]
        found: Schema = {"parameters": ids} if ids else {}
        return found | {method.lower(): self.operation(path, method) for method in path.methods()}

    def operation(self, path: Path, method: str) -> Schema:
        """One method of a path."""
        verb = path.route.verb(method)
        found: Schema = {
            "operationId": self.ids.of(path, method),
            "summary": _summary(path, verb),
            "tags": [path.resource.name],
            "parameters": self._parameters(path, verb),
        }
        if path.route.content is not None:
            return found | self._of_file(path, method)
        body = self._body(path, verb)
        if body is not None:
            found["requestBody"] = {"required": True, "content": body}
        said, refusals = self.security.of_path(path, method)
        answers = Answers(self.subject, self.models, self.responses, self.ids).of(path, verb)
        problems = [*self._problems(path, verb), *refusals]
        return {**found, "responses": self.responses.all(answers, problems), **said}

    def _of_file(self, path: Path, method: str) -> Schema:
        """What is particular to the path of a file or picture."""
        said, refusals = self.security.of_path(path, method)
        files = FileOperations(self.subject, self.models, self.responses, self.parameters)
        answers, problems = files.answers(path, method), [*files.problems(method), *refusals]
        found = {**files.request(path, method), **said}
        return found | {"responses": self.responses.all(answers, problems)}

    def _parameters(self, path: Path, verb: Verb) -> list[Schema]:
        if verb == "list":
            return self.parameters.of_list(path.resource)
        if verb == "get":
            return self.parameters.of_item(path.resource)
        if verb in ("create", "restore"):
            return []
        which = self.parameters.of_bulk(path.resource) if path.route.is_collection else []
        return [*which, *self.parameters.precondition()]

    def _body(self, path: Path, verb: Verb) -> Schema | None:
        resource, below, examples = path.resource, path.relation, self.subject.examples
        if verb == "create":
            one = self.models.create(resource, below)
            many = {"anyOf": [one, {"type": "array", "items": one}]}
            form = form_of(resource, one)
            return {_JSON: _content(many, examples.creation(resource, below)), **form}
        if verb == "replace":
            one = self.models.replace(resource, below)
            return {_JSON: _content(one, examples.replacement(resource, below)), **form_of(resource, one)}
        if verb == "update":
            one = self.models.patch(resource)
            content = _content(one, examples.patch(resource))
            form = {} if path.route.is_collection else form_of(resource, one)
            return {_MERGE_PATCH: content, _JSON: content, **form}
        return None

    def _problems(self, path: Path, verb: Verb) -> Iterator[type[Problem]]:
        yield from (BadRequest, UriTooLong)
        if not self.subject.convention.accepts(("text/html",)):
            yield NotAcceptable
        if path.names:
            yield NotFound
        if any(one.delete == "gone" for one in path.chain[: len(path.names)]):
            yield Gone
        if verb in ("create", "replace", "update"):
            yield from (UnsupportedMediaType, PayloadTooLarge, Invalid)
        if verb == "restore":
            yield Invalid
        if self._conflicts(path.resource, verb):
            yield Conflict
        if verb in ("replace", "update", "delete"):
            yield PreconditionFailed
            if self.subject.api.etag == "required":
                yield PreconditionRequired

    def _conflicts(self, resource: Resource, verb: Verb) -> bool:
        """Whether what is stored can stand against a write."""
        if verb in ("list", "get"):
            return False
        if verb == "delete":
            return restricts(self.subject.resources, resource)
        if verb in ("create", "restore") or (verb == "replace" and self.subject.upserts(resource)):
            return True
        fields = [one for name, one in resource.attributes.items() if name != ID and one.is_writable]
        return resource.section.states is not None or any(one.rules.unique for one in fields)


def restricts(resources: Resources, resource: Resource) -> bool:
    """Whether a deletion may be refused because of who refers to what would leave with it."""
    seen, waiting = {resource.name}, [resource.name]
    while waiting:
        for relation in resources.referring[waiting.pop()]:
            if relation.on_delete == "restrict":
                return True
            if relation.on_delete == "cascade" and relation.child not in seen:
                seen.add(relation.child)
                waiting.append(relation.child)
    return False


def _content(schema: Schema, example: Json) -> Schema:
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _summary(path: Path, verb: Verb) -> str:
    """What an operation does, in a few words."""
    many, one = path.resource.name.replace("_", " "), path.resource.one()
    whose = "".join(f" of {resource.one()}" for resource in reversed(path.chain[:-1]))
    if verb == "list":
        return f"List the {many}{whose}"
    if path.route.is_collection and verb in ("update", "delete"):
        return f"{verb.capitalize()} all {many}{whose} that match"
    words = {"get": "Read", "replace": "Replace", "update": "Change", "delete": "Delete", "restore": "Bring back"}
    return f"{words.get(verb, 'Create')} {one}{whose}"
