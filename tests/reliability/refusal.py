"""What a document can't say, as a check of our own; schemathesis finds this module by its configuration."""

import re
from typing import Any, Final

import schemathesis
from schemathesis import Case, CheckContext, Response

_REASONS: Final = re.compile(
    r"refers to an? [\w ]+ that does not exist"
    r"|There is no [\w ]+ with the id"
    r"|is taken"
    r"|is deleted for good"
    r"|can't be deleted: "
    r"|has more than 20 steps"
)
"""Why a request may be refused that the document allows: what is stored, and how many steps of an order name any."""
_REFUSED: Final = 400
_BY_WHO_ASKS: Final = (401, 403)
_BY_DEFINITION: Final = {"actions", "login"}
"""The tags of operations whose refusals are a definition's own words."""


@schemathesis.check
def refused_for_what_is_stored(ctx: CheckContext, response: Response, case: "Case[Any]") -> None:
    """A valid request is refused for no other reason than what is stored, or who asks."""
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    is_known = response.status_code in _BY_WHO_ASKS or not _BY_DEFINITION.isdisjoint(case.operation.tags or ())
    if is_positive and response.status_code >= _REFUSED and not is_known:
        assert _REASONS.search(response.text), f"a valid request was refused: {response.status_code} {response.text}"
