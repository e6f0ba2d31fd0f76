"""Talking to a running server's control plane, for the commands that do; every failure is one line.

Standard library only: these commands must start at once.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from mockserver.definitions.name import NAME_WORDS
from mockserver.definitions.report import show
from mockserver.messages import Json
from mockserver.value import dataclass

DEFAULT_CONTROL = "http://127.0.0.1:8001"
C = TypeVar("C", bound=Callable[..., Any])


class Unreachable(click.ClickException):
    """No control plane answers there."""


class Refused(click.ClickException):
    """The control plane answered with a problem."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control plane: its URL, the token it may ask for, and the sandbox that is meant (empty: none is named)."""

    url: str
    token: str = ""
    sandbox: str = ""

    def call(self, method: str, path: str, body: Json = None, timeout_s: float = 10.0) -> dict[str, Any]:
        """The JSON object that answers. *Raises* `Unreachable`, `Refused`."""
        value = self._ask(method, path, body, timeout_s)
        if not isinstance(value, dict):
            raise Refused(f"What answers at {self.url} is no mockserver control plane.")
        return value

    def read(self, path: str, timeout_s: float = 10.0) -> list[dict[str, Any]]:
        """The JSON list that is at a path. *Raises* `Unreachable`, `Refused`."""
        value = self._ask("GET", path, None, timeout_s)
        if not isinstance(value, list):
            raise Refused(f"What answers at {self.url} is no mockserver control plane.")
        return value

    def send(self, method: str, path: str, timeout_s: float = 10.0) -> None:
        """Ask for what is answered with nothing. *Raises* `Unreachable`, `Refused`."""
        self._ask(method, path, None, timeout_s)

    def _ask(self, method: str, path: str, body: Json, timeout_s: float) -> Any:
        from urllib.error import HTTPError, URLError  # noqa: PLC0415 - slow to import
        from urllib.request import ProxyHandler, build_opener  # noqa: PLC0415

        try:
            # A proxy from the environment could not reach this machine's loopback.
            with build_opener(ProxyHandler({})).open(self._request(method, path, body), timeout=timeout_s) as answer:
                return _read_json(answer.read())
        except HTTPError as error:
            with error:
                raise Refused(_explain(error.code, error.read())) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise Unreachable(
                f"No mockserver answers at {self.url} ({reason}). Start one, or name its control plane with --control."
            ) from None

    def _request(self, method: str, path: str, body: Json) -> Any:
        from urllib.request import Request  # noqa: PLC0415

        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            return Request(f"{self.url.rstrip('/')}{self._below(path)}", data, headers, method=method)  # noqa: S310 - http by check
        except ValueError:
            raise click.UsageError(f"'{self.url}' is no URL; write it like {DEFAULT_CONTROL}") from None

    def _below(self, path: str) -> str:
        """The path with the sandbox that is meant."""
        return f"{path}?sandbox={in_url(self.sandbox)}" if self.sandbox else path


def in_path(name: str) -> str:
    """A name as one step of a path. *Raises* `UsageError` for one that would be several."""
    if "/" in name:
        raise click.UsageError(f"'{show(name)}' can't be a name: it is {NAME_WORDS}.")
    return in_url(name)


def in_url(name: str) -> str:
    """A name as a value of a query."""
    from urllib.parse import quote  # noqa: PLC0415 - only here

    return quote(name.encode("utf-8", "surrogateescape"), safe="")


def control_options(command: C) -> C:
    """`--control` and `--token`, handed to the command as one `Control` named `control`."""
    from functools import wraps  # noqa: PLC0415

    @wraps(command)
    def with_control(control: str, token: str, **options: Any) -> Any:
        if not control.startswith(("http://", "https://")):
            raise click.UsageError(f"'{control}' is no URL; write it like {DEFAULT_CONTROL}")
        return command(control=Control(control, token), **options)

    with_token = click.option(
        "--token", default="", envvar="MOCKSERVER_TOKEN", help="Its token, where it asks for one."
    )
    with_url = click.option(
        "--control",
        default=DEFAULT_CONTROL,
        envvar="MOCKSERVER_CONTROL",
        show_default=True,
        help="The control plane of the running server.",
    )
    decorated: C = with_url(with_token(with_control))  # type: ignore[assignment] # click's decorators keep the type
    return decorated


def sandbox_option(command: C) -> C:
    """`--sandbox`: what the command is told to be about; it stands below `control_options`."""
    from functools import wraps  # noqa: PLC0415

    @wraps(command)
    def with_sandbox(control: Control, sandbox: str | None, **options: Any) -> Any:
        if sandbox == "":
            # A variable of a script that was never set must not switch what everybody uses.
            raise click.BadParameter("is empty; leave the option out for the default sandbox.", param_hint="--sandbox")
        return command(control=replace(control, sandbox=sandbox or ""), **options)

    decorated: C = click.option(
        "--sandbox",
        envvar="MOCKSERVER_SANDBOX",
        metavar="NAME",
        help="The sandbox that is meant, in place of the default one.",
    )(with_sandbox)  # type: ignore[assignment] # click's decorators keep the type
    return decorated


def _read_json(data: bytes) -> Any:
    """The value, nothing where it is none."""
    try:
        return json.loads(data)
    except ValueError:
        return None


def _explain(status: int, data: bytes) -> str:
    """One line: the reason, and what is wrong with the values where there is more to say."""
    problem = _read_json(data)
    if not isinstance(problem, dict):
        problem = {}
    detail = str(problem.get("detail") or "no reason given")
    errors = [one for one in problem.get("errors") or () if isinstance(one, dict)]
    more = [f"{one.get('pointer') or one.get('parameter') or 'body'} {one.get('detail')}" for one in errors]
    said = f"The server refused with {status}: {detail}"
    return show(f"{said} ({'; '.join(more)})" if len(more) > 1 else said)
