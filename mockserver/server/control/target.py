"""Which sandbox a request to the control plane means: `?sandbox=`, the default one without it."""

from collections.abc import Sequence
from typing import Final

from flask import request

from mockserver.errors import BadRequest, FieldError
from mockserver.sandbox.address import DEFAULT, is_sandbox
from mockserver.server.control.operation import SANDBOX
from mockserver.server.control.route import given_query
from mockserver.server.service import Instance, Service

_EVERY: Final = "*"
_READING = frozenset({"GET", "HEAD"})
_WORDS = "must be 1 to 64 letters, digits, '.', '_' and '-'"


def instance_of(service: Service) -> Instance:
    """The instance that the request at hand means: what only reads begins none. *Raises* `BadRequest`."""
    name = named_sandbox() or DEFAULT
    return service.look(name) if request.method in _READING else service.enter(name)


def instances_of(service: Service) -> Sequence[Instance]:
    """The instances that an effect is to have on: the one that is meant, or all there are where `*` is."""
    if dict(given_query()).get(SANDBOX.name) == _EVERY:
        return service.instances()
    return [instance_of(service)]


def named_sandbox() -> str:
    """The sandbox that the request at hand names, empty where none. *Raises* `BadRequest` for what can't be one."""
    given = dict(given_query()).get(SANDBOX.name)
    return "" if given is None else checked_name(given)


def checked_name(name: str) -> str:
    """The name of a sandbox that there may be. *Raises* `BadRequest`."""
    if not is_sandbox(name):
        raise BadRequest(f"A sandbox's name {_WORDS}.", [FieldError(_WORDS, parameter=SANDBOX.name)])
    return name
