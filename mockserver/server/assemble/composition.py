"""The model of a definition, joined of the sections of all layers; or of no more of them than one definition has.

Composing takes long, and so does importing what is composed: most definitions have few of the sections.
"""

from collections.abc import Callable, Collection, Mapping
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


def definition_model() -> type[CoreDefinition]:
    """The model of a whole definition: core, generators, and the sections of all layers."""
    return _composed(_SECTIONS)


def narrow_model(data: Mapping[str, Any]) -> type[CoreDefinition]:
    """The model of the sections that this definition has; what it takes, the whole model takes.

    What it refuses is for the whole model to say: it knows what else might have been meant.
    """
    return _composed([name for name in _SECTIONS if name in data])


def _composed(names: Collection[str]) -> type[CoreDefinition]:
    return compose(dict(generators.items()), {name: _SECTIONS[name]() for name in names})
