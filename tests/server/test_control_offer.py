"""What is offered to whoever writes a client: routes, sockets, users and types, below the address that they use."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import started
from tests.server.pets import tell
from tests.server.process import Running
from tests.server.wire import ask, request

AUTH = """
mock: 1
auth: {{scheme: {scheme}, users: {{ada: {{password: lovelace{token}, roles: [admin]}}}}}}
resources: {{notes: {{count: 1, fields: {{text: word}}}}}}
channels: {{room: {{path: /room, describe: Where people talk.}}}}
"""


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One whose definition is another for each test."""
    path: Path = tmp_path_factory.mktemp("notes") / "notes.yaml"
    path.write_text(AUTH.format(scheme="bearer", token=""), encoding="utf-8")
    with started(str(path)) as server:
        yield server


def test_every_route_is_listed_with_what_it_is_of(pets: Running) -> None:
    routes = pets.control("GET", "/api/routes").json["routes"]
    assert {"method": "GET", "path": "/pets/:id", "what": "pets.get", "resource": "pets"} in routes
    assert {"method": "GET", "path": "/events", "what": "events.poll", "resource": None} in routes


def test_addresses_are_those_of_the_sandbox_and_of_the_host_that_was_asked(pets: Running) -> None:
    for host, port in (("localhost", pets.port), ("127.0.0.1", pets.port)):
        lines = request("GET", "/api/routes?sandbox=w1", host=f"{host}:{pets.control_port}")
        urls = [one["url"] for one in ask(pets.control_port, lines).json["sockets"]]
        assert urls == [f"ws://{host}:{port}/~w1/events/ws", f"http://{host}:{port}/~w1/events/sse"]
    assert pets.control("GET", "/api/sandboxes").json[1:] == []


@pytest.mark.parametrize(
    ("scheme", "token", "kind", "how"),
    [
        ("bearer", ", token: ada-token", "header", "Authorization: Bearer ada-token"),
        ("basic", "", "header", "Authorization: Basic YWRhOmxvdmVsYWNl"),
        ("cookie", ", token: ada-token", "header", "Cookie: "),
        ("bearer", "", "login", "TOKEN=$(curl -s 'http://localhost:"),
    ],
)
def test_users_are_told_with_the_header_that_they_are_known_by_or_the_command_that_logs_in(
    notes: Running, scheme: str, token: str, kind: str, how: str
) -> None:
    source = json.dumps({"source": AUTH.format(scheme=scheme, token=token)})
    assert tell(notes, "PUT", "/api/definition", source).status == 200
    offer = notes.control("GET", "/api/routes").json
    (ada,) = offer["users"]
    assert (ada["name"], ada["roles"], ada["kind"]) == ("ada", ["admin"], kind)
    assert ada["how"].startswith(how)
    assert ("lovelace" in ada["how"]) is (kind == "login")
    assert offer["sockets"][-1]["what"] == "Where people talk."


def test_types_are_those_that_the_command_prints(pets: Running) -> None:
    answer = pets.control("GET", "/types.ts")
    assert "export interface Pet" in answer.body.decode()
    assert tell(pets, "GET", "/types.ts?sandbx=1", "").status == 400
