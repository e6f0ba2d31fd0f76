"""Switches of the fixture server: faults set and taken away, and its clock moved."""

import json
from dataclasses import dataclass
from typing import Any

from tests.server.process import Running
from tests.server.wire import ask, request


@dataclass(frozen=True)
class Switch:
    server: Running

    @property
    def port(self) -> int:
        return self.server.port

    def put(self, name: str, **rule: Any) -> None:
        """Set a fault; `match` is every socket where none is given, and `for_` stands for `for`."""
        body = {"match": "WS *"} | {key.removesuffix("_"): value for key, value in rule.items()}
        answer = ask(self.port, request("PUT", f"/fault/put/{name}", body=json.dumps(body).encode()))
        assert answer.status == 200, answer.body

    def say(self, verb: str, word: str = "") -> Any:
        return self.server.get(f"/fault/{verb}/{word}").json

    def off(self, name: str) -> None:
        self.say("off", name)

    def state(self, name: str) -> Any:
        return next(one for one in self.say("tell") if one["name"] == name)

    def freeze(self) -> None:
        self.say("freeze")

    def advance(self, seconds: float) -> None:
        self.say("advance", str(seconds))

    @property
    def waiting(self) -> int:
        """How much is yet to happen on the clock."""
        found: int = self.server.control("GET", "/api/status").json["waiting"]
        return found

    def acts(self) -> list[dict[str, Any]]:
        """What the journal says of ends that were faults, the oldest first."""
        return [entry for entry in self.server.journal() if entry["method"] in ("WS", "SSE")]
