"""Checks the `states` of a resource: a field of known values, and moves between them."""

from typing import Any

from mockserver.errors import suggestion
from mockserver.generation.draft import Draft
from mockserver.generation.schema import Resource


def check_states(draft: Draft, resource: Resource) -> None:
    """Note everything that is wrong in the `states` of a resource."""
    states = resource.section.states
    if states is None:
        return
    where = ("resources", resource.name, "states")
    attribute = resource.attributes.get(states.field)
    if attribute is None:
        hint = suggestion(states.field, resource.attributes)
        draft.note((*where, "field"), f"'{states.field}' is not a field of '{resource.name}'", hint)
        return
    choices = attribute.shape.choices
    if not choices:
        problem = f"'{states.field}' is no enum, so that its states are not known"
        draft.note((*where, "field"), problem, "e.g. {enum: [open, closed]}")
        return
    begun = [((*where, "moves", state), state) for state in states.moves]
    named: list[tuple[tuple[str | int, ...], Any]] = []
    for state, following in states.moves.items():
        named += [((*where, "moves", state, place), one) for place, one in enumerate(following)]
    named += [((*where, "initial", place), one) for place, one in enumerate(states.initial or ())]
    for is_key, (place, state) in (*((True, one) for one in begun), *((False, one) for one in named)):
        if state not in choices:
            hint = suggestion(str(state), map(str, choices))
            draft.note(place, f"'{state}' is no state of '{states.field}'", hint, key=is_key)
    default = attribute.rules.default
    is_said = default is not None and "${" not in str(default)
    if states.initial is not None and is_said and default not in states.initial:
        problem = f"the default of '{states.field}' is no state to begin in"
        draft.note((*where, "initial"), problem, f"add {default}, or change the default")
