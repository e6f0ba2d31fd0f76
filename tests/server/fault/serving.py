"""A whole server whose faults are switched over its control plane, and connections on which nothing is put right."""

import json
from dataclasses import dataclass
from typing import Any

from tests.server.fault.bench import Heard, hear
from tests.server.process import Running
from tests.server.wire import Answer, Wire, request

DEFINITION = """
mock: 1
seed: 7
api: {convention: rest}
resources:
  things: {count: 50, fields: {name: first_name, size: {int: [1, 9]}}}
"""


@dataclass(frozen=True)
class Served:
    server: Running

    def put(self, name: str, sandbox: str = "", **settings: Any) -> Answer:
        return self._control("PUT", f"/api/faults/{name}{sandbox and f'?sandbox={sandbox}'}", settings)

    def off(self, name: str = "") -> Answer:
        if name:
            return self._control("PATCH", f"/api/faults/{name}", {"enabled": False})
        return self._control("POST", "/api/faults/off?sandbox=*", {})

    def advance(self, duration: str) -> None:
        self._control("PUT", "/api/clock", {"advance": duration})

    def status(self) -> Any:
        return self.server.control("GET", "/api/status").json

    def requests(self) -> Any:
        return self.server.control("GET", "/api/requests").json

    def reset(self) -> None:
        self.off()
        assert self.server.control("POST", "/api/reset").status == 200

    def begin(self, method: str = "GET", target: str = "/things", *headers: str, **options: Any) -> Wire:
        wire = Wire(self.server.port)
        wire.send(request(method, target, *headers, **options))
        return wire

    def ask(self, method: str = "GET", target: str = "/things", *headers: str, **options: Any) -> Answer:
        with self.begin(method, target, *headers, **options) as wire:
            return wire.read(head_only=method == "HEAD")

    def hear(self, method: str = "GET", target: str = "/things", *headers: str, **options: Any) -> Heard:
        with self.begin(method, target, *headers, **options) as wire:
            return hear(wire)

    def _control(self, method: str, target: str, body: Any) -> Answer:
        answer = self.server.control(method, target, "Content-Type: application/json", body=json.dumps(body).encode())
        assert answer.status < 300, answer.body
        return answer
