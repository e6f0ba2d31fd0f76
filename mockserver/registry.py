"""Named variants of one thing: a decorator that registers, and the discovery of a folder with one variant a file."""

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Generic, TypeVar

from mockserver.errors import suggestion

V = TypeVar("V")


class UnknownVariant(LookupError):
    """No variant has this name; the message names the nearest."""


class Registry(Generic[V]):
    """The variants of one `kind`, found in the modules of `package`: one when it is asked for, all when all are.

    *Raises* `ValueError` when two variants take one name.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._variants: dict[str, V] = {}
        self._discovered = False

    def register(self, name: str) -> Callable[[V], V]:
        """A decorator that gives a variant its public name."""

        def add(variant: V) -> V:
            if name in self._variants:
                raise ValueError(f"two {self.kind}s are called '{name}'")
            self._variants[name] = variant
            return variant

        return add

    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        self._discover()
        return tuple(sorted(self._variants))

    def items(self) -> tuple[tuple[str, V], ...]:
        """Every name with its variant, sorted by name."""
        return tuple((name, self._variants[name]) for name in self.names())

    def __contains__(self, name: str) -> bool:
        if name not in self._variants:
            self._look_up(name)
        return name in self._variants

    def get(self, name: str) -> V:
        """The variant of that name. *Raises* `UnknownVariant`."""
        if name not in self:
            self._discover()
            raise UnknownVariant(f"no {self.kind} is called '{name}'; {suggestion(name, self._variants)}")
        return self._variants[name]

    def _look_up(self, name: str) -> None:
        """Import the file that is called as the variant is."""
        file = name.replace("-", "_")
        if file in self._files:
            import_module(f"{self._package}.{file}")

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True
        for file in sorted(self._files):
            import_module(f"{self._package}.{file}")

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(found.name for found in iter_modules(import_module(self._package).__path__))
