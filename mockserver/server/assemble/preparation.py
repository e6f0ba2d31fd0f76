"""Files to a checked definition with its data. Everything that is wrong is found here, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mockserver.conventions.base import conventions
from mockserver.conventions.styled import check_style, convention_of
from mockserver.definitions.compose import compose
from mockserver.definitions.load import Report, read_definition
from mockserver.definitions.model import CoreDefinition, Name
from mockserver.definitions.source import Source, read_source
from mockserver.errors import GenerationError
from mockserver.faults.fault import Fault
from mockserver.faults.load import read_faults
from mockserver.faults.preset import preset_faults, presets
from mockserver.faults.section import FaultName, FaultSection
from mockserver.generation.build import build_schema
from mockserver.generation.draft import Draft
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fakes import Fakes
from mockserver.generation.generate import Generation
from mockserver.generation.generator import generators
from mockserver.generation.rows import check_references, check_rows
from mockserver.generation.upload import below_root
from mockserver.messages import Document
from mockserver.query.naming import check_spelling
from mockserver.realtime.channel.channel import Channel
from mockserver.realtime.channel.load import load_channels
from mockserver.realtime.channel.section import ChannelSection
from mockserver.realtime.feed_path import check_feed, feed_routes
from mockserver.rest.action.action import Action
from mockserver.rest.action.load import load_actions, routes_of_all
from mockserver.rest.action.section import ActionSection
from mockserver.rest.auth.check import read_policy
from mockserver.rest.auth.policy import Policy
from mockserver.rest.auth.section import AuthSection
from mockserver.rest.claim import claims_of
from mockserver.rest.media import locating
from mockserver.sandbox.scenario.check import Known, check_scenarios
from mockserver.sandbox.scenario.load import TRIED_ROWS, load_scenarios
from mockserver.sandbox.scenario.scenario import Scenario
from mockserver.sandbox.scenario.section import ScenarioSection
from mockserver.sandbox.scenario.variant import Original
from mockserver.sandbox.seeded import Seeded, collect
from mockserver.sandbox.succession import Declared
from mockserver.server.assemble.beginning import Beginning


def definition_model() -> type[CoreDefinition]:
    """The model of a whole definition: core, generators, and the sections that layers have registered."""
    sections: dict[str, tuple[Any, Any]] = {
        "auth": (AuthSection, None),
        "actions": (dict[Name, ActionSection], {}),
        "channels": (dict[Name, ChannelSection], {}),
        "faults": (dict[FaultName, FaultSection], {}),
        "scenarios": (dict[Name, ScenarioSection], {}),
    }
    return compose(dict(generators.items()), sections, (ActionSection,))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A definition that was found good, with its schema and its rows."""

    seeded: Seeded
    sections: Mapping[str, Any]
    """The resources as they are declared."""
    policy: Policy | None = None
    actions: tuple[Action, ...] = ()
    channels: tuple[Channel, ...] = ()
    faults: Mapping[str, Fault] = field(default_factory=dict)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    """The definition as plain values, in the order written."""
    beginning: Beginning = field(default_factory=Beginning)
    """What else was asked for at the start."""

    def begun(self, beginning: Beginning) -> "Prepared":
        """The same, to begin as was asked for."""
        return replace(self, faults=beginning.declare(self.faults), beginning=beginning)

    @property
    def definition(self) -> CoreDefinition:
        """What is declared."""
        return self.seeded.definition

    @property
    def generation(self) -> Generation:
        """What the rows come from."""
        return self.seeded.generation

    @property
    def rows(self) -> Mapping[str, list[Document]]:
        """The rows by resource."""
        return self.seeded.rows

    @property
    def declared(self) -> Declared:
        """What tells this definition's data from another's."""
        return Declared(self.sections, self.rows)


class _Preparation:
    """The checks that need more than shape; what they make on the way is kept."""

    def __init__(self, source: Source, tried_rows: float) -> None:
        self._source = source
        self._declared = source.data.get("resources") or {}
        self._tried_rows = tried_rows
        self.seeded: Seeded | None = None
        self.faults: Mapping[str, Fault] = {}
        self.scenarios: Mapping[str, Scenario] = {}
        self.policy: Policy | None = None
        self.actions: tuple[Action, ...] = ()
        self.channels: tuple[Channel, ...] = ()

    def data(self, definition: CoreDefinition, report: Report) -> None:
        """Fields, relations and rows make sense, and every value can be generated."""
        fakes = Fakes(definition.locales, definition.clock)
        try:
            fakes.check_locales()
        except FakeError as error:
            report.add(("locale",), error.problem, error.hint)
            return
        # That there is none of that name is noted already, and nothing that stands on it is looked at.
        convention = convention_of(definition.api) if definition.api.manner.like in conventions.names() else None
        locate = below_root if convention is None else locating(definition, convention)
        drafting = Draft(definition, fakes, self._declared, report.add, locate)
        try:
            schema = build_schema(definition, fakes, self._declared, report.add, locate)
            check_rows(schema, report.add)
            if convention is not None:
                check_spelling(schema, convention.case, report.add)
                schema = schema.loosened() if convention.lenient else schema
                self.actions = load_actions(schema, convention, drafting, report)
                known, feed = routes_of_all(self.actions), feed_routes(definition.api)
                self.policy = read_policy(definition, schema, convention, known, report, beside=feed)
                claims = tuple(claims_of(self.actions, self.policy, convention, definition.api))
                check_feed(definition, schema, convention, claims, report)
                self.channels = load_channels(definition, schema, convention, claims, report)
            faults: Mapping[str, FaultSection] = getattr(definition, "faults")  # noqa: B009 - of a composed model
            self.faults = read_faults(faults, preset_faults(), self._declared, report)
            scenarios: Mapping[str, ScenarioSection] = getattr(definition, "scenarios")  # noqa: B009 - as above
            check_scenarios(scenarios, self._known(), report)
            if report.problems:
                return
            generation = Generation(definition, schema, fakes)
            rows = {**generation.documents(), **self._source.rows}
            check_references(generation, rows, report.add)
            failures = generation.failures
            if not failures and not report.problems:
                self.seeded = collect(definition, generation, rows)
                original = Original(self.seeded, fakes, self._declared, self._source.rows)
                self.scenarios = load_scenarios(scenarios, original, report, self._tried_rows)
        except GenerationError as error:
            failures = [error]
        for failure in failures:
            report.add(failure.path.split("."), failure.problem, failure.hint)

    def _known(self) -> Known:
        """The names that scenarios may name."""
        users = _names_in(self._source.data.get("auth"), "users")
        faults = [*_names_in(self._source.data, "faults"), *presets]
        return Known(_names_in(self._source.data, "scenarios"), self._declared, faults, users)


def _names_in(section: object, key: str) -> list[str]:
    """The names below a key, as far as there are any."""
    named = section.get(key) if isinstance(section, dict) else None
    return [str(name) for name in named] if isinstance(named, dict) else []


def prepare(source: Source, changes: Mapping[str, Any] | None = None, tried_rows: float = TRIED_ROWS) -> Prepared:
    """A source to a definition with its data. *Raises* `DefinitionError` with everything that is wrong.

    Whether the data of scenarios can be is tried out as long as that takes no more than so many rows.
    """
    checks = _Preparation(source, tried_rows)
    read_definition(source, definition_model(), (check_style, checks.data), changes)
    assert checks.seeded is not None  # noqa: S101 - a definition without problems has been generated
    declared = source.data.get("resources") or {}
    written = {**source.data, **(changes or {})}
    return Prepared(
        checks.seeded,
        declared,
        checks.policy,
        checks.actions,
        checks.channels,
        faults=checks.faults,
        scenarios=checks.scenarios,
        written=written,
    )


def load_prepared(
    paths: Sequence[Path], seed: int | None = None, convention: str | None = None, tried_rows: float = TRIED_ROWS
) -> Prepared:
    """The checked definition and data of files or folders, as `prepare`. *Raises* `DefinitionError`."""
    source = read_source(list(paths))
    return prepare(source, override(source, seed, convention), tried_rows)


def override(source: Source, seed: int | None, convention: str | None) -> dict[str, Any]:
    """What options change of the top level of a definition."""
    changes: dict[str, Any] = {} if seed is None else {"seed": seed}
    if convention is not None:
        api = source.data.get("api")
        changes["api"] = {**(api if isinstance(api, dict) else {}), "convention": convention}
    return changes
