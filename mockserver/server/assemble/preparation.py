"""Files to a checked definition with its data. Everything that is wrong is found here, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.conventions.base import conventions
from mockserver.conventions.styled import check_style, convention_of
from mockserver.definitions.compose import compose
from mockserver.definitions.load import Report, read_definition
from mockserver.definitions.model import CoreDefinition, Name
from mockserver.definitions.source import Source, read_source
from mockserver.errors import GenerationError
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
from mockserver.sandbox.succession import Declared


def definition_model() -> type[CoreDefinition]:
    """The model of a whole definition: core, generators, and the sections that layers have registered."""
    sections: dict[str, tuple[Any, Any]] = {
        "auth": (AuthSection, None),
        "actions": (dict[Name, ActionSection], {}),
        "channels": (dict[Name, ChannelSection], {}),
    }
    return compose(dict(generators.items()), sections, (ActionSection,))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A definition that was found good, with its schema and its rows."""

    definition: CoreDefinition
    generation: Generation
    rows: Mapping[str, list[Document]]
    sections: Mapping[str, Any]
    """The resources as they are declared."""
    policy: Policy | None = None
    actions: tuple[Action, ...] = ()
    channels: tuple[Channel, ...] = ()

    @property
    def declared(self) -> Declared:
        """What tells this definition's data from another's."""
        return Declared(self.sections, self.rows)


class _Preparation:
    """The checks that need more than shape; what they make on the way is kept."""

    def __init__(self, source: Source) -> None:
        self._declared = source.data.get("resources") or {}
        self._given = source.rows
        self.generation: Generation | None = None
        self.rows: Mapping[str, list[Document]] = {}
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
            if report.problems:
                return
            self.generation = Generation(definition, schema, fakes)
            self.rows = {**self.generation.documents(), **self._given}
            check_references(schema, self.rows, report.add)
            failures = self.generation.failures
        except GenerationError as error:
            failures = [error]
        for failure in failures:
            report.add(failure.path.split("."), failure.problem, failure.hint)


def prepare(source: Source, changes: Mapping[str, Any] | None = None) -> Prepared:
    """A source to a definition with its data. *Raises* `DefinitionError` with everything that is wrong."""
    checks = _Preparation(source)
    definition = read_definition(source, definition_model(), (check_style, checks.data), changes)
    assert checks.generation is not None  # noqa: S101 - a definition without problems has been generated
    declared = source.data.get("resources") or {}
    return Prepared(
        definition, checks.generation, checks.rows, declared, checks.policy, checks.actions, checks.channels
    )


def load_prepared(paths: Sequence[Path], seed: int | None = None, convention: str | None = None) -> Prepared:
    """The checked definition and data of files or folders. *Raises* `DefinitionError`."""
    source = read_source(list(paths))
    changes: dict[str, Any] = {} if seed is None else {"seed": seed}
    if convention is not None:
        api = source.data.get("api")
        changes["api"] = {**(api if isinstance(api, dict) else {}), "convention": convention}
    return prepare(source, changes)
