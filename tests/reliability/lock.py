"""The files of requirements/: which package in which version where, and by how many hashes it may be known.

Reads what `scripts/lock` writes, and what pyproject.toml asks for; installs nothing.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.document import ROOT

FILES: Final = ("build", "run", "dev", "tools")
FOLDER: Final = ROOT / "requirements"
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")
_PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
_SYSTEMS: Final = {"linux": ("Linux", "posix"), "darwin": ("Darwin", "posix"), "win32": ("Windows", "nt")}


class Pin(NamedTuple):
    """One package in one version, wherever its marker holds."""

    requirement: Requirement
    hashes: int

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (only,) = self.requirement.specifier
        return only.version

    def holds(self, environment: Mapping[str, str]) -> bool:
        marker = self.requirement.marker
        return marker is None or marker.evaluate(dict(environment))


def read_lines(name: str) -> list[str]:
    """What a file says, a requirement with all its hashes in each line, without comments."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def read_pins(*names: str) -> list[Pin]:
    """Every package of these files."""
    lines = [line for name in names for line in read_lines(name)]
    return [Pin(Requirement(line.split(" --hash")[0]), len(_HASH.findall(line))) for line in lines]


def environments() -> Iterator[dict[str, str]]:
    """Where it shall run, as markers ask for it."""
    for python in _PYTHONS:
        for platform, (system, name) in _SYSTEMS.items():
            yield {
                "python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform,
                "platform_system": system, "os_name": name, "implementation_name": "cpython",
                "platform_python_implementation": "CPython", "platform_machine": "x86_64", "extra": "",
            }  # fmt: skip


def read_wanted() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for, by the file that has it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    wanted = {
        "build": settings["build-system"]["requires"],
        "run": project["dependencies"],
        "dev": project["dependencies"] + project["optional-dependencies"]["dev"],
        "tools": settings["dependency-groups"]["tools"],
    }
    return {name: [Requirement(text) for text in texts] for name, texts in wanted.items()}


def find_unmet(wanted: Iterable[Requirement], pins: Iterable[Pin]) -> list[str]:
    """What is asked for somewhere and is not locked there, or not in a version that would do."""
    unmet = set()
    for environment in environments():
        locked = {pin.name: pin.version for pin in pins if pin.holds(environment)}
        for requirement in wanted:
            if requirement.marker is not None and not requirement.marker.evaluate(environment):
                continue
            version = locked.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                unmet.add(f"{requirement} (locked: {version})")
    return sorted(unmet)
