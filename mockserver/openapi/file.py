"""Files and pictures of documents: forms that carry them, and the paths that they stand at."""

from collections.abc import Iterator
from typing import Final

from mockserver.errors import (
    BadRequest,
    Invalid,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    Problem,
    UnsupportedMediaType,
    UriTooLong,
)
from mockserver.generation.picture import MEDIA
from mockserver.generation.schema import Attribute, Resource
from mockserver.openapi.component import Schema
from mockserver.openapi.envelope import done_envelope
from mockserver.openapi.model import Models
from mockserver.openapi.parameter import Parameters
from mockserver.openapi.path import Path
from mockserver.openapi.response import Responses
from mockserver.openapi.subject import Subject
from mockserver.value import dataclass

_FORM: Final = "multipart/form-data"
_ANY: Final = "*/*"


def form_of(resource: Resource, body: Schema) -> dict[str, Schema]:
    """The form that carries what a body does, and files with it; nothing for resources that have none."""
    files = [one for one in resource.attributes.values() if one.file is not None]
    if not files:
        return {}
    encoding = {one.name: {"contentType": ", ".join(_types(one))} for one in files}
    return {_FORM: {"schema": body, "encoding": encoding}}


def _types(attribute: Attribute) -> list[str]:
    return list(attribute.file.types) if attribute.file is not None and attribute.file.types else [_ANY]


@dataclass(frozen=True, slots=True)
class FileOperations:
    """Makes what is particular to the operations at the path of a file or picture."""

    subject: Subject
    models: Models
    responses: Responses
    parameters: Parameters

    def request(self, path: Path, method: str) -> Schema:
        """Parameters and body."""
        attribute = path.route.content
        needed = [] if method == "GET" else self.parameters.precondition()
        found: Schema = {"parameters": needed, "summary": f"{_WORDS[method]} the {path.tail()[-1]}"}
        if method == "PUT" and attribute is not None:
            found["requestBody"] = {"required": True, "content": {media: {} for media in _types(attribute)}}
        return found

    def answers(self, path: Path, method: str) -> dict[str, Schema]:
        """The responses when all goes well."""
        attribute = path.route.content
        if method == "GET" and attribute is not None:
            media = [MEDIA.partition(";")[0]] if attribute.picture is not None else _types(attribute)
            headers = {"ETag": self.responses.header("ETag", always=True)}
            whole = {"description": "The bytes.", "headers": headers, "content": {one: {} for one in media}}
            part = {**whole, "description": "The bytes that `Range` asks for."}
            return {"200": whole, "206": part, "304": self.responses.not_modified()}
        wire = self.subject.naming.wire(path.resource.name)
        envelope = done_envelope(self.subject.convention, "deleted" if method == "DELETE" else "updated", wire)
        body = envelope.schema(self.models.read(path.resource)) if envelope.has_body else None
        return {str(envelope.status): self.responses.success("It is done.", envelope, body, {})}

    def problems(self, method: str) -> Iterator[type[Problem]]:
        """What can go wrong."""
        yield from (BadRequest, NotFound, UriTooLong, PreconditionFailed)
        if method == "PUT":
            yield from (Invalid, PayloadTooLarge, UnsupportedMediaType)


_WORDS: Final = {"GET": "Read", "PUT": "Put", "DELETE": "Delete"}
