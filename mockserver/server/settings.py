"""How to serve, whatever is served."""

from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from mockserver.server.cors import OriginList
from mockserver.server.limits import Limits
from mockserver.value import dataclass


def _do_nothing(_: str) -> None:
    """Nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Further host names and origins, the control plane's token (empty: none given), the log's style.

    `static` is a folder of files for paths that the API does not have. `request_faults` lets requests ask for faults
    though others than this machine can reach the API. `end_with_stdin` is for whoever starts it and may be killed.
    `at_ready` is told the control plane's address when both accept, and may take its time.
    """

    allow_hosts: tuple[str, ...] = ()
    origins: OriginList = field(default_factory=OriginList)
    token: str = ""
    log: str = "text"
    static: Path | None = None
    request_faults: bool = False
    end_with_stdin: bool = False
    at_ready: Callable[[str], None] = _do_nothing
    limits: Limits = field(default_factory=Limits)
