"""A server whose one note changes all the time, and words about the place of its feed."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

from tests.server.process import Running

PAUSE_S = 0.01

NOTES = """
mock: 1
api: {feed: {heartbeat: 300ms}}
resources:
  notes: {count: 1, fields: {number: {int: [0, 0]}}}
  others: {count: 1, fields: {number: {int: [0, 0]}}}
"""


class Writer:
    """Changes the note; `written` says how often it did."""

    def __init__(self, server: Running) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port)
        self._number = server.get("/notes/1").json["number"]
        self.written = 0

    def write(self) -> None:
        change = b'{"number": %d}' % (self._number + self.written + 1)
        self._connection.request("PATCH", "/notes/1", change, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status < 300
        self.written += 1

    def close(self) -> None:
        self._connection.close()


@contextmanager
def writing(server: Running, pause_s: float = PAUSE_S, at_once: int = 0) -> Iterator[Writer]:
    """Changes the note so often at once, and then all the time until the block ends."""
    stop = threading.Event()
    with closing(Writer(server)) as writer:
        for _ in range(at_once):
            writer.write()

        def write() -> None:
            while not stop.wait(pause_s):
                writer.write()

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield writer
        finally:
            stop.set()
            thread.join()


def order(server: Running, target: str, body: object) -> None:
    """Has the control plane do something."""
    answer = server.control("POST", target, "Content-Type: application/json", body=json.dumps(body).encode())
    assert answer.status == 200, answer.body


def place(server: Running) -> tuple[str, int]:
    """Where the feed is: its epoch, and the number of its last event."""
    epoch, _, offset = server.get("/notes/1").headers["x-mock-at"].partition(".")
    return epoch, int(offset)


def ids(epoch: str, first: int, last: int) -> list[str]:
    return [f"{epoch}.{number}" for number in range(first, last + 1)]
