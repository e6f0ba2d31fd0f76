"""Schemathesis on running servers: its own program, as anybody would run it, with our configuration.

`python -m tests.openapi.run [SEED…]` compares the shipped definitions thoroughly: minutes for seconds.
"""

import subprocess
import sys
from pathlib import Path

from tests.live import ROOT, SEEDS, started
from tests.server.process import Running

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
_THOROUGH = ("--max-examples", "100")


def compare(server: Running, *options: str) -> tuple[int, str]:
    """The exit code and what was found on comparing what a server does with what its document says."""
    program = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run")
    addresses = (f"http://127.0.0.1:{server.control_port}/openapi.json", "--url", f"http://127.0.0.1:{server.port}")
    done = subprocess.run(
        (*program, *addresses, "--continue-on-failure", "--no-color", "--seed", "1", *options),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def main(*names: str) -> int:
    """Compares definitions by name, all of them without one; the exit code is the worst."""
    worst = 0
    for name in names or sorted(path.stem for path in SEEDS.glob("*.yaml")):
        with started(str(SEEDS / f"{name}.yaml")) as server:
            code, said = compare(server, *_THOROUGH)
        sys.stdout.write(f"{name}\n{said}\n")
        worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
