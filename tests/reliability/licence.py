"""docs/licences.md: whose work is installed or carried along, and on which terms, as each package itself says.

Knows the lock files and the packages' metadata, and nothing of the server. `python -m tests.reliability.licence` writes
the document; packages that are not installed here (of other platforms, of the tools) are then asked for.
"""

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from email import message_from_string
from email.message import Message
from pathlib import Path
from typing import Final

from tests.document import ROOT
from tests.reliability.lock import Pin, read_pins

DOCUMENT: Final = ROOT / "docs" / "licences.md"
PERMITTED: Final = frozenset(
    "MIT MIT-0 BSD BSD-2-Clause BSD-3-Clause Apache-2.0 ISC PSF-2.0 ZPL-2.1 MPL-2.0".split()  # noqa: SIM905
)
"""What the server may stand on: free to use and pass on; MPL-2.0 asks the same for changes to its own files."""

_SAYS: Final = {
    "MIT License": "MIT", "MIT license": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0", "Apache License": "Apache-2.0", "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "Zope Public License": "ZPL-2.1",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
}  # fmt: skip
_ROW: Final = re.compile(r"^\| (\S+) \| ([^|]+) \|$", re.MULTILINE)
_VENDORED: Final = re.compile(r"^\| `\S+` \| (\S+) \S+ \| `[^`]+` \| (\S+), `", re.MULTILINE)
_FEW: Final = 12

_HEAD: Final = """\
# Licences

Written by `./scripts/licences` from what the packages say of themselves, in the versions that
[requirements/](../requirements) and the two `package-lock.json` pin. mockserver itself is under the
[MIT licence](../LICENSE).

"""
_RUN: Final = """\
## Installed with the server

All may be used and passed on under any licence. MPL-2.0 (orjson) and ZPL-2.1 (Zope) ask that their own files stay under
their terms; none of them is changed or copied here.

"""
_PAGES: Final = """
## Carried by the pages

Byte for byte as published, each beside its licence in [mockserver/panel/vendor/](../mockserver/panel/vendor/README.md);
what the bundle of Swagger UI holds is told there too. `clients/js` carries nothing.

"""
_DEV: Final = """
## Installed for building and testing

Nothing of these is passed on, in neither the wheel nor the image; hadolint (GPL-3.0) is a program that is called.

"""
_NODE: Final = """
## Of npm, for tests and examples

"""


def read_licence(metadata: Message) -> str:
    """The terms in a word or an SPDX expression, from the most exact place that tells them."""
    short = [str(metadata.get(key) or "").strip() for key in ("License-Expression", "License")]
    for said in short:
        if said and "\n" not in said and len(said) < 80 and not said.startswith(("Copyright", "Artistic")):
            return _SAYS.get(said, said)
    if "Permission is hereby granted, free of charge" in short[1]:
        return "MIT"
    named = [
        text.rsplit(" :: ", 1)[1] for text in metadata.get_all("Classifier") or () if text.startswith("License :: ")
    ]
    exact = [_SAYS.get(name, name) for name in named if name != "GNU General Public License (GPL)"]
    return " OR ".join(exact) or "not said"


def ask_registry(pin: Pin) -> str:
    """What a package that is not installed here says."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        wanted = ["--python-version", "3.13", "--dest", folder, f"{pin.name}=={pin.version}"]
        subprocess.run([*pip, *wanted], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (name,) = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
            return read_licence(message_from_string(archive.read(name).decode()))


def find_licences(pins: Iterable[Pin], ask: Callable[[Pin], str]) -> dict[str, str]:
    """Each package with its terms; `ask` is for those that are not installed here in the version that is locked."""
    found = {}
    for pin in pins:
        try:
            here = importlib.metadata.distribution(pin.name)
        except importlib.metadata.PackageNotFoundError:
            here = None
        if here is not None and here.version == pin.version:
            found[pin.name] = read_licence(message_from_string(here.read_text("METADATA") or ""))
        elif pin.name not in found:
            found[pin.name] = ask(pin)
    return found


def list_vendored() -> dict[str, str]:
    """What the folder of the pages' libraries says of them."""
    text = (ROOT / "mockserver/panel/vendor/README.md").read_text(encoding="utf-8")
    return dict(_VENDORED.findall(text))


def _write_node(folder: str) -> str:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    by_licence: dict[str, set[str]] = {}
    for path, package in packages.items():
        if "node_modules/" in path and not package.get("link"):
            name = path.rsplit("node_modules/", 1)[1]
            by_licence.setdefault(package.get("license", "not said"), set()).add(name)
    rows = "".join(
        f"| {licence} | {', '.join(sorted(names)) if len(names) <= _FEW else len(names)} |\n"
        for licence, names in sorted(by_licence.items())
    )
    return f"`{folder}`:\n\n| licence | packages |\n|---|---|\n{rows}"


def _write_table(licences: dict[str, str]) -> str:
    return "| package | licence |\n|---|---|\n" + "".join(
        f"| {name} | {licences[name]} |\n" for name in sorted(licences)
    )


def write_document(ask: Callable[[Pin], str]) -> str:
    """The whole document."""
    run = find_licences(read_pins("run"), ask)
    others = find_licences(read_pins("build", "dev", "tools"), ask)
    dev = {name: licence for name, licence in others.items() if name not in run}
    node = "\n".join(_write_node(folder) for folder in ("tests/clients", "examples"))
    tables = (_RUN, _write_table(run), _PAGES, _write_table(list_vendored()), _DEV, _write_table(dev), _NODE, node)
    return _HEAD + "".join(tables)


def read_document() -> dict[str, str]:
    """The terms that the document tells, by package."""
    return dict(_ROW.findall(DOCUMENT.read_text(encoding="utf-8")))


if __name__ == "__main__":
    DOCUMENT.write_text(write_document(ask_registry), encoding="utf-8")
