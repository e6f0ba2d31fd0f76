"""What a document can't say, as checks of our own: schemathesis finds this module by its configuration."""

import re
from typing import Any, Final

import schemathesis
from schemathesis import Case, CheckContext, Response

_REASONS: Final = re.compile(
    r"refers to an? [\w ]+ that does not exist"
    r"|There is no [\w ]+ with the id"
    r"|is taken"
    r"|is deleted for good"
    r"|The document has changed since you read it"
    r"|Idempotency.Key (was used for|is used by) another request"
    r"|The \w+ with the id \S+ is needed by"
)
"""Why a request may be refused that the document allows: because of what is stored."""


@schemathesis.check
def refused_for_what_is_stored(ctx: CheckContext, response: Response, case: "Case[Any]") -> None:
    """A valid request is refused for no other reason than what is stored."""
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if is_positive and response.status_code >= 400:
        assert _REASONS.search(response.text), f"a valid request was refused: {response.status_code} {response.text}"
