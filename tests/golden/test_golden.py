"""Every answer of every convention, byte for byte as sent: status line, headers and body.

`./scripts/test tests/golden --update-golden` writes the files anew.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mockserver.conventions.base import conventions
from tests.contracts.declared import built_on, spoken
from tests.golden.case import CASES, USERS, Case
from tests.live import put_back, started
from tests.server.process import Running
from tests.server.wire import request

HERE = Path(__file__).parent
DEFINITION = HERE / "definition.yaml"
NAMES = (*conventions.names(), "coded", "laravel")
"""The built-in conventions, and two that a definition declares."""
VOLATILE = (b"date:", b"x-mock-at:")
"""Headers that differ from one run to the next."""


@pytest.fixture(scope="module", params=NAMES)
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """The definition in one convention, by mode of `etag`; `closed` is the one with users."""
    folder = tmp_path_factory.mktemp("golden")
    text = spoken(DEFINITION.read_text(encoding="utf-8"), request.param)
    with ExitStack() as stack:
        running = {}
        for mode in ("strong", "required", "closed"):
            path = folder / f"{mode}.yaml"
            changed = text.replace("\napi:\n", f"\napi:\n  etag: {mode}\n") if mode != "closed" else text + USERS
            path.write_text(changed, encoding="utf-8")
            running[mode] = stack.enter_context(started(str(path)))
        yield running


def exchange(port: int, prefix: str, case: Case) -> bytes:
    """The answer to a request, as it came over the socket."""
    host = "" if any(line.startswith("Host:") for line in case.headers) else "localhost"
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.sendall(request(case.method, prefix + case.path, *case.headers, body=case.body, host=host))
        found = b""
        while b"\r\n\r\n" not in found:
            found += receive(sock)
        head, _, body = found.partition(b"\r\n\r\n")
        lengths = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while case.method != "HEAD" and len(body) < sum(lengths):
            body += receive(sock)
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(VOLATILE)]
    return b"\r\n".join([*kept, b"", body])


def receive(sock: socket.socket) -> bytes:
    piece = sock.recv(65536)
    assert piece, "the answer was cut short"
    return piece


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_is_the_one_kept(servers: dict[str, Running], case: Case, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["servers"]
    prefix = conventions.get(built_on(name))().prefixes("v1", "shop")[0]
    port = servers[case.mode].port
    put_back(servers[case.mode])
    for earlier in case.before:
        exchange(port, prefix, earlier)
    answer = exchange(port, prefix, case)
    path = HERE / "answers" / name / f"{case.name}.http"
    if request.config.getoption("--update-golden", default=False):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer)
    assert path.exists(), f"{path.name} is new: run ./scripts/test tests/golden --update-golden"
    assert answer == path.read_bytes()


def test_every_file_is_the_answer_to_a_request_that_is_still_asked() -> None:
    kept = {f"{path.parent.name}/{path.stem}" for path in (HERE / "answers").glob("*/*.http")}
    assert kept == {f"{name}/{case.name}" for name in NAMES for case in CASES}
