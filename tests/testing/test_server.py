"""A server as a process of the test run: begun, watched, ended, and never left behind."""

import socket
from pathlib import Path

import pytest

from mockserver.testing import Client, MockServerError, Server, ServerFailed, ServerGone
from tests.testing.conftest import PETS

PATIENCE_S = 20


def test_it_serves_for_as_long_as_its_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pets.yaml").write_text(PETS, encoding="utf-8")
    token = "s3cret"  # noqa: S105 - of nobody
    with Server("pets.yaml", cwd=tmp_path, args=["--token", token], token=token) as server:
        assert server.ws_url == f"ws{server.url[4:]}"
        client = server.client()
        assert client.request("GET", "/pets").status == 200
        assert client.request("GET", "/nothing").status == 404
        assert (server.exit_code, server.obituary()) == (None, "")
        with (
            Client(server.control_url, token="") as without,
            pytest.raises(MockServerError, match="asks for its token"),
        ):
            without.off()
        monkeypatch.setenv("MOCKSERVER_TOKEN", token)
        with Client(server.control_url) as other:
            other.off()
    assert server.exit_code == 0
    assert server.log[0].startswith('{"event":"ready"')
    assert "/nothing" in server.log[-1]
    with pytest.raises(ServerGone, match=r"(?s)ended with exit code 0\. Its last lines:.*GET /nothing 404"):
        client.off()
    server.close()
    with pytest.raises(ServerGone):
        client.requests.wait_for(path="/other", within=PATIENCE_S)


def test_options_that_there_are_not_are_refused(tmp_path: Path) -> None:
    server = Server("zoo", args=["--prot", "1"])
    with pytest.raises(ServerFailed, match="--prot"):
        server.start()
    server.close()


def test_only_so_much_of_its_log_is_kept(pets_server: Server) -> None:
    with pets_server.client("logged") as client:
        while len(pets_server.log) < 200:
            client.request("GET", "/pets")
        for _ in range(50):
            client.request("GET", "/pets")
        client.end()
    assert len(pets_server.log) == 200


def follow(port: int) -> socket.socket:
    """The event stream of a control plane: it ends with the server."""
    stream = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
    stream.sendall(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert stream.recv(65536).startswith(b"HTTP/1.1 200")
    return stream
