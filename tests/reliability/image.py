"""The image, built from the Dockerfile and run, where no container engine is: its steps by buildah, the rest by Linux.

The base image stands for `python:slim`, which no registry gives here: Debian with its own Python 3.13, by mmdebstrap.
Needs root on Linux and those two programs. Leaves nothing behind but what the folder holds.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.document import ROOT

PROGRAMS: Final = ("mmdebstrap", "buildah", "unshare", "nsenter", "setpriv", "ip")
BASE: Final = "python:3.13-slim"
CONTAIN: Final = Path(__file__).with_name("contain.sh")
PATIENCE_S: Final = 30
_TRUST: Final = ("/etc/ssl/certs", "/etc/pip.conf")
"""How this machine reaches the registry; lent to the steps, and no part of the image."""


class Image(NamedTuple):
    """What was built: its files, as what it runs, and its size beyond the base."""

    root: Path
    settings: dict[str, object]
    added_bytes: int

    def say(self, key: str) -> str:
        return str(self.settings[key])

    @property
    def path(self) -> str:
        names = self.settings["Env"]
        assert isinstance(names, list)
        return next(str(name).removeprefix("PATH=") for name in names if str(name).startswith("PATH="))

    @property
    def command(self) -> list[str]:
        told = self.settings["Cmd"]
        assert isinstance(told, list)
        return [str(word) for word in told]


def find_missing() -> list[str]:
    """What this machine lacks for it."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    return missing if hasattr(os, "geteuid") and os.geteuid() == 0 else ["root", *missing]


class Builder:
    """buildah with a store of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self._store = ["--root", str(folder / "store"), "--runroot", str(folder / "run"), "--storage-driver", "vfs"]
        self._folder = folder

    def call(self, *arguments: str) -> str:
        done = subprocess.run(["buildah", *self._store, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"buildah {arguments[0]}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout.strip()

    def make_base(self) -> None:
        """Debian with Python, under the name that the Dockerfile stands on."""
        debian = self._folder / "base.tar"
        packages = "--include=python3,python3-venv,ca-certificates"
        make = ["mmdebstrap", "--quiet", "--variant=minbase", packages, "trixie", str(debian)]
        subprocess.run(make, check=True, capture_output=True)
        working = self.call("from", "scratch")
        self.call("add", working, str(debian), "/")
        self.call("run", "--isolation", "chroot", working, "--", "ln", "-s", "python3", "/usr/bin/python")
        self.call("commit", "--rm", working, BASE)

    def build(self) -> Image:
        """Every step of the Dockerfile."""
        lent = [f"--volume={path}:{path}:ro" for path in _TRUST if Path(path).exists()]
        options = ["--isolation", "chroot", "--pull=never", "--format", "docker", "--network", "host", *lent]
        self.call("bud", *options, "--tag", "mockserver", str(ROOT))
        told = json.loads(self.call("inspect", "--type", "image", "mockserver"))
        working = self.call("from", "--pull=never", "mockserver")
        root = Path(self.call("mount", working))
        return Image(root, told["Docker"]["config"], sum(f.lstat().st_size for f in (root / "opt").rglob("*")))

    def discard(self) -> None:
        self.call("rm", "--all")
        self.call("rmi", "--all", "--force")


class Container:
    """The image's command as process 1, whom others can be started beside."""

    def __init__(self, process: subprocess.Popen[str], image: Image) -> None:
        self.process = process
        self._image = image
        self.first = int(_wait_for_child(process.pid))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Another program in there, with no more rights than the first."""
        enter = ["nsenter", "--target", str(self.first), "--all", "--root", "--wd", "setpriv", "--reuid", "10001"]
        rights = ["--regid", "10001", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
        inside = ["env", "--ignore-environment", f"PATH={self._image.path}", *command]
        return subprocess.run(
            [*enter, *rights, "--", *inside], capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )

    def status(self) -> dict[str, str]:
        lines = Path(f"/proc/{self.first}/status").read_text(encoding="utf-8").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def wait_until_ready(self) -> str:
        """What it printed up to saying that it is ready."""
        assert self.process.stdout is not None
        printed = ""
        for line in self.process.stdout:
            printed += line
            if line.startswith("mockserver ready "):
                return printed
        raise AssertionError(f"never ready:\n{printed}")

    def stop(self) -> tuple[int, float]:
        """The exit code after SIGTERM to process 1, and how long it took."""
        start = time.monotonic()
        os.kill(self.first, signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE_S)
        return code, time.monotonic() - start


def _wait_for_child(parent: int) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while not (child := Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").strip()):
        assert time.monotonic() < deadline, "nothing was started"
        time.sleep(0.01)
    return child


@contextmanager
def contained(image: Image) -> Iterator[Container]:
    """The image's command, until the block ends."""
    apart = ["unshare", "--net", "--pid", "--fork", "--mount", "--ipc", "--uts", "--kill-child"]
    command = [*apart, "sh", str(CONTAIN), str(image.root), image.path, *image.command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield Container(process, image)
        finally:
            process.kill()
