"""Checks that the moments of a job keep to the `states` of its resource, as far as constants tell."""

from typing import Any

from mockserver.formula.formula import Loading, Where
from mockserver.generation.schema import Resource
from mockserver.rest.job.section import JobSection, MomentSection
from mockserver.rest.transition import refused_move


def check_moves(loading: Loading, where: Where, section: JobSection, resource: Resource) -> None:
    """Note every moment that would move a state otherwise than `states` lists."""
    states = resource.section.states
    if states is None:
        return
    attribute = resource.attributes.get(states.field)
    begun = section.set.get(states.field, attribute.rules.default if attribute is not None else None)
    state = _walk(loading, resource, (*where, "timeline"), section.timeline, begun)
    for name, outcome in section.outcomes.items():
        inside = (*where, "outcomes", name)
        led = _walk(loading, resource, (*inside, "timeline"), outcome.timeline, state)
        _step(loading, resource, (*inside, "set"), outcome.set, led)


def _walk(loading: Loading, resource: Resource, where: Where, moments: list[MomentSection], state: Any) -> Any:
    for place, moment in enumerate(moments):
        state = _step(loading, resource, (*where, place, "set"), moment.set, state)
    return state


def _step(loading: Loading, resource: Resource, where: Where, given: dict[str, Any], state: Any) -> Any:
    """The state after a moment; nothing where it can't be told."""
    states = resource.section.states
    if states is None or states.field not in given:
        return state
    after = given[states.field]
    if _is_open(state) or _is_open(after):
        return None if _is_open(after) else after
    if refused := refused_move(states, state, after):
        loading.note((*where, states.field), f"'{states.field}' {refused}", f"see resources.{resource.name}.states")
    return after


def _is_open(state: Any) -> bool:
    return state is None or (isinstance(state, str) and "${" in state)
