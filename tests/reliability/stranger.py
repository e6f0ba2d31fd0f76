"""Who asks though the server is not theirs: hosts and origins to come under, and servers that note whom they ask."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from tests.live import started
from tests.server.process import Running

FOLDER: Final = Path(__file__).parent / "origins"
NAMED: Final = ("--allow-host", "mock.example", "--allow-origin", "https://app.example.org")


def read_table(name: str, **ports: int) -> dict[Any, list[str]]:
    """What a table beside this file lists, by what becomes of it, with these ports in place of their names."""
    table: dict[Any, list[str]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return {verdict: [_fill(text, ports) for text in texts] for verdict, texts in table.items()}


def _fill(text: str, ports: dict[str, int]) -> str:
    for name, port in ports.items():
        text = text.replace(name, str(port))
    return text


@contextmanager
def watched(log: Path, *arguments: str) -> Iterator[Running]:
    """A server of the victim's definition that notes in `log` whom it connects to; it must end without a complaint."""
    within = ("env", f"PYTHONPATH={FOLDER / 'audit'}", f"AUDIT_LOG={log}")
    with started(str(FOLDER / "victim.yaml"), "--no-watch", *NAMED, *arguments, within=within) as server:
        yield server
        server.process.terminate()
        _, errors = server.process.communicate(timeout=10)
        assert errors == ""


def connections(log: Path) -> list[str]:
    """Whom it has connected to, asked for or started. *Raises* `AssertionError` where nobody watched."""
    first, *noted = log.read_text(encoding="utf-8").splitlines()
    assert first == "watching"
    return noted


def listening(server: Running) -> set[tuple[str, int]]:
    """Addresses and ports that a process listens on, as `ss -ltn` has them."""
    owned = {_inode(link) for link in Path(f"/proc/{server.process.pid}/fd").iterdir()}
    found = set()
    for family in ("tcp", "tcp6"):
        for line in Path(f"/proc/{server.process.pid}/net/{family}").read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and inode in owned:
                address, _, port = local.partition(":")
                found.add((_SPELLED[address], int(port, 16)))
    return found


_SPELLED: Final = {"0100007F": "127.0.0.1", "0" * 24 + "01000000": "::1", "0" * 8: "0.0.0.0", "0" * 32: "::"}  # noqa: S104
"""As the kernel writes them on machines whose lowest byte is first."""


def _inode(link: Path) -> str:
    return os.readlink(link).removeprefix("socket:[").removesuffix("]")  # noqa: PTH115 - it leads to no file
