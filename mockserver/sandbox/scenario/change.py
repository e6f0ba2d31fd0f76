"""What a scenario makes of the rows of resources, whatever it extends taken in, and where each part of that is said."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from mockserver.definitions.load import Report
from mockserver.definitions.model import Count, ResourceSection
from mockserver.generation.draft import Note
from mockserver.sandbox.scenario.section import DataSection, ScenarioSection
from mockserver.value import dataclass

Where: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True)
class Change:
    """What is otherwise about one resource; `said_by` are the scenarios that say each part of it."""

    count: Count | None = None
    rows: list[dict[str, Any]] | None = None
    mix: dict[str, float] = field(default_factory=dict)
    said_by: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int | None:
        """How many rows there are in all, where that is what is said."""
        return self.count if isinstance(self.count, int) and self.rows is None else None

    def apply(self, section: ResourceSection) -> ResourceSection:
        """The section of the resource, changed; of a `total` it says nothing."""
        changed: dict[str, Any] = {"mix": {**section.mix, **self.mix}}
        if self.rows is not None:
            changed["rows"] = self.rows
            # That its rows are others does not change how many are generated.
            changed["count"] = None if section.singleton else section.row_count
        if self.count is not None and self.total is None:
            changed["count"] = self.count
        return section.model_copy(update=changed)

    def checked(self, section: ResourceSection) -> ResourceSection:
        """As `apply`, with a count that can be checked as that of a resource."""
        applied = self.apply(section)
        return applied if self.total is None else applied.model_copy(update={"count": self.total})


Changes: TypeAlias = Mapping[str, Change]
"""By the names of the resources."""


def gather(line: Sequence[tuple[str, ScenarioSection]]) -> dict[str, Change]:
    """The changes of a scenario; `line` are it and those that it extends, with their names, the nearest first."""
    changes: dict[str, Change] = {}
    for name, section in reversed(line):
        for resource, said in section.data.items():
            _take_in(changes.setdefault(resource, Change()), said, name)
    return changes


def _take_in(change: Change, said: DataSection, name: str) -> None:
    if said.count is not None:
        change.count, change.said_by["count"] = said.count, name
    if said.rows is not None:
        change.rows, change.said_by["rows"] = said.rows, name
    for trait, share in said.mix.items():
        change.mix[trait], change.said_by["mix"] = share, name


def noting(report: Report, scenario: str, changes: Changes) -> Note:
    """Notes what is wrong with a definition that is changed, at the part of the scenario that makes it so."""

    def note(where: Where, problem: str, hint: str = "", /, *, key: bool = False) -> None:
        _, resource, *steps = where
        change = changes.get(str(resource))
        by = change.said_by.get(str(steps[0])) if change is not None and steps else None
        if by is not None:
            report.add(("scenarios", by, "data", *where[1:]), problem, hint, key=key)
            return
        place: Where = ("scenarios", scenario, "data", resource)
        dotted = ".".join(str(step) for step in (resource, *steps) if step != "fields")
        if change is None:
            hint = f"change '{resource}' too, e.g. {resource}: {{count: 0}}"
        report.add(place, f"'{dotted}' can't be then: {problem}", hint, key=change is not None)

    return note
