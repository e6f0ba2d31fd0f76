"""Checks the names and the scripts of scenarios, before anything is made of them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeAlias

from mockserver.definitions.load import Report
from mockserver.errors import suggestion
from mockserver.sandbox.scenario.section import SHORTEST_S, ScenarioSection
from mockserver.value import dataclass

AT: Final = "scenarios"
_DEEPEST: Final = 20
"""So many scenarios may one extend, each the next."""

Sections: TypeAlias = Mapping[str, ScenarioSection]


@dataclass(frozen=True, slots=True)
class Known:
    """The names that scenarios may name: as they are written, whether what they stand for is in order or not."""

    scenarios: Collection[str]
    resources: Collection[str]
    faults: Collection[str]
    """The definition's own and the presets."""
    users: Collection[str]


def check_scenarios(sections: Sections, known: Known, report: Report) -> None:
    """Note every name that leads nowhere, rings, and steps that are out of order or do nothing."""
    broken = {tuple(one.path.split(".")[:2]) for one in report.problems}
    for name, section in sections.items():
        at = (AT, name)
        if section.extends is not None and section.extends not in known.scenarios:
            hint = suggestion(section.extends, known.scenarios)
            report.add((*at, "extends"), f"there is no scenario '{section.extends}'", hint)
        for resource in section.data:
            if resource not in known.resources:
                hint = suggestion(resource, known.resources)
                report.add((*at, "data", resource), f"there is no resource '{resource}'", hint, key=True)
        for where, called in _faults(section):
            if called not in known.faults:
                hint = suggestion(called, known.faults)
                report.add((*at, *where), f"there is no fault '{called}', and no preset", hint)
        for where, user in _users(section):
            if user not in known.users:
                hint = suggestion(user, known.users) if known.users else "declare it: auth: {users: …}"
                report.add((*at, *where), f"there is no user '{user}'", hint)
        # Where a part was left out for being wrong, what is left says something else.
        if at not in broken:
            _check_script(at, section, report)
    _check_lines(sections, report)


def _faults(section: ScenarioSection) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The faults that a scenario names, and where."""
    for place, name in enumerate(section.faults or ()):
        yield ("faults", place), name
    for number, step in enumerate(section.script):
        for place, name in enumerate(step.faults or ()):
            yield ("script", number, "faults", place), name


def _users(section: ScenarioSection) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if section.user is not None:
        yield ("user",), section.user
    for number, step in enumerate(section.script):
        if step.user is not None:
            yield ("script", number, "user"), step.user


def _check_script(at: tuple[str, str], section: ScenarioSection, report: Report) -> None:
    before_s = 0.0
    for number, step in enumerate(section.script):
        where = (*at, "script", number)
        if step.is_idle:
            report.add(where, "a step that does nothing", "it has any of faults, say, user, publish")
        if step.at.seconds < before_s:
            report.add((*where, "at"), "comes before the step above it", "put steps in the order of time")
        before_s = max(before_s, step.at.seconds)
    if section.loop is False:
        return
    if not section.script:
        report.add((*at, "loop"), "there is no script that could begin anew", "script: [{at: 10s, say: …}]")
    elif section.loop is True and before_s < SHORTEST_S:
        problem = f"begins anew with its last step, which comes within {SHORTEST_S * 1000:.0f}ms"
        report.add((*at, "loop"), problem, "let the last step come later, or say how long a round takes: loop: 30s")
    elif section.loop is not True and section.loop.seconds < before_s:
        problem = "a round ends before the last step"
        report.add((*at, "loop"), problem, f"at least {before_s:g}s, or true")


def _check_lines(sections: Sections, report: Report) -> None:
    """That what scenarios extend comes to an end, and soon."""
    told: set[str] = set()
    for name in sections:
        line = [name]
        while (other := sections[line[-1]].extends) is not None and other in sections and len(line) <= _DEEPEST + 1:
            if other in line:
                ring = line[line.index(other) :]
                if told.isdisjoint(ring):
                    said = " → ".join((*ring, other))
                    report.add((AT, other, "extends"), f"scenarios extend one another: {said}", "one of them must not")
                told.update(ring)
                break
            line.append(other)
        else:
            if len(line) > _DEEPEST + 1:
                problem = f"extends more than {_DEEPEST} others, each the next"
                report.add((AT, name, "extends"), problem, "say more in fewer of them")
