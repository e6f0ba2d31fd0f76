"""The one look for all whose clients are not read from."""

import gevent
from gevent import socket
from gevent.event import Event

from mockserver.server.socket.lookout import Lookout
from tests.server.greenlets import going_on


def test_each_is_told_of_its_own_client_though_there_is_more_to_read() -> None:
    before, lookout = going_on(), Lookout()
    (one, client), (other, another) = socket.socketpair(), socket.socketpair()
    gone, stayed = Event(), Event()
    with one, other, another:
        with lookout.watching(one, gone.set), lookout.watching(other, stayed.set):
            client.sendall(b"unread")
            client.close()
            assert gone.wait(5)
            assert not stayed.is_set()
        looking = going_on() - before
        assert looking
        gevent.joinall(looking, timeout=5, raise_error=True)
        assert all(one.dead for one in looking)
        assert one.recv(9) == b"unread"
