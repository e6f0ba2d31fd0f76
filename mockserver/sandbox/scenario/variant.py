"""The rows of a definition with a scenario's changes, generated from the same seed.

A cell is a function of its place, so whatever no change is about has the value that it has without them.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from mockserver.definitions.model import PerParent
from mockserver.errors import Conflict, GenerationError
from mockserver.generation.build import check_amounts, check_counting
from mockserver.generation.draft import Draft, Note
from mockserver.generation.fakes import Fakes
from mockserver.generation.generate import Generation
from mockserver.generation.rows import check_references, check_rows
from mockserver.generation.schema import Schema
from mockserver.generation.seating import NAMED
from mockserver.generation.trait import check_traits
from mockserver.messages import Document
from mockserver.sandbox.scenario.change import Changes, Where
from mockserver.sandbox.scenario.given import check_given, given_rows
from mockserver.sandbox.seeded import Rows, Seeded
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Original:
    """A definition's data without a scenario; `given` are the rows that come from a file and are not generated.

    `declared` are the resources that the definition names.
    """

    seeded: Seeded
    fakes: Fakes
    declared: Collection[str]
    given: Rows


class Variant:
    """The rows of a definition, changed; made once, when they are first wanted. What stays as it is shares its rows.

    `scenario` is what it is called in what is said of it.
    """

    __slots__ = ("_kept", "_original", "_refusal", "_rows", "_sections", "_seeded", "_totals", "changes", "scenario")

    def __init__(self, scenario: str, original: Original, changes: Changes) -> None:
        schema = original.seeded.schema
        generated = {name: one for name, one in changes.items() if name not in original.given}
        self.scenario = scenario
        self._original = original
        self.changes = changes
        self._sections = {name: one.apply(schema[name].section) for name, one in generated.items()}
        self._totals = {name: one.total for name, one in generated.items() if one.total is not None}
        self._kept = schema.resources.keys() - (_following(schema, changes) - original.given.keys())
        self._rows: Rows | None = None if changes else original.seeded.rows
        self._seeded: Seeded | None = None if changes else original.seeded
        self._refusal = ""

    @property
    def most_rows(self) -> int:
        """How many rows have to be made for it, at most; what there is already, or can't be, costs nothing."""
        if self._rows is not None or self._refusal:
            return 0
        rows = self._original.seeded.rows
        bounds = {name: len(rows[name]) for name in self._kept}
        return sum(self._bound(name, bounds) for name in rows if name not in self._kept)

    def seeded(self) -> Seeded:
        """What a sandbox begins with. Takes its time when it is first asked for; any thread may do that.

        *Raises* `Conflict` with why it can't be.
        """
        if self._seeded is None:
            self._seeded = self._original.seeded.varied(self.rows())
        return self._seeded

    def rows(self) -> Rows:
        """The rows of every resource, to be read only. *Raises* `Conflict` with why they can't be."""
        if self._rows is None and not self._refusal:
            problems: list[str] = []
            self.attempt(_listing(problems))
            if problems:
                self._refusal = f"The scenario '{self.scenario}' can't be: {'; '.join(problems)}."
        if self._refusal:
            raise Conflict(self._refusal)
        assert self._rows is not None  # noqa: S101 - without a problem they are made
        return self._rows

    def check(self, note: Note) -> None:
        """Note what is wrong before anything is generated."""
        original, schema = self._original, self._original.seeded.schema
        changed = {
            name: replace(schema[name], section=change.checked(schema[name].section))
            for name, change in self.changes.items()
        }
        sections = {name: one.section for name, one in {**schema.resources, **changed}.items()}
        definition = original.seeded.definition.model_copy(update={"resources": sections})
        draft = Draft(definition, original.fakes, original.declared, note)
        for name, resource in changed.items():
            check_amounts(draft, resource)
            if name in original.given:
                check_given(name, self.changes[name], original.given[name], note)
            else:
                check_traits(draft, resource)
        check_counting(draft)
        generated = {name: one for name, one in changed.items() if name not in original.given}
        check_rows(replace(schema, resources={**schema.resources, **generated}), note)

    def attempt(self, note: Note) -> None:
        """Make the rows, and note why they can't be."""
        noted: list[Where] = []

        def noting(where: Where, problem: str, hint: str = "", /, *, key: bool = False) -> None:
            noted.append(where)
            note(where, problem, hint, key=key)

        generation = self._original.seeded.generation.varied(self._sections, self._totals, self._kept)
        try:
            made = generation.documents(self._as_they_are())
        except GenerationError as error:
            made = {}
            generation.failures.append(error)
        else:
            check_references(generation, made, _without_idle_traits(generation, noting))
            self._check_names(generation, noting)
        for failure in generation.failures:
            noting(tuple(failure.path.split(".")), failure.problem, failure.hint)
        if not noted:
            self._rows = made

    def _as_they_are(self) -> dict[str, list[Document]]:
        """The rows that are not generated: those that stay, and those of files."""
        rows = {name: self._original.seeded.rows[name] for name in self._kept}
        given = self._original.given
        return rows | {name: given_rows(one, given[name]) for name, one in self.changes.items() if name in given}

    def _check_names(self, generation: Generation, note: Note) -> None:
        """That a name which expressions know is that of the same row: they are compiled once for all scenarios."""
        named = self._original.seeded.generation.named()
        for name, (resource, key) in generation.named().items():
            known = named.get(name, (resource, key))
            if known != (resource, key):
                rows = generation.schema[resource].section.rows
                place = next(number for number, row in enumerate(rows) if row.get(NAMED) == name)
                problem = f"'{name}' is the row {known[1]} of '{known[0]}', and here row {key} of '{resource}'"
                note(("resources", resource, "rows", place, NAMED), problem, "give it that id, or no name")

    def _bound(self, name: str, bounds: dict[str, int]) -> int:
        """How many rows a resource has at most."""
        if name not in bounds:
            section = self._sections.get(name, self._original.seeded.schema[name].section)
            count = section.row_count
            made = count if isinstance(count, int) else _most(count) * self._bound(count.per, bounds)
            bounds[name] = self._totals.get(name, made + len(section.rows))
        return bounds[name]


def _most(count: PerParent) -> int:
    return count.each if isinstance(count.each, int) else max(count.each)


def _following(schema: Schema, changed: Iterable[str]) -> set[str]:
    """The resources whose rows may be others when those are: they, and all that refer to them, near or far."""
    found, waiting = set(changed), list(changed)
    while waiting:
        for relation in schema.referring[waiting.pop()]:
            if relation.child not in found:
                found.add(relation.child)
                waiting.append(relation.child)
    return found


def _without_idle_traits(generation: Generation, note: Note) -> Note:
    """Notes what is wrong with rows; a trait that no row has does no harm."""

    def noting(where: Where, problem: str, hint: str = "", /, *, key: bool = False) -> None:
        _, resource, part, name, *_ = where
        if part != "traits" or generation.seating[str(resource)].having[str(name)]:
            note(where, problem, hint, key=key)

    return noting


def _listing(problems: list[str]) -> Note:
    def noting(where: Where, problem: str, hint: str = "", /, *, key: bool = False) -> None:
        del hint, key
        problems.append(f"{'.'.join(str(step) for step in where[1:])}: {problem}")

    return noting
