"""What waits for an event stream, and what becomes of it when something behind it fails."""

import pytest

from mockserver.realtime.session import Message
from mockserver.server.backlog import Backlog


def fail_at_b(message: Message) -> bytes:
    if message == "b":
        raise RuntimeError("a bug in a rule")
    return str(message).encode()


@pytest.mark.parametrize("is_played", [True, False])
def test_a_bug_in_what_decides_is_told_once_and_ends_what_waits(*, is_played: bool) -> None:
    told: list[str] = []
    backlog = Backlog(b"-", fail_at_b, lambda error: told.append(str(error)))
    if is_played:
        backlog.play(iter("abbc"))
    else:
        for letter in "abbc":
            backlog.put_later(letter)
    assert backlog.take(100) == b"-a"
    assert (len(backlog), backlog.size, told) == (0, 0, ["a bug in a rule"])
