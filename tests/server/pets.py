"""A small definition with faults and scenarios behind a real server, and how its control plane is told things."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live import started
from tests.server.process import Running
from tests.server.wire import Answer

DEFINITION = """\
mock: 1
api: {convention: rest}
auth:
  users: {ada: {password: lovelace, token: ada-token}}
  public: [ANY *]
resources:
  pets: {count: 3, fields: {name: {value: Felix}}}
faults:
  outage: {match: ANY *, status: 503, retry_after: 2, enabled: false, describe: All is lost.}
  moved: {match: GET /pets/3, status: 410}
scenarios:
  empty: {describe: Nothing there yet, data: {pets: {count: 0}}}
  lost: {user: ada, faults: [outage]}
  fading: {faults: [], script: [{at: 10s, faults: [outage], say: Now it is gone.}]}
"""


@contextmanager
def serving_pets(folder: Path) -> Iterator[Running]:
    path = folder / "pets.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with started(str(path)) as server:
        yield server


def put_back(server: Running) -> None:
    """The server as it was when it started: the file's state, and the default sandbox alone."""
    for sandbox in server.control("GET", "/api/sandboxes").json[1:]:
        assert server.control("DELETE", f"/api/sandboxes/{sandbox['name']}").status == 204
    for snapshot in server.control("GET", "/api/snapshots").json:
        assert server.control("DELETE", f"/api/snapshots/{snapshot['name']}").status == 204
    assert server.control("POST", "/api/reset").status == 200


def tell(server: Running, method: str, path: str, body: str, *headers: str) -> Answer:
    """What the control plane answers to JSON."""
    return server.control(method, path, "Content-Type: application/json", *headers, body=body.encode())
