"""Which sandbox a request to the control plane means: `?sandbox=`, the default one without it."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from mockserver.definitions.name import NAME_WORDS
from mockserver.errors import BadRequest, FieldError
from mockserver.sandbox.address import DEFAULT, is_sandbox
from mockserver.server.control.operation import EVERY, SANDBOX, Operation
from mockserver.server.control.query import given_query
from mockserver.server.service import Instance, Service

_EVERY: Final = "*"
_WORDS = f"must be {NAME_WORDS}"

T = TypeVar("T")


def instance_of(service: Service) -> Instance:
    """The instance that the request at hand means, to be read; none begins by that. *Raises* `BadRequest`."""
    return service.look(named_sandbox() or DEFAULT)


def affect(service: Service, effect: Callable[[Instance], T]) -> T:
    """What an effect comes to on the instance that the request at hand means. *Raises* what the effect does.

    Where there is none, the effect is first tried on what would begin: one that is refused begins nothing.
    """
    name = named_sandbox() or DEFAULT
    if all(one.name != name for one in service.instances()):
        effect(service.look(name))
    return effect(service.enter(name))


def instances_of(service: Service) -> Sequence[Instance]:
    """The instances that an effect is to have on: the one that is meant, or all there are where `*` is."""
    return service.instances() if _means_every() else [service.enter(named_sandbox() or DEFAULT)]


def verify_sandbox(operation: Operation) -> None:
    """Nothing, where the sandbox that is named can be one, whatever it is named for. *Raises* `BadRequest`."""
    if EVERY not in operation.parameters or not _means_every():
        named_sandbox()


def _means_every() -> bool:
    return dict(given_query()).get(SANDBOX.name) == _EVERY


def named_sandbox() -> str:
    """The sandbox that the request at hand names, empty where none. *Raises* `BadRequest` for what can't be one."""
    given = dict(given_query()).get(SANDBOX.name)
    return "" if given is None else checked_name(given)


def checked_name(name: str) -> str:
    """The name of a sandbox that there may be. *Raises* `BadRequest`."""
    if not is_sandbox(name):
        raise BadRequest(f"A sandbox's name {_WORDS}.", [FieldError(_WORDS, parameter=SANDBOX.name)])
    return name
