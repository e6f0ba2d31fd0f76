"""Status lines as they go on the wire."""

from mockserver.errors import phrase_of


def status_line(status: int) -> str:
    """Code and phrase; a code without a phrase stands alone."""
    return f"{status} {phrase_of(status)}"
