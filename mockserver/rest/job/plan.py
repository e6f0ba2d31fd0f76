"""A job as it is declared, checked and ready to run: its moments, the ways it may end, how it is cancelled."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mockserver.definitions.pattern import RoutePattern, routes_of
from mockserver.definitions.quantity import Duration
from mockserver.errors import suggestion
from mockserver.formula.formula import Formula, Loading, Settings, Where
from mockserver.formula.names import TEXT, Meaning, Names
from mockserver.generation.schema import Resource
from mockserver.generation.shape import Shape
from mockserver.rest.job.moves import check_moves
from mockserver.rest.job.section import CancelSection, JobSection, MomentSection, OutcomeSection
from mockserver.value import dataclass

JOB: Final = "job"
"""The name of the job's document in expressions."""

_CANCELLED: Final = "cancel"


@dataclass(frozen=True, slots=True)
class Moment:
    """What changes so long after the job's document was made."""

    at: Duration
    settings: Settings


@dataclass(frozen=True, slots=True)
class Ending:
    """One way to end, with the moments that lead to it alone."""

    last: Moment
    timeline: tuple[Moment, ...]
    when: Formula | None
    weight: float


@dataclass(frozen=True, slots=True)
class Cancelling:
    """How a job is cancelled, and what is answered."""

    routes: tuple[RoutePattern, ...]
    settings: Settings
    message: Formula
    body: Formula | None


@dataclass(frozen=True, slots=True)
class JobPlan:
    """The job of one action; `fields` are those that change as it goes on, `ends` the ways expressions take then."""

    action: str
    resource: Resource
    settings: Settings
    timeline: tuple[Moment, ...]
    endings: tuple[Ending, ...]
    cancelling: Cancelling | None
    expire: Duration | None
    fields: tuple[str, ...]
    ends: frozenset[tuple[str, ...]]

    def moments(self, ending: Ending | None) -> list[Moment]:
        """Everything that happens when the job ends so, in order: nothing comes after the end."""
        if ending is None:
            return list(self.timeline)
        before = [one for one in (*self.timeline, *ending.timeline) if _length(one.at) < _length(ending.last.at)]
        same = [one for one in (*self.timeline, *ending.timeline) if _length(one.at) == _length(ending.last.at)]
        return [*sorted(before, key=lambda one: _length(one.at)), *same, ending.last]


def _length(duration: Duration) -> float:
    """A duration in seconds, for comparison: a year of 365 days is near enough."""
    return duration.seconds + duration.years * 31_536_000.0


def load_job(loading: Loading, action: str, where: Where, section: JobSection, names: Names) -> JobPlan | None:
    """The plan of a job. Noted: whatever can't work."""
    resource = loading.resource(section.resource, (*where, "resource"))
    if resource is None:
        return None
    walking = names.plus({JOB: resource, "elapsed_ms": Shape("integer")})
    load = _JobLoading(loading, resource, walking)
    timeline = load.moments(section.timeline, (*where, "timeline"))
    endings = tuple(load.ending(one, (*where, "outcomes", name)) for name, one in section.outcomes.items())
    if endings and all(one.when is None and not one.weight for one in endings):
        loading.note((*where, "outcomes"), "has no weight above 0")
    if section.expire is not None:
        load.check_length(section.expire, (*where, "expire"))
    cancelling = load.cancelling(section.cancelling, (*where, "cancel")) if section.cancelling is not None else None
    settings = loading.settings(section.set, resource, (*where, "set"), names)
    plan = JobPlan(
        action, resource, settings, timeline, endings, cancelling, section.expire,
        _fields(timeline, endings, cancelling), _ends(timeline, endings, cancelling),
    )  # fmt: skip
    check_moves(loading, where, section, resource)
    return plan


def _fields(timeline: Sequence[Moment], endings: Sequence[Ending], cancelling: Cancelling | None) -> tuple[str, ...]:
    changes = _changes(timeline, endings, cancelling)
    return tuple(dict.fromkeys(name for one in changes for name in one.formulas))


def _ends(
    timeline: Sequence[Moment], endings: Sequence[Ending], cancelling: Cancelling | None
) -> frozenset[tuple[str, ...]]:
    formulas = [formula for one in _changes(timeline, endings, cancelling) for formula in one.formulas.values()]
    if cancelling is not None:
        formulas += [cancelling.message, *([cancelling.body] if cancelling.body is not None else [])]
    return frozenset(way for formula in formulas for way in formula.ends)


def _changes(timeline: Sequence[Moment], endings: Sequence[Ending], cancelling: Cancelling | None) -> list[Settings]:
    """All that is set after the job was made."""
    changing = [*timeline, *(moment for one in endings for moment in (*one.timeline, one.last))]
    return [one.settings for one in changing] + ([cancelling.settings] if cancelling is not None else [])


@dataclass(frozen=True, slots=True)
class _JobLoading:
    loading: Loading
    resource: Resource
    names: Names

    def settings(self, given: Mapping[str, Any], where: Where) -> Settings:
        if self.resource.id.name in given:
            self.loading.note((*where, self.resource.id.name), "an id never changes", "leave it out", key=True)
        return self.loading.settings(given, self.resource, where, self.names)

    def moments(self, sections: Sequence[MomentSection], where: Where) -> tuple[Moment, ...]:
        made: list[Moment] = []
        for place, section in enumerate(sections):
            at = (*where, place)
            self.check_length(section.at, (*at, "at"))
            if made and _length(section.at) < _length(made[-1].at):
                self.loading.note((*at, "at"), "comes before the moment above it", "put moments in the order of time")
            made.append(Moment(section.at, self.settings(section.set, (*at, "set"))))
        return tuple(made)

    def ending(self, section: OutcomeSection, where: Where) -> Ending:
        self.check_length(section.at, (*where, "at"))
        when = None if section.when is None else self.loading.condition(section.when, (*where, "when"), self.names)
        timeline = self.moments(section.timeline, (*where, "timeline"))
        for place, moment in enumerate(timeline):
            if _length(moment.at) > _length(section.at):
                problem = "never happens: this outcome has ended by then"
                self.loading.note((*where, "timeline", place, "at"), problem, "give the outcome a later 'at'")
        return Ending(Moment(section.at, self.settings(section.set, (*where, "set"))), timeline, when, section.weight)

    def cancelling(self, section: CancelSection, where: Where) -> Cancelling:
        routes = routes_of(section.route)
        known: dict[str, Meaning] = {name: TEXT for route in routes for name in route.names}
        for name in known:
            if name not in self.resource.attributes:
                problem = f"':{name}' is not a field of '{self.resource.name}', so that no job is found by it"
                self.loading.note(where, problem, suggestion(name, self.resource.attributes))
        if not known:
            self.loading.note(where, "names no job", f"e.g. POST /{self.resource.name}/:id/cancel")
        settings = self.settings(section.set, (*where, "set")) if section.set else self._cancelled(where)
        message = self.loading.formula(section.message, (*where, "message"), self.names)
        body = None if section.body is None else self.loading.formula(section.body, (*where, "body"), self.names)
        return Cancelling(routes, settings, message, body)

    def _cancelled(self, where: Where) -> Settings:
        """What a cancellation sets unless it says: the state, or status, that begins with `cancel`."""
        states = self.resource.section.states
        field = states.field if states is not None else "status"
        attribute = self.resource.attributes.get(field)
        choices = attribute.shape.choices if attribute is not None else ()
        found = next((one for one in choices if str(one).lower().startswith(_CANCELLED)), None)
        if found is None:
            hint = "e.g. {route: …, set: {status: cancelled}}"
            self.loading.note(where, f"does not say what '{self.resource.name}' become when they are cancelled", hint)
            return Settings({})
        return Settings({field: self.loading.formula(found, where, self.names)})

    def check_length(self, duration: Duration, where: Where) -> None:
        if _length(duration) < 0:
            self.loading.note(where, "lies before the job", "count from the moment the job was made")
