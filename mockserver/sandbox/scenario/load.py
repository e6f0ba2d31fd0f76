"""The section `scenarios` to scenarios, once the names in it are known to lead somewhere; tries whether rows can be."""

from collections.abc import Iterator
from typing import TypeAlias

from mockserver.definitions.load import Report
from mockserver.generation.draft import Note
from mockserver.sandbox.scenario.change import gather, noting
from mockserver.sandbox.scenario.check import Sections
from mockserver.sandbox.scenario.scenario import Scenario, read_scenario
from mockserver.sandbox.scenario.section import ScenarioSection
from mockserver.sandbox.scenario.variant import Original, Variant

Line: TypeAlias = tuple[tuple[str, ScenarioSection], ...]


def load_scenarios(
    sections: Sections, original: Original, report: Report, tried_rows: float, begins_in: str
) -> dict[str, Scenario]:
    """The scenarios of a definition in which every name leads somewhere; they are good only when nothing was noted.

    `tried_rows` are how many rows may be generated to find that out. Those of the one that serving `begins_in` are
    generated however many they are.
    """
    scenarios: dict[str, Scenario] = {}
    for name, line in _in_order(sections):
        own = line[0][1]
        if not own.data and own.extends is not None:
            variant = scenarios[own.extends].variant
        else:
            changes = gather(line)
            variant, note = Variant(name, original, changes), noting(report, name, changes)
            if changes:
                tried_rows -= _look_at(variant, note, report, tried_rows)
        scenarios[name] = read_scenario(name, tuple(section for _, section in line), variant)
    if begins_in in scenarios and not report.problems:
        variant = scenarios[begins_in].variant
        if variant.most_rows:
            variant.attempt(noting(report, variant.scenario, variant.changes))
    return {name: scenarios[name] for name in sections}


def _look_at(variant: Variant, note: Note, report: Report, tried_rows: float) -> int:
    """Note what is wrong with a variant, its rows tried as far as they are not too many; how many were."""
    before, rows = len(report.problems), 0
    variant.check(note)
    if len(report.problems) == before and variant.most_rows <= tried_rows:
        rows = variant.most_rows
        variant.attempt(note)
    return rows


def _in_order(sections: Sections) -> Iterator[tuple[str, Line]]:
    """Each scenario with those that it extends, after them."""
    done: set[str] = set()
    for name in sections:
        line = [(name, sections[name])]
        while (extended := line[-1][1].extends) is not None:
            line.append((extended, sections[extended]))
        for place in reversed(range(len(line))):
            if line[place][0] not in done:
                done.add(line[place][0])
                yield line[place][0], tuple(line[place:])
