"""The whole database in one answer, where the convention has a path for that."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from mockserver.conventions.styled import Styled
from mockserver.definitions.manner import ApiSection
from mockserver.definitions.pattern import RoutePattern
from mockserver.messages import Json, Outcome
from mockserver.query.embed import visible
from mockserver.query.naming import Naming
from mockserver.query.view import Sees
from mockserver.rest.endpoint import Call
from mockserver.store.store import Store
from mockserver.value import dataclass


@dataclass(slots=True)
class WholeDatabase:
    """Every resource by its name: the list of its documents, or its only one."""

    store: Store
    naming: Naming
    routes: Sequence[RoutePattern]
    prefixes: Sequence[str]
    name: ClassVar[str] = "database"
    is_public: ClassVar[bool] = False
    is_bare: ClassVar[bool] = False

    def answer(self, call: Call) -> Outcome:
        """The documents that the caller sees."""
        found = {self.naming.wire(name): self._shown(name, call.caller.sees) for name in self.store.schema.resources}
        return Outcome("read", self.name, found)

    def _shown(self, name: str, sees: Sees) -> Json:
        resource = self.store.schema[name]
        documents: list[Json] = [
            self.naming.write(resource, visible(resource, document))
            for document in self.store[name]
            if sees(name, document)
        ]
        if resource.is_singleton:
            return documents[0] if documents else None
        return documents


def whole_database(store: Store, naming: Naming, convention: Styled, api: ApiSection) -> Iterator[WholeDatabase]:
    """The endpoint, if the convention has one and no resource is called so."""
    step = convention.database_step
    if step and step not in store.schema.resources:
        yield WholeDatabase(
            store, naming, (RoutePattern("GET", (step,)),), convention.prefixes(api.version, api.application)
        )
