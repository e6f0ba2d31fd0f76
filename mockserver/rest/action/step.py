"""The contract of a step: one thing that an action does, as it is declared and as it runs."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, ClassVar, Final, Protocol, TypeAlias

from pydantic import StringConstraints

from mockserver.definitions.field import Model
from mockserver.definitions.noun import singular
from mockserver.errors import NotFound
from mockserver.formula.formula import Formula, Loading, Where
from mockserver.formula.names import MANY, Meaning, Names
from mockserver.formula.scope import Reading, Row, Scope, key_at
from mockserver.generation.schema import Resource
from mockserver.messages import Document, Key, Outcome, Request
from mockserver.query.read import WindowReader
from mockserver.query.view import Sees
from mockserver.registry import Registry
from mockserver.rest.exchange import below, origin_of
from mockserver.rest.writing import Writing
from mockserver.store.store import Store, Transaction
from mockserver.value import dataclass

RowName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
"""A name for what a step touched: letters, digits and _."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What actions work with; `paths` are the addresses of the collections."""

    reading: Reading
    writing: Writing
    paths: Mapping[str, str]
    window: WindowReader
    seed: int

    @property
    def store(self) -> Store:
        """The collections."""
        return self.reading.store

    def row(self, resource: Resource, document: Document) -> Row:
        """A document as expressions see it."""
        return Row(self.reading, resource, document)


@dataclass(slots=True)
class Run:
    """One action under way: what its expressions see, and what the answer is unless the action says another."""

    shop: Workshop
    transaction: Transaction
    request: Request
    sees: Sees
    scope: Scope
    outcome: Outcome = field(default_factory=lambda: Outcome("read", ""))

    def bind(self, name: str, value: Any) -> None:
        """Give what a step touched its name; no name means none is given."""
        if name:
            self.scope = self.scope.plus(**{name: value})

    def document(self, resource: Resource, value: Any) -> Document:
        """The document of an id. *Raises* `NotFound`."""
        key = key_at(self.shop.reading, resource, value)
        found = None if key is None else self.shop.store[resource.name].get(key)
        if found is None:
            shown = "null" if value is None else value
            raise NotFound(f"There is no {resource.singular()} with the id {shown}.")
        return found

    def only(self, resource: Resource) -> Document:
        """The document of a singleton. *Raises* `NotFound`."""
        for document in self.shop.store[resource.name]:
            return document
        raise NotFound(f"There is no {resource.singular()}.")

    def location(self, resource: Resource, key: Key) -> str:
        """The address of a document."""
        path = self.shop.paths[resource.name]
        return origin_of(self.request) + (path if resource.is_singleton else below(path, key))

    def wire(self, resource: Resource) -> str:
        """The name of a resource as clients spell it."""
        return self.shop.reading.naming.wire(resource.name)


class Step(Protocol):
    """One thing that an action does."""

    def run(self, run: Run) -> None:
        """Do it. *Raises* `Problem`, which takes back what the steps before it did."""
        ...


@dataclass(frozen=True, slots=True)
class Nothing:
    """The step that stands for one with something wrong in it: the definition is refused all the same."""

    def run(self, run: Run) -> None:
        """Do nothing."""
        del run


class StepSection(Model):
    """A step as it is declared. Its kind's own key is its registered name."""

    reads_window: ClassVar[bool] = False
    """Whether it takes the request's parameters for a window."""

    when: Any = True
    """Whether the step is done."""

    @abstractmethod
    def load(self, loading: "StepLoading") -> Step:
        """The step that runs; what is wrong with it is noted."""


steps: Registry[type[StepSection]] = Registry("step", "mockserver.rest.action.steps")


@dataclass(slots=True)
class StepLoading:
    """One step being loaded. `names` are those it may use; `given` collects those it gives, for the steps after it.

    `taken` are names that can't be given again.
    """

    loading: Loading
    where: Where
    names: Names
    taken: frozenset[str]
    given: dict[str, Meaning] = field(default_factory=dict)

    def formula(self, value: Any, key: str, more: Mapping[str, Meaning] | None = None) -> Formula:
        """A value of the step with its expressions."""
        return self.loading.formula(value, (*self.where, key), self.names.plus(more or {}))

    def condition(self, value: Any, key: str, more: Mapping[str, Meaning] | None = None) -> Formula:
        """A condition of the step."""
        return self.loading.condition(value, (*self.where, key), self.names.plus(more or {}))

    def resource(self, name: str, key: str) -> Resource | None:
        """The resource that the step is about."""
        return self.loading.resource(name, (*self.where, key))

    def name_one(self, chosen: str | None, resource: Resource) -> str:
        """The name of the document touched: the one chosen, else the resource's in the singular."""
        return self._name(chosen, singular(resource.name), resource)

    def name_many(self, chosen: str | None, resource: Resource) -> str:
        """The name of the documents touched: the one chosen, else the resource's."""
        return self._name(chosen, resource.name, MANY)

    def claim(self, name: str, where: Where, meaning: Meaning) -> None:
        """A name for the steps after this one; that it means something else already is noted."""
        if name in self.taken:
            self.loading.note(where, f"'{name}' means something else in this action", "take another name")
        self.given[name] = meaning

    def _name(self, chosen: str | None, usual: str, meaning: Meaning) -> str:
        """A usual name that has a meaning already is not given."""
        if chosen is not None:
            self.claim(chosen, (*self.where, "as"), meaning)
            return chosen
        if not usual.isidentifier() or usual in self.taken:
            return ""
        self.given[usual] = meaning
        return usual


ROW: Final = "row"
"""The name of the document that a step is about, before the step."""
