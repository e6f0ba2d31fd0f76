"""Client bodies to documents: names read, rules checked, the rest filled in; all errors at once, at their pointers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mockserver.definitions.field import MAX_INTEGER
from mockserver.errors import Conflict, FieldError, Invalid, ServerError, sentence, suggestion
from mockserver.generation.fill import Filler
from mockserver.generation.schema import ID, Attribute, Relation, Resource
from mockserver.messages import Document, Json, Key
from mockserver.query.naming import Naming
from mockserver.store.collection import Collection
from mockserver.store.store import Store

_TRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class Writing:
    """How bodies of one API become documents. `strict` refuses fields that are not declared."""

    store: Store
    naming: Naming
    filler: Filler
    strict: bool

    def created(self, resource: Resource, body: Json, parents: Sequence[tuple[Relation, Key]]) -> Document:
        """A new document. *Raises* `Invalid`, and `Conflict` for an id or unique value that is taken."""
        draft = _Draft(self, resource, {})
        draft.take(body)
        draft.place_below(parents)
        draft.fill_new()
        return draft.finish()

    def replaced(
        self, resource: Resource, current: Document, body: Json, parents: Sequence[tuple[Relation, Key]] = ()
    ) -> Document:
        """The document a PUT makes of one: absent writable fields get their default, else null.

        Below a parent the reference to it may be left out: the path has said it.
        """
        draft = _Draft(self, resource, current)
        draft.take(body)
        for relation, _ in parents[-1:]:
            draft.values.setdefault(relation.field, current[relation.field])
        draft.keep_immutable()
        draft.fill_absent()
        draft.stamp()
        return draft.finish()

    def patched(self, resource: Resource, current: Document, body: Json) -> Document:
        """The document a merge patch (RFC 7396) makes of one."""
        draft = _Draft(self, resource, current)
        draft.take(body, patches=True)
        draft.keep_immutable()
        draft.stamp()
        return draft.finish(base=current)


def merged(target: Json, patch: Json) -> Json:
    """The merge patch algorithm (RFC 7396 §2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


_NO_STEPS: Final = ("", ".", "..")
"""Ids that no URL leads to (RFC 3986 §5.2.4)."""
_LONGEST_ID: Final = 500
"""In characters; each may take twelve in a URL, and a URL has its limit."""


@dataclass(slots=True)
class _Draft:
    """One document being made. `values` holds what is set so far, by field."""

    writing: Writing
    resource: Resource
    current: Document
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    taken: dict[str, None] = field(default_factory=dict)

    @property
    def collection(self) -> Collection:
        return self.writing.store[self.resource.name]

    def fail(self, where: Sequence[str | int], detail: str) -> None:
        """Note an error at a field, its pointer in the wire's spelling."""
        naming = self.writing.naming
        steps = (naming.wire(step) if isinstance(step, str) else str(step) for step in where)
        pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
        self.errors.append(FieldError(detail, pointer))

    def take(self, body: Json, *, patches: bool = False) -> None:
        """Read what the client sent; what it can't set is passed over, so that a read document may come back."""
        if not isinstance(body, dict):
            said = f"The body must be {self.resource.one()}, which is a JSON object."
            raise Invalid(said, [FieldError("must be an object")])
        attributes = self.resource.attributes
        for name, value in self.writing.naming.read(attributes, body).items():
            attribute = attributes.get(name)
            if attribute is None:
                self.unknown(name)
            elif attribute.is_writable:
                self.taken[name] = None
                self.values[name] = self.patched(attribute, value) if patches else value
            elif name == ID and value != self.current.get(ID, value):
                self.fail((ID,), f"is {self.current[ID]} and can't be changed")

    def patched(self, attribute: Attribute, value: Json) -> Json:
        """A field's value after a merge patch."""
        if isinstance(value, dict) and attribute.shape.type in ("object", "any"):
            return merged(self.current.get(attribute.name), value)
        return value

    def unknown(self, name: str) -> None:
        if not self.writing.strict or name in self.resource.parents or name in self.resource.children:
            return  # an embedded document may be sent back too
        if name.startswith("_"):
            return
        known = [self.writing.naming.wire(one) for one in self.resource.attributes]
        self.fail((name,), f"is not a field of {self.resource.one()}; {suggestion(name, known)}".rstrip("; "))

    def place_below(self, parents: Sequence[tuple[Relation, Key]]) -> None:
        """Set the reference to the document above, unless the body says another."""
        if not parents:
            return
        relation, key = parents[-1]
        held = self.values.setdefault(relation.field, [key] if relation.many else key)
        if held != key and not (isinstance(held, list) and key in held):
            self.fail((relation.field,), f"must be {key}, as the path says")
        self.taken[relation.field] = None

    def fill_new(self) -> None:
        """A new document: defaults, then what only a generator gives, then null."""
        number = self.collection.numbered
        for name, attribute in self.resource.attributes.items():
            if name in self.values or attribute.computed is not None:
                continue
            if attribute.default is not None:
                self.values[name] = self.evaluate(attribute.default)
            elif attribute.on_update is not None:
                self.values[name] = self.evaluate(attribute.on_update)
            elif self.writing.filler.continues(attribute):
                self.values[name] = self.next_value(attribute, number)
            elif attribute.rules.read_only:
                self.values[name] = self.writing.filler.draw(self.resource, attribute, number)
            elif attribute.rules.required:
                self.fail((name,), "is required")
            elif not attribute.rules.missing:
                self.values[name] = None

    def next_value(self, attribute: Attribute, number: int) -> Any:
        """The next value of a sequence, or a fresh one, that nobody has."""
        name, collection = attribute.name, self.collection
        for attempt in range(_TRIES):
            value = self.writing.filler.draw(self.resource, attribute, number, attempt)
            if name == ID and isinstance(value, int) and value <= collection.highest < MAX_INTEGER:
                value = collection.highest + 1
            if not (collection.knows(value) if name == ID else self.is_held(attribute, value)):
                return value
        raise ServerError(f"No value is left for the field '{name}' of a new {self.resource.singular()}.")

    def is_held(self, attribute: Attribute, value: Json) -> bool:
        """Whether another document has the value of a unique field."""
        return attribute.rules.unique and self.collection.holder(attribute.name, value) is not None

    def keep_immutable(self) -> None:
        """Fields that never change: the same value may be sent, another is an error."""
        for name, attribute in self.resource.attributes.items():
            if (attribute.rules.immutable or name == ID) and name in self.values:
                current = self.current.get(name)
                if self.values[name] != current:
                    self.fail((name,), f"is {current} and can't be changed")

    def fill_absent(self) -> None:
        """What a PUT leaves out: kept where clients can't set it or it never changes, else its default, else null."""
        for name, attribute in self.resource.attributes.items():
            if name in self.values:
                continue
            if not attribute.is_writable or attribute.rules.immutable or name == ID:
                if name in self.current:
                    self.values[name] = self.current[name]
            elif attribute.default is not None:
                self.values[name] = self.evaluate(attribute.default)
            elif attribute.rules.required:
                self.fail((name,), "is required")
            elif not attribute.rules.missing:
                self.values[name] = None

    def stamp(self) -> None:
        """Every write: `on_update`, unless the client set the field itself."""
        for name, attribute in self.resource.attributes.items():
            if attribute.on_update is not None and name not in self.taken:
                self.values[name] = self.evaluate(attribute.on_update)

    def evaluate(self, template: Any) -> Any:
        scope = {**dict.fromkeys(self.resource.attributes), **self.current, **self.values}
        return self.writing.filler.evaluate(template, scope, self.writing.store.now())

    def finish(self, base: Mapping[str, Json] | None = None) -> Document:
        """The whole document, in the order its fields are declared, when nothing is wrong with it."""
        for name in self.taken:
            self.check(self.resource.attributes[name])
        if self.errors:
            raise Invalid(self.sentence(), self.errors)
        values = {**(base or {}), **self.values}
        attributes = self.resource.attributes.items()
        # A computed field holds its place; what it comes to is worked out when the document is put.
        document: Document = {name: values.get(name) for name, one in attributes if name in values or one.computed}
        self.check_unique(document)
        return document

    def sentence(self) -> str:
        first = self.errors[0]
        more = f" ({len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
        return sentence(f"The {self.resource.singular()} is not valid: {first.name} {first.detail}") + more

    def check(self, attribute: Attribute) -> None:
        name, value = attribute.name, self.values[attribute.name]
        if any(error.pointer == f"/{self.writing.naming.wire(name)}" for error in self.errors):
            return
        flaws = list(attribute.flaws(value, strict=self.writing.strict))
        for flaw in flaws:
            self.fail((name, *flaw.where), flaw.detail)
        if not flaws and name == ID:
            self.check_id(value)
        if not flaws and attribute.reference is not None:
            self.check_reference(name, attribute.reference.target, value)

    def check_id(self, value: Json) -> None:
        if value is None:
            self.fail((ID,), "must not be null")
        elif value in _NO_STEPS or len(str(value)) > _LONGEST_ID:
            self.fail((ID,), f"must be 1 to {_LONGEST_ID} characters that a path can end in")

    def check_reference(self, name: str, target: str, value: Json) -> None:
        held = value if isinstance(value, list) else [value]
        for place, key in enumerate(held):
            if key is not None and self.writing.store.find(target, key) is None:
                resource = self.writing.store.schema[target]
                where = (name, place) if isinstance(value, list) else (name,)
                self.fail(where, f"refers to {resource.one()} that does not exist ({key})")

    def check_unique(self, document: Document) -> None:
        own = self.current.get(ID)
        clashes = list(self.clashes(document, own))
        if clashes:
            raise Conflict(
                f"The {self.resource.singular()} clashes with another: {clashes[0].name} {clashes[0].detail}.", clashes
            )

    def clashes(self, document: Document, own: Json) -> Iterator[FieldError]:
        key = document[ID]
        if own is None and self.collection.knows(key):
            yield FieldError(f"{key} is taken", f"/{self.writing.naming.wire(ID)}")
        for name, attribute in self.resource.attributes.items():
            if attribute.rules.unique and name != ID and document.get(name) is not None:
                holder = self.collection.holder(name, document[name])
                if holder is not None and holder != own:
                    yield FieldError(f"{document[name]} is taken", f"/{self.writing.naming.wire(name)}")
