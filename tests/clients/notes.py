"""A server whose one note changes all the time, and words about the place of its feed."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count

from tests.server.process import Running

PAUSE_S = 0.01

NOTES = """
mock: 1
api: {feed: {heartbeat: 300ms}}
resources:
  notes: {count: 1, fields: {number: {int: [0, 0]}}}
  others: {count: 1, fields: {number: {int: [0, 0]}}}
"""


@contextmanager
def writing(server: Running, pause_s: float = PAUSE_S) -> Iterator[Callable[[], int]]:
    """Changes a document all the time until the block ends; the function says how often it was changed."""
    stop, written = threading.Event(), [0]

    def write() -> None:
        connection = HTTPConnection("127.0.0.1", server.port)
        for number in count(1):
            if stop.wait(pause_s):
                break
            change = b'{"number": %d}' % number
            connection.request("PATCH", "/notes/1", change, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status < 300
            written[0] = number
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield lambda: written[0]
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
