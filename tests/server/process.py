"""Starting a real server in a process of its own, and knowing when it is ready."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.server.wire import Answer, ask, request

_READY = re.compile(r"""\bapi\b\W+http://\S+?:(\d+)(?!\d|\])\W+control\W+http://\S+?:(\d+)(?!\d|\])""")
_ENTRY = Path(__file__).with_name("entry.py")
_ROOT = _ENTRY.parents[2]


@dataclass
class Running:
    """A server process; `before` are the lines it wrote up to the one that said it is ready."""

    process: "subprocess.Popen[str]"
    port: int
    control_port: int
    before: list[str] = field(default_factory=list)

    @property
    def stdout(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def get(self, target: str = "/echo", *headers: str, **options: Any) -> Answer:
        return ask(self.port, request("GET", target, *headers, **options))

    def control(self, method: str, target: str, *headers: str, **options: Any) -> Answer:
        return ask(self.control_port, request(method, target, *headers, **options))

    def switch(self, name: str, rule: object, sandbox: str = "default") -> Answer:
        """Set a fault as a definition would write it."""
        body = json.dumps(rule).encode()
        return self.control("PUT", f"/api/faults/{name}?sandbox={sandbox}", "Content-Type: application/json", body=body)

    def journal(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.get("/journal").json
        return entries


def launch(options: dict[str, Any]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.server.entry", json.dumps(options)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def await_ready(process: "subprocess.Popen[str]") -> Running:
    assert process.stdout is not None
    before = []
    for line in process.stdout:
        before.append(line)
        found = _READY.search(line)
        if found:
            return Running(process, int(found[1]), int(found[2]), before)
    assert process.stderr is not None
    raise AssertionError(f"the server ended before it was ready:\n{''.join(before)}{process.stderr.read()}")


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()
