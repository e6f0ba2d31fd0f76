"""A private copy of Faker's modules, in which time, chance and platform are those of `faker_clock`.

Faker's providers read the wall clock, and some the global `random`, wherever they please. Patching them would
change them for everybody in the process, so their code is run a second time in modules of our own: nothing here
enters `sys.modules`. Only what is asked for is run, so a name costs a fraction of `import faker`.
Knows no provider by name.
"""

import builtins
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec, resolve_name
from pkgutil import iter_modules
from threading import RLock
from types import CodeType, ModuleType
from typing import Any, Protocol, cast

from mockserver.generation.faker_clock import STAND_INS

ROOT = "faker"


class _CodeLoader(Protocol):
    def get_code(self, fullname: str) -> CodeType | None: ...


class FakerCopy:
    """Modules of Faker, run on first use, each seeing only its siblings in this copy and the stand-ins."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._subpackages: dict[str, tuple[str, ...]] = {}
        self._builtins = {**vars(builtins), "__import__": self._import}
        self._loading = RLock()

    def load(self, name: str) -> ModuleType:
        """The module of that full name. *Raises* `ModuleNotFoundError`."""
        with self._loading:
            return self._modules.get(name) or self._run(name)

    def loaded(self) -> tuple[str, ...]:
        """The full names of the modules that were run, sorted."""
        return tuple(sorted(self._modules))

    def subpackages(self, name: str) -> tuple[str, ...]:
        """The names of the packages right below a package, sorted; runs none of them."""
        if name not in self._subpackages:
            folders = self._locate(name).submodule_search_locations
            self._subpackages[name] = tuple(sorted(found.name for found in iter_modules(folders) if found.ispkg))
        return self._subpackages[name]

    def _run(self, name: str) -> ModuleType:
        spec = self._locate(name)
        module = module_from_spec(spec)
        vars(module)["__builtins__"] = self._builtins
        self._modules[name] = module
        parent, _, leaf = name.rpartition(".")
        if parent:  # the root itself only imports what nobody here needs: proxy, factory, every provider
            setattr(self.load(parent), leaf, module)
            self._execute(module, cast("_CodeLoader", spec.loader).get_code(name))
        return module

    def _execute(self, module: ModuleType, code: CodeType | None) -> None:
        try:
            exec(cast("CodeType", code), vars(module))  # noqa: S102 the installed package's own code
        except Exception:
            del self._modules[module.__name__]
            raise

    def _locate(self, name: str) -> ModuleSpec:
        parent = name.rpartition(".")[0]
        folders = self._locate(parent).submodule_search_locations if parent else None
        spec = PathFinder.find_spec(name, folders)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"no module named '{name}'", name=name)
        return spec

    def _import(
        self,
        name: str,
        globals_: Mapping[str, Any] | None = None,
        locals_: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """`import`, as the code of the copy does it; same parameters as `__import__`."""
        full = resolve_name("." * level + name, (globals_ or {})["__package__"]) if level else name
        if full in STAND_INS:
            return STAND_INS[full]
        if full.partition(".")[0] != ROOT:
            return builtins.__import__(name, globals_, locals_, fromlist or (), level)
        module = self.load(full)
        for wanted in fromlist or ():
            if not hasattr(module, wanted):
                self.load(f"{full}.{wanted}")
        return module if fromlist else self.load(ROOT)


@cache
def shared_copy() -> FakerCopy:
    """The one copy of this process: code and word lists, which nothing changes."""
    return FakerCopy()
