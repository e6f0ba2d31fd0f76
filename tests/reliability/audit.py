"""Known vulnerabilities of what is locked, as the registries' services tell them.

`python -m tests.reliability.audit` prints a line for each lock file. That a service did not answer is never read as
that nothing is known: pip-audit itself says "none found" of packages it could not ask about.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.document import ROOT
from tests.reliability.lock import FILES, read_pins

CLEAN: Final = 0
VULNERABLE: Final = 1
UNANSWERED: Final = 75
_NODE_FOLDERS: Final = ("tests/clients", "examples")


class Finding(NamedTuple):
    """What is known of the packages of one lock file."""

    packages: int
    vulnerable: tuple[str, ...]
    unanswered: int

    @property
    def said(self) -> str:
        known = "; ".join(self.vulnerable) or "no vulnerability known"
        if not self.unanswered:
            return f"{known} of {self.packages} packages"
        return f"NOT ANSWERED for {self.unanswered} packages" + ("; " + known if self.vulnerable else "")

    @property
    def code(self) -> int:
        if self.vulnerable:
            return VULNERABLE
        return UNANSWERED if self.unanswered else CLEAN


def judge_python(printed: str, packages: int) -> Finding:
    """What pip-audit printed as JSON; nothing at all is no answer."""
    told = json.loads(printed)["dependencies"] if printed.strip() else []
    known = [f"{one['name']} {one['version']}: {vuln['id']}" for one in told for vuln in one.get("vulns", ())]
    return Finding(packages, tuple(known), packages - sum("skip_reason" not in one for one in told))


def judge_node(printed: str, packages: int) -> Finding:
    """What `npm audit --json` printed of so many packages."""
    told = json.loads(printed) if printed.strip() else {}
    if "metadata" not in told:
        return Finding(packages, (), packages)
    vulnerable = tuple(f"{name}: {one['severity']}" for name, one in told["vulnerabilities"].items())
    return Finding(packages, vulnerable, 0)


def ask_python(name: str, arguments: Sequence[str]) -> Finding:
    """Ask pip-audit about one file of requirements/, those of other platforms included."""
    # It takes one version of a package at a time, and those that are for here: so markers are left out.
    pins = {(pin.name, pin.version) for pin in read_pins(name)}
    first = dict(sorted(pins))
    found = [_ask_pip_audit(part.items(), arguments) for part in (first, dict(pins - first.items())) if part]
    return Finding(
        len(pins), tuple(known for one in found for known in one.vulnerable), sum(f.unanswered for f in found)
    )


def _ask_pip_audit(pins: Collection[tuple[str, str]], arguments: Sequence[str]) -> Finding:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"{name}=={version}\n" for name, version in sorted(pins))
        file.flush()
        # The file says which packages there are; nothing is resolved, downloaded or installed for it.
        tool = [str(ROOT / "scripts/tool"), "pip-audit", "--requirement", file.name, "--no-deps", "--disable-pip"]
        options = ["--format", "json", "--progress-spinner", "off", "--timeout", "10", *arguments]
        return judge_python(_run([*tool, *options], ROOT), len(pins))


def _run(command: Sequence[str], folder: Path) -> str:
    return subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    ).stdout


def ask_node(folder: str) -> Finding:
    """Ask npm about one package-lock.json."""
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    printed = _run([str(ROOT / ".venv/bin/npm"), "audit", "--json", "--package-lock-only"], ROOT / folder)
    return judge_node(printed, len(lock["packages"]))


def main(arguments: Sequence[str]) -> int:
    """Ask about each lock file, and give the worst of what was found."""
    findings = {f"requirements/{name}.txt": ask_python(name, arguments) for name in FILES}
    findings |= {f"{folder}/package-lock.json": ask_node(folder) for folder in _NODE_FOLDERS}
    for path, found in findings.items():
        sys.stdout.write(f"{path}: {found.said}\n")
    codes = {found.code for found in findings.values()}
    return VULNERABLE if VULNERABLE in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
