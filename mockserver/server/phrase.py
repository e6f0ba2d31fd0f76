"""Status lines with the reason phrases of RFC 9110."""

from http.client import responses
from typing import Final

_NEWER: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""Phrases that RFC 9110 changed and older Pythons do not know."""


def status_line(status: int) -> str:
    """Code and phrase as they go on the wire; a code without a phrase stands alone."""
    return f"{status} {_NEWER.get(status) or responses.get(status, '')}"
