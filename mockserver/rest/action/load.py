"""Actions from their sections: every name, route and step checked while loading, and noted where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.field import FieldRules
from mockserver.definitions.load import Report
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import RoutePattern, routes_of
from mockserver.formula.formula import Formula, Loading, Where
from mockserver.formula.names import ALWAYS, TEXT, Meaning, Names, named_rows
from mockserver.generation.draft import Draft
from mockserver.generation.form import build_form
from mockserver.generation.schema import Resource, Schema
from mockserver.generation.shape import Shape
from mockserver.rest.action.action import Action, Doing
from mockserver.rest.action.intake import Intake
from mockserver.rest.action.reply import load_replies
from mockserver.rest.action.section import ActionSection
from mockserver.rest.action.step import StepLoading
from mockserver.rest.job.plan import JOB, load_job
from mockserver.value import dataclass

_BODILESS = ("GET", "HEAD")

RESERVED: Final = frozenset((*ALWAYS, "body", "query", "row", "job", "elapsed_ms"))
"""Names that an action gives a meaning to by itself."""


@dataclass(slots=True)
class ActionLoading:
    """All actions of one definition being loaded."""

    definition: CoreDefinition
    schema: Schema
    convention: Styled
    draft: Draft
    report: Report
    taken: dict[tuple[str | None, str, tuple[str, ...]], str] = field(default_factory=dict)
    """The routes there are, whatever their parameters are called, with the action that has each."""

    def load(self) -> tuple[Action, ...]:
        """The actions; they may be used only when nothing was noted."""
        sections: Mapping[str, ActionSection] = getattr(self.definition, "actions", {})
        # Where a part was left out for being wrong, what is left says nothing, and stands at other places.
        broken = {tuple(one.path.split(".")[:2]) for one in self.report.problems}
        return tuple(
            self._action(name, section) for name, section in sections.items() if ("actions", name) not in broken
        )

    def _action(self, name: str, section: ActionSection) -> Action:
        loading, where = Loading(self.report, self.schema), ("actions", name)
        routes = routes_of(section.route)
        self._check_routes(name, section.application, routes, (*where, "route"))
        known = self._known(routes, where)
        names = Names(self.schema, {**named_rows(self.schema), **ALWAYS, **known})
        query = self._intake(loading, section, "query", where, names)
        if section.query is not None:
            names = names.plus({"query": _shape(query.resource)})
        body = None
        if section.body is not None:
            body = self._intake(loading, section, "body", where, names)
            names = names.plus({"body": _shape(body.resource)})
            if all(route.method in _BODILESS for route in routes):
                self.report.add((*where, "body"), "a GET has no body", "use 'query', or another method", key=True)
        doings, given = self._doings(loading, section, where, names, frozenset((*RESERVED, *known)))
        names = names.plus(given)
        job = None if section.job is None else load_job(loading, name, (*where, "job"), section.job, names)
        if job is not None:
            names = names.plus({JOB: job.resource})
            if job.cancelling is not None:
                place = (*where, "job", "cancel")
                self._check_routes(f"{name}.cancel", section.application, job.cancelling.routes, place)
        is_list = isinstance(section.reply, list)
        replies = load_replies(loading, (*where, "reply"), section.replies, names, is_list=is_list)
        lists = any(step.reads_window for step in section.do)
        return Action(name, section, routes, body, query, doings, tuple(given), lists, job, replies)

    def _known(self, routes: Sequence[RoutePattern], where: Where) -> dict[str, Meaning]:
        """The parameters of the paths."""
        known: dict[str, Meaning] = {}
        for route in routes:
            for name in route.names:
                if name in RESERVED:
                    self.report.add((*where, "route"), f"':{name}' means something else in expressions", "rename it")
                known[name] = TEXT
        return known

    def _doings(
        self, loading: Loading, section: ActionSection, where: Where, names: Names, taken: frozenset[str]
    ) -> tuple[tuple[Doing, ...], dict[str, Meaning]]:
        """The steps, and the names they give."""
        doings: list[Doing] = []
        given: dict[str, Meaning] = {}
        for place, one in enumerate(section.do):
            step = StepLoading(loading, (*where, "do", place), names.plus(given), taken)
            when = None if one.when is True else step.condition(one.when, "when")
            doings.append(Doing(when, one.load(step)))
            given |= step.given
        return tuple(doings), given

    def _intake(
        self, loading: Loading, section: ActionSection, kind: str, where: tuple[str, ...], names: Names
    ) -> Intake:
        """What the action declares to read of a body or query."""
        fields: Mapping[str, FieldRules] = getattr(section, kind) or {}
        strict = self.definition.api.strict if section.strict is None else section.strict
        form = build_form(self.draft, self.schema, kind, (*where, kind), fields)
        inside = names.plus({name: one.shape for name, one in form.attributes.items()})
        defaults: dict[str, Formula] = {}
        for name, attribute in form.attributes.items():
            value = attribute.rules.default
            if value is None:
                continue
            at = (*where, kind, name, "default")
            defaults[name] = loading.formula(value, at, inside)
            for flaw in attribute.flaws(value) if "${" not in repr(value) else ():
                loading.note((*at, *flaw.where), f"the value {flaw.detail}")
        return Intake(form, defaults, strict)

    def _check_routes(
        self, name: str, application: str | None, routes: Sequence[RoutePattern], where: tuple[str | int, ...]
    ) -> None:
        """Note routes that can't match, and those that another action has."""
        for place, route in enumerate(routes):
            at = (*where, place) if len(routes) > 1 else where
            at = (*where, "route", *at[len(where) :]) if where[-1] == "cancel" else at
            if any(mark in route.path for mark in "?#%"):
                self.report.add(
                    at, f"'{route.path}' never matches", "write the path decoded, and parameters as 'query'"
                )
            prefix = self._prefix_of(route, application)
            if prefix:
                hint = f"{route.method} {route.path.removeprefix(prefix)}"
                self.report.add(at, f"'{route.path}' stands below the prefix {prefix} already", f"write {hint}")
            anonymous = tuple(":" if step[0] == ":" else step for step in route.steps)
            other = self.taken.setdefault((application, route.method, anonymous), name)
            if other != name:
                self.report.add(at, f"'{route}' is the route of '{other}' already", "give each its own")

    def _prefix_of(self, route: RoutePattern, application: str | None) -> str:
        """The prefix of the action where its route begins with it."""
        api = self.definition.api
        prefixes = self.convention.prefixes(api.version, application or api.application)
        return next((one for one in prefixes if one and f"{route.path}/".startswith(f"{one}/")), "")


def _shape(form: Resource) -> Shape:
    return Shape("object", properties={name: attribute.shape for name, attribute in form.attributes.items()})


def load_actions(schema: Schema, convention: Styled, draft: Draft, report: Report) -> tuple[Action, ...]:
    """The actions of a definition. They may be used only when nothing was noted in the report."""
    return ActionLoading(draft.definition, schema, convention, draft, report).load()
