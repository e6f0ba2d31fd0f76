"""The model of a definition, joined of the sections of all layers; or of no more of them than one definition mentions.

Composing takes long, and so does importing what is composed: most definitions have few sections and kinds of fields.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from pydantic import Field

from mockserver.definitions.compose import compose
from mockserver.definitions.model import CoreDefinition, Name
from mockserver.generation.generator import generators

# Each section's model is imported when there is such a section.
# ruff: noqa: PLC0415


def _auth() -> tuple[Any, Any]:
    from mockserver.rest.auth.section import AuthSection

    return AuthSection, Field(None, description="Users and what they may do.")


def _actions() -> tuple[Any, Any]:
    from mockserver.rest.action.section import ActionSection

    return dict[Name, ActionSection], Field({}, description="Routes of your own, by name.")


def _channels() -> tuple[Any, Any]:
    from mockserver.realtime.channel.section import ChannelSection

    return dict[Name, ChannelSection], Field({}, description="Sockets of your own, by name.")


def _faults() -> tuple[Any, Any]:
    from mockserver.faults.section import FaultName, FaultSection

    return dict[FaultName, FaultSection], Field({}, description="Failures to switch on, by name.")


def _scenarios() -> tuple[Any, Any]:
    from mockserver.sandbox.scenario.section import ScenarioSection

    return dict[Name, ScenarioSection], Field({}, description="Whole states to switch to, by name.")


_SECTIONS: Final[Mapping[str, Callable[[], tuple[Any, Any]]]] = {
    "auth": _auth, "actions": _actions, "channels": _channels, "faults": _faults, "scenarios": _scenarios,
}  # fmt: skip


@cache
def definition_model() -> type[CoreDefinition]:
    """The model of a whole definition: core, generators, and the sections of all layers."""
    return _composed(generators.names(), _SECTIONS)


def narrow_model(data: Mapping[str, Any]) -> type[CoreDefinition]:
    """The model of the sections and generators that this definition mentions; what it takes, the whole model takes.

    What it refuses is for the whole model to say: it knows what else might have been meant.
    """
    # A field that is only a name is drawn by Faker.
    words = {"faker", *_words(data)}
    return _composed([word for word in sorted(words) if word in generators], words)


def _composed(kinds: Iterable[str], words: Collection[str]) -> type[CoreDefinition]:
    sections = {name: make() for name, make in _SECTIONS.items() if name in words}
    return compose({name: generators.get(name) for name in kinds}, sections)


def _words(data: Any) -> Iterator[str]:
    """Every key there is, at any depth."""
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield from (key for key in value if isinstance(key, str))
            pending += value.values()
        elif isinstance(value, list):
            pending += value
