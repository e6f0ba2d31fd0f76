"""The routes that a definition takes beside those of its resources: by its actions, and by its login."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mockserver.conventions.styled import Styled
from mockserver.definitions.manner import ApiSection
from mockserver.definitions.pattern import Claim

if TYPE_CHECKING:
    from mockserver.rest.action.action import Action
    from mockserver.rest.auth.policy import Policy


def claims_of(
    actions: "Sequence[Action]", policy: "Policy | None", convention: Styled, api: ApiSection
) -> Iterator[Claim]:
    """Every route, with what has it and where that stands in the definition."""
    for action in actions:
        prefixes = convention.prefixes(api.version, action.section.application or api.application)
        said, where = f"the action '{action.name}'", ("actions", action.name)
        yield from (Claim(route, prefixes, said, (*where, "route")) for route in action.routes)
        if action.job is not None and action.job.cancelling is not None:
            cancel = (*where, "job", "cancel")
            yield from (Claim(route, prefixes, said, cancel) for route in action.job.cancelling.routes)
    if policy is not None:
        for key, spot in policy.entrance.spots().items():
            said, place = f"'{key}' of the login", ("auth", "login", key)
            yield from (Claim(route, spot.prefixes, said, place) for route in spot.routes)
