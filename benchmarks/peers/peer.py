"""Who is compared: version, command and spelling of each; it starts nothing.

Every command has what makes its server fast (no log, no journal); each is asked in its own words for the same thing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from benchmarks.start import COMMAND


class Group(Enum):
    """What an answer is made from."""

    OURS = "ours"
    STORING = "storing"
    """Rows that can be written."""
    CANNED = "canned"
    """A text that was written down before: it costs the same for any number of rows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server runs: its port, a folder with its own copy of the data, and where packages were installed."""

    port: int
    folder: Path
    packages: Path

    def program(self, path: str) -> str:
        return str(self.packages / path)


@dataclass(frozen=True, slots=True)
class Peer:
    """One server.

    `data` is the file or folder of the dataset that it reads. `addresses` has the address of each kind of request, with
    `{id}`, `{page}`, `{state}`, `{word}` and `{since}`; a kind it has no address for it can't answer.
    """

    name: str
    label: str
    group: Group
    data: str
    command: Callable[[Place], list[str]]
    addresses: Mapping[str, str]
    package: str = ""
    """Of npm, with its version; none: it is here already."""
    folder: str = ""
    """Where that is installed, below the folder of all."""
    tools: tuple[str, ...] = ("node", "npm")
    warm_up_s: int = 2

    @property
    def version(self) -> str:
        return self.package.rpartition("@")[2]


def _ours(place: Place) -> list[str]:
    address = ["--port", str(place.port), "--control-port", "0"]
    kept = ["--db", str(place.folder / "kept.json")]
    return [COMMAND, "serve", str(place.folder / "db.json"), *address, *kept, "--log", "quiet", "--no-watch"]


def _json_server_0(place: Place) -> list[str]:
    program = place.program("json-server/lib/cli/bin.js")
    address = ["--host", "127.0.0.1", "--port", str(place.port)]
    return ["node", program, "--quiet", *address, str(place.folder / "db.json")]


def _json_server_1(place: Place) -> list[str]:
    program = place.program("json-server/lib/bin.js")
    return ["node", program, "--host", "127.0.0.1", "--port", str(place.port), str(place.folder / "db-text-ids.json")]


def _mockoon(place: Place) -> list[str]:
    program = place.program("@mockoon/cli/bin/run.js")
    address = ["--hostname", "127.0.0.1", "--port", str(place.port)]
    quiet = ["--disable-log-to-file", "--disable-admin-api", "--repair"]
    return ["node", program, "start", "--data", str(place.folder / "mockoon.json"), *address, *quiet]


def _prism(place: Place) -> list[str]:
    program = place.program("@stoplight/prism-cli/dist/index.js")
    address = ["-h", "127.0.0.1", "-p", str(place.port)]
    return ["node", program, "mock", "-v", "silent", *address, str(place.folder / "openapi.json")]


def _wiremock(place: Place) -> list[str]:
    program = place.program("wiremock/build/wiremock-standalone-3.13.2.jar")
    address = ["--bind-address", "127.0.0.1", "--port", str(place.port)]
    served = ["--root-dir", str(place.folder / "wiremock")]
    return ["java", "-jar", program, *address, "--disable-banner", "--no-request-journal", *served]


_CANNED_ADDRESSES: Final = {
    "item": "/tickets/{id}",
    "page": "/tickets?page={page}&limit=10",
    "filter": "/tickets?state={state}&sort=-priority,created_at&page={page}&limit=10",
    "uncached": "/tickets?state={state}&created_at_gte={since}&sort=-priority,created_at&page=1&limit=10",
    "search": "/tickets?q={word}&page=1&limit=10",
    "post": "/tickets",
}

OURS: Final = Peer(
    name="mockserver",
    label="mockserver",
    group=Group.OURS,
    data="db.json",
    command=_ours,
    addresses={
        "item": "/tickets/{id}",
        "page": "/tickets?page={page}&per_page=10",
        "filter": "/tickets?state={state}&sort=-priority,created_at&page={page}&per_page=10",
        "uncached": "/tickets?state={state}&created_at_gte={since}&sort=-priority,created_at&page=1&per_page=10",
        "search": "/tickets?q={word}&page=1&per_page=10",
        "post": "/tickets",
    },
    tools=(),
)

PEERS: Final = (
    OURS,
    Peer(
        name="json-server-0",
        label="json-server 0.17",
        group=Group.STORING,
        data="db.json",
        command=_json_server_0,
        addresses={
            "item": "/tickets/{id}",
            "page": "/tickets?_page={page}&_limit=10",
            "filter": "/tickets?state={state}&_sort=priority,created_at&_order=desc,asc&_page={page}&_limit=10",
            "uncached": (
                "/tickets?state={state}&created_at_gte={since}"
                "&_sort=priority,created_at&_order=desc,asc&_page=1&_limit=10"
            ),
            "search": "/tickets?q={word}&_page=1&_limit=10",
            "post": "/tickets",
        },
        package="json-server@0.17.4",
        folder="js0",
    ),
    # It has no search through all fields.
    Peer(
        name="json-server-1",
        label="json-server 1.x",
        group=Group.STORING,
        data="db-text-ids.json",
        command=_json_server_1,
        addresses={
            "item": "/tickets/{id}",
            "page": "/tickets?_page={page}&_per_page=10",
            "filter": "/tickets?state={state}&_sort=-priority,created_at&_page={page}&_per_page=10",
            "uncached": (
                "/tickets?state={state}&created_at:gte={since}&_sort=-priority,created_at&_page=1&_per_page=10"
            ),
            "post": "/tickets",
        },
        package="json-server@1.0.0-beta.15",
        folder="js1",
    ),
    # It sorts by one field only, which is less work.
    Peer(
        name="mockoon",
        label="Mockoon",
        group=Group.STORING,
        data="mockoon.json",
        command=_mockoon,
        addresses={
            "item": "/tickets/{id}",
            "page": "/tickets?page={page}&limit=10",
            "filter": "/tickets?state_eq={state}&sort=priority&order=desc&page={page}&limit=10",
            "uncached": ("/tickets?state_eq={state}&created_at_gte={since}&sort=priority&order=desc&page=1&limit=10"),
            "search": "/tickets?search={word}&page=1&limit=10",
            "post": "/tickets",
        },
        package="@mockoon/cli@9.9.0",
        folder="mockoon",
    ),
    Peer(
        name="prism",
        label="Prism",
        group=Group.CANNED,
        data="openapi.json",
        command=_prism,
        addresses=_CANNED_ADDRESSES,
        package="@stoplight/prism-cli@5.16.0",
        folder="prism",
    ),
    Peer(
        name="wiremock",
        label="WireMock",
        group=Group.CANNED,
        data="wiremock",
        command=_wiremock,
        addresses=_CANNED_ADDRESSES,
        package="wiremock@3.13.2",
        folder="wiremock",
        tools=("java", "npm"),
        warm_up_s=5,
    ),
)
