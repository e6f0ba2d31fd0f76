"""What goes wrong between a test and its server, each in words that say what to do."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_UNAUTHORIZED: Final = 401


class MockServerError(Exception):
    """The server refused: its `status` and reason, and `errors`, each with the `pointer` or `parameter` it is about."""

    def __init__(self, message: str, status: int = 0, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.errors = tuple(errors)


class ServerFailed(MockServerError):
    """A server did not start; the message is what it said, for a definition with problems what the checker says."""


class ServerGone(MockServerError):
    """Nothing answers any more; the message has the last lines of the log where the server was started here."""


def refusal(status: int, problem: Any) -> MockServerError:
    """The error for an answer of RFC 9457: its reason, and a line for each value where that says more."""
    problem = problem if isinstance(problem, dict) else {}
    errors = [one for one in problem.get("errors") or () if isinstance(one, dict)]
    lines = [str(problem.get("detail") or f"The server refused with {status}, and gave no reason.")]
    if status == _UNAUTHORIZED:
        lines += ["It is taken from MOCKSERVER_TOKEN, or given as `token`."]
    if len(errors) > 1:
        lines += [f"  {one.get('pointer') or one.get('parameter') or 'body'}  {one.get('detail')}" for one in errors]
    return MockServerError("\n".join(lines), status, errors)


def with_names(error: MockServerError, known: Mapping[str, Sequence[Mapping[str, Any]]]) -> MockServerError:
    """The same error, which also says what there is: things that have a `name`, under words for where they are."""
    lines = [f"  {where}: {', '.join(one['name'] for one in things) or 'none'}" for where, things in known.items()]
    return MockServerError("\n".join([str(error), *lines]), error.status, error.errors)
