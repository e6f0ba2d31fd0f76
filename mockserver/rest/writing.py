"""Client bodies to documents: what a creation, a replacement and a patch keep and fill; how is the draft's."""

from collections.abc import Sequence

from mockserver.errors import Conflict
from mockserver.generation.fill import Filler
from mockserver.generation.schema import ID, Relation, Resource
from mockserver.messages import Document, Json, Key, merged
from mockserver.query.naming import Naming
from mockserver.query.view import Sees, sees_all
from mockserver.rest.draft import Draft
from mockserver.rest.validation import Validation
from mockserver.store.store import Store
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Writing:
    """How bodies of one API become documents; each *raises* `Invalid`, and `Conflict` for values that are taken.

    `strict` refuses fields that are not declared. What the writer does not see can't be referred to.
    """

    store: Store
    naming: Naming
    filler: Filler
    strict: bool
    sees: Sees = sees_all

    def seeing(self, sees: Sees) -> "Writing":
        """The same for another writer."""
        return Writing(self.store, self.naming, self.filler, self.strict, sees)

    def _draft(self, resource: Resource, current: Document) -> Draft:
        validation = Validation(self.store, self.naming, resource, self.strict, self.sees, current)
        return Draft(resource, self.store[resource.name], self.filler, validation, current)

    def created(
        self, resource: Resource, body: Json, parents: Sequence[tuple[Relation, Key]], key: Key | None = None
    ) -> Document:
        """A new document, below the last of the parents; with the id `key` where the path has said it."""
        draft = self._draft(resource, {})
        draft.take(body)
        if key is not None:
            draft.place_at(key)
        draft.place_below(parents)
        draft.fill_new()
        return draft.finish(key)

    def replaced(
        self, resource: Resource, current: Document, body: Json, parents: Sequence[tuple[Relation, Key]]
    ) -> Document:
        """The document a PUT makes of one: absent writable fields get their default, else null, or are left out.

        Below a parent the reference to it may be left out: the path has said it.
        """
        draft = self._draft(resource, current)
        draft.take(body)
        for relation, _ in parents[-1:]:
            draft.values.setdefault(relation.field, current.get(relation.field))
        draft.keep_immutable()
        draft.fill_absent()
        draft.stamp()
        return draft.finish()

    def patched(self, resource: Resource, current: Document, body: Json) -> Document:
        """The document a merge patch (RFC 7396) makes of one; a shallow one where documents may hold anything."""
        draft = self._draft(resource, current)
        draft.take(body)
        for name in () if resource.lenient else draft.given:
            if resource.attributes[name].shape.type in ("object", "any"):
                draft.values[name] = merged(current.get(name), draft.values[name])
        draft.keep_immutable()
        draft.values = {**current, **draft.values}
        unknown = {name: value for name, value in current.items() if name not in resource.attributes}
        draft.extras = unknown | draft.extras
        draft.stamp()
        return draft.finish()

    def check_patch(self, resource: Resource, body: Json) -> None:
        """*Raises* `Invalid` for a merge patch that no document could take, as far as that shows without one."""
        draft = self._draft(resource, {})
        draft.take(body)
        for name in draft.given:
            attribute, value = resource.attributes[name], draft.values[name]
            if isinstance(value, dict) and attribute.shape.type in ("object", "any"):
                draft.validation.check(attribute.partial(), merged({}, value))
            else:
                draft.validation.check(attribute, value)
        draft.validation.raise_invalid()

    def made(self, resource: Resource, values: Document) -> Document:
        """A new document with values that the definition sets."""
        draft = self._draft(resource, {})
        draft.put(values)
        draft.fill_new()
        return draft.finish()

    def changed(self, resource: Resource, current: Document, values: Document) -> Document:
        """A document with values that the definition sets in the place of its own."""
        draft = self._draft(resource, current)
        draft.put(values)
        draft.keep_immutable()
        draft.values = {**current, **draft.values}
        draft.extras = {name: value for name, value in current.items() if name not in resource.attributes}
        draft.stamp()
        return draft.finish()

    def check_restorable(self, resource: Resource, buried: Document) -> None:
        """*Raises* `Conflict` when a deleted document can't come back: what it refers to is gone, or a value taken."""
        validation = Validation(self.store, self.naming, resource, self.strict)
        for attribute in resource.attributes.values():
            if attribute.reference is not None and buried.get(attribute.name) is not None:
                validation.check(attribute, buried[attribute.name])
        if validation.errors:
            first = validation.errors[0]
            said = f"The {resource.singular()} can't come back: {first.name} {first.detail}."
            raise Conflict(said, validation.errors)
        validation.check_unique(buried, buried[ID])
