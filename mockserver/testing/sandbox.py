"""One sandbox of a running server: asked about it alone, and waited on without asking again and again."""

from collections.abc import Callable
from http.client import HTTPException
from time import monotonic
from types import TracebackType
from typing import Any, Final, TypeVar

from mockserver.testing.control import Control, Query
from mockserver.value import dataclass

__tracebackhide__ = True

DEFAULT: Final = "default"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox, by its name, on a control plane."""

    control: Control
    name: str

    def ask(self, method: str, path: str, body: Any = None, query: Query = ()) -> Any:
        """The JSON that is answered for this sandbox. *Raises* `MockServerError`."""
        return self.control.ask(method, path, body, (*query, ("sandbox", self.name)))

    def wait(self, kinds: str, look: Callable[[], T | None], within_s: float) -> T | None:
        """What `look` finds, as soon as it finds something; None where that takes too long.

        It looks again whenever something of these kinds (`request,socket`) has happened here.
        """
        deadline = monotonic() + within_s
        found = look()
        if found is not None or within_s <= 0:
            return found
        with _News(self, kinds) as news:
            while (found := look()) is None and news.come(deadline):
                pass
        return found


class _News:
    """The event stream of a sandbox, as something to wait for."""

    def __init__(self, sandbox: Sandbox, kinds: str) -> None:
        self._sandbox = sandbox
        self._kinds = kinds
        self._open()

    def __enter__(self) -> "_News":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def come(self, deadline: float) -> bool:
        """Whether something has happened before it is too late."""
        while (left_s := deadline - monotonic()) > 0:
            self._sock.settimeout(left_s)
            try:
                line = self._answer.readline()
            except TimeoutError:
                break
            except (OSError, HTTPException):
                line = b""
            if not line:
                # It ended: what happened meanwhile is looked for by whoever waits.
                self._close()
                self._open()
                return True
            if line.startswith(b"event: "):
                return True
        return False

    def _open(self) -> None:
        query = [("events", self._kinds), ("sandbox", self._sandbox.name)]
        self._sock, self._answer = self._sandbox.control.follow("/api/stream", query)
        try:
            # What comes first says that from now on everything is told.
            while self._answer.readline().startswith((b"retry:", b"\n")):
                pass
        except (OSError, HTTPException) as error:
            self._close()
            raise self._sandbox.control.gone(error) from None

    def _close(self) -> None:
        self._answer.close()
        self._sock.close()
