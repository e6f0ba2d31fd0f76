"""A document in the making: what the client sent, then what the definition fills in."""

from collections.abc import Sequence
from dataclasses import field
from typing import Any, Final

from mockserver.definitions.expression import Template
from mockserver.definitions.field import MAX_INTEGER
from mockserver.errors import FieldError, Invalid, ServerError
from mockserver.generation.fill import Filler, Occasion
from mockserver.generation.schema import ID, Attribute, Relation, Resource
from mockserver.messages import Document, Json, Key
from mockserver.query.parameters import is_ignored
from mockserver.rest.attachment import described
from mockserver.rest.validation import Validation
from mockserver.store.collection import Collection
from mockserver.value import dataclass

_TRIES: Final = 1000


@dataclass(slots=True)
class Draft:
    """One document being made of `current`, which is empty for a new one. `values` holds what is set so far.

    `extras` are members that are no fields, where documents may have some.
    """

    resource: Resource
    collection: Collection
    filler: Filler
    validation: Validation
    current: Document
    values: dict[str, Any] = field(default_factory=dict)
    given: dict[str, None] = field(default_factory=dict)
    extras: Document = field(default_factory=dict)

    def take(self, body: Json) -> None:
        """Read what the client sent; what it can't set is passed over, so that a read document may come back."""
        if not isinstance(body, dict):
            said = f"The body must be {self.resource.one()}, which is a JSON object."
            raise Invalid(said, [FieldError("must be an object")])
        read, strangers = self.validation.naming.read(self.resource.attributes, body)
        for name in strangers:
            if self.resource.lenient:
                self.extras[name] = body[name]
            else:
                self._pass_over(name)
        for name, given in read.items():
            attribute = self.resource.attributes[name]
            value = attribute.whole(given)
            if name == ID:
                self._take_id(attribute, value)
            elif attribute.file is not None and self.current and value == self.current.get(name):
                self.values[name] = value
            elif name in self.resource.writable:
                self.given[name] = None
                self.values[name] = value

    def _take_id(self, attribute: Attribute, value: Json) -> None:
        """An id is a client's to choose for a new document; of another it may only be said again."""
        if isinstance(value, str) and attribute.shape.type == "uuid":
            value = value.lower()
        if self.current:
            if not self.resource.lenient and (isinstance(value, bool) or value != self.current[ID]):
                self.validation.fail((ID,), f"is {self.current[ID]} and can't be changed")
        elif value is not None and attribute.is_writable:
            self.given[ID] = None
            self.values[ID] = value

    def _pass_over(self, name: str) -> None:
        """A member that is no field: an error, but for relations, which a document that was read may hold."""
        relation = self.validation.naming.relation(self.resource, name)
        is_relation = relation in self.resource.parents or relation in self.resource.children
        if self.validation.strict and not is_relation and not is_ignored(name):
            self.validation.fail_stranger(name)

    def put(self, values: Document) -> None:
        """Set fields for the definition, which may also set those that clients can't."""
        for name, value in values.items():
            self.given[name] = None
            self.values[name] = value

    def place_at(self, key: Key) -> None:
        """Give a new document the id that the path says; the body may only say the same."""
        if self.values.get(ID, key) != key:
            self.validation.fail((ID,), f"must be {key}, as the path says")
        self.given[ID] = None
        self.values[ID] = key

    def place_below(self, parents: Sequence[tuple[Relation, Key]]) -> None:
        """Set the reference to the document above, unless the body says another."""
        if not parents:
            return
        relation, key = parents[-1]
        if self.resource.lenient:
            # The id as the parent has it, not as the path does; and whatever the body says.
            above = self.validation.store.find(relation.parent, key)
            key = above[ID] if above is not None else key  # type: ignore[assignment]
            self.values[relation.field] = [key] if relation.many else key
        held = self.values.setdefault(relation.field, [key] if relation.many else key)
        if held != key and not (isinstance(held, list) and key in held):
            self.validation.fail((relation.field,), f"must be {key}, as the path says")
        self.given[relation.field] = None

    def fill_new(self) -> None:
        """A new document: defaults, then what only a generator gives, then null."""
        for name, attribute in self.resource.attributes.items():
            if name in self.values or attribute.computed is not None:
                continue
            if attribute.default is not None or attribute.on_update is not None:
                self._evaluate(attribute, "on_update" if attribute.default is None else "default")
            elif self.filler.continues(attribute):
                self.values[name] = self._next(attribute)
            elif attribute.rules.read_only:
                self.values[name] = self.filler.draw(self.resource, attribute, self.collection.numbered)
            else:
                self._leave_out(attribute)

    def _leave_out(self, attribute: Attribute) -> None:
        """A field that neither client nor definition gives: null where that may be."""
        if self.resource.lenient:
            return
        if attribute.rules.required:
            self.validation.fail((attribute.name,), "is required")
        elif not attribute.rules.missing:
            self.values[attribute.name] = None

    def _next(self, attribute: Attribute) -> Any:
        """The next value of a sequence, or a fresh one, that nobody has."""
        number = self.collection.numbered
        for attempt in range(_TRIES):
            value = self.filler.draw(self.resource, attribute, number, attempt)
            if attribute.name != ID:
                if not attribute.rules.unique or self.collection.holder(attribute.name, value) is None:
                    return value
                continue
            is_behind = isinstance(value, int) and (value <= self.collection.highest or self.resource.lenient)
            if is_behind and self.collection.highest < MAX_INTEGER:
                value = self.collection.highest + 1
            if not self.collection.knows(value):
                return value
        raise ServerError(f"No value is left for the field '{attribute.name}' of a new {self.resource.singular()}.")

    def keep_immutable(self) -> None:
        """Fields that never change: the same value may be sent, another is an error."""
        for name in self.resource.immutable:
            if name in self.given and self.values[name] != self.current.get(name):
                # What is only ever written is not shown by a refusal either.
                held = "" if name in self.resource.hidden else f"is {self.current.get(name)} and "
                self.validation.fail((name,), f"{held}can't be changed")

    def fill_absent(self) -> None:
        """What a PUT leaves out: kept where clients can't set it or it never changes, else its default, else null."""
        for name, attribute in self.resource.attributes.items():
            if name in self.values:
                continue
            if name not in self.resource.writable or attribute.rules.immutable or name == ID:
                if name in self.current:
                    self.values[name] = self.current[name]
            elif attribute.default is not None:
                self._evaluate(attribute, "default")
            else:
                self._leave_out(attribute)

    def stamp(self) -> None:
        """Every write: `on_update`, unless the client set the field itself."""
        for name in self.resource.stamped:
            if name not in self.given:
                self._evaluate(self.resource.attributes[name], "on_update")

    def _evaluate(self, attribute: Attribute, rule: str) -> None:
        """Set a field by its `default` or `on_update`."""
        template: Template | None = getattr(attribute, rule)
        assert template is not None  # noqa: S101 - asked for where there is one
        scope = {**dict.fromkeys(self.resource.attributes), **self.current, **self.values}
        path = ("resources", self.resource.name, "fields", attribute.name, rule)
        occasion = Occasion(path, self._state(), self.validation.store.now())
        value = self.filler.evaluate(template, scope, occasion)
        self.validation.check_own(attribute, value, rule)
        self.values[attribute.name] = value

    def _state(self) -> bytes:
        """What is written to: the next row of the collection, or a document at a version."""
        key = self.current.get(ID)
        if key is None:
            return b"+%d" % self.collection.numbered
        return f"{key}@{self.collection.version_of(key)}".encode()

    def finish(self, own: Json = None) -> Document:
        """The whole document, in the order its fields are declared; `own` is an id that only it may take.

        *Raises* `Invalid`, `Conflict`.
        """
        for name in self.given:
            self.validation.check(self.resource.attributes[name], self.values[name])
        if not self.current:
            self.validation.check_beginning(self.values)
        self.validation.raise_invalid()
        attributes = self.resource.attributes.items()
        # A computed field holds its place; what it comes to is worked out when the document is put.
        document: Document = {
            name: self.values.get(name) for name, one in attributes if name in self.values or one.computed
        } | self.extras
        if self.resource.has_files:
            self._complete_files(document)
        self.validation.check_move(self.current, document)
        self.validation.check_unique(document, self.current.get(ID, own))
        return document

    def _complete_files(self, document: Document) -> None:
        for name in self.given:
            attribute, value = self.resource.attributes[name], document[name]
            if attribute.file is not None and isinstance(value, dict):
                document[name] = described(attribute, value, document[ID], self.validation.store.contents)
