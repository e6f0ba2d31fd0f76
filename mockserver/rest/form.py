"""Forms to bodies: files are kept and described, texts read by the declared type of their field."""

from typing import Any, Final

from mockserver.errors import BadRequest, FieldError, Invalid
from mockserver.generation.schema import Attribute, Resource
from mockserver.generation.shape import Shape
from mockserver.messages import Document, Json, Request, parse_json
from mockserver.query.compare import Unreadable, read_value
from mockserver.query.naming import Naming
from mockserver.rest.attachment import keep_file
from mockserver.rest.multipart import Part, read_parts
from mockserver.store.content import Contents
from mockserver.value import dataclass

WHOLE: Final = "document"
"""The name of a part that holds the document's fields as JSON, where no field has it."""

_AS_TEXT: Final = ("string", "date", "datetime", "uuid")


@dataclass(frozen=True, slots=True)
class FormReader:
    """Reads the forms of one API."""

    naming: Naming
    contents: Contents

    def read(self, resource: Resource, request: Request) -> Json:
        """The body a form means, as JSON would have said it; several parts of one name make a list.

        *Raises* `BadRequest`, `Invalid`, `PayloadTooLarge`, `UnsupportedMediaType`.
        """
        body: Document = {}
        named: dict[str, list[Part]] = {}
        for part in read_parts(request):
            if part.name == WHOLE and self._field(resource, WHOLE) is None:
                body |= _read_whole(part)
            else:
                named.setdefault(part.name, []).append(part)
        for name, parts in named.items():
            # `tags[]` is how some clients say that there may be several.
            wire = name.removesuffix("[]")
            attribute = self._field(resource, wire)
            if attribute is None:
                body[name] = _text(parts[0]) if parts[0].filename is None else None
            elif (value := self._value(wire, attribute, parts)) is not ...:
                body[wire] = value
        return body

    def _field(self, resource: Resource, wire: str) -> Attribute | None:
        found = self.naming.field(resource, wire)
        return None if found is None else resource.attributes.get(found)

    def _value(self, wire: str, attribute: Attribute, parts: list[Part]) -> Any:
        """What the parts of one field say; `...` for a file input that was left empty."""
        if attribute.file is not None:
            return self._file(wire, attribute, parts)
        if any(part.filename is not None for part in parts):
            raise Invalid(f"The field '{wire}' takes no file.", [FieldError("takes no file", f"/{wire}")])
        texts = [_text(part) for part in parts]
        if attribute.shape.type == "array" and (len(texts) > 1 or not texts[0].lstrip().startswith("[")):
            item = attribute.shape.item or Shape("any")
            return [_read(text, item) for text in texts if text]
        if len(texts) > 1:
            raise Invalid(f"The field '{wire}' is there twice.", [FieldError("is there twice", f"/{wire}")])
        return _read(texts[0], attribute.shape)

    def _file(self, wire: str, attribute: Attribute, parts: list[Part]) -> Any:
        if len(parts) > 1:
            raise Invalid(f"The field '{wire}' takes one file.", [FieldError("takes one file", f"/{wire}")])
        part = parts[0]
        if part.filename is None and not part.media:
            value = _structured(_text(part))
            if isinstance(value, str):
                detail = "is a text and no file: send it with a file name"
                raise Invalid(f"The field '{wire}' {detail}.", [FieldError(detail, f"/{wire}")])
            return value
        if part.filename == "" and not part.content:
            return ...
        return keep_file(attribute, part.filename or "", part.media, part.content, self.contents)


def _text(part: Part) -> str:
    try:
        return part.content.decode()
    except UnicodeDecodeError:
        raise BadRequest(f"The part '{part.name}' is not UTF-8.") from None


def _read_whole(part: Part) -> Document:
    value = parse_json(part.content, f"The part '{WHOLE}'")
    if not isinstance(value, dict):
        raise BadRequest(f"The part '{WHOLE}' must be a JSON object.")
    return value


def _read(text: str, shape: Shape) -> Json:
    """A text as a value of a type; one that is none stays a text, for validation to say so."""
    if shape.type in _AS_TEXT:
        return text if text or shape.type == "string" else None
    if shape.type in ("object", "array"):
        return _structured(text)
    if shape.type == "any":
        return text
    try:
        value: Json = None if text == "" else read_value(text, Shape(shape.type))
    except Unreadable:
        return text
    return int(value) if isinstance(value, float) and value.is_integer() and "." not in text else value


def _structured(text: str) -> Json:
    """JSON where it is that, else the text itself."""
    if not text:
        return None
    try:
        return parse_json(text.encode(), "The part")
    except BadRequest:
        return text
