"""What operations answer when all goes well: bodies in the convention's envelope, headers, and links to go on by."""

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.definitions.model import Verb
from mockserver.generation.schema import ID, Resource
from mockserver.messages import Done, Json, Listed, Outcome
from mockserver.openapi.component import Schema, pascal
from mockserver.openapi.envelope import Envelope, done_envelope, list_envelope, place_of
from mockserver.openapi.identifier import Identifiers
from mockserver.openapi.inference import ITEM
from mockserver.openapi.model import Models
from mockserver.openapi.path import Path
from mockserver.openapi.response import Responses
from mockserver.openapi.subject import Subject
from mockserver.value import dataclass

_SHOWN: Final = 2
_COUNT: Final[Schema] = {
    "type": "object",
    "properties": {"count": {"type": "integer", "minimum": 0}},
    "required": ["count"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Answers:
    """Makes the responses of operations that succeed, by status."""

    subject: Subject
    models: Models
    responses: Responses
    ids: Identifiers

    def of(self, path: Path, verb: Verb) -> dict[str, Schema]:
        """The responses to one method of a path."""
        if verb in ("list", "get"):
            return self._reads(path, verb)
        if path.route.is_collection:
            return self._created(path) if verb == "create" else self._counted(path.resource, verb)
        if verb == "delete":
            return self._done(path.resource, "deleted", "It is deleted.", {})
        tags = {"ETag": True, "Last-Modified": False} if self.subject.is_tagged else {}
        found = self._done(path.resource, "updated", f"{_sentence(path.resource.one())}, as it is now.", tags)
        if verb == "replace" and self.subject.upserts(path.resource):
            return {**self._done(path.resource, "created", "It is made.", tags), **found}
        return found

    def _wire(self, resource: Resource) -> str:
        return self.subject.naming.wire(resource.name)

    def _reads(self, path: Path, verb: Verb) -> dict[str, Schema]:
        convention, resource = self.subject.convention, path.resource
        name, wire = self.subject.type_name(resource), self._wire(resource)
        is_list = verb == "list"
        envelope = list_envelope(convention, wire) if is_list else done_envelope(convention, "read", wire)
        wish = "List" if is_list else "Result"
        whole = self._wrapped(envelope, self.models.read(resource), f"{name}{wish}")
        part = self._wrapped(envelope, self.models.part(resource), f"{name}Part{wish}", whole)
        headers: dict[str, bool] = {}
        if self.subject.is_tagged:
            headers = {"ETag": True, "Cache-Control": True} | ({} if is_list else {"Last-Modified": False})
        said = f"The {resource.name.replace('_', ' ')}." if is_list else f"{_sentence(resource.one())}."
        found = self.responses.success(said, envelope, {"anyOf": [whole, part]}, headers)
        for content in found.get("content", {}).values():
            content.update(self._example(path, verb))
        not_modified = {"304": self.responses.not_modified()} if self.subject.is_tagged else {}
        return {str(envelope.status): found} | not_modified

    def _example(self, path: Path, verb: Verb) -> Schema:
        """The answer with documents that are there."""
        convention, examples, resource = self.subject.convention, self.subject.examples, path.resource
        shown = examples.shown(resource, _SHOWN if verb == "list" else 1)
        if not shown:
            return {}
        outcome = Outcome("read", self._wire(resource), shown[0])
        if verb == "list":
            total = examples.count(resource)
            outcome = Outcome("listed", self._wire(resource), listed=Listed(shown, total, 0, _SHOWN))
        written = convention.write(
            outcome, convention.status_of(outcome.done, 200), place_of(convention, path.template)
        )
        return {"example": written.body}

    def _wrapped(self, envelope: Envelope, item: Schema, wish: str, whole: Schema | None = None) -> Schema:
        """The schema of an answer around an item; named, unless the answer is the item itself."""
        schema = envelope.schema(item)
        if "$ref" in schema or not envelope.has_body:
            return schema
        if whole is not None:
            schema = {**schema, "x-part-of": whole.get("$ref", "")}
        return self.subject.components.schema((wish, repr(schema)), wish, lambda: schema)

    def _created(self, path: Path) -> dict[str, Schema]:
        resource, convention = path.resource, self.subject.convention
        name, wire, item = self.subject.type_name(resource), self._wire(resource), self.models.read(resource)
        one, many = (done_envelope(convention, "created", wire, sent) for sent in (ITEM, [ITEM, ITEM]))
        whole = self._wrapped(one, item, f"{name}Result")
        several = self._wrapped(many, item, f"{name}BulkResult")
        # Of many there is neither an address nor a tag.
        headers = dict.fromkeys(one.headers, False)
        headers |= {"ETag": False, "Last-Modified": False} if self.subject.is_tagged else {}
        body = whole if whole == several else {"anyOf": [whole, several]}
        found = self.responses.success(f"{_sentence(resource.one())}, made.", one, body, headers)
        links = dict(self._links(path, one))
        return {str(one.status): {**found, "links": links} if links else found}

    def _links(self, path: Path, envelope: Envelope) -> Iterator[tuple[str, Schema]]:
        """From a creation to what can be done with what was made."""
        naming = self.subject.naming
        pointer = envelope.way_to(naming.wire(ID)) if envelope.has_body else None
        if pointer is None:
            return
        above = [f"$request.path.{name}" for name in path.names]
        for target in (path.document(naming), *path.further(self.subject.resources, naming)):
            values = dict(zip(target.names, [*above, f"$response.body#{pointer}"], strict=True))
            for method in target.methods():
                name = self.ids.of(target, method)
                yield pascal(name), {"operationId": name, "parameters": values}

    def _done(self, resource: Resource, done: Done, said: str, headers: Mapping[str, bool]) -> dict[str, Schema]:
        envelope = done_envelope(self.subject.convention, done, self._wire(resource))
        # Outcomes with one envelope share its schema; another envelope has a name of its own.
        wish = f"{self.subject.type_name(resource)}{'Deleted' if done == 'deleted' else 'Result'}"
        body = self._wrapped(envelope, self.models.read(resource), wish)
        return {str(envelope.status): self.responses.success(said, envelope, body, headers)}

    def _counted(self, resource: Resource, verb: Verb) -> dict[str, Schema]:
        count = self.subject.components.schema("count", "Count", lambda: _COUNT)
        done: Done = "updated" if verb == "update" else "read"
        envelope = done_envelope(self.subject.convention, done, self._wire(resource))
        body = self._wrapped(envelope, count, "CountResult")
        return {str(envelope.status): self.responses.success("How many were written.", envelope, body, {})}


def _sentence(text: Json) -> str:
    return str(text)[:1].upper() + str(text)[1:]
