"""The watch of `conftest.py` sees what it should, and nothing else."""

import os
import socket
import threading
from pathlib import Path

import pytest

from tests import conftest
from tests.conftest import watch_leaks


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "SETTLE_S", 0.05)


def test_an_open_file_is_named(tmp_path: Path) -> None:
    leaks = watch_leaks()
    with (tmp_path / "left.txt").open("w"):
        left = leaks()
    assert len(left) == 1
    assert "descriptor" in left[0]


def test_a_socket_is_seen() -> None:
    leaks = watch_leaks()
    with socket.socket():
        assert len(leaks()) == 1
    assert leaks() == []


def test_another_file_under_the_same_number_is_seen(tmp_path: Path) -> None:
    (tmp_path / "first").touch()
    (tmp_path / "second").touch()
    number = os.open(tmp_path / "first", os.O_RDONLY)
    leaks = watch_leaks()
    os.close(number)
    again = os.open(tmp_path / "second", os.O_RDONLY)
    left = leaks()
    os.close(again)
    assert again == number
    assert len(left) == 1


def test_a_thread_is_named_until_it_ends() -> None:
    leaks, end = watch_leaks(), threading.Event()
    thread = threading.Thread(target=end.wait, name="forgotten")
    thread.start()
    left = leaks()
    end.set()
    thread.join()
    assert left == ["thread 'forgotten'"]
    assert leaks() == []
