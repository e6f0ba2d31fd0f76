"""An answer of the mocked API, as `Client.request` gives it."""

import json
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult

from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in any letter case) and body."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, in UTF-8."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON. *Raises* `ValueError`."""
        return json.loads(self.body)


def connect(place: SplitResult, timeout_s: float) -> HTTPConnection:
    """A connection to where a URL says, opened at its first request; no proxy stands between a test and its server."""
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    return kind(place.hostname or "", place.port, timeout=timeout_s)
