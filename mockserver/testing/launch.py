"""What a test asks for by its marker and a project by its options, as arguments of `mockserver serve`."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from mockserver.definitions.shipped import shipped, shipped_names
from mockserver.errors import nearest
from mockserver.value import dataclass

KEYS: Final = ("definition", "scenario", "faults")


class Unusable(Exception):
    """A marker or an option that can't be used; the message says why, and begins after the name of it."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A server that is wanted: definitions, empty for what there is in `folder`, and options."""

    definitions: tuple[str, ...]
    args: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a test's markers ask for; the nearest one that says something of a key decides it."""

    definition: Any = None
    scenario: str | None = None
    faults: Sequence[tuple[str, dict[str, Any]]] = ()


def read_markers(markers: Iterable[Any]) -> Wanted:
    """What markers ask for, the nearest first. *Raises* `Unusable`."""
    given: dict[str, Any] = {}
    for marker in markers:
        if marker.args:
            raise Unusable(f"takes keys alone: {', '.join(f'{key}=…' for key in KEYS)}")
        for key, value in marker.kwargs.items():
            if key not in KEYS:
                near = nearest(key, KEYS)
                advice = f"; did you mean '{near}'?" if near else "."
                raise Unusable(f"does not know '{key}'{advice} Its keys are {', '.join(KEYS)}.")
            given.setdefault(key, value)
    scenario = given.get("scenario")
    if not (scenario is None or isinstance(scenario, str)):
        raise Unusable(f"needs the name of a scenario, not {scenario!r}.")
    return Wanted(given.get("definition"), scenario, _read_faults(given.get("faults")))


def _read_faults(faults: Any) -> Sequence[tuple[str, dict[str, Any]]]:
    """Names, or names with settings; None is none. *Raises* `Unusable`."""
    if faults is None:
        return ()
    if isinstance(faults, dict):
        pairs = [*faults.items()]
    elif isinstance(faults, list | tuple):
        pairs = [(name, {}) for name in faults]
    else:
        pairs = [(faults, None)]
    for name, settings in pairs:
        if not (isinstance(name, str) and name and isinstance(settings, dict) and all(map(_is_text, settings))):
            raise Unusable('needs faults as ["outage"] or {"outage": {"times": 2}}.')
    return pairs


def find_definitions(given: Any, folders: Sequence[Path], kept: Callable[[], Path]) -> tuple[str, ...]:
    """Files and folders that a definition is in; one given as text or as a mapping is written to the folder of `kept`.

    A path is looked for in the folders in turn; else it is a name of what is shipped. *Raises* `Unusable`.
    """
    if isinstance(given, list | tuple):
        return tuple(path for one in given for path in find_definitions(one, folders, kept))
    if isinstance(given, dict):
        return (_keep(_write(given), kept()),)
    # YAML of one line has a colon and a space; a path seldom has.
    if isinstance(given, str) and ("\n" in given or ": " in given):
        return (_keep(given, kept()),)
    if not isinstance(given, str | Path) or not str(given):
        raise Unusable(f"can't be a definition: {given!r}. It is a path, a shipped name, text or a mapping.")
    for folder in folders:
        if _exists(folder / given):
            return (str(folder / given),)
    if str(given) in shipped_names():
        return (str(shipped(str(given))),)
    looked = ", ".join(dict.fromkeys(str(folder) for folder in folders))
    raise Unusable(f"names no definition: '{given}' is not in {looked}, and shipped are {', '.join(shipped_names())}.")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # What is no path at all: too long, for one.
        return False


def _write(given: dict[Any, Any]) -> str:
    """A mapping as the text of a definition. *Raises* `Unusable`."""
    try:
        return json.dumps(given, default=str)
    except (TypeError, ValueError, RecursionError) as error:
        raise Unusable(f"can't be a definition: {error}.") from None


def _keep(text: str, folder: Path) -> str:
    """The file that holds a definition, one for each text."""
    path = folder / f"inline-{hashlib.sha256(text.encode()).hexdigest()[:12]}.yaml"
    if not path.exists():
        # Another worker may do the same: whole files take each other's place.
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return str(path)
