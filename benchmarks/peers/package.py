"""What must be on the machine: programs of the system, and the peers' packages, installed from npm into a cache."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.peers.peer import Peer

DEBIAN: Final = {
    "java": "default-jre-headless",
    "node": "nodejs",
    "npm": "npm",
    "taskset": "util-linux",
    "wrk": "wrk",
}
"""Programs, and the packages of Debian that have them."""
ALWAYS: Final = ("taskset", "wrk")


class InstallError(Exception):
    """npm could not install a package."""


def find_missing(peers: Iterable[Peer]) -> list[str]:
    """Programs that a comparison of these needs and the PATH does not have."""
    needed = {*ALWAYS, *(tool for peer in peers for tool in peer.tools)}
    return sorted(tool for tool in needed if shutil.which(tool) is None)


def packages_of(peer: Peer, cache: Path) -> Path:
    return cache / "peers" / peer.folder / "node_modules"


def install(peer: Peer, cache: Path) -> None:
    """Installs the version that is compared, unless that is there.

    Raises InstallError.
    """
    if not peer.package or _installed_version(peer, cache) == peer.version:
        return
    folder = packages_of(peer, cache).parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"private": True}), encoding="utf-8")
    command = ["npm", "install", "--save-exact", "--no-audit", "--no-fund", "--loglevel=error", peer.package]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise InstallError(f"npm could not install {peer.package}:\n{ran.stderr.strip()}")


def _installed_version(peer: Peer, cache: Path) -> str:
    manifest = packages_of(peer, cache) / peer.package.rpartition("@")[0] / "package.json"
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"]) if manifest.exists() else ""
