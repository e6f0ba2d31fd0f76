"""The operations of resources: what can be asked, sent and answered at each of their paths."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import ApiSection, Verb
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
from mockserver.generation.schema import Resource
from mockserver.generation.schema import Schema as Resources
from mockserver.messages import Document, Done, Json
from mockserver.openapi.component import Components, Schema, free, pascal
from mockserver.openapi.envelope import Envelope, done_envelope, list_envelope
from mockserver.openapi.example import Examples
from mockserver.openapi.inference import ITEM
from mockserver.openapi.model import Models
from mockserver.openapi.parameter import Parameters
from mockserver.openapi.path import Path
from mockserver.openapi.response import Responses
from mockserver.query.naming import Naming
from mockserver.rest.route import Route

_JSON: Final = "application/json"
_MERGE_PATCH: Final = "application/merge-patch+json"
_SHOWN: Final = 2


@dataclass(frozen=True, slots=True)
class Operations:
    """Makes the operations of one API; `ids` are those that are taken."""

    api: ApiSection
    convention: Styled
    resources: Resources
    naming: Naming
    components: Components
    models: Models
    parameters: Parameters
    responses: Responses
    examples: Examples
    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def item(self, path: Path) -> Schema:
        """The path item: every method of the path."""
        methods = [method for method in path.route.methods() if method not in ("HEAD", "OPTIONS")]
        keys = self.examples.keys(path.chain[: len(path.names)]) if path.names else []
        ids = [
            self.parameters.path(name, resource, key)
            for name, resource, key in zip(path.names, path.chain, keys, strict=False)
        ]
        found: Schema = {"parameters": ids} if ids else {}
        return found | {method.lower(): self._operation(path, method) for method in methods}

    def operation_id(self, path: Path, method: str) -> str:
        """The name of one method of a path; no two have one."""
        place = (path.template, method)
        if place not in self.ids:
            verb, names = path.route.verb(method), self.models.names
            own = pascal(path.resource.name) if path.route.is_collection else names[path.resource.name]
            if verb == "create":
                own = names[path.resource.name]
            above = "".join(f"Of{names[one.name]}" for one in reversed(path.chain[:-1]))
            self.ids[place] = free(f"{verb}{own}{above}", self.ids.values())
        return self.ids[place]

    def _operation(self, path: Path, method: str) -> Schema:
        verb = path.route.verb(method)
        found: Schema = {
            "operationId": self.operation_id(path, method),
            "summary": _summary(path, verb),
            "tags": [path.resource.name],
            "parameters": self._parameters(path, verb),
        }
        body = self._body(path, verb)
        if body is not None:
            found["requestBody"] = {"required": True, "content": body}
        answers = {**self._success(path, verb), **self.responses.problems(self._problems(path, verb))}
        found["responses"] = dict(sorted(answers.items()))
        return found

    def _parameters(self, path: Path, verb: Verb) -> list[Schema]:
        reads = ["If-None-Match"] if self.api.etag != "off" else []
        if verb == "list":
            return [*self.parameters.of_list(path.resource), *map(self.parameters.header, reads)]
        if verb == "get":
            return [*self.parameters.of_item(path.resource), *map(self.parameters.header, reads)]
        if verb in ("create", "restore"):
            return [self.parameters.header("Idempotency-Key")]
        if path.route.is_collection:
            return self.parameters.of_bulk(path.resource)
        return [self.parameters.header("If-Match")]

    def _body(self, path: Path, verb: Verb) -> Schema | None:
        resource, below = path.resource, path.relation
        if verb == "create":
            one = self.models.create(resource, below)
            many = {"anyOf": [one, {"type": "array", "items": one}]}
            return {_JSON: _content(many, self.examples.creation(resource, below))}
        if verb == "replace":
            return {_JSON: _content(self.models.replace(resource, below), self.examples.replacement(resource, below))}
        if verb == "update":
            content = _content(self.models.patch(resource), self.examples.patch(resource))
            return {_MERGE_PATCH: content, _JSON: content}
        return None

    def _success(self, path: Path, verb: Verb) -> dict[str, Schema]:
        if verb in ("list", "get"):
            return self._reads(path, verb)
        if path.route.is_collection:
            return self._created(path) if verb == "create" else self._counted(path, verb)
        tagged = {"ETag": True, "Last-Modified": False} if self.api.etag != "off" else {}
        done: Done = "deleted" if verb == "delete" else "updated"
        found = self._done(path, done, {} if verb == "delete" else tagged)
        if verb == "replace" and self._upserts(path.resource):
            return {**self._done(path, "created", tagged), **found}
        return found

    def _reads(self, path: Path, verb: Verb) -> dict[str, Schema]:
        resource, wire = path.resource, self.naming.wire(path.resource.name)
        name = self.models.names[resource.name]
        if verb == "list":
            envelope, wish, said = list_envelope(self.convention, wire), "List", f"The {_words(resource.name)}."
        else:
            envelope, wish, said = done_envelope(self.convention, "read", wire), "Result", f"{_sentence(resource.one())}."
        whole = self._wrapped(envelope, self.models.read(resource), f"{name}{wish}")
        part = self._wrapped(envelope, self.models.part(resource), f"{name}Part{wish}", whole)
        is_tagged = self.api.etag != "off"
        headers = {"ETag": True, "Cache-Control": True} if is_tagged else {}
        if is_tagged and verb == "get":
            headers["Last-Modified"] = False
        found = self.responses.success(said, envelope, {"anyOf": [whole, part]}, headers)
        return {str(envelope.status): found} | ({"304": self.responses.not_modified()} if is_tagged else {})

    def _wrapped(self, envelope: Envelope, item: Schema, wish: str, whole: Schema | None = None) -> Schema:
        """The schema of an answer around an item; named, unless the answer is the item itself."""
        schema = envelope.schema(item)
        if "$ref" in schema or not envelope.has_body:
            return schema
        if whole is not None:
            schema = {**schema, "x-part-of": whole.get("$ref", "")}
        return self.components.schema((wish, repr(schema)), wish, lambda: schema)

    def _created(self, path: Path) -> dict[str, Schema]:
        resource, wire = path.resource, self.naming.wire(path.resource.name)
        name, item = self.models.names[resource.name], self.models.read(resource)
        one = done_envelope(self.convention, "created", wire)
        many = done_envelope(self.convention, "created", wire, [ITEM, ITEM])
        whole = self._wrapped(one, item, f"{name}Result")
        several = self._wrapped(many, item, f"{name}BulkResult")
        tags = {"ETag": False, "Last-Modified": False} if self.api.etag != "off" else {}
        located = {header: False for header in one.headers}
        body = whole if whole == several else {"anyOf": [whole, several]}
        found = self.responses.success(f"{_sentence(resource.one())}, made.", one, body, {**tags, **located})
        links = self._links(path, one)
        return {str(one.status): {**found, "links": links} if links else found}

    def _links(self, path: Path, envelope: Envelope) -> Schema:
        """From a creation to what can be done with what was made."""
        pointer = envelope.way_to(self.naming.wire("id")) if envelope.has_body else None
        if pointer is None:
            return {}
        own = Path(path.prefix, path.chain, _document(path), [*path.names, self.naming.wire("id")])
        above = {name: f"$request.path.{name}" for name in path.names}
        parameters = {**above, own.names[-1]: f"$response.body#{pointer}"}
        methods = [method for method in own.route.methods() if method not in ("HEAD", "OPTIONS")]
        names = [self.operation_id(own, method) for method in methods]
        return {pascal(name): {"operationId": name, "parameters": parameters} for name in names}

    def _done(self, path: Path, done: Done, headers: Mapping[str, bool]) -> dict[str, Schema]:
        resource = path.resource
        envelope = done_envelope(self.convention, done, self.naming.wire(resource.name))
        name = self.models.names[resource.name]
        # Two outcomes with one envelope share its schema; another envelope has a name of its own.
        body = self._wrapped(envelope, self.models.read(resource), f"{name}{'Deleted' if done == 'deleted' else 'Result'}")
        said = {"deleted": "It is deleted.", "created": "It is made."}.get(done, f"{_sentence(resource.one())}, as it is now.")
        return {str(envelope.status): self.responses.success(said, envelope, body, headers)}

    def _counted(self, path: Path, verb: Verb) -> dict[str, Schema]:
        count = self.components.schema("count", "Count", lambda: _COUNT)
        done: Done = "updated" if verb == "update" else "read"
        envelope = done_envelope(self.convention, done, self.naming.wire(path.resource.name))
        body = self._wrapped(envelope, count, "CountResult")
        return {str(envelope.status): self.responses.success("How many were written.", envelope, body, {})}

    def _problems(self, path: Path, verb: Verb) -> Iterator[type[Problem]]:
        yield from (BadRequest, UriTooLong)
        if not self.convention.accepts(("text/html",)):
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
            if self.api.etag == "required" and not path.route.is_collection:
                yield PreconditionRequired

    def _conflicts(self, resource: Resource, verb: Verb) -> bool:
        if verb in ("list", "get"):
            return False
        if verb == "delete":
            return restricts(self.resources, resource)
        if verb in ("create", "restore") or (verb == "replace" and self._upserts(resource)):
            return True
        fields = [one for name, one in resource.attributes.items() if name != "id" and one.is_writable]
        return resource.section.states is not None or any(one.rules.unique for one in fields)

    def _upserts(self, resource: Resource) -> bool:
        own = resource.section.upsert
        return self.api.upsert if own is None else own


_COUNT: Final[Schema] = {
    "type": "object",
    "properties": {"count": {"type": "integer", "minimum": 0}},
    "required": ["count"],
    "additionalProperties": False,
}


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


def _document(path: Path) -> Route:
    """The route of a document in the path's collection."""
    return replace(path.route, text="1")


def _content(schema: Schema, example: Json) -> Schema:
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _summary(path: Path, verb: Verb) -> str:
    """What an operation does, in a few words."""
    many, one = _words(path.resource.name), path.resource.one()
    whose = "".join(f" of {resource.one()}" for resource in reversed(path.chain[:-1]))
    if verb == "list":
        return f"List the {many}{whose}"
    if path.route.is_collection and verb in ("update", "delete"):
        return f"{_sentence(verb)} all {many}{whose} that match"
    words = {"get": "Read", "replace": "Replace", "update": "Change", "delete": "Delete", "restore": "Bring back"}
    return f"{words.get(verb, 'Create')} {one}{whose}"
