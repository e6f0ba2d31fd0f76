"""What is wrong with a document on its way in: every error at once, each at its pointer in the wire's spelling."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice
from typing import Final, TypeAlias

from mockserver.errors import Conflict, FieldError, Invalid, ServerError, sentence, suggestion
from mockserver.generation.schema import ID, Attribute, Resource
from mockserver.messages import Document, Json
from mockserver.query.naming import Naming
from mockserver.query.view import Sees, sees_all
from mockserver.rest.attachment import UPLOAD, file_flaws
from mockserver.rest.transition import refused_beginning, refused_move
from mockserver.store.store import Store
from mockserver.value import dataclass

_LONGEST_ID: Final = 200
MOST_SHOWN: Final = 100
"""So that a body of nothing but errors is not answered with one many times its size."""
_MOST_NOTED: Final = MOST_SHOWN + 1
"""Nor looked through to its end: others wait meanwhile."""
_LONGEST_NAME: Final = 1000
"""So much is repeated of a name that is no field's."""
_NO_STEPS: Final = ("", ".", "..")
"""Ids that no path can end in: browsers resolve them away before they send a request."""


_Flaw: TypeAlias = tuple[tuple[str | int, ...], str]
"""The way to what is wrong inside of a value, and what is."""


def count_more(errors: Sequence[FieldError]) -> str:
    """How many errors there are beside the first, as the end of what is said of that."""
    if len(errors) > MOST_SHOWN:
        return f" ({MOST_SHOWN} more, or still more)"
    return f" ({len(errors) - 1} more)" if len(errors) > 1 else ""


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _unfit_id(value: Json) -> Iterator[_Flaw]:
    if isinstance(value, bool) or not isinstance(value, int | str):
        yield (), "must be an integer or a text"
    elif value in _NO_STEPS or len(str(value)) > _LONGEST_ID or "\0" in str(value):
        yield (), f"must be 1 to {_LONGEST_ID} characters that a path can end in"


@dataclass(slots=True)
class Validation:
    """The errors of one document; `strict` refuses properties that are not declared, at any depth."""

    store: Store
    naming: Naming
    resource: Resource
    strict: bool
    sees: Sees = sees_all
    current: Document = field(default_factory=dict)
    """The document as it was, whose references may stay whatever they lead to."""
    errors: list[FieldError] = field(default_factory=list)

    def fail(self, where: Sequence[str | int], detail: str) -> None:
        """Note an error at a field of ours, unless there are plenty."""
        if len(self.errors) == _MOST_NOTED:
            return
        steps = (self.naming.wire(step) if isinstance(step, str) else str(step) for step in where)
        self.errors.append(FieldError(detail, "".join(f"/{_escaped(step)}" for step in steps)))

    def fail_stranger(self, name: str) -> None:
        """Note a member that is no field, as the client spelled it, unless there are plenty of errors."""
        if len(self.errors) == _MOST_NOTED:
            return
        known = [self.naming.wire(field) for field in self.resource.attributes]
        hint = suggestion(name, known)
        detail = f"is not a field of {self.resource.one()}{f'; {hint}' if hint else ''}"
        shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        self.errors.append(FieldError(detail, f"/{_escaped(shown)}"))

    def check(self, attribute: Attribute, value: Json) -> None:
        """Note what is wrong with a value that a client gave."""
        if self.errors and any(
            error.pointer == f"/{_escaped(self.naming.wire(attribute.name))}" for error in self.errors
        ):
            return
        for where, detail in self._flaws(attribute, value) or self._hidden(attribute, value):
            self.fail((attribute.name, *where), detail)

    def check_own(self, attribute: Attribute, value: Json, rule: str) -> None:
        """*Raises* `ServerError` for a value of ours, by `default` or `on_update`, that breaks the field's rules."""
        for where, detail in self._flaws(attribute, value):
            steps = ("resources", self.resource.name, "fields", attribute.name, rule, *map(str, where))
            raise ServerError(f"The definition's {'.'.join(steps)} gives {value!r}, which {detail}.")

    def _flaws(self, attribute: Attribute, value: Json) -> list[_Flaw]:
        if not self.resource.lenient:
            if attribute.file is not None and not isinstance(value, dict | None):
                return [((), UPLOAD)]
            found = islice(attribute.flaws(value, strict=self.strict), _MOST_NOTED)
            flaws: list[_Flaw] = [(flaw.where, flaw.detail) for flaw in found]
            if flaws:
                return flaws
        flaws = []
        if attribute.name == ID:
            flaws += _unfit_id(value)
        if attribute.file is not None and isinstance(value, dict):
            flaws += file_flaws(attribute.file, value, self.store.contents)
        if attribute.reference is not None and not self.resource.lenient:
            flaws += islice(self._dangling(attribute.reference.target, value, sees_all), _MOST_NOTED)
        return flaws

    def _hidden(self, attribute: Attribute, value: Json) -> list[_Flaw]:
        """References to what the writer does not see, but for those that the document held."""
        if attribute.reference is None or self.sees is sees_all:
            return []
        held = self.current.get(attribute.name)
        kept = held if isinstance(held, list) else [held]
        return [
            (where, detail)
            for where, detail in self._dangling(attribute.reference.target, value, self.sees)
            if (value[where[0]] if isinstance(value, list) and isinstance(where[0], int) else value) not in kept
        ]

    def _dangling(self, target: str, value: Json, sees: Sees) -> Iterator[_Flaw]:
        resource = self.store.schema[target]
        for place, key in enumerate(value if isinstance(value, list) else [value]):
            found = None if key is None else self.store.find(target, key)
            if key is not None and (found is None or not sees(target, found)):
                where = (place,) if isinstance(value, list) else ()
                yield where, f"refers to {resource.one()} that does not exist ({key})"

    def raise_invalid(self) -> None:
        """*Raises* `Invalid` with all that was noted."""
        if self.errors:
            first = self.errors[0]
            said = sentence(f"The {self.resource.singular()} is not valid: {first.name} {first.detail}")
            raise Invalid(f"{said}{count_more(self.errors)}", self.errors[:MOST_SHOWN])

    def check_beginning(self, values: Mapping[str, Json]) -> None:
        """Note a new document's state that none begins in."""
        states = self.resource.section.states
        if states is not None and (refused := refused_beginning(states, values)):
            self.fail((states.field,), refused)

    def check_move(self, before: Document, after: Document) -> None:
        """*Raises* `Conflict` when the state changes otherwise than `states` lists."""
        states = self.resource.section.states
        if states is None or not before:
            return
        refused = refused_move(states, before.get(states.field), after.get(states.field))
        if refused:
            if self.resource.attributes[states.field].rules.write_only:
                refused = "can't become that from what it is"
            wire = self.naming.wire(states.field)
            error = FieldError(refused, f"/{_escaped(wire)}")
            raise Conflict(f"The {wire} of the {self.resource.singular()} {before[ID]} {refused}.", [error])

    def check_unique(self, document: Document, own: Json) -> None:
        """*Raises* `Conflict` when an id or unique value is another document's; `own` is the id of the one replaced."""
        clashes = list(self._clashes(document, own))
        if clashes:
            first = clashes[0]
            said = f"The {self.resource.singular()} clashes with another: {first.name} {first.detail}."
            raise Conflict(said, clashes)

    def _clashes(self, document: Document, own: Json) -> Iterator[FieldError]:
        collection = self.store[self.resource.name]
        if own is None and collection.knows(document[ID]):
            yield FieldError(f"{document[ID]} is taken", f"/{_escaped(self.naming.wire(ID))}")
        for name in self.resource.unique:
            value = document.get(name)
            if value is not None:
                holder = collection.holder(name, value)
                if holder is not None and holder != own:
                    yield FieldError(f"{value} is taken", f"/{_escaped(self.naming.wire(name))}")
