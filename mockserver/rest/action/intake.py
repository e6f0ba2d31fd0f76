"""What an action reads of a request: body and query, checked by the rules of the fields it declares."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Final

from mockserver.errors import BadRequest, FieldError, Invalid, sentence, suggestion
from mockserver.formula.formula import Formula
from mockserver.formula.scope import Open
from mockserver.generation.schema import Attribute, Resource
from mockserver.messages import Document, Json, Request
from mockserver.query.compare import Unreadable, read_value
from mockserver.query.naming import Naming
from mockserver.query.parameters import ACCESS_TOKEN, MANY, is_ignored
from mockserver.rest.body import read_json
from mockserver.rest.validation import Validation
from mockserver.store.store import Store
from mockserver.value import dataclass

_READ: Final = ("integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class Intake:
    """Declared fields with what stands for those that are left out; `strict` refuses what is not declared."""

    resource: Resource
    defaults: Mapping[str, Formula]
    strict: bool

    @property
    def needs_body(self) -> bool:
        """Whether a request without a body can't be right."""
        return any(one.rules.required and name not in self.defaults for name, one in self.resource.attributes.items())

    def filled(self, given: Document, scope: Mapping[str, Any]) -> Document:
        """The values with defaults, and null where there is none."""
        attributes = self.resource.attributes
        whole: Document = {name: _opened(one, given.get(name)) for name, one in attributes.items()}
        for name, default in self.defaults.items():
            if name not in given:
                whole[name] = default.value({**scope, **whole})
        return whole


@dataclass(frozen=True, slots=True)
class IntakeReader:
    """Reads requests by what is declared, names as they are on the wire.

    `any_case` reads those of parameters in any letter case.
    """

    store: Store
    naming: Naming
    any_case: bool

    def body(self, intake: Intake, request: Request) -> Document:
        """What the body gives. *Raises* `Invalid`, and what reading JSON raises."""
        if not request.body.strip() and not intake.needs_body:
            return {}
        body = read_json(request)
        if not isinstance(body, dict):
            raise Invalid("The body must be a JSON object.", [FieldError("must be an object")])
        validation = Validation(self.store, self.naming, intake.resource, intake.strict)
        read, strangers = self.naming.read(intake.resource.attributes, body)
        for name in strangers:
            if intake.strict and not is_ignored(name):
                validation.fail_stranger(name)
        for attribute in intake.resource.attributes.values():
            _check(intake, attribute, read, validation)
        validation.raise_invalid()
        return read

    def query(self, intake: Intake, parameters: Sequence[tuple[str, str]], known: Mapping[str, Any]) -> Document:
        """What the query gives; `known` are folded names that are read elsewhere. *Raises* `BadRequest`."""
        if len(parameters) > MANY:
            raise BadRequest(f"A query of more than {MANY} parameters is not read.")
        reading = _QueryReading(self, intake)
        for name, text in parameters:
            attribute = reading.meant(name)
            if "\0" in name or "\0" in text:
                reading.fail(name.replace("\0", "\\0"), "holds a NUL character")
            elif attribute is not None:
                reading.take(name, attribute, text)
            elif intake.strict and name.casefold() not in (*known, ACCESS_TOKEN) and not is_ignored(name):
                reading.fail(name, f"is not a parameter here{reading.hint(name)}")
        return reading.finish()


def _opened(attribute: Attribute, value: Json) -> Json:
    """A value whose objects have null for what they leave out."""
    if isinstance(value, dict):
        return Open({name: _opened(attribute.properties.get(name, attribute), one) for name, one in value.items()})
    if isinstance(value, list) and attribute.item is not None:
        return [_opened(attribute.item, one) for one in value]
    return value


def _check(intake: Intake, attribute: Attribute, read: Document, validation: Validation) -> None:
    if attribute.name in read:
        validation.check(attribute, read[attribute.name])
    elif attribute.rules.required and attribute.name not in intake.defaults:
        validation.fail((attribute.name,), "is required")


@dataclass(slots=True)
class _QueryReading:
    reader: IntakeReader
    intake: Intake
    read: Document = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def meant(self, wire: str) -> Attribute | None:
        """The field that a parameter is."""
        attributes = self.intake.resource.attributes
        if wire in attributes:
            return attributes[wire]
        for name, attribute in attributes.items():
            own = self.reader.naming.wire(name)
            if own == wire or (self.reader.any_case and own.casefold() == wire.casefold()):
                return attribute
        return None

    def hint(self, wire: str) -> str:
        said = suggestion(wire, [self.reader.naming.wire(name) for name in self.intake.resource.attributes])
        return f"; {said}" if said else ""

    def fail(self, parameter: str, detail: str) -> None:
        self.errors.append(FieldError(detail, parameter=parameter))

    def take(self, wire: str, attribute: Attribute, text: str) -> None:
        """One value; those of a list may be repeated or stand with commas between them."""
        self.spelled.setdefault(attribute.name, wire)
        try:
            if attribute.shape.type == "array":
                texts = text.split(",") if attribute.shape.splits_on_comma else [text]
                held = self.read.setdefault(attribute.name, [])
                assert isinstance(held, list)  # noqa: S101 - made just here
                held.extend(
                    _value(attribute.shape.value.type, attribute, one) for one in texts if one or len(texts) == 1
                )
            elif attribute.name in self.read:
                self.fail(wire, "is given twice")
            else:
                self.read[attribute.name] = _value(attribute.shape.type, attribute, text)
        except Unreadable as error:
            self.fail(wire, str(error))

    def finish(self) -> Document:
        """*Raises* `BadRequest` with all that is wrong."""
        validation = Validation(self.reader.store, self.reader.naming, self.intake.resource, self.intake.strict)
        failed = {error.parameter for error in self.errors}
        for name, attribute in self.intake.resource.attributes.items():
            wire = self.spelled.get(name, self.reader.naming.wire(name))
            if wire in failed:
                continue
            validation.errors.clear()
            _check(self.intake, attribute, self.read, validation)
            self.errors += [FieldError(error.detail, parameter=wire) for error in validation.errors]
        if self.errors:
            first, others = self.errors[0], len(self.errors) - 1
            said = sentence(f"The parameter '{first.parameter}' {first.detail}")
            raise BadRequest(f"{said} ({others} more)" if others else said, self.errors)
        return self.read


def _value(kind: str, attribute: Attribute, text: str) -> Json:
    """A parameter's text by the declared type. *Raises* `Unreadable`."""
    if kind in _READ:
        value: Json = read_value(text, replace(attribute.shape.value, choices=()))
        return value
    return text.lower() if kind == "uuid" else text
