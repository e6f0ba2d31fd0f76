"""`linkis-python-sdk` 0.2.0, both its clients, unmodified, on the shipped `linkis.yaml`.

It polls once a second with a sleep of its own; the server's clock is advanced as soon as the job is submitted, so that
its second look finds the job ended.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.client import wired
from tests.clients.client import PublishedClient, patience_with, run_script
from tests.live import SEEDS, started
from tests.server.process import Running

PACKAGE, VERSION = "linkis-python-sdk", "0.2.0"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server of this module alone: what it logs is read."""
    with started(str(SEEDS / "linkis.yaml")) as server:
        yield server


@pytest.fixture(scope="module")
def sdk(server: Running) -> Iterator[PublishedClient]:
    with run_script("linkis_sdk.py", f"http://127.0.0.1:{server.port}/api/rest_j/v1") as client:
        yield client


def await_exchange(server: Running, target: str) -> None:
    """Reads the server's log up to the next request to this path."""
    with patience_with(server.process):
        for line in server.stdout:
            if json.loads(line).get("target", "").endswith(target):
                return
    raise AssertionError(f"no request to {target}")


def advance(server: Running, seconds: int) -> None:
    answer = server.control(
        "PUT", "/api/clock", "Content-Type: application/json", body=json.dumps({"advance": f"{seconds}s"}).encode()
    )
    assert answer.status == 200


def test_it_is_the_published_one() -> None:
    installed = distribution(PACKAGE)
    assert installed.version == VERSION
    for file in installed.files or []:
        if file.hash is not None and file.suffix == ".py":
            digest = hashlib.new(file.hash.mode, Path(file.locate()).read_bytes()).digest()
            assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == file.hash.value, f"{file} was changed"


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_job_gives_the_rows_of_both_its_files(server: Running, sdk: PublishedClient, kind: str) -> None:
    sdk.begin(kind, "hadoop", "any password", "select id, name from orders limit 4")
    await_exchange(server, "/entrance/submit")
    advance(server, 600)
    rows, total, reason = sdk.outcome()
    assert reason == ""
    assert total == 4
    assert [row["id"] for row in rows] == [1, 2, 3, 4]
    assert all(isinstance(row["name"], str) and row["name"] for row in rows)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_job_that_fails_says_why(server: Running, sdk: PublishedClient, kind: str) -> None:
    sdk.begin(kind, "hadoop", "any password", "select FAIL from orders")
    await_exchange(server, "/entrance/submit")
    advance(server, 600)
    rows, total, reason = sdk.outcome()
    assert (rows, total) == ([], 0)
    assert "FAIL" in reason


def test_a_job_that_is_killed_elsewhere_ends(server: Running, sdk: PublishedClient) -> None:
    sdk.begin("sync", "hadoop", "any password", "select id, name from orders")
    await_exchange(server, "/entrance/submit")
    console = wired(server.port).below("/api/rest_j/v1")
    login = console.post("/user/login", {"userName": "hadoop", "password": "another"})
    cookie = "Cookie: " + login.headers["set-cookie"].partition(";")[0]
    tasks = console.get("/jobhistory/list?status=Inited,Scheduled,Running", cookie).json["data"]["tasks"]
    assert len(tasks) == 1
    assert console.post(f"/entrance/{tasks[0]['strongerExecId']}/kill", {}, cookie).json["status"] == 0
    rows, total, reason = sdk.outcome()
    assert (rows, total) == ([], 0)
    assert "killed" in reason


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_wrong_password_is_told(sdk: PublishedClient, kind: str) -> None:
    rows, total, reason = sdk.call(kind, "hadoop", "wrong", "select 1")
    assert (rows, total) == ([], 0)
    assert reason
    assert "Error" not in reason
