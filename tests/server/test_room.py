"""How many connections there may be, and who is let in when one has ended."""

import pytest

from mockserver.server.room import Room, share_files


def test_whoever_found_no_room_is_called_once_when_there_is_some() -> None:
    called: list[str] = []
    told: list[int] = []
    room = Room(2, told.append)
    room.take()
    assert not room.is_full(lambda: called.append("early"))
    room.take()
    assert room.is_full(lambda: called.append("first"))
    assert room.is_full(lambda: called.append("second"))
    room.leave()
    assert called == ["first", "second"]
    room.take()
    room.leave()
    assert called == ["first", "second"]
    assert told == [2], "it is said once"


@pytest.mark.parametrize("most", [256, 1_024, 20_000, 1 << 30])
def test_all_connections_together_leave_files_for_others(most: int) -> None:
    api, control = share_files(most)
    assert api + control <= most - 64
    assert api > 5 * control > 0


def test_with_hardly_any_files_there_is_room_for_a_few() -> None:
    assert min(share_files(20)) > 0
