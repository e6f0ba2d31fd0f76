"""The parameters of a request to the control plane: none that is not known is taken."""

from collections.abc import Mapping
from typing import Final

from flask import request

from mockserver.errors import BadRequest, FieldError, sentence, suggestion
from mockserver.messages import read_query

ANY_NAME: Final = "*"
"""The name of a parameter that has any name."""


def verify_query(known: Mapping[str, bool]) -> None:
    """Nothing, where the query holds what is known alone, and once where not many may. *Raises* `BadRequest`."""
    seen: set[str] = set()
    for name, _ in given_query():
        own = name if name in known else f"{name[: name.find('.') + 1]}*"
        own = own if own in known or ANY_NAME not in known else ANY_NAME
        if own not in known:
            raise _wrong(name, "is not known here", f"; {suggestion(name, known)}" if known else "")
        if name in seen and not known[own]:
            raise _wrong(name, "stands several times")
        seen.add(name)


def given_query() -> tuple[tuple[str, str], ...]:
    """The parameters of the request at hand, in order. *Raises* `BadRequest`."""
    return read_query(request.query_string.decode("latin-1"))


def _wrong(name: str, detail: str, advice: str = "") -> BadRequest:
    return BadRequest(sentence(f"The parameter '{name}' {detail}{advice}"), [FieldError(detail, parameter=name)])
