"""How many connections there may be, and who is let in when one has ended."""

import sys
from types import ModuleType

import pytest

from mockserver.server.listener import raise_file_limit
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


class MacOS(ModuleType):
    """The module `resource` as that system has it: no hard limit is said, and no more than so many are granted."""

    RLIMIT_NOFILE = 8
    RLIM_INFINITY = 2**63 - 1

    def __init__(self, soft: int) -> None:
        super().__init__("resource")
        self.limits = (soft, self.RLIM_INFINITY)

    def getrlimit(self, _: int) -> tuple[int, int]:
        return self.limits

    def setrlimit(self, _: int, limits: tuple[int, int]) -> None:
        if limits[0] > 10_240:
            raise ValueError("current limit exceeds maximum limit")
        self.limits = limits


@pytest.mark.parametrize(("soft", "lifted"), [(256, 10_240), (10_240, 10_240), (20_000, 20_000)])
def test_where_no_limit_is_said_as_many_files_are_asked_for_as_are_granted(
    monkeypatch: pytest.MonkeyPatch, soft: int, lifted: int
) -> None:
    system = MacOS(soft)
    monkeypatch.setitem(sys.modules, "resource", system)
    assert raise_file_limit() == lifted
    assert system.limits[0] == lifted
