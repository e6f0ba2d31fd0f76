"""Files to a checked definition with its data. Everything that is wrong is found here, at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import Field

from mockserver.conventions.base import conventions
from mockserver.conventions.styled import Styled, check_style, convention_of
from mockserver.definitions.compose import compose
from mockserver.definitions.load import Report, read_definition
from mockserver.definitions.model import CoreDefinition, Name
from mockserver.definitions.source import Source, read_source
from mockserver.errors import GenerationError
from mockserver.faults.fault import Fault
from mockserver.faults.load import read_faults
from mockserver.faults.preset import preset_faults, presets
from mockserver.faults.section import FaultName, FaultSection
from mockserver.faults.served import Served
from mockserver.generation.build import build_schema
from mockserver.generation.draft import Draft
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fakes import Fakes
from mockserver.generation.generate import Generation
from mockserver.generation.generator import generators
from mockserver.generation.rows import check_references, check_rows
from mockserver.generation.schema import Schema
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
        "auth": (AuthSection, Field(None, description="Users and what they may do.")),
        "actions": (dict[Name, ActionSection], Field({}, description="Routes of your own, by name.")),
        "channels": (dict[Name, ChannelSection], Field({}, description="Sockets of your own, by name.")),
        "faults": (dict[FaultName, FaultSection], Field({}, description="Failures to switch on, by name.")),
        "scenarios": (dict[Name, ScenarioSection], Field({}, description="Whole states to switch to, by name.")),
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
    served: Served = field(default_factory=lambda: Served({}))
    """What faults may refer to."""
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    """The definition as plain values, in the order written."""
    beginning: Beginning = field(default_factory=Beginning)
    """What else was asked for at the start."""

    def begun(self, beginning: Beginning) -> "Prepared":
        """The same, to begin as was asked for."""
        faults = beginning.declare(self.faults)
        return replace(self, faults=faults, scenarios=beginning.accompany(self.scenarios, faults), beginning=beginning)

    @property
    def first(self) -> Scenario | None:
        """The scenario that sandboxes begin in, if it is in any."""
        return self.scenarios.get(self.beginning.scenario)

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

    def __init__(self, source: Source, tried_rows: float, begins_in: str) -> None:
        self._source = source
        self._declared = source.data.get("resources") or {}
        self._tried_rows = tried_rows
        self._begins_in = begins_in
        self.seeded: Seeded | None = None
        self.faults: Mapping[str, Fault] = {}
        self.served = Served({})
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
        try:
            schema = self._read_schema(definition, fakes, report)
            self._read_switches(definition, report)
            if not report.problems:
                self._generate(definition, schema, fakes, report)
        except GenerationError as error:
            _note(error, report)

    def _read_schema(self, definition: CoreDefinition, fakes: Fakes, report: Report) -> Schema:
        """The resources, and what stands on them."""
        # That there is none of that name is noted already, and nothing that stands on it is looked at.
        convention = convention_of(definition.api) if definition.api.manner.like in conventions.names() else None
        locate = below_root if convention is None else locating(definition, convention)
        schema = build_schema(definition, fakes, self._declared, report.add, locate)
        check_rows(schema, report.add)
        self.served = Served(schema.resources, None)
        if convention is None:
            return schema
        check_spelling(schema, convention.case, report.add)
        schema = schema.loosened() if convention.lenient else schema
        self.actions = load_actions(
            schema, convention, Draft(definition, fakes, self._declared, report.add, locate), report
        )
        self._read_routes(definition, schema, convention, report)
        return schema

    def _read_routes(self, definition: CoreDefinition, schema: Schema, convention: Styled, report: Report) -> None:
        """What is served beside resources and actions, each on paths of its own; and who may ask for what."""
        known, feed = routes_of_all(self.actions), feed_routes(definition.api)
        self.policy = read_policy(definition, schema, convention, known, report, beside=feed)
        claims = tuple(claims_of(self.actions, self.policy, convention, definition.api))
        check_feed(definition, schema, convention, claims, report)
        self.channels = load_channels(definition, schema, convention, claims, report)
        beside = [claim.route for claim in claims]
        self.served = Served(schema.resources, self._users(), _prefixes(definition, convention), beside)

    def _read_switches(self, definition: CoreDefinition, report: Report) -> None:
        """Faults, and the names in scenarios."""
        faults: Mapping[str, FaultSection] = getattr(definition, "faults")  # noqa: B009 - of a composed model
        self.faults = read_faults(faults, preset_faults(), self.served, report)
        check_scenarios(_scenarios(definition), self._known(), report)

    def _users(self) -> Collection[str] | None:
        """The names that whoever asks may have; nothing where that may be any."""
        if self.policy is not None and self.policy.scheme.unseal is not None:
            return None
        return _names_in(self._source.data.get("auth"), "users")

    def _generate(self, definition: CoreDefinition, schema: Schema, fakes: Fakes, report: Report) -> None:
        """The rows, and those of scenarios."""
        generation = Generation(definition, schema, fakes)
        rows = {**generation.documents(), **self._source.rows}
        check_references(generation, rows, report.add)
        for failure in generation.failures:
            _note(failure, report)
        if not report.problems:
            self.seeded = collect(definition, generation, rows)
            original = Original(self.seeded, fakes, self._declared, self._source.rows)
            self.scenarios = load_scenarios(_scenarios(definition), original, report, self._tried_rows, self._begins_in)

    def _known(self) -> Known:
        """The names that scenarios may name."""
        users = _names_in(self._source.data.get("auth"), "users")
        faults = [*_names_in(self._source.data, "faults"), *presets]
        return Known(_names_in(self._source.data, "scenarios"), self._declared, faults, users)


def _prefixes(definition: CoreDefinition, convention: Styled) -> list[str]:
    """All prefixes below which there are resources."""
    api = definition.api
    applications = [api.application, *(one.application for one in definition.resources.values())]
    return list(dict.fromkeys(prefix for one in applications for prefix in convention.prefixes(api.version, one)))


def _scenarios(definition: CoreDefinition) -> Mapping[str, ScenarioSection]:
    """The scenarios of a composed model, as they are written."""
    found: Mapping[str, ScenarioSection] = getattr(definition, "scenarios")  # noqa: B009
    return found


def _note(failure: GenerationError, report: Report) -> None:
    report.add(failure.path.split("."), failure.problem, failure.hint)


def _names_in(section: object, key: str) -> list[str]:
    """The names below a key, as far as there are any."""
    named = section.get(key) if isinstance(section, dict) else None
    return [str(name) for name in named] if isinstance(named, dict) else []


def prepare(
    source: Source,
    changes: Mapping[str, Any] | None = None,
    tried_rows: float = TRIED_ROWS,
    begins_in: str = "",
) -> Prepared:
    """A source to a definition with its data. *Raises* `DefinitionError` with everything that is wrong.

    Whether the data of scenarios can be is tried out as long as that takes no more than so many rows, and in any case
    for the one that serving `begins_in`.
    """
    checks = _Preparation(source, tried_rows, begins_in)
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
        served=checks.served,
        scenarios=checks.scenarios,
        written=written,
    )


def load_prepared(
    paths: Sequence[Path],
    seed: int | None = None,
    convention: str | None = None,
    tried_rows: float = TRIED_ROWS,
    begins_in: str = "",
) -> Prepared:
    """The checked definition and data of files or folders, as `prepare`. *Raises* `DefinitionError`."""
    source = read_source(list(paths))
    return prepare(source, override(source, seed, convention), tried_rows, begins_in)


def override(source: Source, seed: int | None, convention: str | None) -> dict[str, Any]:
    """What options change of the top level of a definition."""
    changes: dict[str, Any] = {} if seed is None else {"seed": seed}
    if convention is not None:
        api = source.data.get("api")
        changes["api"] = {**(api if isinstance(api, dict) else {}), "convention": convention}
    return changes
