"""Many documents with one request: all of them are written, or none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mockserver.errors import Conflict, FieldError, Invalid, PayloadTooLarge
from mockserver.generation.schema import ID
from mockserver.messages import Json, Outcome
from mockserver.query.query import Query
from mockserver.rest.actions import Actions
from mockserver.rest.route import Route, check_parents
from mockserver.rest.validation import MOST_SHOWN, count_more
from mockserver.value import dataclass

MOST_CREATED: Final = 5_000
"""How many documents one request may create: nobody else is answered meanwhile, as all of them come to be at once."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """Writes to a collection, over the actions on its documents."""

    actions: Actions

    def create(self, route: Route, bodies: Sequence[Json], query: Query) -> Outcome:
        """New documents, in the order they were sent; pointers of errors begin with the place in the list.

        *Raises* `PayloadTooLarge` for too many of them, `Invalid`, `Conflict`.
        """
        if len(bodies) > MOST_CREATED:
            said = f"One request creates at most {MOST_CREATED:,} documents, and these are {len(bodies):,}"
            raise PayloadTooLarge(f"{said}: send them in several.")
        errors: list[FieldError] = []
        items: list[Json] = []
        with self.actions.store.transaction() as transaction:
            check_parents(self.actions.store, route.parents, self.actions.sees)
            for place, body in enumerate(bodies):
                try:
                    draft = self.actions.writing.created(route.resource, body, route.parents)
                    items.append(self.actions.shown(route.resource, self.actions.put(transaction, route, draft), query))
                except Invalid as problem:
                    errors += _at(place, problem.errors)
                    if len(errors) >= MOST_SHOWN:
                        break
                except Conflict as problem:
                    raise Conflict(f"Entry {place}: {problem.detail}", _at(place, problem.errors)) from None
            if errors:
                first = errors[0]
                said = f"Nothing was created: {first.name} {first.detail}.{count_more(errors)}"
                raise Invalid(said, errors[:MOST_SHOWN])
        return Outcome("created", self.actions.naming.wire(route.resource.name), items)

    def update(self, route: Route, patch: Json, query: Query) -> Outcome:
        """One merge patch for every document that the query matches."""
        with self.actions.store.transaction() as transaction:
            found = self.actions.matching(route, query)
            if not found:
                self.actions.writing.check_patch(route.resource, patch)
            for document in found:
                draft = self.actions.writing.patched(route.resource, document, patch)
                self.actions.put(transaction, route, draft)
        return self._counted(Outcome("updated", route.resource.name), len(found))

    def delete(self, route: Route, query: Query) -> Outcome:
        """Every document that the query matches, with what its relations say."""
        with self.actions.store.transaction() as transaction:
            found = self.actions.matching(route, query)
            for document in found:
                key = document[ID]
                # One that refers to another of them may have left with it.
                if isinstance(key, int | str) and key in self.actions.store[route.resource.name]:
                    transaction.delete(route.resource, key)
        # Not `deleted`, which has no body where a convention answers 204.
        return self._counted(Outcome("read", route.resource.name), len(found))

    def _counted(self, outcome: Outcome, count: int) -> Outcome:
        naming = self.actions.naming
        return outcome._replace(resource=naming.wire(outcome.resource), item={"count": count})


def _at(place: int, errors: Sequence[FieldError]) -> list[FieldError]:
    return [replace(error, pointer=f"/{place}{error.pointer}") for error in errors] or [FieldError("", f"/{place}")]
